"""Whether a run may go on from the result of an earlier one: all is as it was, and the store holds what it held."""

from __future__ import annotations

import hashlib
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esviewer.app.session import Session
from esviewer.errors import EsviewerError, NotFoundError
from esviewer.model.exactjson import canonical
from esviewer.model.values import Value
from esviewer.projections.result import Result
from esviewer.work import Work


class AnewError(Exception):
    """The run has to begin anew; the text says why."""


_OTHERWISE: Final = {
    "format": AnewError("it was written by another version of esviewer"),
    "program": AnewError("it was written by another version of esviewer"),
    "source": AnewError("it is of another store"),
    "layout": AnewError("the store is read by another layout"),
    "file_sha256": AnewError("the projection file, or a reducer that it names, is another one"),
    "rules_sha256": AnewError("the reducers are others"),
    "as_of": AnewError("it is as of another time"),
    "at_position": AnewError("it ends at another position"),
}
"""What has to be the same, and what is wrong where it is not."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A result to go on from."""

    file: Path
    position: int
    """The last one that is in it."""
    events: int
    """How many events it is made of."""


def held(session: Session, position: int, work: Work | None) -> dict[str, Value] | None:
    """What a store holds up to the position of one of its events: how many events, and that one's digest.

    None where several events have that position.
    """
    store = session.store
    with closing(store.aggregates_after(position - 1, work=work)) as places:
        found = next(places, None)
    if found is None:
        return None
    event = store.event(*found, work=work)
    if event.position != position:
        return None
    return {
        "events": store.events_up_to(position, work=work),
        "aggregate_id": event.aggregate_id,
        "version": event.version,
        "sha256": hashlib.sha256(canonical(event.as_json())).hexdigest(),
    }


def identity(session: Session) -> dict[str, Value]:
    """What says how a store is read."""
    layout = session.store.layout
    opened = session.opened
    digest = None
    if layout.origin:
        try:
            digest = hashlib.sha256(Path(layout.origin).read_bytes()).hexdigest()
        except OSError:
            digest = "unknown"
    tenant = None if opened is None or opened.options is None else opened.options.tenant
    asked = None if opened is None else opened.layout
    found: dict[str, Value] = {"name": layout.name, "asked": asked, "sha256": digest, "tenant": tenant}
    return {**found, "plugins": [*session.store.plugins]} if session.store.plugins else found


def earlier(session: Session, file: Path, wanted: dict[str, Value], last: int, work: Work | None) -> Earlier:
    """The result in a file, if a run may go on from it up to the position `last`; `wanted` are the facts of the run.

    Raises AnewError.
    """
    try:
        result = Result(file)
    except EsviewerError:
        raise AnewError("what is there is no result") from None
    try:
        facts = result.tables[0].facts if result.tables else {}
    finally:
        result.close()
    kept = facts.get("held")
    position = facts.get("last_position")
    if not isinstance(kept, dict) or not isinstance(position, int):
        raise AnewError("the earlier result was not made to be gone on from")
    for key, what in _OTHERWISE.items():
        if facts.get(key) != wanted[key]:
            raise AnewError(f"the earlier result can't be gone on from: {what}")
    if position > last:
        raise AnewError("the store ends before the earlier result does")
    store = session.store
    try:
        event = store.event(kept["aggregate_id"], kept["version"], work=work)
        same = hashlib.sha256(canonical(event.as_json())).hexdigest() == kept["sha256"]
    except NotFoundError:
        same = False
    if not same:
        raise AnewError("the last event of the earlier result is no longer there as it was")
    number = store.events_up_to(position, work=work)
    if number != kept["events"]:
        raise AnewError(
            f"up to position {position} the store has {number:,} events now, and had {kept['events']:,} before"
        )
    return Earlier(file, position, facts["events"])
