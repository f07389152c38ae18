"""Stores that grew, in each order a store can have, and what growth must not hide."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from helpers_seals import Subject, at, row, rows

from esviewer.app.sealing import seal_store, verify_store
from esviewer.app.session import open_session
from esviewer.audit.seals.comparing import Comparison
from esviewer.audit.seals.file import read_seal
from esviewer.audit.seals.merkle import consistent
from esviewer.audit.seals.sealing import seal_events
from esviewer.errors import DisagreesError, SealError

Make = Callable[..., Subject]
POSITIONED = "id INTEGER PRIMARY KEY"
ROWS_ONLY = "ident INTEGER"
ORDERLESS = "unused TEXT"
EXPECTED = {"data": "changed", "time": "backdated", "delete": "removed", "version": "changed", "insert": "inserted"}


def _later(subject: Subject, count: int, first: int = 101) -> list[tuple[object, ...]]:
    versions: dict[str, int] = {}
    for each in subject.rows:
        versions[str(each[2])] = int(str(each[8]))
    made = []
    for number in range(first, first + count):
        aggregate = f"account-{number % 9}"
        versions[aggregate] = versions.get(aggregate, 0) + 1
        made.append(row(number, aggregate, versions[aggregate]))
    return made


@pytest.mark.parametrize("count", [1, 2, 30, 2_000])
def test_growth_is_proven(subject: Subject, count: int) -> None:
    subject.add(*_later(subject, count))
    verdict = subject.verify()
    assert verdict.verified
    assert verdict.grown.events == count
    assert verdict.grown.first is not None
    assert verdict.grown.first.position == 1010
    proof = verdict.consistency
    assert proof is not None
    assert (proof.old_size, proof.new_size) == (100, 100 + count)
    assert consistent(100, read_seal(subject.seal).statement.root, 100 + count, verdict.root or b"", proof.path)


def test_a_seal_of_many_chunks(made: Make) -> None:
    subject = made(rows(3000))
    assert subject.verify().verified
    subject.add(*_later(subject, 1500, 3001))
    assert subject.verify().consistency is not None
    subject.run("UPDATE events SET event_type = 'x' WHERE id = 20000")
    subject.run("DELETE FROM events WHERE id = 10250")
    subject.run("INSERT INTO events (id, aggregate_id, event_type, event_data, version, timestamp) VALUES "
                "(11111, 'new', 'x', '{}', 1, '2026-01-01T00:00:00Z')")  # fmt: skip
    verdict = subject.verify()
    assert [(each.kind, each.place.position) for each in verdict.differences if each.place] == [
        ("removed", 10250), ("inserted", 11111), ("changed", 20000),
    ]  # fmt: skip
    assert verdict.grown.events == 1500


def test_growth_does_not_hide_a_removal(subject: Subject) -> None:
    subject.add(*_later(subject, 500))
    subject.run("DELETE FROM events WHERE id = 500")
    verdict = subject.verify()
    assert [(each.kind, each.place.position) for each in verdict.differences if each.place] == [("removed", 500)]
    assert verdict.grown.events == 500


def test_an_event_that_was_moved_to_the_end_is_found(subject: Subject) -> None:
    subject.add(*_later(subject, 50))
    subject.run("UPDATE events SET id = 99999 WHERE id = 500")
    found = subject.verify().differences
    assert [(each.kind, each.was and each.was.position, each.now and each.now.position) for each in found] == [
        ("reordered", 500, 99999)
    ]


def test_new_events_with_old_times_or_versions(subject: Subject) -> None:
    subject.add((*row(101, "account-1", 500)[:9], at(99)))  # a minute before the newest: clocks differ
    assert subject.verify().verified
    assert not subject.verify(tolerance=0).verified
    subject.add((*row(102, "account-1", 501)[:9], at(90)), row(103, "account-1", 2))
    assert [(each.kind, each.place.position) for each in subject.verify().differences if each.place] == [
        ("backdated", 1020), ("inserted", 1030),
    ]  # fmt: skip
    assert [each.kind for each in subject.verify(tolerance=3600).differences] == ["inserted"]


@pytest.mark.parametrize(
    ("position", "order"), [(POSITIONED, "position"), (ROWS_ONLY, "rowid"), (ORDERLESS, "reconstructed")]
)
def test_every_order(tmp_path: Path, position: str, order: str) -> None:
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path, isolation_level=None)
    end = ", PRIMARY KEY (aggregate_id, version)) WITHOUT ROWID" if order == "reconstructed" else ")"
    connection.execute(
        f"CREATE TABLE events ({position}, aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, event_data TEXT, "
        f"version INTEGER NOT NULL, timestamp TEXT{end}"
    )
    first = position.split()[0]
    columns = f"{first}, aggregate_id, event_type, event_data, version, timestamp"
    insert = f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?)"
    kept = [(each[0], each[2], each[4], each[5], each[8], each[9]) for each in rows(60)]

    def restore() -> None:
        connection.execute("BEGIN")
        connection.execute("DELETE FROM events")
        connection.executemany(insert, kept)
        connection.execute("COMMIT")

    restore()
    session = open_session(str(path), layout="reference")
    seal = tmp_path / "seal"
    seal_store(session, seal)
    said = read_seal(seal).statement
    assert said.order == order
    assert verify_store(session, seal).verified

    chance = random.Random(3)
    for number in range(60):
        ident, aggregate, _, _, version, _ = chance.choice(kept)
        where = (aggregate, version)
        kind = ("data", "time", "delete", "version", "insert")[number % 5]
        if kind == "data":
            connection.execute("UPDATE events SET event_data = '[]' WHERE aggregate_id = ? AND version = ?", where)
        elif kind == "time":
            connection.execute(
                "UPDATE events SET timestamp = '2025-01-01T00:00:00Z' WHERE aggregate_id = ? AND version = ?", where
            )
        elif kind == "delete":
            connection.execute("DELETE FROM events WHERE aggregate_id = ? AND version = ?", where)
        elif kind == "version":
            connection.execute("UPDATE events SET version = -3 WHERE aggregate_id = ? AND version = ?", where)
        else:
            connection.execute(insert, (int(str(ident)) + 5, aggregate, "X", "{}", -5, at(20)))
        if number % 2:  # it grows as well
            connection.executemany(insert, [(1000 + extra, "new", "T", "{}", extra, at(200)) for extra in range(20)])
        verdict = verify_store(session, seal)
        assert [each.kind for each in verdict.differences] == [EXPECTED[kind]], (kind, verdict.differences)
        place = verdict.differences[0].was or verdict.differences[0].now
        assert place is not None
        assert place.aggregate_id == aggregate
        assert place.version == (-5 if kind == "insert" else version)
        assert verdict.grown.events == (20 if number % 2 else 0)
        restore()

    # New events of old aggregates and of new ones, some of which sort among the old ones where there is no order.
    connection.executemany(
        insert,
        [(2000 + number, f"account-{number % 9}", "T", "{}", 300 + number, at(99 + number)) for number in range(30)],
    )
    grown = verify_store(session, seal)
    assert grown.verified, grown.differences
    assert grown.grown.events == 30
    session.close()
    connection.close()


def test_rows_that_were_numbered_anew_are_the_same_store(made: Make) -> None:
    subject = made(position="spare INTEGER, id TEXT")
    assert read_seal(subject.seal).statement.order == "rowid"
    subject.run("UPDATE events SET rowid = rowid + 5000")
    assert subject.verify().verified


def test_moved_rows_are_found_where_no_position_is_stored(made: Make) -> None:
    subject = made(position="spare INTEGER, id TEXT")
    names = {number: (each[2], each[8]) for number, each in enumerate(subject.rows, 1)}
    subject.run("UPDATE events SET rowid = 9999 WHERE rowid = 30")
    found = subject.verify().differences
    assert [(each.kind, each.was and (each.was.aggregate_id, each.was.version)) for each in found] == [
        ("reordered", names[30])
    ]
    subject.run("UPDATE events SET rowid = -1 WHERE rowid = 80")
    subject.run("UPDATE events SET rowid = 80 WHERE rowid = 60")
    subject.run("UPDATE events SET rowid = 60 WHERE rowid = -1")
    found = subject.verify().differences
    assert {each.kind for each in found} == {"reordered"}
    was = {each.was and (each.was.aggregate_id, each.was.version) for each in found}
    assert was == {names[each] for each in (30, 60, 80)}


def test_too_many_aggregates_to_give_each_a_digest(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esviewer.app.sealing.seal_events", partial(seal_events, most_aggregates=6))
    subject = made()
    seal = read_seal(subject.seal)
    seal.check()
    assert seal.statement.aggregates is None
    assert list(seal.aggregates()) == []
    subject.add(*_later(subject, 5))
    verdict = subject.verify()
    assert verdict.verified
    assert verdict.grown.events == 5
    assert any("no digests of single aggregates" in remark for remark in verdict.remarks)
    subject.run("UPDATE events SET metadata = '[]' WHERE id = 20")
    assert [each.kind for each in subject.verify().differences] == ["changed"]


def test_too_much_to_name(subject: Subject) -> None:
    comparison = Comparison(read_seal(subject.seal).statement, None, tolerance=0, most_waiting=10)
    subject.run("UPDATE events SET event_data = '[]' WHERE id > 500")
    compared = comparison.run(read_seal(subject.seal).chunks(), subject.session.store.unambiguous())
    assert not compared.complete
    assert [each.kind for each in compared.differences] == ["range"]
    assert compared.differences[0].was is not None
    assert compared.differences[0].was.position == 510
    assert "More than 10 events differ" in compared.differences[0].message


def test_a_chain_of_seals(subject: Subject, tmp_path: Path) -> None:
    second, third = tmp_path / "second", tmp_path / "third"
    subject.add(*_later(subject, 40))
    made = seal_store(subject.session, second, after=subject.seal)
    previous = made.statement.previous
    assert previous is not None
    assert previous.root == read_seal(subject.seal).statement.root
    assert consistent(100, previous.root, 140, made.statement.root, read_seal(second).consistency)
    read_seal(second).check()
    forged = second.read_text().replace(previous.root.hex(), "00" * 32)
    third.write_text(forged)
    with pytest.raises(SealError, match="does not prove that it goes on"):
        read_seal(third).check()
    third.unlink()
    subject.run("DELETE FROM events WHERE id = 1300")
    with pytest.raises(DisagreesError, match="does not begin with the events"):
        seal_store(subject.session, third, after=second)
    assert not third.exists()
    seal_store(subject.session, third, after=subject.seal)
    subject.run("DELETE FROM events")
    with pytest.raises(DisagreesError):
        seal_store(subject.session, third, after=subject.seal)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []
