"""Saved connections: kept without passwords, found by name, and not lost when their file is damaged."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError

from esviewer.app.connections import Connections, SavedConnection, resolve, split_password
from esviewer.app.credentials import Keyring, PasswordNeededError
from esviewer.errors import StoreError, UsageError
from esviewer.stores.databases.options import ConnectionOptions, SshTunnel

SECRET = "s3cret-pass"
URL = "postgresql://ann@db.example/shop"


class MemoryBackend:
    """A keyring as back ends are: it raises when there is nothing to delete, and when it is locked."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, user: str) -> str | None:
        if self.locked:
            raise KeyringLocked(f"locked, asked for {user}")
        return self.kept.get((service, user))

    def set_password(self, service: str, user: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked(f"locked, not kept: {password}")
        self.kept[service, user] = password

    def delete_password(self, service: str, user: str) -> None:
        if (service, user) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, user]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("ESVIEWER_PASSWORD", "ESVIEWER_SSH_PASSWORD", "MYSQL_PWD", "PGPASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> MemoryBackend:
    made = MemoryBackend()
    monkeypatch.setattr("keyring.get_keyring", lambda: made)
    return made


@pytest.fixture
def connections(tmp_path: Path, backend: MemoryBackend) -> Connections:
    return Connections(tmp_path / "connections.json")


def everything() -> SavedConnection:
    return SavedConnection(
        "Shop, live",
        URL,
        "production",
        "red",
        "reference",
        "keyring",
        "ask",
        ConnectionOptions(
            tls="verify-full",
            ca_file=Path("/ca.pem"),
            client_cert=Path("/c.pem"),
            client_key=Path("/k.pem"),
            schema="a, b",
            statement_seconds=7,
            tenant="t1",
            tunnel=SshTunnel("jump", 2222, "eve", Path("/id"), known_hosts=Path("/known")),
        ),
    )


def test_every_field_is_there_after_a_restart(connections: Connections) -> None:
    connections.add(everything())

    assert Connections(connections.file).all() == [everything()]


def test_names_are_unique_whatever_their_capitals(connections: Connections) -> None:
    connections.add(SavedConnection("Live", URL))

    with pytest.raises(UsageError, match="already"):
        connections.add(SavedConnection("LIVE ", URL))


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\\b", "sqlite://x", "a\nb"])
def test_a_name_that_looks_like_a_file_is_refused(connections: Connections, name: str) -> None:
    with pytest.raises(UsageError):
        connections.add(SavedConnection(name, URL))


def test_changing_renaming_and_removing(connections: Connections, backend: MemoryBackend) -> None:
    saved = connections.add(SavedConnection("one", URL, keeping="keyring"))
    connections.keep_passwords(saved, SECRET, None)
    connections.add(replace(saved, colour="blue"), replacing="one")
    connections.rename("one", "two")

    assert [(each.name, each.colour) for each in connections.all()] == [("two", "blue")]
    assert backend.kept == {("esviewer", "two"): SECRET}

    connections.remove("two")

    assert connections.all() == []
    assert backend.kept == {}


@pytest.mark.parametrize(
    ("typed", "plain", "password"),
    [
        ("postgresql://u:p%40w@h/d", "postgresql://u@h/d", "p@w"),
        ("postgresql://u:p@w@h/d", "postgresql://u@h/d", "p@w"),
        ("postgresql://u:a/b@h/d", "postgresql://u@h/d", "a/b"),
        ("postgresql://:pw@h/d", "postgresql://@h/d", "pw"),
        ("postgresql://u@h/d?password=pw&x=1", "postgresql://u@h/d?x=1", "pw"),
        ("postgresql://u@h/d?x=1&password=pw", "postgresql://u@h/d?x=1", "pw"),
        ("postgresql://u@h:5432/d", "postgresql://u@h:5432/d", None),
        ("postgresql://h:5432/d", "postgresql://h:5432/d", None),
        ("/files/u:p@x.db", "/files/u:p@x.db", None),
    ],
)
def test_a_typed_password_is_taken_out_of_the_url(typed: str, plain: str, password: str | None) -> None:
    assert split_password(typed) == (plain, password)


def test_no_password_is_in_the_file_or_in_a_repr(connections: Connections, backend: MemoryBackend) -> None:
    options = ConnectionOptions(password=SECRET, tunnel=SshTunnel("jump", password=SECRET))
    typed = SavedConnection(
        "live", f"postgresql://ann:{SECRET}@h/d", keeping="keyring", ssh_keeping="keyring", options=options
    )
    saved = connections.add(typed)

    assert connections.keep_passwords(saved, SECRET, SECRET)
    assert SECRET not in connections.file.read_text()
    found = resolve("live", connections=connections)
    assert SECRET not in repr(found)
    assert found.options is not None
    assert found.options.password == SECRET
    assert found.options.tunnel is not None
    assert found.options.tunnel.password == SECRET


def test_the_password_of_a_client_key_is_refused(connections: Connections) -> None:
    with pytest.raises(UsageError, match="client key") as error:
        connections.add(SavedConnection("live", f"{URL}?sslpassword={SECRET}"))

    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    "damaged", ["{", "[1]", '{"connections": 7}', '{"connections": [{"name": 7}, 8, {"name": "x"}]}', "\x00"]
)
def test_a_damaged_file_is_said_and_kept_aside(connections: Connections, damaged: str) -> None:
    connections.file.write_text(damaged)

    assert connections.all() == []
    assert "damaged" in connections.problem
    connections.add(SavedConnection("new", URL))
    copies = list(connections.file.parent.glob("*.damaged-*"))
    assert [copy.read_text() for copy in copies] == [damaged]
    assert [each.name for each in Connections(connections.file).all()] == ["new"]


def test_what_is_readable_in_a_damaged_file_is_shown(connections: Connections) -> None:
    connections.add(SavedConnection("good", URL))
    value = json.loads(connections.file.read_text())
    value["connections"].append({"name": "bad", "target": URL, "colour": "loud"})
    connections.file.write_text(json.dumps(value))

    assert [each.name for each in connections.all()] == ["good"]
    assert "damaged" in connections.problem


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path, backend: MemoryBackend) -> None:
    (tmp_path / "way").write_text("in the way")

    with pytest.raises(StoreError, match="can't be"):
        Connections(tmp_path / "way" / "c.json").add(SavedConnection("a", URL))


def test_a_file_of_the_same_name_wins(
    connections: Connections, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    connections.add(SavedConnection("live", URL, layout="reference"))

    assert resolve("live", connections=connections).target == URL
    assert resolve("LIVE", connections=connections).layout == "reference"
    assert resolve("live", layout="other", connections=connections).layout == "other"
    (tmp_path / "live").write_text("")
    assert resolve("live", connections=connections).target == "live"
    assert resolve("unknown", connections=connections).target == "unknown"


def test_a_password_is_asked_for_each_time(connections: Connections, backend: MemoryBackend) -> None:
    connections.add(SavedConnection("live", URL, keeping="ask"))
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return SECRET

    for _ in range(2):
        options = resolve("live", connections=connections, ask=ask).options
        assert options is not None
        assert options.password == SECRET
    assert asked == ["Password of live"] * 2
    assert backend.kept == {}


def test_with_nobody_to_ask_the_variable_is_named(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    connections.add(SavedConnection("live", URL, keeping="keyring"))

    with pytest.raises(PasswordNeededError, match="ESVIEWER_PASSWORD"):
        resolve("live", connections=connections)

    monkeypatch.setenv("ESVIEWER_PASSWORD", SECRET)
    options = resolve("live", connections=connections).options
    assert options is not None
    assert options.password == SECRET


def test_the_variable_also_serves_a_url_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESVIEWER_PASSWORD", SECRET)

    options = resolve(URL).options
    assert options is not None
    assert options.password == SECRET
    assert resolve("postgresql://u:typed@h/d").options is None


def test_a_locked_keyring_is_asked_around(connections: Connections, backend: MemoryBackend) -> None:
    saved = connections.add(SavedConnection("live", URL, keeping="keyring"))
    backend.locked = True

    assert not connections.keep_passwords(saved, SECRET, None)
    assert "KeyringLocked" in connections.keyring.reason
    assert SECRET not in connections.keyring.reason
    with pytest.raises(PasswordNeededError):
        resolve("live", connections=connections)


class PlaintextKeyring(MemoryBackend):
    """Named as the back end that writes a file anyone can read."""


PlaintextKeyring.__module__ = "keyrings.alt.file"


@pytest.mark.parametrize("made", [NoKeyring, PlaintextKeyring])
def test_no_keyring_is_better_than_clear_text(
    made: type, connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsafe = made()
    monkeypatch.setattr("keyring.get_keyring", lambda: unsafe)
    keyring = Keyring()

    assert not keyring.available
    assert not keyring.put("live", SECRET)
    assert keyring.reason
    assert getattr(unsafe, "kept", {}) == {}
