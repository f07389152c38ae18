"""A process map counts what a plain walk through every life counts."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest
from helpers_layouts import make_server, opened

from esviewer.app.process_map import process_map, takers
from esviewer.questions.process_map import EXAMPLES, Flow, Spans

TYPES = ["Opened", "Changed", "Größe geändert", "Paid", "Closed"]
DDL = [
    "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id VARCHAR(80) NOT NULL, aggregate_type VARCHAR(80),"
    " event_type VARCHAR(80), event_data {0}, version INTEGER NOT NULL, timestamp VARCHAR(80),"
    " UNIQUE (aggregate_id, version))"
]


def made(count: int) -> list[dict[str, Any]]:
    random = Random(11)
    versions: Counter[str] = Counter()
    rows = []
    for number in range(1, count + 1):
        kind = random.choice(["order", "account"])
        aggregate = f"{kind}-{int(random.random() ** 3 * 200)}"
        versions[aggregate] += 1
        minutes = number * 7 - (200 if random.random() < 0.02 else 0)
        rows.append(
            {
                "id": number,
                "aggregate_id": aggregate,
                "aggregate_type": kind,
                "event_type": random.choices(TYPES[:4], (1, 5, 1, 1))[0] if random.random() < 0.995 else TYPES[4],
                "event_data": json.dumps({"n": number}),
                "version": versions[aggregate],
                "timestamp": None if random.random() < 0.02 else time_of(minutes),
            }
        )
    return rows


def time_of(minutes: int) -> str:
    days, rest = divmod(minutes, 1440)
    return f"2026-{days // 28 % 12 + 1:02}-{days % 28 + 1:02}T{rest // 60:02}:{rest % 60:02}:00.250000Z"


def micro(text: str | None) -> int | None:
    if text is None:
        return None
    from datetime import datetime

    return round(datetime.fromisoformat(text).timestamp() * 1_000_000)


def naive(rows: list[dict[str, Any]]) -> dict[str, dict[tuple[str | None, str | None], list[Any]]]:
    """Type of aggregate, path → the aggregate, its version and the microseconds of each time it was taken."""
    lives: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        lives.setdefault(row["aggregate_id"], []).append(row)
    found: dict[str, dict[tuple[str | None, str | None], list[Any]]] = {}
    for name in sorted(lives):
        life = sorted(lives[name], key=lambda row: row["version"])
        paths = found.setdefault(life[0]["aggregate_type"], {})
        for before, after in zip([None, *life], [*life, None], strict=True):
            key = before and before["event_type"], after and after["event_type"]
            times = [None if each is None else micro(each["timestamp"]) for each in (before, after)]
            span = None if None in times else times[1] - times[0]
            paths.setdefault(key, []).append((name, (after or before)["version"], span))
    return found


def check(flows: list[Flow], rows: list[dict[str, Any]]) -> None:
    expected = naive(rows)
    assert {flow.aggregate_type for flow in flows} == set(expected)
    for flow in flows:
        paths = expected[flow.aggregate_type or ""]
        assert {(path.source, path.target): path.count for path in flow.paths} == {
            key: len(taken) for key, taken in paths.items()
        }
        for path in flow.paths:
            taken = paths[path.source, path.target]
            assert path.aggregates == len({name for name, *_ in taken})
            leaving = sum(len(other) for (source, _), other in paths.items() if source == path.source)
            assert path.share == len(taken) / leaving
            spans = sorted(span for *_, span in taken if span is not None)
            if not spans:
                assert path.median_us is None
                continue
            median, late = spans[-(-len(spans) // 2) - 1], spans[-(-len(spans) * 19 // 20) - 1]
            if path.exact:
                assert (path.median_us, path.p95_us) == (median, late)
            else:
                assert path.median_us == pytest.approx(median, rel=0.01)
                assert path.p95_us == pytest.approx(late, rel=0.01)
            firsts = {name: version for name, version, _ in reversed(taken)}
            assert list(path.examples) == sorted(firsts.items())[:EXAMPLES]


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return made(15_000)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, rows: list[dict[str, Any]], tmp_path_factory: Any) -> str:
    if request.param == "postgresql":
        return make_server(request.getfixturevalue("postgres_of_module"), [DDL[0].format("json")], {"events": rows})
    path = tmp_path_factory.mktemp("flow") / "store.db"
    connection = sqlite3.connect(path)
    connection.execute(DDL[0].format("TEXT"))
    names = list(rows[0])
    connection.executemany(
        f"INSERT INTO events ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [tuple(row.values()) for row in rows],
    )
    connection.commit()
    connection.close()
    return str(path)


@pytest.fixture(scope="module")
def postgres_of_module(postgres_server: Any) -> Any:
    database = postgres_server.create_database("flow")
    yield database
    postgres_server.drop_database(database)


def test_it_counts_what_every_life_shows(target: str, rows: list[dict[str, Any]]) -> None:
    with opened(target) as store:
        made = process_map(store)
        check(made.flows(), rows)
        assert not all(path.exact for flow in made.flows() for path in flow.paths), "both ways are looked at"
        only = process_map(store, "ord*").flows()
    assert [flow.aggregate_type for flow in only] == ["order"]
    check(only, [row for row in rows if row["aggregate_type"] == "order"])


def test_who_took_a_path_comes_in_pages(target: str, rows: list[dict[str, Any]]) -> None:
    paths = naive(rows)["order"]
    with opened(target) as store:
        for key in (("Opened", "Changed"), (None, "Paid"), ("Paid", None), ("Closed", "Closed")):
            firsts = {name: version for name, version, _ in reversed(paths.get(key, []))}
            found: list[tuple[str, int]] = []
            more = True
            while more:
                page = takers(store, "order", *key, after=found[-1][0] if found else None, limit=30)
                assert len(page.places) == 30 or not page.more
                found += page.places
                more = page.more
            assert found == sorted(firsts.items())


def test_a_sketch_is_within_a_hundredth() -> None:
    random = Random(5)
    values = [round(random.lognormvariate(9, 5)) - 300 for _ in range(20_000)]
    spans = Spans()
    for value in values:
        spans.add(value)
    ordered = sorted(values)
    assert not spans.exact
    for share in (0.01, 0.1, 0.5, 0.9, 0.99, 1.0):
        true = ordered[max(0, -(-round(share * 1000) * len(ordered) // 1000) - 1)]
        assert spans.quantile(share) == pytest.approx(true, rel=0.01, abs=1)


def test_no_spans_have_no_median() -> None:
    assert Spans().quantile(0.5) is None


def test_a_store_of_one_event(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute(DDL[0].format("TEXT"))
    connection.execute("INSERT INTO events VALUES (1, 'a', NULL, 'T', '{}', 1, NULL)")
    connection.commit()
    connection.close()
    with opened(str(path)) as store:
        flows = process_map(store).flows()
        assert [(path.source, path.target, path.count) for path in flows[0].paths] == [(None, "T", 1), ("T", None, 1)]
        assert takers(store, None, None, "T").places == (("a", 1),)
