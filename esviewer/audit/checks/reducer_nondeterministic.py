"""Reducers that don't do the same again."""

from __future__ import annotations

from collections.abc import Sequence

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity


class ReducerNondeterministic(Described):
    """Finds reducers' programs that make another state of the same events when they run again."""

    name = "reducer-nondeterministic"
    severity = Severity.ERROR
    looks_for = "A reducer that is a program and makes different states of the same events in two runs."
    why = "No state that it makes can be relied on, and none can be made again."
    todo = "See what it reads besides the events: the clock, random numbers, files, the order of a set."
    options = {"aggregates": 3}
    """Of how many aggregates of each type the events are folded twice."""

    def found(
        self,
        sentence: str,
        aggregate_id: str,
        aggregate_type: str | None,
        version: int | None,
        reducer: str,
        paths: Sequence[str],
    ) -> Finding:
        """Where two runs part first, with the paths that differ there."""
        return self.finding(
            sentence,
            aggregate_id=aggregate_id,
            aggregate_type=aggregate_type,
            version=version,
            evidence={"reducer": reducer, "paths": list(paths)},
        )
