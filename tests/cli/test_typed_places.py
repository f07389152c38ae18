"""Versions and times as FROM, TO and --as-of: what a time was taken for is said, and nothing is made up."""

import sqlite3
from pathlib import Path

import pytest


@pytest.fixture
def lives(tmp_path: Path) -> Path:
    """`a` lives through four days; of `b` the clock went back at version 3; `c` has no zone."""
    path = tmp_path / "lives.db"
    days = {
        "a": ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z"],
        "b": ["2026-03-01T00:00:00Z", "2026-03-05T00:00:00Z", "2026-03-03T00:00:00Z", "2026-03-06T00:00:00Z"],
        "c": ["2026-03-01T00:00:00", "2026-03-02T00:00:00"],
    }
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp,"
            " UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events VALUES (?, 'Set', ?, ?, ?)",
            [
                (name, f'{{"n": {version}}}', version, time)
                for name, times in days.items()
                for version, time in enumerate(times, 1)
            ],
        )
    connection.close()
    return path


def test_a_diff_of_times_names_zone_and_events(run, lives: Path) -> None:
    found = run("diff", lives, "a", "2026-03-02 12:00", "2026-03-03T12:00Z", "--json", TZ="Asia/Tokyo")

    assert (found.json["from"], found.json["to"]) == (2, 3)
    assert found.err.startswith(
        "Note: FROM names no zone; it is taken as 2026-03-02T12:00:00+09:00.\n"
        "Before 2026-03-02T12:00:00+09:00: version 2, Set, 2026-03-02T00:00:00Z.\n"
        "After 2026-03-02T12:00:00+09:00: version 3, Set, 2026-03-03T00:00:00Z.\n"
        "Before 2026-03-03T12:00:00Z: version 3, Set, 2026-03-03T00:00:00Z.\n"
        "After 2026-03-03T12:00:00Z: version 4, Set, 2026-03-04T00:00:00Z.\n"
    )
    assert "TO names no zone" not in found.err
    assert "events' times name no zone" not in found.err
    assert found.json["rebuilt"]["to"]["inferred"] is True
    assert "Note: no rules are in use; states are inferred by merge." in found.err


@pytest.mark.parametrize(
    "question",
    [
        ("state", "b", "--as-of", "2026-03-04T00:00Z"),
        ("diff", "b", 1, "2026-03-04T00:00Z"),
        ("blame", "b", "--as-of", "2026-03-04T00:00Z"),
        ("rollback", "b", "2026-03-04T00:00Z"),
        ("rollback", "b", 1, "--from", "2026-03-04T00:00Z"),
    ],
)
def test_clocks_that_disagree_with_versions_are_told(run, lives: Path, question) -> None:
    command, *rest = question
    found = run(command, lives, *rest)

    assert found.code == 0, found.err
    assert "Before 2026-03-04T00:00:00Z: version 3, Set, 2026-03-03T00:00:00Z." in found.err
    assert "Warning: versions and times disagree here" in found.err


@pytest.mark.parametrize(
    "question",
    [
        ("state", "a", "--as-of", "2026-02-01T00:00Z"),
        ("diff", "a", "2026-02-01T00:00Z", 3),
        ("diff", "a", 3, "2026-02-01T00:00Z"),
        ("blame", "a", "--as-of", "2026-02-01T00:00Z"),
        ("rollback", "a", "2026-02-01T00:00Z"),
    ],
)
def test_nothing_is_passed_off_as_a_state_before_the_first_event(run, lives: Path, question) -> None:
    command, *rest = question
    found = run(command, lives, *rest)

    assert (found.code, found.out) == (4, "")
    assert found.err == (
        "Error: a has no event at or before 2026-02-01T00:00:00Z. Its first is at 2026-03-01T00:00:00Z: it did not "
        "exist yet.\n"
    )


def test_times_without_a_zone_are_told(run, lives: Path) -> None:
    found = run("diff", lives, "c", 1, "2026-03-03T00:00Z")

    assert "Warning: the events' times name no zone; they are taken as UTC." in found.err


def test_a_rollback_takes_times(run, lives: Path) -> None:
    by_time = run("rollback", lives, "a", "2026-03-02T12:00Z", "--from", "2026-03-03T00:00Z", "--json")

    assert by_time.json == run("rollback", lives, "a", 2, "--from", 3, "--json").json
    assert "After 2026-03-02T12:00:00Z: version 3" in by_time.err
    assert run("rollback", lives, "a", "soon").code == 2
