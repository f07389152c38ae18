"""Projections on a Dask cluster: a real scheduler and worker processes on this machine, against PostgreSQL."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from helpers_postgres import Database
from helpers_projections import copied_to_postgres, run, shop_files, shop_rows, tables, write_store

from esviewer.app.projection_source import remote
from esviewer.app.session import open_session
from esviewer.errors import StoreError, UsageError
from esviewer.projections import cluster
from esviewer.stores import reading
from esviewer.work import Progress, Work

PRELOAD = """
import os
from pathlib import Path
from esviewer.projections import cluster
from esviewer.projections.passing import run_part as own

folder = Path(os.environ["HALTING"])

def run_part(job, file, source, number, part, told, work):
    # One of the workers, whichever comes first, stops in the midst of a part and is never heard of again.
    def halting(*seen):
        try:
            (folder / "halted").open("x").write(str(os.getpid()))
        except FileExistsError:
            return
        import signal
        signal.pause()
    return own(job, file, source, number, part, halting, work)

cluster.run_part = run_part
"""


class Processes:
    """A scheduler and two workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started: list[subprocess.Popen[bytes]] = []
        self.file = folder / "scheduler.json"
        (folder / "halting.py").write_text(PRELOAD)
        self.log = (folder / "log").open("wb")
        self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.start_worker("one")
        self.start_worker("two")

    def start_worker(self, name: str) -> None:
        """Start one more worker."""
        self._start(
            "worker", "--name", name, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1",
            "--preload", str(self.folder / "halting.py"), "--local-directory", str(self.folder / name),
        )  # fmt: skip

    def _start(self, what: str, *arguments: str) -> None:
        environment = {**os.environ, "HALTING": str(self.folder), "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "60s"}
        command = [sys.executable, "-m", "dask", what, "--scheduler-file", str(self.file), *arguments]
        self.started.append(subprocess.Popen(command, stdout=self.log, stderr=self.log, env=environment))

    def address(self, workers: int = 2) -> str:
        """Once the workers are there."""
        from distributed import Client

        with Client(scheduler_file=str(self.file), timeout="60s", set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
            found: str = client.scheduler.address
        return "dask://" + found.removeprefix("tcp://")

    def once_halted(self, act: Callable[[int], object]) -> threading.Thread:
        """Act as soon as a worker has stopped in the midst of a part; it is told which process that is."""
        halted = self.folder / "halted"
        halted.unlink(missing_ok=True)

        def wait() -> None:
            ends = time.monotonic() + 60
            while not (halted.exists() and halted.read_text()) and time.monotonic() < ends:
                time.sleep(0.02)
            act(int(halted.read_text()))

        thread = threading.Thread(target=wait)
        thread.start()
        return thread

    def stop(self) -> None:
        for each in reversed(self.started):
            each.terminate()
        for each in self.started:
            try:
                each.wait(5)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        self.log.close()


@pytest.fixture
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("cluster"))
    try:
        yield made
    finally:
        made.stop()


def test_a_worker_that_is_killed_changes_nothing(
    processes: Processes, postgres: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    write_store(tmp_path / "s.db", shop_rows(60))
    copied_to_postgres(postgres, tmp_path / "s.db")
    file = shop_files(tmp_path)
    run(file, tmp_path / "s.db", tmp_path / "alone.duckdb")
    address = processes.address()
    shared = tmp_path / "shared"

    killing = processes.once_halted(lambda halted: os.kill(halted, signal.SIGKILL))
    url = postgres.url.replace("postgres@", "postgres:the-password@")
    seen: list[Progress] = []
    done = run(file, url, tmp_path / "many.duckdb", work=Work(seen.append), engine=address, parts_folder=shared)
    killing.join()
    assert sorted(each.poll() is None for each in processes.started) == [False, True, True]
    assert done.facts["processes"] == 2
    assert tables(tmp_path / "many.duckdb") == tables(tmp_path / "alone.duckdb")
    assert list(shared.iterdir()) == []

    told = [each for each in seen if each.text.startswith("Reading events, ")]
    made = [int(each.text.split()[2]) for each in told]
    parts = int(told[0].text.split(",")[1].split()[2])
    assert made == sorted(made)
    assert (made[0], made[-1]) == (0, parts)
    assert len(set(made)) > 2
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == len(shop_rows(60))

    # What remains of the cluster makes the same of the file, and goes on where another engine ended.
    done = run(file, tmp_path / "s.db", tmp_path / "again.duckdb", engine=address)
    assert done.facts["processes"] == 1
    assert tables(tmp_path / "again.duckdb") == tables(tmp_path / "alone.duckdb")
    assert run(file, tmp_path / "s.db", tmp_path / "again.duckdb").facts["incremental"]

    with pytest.raises(StoreError, match="A Dask worker reports: "):
        run(file, postgres.url, tmp_path / "none.duckdb", engine=address, parts_folder=_gone(monkeypatch, tmp_path))
    assert not (tmp_path / "none.duckdb").exists()


def test_nobody_waits_for_a_cluster_that_is_gone(
    processes: Processes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    write_store(tmp_path / "s.db", shop_rows(9))
    file = shop_files(tmp_path)
    address = processes.address()
    scheduler, *workers = processes.started
    output = tmp_path / "o.duckdb"
    run(file, tmp_path / "s.db", output)
    before = output.read_bytes()
    monkeypatch.setattr(cluster, "_SECONDS_WITHOUT_WORKERS", 1)
    monkeypatch.setattr(cluster, "_SECONDS_BETWEEN_COUNTS", 0.2)
    killing = processes.once_halted(lambda _: [each.kill() for each in workers])
    with pytest.raises(StoreError, match="All workers of the Dask cluster are gone; nothing was written"):
        run(file, tmp_path / "s.db", output, engine=address, full=True)
    killing.join()
    with pytest.raises(StoreError, match="has no workers"):
        run(file, tmp_path / "s.db", output, engine=address, full=True)
    processes.start_worker("three")
    processes.address(1)
    killing = processes.once_halted(lambda _: scheduler.kill())
    with pytest.raises(StoreError, match="is gone; nothing was written"):
        run(file, tmp_path / "s.db", output, engine=address, full=True)
    killing.join()
    with pytest.raises(StoreError, match=r"No Dask scheduler answers at .*: Connection refused"):
        run(file, tmp_path / "s.db", output, engine=address, full=True)
    assert output.read_bytes() == before
    assert "Traceback" not in "".join(capfd.readouterr())


def _gone(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """A folder that the workers know by another name."""
    from esviewer.app import projecting

    own = projecting.job_for

    def elsewhere(*given: Any) -> Any:
        return own(*given[:-1], folder / "not there")

    monkeypatch.setattr(projecting, "job_for", elsewhere)
    return folder / "parts"


def test_no_password_goes_to_a_cluster(tmp_path: Path, postgres: Database, monkeypatch: pytest.MonkeyPatch):
    write_store(tmp_path / "s.db", shop_rows(2))
    copied_to_postgres(postgres, tmp_path / "s.db")
    monkeypatch.setenv("ESVIEWER_PASSWORD", "in-the-environment")
    session = open_session(postgres.url.replace("postgres@", "postgres:in-the-url@"))
    assert session.opened is not None
    opener = remote(session.opened, session.reducers.texts())
    session.close()
    sent = pickle.dumps(opener)
    assert b"in-the" not in sent
    source = pickle.loads(sent).open()
    assert len(list(source.store.events())) == len(shop_rows(2))
    source.close()


def test_what_can_not_be_is_told(tmp_path: Path):
    write_store(tmp_path / "s.db", shop_rows(2))
    file = shop_files(tmp_path)
    with pytest.raises(UsageError, match="There is no engine spark"):
        run(file, tmp_path / "s.db", tmp_path / "o.duckdb", engine="spark")
    for address in ("dask://here", "dask://here:port", "dask://:8786", "dask://here:99999", "dask://here:8786/there"):
        with pytest.raises(UsageError, match="is no address of a Dask scheduler"):
            run(file, tmp_path / "s.db", tmp_path / "o.duckdb", engine=address)
    with pytest.raises(UsageError, match="has no user and no password") as refused:
        run(file, tmp_path / "s.db", tmp_path / "o.duckdb", engine="dask://me:the-secret@here:8786")
    assert "the-secret" not in str(refused.value)
    reducer = tmp_path / "s.db.reducers"
    reducer.mkdir()
    (reducer / "own.toml").write_text('kind = "python"\nname = "own"\nmodule = "own"\n')
    (tmp_path / "own.py").write_text("def evolve(state, event):\n    return state\n")
    with pytest.raises(UsageError, match="is a program"):
        run(file, tmp_path / "s.db", tmp_path / "o.duckdb", engine="dask://127.0.0.1:1")


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"short"])
def test_what_listens_and_is_no_scheduler_is_not_waited_for(
    said: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cluster, "_SECONDS_TO_CONNECT", 0.3)
    write_store(tmp_path / "s.db", shop_rows(2))
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection, suppress(ConnectionResetError):
                connection.sendall(said)
                connection.recv(1)  # until the other side is gone

        answering = threading.Thread(target=answer)
        answering.start()
        address = f"dask://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(StoreError, match=r"No Dask scheduler answers at .*: what listens there is none"):
            run(shop_files(tmp_path), tmp_path / "s.db", tmp_path / "o.duckdb", engine=address)
        answering.join()
