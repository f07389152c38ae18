"""The hashes by which a store chains its events by itself, as its layout says."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import Any

from esviewer.errors import StoreError
from esviewer.model.scanned import Place
from esviewer.stores.batching import Batches, Rows
from esviewer.stores.binding import COUNT, EventTable
from esviewer.stores.databases.database import Database
from esviewer.stores.layouts.model import PREVIOUS, Chain
from esviewer.stores.notes import Notes
from esviewer.stores.reading import EventReader
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Link:
    """One event of a chain; hashes in lower-case hex."""

    place: Place
    begins: bool
    """Whether it is its chain's first."""
    kept: str | None
    """Its hash as stored; None where there is none, or none that can be read."""
    made: str | None
    """Its hash as made anew; None where the layout doesn't say how."""
    previous: str | None
    """The hash of the event before as it is stored here; None where it is stored only there, or there is none."""
    before: str | None
    """The hash of the event before as stored there; None for the first."""


def links(database: Database, table: EventTable, notes: Notes, work: Work | None) -> Iterator[Link]:
    """All events in the order of their chain; raises StoreError where a column of it is missing."""
    chain = table.layout.chain
    assert chain is not None
    chained = copy(table)
    columns = {chain.hash, chain.previous, *chain.of} - {"", PREVIOUS}
    own = {f"chain {name}": _column(table, name) for name in sorted(columns)}
    chained.fields = {**table.fields, **own}
    reader = EventReader(database, chained, Batches(chained, notes))
    pages: Iterator[Rows]
    if chain.within == "store":
        pages = reader.of_store(None, None, (), work, own)
    else:
        left_out = {"data", "metadata", COUNT}
        chained.fields = {name: each for name, each in chained.fields.items() if name not in left_out}
        pages = reader.by_aggregate(work)
    current: str | None = None
    before: tuple[str | None, Any] | None = None
    for rows in pages:
        scanned = rows.scanned()
        for index in range(len(rows)):
            place = scanned.place(index)
            if chain.within == "aggregate" and place.aggregate_id != current:
                current, before = place.aggregate_id, None
            stored = rows.columns[f"chain {chain.hash}"][index]
            kept = _hash(stored, chain)
            yield Link(
                place,
                before is None,
                kept,
                _made(chain, rows, index, None if before is None else before[1]),
                _hash(rows.columns[f"chain {chain.previous}"][index], chain) if chain.previous else None,
                None if before is None else before[0],
            )
            before = kept, stored


def _column(table: EventTable, name: str) -> Any:
    found = table.relation.find([name])
    if found is None:
        raise StoreError(
            f"Table {table.relation.section.name} has no column {name}, of which its hashes are to be made.",
            "Correct [events.chain] of the layout, or leave it out.",
        )
    return table.selected(found)


def _made(chain: Chain, rows: Rows, index: int, before: Any) -> str | None:
    if not chain.of:
        return None
    parts = [before if name == PREVIOUS else rows.columns[f"chain {name}"][index] for name in chain.of]
    content = chain.between.encode().join(map(_bytes, parts))
    return hashlib.new(chain.algorithm, content, usedforsecurity=False).hexdigest()


def _bytes(value: Any) -> bytes:
    if value is None:
        return b""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    return str(value).encode("utf-8", "surrogatepass")


def _hash(value: Any, chain: Chain) -> str | None:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).hex() or None
    if not isinstance(value, str):
        return None
    try:
        raw = bytes.fromhex(value) if chain.encoding == "hex" else base64.b64decode(value, validate=True)
    except (ValueError, binascii.Error):
        return None
    return raw.hex() or None
