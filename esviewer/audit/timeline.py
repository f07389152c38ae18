"""When events were, by their positions in the store: kept on disk in any order, given back in that of the store."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from esviewer.model.values import Value

_RUN: Final = 1 << 18
"""Events that are sorted in memory at once: 4 MB."""
_AT_ONCE: Final = 1 << 19
"""About how many are given back at once."""
_BETWEEN_SAMPLES: Final = 1 << 10
Numbers = NDArray[np.int64]


class Timeline:
    """Positions and times in sorted runs, one file each; what several processes kept in one folder can be put together.

    Positions are whole numbers that no two events share.
    """

    def __init__(self, folder: Path) -> None:
        """The folder has to be there, and its owner deletes it."""
        self._folder = folder
        self._runs: list[Path] = []
        self._waiting: list[Numbers] = []
        self._kept = 0
        self._samples: list[Numbers] = []
        self.count = 0
        self.whole = True
        """Whether all events that were added are kept: each had a position of 64 bits."""

    def add(self, positions: Sequence[Value], times: Numbers) -> None:
        """Keep some events; times are as in `Page.times`."""
        try:
            numbers = np.array(positions, dtype=np.int64) if set(map(type, positions)) == {int} else None
        except OverflowError:
            numbers = None
        if numbers is None:
            self.whole = False
            return
        self._waiting.append(np.stack([numbers, times]))
        self._kept += len(numbers)
        self.count += len(numbers)
        if self._kept >= _RUN:
            self.flush()

    def flush(self) -> None:
        """Write what is still in memory."""
        if not self._kept:
            return
        run = np.concatenate(self._waiting, axis=1)
        run = run[:, np.argsort(run[0], kind="stable")]
        self._waiting, self._kept = [], 0
        path = self._folder / f"times-{os.getpid()}-{len(self._runs)}"
        run.tofile(path)
        self._runs.append(path)
        self._samples.append(run[0, ::_BETWEEN_SAMPLES].copy())

    def take(self, other: Timeline) -> None:
        """Add all of another one's, which is not used after that."""
        self._runs += other._runs
        self._waiting += other._waiting
        self._kept += other._kept
        self._samples += other._samples
        self.count += other.count
        self.whole = self.whole and other.whole

    def slices(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Positions, ascending, and times of all events, in slices."""
        self.flush()
        if not self._runs:
            return
        samples = np.sort(np.concatenate(self._samples))
        number = 1 + self.count // _AT_ONCE
        bounds = [*(samples[len(samples) * each // number] for each in range(1, number)), None]
        at = [0] * len(self._runs)
        for bound in bounds:
            parts = []
            for index, path in enumerate(self._runs):
                # Mapped anew for each slice, so that what was read does not stay in memory.
                run = np.memmap(path, dtype=np.int64, mode="r").reshape(2, -1)
                end = run.shape[1] if bound is None else int(np.searchsorted(run[0], bound))
                parts.append(np.array(run[:, at[index] : end]))
                at[index] = end
                del run
            found = np.concatenate(parts, axis=1)
            found = found[:, np.argsort(found[0], kind="stable")]
            yield found[0], found[1]
