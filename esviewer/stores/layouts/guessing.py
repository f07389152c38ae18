"""Proposes a layout for tables that no layout fits: by names of columns, their kinds, and a few rows.

A proposal is never used by itself: a person sees it with its reasons, corrects it and saves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import column, select, table

from esviewer.errors import StoreError
from esviewer.stores.databases.catalog import Table, keys, tables
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.database import Database, Reader, Row
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.layouts.evidence import Evidence
from esviewer.stores.layouts.guess_words import EVENTS, METADATA_KEYS, SNAPSHOTS, mentions, named_like
from esviewer.stores.layouts.model import folded
from esviewer.stores.layouts.text import INSIDE, Draft, SnapshotDraft
from esviewer.work import Work

ROWS: Final = 300
"""Rows of a table that are looked at."""
_HISTORIES: Final = 10
"""Values of an indexed column whose rows are looked at together."""
_LOOKED_AT: Final = 12
"""Tables whose rows are looked at, the likeliest ones."""
_ENOUGH: Final = 0.3
"""The score below which a column is not taken for a part."""
_TYPE_KEYS: Final = ("type", "event_type", "eventType", "name", "event", "kind", "@type", "_type", "art")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A layout that may be right, how sure that is (0 to 1), and why, in sentences."""

    draft: Draft
    confidence: float
    reasons: tuple[str, ...]
    schema: str | None = None
    """The schema of the events table."""

    @property
    def full_name(self) -> str:
        """The events table with its schema."""
        return f"{self.schema}.{self.draft.table}" if self.schema else self.draft.table


@dataclass(frozen=True, slots=True)
class Sample:
    """Some rows of a table, and the columns that its unique indexes are on."""

    rows: Sequence[Row]
    unique: frozenset[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Survey:
    """A database's tables and the proposal for them; None when nothing looks like events."""

    label: str
    tables: tuple[Table, ...]
    proposal: Proposal | None


def survey(
    target: str,
    events: str | None = None,
    *,
    options: ConnectionOptions | None = None,
    work: Work | None = None,
) -> Survey:
    """Look at a database and propose a layout; with `events` (a full name) for that table. Raises StoreError."""
    database = connect(target, options)
    try:
        found = tuple(database.read(tables, work))
        wanted = [each for each in found if events is None or each.full_name == events]
        if not wanted:
            raise StoreError(f"{database.label} has no {f'table {events}' if events else 'tables'}.")
        near = found if events is None else [*wanted, *(each for each in found if mentions(each.name, SNAPSHOTS))]
        return Survey(database.label, found, guess(wanted, _samples(database, near, work)))
    finally:
        database.close()


def _samples(database: Database, found: Sequence[Table], work: Work | None) -> dict[Table, Sample]:
    likely = sorted(found, key=_likeness, reverse=True)[:_LOOKED_AT]
    samples = {}
    for number, each in enumerate(likely):
        if work is not None:
            work.report(f"Looking at {each.full_name}", number, len(likely))

        def read(reader: Reader, each: Table = each) -> Sample:
            return _sample(reader, each)

        samples[each] = database.read(read, work)
    return samples


def _sample(reader: Reader, each: Table) -> Sample:
    source = table(each.name, *(column(one.name) for one in each.columns), schema=each.schema)
    rows = reader.rows(select(*source.c).limit(ROWS))
    known = keys(reader, each)
    if len(rows) == ROWS:
        # The first rows may be of as many aggregates; whole histories come from where an index gives them.
        seen = set(map(repr, rows))
        names = [one.name for one in each.columns]
        for name in dict.fromkeys(index.columns[0] for index in known.indexes if not known.unique_on(index.columns[0])):
            for value in dict.fromkeys(row[names.index(name)] for row in rows[:_HISTORIES] if name in names):
                more = reader.rows(select(*source.c).where(source.c[name] == value).limit(ROWS // _HISTORIES))
                new = [row for row in more if repr(row) not in seen]
                seen.update(map(repr, new))
                rows += new
    return Sample(rows, frozenset(frozenset(index.columns) for index in known.indexes if index.unique))


def _likeness(each: Table) -> float:
    """How much a table is like one of events, by names alone."""
    parts = ("aggregate_id", "version", "type", "data", "timestamp")
    named = sum(max((named_like(one.name, part) for one in each.columns), default=0.0) for part in parts)
    wide = 1.0 if len(each.columns) >= 3 else -1.0
    return named + wide + (1.5 if mentions(each.name, EVENTS) else 0.0) - (0.3 if each.view else 0.0)


def guess(candidates: Sequence[Table], samples: Mapping[Table, Sample]) -> Proposal | None:
    """The best proposal for one of the candidates; `samples` has rows of tables, also of those with snapshots."""
    looked = {
        each: [Evidence(one, [row[index] for row in sample.rows]) for index, one in enumerate(each.columns)]
        for each, sample in samples.items()
    }
    found = [(each, _guessed(each, looked[each], samples[each].unique)) for each in candidates if each in looked]
    ranked = [(proposal.confidence + _rank(each), each, proposal) for each, proposal in found if proposal is not None]
    if not ranked:
        return None
    _, events, best = max(ranked, key=lambda one: one[0])
    others = [each for each in looked if each != events and each.schema == events.schema]
    return _with_snapshots(best, {each: looked[each] for each in others})


def _rank(each: Table) -> float:
    return (0.25 if mentions(each.name, EVENTS) else 0.0) - (0.4 if mentions(each.name, SNAPSHOTS) else 0.0)


class _Taken:
    """Which column is which part, with how sure that is and why."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.free = list(evidence)
        self.parts: dict[str, Evidence] = {}
        self.sure: dict[str, float] = {}
        self.reasons: list[str] = []

    def take(self, part: str, found: Evidence, sure: float, because: str) -> None:
        self.free.remove(found)
        self.parts[part] = found
        self.sure[part] = max(0.0, min(1.0, sure))
        self.reasons.append(f"{found.name} is the {part.replace('_', ' ')}: {because}.")

    def best(self, part: str, scores: Sequence[tuple[float, Evidence, str]], least: float = _ENOUGH) -> None:
        """Take the column with the highest score, the first of equal ones, when it is enough."""
        if scores:
            sure, found, because = max(scores, key=lambda one: one[0])
            if sure >= least:
                self.take(part, found, sure, because)


def _guessed(each: Table, evidence: Sequence[Evidence], unique: frozenset[frozenset[str]]) -> Proposal | None:
    taken = _Taken(evidence)
    _payloads(taken)
    _id_and_version(taken, unique)
    if "aggregate_id" not in taken.parts or "data" not in taken.parts:
        return None
    _time(taken)
    _order(taken)
    _types(taken)
    for part in ("schema_version", "tenant"):
        taken.best(part, [(named_like(one.name, part), one, "by its name") for one in taken.free], 0.8)
    return _proposal(each, taken)


def _payloads(taken: _Taken) -> None:
    scores = []
    for one in taken.free:
        named = named_like(one.name, "data")
        if one.there and one.structured >= 0.5:
            alike = 0.35 * _meta_likeness(one) + (0.5 if named_like(one.name, "metadata") > named else 0.0)
            varied = min(0.2, 0.05 * len(_keys(one)))
            words = f"its values are {' in '.join(reversed(one.chain))}"
            scores.append((0.5 + 0.4 * named + varied - alike, one, words))
        elif named and one.column.kind in ("text", "bytes", "json", "other") and not one.times and one.structured == 0:
            # Without rows, or with payloads that nothing here reads.
            unread = "by its name; it could not be decoded" if one.there else "by its name; there are no rows yet"
            scores.append((0.45 * named * (0.3 if one.words and one.uuids else 1.0), one, unread))
    taken.best("data", scores)
    rest = [
        (0.5 * named_like(one.name, "metadata") + 0.5 * _meta_likeness(one) + (0.25 if one.structured else 0.0), one)
        for one in taken.free
        if one.structured >= 0.5
        or (named_like(one.name, "metadata") >= 0.7 and one.column.kind in ("text", "bytes", "json") and not one.there)
    ]
    if "data" in taken.parts:
        taken.best("metadata", [(sure, one, "it accompanies the data") for sure, one in rest], 0.25)


def _keys(one: Evidence) -> set[str]:
    return {key for value in one.payloads if isinstance(value, dict) for key in value}


def _meta_likeness(one: Evidence) -> float:
    keys = _keys(one)
    return sum(folded(key) in METADATA_KEYS for key in keys) / max(1, len(keys))


def _id_and_version(taken: _Taken, unique: frozenset[frozenset[str]]) -> None:
    ids = [one for one in taken.free if not one.times and one.column.kind not in ("number", "time", "zoned", "json")]
    numbers = [one for one in taken.free if one.whole is not None and not (one.there and one.times)]
    scores = []
    for ident in ids:
        for version in numbers:
            if ident is not version:
                quality = _numbering(ident, version)
                if quality is not None and frozenset((ident.name, version.name)) in unique:
                    quality = max(quality, 0.7) + 0.2
                if quality is not None:
                    named = named_like(ident.name, "aggregate_id"), named_like(version.name, "version")
                    scores.append((quality + 0.5 * named[0] + 0.5 * named[1] - _odd_id(ident), ident, version, named))
    if scores:
        total, ident, version, named = max(scores, key=lambda one: one[0])
        counts = total - 0.5 * sum(named) >= 0.75
        if counts or min(named) >= 0.4:
            because = "one value has several rows" if counts else "by its name"
            taken.take("aggregate_id", ident, 0.3 + total / 2, because)
            counted = f"it counts the rows of one {ident.name}" if counts else "by its name"
            taken.take("version", version, 0.3 + total / 2, counted)
            return
    # No column of versions: rows are counted, in the order of another column.
    repeated = [
        (0.6 * named_like(one.name, "aggregate_id") + (0.2 if one.uuids else 0.0) + _repeats(one), one)
        for one in ids
        if not one.there or one.distinct < len(one.there)
    ]
    taken.best("aggregate_id", [(sure - _odd_id(one), one, "one value has several rows") for sure, one in repeated])


def _repeats(one: Evidence) -> float:
    """A little for ids of which there are many, each with several rows."""
    return 0.3 * min(1.0, one.distinct / max(1.0, len(one.there) ** 0.5)) if one.there else 0.0


def _odd_id(one: Evidence) -> float:
    """What speaks against an id: a name of another part, or nulls."""
    rivals = ("type", "aggregate_type", "event_id", "tenant", "schema_version")
    others = max(named_like(one.name, part) for part in rivals)
    own = named_like(one.name, "aggregate_id")
    return (0.4 * others if others > own else 0.0) + (0.0 if one.full else 0.3)


def _numbering(ident: Evidence, version: Evidence) -> float | None:
    """How well a column numbers the rows of each value of another, 0 to 1; None when it surely does not."""
    if not ident.values:
        return 0.3
    groups: dict[Any, list[int]] = {}
    for key, number in zip(ident.keys, version.keys, strict=True):
        if key is not None and number is not None:
            groups.setdefault(key, []).append(int(number))
    several = [sorted(group) for group in groups.values() if len(group) > 1]
    if any(len(set(group)) < len(group) for group in several):
        return None
    if not several:
        # One row each: nothing is shown but that nothing speaks against it.
        small = sum(group[0] in (0, 1) for group in groups.values()) / max(1, len(groups))
        return 0.3 * small
    close = sum(group[-1] - group[0] == len(group) - 1 for group in several) / len(several)
    begun = sum(min(group) in (0, 1) for group in groups.values()) / len(groups)
    quality = 0.2 + 0.5 * close + 0.3 * begun
    # A single group that counts from one could as well be the order of the whole table.
    return 0.6 * quality if len(groups) == 1 and version.unique else quality


def _time(taken: _Taken) -> None:
    scores = []
    for index, one in enumerate(taken.free):
        named = named_like(one.name, "timestamp")
        if one.times:
            full = 0.1 if one.full else -0.2
            words = "its values are times" + (", which name no zone" if one.zoneless else "")
            scores.append((0.5 + 0.4 * named + full - 0.001 * index, one, words))
        elif not one.there and one.column.kind in ("text", "integer", "number"):
            scores.append((0.5 * named - 0.001 * index, one, "by its name"))
    taken.best("timestamp", scores)


def _order(taken: _Taken) -> None:
    scores = []
    for one in taken.free:
        numbers = one.whole
        if numbers is None or (one.there and not one.unique):
            continue
        named = named_like(one.name, "position")
        rising = bool(numbers) and numbers[:ROWS] == sorted(numbers[:ROWS])
        scores.append((0.5 * named + (0.4 if rising else 0.0), one, "its numbers are unique and rise"))
    taken.best("position", scores)
    named_ids = [
        (0.5 * named_like(one.name, "event_id") + (0.4 if one.uuids else 0.0), one, "its values are unique")
        for one in taken.free
        if (one.unique if one.there else named_like(one.name, "event_id") > 0.8) and one.structured == 0
    ]
    taken.best("event_id", named_ids, 0.4)


def _types(taken: _Taken) -> None:
    ids = taken.parts["aggregate_id"]
    types, kinds = [], []
    for one in taken.free:
        if not (one.words or (not one.there and one.column.kind == "text")) or one.uuids or one.times:
            continue
        named, owned = named_like(one.name, "type"), named_like(one.name, "aggregate_type")
        few = one.distinct <= max(3, len(one.there) * 0.6)
        steady = _steady(ids, one)
        shown = (0.3 if few else 0.0) + (0.3 if steady is False else 0.0) if one.there else 0.3 * named
        score = 0.6 * named + shown
        types.append((score - (0.5 if owned > named else 0.0), one, "its values name kinds of events"))
        if steady and one.full and few and (owned >= 0.4 or 1 < one.distinct <= ids.distinct / 2):
            kinds.append((0.5 * owned + 0.35, one, f"it is the same for all rows of one {ids.name}"))
    taken.best("type", types)
    taken.best("aggregate_type", [one for one in kinds if one[1] in taken.free])


def _steady(ids: Evidence, one: Evidence) -> bool | None:
    """Whether a column has one value for each id; None when no id has two rows."""
    found: dict[Any, set[Any]] = {}
    for key, value in zip(ids.keys, one.keys, strict=True):
        found.setdefault(key, set()).add(value)
    if len(found) == len(ids.keys):
        return None
    return all(len(values) == 1 for values in found.values())


def _proposal(each: Table, taken: _Taken) -> Proposal | None:
    data = taken.parts["data"]
    parts = {part: one.name for part, one in taken.parts.items() if part not in ("data", "metadata")}
    reasons = list(taken.reasons)
    sure = [taken.sure["aggregate_id"], taken.sure["data"]]
    counted_by = ""
    if "version" in taken.parts:
        sure.append(taken.sure["version"])
    else:
        order = taken.parts.get("position") or taken.parts.get("timestamp")
        if order is None:
            return None
        counted_by = order.name
        sure.append(0.3)
        reasons.append(f"No column has versions: rows of one aggregate are counted in the order of {counted_by}.")
    if "type" in taken.parts:
        sure.append(taken.sure["type"])
    else:
        inside = _type_inside(data)
        if inside is None:
            return None
        parts["type"] = INSIDE + inside
        sure.append(0.6)
        reasons.append(f"No column has the type: the data has the key {inside}.")
    time = taken.parts.get("timestamp")
    metadata = taken.parts.get("metadata")
    if "timestamp" not in taken.parts:
        sure.append(0.3)
    base = _base(taken)
    draft = Draft(
        name=each.name,
        table=each.name,
        parts=parts,
        data=data.name,
        codec=data.chain or ("json",),
        metadata="" if metadata is None else metadata.name,
        metadata_codec=("json",) if metadata is None else metadata.chain or ("json",),
        form="auto" if time is None or not time.form else time.form,
        version_base=base,
        counted_by=counted_by,
        view=each.view,
    )
    return Proposal(draft, round(sum(sure) / len(sure), 2), tuple(reasons), each.schema)


def _type_inside(data: Evidence) -> str | None:
    for key in _TYPE_KEYS:
        found = [value.get(key) for value in data.payloads if isinstance(value, dict)]
        if found and all(isinstance(value, str) for value in found):
            return key
    return None


def _base(taken: _Taken) -> int | None:
    """The number that most aggregates begin with, where it is 0 or 1."""
    if "version" not in taken.parts:
        return 1
    first: dict[Any, int] = {}
    for key, number in zip(taken.parts["aggregate_id"].keys, taken.parts["version"].keys, strict=True):
        if key is not None and number is not None:
            first[key] = min(int(number), first.get(key, int(number)))
    common = Counter(first.values()).most_common(1)
    return common[0][0] if common and common[0][0] in (0, 1) else None


def _with_snapshots(proposal: Proposal, others: Mapping[Table, Sequence[Evidence]]) -> Proposal:
    found = [(each, _snapshots(each, evidence, proposal.draft)) for each, evidence in others.items()]
    drafts = [(mentions(each.name, SNAPSHOTS), draft) for each, draft in found if draft is not None]
    if not drafts:
        return proposal
    draft = max(drafts, key=lambda one: one[0])[1]
    reason = f"Table {draft.table} has a state for an id and a version: snapshots."
    return replace(
        proposal, draft=replace(proposal.draft, snapshots=draft), reasons=(*proposal.reasons, reason)
    )


def _snapshots(each: Table, evidence: Sequence[Evidence], events: Draft) -> SnapshotDraft | None:
    """A table as one of snapshots, when it has an id and a version as the events do, a state, and no type of event."""
    if each.view:
        return None
    named = mentions(each.name, SNAPSHOTS)
    known = {folded(one.name) for one in evidence}
    if not named and (folded(events.parts.get("type", "")) in known or not events.parts.get("version")):
        return None

    def like(part: str, fitting: Sequence[Evidence]) -> Evidence | None:
        same = [one for one in fitting if folded(one.name) == folded(events.parts.get(part, ""))]
        if same or not named:
            return same[0] if same else None
        best = max(fitting, key=lambda one: named_like(one.name, part), default=None)
        return best if best is not None and named_like(best.name, part) >= 0.4 else None

    states = [
        one for one in evidence if one.structured >= 0.5 or (not one.there and named_like(one.name, "data") > 0.4)
    ]
    rest = [one for one in evidence if one not in states]
    ident = like("aggregate_id", [one for one in rest if not one.times])
    version = like("version", [one for one in rest if one.whole is not None and one is not ident])
    if not states or ident is None or version is None:
        return None
    state = max(states, key=lambda one: (named_like(one.name, "data"), one.size))
    times = [one for one in rest if one.times]
    return SnapshotDraft(
        each.name, ident.name, version.name, state.name, state.chain or ("json",), times[0].name if times else ""
    )
