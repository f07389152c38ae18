"""The distributed engine: the same parts as tasks of a Dask cluster, whose workers read the store themselves.

What travels is the projection file's text, the rules' texts, how to reach the store without any password, and which
aggregates a part has; what comes back are counts. The parts themselves are Parquet files in a folder that client and
workers share. A part that is made twice, since a worker died or was lost, is the same file under the same name.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

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
        place = address.removeprefix(SCHEME)
        host, _, port = place.rpartition(":")
        if not address.startswith(SCHEME) or not host or not (port.isascii() and port.isdigit()):
            raise UsageError(f"{address} is no address of a Dask scheduler.", f"Write {SCHEME}HOST:PORT.")
        with _quiet():
            try:
                made: Any = distributed.Client
                self._client = made(f"tcp://{place}", timeout=_SECONDS_TO_CONNECT, set_as_default=False)
            except (OSError, ValueError) as error:
                reason = str(error).split("\n", 1)[0][:200]
                raise StoreError(
                    f"No Dask scheduler answers at {place}: {reason}.", "Check host and port, and that it runs."
                ) from None

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        with _quiet():
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
        try:
            while waiting:
                if work is not None:
                    work.check()
                done = [number for number, future in waiting.items() if future.done()]
                for number in done:
                    counts.add(_counted(waiting[number]))
                    del waiting[number]
                parted(len(parts) - len(waiting), len(parts))
                told(counts.events + counts.beyond, counts.aggregates)
                if not done:
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
        finally:
            with _quiet():
                self._client.cancel(list(waiting.values()))
        return counts


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
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
