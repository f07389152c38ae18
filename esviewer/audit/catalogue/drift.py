"""Drift: where a field changes its type, appears or disappears over time, although the schema version stays.

A field that is there now and then is no drift, nor is null in the place of a value. What is called a drift has a
moment before which it never happened, and chance alone would hardly have it so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import lgamma, log
from typing import Final, Literal

from esviewer.audit.catalogue.catalogue import Catalogue, Entry, SchemaVersion
from esviewer.audit.catalogue.fields import UNMASKED, Field, Masks, fields_of
from esviewer.audit.catalogue.kinds import NUMERIC
from esviewer.audit.catalogue.span import Place, Span
from esviewer.model.values import Value

DriftKind = Literal["appears", "disappears", "type"]

_UNLIKELY: Final = log(0.001)
"""How likely, at most, events in no particular order would look so."""
_ENOUGH: Final = 20
"""So many events at least have to come before another type is a change, and on both sides of a stretch."""
_NEARLY: Final = 0.9
"""The share of the events of a stretch that nearly all are: writers of two releases may run side by side."""
_EXCEPTION: Final = 0.01
_EXCEPTION_OF: Final = 100
"""Of so many values or more, another type that at most a hundredth of them has is an exception."""
_FRACTIONS: Final = 0.5
"""Numbers are whole now and then; only where at least half of them have a fraction and none had one is that told."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One field that drifted."""

    type: str
    schema_version: SchemaVersion
    field: str
    """The pattern of its place, as `Field.pattern`."""
    kind: DriftKind
    first: Place
    """The first event that differs; where `after` is set, the last one before it."""
    before: Mapping[str, int]
    """How many values of each kind there are before, and how many `absent`."""
    since: Mapping[str, int]
    """The same from there on; exact where `exact` is set."""
    exact: bool
    """Whether the counts are; otherwise events within the same stretch of time as `first` are left out."""
    after: bool = False
    """Whether `first` is the last event that still had the field."""

    @property
    def message(self) -> str:
        """In one sentence."""
        where = self.field or "the payload"
        if self.kind == "type":
            when = " after this event" if self.after else ""
            return f"The type of {where} changes{when} from {_listed(self.before)} to {_listed(self.since)}."
        many, few = sum(self.before.values()), sum(self.since.values())
        if self.kind == "appears":
            return f"The field {where} appears: none of {many:,} before has it, then {_with(self.since)} of {few:,}."
        if self.after:
            return f"The field {where} disappears: after this event none of {few:,} has it."
        return f"The field {where} disappears: all of {many:,} before have it, then {_with(self.since)} of {few:,}."

    def as_json(self, masks: Masks = UNMASKED) -> dict[str, Value]:
        """`{type, schema_version, field, kind, first, after, before, since, exact, message}`."""
        return {
            "type": self.type,
            "schema_version": self.schema_version,
            "field": self.field,
            "kind": self.kind,
            "first": masks.place(self.first).as_json(),
            "after": self.after,
            "before": dict(self.before),
            "since": dict(self.since),
            "exact": self.exact,
            "message": self.message,
        }


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} ({count:,})" for kind, count in counts.items() if kind != "absent") or "nothing"


def _with(counts: Mapping[str, int]) -> str:
    return f"{sum(counts.values()) - counts.get('absent', 0):,}"


def find_drift(catalogue: Catalogue) -> list[Drift]:
    """All drift, by type, schema version and field."""
    return [each for entry in catalogue.sorted() for each in sorted(entry_drift(entry), key=lambda found: found.field)]


def entry_drift(entry: Entry) -> Iterator[Drift]:
    """The drift of one event type in one schema version."""
    for field in fields_of(entry):
        kinds = {facts.kind: facts.span for facts in field.facts if facts.span.timed}
        absent = field.node.absent
        if field.parent is not None and absent is not None and absent.timed and kinds:
            yield from _presence(entry, field, kinds, absent)
        kinds.pop("null", None)
        yield from _types(entry, field, kinds)


def _presence(entry: Entry, field: Field, kinds: Mapping[str, Span], absent: Span) -> Iterator[Drift]:
    with _together(kinds.values()) as having:
        had = {kind: span.timed for kind, span in kinds.items()}
        change = _change(absent, having)
        if change is not None and _unlikely(change.before, having.timed):
            since = {**had, "absent": absent.timed - change.before}
            yield _drift(entry, field, "appears", having.first, {"absent": change.before}, since, exact=change.clean)
        change = _change(having, absent)
        if change is not None and _unlikely(change.before, absent.timed):
            rest = having.timed - change.before
            since = {"absent": absent.timed, **({"present": rest} if rest else {})}
            yield _drift(
                entry, field, "disappears", absent.first, {"present": change.before}, since, exact=change.clean
            )
            return
        ended = _end(having, absent)
        if ended is not None:
            before = {**had, "absent": absent.timed - ended}
            yield _drift(entry, field, "disappears", having.last, before, {"absent": ended}, exact=False, after=True)


def _types(entry: Entry, field: Field, kinds: Mapping[str, Span]) -> Iterator[Drift]:
    groups: dict[str, list[str]] = {}
    for kind in kinds:
        groups.setdefault("number" if kind in NUMERIC else kind, []).append(kind)
    if len(groups) > 1:
        for names in groups.values():
            others = {kind: span for kind, span in kinds.items() if kind not in names}
            yield from _other_type(entry, field, {name: kinds[name] for name in names}, others)
    elif len(kinds) > 1:
        yield from _fractions(entry, field, kinds["integer"], kinds["number"])


def _other_type(entry: Entry, field: Field, own: Mapping[str, Span], others: Mapping[str, Span]) -> Iterator[Drift]:
    with _together(own.values()) as new, _together(others.values()) as old:
        total = new.timed + old.timed
        change = _change(old, new)
        if change is None or change.before < _ENOUGH:
            if total < _EXCEPTION_OF or new.timed > _EXCEPTION * total:
                return
            change = _Change(_around(old, new.low, new.high)[0], False)
        since = {kind: span.timed for kind, span in own.items()}
        if change.clean or len(others) == 1:
            before = {kind: span.timed for kind, span in others.items()}
            if not change.clean:
                (kind,) = others
                before, rest = {kind: change.before}, old.timed - change.before
                since = {**since, **({kind: rest} if rest else {})}
        else:
            before = {kind: _around(span, new.low, new.high)[0] for kind, span in others.items()}
            since |= {kind: span.timed - before[kind] for kind, span in others.items() if span.timed > before[kind]}
        yield _drift(entry, field, "type", new.first, before, since, exact=change.clean)


def _fractions(entry: Entry, field: Field, whole: Span, fractions: Span) -> Iterator[Drift]:
    change = _change(whole, fractions, _FRACTIONS)
    if change is not None and min(change.before, fractions.timed) >= _ENOUGH:
        since = {"number": fractions.timed, "integer": whole.timed - change.before}
        before = {"integer": change.before}
        yield _drift(entry, field, "type", fractions.first, before, since, exact=change.clean)
        return
    ended = _end(fractions, whole, _FRACTIONS)
    if ended is not None:
        before = {"number": fractions.timed, "integer": whole.timed - ended}
        yield _drift(entry, field, "type", fractions.last, before, {"integer": ended}, exact=False, after=True)


def _drift(
    entry: Entry,
    field: Field,
    kind: DriftKind,
    place: Place | None,
    before: Mapping[str, int],
    since: Mapping[str, int],
    *,
    exact: bool,
    after: bool = False,
) -> Drift:
    assert place is not None
    return Drift(entry.type, entry.schema_version, field.pattern, kind, place, before, since, exact, after)


# Moments


@dataclass(frozen=True, slots=True)
class _Change:
    """From some moment on it is otherwise: how many were as before until then."""

    before: int
    clean: bool
    """Whether none is as before from then on."""


def _change(old: Span, new: Span, nearly: float = _NEARLY) -> _Change | None:
    """Whether nearly all are new from the first new one up to the last one."""
    if _precedes(old, new):
        return _Change(old.timed, True)
    before, between, _ = _around(old, new.low, new.high)
    if min(before, new.timed) < _ENOUGH or new.timed < nearly * (new.timed + between):
        return None
    return _Change(before, False)


def _end(old: Span, new: Span, nearly: float = _NEARLY) -> int | None:
    """How many are new after the last old one, if nearly all before that were old; None if not."""
    _, between, after = _around(new, old.low, old.high)
    if min(after, old.timed) < _ENOUGH or old.timed < nearly * (old.timed + between):
        return None
    return after


def _precedes(old: Span, new: Span) -> bool:
    """Whether all of one span come before all of another; at one moment positions tell."""
    if old.high != new.low:
        return old.high < new.low
    last = None if old.last is None else old.last.position
    first = None if new.first is None else new.first.position
    return type(last) is int and type(first) is int and last < first


def _around(span: Span, low: int, high: int) -> tuple[int, int, int]:
    """How many come before a moment, between it and another one, and after that.

    Those of which that is not known, since they lie in the same stretches as the moments, count as between.
    """
    if span.high < low:
        return span.timed, 0, 0
    if span.low > high:
        return 0, 0, span.timed
    first, last = span.axis.place(low), span.axis.place(high)
    buckets = span.buckets
    before = 0 if first is None else int(buckets[:first].sum())
    after = 0 if last is None else int(buckets[last + 1 :].sum())
    return before, span.timed - before - after, after


def _unlikely(before: int, since: int) -> bool:
    """Whether so many of one way before so many of another one are hardly chance."""
    return lgamma(before + 1) + lgamma(since + 1) - lgamma(before + since + 1) < _UNLIKELY


@contextmanager
def _together(spans: Iterable[Span]) -> Iterator[Span]:
    """Some spans as one, for a while."""
    first, *more = spans
    if not more:
        yield first
        return
    found = first.copy()
    for span in more:
        found.merge(span)
    try:
        yield found
    finally:
        found.axis.release(found.row)
