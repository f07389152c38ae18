"""What single events of an aggregate are called: version, type, time and actor."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.model.actor import actor_of
from esviewer.model.values import Value
from esviewer.stores.store import Store
from esviewer.work import Work

_ONE_BY_ONE = 50
"""Up to so many events are read by themselves, more in a pass over the stretch that they lie in."""


@dataclass(frozen=True, slots=True)
class EventFact:
    """Enough of an event to say who did what when."""

    version: int
    type: str
    timestamp: str | None
    """ISO 8601 with the zone as recorded."""
    actor: str | None

    def as_json(self) -> dict[str, Value]:
        """`{version, event_type, timestamp, actor}`."""
        return {
            "version": self.version,
            "event_type": self.type,
            "timestamp": self.timestamp,
            "actor": self.actor,
        }


def event_facts(
    store: Store,
    view: AggregateView,
    indexes: Iterable[int],
    *,
    screen: Screen | None = None,
    work: Work | None = None,
) -> dict[int, EventFact]:
    """The facts of the events with these places in the view's history; `screen` masks actors."""
    wanted = sorted(set(indexes))
    if not wanted:
        return {}
    aggregate_id = view.summary.aggregate_id
    actors: dict[int, str | None] = {}

    def actor(metadata: Value) -> str | None:
        return actor_of(metadata if screen is None else screen.shown(metadata, (), aggregate_id))

    if len(wanted) <= _ONE_BY_ONE:
        for index in wanted:
            version = int(view.versions[index])
            actors[version] = actor(store.event(aggregate_id, version, work=work).metadata)
    else:
        versions = {int(view.versions[index]) for index in wanted}
        first, last = int(view.versions[wanted[0]]), int(view.versions[wanted[-1]])
        stretch = store.batches(aggregate_id, from_version=first, to_version=last, work=work)
        for batch in stretch:
            for at, version in enumerate(batch.versions):
                if version in versions:
                    actors[version] = actor(batch.event(at).metadata)
    facts = {}
    for index in wanted:
        version = int(view.versions[index])
        instant = view.instant(index)
        facts[index] = EventFact(
            version, view.type_at(index), None if instant is None else instant.isoformat(), actors.get(version)
        )
    return facts
