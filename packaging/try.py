"""Tries an installed esviewer: `try.py COMMAND [STORE]`, for the parts that differ in an application folder.

COMMAND is the program (`esviewer`, or a path). It makes a demo store, starts processes of its own, rebuilds states by a
reducer in the Python of this machine, and writes all forms of results. STORE is audited too: one with 400,000 events or
more is read by several processes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

_PROJECTION: Final = """
[[projection]]
name = "users"
aggregate_type = "user*"
[projection.columns]
email = "state.email"

[[projection]]
name = "types"
kind = "event"
key = "event.type"
initial = { last = "" }
[[projection.on]]
event = "*"
set = { last = "event.timestamp" }
[projection.columns]
last = "state.last"
"""
_REDUCER: Final = """
kind = "python"
name = "whose Python this is"
aggregate_type = "order*"
file = "mine.py"
evolve = "evolve"
initial = "initial"
"""
_CODE: Final = """
import os, sys, sqlite3, ssl

def initial():
    return {"events": 0}

def evolve(state, event):
    given = os.environ.items()
    ours = {name: value for name, value in given if "esviewer/_internal" in value or name.startswith("_PYI")}
    return {"events": state["events"] + 1, "python": sys.executable, "of the folder": ours}
"""


class Tried:
    """Runs the command in a folder of its own."""

    def __init__(self, command: str, folder: Path) -> None:
        self._command = command
        self.folder = folder
        self._environment = {**os.environ, "ESVIEWER_CONFIG_DIR": str(folder / "own"), "QT_QPA_PLATFORM": "offscreen"}

    def __call__(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What it prints; ends this program when it ends otherwise than it should."""
        began = time.monotonic()
        done = subprocess.run(
            [self._command, *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        print(f"{time.monotonic() - began:6.2f} s  esviewer {' '.join(arguments)}", flush=True)
        if done.returncode not in codes:
            sys.exit(f"ended with {done.returncode}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout


def _expect(what: object, because: str) -> None:
    if not what:
        sys.exit(f"Not as it should be: {because}")


def _json(text: str) -> Any:
    return json.loads(text)


def main() -> None:
    command = str(Path(sys.argv[1]).absolute()) if "/" in sys.argv[1] else sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        run = Tried(command, Path(name))
        _expect(run("--version").startswith("esviewer, version "), "the version")
        _expect(
            "# " in run("help", "getting-started") or "Getting started" in run("help", "getting-started"), "the manual"
        )
        run("demo", "demo.db")
        _expect(_json(run("info", "demo.db", "--json"))["events"] > 50_000, "the demo's events")
        _expect(_json(run("state", "demo.db", "order-00042", "--json"))["state"], "a state")

        (run.folder / "p.toml").write_text(_PROJECTION, "utf-8")
        for ending in ("duckdb", "csv"):
            run("projection", "p.toml", "demo.db", "--processes", "2", "--output", f"masked.{ending}")
        _expect(
            "‹masked" in "".join(each.read_text("utf-8") for each in run.folder.glob("masked*users*.csv")),
            "users are masked",
        )
        _expect((run.folder / "masked.duckdb").stat().st_size > 100_000, "a masked result as a DuckDB file")

        (run.folder / "mine.toml").write_text(_REDUCER, "utf-8")
        (run.folder / "mine.py").write_text(_CODE, "utf-8")
        run("reducer", "trust", "mine.toml", "--yes")
        told = _json(run("state", "demo.db", "order-00042", "--reducer", "mine.toml", "--no-snapshots", "--json"))[
            "state"
        ]
        _expect("python" in Path(told["python"]).name, f"a reducer runs in the user's own Python: {told}")
        _expect(told["of the folder"] == {}, f"a reducer gets the user's own environment: {told}")

        for ending in ("html", "pdf", "xlsx"):
            run("report", "demo.db", "order-00042", "--output", f"report.{ending}")
        run("export", "demo.db", "order-00042", "--format", "parquet", "--output", "events.parquet")
        _expect(_json(run("info", "events.parquet", "--json"))["events"] > 1, "an exported file opens")
        if len(sys.argv) > 2:
            run("audit", str(Path(sys.argv[2]).absolute()), "--json", codes=(0, 1))
        facts = [json.loads(line) for line in run("doctor", "--json").splitlines()]
        for fact in facts:
            if fact["name"] in ("installed as", "opens"):
                print(f"          {fact['name']}: {fact['value']}")
        _expect(not any(fact["wrong"] for fact in facts), f"{[fact for fact in facts if fact['wrong']]}")
    print("All as it should be.")


if __name__ == "__main__":
    main()
