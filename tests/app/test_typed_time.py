"""What people type for a moment: forms, zones, and what can't be told is refused with a reason."""

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.app.typed_time import typed_instant
from esviewer.model.instant import Instant, now, parse

NS = 1_000_000_000


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This machine stands in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026/11/22 14:34 Asia/Tokyo", "2026-11-22T14:34:00+09:00"),
        ("2026-11-22T14:34[Asia/Tokyo]", "2026-11-22T14:34:00+09:00"),
        ("2026-07-01 12:00 Europe/Berlin", "2026-07-01T12:00:00+02:00"),
        ("2026-01-01 12:00 Europe/Berlin", "2026-01-01T12:00:00+01:00"),
        ("2026-07-01 12:00 America/New_York", "2026-07-01T12:00:00-04:00"),
        ("2026-07-01 12:00 PST8PDT", "2026-07-01T12:00:00-07:00"),
        ("2026-07-01 12:00America/New_York", "2026-07-01T12:00:00-04:00"),
        ("2026-07-01 1:05 pm America/Sao_Paulo", "2026-07-01T13:05:00-03:00"),
        ("2026-01-01 Asia/Tokyo", "2026-01-01T00:00:00+09:00"),
        ("2026-1-2 9:05Z", "2026-01-02T09:05:00Z"),
        ("2026.01.02 9:05 UTC", "2026-01-02T09:05:00Z"),
        ("2026-01-02 09:05 utc", "2026-01-02T09:05:00Z"),
        ("2026-01-02 09:05 UTC+9", "2026-01-02T09:05:00+09:00"),
        ("2026-01-02 09:05 GMT-03:30", "2026-01-02T09:05:00-03:30"),
        ("2026-01-02 09:05 +0530", "2026-01-02T09:05:00+05:30"),
        ("  20260102T090500.123456789Z ", "2026-01-02T09:05:00.123456789Z"),
        ("20260102090500Z", "2026-01-02T09:05:00Z"),
        ("2026-01-02Z", "2026-01-02T00:00:00Z"),
        ("2026-01-02+09:00", "2026-01-02T00:00:00+09:00"),
        ("2026-02-28T24:00Z", "2026-03-01T00:00:00Z"),
        ("31.12.2025 24:00:00,000 Asia/Tokyo", "2026-01-01T00:00:00+09:00"),
        ("20260102T2400+0530", "2026-01-03T00:00:00+05:30"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("22.11.2026 14:34 CET", "2026-11-22T14:34:00+01:00"),
        ("2.1.2026 9:05 JST", "2026-01-02T09:05:00+09:00"),
        ("2026-06-01 2pm PST", "2026-06-01T14:00:00-08:00"),
        ("June 1, 2025 at 2:34 pm UTC", "2025-06-01T14:34:00Z"),
        ("1 June 2025 12:00 a.m. Z", "2025-06-01T00:00:00Z"),
        ("1st Sept 2025 12:00 PM Z", "2025-09-01T12:00:00Z"),
        ("Sun, 01 Jun 2025 14:34:00 +0200", "2025-06-01T14:34:00+02:00"),
        ("Sun Jun  1 14:34:00 UTC 2025", "2025-06-01T14:34:00Z"),
        ("01/Jun/2025:14:34:00 +0200", "2025-06-01T14:34:00+02:00"),
        ("1-may-2025 Z", "2025-05-01T00:00:00Z"),
        ("2025-10-26 02:30 CEST", "2025-10-26T02:30:00+02:00"),
    ],
)
def test_dates_as_people_type_them(typed: str, meant: str) -> None:
    instant, guessed = typed_instant(typed)
    assert (instant.ns, guessed) == (parse(meant).ns, False)
    assert typed_instant(str(instant)) == (instant, False)


@pytest.mark.parametrize("digits", ["1748781240", "1748781240000", "1748781240000000", "1748781240000000000"])
def test_counts_since_1970(digits: str) -> None:
    assert typed_instant(digits) == (Instant(1748781240 * NS), False)


@pytest.mark.usefixtures("in_berlin")
def test_without_a_zone_it_is_this_machine_s() -> None:
    assert typed_instant("2026-11-22 14:34") == (parse("2026-11-22T14:34:00+01:00"), True)
    assert typed_instant("2026-06-01") == (parse("2026-06-01T00:00:00+02:00"), True)
    assert typed_instant("2026-11-22T05:34Z") == (parse("2026-11-22T05:34:00Z"), False)


@pytest.mark.usefixtures("in_berlin")
def test_times_when_clocks_were_changed() -> None:
    for zone in ("", " Europe/Berlin"):
        with pytest.raises(ValueError, match=r"'2025-03-30 02:30.*' was shown by no clock there"):
            typed_instant("2025-03-30 02:30" + zone)
        with pytest.raises(ValueError, match=r"was shown twice there.* \+02:00 or \+01:00"):
            typed_instant("2025-10-26 02:30" + zone)
    assert typed_instant("2025-10-26 02:30+02:00")[0].ns + 3600 * NS == typed_instant("2025-10-26 02:30+01:00")[0].ns


@pytest.mark.usefixtures("in_berlin")
def test_times_near_the_present() -> None:
    before = now()
    instant, guessed = typed_instant("now")
    assert before <= instant <= now()
    assert not guessed

    earlier = typed_instant("2 hours ago")[0]
    assert before.ns - 7200 * NS <= earlier.ns <= now().ns - 7200 * NS

    today, yesterday = (typed_instant(f"{day} at 14:34Z")[0] for day in ("today", "Yesterday"))
    assert today.ns - yesterday.ns == 86400 * NS
    assert str(today).endswith("T14:34:00Z")
    assert typed_instant("yesterday")[1]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2026-02-30", "'2026-02-30' is no date: day"),
        ("2026-13-01", "'2026-13-01' is no date: month"),
        ("2026-01-01T25:00", "is no date: hour"),
        ("2026-01-01T24:01", "is no date: hour"),
        ("9999-12-31T24:00Z", "is no date: "),
        ("2026-02-30T24:00Z", "is no date: day"),
        ("2026-01-01T", "is not a date"),
        ("2026-01-01 13 pm", "has an hour that is none: 13 pm"),
        ("2026-01-01 9", "is not a date"),
        ("11/22/2026", "may have the day first or the month: write the year first, as in 2026-11-22"),
        ("2026-01-02 12:00 Asia/Nowhere", "'Asia/Nowhere' is none such as Asia/Tokyo"),
        ("2026-01-02 12:00 America/Argentina", "names no known zone: 'America/Argentina'"),
        ("2026-01-02 12:00 Nowhere", "'Nowhere' is none such as Asia/Tokyo"),
        ("2026-01-02 12:00 CST", "has a zone that may be several: CST"),
        ("2026-01-02 12:00+25:00", r"has a zone that is none: \+25:00 from UTC; they lie between -12:00 and \+14:00"),
        ("2026-01-02 12:00 UTC-16", "has a zone that is none: UTC-16"),
        ("2026-01-02 12:00+09:60", r"has a zone that is none: \+09:60"),
        ("2026-01-02 12:00 x/../../etc/passwd", "is not a date"),
        ("10000-01-01", "is not a date"),
        ("0000-01-01", "is no date: year"),
        ("2026-01-02 12:00 " + "A/" * 2000 + "B", "is not a date"),
        ("tomorrow", "is not a date"),
        ("٢٠٢٦-٠١-٠٢", "is not a date"),
        ("T10:00", "is not a date"),
        ("1", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_what_can_t_be_meant_is_refused_with_a_reason(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        typed_instant(typed)


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{2,12} ?[A-Za-z+/-]{0,9}"))
def test_any_text_is_a_moment_or_refused(text: str) -> None:
    try:
        instant, _ = typed_instant(text)
    except ValueError:
        return
    assert isinstance(instant, Instant)
