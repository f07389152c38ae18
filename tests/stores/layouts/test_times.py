"""Timestamps in every form stores keep them."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from esviewer.model.instant import Instant, parse
from esviewer.stores.layouts.times import Timestamps, offset_of

S = 1_000_000_000
NOON = 1_767_268_800


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-01-01T12:00:00Z", Instant(NOON * S, 0)),
        ("2026-01-01 12:00:00+00", Instant(NOON * S, 0)),
        ("2026-01-01 21:00:00+09", Instant(NOON * S, 32400)),
        ("2026-01-01T21:00:00.5+09:00", Instant(NOON * S + S // 2, 32400)),
        ("2026-01-01T12:00:00", Instant(NOON * S, None)),
        ("2026-01-01T12:00:00.123456789Z", Instant(NOON * S + 123456789, 0)),
        ("2026-01-01T12:00:00.123456789", Instant(NOON * S + 123456789, None)),
        ("2026-01-01T12:00:00.1234567+00:00", Instant(NOON * S + 123456700, 0)),
        ("2026-01-01 12:00:00.1234567", Instant(NOON * S + 123456700, None)),
        ("2026-01-01", Instant((NOON - 43200) * S, None)),
        (NOON, Instant(NOON * S, 0)),
        (NOON * 1000 + 1, Instant(NOON * S + 1_000_000, 0)),
        (NOON * 10**6 + 1, Instant(NOON * S + 1000, 0)),
        (NOON * 10**9 + 1, Instant(NOON * S + 1, 0)),
        (NOON + 0.123, Instant(NOON * S + 123_000_000, 0)),
        (Decimal("1767268800.123456789"), Instant(NOON * S + 123456789, 0)),
        (str(NOON), Instant(NOON * S, 0)),
        (f"{NOON}.25", Instant(NOON * S + S // 4, 0)),
        (datetime(2026, 1, 1, 12, tzinfo=UTC), Instant(NOON * S, 0)),
        (b"2026-01-01T12:00:00Z", Instant(NOON * S, 0)),
        (None, None),
    ],
)
def test_auto(value: Any, expected: Instant | None) -> None:
    assert Timestamps().read(value) == expected


@pytest.mark.parametrize(
    "value", ["", "yesterday", "2026-13-01T00:00:00Z", True, [], float("nan"), float("inf"), b"\xff"]
)
def test_what_is_no_time(value: Any) -> None:
    unreadable: list[Any] = []
    assert Timestamps().read_many([value, NOON], unreadable) == [None, Instant(NOON * S, 0)]
    assert len(unreadable) == 1


@pytest.mark.parametrize(
    ("form", "value", "ns"),
    [
        ("s", 5, 5 * S),
        ("ms", 5, 5_000_000),
        ("us", 5, 5000),
        ("ns", 5, 5),
        ("ms", "1767268800123", NOON * S + 123_000_000),
        ("s", 1.5, S * 3 // 2),
        ("ticks", 639028656000000000 + 1, NOON * S + 100),
    ],
)
def test_named_units(form: str, value: Any, ns: int) -> None:
    assert Timestamps(form).read(value) == Instant(ns, 0)


def test_a_zone_stands_in_where_none_is_named() -> None:
    assert Timestamps("iso", 0).read("2026-01-01T12:00:00.5") == Instant(NOON * S + S // 2, 0)
    assert Timestamps("iso", 3600).read("2026-01-01T12:00:00") == Instant((NOON - 3600) * S, 3600)
    assert Timestamps("iso", 3600).read("2026-01-01T12:00:00Z") == Instant(NOON * S, 0)
    assert offset_of("UTC") == 0
    assert offset_of("-03:30") == -12600
    with pytest.raises(ValueError, match="no zone"):
        offset_of("Europe/Berlin")


def test_the_fast_way_and_the_exact_way_agree() -> None:
    random.seed(1)
    for _ in range(3000):
        digits = random.choice([0, 1, 3, 6, 7, 9])
        fraction = "." + "".join(random.choices("0123456789", k=digits)) if digits else ""
        zone = random.choice(["", "Z", "+00", "+00:00", "-05:30", "+0900", "+09"])
        day = f"{random.randint(1900, 2100)}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
        clock = f"{random.randint(0, 23):02d}:{random.randint(0, 59):02d}:{random.randint(0, 59):02d}"
        text = day + random.choice("T ") + clock + fraction + zone
        assert Timestamps().read(text) == parse(text), text
