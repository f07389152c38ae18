"""A moment finds its version, names its neighbours, and says where time and version disagree."""


from esviewer.app.as_of import locate, summary_as_of
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


def test_a_summary_as_of_a_moment() -> None:
    first, then, last = (parse(f"2026-01-0{day}T00:00:00Z") for day in (1, 2, 3))
    summary = AggregateSummary("a", "kind", 9, 9, first, last, status="deleted")

    found = summary_as_of(summary, VersionAsOf("a", 4, 4, then, False, True, 0))

    assert found == AggregateSummary("a", "kind", 4, 4, first, then, exact=False)
    assert summary_as_of(summary, VersionAsOf("a", None, 0, None, True, True, 0)) is None
