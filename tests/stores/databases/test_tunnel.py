"""Tunnels through a real SSH server, in this process, to a real PostgreSQL."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from helpers_postgres import Database

from esviewer.errors import StoreError
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.options import ConnectionOptions, SshTunnel
from esviewer.stores.databases.tunnel import open_tunnel
from esviewer.stores.opening import open_store

PASSWORD = "open-sesame"


class _Server(asyncssh.SSHServer):
    def __init__(self, to: Path) -> None:
        self._to = to

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return username == "eve" and password == PASSWORD

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> Any:
        # What a client asks for by host and port ends at the test database's socket.
        async def forward(reader: Any, writer: Any) -> None:
            there = await asyncio.open_unix_connection(str(self._to))

            async def copy(source: Any, sink: Any) -> None:
                while block := await source.read(65536):
                    sink.write(block)
                    await sink.drain()
                sink.close()

            await asyncio.gather(copy(reader, there[1]), copy(there[0], writer), return_exceptions=True)

        return forward if (dest_host, dest_port) == ("db.internal", 5432) else False


class SshServer:
    """A running SSH server with a key of its own."""

    def __init__(self, folder: Path, to: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ssh-server", daemon=True)
        self._thread.start()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        user = asyncssh.generate_private_key("ssh-ed25519")
        self.user_key = folder / "id"
        user.write_private_key(self.user_key, "pkcs8-pem", passphrase=PASSWORD)
        allowed = folder / "authorized"
        allowed.write_bytes(user.export_public_key())
        self._listener = self._run(
            asyncssh.listen(
                "127.0.0.1",
                0,
                server_factory=lambda: _Server(to),
                server_host_keys=[self.key],
                authorized_client_keys=str(allowed),
            )
        )
        self.port: int = self._listener.get_port()
        self.known_hosts = folder / "known_hosts"
        self.trust(self.key)

    def trust(self, key: asyncssh.SSHKey | None) -> None:
        """Write the known hosts' file with this key for the server, or with none."""
        public = b"" if key is None else b"[127.0.0.1]:%d " % self.port + key.export_public_key()
        self.known_hosts.write_bytes(public)

    @property
    def tunnel(self) -> SshTunnel:
        return SshTunnel("127.0.0.1", self.port, "eve", password=PASSWORD, known_hosts=self.known_hosts)

    def _run(self, awaited: Any) -> Any:
        async def run() -> Any:
            return await awaited

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(20)

    def stop(self) -> None:
        self._listener.close()
        self._run(self._listener.wait_closed())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


@pytest.fixture
def ssh(tmp_path: Path, postgres: Database) -> Iterator[SshServer]:
    server = SshServer(tmp_path, postgres.server.folder / ".s.PGSQL.5432")
    yield server
    server.stop()


def options(tunnel: SshTunnel) -> ConnectionOptions:
    return ConnectionOptions(tunnel=tunnel)


def url(postgres: Database) -> str:
    return f"postgresql://postgres@db.internal/{postgres.name}"


def tunnels() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "esviewer-tunnel"]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    assert tunnels() == []


def by_password(server: SshServer) -> SshTunnel:
    return server.tunnel


def by_key(server: SshServer) -> SshTunnel:
    return replace(server.tunnel, key_file=server.user_key)


@pytest.mark.parametrize("how", [by_password, by_key])
def test_a_store_opens_through_a_tunnel(
    how: Callable[[SshServer], SshTunnel], ssh: SshServer, postgres: Database
) -> None:
    postgres.execute(
        "DROP TABLE IF EXISTS events",
        "CREATE TABLE events (aggregate_id text, event_type text, event_data text, version int, timestamp text)",
        "INSERT INTO events VALUES ('a', 'Made', '{\"n\": 1}', 1, '2026-01-01T00:00:00Z')",
    )

    store = open_store(url(postgres), options=options(how(ssh)))
    try:
        assert [event.data for event in store.events("a")] == [{"n": 1}]
        assert len(tunnels()) == 1
    finally:
        store.close()


def test_closing_ends_the_tunnel_and_its_port(ssh: SshServer) -> None:
    tunnel = open_tunnel(ssh.tunnel, "db.internal", 5432)
    socket.create_connection(("127.0.0.1", tunnel.local_port), 5).close()
    tunnel.close()
    tunnel.close()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", tunnel.local_port), 5)


def test_an_unknown_host_key_is_refused(ssh: SshServer, postgres: Database) -> None:
    ssh.trust(None)

    with pytest.raises(StoreError, match="doesn't have"):
        connect(url(postgres), options(ssh.tunnel))


def test_a_changed_host_key_is_refused(ssh: SshServer, postgres: Database) -> None:
    ssh.trust(asyncssh.generate_private_key("ssh-ed25519"))

    with pytest.raises(StoreError, match="doesn't have"):
        connect(url(postgres), options(ssh.tunnel))


def test_a_wrong_password_is_refused_and_not_shown(ssh: SshServer) -> None:
    with pytest.raises(StoreError, match="refused the user eve") as error:
        open_tunnel(replace(ssh.tunnel, password="wrong-one"), "db.internal", 5432)

    assert "wrong-one" not in str(error.value)


def test_a_key_with_another_password_is_said(ssh: SshServer) -> None:
    with pytest.raises(StoreError, match="key file"):
        open_tunnel(replace(by_key(ssh), password="wrong-one"), "db.internal", 5432)


def test_a_key_file_that_is_not_there_is_said(ssh: SshServer, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        open_tunnel(replace(ssh.tunnel, key_file=tmp_path / "nowhere"), "db.internal", 5432)


def test_nothing_listening_is_said(ssh: SshServer) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(StoreError, match="Nothing listens"):
            open_tunnel(replace(ssh.tunnel, port=taken.getsockname()[1]), "db.internal", 5432)


def test_an_unknown_host_is_said(ssh: SshServer) -> None:
    with pytest.raises(StoreError, match="can't be reached"):
        open_tunnel(replace(ssh.tunnel, host="no-such-host.invalid"), "db.internal", 5432)


def test_a_server_that_speaks_no_ssh_is_said(ssh: SshServer) -> None:
    def answer(listening: socket.socket) -> None:
        client, _ = listening.accept()
        client.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        client.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer, args=(listening,))
        thread.start()
        with pytest.raises(StoreError, match="can't be"):
            open_tunnel(replace(ssh.tunnel, port=listening.getsockname()[1]), "db.internal", 5432)
        thread.join()
