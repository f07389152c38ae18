"""Some parts of many events, read without their payloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from esviewer.model.values import Value


class Place(NamedTuple):
    """Where an event is."""

    aggregate_id: str
    aggregate_type: str | None
    version: int
    position: int | str | None

    @property
    def key(self) -> tuple[str, int]:
        """The aggregate's id and the version."""
        return self.aggregate_id, self.version


class Scanned:
    """Some events in store order, as columns."""

    __slots__ = ("_column", "_length", "_place")

    def __init__(
        self, length: int, column: Callable[[str], Sequence[Value]], place: Callable[[int], Place]
    ) -> None:
        self._length = length
        self._column = column
        self._place = place

    def __len__(self) -> int:
        return self._length

    def column(self, name: str) -> Sequence[Value]:
        """One of the parts that were asked for, as `StoreBatch.column` gives it."""
        return self._column(name)

    def place(self, index: int) -> Place:
        """Where an event is."""
        return self._place(index)


class Steps(NamedTuple):
    """Some events of several aggregates, those of each together and by version, as columns."""

    runs: Sequence[tuple[int, str, str | None]]
    """The index of each aggregate's first event here, its id and its type; one may go on from what came before."""
    versions: Sequence[int]
    types: Sequence[str]
    microseconds: Sequence[int | None]
    """Since 1970; None where the time is missing or can't be read."""
