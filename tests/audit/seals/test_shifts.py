"""An event that came or went where all later ones were renumbered: it is named, and the others are summed up."""

from __future__ import annotations

from dataclasses import replace

from helpers_seals import compared_by

from esviewer.audit.seals.comparing import Compared
from esviewer.model.event import Event

EVENTS = [Event(n, "ab"[n % 2], None, n // 2, f"id-{n}", "T", None, None, n, None) for n in range(1, 3001)]
NEW = Event(0, "c", None, 0, "new", "T", None, None, None, None)


def compare(found: list[Event]) -> Compared:
    """However few may wait for their like."""
    return compared_by(EVENTS, found, "position", most_waiting=10)


def renumbered(events: list[Event]) -> list[Event]:
    return [replace(event, position=number) for number, event in enumerate(events, 1)]


def told(found: Compared) -> list[tuple[str, object, int]]:
    return [(each.kind, each.place and each.place.position, each.events) for each in found.differences]


def test_an_insertion() -> None:
    found = compare(renumbered([*EVENTS[:499], NEW, *EVENTS[499:]]))
    assert told(found) == [("inserted", 500, 1), ("reordered", 501, 2501)]
    moved = found.differences[1]
    assert moved.message == (
        "2,501 events have a position that is 1 higher than it was, from version 250 of a at position 500 to "
        "version 1500 of a at position 3000. An event was inserted before them, at position 500."
    )
    shown = moved.as_json()["moved"]
    assert isinstance(shown, dict)
    assert shown["events"] == 2501
    assert (shown["first"]["was"]["position"], shown["first"]["now"]["position"]) == (500, 501)
    assert (shown["last"]["was"]["position"], shown["last"]["now"]["position"]) == (3000, 3001)


def test_a_removal() -> None:
    found = compare(renumbered([*EVENTS[:499], *EVENTS[500:]]))
    assert told(found) == [("removed", 500, 1), ("reordered", 500, 2500)]
    assert found.differences[1].message.endswith("An event was removed before them, at position 500.")


def test_a_change_amid_those_that_moved_is_still_named() -> None:
    after = [*EVENTS[499:1999], replace(EVENTS[1999], data="other"), *EVENTS[2000:]]
    found = compare(renumbered([*EVENTS[:499], NEW, *after]))
    assert told(found) == [
        ("inserted", 500, 1), ("reordered", 501, 1500), ("changed", 2001, 1), ("reordered", 2002, 1000),
    ]  # fmt: skip


def test_several_that_came_and_went() -> None:
    found = compare(renumbered([NEW, replace(NEW, version=1), *EVENTS[:1000], *EVENTS[1001:]]))
    assert told(found) == [
        ("inserted", 1, 1), ("inserted", 2, 1), ("reordered", 3, 1000), ("removed", 1001, 1), ("reordered", 1003, 1999),
    ]  # fmt: skip
    last = found.differences[-1].message
    assert last.endswith("Events that came or went before them: 2 inserted, 1 removed.")


def test_two_that_changed_places_are_told_each() -> None:
    swapped = list(EVENTS)
    swapped[10], swapped[20] = swapped[20], swapped[10]
    found = compare(renumbered(swapped))
    assert told(found) == [("reordered", 11, 1), ("reordered", 21, 1)]
