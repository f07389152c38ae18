"""An audit in a process of its own, so that a window has its interpreter for itself."""

from __future__ import annotations

import multiprocessing
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from tempfile import TemporaryDirectory
from typing import Any, Final

from esviewer import plugins
from esviewer.app.auditing import Audit
from esviewer.app.session import Opened, Session
from esviewer.audit.finding import Finding
from esviewer.audit.settings import AuditSettings
from esviewer.errors import CancelledError, EsviewerError, StoreError
from esviewer.work import Progress, Work

WORTH_A_PROCESS: Final = 10_000
"""Events from which on an audit takes longer than a process takes to start."""
_AT_ONCE: Final = 500
"""Findings that are sent together."""
_WITHIN: Final = 0.1
"""Seconds after which what was found is sent, however little it is."""
_BETWEEN_LOOKS: Final = 0.02
"""Seconds between looks whether to go on."""
_TO_END: Final = 5.0
"""Seconds that a process has to end those that it started itself; nobody waits for that."""


def audit_apart(session: Session, settings: AuditSettings, since: int | None, work: Work | None = None) -> Audit:
    """An audit that runs in a process of its own where that pays and can be; raises what Audit raises."""
    # Programs as reducers are asked for consent here, and are processes of their own already.
    if session.opened is None or session.reducers.has_programs:
        return Audit(session, settings, since)
    if session.store.info(exact=False, work=work).events < WORTH_A_PROCESS:
        return Audit(session, settings, since)
    return _AuditApart(session.opened, session, settings, since)


class _AuditApart(Audit):
    """Runs in another process; its summary comes back from there."""

    def __init__(self, opened: Opened, session: Session, settings: AuditSettings, since: int | None) -> None:
        super().__init__(session, settings, since)
        self._how = opened, settings, since

    def run(self, work: Work | None = None, *, accepted: Callable[[Finding], None] | None = None) -> Iterator[Finding]:
        # A fresh interpreter: a copy of this one would have its threads' locks and its database's connections.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        folder = TemporaryDirectory(prefix="esviewer-audit-", ignore_cleanup_errors=True)
        # No daemon: it starts processes itself for a large store.
        process = context.Process(target=_work_on, args=(*self._how, plugins.switches(), folder.name, theirs))
        process.start()
        theirs.close()
        try:
            for kind, content in _messages(ours, work):
                if kind == "done":
                    self.summary = content
                elif kind == "progress":
                    if work is not None:
                        work.report(content.text, content.done, content.total)
                else:
                    for finding, known in content:
                        if not known:
                            yield finding
                        elif accepted is not None:
                            accepted(finding)
        finally:
            ours.close()
            threading.Thread(target=_end, args=(process, folder), name="esviewer-audit-end").start()


def _messages(pipe: Connection, work: Work | None) -> Iterator[tuple[str, Any]]:
    """What the process says, until it is done; raises what was raised there."""
    while True:
        while not pipe.poll(_BETWEEN_LOOKS):
            if work is not None:
                work.check()
        try:
            kind, content = pipe.recv()
        except EOFError:
            raise StoreError("The process that audits ended before it was done.", "Try again.") from None
        if kind == "error":
            raise content
        yield kind, content
        if kind == "done":
            return


def _end(process: Any, folder: TemporaryDirectory[str]) -> None:
    process.terminate()
    process.join(_TO_END)
    if process.is_alive():
        process.kill()
        process.join()
    folder.cleanup()


class _Sending:
    """Sends findings some at a time, and progress now and then."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._found: list[tuple[Finding, bool]] = []
        self._sent = time.monotonic()

    def put(self, finding: Finding, known: bool = False) -> None:
        self._found.append((finding, known))
        if len(self._found) >= _AT_ONCE or time.monotonic() - self._sent > _WITHIN:
            self.send()

    def progress(self, progress: Progress) -> None:
        if time.monotonic() - self._sent > _WITHIN:
            self.send()
            self._pipe.send(("progress", progress))

    def send(self) -> None:
        self._sent = time.monotonic()
        if self._found:
            self._pipe.send(("found", self._found))
            self._found = []


def _work_on(
    opened: Opened, settings: AuditSettings, since: int | None, off: frozenset[str], folder: str, pipe: Connection
) -> None:
    """What the process does; told to end, it ends those that it started first."""
    import signal

    sending = _Sending(pipe)
    work = Work(sending.progress)

    def end(*_: object) -> None:
        # On a thread: the one that is interrupted here may hold what `cancel` waits for.
        threading.Thread(target=work.cancel, daemon=True).start()

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, end)
    plugins.hold(off)
    tempfile.tempdir = folder  # whoever asked removes it, however this ends
    try:
        session = opened.again()
        try:
            audit = Audit(session, settings, since)
            for finding in audit.run(work, accepted=lambda each: sending.put(each, known=True)):
                sending.put(finding)
            sending.send()
        finally:
            session.close()
        pipe.send(("done", audit.summary))
    except (BrokenPipeError, CancelledError):
        pass  # whoever asked has gone
    except EsviewerError as error:
        with suppress(BrokenPipeError):
            pipe.send(("error", error))
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        pipe.close()
