"""Nothing in the page but text comes from a store, and the text is what the store holds."""

import re
from html.parser import HTMLParser

import pytest
from helpers_report import report_of
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.exactjson import dumps
from esviewer.model.visible import visible
from esviewer.report.aggregate import aggregate_document
from esviewer.report.document import Column, Kind, Table
from esviewer.report.forms.html import html_pieces
from esviewer.report.model import AggregateReport
from esviewer.report.widths import shares

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</pre></td></table><h1>Approved</h1>",
    "</title></style><style>*{display:none}</style>",
    "<!-- ",
    "--> ]]> <![CDATA[ <?xml ?>",
    "&lt;b&gt; &amp;lt; &#60;script&#62; &nbsp &lt",
    '" onmouseover="alert(1)" x=\'',
    "{{ 7 * 7 }} {% raw %} {# no #}",
    '=HYPERLINK("http://example.com","click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "javascript:alert(1)",
    "日本語 りんご 👩\u200d💻 שלום عربى",
    "back\\slash \\u202e",
]
DECEIVING = [
    "a\u202egnp.exe",
    "\u2066x\u2069\u200b",
    "\x00\x1b[31m\x9b\r",
    "\ud800 lone \udc00",
    "two\nlines\u2028three\x85",
]


def _html(report: AggregateReport) -> str:
    return "".join(html_pieces(aggregate_document(report)))


class _Page(HTMLParser):
    """What a browser would make of the page: elements with their attributes, and all text outside of the style."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.odd: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))
        if tag not in ("meta", "col"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    @property
    def frame(self) -> list[str]:
        """The elements but those that set keys, directions and escapes apart; heights and widths vary."""
        apart = [("b", ()), ("bdi", ()), ("span", (("class", "esc"),))]
        texts = [repr(element).replace("'tall", "'short") for element in self.elements if element not in apart]
        return [re.sub(r"\('style', '(min-)?width: [\d.]+(px|%)'\)", "(style)", text) for text in texts]


HARMLESS = _Page(_html(report_of("harmless")))


def _checked(text: str) -> _Page:
    source = _html(report_of(text))
    source.encode()
    page = _Page(source)
    assert page.frame == HARMLESS.frame
    assert page.odd == []
    assert page.open == []
    return page


@pytest.mark.parametrize("text", HOSTILE + DECEIVING)
def test_hostile_texts_are_only_text(text: str) -> None:
    page = _checked(text)
    report = report_of(text)

    shown = page.text
    assert shown.count(visible(dumps(report.end.state, indent=2))) == 2  # the state, and the first event's data
    for expected in (text, "no rule for " + text, "not JSON: " + text, "By " + text, "Position " + text):
        assert visible(expected) in shown
    assert visible("+/" + text.replace("~", "~0").replace("/", "~1") + " " + dumps(report.end.state)) in shown
    assert f"{visible('Audit report: ' + text)}" in shown


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), min_size=1, max_size=12)
    | st.text(alphabet="<>&\"'/!-[]{}%#=\\\n", min_size=1, max_size=12)
)
def test_any_text_is_only_text(text: str) -> None:
    page = _checked(text)

    assert visible(dumps(report_of(text).end.state, indent=2)) in page.text


def test_deceiving_characters_never_reach_the_page() -> None:
    source = _html(report_of("".join(DECEIVING)))

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028\u202a-\u202e\u2066-\u2069\ud800-\udfff]", source)


def test_right_to_left_texts_are_isolated() -> None:
    source = _html(report_of("שלום"))

    assert "<bdi>&#34;שלום&#34;</bdi>" in source


def test_the_page_is_self_contained_and_forbids_scripts() -> None:
    source = _html(report_of("x"))
    page = _Page(source)
    tags = [tag for tag, _ in page.elements]

    assert ("html", (("lang", "en"),)) in page.elements
    policy = next(
        dict(attributes)["content"]
        for tag, attributes in page.elements
        if ("http-equiv", "Content-Security-Policy") in attributes
    )
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & set(tags)
    names = {name for _, attributes in page.elements for name, _ in attributes}
    assert names <= {"lang", "charset", "http-equiv", "content", "name", "class", "id", "href", "scope", "style"}
    assert all(
        (value or "").startswith("#") for _, attributes in page.elements for name, value in attributes if name == "href"
    )
    assert "url(" not in source
    assert "@import" not in source
    assert tags.count("h1") == 1
    assert source.count("<!DOCTYPE html>") == 1
    assert source.lstrip().startswith("<!DOCTYPE html>")


def test_it_says_what_was_asked_and_how_the_state_came_to_be() -> None:
    text = _Page(_html(report_of("x"))).text

    for expected in (
        "the state at the newest version",
        "2026-11-23 09:00:00+09:00 by esviewer 0.1.0",
        "nothing: every event was replayed",
        "inferred",
        "sha256:" + "0" * 64,
        report_of("x").state_digest,
        "2026-11-22 14:34:00.500+09:00",
        "2026-11-22 05:35:00 (no zone)",
        "9007199254740993",
        "1.10",
        "1e-400",
        "Skipped: no rule for x",
        "Can’t be decoded: not JSON: x",
        "eA==",
    ):
        assert expected in text, expected
    for warning in report_of("x").warnings:
        assert warning in text


def test_changes_have_signs_and_not_only_colours() -> None:
    text = re.sub(r"\s+", " ", _Page(_html(report_of("x"))).text)

    assert '~/a/x/0 "x" → null' in text
    assert "+/x {" in text


def test_a_narrow_column_keeps_its_words_whole_beside_wide_ones() -> None:
    names = ("severity", "check", "aggregate_id", "type", "version", "position", "message", "evidence", "key")
    titles = ("Severity", "Check", "Aggregate", "Type", "Version", "Position", "Message", "Evidence", "Key")
    columns = [Column(name, title) for name, title in zip(names, titles, strict=True)]
    row = (
        "warning", "payload-undecodable", "account-00007", "account", "20000", "54413", "The event is late." * 3,
        '{"timestamp": "2026-10-01T23:36:54.429596Z", "neighbour": 1}', "2cd7f179c09a8a4fb152d182e8363f59",
    )  # fmt: skip
    found = shares(Table("t", "", columns, [row]))
    # Of a line of 110 characters, in which digests and JSON may be broken and words may not.
    words = (8, 11, 9, 7, 7, 8, 7, 0, 0)
    assert all(share * 110 / sum(found) >= word for share, word in zip(found, words, strict=True))
    assert found[6] > found[3]


def test_on_a_page_turned_on_its_side_longer_texts_get_what_is_more() -> None:
    columns = [Column("version", "Version", Kind.INTEGER), Column("key", "Key")]
    table = Table("t", "", columns, [(7, "2cd7f179c09a8a4fb152d182e8363f59")])
    upright, turned = shares(table), shares(table, turned=True)
    assert turned[0] == upright[0]
    assert turned[1] - upright[1] == 50


def test_no_text_of_a_store_makes_the_page_wider_than_a_phone() -> None:
    style = _html(report_of("x")).partition("<style>")[2].partition("</style>")[0]
    rules = re.findall(r"([^{}]+)\{[^{}]*overflow-wrap: anywhere", style)
    broken = {name.strip() for rule in rules for name in rule.split(",")}
    assert {"h1", "h2", "h3", "h4", "dt", "dd", "td", "li", "pre", "code", "p.text", ".hint"} <= broken
    assert "fit-content(40%) minmax(0, 1fr)" in style
