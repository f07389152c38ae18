"""Rules inferred from events and stored snapshots, verified on snapshots that the search has not seen."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from esviewer.app.rules_text import save_text
from esviewer.app.session import Session
from esviewer.diff.agreement import alike
from esviewer.errors import RulesError, UsageError
from esviewer.model.batch import EventBatch
from esviewer.model.event import Snapshot
from esviewer.model.values import MISSING, Value
from esviewer.replay.arithmetic import weight
from esviewer.replay.fold import Folding
from esviewer.replay.inference.evidence import Seen, Story, Witness
from esviewer.replay.inference.objects import ANY
from esviewer.replay.inference.searching import Hypothesis, search
from esviewer.replay.rules import parse_rules
from esviewer.stores.store import Store
from esviewer.work import Work

MAX_AGGREGATES = 2000
"""Of one type that are used at most."""
MAX_LOOKED_AT = 100_000
"""Aggregates that snapshots are looked for of."""
MAX_EVENTS = 200_000
"""Of one type that are used at most."""
MAX_SNAPSHOTS = 300
"""Of one aggregate that are used at most: the first."""
MAX_WEIGHT = 4_000_000
"""Of all states together that are held in memory, in units of one small value."""

_PAGE = 500
_HELD_OUT = 1 / 3
_MOST_NAMED = 200

_Place = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A place in the state that the rules do not always reproduce: in `right` of `of` snapshots they do."""

    path: str
    """As on the left side of a rule, `[]` for keys that events name; empty for the whole state."""
    right: int
    of: int

    def as_json(self) -> dict[str, Value]:
        """`{path, right, of}`."""
        return {"path": self.path, "right": self.right, "of": self.of}


@dataclass(slots=True)
class Part:
    """Aggregates whose snapshots were compared with what the rules make of their events."""

    aggregates: int = 0
    agree: int = 0
    differ: int = 0

    @property
    def snapshots(self) -> int:
        """All that were compared."""
        return self.agree + self.differ

    @property
    def numbers(self) -> tuple[str, str, str, str]:
        """Snapshots, aggregates, and how many snapshots agree and differ, as they are written in sentences."""
        count, of, agree, differ = (f"{each:,}" for each in (self.snapshots, self.aggregates, self.agree, self.differ))
        return count, of, agree, differ

    def as_json(self) -> dict[str, Value]:
        """`{aggregates, snapshots, agree, differ}`."""
        return {
            "aggregates": self.aggregates,
            "snapshots": self.snapshots,
            "agree": self.agree,
            "differ": self.differ,
        }


@dataclass(frozen=True, slots=True)
class Inferred:
    """The rules that were found for one aggregate type, and how far they can be trusted."""

    aggregate_type: str | None
    rules: str
    """A rules file."""
    searched: Part
    """What the rules were searched in."""
    held_out: Part
    """What the search has not seen; empty when there were too few aggregates with snapshots."""
    unexplained: tuple[Unexplained, ...]
    explained: tuple[str, ...]
    """The fields of the state that agree in every snapshot of both parts."""
    events: int
    """How many were used."""
    unseen: dict[str, int]
    """Event types that no snapshot follows, with their events in the aggregates used: nothing is known of these."""
    notes: tuple[str, ...] = ()
    """What was left out of the evidence."""

    @property
    def verified(self) -> bool:
        """Whether all snapshots that the search has not seen agree, and there are such."""
        return self.held_out.snapshots > 0 and self.held_out.differ == 0

    @property
    def complete(self) -> bool:
        """Whether nothing is left to explain, on unseen snapshots as on the others."""
        return self.verified and self.searched.differ == 0 and not self.unexplained

    def as_json(self) -> dict[str, Value]:
        """One line of `esviewer reducer infer --json`."""
        return {
            "aggregate_type": self.aggregate_type,
            "rules": self.rules,
            "verified": self.verified,
            "complete": self.complete,
            "searched": self.searched.as_json(),
            "held_out": self.held_out.as_json(),
            "events": self.events,
            "explained": list(self.explained),
            "unexplained": [each.as_json() for each in self.unexplained],
            "unseen_event_types": dict(self.unseen),
            "notes": list(self.notes),
        }

    def remarks(self) -> list[str]:
        """What people should know of the rules, in lines."""
        lines = [self._searched_in(), self._verified_on()]
        lines += [
            f"Unexplained: {each.path or 'the whole state'}, right in {each.right:,} of {each.of:,}."
            for each in self.unexplained
        ]
        lines += [
            f"No snapshot follows the only {kind}: it has no rule."
            if number == 1
            else f"No snapshot follows any {kind} ({number:,} events): it has no rule."
            for kind, number in self.unseen.items()
        ]
        return [*lines, *self.notes]

    def _searched_in(self) -> str:
        count, of, agree, differ = self.searched.numbers
        if self.searched.snapshots == 1:
            return f"Inferred from one snapshot; agreeing: {agree}, differing: {differ}."
        if self.searched.aggregates == 1:
            return f"Inferred from {count} snapshots of one aggregate; agreeing: {agree}, differing: {differ}."
        return f"Inferred from {count} snapshots of {of} aggregates; agreeing: {agree}, differing: {differ}."

    def _verified_on(self) -> str:
        count, of, agree, differ = self.held_out.numbers
        if not self.held_out.snapshots:
            return "Not verified on unseen snapshots: there were too few to hold any out."
        if self.held_out.snapshots == 1:
            return f"Verified on one unseen snapshot; agreeing: {agree}, differing: {differ}."
        if self.held_out.aggregates == 1:
            return f"Verified on {count} unseen snapshots of another aggregate; agreeing: {agree}, differing: {differ}."
        return f"Verified on {count} unseen snapshots of {of} other aggregates; agreeing: {agree}, differing: {differ}."

    def text(self) -> str:
        """The rules file with the remarks as comments above."""
        remarks = (" ".join(line.split()).encode("utf-8", "ignore").decode() for line in self.remarks())
        head = "".join(f"# {''.join(c if c.isprintable() else '?' for c in line)}\n" for line in remarks)
        return f"{head}\n{self.rules}"


def infer_rules(
    session: Session, type_glob: str | None = None, limit: int | None = None, *, work: Work | None = None
) -> Iterator[Inferred]:
    """Search rules for each aggregate type that has snapshots, in `limit` aggregates of it at most.

    About a third of the aggregates, told by their ids alone, is held out and only compared with in the end; an event
    type that few aggregates have is never held out altogether. Raises StoreError and CancelledError.
    """
    if not session.store.has_snapshots:
        return
    work = work or Work()
    most = MAX_AGGREGATES if limit is None else min(limit, MAX_AGGREGATES)
    for aggregate_type, sources in _sources(session.store, type_glob, most, work).items():
        inferred = _Inference(session.store, aggregate_type, work).run(sources)
        if inferred is not None:
            yield inferred


def save_rules(every: Sequence[Inferred], name: str, store_label: str) -> list[Path]:
    """Write each type's rules: to a file whose name ends in .toml, which holds one type's, or into a folder.

    Returns the files in the order of `every`. Raises UsageError.
    """
    target = Path(name).expanduser()
    if target.suffix.lower() == ".toml" and not target.is_dir():
        if len(every) > 1:
            kinds = ", ".join(str(each.aggregate_type) for each in every[:5])
            raise UsageError(
                f"{name} can hold the rules of one aggregate type, and there are {len(every)}: {kinds}.",
                "Choose one with --type, or name a folder.",
            )
        files = [target]
    else:
        if target.exists() and not target.is_dir():
            raise UsageError(f"{name} is a file that is no .toml.", "Name a folder, or a file that ends in .toml.")
        files = []
        for each in every:
            stem = re.sub(r"[^\w-]+", "_", each.aggregate_type or "rules").strip("_")[:80] or "rules"
            file, number = target / f"{stem}.toml", 1
            while file in files:
                number += 1
                file = target / f"{stem}-{number}.toml"
            files.append(file)
    for each, file in zip(every, files, strict=True):
        save_text(each.text(), file, store_label)
    return files


@dataclass(slots=True)
class _Source:
    """One aggregate with snapshots."""

    aggregate_id: str
    versions: list[int]
    story: Story | None = None
    kinds: Counter[str] = field(default_factory=Counter)
    """Event types that snapshots follow."""

    def shows(self) -> list[tuple[str, bool]]:
        """The event types, and whether that is more than once."""
        return [(kind, False) for kind in self.kinds] + [(kind, True) for kind, n in self.kinds.items() if n > 1]

    def share(self) -> float:
        """A number from 0 to 1 that tells aggregates apart by nothing but their ids: the least are held out."""
        return int.from_bytes(hashlib.sha256(self.aggregate_id.encode("utf-8", "replace")).digest()[:6]) / (1 << 48)


def _sources(store: Store, type_glob: str | None, most: int, work: Work) -> dict[str | None, list[_Source]]:
    found: dict[str | None, list[_Source]] = {}
    after = None
    looked = 0
    while looked < MAX_LOOKED_AT:
        page = store.aggregate_ids(after=after, limit=_PAGE, type_glob=type_glob, work=work)
        for ref in page:
            own = found.get(ref.aggregate_type, [])
            if len(own) >= most:
                continue
            versions = store.snapshot_versions(ref.aggregate_id, work=work)
            if versions:
                found.setdefault(ref.aggregate_type, []).append(_Source(ref.aggregate_id, versions[:MAX_SNAPSHOTS]))
        looked += len(page)
        work.report("Looking for snapshots", looked)
        if len(page) < _PAGE:
            break
        after = page[-1].aggregate_id
    return found


class _Inference:
    """The inference of one aggregate type's rules."""

    def __init__(self, store: Store, aggregate_type: str | None, work: Work) -> None:
        self._store = store
        self._type = aggregate_type
        self._work = work
        self._events = 0
        self._weight = 0
        self._unseen: Counter[str] = Counter()
        self._notes: list[str] = []
        self._of: Counter[_Place] = Counter()
        self._wrong: Counter[_Place] = Counter()

    def run(self, sources: list[_Source]) -> Inferred | None:
        used = self._read(sources)
        if not used:
            return None
        searched, held = split(used)
        stories = [each.story for each in searched if each.story is not None]
        self._work.report("Searching rules", 0)
        hypothesis = search(self._type, stories, self._work.check)
        for each in used:
            each.story = None
        del stories
        hypothesis, rules = self._repaired(hypothesis, searched)
        patterns = [each.path for each in hypothesis.unexplained]
        first = self._compared(rules, searched, patterns, "Verifying rules")
        second = self._compared(rules, held, patterns, "Verifying rules on unseen snapshots")
        total = first.part.snapshots + second.part.snapshots
        wrong = first.wrong + second.wrong
        if len(wrong) > _MOST_NAMED:
            self._notes.append(f"Unexplained places beyond these: {len(wrong) - _MOST_NAMED:,}.")
        unexplained = tuple(
            Unexplained(shown(place), total - number, total)
            for place, number in sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMED]
        )
        broken = {place[0] for place in wrong if place}
        fields = first.fields | second.fields
        explained = () if () in wrong else tuple(sorted(fields - broken))
        seen = {kind for each in used for kind in each.kinds}
        unseen = {kind: number for kind, number in sorted(self._unseen.items()) if kind not in seen}
        return Inferred(
            self._type,
            rules,
            first.part,
            second.part,
            unexplained,
            explained,
            self._events,
            unseen,
            tuple(self._notes),
        )

    def _read(self, sources: list[_Source]) -> list[_Source]:
        used: list[_Source] = []
        for number, each in enumerate(sources):
            self._work.report("Reading events and snapshots", number, len(sources))
            if self._events >= MAX_EVENTS or self._weight >= MAX_WEIGHT:
                self._notes.append(f"Aggregates with snapshots that were used: {number:,} of {len(sources):,}.")
                break
            self._read_one(each)
            if each.story is not None and each.story.witnesses:
                used.append(each)
        return used

    def _read_one(self, source: _Source) -> None:
        story = Story(source.aggregate_id, [])
        snapshots: list[Snapshot] = []
        for version in source.versions:
            found = self._store.snapshot(source.aggregate_id, version, work=self._work)
            if found is None or found.version != version or found.error is not None:
                continue
            self._weight += weight(found.state)
            snapshots.append(found)
            if self._weight >= MAX_WEIGHT:
                break
        waiting = list(reversed(snapshots))
        last = None
        after: Counter[str] = Counter()
        for batch in self._store.batches(source.aggregate_id, work=self._work):
            for index, version in enumerate(batch.versions):
                while waiting and waiting[-1].version < version:
                    self._witness(source, story, waiting.pop(), after)
                if not waiting:
                    self._unseen[batch.types[index]] += 1
                    continue
                event = batch.event(index)
                self._events += 1
                after[event.type] += 1
                if event.error is None:
                    story.events.append(Seen(event))
                last = version
            self._work.check()
            if self._events >= MAX_EVENTS:
                break
        while waiting and last is not None and waiting[-1].version <= last:
            self._witness(source, story, waiting.pop(), after)
        self._unseen.update(after)
        source.versions = [each.version for each in story.witnesses]
        source.story = story

    @staticmethod
    def _witness(source: _Source, story: Story, snapshot: Snapshot, after: Counter[str]) -> None:
        story.witnesses.append(Witness(snapshot.version, len(story.events), snapshot.state))
        source.kinds.update(after)
        after.clear()

    def _repaired(self, hypothesis: Hypothesis, searched: Sequence[_Source]) -> tuple[Hypothesis, str]:
        """The hypothesis, or the same without what does more harm than good, and its rules."""
        rules = self._usable(hypothesis)
        if rules is None:
            hypothesis = hypothesis.blank()
            return hypothesis, self._usable(hypothesis) or 'name = "inferred"\n'
        result = self._compared(rules, searched, [], "Trying rules")
        if not result.wrong:
            return hypothesis, rules
        smaller = hypothesis.without({place[0] for place in result.wrong if place})
        other = self._usable(smaller)
        if other is None or other == rules:
            return hypothesis, rules
        without = self._compared(other, searched, [], "Trying rules")
        if without.goodness() > result.goodness():
            return smaller, other
        return hypothesis, rules

    def _usable(self, hypothesis: Hypothesis) -> str | None:
        text = hypothesis.text()
        try:
            parse_rules(text, "inferred rules")
        except RulesError:
            return None
        return text

    def _compared(self, rules: str, sources: Sequence[_Source], patterns: Sequence[_Place], doing: str) -> _Result:
        result = _Result(Part(len(sources)))
        reducer = parse_rules(rules, "inferred rules")
        for number, source in enumerate(sources):
            self._work.report(doing, number, len(sources))
            folding = Folding(reducer, reducer.initial())
            snapshots = [self._store.snapshot(source.aggregate_id, each, work=self._work) for each in source.versions]
            waiting = [each for each in reversed(snapshots) if each is not None and each.error is None]
            batches = self._store.batches(source.aggregate_id, to_version=source.versions[-1], work=self._work)
            for batch in batches:
                begin = 0
                while waiting:
                    end = bisect_right(batch.versions, waiting[-1].version)
                    folding.feed(_part(batch, begin, end), work=self._work)
                    begin = end
                    if end == len(batch):
                        break
                    result.add(folding.state, waiting.pop().state, patterns)
            while waiting:
                result.add(folding.state, waiting.pop().state, patterns)
        return result


def _part(batch: EventBatch, first: int, last: int) -> EventBatch:
    return EventBatch(
        batch.versions[first:last],
        batch.types[first:last],
        batch.data[first:last],
        lambda index: batch.event(first + index),
    )


def split(sources: Sequence[_Source]) -> tuple[list[_Source], list[_Source]]:
    """What to search in, and what to hold out: about a third, and nothing that two others don't show as well.

    That is an event type, and an event type that occurs more than once: what is added up and what is overwritten can't
    be told apart otherwise. States are not looked at.
    """
    if len(sources) < 2:
        return list(sources), []
    ranked = sorted(sources, key=lambda each: (each.share(), each.aggregate_id))
    wanted = max(1, round(len(ranked) * _HELD_OUT))
    searched, held = ranked[wanted:], ranked[:wanted]
    shown_by: Counter[tuple[str, bool]] = Counter(show for each in searched for show in each.shows())
    needed = min(2, len(searched))
    kept: list[_Source] = []
    for each in held:
        if all(shown_by[show] >= needed for show in each.shows()):
            kept.append(each)
        else:
            searched.append(each)
            shown_by.update(each.shows())
    if not kept:
        # Better one that shows something new than none at all.
        kept = [held[0]]
        searched.remove(held[0])
    return searched, kept


@dataclass(slots=True)
class _Result:
    part: Part
    wrong: Counter[_Place] = field(default_factory=Counter)
    fields: set[str] = field(default_factory=set)

    def add(self, replayed: Value, stored: Value, patterns: Sequence[_Place]) -> None:
        if type(stored) is dict and len(self.fields) < 10_000:
            self.fields.update(stored)
        if alike(replayed, stored):
            self.part.agree += 1
            return
        self.part.differ += 1
        self.wrong.update(differing(replayed, stored, patterns))

    def goodness(self) -> tuple[int, int]:
        return self.part.agree, -sum(self.wrong.values())


def differing(replayed: Value, stored: Value, patterns: Sequence[_Place]) -> set[_Place]:
    """The fields of the root that differ, or where patterns lead further down the places there."""
    if type(replayed) is not dict or type(stored) is not dict:
        return {()}
    below_of: dict[str, list[_Place]] = {}
    for pattern in patterns:
        if pattern:
            below_of.setdefault(pattern[0], []).append(pattern[1:])
    found: set[_Place] = set()
    for key in [*replayed.keys(), *(key for key in stored if key not in replayed)]:
        left, right = replayed.get(key, MISSING), stored.get(key, MISSING)
        if left is MISSING or right is MISSING or not alike(left, right):
            name = ANY if ANY in below_of else key
            below = [each for each in below_of.get(name, ()) if each]
            inner = differing(left, right, below) if below else {()}
            found |= {(name, *each) for each in inner}
    return found


def shown(place: _Place) -> str:
    """A place as it stands on the left side of a rule."""
    return "".join(each if each == ANY else f".{each}" for each in place).removeprefix(".")
