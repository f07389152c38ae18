"""Halting programs with all their processes and letting them go on; ending servers gently or as a crash does."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil


def processes_of(process: int) -> list[psutil.Process]:
    """What a process has started and what that has, those that have sessions of their own among them."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(process).children(recursive=True)
    return []


@contextmanager
def halted(process: int) -> Iterator[None]:
    """All that a process has started stands still within the block."""
    stopped: list[psutil.Process] = []
    try:
        # What is started meanwhile is found by looking again.
        while found := [each for each in processes_of(process) if each not in stopped]:
            for each in found:
                with suppress(psutil.NoSuchProcess):
                    each.suspend()
                stopped.append(each)
        yield
    finally:
        for each in stopped:
            with suppress(psutil.NoSuchProcess):
                each.resume()


class Supervised:
    """A server below a supervisor, a process that ends it when it reads a line or its input ends."""

    _process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Stop the server at once: open connections are cut, as when its machine goes away."""
        if self._process is None:
            return
        process, self._process = self._process, None
        try:
            process.communicate(b"stop\n", timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def kill(self) -> None:
        """End the server as a crash does, with all its processes; `start` has it recover."""
        if self._process is None:
            return
        for each in processes_of(self._process.pid):
            each.kill()
        self.stop()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """The server and all its processes halt for the block: connections stand, and nothing answers."""
        assert self._process is not None
        with halted(self._process.pid):
            yield
