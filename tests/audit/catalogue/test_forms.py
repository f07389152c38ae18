"""The catalogue for people: Markdown that a parser reads as it is meant, plain text, and JSON that agrees with both."""

from typing import Any

from helpers_catalogue import feed
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from esviewer.audit.catalogue.as_json import as_json
from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.markdown import as_markdown
from esviewer.audit.catalogue.plain import as_text
from esviewer.audit.catalogue.words import percent
from esviewer.model.exactjson import dumps, loads
from esviewer.model.visible import visible

HOSTILE = st.text(st.sampled_from("ab|\\`*_<>[]()#~!&$\n\t\r\x1b-+1."), max_size=12)


def cells(markdown: str) -> list[list[str]]:
    """The rows of all tables, as a reader sees them."""
    rows: list[list[str]] = []
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    for number, token in enumerate(tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type in ("td_open", "th_open"):
            inline = tokens[number + 1]
            assert {child.type for child in inline.children} <= {"text", "text_special"}
            rows[-1].append("".join(child.content for child in inline.children))
        assert token.type not in ("html_block", "fence", "code_block")
    return rows


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(HOSTILE, HOSTILE, min_size=1, max_size=4), HOSTILE)
def test_markdown_says_what_the_payloads_say(data: dict[str, str], kind: str) -> None:
    data = {f"k{name}k": value for name, value in data.items()}
    catalogue = feed(Catalogue(), [data], kind=kind)
    text = "\n".join(as_markdown(catalogue, kind))
    assert "\x1b" not in text
    rows = cells(text)

    assert len(rows) == 2 + 2 + len(data)
    assert [len(row) for row in rows] == [5] * len(rows)
    shown = [visible(part).replace("\n", "\\n").replace("\t", " ").strip() for part in map(dumps, data.values())]
    assert [row[4].strip() for row in rows[4:]] == shown


def test_the_forms_agree() -> None:
    data: list[Any] = [{"a": 1, **({"b": "x"} if number % 4 == 0 else {})} for number in range(200)]
    catalogue = feed(Catalogue(), data)
    told = loads(dumps(as_json(catalogue)))
    (entry,) = told["types"]
    optional = entry["fields"][2]

    assert (optional["present"], optional["of"], optional["share"], optional["always"]) == (50, 200, 0.25, False)
    assert sum(optional["types"]["string"]["over_time"]) == 50
    assert len(entry["over_time"]) == told["axis"]["stretches"] == 100
    assert told["axis"]["width"] == 2
    row = next(row for row in cells("\n".join(as_markdown(catalogue, "s"))) if row[0] == "/b")
    assert row == ["/b", "string", "25.0 %", "1 character", '"x"']
    assert next(line for line in as_text(catalogue) if "/b" in line).split() == [
        "/b", "string", "25.0", "%", "1", "character", "e.g.", '"x"',
    ]  # fmt: skip


def test_no_share_is_rounded_to_all_or_nothing() -> None:
    assert [percent(share) for share in (0.0, 1e-6, 0.5, 0.9999, 1.0)] == [
        "0.0 %",
        "< 0.1 %",
        "50.0 %",
        "> 99.9 %",
        "100.0 %",
    ]
