"""Events that the reducer can't apply."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck
from esviewer.errors import EsviewerError, ForeignError
from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.rebuilt import Skipped
from esviewer.replay.reducer import NO_RULE


class ReducerFailed(LifeCheck):
    """Finds the first event of each aggregate that the reducer has a rule for and fails at."""

    name = "reducer-failed"
    severity = Severity.ERROR
    looks_for = "An event that the reducer knows but can't apply, such as an increment of a text."
    why = "Either the event is not what its type promises, or the reducer is wrong: the states after it are in doubt."
    todo = (
        "Look at the event and at the state before it; correct the reducer, or find what wrote the event. A program "
        "that is not trusted runs once you agree to it: by the button beside a state, or with `esviewer reducer trust`."
    )
    needs_rules = True

    def skipped(self, life: Life, skipped: Skipped, batch: EventBatch, index: int) -> Iterator[Finding]:
        explained = life.doubtful or skipped.reason.startswith(NO_RULE) or type(batch.data[index]) is Undecodable
        if not explained and not life.reducer.inferred:
            position = batch.event(index).position
            evidence = {"reason": skipped.reason, "type": batch.types[index], "reducer": life.reducer.name}
            yield self.finding(
                "The reducer can't apply the event.", **life.place(skipped.version, position), evidence=evidence
            )

    def unused(self, life: Life, error: EsviewerError) -> Iterator[Finding]:
        if isinstance(error, ForeignError):
            yield from self.failed(life, None, error.message)
            return
        evidence = {"reason": str(error), "reducer": life.reducer.name}
        message = "The reducer can't be used: aggregates of this type were not rebuilt."
        yield self.finding(message, **life.place(None), evidence=evidence)

    def failed(self, life: Life, version: int | None, reason: str) -> Iterator[Finding]:
        evidence = {"reason": reason, "reducer": life.reducer.name}
        yield self.finding("The reducer's program failed.", **life.place(version), evidence=evidence)
