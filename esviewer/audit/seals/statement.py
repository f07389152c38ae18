"""What a seal states: one JSON object, whose canonical form (UTF-8, sorted keys, no white space) is what is signed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from esviewer.audit.seals import leaf
from esviewer.audit.seals.merkle import DIGEST
from esviewer.audit.seals.tree import CHUNK
from esviewer.errors import SealError
from esviewer.model.exactjson import canonical
from esviewer.model.instant import Instant, parse
from esviewer.model.values import Value

FORM: Final = "esviewer.seal"
FORM_VERSION: Final = 1
"""Grows when a key changes its meaning or goes."""

Order = Literal["position", "rowid", "reconstructed"]
"""What a store's order comes from: its position column, the row ids of its file, or several columns together."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The seal that this one goes on after."""

    root: bytes
    size: int
    made: str
    digest: bytes
    """SHA-256 of its statement's canonical form."""

    def as_json(self) -> dict[str, Value]:
        """`{root, size, made, digest}`."""
        return {"root": self.root.hex(), "size": self.size, "made": self.made, "digest": self.digest.hex()}


@dataclass(frozen=True, slots=True)
class Statement:
    """A store's digest at one moment."""

    root: bytes
    size: int
    """Events."""
    store: Mapping[str, Value]
    """`{name, label, database, layout, layout_title}`; nothing in it holds a password."""
    order: Order
    made: str
    """When the reading began: ISO 8601 with zone."""
    tool_version: str
    first: Mapping[str, Value] | None
    """The first event, `{position, aggregate_id, version, type}`; None in an empty store."""
    last: Mapping[str, Value] | None
    newest_time: Instant | None
    """The latest time of an event that is not after `made`, in UTC; None without one."""
    aggregates: int | None
    """How many aggregates there are; None where there were too many to give each a digest."""
    aggregates_digest: bytes
    """SHA-256 of the lines of all aggregates, each in canonical form and ended by a line feed."""
    chunks_digest: bytes
    """The same of all chunks."""
    previous: Previous | None
    remarks: tuple[str, ...]
    """What the store had to say about itself, such as that its order is reconstructed."""
    counted: bool = False
    """Whether versions only count an aggregate's events, and so are no part of what is sealed."""

    def as_json(self) -> dict[str, Value]:
        """The statement as a seal file has it."""
        return {
            "form": FORM,
            "form_version": FORM_VERSION,
            "event_form": leaf.FORM,
            "tool": {"name": "esviewer", "version": self.tool_version},
            "made": self.made,
            "store": dict(self.store),
            "order": self.order,
            "counted_versions": self.counted,
            "root": self.root.hex(),
            "size": self.size,
            "first": None if self.first is None else dict(self.first),
            "last": None if self.last is None else dict(self.last),
            "newest_time": None if self.newest_time is None else self.newest_time.isoformat(),
            "aggregates": {"count": self.aggregates, "digest": self.aggregates_digest.hex()},
            "chunks": {"events": CHUNK, "digest": self.chunks_digest.hex()},
            "previous": None if self.previous is None else self.previous.as_json(),
            "remarks": list(self.remarks),
        }

    def canonical(self) -> bytes:
        """The bytes that are signed."""
        return canonical(self.as_json())

    def as_previous(self) -> Previous:
        """How a later seal names this one."""
        return Previous(self.root, self.size, self.made, sha256(self.canonical()).digest())


def statement_of(found: Value) -> Statement:
    """The statement that `Statement.as_json` wrote; raises SealError."""
    try:
        if found["form"] != FORM:
            raise SealError("its statement is of another form")
        if found["form_version"] != FORM_VERSION or found["event_form"] != leaf.FORM:
            raise SealError("it is of a newer form than this release knows")
        if found["order"] not in ("position", "rowid", "reconstructed") or found["chunks"]["events"] != CHUNK:
            raise ValueError
        before = found["previous"]
        made = Statement(
            _digest(found["root"]),
            _size(found["size"]),
            {str(key): value for key, value in found["store"].items()},
            found["order"],
            _moment(found["made"]),
            str(found["tool"]["version"]),
            _event(found["first"]),
            _event(found["last"]),
            None if found["newest_time"] is None else parse(found["newest_time"]),
            None if found["aggregates"]["count"] is None else _size(found["aggregates"]["count"]),
            _digest(found["aggregates"]["digest"]),
            _digest(found["chunks"]["digest"]),
            None if before is None else _previous(before),
            tuple(map(str, found["remarks"])),
            found["counted_versions"] is True,
        )
        if made.canonical() != canonical(found):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SealError("its statement can't be read") from None
    return made


def _previous(found: Value) -> Previous:
    return Previous(_digest(found["root"]), _size(found["size"]), _moment(found["made"]), _digest(found["digest"]))


def _moment(text: str) -> str:
    parse(text)
    return text


def _event(found: Value) -> Mapping[str, Value] | None:
    if found is None:
        return None
    if set(found) != {"position", "aggregate_id", "version", "type"} or isinstance(found["position"], (dict, list)):
        raise ValueError
    return {str(key): value for key, value in found.items()}


def _digest(text: str) -> bytes:
    found = bytes.fromhex(text)
    if len(found) != DIGEST:
        raise ValueError
    return found


def _size(value: Value) -> int:
    if type(value) is not int or value < 0:
        raise ValueError
    return value
