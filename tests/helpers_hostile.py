"""A program that replays what it reads from stdin under hard limits, and says how it went.

In: `{"rules": TOML, "data": any, "times": N}`.
Out: `{"refused": message}`, or `{"skipped": N, "size": N, "state": any}`
with the length of the last state as JSON (and the state itself where that is short). Beyond 1 GB of memory or 60
seconds of computing it dies, and so it does when anything is opened, imported or run during the replay.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

MEMORY = 1 << 30
SECONDS = 60
WATCHED = {"open", "import", "exec", "compile", "os.system", "subprocess.Popen", "socket.connect", "object.__getattr__"}


def replay(rules: str, data: object = None, times: int = 1) -> dict[str, Any]:
    """Run the program; fails when it dies."""
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps({"rules": rules, "data": data, "times": times}),
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _main() -> None:
    from helpers_replay import batches

    from esviewer.errors import RulesError
    from esviewer.model.exactjson import dumps
    from esviewer.replay.history import build_history
    from esviewer.replay.rules import parse_rules

    request = json.load(sys.stdin)
    story = batches(*[("Any", request["data"])] * request["times"])
    watching = False

    def look(name: str, arguments: object) -> None:
        if watching and name in WATCHED:
            raise SystemExit(f"the rules ran {name}")

    sys.addaudithook(look)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        reducer = parse_rules(request["rules"], "stranger.toml")
    except RulesError as error:
        result: dict[str, Any] = {"refused": str(error)}
    else:
        reducer.step_for("Any")
        watching = True
        history = build_history(reducer, story)
        watching = False
        printed = dumps(history.state_at(history.versions[-1]))
        result = {"skipped": len(history.skipped()), "size": len(printed)}
        if len(printed) < 10_000:
            result["state"] = json.loads(printed)
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    _main()
