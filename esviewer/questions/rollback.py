"""Rollback analysis: what it would take to bring a state back to an earlier one, and what that would undo."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from esviewer.diff.compare import compare
from esviewer.diff.patch import json_patch
from esviewer.diff.text import listing
from esviewer.errors import EsviewerError
from esviewer.model.change import Change, Path, apply, pointer
from esviewer.model.counted import counted
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import MISSING, Value, copied, same
from esviewer.model.visible import visible
from esviewer.questions.steps import fine
from esviewer.replay.history import History
from esviewer.work import Work

NOT_WRITTEN = "This is an analysis. The store was not written, and esviewer cannot write it."


@dataclass(frozen=True, slots=True)
class Undone:
    """One event that a rollback would undo."""

    version: int
    type: str
    timestamp: str | None
    """ISO 8601 as the store recorded it."""
    actor: str | None
    changed: tuple[Path, ...]
    """What it changed."""
    concerns: bool
    """Whether the patch takes back anything at, above or below what it changed."""

    def as_json(self) -> dict[str, Value]:
        """`{version, type, timestamp, actor, changed, concerns}`."""
        return {
            "version": self.version,
            "type": self.type,
            "timestamp": self.timestamp,
            "actor": self.actor,
            "changed": [pointer(path) for path in self.changed],
            "concerns": self.concerns,
        }


@dataclass(frozen=True, slots=True)
class Rollback:
    """The way back from one state to an earlier one of the same aggregate."""

    now: RebuiltState
    target: RebuiltState
    changes: tuple[Change, ...]
    """What leads from the state now to the target, in this order."""
    undone: tuple[Undone, ...]
    """The events after the target, oldest first."""

    def patch(self) -> list[dict[str, Value]]:
        """The changes as JSON Patch (RFC 6902)."""
        return json_patch(self.changes)

    def as_json(self) -> dict[str, Value]:
        """`{aggregate_id, from, to, patch, undoes, rebuilt, note}`; what was skipped has the reason as `skipped`."""
        told: dict[int, dict[str, Value]] = {version: {"skipped": why} for version, why in self.skipped.items()}
        return {
            "aggregate_id": self.now.aggregate_id,
            "aggregate_type": self.now.aggregate_type,
            "from": self.now.version,
            "to": self.target.version,
            "patch": self.patch(),
            "undoes": [{**event.as_json(), **told.get(event.version, {})} for event in self.undone],
            "rebuilt": self.target.rebuilt.as_json(),
            "note": NOT_WRITTEN,
        }

    def text(self) -> str:
        """All of it as plain text."""
        places = counted(len(self.changes), "place")
        lines = [
            f"Rollback analysis of {_line(self.now.aggregate_id)}: from version {self.now.version} back to version "
            f"{self.target.version} ({self.target.timestamp or 'without a time'})",
            _how(self.target, _line),
            NOT_WRITTEN,
            "",
            f"The state would change in {places}:" if self.changes else "The states are the same.",
            *(f"  {line}" for line in listing(self.changes)),
            "",
            f"It would undo {counted(len(self.undone), 'event')}{':' if self.undone else '.'}",
        ]
        skipped = {version: f"skipped, {why}" for version, why in self.skipped.items()}
        for event in self.undone:
            actor = f", {event.actor}" if event.actor else ""
            mark = "*" if event.concerns else " "
            changed = ", ".join(pointer(path) or "(the whole state)" for path in event.changed)
            changed = changed or skipped.get(event.version, "no change")
            what = f"version {event.version}, {event.type}, {event.timestamp or 'no time'}{actor}"
            lines.append(_line(f"{mark} {what}: {changed}"))
        if any(event.concerns for event in self.undone):
            lines += ["", "* wrote something that the patch takes back."]
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """All of it as Markdown; texts of the store stand in it as code, so that none is taken for markup."""
        head = f"# Rollback of {_code(self.now.aggregate_id)} to version {self.target.version}"
        lines = [
            head,
            "",
            f"From version {self.now.version} back to version {self.target.version} "
            f"({self.target.timestamp or 'without a time'}). {_how(self.target, _code)}",
            "",
            f"**{NOT_WRITTEN}**",
            "",
            f"## The patch: {counted(len(self.changes), 'change')}",
            "",
            *(f"- {_code(line)}" for line in listing(self.changes)),
            "",
            f"## Events it would undo: {len(self.undone):,}",
            "",
            "| version | event | time | actor | changed | concerned by the patch |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        skipped = {version: f"skipped, {why}" for version, why in self.skipped.items()}
        for event in self.undone:
            changed = " ".join(_code(pointer(path) or "/") for path in event.changed)
            changed = changed or _code(skipped.get(event.version, ""))
            lines.append(
                f"| {event.version} | {_code(event.type)} | {event.timestamp or ''} | {_code(event.actor or '')} | "
                f"{changed} | {'yes' if event.concerns else 'no'} |"
            )
        return "\n".join(lines) + "\n"

    @property
    def skipped(self) -> dict[int, str]:
        """Why events changed nothing that could not be applied, by version."""
        return {each.version: each.reason for each in self.now.rebuilt.skipped}


def _line(text: str) -> str:
    """Text of a store that can't begin a line of its own."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")


def _how(state: RebuiltState, shown: Callable[[str], str]) -> str:
    rebuilt = state.rebuilt
    guessed = " (inferred)" if rebuilt.inferred else ""
    skipped = f", {len(rebuilt.skipped):,} skipped" if rebuilt.skipped else ""
    return (
        f"Rebuilt with reducer {shown(rebuilt.reducer)}{guessed}, {rebuilt.reducer_digest}, "
        f"{counted(rebuilt.events_applied, 'event')} applied{skipped}."
    )


def _code(text: str) -> str:
    """Text as inline code in a table's cell: a fence longer than any within, no line ends, no cell borders."""
    text = visible(" ".join(text.split())).replace("|", "\\|")
    if not text:
        return ""
    fence = "`"
    while fence in text:
        fence += "`"
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"


def changes_back(history: History, now: int, target: int) -> tuple[Change, ...]:
    """What leads from the state after `now` events back to that after `target`; checked by doing it."""
    current, wanted = history.state_after(now), history.state_after(target)
    changes = tuple(compare(current, wanted))
    if not same(apply(copied(current), changes), wanted):
        raise EsviewerError("The patch does not lead back to the earlier state.", "This is a fault of esviewer.")
    return changes


def what_it_undoes(
    history: History, now: int, target: int, changes: Sequence[Change], *, work: Work | None = None
) -> list[tuple[int, tuple[Path, ...], bool]]:
    """For each event after the target: its index, what it changed, and whether the patch concerns that.

    Where elements of a list came or went meanwhile, indexes don't say which element is meant: what is in the list then
    counts as one.
    """
    events: list[tuple[int, tuple[Path, ...]]] = []
    moved = set(_moved(changes))
    for seen, (index, steps) in enumerate(history.steps(target, now)):
        if work is not None and seen % 1000 == 0:
            work.report("Looking at what it undoes", index - target, now - target)
        done = fine(steps)
        moved.update(_moved(done))
        events.append((index, tuple(change.path for change in done)))

    def told_apart(path: Path) -> Path:
        return next((path[:end] for end in range(len(path)) if path[:end] in moved), path)

    places = {told_apart(change.path) for change in changes}
    above = {path[:end] for path in places for end in range(len(path))}

    def concerned(path: Path) -> bool:
        return path in above or any(path[:end] in places for end in range(len(path) + 1))

    return [(index, paths, any(concerned(told_apart(path)) for path in paths)) for index, paths in events]


def _moved(changes: Iterable[Change]) -> Iterator[Path]:
    """The lists that elements came to or went from."""
    for path, old, new in changes:
        if path and type(path[-1]) is int and (old is MISSING or new is MISSING):
            yield path[:-1]
