"""EventSauce (PHP): stores made from the columns that its documentation of table schemas names, rows as its message
serializer writes them. PHP's packages come from neither PyPI, npm nor Debian, so the framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

from esviewer.errors import AmbiguousLayoutError
from esviewer.stores.opening import open_store

SIGNUP = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e01"
OTHER = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e02"
IDS = [f"00000000-0000-4000-8000-00000000000{number}" for number in range(5)]


def default_tables(ident: str) -> tuple[str, ...]:
    ident = "{" + ident + "}"
    return (
        f"CREATE TABLE signup_messages (id {{serial}}, event_id {ident} NOT NULL, aggregate_root_id {ident} NULL,"
        " version integer NULL, payload {payload} NOT NULL)",
        "CREATE INDEX reconstitution ON signup_messages (aggregate_root_id, version)",
    )


LEGACY = (
    "CREATE TABLE domain_messages (id {serial}, event_id varchar(36) NOT NULL, event_type varchar(100) NOT NULL,"
    " aggregate_root_id varchar(36) NOT NULL, aggregate_root_version integer NOT NULL,"
    " time_of_recording {micros} NOT NULL, payload {json} NOT NULL,"
    " UNIQUE (aggregate_root_id, aggregate_root_version))",
)


def message(number: int, root: str | None, version: int | None, kind: str, payload: Any, at: str) -> dict[str, Any]:
    headers: dict[str, Any] = {
        "__event_id": IDS[number],
        "__event_type": kind,
        "__time_of_recording": at,
        "__time_of_recording_format": "Y-m-d H:i:s.uO",
        "correlation_id": f"c-{number}",
    }
    if root is not None:
        headers |= {
            "__aggregate_root_id": root,
            "__aggregate_root_id_type": "app.signup_id",
            "__aggregate_root_type": "app.signup",
            "__aggregate_root_version": version,
        }
    return {"headers": headers, "payload": payload}


MESSAGES = [
    (SIGNUP, 1, message(1, SIGNUP, 1, "app.signup_started", {"name": "山田", "n": 9007199254740993},
                        "2026-03-01 00:00:00.000001+0000")),
    (OTHER, 1, message(2, OTHER, 1, "app.signup_started", {"name": "Ada", "n": 1}, "2026-03-01 00:00:01.500000+0000")),
    (SIGNUP, 2, message(3, SIGNUP, 2, "App\\EmailGiven", [], "2026-03-01 09:00:02.000000+0900")),
    (None, 0, message(4, None, None, "app.reminder_sent", {"to": "x"}, "2026-03-01 00:00:03.000000+0000")),
]  # fmt: skip


def default_rows(*, binary: bool) -> dict[str, list[dict[str, Any]]]:
    def stored(uuid: str) -> Any:
        return UUID(uuid).bytes if binary else uuid

    return {
        "signup_messages": [
            {"event_id": stored(body["headers"]["__event_id"]), "aggregate_root_id": root and stored(root),
             "version": version, "payload": json.dumps(body)}
            for root, version, body in MESSAGES
        ]
    }  # fmt: skip


@pytest.fixture(scope="module", params=[f"{kind} {ids}" for kind in helpers_php.KINDS for ids in ("text", "bytes")])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    kind, _, ids = request.param.partition(" ")
    folder: Path = tmp_path_factory.mktemp("eventsauce")
    tables = default_tables("binary16" if ids == "bytes" else "guid")
    payload = "varchar(16001)" if ids == "bytes" else helpers_php.TYPES[kind]["json"]
    ddl = helpers_php.ddl(kind, tables, payload=payload)
    return helpers_php.make(request, kind, folder, ddl, default_rows(binary=ids == "bytes"))


@pytest.fixture(scope="module", params=helpers_php.KINDS)
def legacy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    rows = [
        {
            "event_id": body["headers"]["__event_id"],
            "event_type": body["headers"]["__event_type"],
            "aggregate_root_id": root,
            "aggregate_root_version": version,
            "time_of_recording": body["headers"]["__time_of_recording"][:26],
            "payload": json.dumps(body),
        }
        for root, version, body in MESSAGES
        if root is not None
    ]
    folder: Path = tmp_path_factory.mktemp("legacy")
    ddl = helpers_php.ddl(request.param, LEGACY)
    return helpers_php.make(request, request.param, folder, ddl, {"domain_messages": rows})


EXPECTED = [
    (1, SIGNUP, 1, "app.signup_started", {"name": "山田", "n": 9007199254740993}),
    (2, OTHER, 1, "app.signup_started", {"name": "Ada", "n": 1}),
    (3, SIGNUP, 2, "App\\EmailGiven", []),
]


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "eventsauce"
        assert "aggregate_root_id" in store.fit.reasons[0]
        info = store.info().as_json()
        assert info["event_types"] == {"app.signup_started": 2, "App\\EmailGiven": 1, "app.reminder_sent": 1}
        assert info["first_event"] == "2026-03-01T00:00:00.000001Z"


def test_detected_legacy(legacy: str) -> None:
    with opened(legacy) as store:
        assert store.fit.layout.name == "eventsauce-legacy"
        assert "event_type" in store.fit.reasons[0]


def test_events(target: str) -> None:
    with opened(target) as store:
        assert [ident for ident, _ in aggregates(store)] == ["(no aggregate)", SIGNUP, OTHER]
        assert [(each.position, *short(each)) for each in events(store)][:3] == EXPECTED
        first = store.event(SIGNUP, 1)
        assert (first.aggregate_type, first.event_id, first.schema_version) == ("app.signup", IDS[1], None)


def test_events_of_the_legacy_table(legacy: str) -> None:
    with opened(legacy) as store:
        assert [ident for ident, _ in aggregates(store)] == [SIGNUP, OTHER]
        assert [(each.position, *short(each)) for each in events(store)] == EXPECTED
        first = store.event(SIGNUP, 1)
        assert (first.aggregate_type, first.event_id) == ("app.signup", IDS[1])
        assert time_of(first) == "2026-03-01T00:00:00.000001Z"


def test_trap_all_but_the_ids_is_inside_the_payload(target: str) -> None:
    """Type, time and metadata are headers inside the payload column; the data is the payload inside it."""
    with opened(target) as store:
        first = store.event(SIGNUP, 1)
        assert first.data == {"name": "山田", "n": 9007199254740993}
        assert isinstance(first.metadata, dict)
        assert first.metadata["correlation_id"] == "c-1"
        assert first.metadata["__event_type"] == "app.signup_started"


def test_trap_headers_keep_their_zone(target: str) -> None:
    """Times are texts such as `2026-03-01 09:00:02.000000+0900`, with an offset without a colon."""
    with opened(target) as store:
        assert [time_of(each) for each in events(store, SIGNUP)] == [
            "2026-03-01T00:00:00.000001Z", "2026-03-01T09:00:02+09:00",
        ]  # fmt: skip


def test_trap_binary_ids(target: str) -> None:
    """Ids are 16 bytes in RFC 9562's order by default, text or uuid on request; they look the same."""
    with opened(target) as store:
        assert [each.event_id for each in events(store, SIGNUP)] == [IDS[1], IDS[3]]
        assert store.summary(OTHER).events == 1


def test_trap_messages_without_an_aggregate(target: str) -> None:
    """A message without the header has version 0, and may have no aggregate root at all."""
    with opened(target) as store:
        assert [short(each) for each in events(store, "(no aggregate)")] == [
            ("(no aggregate)", 0, "app.reminder_sent", {"to": "x"})
        ]


def test_trap_a_table_for_each_aggregate(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Repositories often have a table each: nothing is guessed, each can be chosen by its name."""
    tables = helpers_php.ddl("sqlite", default_tables("guid"), payload="text")[:1]
    second = tables[0].replace("signup_messages", "invoice_messages")
    rows = default_rows(binary=False)
    rows["invoice_messages"] = rows["signup_messages"][1:2]
    target = helpers_php.make(request, "sqlite", tmp_path, [*tables, second], rows)
    with pytest.raises(AmbiguousLayoutError) as caught:
        open_store(target)
    assert caught.value.choices == ("eventsauce:invoice_messages", "eventsauce:signup_messages")
    with opened(target, "eventsauce:invoice_messages") as store:
        assert [ident for ident, _ in aggregates(store)] == [OTHER]


def test_trap_table_of_any_name(target: str) -> None:
    """The table is named by the application, often one for each aggregate: only its columns tell."""
    with opened(target) as store:
        assert store.fit.tables["events"].endswith("signup_messages")
