"""A thousand random single changes to a sealed store: none is missed, and the right place is named."""

from __future__ import annotations

import random

import pytest
from helpers_seals import Subject

from esviewer.audit.seals.difference import Difference

CHANGES = 1000


def _one(subject: Subject, kind: str, chance: random.Random) -> tuple[set[str], set[int]]:
    """Make one change; the kinds it may be called and the positions where."""
    names = subject.names()
    place = chance.choice(list(names))
    aggregate, version = names[place]
    other = chance.choice([number for number in names if number != place])
    if kind == "data":
        subject.run("UPDATE events SET event_data = replace(event_data, '1.5', '1.50') WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "metadata":
        subject.run("UPDATE events SET metadata = ? WHERE id = ?", '{"actor": "bob"}', place)
        return {"changed"}, {place}
    if kind == "undecodable":
        subject.run("UPDATE events SET event_data = '{' WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "later":
        subject.run("UPDATE events SET timestamp = '2026-06-01T00:00:00+00:00' WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "backdated":
        subject.run("UPDATE events SET timestamp = '2025-06-01T00:00:00+00:00' WHERE id = ?", place)
        return {"backdated"}, {place}
    if kind == "type":
        subject.run("UPDATE events SET event_type = 'Refunded' WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "id":
        subject.run("UPDATE events SET event_id = 'x' WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "version":
        subject.run("UPDATE events SET version = version + 1000 WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "aggregate":
        subject.run("UPDATE events SET aggregate_id = 'account-x' WHERE id = ?", place)
        return {"changed"}, {place}
    if kind == "delete":
        subject.run("DELETE FROM events WHERE id = ?", place)
        return {"removed"}, {place}
    if kind == "insert":
        subject.add((place - 5, "e", aggregate, "account", "Paid", "{}", None, 1, 900, "2026-01-01T00:30:00+00:00"))
        return {"inserted"}, {place - 5}
    if kind == "move":
        subject.run("UPDATE events SET id = ? WHERE id = ?", other - 5, place)
        return {"reordered"}, {other - 5}
    if kind == "swap":
        subject.run("UPDATE events SET id = -1 WHERE id = ?", place)
        subject.run("UPDATE events SET id = ? WHERE id = ?", place, other)
        subject.run("UPDATE events SET id = ? WHERE id = -1", other)
        return {"reordered"}, {place, other}
    if kind == "append backdated":
        newest = max(names) + 1
        subject.add((newest, "e", "account-new", "account", "Paid", "{}", None, 1, 1, "2025-12-01T00:00:00+00:00"))
        return {"backdated"}, {newest}
    newest = max(names) + 1
    subject.add((newest, "e", aggregate, "account", "Paid", "{}", None, 1, version, "2026-12-01T00:00:00+00:00"))
    return {"inserted"}, {newest}


KINDS = [
    "data", "metadata", "undecodable", "later", "backdated", "type", "id", "version", "aggregate", "delete", "insert",
    "move", "swap", "append backdated", "append old version",
]  # fmt: skip


def test_a_thousand_changes(subject: Subject) -> None:
    _changed(subject, CHANGES)


def test_hundreds_of_changes_on_postgresql(on_postgresql: Subject) -> None:
    _changed(on_postgresql, 20 * len(KINDS))


def _changed(subject: Subject, changes: int) -> None:
    chance = random.Random(20)
    assert subject.verify().verified
    for number in range(changes):
        kind = KINDS[number % len(KINDS)]
        kinds, places = _one(subject, kind, chance)

        verdict = subject.verify()

        found = verdict.differences
        assert not verdict.verified, kind
        assert {each.kind for each in found} <= kinds, (kind, found)
        assert {each.place.position for each in found if each.place} == places, (kind, found)
        assert all(_named(subject, each) for each in found)
        assert verdict.consistency is None
        subject.restore()
    assert subject.verify().verified


def _named(subject: Subject, found: Difference) -> bool:
    """Whether an event that was sealed is called what it was called."""
    if found.was is None:
        return True
    return subject.names()[found.was.position] == (found.was.aggregate_id, found.was.version)  # type: ignore[index]


@pytest.mark.parametrize("position", ["id TEXT", "id INTEGER"])
def test_changes_where_positions_are_no_keys(made, position: str) -> None:
    """Positions that sort as text or are not unique in the database's eyes."""
    subject: Subject = made(position=position)
    assert subject.verify().verified
    subject.run("UPDATE events SET metadata = '{}' WHERE id = 400")
    found = subject.verify().differences
    assert [(each.kind, each.place.version) for each in found] == [("changed", subject.names()[400][1])]
    subject.run("DELETE FROM events WHERE id = 410")
    assert [each.kind for each in subject.verify().differences] == ["changed", "removed"]
