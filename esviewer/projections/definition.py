"""What a projection file says, compiled: which rows a table has, and what its columns are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any, Final, Literal, TypeAlias

from esviewer.errors import RulesError
from esviewer.model.change import Path
from esviewer.model.clause import clause
from esviewer.model.values import Value
from esviewer.replay.expressions import compile_expression, keys_read, translate
from esviewer.replay.rules import RulesReducer
from esviewer.replay.truth import Truth

Kind: TypeAlias = Literal["state", "event", "log"]
KeyForm: TypeAlias = Literal["one", "list", "object"]
KINDS: Final[tuple[Kind, ...]] = ("state", "event", "log")

STATE_NAMES: Final = ("state", "aggregate_id", "aggregate_type", "version")
EVENT_NAMES: Final = ("data", "meta", "event")
FOLDED_NAMES: Final = ("state", "key")

PROBLEMS: Final = "problems"
"""The last column of every table: what went wrong with the row; null where nothing did."""
_FIRST: Final = ("aggregate_id", "version", "timestamp")
_FOLDED: Final = ("events", "first_position", "first_timestamp", "last_position", "last_timestamp")


def key_called(name: str, form: KeyForm) -> str:
    """What a part of a key is called in messages: `key`, `key_2`, or `key actor` where it has a name of its own."""
    return clause(f"key {name}") if form == "object" else name


@dataclass(frozen=True)
class Expression:
    """One expression of a projection, compiled over names."""

    text: str
    names: tuple[str, ...]

    @cached_property
    def compute(self) -> Callable[..., Value]:
        """The value, of the names' values in their order; raises StepError where there is none."""
        return compile_expression(self.text, self.names)

    @cached_property
    def truth(self) -> Truth:
        """Whether the value is true, as `compute` says it, whichever way round the parts of it are written."""
        return Truth(self.text, self.names)

    @cached_property
    def used(self) -> frozenset[str]:
        """Those of the names that are read."""
        return translate(self.text, self.names).names

    def checked(self, told: str) -> Expression:
        """This expression, compiled; raises RulesError, which begins with what is `told`, where it can't be."""
        try:
            _ = self.compute, self.used
        except RulesError as error:
            raise RulesError(f"{told}: {error.message}", error.hint) from None
        return self

    @cached_property
    def of_data(self) -> bool:
        """Whether nothing but an event's data is read."""
        return self.used <= {"data"}

    @cached_property
    def data_keys(self) -> frozenset[str] | None:
        """The keys of `data` that are read; None where any may be."""
        return keys_read(self.text, "data")

    @cached_property
    def event_keys(self) -> frozenset[str] | None:
        """The keys of `event` that are read; None where any may be."""
        return keys_read(self.text, "event")


@dataclass(frozen=True, eq=False)
class Projection:
    """One table to be made."""

    name: str
    kind: Kind
    aggregate_type: str | None
    """A glob; None: all."""
    event_types: tuple[str, ...]
    """Globs of the event types that a log is of; none: all."""
    where: Expression | None
    keys: tuple[tuple[str, Expression], ...]
    """Names and expressions of what the rows of an event projection are keyed by."""
    key_form: KeyForm
    """What `key` is in the columns of an event projection."""
    columns: tuple[tuple[str, Expression], ...]
    rules: RulesReducer | None
    """What an event projection folds with, or a state projection's own reducer; None: the session's."""
    folds: tuple[tuple[Path, str], ...] = ()
    """What the rules of an event projection put into its state: places, in which 0 is all that is there, and the
    expressions put there."""
    on: tuple[Mapping[str, Any], ...] = ()
    """The rules of an event projection as they are written."""

    @property
    def carried_keys(self) -> frozenset[str] | None:
        """The keys of events' data that the rules of an event projection read; None: any may be."""
        return None if self.rules is None else self.rules.payload_keys

    @cached_property
    def payload_keys(self) -> frozenset[str] | None:
        """The keys of events' data of which an event or log projection makes anything; None: any may be."""
        read = [text for _, text in (self.keys if self.kind == "event" else self.columns)]
        every = [each.data_keys for each in (*read, *([] if self.where is None else [self.where]))]
        if self.kind == "event":
            every.append(self.carried_keys)
        known = [each for each in every if each is not None]
        return None if len(known) < len(every) else frozenset().union(*known)

    @property
    def fixed(self) -> tuple[str, ...]:
        """The columns that come first."""
        return (*(name for name, _ in self.keys), *_FOLDED) if self.kind == "event" else _FIRST

    @property
    def heads(self) -> tuple[str, ...]:
        """All columns, in their order."""
        return (*self.fixed, *(name for name, _ in self.columns), PROBLEMS)

    @property
    def problems_table(self) -> str:
        """The name of the table that lists the problems."""
        return f"{self.name}_problems"

    def key_called(self, name: str) -> str:
        """What a part of the key is called in messages."""
        return key_called(name, self.key_form)

    def key_of(self, values: list[Value]) -> Value:
        """What `key` is where its parts are these."""
        if self.key_form == "one":
            return values[0]
        return values if self.key_form == "list" else dict(zip((name for name, _ in self.keys), values, strict=True))

    def of_type(self, aggregate_type: str | None) -> bool:
        """Whether aggregates of a type concern it."""
        return self.aggregate_type is None or fnmatchcase(aggregate_type or "", self.aggregate_type)

    def leaves_out(self, **known: Value) -> bool:
        """Whether `where` is false of all states of aggregates of which this much is known."""
        where = self.where
        return where is not None and not where.used.isdisjoint(known) and where.truth.told(known) is False

    def of_event(self, event_type: str) -> bool:
        """Whether events of a type concern it."""
        if self.kind == "event":
            return self.rules is not None and self.rules.step_for(event_type) is not None
        return not self.event_types or any(fnmatchcase(event_type, each) for each in self.event_types)

    def needs_event(self, event_type: str) -> bool:
        """Whether the rule of an event projection reads more of an event than its data."""
        return self.rules is not None and self.rules.needs_event(event_type)


@dataclass(frozen=True)
class ProjectionFile:
    """The projections of one file, and what makes the same ones anew in another process."""

    text: str
    origin: str
    """Names the file in errors."""
    reducers: dict[str, str]
    """The texts of the rules files that it names, by the name it calls them."""
    default_name: str
    """What a projection without a name is called."""
    projections: tuple[Projection, ...] = field(compare=False)

    @property
    def digest(self) -> str:
        """`sha256:` and the hex digest over the file and its rules files."""
        found = hashlib.sha256(self.text.encode("utf-8", "surrogatepass"))
        for name, text in sorted(self.reducers.items()):
            found.update(f"\0{len(name)}:{name}{len(text)}:{text}".encode())
        return f"sha256:{found.hexdigest()}"

    def named(self, name: str) -> Projection:
        """One of the projections."""
        return next(each for each in self.projections if each.name == name)

    @property
    def only_states(self) -> bool:
        """Whether all of them are of states, for which no single event has to be seen."""
        return all(each.kind == "state" for each in self.projections)
