"""The answer to a what if in words and as JSON, always marked as hypothetical; edits read from a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from esviewer.app.asking import ask_what_if
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.diff.compare import compare
from esviewer.diff.text import listing
from esviewer.errors import UsageError
from esviewer.model.change import Change
from esviewer.model.counted import counted
from esviewer.model.exactjson import NotJsonError, dumps, loads
from esviewer.model.rebuilt import Rebuilt
from esviewer.model.values import Value
from esviewer.model.visible import visible
from esviewer.questions.what_if import Edit, Edits, Insert, Move, Parting, Skip, Step, WhatIf
from esviewer.replay.history import History
from esviewer.work import Work

_MOST_BYTES = 50_000_000
_SKIPPED_SHOWN = 20


@dataclass(frozen=True)
class Imagined:
    """Two timelines of an aggregate, where they part, and what differs in the end."""

    view: AggregateView
    made: WhatIf
    parting: Parting | None
    """Where the states begin to differ; None when they never do."""
    changes: tuple[Change, ...]
    """What leads from the real newest state to the hypothetical one."""

    @property
    def hypothetical(self) -> bool:
        """True: this is no evidence of anything."""
        return self.made.hypothetical

    def skipped(self) -> list[tuple[int, str]]:
        """The hypothetical events that the reducer skipped, counted from 1, and why."""
        return [(self.made.imagined.index_of(at) + 1, why) for at, why in self.made.imagined.skipped().items()]

    @property
    def parts_at(self) -> int | None:
        """The version in the store at which they part; None when that event is not in the store, or nothing parts."""
        parting = self.parting
        if parting is None:
            return None
        if parting.left_out is not None:
            return int(self.made.real.versions[parting.left_out])
        return self.made.rows[parting.count - 1].original

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer whatif --json`."""
        return {
            "hypothetical": True,
            "aggregate_id": self.view.summary.aggregate_id,
            "aggregate_type": self.view.summary.aggregate_type,
            "edits": self.made.edits.as_json(),
            "events": len(self.made.imagined),
            "parts_at": None if self.parting is None else {"row": self.parting.count, "version": self.parts_at},
            "changes": [change.as_json() for change in self.changes],
            "state": self.made.imagined.state_after(len(self.made.imagined)),
            "skipped": [{"row": row, "reason": why} for row, why in self.skipped()],
            "rebuilt": {"real": _rebuilt(self.made.real), "hypothetical": _rebuilt(self.made.imagined)},
        }

    def head(self, screen: Screen | None = None, *, with_edits: bool = False) -> Iterator[str]:
        """All lines but the differences, as a screen shows them; the first says that this is hypothetical.

        With the edits, they are listed too, in full.
        """
        summary = self.view.summary
        name = summary.aggregate_id
        if screen is not None:
            name = screen.aggregate_id(name, summary.aggregate_type)
        yield "HYPOTHETICAL: these events are not what the store holds."
        yield visible(f"{name}, {counted(len(self.made.imagined), 'event')} after the edits")
        if with_edits:
            steps = self.made.edits if screen is None else shown_edits(self.made.edits, screen, summary.aggregate_id)
            yield from (visible(f"edit {number}: {_told(step)}") for number, step in enumerate(steps.steps, 1))
        reducer = self.made.real.reducer
        yield visible(f"Both timelines are rebuilt by {reducer.name}{' (inferred)' if reducer.inferred else ''}.")
        if self.parting is None:
            yield "The timelines never part: every state is as it really was."
        elif self.parts_at is None:
            yield f"The timelines part at event {self.parting.count:,}, which is not in the store."
        else:
            yield f"The timelines part at version {self.parts_at}."
        for row, why in self.skipped()[:_SKIPPED_SHOWN]:
            reason = why if screen is None else screen.reason(why)
            yield visible(f"event {row:,} is skipped: {reason}")
        places = counted(len(self.changes), "place differs", "places differ")
        yield f"In the end {places} from the real state:"

    def differences(self, screen: Screen | None = None) -> str:
        """What differs in the end, a line each, as a screen shows it."""
        of = self.view.summary.aggregate_id
        changes = self.changes if screen is None else [screen.change(each, of) for each in self.changes]
        return "\n".join(listing(changes)) or "(none)"

    def text(self, screen: Screen | None = None) -> str:
        """All of it as plain text, as a screen shows it."""
        return "\n".join([*self.head(screen), self.differences(screen)]) + "\n"


def imagine(session: Session, view: AggregateView, edits: Edits, *, work: Work | None = None) -> Imagined:
    """Replay with the edits and compare; raises UsageError for edits that can't be."""
    made = ask_what_if(session, view, edits, work=work)
    parting = made.parting(work)
    real = made.real.state_after(len(made.real))
    changes = tuple(compare(real, made.imagined.state_after(len(made.imagined))))
    return Imagined(view, made, parting, changes)


def _rebuilt(history: History) -> Value:
    """How the newest state of a timeline came to be."""
    if not len(history):
        reducer = history.reducer
        return Rebuilt(reducer.name, reducer.digest, reducer.inferred, None, 0, (), history.hypothetical).as_json()
    return history.rebuilt_at(history.versions[-1]).as_json()


def _told(step: Step) -> str:
    match step:
        case Skip(version):
            return f"version {version} is skipped"
        case Edit(version, data, kind):
            return f"version {version} is {'' if kind is None else f'{kind} '}{dumps(data)}"
        case Insert(after, kind, data, metadata):
            with_metadata = "" if metadata is None else f", metadata {dumps(metadata)}"
            return f"{kind} {dumps(data)}{with_metadata} is inserted {_behind(after)}"
        case Move(version, after):
            return f"version {version} is moved {_behind(after)}"


def _behind(version: int | None) -> str:
    return "before all" if version is None else f"behind version {version}"


def shown_edits(edits: Edits, screen: Screen, of: str) -> Edits:
    """Edits of an aggregate's events as they are shown."""
    return Edits(
        tuple(
            replace(step, data=screen.shown(step.data, (), of)) if isinstance(step, (Edit, Insert)) else step
            for step in edits.steps
        )
    )


def edits_in(file: str | Path) -> Edits:
    """Edits out of a file of JSON, as `Edits.as_json` writes them; raises UsageError."""
    try:
        path = Path(file).expanduser()
        if path.stat().st_size > _MOST_BYTES:
            raise UsageError(f"The edits file {file} is larger than {_MOST_BYTES:,} bytes.")
        return Edits.from_json(loads(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"The edits file {file} can't be read: {error.strerror}.") from None
    except NotJsonError as error:
        raise UsageError(f"The edits file {file} can't be read: {error}.") from None
