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
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from esviewer.audit.check import Described
from esviewer.audit.checks.invariant import Invariant, Rule
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.finding import SEVERITIES, Severity
from esviewer.audit.registry import BY_NAME
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.values import Value

OFF = "off"


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
    """The only checks to run; None: all that are not off."""

    def runs(self, name: str) -> bool:
        """Whether a check is to run."""
        return (self.only is None or name in self.only) and not self._of(name).off

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
    for name in names:
        fitting = {each for each in BY_NAME if fnmatchcase(each, name)}
        if not fitting:
            raise UsageError(f"There is no check {name}.", f"The checks are: {', '.join(sorted(BY_NAME))}.")
        found |= fitting
    return frozenset(found) if names else None


def read_settings(file: Path) -> AuditSettings:
    """The settings in a file; raises UsageError naming what is wrong with it."""
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{file} is not TOML: {error}.") from None
    try:
        return _settings(values)
    except EsviewerError as error:
        raise UsageError(f"{file}: {error.message}", error.hint) from None


def _settings(values: dict[str, Any]) -> AuditSettings:
    _known(values, {"baseline", "check", "invariant", "schemas"}, "the file")
    baseline = values.get("baseline")
    if baseline is not None and not isinstance(baseline, str):
        raise UsageError("`baseline` must be a path in quotes.")
    sections = values.get("check", {})
    if not isinstance(sections, dict) or not all(isinstance(each, dict) for each in sections.values()):
        raise UsageError("Checks are configured in tables such as [check.time-future].")
    checks = {}
    for pattern, section in sections.items():
        for name in sorted(named([pattern]) or ()):
            checks[name] = _check(dict(section))
    rules = values.get("invariant", [])
    if not isinstance(rules, list) or not all(isinstance(each, dict) for each in rules):
        raise UsageError("Invariants are tables [[invariant]].")
    invariants = tuple(map(_rule, rules))
    schemas = values.get("schemas", {})
    if not isinstance(schemas, dict):
        raise UsageError("Schemas are named in a table [schemas].")
    _known(schemas, {"folder", "formats"}, "[schemas]")
    folder = schemas.get("folder")
    if not isinstance(folder, str | None) or not isinstance(schemas.get("formats", False), bool):
        raise UsageError("`folder` of [schemas] must be a path in quotes, `formats` true or false.")
    settings = AuditSettings(checks, invariants, baseline, folder, schemas.get("formats", False))
    for name in checks:
        if name not in (Invariant.name, SchemaViolation.name):
            settings.made(BY_NAME[name])
    for rule in invariants:
        Invariant(rule)
    return settings


def _known(values: Mapping[str, Any], names: Collection[str], where: str) -> None:
    for key in values:
        if key not in names:
            raise UsageError(f"{key!r} is unknown in {where}.", f"Known are: {', '.join(sorted(names))}.")


def _check(section: dict[str, Any]) -> CheckSettings:
    chosen = section.pop("severity", None)
    if chosen is None or chosen == OFF:
        return CheckSettings(None, chosen == OFF, section)
    return CheckSettings(_severity(chosen), False, section)


def _severity(text: Any) -> Severity:
    if text not in SEVERITIES:
        raise UsageError(f"{text!r} is no severity.", "It is error, warning, info or off.")
    return SEVERITIES[text]


def _rule(section: dict[str, Any]) -> Rule:
    _known(section, {"name", "expression", "severity", "aggregate_type"}, "an [[invariant]]")
    for key, value in section.items():
        if not isinstance(value, str):
            raise UsageError(f"`{key}` of an [[invariant]] must be text in quotes.")
    if "expression" not in section:
        raise UsageError("An [[invariant]] needs an `expression`.", 'Such as "state.balance >= 0".')
    return Rule(
        section["expression"],
        _severity(section.get("severity", "error")),
        section.get("aggregate_type", "*"),
        section.get("name", ""),
    )
