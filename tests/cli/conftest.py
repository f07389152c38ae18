"""Runs the command as its users do: in a process of its own, with streams and an exit code."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers_command import Commands
from helpers_demo import demo_store, part_of_demo

# A test run in the background is started with interruptions ignored, and every process it starts would be too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def demo() -> Path:
    """The demo store, for reading."""
    return demo_store()


@pytest.fixture(scope="session")
def part() -> Path:
    """A tenth of the demo store, for reading; for what is the same in a store of any size."""
    return part_of_demo()


_PROGRESS = re.compile(r"^[^:\n]+: [\d,]+(?: of [\d,]+)?\n", re.MULTILINE)
"""What is told of work that takes more than a second, as any may on a busy machine."""


class Result:
    def __init__(self, done: subprocess.CompletedProcess[bytes]) -> None:
        self.code = done.returncode
        self.out = done.stdout.decode("utf-8")
        self.err = _PROGRESS.sub("", done.stderr.decode("utf-8"))

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def _environment(**variables: str) -> dict[str, str]:
    """Without a display, and with a locale that knows no UTF-8."""
    kept = {key: value for key, value in os.environ.items() if "DISPLAY" not in key and "QT_" not in key}
    return {**kept, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", **variables}


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands | None]:
    """What runs commands without starting Python anew; None where processes can't be forked."""
    if not hasattr(os, "fork"):
        yield None
        return
    with closing(Commands(_environment())) as made:
        yield made


def _ran(commands: Commands | None, arguments: list[str], environment: dict[str, str], folder: Path) -> Result:
    if commands is not None and commands.fits(environment):
        return Result(commands.run(arguments, environment, folder))
    command = [sys.executable, "-m", "esviewer", *arguments]
    return Result(subprocess.run(command, capture_output=True, env=environment, cwd=folder, timeout=120))


@pytest.fixture
def run(own_configuration: Path, commands: Commands | None) -> Callable[..., Result]:
    """`run("info", store)`; there is no display, and the locale knows no UTF-8.

    `anew` starts Python from nothing, with pipes for streams where it is files otherwise.
    """

    def call(*arguments: object, cwd: Path | None = None, anew: bool = False, **variables: str) -> Result:
        environment = _environment(**variables)
        return _ran(None if anew else commands, [*map(str, arguments)], environment, cwd or Path.cwd())

    return call


@pytest.fixture(scope="module")
def run_in(commands: Commands | None, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Result]:
    """`run_in(folder, "info", store)`; as `run`, for what a whole module shares."""
    environment = _environment(ESVIEWER_CONFIG_DIR=str(tmp_path_factory.mktemp("settings")))

    def call(folder: Path, *arguments: object) -> Result:
        return _ran(commands, [*map(str, arguments)], environment, folder)

    return call


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A store with what is awkward: huge numbers, terminal escapes, an unreadable payload."""
    path = tmp_path / "small.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp,"
            " UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
            [
                ("a", "Made", '{"n": 9007199254740993, "p": 1.10, "big": 1180591620717411303424}', 0, "2026-01-01"),
                ("a", "Hostile", '{"t": "\\u001b[31mred [bold]x[/bold] \\ud800 日本"}', 1, "2026-01-02T00:00:00Z"),
                ("a", "Broken", b"\x00\xff", 2, "2026-01-03T00:00:00+09:00"),
            ],
        )
    connection.close()
    return path
