"""What is checked, and how strictly: a TOML file that can be kept next to the store.

    baseline = "known.jsonl"        # accepted findings; a path relative to this file

    [check.time-future]             # any check by its name, or several by a glob: [check."time-*"]
    severity = "warning"            # error, warning, info or off
    tolerance_seconds = 60          # the check's own options

    [schemas]
    folder = "schemas"              # JSON Schemas of event types, as audit/schemas.py says; relative to this file
    formats = true                  # check `format` too; optional

    [[invariant]]
    name = "no overdraft"           # optional
    expression = "state.balance >= 0"
    severity = "error"              # optional
    aggregate_type = "account*"     # a glob, optional

    [[invariant]]
    expression = "data.amount > 0"  # over events: data, meta and event
    event = "Money*"                # their types, a glob, optional
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from esviewer.audit.check import Described
from esviewer.audit.checks.invariant import Invariant, Rule
from esviewer.audit.checks.invariant_of_events import InvariantOfEvents
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.finding import SEVERITIES, Severity
from esviewer.audit.registry import absent, by_name, plugged_checks
from esviewer.errors import EsviewerError, RulesError, UsageError
from esviewer.model.values import Value
from esviewer.replay.toml_lines import Lines, line_of_error

OFF: Final = "off"
_MOST: Final = 250_000
"""Characters of a settings file."""
_CHECKS: Final = "Checks are configured in tables such as [check.time-future]."


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """How one check is configured."""

    severity: Severity | None = None
    """None: the check's own."""
    off: bool = False
    options: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What is checked, and how strictly."""

    checks: Mapping[str, CheckSettings] = field(default_factory=dict)
    invariants: tuple[Rule, ...] = ()
    baseline: str | None = None
    schemas: str | None = None
    """The folder with the JSON Schemas of event types."""
    formats: bool = False
    """Whether they are held to `format`."""
    only: frozenset[str] | None = None
    """The only checks whose findings are wanted; None: those of all that are not off."""

    def runs(self, name: str) -> bool:
        """Whether a check's findings are wanted."""
        return (self.only is None or name in self.only) and not self.turns_off(name)

    def turns_off(self, name: str) -> bool:
        """Whether a check is not to look."""
        return self._of(name).off

    def _of(self, name: str) -> CheckSettings:
        return self.checks.get(name, CheckSettings())

    def severity(self, name: str) -> Severity | None:
        """What was chosen for a check; None: the check's own."""
        return self._of(name).severity

    def made(self, check: type[Described]) -> Any:
        """A check as it is configured; raises UsageError for a bad option."""
        own = self._of(check.name)
        return check(own.severity, own.options)


def named(names: Collection[str]) -> frozenset[str] | None:
    """The checks of these names (globs as in `snapshot-*`), None for none given; raises UsageError for unknown ones."""
    from fnmatch import fnmatchcase

    found: set[str] = set()
    known = by_name() if names else {}
    for name in names:
        fitting = {each for each in known if fnmatchcase(each, name)}
        if not fitting:
            why = next((each.why for each in plugged_checks()[1] if each.plugin.name == name), "")
            raise UsageError(f"There is no check {name}.", why or f"The checks are: {', '.join(sorted(known))}.")
        found |= fitting
    return frozenset(found) if names else None


def read_settings(file: Path) -> AuditSettings:
    """The settings in a file; raises UsageError naming what is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file} is not UTF-8 text.") from None
    return parse_settings(text, str(file))


def parse_settings(text: str, origin: str) -> AuditSettings:
    """The settings that a text is; raises RulesError naming `origin`, what is wrong and its line."""
    if len(text) > _MOST:
        raise RulesError(f"{origin} is longer than {_MOST:,} characters.")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{origin} is not TOML: {error}.", "", line_of_error(str(error), text)) from None
    except ValueError:
        raise RulesError(f"{origin} can't be read: a number in it has thousands of digits.") from None
    except RecursionError:
        raise RulesError(f"{origin} can't be read: it nests too deeply.") from None
    try:
        return _Reader(values, Lines(text)).settings()
    except RulesError as error:
        where = origin if error.line is None else f"{origin}, line {error.line}"
        raise RulesError(f"{where}: {error.message}", error.hint, error.line) from None


def made_invariant(rule: Rule) -> Invariant | InvariantOfEvents:
    """The check that a condition of the user's is; raises RulesError for an expression that can't be used."""
    return InvariantOfEvents(rule) if rule.of_events else Invariant(rule)


class _Reader:
    """Takes settings apart; raises RulesError with the line of what is wrong."""

    def __init__(self, values: dict[str, Any], lines: Lines) -> None:
        self._values = values
        self._lines = lines

    @contextmanager
    def _at(self, *path: str | int) -> Iterator[None]:
        """Say of what is wrong at which line it stands, unless that is known more closely."""
        try:
            yield
        except EsviewerError as error:
            line = error.line if isinstance(error, RulesError) else None
            line = self._lines.of(*path) if line is None else line
            raise RulesError(error.message, error.hint, line) from None

    def settings(self) -> AuditSettings:
        """All of it."""
        values = self._values
        self._known(values, {"baseline", "check", "invariant", "schemas"}, "the file")
        with self._at("baseline"):
            baseline = values.get("baseline")
            if baseline is not None and not isinstance(baseline, str):
                raise UsageError("`baseline` must be a path in quotes.")
        checks = self._checks()
        invariants = self._invariants()
        with self._at("schemas"):
            schemas = values.get("schemas", {})
            if not isinstance(schemas, dict):
                raise UsageError("Schemas are named in a table [schemas].")
            self._known(schemas, {"folder", "formats"}, "[schemas]", "schemas")
            folder = schemas.get("folder")
            if not isinstance(folder, str | None) or not isinstance(schemas.get("formats", False), bool):
                raise UsageError("`folder` of [schemas] must be a path in quotes, `formats` true or false.")
        return AuditSettings(checks, invariants, baseline, folder, schemas.get("formats", False))

    def _checks(self) -> dict[str, CheckSettings]:
        sections = self._values.get("check", {})
        with self._at("check"):
            if not isinstance(sections, dict):
                raise UsageError(_CHECKS)
        checks: dict[str, CheckSettings] = {}
        for pattern, section in sections.items():
            with self._at("check", pattern):
                if not isinstance(section, dict):
                    raise UsageError(_CHECKS)
                if pattern in absent() and pattern not in by_name():
                    # It may be meant for another day; what its options are nobody knows now.
                    checks[pattern] = CheckSettings(off=section.get("severity") == OFF)
                    continue
                for name in sorted(named([pattern]) or ()):
                    checks[name] = self._check(name, pattern, dict(section))
        return checks

    def _check(self, name: str, pattern: str, section: dict[str, Any]) -> CheckSettings:
        with self._at("check", pattern, "severity"):
            chosen = section.pop("severity", None)
            off = chosen == OFF
            severity = None if chosen is None or off else _severity(chosen)
        if name not in (Invariant.name, SchemaViolation.name):
            check = by_name()[name]
            for option, value in section.items():
                with self._at("check", pattern, option):
                    check(severity, {option: value})
        return CheckSettings(severity, off, section)

    def _invariants(self) -> tuple[Rule, ...]:
        rules = self._values.get("invariant", [])
        with self._at("invariant"):
            if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
                raise UsageError("Invariants are tables [[invariant]].")
        return tuple(self._rule(index, each) for index, each in enumerate(rules))

    def _rule(self, index: int, section: dict[str, Any]) -> Rule:
        base = "invariant", index
        self._known(section, {"name", "expression", "severity", "aggregate_type", "event"}, "an [[invariant]]", *base)
        for key, value in section.items():
            with self._at(*base, key):
                if not isinstance(value, str):
                    raise UsageError(f"`{key}` of an [[invariant]] must be text in quotes.")
        with self._at(*base, "expression"):
            if "expression" not in section:
                raise UsageError("An [[invariant]] needs an `expression`.", 'Such as "state.balance >= 0".')
        with self._at(*base, "severity"):
            severity = _severity(section.get("severity", "error"))
        of_type, of_event = (section.get(key, "*") for key in ("aggregate_type", "event"))
        rule = Rule(section["expression"], severity, of_type, section.get("name", ""), of_event)
        with self._at(*base, "expression"):
            made_invariant(rule)
        return rule

    def _known(self, values: Mapping[str, Any], names: Collection[str], where: str, *base: str | int) -> None:
        for key in values:
            if key not in names:
                with self._at(*base, key):
                    raise UsageError(f"{key!r} is unknown in {where}.", f"Known are: {', '.join(sorted(names))}.")


def _severity(text: Any) -> Severity:
    if not isinstance(text, str) or text not in SEVERITIES:
        raise UsageError(f"{text!r} is no severity.", "It is error, warning, info or off.")
    return SEVERITIES[text]
