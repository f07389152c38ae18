"""How a connection is made, beside what its URL says: secrets, TLS, time limit, tunnel."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Tls = Literal["default", "off", "require", "verify-ca", "verify-full"]
"""`default` leaves it to the URL and the driver; the others are libpq's sslmode words, `off` its `disable`."""


@dataclass(frozen=True, slots=True)
class SshTunnel:
    """An SSH server that forwards to the database; the database's host is looked up from there.

    `known_hosts` None means the user's own file; `password` opens the key file too when one is named.
    """

    host: str
    port: int = 22
    user: str | None = None
    key_file: Path | None = None
    password: str | None = field(default=None, repr=False)
    known_hosts: Path | None = None


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """What a URL should not or can't say; everything left out is as the URL and the driver have it.

    `schema` is PostgreSQL's search_path (names with commas between them) or MySQL's database, `statement_seconds` the
    time after which the server gives up on one statement, `tenant` the tenant that a layout's tenant column is to have.
    """

    password: str | None = field(default=None, repr=False)
    tls: Tls = "default"
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    schema: str | None = None
    statement_seconds: int | None = None
    tenant: str | None = None
    tunnel: SshTunnel | None = None
