"""Halting programs with all their processes, and letting them go on."""

from __future__ import annotations

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
