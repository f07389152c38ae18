"""When events were: given back in the order of the store, whatever order and process they were kept in."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from helpers_sqlite import COLUMNS, PLAIN, row

from esviewer.app import audit_order
from esviewer.app.auditing import Audit
from esviewer.app.session import open_session
from esviewer.audit import timeline
from esviewer.audit.settings import AuditSettings
from esviewer.audit.timeline import Timeline


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "_RUN", 70)
    monkeypatch.setattr(timeline, "_AT_ONCE", 150)
    monkeypatch.setattr(timeline, "_BETWEEN_SAMPLES", 8)


def test_all_come_back_in_order(tmp_path: Path):
    chance = random.Random(3)
    positions = [*chance.sample(range(-500, 500), 500), 2**62, -(2**63)]
    kept = [Timeline(tmp_path), Timeline(tmp_path)]
    # The second one as another process would name its files.
    (tmp_path / "other").mkdir()
    kept[1] = Timeline(tmp_path / "other")
    for start in range(0, len(positions), 37):
        part = positions[start : start + 37]
        chance.choice(kept).add(part, np.array([each // 2 for each in part], dtype=np.int64))
    kept[0].take(kept[1])
    slices = list(kept[0].slices())
    assert len(slices) > 3
    assert max(len(found) for found, _ in slices) < 300
    assert np.concatenate([found for found, _ in slices]).tolist() == sorted(positions)
    assert np.concatenate([times for _, times in slices]).tolist() == [each // 2 for each in sorted(positions)]
    assert kept[0].whole
    assert kept[0].count == len(positions)
    assert [len(found) for found, _ in kept[0].slices()] == [len(found) for found, _ in slices]


@pytest.mark.parametrize("position", [None, "7", 1.5, 2**63])
def test_what_is_no_position_is_noticed(tmp_path: Path, position: object):
    kept = Timeline(tmp_path)
    kept.add([1, position], np.array([1, 2], dtype=np.int64))
    assert not kept.whole
    other = Timeline(tmp_path)
    other.take(kept)
    assert not other.whole
    assert list(other.slices()) == []


@pytest.mark.parametrize("seed", range(4))
def test_times_are_judged_as_in_one_reading_in_store_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
):
    chance = random.Random(seed)
    rows = []
    for number in range(1_000):
        # Some are dated back, some lie ahead of their time or in the future, some have none.
        minute = chance.choice([number] * 40 + [number - 60, number + 90, 5_000_000, None])
        moment = "" if minute is None else str(np.datetime64("2026-01-01") + np.timedelta64(minute, "m")) + "Z"
        rows.append(row(f"a-{chance.randrange(12)}", number, time=moment))
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(PLAIN)
        connection.executemany(f"INSERT INTO events ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", rows)
    session = open_session(str(path))

    def audited() -> list[dict[str, object]]:
        found = Audit(session, AuditSettings()).run()
        return [each.as_json() for each in found if each.check == "position-time-order"]

    kept = audited()
    assert len(kept) > 5
    scans = []
    scan = session.store.scan
    monkeypatch.setattr(session.store, "scan", lambda *args, **named: scans.append(args) or scan(*args, **named))
    assert audited() == kept
    assert scans == []
    monkeypatch.setattr(audit_order, "_LOOKED_UP", 0)
    assert audited() == kept
    assert scans == [({"microseconds"},)]
    session.close()
