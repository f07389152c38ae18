"""An audit in several processes finds what one alone finds."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from esviewer.app import audit_parts
from esviewer.app.auditing import Audit
from esviewer.app.session import open_session
from esviewer.audit.checks.invariant import Rule
from esviewer.audit.settings import AuditSettings
from esviewer.errors import CancelledError
from esviewer.stores import reading
from esviewer.work import Progress, Work

AGGREGATES = 300
RULES = """
name = "account"
initial = { balance = 0 }
[[on]]
event = "Deposited"
increment = { balance = "data.amount" }
[[on]]
event = "Withdrawn"
increment = { balance = "-data.amount" }
"""
SETTINGS = AuditSettings(invariants=(Rule("state.balance >= 0"),))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with defects here and there, of kinds that are told at once and of kinds that are told at the end."""
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data TEXT, "
        "metadata TEXT, version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
    )
    rows = [
        (
            f"a-{number:04}",
            "Odd" if (number, version) in ((7, 3), (280, 5)) else "Deposited",
            json.dumps({"amount": -99 if (number, version) == (120, 6) else 1}),
            json.dumps({} if (number, version) in ((20, 4), (290, 2)) else {"user": "ada"}),
            version + (number == 150),
            f"2026-01-{version:02}T00:00:00Z",
        )
        for version in range(1, 11)
        for number in range(AGGREGATES)
        if (number, version) not in ((33, 5), (250, 2))
    ]
    columns = "aggregate_id, event_type, event_data, metadata, version, timestamp"
    connection.executemany(f"INSERT INTO events ({columns}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()
    folder = tmp_path / "store.db.reducers"
    folder.mkdir()
    (folder / "account.toml").write_text(RULES)
    return path


def found(store: Path, work: Work | None = None) -> tuple[list[tuple[object, ...]], dict[str, object]]:
    session = open_session(str(store))
    try:
        audit = Audit(session, SETTINGS)
        findings = [
            (each.check, each.aggregate_id, each.version, each.message, json.dumps(dict(each.evidence)))
            for each in audit.run(work)
        ]
        return sorted(findings), audit.summary.as_json()
    finally:
        session.close()


def test_several_processes_find_what_one_finds(store: Path, monkeypatch: pytest.MonkeyPatch):
    alone = found(store)
    assert {each[0] for each in alone[0]} >= {
        "version-gap", "version-start", "event-type-unknown", "actor-missing", "invariant"
    }  # fmt: skip
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    monkeypatch.setattr(audit_parts, "WORTH_PROCESSES", 10)
    monkeypatch.setattr(audit_parts.os, "cpu_count", lambda: 3)
    started = []
    monkeypatch.setattr(audit_parts, "_Workers", lambda *given: started.append(given) or _WORKERS(*given))
    assert found(store) == alone
    assert [len(parts) for *_, parts, _ in started] == [3]


_WORKERS = audit_parts._Workers


def test_cancelling_ends_the_processes(store: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    monkeypatch.setattr(audit_parts, "WORTH_PROCESSES", 10)
    monkeypatch.setattr(audit_parts.os, "cpu_count", lambda: 2)
    made = []

    def workers(*given: object) -> audit_parts._Workers:
        made.append(_WORKERS(*given))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(audit_parts, "_Workers", workers)
    work = Work()

    def cancel(progress: Progress) -> None:
        if progress.text == "Checking events":
            work.cancel()

    work._on_progress = cancel
    with pytest.raises(CancelledError):
        found(store, work)
    assert made
    assert not any(process.is_alive() for each in made for process in each._processes)


def test_what_fails_in_a_process_is_said(store: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    monkeypatch.setattr(audit_parts, "WORTH_PROCESSES", 10)
    monkeypatch.setattr(audit_parts.os, "cpu_count", lambda: 2)
    session = open_session(str(store))
    parts = session.store.parts

    def gone(number: int, *, since: int | None = None, work: Work | None = None) -> list[object]:
        found = parts(number, since=since, work=work)
        store.rename(store.with_name("elsewhere.db"))
        return found

    monkeypatch.setattr(session.store, "parts", gone)
    with pytest.raises(audit_parts.EsviewerError, match=r"There is no file|can't be opened"):
        list(Audit(session, SETTINGS).run())
    session.close()


_WITH_A_HEAD_START = """
import sys
from esviewer.app import audit_parts, processes
from esviewer.stores import reading

if __name__ == "__main__":
    processes.WORTH_BYTES, reading._WORTH_PARTING, audit_parts.WORTH_PROCESSES = int(sys.argv[1]), 10, 10
    audit_parts.os.cpu_count = lambda: 3
    from esviewer.cli.main import _run

    status = _run(["audit", sys.argv[2], "--json"])
    print(processes.context().get_start_method(), status)
"""


def test_processes_with_a_head_start_find_the_same(store: Path, tmp_path: Path):
    script = tmp_path / "script.py"
    script.write_text(_WITH_A_HEAD_START)

    # What lies in the folder that a command is run in is never loaded.
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "esviewer").mkdir(parents=True)
    (elsewhere / "esviewer" / "__init__.py").write_text("raise RuntimeError('not mine')")

    def audited(from_bytes: int) -> tuple[list[str], str]:
        command = [sys.executable, str(script), str(from_bytes), str(store)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, cwd=elsewhere)
        assert "Traceback" not in done.stderr, done.stderr
        *findings, ran = done.stdout.splitlines()
        return sorted(findings), ran

    alone, ran = audited(1_000_000_000)
    assert ran == "spawn 1"
    assert len(alone) > 5
    assert audited(1_000) == (alone, "forkserver 1" if sys.platform != "win32" else ran)
