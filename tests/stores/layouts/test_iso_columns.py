"""Times read by the column are those read one by one, or left to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.instant import Instant
from esviewer.stores.layouts.iso_columns import iso_column
from esviewer.stores.layouts.times import Timestamps

WALLS = st.datetimes().map(lambda each: each.isoformat(timespec="microseconds"))


@given(
    walls=st.lists(WALLS, min_size=1, max_size=20),
    digits=st.integers(0, 9),
    suffix=st.sampled_from(["", "Z", "+00:00", "-07:00", "+09:30"]),
    zone=st.sampled_from([None, 0, 3600]),
    between=st.sampled_from("T "),
)
def test_as_one_by_one(walls: list[str], digits: int, suffix: str, zone: int | None, between: str):
    texts = [
        (each[:19] + ("." + (each[20:] + "789")[:digits] if digits else "") + suffix).replace("T", between)
        for each in walls
    ]
    reader = Timestamps(zone=zone)
    found = reader.microseconds(texts)
    assert found is not None
    assert found.tolist() == [reader.read(text).ns // 1000 for text in texts]
    clock = reader.clock(texts)
    near = all(1700 <= int(each[:4]) <= 2200 for each in walls)
    assert (clock is None) == (digits > 6) or not near
    if clock is not None:
        assert [Instant(ns, clock.offset) for ns in clock.ns.tolist()] == [reader.read(text) for text in texts]


@given(st.lists(st.text("0123456789-T :.Z+", min_size=19, max_size=26), min_size=1, max_size=3))
def test_what_is_read_at_once_is_a_time(texts: list[str]):
    found = iso_column(texts, None)
    if found is not None:
        assert found.microseconds.tolist() == [Timestamps().read(text).ns // 1000 for text in texts]


@pytest.mark.parametrize(
    "texts",
    [
        ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"],
        ["2026-01-01T00:00:00Z", "2026-02-30T00:00:00Z"],
        ["2026-01-01T00:00:00Z", "2026-01-01T24:00:00Z"],
        ["2026-01-01T00:00:00Z", "2026-01-01T00:00:60Z"],
        ["2026-01-01T00:00:00Z", "２026-01-01T00:00:00Z"],
        ["2026-01-01T00:00:00+01:00", "2026-01-01T00:00:00+02:00"],
        ["0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"],
        ["yesterday"],
    ],
)
def test_other_texts_are_left_to_be_read_one_by_one(texts: list[str]):
    assert iso_column(texts, None) is None
