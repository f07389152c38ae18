"""What is different where the program is frozen: an application folder whose executable is Python and program in one.

There `sys.executable` runs no Python code that is handed to it; it is this program. Processes that help it are started
by `multiprocessing`, which a frozen program has to be asked for first. And whoever started it has put the folder's
libraries into the environment, which is no business of the other programs that it starts: reducers in the user's own
interpreter, a browser.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_OURS: Final = ("_PYI_", "PYINSTALLER_")
"""How the names begin of what the folder's executable tells itself by the environment."""
_SEARCHED: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FRAMEWORK_PATH", "LIBPATH")
"""What it changes to find its libraries; what was there before is kept under the name with `_ORIG`."""


def is_frozen() -> bool:
    """Whether this runs from an application folder."""
    return bool(getattr(sys, "frozen", False))


def begin() -> None:
    """Do what a frozen program has to do before anything else; nothing elsewhere.

    In a process that helps another one this does its work, and doesn't return.
    """
    if not is_frozen():
        return
    _restore_environment(str(getattr(sys, "_MEIPASS", "")))
    # On Windows the program for desktops has no streams at all.
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115
    import multiprocessing

    multiprocessing.freeze_support()


def _restore_environment(folder: str) -> None:
    """Make the environment what it was before the folder's executable changed it, for all that is started from here.

    This process has read it already; the same executable, started once more, changes it again for itself.
    """
    for name in _SEARCHED:
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        elif folder and folder in os.environ.get(name, "").split(os.pathsep):
            del os.environ[name]
    for name, value in list(os.environ.items()):
        if name.startswith(_OURS) or (folder and value.startswith(folder)):
            del os.environ[name]


@contextmanager
def for_others() -> Iterator[None]:
    """A block that starts a program which is none of ours: it is to find its own libraries, on Windows too."""
    if sys.platform == "win32" and is_frozen():
        # The folder that is searched for libraries is handed on to what a process starts there.
        from ctypes import windll

        windll.kernel32.SetDllDirectoryW(None)
        try:
            yield
        finally:
            windll.kernel32.SetDllDirectoryW(getattr(sys, "_MEIPASS", None))
    else:
        yield
