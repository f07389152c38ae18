"""The overview of a store: near at once, whatever its size, and exact in the end."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import helpers_log
import numpy as np
import pytest
from helpers_contract import watched
from helpers_log import Row, many

from esviewer.app.overview import BUCKETS, Overview, Picture
from esviewer.errors import CancelledError
from esviewer.model.instant import parse
from esviewer.stores.opening import open_store
from esviewer.work import Work

START = parse("2026-01-01T00:00:00Z").ns // 1000


def opened(tmp_path: Path, rows: list[Row]):
    return open_store(str(helpers_log.write_sqlite(tmp_path / "store.db", rows)))


def whole(overview: Overview) -> Picture:
    while not overview.complete:
        overview.refine(0.05)
    return overview.picture()


def brute(picture: Picture, rows: list[Row]) -> dict[str, list[int]]:
    """The same counts from the rows as they were written."""
    found = Counter(
        (row.kind, (START + row.seconds * 1_000_000 - picture.first) // picture.width)
        for row in rows
        if row.seconds is not None
    )
    places = range(len(picture.counts))
    return {kind: [found[kind, place] for place in places] for kind in {kind for kind, _ in found}}


def uneven(number: int) -> list[Row]:
    """Events that come in bursts, with long silences."""
    return [
        Row(row.position, row.aggregate, row.version, row.kind, row.seconds + row.position // 1000 * 500_000,
            row.data, row.metadata)
        for row in many(number)
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [many(5_000), uneven(5_000), many(3), many(1), many(4_000, gap=1000)])
def test_all_events_are_counted_by_time_and_type(tmp_path: Path, rows: list[Row]) -> None:
    store = opened(tmp_path, rows)
    overview = Overview(store)
    first = overview.approximate()
    exact = whole(overview)
    store.close()
    assert (exact.exact, first.exact) == (True, False)
    assert 0 < len(exact.counts) <= BUCKETS
    assert {kind: list(each) for kind, each in exact.by_type.items()} == brute(exact, rows)
    assert exact.counts.sum() == exact.counted == len(rows)
    sizes = [int(each.sum()) for each in exact.by_type.values()]
    assert sizes == sorted(sizes, reverse=True)
    # The first picture has the same stretches, and is near.
    assert (first.first, first.width, len(first.counts)) == (exact.first, exact.width, len(exact.counts))
    assert np.abs(np.cumsum(first.counts) - np.cumsum(exact.counts)).max() <= max(2, len(rows) // 25)


def test_the_first_picture_takes_as_few_statements_in_a_larger_store(tmp_path: Path) -> None:
    taken = []
    for number in (2_000, 40_000):
        (tmp_path / str(number)).mkdir()
        store = opened(tmp_path / str(number), uneven(number))
        with watched() as statements:
            Overview(store).approximate()
        store.close()
        rows = [text for text, _ in statements if "FROM events" in text]
        # Nothing counts or reads on: each lookup takes one row.
        assert not [text for text in rows if "count(" in text.lower()]
        assert all("LIMIT" in text or "min(" in text or "max(" in text for text in rows)
        taken.append(len(rows))
    assert taken[1] < 40
    assert taken[1] <= taken[0] * 2 + 5


def test_events_without_a_time_and_clocks_that_run_back_are_told(tmp_path: Path) -> None:
    rows = many(600)
    rows[100] = Row(101, "order-00010", 1, "Odd", None, {}, {})
    rows[300] = Row(301, "order-00030", 1, "Odd", 5, {}, {})
    store = opened(tmp_path, rows)
    exact = whole(Overview(store))
    store.close()
    assert (exact.undated, exact.disordered, exact.counted) == (1, True, 600)
    assert {kind: list(each) for kind, each in exact.by_type.items()} == brute(exact, rows)


def test_times_that_are_farther_apart_than_seen_first_are_counted_too(tmp_path: Path) -> None:
    rows = many(900)
    rows[450] = Row(451, "order-00045", 1, "Odd", 80_000_000, {}, {})
    rows[451] = Row(452, "order-00045", 2, "Odd", -40_000_000, {}, {})
    store = opened(tmp_path, rows)
    overview = Overview(store)
    overview.approximate()
    exact = whole(overview)
    store.close()
    assert {kind: list(each) for kind, each in exact.by_type.items()} == brute(exact, rows)
    assert len(exact.counts) <= BUCKETS


def test_the_same_on_postgresql(postgres) -> None:
    rows = uneven(3_000)
    store = open_store(helpers_log.write_postgres(postgres, rows))
    overview = Overview(store)
    first = overview.approximate()
    exact = whole(overview)
    store.close()
    assert {kind: list(each) for kind, each in exact.by_type.items()} == brute(exact, rows)
    assert first.counts.sum() == pytest.approx(3_000, rel=0.02)


def test_what_was_counted_says_where_no_event_of_a_span_can_be(tmp_path: Path) -> None:
    store = opened(tmp_path, many(20_000))
    overview = Overview(store)
    whole(overview)
    since, until = parse("2026-01-02T00:00:00Z"), parse("2026-01-02T01:00:00Z")
    possible = overview.known.possible([(1, 20_000)], since, until)
    store.close()
    assert any(low <= 1441 <= high for low, high in possible)
    assert sum(high - low + 1 for low, high in possible) < 15_000


def test_an_empty_store_has_no_picture(tmp_path: Path) -> None:
    store = opened(tmp_path, [])
    overview = Overview(store)
    assert overview.approximate() is None
    assert whole(overview).counted == 0
    store.close()


def test_it_is_cancelled_and_begun_anew(tmp_path: Path) -> None:
    store = opened(tmp_path, many(2_000))
    overview = Overview(store)
    overview.refine(0)
    work = Work()
    work.cancel()
    with pytest.raises(CancelledError):
        overview.refine(1, work)
    assert whole(overview).counted == 2_000
    store.close()
