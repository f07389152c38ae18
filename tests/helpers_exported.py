"""What is compared when events went out of a store and came back: events, lists and states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from esviewer.app.exporting.run import AGGREGATE, Asked, Exported, export
from esviewer.app.exporting.selection import Selection
from esviewer.app.masking import OFF, InForce
from esviewer.app.session import Session, open_session
from esviewer.model.event import Event
from esviewer.model.exactjson import canonical
from esviewer.model.kinds import kinds_of

FORMS = ("jsonl", "cloudevents", "csv", "parquet", "folder")
ENDINGS = {"jsonl": "jsonl", "cloudevents": "ndjson", "csv": "csv", "parquet": "parquet", "folder": "d"}


def exported(
    session: Session, form: str, folder: Path, selection: Selection | None = None, rules: InForce = OFF, **how: Any
) -> tuple[Path, Exported]:
    """A file, or a folder, in one of the forms."""
    path = folder / f"events.{ENDINGS[form]}"
    partition = AGGREGATE if form == "folder" else None
    asked = Asked(path, "parquet" if form == "folder" else form, selection or Selection(), partition)
    return path, export(session, asked, rules, **how)


def told(event: Event, *, position: bool = True) -> Any:
    """An event as something that is equal only to the same event: numbers as written, types that JSON lacks."""
    return (
        replace(event, data=None, metadata=None, position=event.position if position else None, timestamp=None),
        None if event.timestamp is None else (event.timestamp.ns, event.timestamp.offset),
        canonical(event.data),
        canonical(event.metadata),
        kinds_of(event.data, event.metadata),
    )


def all_told(session: Session, *, position: bool = True) -> list[Any]:
    """All events of a store, in its order."""
    return [told(event, position=position) for event in session.store.events()]


def states(session: Session) -> dict[str, Any]:
    """The newest state of each aggregate, by replay alone."""
    found = {}
    for reference in session.store.aggregate_ids(limit=10_000):
        state = session.state(reference.aggregate_id, use_snapshots=False)
        skipped = [each.version for each in state.rebuilt.skipped]
        found[reference.aggregate_id] = (
            state.version, state.aggregate_type, canonical(state.state), kinds_of(state.state, None), skipped
        )  # fmt: skip
    return found


def check_same(original: Session, path: Path, *, ordered: bool = True, position: bool = True) -> None:
    """Whether what is at a path has the same events, lists of aggregates and states; raises AssertionError."""
    again = open_session(str(path))
    try:
        expected, found = all_told(original, position=position), all_told(again, position=position)
        if not ordered:
            expected, found = sorted(expected, key=repr), sorted(found, key=repr)
        assert found == expected
        ids = original.store.aggregate_ids(limit=10_000)
        assert again.store.aggregate_ids(limit=10_000) == ids
        names = [each.aggregate_id for each in ids]
        assert again.store.summaries(names) == original.store.summaries(names)
        for name in names:
            assert [told(each, position=position) for each in again.store.events(name)] == [
                told(each, position=position) for each in original.store.events(name)
            ]
        assert states(again) == states(original)
    finally:
        again.close()
