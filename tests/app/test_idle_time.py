"""The map that shortens idle time: order, places and what is between stay as they are, and only gaps get shorter."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.app.idle_time import MOST, SHARE, USUAL, IdleTime, find_idle

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
START = 1_767_225_600 * SECOND

gaps = st.one_of(
    st.integers(0, 50),
    st.integers(0, 90 * SECOND),
    st.integers(0, 400 * DAY),
)
lives = st.builds(
    lambda start, gaps: np.cumsum([start, *gaps], dtype=np.int64),
    st.integers(-30_000 * DAY, 20_000 * DAY),
    st.lists(gaps, max_size=60),
)
MS = 1_000_000
paced = st.builds(
    lambda start, gaps: np.cumsum([start, *gaps], dtype=np.int64) * MS,
    st.integers(-30_000 * DAY // MS, 20_000 * DAY // MS),
    st.lists(
        st.one_of(*(st.integers(0, longest) for longest in (50, 90 * SECOND // MS, 400 * DAY // MS))), max_size=60
    ),
)
"""Lives whose places can be told apart as floats."""
extremes = st.lists(st.integers(-(1 << 63), (1 << 63) - 1), max_size=30).map(lambda each: np.array(each, np.int64))


def life(*gaps: int) -> np.ndarray:
    return np.cumsum([START, *gaps], dtype=np.int64)


@given(lives | extremes, st.randoms())
def test_events_are_neither_merged_nor_reordered_and_gaps_get_no_longer(times: np.ndarray, random) -> None:
    idle = find_idle(times)
    places = idle.places(times).tolist()
    known = sorted(zip(times.tolist(), places, strict=True))
    for (time, place), (next_time, next_place) in pairwise(known):
        assert (next_place > place) == (next_time > time)
        assert next_place - place <= next_time - time
    mixed = times.tolist()
    random.shuffle(mixed)
    again = np.array(mixed, dtype=np.int64)
    assert find_idle(again).breaks == idle.breaks
    assert dict(zip(mixed, idle.places(again).tolist(), strict=True)) == dict(known)


@given(lives | extremes)
def test_only_the_gaps_that_are_told_are_shortened(times: np.ndarray) -> None:
    idle = find_idle(times)
    ordered = np.sort(times).tolist()
    places = np.sort(idle.places(times)).tolist()
    told = {each.begin: each for each in idle.breaks}
    for begin, end, place, after in zip(ordered, ordered[1:], places, places[1:], strict=False):
        found = told.pop(begin, None) if end > begin else None
        if found is None:
            assert after - place == end - begin
        else:
            assert (found.end, found.place, found.width) == (end, place, after - place)
            assert 0 < found.width < found.length == end - begin
    assert not told


@given(paced, st.lists(st.floats(-0.2, 1.2), max_size=20))
def test_the_map_leads_back(times: np.ndarray, shares: list[float]) -> None:
    idle = find_idle(times)
    first, last = times[0] / SECOND, times[-1] / SECOND
    moments = sorted([*(times / SECOND).tolist(), *(first + share * (last - first) for share in shares)])
    places = [idle.place(moment) for moment in moments]
    # A float can't tell apart what is closer than this at such dates.
    near = 4e-6
    assert all(after >= before - near for before, after in pairwise(places))
    for moment, place in zip(moments, places, strict=True):
        within = [each for each in idle.breaks if each.begin / SECOND - near < moment < each.end / SECOND + near]
        # In a break a place stands for as much more time as the break is longer than it looks.
        steep = max((each.length / each.width for each in within), default=1.0)
        assert idle.time(place) == pytest.approx(moment, rel=0, abs=near * max(1.0, steep))
    drawn = [idle.place(moment) for moment in (times / SECOND).tolist()]
    assert drawn == pytest.approx((idle.places(times) / SECOND).tolist(), rel=0, abs=near)


@given(lives)
def test_what_is_idle_is_far_longer_than_usual(times: np.ndarray) -> None:
    idle = find_idle(times)
    lengths = np.diff(times)
    usual = np.sort(lengths[lengths > 0])
    assert len(idle.breaks) <= MOST
    span = int(times[-1] - times[0])
    for each in sorted(idle.breaks, key=lambda each: -each.length):
        assert each.length > USUAL * int(usual[(len(usual) - 1) // 2])
        assert each.length * SHARE > span
        span -= each.length
    assert sum(each.width for each in idle.breaks) <= max(span // 2, len(idle.breaks))


def test_a_long_night_is_cut_and_says_how_long_it_was() -> None:
    times = life(*[SECOND] * 100, 3 * DAY, *[SECOND] * 100)
    (found,) = find_idle(times).breaks
    assert (found.length, found.begin, found.width) == (3 * DAY, START + 100 * SECOND, 4 * SECOND)
    idle = find_idle(times)
    assert idle.break_at((found.place + 2 * SECOND) / SECOND) == found
    assert idle.break_at((found.place - SECOND) / SECOND) is None
    assert idle.break_at((found.place + 5 * SECOND) / SECOND) is None
    assert idle.time(found.place / SECOND + 2) == pytest.approx((START + 100 * SECOND + 1.5 * DAY) / SECOND)


def test_a_longer_gap_does_not_hide_a_long_one() -> None:
    # The weekend is nothing beside the year, but much of what is left without it.
    times = life(*[SECOND] * 50, 365 * DAY, *[SECOND] * 50, 2 * DAY, *[SECOND] * 50)
    assert [each.length for each in find_idle(times).breaks] == [365 * DAY, 2 * DAY]


@pytest.mark.parametrize(
    "times",
    [
        np.zeros(0, np.int64),
        life(),
        life(DAY),
        life(0, 0, 0),
        life(0, DAY, 0),
        life(*[DAY] * 30),
        life(*[SECOND, 19 * SECOND] * 30),
    ],
)
def test_an_even_life_has_none(times: np.ndarray) -> None:
    assert not find_idle(times).breaks
    assert find_idle(times).places(times).tolist() == times.tolist()


def test_without_breaks_time_stays_as_it_is() -> None:
    idle = IdleTime()
    assert (idle.place(1.25), idle.time(1.25), idle.break_at(1.25)) == (1.25, 1.25, None)
