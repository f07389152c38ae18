"""A moment finds its version, names its neighbours, and says where time and version disagree."""

import pytest

from esviewer.app.as_of import locate, summary_as_of, typed_instant
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant, parse
from esviewer.stores.as_of import VersionAsOf


def _marks(*times: str | None) -> list[tuple[int, str, Instant | None]]:
    return [(version, f"E{version}", parse(time) if time else None) for version, time in enumerate(times, 1)]


def test_the_newest_event_at_or_before_the_moment_is_the_answer() -> None:
    marks = _marks("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z")

    found = locate(parse("2026-01-02T00:00:00Z"), marks)

    assert found.version == 2
    assert found.after is not None
    assert found.after.version == 3
    assert found.in_order
    assert not found.zone_missing


def test_before_the_first_event_there_is_no_version() -> None:
    found = locate(parse("2025-01-01T00:00:00Z"), _marks("2026-01-01T00:00:00Z"))

    assert found.version is None
    assert found.after is not None
    assert found.after.type == "E1"


def test_after_the_last_event_there_is_nothing_later() -> None:
    found = locate(parse("2027-01-01T00:00:00Z"), _marks("2026-01-01T00:00:00Z"))

    assert found.version == 1
    assert found.after is None


def test_zones_are_compared_as_moments() -> None:
    marks = _marks("2026-01-01T09:00:00+09:00", "2026-01-01T00:00:01Z")

    assert locate(parse("2026-01-01T00:00:00Z"), marks).version == 1


def test_an_earlier_version_with_a_later_time_is_reported() -> None:
    marks = _marks("2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-02T00:00:00Z")

    found = locate(parse("2026-01-03T00:00:00Z"), marks)

    assert found.version == 3
    assert not found.in_order


def test_missing_zones_and_times_are_reported() -> None:
    found = locate(parse("2026-01-03T00:00:00Z"), _marks("2026-01-01T00:00:00", None))

    assert found.zone_missing
    assert found.undated == 1
    assert found.version == 1


def test_a_typed_time_without_a_zone_takes_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        instant, guessed = typed_instant("2026-11-22 14:34")
    finally:
        monkeypatch.undo()
        time.tzset()

    assert guessed
    assert instant == parse("2026-11-22T14:34:00+09:00")
    assert typed_instant("2026-11-22T05:34Z") == (parse("2026-11-22T05:34:00Z"), False)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValueError, match="yesterday"):
        typed_instant("yesterday")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026/11/22 14:34 Asia/Tokyo", "2026-11-22T14:34:00+09:00"),
        ("2026-11-22T14:34[Asia/Tokyo]", "2026-11-22T14:34:00+09:00"),
        ("2026-07-01 12:00 Europe/Berlin", "2026-07-01T12:00:00+02:00"),
        ("2026-01-01 12:00 Europe/Berlin", "2026-01-01T12:00:00+01:00"),
        ("2026-1-2 9:05Z", "2026-01-02T09:05:00Z"),
        ("2026.01.02 9:05 UTC", "2026-01-02T09:05:00Z"),
        ("2026-01-02 09:05 UTC+9", "2026-01-02T09:05:00+09:00"),
        ("2026-01-02 09:05 GMT-03:30", "2026-01-02T09:05:00-03:30"),
        ("  20260102T090500.123456789Z ", "2026-01-02T09:05:00.123456789Z"),
        ("2026-01-02Z", "2026-01-02T00:00:00Z"),
    ],
)
def test_dates_as_people_type_them(typed: str, meant: str) -> None:
    assert typed_instant(typed) == (parse(meant), False)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("2026-02-30", "'2026-02-30' is no date: day"),
        ("2026-13-01", "'2026-13-01' is no date: month"),
        ("22.11.2026", "'22.11.2026' is not a date"),
        ("11/22/2026", "is not a date"),
        ("2026-01-02 12:00 Asia/Nowhere", "'Asia/Nowhere' is none such as Asia/Tokyo"),
        ("2026-01-02 12:00 America/Argentina", "names no known zone"),
        ("2026-01-02 12:00 x/../../etc/passwd", "is not a date"),
        ("10000-01-01", "is no"),
        ("2026-01-02 12:00 " + "A/" * 2000 + "B", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_what_can_t_be_meant_is_refused_with_a_reason(typed: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        typed_instant(typed)


def test_a_summary_as_of_a_moment() -> None:
    first, then, last = (parse(f"2026-01-0{day}T00:00:00Z") for day in (1, 2, 3))
    summary = AggregateSummary("a", "kind", 9, 9, first, last, status="deleted")

    found = summary_as_of(summary, VersionAsOf("a", 4, 4, then, False, True, 0))

    assert found == AggregateSummary("a", "kind", 4, 4, first, then, exact=False)
    assert summary_as_of(summary, VersionAsOf("a", None, 0, None, True, True, 0)) is None
