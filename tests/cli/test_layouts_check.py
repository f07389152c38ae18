"""`esviewer layouts check` and `layouts guess`: what they print and how they end."""

import json
import sqlite3
from pathlib import Path

import pytest


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A home-made store that no layout fits, with one version twice."""
    path = tmp_path / "odd.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE facts (nr INTEGER PRIMARY KEY, who TEXT, step INTEGER, what TEXT, body TEXT)")
        connection.executemany(
            "INSERT INTO facts (who, step, what, body) VALUES (?, ?, ?, ?)",
            [(f"w{a}", s, ("Begun", "Moved")[s > 0], json.dumps({"s": s})) for s in range(6) for a in range(4)],
        )
    connection.close()
    return path


def test_a_sound_store_ends_with_0(run, demo: Path) -> None:
    found = run("layouts", "check", "reference", demo, "--json")

    assert found.code == 0, found.err
    assert {line["check"]: line["outcome"] for line in found.lines}["unique"] == "ok"
    assert all(set(line) == {"check", "outcome", "sentence", "looked_at", "numbers"} for line in found.lines)


def test_guess_then_check_then_read(run, odd: Path, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"

    unknown = run("info", odd)
    guessed = run("layouts", "guess", odd, "--output", file)
    checked = run("layouts", "check", file, odd)
    info = run("info", odd, "--layout", file, "--json")

    assert unknown.code == 3
    assert "esviewer layouts guess" in unknown.err
    assert guessed.code == 0, guessed.err
    assert checked.code == 0, checked.err + checked.out
    assert info.json["events"] == 24


def test_guess_prints_what_it_would_write(run, odd: Path) -> None:
    found = run("layouts", "guess", odd)

    assert found.code == 0, found.err
    assert '\naggregate_id = { column = "who" }' in found.out


def test_guess_overwrites_nothing(run, odd: Path, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("mine")

    assert run("layouts", "guess", odd, "--output", file).code == 2
    assert run("layouts", "guess", odd, "--output", odd).code == 2
    assert file.read_text() == "mine"


def test_a_failed_check_ends_with_1(run, odd: Path, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    run("layouts", "guess", odd, "--output", file)
    with sqlite3.connect(odd) as connection:
        connection.execute("UPDATE facts SET step = 0")
    connection.close()

    found = run("layouts", "check", file, odd)

    assert found.code == 1
    assert "repeat" in found.out


def test_a_bad_file_ends_with_2_and_what_does_not_fit_with_3(run, odd: Path, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("name = 'x'")

    assert run("layouts", "check", file, odd).code == 2
    fits_not = run("layouts", "check", "reference", odd)
    assert fits_not.code == 3
    assert "aggregate_id" in fits_not.err
    assert run("layouts", "check", "reference", tmp_path / "nowhere.db").code == 3


def test_the_list_is_still_there(run) -> None:
    found = run("layouts", "--json")

    assert found.code == 0, found.err
    assert "reference" in {line["name"] for line in found.lines}
