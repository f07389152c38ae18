"""A network between a program and a server that can be slow, silent, cut or reset, at any byte."""

from __future__ import annotations

import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CHUNK = 4096
_LOOK = 0.02


class Proxy:
    """Listens on a port of 127.0.0.1 and passes on what comes to a server's port or Unix socket, and back."""

    def __init__(self, server: tuple[str, int] | Path) -> None:
        self._server = server
        self.delay = 0.0
        """Seconds for which each piece that the server sends is held back."""
        self.rate: float | None = None
        """Bytes a second that the server's answers may have; None for as many as there are."""
        self.passed = 0
        """Bytes that came from the server until now."""
        self.connections = 0
        """Connections that were made until now."""
        self._flows = threading.Event()
        self._flows.set()
        self._at: tuple[int, Callable[[], None]] | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._lock = threading.Lock()
        self._refuses = self._closed = False
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True, name="proxy").start()

    # What the network does

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Within the block nothing passes, and nobody is told; what was sent meanwhile arrives after it."""
        self.hold()
        try:
            yield
        finally:
            self.flow()

    def hold(self) -> None:
        """Let nothing pass from now on."""
        self._flows.clear()

    def flow(self) -> None:
        """Let all pass again."""
        self._flows.set()

    def cut(self) -> None:
        """End all connections in good order, as a server that is stopped does."""
        self._end(_cut)

    def reset(self) -> None:
        """Have all connections reset, as a firewall does that has forgotten them."""
        self._end(_reset)

    def refuse(self, *, refuses: bool = True) -> None:
        """Whether new connections are ended at once."""
        self._refuses = refuses

    def after(self, size: int, action: Callable[[], None]) -> None:
        """Do something (`cut`, `reset`, `hold`) once the server has sent so many more bytes."""
        self._at = self.passed + size, action

    def close(self) -> None:
        """End all connections, and listen no longer."""
        self._closed = True
        self._flows.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    # How

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            try:
                if self._refuses:
                    raise ConnectionRefusedError
                server = self._connected()
            except OSError:
                client.close()
                continue
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._pairs.append((client, server))
            for source, target, slow in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pump, args=(source, target, slow), daemon=True, name="proxy").start()

    def _connected(self) -> socket.socket:
        if isinstance(self._server, tuple):
            return socket.create_connection(self._server, 5)
        made = socket.socket(socket.AF_UNIX)
        made.connect(str(self._server))
        return made

    def _pump(self, source: socket.socket, target: socket.socket, slow: bool) -> None:
        # A socket that was closed meanwhile has no number.
        with suppress(OSError, ValueError):
            while piece := _received(source):
                self._flows.wait()
                if slow:
                    piece = self._answered(piece)
                    if self.delay:
                        time.sleep(self.delay)
                    if self.rate:
                        time.sleep(len(piece) / self.rate)
                target.sendall(piece)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _answered(self, piece: bytes) -> bytes:
        """The piece, once what is to happen at one of its bytes has happened."""
        self.passed += len(piece)
        if self._at is not None and self.passed >= self._at[0]:
            action = self._at[1]
            self._at = None
            action()
            self._flows.wait()
        return piece

    def _end(self, how: Callable[[socket.socket], None]) -> None:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        for client, server in pairs:
            how(client)
            with suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()


def _received(source: socket.socket) -> bytes:
    # One that waits in recv() would keep the socket open behind a close() elsewhere.
    while not select.select([source], [], [], _LOOK)[0]:
        pass
    return source.recv(_CHUNK)


def _cut(client: socket.socket) -> None:
    with suppress(OSError):
        client.shutdown(socket.SHUT_RDWR)
    client.close()


def _reset(client: socket.socket) -> None:
    # A linger of no seconds has the system send a reset in place of an orderly end.
    with suppress(OSError):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@contextmanager
def proxied(server: tuple[str, int] | Path) -> Iterator[Proxy]:
    """A proxy for the block."""
    made = Proxy(server)
    try:
        yield made
    finally:
        made.close()
