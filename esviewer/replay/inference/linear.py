"""Exact systems of linear equations whose solution should be small whole numbers, most of them 0.

Computed modulo a prime, where numbers never grow: a small whole number is its own remainder. Whoever uses a solution
verifies it, so that a chance agreement of remainders does no harm.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from typing import Generic, TypeVar

_PRIME = (1 << 61) - 1
LARGEST = 10**9
"""Of the coefficients that count as small."""

_Column = TypeVar("_Column", bound=Hashable)


class Equations(Generic[_Column]):
    """Equations in reduced row echelon form; columns are preferred in the order of `columns`."""

    def __init__(self, columns: list[_Column], costs: Mapping[_Column, float]) -> None:
        self._order = {column: index for index, column in enumerate(columns)}
        self._costs = costs
        self._rows: dict[_Column, dict[_Column, int]] = {}
        """By pivot: the other columns' factors."""
        self._sides: dict[_Column, int] = {}

    def add(self, factors: Mapping[_Column, Fraction | int], side: Fraction | int) -> bool:
        """Take in Σ factor · column = side; False when it contradicts those before."""
        row = {column: _remainder(value) for column, value in factors.items() if value}
        right = _remainder(side)
        for column in list(row):
            if column in self._rows:
                right = self._subtracted(row, column, right)
        if not row:
            return right == 0
        pivot = min(row, key=self._order.__getitem__)
        scale = pow(row.pop(pivot), -1, _PRIME)
        self._rows[pivot] = {column: value * scale % _PRIME for column, value in row.items()}
        self._sides[pivot] = right * scale % _PRIME
        for other, others in self._rows.items():
            if pivot in others:
                self._sides[other] = self._subtracted(others, pivot, self._sides[other])
        return True

    def _subtracted(self, row: dict[_Column, int], pivot: _Column, right: int) -> int:
        factor = row.pop(pivot)
        for column, value in self._rows[pivot].items():
            left = (row.get(column, 0) - factor * value) % _PRIME
            if left:
                row[column] = left
            else:
                row.pop(column, None)
        return (right - factor * self._sides[pivot]) % _PRIME

    def solution(self) -> dict[_Column, int] | None:
        """A cheap solution in small whole numbers, zeros left out; None where none was found."""
        for _ in range(60):
            if not self._cheaper():
                break
        found = {pivot: _whole(side) for pivot, side in self._sides.items() if side}
        if any(value is None for value in found.values()):
            return None
        return {column: value for column, value in found.items() if value is not None}

    def _cheaper(self) -> bool:
        """Swap a column that is 0 for one that is not where that makes the solution simpler."""
        best: tuple[float, int, int] | None = None
        swap = None
        free = dict.fromkeys(column for row in self._rows.values() for column in row)
        for column in sorted(free, key=self._order.__getitem__):
            touched = [pivot for pivot, row in self._rows.items() if column in row]
            before = sum(self._cost(pivot, self._sides[pivot]) for pivot in touched)
            for pivot in touched:
                value = self._sides[pivot] * pow(self._rows[pivot][column], -1, _PRIME) % _PRIME
                if not value:
                    continue
                after = self._cost(column, value) + sum(
                    self._cost(other, (self._sides[other] - self._rows[other][column] * value) % _PRIME)
                    for other in touched
                    if other != pivot
                )
                candidate = (before - after, -self._order[column], -self._order[pivot])
                if after < before - 1e-9 and (best is None or candidate > best):
                    best, swap = candidate, (pivot, column)
        if swap is None:
            return False
        self._swap(*swap)
        return True

    def _swap(self, pivot: _Column, column: _Column) -> None:
        row = self._rows.pop(pivot)
        right = self._sides.pop(pivot)
        scale = pow(row.pop(column), -1, _PRIME)
        row = {other: value * scale % _PRIME for other, value in row.items()}
        row[pivot] = scale
        self._rows[column] = row
        self._sides[column] = right * scale % _PRIME
        for other, others in self._rows.items():
            if column in others:
                self._sides[other] = self._subtracted(others, column, self._sides[other])

    def _cost(self, column: _Column, value: int) -> float:
        if not value:
            return 0.0
        whole = _whole(value)
        if whole is None:
            return 1000.0
        return self._costs[column] * (1.0 if abs(whole) == 1 else 2.0 if abs(whole) <= 12 else 4.0)


def _remainder(value: Fraction | int) -> int:
    if isinstance(value, int):
        return value % _PRIME
    return value.numerator * pow(value.denominator, -1, _PRIME) % _PRIME


def _whole(value: int) -> int | None:
    signed = value if value <= _PRIME // 2 else value - _PRIME
    return signed if abs(signed) <= LARGEST else None
