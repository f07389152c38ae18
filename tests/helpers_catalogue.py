"""Feeds a catalogue with events made up for a test."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from esviewer.audit.catalogue.axis import NO_MOMENT
from esviewer.audit.catalogue.catalogue import Catalogue, Entry
from esviewer.audit.catalogue.span import Place
from esviewer.model.instant import Instant

SECOND = 1_000_000
START = 1_700_000_000 * SECOND


def feed(
    catalogue: Catalogue,
    data: Sequence[Any],
    *,
    kind: str = "Made",
    schema_version: int | str | None = None,
    moments: Sequence[int | None] | None = None,
    first: int = 0,
    batch: int = 1000,
) -> Catalogue:
    """Feed events of one type, one second apart unless told otherwise."""
    given_moments = [START + (first + index) * SECOND for index in range(len(data))] if moments is None else moments
    for at in range(0, len(data), batch):
        part = data[at : at + batch]
        times = given_moments[at : at + batch]

        def place(index: int, at: int = at, times: Sequence[int | None] = times) -> Place:
            time = times[index]
            number = first + at + index
            return Place("a", None, number, number + 1, None if time is None else Instant(time * 1000))

        catalogue.add(
            [kind] * len(part),
            None if schema_version is None else [schema_version] * len(part),
            part,
            np.array([NO_MOMENT if time is None else time for time in times], dtype=np.int64),
            place,
        )
    return catalogue


def only(catalogue: Catalogue) -> Entry:
    (entry,) = catalogue.sorted()
    return entry
