"""Who may write neither beside the store nor to a home: one sentence, before any work is done, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers_ci import missing

# Root may write everywhere unless it gives that right up.
_RIGHTS = "-dac_override,-dac_read_search,-fowner"
_PREFIX = ["setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}"] if os.geteuid() == 0 else []
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Path]:
    """A folder that can't be written to, with a store, a case and no home."""
    folder = tmp_path / "locked"
    folder.mkdir()
    connection = sqlite3.connect(folder / "store.db")
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT NOT NULL, event_type TEXT NOT NULL, "
        "event_data TEXT, version INTEGER NOT NULL, timestamp TEXT, UNIQUE (aggregate_id, version))"
    )
    rows = [(n, "a", "Paid", json.dumps({"n": n}), n, f"2026-01-0{n}T00:00:00Z") for n in (1, 2, 4)]
    connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    yield folder
    folder.chmod(0o755)


@pytest.fixture
def run(locked: Path) -> Run:
    """`run("audit", store)` without a home, and without the right to write to the folder."""
    if _PREFIX and shutil.which("setpriv") is None:
        missing("setpriv is not here, and root may write everywhere")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ESVIEWER_"))}
    environment["HOME"] = str(locked / "home")

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [*_PREFIX, sys.executable, "-m", "esviewer", *map(str, arguments)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    return call


def test_one_sentence_and_nothing_lost(run: Run, locked: Path, tmp_path: Path) -> None:
    store, out = locked / "store.db", tmp_path / "out"
    out.mkdir()
    shutil.copy(store, tmp_path / "before.db")
    locked.chmod(0o555)
    seal, case = out / "store.seal", out / "store.case"

    for words in (
        ("seal", store, seal),
        ("audit", store, "--report", out / "audit.html", "--fail-on", "never"),
        ("report", store, "a", "--output", out / "a.html", "--seal", seal),
        ("prove", store, seal, "a", "1", "--output", out / "proof.json"),
        ("schema", store, "--output", out / "schema.md"),
        ("case", "create", case, store),
        ("case", "pin", case, store, "--findings"),
        ("case", "report", case, "--output", out / "case.html"),
        ("verify", store, seal),
        ("verify", out / "a.html"),
    ):
        done = run(*words)
        assert done.returncode == 0, (words, done.stderr)
    assert "can't be written: Permission denied. What is done now is not logged." in run("seal", store, seal).stderr

    shutil.copy(case, tmp_path / "kept.case")
    locked.chmod(0o755)
    kept = Path(shutil.copy(case, locked / "store.case"))
    locked.chmod(0o555)
    for words in (
        ("seal", store, locked / "store.seal"),
        ("audit", store, "--report", locked / "audit.html"),
        ("report", store, "a", "--output", locked / "a.html"),
        ("prove", store, seal, "a", "1", "--output", locked / "proof.json"),
        ("schema", store, "--output", locked / "schema.md"),
        ("verify", store, seal, "--consistency", locked / "grown.json"),
        ("case", "create", locked / "other.case", store),
        ("case", "pin", kept, store, "--findings"),
        ("case", "edit", kept, "1", "--note", "x"),
        ("case", "report", kept, "--output", locked / "case.html"),
    ):
        done = run(*words)
        errors = [line for line in done.stderr.splitlines() if not line.startswith("Warning: the activity log")]
        assert done.returncode == 3, (words, done.stderr)
        assert len(errors) == 1, (words, errors)
        assert "can't be written" in errors[0], words
        assert done.stdout == "", words
    assert kept.read_bytes() == (tmp_path / "kept.case").read_bytes()
    assert store.read_bytes() == (tmp_path / "before.db").read_bytes()
    assert sorted(each.name for each in locked.iterdir()) == ["store.case", "store.db"]


def test_a_key_or_a_seal_that_can_not_be_read_is_told_before_the_work(run: Run, locked: Path, tmp_path: Path) -> None:
    store, report = locked / "store.db", tmp_path / "report.html"
    case = tmp_path / "store.case"
    assert run("case", "create", case, store).returncode == 0
    for option in ("--sign", "--seal"):
        for words in (
            ("audit", store, "--report", report),
            ("report", store, "a", "--output", report),
            ("case", "report", case, "--store", store, "--output", report),
        ):
            done = run(*words, option, tmp_path / "nothing")
            assert done.returncode in (2, 3), (words, done.stderr)
            assert done.stdout == "", words
            assert "can't be read: No such file" in done.stderr
            assert not report.exists()
