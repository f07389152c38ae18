"""The manual: pages of Markdown under resources/help, in the order in which they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Final

from esviewer import assets
from esviewer.errors import UsageError

TOPICS: Final = (
    "getting-started",
    "window",
    "stores",
    "connecting",
    "reducers",
    "tutorial",
    "time-machine",
    "events",
    "causes",
    "audit",
    "evidence",
    "schema",
    "projections",
    "scale",
    "privacy",
    "threats",
    "plugins",
    "files",
    "command-line",
    "reference",
    "formats",
    "new-layout",
    "layouts",
    "measured",
    "troubleshooting",
)
_HEADING: Final = re.compile(r"^# (.+)$", re.MULTILINE)
_COMMENT: Final = re.compile(r"^<!--.*?-->\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its topic, its title, and its text in GitHub's Markdown, the title included."""

    topic: str
    title: str
    text: str
    file: Path


@cache
def pages(language: str = "en") -> tuple[Page, ...]:
    """All pages, in a language where there is a translation into it and in English otherwise."""
    return tuple(_page(topic, language) for topic in TOPICS)


def page(topic: str, language: str = "en") -> Page:
    """One page; raises UsageError where there is none, which names the one that may have been meant."""
    for each in pages(language):
        if each.topic == topic:
            return each
    near = get_close_matches(topic, TOPICS, 1)
    hint = f"Did you mean {near[0]}?" if near else "Run 'esviewer help' for all topics."
    raise UsageError(f"The manual has no page {topic!r}.", hint)


def found(text: str, language: str = "en") -> list[Page]:
    """The pages with all words of a text, those with them in a heading first."""
    words = text.casefold().split()

    def rank(each: Page) -> int:
        headings = "\n".join(line for line in each.text.splitlines() if line.startswith("#")).casefold()
        return 0 if all(word in headings for word in words) else 1

    matching = [each for each in pages(language) if all(word in each.text.casefold() for word in words)]
    return sorted(matching, key=rank)


def _page(topic: str, language: str) -> Page:
    folder = assets.path("help")
    translated = folder / language / f"{topic}.md"
    file = translated if translated.is_file() else folder / f"{topic}.md"
    text = _COMMENT.sub("", file.read_text(encoding="utf-8"))
    heading = _HEADING.search(text)
    return Page(topic, heading[1] if heading else topic, text, file)
