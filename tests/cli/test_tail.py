"""`esviewer tail`: lines as events arrive, until it is interrupted."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="interrupts by a signal of POSIX")
TABLE = (
    "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, "
    "event_data TEXT NOT NULL, version INTEGER NOT NULL, timestamp TEXT NOT NULL, UNIQUE (aggregate_id, version))"
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    file = tmp_path / "store.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(TABLE)
        connection.commit()
    for version in range(3):
        insert(file, "cart-1", version, '{"n": 1}')
    return file


def insert(file: Path, aggregate: str, version: int, data: str, kind: str = "Happened") -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, '2026-01-02T03:04:05Z')", (aggregate, kind, data, version)
        )
        connection.commit()


@contextmanager
def tail(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "esviewer", "tail", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def interrupted(process: subprocess.Popen[str]) -> tuple[str, str]:
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    return out, err


@posix
def test_events_as_they_arrive(store: Path) -> None:
    with tail(str(store), "--json", "--last", "1") as process:
        assert json.loads(read(process))["version"] == 2
        insert(store, "口座-1", 0, '{"amount": 1.10}')
        line = read(process)
        assert '"amount":1.10' in line.replace(" ", "")
        assert json.loads(line)["aggregate_id"] == "口座-1"
        assert interrupted(process) == ("", "Error: Interrupted.\n")


@posix
def test_text_of_some_events_of_one_aggregate(store: Path) -> None:
    with tail(str(store), "cart-1", "--last", "1", "--type", "Happ*", "--where", "data.n > 0") as process:
        assert read(process) == '3  2026-01-02T03:04:05Z  cart-1@2  Happened  {"n":1}\n'
        insert(store, "cart-2", 0, '{"n": 5}')
        insert(store, "cart-1", 3, '{"n": 0}')
        insert(store, "cart-1", 4, '{"n": 5}', "Other")
        insert(store, "cart-1", 5, '{"n": "x"}')
        insert(store, "cart-1", 6, '{"n": 5, "t": "\\u001b[31m"}')
        line = read(process)
        assert line.startswith("8  2026-01-02T03:04:05Z  cart-1@6  Happened  ")
        assert "\x1b" not in line
        out, err = interrupted(process)
    assert out == ""
    assert "the condition can't be told" in err


@posix
def test_sensitive_values_are_masked(store: Path) -> None:
    with tail(str(store), "--json", "--mask", "usual", "--last", "1") as process:
        read(process)
        insert(store, "cart-9", 0, '{"email": "jane@example.org"}')
        line = read(process)
    assert json.loads(line)["aggregate_id"] == "cart-9"
    assert "jane" not in line


@posix
def test_a_reader_that_goes_away_ends_it(store: Path) -> None:
    with tail(str(store), "--last", "1") as process:
        read(process)
        assert process.stdout is not None
        process.stdout.close()
        insert(store, "cart-1", 3, "{}")
        assert process.wait(60) == 0


def test_a_store_that_is_gone_is_given_up_after_a_while(store: Path) -> None:
    with tail(str(store), "--last", "1", "--retry", "0.5") as process:
        read(process)
        store.unlink()
        _, err = process.communicate(timeout=60)
        assert process.returncode == 3
    assert err.count("tried again") == 1
    assert "Error: " in err.splitlines()[-1]


def test_nobody_is_there(store: Path) -> None:
    with tail(str(store), "nobody") as process:
        _, err = process.communicate(timeout=60)
        assert process.returncode == 4
    assert "There is no aggregate nobody." in err
