"""Foreign reducers written for a test: a script, the file that names it, and folds with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path

from helpers_replay import event

from esviewer.model.batch import batch_of
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.values import Value
from esviewer.replay.fold import Folded, fold
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.foreign.spec import ForeignSpec, load_spec
from esviewer.replay.reducer import RawChange
from esviewer.work import Work

FOREIGN = Path(__file__).parents[1] / "resources" / "reducers" / "foreign"

SPEAK = """
import json, os, sys, time

sys.stdin.reconfigure(encoding="utf-8")

def say(value):
    print(json.dumps(value), flush=True)

def hear():
    line = sys.stdin.readline()
    return json.loads(line) if line else {"op": "end"}

def serve(on_event, initial=None):
    state = initial
    while True:
        message = hear()
        if message["op"] == "end":
            return
        if message["op"] == "hello":
            say({"protocol": 1})
        elif message["op"] == "start":
            state = message.get("state", initial)
            say({"state": state})
        else:
            state = on_event(state, message)
            say({"state": state, "version": message["version"]})
"""
"""The protocol in few words, for scripts that go on with what they do to events."""


def allowed(spec: ForeignSpec) -> None:
    """Consent to everything."""


def script_file(folder: Path, script: str, *, keys: str = "") -> Path:
    """A reducer's file for a Python script of its own."""
    (folder / "script.py").write_text(SPEAK + script, encoding="utf-8")
    file = folder / "reducer.toml"
    command = json.dumps([sys.executable, "script.py"])
    file.write_text(f'kind = "foreign"\nname = "scripted"\ncommand = {command}\n{keys}\n', encoding="utf-8")
    return file


def scripted(folder: Path, script: str, *, keys: str = "") -> ForeignReducer:
    """A reducer that is a Python script."""
    return ForeignReducer(load_spec(script_file(folder, script, keys=keys)), allowed)


def events(*data: Value, first: int = 1) -> list[Event]:
    """Events of the aggregate `a-1` with these data."""
    return [event(first + index, "Any", item) for index, item in enumerate(data)]


def foreign_fold(
    reducer: ForeignReducer, found: Iterable[Event], *, ahead: bool = True, work: Work | None = None
) -> tuple[Folded, list[str]]:
    """All events folded, and each state as JSON; in one batch, so that they are sent ahead, or each in its own."""
    states: list[str] = []
    found = list(found)
    batches = [batch_of(found)] if ahead else [batch_of([each]) for each in found]

    def note(version: int, changes: list[RawChange], state: Value) -> None:
        states.append(dumps(state))

    return fold(reducer, batches, reducer.initial(), work=work, on_event=note), states


def running(pid: int) -> bool:
    """Whether a process is there, a zombie included."""
    return Path(f"/proc/{pid}").exists()
