"""A run that is cancelled, or killed, leaves the result that was there, and the next one completes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers_projections import run, shop_files, shop_rows, tables, write_store

from esviewer.app.projecting import Wanted, project
from esviewer.app.session import open_session
from esviewer.errors import CancelledError
from esviewer.projections.file import load_projections
from esviewer.projections.workspace import Workspace
from esviewer.work import Progress, Work

KILLED = """
import signal, sys
from esviewer.app import projecting
from esviewer.cli.main import main

at = sys.argv.pop(1)

def dying(*given, **named):
    print("there", flush=True)
    signal.pause()

if at == "form":
    projecting.write_forms = dying
else:
    class Part(projecting.Passing):
        told = dying
    projecting.Passing = Part
main(sys.argv[1:])
"""


def beside(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if each.name.startswith("."))


@pytest.mark.parametrize("at", ["part", "form"])
def test_what_was_there_outlives_a_run_that_is_killed(at: str, tmp_path: Path):
    file, store, output = shop_files(tmp_path), tmp_path / "s.db", tmp_path / "o.duckdb"
    versions = write_store(store, shop_rows(6))
    run(file, store, output)
    before = output.read_bytes()
    write_store(store, shop_rows(6)[6:], versions)
    code = tmp_path / "killed.py"
    code.write_text(KILLED)
    arguments = ["projection", file, store, "--output", output, "--no-mask", "--processes", "1", "--full"]
    with subprocess.Popen(
        [sys.executable, code, at, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        [left] = beside(tmp_path)
        # Another run takes nothing away from one that lives.
        with Workspace(output):
            assert left in beside(tmp_path)
        process.send_signal(signal.SIGKILL)
    assert output.read_bytes() == before
    assert beside(tmp_path) == [left]
    assert not left.endswith((".duckdb", ".parquet"))
    run(file, store, output)
    assert beside(tmp_path) == []
    run(file, store, tmp_path / "anew.duckdb")
    assert tables(output) == tables(tmp_path / "anew.duckdb")


@pytest.mark.parametrize("stage", ["Reading events", "Folding events", "Writing"])
def test_what_was_there_outlives_a_run_that_is_cancelled(stage: str, tmp_path: Path):
    file, store, output = shop_files(tmp_path), tmp_path / "s.db", tmp_path / "o.duckdb"
    write_store(store, shop_rows(6))
    session = open_session(str(store))
    project(session, load_projections(file), output, Wanted(processes=1))
    before = output.read_bytes()

    def tell(progress: Progress) -> None:
        if progress.text.startswith(stage):
            work.cancel()

    work = Work(tell)
    with pytest.raises(CancelledError):
        project(session, load_projections(file), output, Wanted(processes=1, full=True), work=work)
    session.close()
    assert output.read_bytes() == before
    assert beside(tmp_path) == []


def test_processes_end_when_whoever_started_them_is_killed(tmp_path: Path):
    """A part that waits for the next is not left behind for ever."""
    code = tmp_path / "killed.py"
    code.write_text(
        """
import multiprocessing, signal
from esviewer.projections import local

class Job:
    class opener:
        @staticmethod
        def open():
            class Source:
                def close(self): pass
            return Source()
    @staticmethod
    def file(): pass

if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=local._work_on, args=(Job, theirs), daemon=True)
    process.start()
    theirs.close()
    print(process.pid, flush=True)
    signal.pause()
"""
    )
    with subprocess.Popen([sys.executable, code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        process.wait()
    ends = time.monotonic() + 60
    while _lives(child):
        assert time.monotonic() < ends
        time.sleep(0.05)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # One that has ended and that nobody has asked about yet has no memory.
    return "VmSize" in Path(f"/proc/{process}/status").read_text()
