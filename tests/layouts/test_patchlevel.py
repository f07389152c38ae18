"""Patchlevel event-sourcing (PHP), every generation of its tables: stores made from the columns that its store classes
configure (2.3, 3.5 and newer), rows as they insert them. PHP's packages come from neither PyPI, npm nor Debian, so the
framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import Rows, aggregates, events, opened, short, time_of

HOTEL = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e01"
GUEST = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e02"

REST = (
    " playhead integer {playhead}, event varchar(255) NOT NULL, payload {json} NOT NULL, recorded_on {zoned} NOT NULL,"
    " new_stream_start {bool} NOT NULL, archived {bool} NOT NULL, custom_headers {json} NOT NULL"
)
TABLES = {
    "patchlevel-aggregate": (
        "CREATE TABLE eventstore (id {serial}, aggregate varchar(255) NOT NULL, aggregate_id {guid} NOT NULL,"
        + REST + ")",
        "CREATE UNIQUE INDEX eventstore_playhead ON eventstore (aggregate, aggregate_id, playhead)",
        # Version 2 keeps what is still to be sent in a table of nearly the same columns.
        "CREATE TABLE outbox (aggregate varchar(255) NOT NULL, aggregate_id {guid} NOT NULL," + REST + ")",
    ),
    "patchlevel-multi": (
        "CREATE TABLE eventstore_metadata (id {serial}, aggregate varchar(255) NOT NULL, aggregate_id varchar(255)"
        " NOT NULL, playhead integer NOT NULL, UNIQUE (aggregate, aggregate_id, playhead))",
        "CREATE TABLE hotel (id {bigint} NOT NULL PRIMARY KEY, aggregate_id varchar(255) NOT NULL," + REST + ","
        " UNIQUE (aggregate_id, playhead))",
        "CREATE TABLE guest (id {bigint} NOT NULL PRIMARY KEY, aggregate_id varchar(255) NOT NULL," + REST + ","
        " UNIQUE (aggregate_id, playhead))",
    ),
    "patchlevel-stream": (
        "CREATE TABLE event_store (id {serial}, stream varchar(255) NOT NULL," + REST + ")",
        "CREATE UNIQUE INDEX event_store_playhead ON event_store (stream, playhead)",
    ),
    "patchlevel-stream-named": (
        "CREATE TABLE event_store (id {serial}, stream varchar(255) NOT NULL, playhead integer NULL,"
        " event_id varchar(255) NOT NULL, event_name varchar(255) NOT NULL, event_payload {json} NOT NULL,"
        " recorded_on {zoned} NOT NULL, archived {bool} NOT NULL, tags {jsonb} NULL, custom_headers {json} NOT NULL)",
        "CREATE UNIQUE INDEX event_store_id ON event_store (event_id)",
        "CREATE UNIQUE INDEX event_store_playhead ON event_store (stream, playhead)",
    ),
}  # fmt: skip

# aggregate, id, playhead, event, payload, archived, headers
HISTORY: list[tuple[str, str, int, str, Any, bool, Any]] = [
    ("hotel", HOTEL, 1, "hotel.created", {"name": "山田", "rooms": 9007199254740993}, True, []),
    ("guest", GUEST, 1, "guest.registered", {"name": "Ada"}, False, {"user": {"id": "zoë"}}),
    ("hotel", HOTEL, 2, "hotel.guest_is_checked_in", {"guest": "Ada"}, True, []),
    ("hotel", HOTEL, 3, "hotel.season_began", {"rooms": 3}, False, []),
]


def rows_of(generation: str, kind: str) -> Rows:
    zone = "+00:00" if kind == "postgresql" else ""
    made: dict[str, list[dict[str, Any]]] = {}
    for number, (aggregate, ident, playhead, name, payload, archived, headers) in enumerate(HISTORY, 1):
        common = {
            "playhead": playhead,
            "recorded_on": f"2026-03-01 09:00:0{number}{zone}",
            "archived": archived,
            "custom_headers": json.dumps(headers),
        }
        older = {
            **common,
            "event": name,
            "payload": json.dumps(payload),
            "new_stream_start": name == "hotel.season_began",
        }
        if generation == "patchlevel-aggregate":
            made.setdefault("eventstore", []).append({"aggregate": aggregate, "aggregate_id": ident, **older})
        elif generation == "patchlevel-multi":
            index = {"id": number, "aggregate": aggregate, "aggregate_id": ident, "playhead": playhead}
            made.setdefault("eventstore_metadata", []).append(index)
            made.setdefault(aggregate, []).append({"id": number, "aggregate_id": ident, **older})
        elif generation == "patchlevel-stream":
            made.setdefault("event_store", []).append({"stream": f"{aggregate}-{ident}", **older})
        else:
            named = {"event_name": name, "event_payload": json.dumps(payload), "event_id": event_id(number)}
            tags = json.dumps([f"{aggregate}:{ident}"]) if number == 2 else None
            made.setdefault("event_store", []).append(
                {"stream": f"{aggregate}-{ident}", **common, **named, "tags": tags}
            )
    if generation.startswith("patchlevel-stream"):
        last = made["event_store"][-1]
        for number in (5, 6):
            own = {"event_id": event_id(number)} if "event_id" in last else {}
            made["event_store"].append({**last, "stream": "main", "playhead": None, **own})
    return made


def event_id(number: int) -> str:
    return f"0191a3c4-7d1e-7c3a-9b0d-00000000000{number}"


class Made:
    """One generation of tables in one kind of database."""

    def __init__(self, generation: str, kind: str, target: str) -> None:
        self.generation = generation
        self.kind = kind
        self.target = target
        stream = generation.startswith("patchlevel-stream")
        self.hotel = f"hotel-{HOTEL}" if stream else HOTEL
        self.guest = f"guest-{GUEST}" if stream else GUEST


def made_as(request: pytest.FixtureRequest, generation: str, kind: str, folder: Path) -> Made:
    playhead = "NULL" if generation.startswith("patchlevel-stream") else "NOT NULL"
    ddl = helpers_php.ddl(kind, TABLES[generation], playhead=playhead)
    return Made(generation, kind, helpers_php.make(request, kind, folder, ddl, rows_of(generation, kind)))


@pytest.fixture(scope="module", params=[f"{name} {kind}" for kind in helpers_php.KINDS for name in TABLES])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    generation, _, kind = request.param.partition(" ")
    return made_as(request, generation, kind, tmp_path_factory.mktemp("patchlevel"))


@pytest.fixture(scope="module", params=[f"{name} {kind}" for kind in helpers_php.KINDS for name in list(TABLES)[2:]])
def streams(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    generation, _, kind = request.param.partition(" ")
    return made_as(request, generation, kind, tmp_path_factory.mktemp("streams"))


def test_detected(made: Made) -> None:
    with opened(made.target) as store:
        assert store.fit.layout.name == made.generation
        assert "custom_headers" in store.fit.reasons[0]


def test_events(made: Made) -> None:
    with opened(made.target) as store:
        known = {(made.hotel, "hotel"), (made.guest, "guest")}
        assert known <= set(aggregates(store))
        assert [(each.position, *short(each)) for each in events(store)][:4] == [
            (1, made.hotel, 1, "hotel.created", {"name": "山田", "rooms": 9007199254740993}),
            (2, made.guest, 1, "guest.registered", {"name": "Ada"}),
            (3, made.hotel, 2, "hotel.guest_is_checked_in", {"guest": "Ada"}),
            (4, made.hotel, 3, "hotel.season_began", {"rooms": 3}),
        ]
        assert [each.version for each in events(store, made.hotel)] == [1, 2, 3]
        guest = store.event(made.guest, 1)
        named = made.generation == "patchlevel-stream-named"
        assert guest.event_id == (event_id(2) if named else None)
        assert isinstance(guest.metadata, dict)
        assert guest.metadata["user"] == {"id": "zoë"}


def test_trap_four_generations_of_columns(made: Made) -> None:
    """The table was called eventstore and event_store, its columns event, event_name, payload and event_payload.

    All four read alike, and a table of messages to be sent is not taken for events.
    """
    with opened(made.target) as store:
        assert len(store.fit.tables) == 1
        assert store.event(made.hotel, 2).type == "hotel.guest_is_checked_in"
        assert store.info().as_json()["events"] == (6 if made.generation.startswith("patchlevel-stream") else 4)


def test_trap_zone_and_fraction_only_on_postgresql(made: Made) -> None:
    """Doctrine's datetimetz keeps the zone on PostgreSQL only; elsewhere none may be made up."""
    with opened(made.target) as store:
        zone = "Z" if made.kind == "postgresql" else ""
        assert time_of(store.event(made.hotel, 1)) == f"2026-03-01T09:00:01{zone}"
        assert any("zone" in warning for warning in store.warnings) == (not zone)


def test_trap_archived_before_the_streams_new_start(made: Made) -> None:
    """What lies before a split stream's start is archived; the stream itself lives on."""
    with opened(made.target) as store:
        archived = {"archived": True}
        assert [each.metadata for each in events(store, made.hotel)] == [archived, archived, {}]
        assert store.summary(made.hotel).status is None


def test_trap_streams_without_playheads(streams: Made) -> None:
    """A plain stream such as `main` has no playheads: its events are numbered by their ids, and none is left out."""
    with opened(streams.target) as store:
        assert ("main", "main") in aggregates(store)
        assert [(each.version, each.position) for each in events(store, "main")] == [(5, 5), (6, 6)]


def test_trap_a_streams_id_has_dashes_of_its_own(streams: Made) -> None:
    """A stream is called aggregate, dash, id: the type ends at the first dash."""
    with opened(streams.target) as store:
        assert store.summary(f"hotel-{HOTEL}").aggregate_type == "hotel"


def test_trap_event_ids_under_the_old_names(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Between two generations the stream store had event_id already, and still event and payload."""
    tables = [
        statement.replace(" new_stream_start {bool} NOT NULL,", " event_id varchar(255) NOT NULL,")
        for statement in TABLES["patchlevel-stream"]
    ]
    rows = [
        {**{key: value for key, value in row.items() if key != "new_stream_start"}, "event_id": event_id(number)}
        for number, row in enumerate(rows_of("patchlevel-stream", "sqlite")["event_store"], 1)
    ]
    ddl = helpers_php.ddl("sqlite", tables, playhead="NULL")
    with opened(helpers_php.make(request, "sqlite", tmp_path, ddl, {"event_store": rows})) as store:
        assert store.fit.layout.name == "patchlevel-stream"
        assert store.event(f"guest-{GUEST}", 1).event_id == event_id(2)


def test_trap_headers_as_a_list(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """PHP writes no headers as an empty list, and early releases wrote a list of objects: both stay as they are."""
    rows = rows_of("patchlevel-aggregate", "sqlite")
    headers = [{"name": "trace", "payload": {"id": 1}}]
    early = {"eventstore": [{**row, "custom_headers": json.dumps(headers)} for row in rows["eventstore"]]}
    ddl = helpers_php.ddl("sqlite", TABLES["patchlevel-aggregate"], playhead="NOT NULL")
    with opened(helpers_php.make(request, "sqlite", tmp_path, ddl, early)) as store:
        assert store.event(GUEST, 1).metadata == headers
        assert store.event(HOTEL, 1).metadata == {"archived": True, "metadata": headers}


def test_trap_crypto_shredded_fields_stay_as_they_are(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Personal fields are encrypted one by one with a key for each subject, which is deleted to forget them.

    What remains is base64 in the payload: it is shown, and all other fields stay readable.
    """
    tables = (
        *TABLES["patchlevel-aggregate"],
        "CREATE TABLE crypto_keys (subject_id varchar(255) PRIMARY KEY, crypto_key varchar(255) NOT NULL,"
        " crypto_method varchar(255) NOT NULL, crypto_iv varchar(255) NOT NULL)",
    )
    rows = rows_of("patchlevel-aggregate", "sqlite")
    payload = {"email": "T2tqWmJuVXg0b0h6TG9kUQ==", "nights": 2}
    shredded = {"eventstore": [{**row, "payload": json.dumps(payload)} for row in rows["eventstore"]]}
    ddl = helpers_php.ddl("sqlite", tables, playhead="NOT NULL")
    with opened(helpers_php.make(request, "sqlite", tmp_path, ddl, shredded)) as store:
        assert store.fit.layout.name == "patchlevel-aggregate"
        assert store.event(GUEST, 1).data == payload


@pytest.mark.parametrize("kind", helpers_php.KINDS)
def test_tags(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """The taggable store's tags are metadata; without that column the layout fits as well."""
    named = made_as(request, "patchlevel-stream-named", kind, tmp_path)
    with opened(named.target) as store:
        metadata = store.event(named.guest, 1).metadata
        assert isinstance(metadata, dict)
        assert json.loads(str(metadata["tags"])) == [f"guest:{GUEST}"]
    plain = [statement.replace(" tags {jsonb} NULL,", "") for statement in TABLES["patchlevel-stream-named"]]
    rows = rows_of("patchlevel-stream-named", kind)
    rows = {
        table: [{key: value for key, value in row.items() if key != "tags"} for row in listed]
        for table, listed in rows.items()
    }
    folder = tmp_path / "plain"
    folder.mkdir()
    with opened(helpers_php.make(request, kind, folder, helpers_php.ddl(kind, plain), rows)) as store:
        assert store.fit.layout.name == "patchlevel-stream-named"
        assert store.event(named.guest, 1).metadata == {"user": {"id": "zoë"}}


@pytest.mark.parametrize("kind", helpers_php.KINDS)
@pytest.mark.parametrize("generation", ["patchlevel-aggregate", "patchlevel-multi"])
def test_trap_two_aggregates_share_an_id(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str, generation: str
) -> None:
    """Playheads are unique within aggregate and id: parts of one thing may be aggregates of one id."""
    rows = {table: list(listed) for table, listed in rows_of(generation, kind).items()}
    table = "eventstore" if generation == "patchlevel-aggregate" else "guest"
    rows[table] = [{**row, "aggregate_id": HOTEL} if row["event"].startswith("guest") else row for row in rows[table]]
    ddl = helpers_php.ddl(kind, TABLES[generation], playhead="NOT NULL")
    with opened(helpers_php.make(request, kind, tmp_path, ddl, rows)) as store:
        assert sorted(aggregates(store)) == [(f"guest/{HOTEL}", "guest"), (f"hotel/{HOTEL}", "hotel")]
        assert [each.version for each in events(store, f"hotel/{HOTEL}")] == [1, 2, 3]
        assert [each.type for each in events(store, f"guest/{HOTEL}")] == ["guest.registered"]
