"""Lanes say of every part of the axis what a look at each event would say."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from esviewer.app.lanes import MARKS, Lanes
from esviewer.app.session import Session, open_session
from esviewer.errors import CancelledError
from esviewer.work import Work

_DAY = 86_400


def write(path: Path, events: list[tuple[str, int, str, str | None]]) -> Path:
    """A store of events: aggregate, version, type, time."""
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, event_id TEXT, aggregate_id TEXT, "
        "aggregate_type TEXT, event_type TEXT, event_data TEXT, metadata TEXT, version INTEGER, timestamp TEXT, "
        "UNIQUE (aggregate_id, version))"
    )
    [(before,)] = connection.execute("SELECT count(*) FROM events")
    connection.executemany(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?, '{}', NULL, ?, ?)",
        [
            (number, f"e{number}", ident, ident.partition("-")[0], kind, version, time)
            for number, (ident, version, kind, time) in enumerate(events, before + 1)
        ],
    )
    connection.commit()
    connection.close()
    return path


def at(second: float) -> str:
    """A time so long after the first of March."""
    day, rest = divmod(second, _DAY)
    return f"2026-03-{1 + int(day):02}T{int(rest // 3600):02}:{int(rest % 3600 // 60):02}:{rest % 60:09.6f}Z"


BEGIN = 1_772_323_200.0


def story(seed: int, count: int, *, back: bool = False) -> list[tuple[str, int, str, str | None]]:
    """A busy aggregate, whose clock runs back now and then, and a quiet one."""
    chance = random.Random(seed)
    found, second = [], 0.0
    for version in range(1, count + 1):
        second += chance.random() * 100
        shown = second - (chance.random() * 500 if back and version > 10 else 0)
        found.append(("busy-1", version, chance.choice(("Added", "Added", "Removed", "Noted")), at(max(0, shown))))
    return [*found, ("quiet-1", 1, "Opened", at(30)), ("quiet-1", 2, "Closed", at(second / 2))]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[list[Session]]:
    sessions: list[Session] = []
    yield sessions
    for each in sessions:
        each.close()


def read(opened: list[Session], path: Path, *ids: str) -> Lanes:
    session = open_session(str(path))
    opened.append(session)
    lanes = Lanes(session.store, session.reducers.words_for)
    lanes.show(ids)
    while not lanes.advance(0.01):
        pass
    return lanes


@pytest.mark.parametrize("back", [False, True])
def test_counts_are_those_of_each_event(opened: list[Session], tmp_path: Path, back: bool) -> None:
    events = story(1, MARKS + 500, back=back)
    lanes = read(opened, write(tmp_path / "s.db", events), "busy-1", "quiet-1")
    seconds = [BEGIN + float(_second(time or "")) for ident, _, _, time in events if ident == "busy-1"]
    kinds = [kind for ident, _, kind, _ in events if ident == "busy-1"]
    chance = random.Random(2)
    for _ in range(40):
        low, high = sorted(chance.uniform(min(seconds) - 9, max(seconds) + 9) for _ in range(2))
        sight = lanes.sight((low, high), 64)
        busy = sight.lanes[0]
        inside = [index for index, second in enumerate(seconds) if low <= second <= high]
        assert busy.in_sight == len(inside)
        if busy.counts.size:
            told = {sight.kinds[kind].name: int(busy.counts[row].sum()) for row, kind in enumerate(busy.kinds)}
            assert told == Counter(kinds[index] for index in inside)
            edges = sight.edges
            for column in range(64):
                naive = sum(edges[column] <= seconds[index] < edges[column + 1] for index in inside)
                assert abs(int(busy.counts[:, column].sum()) - naive) <= 1  # an edge is a float here
        else:
            assert sorted(each.version for each in busy.spots) == [index + 1 for index in inside]


def _second(time: str) -> float:
    day, rest = time.removesuffix("Z").split("T")
    hour, minute, second = rest.split(":")
    return (int(day[-2:]) - 1) * _DAY + int(hour) * 3600 + int(minute) * 60 + float(second)


def test_few_events_are_told_one_by_one_and_many_counted(opened: list[Session], tmp_path: Path) -> None:
    lanes = read(opened, write(tmp_path / "s.db", story(3, MARKS + 500)), "quiet-1", "busy-1", "nobody")
    sight = lanes.sight(None, 100)
    quiet, busy, nobody = sight.lanes
    assert [(each.version, sight.kinds[each.kind].name) for each in quiet.spots] == [(1, "Opened"), (2, "Closed")]
    assert not quiet.counts.size
    assert not busy.spots
    assert busy.counts.sum() == busy.in_sight == MARKS + 500
    assert (nobody.missing, nobody.read, nobody.complete) == (True, 0, True)
    first = lanes.end("busy-1", last=False)
    assert first is not None
    near = lanes.sight((first.place - 1, first.place + 300), 100)
    assert near.lanes[1].spots[0] == first
    # Both sides are drawn beyond what is in sight, and not counted as being there.
    wider = lanes.sight((first.place - 1, first.place + 300), 100, beside=0.5)
    assert wider.lanes[1].in_sight == near.lanes[1].in_sight < len(wider.lanes[1].spots)


def test_steps_go_by_time_from_end_to_end(opened: list[Session], tmp_path: Path) -> None:
    events = story(4, 300, back=True)
    lanes = read(opened, write(tmp_path / "s.db", events), "busy-1", "quiet-1")
    seconds = [_second(time or "") for ident, _, _, time in events if ident == "busy-1"]
    expected = sorted(range(300), key=lambda index: seconds[index])
    spot = lanes.end("busy-1", last=False)
    walked = []
    while spot is not None and len(walked) < 300:
        walked.append(spot.version - 1)
        spot = lanes.step("busy-1", spot.row, 1)
    assert walked == expected
    assert spot is not None
    assert spot == lanes.end("busy-1", last=True)
    for place in (0.0, BEGIN + 777.7, BEGIN + 5_000, 4e9):
        nearest = lanes.nearest("busy-1", place)
        assert nearest is not None
        assert abs(nearest.place - place) == pytest.approx(min(abs(BEGIN + each - place) for each in seconds), abs=1e-5)


def test_events_without_a_time_lie_between_those_beside_them(opened: list[Session], tmp_path: Path) -> None:
    path = write(
        tmp_path / "s.db",
        [("a-1", 1, "X", at(0)), ("a-1", 2, "X", None), ("a-1", 3, "X", at(100)), ("b-1", 1, "Y", None)],
    )
    sight = read(opened, path, "a-1", "b-1").sight(None, 10)
    assert [(each.place - BEGIN, each.time is None) for each in sight.lanes[0].spots] == [
        (0, False), (50, True), (100, False),
    ]  # fmt: skip
    assert [each.undated for each in sight.lanes] == [1, 1]
    assert sight.lanes[1].spots == ()
    assert sight.lanes[1].first is None


def test_idle_time_of_all_lanes_is_short(opened: list[Session], tmp_path: Path) -> None:
    events = [("a-1", version, "X", at(version * 10.0)) for version in range(1, 30)]
    events += [("b-1", version, "Y", at(20 * _DAY + version * 10.0)) for version in range(1, 30)]
    lanes = read(opened, write(tmp_path / "s.db", events), "a-1", "b-1")
    assert not lanes.sight(None, 10).idle.breaks
    sight = lanes.sight(None, 10, collapse=True)
    assert len(sight.idle.breaks) == 1
    assert sight.ends is not None
    assert sight.ends[1] - sight.ends[0] < _DAY
    last = sight.lanes[1].spots[-1]
    assert sight.idle.time(last.place) == pytest.approx(BEGIN + 20 * _DAY + 290)
    # Only one of them has no idle time left.
    lanes.show(["b-1"])
    assert not lanes.sight(None, 10, collapse=True).idle.breaks


def test_reading_goes_on_after_it_was_cancelled_and_with_what_is_new(opened: list[Session], tmp_path: Path) -> None:
    path = write(tmp_path / "s.db", story(5, 9_000))
    session = open_session(str(path))
    opened.append(session)
    lanes = Lanes(session.store, session.reducers.words_for)
    lanes.show(["busy-1", "quiet-1"])
    lanes.advance(0)
    work = Work()
    work.cancel()
    with pytest.raises(CancelledError):
        lanes.advance(9, work)
    assert lanes.count < 9_002
    assert lanes.advance(30)
    assert lanes.count == 9_002
    write(path, [("quiet-1", 3, "Opened", at(1_000)), ("later-1", 1, "Opened", at(2_000))])
    assert lanes.advance(9)
    assert lanes.count == 9_002
    lanes.look_again()
    lanes.show(["quiet-1", "later-1", "busy-1"])
    assert lanes.advance(9)
    assert [each.read for each in lanes.sight(None, 10).lanes] == [3, 1, 9_000]


def test_what_is_in_sight_is_told_by_time(opened: list[Session], tmp_path: Path) -> None:
    path = write(tmp_path / "s.db", [("a-1", 1, "X", at(1)), ("b-1", 1, "Y", at(2)), ("a-1", 2, "X", at(3))])
    lanes = read(opened, path, "a-1", "b-1")
    assert lanes.keys((BEGIN, BEGIN + 9), 5) == (3, [("a-1", 1), ("b-1", 1), ("a-1", 2)])
    assert lanes.keys((BEGIN + 2, BEGIN + 2), 5) == (1, [("b-1", 1)])
    assert lanes.keys((BEGIN, BEGIN + 9), 2) == (3, [])
