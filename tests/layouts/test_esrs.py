"""esrs (Rust): a store made from the columns that its PostgreSQL migrations create (cba9411), rows as serde writes
them. Rust's crates come from neither PyPI, npm nor Debian, so the framework's own code did not run.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helpers_php
import pytest
from helpers_layouts import aggregates, events, opened, short, time_of
from helpers_planted import audited, places

BOOK = "00000000-0000-4000-8000-00000000b001"
SHELF = "00000000-0000-4000-8000-00000000a001"


def tables(*names: str, version: bool = True) -> list[str]:
    made = []
    for name in names:
        made += [
            f"CREATE TABLE {name} (id uuid PRIMARY KEY, aggregate_id uuid NOT NULL, payload jsonb NOT NULL,"
            " occurred_on timestamptz NOT NULL DEFAULT current_timestamp, sequence_number int NOT NULL DEFAULT 1)",
            f"CREATE UNIQUE INDEX {name}_number ON {name} (aggregate_id, sequence_number)",
        ]
        if version:
            made.append(f"ALTER TABLE {name} ADD COLUMN version integer")
    return made


def event(number: int, aggregate: str, sequence: int, payload: Any, version: int | None = None) -> dict[str, Any]:
    return {
        "id": f"00000000-0000-4000-8000-00000000000{number}",
        "aggregate_id": aggregate,
        "payload": json.dumps(payload),
        "occurred_on": f"2026-03-01T09:00:0{number}.000001+09:00",
        "sequence_number": sequence,
        "version": version,
    }


ROWS = {
    "book_events": [
        event(1, BOOK, 1, {"Bought": {"title": "山田", "price": 9007199254740993}}, 1),
        event(3, BOOK, 2, "Lost", 2),
        event(5, BOOK, 3, {"event_type": "found", "place": "attic"}),
    ],
    "shelf_events": [
        event(2, SHELF, 1, {"type": "Built", "boards": 5}),
        event(4, SHELF, 2, {"Painted": ["red", "blue"]}),
    ],
}


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("esrs")
    return helpers_php.make(request, "postgresql", folder, tables("book_events", "shelf_events"), ROWS)


def test_detected(target: str) -> None:
    with opened(target) as store:
        assert store.fit.layout.name == "esrs"
        assert "occurred_on" in store.fit.reasons[0]
        assert store.info().as_json()["aggregate_types"] == {"book": 1, "shelf": 1}


def test_events(target: str) -> None:
    with opened(target) as store:
        assert [short(each) for each in events(store, BOOK)] == [
            (BOOK, 1, "Bought", {"title": "山田", "price": 9007199254740993}),
            (BOOK, 2, "Lost", {}),
            (BOOK, 3, "found", {"event_type": "found", "place": "attic"}),
        ]
        first = store.event(BOOK, 1)
        assert (first.event_id, first.metadata) == ("00000000-0000-4000-8000-000000000001", None)
        assert time_of(first) == "2026-03-01T00:00:01.000001Z"


def test_trap_a_table_for_each_aggregate(target: str) -> None:
    """The aggregate's type is its table's name; all tables are one store, in the order of their times."""
    with opened(target) as store:
        assert sorted(aggregates(store)) == [(SHELF, "shelf"), (BOOK, "book")]
        assert [(each.aggregate_type, each.type) for each in events(store)] == [
            ("book", "Bought"), ("shelf", "Built"), ("book", "Lost"), ("shelf", "Painted"), ("book", "found"),
        ]  # fmt: skip


def test_trap_no_type_column(target: str) -> None:
    """The type is the enum's variant in the payload: around the fields, alone, or beside the fields as serde's tag."""
    with opened(target) as store:
        assert [each.type for each in events(store, BOOK)] == ["Bought", "Lost", "found"]
        assert [(each.type, each.data) for each in events(store, SHELF)] == [
            ("Built", {"type": "Built", "boards": 5}), ("Painted", ["red", "blue"]),
        ]  # fmt: skip


def test_trap_version_is_the_schemas(target: str) -> None:
    """`version` counts the payload's schema, not the aggregate's events."""
    with opened(target) as store:
        assert [(each.version, each.schema_version) for each in events(store, BOOK)] == [(1, 1), (2, 2), (3, None)]


def test_trap_a_variant_of_any_kind(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A variant with one field holds its value alone, with several a list: an audit minds only what is no variant."""
    payloads: list[Any] = [{"Renamed": "山田"}, {"Moved": [1, 2]}, {"Counted": 3}, [4]]
    rows = {"book_events": [event(number, BOOK, number, payload) for number, payload in enumerate(payloads, 1)]}
    target = helpers_php.make(request, "postgresql", tmp_path, tables("book_events"), rows)
    findings, _ = audited(target, [])
    assert places(findings) == [("payload-not-object", BOOK, 4)]


def test_trap_no_order_of_all_events(target: str) -> None:
    """Nothing numbers all events: they go by time and number, and that is said."""
    with opened(target) as store:
        assert {each.position for each in events(store)} == {None}
        assert any("no order of all events" in warning for warning in store.warnings)


def test_trap_older_tables_lack_the_version(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """The version column came later, and one table alone is a store as well."""
    rows = [{key: value for key, value in row.items() if key != "version"} for row in ROWS["book_events"]]
    ddl = tables("book_events", version=False)
    with opened(helpers_php.make(request, "postgresql", tmp_path, ddl, {"book_events": rows})) as store:
        assert store.fit.layout.name == "esrs"
        assert [(each.type, each.schema_version) for each in events(store, BOOK)] == [
            ("Bought", None), ("Lost", None), ("found", None),
        ]  # fmt: skip
