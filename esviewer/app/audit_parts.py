"""The walk of an audit in several processes, each of which reads a part of the aggregates on its own connection."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from esviewer import plugins
from esviewer.app import processes
from esviewer.app.session import Opened, Session
from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import Finding
from esviewer.audit.life import LifeCheck
from esviewer.audit.page import Traits
from esviewer.audit.walk import Walk
from esviewer.errors import EsviewerError, StoreError
from esviewer.stores.reading import Part
from esviewer.stores.store import Store
from esviewer.work import Work

MOST = 8
"""Processes at once: beyond that the database is what they wait for."""

WORTH_PROCESSES = 400_000
"""Events from which on several processes are done sooner, although each of them takes most of a second to start."""
_ALL: Part = (None, None)
_BETWEEN_REPORTS = 5_000
"""Events after which a process says how far it is."""


@dataclass(frozen=True, slots=True)
class New:
    """What of a store is new."""

    since: int
    """The position that it comes after."""
    context: int | None
    """The position after which aggregates with events are looked at, so that there is enough to compare with.

    None: there is nothing up to `since`, so that everything is new."""


@dataclass(slots=True)
class Walked:
    """How much a walk saw."""

    events: int = 0
    aggregates: int = 0
    judged: bool = False
    """As Walk says, as are the others."""
    unreplayed: dict[str, str] = field(default_factory=dict)
    broken_off: dict[str, str] = field(default_factory=dict)

    def take(self, other: Walked) -> None:
        """Take over what another walk came to."""
        self.events, self.aggregates = other.events, other.aggregates
        self.judged, self.unreplayed, self.broken_off = other.judged, other.unreplayed, other.broken_off


def _joined(parts: Iterable[Walked]) -> Walked:
    found = Walked()
    for each in parts:
        found.events += each.events
        found.aggregates += each.aggregates
        found.judged = found.judged or each.judged
        found.unreplayed |= each.unreplayed
        found.broken_off |= each.broken_off
    return found


def traits_of(store: Store) -> Traits:
    """What events of a store are by its layout's design."""
    events = store.layout.events
    return Traits(
        may_lack_versions=store.may_lack_versions,
        no_aggregate=store.no_aggregate,
        marks_deleted=store.has("deleted"),
        compacted=events.compacted,
        unwraps=events.payload.unwrap,
    )


def walked(
    session: Session,
    page_checks: Sequence[PageCheck],
    life_checks: Sequence[LifeCheck],
    seen: Walked,
    work: Work | None,
    new: New | None = None,
) -> Iterator[Finding]:
    """Show all events to the checks and give what they find on the way; `seen` grows meanwhile.

    With `new`, those of the aggregates that have some of it, or something shortly before it. Where it pays, several
    processes read; the checks have seen what theirs saw then. Raises StoreError.
    """
    total = 0 if new is not None else session.store.info(exact=False, work=work).events
    parts = [_ALL] if new is None and total < WORTH_PROCESSES else _parts(session, new, work)
    if len(parts) == 1 or session.opened is None:
        for each in _walk(session, page_checks, life_checks, parts[0], new, work):
            if isinstance(each, Finding):
                yield each
                continue
            seen.take(each)
            if work is not None:
                work.report("Checking events", seen.events, max(total, seen.events))
        return
    checks = [*page_checks, *life_checks]
    with _Workers(session.opened, page_checks, life_checks, parts, new) as workers:
        for message in workers.messages(work):
            if isinstance(message, Finding):
                yield message
            elif isinstance(message, Walked):
                seen.take(message)
                if work is not None:
                    work.report("Checking events", seen.events, max(total, seen.events))
        for theirs in workers.checks:
            for own, other in zip(checks, theirs, strict=True):
                own.merge(other)


def _parts(session: Session, new: New | None, work: Work | None) -> list[Part]:
    number = min(os.cpu_count() or 1, MOST)
    if number < 2 or session.opened is None or session.reducers.has_programs:
        return [_ALL]
    return session.store.parts(number, since=None if new is None else new.context, work=work)


def _walk(
    session: Session,
    page_checks: Sequence[PageCheck],
    life_checks: Sequence[LifeCheck],
    part: Part,
    new: New | None,
    work: Work | None,
) -> Iterator[Finding | Walked]:
    """One part; after each page comes how much was seen so far."""
    # No read may begin in the midst of another one on the same connection.
    beside: Store | None = session.store.another() if session.store.has_snapshots and life_checks else None
    try:
        snapshots = None if beside is None else (lambda ids: beside.snapshots_among(ids, work=work))
        since, context = (None, None) if new is None else (new.since, new.context)
        traits = traits_of(session.store)
        walk = Walk(page_checks, life_checks, session.reducer_for, snapshots, work, since=since, traits=traits)
        for batch in session.store.by_aggregate(part=part, since=context, at_once=True, work=work):
            yield from walk.feed(batch)
            yield Walked(walk.events, walk.aggregates)
        yield from walk.finish()
        yield Walked(walk.events, walk.aggregates, walk.judged, walk.unreplayed, walk.broken_off)
    finally:
        if beside is not None:
            beside.close()


class _Workers:
    """Processes that walk through a part each."""

    def __init__(
        self,
        opened: Opened,
        page_checks: Sequence[PageCheck],
        life_checks: Sequence[LifeCheck],
        parts: Sequence[Part],
        new: New | None,
    ) -> None:
        context = processes.context()
        self.checks: list[list[Described]] = []
        """What each process's checks saw, in the order of the parts, once `messages` has ended."""
        self._pipes: list[Connection] = []
        self._processes: list[Any] = []
        for part in parts:
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=_work_on,
                args=(opened, plugins.switches(), list(page_checks), list(life_checks), part, new, theirs),
                daemon=True,
            )
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self._processes.append(process)

    def __enter__(self) -> _Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            if process.is_alive():
                process.terminate()
            process.join()
        for pipe in self._pipes:
            pipe.close()

    def messages(self, work: Work | None) -> Iterator[Finding | Walked]:
        """What the processes find, and how much all of them saw so far; raises what one of them raised."""
        waiting = dict(enumerate(self._pipes))
        seen = {number: Walked() for number in waiting}
        done: dict[int, list[Described]] = {}
        while waiting:
            if work is not None:
                work.check()
            ready = wait(list(waiting.values()), timeout=0.1)
            for number in [number for number, pipe in waiting.items() if pipe in ready]:
                try:
                    kind, content = waiting[number].recv()
                except EOFError:
                    raise StoreError("A process that read the store ended before it was done.", "Try again.") from None
                if kind == "error":
                    raise content
                if kind == "done":
                    done[number] = content
                    del waiting[number]
                elif kind == "seen":
                    seen[number] = content
                    yield _joined(seen.values())
                else:
                    yield content
        self.checks = [done[number] for number in sorted(done)]


def _work_on(
    opened: Opened,
    off: frozenset[str],
    page_checks: list[PageCheck],
    life_checks: list[LifeCheck],
    part: Part,
    new: New | None,
    pipe: Connection,
) -> None:
    """What one of the processes does; an interruption of all ends it without a word."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    plugins.hold(off)
    try:
        session = opened.again()
        try:
            seen, told = Walked(), 0
            for each in _walk(session, page_checks, life_checks, part, new, None):
                if isinstance(each, Finding):
                    pipe.send(("found", each))
                    continue
                seen = each
                if seen.events - told >= _BETWEEN_REPORTS:
                    told = seen.events
                    pipe.send(("seen", seen))
            pipe.send(("seen", seen))
        finally:
            session.close()
        pipe.send(("done", [*page_checks, *life_checks]))
    except EsviewerError as error:
        pipe.send(("error", error))
    except BrokenPipeError:
        pass  # whoever asked has gone
    finally:
        pipe.close()
