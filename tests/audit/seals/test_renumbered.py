"""Versions that are higher or lower by the same number are summed up, and those events blamed for nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from helpers_seals import Subject, compared_by

from esviewer.audit.seals.comparing import Compared
from esviewer.audit.seals.leaf import content_as, leaf_of, start_of
from esviewer.audit.seals.statement import Order
from esviewer.model.event import Event
from esviewer.model.instant import Instant

ORDERS: list[Order] = ["position", "rowid", "reconstructed"]
SECOND = 1_000_000_000


def sealed(order: Order, *, timed: bool = True, count: int = 40) -> list[Event]:
    """Two aggregates in turns, of two types of events."""
    return [
        Event(
            None if order == "reconstructed" else n,
            "ab"[n % 2],
            None,
            (n + 1) // 2,
            f"id-{n}",
            "TU"[n % 3 == 0],
            {"n": n},
            Instant(n * SECOND) if timed else None,
            n,
            None,
        )
        for n in range(1, count + 1)
    ]


def compare(before: list[Event], after: list[Event], order: Order, **options: int) -> Compared:
    if order == "reconstructed":
        before, after = sorted(before, key=_place), sorted(after, key=_place)
    return compared_by(before, after, order, newest=True, **options)


def _place(event: Event) -> tuple[int, str, int]:
    return (event.timestamp.ns if event.timestamp else 0, event.aggregate_id, event.version)


def renumbered(events: list[Event], aggregate: str, since: int, by: int) -> list[Event]:
    return [
        replace(each, version=each.version + by) if each.aggregate_id == aggregate and each.version >= since else each
        for each in events
    ]


def told(found: Compared) -> list[tuple[str, str | None, int | None, int]]:
    """Kind, aggregate, version and number of events, the kinds in order."""
    return sorted(
        (each.kind, each.place and each.place.aggregate_id, each.place and each.place.version, each.events)
        for each in found.differences
    )


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("by", [1, 3])
@pytest.mark.parametrize("order", ORDERS)
def test_an_insertion_is_named_once_and_those_after_it_are_summed_up(order: Order, by: int, timed: bool) -> None:
    before = sealed(order, timed=timed)
    after: list[Event] = []
    for each in before:
        if (each.aggregate_id, each.version) == ("a", 5):
            time = each.timestamp and replace(each.timestamp, ns=each.timestamp.ns - 1)
            for more in range(by):
                after.append(replace(each, version=5 + more, event_id=f"new-{more}", type="T", timestamp=time))
        after.append(each)
    at = {id(each) for each in before}
    after = [
        replace(each, version=each.version + by) if id(each) in at and each.aggregate_id == "a" and each.version >= 5
        else each
        for each in after
    ]  # fmt: skip
    if order == "position":
        after = [replace(each, position=number) for number, each in enumerate(after, 1)]

    found = compare(before, after, order)

    expected = [("inserted", "a", 5 + more, 1) for more in range(by)] + [("reordered", "a", 5 + by, 16)]
    if order == "position":
        expected.append(("reordered", "b", 6, 15))
    assert told(found) == sorted(expected)
    assert found.grown.events == 0
    (summed,) = (each for each in found.differences if each.events == 16)
    came = (
        "An event came before them, as version 5."
        if by == 1
        else "Events of the aggregate that came or went before them: 3 inserted, 0 removed."
    )
    assert summed.message == (
        f"16 events of a have a version that is {by} higher than it was, versions 5 to 20. {came}"
    )
    assert summed.moved is not None
    assert (summed.moved.last_was.version, summed.moved.last_now.version) == (20, 20 + by)


@pytest.mark.parametrize("timed", [True, False])
@pytest.mark.parametrize("order", ORDERS)
def test_a_removal(order: Order, timed: bool) -> None:
    before = sealed(order, timed=timed)
    after = renumbered([each for each in before if (each.aggregate_id, each.version) != ("a", 5)], "a", 6, -1)
    found = compare(before, after, order)
    assert told(found) == [("removed", "a", 5, 1), ("reordered", "a", 5, 15)]
    assert found.differences[-1].message == (
        "15 events of a have a version that is 1 lower than it was, versions 6 to 20. "
        "An event went from before them, version 5."
    )


@pytest.mark.parametrize("order", ORDERS)
def test_a_change_among_them_is_named(order: Order) -> None:
    before = sealed(order)
    after = [
        replace(each, data="other") if (each.aggregate_id, each.version) == ("a", 9) else each
        for each in renumbered(before, "a", 5, 1)
    ]
    found = compare(before, after, order)
    kinds = [(each.kind, each.was and each.was.version, each.events) for each in found.differences]
    assert ("changed", 8, 1) in kinds or ("reordered", 8, 1) in kinds
    assert sorted(events for _, _, events in kinds) == [1, 3, 12]


@pytest.mark.parametrize("version", [5, 21])
@pytest.mark.parametrize("order", ORDERS)
def test_an_event_that_was_put_into_another_aggregate_is_named_once(order: Order, version: int) -> None:
    before = sealed(order)
    after = [
        replace(each, aggregate_id="b", version=version) if (each.aggregate_id, each.version) == ("a", 5) else each
        for each in before
    ]
    found = compare(before, after, order)
    assert told(found) == [("changed", "b", version, 1)]
    assert "its aggregate was a and is b." in found.differences[0].message
    assert found.grown.events == 0


@pytest.mark.parametrize("order", ORDERS)
def test_one_that_was_fitted_in_is_named_once_and_explains_what_was_renumbered(order: Order) -> None:
    before = sealed(order)
    rest = renumbered(renumbered(before, "a", 6, -1), "b", 5, 1)
    after = [
        replace(new, aggregate_id="b") if (old.aggregate_id, old.version) == ("a", 5) else new
        for old, new in zip(before, rest, strict=True)
    ]
    found = compare(before, after, order)
    assert told(found) == [("changed", "b", 5, 1), ("reordered", "a", 5, 15), ("reordered", "b", 6, 16)]
    said = {each.message.rpartition(". ")[2] for each in found.differences if each.events > 1}
    assert said == {"An event came before them, as version 5.", "An event went from before them, version 5."}


def test_a_long_one_takes_no_memory() -> None:
    """However few may wait for their like."""
    before = sealed("position", count=4000)
    for after in (
        renumbered(before, "a", 5, 7),
        [
            replace(each, position=number)
            for number, each in enumerate(
                [Event(0, "a", None, 1, "new", "T", None, None, None, None), *renumbered(before, "a", 1, 1)], 1
            )
        ],
    ):
        found = compare(before, after, "position", most_waiting=10)
        assert found.complete
        assert ("reordered", "a") in {each[:2] for each in told(found)}
        assert len(found.differences) <= 3


def test_two_that_changed_places_are_told_each() -> None:
    before = sealed("position")
    after = [
        replace(each, version={8: 9, 9: 8}.get(each.version, each.version)) if each.aggregate_id == "a" else each
        for each in before
    ]
    found = compare(before, after, "position")
    assert told(found) == [("reordered", "a", 8, 1), ("reordered", "a", 9, 1)]
    assert all("has changed places" in each.message for each in found.differences)


@pytest.mark.parametrize(
    "event",
    [
        sealed("position")[0],
        replace(sealed("position")[0], data={"version": 3, '"version":': '"version":1}'}, type='"version":9'),
        replace(sealed("position")[0], data=None, error="bad", raw=b'"version":'),
        replace(sealed("position")[0], version=2**70, position="x"),
    ],
)
def test_the_content_with_another_version(event: Event) -> None:
    start = start_of(event)
    for version in (-3, 0, event.version, 2**80):
        expected = leaf_of(replace(event, version=version), positioned=True).content
        assert content_as(start, version) == expected


def test_in_a_store(made: Callable[..., Subject]) -> None:
    subject = made()
    (aggregate, newest) = max(subject.names().values(), key=lambda each: each[1])
    subject.run("UPDATE events SET version = version + 1 WHERE aggregate_id = ? AND version > 4", aggregate)
    subject.add((15, "e", aggregate, "account", "Paid", "{}", None, 1, 5, "2026-01-01T00:01:30+00:00"))
    found = subject.verify().differences
    assert sorted((each.kind, each.events) for each in found) == [("inserted", 1), ("reordered", newest - 4)]
