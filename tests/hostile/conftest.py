"""Stores on both servers, and the command in processes of its own that can be told to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers_demo import demo_store
from helpers_served import Served, served

# A test run in the background is started with interruptions ignored, and every process it starts would be too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def demo() -> Path:
    """The demo store, for reading."""
    return demo_store()


@pytest.fixture(scope="module", params=["postgres", "mariadb"])
def store(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A store behind a network, on one server after the other."""
    with served(request.getfixturevalue(f"{request.param}_server")) as made:
        yield made


@pytest.fixture
def start(own_configuration: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """`start("audit", store)` starts the command; what is still running at the end is killed.

    `out` is a file for what it prints, which a pipe that nobody reads would hold up.
    """
    started: list[subprocess.Popen[str]] = []

    def call(*arguments: object, out: Path | None = None, **variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "esviewer", *map(str, arguments)],
            stdout=subprocess.PIPE if out is None else out.open("wb"), stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL, text=True, encoding="utf-8",
            env={**os.environ, "LC_ALL": "C.UTF-8", **variables}, start_new_session=True,
        )  # fmt: skip
        started.append(process)
        return process

    yield call
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
