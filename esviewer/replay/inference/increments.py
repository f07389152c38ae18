"""Places that events add to: which number of which event type, how many times, and where counting began."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from esviewer.model.values import MISSING, Value
from esviewer.replay.inference.actions import Action, Actions, Reading, constant
from esviewer.replay.inference.evidence import START, Check, Seen, Stretch, by_kind, exact, is_number
from esviewer.replay.inference.linear import Equations

_MOST_PATHS = 8
_MOST_PRODUCTS = 6
_BETWEEN_CHECKS = 4096
_ENOUGH = 400
"""Stretches that equations are made of; all are used to verify."""


class _Column(NamedTuple):
    kind: str
    """The event type; empty for the initial value."""
    text: str
    """The expression; empty for 1."""


_INITIAL = _Column("", "")


def solve_increments(
    stretches: Sequence[Stretch], key: str | None, check: Check, *, products: bool = False, rounded: bool = False
) -> tuple[Actions, Value, float] | None:
    """Increments that explain all stretches, the value before the first event and what it all costs in simplicity.

    None where there are none. `key` is the last part of the place's path where that is fixed; `products` are of two
    numbers of an event; `rounded` counts sums to nine places.
    """
    if not all(_is_amount(stretch.start) and _is_amount(stretch.end) for stretch in stretches):
        return None
    idle: set[str] = set()
    absent_first = False
    for stretch in stretches:
        if stretch.end is MISSING:
            if stretch.start not in (MISSING, START):
                return None
            absent_first = absent_first or stretch.start is START
            idle.update(event.kind for event in stretch.events)
    events = by_kind(stretches)
    columns = {kind: _columns_of(kind, own, key, products) for kind, own in events.items() if kind not in idle}
    found = _solved(stretches, columns, absent_first, rounded, check)
    if found is None:
        return None
    actions: dict[str, Action] = {}
    cost = 0.0
    initial: Value = MISSING
    for column, factor in found.items():
        cost += 1.0 if column.text and abs(factor) == 1 else 2.0 if abs(factor) == 1 else 3.0
        if column == _INITIAL:
            initial = factor
        elif column.kind in actions:
            return None  # a type has one increment at a place
        elif column.text:
            lacking = not all(column.text in event.values for event in events[column.kind])
            reading = Reading(column.text, 0) if lacking and " * " not in column.text else Reading(column.text)
            actions[column.kind] = Action("increment", reading, factor)
        else:
            actions[column.kind] = Action("increment", constant(factor))
    return actions, initial, cost


def _is_amount(value: Value) -> bool:
    return value is START or value is MISSING or is_number(value)


def _columns_of(kind: str, events: Sequence[Seen], key: str | None, products: bool) -> list[_Column]:
    texts: dict[str, bool] = {}
    for event in events:
        for text, value in event.values.items():
            if text.startswith(("data", "meta")) and value is not None:
                texts[text] = texts.get(text, True) and is_number(value)
    numeric = sorted(
        (text for text, always in texts.items() if always),
        key=lambda text: (not text.startswith("data"), key is None or not text.endswith(f".{key}"), len(text), text),
    )[:_MOST_PATHS]
    found = [_Column(kind, text) for text in numeric]
    if products:
        found += [_Column(kind, f"{one} * {other}") for one, other in combinations(numeric[:_MOST_PRODUCTS], 2)]
    return [*found, _Column(kind, "")]


def _solved(
    stretches: Sequence[Stretch], columns: dict[str, list[_Column]], absent_first: bool, rounded: bool, check: Check
) -> dict[_Column, int] | None:
    ordered = [column for each in columns.values() for column in each if column.text]
    ordered += [column for each in columns.values() for column in each if not column.text]
    costs = {column: 1.0 if " * " not in column.text else 1.6 for column in ordered if column.text}
    costs |= {column: 1.8 for column in ordered if not column.text} | {_INITIAL: 1.5}
    equations: Equations[_Column] = Equations([*ordered, _INITIAL], costs)
    parts = {
        kind: [(column, tuple(column.text.split(" * ")) if column.text else ()) for column in each]
        for kind, each in columns.items()
    }
    # Few event types first: what contradicts itself does so early.
    ranked = sorted(stretches, key=lambda stretch: len({event.kind for event in stretch.events}))
    step = max(1, len(ranked) // _ENOUGH)
    for stretch in ranked[::step]:
        check()
        if stretch.end is MISSING:
            continue
        row: dict[_Column, Fraction | int] = {}
        for number, event in enumerate(stretch.events):
            if number % _BETWEEN_CHECKS == 0:
                check()
            for column, texts in parts.get(event.kind, ()):
                amount = _amount(texts, event, rounded)
                if amount:
                    row[column] = row.get(column, 0) + amount
        side = exact(stretch.end, rounded=rounded)
        if stretch.start is START:
            if not absent_first:
                row[_INITIAL] = 1
        elif stretch.start is not MISSING:
            side -= exact(stretch.start, rounded=rounded)
        if not equations.add(row, side):
            return None
    return equations.solution()


def _amount(texts: Sequence[str], event: Seen, rounded: bool) -> Fraction | int:
    """The product of what expressions give; 1 for none."""
    amount: Fraction | int = 1
    for text in texts:
        value = event.values.get(text)
        if value is None:
            return 0
        amount *= exact(value, rounded=rounded)
    return amount
