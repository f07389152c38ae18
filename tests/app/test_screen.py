"""What a window shows of masked values, and what it logs."""

from pathlib import Path

import pytest

from esviewer.app import activity
from esviewer.app.masking import OFF, USUAL_RULES, InForce, in_force, parse_masking
from esviewer.app.screen import HEAD, Screen, rules_for
from esviewer.model.change import Change
from esviewer.model.masking import Masking

TYPED = InForce(parse_masking('aggregate_ids = ["user*"]', "f"), "f")


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(tmp_path / "configuration"))
    return tmp_path / "configuration"


def test_a_screen_masks_until_it_is_told_to_reveal_which_is_logged() -> None:
    screen = Screen(in_force("shop.db"), store="shop.db")
    state = {"email": "ada@example.com", "phone": "1", "total": 5}

    shown = screen.shown(state)
    assert "ada@" not in str(shown)
    assert shown == screen.shown(state), "the same each time"
    assert screen.shown("ada@example.com", ("email",)) == shown["email"]
    assert screen.hides("1", ("phone",))
    assert not screen.hides(5, ("total",))
    assert "ada@" not in screen.text("of ada@example.com")
    assert screen.path(("by", "ada@example.com")) != ("by", "ada@example.com")
    assert screen.change(Change(("phone",), "1", "2")) == Change(
        ("phone",), shown["phone"], screen.shown("2", ("phone",))
    )

    screen.reveal(("phone",), "asked by the customer", "user-1")
    assert screen.shown("1", ("phone",), "user-1") == "1"
    assert screen.shown("1", ("phone",), "user-2") == shown["phone"], "only of that one"
    assert screen.shown(state, (), "user-1") == {**shown, "phone": "1"}
    assert screen.reveals
    screen.reveal()
    assert screen.shown(state) is state
    assert screen.path(("by", "ada@example.com")) == ("by", "ada@example.com")
    screen.hide()
    assert screen.shown(state, (), "user-1") == shown
    assert not screen.reveals

    first, second = activity.entries()
    assert (first["what"], first["store"], first["path"]) == ("reveal", "shop.db", "/phone")
    assert (first["why"], first["aggregate_id"]) == ("asked by the customer", "user-1")
    assert second["path"] is None
    assert "ada@" not in str([first, second])


def test_what_is_behind_a_mark_is_revealed_wherever_it_stands() -> None:
    rules = InForce(parse_masking('names = ["salary"]\naggregate_ids = ["user*"]', "f"), "f")
    screen = Screen(rules, store="shop.db")
    state = {"salary": 77, "password": "77", "wage": {"salary": 78}, "note": "of ada@example.com and bob@example.com"}
    masked = screen.shown(state)
    assert isinstance(masked, dict)
    mark = masked["salary"]
    assert screen.is_own_mark(mark)
    last = "0" if mark[-2] != "0" else "1"
    assert not screen.is_own_mark(f"{mark[:-2]}{last}›"), "one that stands in a store"
    assert not Screen(rules).is_own_mark(mark), "one of another window"

    screen.reveal_mark(mark, "ticket 5")
    assert screen.shown(state) == {**masked, "salary": 77}, "a text of the same digits is another value"
    assert screen.masker.evidence({"path": "/salary", "old": 77, "new": 79})["old"] == 77
    assert not screen.hides(77, ("salary",))
    assert screen.draws(77, ("salary",))
    assert not screen.draws(78, ("salary",))
    assert screen.reveals
    assert screen.revealed_places == 1

    ada = next(word for word in str(masked["note"]).replace("of ", "").split(" and "))
    screen.reveal_mark(ada)
    other = str(masked["note"]).split(" and ")[1]
    for each in (screen, screen.beside()):
        assert each.text("of ada@example.com and bob@example.com") == f"of ada@example.com and {other}"
        assert each.shown(state)["note"] == f"of ada@example.com and {other}"
        assert each.shown({"salary": 77}) == {"salary": 77}
    ident = screen.aggregate_id("user-1", "user")
    screen.reveal_mark(ident)
    assert screen.text("seen at user-1") == "seen at user-1"

    screen.hide()
    assert screen.shown(state) == masked
    assert screen.text("seen at user-1") == f"seen at {ident}"
    assert not screen.reveals
    first, *others = activity.entries()
    assert (first["what"], first["path"], first["mark"], first["why"]) == ("reveal", None, mark, "ticket 5")
    assert len(others) == 2
    assert "ada@" not in str(others)


def test_what_is_revealed_inside_of_something() -> None:
    screen = Screen(InForce(parse_masking('keys = ["/by"]', "f"), "f"))
    state = {"by": {"Ada": {"email": "a@b.example", "n": 1}, "Bob": {"email": "b@b.example", "n": 2}}, "l": [1, 2]}
    path = ("by", "Ada")
    assert screen.path(path)[1] != "Ada"
    screen.reveal(path)
    assert screen.path((*path, "email")) == (*path, "email")
    shown = screen.shown(state)
    assert shown["by"]["Ada"] == state["by"]["Ada"]
    assert "Bob" not in shown["by"]
    assert "b@b.example" not in str(shown)
    assert shown["l"] == [1, 2]


def test_another_thread_sees_the_same() -> None:
    screen = Screen(TYPED)
    screen.reveal(("phone",), aggregate_id="x")
    mark = screen.aggregate_id("user-1", "user")
    beside = screen.beside()
    assert mark != "user-1"
    assert beside.text("user-1 has no version 3.") == screen.text("user-1 has no version 3.")
    assert "user-1" not in beside.text("user-1 has no version 3.")
    assert beside.shown("p", ("password",)) == screen.shown("p", ("password",))
    assert beside.shown("1", ("phone",), "x") == "1"
    screen.hide()
    assert beside.shown("1", ("phone",), "x") == "1", "it is as the other was"


def test_ids_of_masked_types() -> None:
    screen = Screen(TYPED)
    assert screen.aggregate_id("order-1", "order") == "order-1"
    assert screen.unknown_id("user-1") != "user-1", "as long as nobody knows its type"
    said = screen.about("user-1 and user-12 differ at version 3.", ["user-1"])
    assert screen.unknown_id("user-1") in said
    assert "user-12 differ at version 3." in said
    for number in range(40):
        assert screen.aggregate_id(f"user-{number}", "user") != f"user-{number}"
    text = screen.text("“user-7”, user-39: not user-777.")
    assert "user-7”" not in text
    assert "user-39" not in text
    assert "user-777." in text
    screen.reveal_id("user-7")
    assert screen.aggregate_id("user-7", "user") == "user-7"
    assert screen.text("user-7") == "user-7"
    (entry,) = activity.entries()
    assert "user-7" not in str(entry)


def test_long_texts_are_looked_through_as_far_as_they_show() -> None:
    screen = Screen(in_force("x"))
    text = "word " * 100_000 + "ada@example.com"
    shown = screen.glance("ada@example.com " + text)
    assert "ada@" not in shown[:2000]
    assert len(shown) < HEAD + 100
    secret = "a" * HEAD + "@example.com and more"
    assert screen.glance(secret)[:2000] == screen.text(secret)[:2000], "it may end amid something"
    assert screen.glance(text, ("password",)).startswith("‹masked ")
    assert screen.glance("short ada@example.com") == screen.text("short ada@example.com")


def test_conditions_that_tell() -> None:
    screen = Screen(in_force("x"))
    assert screen.hides_in('state.password == "x"')
    assert screen.hides_in('state.note == "ada@example.com"')
    assert not screen.hides_in("state.balance < 0")
    screen.reveal()
    assert not screen.hides_in('state.password == "x"')


def test_rules_that_are_broken_leave_the_usual_ones(tmp_path: Path) -> None:
    (tmp_path / "s.db.masking.toml").write_text("names = 3\n", encoding="utf-8")
    rules, problem = rules_for(str(tmp_path / "s.db"))
    assert rules.masking == Masking()
    assert rules.origin == USUAL_RULES
    assert "s.db.masking.toml" in problem
    assert USUAL_RULES in problem
    assert rules_for(str(tmp_path / "other.db"))[1] == ""


def test_a_screen_where_nothing_is_masked() -> None:
    screen = Screen(OFF)
    assert screen.shown({"password": "x"}) == {"password": "x"}
    assert not screen.hides("x", ("password",))
    assert not screen.masks
    screen.reveal()
    assert not screen.reveals


def test_reasons_quote_nothing_that_nobody_placed() -> None:
    screen = Screen(in_force("x"))
    shown = screen.reason("int() can't read 'hunter2'")
    assert shown.startswith("int() can't read '‹masked ")
    assert "hunter2" not in shown
    assert "5000000" not in screen.reason("5000000 / 0 can't be computed")
    assert "it's" not in screen.reason('decimal() can\'t read "it\'s 3"')
    assert "secret" not in screen.reason(r"int() can't read 'a\'secret'")
    text = "the list has 3 elements, none at 5"
    assert screen.reason(text) == text
    screen.reveal()
    assert screen.reason("can't read 'hunter2'") == "can't read 'hunter2'"
