"""Text that could deceive a reader."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.model.visible import visible


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "tab\tand\nline",
        "日本語の値段は１．１０",
        "naïve — “quoted” \u00a0 \ufffd",
        "👩\u200d💻",
        "می\u200cخواهم",
    ],
)
def test_honest_text_stays(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a\\u202eb"),
        ("\u2066x\u2069", "\\u2066x\\u2069"),
        ("\x00\x1b[0m\r\x7f\x9b", "\\u0000\\u001b[0m\\u000d\\u007f\\u009b"),
        ("pay\u200bpal \ufeff", "pay\\u200bpal \\ufeff"),
        ("pay\u200dpal", "pay\\u200dpal"),
        ("\u200d", "\\u200d"),
        ("\ud83d", "\\ud83d"),
        ("\U000e0041", "\\udb40\\udc41"),
        ("\u2028", "\\u2028"),
    ],
)
def test_deceiving_characters_are_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text(st.characters(exclude_categories=()), max_size=20))
def test_what_comes_out_can_be_written_and_read_back(text: str) -> None:
    shown = visible(text)

    shown.encode()
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in shown if c not in "\t\n")
    if '"' not in text and "\\" not in text and "\n" not in text and "\t" not in text:
        assert json.loads(f'"{shown}"') == text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
