"""Checks of plug-ins.

A check is a class with `severity` ("error", "warning" or "info"), the texts `looks_for`, `why` and `todo`, perhaps
`options`, an object of what can be configured with the defaults, and a method `event`. One is made for each aggregate
in each process that reads, with its options as arguments by name. `event` is called with each event of the aggregate
that can be read, in the order of versions, as the object that `esviewer events --json` prints; `end`, where there is
such a method, without arguments after the last. Both return what is wrong: nothing, or some texts, or pairs of a text
and an object that is the evidence.

What such a check raises ends it, and the audit tells that it did not look to the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from esviewer import plugins
from esviewer.audit.check import Described, PageCheck
from esviewer.audit.finding import SEVERITIES, Finding
from esviewer.audit.page import Page
from esviewer.model.clause import clause
from esviewer.model.foreign_values import checked
from esviewer.model.values import Value

_TEXTS: Final = ("looks_for", "why", "todo")
_LONGEST: Final = 2_000
"""Characters of a finding's message."""


@dataclass(frozen=True, slots=True)
class _Foreign:
    """What a plug-in's entry point names."""

    plugin: plugins.Plugin
    named: Any


class PluggedCheck(PageCheck):
    """A check of a plug-in, as the others are; there is a class of it for each."""

    topic = ""
    foreign: ClassVar[_Foreign]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.failed = ""
        """Why it looks no more, in a part of a sentence; empty while it does."""
        self._own: Any = None

    def __reduce__(self) -> tuple[Any, ...]:
        # Its class can't be found by name in another process; what it is made of can.
        kept = {"chosen": self.chosen, "option": dict(self.option), "since": self.since, "failed": self.failed}
        return _again, (self.foreign.plugin, kept)

    def merge(self, other: Described) -> None:
        """Take over whether it failed elsewhere."""
        assert isinstance(other, PluggedCheck)
        self.failed = self.failed or other.failed

    def look(self, page: Page) -> Iterator[Finding]:
        for run in page.runs:
            if self.failed:
                return
            place: Mapping[str, Any] = page.place(run.last - 1)
            try:
                if run.begins or self._own is None:
                    self._own = self.foreign.named(**self.option)
                for index in range(run.first, run.last):
                    event = page.batch.event(index)
                    if event.error is None:
                        place = page.place(index)
                        yield from self._told(self._own.event(checked(event.as_json())), place)
                if run.ends:
                    place = page.place(run.last - 1)
                    end = getattr(self._own, "end", None)
                    if end is not None:
                        yield from self._told(end(), place, at_end=True)
            except (Exception, SystemExit) as error:
                where, what = f"{place['aggregate_id']}, version {place['version']}", plugins.what_failed(error)
                self.failed = clause(f"the plug-in {self.foreign.plugin} failed at {where}: {what}")

    def _told(self, said: object, place: Mapping[str, Any], *, at_end: bool = False) -> Iterator[Finding]:
        if said is None:
            return
        if isinstance(said, str) or not isinstance(said, Iterable):
            raise TypeError("it returned neither nothing nor several findings")
        for number, each in enumerate(said):
            message, evidence = each if isinstance(each, tuple) and len(each) == 2 else (each, {})
            if not isinstance(message, str) or not isinstance(evidence, dict):
                raise TypeError("a finding is a text, or a text and an object")
            found: dict[str, Value] = checked(evidence)
            subject = f"end {number}" if at_end else str(number) if number else ""
            yield self.finding(" ".join(message[:_LONGEST].split()), **place, evidence=found, subject=subject)


def checks(taken: Collection[str]) -> tuple[dict[str, type[PluggedCheck]], list[plugins.Skipped]]:
    """Those that can be used, by name, and those that can't; `taken` are the names of the program's own."""
    good, bad = plugins.used("check", _accepted, taken)
    return {name: made for name, (_, made) in good.items()}, bad


def _accepted(plugin: plugins.Plugin, named: Any) -> type[PluggedCheck]:
    texts = {each: getattr(named, each, None) for each in _TEXTS}
    severity = SEVERITIES.get(getattr(named, "severity", ""))
    options = getattr(named, "options", {})
    if not isinstance(named, type) or not callable(getattr(named, "event", None)) or severity is None:
        raise plugins.UnfitError('it is no check: it needs a class with `event`, and a severity such as "warning"')
    if not all(isinstance(each, str) and each for each in texts.values()):
        raise plugins.UnfitError("it is no check: it does not say what it looks for, why and what to do")
    if not isinstance(options, dict):
        raise plugins.UnfitError("it is no check: its options are no object")
    body = {
        **texts,
        "name": plugin.name,
        "severity": severity,
        "options": checked(options),
        "foreign": _Foreign(plugin, named),
        "__module__": __name__,
    }
    made: type[PluggedCheck] = type(PluggedCheck.__name__, (PluggedCheck,), body)
    made()._own = named(**body["options"])  # one that can't be made is of no use
    return made


def _again(plugin: plugins.Plugin, kept: dict[str, Any]) -> PluggedCheck:
    """A check that came from another process, which says what is switched on."""
    made = _accepted(plugin, plugins.imported(plugin.value))()
    made.__dict__.update(kept)
    return made
