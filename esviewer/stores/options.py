"""How to reach a database server, beside its URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Tls = Literal["default", "off", "require", "verify-ca", "verify-full"]
"""`default` leaves it to the driver; `require` encrypts without checking who answers."""


@dataclass(frozen=True, slots=True)
class SshTunnel:
    """An SSH server that connections go through."""

    host: str
    port: int = 22
    user: str | None = None
    key_file: Path | None = None
    password: str | None = field(default=None, repr=False)
    known_hosts: Path | None = None
    """The file with trusted host keys; None: the user's own."""


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What a connection is made with; secrets are never printed."""

    password: str | None = field(default=None, repr=False)
    tls: Tls = "default"
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    schema: str | None = None
    """The schema to look for tables in; MySQL: the database."""
    statement_seconds: int | None = None
    """After this long the server gives up on one statement; None: the usual limit."""
    tenant: str | None = None
    """The only tenant to read."""
    tunnel: SshTunnel | None = None
