"""What somebody who helps would ask for first: versions, folders, what can't be read or opened. Nothing secret.

No values of settings, no names of stores or connections, no environment but what says where a window opens; the home
folder is written as ~.
"""

from __future__ import annotations

import json
import locale
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from esviewer import __version__, assets
from esviewer.errors import EsviewerError
from esviewer.itself import is_frozen
from esviewer.model.values import Value

LIBRARIES: Final = (
    "PySide6-Essentials", "pyqtgraph", "numpy", "SQLAlchemy", "psycopg", "PyMySQL", "duckdb", "pyarrow", "cryptography",
    "keyring", "orjson", "msgspec", "click", "rich", "Jinja2", "typst", "XlsxWriter",
)  # fmt: skip
OPTIONAL: Final = (("pymssql", "mssql"), ("dask", "cluster"), ("distributed", "cluster"))
"""What extras bring."""
_DISPLAY: Final = ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR")
_FILES: Final = ("settings.json", "connections.json", "assignments.json", "plugins.json")
_PATIENCE: Final = 30


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of it."""

    section: str
    name: str
    value: str
    wrong: bool = False
    """Whether it may be why something doesn't work."""

    def as_json(self) -> dict[str, Value]:
        """`{section, name, value, wrong}`."""
        return {"section": self.section, "name": self.name, "value": self.value, "wrong": self.wrong}


def examine(*, window: bool = True) -> Iterator[Fact]:
    """All facts, as they are found; with `window` it is tried whether one opens, which takes a second."""
    yield Fact("program", "esviewer", __version__)
    yield Fact("program", "installed as", _installed_as())
    yield Fact("program", "Python", f"{platform.python_version()} ({platform.python_implementation()})")
    yield Fact("program", "system", platform.platform())
    yield Fact("program", "processors", str(os.cpu_count() or "unknown"))
    yield Fact("program", "language", ".".join(filter(None, locale.getlocale())) or "none")
    yield Fact("program", "encoding of file names", sys.getfilesystemencoding())
    yield Fact("program", "time zone", time.strftime("%Z (UTC%z)"))
    yield from _libraries()
    yield from _folders()
    yield from _own_files()
    yield _keyring()
    yield from _plugins()
    for name in _DISPLAY:
        if name in os.environ:
            yield Fact("window", name, os.environ[name])
    if window:
        yield _window()


def shown(path: Path) -> str:
    """A path with the home folder as ~."""
    try:
        return str(Path("~") / path.relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return str(path)


def _installed_as() -> str:
    if is_frozen():
        return f"an application folder ({shown(Path(sys.executable).parent)})"
    try:
        return "a package" if assets.root().name == "_data" else "a checkout"
    except FileNotFoundError:
        return "a package without its resources: install it again"


def _libraries() -> Iterator[Fact]:
    for name in LIBRARIES:
        try:
            yield Fact("libraries", name, version(name))
        except PackageNotFoundError:
            yield Fact("libraries", name, "not installed", wrong=True)
    from esviewer.stores.databases.sqlite import library_version

    yield Fact("libraries", "SQLite", library_version())
    for name, extra in OPTIONAL:
        try:
            yield Fact("libraries", name, version(name))
        except PackageNotFoundError:
            where = "no part of an application folder" if is_frozen() else "not installed"
            yield Fact("libraries", name, f"{where}; comes with esviewer[{extra}]")


def _folders() -> Iterator[Fact]:
    for name, folder in (("settings", assets.config_dir()), ("data", assets.data_dir())):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        writable = there.is_dir() and os.access(there, os.W_OK)
        state = "" if folder.exists() else " (not there yet)"
        yield Fact("folders", name, f"{shown(folder)}{state}{'' if writable else ' can not be written'}", not writable)


def _own_files() -> Iterator[Fact]:
    for name in _FILES:
        file = assets.config_dir() / name
        try:
            json.loads(file.read_bytes())
        except FileNotFoundError:
            continue
        except OSError as error:
            yield Fact("own files", name, f"can't be read: {error.strerror}", wrong=True)
        except (ValueError, RecursionError):
            yield Fact("own files", name, "is damaged", wrong=True)
        else:
            yield Fact("own files", name, "can be read")
    from esviewer.stores.layouts.layout import read_layouts

    layouts, problems = read_layouts()
    yield Fact("own files", "layouts", f"{len(layouts)} are known")
    for problem in problems:
        yield Fact("own files", "layouts", str(problem).replace(str(Path.home()), "~"), wrong=True)


def _plugins() -> Iterator[Fact]:
    from esviewer.app.plugins import states

    found = states()
    if not found:
        yield Fact("plug-ins", "installed", "none")
    for each in found:
        said = each.reason.replace(str(Path.home()), "~") or each.state
        yield Fact("plug-ins", each.plugin.id, f"{each.plugin.version}: {said}", each.state == "skipped")


def _keyring() -> Fact:
    from esviewer.app.credentials import Keyring

    try:
        keyring = Keyring()
    except EsviewerError as error:
        return Fact("passwords", "keyring", error.message, wrong=True)
    return Fact("passwords", "keyring", "keeps passwords" if keyring.available else keyring.reason)


def _window() -> Fact:
    """Whether a window can be opened; tried in a process of its own, since Qt ends it where a library is missing."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(prefix="esviewer-doctor-") as folder:
        file = Path(folder) / "said"
        process = context.Process(target=_open_window, args=(str(file), theirs), daemon=True)
        process.start()
        theirs.close()
        process.join(_PATIENCE)
        if process.is_alive():
            process.kill()
            process.join()
            return Fact("window", "opens", f"no answer within {_PATIENCE} seconds", wrong=True)
        if ours.poll():
            with suppress(EOFError):
                return Fact("window", "opens", f"yes ({ours.recv()})")
        said = file.read_text("utf-8", "replace") if file.exists() else ""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    why = " ".join(lines[-3:])[:500] or f"ended with {process.exitcode}"
    return Fact("window", "opens", f"no: {why}", wrong=True)


def _open_window(file: str, answer: Connection) -> None:
    """What the process does: what Qt says goes to a file, the name of the platform to the pipe."""
    with Path(file).open("wb") as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
    answer.send(import_module("PySide6.QtWidgets").QApplication([]).platformName())
    answer.close()
    os._exit(0)
