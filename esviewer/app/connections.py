"""Saved connections: a name for a store and how it is reached; kept as JSON without any password."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal, get_args
from urllib.parse import unquote

from esviewer.app.credentials import Ask, Keeping, Keyring, from_environment, password_of
from esviewer.app.files import check_form, write_whole
from esviewer.app.locking import alone
from esviewer.assets import config_dir
from esviewer.errors import StoreError, UsageError
from esviewer.stores.databases.options import ConnectionOptions, SshTunnel, Tls

Colour = Literal["", "red", "orange", "green", "blue", "purple", "grey"]
COLOURS: Final[tuple[Colour, ...]] = get_args(Colour)

_USER_PASSWORD = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^:/@]*):([^@]*(?:@[^@/?]*)*)(?=@)")
_QUERY_PASSWORD = re.compile(r"(?<=[?&])(?:password|passwd|pwd)=([^&]*)&?", re.IGNORECASE)
_QUERY_SECRET = re.compile(r"[?&](sslpassword|ssl_key_password)=", re.IGNORECASE)
_PATHS = ("ca_file", "client_cert", "client_key")


@dataclass(frozen=True, slots=True)
class SavedConnection:
    """A named store; `target` is a file or a URL, and neither it nor `options` holds a password.

    `keeping` and `ssh_keeping` say where the database's and the tunnel's passwords come from.
    """

    name: str
    target: str
    group: str = ""
    colour: Colour = ""
    layout: str | None = None
    keeping: Keeping = "none"
    ssh_keeping: Keeping = "none"
    options: ConnectionOptions = field(default_factory=ConnectionOptions)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What to open: a saved connection's target, options and layout, or what was asked for as it is."""

    target: str
    options: ConnectionOptions | None
    layout: str | None
    connection: SavedConnection | None = None


def split_password(target: str) -> tuple[str, str | None]:
    """A target without the password typed in it, and that password; raises UsageError for one that can't be split."""
    if "://" not in target:
        return target, None
    if _QUERY_SECRET.search(target):
        raise UsageError(
            "The URL holds the password of a client key, which is never saved.", "Name a key file without a password."
        )
    password = None
    match = _USER_PASSWORD.match(target)
    if match is not None:
        password = unquote(match[2])
        target = match[1] + target[match.end() :]
    asked = _QUERY_PASSWORD.search(target)
    if asked is not None:
        password = unquote(asked[1])
        target = _QUERY_PASSWORD.sub("", target).rstrip("?&")
    return target, password


@dataclass(frozen=True, slots=True)
class Removed:
    """A connection that was forgotten, with its passwords for as long as that can be undone."""

    connection: SavedConnection
    password: str | None = field(default=None, repr=False)
    ssh_password: str | None = field(default=None, repr=False)


class Connections:
    """The file of saved connections; it is read anew for each change, so that two windows don't undo each other.

    What can't be read is copied beside the file before anything is written, and `problem` says so.
    """

    def __init__(self, file: Path | None = None, keyring: Keyring | None = None) -> None:
        self.file = file or config_dir() / "connections.json"
        self.problem = ""
        self._keyring = keyring

    @property
    def keyring(self) -> Keyring:
        """The system's keyring, looked for when it is first needed: that may take a moment."""
        if self._keyring is None:
            self._keyring = Keyring()
        return self._keyring

    def all(self) -> list[SavedConnection]:
        """All connections by group and name; raises StoreError when the file is there but can't be read at all."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreError(
                f"The saved connections can't be read: {error.strerror}.", f"Look at {self.file}."
            ) from None
        found: list[SavedConnection] = []
        damaged = False
        try:
            loaded = json.loads(content)
            check_form(self.file, loaded)
            entries = loaded["connections"]
        except (ValueError, KeyError, TypeError, RecursionError):
            entries, damaged = [], True
        for entry in entries if isinstance(entries, list) else []:
            try:
                found.append(_from_json(entry))
            except (KeyError, TypeError, ValueError, UsageError):
                damaged = True
        damaged = damaged or not isinstance(entries, list)
        if damaged:
            self._keep_aside(content)
        names: dict[str, SavedConnection] = {}
        for each in found:
            names.setdefault(each.name.casefold(), each)
        return sorted(names.values(), key=lambda each: (each.group.casefold(), each.name.casefold()))

    def _keep_aside(self, content: bytes) -> None:
        number = 1
        while True:
            copy = self.file.with_name(f"{self.file.name}.damaged-{number}")
            if not copy.exists():
                break
            if copy.read_bytes() == content:
                break
            number += 1
        if not copy.exists():
            try:
                write_whole(copy, content, private=True)
            except OSError as error:
                raise StoreError(
                    f"The file of saved connections is damaged, and no copy of it could be kept: {error.strerror}.",
                    f"Look at {self.file}.",
                ) from None
        self.problem = f"The file of saved connections is damaged; what could not be read is kept in {copy}."

    def get(self, name: str) -> SavedConnection | None:
        """A connection by name; capitals don't count."""
        return next((each for each in self.all() if each.name.casefold() == name.casefold()), None)

    @alone
    def add(self, connection: SavedConnection, *, replacing: str | None = None) -> SavedConnection:
        """Save a new connection, or one in place of another; raises UsageError for a name that is bad or taken.

        A password in the target or the options is left out; `keep_passwords` is what keeps one.
        """
        plain = _plain(connection)
        others = [each for each in self.all() if replacing is None or each.name.casefold() != replacing.casefold()]
        if any(each.name.casefold() == plain.name.casefold() for each in others):
            raise UsageError(f"There is a connection named {plain.name} already.", "Choose another name.")
        self._save([*others, plain])
        if replacing is not None and replacing != plain.name:
            self.keyring.rename(replacing, plain.name)
        return plain

    def keep_passwords(self, connection: SavedConnection, password: str | None, ssh_password: str | None) -> bool:
        """Put what was typed into the keyring, where the connection asks for that; False when one was not kept."""
        kept = True
        if password and connection.keeping == "keyring":
            kept = self.keyring.put(connection.name, password) and kept
        if ssh_password and connection.ssh_keeping == "keyring":
            kept = self.keyring.put(connection.name, ssh_password, "ssh") and kept
        return kept

    def rename(self, old: str, new: str) -> SavedConnection:
        """Give a connection another name; raises UsageError."""
        found = self.get(old)
        if found is None:
            raise UsageError(f"There is no saved connection named {old}.")
        return self.add(replace(found, name=new), replacing=found.name)

    @alone
    def remove(self, name: str) -> Removed | None:
        """Forget a connection and its passwords; what `put_back` undoes that with, None where there was none."""
        found = self.get(name)
        if found is None:
            return None
        removed = Removed(
            found,
            self.keyring.get(found.name) if found.keeping == "keyring" else None,
            self.keyring.get(found.name, "ssh") if found.ssh_keeping == "keyring" else None,
        )
        self._save([each for each in self.all() if each.name != found.name])
        self.keyring.forget(found.name)
        return removed

    def put_back(self, removed: Removed) -> None:
        """Undo that a connection was forgotten; raises UsageError where another has its name since."""
        self.add(removed.connection)
        self.keep_passwords(removed.connection, removed.password, removed.ssh_password)

    def _save(self, connections: list[SavedConnection]) -> None:
        value = {"version": 1, "connections": [_to_json(each) for each in connections]}
        try:
            write_whole(self.file, json.dumps(value, ensure_ascii=False, indent=1).encode(), private=True)
        except OSError as error:
            raise StoreError(
                f"The saved connections can't be written: {error.strerror}.", f"Look at {self.file.parent}."
            ) from None


def resolve(
    target: str,
    *,
    layout: str | None = None,
    options: ConnectionOptions | None = None,
    connections: Connections | None = None,
    ask: Ask | None = None,
) -> Resolved:
    """What a file, a URL or a saved connection's name stands for, passwords included.

    What exists as a file or has `://` is no name. `layout` and `options` that were given win over the saved ones.
    Raises PasswordNeededError when a password is to be asked for and `ask` is None.
    """
    if "://" in target:
        password = None if options is not None else from_environment("database", target)
        if password is not None and split_or_none(target) is None:
            options = ConnectionOptions(password=password)
        return Resolved(target, options, layout)
    if Path(target).expanduser().exists():
        return Resolved(target, options, layout)
    connections = connections or Connections()
    found = connections.get(target)
    if found is None:
        return Resolved(target, options, layout)
    return Resolved(
        found.target,
        options if options is not None else with_passwords(found, connections.keyring, ask),
        layout or found.layout,
        found,
    )


def split_or_none(target: str) -> str | None:
    """The password that a target holds, None when there is none."""
    try:
        return split_password(target)[1]
    except UsageError:
        return None


def with_passwords(connection: SavedConnection, keyring: Keyring, ask: Ask | None) -> ConnectionOptions:
    """A saved connection's options with its passwords; raises PasswordNeededError."""
    options = connection.options
    if "://" in connection.target:
        password = password_of(
            connection.name, connection.target, connection.keeping, "database", keyring, ask
        )
        options = replace(options, password=password)
    if options.tunnel is not None:
        secret = password_of(connection.name, connection.target, connection.ssh_keeping, "ssh", keyring, ask)
        options = replace(options, tunnel=replace(options.tunnel, password=secret))
    return options


def _plain(connection: SavedConnection) -> SavedConnection:
    name = connection.name.strip()
    if not name or "://" in name or "/" in name or "\\" in name or not name.isprintable():
        raise UsageError(
            "A connection's name is one line without slashes.", "A name with slashes would look like a file."
        )
    target = split_password(connection.target.strip())[0]
    if not target:
        raise UsageError(f"The connection {name} has no file or URL.", "Name a file or a URL.")
    if "://" not in target:
        target = str(Path(target).expanduser().absolute())
    tunnel = connection.options.tunnel
    options = replace(
        connection.options, password=None, tunnel=None if tunnel is None else replace(tunnel, password=None)
    )
    return replace(connection, name=name, target=target, options=options)


def _to_json(connection: SavedConnection) -> dict[str, Any]:
    options = connection.options
    value: dict[str, Any] = {
        "name": connection.name,
        "target": connection.target,
        "group": connection.group,
        "colour": connection.colour,
        "layout": connection.layout,
        "password": connection.keeping,
        "ssh_password": connection.ssh_keeping,
        "tls": options.tls,
        **{key: _text(getattr(options, key)) for key in _PATHS},
        "schema": options.schema,
        "statement_seconds": options.statement_seconds,
        "tenant": options.tenant,
    }
    if options.tunnel is not None:
        tunnel = options.tunnel
        value["tunnel"] = {
            "host": tunnel.host,
            "port": tunnel.port,
            "user": tunnel.user,
            "key_file": _text(tunnel.key_file),
            "known_hosts": _text(tunnel.known_hosts),
        }
    return value


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _from_json(entry: Any) -> SavedConnection:
    if not isinstance(entry, dict):
        raise TypeError("not a connection")
    tunnel = None
    if entry.get("tunnel") is not None:
        via = entry["tunnel"]
        tunnel = SshTunnel(
            _word(via, "host") or "",
            _number(via, "port") or 22,
            _word(via, "user"),
            _path(via, "key_file"),
            known_hosts=_path(via, "known_hosts"),
        )
    options = ConnectionOptions(
        tls=_one_of(entry, "tls", get_args(Tls)),
        ca_file=_path(entry, "ca_file"),
        client_cert=_path(entry, "client_cert"),
        client_key=_path(entry, "client_key"),
        schema=_word(entry, "schema"),
        statement_seconds=_number(entry, "statement_seconds"),
        tenant=_word(entry, "tenant"),
        tunnel=tunnel,
    )
    return _plain(
        SavedConnection(
            _word(entry, "name") or "",
            _word(entry, "target") or "",
            _word(entry, "group") or "",
            _one_of(entry, "colour", COLOURS),
            _word(entry, "layout"),
            _one_of(entry, "password", get_args(Keeping)),
            _one_of(entry, "ssh_password", get_args(Keeping)),
            options,
        )
    )


def _word(entry: Mapping[str, Any], key: str) -> str | None:
    value = entry.get(key)
    if value is not None and not isinstance(value, str):
        raise TypeError(key)
    return value or None


def _number(entry: Mapping[str, Any], key: str) -> int | None:
    value = entry.get(key)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
        raise TypeError(key)
    return value


def _path(entry: Mapping[str, Any], key: str) -> Path | None:
    value = _word(entry, key)
    return None if value is None else Path(value)


def _one_of(entry: Mapping[str, Any], key: str, choices: tuple[Any, ...]) -> Any:
    value = entry.get(key, choices[0])
    if value not in choices:
        raise ValueError(key)
    return value
