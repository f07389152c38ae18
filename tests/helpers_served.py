"""The same small store on a PostgreSQL and on a MariaDB server, with a network between that tests can disturb."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import helpers_mariadb
import helpers_postgres
from helpers_proxy import Proxy, proxied

EVENTS = 2_000
OF_EACH = 40
_TABLE = (
    "CREATE TABLE events (id bigint PRIMARY KEY, aggregate_id varchar(100) NOT NULL, event_type varchar(100) NOT NULL, "
    "event_data text NOT NULL, version integer NOT NULL, timestamp varchar(40), UNIQUE (aggregate_id, version))"
)


@dataclass
class Served:
    """A store of EVENTS events; `order-00` has OF_EACH of them, versions from 1."""

    server: helpers_postgres.PostgresServer | helpers_mariadb.MariaServer
    database: helpers_postgres.Database | helpers_mariadb.Database
    network: Proxy

    @property
    def url(self) -> str:
        """By the network."""
        return self.database.url_at(self.network.port)


def _data(number: int) -> str:
    return f'{{"n": {number}, "text": "{"x" * 400}"}}'


@contextmanager
def served(server: helpers_postgres.PostgresServer | helpers_mariadb.MariaServer) -> Iterator[Served]:
    """A store of its own on a server, for the block."""
    database = server.create_database("served")
    database.execute(_TABLE)
    apart = EVENTS // OF_EACH
    with closing(database.connect()) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO events VALUES (%s, %s, %s, %s, %s, %s)",
            [
                (
                    at + 1, f"order-{at % apart:02}", ("Placed", "Paid")[at % 2], _data(at),
                    at // apart + 1, f"2026-01-01T{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}Z",
                )
                for at in range(EVENTS)
            ],
        )  # fmt: skip
    try:
        with proxied(server.socket) as network:
            yield Served(server, database, network)
    finally:
        server.start()
        server.drop_database(database)
