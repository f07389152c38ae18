"""Rules to start from: what is guessed by names and keys, and that no proposal fails at what was seen."""

from contextlib import closing
from pathlib import Path

import pytest
from helpers_demo import demo_store
from helpers_values import VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.app.event_sample import Sample, Story
from esviewer.app.session import open_session
from esviewer.app.starting_rules import proposed_rules, starting_rules
from esviewer.errors import CancelledError, NotFoundError
from esviewer.model.batch import batch_of
from esviewer.model.event import Event
from esviewer.model.values import Value
from esviewer.model.visible import visible
from esviewer.replay.fold import fold
from esviewer.replay.rules import parse_rules
from esviewer.stores.embedded import EmbeddedStore
from esviewer.work import Work


def story(*events: tuple[str, Value], kind: str | None = "cart", name: str = "c-1") -> Story:
    made = [
        Event(number, name, kind, number, None, event_type, None, None, data, None)
        for number, (event_type, data) in enumerate(events, 1)
    ]
    return Story(name, kind, made)


def proposed(*stories: Story, type_glob: str | None = None) -> str:
    return proposed_rules(Sample(stories, True), type_glob, Work())


def skipped(text: str, *stories: Story) -> list[str]:
    reducer = parse_rules(text, "proposed")
    return [
        each.reason
        for one in stories
        for each in fold(reducer, [batch_of(one.events)] if one.events else [], reducer.initial()).skipped
    ]


def state(*events: tuple[str, Value], kind: str | None = "cart") -> Value:
    one = story(*events, kind=kind)
    reducer = parse_rules(proposed(one), "proposed")
    done = fold(reducer, [batch_of(one.events)], reducer.initial())
    assert not done.skipped
    return done.state


class TestGuesses:
    @pytest.mark.parametrize(
        ("events", "expected"),
        [
            (
                [("CartOpened", {"client": 1}), ("CartClosed", {"by": "me"})],
                {"client": 1, "status": "Closed", "by": "me"},
            ),
            (
                [("CartOpened", {"a": 1}), ("ItemAdded", {"itemId": "x", "n": 2}), ("ItemAdded", {"itemId": "y"})],
                {"a": 1, "items": {"x": {"itemId": "x", "n": 2}, "y": {"itemId": "y"}}},
            ),
            (
                [("item_added", {"e": "x", "n": 2}), ("item_added", {"e": "y", "n": 1}), ("item_removed", {"e": "x"})],
                {"items": {"y": {"e": "y", "n": 1}}},
            ),
            (
                [
                    ("cart.item.added.v1", {"id": 1, "n": 2}),
                    ("cart.item-quantity.changed.v1", {"id": 1, "n": 7}),
                ],
                {"items": {"1": {"id": 1, "n": 7}}},
            ),
            (
                [("StudentAdded", {"name": "A"}), ("StudentAdded", {"name": "B"}), ("StudentRemoved", {"name": "A"})],
                {"students": ["B"]},
            ),
            ([("NoteAdded", {"text": "A", "by": 1})], {"notes": [{"text": "A", "by": 1}]}),
            ([("MoneyDeposited", {"amount": 5}), ("MoneyWithdrawn", {"amount": 2, "at": "x"})], {"balance": 3}),
            ([("CartRenamed", {"name": "A"}), ("Whatever", {"b": 2})], {"name": "A", "b": 2}),
            ([("AddressAdded", {"id": "h", "x": 1}), ("EntryAdded", {"id": "e"})],
             {"addresses": {"h": {"id": "h", "x": 1}}, "entries": {"e": {"id": "e"}}}),
            ([("ItemRemoved", {"id": 1})], {}),
            ([("CartDeleted", None)], {"status": "Deleted"}),
            ([("CartDeleted", {"status": "gone"})], {"status": "gone"}),
            ([("X", [1]), ("Y", 5), ("Z", None), ("E", {})], {}),
            ([("X", {"a": 1}), ("X", None)], {"a": 1}),
            ([("カート作成", {"名前": "花子"})], {"名前": "花子"}),
            ([("CartOpened", {"from": 1, "a b": 2, "it's \"so\"": 3})], {"from": 1, "a b": 2, "it's \"so\"": 3}),
        ],
    )
    def test_what_the_state_becomes(self, events, expected):
        assert state(*events) == expected

    def test_what_fails_becomes_less_of_a_guess(self):
        one = story(
            ("CartOpened", {"x": 1}),
            ("ItemAdded", {"id": "a", "n": 1}),
            ("Odd", {"items": [1]}),
            ("ItemAdded", {"id": "b", "n": 1}),
            ("Noted", {"balance": None}),
            ("Paid in", {"balance": "none"}),
            ("MoneyDeposited", {"amount": 5}),
        )
        text = proposed(one)
        assert skipped(text, one) == []
        assert "increment" not in text

    def test_it_says_what_was_seen(self):
        text = proposed(story(*[("ItemAdded", {"id": "a", "n\n1": 1})] * 1200))
        assert "# 1,200 seen; keys: id, n?1." in text
        assert "all events; events: 1,200, aggregates: 1." in text

    def test_older_schema_versions_are_pointed_at(self):
        one = story(("A", {"x": 1}), ("A", {"x": 2}))
        one.events[:] = [
            Event(1, "c", "cart", number, None, "A", number, None, {"x": 1}, None) for number in (1, 2)
        ]
        assert "Schema versions: 1, 2. [[upcast]]" in proposed(one)

    @pytest.mark.parametrize(
        ("kinds", "type_glob", "aggregate_type"),
        [
            (["cart"], None, "cart"),
            (["cart[1]"], None, "cart[[]1]"),
            (["cart", "user"], None, None),
            (["cart", "card"], "car*", "car*"),
            ([None], None, None),
        ],
    )
    def test_which_aggregates_they_are_for(self, kinds, type_glob, aggregate_type):
        stories = [story(("A", {"x": 1}), kind=kind) for kind in kinds]
        assert parse_rules(proposed(*stories, type_glob=type_glob), "x").aggregate_type == aggregate_type

    def test_more_types_than_a_file_holds_share_the_last_rule(self):
        one = story(*((f"Type{number}", {"k": number} if number % 7 else [number]) for number in range(3000)))
        text = proposed(one)
        assert skipped(text, one) == []
        assert 'event = "*"' in text


KNOWN = ["ItemAdded", "ItemRemoved", "ItemChanged", "CartOpened", "CartClosed", "MoneyDeposited", "MoneyWithdrawn"]
ODD = ["", "*", "[", "a?c", '"', "'", "\\", "a\nb", "\ud800", "x\udfff", "🙂\u200d🙂", "\u202e", "\0", "." * 900]
HOSTILE = st.sampled_from([*KNOWN, *ODD, "]]", "\x7f"])
NAMES = HOSTILE | st.text(st.characters(), max_size=5)
KEYS = st.sampled_from(["id", "itemId", "amount", "balance", "items", "status"]) | NAMES
PAYLOADS = st.dictionaries(KEYS, VALUES | st.sampled_from([1, "a", "c-1"]), max_size=4) | VALUES


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(NAMES, PAYLOADS), min_size=1, max_size=10), min_size=1, max_size=3), NAMES)
def test_no_proposal_fails_at_what_was_seen(stories, kind):
    every = [story(*events, kind=kind, name=f"c-{number}") for number, events in enumerate(stories)]
    text = proposed(*every)
    assert skipped(text, *every) == []
    # What is printed is what was written: nothing in it is a character that printing would replace.
    assert visible(text) == text
    assert text.encode().decode().splitlines() == text.rstrip("\n").split("\n")


class TestStores:
    def test_every_event_of_the_demo_store_has_a_rule_that_does_not_fail(self):
        with closing(open_session(str(demo_store()))) as session:
            for type_glob in (None, "order", "user", "acc*"):
                text = starting_rules(session.store, type_glob, Work())
                reducer = parse_rules(text, "proposed")
                for ref in session.store.aggregate_ids(limit=10_000, type_glob=type_glob):
                    done = fold(reducer, session.store.batches(ref.aggregate_id), reducer.initial())
                    assert done.skipped == ()

    def test_all_parts_of_a_store_are_looked_at(self, tmp_path: Path):
        file = tmp_path / "many.db"
        with EmbeddedStore(file) as store:
            for number in range(300):
                store.append_event(f"a-{number:04}", "First", {"n": number}, aggregate_type="a")
            for kind in ("Begun", *["Went"] * 80, "Rare", *["Went"] * 80, "Ended"):
                store.append_event("a-9999", kind, {"x": 1}, aggregate_type="b")
        with closing(open_session(str(file))) as session:
            text = starting_rules(session.store, None, Work())
            assert "a sample of the events" in text
            for kind in ("First", "Begun", "Went", "Rare", "Ended"):
                assert f'event = "{kind}"' in text

    def test_no_events(self, tmp_path: Path):
        with EmbeddedStore(tmp_path / "none.db"):
            pass
        empty = str(tmp_path / "none.db")
        with closing(open_session(empty)) as session, pytest.raises(NotFoundError, match="no events"):
            starting_rules(session.store, None, Work())
        with closing(open_session(str(demo_store()))) as session, pytest.raises(NotFoundError, match="fits 'nope'"):
            starting_rules(session.store, "nope", Work())

    def test_it_can_be_cancelled(self):
        work = Work()
        work.cancel()
        with closing(open_session(str(demo_store()))) as session, pytest.raises(CancelledError):
            starting_rules(session.store, None, work)
