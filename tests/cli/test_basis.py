"""What answers rest on: stored snapshots or a replay from nothing, and that they say so where the two differ."""

import sqlite3
from pathlib import Path

import pytest

from esviewer.stores.embedded import EmbeddedStore

RULES = """
name = "counters"
aggregate_type = "counter"
initial = { total = 0 }
[[on]]
event = "Added"
increment = { total = "data.n" }
"""


@pytest.fixture
def counters(tmp_path: Path) -> Path:
    """`wrong` has a snapshot at version 4 that says 1000 instead of 10, `right` one that agrees, `bare` none."""
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for name in ("bare", "right", "wrong"):
            for number in range(1, 9):
                store.append_event(name, "Added", {"n": number}, aggregate_type="counter")
        store.save_snapshot("right", {"total": 10}, 4)
        store.save_snapshot("wrong", {"total": 1000}, 4)
    rules = tmp_path / "counters.db.reducers"
    rules.mkdir()
    (rules / "counters.toml").write_text(RULES)
    return file


def totals(found) -> list[tuple[int | None, int | None]]:
    return [(each.get("old"), each.get("new")) for each in found.json["changes"]]


@pytest.mark.parametrize(
    ("places", "options", "change", "basis"),
    [
        ((2, 6), (), (3, 21), None),  # the snapshot is later than one of both
        ((6, 2), (), (21, 3), None),
        ((4, 6), (), (1000, 1011), 4),
        ((5, 6), ("--no-snapshots",), (15, 21), None),
    ],
)
def test_both_states_of_a_diff_rest_on_the_same(run, counters: Path, places, options, change, basis) -> None:
    found = run("diff", counters, "wrong", *places, *options, "--json")

    assert totals(found) == [change]
    assert [found.json["rebuilt"][side]["snapshot_version"] for side in ("from", "to")] == [basis, basis]
    assert ("both states start from the snapshot at version 4; --no-snapshots" in found.err) is (basis == 4)


def test_states_of_two_aggregates_both_start_from_snapshots_or_neither_does(run, counters: Path) -> None:
    mixed = run("diff", counters, "wrong", 6, 6, "--with", "bare", "--json")
    other_way = run("diff", counters, "bare", 6, 6, "--with", "wrong", "--json")
    both = run("diff", counters, "wrong", 6, 6, "--with", "right", "--json")

    assert totals(mixed) == totals(other_way) == []
    assert totals(both) == [(1011, 21)]
    assert "both states start from the snapshot at version 4" in both.err


@pytest.mark.parametrize(
    "question",
    [
        ("blame", "wrong"),
        ("history", "wrong", "/total"),
        ("find", "wrong", "state.total > 900"),
        ("rollback", "wrong", 6),
        ("whatif", "wrong", "--skip", 2),
    ],
)
def test_an_answer_replayed_from_nothing_says_that_a_snapshot_disagrees(run, counters: Path, question) -> None:
    command, name, *rest = question

    found = run(command, counters, name, *rest)
    silent = run(command, counters, "right", *rest)

    assert found.code == silent.code == 0, found.err
    assert (
        "Note: the snapshot at version 4 says something else than the replay (/total): this answer is replayed from "
        "nothing, `esviewer state` starts from snapshots unless --no-snapshots.\n"
    ) in found.err
    assert "snapshot" not in silent.err
    assert "1000" not in found.out


def test_several_snapshots_that_disagree_are_told_at_once(run, counters: Path) -> None:
    with EmbeddedStore(counters, create=False) as store:
        store.save_snapshot("wrong", {"total": 21}, 6)
        store.save_snapshot("wrong", {"total": 1, "a": 1, "b": 1, "c": 1}, 8)

    found = run("blame", counters, "wrong")

    assert (
        "2 of 3 snapshots say something else than the replay, first the one at version 4 (/total)"
        in found.err
    )


def test_what_only_a_snapshot_has_is_not_just_said_to_be_nowhere(run, counters: Path) -> None:
    with EmbeddedStore(counters, create=False) as store:
        store.save_snapshot("wrong", {"total": 10, "limit": 5}, 4)

    for question in (("blame", "wrong", "/limit"), ("history", "wrong", "/limit")):
        command, *rest = question
        found = run(command, counters, *rest)
        assert (found.code, found.out) == (4, "")
        assert "Note: the snapshot at version 4 says something else than the replay (/limit)" in found.err
        assert "Error: There is nothing at /limit." in found.err


def test_paths_in_the_remark_are_masked(run, counters: Path) -> None:
    with EmbeddedStore(counters, create=False) as store:
        store.save_snapshot("wrong", {"total": 10, "jane.doe@example.org": 1}, 4)

    assert "jane.doe@example.org" in run("blame", counters, "wrong").err
    masked = run("blame", counters, "wrong", "--mask", "usual")
    assert "jane.doe" not in masked.err
    assert "the snapshot at version 4 says something else" in masked.err


def test_a_state_says_what_it_rests_on_and_how_to_get_the_other(run, counters: Path) -> None:
    used = run("state", counters, "wrong")
    unused = run("state", counters, "wrong", "--no-snapshots")
    none = run("state", counters, "bare", "--no-snapshots")
    with sqlite3.connect(counters) as connection:
        connection.execute("UPDATE snapshots SET state = '{' WHERE aggregate_id = 'wrong'")
    connection.close()
    broken = run("state", counters, "wrong")

    assert "rebuilt from the snapshot at version 4 with 4 events" in used.out
    assert "(with --no-snapshots it is replayed from nothing)" in used.out
    assert "rebuilt from nothing with 8 events" in unused.out
    assert "(without --no-snapshots it starts from the snapshot at version 4)" in unused.out
    assert "snapshot" not in none.out
    assert "(the snapshot at version 4 can't be read: " in broken.out


@pytest.mark.parametrize(
    "question",
    [
        ("blame", "odd"),
        ("history", "odd", "/total"),
        ("find", "odd", "state.total > 1"),
        ("rollback", "odd", 1),
        ("whatif", "odd", "--skip", 1),
        ("diff", "odd", 1, 4),
    ],
)
def test_answers_say_that_events_were_skipped_on_the_way(run, counters: Path, question) -> None:
    with EmbeddedStore(counters, create=False) as store:
        for data in ({"n": 1}, {"n": "one"}, {"n": 2}, {"n": None}):
            store.append_event("odd", "Added", data, aggregate_type="counter")
    command, name, *rest = question

    found = run(command, counters, name, *rest)

    assert (
        "Note: of odd 2 events could not be applied and changed nothing, first that of version 2; `esviewer state` "
        "says why.\n"
    ) in found.err
    assert "could not be applied" not in run(command, counters, "bare", *rest).err


def test_a_skipped_event_is_told_of_the_aggregate_that_it_is_of(run, counters: Path) -> None:
    with EmbeddedStore(counters, create=False) as store:
        store.append_event("odd", "Vanished", {}, aggregate_type="counter")

    found = run("diff", counters, "bare", 1, 1, "--with", "odd")

    assert "of odd 1 event could not be applied and changed nothing, that of version 1;" in found.err
    assert "of bare" not in found.err
