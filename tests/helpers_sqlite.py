"""Reference stores made by hand with sqlite3, with every oddity that a test asks for."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from esviewer.stores.store import Store

PLAIN = """
CREATE TABLE events (
    id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, aggregate_type TEXT, event_type TEXT NOT NULL, event_data TEXT,
    version INTEGER NOT NULL, timestamp TEXT NOT NULL, UNIQUE (aggregate_id, version)
);
CREATE TABLE snapshots (aggregate_id TEXT, state TEXT, version INTEGER, timestamp TEXT);
"""

COLUMNS = "aggregate_id, aggregate_type, event_type, event_data, version, timestamp"

Make = Callable[..., Path]
Open = Callable[..., Store]


def row(aggregate: Any, version: Any, data: Any = "{}", kind: str = "Changed", time: Any = None) -> tuple[Any, ...]:
    """One row for the columns in COLUMNS."""
    return aggregate, "thing", kind, data, version, "2026-01-01T00:00:00Z" if time is None else time


def beside(path: Path) -> dict[str, str]:
    """The names of all files next to a store, itself included, with digests of their content."""
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in sorted(path.parent.iterdir())}


def abandoned(path: Path, *statements: str) -> None:
    """Run statements in a process that then dies without closing the file, as in a crash."""
    program = (
        "import os, sqlite3, sys\n"
        "connection = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "for statement in sys.argv[2:]: connection.execute(statement).fetchall()\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(path), *statements], check=True)
