"""The local engine: parts of the aggregates over processes of this machine, each with its own connection."""

from __future__ import annotations

from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from typing import Any

from esviewer.errors import EsviewerError, StoreError
from esviewer.projections.parts import counts_in
from esviewer.projections.passing import Job, Source, Told, run_part
from esviewer.projections.sink import Counts
from esviewer.stores.reading import Part
from esviewer.work import Work

PARTS_A_PROCESS = 4
"""More parts than processes, so that none waits long for the others at the end."""


def run_alone(job: Job, source: Source, parts: Sequence[Part], told: Told, work: Work | None) -> Counts:
    """All parts one after the other, in this process, by a source that is open already."""
    file = job.file()
    counts = Counts()
    for number, part in enumerate(parts):
        before = counts.events + counts.beyond, counts.aggregates

        def more(events: int, aggregates: int, before: tuple[int, int] = before) -> None:
            told(before[0] + events, before[1] + aggregates)

        counts.add(run_part(job, file, source, number, part, more, work))
    return counts


def run_processes(
    job: Job,
    parts: Sequence[Part],
    processes: int,
    context: SpawnContext | ForkServerContext,
    told: Told,
    work: Work | None,
) -> Counts:
    """The parts over so many processes, which `context` starts; raises what one of them raised, and CancelledError."""
    workers: list[tuple[Any, Connection]] = []
    seen: dict[int, tuple[int, int]] = {}
    waiting = list(enumerate(parts))[::-1]
    working: dict[Connection, int] = {}
    try:
        for _ in range(min(processes, len(parts))):
            ours, theirs = context.Pipe()
            process = context.Process(target=_work_on, args=(job, theirs), daemon=True)
            process.start()
            theirs.close()
            workers.append((process, ours))
            _next_task(ours, waiting, working)
        while working:
            if work is not None:
                work.check()
            for pipe in wait(list(working), timeout=0.1):
                assert isinstance(pipe, Connection)
                try:
                    kind, content = pipe.recv()
                except (EOFError, OSError):
                    raise StoreError("A process that read the store ended before it was done.", "Try again.") from None
                if kind == "error":
                    raise content
                if kind == "seen":
                    seen[working[pipe]] = content
                else:
                    del working[pipe]
                    _next_task(pipe, waiting, working)
                told(sum(each[0] for each in seen.values()), sum(each[1] for each in seen.values()))
    finally:
        for process, pipe in workers:
            pipe.close()
            if working:
                process.terminate()
            process.join()
    counts = Counts()
    for number in range(len(parts)):
        counts.add(counts_in(Path(job.folder), number))
    return counts


def _next_task(pipe: Connection, waiting: list[tuple[int, Part]], working: dict[Connection, int]) -> None:
    if waiting:
        number, part = waiting.pop()
        pipe.send((number, part))
        working[pipe] = number


def _work_on(job: Job, pipe: Connection) -> None:
    """What one of the processes does, until nobody asks any more; an interruption of all ends it without a word."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source: Source | None = None
    try:
        assert job.opener is not None
        source = job.opener.open()
        file = job.file()
        while True:
            number, part = pipe.recv()
            run_part(job, file, source, number, part, lambda *seen: pipe.send(("seen", seen)), None)
            pipe.send(("done", number))
    except EsviewerError as error:
        pipe.send(("error", error))
    except (EOFError, OSError):
        pass  # whoever asked has gone, or has nothing more to ask
    finally:
        if source is not None:
            source.close()
        pipe.close()
