"""A local port that leads through an SSH server to a database, by asyncssh in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from esviewer.errors import StoreError
from esviewer.stores.databases.options import SshTunnel

CONNECT_SECONDS: Final = 15
KEEPALIVE_SECONDS: Final = 30
"""After this long without traffic the server is asked for a sign of life."""


class OpenTunnel:
    """A running tunnel; `local_port` listens on 127.0.0.1 only."""

    def __init__(self, loop: asyncio.AbstractEventLoop, thread: threading.Thread, connection: Any, port: int) -> None:
        self._loop = loop
        self._thread = thread
        self._connection = connection
        self.local_port = port

    def close(self) -> None:
        """End it and its thread; doing it twice is fine."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        _ended(self._loop, self._thread, connection)


def open_tunnel(tunnel: SshTunnel, host: str, port: int) -> OpenTunnel:
    """Forward a free local port to `host`:`port` as seen from the SSH server; raises StoreError.

    The server's key must be in the known hosts' file (the user's own without another), the user proves themselves
    by the key file, the SSH agent, the user's own keys or the password.
    """
    import asyncssh

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="esviewer-tunnel", daemon=True)
    thread.start()
    future: Future[tuple[Any, int]] = asyncio.run_coroutine_threadsafe(_connected(tunnel, host, port), loop)
    try:
        connection, local_port = future.result(CONNECT_SECONDS + 5)
    except (asyncssh.Error, asyncssh.KeyImportError, OSError, ValueError) as error:
        future.cancel()
        _ended(loop, thread, None)
        raise _in_words(error, tunnel) from None
    except BaseException:
        future.cancel()
        _ended(loop, thread, None)
        raise
    return OpenTunnel(loop, thread, connection, local_port)


async def _connected(tunnel: SshTunnel, host: str, port: int) -> tuple[Any, int]:
    import asyncssh

    given: dict[str, Any] = {}
    if tunnel.user:
        given["username"] = tunnel.user
    if tunnel.known_hosts is not None:
        given["known_hosts"] = str(tunnel.known_hosts)
    elif not (Path.home() / ".ssh" / "known_hosts").exists():
        # asyncssh would trust nobody by an unclear message; an empty list trusts nobody by a clear one.
        given["known_hosts"] = b""
    if tunnel.key_file is not None:
        given["client_keys"] = [str(tunnel.key_file)]
        if tunnel.password:
            given["passphrase"] = tunnel.password
    elif tunnel.password:
        given["password"] = tunnel.password
    connection = await asyncssh.connect(
        tunnel.host,
        tunnel.port,
        config=None,
        connect_timeout=CONNECT_SECONDS,
        login_timeout=CONNECT_SECONDS,
        keepalive_interval=KEEPALIVE_SECONDS,
        **given,
    )
    try:
        if host.startswith("/"):
            listener = await connection.forward_local_port_to_path("127.0.0.1", 0, host)
        else:
            listener = await connection.forward_local_port("127.0.0.1", 0, host, port)
    except BaseException:
        connection.abort()
        raise
    return connection, listener.get_port()


def _ended(loop: asyncio.AbstractEventLoop, thread: threading.Thread, connection: Any) -> None:
    async def finish() -> None:
        if connection is not None:
            connection.close()
            try:
                await asyncio.wait_for(connection.wait_closed(), 3)
            except TimeoutError:
                connection.abort()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(finish(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


def _in_words(error: BaseException, tunnel: SshTunnel) -> StoreError:
    import asyncssh

    place = f"{tunnel.host}:{tunnel.port}"
    file = tunnel.known_hosts or "~/.ssh/known_hosts"
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return StoreError(
            f"The SSH server {place} shows a key that {file} doesn't have for it.",
            "If the server is new, connect with ssh once and check its key; if its key has changed, ask why.",
        )
    if isinstance(error, asyncssh.KeyImportError):
        return StoreError(
            f"The key file {tunnel.key_file} can't be used.", "Is it a private key, and is its password right?"
        )
    if isinstance(error, asyncssh.PermissionDenied):
        user = f" {tunnel.user}" if tunnel.user else ""
        return StoreError(
            f"The SSH server {place} refused the user{user}.", "Check the user, the key file and the password."
        )
    if isinstance(error, (asyncssh.Error, ValueError)):
        return StoreError(
            f"The SSH server {place} can't be talked to ({type(error).__name__}).", "Is it an SSH server?"
        )
    if isinstance(error, TimeoutError):
        return StoreError(f"The SSH server {place} did not answer.", "Check the host, the port and the network.")
    assert isinstance(error, OSError)
    if error.filename is not None:
        return StoreError(f"{error.filename} can't be read: {error.strerror}.", "Check the file's name.")
    if isinstance(error, ConnectionRefusedError):
        return StoreError(f"Nothing listens on the SSH port {place}.", "Check the host and the port.")
    return StoreError(f"The SSH server {place} can't be reached.", "Check the host, the port and the network.")
