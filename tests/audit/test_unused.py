"""Audits of stores whose reducer can't be used: what needs no states is checked, and the rest is not called clean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from helpers_planted import audited, name_of, ordered, places, untrusted

from esviewer.app import consent
from esviewer.audit.checks.invariant import Rule
from esviewer.audit.settings import AuditSettings

NEEDING = ["after-deletion", "event-type-unknown", "invariant", "reducer-nondeterministic", "snapshot-drift"]
"""The checks that look at what the program makes."""
NOT_TRUSTED = "the reducer scripted is a program that is not trusted yet"
SETTINGS = AuditSettings(invariants=(Rule("state.n >= 0"),))


@pytest.fixture
def spoilt(tmp_path: Path) -> tuple[str, Path]:
    """A store with three defects, and a program for it that nobody has agreed to."""
    return untrusted(tmp_path)


def test_what_needs_no_states_is_checked(spoilt: tuple[str, Path]) -> None:
    target, program = spoilt
    findings, audit = audited(target, [str(program)], SETTINGS)
    assert places(findings) == ordered(
        [
            ("reducer-failed", name_of(0), None),
            ("snapshot-beyond-head", name_of(2), 12),
            ("snapshot-undecodable", name_of(0), 6),
            ("version-gap", name_of(1), 5),
        ]
    )
    failed = next(each for each in findings if each.check == "reducer-failed")
    assert "esviewer reducer trust" in str(failed.evidence["reason"])
    not_checked = audit.summary.as_json()["not_checked"]
    assert [name for name, why in not_checked.items() if why == NOT_TRUSTED] == NEEDING
    assert audit.summary.unused[NOT_TRUSTED].endswith(f"esviewer reducer trust {program}")
    assert (audit.summary.events, audit.summary.aggregates) == (29, 3)


def test_code_that_changed_since_is_not_run_either(spoilt: tuple[str, Path]) -> None:
    target, program = spoilt
    consent.trust(program)
    next(program.parent.glob("*.py")).write_text("raise SystemExit(4)\n")
    _, audit = audited(target, [str(program)])
    assert "has changed since it was trusted on" in audit.summary.not_checked["snapshot-drift"]


def test_a_program_that_fails_at_its_start_leaves_the_same_unknown(spoilt: tuple[str, Path]) -> None:
    target, program = spoilt
    consent.trust(program)
    findings, audit = audited(target, [str(program)], SETTINGS)
    assert [each.check for each in findings].count("reducer-failed") == 1
    assert {"snapshot-undecodable", "version-gap"} <= {each.check for each in findings}
    assert "the program of the reducer scripted failed" in audit.summary.not_checked["snapshot-drift"]


@pytest.mark.parametrize("check", NEEDING)
def test_a_check_that_was_asked_for_alone_is_not_called_clean(spoilt: tuple[str, Path], check: str) -> None:
    target, program = spoilt
    findings, audit = audited(target, [str(program)], replace(SETTINGS, only=frozenset([check])))
    assert findings == []
    assert audit.summary.not_checked == {check: NOT_TRUSTED}
    assert list(audit.summary.unused) == [NOT_TRUSTED]


def test_one_that_needs_no_states_says_nothing_of_the_program(spoilt: tuple[str, Path]) -> None:
    target, program = spoilt
    findings, audit = audited(target, [str(program)], replace(SETTINGS, only=frozenset(["version-gap"])))
    assert [each.check for each in findings] == ["version-gap"]
    assert (audit.summary.not_checked, audit.summary.unused) == ({}, {})


def test_without_rules_what_they_say_is_not_called_clean(spoilt: tuple[str, Path]) -> None:
    _, audit = audited(spoilt[0], [])
    told = {name for name, why in audit.summary.not_checked.items() if why.startswith("no reducer says")}
    assert told == {"after-deletion", "event-type-unknown", "reducer-failed", "snapshot-drift"}
    assert audit.summary.unused == {}
