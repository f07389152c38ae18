"""Snapshots that replay doesn't come to."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck, differing
from esviewer.diff.agreement import alike
from esviewer.diff.compare import compare
from esviewer.model.batch import EventBatch
from esviewer.model.change import pointer
from esviewer.model.event import Snapshot
from esviewer.model.values import MISSING, Value, copied
from esviewer.replay.fold import Folding

_PATHS = 10


class SnapshotDrift(LifeCheck):
    """Finds snapshots that differ from the replay up to their version.

    Where the snapshots after it follow from it by replay, they are its consequences and not told again.
    """

    name = "snapshot-drift"
    severity = Severity.ERROR
    looks_for = "A snapshot that differs from the state that replay comes to at its version."
    why = "An event before it or the snapshot was altered, or the reducer is not what the system does."
    todo = (
        "`esviewer reducer check` says whether the reducer fits the others; then the cause lies between the last "
        "snapshot that agrees and this one."
    )
    needs_states = True
    needs_rules = True

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._aggregate: str | None = None
        self._agreed: int | None = None
        self._instead: Folding | None = None

    def _on(self, life: Life) -> None:
        if life.aggregate_id != self._aggregate:
            self._aggregate, self._agreed, self._instead = life.aggregate_id, None, None

    def between(self, life: Life, batch: EventBatch) -> None:
        self._on(life)
        if self._instead is not None:
            self._instead.feed(batch)

    def snapshot(self, life: Life, snapshot: Snapshot) -> Iterator[Finding]:
        self._on(life)
        if snapshot.error is not None or life.reducer.inferred:
            return
        if life.doubtful:
            self._instead = None
        elif alike(life.state, snapshot.state):
            self._agreed, self._instead = snapshot.version, None
        else:
            followed = self._instead is not None and alike(self._instead.state, snapshot.state)
            self._instead = Folding(life.reducer, copied(snapshot.state))
            if not followed:
                yield self._drift(life, snapshot)

    def end(self, life: Life) -> Iterator[Finding]:
        del life
        self._aggregate, self._agreed, self._instead = None, None, None
        yield from ()

    def _drift(self, life: Life, snapshot: Snapshot) -> Finding:
        found = [each for each in compare(life.state, snapshot.state) if not alike(each.old, each.new)]
        paths: list[Value] = []
        for change in found[:_PATHS]:
            each: dict[str, Value] = {"path": pointer(change.path)}
            if change.old is not MISSING:
                each["replayed"] = change.old
            if change.new is not MISSING:
                each["stored"] = change.new
            paths.append(each)
        evidence = {
            "paths": paths,
            "paths_in_all": len(found),
            "last_agreeing_version": self._agreed,
            "reducer": life.reducer.name,
        }
        where = differing([change.path for change in found])
        return self.finding(
            f"The snapshot differs from replay at {where}.", **life.place(snapshot.version), evidence=evidence
        )
