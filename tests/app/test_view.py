"""A view is built step by step, can be used meanwhile, and goes on when events arrive."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from esviewer.app.session import Session, open_session
from esviewer.app.view import AggregateView
from esviewer.errors import CancelledError, NotFoundError
from esviewer.model.instant import Instant, parse
from esviewer.model.values import same
from esviewer.stores.embedded import EmbeddedStore, NewEvent

DAY = 24 * 3600 * 1_000_000_000
START = parse("2026-01-01T00:00:00Z").ns
RULES = """
[[on]]
event = "Put"
set = { "[data.key]" = "data.value" }
"""


def _events(first: int, count: int, chance: random.Random) -> list[NewEvent]:
    return [
        NewEvent(
            "a-1",
            "Put" if number % 50 else "Odd",
            {"key": f"k{chance.randrange(40)}", "value": number},
            aggregate_type="a",
            timestamp=Instant(START + number * DAY, 0),
        )
        for number in range(first, first + count)
    ]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "store.db"
    with EmbeddedStore(file) as store:
        store.append_events(_events(1, 6000, random.Random(1)))
    return file


@pytest.fixture
def session(file: Path, tmp_path: Path) -> Iterator[Session]:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    opened = open_session(str(file), reducers=[str(rules)])
    yield opened
    opened.close()


def test_a_view_built_in_slices_is_the_one_built_whole(session: Session) -> None:
    whole = session.view("a-1")
    view = session.begin_view("a-1")
    chance = random.Random(2)
    assert len(view) == 0
    slices = 0
    while not view.advance(0):
        slices += 1
        version = int(view.versions[chance.randrange(len(view))])
        assert same(view.state_at(version).state, whole.state_at(version).state)
        assert view.known_changes(version) == whole.changes(version)
        assert view.instant(view.index_of(version)) == whole.instant(whole.index_of(version))

    assert slices > 3
    assert view.complete
    for column in ("versions", "type_codes", "times_ns", "has_time"):
        assert list(getattr(view, column)) == list(getattr(whole, column))
    assert view.types == whole.types == ["Put", "Odd"]
    assert dict(view.history.skipped()) == dict.fromkeys(range(50, 6001, 50), "no rule for Odd")


def test_events_that_arrive_later_are_taken_in(session: Session, file: Path) -> None:
    view = session.view("a-1")
    assert not view.look_again()
    with EmbeddedStore(file) as store:
        store.append_events(_events(6001, 500, random.Random(3)))

    assert view.look_again()
    assert not view.complete
    assert view.advance()
    assert len(view) == view.summary.version == 6500
    assert view.state_at(6490).state == session.state("a-1", version=6490).state
    assert not view.look_again()


def test_a_view_that_nobody_wants_stops(session: Session) -> None:
    view = session.begin_view("a-1")
    view.advance(0)
    view.stop()

    with pytest.raises(CancelledError):
        view.advance()


def test_a_small_budget_gives_the_same_states(session: Session) -> None:
    whole = session.view("a-1")
    summary = session.store.summary("a-1")
    view = AggregateView(session.store, summary, session.reducer_for("a"), budget=20_000)
    view.advance()
    chance = random.Random(4)
    for _ in range(40):
        version = chance.randrange(1, 6001)
        assert same(view.state_at(version).state, whole.state_at(version).state)

    assert view.history.memory < whole.history.memory


@pytest.mark.parametrize("day", [0, 0.5, 1, 3000.25, 6000, 7000])
def test_a_moment_lies_where_the_session_says(session: Session, day: float) -> None:
    moment = Instant(START + int(day * DAY), 0)

    assert session.view("a-1").as_of(moment) == session.as_of("a-1", moment)


def test_versions_that_are_not_there(session: Session) -> None:
    view = session.view("a-1")
    for version in (0, 6001, -1, 10**30):
        with pytest.raises(NotFoundError):
            view.index_of(version)
