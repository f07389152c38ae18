"""Which event made a difference, against the changes of every single event."""

import json
import sqlite3
from pathlib import Path

import pytest
from helpers_demo import demo_store

from esviewer.app.asking import whole_view
from esviewer.app.comparison import Comparison
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.last_writer import last_writer
from esviewer.app.session import open_session
from esviewer.app.view import AggregateView
from esviewer.errors import NotFoundError
from esviewer.model.change import pointer


@pytest.fixture(scope="module")
def view():
    session = open_session(str(demo_store()))
    yield whole_view(session, PUZZLING_ORDER)
    session.close()


def _touching(view: AggregateView, path: tuple, last: int) -> int:
    return max(
        version
        for version in map(int, view.versions)
        if version <= last
        for change in view.changes(version)
        if change.path[: len(path)] == path or path[: len(change.path)] == change.path
    )


@pytest.mark.parametrize(("first", "second"), [(3, 12), (12, 3), (1, 16), (16, 1), (7, 8)])
def test_it_is_the_last_event_that_touched_the_path(view: AggregateView, first: int, second: int) -> None:
    found = Comparison(view.state_at(first), view.state_at(second))
    assert found.changes
    for change in found.changes:
        if not any(isinstance(part, int) for part in change.path):
            assert last_writer(view, found, change) == _touching(view, change.path, max(first, second))


STATES = (
    {"items": [{"id": 1, "n": 1}, {"id": 2, "n": 1}], "was": 1},
    {"items": [{"id": 1, "n": 1}, {"id": 2, "n": 5}], "was": None},
    {"items": [{"id": 2, "n": 5}], "was": None},
    {"items": [{"id": 2, "n": 5}, {"id": 3, "n": 9}], "was": None},
    {"other": 1},
)


@pytest.fixture
def lists(tmp_path: Path):
    with sqlite3.connect(tmp_path / "s.db") as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER,"
            " timestamp TEXT, PRIMARY KEY (aggregate_id, version))"
        )
        rows = [("a", "Changed", json.dumps(state), version) for version, state in enumerate(STATES, 1)]
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, NULL)", [*rows, ("b", "Changed", "{}", 1)])
    connection.close()
    session = open_session(str(tmp_path / "s.db"))
    yield session
    session.close()


def test_elements_are_followed_or_it_is_said_that_they_can_not_be(lists) -> None:
    view = whole_view(lists, "a")

    def told(first: int, second: int) -> dict[str, int | None]:
        found = Comparison(view.state_at(first), view.state_at(second))
        answers: dict[str, int | None] = {}
        for change in found.changes:
            try:
                answers[f"{change.op} {pointer(change.path)}"] = last_writer(view, found, change)
            except NotFoundError:
                answers[f"{change.op} {pointer(change.path)}"] = None
        return answers

    assert told(1, 4) == {"remove /items/0": None, "replace /items/0/n": 2, "add /items/1": 4, "replace /was": 2}
    assert told(4, 1) == {"remove /items/1": 4, "add /items/0": None, "replace /items/1/n": None, "replace /was": 2}
    assert told(4, 5) == {"add /other": 5}


def test_two_aggregates_have_no_event_in_common(lists) -> None:
    view = whole_view(lists, "a")
    found = Comparison(view.state_at(1), lists.state("b", version=1))
    with pytest.raises(NotFoundError, match="two aggregates"):
        last_writer(view, found, found.changes[0])
