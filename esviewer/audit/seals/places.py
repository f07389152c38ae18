"""Where the events of one chunk are and what they are called, so that a removed event can still be named.

In a seal file a chunk is `{"leaves", "places", "root"}`. `leaves` are the first 8 bytes of each event's content hash in
base64: not what proves anything (the root does), but what finds the place of a change. `places` is JSON, compressed by
zlib, in base64: for each event the index of its aggregate's id in `aggregates` and of its type in `types`, its version,
its position, and its time in nanoseconds since 1970 (null without one). Versions, positions and times are written
as differences from the one before (the first from 0) where all of them are integers.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, NamedTuple

from esviewer.audit.seals.tree import CHUNK
from esviewer.audit.seals.writing import canonical_json
from esviewer.errors import SealError
from esviewer.model.clause import clause
from esviewer.model.exactjson import NotJsonError, loads
from esviewer.model.values import Value

PREFIX: Final = 8
"""Bytes of a content hash that a seal keeps for each event."""
_LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a chunk's places; ids and types of a thousand events take far less."""


class Place(NamedTuple):
    """What an event is called."""

    position: int | str | None
    aggregate_id: str
    version: int
    type: str
    time: int | None
    """Nanoseconds since 1970-01-01 UTC; None without a time."""

    def as_json(self) -> dict[str, Value]:
        """`{position, aggregate_id, version, type}`."""
        return {
            "position": self.position,
            "aggregate_id": self.aggregate_id,
            "version": self.version,
            "type": self.type,
        }

    @property
    def opening(self) -> str:
        """Its name at the beginning of a sentence."""
        if self.position is None:
            return clause(f"Version {self.version} of {self.aggregate_id}")
        return clause(f"Version {self.version} of {self.aggregate_id} at position {self.position}")

    def __str__(self) -> str:
        if self.position is None:
            return clause(f"version {self.version} of {self.aggregate_id}")
        return clause(f"version {self.version} of {self.aggregate_id} at position {self.position}")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Up to 1,024 events of a seal, in store order."""

    root: bytes
    contents: Sequence[bytes]
    """The first bytes of each event's content hash."""
    places: Sequence[Place]

    def as_json(self) -> dict[str, Value]:
        """`{leaves, places, root}`, as the module says."""
        aggregates: dict[str, int] = {}
        types: dict[str, int] = {}
        columns = {
            "aggregate": [aggregates.setdefault(place.aggregate_id, len(aggregates)) for place in self.places],
            "type": [types.setdefault(place.type, len(types)) for place in self.places],
            "aggregates": list(aggregates),
            "types": list(types),
            "versions": _written([place.version for place in self.places]),
            "positions": _written([place.position for place in self.places]),
            "times": _written([place.time for place in self.places]),
        }
        return {
            "leaves": base64.b64encode(b"".join(self.contents)).decode(),
            "places": base64.b64encode(zlib.compress(canonical_json(columns))).decode(),
            "root": self.root.hex(),
        }


def chunk_of(found: Value) -> Chunk:
    """The chunk that `Chunk.as_json` wrote; raises SealError."""
    try:
        leaves = base64.b64decode(found["leaves"], validate=True)
        unpacking = zlib.decompressobj()
        columns = loads(unpacking.decompress(base64.b64decode(found["places"], validate=True), _LARGEST))
        if not unpacking.eof or len(leaves) % PREFIX or not 0 < len(leaves) <= CHUNK * PREFIX:
            raise ValueError
        places = [
            Place(position, columns["aggregates"][aggregate], version, columns["types"][kind], time)
            for aggregate, kind, version, position, time in zip(
                columns["aggregate"],
                columns["type"],
                _read(columns["versions"]),
                _read(columns["positions"]),
                _read(columns["times"]),
                strict=True,
            )
        ]
        root = bytes.fromhex(found["root"])
        if len(places) * PREFIX != len(leaves) or not all(map(_is_place, places)):
            raise ValueError
    except (KeyError, IndexError, TypeError, ValueError, zlib.error, binascii.Error, NotJsonError):
        raise SealError("a chunk of it can't be read") from None
    contents = [leaves[start : start + PREFIX] for start in range(0, len(leaves), PREFIX)]
    return Chunk(root, contents, places)


def _is_place(place: Place) -> bool:
    return (
        type(place.version) is int
        and type(place.aggregate_id) is str
        and type(place.type) is str
        and (place.time is None or type(place.time) is int)
        and (place.position is None or type(place.position) in (int, str))
    )


def _written(values: Sequence[Any]) -> dict[str, Value]:
    if set(map(type, values)) == {int}:
        return {"steps": [value - before for before, value in zip((0, *values), values, strict=False)]}
    return {"values": list(values)}


def _read(column: Value) -> list[Any]:
    if "steps" not in column:
        return list(column["values"])
    if set(map(type, column["steps"])) != {int}:
        raise ValueError
    return list(accumulate(column["steps"]))
