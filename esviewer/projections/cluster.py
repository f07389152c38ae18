"""The distributed engine: the same parts as tasks of a Dask cluster, whose workers read the store themselves.

What travels is the projection file's text, the rules' texts, how to reach the store without any password, and which
aggregates a part has; what comes back are counts. The parts themselves are Parquet files in a folder that client and
workers share. A part that is made twice, since a worker died or was lost, is the same file under the same name.
"""

from __future__ import annotations

import logging
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from esviewer import __version__
from esviewer.errors import EsviewerError, StoreError, UsageError
from esviewer.model.values import Value
from esviewer.projections.local import PARTS_A_PROCESS
from esviewer.projections.passing import Job, Told, run_part
from esviewer.projections.sink import Counts, counts_of
from esviewer.stores.reading import Part
from esviewer.work import Work

SCHEME: Final = "dask://"
_SECONDS_TO_CONNECT: Final = 15
_SECONDS_BETWEEN_LOOKS: Final = 0.1
_SECONDS_BETWEEN_COUNTS: Final = 2
_SECONDS_WITHOUT_WORKERS: Final = 60
"""So long it is waited for a worker once all are gone."""
_GREETING: Final = 8
"""Bytes in which a scheduler says, before it is asked anything, how many will follow."""
_LONGEST_GREETING: Final = 1 << 20
_FEWEST_PARTS: Final = 8


class Cluster:
    """A connection to a Dask scheduler."""

    def __init__(self, address: str) -> None:
        """`address` is `dask://HOST:PORT`. Raises UsageError and StoreError."""
        try:
            import distributed
        except ImportError:
            raise UsageError(
                "The packages for clusters are not installed.", "Install them: pip install 'esviewer[cluster]'."
            ) from None
        host, port = _host_and_port(address)
        self._place = address.removeprefix(SCHEME)
        self._stack = ExitStack()
        self._stack.enter_context(_quiet())
        try:
            # The library waits for ever for one who listens and says nothing, such as a server of another kind.
            _check_greeting(host, port)
            made: Any = distributed.Client
            self._client = made(f"tcp://{self._place}", timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            self._stack.close()
            reason = (getattr(error, "strerror", None) or str(error)).split("\n", 1)[0][:200]
            raise StoreError(
                f"No Dask scheduler answers at {self._place}: {reason}.", "Check host and port, and that it runs."
            ) from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        with self._stack:
            self._client.close()

    @property
    def threads(self) -> int:
        """How many tasks the workers can run at once; raises StoreError when there are no workers."""
        number: int = sum(self._client.nthreads().values())
        if not number:
            raise StoreError("The Dask scheduler has no workers.", "Start some: dask worker HOST:PORT.")
        return number

    @property
    def parts(self) -> int:
        """Into how many parts to divide the work."""
        return max(_FEWEST_PARTS, self.threads * PARTS_A_PROCESS)

    def run(
        self, job: Job, parts: Sequence[Part], told: Told, parted: Callable[[int, int], None], work: Work | None
    ) -> Counts:
        """The parts as tasks; raises what one of them could not do, and CancelledError.

        `parted` is told how many parts of how many are made.
        """
        token = secrets.token_hex(6)
        waiting = {
            number: self._client.submit(
                run_remote, __version__, job, number, part, key=f"esviewer-part-{number:05}-{token}", pure=False
            )
            for number, part in enumerate(parts)
        }
        counts = Counts()
        attendance = _Attendance(self._client, self._place)
        try:
            while waiting:
                if work is not None:
                    work.check()
                attendance.check()
                done = [number for number, future in waiting.items() if future.done()]
                for number in done:
                    counts.add(_counted(waiting[number]))
                    del waiting[number]
                parted(len(parts) - len(waiting), len(parts))
                told(counts.events + counts.beyond, counts.aggregates)
                if not done:
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
        finally:
            if self._client.status == "running":
                self._client.cancel(list(waiting.values()))
        return counts


class _Attendance:
    """Notices when there is nobody any more who could do the work."""

    def __init__(self, client: Any, place: str) -> None:
        self._client = client
        self._place = place
        self._counted = self._seen = time.monotonic()

    def check(self) -> None:
        """Raise StoreError where the scheduler is gone, or all workers have been for a while."""
        if self._client.status != "running":
            raise StoreError(
                f"The Dask scheduler at {self._place} is gone; nothing was written.", "Start it, and run again."
            )
        now = time.monotonic()
        if now - self._counted < _SECONDS_BETWEEN_COUNTS:
            return
        self._counted = now
        try:
            there = bool(self._client.nthreads())
        except Exception:  # it has just gone, which the client's own look at it tells
            return
        if there:
            self._seen = now
        elif now - self._seen >= _SECONDS_WITHOUT_WORKERS:
            raise StoreError(
                "All workers of the Dask cluster are gone; nothing was written.", "Start some, and run again."
            )


def _host_and_port(address: str) -> tuple[str, int]:
    """Both parts of an address; raises UsageError, which repeats no password."""
    found = urlsplit(address)
    if "@" in found.netloc:
        raise UsageError("The address of a Dask scheduler has no user and no password.", f"Write {SCHEME}HOST:PORT.")
    try:
        host, port = found.hostname, found.port
    except ValueError:
        host, port = None, None
    if not address.startswith(SCHEME) or not host or not port or address != f"{SCHEME}{found.netloc}":
        raise UsageError(f"{address} is no address of a Dask scheduler.", f"Write {SCHEME}HOST:PORT.")
    return host, port


def _check_greeting(host: str, port: int) -> None:
    """Raise OSError where nobody listens, and ValueError where who does is no Dask scheduler."""
    with socket.create_connection((host, port), _SECONDS_TO_CONNECT) as connection:
        said = b""
        try:
            while len(said) < _GREETING and (more := connection.recv(_GREETING - len(said))):
                said += more
        except TimeoutError:
            pass
    if len(said) < _GREETING or int.from_bytes(said, "little") > _LONGEST_GREETING:
        raise ValueError("what listens there is none")


def _counted(future: Any) -> Counts:
    try:
        found: dict[str, Value] = future.result()
    except Exception as error:
        # Such as a worker that dies each time, or that has another version of Python.
        reason = str(error).split("\n", 1)[0][:300]
        raise StoreError(f"The Dask cluster could not read a part of the store: {reason}") from None
    if "error" in found:
        raise StoreError(f"A Dask worker reports: {found['error']}", found["hint"])
    return counts_of(found)


def run_remote(version: str, job: Job, number: int, part: Part) -> dict[str, Value]:
    """What a worker does: one part, written into the shared folder; gives its counts, or `error` and `hint`."""
    if version != __version__:
        return {
            "error": f"it has esviewer {__version__}, and not {version}.",
            "hint": "Install the same version everywhere.",
        }
    if not Path(job.folder).is_dir():
        return {
            "error": f"there is no folder {job.folder}.",
            "hint": "Name one that this machine and all workers share with --parts-folder.",
        }
    try:
        assert job.opener is not None
        source = job.opener.open()
        try:
            return run_part(job, job.file(), source, number, part, lambda *_: None, None).as_json()
        finally:
            source.close()
    except EsviewerError as error:
        return {"error": error.message, "hint": error.hint}
    except OSError as error:
        return {"error": f"the folder {job.folder} can't be written: {error.strerror}.", "hint": ""}
    except Exception as error:
        # As text: what can't be sent back would keep the client waiting for ever.
        return {"error": f"{type(error).__name__}: {str(error)[:500]}.", "hint": "This is a fault of esviewer."}


@contextmanager
def _quiet() -> Iterator[None]:
    """What the library would print itself is told as errors are here."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "distributed.utils")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
