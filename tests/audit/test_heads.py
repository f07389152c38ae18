"""Newest versions that a store's table of streams names: a planted `head-mismatch` is found once, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers_layouts import Rows
from helpers_php import make
from helpers_planted import audited, places

STREAMS, VERSIONS = 4, 5
Tables = dict[str, list[dict[str, Any]]]


def tables(kind: str) -> list[str]:
    """SqlStreamStore's."""
    guid, body = ("uuid", "jsonb") if kind == "postgresql" else ("char(36)", "text")
    ident = "message_id" if kind == "postgresql" else "event_id"
    return [
        "CREATE TABLE streams (id char(42) NOT NULL UNIQUE, id_original varchar(500) NOT NULL, "
        "id_internal int NOT NULL PRIMARY KEY, version int NOT NULL, position bigint NOT NULL)",
        "CREATE TABLE messages (stream_id_internal int NOT NULL, stream_version int NOT NULL, position bigint NOT NULL "
        f"PRIMARY KEY, {ident} {guid} NOT NULL UNIQUE, created_utc timestamp NOT NULL, type varchar(128) NOT NULL, "
        f"json_data {body} NOT NULL, json_metadata {body}, UNIQUE (stream_id_internal, stream_version))",
    ]


def rows(kind: str) -> Tables:
    """Streams whose messages were written in turns."""
    ident = "message_id" if kind == "postgresql" else "event_id"
    streams = [
        {"id": f"{number:042}", "id_original": f"cart-{number}", "id_internal": number, "version": VERSIONS - 1}
        | {"position": (VERSIONS - 1) * STREAMS + number}
        for number in range(1, STREAMS + 1)
    ]
    messages = [
        {
            "stream_id_internal": number,
            "stream_version": version,
            "position": version * STREAMS + number,
            ident: f"0191a3c4-7d1e-4c3a-9b0d-{version * STREAMS + number:012}",
            "created_utc": f"2026-03-01 09:{version * STREAMS + number:02}:00",
            "type": "Added",
            "json_data": json.dumps({"n": version}),
            "json_metadata": None,
        }
        for version in range(VERSIONS)
        for number in range(1, STREAMS + 1)
    ]
    return {"streams": streams, "messages": messages}


def nothing(_: Tables) -> None:
    """A clean store."""


def deleted_newest(made: Tables) -> None:
    made["messages"] = [
        each for each in made["messages"] if (each["stream_id_internal"], each["stream_version"]) != (2, VERSIONS - 1)
    ]


def deleted_all(made: Tables) -> None:
    made["messages"] = [each for each in made["messages"] if each["stream_id_internal"] != 3]


def written_past_the_procedure(made: Tables) -> None:
    made["streams"][0]["version"] = 1


def message(made: Tables, version: int) -> dict[str, Any]:
    """One of the second stream's."""
    found = [each for each in made["messages"] if (each["stream_id_internal"], each["stream_version"]) == (2, version)]
    return found[0]


def renumbered(made: Tables) -> None:
    message(made, 2)["stream_version"] = 70


def newest_renumbered(made: Tables) -> None:
    message(made, VERSIONS - 1)["stream_version"] = 70


PLANTED = [
    pytest.param(nothing, [], id="clean"),
    pytest.param(deleted_newest, [("head-mismatch", "cart-2", VERSIONS - 2)], id="newest-deleted"),
    pytest.param(deleted_all, [("head-mismatch", "cart-3", None)], id="all-deleted"),
    pytest.param(written_past_the_procedure, [("head-mismatch", "cart-1", VERSIONS - 1)], id="behind"),
    pytest.param(renumbered, [("version-gap", "cart-2", 70)], id="renumbered"),
    pytest.param(newest_renumbered, [("version-gap", "cart-2", 70)], id="newest-renumbered"),
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("plant", "expected"), PLANTED)
def test_a_planted_mismatch_is_found_once_and_nothing_else(
    kind: str, plant: Callable[[Tables], None], expected: Any, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made = rows(kind)
    plant(made)
    content: Rows = made
    target = make(request, kind, tmp_path, tables(kind), content)
    findings, audit = audited(target, [])
    assert places(findings) == expected
    assert "head-mismatch" not in audit.summary.not_checked
    for finding in findings:
        # At the newest event, where there is one.
        assert (finding.position is None) == (finding.version is None)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_new_is_told_by_the_newest_event(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    made = rows(kind)
    deleted_newest(made)
    content: Rows = made
    target = make(request, kind, tmp_path, tables(kind), content)
    newest = (VERSIONS - 2) * STREAMS + 2
    assert places(audited(target, [], since=newest - 1)[0]) == [("head-mismatch", "cart-2", VERSIONS - 2)]
    findings, audit = audited(target, [], since=newest)
    assert findings == []
    assert (audit.summary.events, audit.summary.aggregates) == (STREAMS * VERSIONS - 1 - newest, STREAMS - 1)
