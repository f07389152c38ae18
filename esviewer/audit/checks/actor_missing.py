"""Events that name nobody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.model.actor import actor_of

_MOST = 10_000
"""Places kept of a type's events without an actor: where there are more, their type does not name any."""


@dataclass(slots=True)
class _Type:
    events: int = 0
    named: int = 0
    nameless: list[Mapping[str, Any]] = field(default_factory=list)


class ActorMissing(PageCheck):
    """Finds events that don't say who caused them, of types whose events do."""

    name = "actor-missing"
    topic = "actor"
    severity = Severity.WARNING
    looks_for = "An event whose metadata names no actor although events of its type do."
    why = "Nobody can be asked about it."
    todo = "See what wrote it: a job, a migration, or somebody past the application."
    options = {"share": 0.9}
    """How large a part of a type's events must name an actor before one that doesn't counts."""

    _LEAST = 10

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._types: dict[str, _Type] = {}

    def look(self, page: Page) -> Iterator[Finding]:
        metadata = page.column("metadata")
        if not any(metadata):
            # Here nobody writes any; whether that is right is not for this check to say.
            yield from ()
            return
        for index, kind in enumerate(page.batch.types):
            seen = self._types.get(kind)
            if seen is None:
                seen = self._types[kind] = _Type()
            seen.events += 1
            if actor_of(metadata[index]) is not None:
                seen.named += 1
            elif len(seen.nameless) < _MOST and seen.named >= seen.events // 2 - _MOST:
                seen.nameless.append(page.place(index))
        yield from ()

    @property
    def named(self) -> bool:
        """Whether any event names an actor."""
        return any(seen.named for seen in self._types.values())

    def merge(self, other: Described) -> None:
        assert isinstance(other, ActorMissing)
        for kind, theirs in other._types.items():
            own = self._types.setdefault(kind, _Type())
            own.events += theirs.events
            own.named += theirs.named
            own.nameless += theirs.nameless[: _MOST - len(own.nameless)]

    def finish(self) -> Iterator[Finding]:
        for kind, seen in self._types.items():
            if seen.named >= max(self._LEAST, self.option["share"] * seen.events):
                for place in seen.nameless:
                    yield self.finding("The event names no actor.", **place, evidence={"type": kind})
