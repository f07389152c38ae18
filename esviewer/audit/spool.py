"""Many texts as 64-bit hashes on disk: which of them come twice, and which of them are not among others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_RUN: Final = 1 << 19
"""Hashes that are sorted in memory at once: 4 MB."""
_AT_ONCE: Final = 1 << 20
"""About how many are compared at once."""
Hashes = NDArray[np.uint64]


def hashes(texts: Iterable[str]) -> Hashes:
    """The texts' hashes; a UUID has the same with and without dashes, in any case."""
    digests = [blake2b(_plain(text), digest_size=8).digest() for text in texts]
    return np.frombuffer(b"".join(digests), dtype=np.uint64)


def _plain(text: str) -> bytes:
    return text.replace("-", "").lower().encode("utf-8", "surrogatepass")


class Spool:
    """Hashes in sorted runs, one file each; what several processes kept in one folder can be put together."""

    def __init__(self, folder: Path, name: str) -> None:
        """The folder has to be there, and its owner deletes it."""
        self._stem = folder / name
        self._runs: list[Path] = []
        self._waiting: list[Hashes] = []
        self._kept = 0
        self.count = 0

    def add(self, found: Hashes) -> None:
        """Keep some hashes."""
        if not len(found):
            return
        self._waiting.append(found)
        self._kept += len(found)
        self.count += len(found)
        if self._kept >= _RUN:
            self.flush()

    def flush(self) -> None:
        """Write what is still in memory."""
        if not self._kept:
            return
        run = np.sort(np.concatenate(self._waiting))
        self._waiting, self._kept = [], 0
        path = self._stem.with_name(f"{self._stem.name}-{os.getpid()}-{len(self._runs)}")
        run.tofile(path)
        self._runs.append(path)

    def take(self, other: Spool) -> None:
        """Add all of another spool's, which is not used after that."""
        self._runs += other._runs
        self._waiting += other._waiting
        self._kept += other._kept
        self.count += other.count

    def slices(self, *others: Spool) -> Iterator[list[Hashes]]:
        """All hashes, sorted and in slices, beside those of other spools within the same bounds."""
        spools = (self, *others)
        for spool in spools:
            spool.flush()
        mapped = [[np.memmap(run, dtype=np.uint64, mode="r") for run in spool._runs] for spool in spools]
        number = 1 + sum(spool.count for spool in spools) // _AT_ONCE
        bounds = [(1 << 64) * each // number for each in range(number)]
        at = [[0] * len(runs) for runs in mapped]
        for bound in [*bounds[1:], None]:
            parts = []
            for runs, starts in zip(mapped, at, strict=True):
                pieces = []
                for index, run in enumerate(runs):
                    end = len(run) if bound is None else int(np.searchsorted(run, np.uint64(bound)))
                    pieces.append(np.asarray(run[starts[index] : end]))
                    starts[index] = end
                parts.append(np.sort(np.concatenate(pieces)) if pieces else np.empty(0, dtype=np.uint64))
            yield parts

    def repeated(self, most: int) -> tuple[Hashes, int]:
        """The hashes that come more than once, at most so many of them, and how many there are in all."""
        found: list[Hashes] = []
        count = kept = 0
        for (own,) in self.slices():
            twice = np.unique(own[1:][own[1:] == own[:-1]])
            count += len(twice)
            found.append(twice[: max(0, most - kept)])
            kept += len(found[-1])
        return np.concatenate(found), count

    def not_in(self, other: Spool, most: int) -> tuple[Hashes, int]:
        """The hashes that another spool doesn't have, at most so many of them, and how often such were added."""
        found: list[Hashes] = []
        count = kept = 0
        for own, theirs in self.slices(other):
            strange = own[~np.isin(own, theirs)]
            count += len(strange)
            found.append(np.unique(strange)[: max(0, most - kept)])
            kept += len(found[-1])
        return np.concatenate(found), count
