"""A PostgreSQL server that goes away and comes back while its store is open; passwords that never show."""

from __future__ import annotations

from contextlib import closing

import pytest
from helpers_postgres import Database, PostgresServer
from helpers_reference import Shape, write_postgres

from esviewer.errors import StoreError
from esviewer.stores.opening import open_store

SECRET = "tr0ub4dor&3"
QUOTED = "tr0ub4dor%263"


@pytest.fixture(scope="module")
def database(postgres: Database) -> Database:
    write_postgres(postgres, Shape(types=True, extras=True))
    return postgres


def with_password(database: Database) -> str:
    """The URL with a password in it; the server trusts whoever can reach its socket and ignores it."""
    return database.url.replace("postgres@", f"postgres:{QUOTED}@")


def shown(error: StoreError) -> str:
    """All that anybody could print of an error."""
    chain: BaseException | None = error
    text = ""
    while chain is not None:
        text += f"{chain!r} {chain} "
        chain = chain.__cause__
    return text + error.message + error.hint


def test_stopped_while_open_and_back_again(database: Database, postgres_server: PostgresServer) -> None:
    with closing(open_store(with_password(database))) as store:
        first = store.aggregate_ids(limit=3)
        reading = store.events()
        next(reading)
        with postgres_server.stopped():
            for ask in (
                lambda: store.aggregate_ids(limit=3),
                store.info,
                lambda: list(store.batches(first[0].aggregate_id)),
                lambda: store.summary(first[0].aggregate_id),
            ):
                with pytest.raises(StoreError) as raised:
                    ask()
                assert raised.value.exit_code == 3
                assert raised.value.hint, "says what to do"
                assert "\n" not in str(raised.value)
                assert SECRET not in shown(raised.value)
                assert QUOTED not in shown(raised.value)
        assert store.aggregate_ids(limit=3) == first
        assert store.info().as_json()["events"] > 10


def test_not_running_when_opened(database: Database, postgres_server: PostgresServer) -> None:
    with postgres_server.stopped(), pytest.raises(StoreError) as raised:
        open_store(with_password(database))
    assert raised.value.exit_code == 3
    assert raised.value.hint
    assert SECRET not in shown(raised.value)
    assert QUOTED not in shown(raised.value)


def test_no_such_database(postgres_server: PostgresServer) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        open_store(postgres_server.database("nowhere").url)


def test_names_and_labels_hold_no_password(database: Database) -> None:
    with closing(open_store(with_password(database))) as store:
        for text in (store.name, store.label, repr(store), str(store.info().as_json()), str(store.warnings)):
            assert SECRET not in text
            assert QUOTED not in text
        assert database.name in store.label
        assert store.label.startswith("postgresql")


def test_reading_needs_no_more_than_the_right_to_read(database: Database, postgres_server: PostgresServer) -> None:
    database.execute(
        "DROP ROLE IF EXISTS reader",
        "CREATE ROLE reader LOGIN",
        "GRANT USAGE ON SCHEMA public TO reader",
        "GRANT SELECT ON events TO reader",
    )
    with closing(open_store(database.url.replace("postgres@", "reader@"))) as store:
        assert list(store.events())
    database.execute("REVOKE SELECT ON events FROM reader")
    with (
        pytest.raises(StoreError) as raised,
        closing(open_store(database.url.replace("postgres@", "reader@"))) as store,
    ):
        list(store.events())
    assert raised.value.hint
    database.execute("DROP OWNED BY reader", "DROP ROLE reader")
