"""Processes that help with a large store, and a head start for them while this one still loads what it needs."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path
from typing import Final

from esviewer.itself import is_frozen

WORTH_BYTES: Final = 100_000_000
"""How large a file is whose events are surely read by several processes."""
MOST_PROCESSES: Final = 64
"""The most that can be asked for."""


class _State:
    ready = False


_state: Final = _State()


def get_ready(store: str, *modules: str) -> None:
    """Begin to load modules for the processes that will read a store, if it is a large file.

    They are loaded beside all that this process does meanwhile, once for all of them. For commands only: what they are
    copied from stays until this process ends.
    """
    ready = "forkserver" in multiprocessing.get_all_start_methods() and not is_frozen()
    try:
        large = ready and Path(store).stat().st_size >= WORTH_BYTES
    except (OSError, ValueError):
        return
    if not large:
        return
    from multiprocessing.forkserver import ensure_running

    multiprocessing.get_context("forkserver").set_forkserver_preload(list(modules))
    # An interruption is for this process, which ends the others; one that is still loading would show a traceback.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    # It must load what this process would, and not what happens to be called so in the current folder.
    path = os.pathsep.join(each or str(Path.cwd()) for each in sys.path)
    try:
        with _environment(PYTHONPATH=path, PYTHONSAFEPATH="1"):
            ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)
    _state.ready = True


def context() -> SpawnContext | ForkServerContext:
    """What starts processes: copies of one that has loaded modules, after `get_ready`; fresh ones else.

    Never copies of this process, which would have its threads' locks and its database's connections.
    """
    return multiprocessing.get_context("forkserver") if _state.ready else multiprocessing.get_context("spawn")


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """These environment variables for processes that are started within the block."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
