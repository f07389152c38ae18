"""Each check finds what it is for, and nothing in a sound store."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from helpers_demo import demo_store

from esviewer.errors import CancelledError
from esviewer.stores.checking import Check, check_store
from esviewer.stores.layouts.text import Draft, layout_toml
from esviewer.stores.opening import open_store
from esviewer.work import Work

DRAFT = Draft(
    "log",
    "log",
    {"aggregate_id": "who", "version": "n", "type": "what", "position": "pos", "timestamp": "at"},
    "body",
    version_base=1,
)


def rows(aggregates: int = 10, versions: int = 8) -> list[list[Any]]:
    """[position, id, version, type, body, time] of a sound store."""
    return [
        [v * aggregates + a + 1, f"a{a}", v + 1, f"Type{v % 3}", json.dumps({"v": v}), f"2026-01-0{v + 1}T00:00:00Z"]
        for v in range(versions)
        for a in range(aggregates)
    ]


def checked(tmp_path: Path, content: Sequence[Sequence[Any]], draft: Draft = DRAFT) -> dict[str, Check]:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE log (pos INTEGER, who TEXT, n INTEGER, what TEXT, body TEXT, at TEXT)")
        connection.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", content)
    connection.close()
    file = tmp_path / "log.toml"
    file.write_text(layout_toml(draft))
    store = open_store(str(path), str(file))
    try:
        return {check.name: check for check in check_store(store)}
    finally:
        store.close()


def test_a_sound_store_passes_all(tmp_path: Path) -> None:
    found = checked(tmp_path, rows())

    assert {name: check.outcome for name, check in found.items()} == dict.fromkeys(
        ("ids", "unique", "first version", "gaps", "order", "types", "payloads", "times"), "ok"
    )
    assert found["payloads"].numbers == {"decoded": 80, "not_decoded": 0}


def test_the_demo_store_passes(tmp_path: Path) -> None:
    store = open_store(str(demo_store()))
    found = list(check_store(store))
    store.close()

    assert all(check.outcome == "ok" for check in found), found
    assert found[0].looked_at == 10_000


def test_repeated_versions_fail(tmp_path: Path) -> None:
    content = rows()
    content[15][2] = content[5][2]

    found = checked(tmp_path, content)["unique"]

    assert (found.outcome, found.numbers) == ("failed", {"repeated": 1})
    assert "1 of a5" in found.sentence


def test_null_ids_and_versions_are_counted(tmp_path: Path) -> None:
    content = rows()
    content[0][1] = None
    content[1][2] = None

    found = checked(tmp_path, content)["ids"]

    assert (found.outcome, found.numbers) == ("warning", {"without_id": 1, "without_version": 1})


def test_gaps_are_found(tmp_path: Path) -> None:
    content = [row for row in rows() if not (row[1] == "a3" and row[2] == 4)]

    found = checked(tmp_path, content)["gaps"]

    assert (found.outcome, found.numbers) == ("warning", {"with_gaps": 1})
    assert "a3" in found.sentence


def test_positions_against_versions_are_found(tmp_path: Path) -> None:
    content = rows()
    content[0][0], content[70][0] = content[70][0], content[0][0]

    found = checked(tmp_path, content)["order"]

    assert (found.outcome, found.numbers) == ("warning", {"out_of_order": 1})


def test_another_base_than_the_layout_says_is_told(tmp_path: Path) -> None:
    content = rows()
    for row in content:
        row[2] -= 1

    found = checked(tmp_path, content)["first version"]

    assert (found.outcome, found.numbers) == ("warning", {"lowest": 0})


@pytest.mark.parametrize(("bad", "outcome"), [(1, "warning"), (80, "failed")])
def test_payloads_that_do_not_decode_are_counted(tmp_path: Path, bad: int, outcome: str) -> None:
    content = rows()
    for row in content[:bad]:
        row[4] = "<no json>"

    found = checked(tmp_path, content)["payloads"]

    assert (found.outcome, found.numbers) == (outcome, {"decoded": 80 - bad, "not_decoded": bad})


def test_times_that_are_none_fail(tmp_path: Path) -> None:
    content = rows()
    for row in content:
        row[5] = "yesterday"

    assert checked(tmp_path, content)["times"].outcome == "failed"


def test_times_without_a_zone_are_told(tmp_path: Path) -> None:
    content = [[*row[:5], row[5].removesuffix("Z")] for row in rows()]

    found = checked(tmp_path, content)["times"]

    assert (found.outcome, found.numbers["without_zone"]) == ("warning", 80)


def test_a_column_that_is_no_type_is_told(tmp_path: Path) -> None:
    content = rows()
    for index, row in enumerate(content):
        row[3] = f"unique {index}"

    assert checked(tmp_path, content)["types"].outcome == "warning"


def test_an_empty_store_is_told(tmp_path: Path) -> None:
    assert [check.outcome for check in checked(tmp_path, []).values()] == ["warning"]


def test_checks_can_be_cancelled() -> None:
    store = open_store(str(demo_store()))
    work = Work()
    work.cancel()
    with pytest.raises(CancelledError):
        list(check_store(store, work))
    store.close()
