"""The canonical form of an event: the bytes that a seal's tree is made of, the same whoever reads the store.

One JSON object in UTF-8 with sorted keys and no white space (`exactjson.canonical`), numbers as they are stored:

    aggregate_id, aggregate_type, data, event_id, metadata, position, schema_version, timestamp, type, version

An event that can't be decoded has `raw`, its payload's bytes in base64, instead of `data`; why it can't is not part of
it, for another release may say that in other words. `position` is null where the store's tables have none, and
`version` where it only counts an aggregate's events: one that is removed would change those of all after it. Values of
types that JSON lacks print as strings; `kinds` then tells them from strings, by the path of each: without it a
time that was turned into a text would not show. Most events have no `kinds`.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import Any, Final, NamedTuple, TypeAlias

from esviewer.audit.seals.writing import plain_json
from esviewer.model.event import Event
from esviewer.model.exactjson import canonical
from esviewer.model.fastjson import is_plain
from esviewer.model.kinds import kinds_of
from esviewer.model.values import Value

FORM: Final = "esviewer.event.1"
"""Names this form; a seal says which one it is made of."""

_POSITION: Final = b',"position":'
_VERSION: Final = b'"version":'
Start: TypeAlias = Any
"""The hash of an event's content as far as its version, which comes last; hashlib has no type for it."""


class Leaf(NamedTuple):
    """One event as a seal sees it."""

    digest: bytes
    """The hash of the tree's leaf, 32 bytes."""
    content: bytes
    """The hash that the leaf would have without a position, 32 bytes: an event that only moved keeps it."""


def leaf_of(event: Event, *, positioned: bool, versioned: bool = True) -> Leaf:
    """The hashes of an event; not `positioned`, not `versioned`: that is no part of what the store keeps of it."""
    before, after = _parts(event, versioned)
    content = sha256(b"\x00" + before + b"null" + after).digest()
    if not positioned or event.position is None:
        return Leaf(content, content)
    return Leaf(sha256(b"\x00" + before + _position(event.position) + after).digest(), content)


def start_of(event: Event) -> Start:
    """What tells whether an event has only another version than it had, see `content_as`."""
    before, after = _parts(event, True)
    return sha256(b"\x00" + before + b"null" + after[: after.rindex(_VERSION) + len(_VERSION)])


def content_as(start: Start, version: int) -> bytes:
    """The `Leaf.content` that an event would have with a version."""
    found = start.copy()
    found.update(b"%d}" % version)
    return bytes(found.digest())


def canonical_event(event: Event, *, positioned: bool, versioned: bool = True) -> bytes:
    """The canonical form of an event, whose hash is `leaf_of(event).digest`."""
    before, after = _parts(event, versioned)
    return before + (_position(event.position) if positioned else b"null") + after


def _position(position: int | str | None) -> bytes:
    return str(position).encode() if type(position) is int else canonical(position)


def _parts(event: Event, versioned: bool) -> tuple[bytes, bytes]:
    """The canonical form before the position and after it."""
    first: dict[str, Value] = {"aggregate_id": event.aggregate_id, "aggregate_type": event.aggregate_type}
    last: dict[str, Value] = {
        "schema_version": event.schema_version,
        "timestamp": None if event.timestamp is None else event.timestamp.isoformat(),
        "type": event.type,
        "version": event.version if versioned else None,
    }
    if event.error is None:
        first["data"] = event.data
    else:
        last["raw"] = None if event.raw is None else base64.b64encode(event.raw).decode()
    first["event_id"] = event.event_id
    first["metadata"] = event.metadata
    if is_plain(event.data) and is_plain(event.metadata):
        before, after = plain_json(first), plain_json(last)
        if before is not None and after is not None:
            return before[:-1] + _POSITION, b"," + after[1:]
    kinds = kinds_of(event.data, event.metadata)
    if kinds:
        first["kinds"] = kinds
    return canonical(first)[:-1] + _POSITION, b"," + canonical(last)[1:]
