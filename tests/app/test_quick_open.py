"""What is typed into quick open, and what comes first in its list."""

from contextlib import closing
from pathlib import Path

import pytest
from helpers_demo import demo_store

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.quick_open import LONGEST, Entry, Fit, Kind, arranged, beyond, fit, near, read_typed
from esviewer.app.session import open_session
from esviewer.stores.embedded import EmbeddedStore, NewEvent


@pytest.mark.parametrize(
    ("text", "aggregate", "version"),
    [
        ("order-1042", "order-1042", None),
        (" order-1042@17 ", "order-1042", 17),
        ("order-1042@-1", "order-1042", -1),
        ("order-1042@", "order-1042", None),
        ("ann@example.org", "ann@example.org", None),
        ("ann@example.org@3", "ann@example.org", 3),
        ("@17", "@17", None),
        ("order-1042@12345678901234567890", "order-1042@12345678901234567890", None),
        ("order-1042@１７", "order-1042", 17),
        ("", "", None),
    ],
)
def test_a_version_behind_an_id(text: str, aggregate: str, version: int | None) -> None:
    typed = read_typed(text)
    assert (typed.text, typed.aggregate, typed.version) == (text.strip(), aggregate, version)


def test_a_moment() -> None:
    typed = read_typed("2026-11-22 14:34 Asia/Tokyo")
    assert str(typed.instant) == "2026-11-22T14:34:00+09:00"
    assert not typed.guessed
    assert read_typed("2026-11-22").guessed
    assert read_typed("2026-13-45").instant is None
    assert read_typed("order-1042@17").instant is None


def test_what_is_too_long_is_cut() -> None:
    assert len(read_typed("9" * 1_000_000).text) == LONGEST


@pytest.mark.parametrize(
    ("typed", "name", "found"),
    [
        ("AUDIT", "Audit", Fit.EQUAL),
        ("aud", "Audit", Fit.BEGINS),
        ("rules", "Edit rules", Fit.WORD_BEGINS),
        ("ma ru", "Masking rules", Fit.WORD_BEGINS),
        ("1042", "order-1042", Fit.WORD_BEGINS),
        ("ask", "Masking rules", Fit.INSIDE),
        ("rules mask", "Masking rules", Fit.INSIDE),
        ("gtv", "Go to version", Fit.LETTERS),
        ("検索", "条件を検索", Fit.INSIDE),
        ("tv", "Go to version", Fit.LETTERS),
        ("vg", "Go to version", None),
        ("ov", "Go to version", None),
        ("o1", "order-1042", None),
        ("gn", "Go to a place that is very, very far away, nowhere", None),
    ],
)
def test_how_well_a_name_fits(typed: str, name: str, found: Fit | None) -> None:
    best = fit(typed, name)
    assert (None if best is None else best[0]) == found


def test_the_best_comes_first() -> None:
    entries = [
        Entry(Kind.COMMAND, "Go to version …"),
        Entry(Kind.COMMAND, "Reorder"),
        Entry(Kind.COMMAND, "Order by time", enabled=False),
        Entry(Kind.COMMAND, "Order by name"),
        Entry(Kind.EVENT_TYPE, "OrderPlaced"),
        Entry(Kind.AGGREGATE, "‹masked 12ab›", names=("order-1", "order")),
        Entry(Kind.AGGREGATE, "order"),
        Entry(Kind.AGGREGATE, "found otherwise", sure=True),
    ]
    assert [entry.text for entry in arranged(read_typed("order"), entries)] == [
        "order",
        "‹masked 12ab›",
        "OrderPlaced",
        "Order by name",
        "Order by time",
        "found otherwise",
        "Reorder",
    ]


def test_an_aggregate_at_a_version_is_ranked_by_its_id() -> None:
    entries = [Entry(Kind.AGGREGATE, "order-1042"), Entry(Kind.AGGREGATE, "order-104"), Entry(Kind.COMMAND, "Quit")]
    assert [entry.text for entry in arranged(read_typed("order-104@3"), entries)] == ["order-104", "order-1042"]


def test_nothing_typed_leaves_all_by_kind() -> None:
    entries = [Entry(Kind.COMMAND, "b"), Entry(Kind.COMMAND, "a", enabled=False), Entry(Kind.ROOM, "c")]
    entries.append(Entry(Kind.ROOM, "d", enabled=False))
    assert [entry.text for entry in arranged(read_typed(""), entries)] == ["c", "b", "d", "a"]
    assert len(arranged(read_typed(""), entries * 100)) == 200


def test_aggregates_of_a_store() -> None:
    with closing(open_session(str(demo_store()))) as session:
        store = session.store
        assert [ref.aggregate_id for ref in near(store, read_typed(f"{PUZZLING_ORDER}@3"))] == [PUZZLING_ORDER]
        assert len(near(store, read_typed("order-0004"))) == 10
        assert near(store, read_typed("0004")) == []
        assert len(beyond(store, read_typed("0004"))) == 33
        assert near(store, read_typed("zzz")) == beyond(store, read_typed("zzz")) == []


def test_an_id_with_an_at_in_it_is_found_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "store.db"
    with EmbeddedStore(file) as store:
        store.append_events([NewEvent(name, "Made", {}) for name in ("ann@5", "ann@55", "ann")])
    with closing(open_session(str(file))) as session:
        assert {ref.aggregate_id for ref in near(session.store, read_typed("ann@5"))} == {"ann", "ann@5", "ann@55"}
        assert [ref.aggregate_id for ref in near(session.store, read_typed("ann@55"))][:2] == ["ann", "ann@55"]


def test_the_next_event_of_a_type() -> None:
    with closing(open_session(str(demo_store()))) as session:
        view = session.begin_view(PUZZLING_ORDER)
        view.advance()
        kind = view.type_at(3)
        rows = [row for row in range(len(view)) if view.type_at(row) == kind]
        for row in range(len(view)):
            assert view.next_of_type(kind, row) == next((each for each in rows if each > row), rows[0])
        assert view.next_of_type("NoSuchThing", 0) is None
