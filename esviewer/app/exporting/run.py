"""Exporting events: from the store, masked, into a target, so that what was interrupted can be gone on with."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import islice
from pathlib import Path
from typing import Any, Final

from esviewer.app import activity
from esviewer.app.exporting.attempt import Attempt
from esviewer.app.exporting.forms import PARQUET, TEXT_FORMS, TextForm
from esviewer.app.exporting.selection import Selecting, Selection
from esviewer.app.masking import InForce
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.event import Event
from esviewer.model.masking import Masker
from esviewer.work import Work

AGGREGATE: Final = "aggregate"
"""What `partition_by` may be."""
_TEXT_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be exported, how and where to."""

    path: Path
    form: str = "jsonl"
    selection: Selection = field(default_factory=Selection)
    partition_by: str | None = None
    """`aggregate`: a folder of Parquet files in which each aggregate is in one."""


@dataclass(slots=True)
class Exported:
    """What an export came to."""

    events: int
    undated: int
    untold: int
    masker: Masker | None
    went_on_after: int = 0
    """How many events were there already from an interrupted one."""
    begun_before: bool = False
    """Whether an earlier attempt had begun, of which nothing was kept."""


class Interrupted:
    """How many events are kept of an export that ended early."""

    def __init__(self) -> None:
        self.begun = False
        """Whether it came so far as to have any event."""
        self.events = 0
        self.why_not = ""
        """Why it can't be gone on with; empty where it could."""
        self.path: Path | None = None


def export(
    session: Session,
    asked: Asked,
    rules: InForce,
    *,
    resume: bool = False,
    interrupted: Interrupted | None = None,
    work: Work | None = None,
) -> Exported:
    """Write events, log that, and say how many.

    A file or folder appears, or replaces the one that is there, when it is complete; pipes and devices are written as
    they are. With `resume` an interrupted export of the same is gone on with, if there is one. What is kept when it
    fails is told in `interrupted`. Raises EsviewerError, among others UsageError when it can't be gone on with.
    """
    try:
        return _Run(session, asked, rules, resume, interrupted or Interrupted(), work or Work()).run()
    except OSError as error:
        raise EsviewerError(
            f"{asked.path} can't be written: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to, with enough space.",
        ) from None


def printed(session: Session, asked: Asked, result: Exported, work: Work | None = None) -> Iterator[bytes]:
    """The text of an export, some events at a time, for standard output; `result` counts. Logged at the end."""
    form = text_form(asked)
    selecting = Selecting(asked.selection)
    selecting.check(session.store)
    if form.head:
        yield form.head
    for event in _limited(selecting.in_store_order(session.store, work=work), asked.selection.limit):
        result.events += 1
        yield form.lines([event if result.masker is None else result.masker.event(event)])
    result.undated, result.untold = selecting.undated, selecting.untold
    log_export(session, asked.selection.aggregate_id, None, result.events, result.masker)


def text_form(asked: Asked) -> TextForm:
    """The form of text that was asked for; raises UsageError for Parquet, which can't be written into a stream."""
    if asked.form == PARQUET:
        raise UsageError("Parquet can't be written into a pipe: its index is at its end.", "Name a file.")
    return TEXT_FORMS[asked.form]


def log_export(
    session: Session, aggregate_id: str | None, path: Path | None, count: int, masker: Masker | None
) -> None:
    """Log that events were exported; to standard output where there is no path."""
    activity.note(
        "export",
        store=session.store.label,
        file=path,
        aggregate_id=aggregate_id,
        events=count,
        masked=None if masker is None else masker.counts.total(),
    )


def _limited(events: Iterator[Event], limit: int | None) -> Iterator[Event]:
    left = limit
    if left is not None and left <= 0:
        return
    for event in events:
        yield event
        if left is not None:
            left -= 1
            # Before the next one is asked for: finding it may take reading the rest of the store.
            if not left:
                return


@dataclass(frozen=True, slots=True)
class _Reached:
    """How far an export is: assigned as a whole, so that an interruption finds it before or after, never between."""

    mark: Any
    events: int
    last: Event | None
    repeats: int
    """Events exported of the last one's position, or version."""
    undated: int
    untold: int
    masked: dict[str, int]


class _Run:
    def __init__(
        self, session: Session, asked: Asked, rules: InForce, resume: bool, interrupted: Interrupted, work: Work
    ) -> None:
        self._session = session
        self._store = session.store
        self._asked = asked
        self._rules = rules
        self._resume = resume
        self._told = interrupted
        self._work = work
        self._selecting = Selecting(asked.selection)
        self._by_aggregate = asked.partition_by is not None
        self._masker = rules.masker() if rules.masks else None
        self._reached = _Reached(None, 0, None, 0, 0, 0, {})
        self._saved = self._reached
        self._pending: list[Event] = []
        """Read, and not written yet."""
        self._left_out = 0, 0
        """How many events without a time, and without an answer, were left out up to the last that was read."""
        self._whole = False
        """Whether it was between two events that the reading broke off."""
        self._cannot = self._told.why_not = self._why_not()

    def _why_not(self) -> str:
        """Why this export could not be gone on with after an interruption; empty where it could."""
        if self._rules.masks and self._rules.masking.aggregate_types:
            return "ids are masked, and which ones were is not kept"
        if self._by_aggregate:
            if self._asked.selection.limit is not None:
                return "a limit counts events of files that were not complete"
            return "" if self._store.divides else "the store's ids are unique only within a type or tenant"
        if self._asked.selection.aggregate_id is not None:
            return ""
        if self._store.order == "rowid":
            return "the store has no positions but SQLite's row ids, which may change"
        if not self._store.positioned:
            return "the store has no positions that order its events"
        return ""

    def run(self) -> Exported:
        target = self._asked.path.resolve()
        self._selecting.check(self._store)
        if target.exists() and not target.is_file() and not target.is_dir():
            return self._into_stream(target)
        if self._resume and self._cannot:
            raise UsageError(f"This export can't be gone on with: {self._cannot}.", "Export anew, without --resume.")
        self._check_target(target)
        attempt = Attempt(target)
        begun = attempt.begun
        state = kept = None
        try:
            state = attempt.state() if self._resume else None
            kept = None if state is None else self._gone_on(state)
            if kept is None:
                attempt.clear()
            already = self._reached.events
            written = self._into(attempt, kept)
        except BaseException:
            # What an earlier attempt left stays where this one did not get so far as to go on.
            if not self._told.events and kept is None and state is None:
                attempt.remove()
            attempt.leave()
            raise
        attempt.remove()
        log_export(self._session, self._asked.selection.aggregate_id, target, written, self._masker)
        begun = begun and kept is None
        selecting = self._selecting
        return Exported(written, selecting.undated, selecting.untold, self._masker, already, begun)

    def _check_target(self, target: Path) -> None:
        from esviewer.app.exporting.targets import check_folder

        if self._by_aggregate:
            check_folder(target)
        elif target.is_dir():
            raise EsviewerError(f"{self._asked.path} can't be written: it is a folder.", "Name a file.")
        if not target.parent.is_dir():
            raise EsviewerError(
                f"{self._asked.path} can't be written: there is no folder {target.parent}.",
                "Choose a folder that exists and that you may write to.",
            )

    def _into_stream(self, target: Path) -> Exported:
        if self._resume:
            raise UsageError("An export into a pipe can't be gone on with.", "Name a file.")
        result = Exported(0, 0, 0, self._masker)
        with target.open("wb") as out:
            for text in printed(self._session, self._asked, result, self._work):
                out.write(text)
        return result

    def _identity(self) -> dict[str, Any]:
        """What has to be the same for an export to be gone on with."""
        return {
            "store": self._store.label,
            "layout": self._store.fit.choice,
            "format": self._asked.form,
            "partition_by": self._asked.partition_by,
            "selection": self._asked.selection.as_json(),
            "masking": _digest(self._rules) if self._rules.masks else None,
        }

    def _gone_on(self, state: dict[str, Any]) -> dict[str, Any]:
        """What the target is to go on from."""
        now = self._identity()
        for name, value in state["asked"].items():
            if now.get(name) != value:
                raise UsageError(
                    f"The interrupted export had another {name.replace('_', ' ')}, so it can't be gone on with.",
                    "Repeat its options, or export anew, without --resume.",
                )
        if self._masker is not None:
            self._masker = Masker(self._rules.masking, bytes.fromhex(state["salt"]))
            self._masker.counts.update(state["masked"])
        last = None if state["last"] is None else Event(**state["last"], timestamp=None, data=None, metadata=None)
        self._reached = self._saved = _Reached(
            None, state["events"], last, state["repeats"], state["undated"], state["untold"], dict(state["masked"])
        )
        self._told.events = state["events"]
        self._told.path = self._asked.path
        self._selecting.undated, self._selecting.untold = state["undated"], state["untold"]
        kept: dict[str, Any] = state["kept"]
        return kept

    def _into(self, attempt: Attempt, kept: dict[str, Any] | None) -> int:
        from esviewer.app.exporting.targets import FolderTarget, ParquetTarget, Target, TextTarget

        target: Target
        numbered = self._store.order != "reconstructed"
        if self._by_aggregate:
            target = FolderTarget(attempt, numbered, kept)
        elif self._asked.form == PARQUET:
            target = ParquetTarget(attempt, numbered, kept)
        else:
            target = TextTarget(attempt, TEXT_FORMS[self._asked.form], kept)
        try:
            try:
                self._write(attempt, target)
            except BaseException:
                self._keep(attempt, target)
                raise
            self._work.check()
            target.finish()
        finally:
            target.close()
        return self._reached.events

    def _keep(self, attempt: Attempt, target: Any) -> None:
        """After a failure, whatever it was: keep what can be gone on with."""
        try:
            if self._cannot or not target.anywhere:
                return
            if self._whole:
                self._put(target)
            if self._reached is not self._saved:
                self._end(attempt, target)
        except (OSError, EsviewerError):
            pass  # what was saved before stands

    def _save(self, attempt: Attempt, target: Any) -> None:
        reached = self._reached
        last = reached.last
        parts = ("position", "aggregate_id", "aggregate_type", "version", "event_id", "type", "schema_version")
        attempt.save(
            {
                "asked": self._identity(),
                "events": reached.events,
                "last": None if last is None else {name: getattr(last, name) for name in parts},
                "repeats": reached.repeats,
                "undated": reached.undated,
                "untold": reached.untold,
                "salt": None if self._masker is None else self._masker.salt.hex(),
                "masked": reached.masked,
                "kept": target.kept(),
            }
        )
        self._saved = reached
        self._told.events = reached.events
        self._told.path = self._asked.path

    def _write(self, attempt: Attempt, target: Any) -> None:
        size, most = _TEXT_BATCH, 1 << 62
        weigh = None
        if self._asked.form == PARQUET:
            from esviewer.app.exporting.parquet import BYTES, ROWS, size_of

            size, most, weigh = ROWS, BYTES, size_of
        weight = 0
        total = self._total()
        clock, seconds = time.monotonic, target.seconds
        due = clock() + seconds
        last = self._reached.last
        for event in self._between(self._events()):
            late = clock() >= due
            if last is not None and target.ends_before(len(self._pending), last, event, late=late):
                self._put(target)
                weight = 0
                self._end(attempt, target)
                due = clock() + seconds
            self._pending.append(event)
            self._told.begun = True
            self._left_out = self._selecting.undated, self._selecting.untold
            last = event
            if weigh is not None:
                weight += weigh(event)
            late = late and target.anywhere
            if late or len(self._pending) >= size or weight >= most:
                self._put(target)
                weight = 0
                self._work.report("Exporting events", self._reached.events, total)
                if late:
                    self._end(attempt, target)
                    due = clock() + seconds
        self._put(target)

    def _between(self, events: Iterator[Event]) -> Iterator[Event]:
        """The events; what breaks off while the next one is read leaves all before it whole."""
        try:
            yield from events
        except GeneratorExit:  # whoever reads them is what broke off
            raise
        except BaseException:
            self._whole = True
            raise

    def _end(self, attempt: Attempt, target: Any) -> None:
        target.end(self._reached.mark)
        if not self._cannot:
            self._save(attempt, target)

    def _put(self, target: Any) -> None:
        """Write what was read and not written yet."""
        events = self._pending
        if not events:
            return
        masker = self._masker
        mark = target.put(events if masker is None else list(map(masker.event, events)))
        before, last = self._reached, events[-1]
        repeats = 0
        for event in reversed(events):
            if self._place(event) != self._place(last):
                break
            repeats += 1
        if repeats == len(events) and before.last is not None and self._place(before.last) == self._place(last):
            repeats += before.repeats
        self._reached = _Reached(
            mark,
            before.events + len(events),
            last,
            repeats,
            *self._left_out,
            {} if masker is None else dict(masker.counts),
        )
        self._pending = []

    def _place(self, event: Event) -> int | str | None:
        return event.version if self._asked.selection.aggregate_id is not None else event.position

    def _events(self) -> Iterator[Event]:
        limit = self._asked.selection.limit
        events = self._from_here()
        return _limited(events, None if limit is None else limit - self._reached.events)

    def _from_here(self) -> Iterator[Event]:
        last = self._reached.last
        if self._by_aggregate:
            after = None if last is None else last.aggregate_id
            yield from self._selecting.by_aggregate(self._store, after, self._work)
            return
        if last is None:
            yield from self._selecting.in_store_order(self._store, work=self._work)
            return
        place = self._place(last)
        if not isinstance(place, int):
            raise UsageError(
                "The interrupted export ended with events without a position, so it can't be gone on with.",
                "Export anew, without --resume.",
            )
        alone = self._asked.selection.aggregate_id is not None
        undated, untold = self._selecting.undated, self._selecting.untold
        events = self._selecting.in_store_order(
            self._store, position=None if alone else place, version=place if alone else None, work=self._work
        )
        again = list(islice(events, self._reached.repeats))
        if len(again) < self._reached.repeats or _identity(again[-1]) != _identity(last):
            raise _changed()
        # Those up to here were counted before.
        self._selecting.undated, self._selecting.untold = undated, untold
        yield from events

    def _total(self) -> int | None:
        """About how many events there are, where nothing is left out."""
        asked = self._asked.selection
        if asked.narrows:
            return None
        if asked.aggregate_id is not None:
            found = self._store.summary(asked.aggregate_id, work=self._work).events
        else:
            found = self._store.info(exact=False, work=self._work).events
        return found if asked.limit is None else min(found, asked.limit)


def _identity(event: Event) -> tuple[Any, ...]:
    return event.position, event.aggregate_id, event.version, event.event_id, event.type


def _changed() -> UsageError:
    return UsageError(
        "The last event of the interrupted export is not in the store any more as it was, so it can't be gone on with.",
        "Export anew, without --resume.",
    )


def _digest(rules: InForce) -> str:
    """What tells masking rules apart."""
    masking = rules.masking
    told: list[Any] = [(each.name, getattr(each.pattern, "pattern", None)) for each in masking.values]
    for each in fields(masking):
        value = getattr(masking, each.name)
        if each.name != "values":
            told.append((each.name, sorted(value) if isinstance(value, frozenset) else value))
    return hashlib.sha256(repr(told).encode("utf-8", "backslashreplace")).hexdigest()
