"""Stores that chain their events by hashes of their own, as layouts say: audits, seals and verification use them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers_planted import places
from helpers_postgres import Database

from esviewer import assets
from esviewer.app.auditing import Audit
from esviewer.app.sealing import seal_store, verify_store
from esviewer.app.session import Session, open_session
from esviewer.audit.settings import AuditSettings
from esviewer.stores.layouts.layout import LayoutError, load_layout

STORE = """
[events.chain]
hash = "hash"
previous = "previous_hash"
of = ["previous_hash", "aggregate_id", "version", "event_type", "event_data"]
between = "|"
"""
AGGREGATE = """
[events.chain]
hash = "hash"
within = "aggregate"
algorithm = "sha512"
of = ["{previous}", "event_data"]
encoding = "base64"
"""
Rows = list[dict[str, Any]]


def store_hash(previous: str | None, row: dict[str, Any]) -> str:
    parts = (previous or "", row["aggregate_id"], str(row["version"]), row["event_type"], row["event_data"])
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def rows() -> Rows:
    """Three accounts in turns, each event with the hash of the one before it in the store."""
    made: Rows = []
    previous = None
    for position in range(1, 31):
        row: dict[str, Any] = {
            "id": position, "aggregate_id": f"account-{position % 3}", "event_type": "Deposited",
            "event_data": json.dumps({"amount": position, "memo": "入金"}, ensure_ascii=False),
            "version": (position + 2) // 3, "timestamp": f"2026-03-01T09:{position:02}:00Z", "previous_hash": previous,
        }  # fmt: skip
        row["hash"] = previous = store_hash(previous, row)
        made.append(row)
    return made


def layout(folder: Path, chain: str) -> Path:
    """The reference layout with a chain."""
    file = folder / "mine.toml"
    file.write_text(assets.path("layouts/reference.toml").read_text().replace('"reference"', '"mine"') + chain)
    return file


def opened(made: Rows, folder: Path, chain: str = STORE, database: Database | None = None) -> Session:
    columns = "id bigint PRIMARY KEY, aggregate_id text, event_type text, event_data text, version bigint, "
    columns += "timestamp text, previous_hash text, hash text, UNIQUE (aggregate_id, version)"
    target = str(folder / "store.db") if database is None else database.url
    if database is None:
        Path(target).unlink(missing_ok=True)
    connection: Any = sqlite3.connect(target) if database is None else database.connect()
    mark = "?" if database is None else "%s"
    for statement in ("DROP TABLE IF EXISTS events", f"CREATE TABLE events ({columns})"):
        connection.execute(statement)
    for row in made:
        marks = ", ".join([mark] * len(row))
        connection.execute(f"INSERT INTO events ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
    connection.commit()
    connection.close()
    return open_session(target, layout=str(layout(folder, chain)))


def changed(made: Rows) -> None:
    made[9]["event_data"] = made[9]["event_data"].replace("10", "1000")


def changed_with_its_hash(made: Rows) -> None:
    changed(made)
    made[9]["hash"] = store_hash(made[9]["previous_hash"], made[9])


def newest_of_an_account_removed(made: Rows) -> None:
    """No version shows that it was there; its position stays empty."""
    del made[27]


def inserted(made: Rows) -> None:
    made[27:27] = [{**made[27], "id": 100, "version": 11, "timestamp": made[29]["timestamp"], "hash": "00"}]


def without_a_hash(made: Rows) -> None:
    made[4]["hash"] = None


PLANTED = [
    pytest.param(lambda made: None, [], id="clean"),
    pytest.param(changed, [("chain-broken", "account-1", 4)], id="changed"),
    pytest.param(changed_with_its_hash, [("chain-broken", "account-2", 4)], id="changed-with-its-hash"),
    pytest.param(
        newest_of_an_account_removed,
        [("chain-broken", "account-2", 10), ("position-gap", None, None)],
        id="removed",
    ),
    pytest.param(inserted, [("chain-broken", "account-1", 11), ("position-gap", None, None)], id="inserted"),
    pytest.param(without_a_hash, [("chain-broken", "account-2", 2)], id="without-a-hash"),
]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize(("plant", "expected"), PLANTED)
def test_a_break_is_found_once_and_nothing_else(
    kind: str, plant: Callable[[Rows], None], expected: Any, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    made = rows()
    plant(made)
    database = request.getfixturevalue("postgres") if kind == "postgresql" else None
    session = opened(made, tmp_path, database=database)
    findings = list(Audit(session, AuditSettings()).run())
    session.close()
    assert places(findings) == expected


def test_what_other_findings_explain_is_not_told_again(tmp_path: Path) -> None:
    made = rows()
    del made[9]  # a version is missing
    made[19]["event_data"] = "{"  # and a payload can't be read
    session = opened(made, tmp_path)
    findings = list(Audit(session, AuditSettings()).run())
    session.close()
    assert places(findings) == [("payload-undecodable", "account-0", 7), ("version-gap", "account-1", 5)]


def test_chains_of_single_aggregates(tmp_path: Path) -> None:
    import base64

    made = rows()
    last: dict[str, str] = {}
    for row in made:
        content = (last.get(row["aggregate_id"], "") + row["event_data"]).encode()
        row["hash"] = last[row["aggregate_id"]] = base64.b64encode(hashlib.sha512(content).digest()).decode()
    session = opened(made, tmp_path, AGGREGATE)
    assert list(Audit(session, AuditSettings()).run()) == []
    session.close()
    changed(made)
    session = opened(made, tmp_path, AGGREGATE)
    assert places(list(Audit(session, AuditSettings()).run())) == [("chain-broken", "account-1", 4)]
    session.close()


def test_sealing_and_verifying_use_it(tmp_path: Path) -> None:
    made = rows()
    changed(made)
    session = opened(made, tmp_path)
    seal = tmp_path / "seal"
    said = seal_store(session, seal).statement
    assert "In the store's own chain of hashes 1 event doesn't fit." in said.remarks
    verdict = verify_store(session, seal)
    # What was changed before the seal no seal shows, and the chain does.
    assert verdict.differences == ()
    assert not verdict.verified
    assert verdict.chain is not None
    assert (verdict.chain.events, verdict.chain.broken) == (30, 1)
    assert places(list(verdict.chain.first)) == [("chain-broken", "account-1", 4)]
    session.close()
    session = opened(rows(), tmp_path)
    seal_store(session, seal)
    verdict = verify_store(session, seal)
    assert verdict.verified
    assert verdict.as_json()["chain"] == {"events": 30, "broken": 0, "first": []}
    session.close()


def test_chains_that_make_no_sense(tmp_path: Path) -> None:
    with pytest.raises(LayoutError, match="nothing is chained otherwise"):
        load_layout(layout(tmp_path, '[events.chain]\nhash = "hash"\n'))
    with pytest.raises(LayoutError, match="none of sha256"):
        load_layout(layout(tmp_path, '[events.chain]\nhash = "hash"\nprevious = "p"\nalgorithm = "crc32"\n'))
