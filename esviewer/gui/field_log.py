"""Every change of some fields of one aggregate, as columns that grow; values are kept as floats and as short texts."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from esviewer.app.screen import Screen
from esviewer.gui.language import translate
from esviewer.gui.text import preview, shown
from esviewer.model.change import Path, pointer, resolve, value_at
from esviewer.model.values import MISSING, Value
from esviewer.questions.field_history import FieldChange, field_history, numbers
from esviewer.replay.history import History
from esviewer.work import Work

OPS = ("add", "remove", "replace")
TEXTS = 50_000
"""Of how many changes the texts are kept; those of others are made again when they are looked at."""

_FIRST = 4096
_LARGEST = 262_144
_DRAWABLE = 1e200
_WHOLE = 2**53
_DIGITS, _LARGE = 15, 199
"""Digits that a float keeps, and the power of ten up to which numbers are drawn."""
_LIMIT = 160
_SMALL = 40
_LONG = 20_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """The changes by the events from one index to another."""

    first: int
    last: int
    rows: np.ndarray
    """Each change's event."""
    codes: np.ndarray
    """Each change's field."""
    ops: np.ndarray
    numbers: np.ndarray
    """The new values as floats; NaN where there is no number that can be drawn."""
    hidden: frozenset[int]
    """The fields of which numbers are masked, and not in `numbers`."""
    rounded: frozenset[int]
    """The fields that have numbers with more digits than a drawing has, or too large for one."""
    texts: list[tuple[str, str]]
    """Old and new, in a line as they are shown; perhaps only of the first changes."""


class FieldLog:
    """Filled by `add` in order; the columns may be read from other threads, below the length that was seen."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self.seen = 0
        """How many events have been looked at."""
        self.initial: np.ndarray = np.full(len(self.paths), np.nan)
        """The fields before the first event, as floats."""
        self.texts: dict[int, tuple[str, str]] = {}
        """Old and new of changes, by their place in the log."""
        self.hidden: frozenset[int] = frozenset()
        """The fields of which numbers are masked, and therefore not drawn."""
        self.rounded: frozenset[int] = frozenset()
        """The fields that have numbers with more digits than a drawing has, or too large for one."""
        self._count = 0
        self._rows: np.ndarray = np.zeros(256, np.int64)
        self._codes: np.ndarray = np.zeros(256, np.uint8)
        self._ops: np.ndarray = np.zeros(256, np.uint8)
        self._numbers: np.ndarray = np.zeros(256)
        self._touched: np.ndarray = np.zeros(256, np.bool_)

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> np.ndarray:
        """Each change's event, as its row in the view."""
        return self._rows[: self._count]

    @property
    def codes(self) -> np.ndarray:
        """Each change's field, as its place in `paths`."""
        return self._codes[: self._count]

    @property
    def ops(self) -> np.ndarray:
        """Each change's kind, as its place in OPS."""
        return self._ops[: self._count]

    @property
    def numbers(self) -> np.ndarray:
        """Each change's new value as a float; NaN where there is no number that can be drawn."""
        return self._numbers[: self._count]

    @property
    def touched(self) -> np.ndarray:
        """For each event looked at, whether it changed any of the fields."""
        return self._touched[: self.seen]

    def add(self, chunk: Chunk) -> None:
        """Take in the changes of the events that follow."""
        start, end = self._count, self._count + len(chunk.rows)
        self._rows = _room(self._rows, end)
        self._codes = _room(self._codes, end)
        self._ops = _room(self._ops, end)
        self._numbers = _room(self._numbers, end)
        self._rows[start:end] = chunk.rows
        self._codes[start:end] = chunk.codes
        self._ops[start:end] = chunk.ops
        self._numbers[start:end] = chunk.numbers
        self._touched = _room(self._touched, chunk.last)
        self._touched[chunk.rows] = True
        self.hidden |= chunk.hidden
        self.rounded |= chunk.rounded
        if len(self.texts) < TEXTS:
            self.texts.update(enumerate(chunk.texts, start))
        self._count, self.seen = end, chunk.last

    def keep_texts(self, texts: dict[int, tuple[str, str]]) -> None:
        """Keep the texts of changes that were looked at."""
        if len(self.texts) > 2 * TEXTS:
            self.texts.clear()
        self.texts.update(texts)


def _room(column: np.ndarray, count: int) -> np.ndarray:
    while count > len(column):
        column = np.concatenate([column, np.zeros_like(column)])
    return column


class Reader:
    """Reads a history's changes of some fields in portions that take about as long as is asked for."""

    def __init__(self, history: History, paths: Sequence[Path], screen: Screen, of: str) -> None:
        """`screen` says what shows of values of the aggregate `of`; nobody else uses it meanwhile."""
        self._screen = screen
        self._of = of
        self._hidden: set[int] = set()
        self._rounded: set[int] = set()
        self._history = history
        self._paths = tuple(paths)
        self._size = _FIRST

    def initial(self) -> np.ndarray:
        """The fields before the first event, as floats."""
        state = self._history.state_after(0)
        return np.array([self._float(FieldChange(0, path, MISSING, value_at(state, path))) for path in self._paths])

    def read(self, first: int, seconds: float, with_texts: bool, work: Work) -> list[Chunk]:
        """The changes from an event on, for about so long."""
        ends = time.monotonic() + seconds
        chunks: list[Chunk] = []
        count = len(self._history)
        while first < count:
            began = time.monotonic()
            last = min(count, first + self._size)
            chunks.append(self._chunk(first, last, with_texts, work))
            first = last
            now = time.monotonic()
            if now - began < seconds / 4:
                self._size = min(_LARGEST, self._size * 2)
            elif now - began > seconds:
                self._size = max(64, self._size // 2)
            if now > ends:
                break
        return chunks

    def _chunk(self, first: int, last: int, with_texts: bool, work: Work) -> Chunk:
        code_of = {path: code for code, path in enumerate(self._paths)}
        rows: list[int] = []
        codes: list[int] = []
        ops: list[int] = []
        values: list[float] = []
        texts: list[tuple[str, str]] = []
        for change in field_history(self._history, self._paths, first=first, last=last, work=work):
            if not len(rows) % 256:
                work.check()
            rows.append(change.index)
            codes.append(code_of[change.path])
            ops.append(OPS.index(change.op))
            values.append(self._float(change))
            if with_texts and len(texts) < TEXTS:
                texts.append(self._texts_of(change))
        return Chunk(
            first,
            last,
            np.array(rows, np.int64),
            np.array(codes, np.uint8),
            np.array(ops, np.uint8),
            np.array(values, float),
            frozenset(self._hidden),
            frozenset(self._rounded),
            texts,
        )

    def _float(self, change: FieldChange) -> float:
        number = numbers([change])[0]
        if _loses_digits(change.new):
            self._rounded.add(self._paths.index(change.path))
        if number is None or abs(number) > _DRAWABLE:
            return math.nan
        if not self._screen.draws(change.new, change.path, self._of):
            self._hidden.add(self._paths.index(change.path))
            return math.nan
        return number

    def _texts_of(self, change: FieldChange) -> tuple[str, str]:
        """Old and new in a line each, exact as far as there is room; large containers only as their size."""
        return (
            glimpse(self._screen, change.old, change.path, self._of),
            glimpse(self._screen, change.new, change.path, self._of),
        )

    def texts(self, log: FieldLog, places: Sequence[int], work: Work) -> dict[int, tuple[str, str]]:
        """The texts of changes at some places of the log, in ascending order."""
        found: dict[int, tuple[str, str]] = {}
        at = 0
        while at < len(places):
            end = at + 1
            while end < len(places) and log.rows[places[end]] - log.rows[places[end - 1]] <= _SMALL:
                end += 1
            first, last = int(log.rows[places[at]]), int(log.rows[places[end - 1]]) + 1
            wanted = {(int(log.rows[place]), log.paths[log.codes[place]]): place for place in places[at:end]}
            for change in field_history(self._history, self._paths, first=first, last=last, work=work):
                place = wanted.get((change.index, change.path))
                if place is not None:
                    found[place] = self._texts_of(change)
            at = end
        return found


def _loses_digits(value: Value) -> bool:
    """Whether a number has more digits than a float tells apart, or is too large for one."""
    if type(value) is int:
        return abs(value) > _WHOLE
    return isinstance(value, Decimal) and (len(value.as_tuple().digits) > _DIGITS or value.adjusted() > _LARGE)


def glimpse(screen: Screen, value: Value, path: Path, of: str | None, limit: int = _LIMIT) -> str:
    """A value at a path of an aggregate in a line, as it is shown: small containers as JSON, large ones as their size,
    nothing where there is nothing."""
    if value is MISSING:
        return "–"
    if not isinstance(value, (dict, list, tuple)) or _count(value) > _SMALL:
        return shown(screen, value, path, of, limit)
    return preview(screen.shown(value, path, of), limit)


def _count(value: Value) -> int:
    """How many values there are inside, as far as they are more than a few; a long text is like many."""
    total, todo = 0, [value]
    while todo and total <= _SMALL:
        item = todo.pop()
        total += 1 if not isinstance(item, str) or len(item) < _LONG else _SMALL
        if isinstance(item, (dict, list, tuple)):
            total += len(item)
            if total <= _SMALL:
                todo.extend(item.values() if isinstance(item, dict) else item)
    return total


_PART = re.compile(r"""\.?([^.\[\]"']+)|\[(?:(\d+)|"([^"]*)"|'([^']*)')\]""")


def typed_path(state: Value, text: str) -> Path:
    """The path that a person typed, as a JSON Pointer or as `items[0].price`; raises ValueError when it is neither."""
    text = text.strip()
    if not text:
        raise ValueError(translate("Fields", "Type a path, such as /status or items.0.price"))
    if text.startswith("/"):
        return resolve(state, text)
    if isinstance(state, dict) and text in state:
        return (text,)
    parts: list[str] = []
    at = 0
    while at < len(text):
        match = _PART.match(text, at)
        if match is None or (text[at] != "." and text[at] != "[" and at > 0):
            raise ValueError(
                translate("Fields", "{0} is no path; type one such as /items/0/price or items[0].price").format(
                    repr(text)
                )
            )
        parts.append(next(group for group in match.groups() if group is not None))
        at = match.end()
    return resolve(state, pointer(tuple(parts)))
