"""One foreign process: its pipes are read and written at the same time, bounded, and it never outlives its owner."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from esviewer.itself import for_others
from esviewer.work import Work

_CHUNK = 65536
_JOINED = 256
_STDERR_KEPT = 8192
_HELD = 8 * 1024 * 1024
"""Bytes of replies that wait to be taken; beyond these the process has to wait with the next."""
_PATIENCE = 0.5
"""Seconds that a process has to end by itself."""
_BETWEEN_CHECKS = 0.2
_MARK = "REDUCER_OF_ESVIEWER"


class ProcessError(Exception):
    """The process can't be talked to any more; the text goes on behind its name: `ended with exit code 1`."""


class NoAnswerYet(Exception):  # noqa: N818
    """No answer has come, and its time is not up either: the question stands, and can be waited for again."""


class ForeignProcess:
    """A running program that is sent lines and gives lines; used by one thread at a time."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], max_line: int) -> None:
        """Start it in `folder`, without a shell, in a session of its own; raises OSError."""
        self._mark = f"{_MARK}={secrets.token_hex(16)}"
        """Stands in the environment of whatever it starts, by which that is found."""
        self._process = _started(command, folder, {**environment, _MARK: self._mark.partition("=")[2]})
        with suppress(OSError):  # where there is such a thing: when memory runs out, it goes before whoever started it
            Path(f"/proc/{self._process.pid}/oom_score_adj").write_text("1000", encoding="ascii")
        self._max_line = max_line
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._held = 0
        self._asked = 0
        self._answered = 0
        self._waiting: float | None = None
        """Since when the next answer is waited for."""
        self._fault: ProcessError | None = None
        self._closed = False
        self._stderr = bytearray()
        self._outgoing: SimpleQueue[bytes | None] = SimpleQueue()
        self._threads = [
            threading.Thread(target=run, args=(pipe,), daemon=True, name=f"foreign-{name}")
            for name, run, pipe in (
                ("writer", self._write, self._process.stdin),
                ("replies", self._read_replies, self._process.stdout),
                ("stderr", self._read_stderr, self._process.stderr),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """Its process id, which is its process group's too where there are groups."""
        return self._process.pid

    def ask(self, line: bytes) -> None:
        """Send a line that one line will answer; never waits."""
        with self._changed:
            self._asked += 1
        self._outgoing.put(line)

    def answer(self, seconds: float, work: Work | None = None, until: float | None = None) -> bytes:
        """The next line it gives; raises ProcessError when none comes within `seconds`, and what `work.check` does.

        With `until`, a moment of the monotonic clock, NoAnswerYet is raised then; whoever asks again waits on, and the
        seconds count from when the line was first waited for.
        """
        with self._changed:
            if self._lines:
                return self._take()
            if self._waiting is None:
                self._waiting = time.monotonic()
            ends = self._waiting + seconds
        if work is None:
            return self._wait(seconds, ends, None, until)
        with work.interrupted_by(self._wake):
            return self._wait(seconds, ends, work, until)

    def _wait(self, seconds: float, ends: float, work: Work | None, until: float | None) -> bytes:
        with self._changed:
            while not self._lines:
                if self._fault:
                    raise ProcessError(str(self._fault))
                now = time.monotonic()
                if now >= ends:
                    # Without a decimal point or a long number: such might be values, and would be masked in a sentence.
                    raise ProcessError(
                        f"gave no answer within {int(seconds):,} seconds"
                        if seconds == int(seconds)
                        else f"gave no answer within {max(1, round(seconds * 1000)):,} milliseconds"
                    )
                if work is not None:
                    work.check()
                if until is not None and now >= until:
                    raise NoAnswerYet
                self._changed.wait(min(ends - now, _BETWEEN_CHECKS, _BETWEEN_CHECKS if until is None else until - now))
            return self._take()

    def _take(self) -> bytes:
        self._waiting = None
        line = self._lines.popleft()
        self._held -= len(line)
        self._changed.notify_all()
        return line

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def stderr_tail(self) -> str:
        """The last of what it wrote to stderr; what it wrote before ending is complete once it has been closed."""
        return bytes(self._stderr).decode("utf-8", "replace")

    def close(self, last_line: bytes | None = None) -> None:
        """End it, with everything that it has started; `last_line` lets it end by itself first, for half a second."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._changed.notify_all()
        if last_line is not None and not self._fault:
            self._outgoing.put(last_line)
            self._outgoing.put(None)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE)
        self._kill()
        self._kill_strays()
        self._outgoing.put(None)
        self._process.wait()
        for thread in self._threads:
            # One may have to be left: something that the process started may have left its group and hold a pipe.
            thread.join(_PATIENCE)

    def _kill(self) -> None:
        if sys.platform == "win32":
            # A group can't be ended as one there.
            ending = ["taskkill", "/T", "/F", "/PID", str(self._process.pid)]
            subprocess.run(ending, capture_output=True, check=False)  # noqa: S603
            self._process.kill()
            return
        # Errors say that nothing is left of it, on macOS as a matter of permission. A group that still has a member
        # keeps its number, even when the first process is gone.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _kill_strays(self) -> None:
        """End what it has started that left its group, where a process's environment can be looked at (Linux)."""
        mark, ended = self._mark.encode(), set[int]()
        while found := [pid for pid in _marked(mark) if pid not in ended]:
            for pid in found:
                ended.add(pid)
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)

    def _fail(self, fault: ProcessError) -> None:
        with self._changed:
            self._fault = self._fault or fault
            self._changed.notify_all()

    def _write(self, pipe: IO[bytes]) -> None:
        # An error says that it reads no more: that it has ended is seen at its other pipe.
        with suppress(OSError), pipe:
            while (line := self._outgoing.get()) is not None:
                parts: list[bytes | None] = [line]
                # Many small lines go in one piece.
                with suppress(Empty):
                    while parts[-1] is not None and len(parts) < _JOINED:
                        parts.append(self._outgoing.get_nowait())
                left = memoryview(b"".join(part for part in parts if part is not None))
                while left:
                    left = left[pipe.write(left) or 0 :]
                if parts[-1] is None:
                    return

    def _read_replies(self, pipe: IO[bytes]) -> None:
        begun: list[bytes] = []
        size = 0
        with pipe:
            while chunk := pipe.read(_CHUNK):
                *whole, rest = chunk.split(b"\n")
                for part in whole:
                    line = b"".join([*begun, part])
                    begun, size = [], 0
                    if not self._receive(line):
                        self._kill()
                        return
                begun.append(rest)
                size += len(rest)
                if size > self._max_line:
                    self._fail(self._too_long())
                    self._kill()
                    return
        self._fail(self._how_it_ended())

    def _receive(self, line: bytes) -> bool:
        with self._changed:
            while self._held > _HELD and not self._closed:
                self._changed.wait()
            if self._closed:
                return False
            self._answered += 1
            if len(line) > self._max_line:
                self._fault = self._fault or self._too_long()
            elif self._answered > self._asked:
                self._fault = self._fault or ProcessError(f"wrote more lines than it was asked for: {preview(line)}")
            if not self._fault:
                self._lines.append(line)
                self._held += len(line)
            self._changed.notify_all()
            return not self._fault

    def _too_long(self) -> ProcessError:
        return ProcessError(f"wrote a line of more than {self._max_line:,} bytes")

    def _how_it_ended(self) -> ProcessError:
        try:
            code = self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            return ProcessError("closed its output")
        if code >= 0:
            return ProcessError(f"ended with exit code {code}")
        try:
            return ProcessError(f"was ended by {signal.Signals(-code).name}")
        except ValueError:
            return ProcessError(f"was ended by signal {-code}")

    def _read_stderr(self, pipe: IO[bytes]) -> None:
        with pipe:
            while chunk := pipe.read(_CHUNK):
                tail = self._stderr + chunk
                self._stderr = tail[-_STDERR_KEPT:]


def _marked(mark: bytes) -> Iterator[int]:
    """Processes in whose environment a mark stands."""
    for folder in Path("/proc").glob("[0-9]*"):
        # Those of others can't be read, and some have just ended.
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                yield int(folder.name)


def preview(line: bytes) -> str:
    """The start of a line, for messages."""
    text = line[:200].decode("utf-8", "replace")
    return repr(text if len(text) <= 80 else text[:79] + "…")


@for_others()
def _started(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(  # noqa: S603
            command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment, bufsize=0, creationflags=flags
        )
    return subprocess.Popen(  # noqa: S603
        command, stdin=pipe, stdout=pipe, stderr=pipe, cwd=folder, env=environment, bufsize=0, start_new_session=True
    )
