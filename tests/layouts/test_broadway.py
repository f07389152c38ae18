"""Broadway (PHP): stores made from the columns that DBALEventStore configures (dbd3420), rows as its serializers write
them. PHP's packages come from neither PyPI, npm nor Debian, so the framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

INVITATION = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e01"
OTHER = "0191a3c4-7d1e-7c3a-9b0d-3f6f5a1d2e02"


def tables(ident: str) -> tuple[str, ...]:
    return (
        "CREATE TABLE events (id {serial}, uuid {" + ident + "} NOT NULL, playhead integer NOT NULL,"
        " payload text NOT NULL, metadata text NOT NULL, recorded_on varchar(32) NOT NULL, type varchar(255) NOT NULL)",
        "CREATE UNIQUE INDEX events_playhead ON events (uuid, playhead)",
    )


def event(uuid: Any, playhead: int, kind: str, payload: Any, metadata: Any, at: str) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "playhead": playhead,
        "payload": json.dumps({"class": kind, "payload": payload}),
        "metadata": json.dumps({"class": "Broadway\\Domain\\Metadata", "payload": metadata}),
        "recorded_on": at,
        "type": kind.replace("\\", "."),
    }


def rows(*, binary: bool) -> dict[str, list[dict[str, Any]]]:
    def stored(uuid: str) -> Any:
        return UUID(uuid).bytes if binary else uuid

    return {
        "events": [
            event(stored(INVITATION), 0, "App\\Invited", {"name": "山田", "n": 9007199254740993}, {"user": "zoë"},
                  "2026-03-01T00:00:00.000001+00:00"),
            event(stored(OTHER), 0, "App\\Invited", {"name": "Ada", "n": 1}, [], "2026-03-01T00:00:01.500000+00:00"),
            event(stored(INVITATION), 1, "App\\Accepted", [], [], "2026-03-01T09:00:02.000000+09:00"),
        ]
    }  # fmt: skip


@pytest.fixture(scope="module", params=[f"{kind} {ids}" for kind in helpers_php.KINDS for ids in ("text", "bytes")])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    kind, _, ids = request.param.partition(" ")
    binary = ids == "bytes"
    folder: Path = tmp_path_factory.mktemp("broadway")
    ddl = helpers_php.ddl(kind, tables("binary16" if binary else "guid"))
    return helpers_php.make(request, kind, folder, ddl, rows(binary=binary))


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "broadway"
        assert "playhead" in store.fit.reasons[0]
        assert store.info().as_json()["event_types"] == {"App.Invited": 2, "App.Accepted": 1}


def test_events(target: str) -> None:
    with opened(target) as store:
        assert aggregates(store) == [(INVITATION, None), (OTHER, None)]
        assert [(each.position, *short(each)) for each in events(store)] == [
            (1, INVITATION, 0, "App.Invited", {"name": "山田", "n": 9007199254740993}),
            (2, OTHER, 0, "App.Invited", {"name": "Ada", "n": 1}),
            (3, INVITATION, 1, "App.Accepted", []),
        ]
        assert [time_of(each) for each in events(store, INVITATION)] == [
            "2026-03-01T00:00:00.000001Z", "2026-03-01T09:00:02+09:00",
        ]  # fmt: skip


def test_trap_playheads_begin_with_zero(target: str) -> None:
    """Broadway counts from 0."""
    with opened(target) as store:
        assert store.summary(INVITATION).version == 1
        assert [each.version for each in events(store, INVITATION)] == [0, 1]


def test_trap_binary_uuid(target: str) -> None:
    """With the option useBinary the uuid is 16 bytes; it is shown, and found, by its usual text."""
    with opened(target) as store:
        assert [each.version for each in events(store, OTHER)] == [0]
        assert store.summary(OTHER).events == 1


def test_trap_class_beside_the_payload(target: str) -> None:
    """Payload and metadata are each wrapped with the PHP class that they are made into; the event's stays visible."""
    with opened(target) as store:
        first = store.event(INVITATION, 0)
        assert first.data == {"name": "山田", "n": 9007199254740993}
        assert first.metadata == {"class": "App\\Invited", "user": "zoë"}


def test_trap_nothing_is_an_empty_list(target: str) -> None:
    """PHP writes an empty map as `[]`: an event without fields has that for data, and one without metadata none."""
    with opened(target) as store:
        accepted = store.event(INVITATION, 1)
        assert accepted.data == []
        assert accepted.metadata == {"class": "App\\Accepted"}
