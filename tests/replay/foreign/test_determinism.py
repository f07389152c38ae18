"""Two runs of one reducer side by side: where they part is told, and nothing is told of those that agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers_foreign import events, running, scripted

from esviewer.errors import ForeignError
from esviewer.model.batch import batch_of
from esviewer.replay.foreign.determinism import Disagreement, first_disagreement


def test_a_sound_reducer_agrees_with_itself(tmp_path: Path) -> None:
    reducer = scripted(tmp_path, "serve(lambda state, event: state + 1, 0)")
    found = events(*range(600))
    assert first_disagreement(reducer, [batch_of(found[:300]), batch_of(found[300:])]) is None
    assert reducer.pid is None, "it is others that run"


def test_the_first_version_that_differs_is_told_with_its_paths(tmp_path: Path) -> None:
    script = """
def step(state, event):
    state = {**state, "n": state["n"] + 1, "pids": [*state["pids"], os.getpid() if event["data"] == "pid" else 0]}
    return {**state, "by": os.getpid()} if event["data"] == "pid" else state
serve(step, {"n": 0, "pids": []})
"""
    reducer = scripted(tmp_path, script)

    found = first_disagreement(reducer, [batch_of(events("a", "b", "pid", "c"))])

    assert found == Disagreement(3, (("pids", 2), ("by",)))


def test_another_first_state_each_time(tmp_path: Path) -> None:
    reducer = scripted(tmp_path, "serve(lambda state, event: state, {'pid': os.getpid()})")
    assert first_disagreement(reducer, [batch_of(events("a"))]) == Disagreement(None, (("pid",),))


def test_a_refusal_that_only_one_run_gives(tmp_path: Path) -> None:
    script = """
while (message := hear())["op"] != "end":
    if message["op"] == "hello": say({"protocol": 1})
    elif message["op"] == "start": say({"state": 0})
    else: say({"error": f"not {os.getpid()}", "version": message["version"]})
"""
    found = first_disagreement(scripted(tmp_path, script), [batch_of(events("a"))])
    assert found is not None
    assert (found.version, found.paths) == (1, ())
    assert found.reasons[0] != found.reasons[1]


def test_a_first_state_that_changes_within_one_process_ends_the_replay(tmp_path: Path) -> None:
    script = """
count = 0
while (message := hear())["op"] != "end":
    count += 1
    say({"protocol": 1} if message["op"] == "hello" else {"state": count})
"""
    reducer = scripted(tmp_path, script)
    state = reducer.initial()
    pid = reducer.pid
    with pytest.raises(ForeignError, match="began with another state than the last time, at a-1 version 1"):
        reducer.step(state, 1, events(1)[0], [])
    assert pid is not None
    assert not running(pid)
