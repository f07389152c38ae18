"""Instants: read, printed, compared; zones are kept and their lack is too."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.instant import Instant, as_datetime, from_date, from_datetime, from_number, parse

NS = 1_000_000_000


class TestParse:
    @pytest.mark.parametrize(
        ("text", "ns", "offset"),
        [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("1970-01-01", 0, None),
            ("1970-01-01 00:00:01", NS, None),
            ("1970-01-01T09:00:00+09:00", 0, 32400),
            ("1970-01-01T00:00:00.123456789Z", 123456789, 0),
            ("1970-01-01T00:00:00,5z", NS // 2, 0),
            ("1969-12-31T23:59:59.999999999+0000", -1, 0),
            ("19700101T000001Z", NS, 0),
            ("1970-01-01T00:00Z", 0, 0),
            ("1970-01-01 05:30:00 +0530", 0, 19800),
            ("1969-12-31T23:00:00-01", 0, -3600),
            ("2016-12-31T23:59:60Z", 1483228800 * NS, 0),
            (" 1970-01-01T00:00:00 UTC ", 0, 0),
        ],
    )
    def test_forms(self, text: str, ns: int, offset: int | None):
        assert parse(text) == Instant(ns, offset)

    def test_default_zone(self):
        assert parse("1970-01-01T01:00:00", 3600) == Instant(0, 3600)
        assert parse("1970-01-01T00:00:00Z", 3600) == Instant(0, 0)

    @pytest.mark.parametrize(
        "text", ["", "x", "2026-13-01", "2026-02-30", "2026-01-01T25:00", "1", "2026-01-01T", "T10:00"]
    )
    def test_refuses(self, text: str):
        with pytest.raises(ValueError, match=r"."):
            parse(text)


class TestPrint:
    @pytest.mark.parametrize(
        ("instant", "text"),
        [
            (Instant(0), "1970-01-01T00:00:00Z"),
            (Instant(0, None), "1970-01-01T00:00:00"),
            (Instant(0, 32400), "1970-01-01T09:00:00+09:00"),
            (Instant(0, -5400), "1969-12-31T22:30:00-01:30"),
            (Instant(0, 17), "1970-01-01T00:00:17+00:00:17"),
            (Instant(120_000_000), "1970-01-01T00:00:00.120Z"),
            (Instant(1), "1970-01-01T00:00:00.000000001Z"),
            (Instant(1000), "1970-01-01T00:00:00.000001Z"),
            (Instant(-62135596800 * NS), "0001-01-01T00:00:00Z"),
        ],
    )
    def test_form(self, instant: Instant, text: str):
        assert str(instant) == text
        assert parse(text) == instant

    def test_beyond_the_calendar(self):
        assert "ns since 1970" in str(Instant(10**30))

    @given(
        st.integers(-62_000_000_000 * NS, 250_000_000_000 * NS),
        st.none() | st.integers(-14 * 60, 14 * 60).map(lambda minutes: minutes * 60),
    )
    def test_reads_back(self, ns: int, offset: int | None):
        instant = Instant(ns, offset)
        assert parse(instant.isoformat()) == instant


class TestConversion:
    @given(st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)), st.integers(-14 * 60, 14 * 60))
    def test_datetimes(self, naive: datetime, minutes: int):
        moment = naive.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        instant = from_datetime(moment)
        assert as_datetime(instant) == moment
        assert instant.offset == minutes * 60
        assert from_datetime(naive) == Instant(from_datetime(naive.replace(tzinfo=UTC)).ns, None)
        assert parse(moment.isoformat()) == instant

    @pytest.mark.parametrize(
        ("value", "unit"),
        [(1, "s"), (1000, "ms"), (1_000_000, "us"), (NS, "ns"), (621355968010000000, "ticks"), (1.0, "s")],
    )
    def test_numbers(self, value: float, unit: str):
        assert from_number(value, unit) == Instant(NS, 0)

    def test_days(self):
        assert from_date(date(1970, 1, 2)) == Instant(86400 * NS, None)

    def test_order_is_of_time(self):
        assert sorted([Instant(2, 0), Instant(1, None), Instant(0, 7200)]) == [
            Instant(0, 7200),
            Instant(1, None),
            Instant(2, 0),
        ]
