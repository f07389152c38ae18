"""Events in words: what is put in, what stands for what is missing, and that nothing masked shows."""

from pathlib import Path

import pytest

from esviewer.app.masking import InForce, in_force, parse_masking
from esviewer.app.reducers import Reducers
from esviewer.app.screen import Screen
from esviewer.app.wording import MOST, in_words
from esviewer.model.event import Event
from esviewer.model.values import Number
from esviewer.replay.rules import parse_rules

RULES = InForce(parse_masking('names = ["email", "salary"]\naggregate_ids = ["user*"]', "f"), "f")
DATA = {
    "amount": Number("54000.10"), "currency": "JPY", "email": "ada@example.com", "salary": 77,
    "tags": ["a", "b"], "people": [{"email": "bob@example.com"}], "none": None, "note": "to ada@example.com",
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(tmp_path / "configuration"))


def said(wording: str, screen: Screen, *, error: str | None = None) -> str:
    event = Event(
        position=1, aggregate_id="user-1", aggregate_type="user", version=7, event_id="e", type="A",
        schema_version=None, timestamp=None, data=None if error else DATA, metadata={"actor": "ada@example.com"},
        error=error,
    )  # fmt: skip
    words = parse_rules(f"[event_type.A]\nwording = {wording!r}\n", "f").words.of("A")
    return in_words(words, event, screen)


def test_values_are_put_in_as_they_are_stored() -> None:
    screen = Screen(RULES)
    assert said("Deposit of {data.amount} {data.currency}", screen) == "Deposit of 54000.10 JPY"
    assert said("{data.tags} {data.people[0]} {event.version} {data.tags[1]}", screen) == "[2] {1} 7 b"
    assert said("{data.currency == 'JPY'} {'x' + data.currency}", screen) == "true xJPY"


def test_what_is_missing_or_fails_is_an_ellipsis() -> None:
    screen = Screen(RULES)
    assert said("a {data.nothing} b {data.none} c {data.currency + 1} d {data.tags[9]}", screen) == "a … b … c … d …"
    assert said("a {data.amount} {meta.actor} {event.version}", screen, error="not JSON") == "a … … 7"


def test_words_are_short() -> None:
    screen = Screen(RULES)
    text = said("".join(f"{{'{'x' * 60}'}}" for _ in range(4)), screen)
    assert len(text) == MOST
    assert text.endswith("x…")


@pytest.mark.parametrize(
    "wording",
    [
        "{data.email}", "{data['email']}", "{data.people[0].email}", "{data.people[data.version].email}",
        "{'to ' + data.email}", "{lower(data.email)}", "{data.salary}", "{data.salary + 1}", "{data.salary * 2}",
        "{'rich' if data.salary > 50 else 'poor'}", "{data.note}", "{'note ' + data.note}", "{meta.actor}",
        "{event.aggregate_id}", "{'of ' + event.aggregate_id}", "{len(data.email)}", "{data.people[0]['email'] + '!'}",
        "mail to ada@example.com",
    ],
)  # fmt: skip
def test_what_is_masked_stays_masked_whatever_is_computed_of_it(wording: str) -> None:
    screen = Screen(RULES)
    text = said(wording, screen)
    assert "‹masked " in text or text == "…"
    for secret in ("ada", "bob", "77", "78", "154", "rich", "user-1", "15"):
        assert secret not in text.split("‹")[0]
    if wording == "{data.email}":
        assert text == screen.shown(DATA["email"], ("email",))


def test_what_was_revealed_shows() -> None:
    screen = Screen(RULES)
    screen.reveal(("email",), "", "user-1")
    assert said("{data.email} {data.salary}", screen).startswith("ada@example.com ‹masked ")
    screen.reveal()
    assert said("{'to ' + data.email} {event.aggregate_id}", screen) == "to ada@example.com user-1"


def test_a_type_has_the_words_of_its_reducer(tmp_path: Path) -> None:
    file = tmp_path / "r.toml"
    file.write_text('aggregate_type = "user"\n[event_type.A]\nsign = "+"\n', encoding="utf-8")
    reducers = Reducers([file])
    assert reducers.words_for("user").of("A").sign == "+"
    assert reducers.words_for("order").of("A").sign == ""
    reducers.assign("user", None)
    assert reducers.words_for("user").of("A").sign == ""


def test_the_usual_rules_hold_for_words() -> None:
    assert "ada@" not in said("{data.email} {data.note}", Screen(in_force("shop.db")))
