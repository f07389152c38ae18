"""The command in processes of their own, forked from one that has loaded what commands load.

Starting Python and loading SQLAlchemy takes far longer than most commands do. What is forked ends as any process does,
with its streams, its exit code and what it registered for its end; only how Python itself starts is not seen. What
is about that, or about signals, starts a process from nothing instead.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import io
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

_SECONDS = 120
_OF_PYTHON = ("PYTHON", "LC_", "LANG")
"""Variables that Python looks at when it starts."""


class Commands:
    """Runs commands, one at a time; each instance has a process of its own to fork from."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """`environment` is that of the process to fork from; a command's may differ in what Python doesn't start by."""
        self._environment = dict(environment)
        self._here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._here.settimeout(_SECONDS)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, __file__, str(there.fileno())], env=self._environment, pass_fds=[there.fileno()]
            )

    def fits(self, environment: Mapping[str, str]) -> bool:
        """Whether a command with this environment may be forked."""
        names = {name for name in {*environment, *self._environment} if name.startswith(_OF_PYTHON)}
        return all(environment.get(name) == self._environment.get(name) for name in names)

    def run(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[bytes]:
        """What `esviewer ARGUMENTS` prints and ends with, run in a folder."""
        asked = {"arguments": list(arguments), "environment": dict(environment), "folder": str(folder)}
        with tempfile.TemporaryFile() as request, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request.write(json.dumps(asked).encode("utf-8", "surrogateescape"))
            request.flush()
            socket.send_fds(self._here, [b"?"], [request.fileno(), out.fileno(), err.fileno()])
            try:
                code = int(self._here.recv(64))
            except (TimeoutError, ValueError):
                self.close()
                raise
            out.seek(0)
            err.seek(0)
            return subprocess.CompletedProcess(list(arguments), code, out.read(), err.read())

    def close(self) -> None:
        """End the process that is forked from, and what runs."""
        self._here.close()
        self._process.kill()
        self._process.wait()


def _load() -> None:
    """Load what commands load, but for what starts threads, which a fork would lose."""
    import esviewer.cli.commands as commands

    for module in pkgutil.iter_modules(commands.__path__, "esviewer.cli.commands."):
        importlib.import_module(module.name)
    for name in ("asking", "auditing", "checking", "sealing", "session", "view"):
        importlib.import_module(f"esviewer.app.{name}")
    importlib.import_module("esviewer.report.write")
    importlib.import_module("sqlalchemy.dialects.sqlite")


def _serve(asker: socket.socket) -> list[str] | None:
    """Fork for each request; in what is forked, become the command and return its arguments. None at the end."""
    while True:
        message, descriptors, _, _ = socket.recv_fds(asker, 1, 3)
        if not message:
            return None
        child = os.fork()
        if child == 0:
            asker.close()
            return _become(*descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        _, status = os.waitpid(child, 0)
        asker.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(request: int, out: int, err: int) -> list[str]:
    with open(request, "rb") as file:
        file.seek(0)
        asked = json.loads(file.read().decode("utf-8", "surrogateescape"))
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, descriptor in enumerate((nothing, out, err)):
        os.dup2(descriptor, number)
        os.close(descriptor)
    encoding = os.environ.get("PYTHONIOENCODING") or "utf-8"
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), encoding=encoding)  # type: ignore[type-var]
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(io.FileIO(1, "w", closefd=False)), encoding=encoding)
    sys.stderr = io.TextIOWrapper(
        io.BufferedWriter(io.FileIO(2, "w", closefd=False)), encoding=encoding, errors="backslashreplace"
    )
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    os.chdir(asked["folder"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments: list[str] = asked["arguments"]
    sys.argv = ["esviewer", *arguments]
    return arguments


def _command() -> NoReturn:
    """Run the command, and end as Python does, but for the taking apart of all modules, which takes a while."""
    from esviewer.__main__ import main

    code = 0
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _main() -> None:
    with contextlib.closing(socket.socket(fileno=int(sys.argv[1]))) as asker:
        _load()
        gc.freeze()
        arguments = _serve(asker)
    if arguments is not None:
        _command()


if __name__ == "__main__":
    _main()
