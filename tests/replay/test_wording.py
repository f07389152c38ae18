"""What a reducer's file has event types called: which words are found, and what is refused at which line."""

from pathlib import Path

import pytest

from esviewer.errors import RulesError
from esviewer.replay.event_words import COLOURS, EventWords, Placeholder
from esviewer.replay.foreign.spec import load_spec
from esviewer.replay.rules import parse_rules

RULES = """
[[on]]
event = "*"
merge = "data"
"""


def words(text: str) -> EventWords:
    return parse_rules(RULES + text, "f").words


def test_a_type_s_own_name_goes_before_globs_and_the_first_glob_before_others() -> None:
    found = words(
        '[event_type."Money*"]\nsign = "¥"\n[event_type.MoneyDeposited]\nsign = "+"\ncolour = "green"\n'
        '[event_type."*"]\nsign = "·"\n'
    )
    assert found.of("MoneyDeposited").sign == "+"
    assert found.of("MoneyDeposited").colour == COLOURS.index("green")
    assert found.of("MoneyWithdrawn").sign == "¥"
    assert found.of("MoneyWithdrawn").colour is None
    assert found.of("AccountOpened").sign == "·"
    assert words("").of("AccountOpened").sign == ""


def test_braces_hold_expressions_and_double_ones_stand_for_themselves() -> None:
    [first, second, third] = words(
        """[event_type.A]\nwording = "{{{data.a} of {data['}'] + {'x': 1}.x}"\n"""
    ).of("A").wording[:3]  # fmt: skip
    assert first == "{"
    assert isinstance(second, Placeholder)
    assert second.is_place
    assert second.reads == (("data", ("a",)),)
    assert third == " of "
    last = words("""[event_type.A]\nwording = "{data['}'] + {'x': 1}.x}"\n""").of("A").wording[0]
    assert isinstance(last, Placeholder)
    assert not last.is_place
    assert last.compute({"}": 2}, {}, {}) == 3
    assert words('[event_type.A]\nwording = "plain"').of("A").reads_event is False
    assert words('[event_type.A]\nwording = "{event.version}"').of("A").reads_event


def test_words_change_no_state_and_the_digest_is_that_of_the_file() -> None:
    plain, worded = parse_rules(RULES, "f"), parse_rules(RULES + '[event_type.A]\nsign = "+"\n', "f")
    assert worded.digest != plain.digest
    assert worded.data_keys == plain.data_keys
    assert worded.step_for("A") is not None


@pytest.mark.parametrize("sign", ["+", "−", "→", "金", "🇯🇵", "❄️", "👍🏽", "👨‍👩‍👧", "é", ""])
def test_signs(sign: str) -> None:
    assert words(f'[event_type.A]\nsign = "{sign}"').of("A").sign == sign


@pytest.mark.parametrize("sign", ["ab", " ", "\u200b", "\u202e", "\u3164", "\u2800", "\u0301", "éé", "\ue000"])
def test_what_is_no_sign(sign: str) -> None:
    with pytest.raises(RulesError, match="sign must be one character that is seen") as caught:
        words(f'[event_type.A]\nsign = "{sign}"')
    assert caught.value.line == 6


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[event_type.A]\nwordin = "x"', 6, "it has an unknown key 'wordin'; the nearest is wording"),
        ('[event_type.A]\nsign = "+"\ncolour = "mauve"', 7, "colour must be one of blue, orange,"),
        ('[event_type.A]\ncolour = ["red"]', 6, "colour must be one of"),
        ('[event_type.A]\nwording = ""', 6, "wording must be text"),
        ('[event_type.A]\nwording = "x {data.a"', 6, "wording has a { that no } closes"),
        ('[event_type.A]\nwording = "x } y"', 6, "wording has a } without a {"),
        ('[event_type.A]\nwording = "{}"', 6, "wording {}: it is not an expression"),
        ('[event_type.A]\nwording = "{state.a}"', 6, "wording {state.a}: state is not known; there are"),
        ('[event_type.A]\nwording = "{open(1)}"', 6, "open() can't be called"),
        ('[event_type.A]\nwording = "{data.a:>9}"', 6, "it is not an expression"),
        (f'[event_type.A]\nwording = "{"x" * 301}"', 6, "wording must be no longer than 300 characters"),
        (f'[event_type.A]\nwording = "{"{data.a}" * 9}"', 6, "wording has more than 8 placeholders"),
        ("[event_type]\nA = 3", 6, "it must be a table, as in [event_type.OrderPlaced]"),
    ],
)
def test_mistakes_are_told_with_their_line(text: str, line: int, said: str) -> None:
    with pytest.raises(RulesError) as caught:
        words(text)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"f: event_type A, line {line}: ")
    assert said in str(caught.value)


def test_event_type_is_a_table() -> None:
    with pytest.raises(RulesError, match=r"written as \[event_type.NAME\] tables"):
        parse_rules("event_type = 3" + RULES, "f")


def test_a_foreign_reducer_s_file_has_the_same_tables(tmp_path: Path) -> None:
    file = tmp_path / "cart.toml"
    file.write_text('kind = "foreign"\ncommand = ["cat"]\n[event_type.Added]\nsign = "+"\n', encoding="utf-8")
    assert load_spec(file).words.of("Added").sign == "+"
    file.write_text('kind = "foreign"\ncommand = ["cat"]\n[event_type.Added]\nsing = "+"\n', encoding="utf-8")
    with pytest.raises(RulesError, match="event_type Added, line 4: it has an unknown key 'sing'") as caught:
        load_spec(file)
    assert caught.value.line == 4
