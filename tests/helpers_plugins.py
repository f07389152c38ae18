"""The example package of plug-ins, built and installed as anybody would, and a store that only it can read."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from esviewer import plugins

EXAMPLE = Path(__file__).parent / "plugin_example"
FIVE = {
    ("round-amount", "check"),
    ("reversed", "codec"),
    ("ledger", "layout"),
    ("threads", "projection-engine"),
    ("txt", "report-form"),
}
"""The names and kinds of what is in it."""


def installed(source: Path, folder: Path) -> Path:
    """A folder that the package in `source` is installed in, by the wheel that is built of it."""
    copy = folder / "source"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    target = folder / "site"
    for command in (
        ["hatchling", "build", "-t", "wheel", "-d", str(folder / "wheels")],
        ["pip", "install", "-q", "--no-deps", "--no-index", "--target", str(target), "--find-links",
         str(folder / "wheels"), "--disable-pip-version-check", "esviewer-example"],
    ):  # fmt: skip
        subprocess.run([sys.executable, "-m", *command], cwd=copy, check=True, capture_output=True, timeout=120)
    return target


def changed(site: Path, folder: Path, module: str, old: str, new: str) -> Path:
    """A copy of an installed package in which one module says something else."""
    copy = folder / "changed"
    shutil.copytree(site, copy, ignore=shutil.ignore_patterns("__pycache__"))
    file = copy / "esviewer_example" / f"{module}.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))
    return copy


def forgotten() -> None:
    """Let this process know no plug-in, and no module of one."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "esviewer_example"]:
        del sys.modules[name]
    importlib.invalidate_caches()
    plugins.forget()


def on_path(site: Path) -> str:
    """PYTHONPATH with a folder of packages before what is there."""
    return os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))


def ledger(path: Path, *, gap: bool = False, backwards: bool = True, reference: bool = False) -> Path:
    """A store of the example's layout: three accounts with amounts 1, 2, 3, 4, but for 5000 in the second.

    With `gap` the third account lacks a version; without `backwards` payloads are plain JSON; `reference`: in tables
    that the program reads by itself.
    """
    step = -1 if backwards and not reference else 1
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "CREATE TABLE entry (entry_id INTEGER PRIMARY KEY, account TEXT, number INTEGER, what TEXT, written TEXT, "
            "content BLOB, UNIQUE (account, number))"
        )
        rows = [
            (
                f"account-{account}",
                number,
                "Booked",
                f"2026-01-{number:02}T00:00:00Z",
                json.dumps({"amount": 5000 if (account, number) == (2, 3) else number}).encode()[:: step],
            )
            for number in range(1, 5)
            for account in range(1, 4)
            if not (gap and (account, number) == (3, 3))
        ]
        columns = "account, number, what, written, content"
        connection.executemany(f"INSERT INTO entry ({columns}) VALUES (?, ?, ?, ?, ?)", rows)
        if reference:
            connection.execute(
                "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data TEXT, "
                "metadata TEXT, version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
            )
            connection.execute(
                "INSERT INTO events SELECT entry_id, account, what, CAST(content AS TEXT), NULL, number, written "
                "FROM entry"
            )
            connection.execute("DROP TABLE entry")
        connection.commit()
    return path
