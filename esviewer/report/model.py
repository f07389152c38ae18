"""What one aggregate's audit report says, as plain values: every form of the report is made of these."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from esviewer.errors import UsageError
from esviewer.model.actor import actor_of
from esviewer.model.asker import Asker
from esviewer.model.change import Change
from esviewer.model.event import Event
from esviewer.model.exactjson import canonical
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import Value

REFUSED: Final = "A what if is not what happened, so no report can be made of it."
FORM: Final = "esviewer.aggregate-report"
FORM_VERSION: Final = 1

Agreement = Literal["agrees", "differs", "unreadable", "not compared"]
"""How a stored snapshot compares with the state replayed up to its version."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: an aggregate's state at a version, as of a moment, or, without either, at its newest."""

    aggregate_id: str
    version: int | None = None
    as_of: Instant | None = None

    def as_json(self) -> dict[str, Value]:
        """`{aggregate_id, version, as_of}`."""
        return {"aggregate_id": self.aggregate_id, "version": self.version, "as_of": _time(self.as_of)}


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """Which store the events come from; nothing in it holds a password."""

    name: str
    label: str
    """File path or URL."""
    database: str
    """The database and its version, such as `SQLite 3.45.1`."""
    layout: str
    layout_title: str

    def as_json(self) -> dict[str, Value]:
        """`{name, label, database, layout, layout_title}`."""
        return {
            "name": self.name,
            "label": self.label,
            "database": self.database,
            "layout": self.layout,
            "layout_title": self.layout_title,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """One event and what it did to the state."""

    event: Event
    changes: Sequence[Change]
    skipped: str | None = None
    """Why it changed nothing although it should have had a say; None for an event that was applied."""

    @property
    def actor(self) -> str | None:
        """Who caused the event, where its metadata says so evidently."""
        return actor_of(self.event.metadata)

    def as_json(self) -> dict[str, Value]:
        """The keys of `Event.as_json`, and `{actor, skipped, changes}`."""
        return {
            **self.event.as_json(),
            "actor": self.actor,
            "skipped": self.skipped,
            "changes": [change.as_json() for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class SnapshotFacts:
    """One stored snapshot, and whether the replay comes to the same state."""

    version: int
    agreement: Agreement

    def as_json(self) -> dict[str, Value]:
        """`{version, agreement}`."""
        return {"version": self.version, "agreement": self.agreement}


@dataclass(frozen=True, slots=True)
class Counts:
    """How much went into the report."""

    events: int
    applied: int
    skipped: int
    snapshots: int
    first_position: int | str | None = None
    """The first event's, as the last one's: None without one."""
    last_position: int | str | None = None

    def as_json(self) -> dict[str, Value]:
        """`{events, applied, skipped, snapshots, first_position, last_position}`."""
        return {
            "events": self.events,
            "applied": self.applied,
            "skipped": self.skipped,
            "snapshots": self.snapshots,
            "first_position": self.first_position,
            "last_position": self.last_position,
        }


@dataclass(frozen=True, slots=True)
class Masked:
    """What was masked in a report, by which rules."""

    rules: str
    """Where the rules are from, such as a file."""
    counts: tuple[tuple[str, int], ...]
    """How many values each rule masked."""
    state_digest: str | None
    """The digest of the true state; None where the rules keep it back."""

    @property
    def values(self) -> int:
        """How many values were masked in all."""
        return sum(count for _, count in self.counts)

    @property
    def sentence(self) -> str:
        """What a reader must know."""
        if not self.values:
            return f"Nothing in this report had to be masked by {self.rules}."
        digest = (
            "of the state as masked here"
            if self.state_digest is None
            else "of the true state, so whoever guesses all that is masked in it can check the guess"
        )
        return (
            f"Masked: {self.values:,} value{'s' if self.values != 1 else ''}, by {self.rules}. Equal values have equal "
            f"marks within this report, and only there. The state’s digest is {digest}."
        )

    def as_json(self) -> dict[str, Value]:
        """`{rules, values: {rule: count}, state_digest_of}`, the last `true state` or `masked state`."""
        return {
            "rules": self.rules,
            "values": dict(self.counts),
            "state_digest_of": "masked state" if self.state_digest is None else "true state",
        }


@dataclass(frozen=True, slots=True)
class AggregateReport:
    """One aggregate's audit report; raises UsageError when its state is hypothetical.

    The changes of all steps, applied in order to `initial`, give the state in `end`: who has the report can check that
    without this program. That holds for a state replayed from nothing, as `end.rebuilt.snapshot_version` None says.
    """

    asked: Asked
    store: StoreFacts
    tool_version: str
    made: Instant
    """When the report was made, with its zone."""
    initial: Value
    """The state before the first step."""
    steps: Sequence[Step]
    """Every event up to the version asked for, in version order."""
    end: RebuiltState
    """The state after the last step, and how it came to be."""
    snapshots: Sequence[SnapshotFacts] = ()
    remarks: Sequence[str] = ()
    """What the store had to say, such as that its order is reconstructed."""
    masked: Masked | None = None
    """What was masked; None where nothing was looked at for that."""
    asker: Asker | None = None
    """Who asked for the report."""

    def __post_init__(self) -> None:
        if self.end.rebuilt.hypothetical:
            raise refusal()

    @property
    def counts(self) -> Counts:
        """How many events there are, were applied and were skipped, and how many snapshots are stored."""
        skipped = sum(1 for _ in self.skipped())
        first, last = (self.steps[end].event.position if self.steps else None for end in (0, -1))
        return Counts(len(self.steps), len(self.steps) - skipped, skipped, len(self.snapshots), first, last)

    def skipped(self) -> Iterator[Step]:
        """The steps whose events were skipped."""
        return (step for step in self.steps if step.skipped is not None)

    @property
    def state_digest(self) -> str:
        """`sha256:` and hex digits of the state as canonical JSON (UTF-8, sorted keys, no white space).

        In a masked report it is the true state's, unless `masked` says otherwise.
        """
        if self.masked is not None and self.masked.state_digest is not None:
            return self.masked.state_digest
        return "sha256:" + hashlib.sha256(canonical(self.end.state)).hexdigest()

    @property
    def warnings(self) -> list[str]:
        """What a reader must know before trusting the report: the store's remarks, and what the steps show."""
        masked = [] if self.masked is None else [self.masked.sentence]
        return [*self.remarks, *masked, *self._doubts()]

    def _doubts(self) -> Iterator[str]:
        rebuilt = self.end.rebuilt
        if rebuilt.inferred:
            yield (
                f"The reducer “{rebuilt.reducer}” only infers the state from the payloads; "
                "it does not know the rules of the domain."
            )
        skipped = self.counts.skipped
        if skipped:
            yield f"{_events(skipped)} skipped; the states after that may lack what they would have changed."
        differing = [item.version for item in self.snapshots if item.agreement == "differs"]
        if differing:
            yield f"The replay disagrees with the stored snapshot at version {_some(differing)}."
        unreadable = [item.version for item in self.snapshots if item.agreement == "unreadable"]
        if unreadable:
            yield f"The stored snapshot at version {_some(unreadable)} can't be read."
        untimed = [step.event.version for step in self.steps if step.event.timestamp is None]
        if untimed:
            yield f"{_events(len(untimed))} recorded without a time: version {_some(untimed)}."
        zoneless = sum(1 for step in self.steps if step.event.timestamp and not step.event.timestamp.has_zone)
        if zoneless:
            yield f"{_events(zoneless)} recorded without a time zone; their times are shown as stored."
        backwards = self._backwards()
        if backwards:
            yield f"Time runs backwards at version {_some(backwards)}: an earlier version has a later time."

    def _backwards(self) -> list[int]:
        versions: list[int] = []
        latest: Instant | None = None
        for step in self.steps:
            time = step.event.timestamp
            if time is None:
                continue
            if latest is not None and time.ns < latest.ns:
                versions.append(step.event.version)
            else:
                latest = time
        return versions

    def head_as_json(self) -> dict[str, Value]:
        """All keys of `as_json` but the timeline."""
        return {
            "form": FORM,
            "form_version": FORM_VERSION,
            "tool": {"name": "esviewer", "version": self.tool_version},
            "made": _time(self.made),
            "asked": self.asked.as_json(),
            **({} if self.asker is None else {"asker": self.asker.as_json()}),
            "store": self.store.as_json(),
            "counts": self.counts.as_json(),
            "warnings": self.warnings,
            **({} if self.masked is None else {"masked": self.masked.as_json()}),
            **self.end.as_json(),
            "state_digest": self.state_digest,
            "initial_state": self.initial,
            "snapshots": [item.as_json() for item in self.snapshots],
            "skipped": [
                {"version": step.event.version, "type": step.event.type, "reason": step.skipped}
                for step in self.skipped()
            ],
        }

    def as_json(self) -> dict[str, Value]:
        """The report as one JSON object, whose `form_version` grows when a key changes its meaning or goes.

        `form`, `form_version`; `tool` {name, version}; `made` (ISO 8601 with zone); `asker` (who asked, where that is
        known); `asked`, `store`, `counts` and `snapshots` as their classes say; `warnings` (texts); `masked` where
        values are, as its class says; aggregate_id, aggregate_type, version, timestamp, state and rebuilt as
        `esviewer state --json` prints them; `state_digest`; `initial_state`; `skipped` [{version, type, reason}];
        `timeline`: one `Step.as_json` an event, in version order.
        """
        return {**self.head_as_json(), "timeline": [step.as_json() for step in self.steps]}


def refusal() -> UsageError:
    """What whoever wants a report of something hypothetical is told."""
    return UsageError(REFUSED, "A report says what the store holds: export that of the aggregate itself.")


def _time(instant: Instant | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _events(count: int) -> str:
    return "1 event was" if count == 1 else f"{count:,} events were"


def _some(versions: Sequence[int]) -> str:
    shown = ", ".join(str(version) for version in versions[:10])
    return shown if len(versions) <= 10 else f"{shown} and {len(versions) - 10:,} more"
