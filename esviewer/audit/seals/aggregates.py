"""One digest for each aggregate: a chain over its events in store order, with their number and newest version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from esviewer.audit.seals.merkle import DIGEST
from esviewer.errors import SealError
from esviewer.model.values import Value

LIMIT: Final = 250_000
"""Aggregates that get a digest (about 0.5 KB of memory each); a store with more of them is sealed without any."""
BEGIN: Final = bytes(DIGEST)
"""What the chain of an aggregate begins with."""


@dataclass(slots=True)
class AggregateDigest:
    """An aggregate at the time of the seal; `digest` is SHA-256 of the digest before and the next leaf's hash."""

    aggregate_id: str
    events: int = 0
    version: int = 0
    """The highest version."""
    digest: bytes = BEGIN

    def as_json(self) -> dict[str, Value]:
        """`{aggregate_id, digest, events, version}`."""
        return {
            "aggregate_id": self.aggregate_id,
            "digest": self.digest.hex(),
            "events": self.events,
            "version": self.version,
        }


class Aggregates:
    """The digests of a store's aggregates as its events go by; none any more once there are more than `LIMIT`."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._found: dict[str, AggregateDigest] | None = {}
        self._limit = limit

    def __iter__(self) -> Iterator[AggregateDigest]:
        return iter(() if self._found is None else self._found.values())

    @property
    def count(self) -> int | None:
        """How many there are; None when there are too many."""
        return None if self._found is None else len(self._found)

    def add(self, aggregate_id: str, version: int, leaf: bytes) -> None:
        """Count one event in."""
        if self._found is None:
            return
        known = self._found.get(aggregate_id)
        if known is None:
            if len(self._found) >= self._limit:
                self._found = None
                return
            known = self._found[aggregate_id] = AggregateDigest(aggregate_id, version=version)
        known.events += 1
        if version > known.version:
            known.version = version
        known.digest = sha256(known.digest + leaf).digest()


def aggregate_digest_of(found: Value) -> AggregateDigest:
    """What `AggregateDigest.as_json` wrote; raises SealError."""
    try:
        made = AggregateDigest(
            found["aggregate_id"], found["events"], found["version"], bytes.fromhex(found["digest"])
        )
    except (KeyError, TypeError, ValueError):
        raise SealError("the digest of an aggregate can't be read") from None
    if type(made.aggregate_id) is not str or type(made.events) is not int or type(made.version) is not int:
        raise SealError("the digest of an aggregate can't be read")
    return made
