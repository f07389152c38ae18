"""Commands that are told to end while they read: the right exit code, no half-written file, nobody left behind.

The store is behind a network that goes silent once a command is in the middle of it, so that none is ever done before
it is told to end; what writes finds an older file in its place.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from helpers_demo import own_demo
from helpers_halting import processes_of
from helpers_log import many, write_sqlite
from helpers_postgres import PostgresServer
from helpers_served import Served, served

Start = Callable[..., subprocess.Popen[str]]
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
MIDDLE = 100_000
READERS = {
    "audit": (), "find": ("order-07", "data.n > 3"), "schema": (), "flow": (), "trace": ("order-07@3",), "info": (),
    "state": ("order-07",), "tail": (),
}  # fmt: skip
"""Commands that read a store, with what comes after it."""
FEW = {"find": 2_000, "trace": 2_000, "info": 2_000, "state": 2_000, "tail": 2_000}
"""Bytes of answers after which those are in the middle that read little."""
RULES = 'aggregate_type = "order"\n[[on]]\nevent = "*"\nmerge = "data"\n'


@pytest.fixture(scope="module")
def store(postgres_server: PostgresServer) -> Iterator[Served]:
    with served(postgres_server) as made:
        yield made


@pytest.fixture(autouse=True)
def in_order_again(store: Served) -> Iterator[None]:
    yield
    store.network.flow()


def ended(process: subprocess.Popen[str], number: signal.Signals) -> list[str]:
    """Tell a command to end; what it said last. All that it started must end as well."""
    started = processes_of(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    said = [line for line in err.splitlines() if line.startswith(("Error", "Traceback"))]
    if number == signal.SIGKILL:
        assert process.returncode == -signal.SIGKILL
    else:
        assert process.returncode == 130
        assert said == ["Error: Interrupted."]
    _, alive = psutil.wait_procs(started, timeout=20)
    assert alive == []
    return said


def in_the_middle(store: Served, start: Start, size: int, out: Path, *command: object) -> subprocess.Popen[str]:
    """A command that has read so many bytes and gets no more."""
    reached = threading.Event()

    def reach() -> None:
        store.network.hold()
        reached.set()

    store.network.after(size, reach)
    process = start(*command, out=out)
    while not reached.wait(0.1):
        assert process.poll() is None, process.communicate()
    time.sleep(0.3)
    assert process.poll() is None
    return process


@pytest.mark.parametrize(("command", "number"), [(each, SIGNALS[at % 2]) for at, each in enumerate(READERS)])
def test_who_reads_ends(command: str, number: signal.Signals, store: Served, start: Start, tmp_path: Path) -> None:
    size = FEW.get(command, MIDDLE)
    ended(in_the_middle(store, start, size, tmp_path / "out", command, store.url, *READERS[command]), number)


def writers(store: Served, folder: Path) -> dict[str, tuple[object, ...]]:
    """What writes `out…` into a folder."""
    rules = folder.parent / "p.toml"
    rules.write_text("kind = 'log'\n[columns]\ntext = 'data.text'\n")
    return {
        "export": ("export", store.url, "--output", folder / "out"),
        "import": ("import", store.url, "--force", "--output", folder / "out"),
        "projection": ("projection", rules, store.url, "--processes", "2", "--output", folder / "out.duckdb"),
        "seal": ("seal", store.url, folder / "out"),
        "report": ("report", store.url, "order-07", "--output", folder / "out.html"),
        "schema": ("schema", store.url, "--output", folder / "out.md"),
        "audit": ("audit", store.url, "--report", folder / "out.html"),
        "case": ("case", "pin", folder / "out", store.url, "--state", "order-07"),
    }


WRITERS = ("export", "import", "projection", "seal", "report", "schema", "audit", "case")


@pytest.mark.parametrize(
    ("command", "number"),
    [*((each, SIGNALS[at % 2]) for at, each in enumerate(WRITERS)), ("projection", signal.SIGKILL)],
)
def test_who_writes_leaves_the_old_file(
    command: str, number: signal.Signals, store: Served, start: Start, tmp_path: Path
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    words = writers(store, folder)[command]
    output = next(each for each in words if isinstance(each, Path) and each.parent == folder)
    if command == "case":
        assert start("case", "create", output, store.url).wait(60) == 0
    elif command != "projection":  # which replaces nothing but its own results
        output.write_text("old")
    before = output.read_bytes() if output.exists() else None
    size = 2_000 if command in ("report", "case") else MIDDLE
    ended(in_the_middle(store, start, size, tmp_path / "said", *words), number)
    assert (output.read_bytes() if output.exists() else None) == before
    others = [each.name for each in folder.iterdir() if each != output]
    # What a killed projection leaves, the next one removes: tests/projections/test_interrupted.py.
    assert len(others) == (number == signal.SIGKILL)


DYING = """
import os, signal, sys
from esviewer.cli.main import main

def look(what, arguments):
    if what == "os.rename" and str(arguments[1]) == os.environ["DIES_AT"]:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(look)
main(sys.argv[1:])
"""


@pytest.mark.parametrize("command", ["report", "seal", "schema", "import"])
def test_what_was_killed_before_its_file_was_whole_leaves_nothing_after_the_next_run(
    command: str, start: Start, tmp_path: Path
) -> None:
    small = write_sqlite(tmp_path / "store.db", many(50))
    folder, code = tmp_path / "results", tmp_path / "dying.py"
    folder.mkdir()
    code.write_text(DYING)
    out = folder / "out.html"
    words = {
        "report": (small, "order-00000", "--output", out), "seal": (small, out), "schema": (small, "--output", out),
        "import": (small, "--output", out),
    }[command]  # fmt: skip
    arguments = [sys.executable, str(code), command, *map(str, words)]
    died = subprocess.run(arguments, env={**os.environ, "DIES_AT": str(out)}, capture_output=True, check=False)
    assert (died.returncode, died.stderr) == (-signal.SIGKILL, b"")
    [left] = folder.iterdir()
    assert left.name.startswith(".")
    # One that another run on the same computer is still writing stays.
    other = left.with_name(left.name.replace(f"-{died_of(left)}-", f"-{os.getpid()}-"))
    other.write_bytes(b"")
    assert start(command, *words).wait(60) == 0
    assert sorted(folder.iterdir()) == sorted([out, other])


def died_of(left: Path) -> int:
    return int(left.name.split("-")[2])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_demo_appears_whole_or_not_at_all(number: signal.Signals, start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    demo = folder / "demo.db"
    process = start("demo", demo)
    while not list(folder.iterdir()):
        assert process.poll() is None
        time.sleep(0.005)
    ended(process, number)
    assert not demo.exists()
    if number != signal.SIGKILL:
        assert list(folder.iterdir()) == []
        return
    assert start("demo", demo).wait(120) == 0
    assert sorted(each.name for each in folder.iterdir()) == ["demo.db", "demo.db.reducers"]


@pytest.mark.parametrize(
    ("words", "number"), [(("check",), signal.SIGINT), (("infer",), signal.SIGTERM)], ids=["check", "infer"]
)
def test_reducer_commands_end(words: tuple[str, ...], number: signal.Signals, start: Start, tmp_path: Path) -> None:
    store = own_demo(tmp_path / "demo.db")
    rules = next((store.with_name(store.name + ".reducers")).glob("account*.toml"))
    arguments = (rules, store) if words == ("check",) else (store, "--type", "account")
    process = start("reducer", *words, *arguments, out=tmp_path / "out")
    # It has the store open once it is at work, and what is left of that takes a second or more.
    while not any(each.path == str(store) for each in psutil.Process(process.pid).open_files()):
        assert process.poll() is None
        time.sleep(0.005)
    time.sleep(0.05)
    ended(process, number)
