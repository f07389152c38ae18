"""A moment finds its version, names its neighbours, and says where time and version disagree."""

import pytest

from esviewer.app.as_of import locate, typed_instant
from esviewer.model.instant import Instant, parse


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
