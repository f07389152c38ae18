"""`esviewer reducer infer`: what it prints and writes, and how it ends."""

import sqlite3
from pathlib import Path

import pytest
from helpers_inference import Domain

from esviewer.replay.rules import parse_rules
from esviewer.stores.embedded import EmbeddedStore


@pytest.fixture
def things(tmp_path: Path) -> Path:
    Domain(3, ("amounts", "statuses")).write(tmp_path / "things.db")
    return tmp_path / "things.db"


def test_the_demo_is_recovered_and_the_rules_hold(run, demo: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.db"  # without the rules beside it
    store.write_bytes(demo.read_bytes())
    found = run("reducer", "infer", store, "--json")
    written = run("reducer", "infer", store, "--output", tmp_path / "rules", "--type", "order")
    checked = run("reducer", "check", tmp_path / "rules" / "order.toml", store)

    assert found.code == 0, found.err
    assert [line["aggregate_type"] for line in found.lines] == ["account", "order", "user"]
    assert all(line["complete"] and line["verified"] for line in found.lines)
    assert all(line["held_out"]["differ"] == 0 < line["held_out"]["agree"] for line in found.lines)
    assert written.code == 0, written.err
    assert (checked.code, "0 differ" in checked.out) == (0, True)


def test_rules_are_printed_with_their_score_as_comments(run, things: Path) -> None:
    found = run("reducer", "infer", things)

    assert found.code == 0, found.err
    assert found.out.startswith("# Inferred from ")
    assert "# Verified on " in found.out
    assert parse_rules(found.out, "stdout").aggregate_type == "thing"
    assert "--output" not in found.err


def test_rules_of_several_types_are_no_single_file_and_that_is_said(run, things: Path) -> None:
    with sqlite3.connect(things) as connection:
        connection.execute("UPDATE events SET aggregate_type = 'other' WHERE aggregate_id > 'thing-0020'")
    connection.close()
    found = run("reducer", "infer", things)

    assert found.out.count("# Inferred from ") == 2
    assert "each type's rules are a file of their own; --output FOLDER writes them so" in found.err


def test_rules_are_written_to_a_file(run, things: Path, tmp_path: Path) -> None:
    file = tmp_path / "thing.toml"
    found = run("reducer", "infer", things, "--output", file, "--json")

    assert found.code == 0, found.err
    assert found.json["aggregate_type"] == "thing"
    assert run("reducer", "check", file, things).code == 0


def test_the_store_is_not_overwritten(run, things: Path) -> None:
    before = things.read_bytes()
    found = run("reducer", "infer", things, "--output", things)

    assert (found.code, things.read_bytes()) == (2, before)


def test_what_is_unexplained_ends_with_1(run, tmp_path: Path) -> None:
    Domain(3, ("amounts",)).write(tmp_path / "a.db", noise=True)
    found = run("reducer", "infer", tmp_path / "a.db")
    line = run("reducer", "infer", tmp_path / "a.db", "--json").json

    assert found.code == 1, found.err
    assert "# Unexplained: checksum, right in 0 of" in found.out
    assert [each["path"] for each in line["unexplained"]] == ["checksum"]
    assert line["explained"] == ["balance"]


def test_a_store_without_snapshots(run, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "a.db") as store:
        store.append_event("a", "Added", {"n": 1}, aggregate_type="thing")
    with sqlite3.connect(tmp_path / "b.db") as connection:
        connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
        connection.execute("INSERT INTO events VALUES ('a', 'Added', '{}', 1, '2026-01-01')")
    connection.close()
    for name in ("a.db", "b.db"):
        found = run("reducer", "infer", tmp_path / name)

        assert (found.code, found.out) == (1, "")
        assert "rules are inferred from snapshots" in found.err


def test_too_few_snapshots_are_not_called_verified(run, tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "a.db") as store:
        store.append_event("a", "Added", {"n": 1}, aggregate_type="thing")
        store.save_snapshot("a", {"n": 1}, 1)
    found = run("reducer", "infer", tmp_path / "a.db")

    assert found.code == 1
    assert "# Not verified on unseen snapshots" in found.out
