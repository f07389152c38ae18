"""What every check is: its name, what it looks for, why that matters, what to do; and how it looks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.page import Page
from esviewer.errors import UsageError
from esviewer.model.values import Value

_LARGEST: Final = 1e15


class Described:
    """A check as people see it, and its severity as it was configured."""

    name: ClassVar[str]
    """Part of the contract: scripts rely on it."""
    severity: ClassVar[Severity]
    """The one that holds unless the user chooses another."""
    looks_for: ClassVar[str]
    why: ClassVar[str]
    todo: ClassVar[str]
    options: ClassVar[Mapping[str, Value]] = {}
    """What can be configured, with its defaults."""

    def __init__(self, severity: Severity | None = None, options: Mapping[str, Value] | None = None) -> None:
        """Raises UsageError for an option that the check doesn't have, or a value of another kind."""
        self.chosen: Severity = type(self).severity if severity is None else severity
        given = options or {}
        for key, value in given.items():
            if key not in self.options:
                known = ", ".join(sorted(self.options)) or "none"
                raise UsageError(f"The check {self.name} has no option {key}.", f"Its options: {known}.")
            default = self.options[key]
            number = isinstance(default, (int, float))
            # No span of time and no count is near this, and a float holds it.
            alike = isinstance(value, (int, float)) and abs(value) < _LARGEST if number else True
            if isinstance(value, bool) != isinstance(default, bool) or not alike:
                raise UsageError(f"The option {key} of {self.name} is of the wrong kind.", f"As in: {default}.")
        self.option: Mapping[str, Any] = {**self.options, **given}

    since: int | None = None
    """In an audit of what is new: the position after which findings are wanted, of which few checks need to know."""

    def merge(self, other: Described) -> None:
        """Take over what the same check saw of other aggregates, before `finish`."""
        del other

    def finish(self) -> Iterator[Finding]:
        """What is wrong as can be told only when everything was looked at."""
        yield from ()

    def finding(self, message: str, **parts: Any) -> Finding:
        """Something that this check saw; `parts` are Finding's fields."""
        return Finding(self.name, self.chosen, message, **parts)


class PageCheck(Described, ABC):
    """A check that looks at all events, page by page, each aggregate's together."""

    topic: ClassVar[str]
    """What its findings are about, one of page.TOPICS: an event has one finding of a topic, by its owner."""

    @abstractmethod
    def look(self, page: Page) -> Iterator[Finding]:
        """What is wrong on a page; pages come in order."""

    def at(self, page: Page, index: int, message: str, evidence: Mapping[str, Value], subject: str = "") -> Finding:
        """Something that this check saw at one event, which from now on counts as explained."""
        page.owned[self.topic].add(index)
        return self.finding(message, **page.place(index), evidence=evidence, subject=subject)
