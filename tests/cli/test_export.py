"""`esviewer export` and `import` as their users run them: killed, gone on with, and made a store of."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

EVENTS = 40_000
KILLED = """
import os, signal, sys

from esviewer.app.exporting.targets import TextTarget
from esviewer.cli.main import main

saved = 0


def kill(what, arguments):
    global saved
    if what == "os.rename" and str(arguments[1]).endswith("state.json"):
        saved += 1
        if saved == 20:
            os.kill(os.getpid(), signal.SIGKILL)


TextTarget.seconds = 0.0
sys.addaudithook(kill)
sys.exit(main())
"""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store whose export saves how far it is dozens of times."""
    path = tmp_path_factory.mktemp("many") / "many.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data TEXT,"
            " version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
        )
        connection.execute(
            "INSERT INTO events WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " SELECT i, 'a' || (i % 1000), 'Made', '{\"n\": ' || i || '}', i / 1000, '2026-01-01T00:00:00Z' FROM n",
            (EVENTS,),
        )
    return path


def test_a_killed_export_is_gone_on_with(run, many: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    arguments = ("export", many, "--no-mask", "--output", out)
    code = tmp_path.parent / "killed.py"
    code.write_text(KILLED)
    ended = subprocess.run([sys.executable, code, *map(str, arguments)], capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (-signal.SIGKILL, b"")
    assert not out.exists()

    refused = run("export", many, "--output", out, "--resume")
    assert (refused.code, refused.err.count("another masking")) == (2, 1)
    done = run(*arguments, "--resume")
    assert done.code == 0
    assert "of them before" in done.err
    assert list(tmp_path.iterdir()) == [out]
    with out.open("rb") as lines:
        assert [json.loads(line)["position"] for line in lines] == list(range(1, EVENTS + 1))


KILLED_EARLY = """
import os, signal, sys

from esviewer.app.exporting.targets import TextTarget
from esviewer.cli.main import main

end = TextTarget.put


def dying(self, events):
    if self._size > 1_000_000:
        os.kill(os.getpid(), signal.{0})
    return end(self, events)


TextTarget.put = dying
TextTarget.seconds = 1000.0
sys.exit(main())
"""


def test_what_is_said_of_an_interrupted_export_is_true(run, many: Path, tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    arguments = ("export", many, "--no-mask", "--output", out)
    code = tmp_path.parent / "killed_early.py"

    def interrupted(name: str, *more: object) -> tuple[int, str]:
        code.write_text(KILLED_EARLY.format(name))
        ended = subprocess.run(
            [sys.executable, code, *map(str, (*arguments, *more))], capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stderr

    # Killed before it had noted how far it is: all is made anew, and it says why.
    assert interrupted("SIGKILL") == (-signal.SIGKILL, "")
    assert len(list(tmp_path.iterdir())) == 1
    done = run(*arguments, "--resume")
    assert "had not come so far that anything of it was kept; all was exported." in done.err
    assert list(tmp_path.iterdir()) == [out]
    done = run(*arguments, "--resume")
    assert "There was no interrupted export to go on with; all was exported." in done.err

    # Asked to end, it keeps all that it had read.
    code_, said = interrupted("SIGINT")
    assert code_ == 130
    assert "events are kept; the same command with --resume goes on from there." in said
    done = run(*arguments, "--resume")
    assert "of them before" in done.err
    with out.open("rb") as lines:
        assert [json.loads(line)["position"] for line in lines] == list(range(1, EVENTS + 1))

    # What could not be gone on with says so at once.
    masking = tmp_path / "masking.toml"
    masking.write_text("aggregate_ids = ['*']\n")
    arguments = ("export", many, "--mask", masking, "--output", out)
    code_, said = interrupted("SIGINT")
    assert code_ == 130
    assert "Nothing is kept of what was exported so far: ids are masked, and which ones were is not kept." in said


def test_what_can_not_be_gone_on_with_says_so(run, small: Path, tmp_path: Path) -> None:
    for arguments, why in (
        (("--output", tmp_path / "x.jsonl"), "row ids"),
        (("--output", "-"), "standard output"),
        (("--output", tmp_path / "x.jsonl", "--partition-by", "aggregate"), "--format parquet"),
    ):
        done = run("export", small, "--resume", *arguments)
        assert (done.code, done.out) == (2, "")
        assert why in done.err
        assert done.err.count("\n") == 1
    assert run("export", small, "--format", "parquet", "--output", "-").code == 2
    done = run("export", small, "--output", tmp_path / "x.jsonl", "--at-position", "9" * 30)
    assert done.code == 2
    assert "--at-position" in done.err
    assert not (tmp_path / "x.jsonl").exists()


def test_a_file_of_events_becomes_a_store(run, small: Path, tmp_path: Path) -> None:
    out, made = tmp_path / "events.csv", tmp_path / "made.db"
    assert run("export", small, "--format", "csv", "--no-mask", "--output", out).code == 0
    done = run("import", out, "--output", made)
    assert done.code == 0
    assert "3 events written" in done.err
    assert "1 event is unreadable and kept as stored, the first a at version 2" in done.err
    assert run("events", made, "--json").lines == run("events", small, "--json").lines

    again = run("import", out, "--output", made)
    assert (again.code, again.err.count("--force")) == (2, 1)
    assert run("import", out, "--output", made, "--force").code == 0
    assert run("import", made, "--output", made, "--force").code == 2
