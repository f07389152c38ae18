"""A store of what no sane program would write, and of what some do: one aggregate for each oddity."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

LEVELS = 10_000
KEYS = 1_000_000
LARGE = 100_000_000
DIGITS = "9" * 1000
BIDI = "\u202eevil\u2066\u200f\u2069"
WHEN = "2026-01-01T00:00:00Z"

SMALL = {
    "surrogates": ['{"a": "\\ud800", "\\udfff": 1}', '{"a": "\\ud83d\\ude00"}'],
    "nul": ['{"a": "x\\u0000y", "\\u0000": "k"}'],
    "bidi": [json.dumps({"name": BIDI, BIDI: 1}), '{"raw": "' + BIDI + '"}'],
    "digits": ['{"n": ' + DIGITS + ', "f": 0.' + DIGITS + '}', '{"n": -' + DIGITS + ', "e": 1e' + "9" * 30 + "}"],
    "nan": ['{"a": NaN}', '{"a": Infinity, "b": -Infinity}', '{"a": 1}'],
    "deep": ["[" * LEVELS + "]" * LEVELS, '{"a":' * LEVELS + "1" + "}" * LEVELS, '{"a": 1}'],
    "": ['{"a": 1}'],
    "x" * 100_000: ['{"a": 1}'],
    "Case": ['{"a": 1}'],
    "case": ['{"a": 2}'],
    "CASE": ['{"a": 3}'],
    " case": ['{"a": 4}'],
    "a/b@1#?%00": ['{"a": 1}'],
    "<b>&amp;</b>": ['{"a": "<script>alert(1)</script>", "f": "=1+1"}'],
    "--help": ['{"a": 1}'],
}
"""Payloads by aggregate."""
TIMES = {
    "year 0": "0000-01-01T00:00:00Z", "year 1": "0001-01-01T00:00:00Z", "year 9999": "9999-12-31T23:59:59.999999999Z",
    "year 10000": "10000-01-01T00:00:00Z", "leap": "2016-12-31T23:59:60Z", "leap in Tokyo": "2017-01-01T08:59:60+09:00",
    "no date": "yesterday", "edge": "9999-12-31T23:59:59-23:59", "early": "0001-01-01T00:00:00+23:59",
}  # fmt: skip
"""Timestamps by aggregate."""


def write_odd(path: Path) -> Path:
    """All small oddities, in a table of the reference layout."""
    rows = [(name, each, version, WHEN) for name, payloads in SMALL.items() for version, each in enumerate(payloads)]
    rows += [(name, '{"a": 1}', 0, when) for name, when in TIMES.items()]
    return _written(path, rows)


def write_large(path: Path) -> Path:
    """A payload of 100 MB, and one of a million keys."""
    keys = "{" + ",".join(f'"k{at}":{at}' for at in range(KEYS)) + "}"
    return _written(
        path,
        [
            ("large", '{"text": "' + "x" * LARGE + '", "n": 1}', 0, WHEN), ("large", '{"n": 2}', 1, WHEN),
            ("keys", keys, 0, WHEN), ("keys", '{"k7": "changed"}', 1, WHEN),
        ],
    )  # fmt: skip


def write_names(path: Path) -> Path:
    """Sound events in a table and in columns whose names are a trial."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            'CREATE TABLE "my ""events"".🍣; --" ("agg""regate.id" TEXT, "event 🍣 type" TEXT, "event.data\'s" TEXT,'
            ' "ver\\sion" INTEGER, "time stamp%s" TEXT, UNIQUE ("agg""regate.id", "ver\\sion"))'
        )
        connection.executemany(
            'INSERT INTO "my ""events"".🍣; --" VALUES (?, ?, ?, ?, ?)',
            [("order-1", "Made", '{"n": 1}', 1, WHEN), ("order-1", "Paid", '{"n": 2}', 2, WHEN)],
        )
    return path


def _written(path: Path, rows: list[tuple[str, str, int, str]]) -> Path:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT,"
            " UNIQUE (aggregate_id, version))"
        )
        connection.executemany("INSERT INTO events VALUES (?, 'Happened', ?, ?, ?)", rows)
    return path
