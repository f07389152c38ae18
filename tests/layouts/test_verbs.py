"""Verbs (PHP, Laravel): stores made from the columns that its migrations document (5ffaa5a), rows as its stores write
them. PHP's packages come from neither PyPI, npm nor Debian, so the framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of

PLAYER = "309775021367812096"
GAME = "309775021367816192"
PLAYER_TYPE = "App\\States\\PlayerState"
GAME_TYPE = "App\\States\\GameState"
FIRST = 309775021400000000

TABLES = (
    "CREATE TABLE verb_events (id {bigint} NOT NULL PRIMARY KEY, type varchar(255) NOT NULL, data {json} NOT NULL,"
    " metadata {json} NOT NULL, created_at {seconds} NULL, updated_at {seconds} NULL)",
    "CREATE TABLE verb_state_events (id {bigint} NOT NULL PRIMARY KEY, event_id {bigint} NOT NULL,"
    " state_id {bigint} NOT NULL, state_type varchar(255) NOT NULL, created_at {seconds} NULL,"
    " updated_at {seconds} NULL)",
    "CREATE INDEX verb_state_events_event ON verb_state_events (event_id)",
    "CREATE INDEX verb_state_events_state ON verb_state_events (state_id)",
    "CREATE TABLE verb_snapshots (id {bigint} NOT NULL PRIMARY KEY, state_id {bigint} NOT NULL, type varchar(255)"
    " NOT NULL, data {json} NOT NULL, last_event_id {bigint} NULL, expires_at {seconds} NULL,"
    " created_at {seconds} NULL, updated_at {seconds} NULL)",
)


def event(number: int, kind: str, data: Any, metadata: Any = None) -> dict[str, Any]:
    at = f"2026-03-01 09:00:0{number}"
    return {
        "id": FIRST + number, "type": f"App\\Events\\{kind}", "data": json.dumps(data),
        "metadata": json.dumps(metadata or {}), "created_at": at, "updated_at": at,
    }  # fmt: skip


def link(number: int, linked: int, state: str, kind: str) -> dict[str, Any]:
    return {"id": FIRST + 1000 + number, "event_id": FIRST + linked, "state_id": int(state), "state_type": kind}


ROWS = {
    "verb_events": [
        event(1, "GameStarted", {"game_id": int(GAME), "name": "山田"}, {"user": "zoë"}),
        event(2, "PlayerJoined", {"player_id": int(PLAYER), "game_id": int(GAME)}),
        event(3, "NewsletterSent", {}),
        event(4, "PlayerMoved", {"to": 9007199254740993}),
    ],
    "verb_state_events": [
        link(1, 1, GAME, GAME_TYPE),
        link(2, 2, PLAYER, PLAYER_TYPE),
        link(3, 2, GAME, GAME_TYPE),
        link(4, 4, PLAYER, PLAYER_TYPE),
    ],
    "verb_snapshots": [
        {"id": FIRST + 2000, "state_id": int(GAME), "type": GAME_TYPE, "data": '{"players": 1}',
         "last_event_id": FIRST + 2, "updated_at": "2026-03-01 09:00:03"},
        {"id": FIRST + 2001, "state_id": int(PLAYER), "type": PLAYER_TYPE, "data": '{"at": 0}',
         "last_event_id": FIRST + 3, "updated_at": "2026-03-01 09:00:03"},
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=helpers_php.KINDS)
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("verbs")
    return helpers_php.make(request, request.param, folder, helpers_php.ddl(request.param, TABLES), ROWS)


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "verbs"
        assert any("verb_state_events" in reason for reason in store.fit.reasons)


def test_aggregates_and_events(target: str) -> None:
    with opened(target) as store:
        assert set(aggregates(store)) == {("(no state)", None), (PLAYER, PLAYER_TYPE), (GAME, GAME_TYPE)}
        started = store.event(GAME, 1)
        assert short(started) == (GAME, 1, "App\\Events\\GameStarted", {"game_id": int(GAME), "name": "山田"})
        assert (started.position, started.event_id, started.metadata) == (FIRST + 1, str(FIRST + 1), {"user": "zoë"})
        assert store.event(PLAYER, 2).data == {"to": 9007199254740993}


def test_trap_an_event_belongs_to_many_states(target: str) -> None:
    """A link table joins events and states: the same event shows in each of its states."""
    with opened(target) as store:
        assert [each.type.rpartition("\\")[2] for each in events(store, GAME)] == ["GameStarted", "PlayerJoined"]
        assert [each.type.rpartition("\\")[2] for each in events(store, PLAYER)] == ["PlayerJoined", "PlayerMoved"]
        assert [(each.position - FIRST, each.aggregate_id) for each in events(store)] == [
            (1, GAME), (2, PLAYER), (2, GAME), (3, "(no state)"), (4, PLAYER),
        ]  # fmt: skip


def test_trap_events_without_a_state(target: str) -> None:
    """An event need not have a state; it is shown nevertheless."""
    with opened(target) as store:
        assert [short(each) for each in events(store, "(no state)")] == [
            ("(no state)", 1, "App\\Events\\NewsletterSent", {})
        ]


def test_trap_no_version_numbers(target: str) -> None:
    """Snowflake ids give the order; versions are counted within each state, from 1."""
    with opened(target) as store:
        assert [each.version for each in events(store, PLAYER)] == [1, 2]
        assert store.summary(GAME).version == 2


def test_trap_a_snapshots_version_is_an_events_id(target: str) -> None:
    """last_event_id names the last event that a state has seen: the version is that state's own up to it."""
    with opened(target) as store:
        game, player = store.snapshot(GAME), store.snapshot(PLAYER)
        assert game is not None
        assert player is not None
        assert (game.version, game.state) == (2, {"players": 1})
        assert (player.version, player.state) == (1, {"at": 0})


def test_trap_naive_time_in_the_applications_zone(target: str) -> None:
    """created_at is Laravel's wall clock in whole seconds; no zone is made up for it."""
    with opened(target) as store:
        assert time_of(store.event(GAME, 1)) == "2026-03-01T09:00:01"


@pytest.mark.parametrize("kind", helpers_php.KINDS)
def test_trap_two_states_share_an_id(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    """A state is known by its type and id, and an application may give ids of its own: such states stay apart."""
    rows = {**ROWS, "verb_state_events": [{**row, "state_id": 7} for row in ROWS["verb_state_events"]]}
    with opened(helpers_php.make(request, kind, tmp_path, helpers_php.ddl(kind, TABLES), rows)) as store:
        game, player = f"{GAME_TYPE}/7", f"{PLAYER_TYPE}/7"
        assert set(aggregates(store)) == {("(no state)", None), (game, GAME_TYPE), (player, PLAYER_TYPE)}
        assert [each.version for each in events(store, game)] == [1, 2]
        assert [(each.aggregate_id, each.version) for each in events(store)] == [
            (game, 1), (player, 1), (game, 2), ("(no state)", 1), (player, 2),
        ]  # fmt: skip
