"""Audit settings to start from: all that can be set, as comments that change nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from esviewer.audit.check import Described
from esviewer.audit.checks.invariant import Invariant
from esviewer.audit.registry import checks as all_checks

_HEAD: Final = """\
# What an audit checks, and how strictly. Lines
# that begin with # change nothing.

# Accepted findings, a path relative to this file:
# baseline = "known.jsonl"

# A condition of yours that holds at every version:
# [[invariant]]
# name = "no overdraft"
# expression = "state.balance >= 0"
# severity = "error"
# aggregate_type = "account*"
# and one that holds for every event:
# [[invariant]]
# expression = "data.amount > 0"
# event = "Money*"

# JSON Schemas of event types, in files called
# TYPE.json or TYPE@VERSION.json:
# [schemas]
# folder = "schemas"
# formats = false

# The checks, and what holds unless it is changed
# here. A severity is error, warning, info or off;
# one section may be of several checks: its name is
# a glob then, as in [check."time-*"].
"""
_WIDE: Final = 48
"""Characters of a line: what fits beside the findings."""


def starting_settings() -> str:
    """A settings file that changes nothing until somebody takes a # away."""
    # An invariant's severity is that of its rule.
    checks = sorted((each for each in all_checks() if each is not Invariant), key=lambda each: each.name)
    return _HEAD + "".join("\n" + "".join(f"# {line}\n" for line in _lines(each)) for each in checks)


def _lines(check: type[Described]) -> Iterator[str]:
    yield from wrap(check.looks_for, _WIDE)
    yield f"[check.{check.name}]"
    yield f'severity = "{check.severity.text}"'
    for option, default in check.options.items():
        yield f"{option} = {json.dumps(default)}"
