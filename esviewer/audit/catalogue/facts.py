"""What is known of the values of one kind at one place: how many, how large, in which format, and a few of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from esviewer.audit.catalogue.axis import Axis
from esviewer.audit.catalogue.kinds import BEYOND_JSON, FORMATS, as_text, formats_of
from esviewer.audit.catalogue.span import Seen, Span
from esviewer.model.values import Number, Value

EXAMPLES: Final = 4
_LOOKED_AT: Final = 50
"""How many values of a batch are looked through for examples."""
_EQUAL_ALIKE: Final = (str, int, bool)
"""Types whose equal values print alike."""
_KEPT: Final = 200
"""How many characters of a text are kept as an example; what shows it cuts it further after masking."""
_LARGEST: Final = 2_000
"""Integers with more bits are no examples: writing them takes long."""


class Facts:
    """All values of one kind at one place."""

    __slots__ = ("count", "exact", "examples", "formats", "kind", "maximum", "minimum", "odd", "span")

    def __init__(self, kind: str, axis: Axis) -> None:
        self.kind = kind
        self.count = 0
        self.span = Span(axis)
        """The events, or the objects and lists, that have such a value here."""
        self.minimum: Value = None
        self.maximum: Value = None
        """Of numbers the values, of texts the lengths in characters, of lists and objects the sizes."""
        self.exact = 0
        """How many numbers a float can't hold as written."""
        self.odd = 0
        """How many numbers are NaN or infinite."""
        texts = kind == "string" or (kind in BEYOND_JSON and kind != "decimal")
        self.formats: tuple[str, ...] = tuple(FORMATS) if texts else ()
        """Those that all of them have as texts."""
        self.examples: list[Value] = []

    def observe(self, values: Sequence[Value], seen: Seen) -> None:
        """Look at some more values of one Python type; `seen` are the events that have them."""
        self.span.add(seen)
        self.count += len(values)
        kind = self.kind
        if kind == "string":
            self._reach(map(len, values))
            if self.formats:
                self.formats = formats_of(values, self.formats)
        elif kind in ("integer", "number", "decimal"):
            self._numbers(values)
        elif kind in BEYOND_JSON:
            texts = [as_text(value) for value in values]
            self._reach(map(len, texts))
            if self.formats:
                self.formats = formats_of(texts, self.formats)
        elif kind == "null":
            return
        if len(self.examples) < EXAMPLES:
            self._exemplify(values)

    def counted(self, count: int, seen: Seen) -> None:
        """Count `count` more values without a look at them."""
        self.span.add(seen)
        self.count += count

    def sized(self, sizes: Iterable[int], count: int, seen: Seen) -> None:
        """Look at `count` more lists or objects; `sizes` are all the sizes that there are among them."""
        self.span.add(seen)
        self.count += count
        self._reach(sizes)

    def _reach(self, numbers: Iterable[Value]) -> None:
        found = list(numbers)
        low, high = min(found), max(found)
        if self.minimum is None or low < self.minimum:
            self.minimum = low
        if self.maximum is None or high > self.maximum:
            self.maximum = high

    def _numbers(self, values: Sequence[Value]) -> None:
        if self.kind == "integer":
            self._reach(values)
            return
        decimal = isinstance(values[0], Decimal)
        if type(values[0]) is Number:
            self.exact += len(values)
        # One that is not finite makes the sum so, too; Decimals are asked one by one, since their sum costs more.
        if decimal or not math.isfinite(sum(values)):
            finite = [value for value in values if _finite(value)]
            self.odd += len(values) - len(finite)
            values = finite
        if values:
            self._reach(values)

    def _exemplify(self, values: Sequence[Value]) -> None:
        known = {(type(each), str(each)) for each in self.examples}
        looked_at = values[:_LOOKED_AT]
        if type(looked_at[0]) in _EQUAL_ALIKE:
            looked_at = list(dict.fromkeys(looked_at))
        for value in looked_at:
            if type(value) is int and value.bit_length() > _LARGEST:
                continue
            if isinstance(value, Decimal) and len(str(value)) > _KEPT:
                continue
            if self.kind in BEYOND_JSON and self.kind != "decimal":
                value = as_text(value)
            if type(value) is str and len(value) > _KEPT:
                value = value[:_KEPT]
            key = type(value), str(value)
            if key not in known:
                known.add(key)
                self.examples.append(value)
                if len(self.examples) == EXAMPLES:
                    return

    def merge(self, other: Facts) -> None:
        """Know what the facts of another place say, too."""
        self.count += other.count
        self.exact += other.exact
        self.odd += other.odd
        self.span.take(other.span)
        self.formats = tuple(name for name in self.formats if name in other.formats)
        if other.minimum is not None:
            self._reach([other.minimum, other.maximum])
        for example in other.examples:
            if len(self.examples) < EXAMPLES and example not in self.examples:
                self.examples.append(example)


def _finite(value: Value) -> bool:
    return value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)
