"""Where what a pass over a store makes goes to: rows, matching events and problems of each projection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from esviewer.model.values import Value


class StateRow(NamedTuple):
    """One aggregate's row; cells are as in `cells`."""

    aggregate_id: str
    aggregate_type: str | None
    version: int
    timestamp: str | None
    cells: list[str | None]
    problems: str | None


class LogRow(NamedTuple):
    """One event's row, behind what it is sorted by."""

    number: int | None
    text: str | None
    ns: int | None
    aggregate_id: str
    aggregate_type: str | None
    version: int
    timestamp: str | None
    cells: list[str | None]
    problems: str | None


class Problem(NamedTuple):
    """Something that went wrong with one row."""

    aggregate_id: str | None
    aggregate_type: str | None
    version: int | None
    what: str
    key: str | None = None
    """The row of an event projection, by its key as in `Matching`; with it there is no single event to name."""
    untold: bool = False
    """There is no row: whether there should be one can't be told."""


class Matching(NamedTuple):
    """One event of an event projection, to be folded with those of the same key."""

    key: str
    """The key's values as `cells.key_text` writes them."""
    number: int | None
    text: str | None
    ns: int | None
    aggregate_id: str
    aggregate_type: str | None
    version: int
    cells: list[str | None]
    """The key's columns."""
    type: str
    time_ns: int | None
    offset: int | None
    data: str
    """Packed, as are the next ones."""
    meta: str | None
    rest: str | None
    """[position, event_id, schema_version] where a rule reads more of the event than its data."""


def matching_of(columns: Sequence[Sequence[Any]]) -> Iterator[Matching]:
    """Single events out of the columns that a sink takes."""
    at = Matching._fields.index("cells")
    end = at + len(columns) - len(Matching._fields) + 1
    for row in zip(*columns, strict=True):
        yield Matching._make((*row[:at], list(row[at:end]), *row[end:]))


class Sink(Protocol):
    """Takes what a pass makes; `projection` counts from 0 within the file."""

    def row(self, projection: int, row: StateRow | LogRow) -> None:
        """One row."""

    def matching(self, projection: int, columns: Sequence[Sequence[Any]]) -> None:
        """Events to be folded: a column for each field of `Matching`, and one for each of its cells."""

    def problem(self, projection: int, problem: Problem) -> None:
        """Something that went wrong."""


@dataclass(slots=True)
class Counts:
    """What a pass, or a part of one, came to; parts add up."""

    events: int = 0
    """Those that were looked at."""
    beyond: int = 0
    """Those that were read and lie behind the cut, or have nothing that places them before it."""
    fresh: int = 0
    """Those of `events` that are behind the position from which on matching events are looked for."""
    aggregates: int = 0
    rows: Counter[int] = field(default_factory=Counter)
    """By projection: rows, or matching events."""
    problems: Counter[int] = field(default_factory=Counter)
    """By projection: what is listed."""
    untold: Counter[int] = field(default_factory=Counter)
    """By projection: how often could not be told whether a row belongs to it."""
    without_rule: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By reducer and event type: events that the one has no rule for."""
    reducers: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    """By aggregate type: name, digest and whether it only guesses, of the reducers that states were rebuilt with."""
    shortened: int = 0
    """Aggregates that began with a snapshot."""
    disordered: int = 0
    """Aggregates in which a version before the cut has one behind the cut below it."""

    def add(self, other: Counts) -> None:
        """Take over what another part came to."""
        self.events += other.events
        self.beyond += other.beyond
        self.fresh += other.fresh
        self.aggregates += other.aggregates
        self.disordered += other.disordered
        self.shortened += other.shortened
        for own, theirs in (
            (self.rows, other.rows),
            (self.problems, other.problems),
            (self.untold, other.untold),
        ):
            own.update(theirs)
        self.without_rule.update(other.without_rule)
        self.reducers.update(other.reducers)

    def as_json(self) -> dict[str, Value]:
        """For a journey between processes; `counts_of` reads it."""
        return {
            "events": self.events,
            "beyond": self.beyond,
            "fresh": self.fresh,
            "aggregates": self.aggregates,
            "disordered": self.disordered,
            "shortened": self.shortened,
            "reducers": [[kind, *each] for kind, each in self.reducers.items()],
            "rows": list(self.rows.items()),
            "problems": list(self.problems.items()),
            "untold": list(self.untold.items()),
            "without_rule": [[*each, number] for each, number in self.without_rule.items()],
        }


def counts_of(found: dict[str, Value]) -> Counts:
    """What `Counts.as_json` wrote."""
    counted = {name: Counter(dict(map(tuple, found[name]))) for name in ("rows", "problems", "untold")}
    return Counts(
        events=found["events"],
        beyond=found["beyond"],
        fresh=found["fresh"],
        aggregates=found["aggregates"],
        disordered=found["disordered"],
        shortened=found["shortened"],
        reducers={kind: (name, digest, inferred) for kind, name, digest, inferred in found["reducers"]},
        without_rule=Counter({(name, kind): number for name, kind, number in found["without_rule"]}),
        **counted,
    )
