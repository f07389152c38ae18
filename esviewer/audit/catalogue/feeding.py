"""Batches of a store's events as the catalogue takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from esviewer.audit.catalogue.axis import NO_MOMENT
from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.span import Place, PlaceOf
from esviewer.model.batch import ColumnBatch


def moments_of(batch: ColumnBatch, positions: bool | None = None) -> tuple[NDArray[np.int64], bool]:
    """The moments of a batch's events, and whether they are positions: those of a store without times are.

    `positions` is what was found for the batch before.
    """
    if not positions:
        found = batch.column("microseconds")
        moments = (
            found
            if isinstance(found, np.ndarray)
            else np.array([NO_MOMENT if each is None else each for each in found], dtype=np.int64)
        )
        if positions is False or (moments != NO_MOMENT).any():
            return moments, False
    places = batch.column("position")
    if all(type(place) is int and 0 <= place < 2**62 for place in places):
        return np.array(places, dtype=np.int64), True
    return np.full(len(batch), NO_MOMENT, dtype=np.int64), bool(positions)


def feed(
    catalogue: Catalogue,
    batch: ColumnBatch,
    moments: NDArray[np.int64],
    wanted: Sequence[int] | None = None,
) -> None:
    """Show a batch to a catalogue; `wanted` are the indexes of the events to be shown, all when None."""
    place = _places_of(batch)
    versions = batch.column("schema_version")
    if wanted is None:
        catalogue.add(batch.types, versions, batch.data, moments, place)
        return
    if wanted:
        catalogue.add(
            [batch.types[index] for index in wanted],
            [versions[index] for index in wanted],
            [batch.data[index] for index in wanted],
            moments[np.asarray(wanted)],
            lambda index: place(wanted[index]),
        )


def _places_of(batch: ColumnBatch) -> PlaceOf:
    """What says where the events of a batch are."""

    @lru_cache(maxsize=64)
    def place(index: int) -> Place:
        event = batch.event(index)
        return Place(event.aggregate_id, event.aggregate_type, event.version, event.position, event.timestamp)

    return place
