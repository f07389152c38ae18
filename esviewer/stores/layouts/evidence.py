"""What a few rows of an unknown table say of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.stores import codecs
from esviewer.stores.codecs import Chain, DecodeError, as_bytes
from esviewer.stores.databases.catalog import Column
from esviewer.stores.layouts.times import Timestamps

SNIFFED: Final = 10
"""Payloads that the codec is told by."""
_CHAINS: Final[tuple[tuple[str, ...], ...]] = (
    ("json",),
    ("json", "json_string"),
    ("zlib", "json"),
    ("gzip", "json"),
    ("zstd", "json"),
    ("lz4", "json"),
    ("base64", "json"),
    ("base64", "zlib", "json"),
    ("base64", "gzip", "json"),
    ("php",),
    ("xml",),
    ("msgpack",),
    ("zlib", "msgpack"),
    ("gzip", "msgpack"),
    ("zstd", "msgpack"),
    ("lz4", "msgpack"),
    ("base64", "msgpack"),
    ("cbor",),
    ("zlib", "cbor"),
    ("yaml",),
)
"""Chains in the order they are tried: what leaves less to chance comes first."""
_UUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\}?|[0-9A-HJKMNP-TV-Z]{26}")
_EARLIEST: Final = 631_152_000 * 10**9  # 1990-01-01
_LATEST: Final = 4_102_444_800 * 10**9  # 2100-01-01
_TICKS: Final = range(627_000_000_000_000_000, 662_400_000_000_000_000)
"""The ticks (100 ns since year 1) of those years."""


def possible_chains() -> list[tuple[tuple[str, ...], Chain]]:
    """The chains that can be tried here: those whose codecs there are."""
    found = []
    for names in _CHAINS:
        try:
            found.append((names, codecs.chain(names)))
        except ValueError:
            # A codec that is not there can't be proposed.
            continue
    return found


def decoded(chain: Chain, raw: Any) -> Value:
    """A payload, or None when the chain can't read it."""
    if isinstance(raw, (dict, list)):
        return raw
    try:
        return chain.decode(raw)
    except DecodeError:
        return None


def sniffed(values: Iterable[Any]) -> tuple[tuple[str, ...], list[Value]]:
    """The chain that reads most payloads as objects or lists, and what it reads them as; an empty one for none."""
    sample = [value for value in values if value is not None][:SNIFFED]
    if not sample:
        return (), []
    best: tuple[tuple[str, ...], list[Value]] = ((), [])
    for names, chain in possible_chains():
        if names[0] in ("msgpack", "cbor") and isinstance(sample[0], str):
            continue
        values = [decoded(chain, raw) for raw in sample]
        read = [value for value in values if isinstance(value, (dict, list))]
        if len(read) > len(best[1]):
            best = names, read
        if len(read) == len(sample):
            break
    return best


@dataclass(frozen=True)
class Evidence:
    """One column and its values in a sample of rows, in the order they came."""

    column: Column
    values: Sequence[Any]

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name

    @cached_property
    def there(self) -> list[Any]:
        """The values that are not null."""
        return [value for value in self.values if value is not None]

    @cached_property
    def keys(self) -> list[Any]:
        """The values as what can be compared; None for null."""
        return [
            value if value is None or isinstance(value, (str, int, float, bytes)) else str(value)
            for value in self.values
        ]

    @cached_property
    def full(self) -> bool:
        """Whether every row has a value; also when there are no rows, unless the column may be null."""
        return len(self.there) == len(self.values)

    @cached_property
    def distinct(self) -> int:
        """Different values."""
        return len({key for key in self.keys if key is not None})

    @property
    def unique(self) -> bool:
        """Whether no two rows share a value."""
        return self.full and self.distinct == len(self.values)

    @cached_property
    def whole(self) -> list[int] | None:
        """The values as whole numbers, when all are."""
        found = [_whole(value) for value in self.there]
        if not found:
            return [] if self.column.kind == "integer" else None
        return None if None in found else [value for value in found if value is not None]

    @cached_property
    def chain(self) -> tuple[str, ...]:
        """The codecs that read its values as objects or lists; empty when they are none."""
        return self._sniffed[0]

    @cached_property
    def payloads(self) -> list[Value]:
        """What the chain reads the first values as."""
        return self._sniffed[1]

    @cached_property
    def _sniffed(self) -> tuple[tuple[str, ...], list[Value]]:
        if self.column.kind in ("integer", "number", "uuid", "time", "zoned", "oid") or self.times:
            return (), []
        return sniffed(self.there)

    @cached_property
    def structured(self) -> float:
        """The share of the sniffed values that are objects or lists."""
        return len(self.payloads) / max(1, len(self.there[:SNIFFED]))

    @cached_property
    def uuids(self) -> bool:
        """Whether the values are UUIDs or ULIDs."""
        return self.column.kind == "uuid" or (
            bool(self.there)
            and all(
                (isinstance(value, str) and _UUID.fullmatch(value) is not None)
                or (isinstance(value, bytes) and len(value) == 16)
                for value in self.there
            )
        )

    @cached_property
    def form(self) -> str:
        """The form of times that reads all values as moments between 1990 and 2100; empty when none does."""
        if not self.there:
            return "auto" if self.column.kind in ("time", "zoned") else ""
        if isinstance(self.there[0], (bool, bytes)):
            return ""
        numbers = self.whole
        if numbers:
            if all(number in _TICKS for number in numbers):
                return "ticks"
            return next((form for form in ("s", "ms", "us", "ns") if _moments(self.there, form)), "")
        return "auto" if _moments(self.there, "auto") else ""

    @property
    def times(self) -> bool:
        """Whether the values are times."""
        return bool(self.form)

    @cached_property
    def zoneless(self) -> bool:
        """Whether the times name no zone."""
        read = Timestamps(self.form or "auto")
        return bool(self.form) and any(_moment(read, value, True) for value in self.there)

    @cached_property
    def words(self) -> bool:
        """Whether the values are short texts as types are called."""
        return bool(self.there) and all(
            isinstance(value, str) and 0 < len(value) <= 200 and value[0] not in "{[<" and "\n" not in value
            for value in self.there
        )

    @cached_property
    def size(self) -> float:
        """Mean size of a value."""
        return sum(len(as_bytes(value)) for value in self.there) / max(1, len(self.there))


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) < 20 and value.isascii() and value.lstrip("-").isdecimal():
        return int(value)
    if isinstance(value, float) or type(value).__name__ == "Decimal":
        return int(value) if value == value and abs(value) < 1e18 and value == int(value) else None
    return None


def _moment(read: Timestamps, value: Any, zoneless: bool = False) -> Instant | None:
    try:
        instant = read.read(value)
    except (ValueError, OverflowError):
        return None
    if instant is None or not _EARLIEST <= instant.ns < _LATEST or (zoneless and instant.offset is not None):
        return None
    return instant


def _moments(values: Sequence[Any], form: str) -> bool:
    read = Timestamps(form)
    return all(_moment(read, value) is not None for value in values)
