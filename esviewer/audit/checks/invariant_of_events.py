"""Conditions that must hold, for every event."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from esviewer.audit.check import PageCheck
from esviewer.audit.checks.invariant import Invariant, Rule
from esviewer.audit.finding import Finding
from esviewer.audit.page import Page
from esviewer.model.values import Value
from esviewer.questions.find import Condition


class InvariantOfEvents(PageCheck):
    """Finds the events for which one condition does not hold."""

    name = Invariant.name
    topic = "payload"
    severity = Invariant.severity
    looks_for = Invariant.looks_for
    why = Invariant.why
    todo = Invariant.todo

    def __init__(self, rule: Rule) -> None:
        """Takes rules over events; raises RulesError for an expression that can't be used."""
        super().__init__(rule.severity)
        self._rule = rule
        self._condition = Condition(rule.expression)
        self._fits: dict[str, bool] = {}
        """The event types seen so far, and whether the rule is about them."""

    def __reduce__(self) -> tuple[type[InvariantOfEvents], tuple[Rule]]:
        # For another process, which compiles the condition anew.
        return InvariantOfEvents, (self._rule,)

    def look(self, page: Page) -> Iterator[Finding]:
        rule, condition = self._rule, self._condition
        # What is wrong with an event otherwise is told by the check that owns it.
        explained = page.owned["payload"] | page.owned["time"]
        for run in page.runs:
            if not fnmatchcase(run.aggregate_type or "", rule.aggregate_type):
                continue
            part = page.batch.part(run.first, run.last)
            for index, kind in enumerate(part.types):
                if self._is_of(kind) and condition.holds(None, part, index) is False:
                    if run.first + index in explained:
                        continue
                    evidence: dict[str, Value] = {
                        "invariant": rule.title,
                        "expression": rule.expression,
                        "event": rule.event,
                        "type": kind,
                        "data": part.data[index],
                    }
                    # The event is as it was written: states after it are judged as ever, so that it owns nothing.
                    yield self.finding(
                        f"{rule.title} does not hold.",
                        **page.place(run.first + index),
                        evidence=evidence,
                        subject=rule.expression,
                    )

    def _is_of(self, kind: str) -> bool:
        if kind not in self._fits:
            self._fits[kind] = fnmatchcase(kind, self._rule.event)
        return self._fits[kind]
