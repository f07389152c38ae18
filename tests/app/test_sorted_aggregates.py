"""Aggregates sorted by what the list shows of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from esviewer.app import sorted_aggregates as module
from esviewer.app.session import Session, open_session
from esviewer.app.sorted_aggregates import SortBy, sorted_aggregates
from esviewer.model.instant import parse
from esviewer.stores.embedded import EmbeddedStore

LIVES = {"a": ("order", [3]), "b": ("user", [1, 5, 9]), "c": ("order", [2, 4]), "d": ("account", [8])}
"""Aggregate: type, and the days of its events."""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    file = tmp_path / "shop.db"
    with EmbeddedStore(file) as written:
        for name, (kind, days) in LIVES.items():
            for day in days:
                written.append_event(name, "Happened", {}, aggregate_type=kind, timestamp=parse(at(day)))
    with closing(open_session(str(file))) as opened:
        yield opened


def at(day: int) -> str:
    return f"2026-01-{day:02}T00:00:00Z"


def ids(session: Session, by: SortBy, **asked: object) -> str:
    return "".join(ref.aggregate_id for ref in sorted_aggregates(session.store, by, **asked))  # type: ignore[arg-type]


@pytest.mark.parametrize("at_once", [2, 10_000])
@pytest.mark.parametrize(
    ("by", "ascending", "descending"),
    [
        (SortBy.ID, "abcd", "dcba"),
        (SortBy.TYPE, "dacb", "bacd"),
        (SortBy.EVENTS, "adcb", "bcad"),
        (SortBy.VERSION, "adcb", "bcad"),
        (SortBy.FIRST, "bcad", "dacb"),
        (SortBy.LAST, "acdb", "bdca"),
    ],
)
def test_both_ways(
    session: Session, by: SortBy, ascending: str, descending: str, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    assert ids(session, by) == ascending
    assert ids(session, by, descending=True) == descending


def test_only_what_is_listed(session: Session) -> None:
    assert ids(session, SortBy.EVENTS, type_glob="o*", descending=True) == "ca"
    assert ids(session, SortBy.LAST, search="USER") == "b"
    assert ids(session, SortBy.LAST, search="x") == ""


def test_as_of_a_moment_what_was_not_there_yet_comes_last(session: Session) -> None:
    moment = parse(at(6))
    assert ids(session, SortBy.VERSION, as_of=moment) == "abcd"
    assert ids(session, SortBy.VERSION, as_of=moment, descending=True) == "bcad"
