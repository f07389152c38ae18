"""What the layers below say, in the window's language.

They speak English and know of no other. What they say is made of templates, which packaging/said.py collects from their
sources; here a text is taken apart by the template that it was made of, and put together by its translation.
What no template fits stays as it is.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from esviewer import assets
from esviewer.gui.language import language_now, translate

_PLACE: Final = re.compile(r"\{\d+\}")
_END: Final = re.compile(r"(?<=[.?!:]) ")
_START: Final = 4
"""So many of a template's first letters find it."""
_SENTENCES: Final = 8
"""A text of more is not taken apart into sentences."""
_LONGEST: Final = 4000
"""Characters: a longer text holds what a program wrote."""


@dataclass(frozen=True, slots=True)
class _Template:
    pieces: tuple[str, ...]
    """What stands before, between and after the places."""
    translation: str

    @property
    def weight(self) -> int:
        return sum(map(len, self.pieces))

    def fill(self, text: str) -> list[str] | None:
        """What stands at the places of a text; None where it is not made of this template."""
        first, last = self.pieces[0], self.pieces[-1]
        if len(self.pieces) == 1:
            return [] if text == first else None
        if not text.startswith(first) or not text.endswith(last) or len(text) < self.weight:
            return None
        found = []
        at, end = len(first), len(text) - len(last)
        for piece in self.pieces[1:-1]:
            there = text.find(piece, at, end) if piece else at
            if there < 0:
                return None
            found.append(text[at:there])
            at = there + len(piece)
        return [*found, text[at:end]] if at <= end else None

    def put_together(self, places: list[str]) -> str:
        """The translation with what belongs to its places."""
        return _PLACE.sub(lambda place: places[int(place[0][1:-1])], self.translation)


class _Language:
    """All templates of one language."""

    def __init__(self, translations: dict[str, str]) -> None:
        # The same parts of a text are come to in several ways.
        self.best = lru_cache(maxsize=2048)(self._best)
        self._by_start: dict[str, list[_Template]] = defaultdict(list)
        self._others: list[_Template] = []
        for template, translation in translations.items():
            pieces = tuple(_PLACE.split(template))
            known = _Template(pieces, translation)
            if len(pieces[0]) >= _START or len(pieces) == 1:
                self._by_start[pieces[0][:_START]].append(known)
            else:
                self._others.append(known)

    def _best(self, text: str) -> tuple[int, str] | None:
        """How much of a text is its template's, and the text in this language.

        It is the template that explains most, together with those of what stands at its places.
        """
        ways: list[tuple[int, str]] = []
        for template in (*self._by_start.get(text[:_START], ()), *self._others):
            # Some sentences are told without their stop, which is put behind them later.
            stop = "." if text.endswith(".") and not template.pieces[-1].endswith(".") else ""
            filled = template.fill(text.removesuffix(stop))
            if filled is None or any(part.count(")") > part.count("(") for part in filled):
                continue  # a place holds no half of what stands in brackets
            inner = [self._inner(part) if " " in part else None for part in filled]
            places = [part if better is None else better[1] for part, better in zip(filled, inner, strict=True)]
            weight = template.weight + len(stop) + sum(better[0] for better in inner if better is not None)
            words = template.put_together(places)
            ways.append((weight, translate("Localised", "{0}.").format(words) if stop else words))
        return max(ways, key=lambda way: way[0]) if ways else None

    def _inner(self, part: str) -> tuple[int, str] | None:
        """The same of what stands at a place, which may name something before it says what is wrong with it."""
        known = self.best(part)
        if known is None and ": " in part:
            known = self._by_sentences(part)
        return known if known is None or known[0] else None

    def text(self, text: str) -> str:
        """A text of one or more sentences."""
        return self._by_sentences(text)[1]

    def _by_sentences(self, text: str) -> tuple[int, str]:
        """As `_best`, of a text of one or more sentences."""
        ends = [0, *(match.end() for match in _END.finditer(text)), len(text) + 1]
        if len(ends) > _SENTENCES + 1:
            ends = [0, len(text) + 1]
        best: list[tuple[int, list[str]]] = [(0, [])]
        for stop in range(1, len(ends)):
            ways = []
            for start in range(stop):
                part = text[ends[start] : ends[stop] - 1]
                known = self.best(part)
                if known is not None or start == stop - 1:
                    weight, words = known or (0, part)
                    ways.append((best[start][0] + weight, [*best[start][1], words]))
            best.append(max(ways, key=lambda way: (way[0], -len(way[1]))))
        in_all, sentences = best[-1]
        return in_all, " ".join(sentences)


@cache
def _language(name: str) -> _Language | None:
    file = assets.root() / "translations" / f"said_{name}.json"
    if not file.exists():
        return None
    translations: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return _Language({template: text for template, text in translations.items() if text})


@lru_cache(maxsize=4096)
def _localised(text: str, language: str) -> str:
    known = _language(language)
    return text if known is None else known.text(text)


def localised(what: str | Exception) -> str:
    """What a layer below says, an error's message and hint or any other sentence, in the window's language."""
    text = str(what)
    return text if language_now() == "en" or len(text) > _LONGEST else _localised(text, language_now())
