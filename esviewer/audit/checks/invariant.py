"""Conditions that must hold, at every state."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck
from esviewer.errors import RulesError
from esviewer.model.values import Value, copied
from esviewer.questions.find import Condition
from esviewer.replay.expressions import parsed


@dataclass(frozen=True, slots=True)
class Rule:
    """One condition over states or over events, checked at every version of the aggregates whose type fits."""

    expression: str
    severity: Severity = Severity.ERROR
    aggregate_type: str = "*"
    name: str = ""
    event: str = "*"
    """The events that a condition over events is about, a glob of their types."""

    @property
    def title(self) -> str:
        """What it is called."""
        return self.name or self.expression

    @property
    def of_events(self) -> bool:
        """Whether it asks about events; raises RulesError for an expression that can't be used, or asks about both."""
        condition = Condition(self.expression)
        if condition.needs_events and condition.needs_state:
            raise RulesError(
                f"The invariant {self.expression!r} asks about events and states at once.",
                "Use `state` alone, or `data`, `meta` and `event` alone.",
            )
        if self.event != "*" and not condition.needs_events:
            raise RulesError(
                f"The invariant {self.expression!r} asks about states, so it is about no events of one type.",
                "Leave `event` out.",
            )
        return condition.needs_events


def of_either(expression: str) -> str:
    """A condition with `data` called `state`: that of an event and that of the state it makes may be the same one."""
    tree = parsed(expression)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == "data":
            node.id = "state"
    return ast.unparse(tree)


class Invariant(LifeCheck):
    """Finds the stretches of versions at which one condition does not hold."""

    name = "invariant"
    severity = Severity.ERROR
    looks_for = (
        "A state or an event for which a condition of yours does not hold, such as `state.balance >= 0` or "
        "`data.amount > 0`."
    )
    why = "The system promised that this never happens."
    todo = "Go to the version: the event there is what broke it."

    watches_events = True
    needs_states = True

    def __init__(self, rule: Rule) -> None:
        """Takes rules over states; raises RulesError for an expression that can't be used."""
        super().__init__(rule.severity)
        self._rule = rule
        self._condition = Condition(rule.expression)
        self._life: Life | None = None
        self._fits = False
        self._broken: tuple[Mapping[str, Any], Value] | None = None

    def __reduce__(self) -> tuple[type[Invariant], tuple[Rule]]:
        # For another process, which compiles the condition anew; what is seen of an aggregate never leaves its own.
        return Invariant, (self._rule,)

    def _on(self, life: Life) -> None:
        if life is not self._life:
            self._life, self._broken = life, None
            self._fits = fnmatchcase(life.aggregate_type or "", self._rule.aggregate_type)

    def telling(self, life: Life) -> Callable[[Value], bool] | None:
        self._on(life)
        if not self._fits:
            return None
        return self._condition.fails if self._broken is None else super().telling(life)

    def event(self, life: Life, version: int, state: Value) -> Finding | None:
        self._on(life)
        if not self._fits or state is None:
            return None
        if self._condition.holds(state) is False:
            if self._broken is None:
                self._broken = life.place(version), self._evidence(state)
        elif self._broken is not None:
            return self._told(version)
        return None

    def _evidence(self, state: Value) -> Value:
        rule = self._rule
        keys = sorted(self._condition.keys or ()) if isinstance(state, dict) else []
        values = {key: copied(state.get(key)) for key in keys}
        return {"invariant": rule.title, "expression": rule.expression, "state": values}

    def _told(self, before: int | None) -> Finding | None:
        if self._broken is None:
            return None
        place, evidence = self._broken
        self._broken = None
        return self.finding(
            f"{self._rule.title} does not hold.",
            **place,
            evidence={**evidence, "held_again_at_version": before},
            subject=self._rule.expression,
        )

    def end(self, life: Life) -> Iterator[Finding]:
        if life is self._life:
            found = self._told(None)
            if found is not None:
                yield found
        self._life = None
