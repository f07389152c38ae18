"""Event projections made by the database: groups of events put together to the rows that reading them would make.

A run that goes on has the newer events alone grouped and goes on from the states that the earlier one came to. That is
exact for all that a fold keeps: a count grows, the last of the newer events takes the place of what was last, the first
stays, the least and the greatest are compared. New keys of a state come behind those that were there, as by reading.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from esviewer.model.instant import Instant
from esviewer.model.values import MISSING, Value
from esviewer.projections.cells import cell, key_text, plain_text
from esviewer.projections.countable import Countable, Fold, Rule
from esviewer.projections.definition import Projection
from esviewer.projections.keyed import Counted, Known
from esviewer.replay.reducer import StepError
from esviewer.stores.grouping import Grouping, InexactError
from esviewer.stores.groups import Group
from esviewer.work import Work

MOST_GROUPS: Final = 200_000
"""More are not held in memory: such a projection is made by reading events."""
View = dict[str, Value]
KnownRows = Callable[[list[str]], Mapping[str, Known]]
"""What an earlier run came to for some keys."""


@dataclass(slots=True)
class _Key:
    """One row to be: its groups, each with its rule where that applies."""

    parts: list[str | None]
    groups: list[tuple[Group, Rule | None]] = field(default_factory=list)

    @property
    def first(self) -> int:
        return min(group.first for group, _ in self.groups)

    @property
    def last(self) -> int:
        return max(group.last for group, _ in self.groups)

    def applying(self) -> Iterator[tuple[Group, Fold]]:
        """What each group does, in the order in which the groups begin."""
        for group, rule in sorted(self.groups, key=lambda each: each[0].first):
            for fold in () if rule is None else rule.folds:
                yield group, fold


def counted(
    grouping: Grouping,
    projection: Projection,
    how: Countable,
    up_to: int,
    as_of: Instant | None,
    work: Work | None,
    after: int | None = None,
    known_rows: KnownRows | None = None,
) -> list[Counted]:
    """A projection's rows over the events up to a position and a moment, ordered by key; raises InexactError.

    With `after`, those that have events behind that position; `known_rows` gives what they came to until there.
    """
    keys: dict[str, _Key] = {}
    for number, group in enumerate(grouping.groups(how.by, how.span, after, up_to, as_of, work), 1):
        if number > MOST_GROUPS:
            raise InexactError(f"there are more than {MOST_GROUPS:,} groups of events")
        if work is not None and number % 1_000 == 0:
            work.report(f"Groups of events of {projection.name}, by the database", number)
        _sorted_in(projection, how, group, keys)
    events = grouping.at(sorted(_ends(keys.values())), work)

    def at(position: int) -> View:
        try:
            return events[position]
        except KeyError:
            raise InexactError("an event was removed meanwhile") from None

    before = {} if known_rows is None else known_rows(list(keys))

    def made(key: str, row: _Key) -> Counted:
        known = before.get(key)
        events = sum(group.events for group, _ in row.groups)
        return Counted(
            key,
            row.parts,
            _state(projection, row, at, known),
            events if known is None else known.events + events,
            (cell(row.first), at(row.first)["timestamp"]) if known is None else known.first,
            (cell(row.last), at(row.last)["timestamp"]),
            known,
        )

    return [made(key, row) for key, row in sorted(keys.items(), key=lambda item: item[0].encode())]


def _sorted_in(projection: Projection, how: Countable, group: Group, keys: dict[str, _Key]) -> None:
    event = dict(group.event)
    rule = how.rule_for(str(event["type"]))
    if rule is None or not projection.of_type(event.get("aggregate_type")):
        return
    try:
        if projection.where is not None and not projection.where.truth.holds(None, None, event):
            return
        values = [expression.compute(None, None, event) for _, expression in projection.keys]
        applies = rule.when is None or bool(rule.when.compute(None, None, event, None))
    except StepError as error:
        raise InexactError(f"an expression has no value for some events: {error}") from None
    text = key_text(values)
    if text not in keys:
        keys[text] = _Key([cell(value) for value in values])
    keys[text].groups.append((group, rule if applies else None))


def _ends(rows: Iterable[_Key]) -> set[int]:
    """The positions of the events that have to be looked at one by one."""
    found: set[int] = set()
    for row in rows:
        found |= {row.first, row.last}
        for group, fold in row.applying():
            if fold.keeps == "last":
                found.add(group.last)
            elif fold.keeps == "first":
                found.add(group.first)
    return found


def _state(projection: Projection, row: _Key, at: Callable[[int], View], before: Known | None) -> Value:
    """The state that the rules come to; its keys come in the order in which events would have put them there."""
    assert projection.rules is not None
    state: dict[str, Value] = projection.rules.initial() if before is None else before.state
    lasts: dict[str, int] = defaultdict(lambda: -(1 << 63))
    for group, fold in row.applying():
        key, known = fold.key, state.get(fold.key, MISSING)
        there = known is not MISSING and known is not None
        match fold.keeps:
            case "count":
                state[key] = (known if there else 0) + fold.amount * group.events
            case "last" if group.last >= lasts[key]:
                lasts[key] = group.last
                state[key] = _of(fold, at(group.last))
            case "first" if not there:
                state[key] = _of(fold, at(group.first))
            case "least" | "greatest":
                least = fold.keeps == "least"
                position = group.first if least else group.last
                version = group.least_version if least else group.greatest_version
                found = position if fold.part == "position" else version
                state[key] = (min if least else max)(known, found) if there else found
    return state


def _of(fold: Fold, event: View) -> Value:
    assert fold.of is not None
    # In the state of a fold, ids are as in the events that are carried there.
    view = {name: plain_text(value) if isinstance(value, str) else value for name, value in event.items()}
    try:
        return fold.of.compute(None, None, view, None)
    except StepError as error:
        raise InexactError(f"an expression has no value for some events: {error}") from None
