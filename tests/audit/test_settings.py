"""Audit settings: each mistake is told with its line, and what is proposed to start from says what holds anyway."""

from __future__ import annotations

from pathlib import Path

import pytest

from esviewer.app.drafts import Draft, draft_of, keep_draft, read_draft
from esviewer.app.starting_settings import starting_settings
from esviewer.audit.checks.invariant import Invariant
from esviewer.audit.finding import Severity
from esviewer.audit.registry import ALL
from esviewer.audit.settings import AuditSettings, parse_settings
from esviewer.errors import RulesError

GOOD = """\
baseline = "known.jsonl"

[check."time-*"]
severity = "warning"

[check.time-future]
tolerance_seconds = 60

[[invariant]]
expression = "state.balance >= 0"

[[invariant]]
name = "named"
expression = "state.limit > 0"
severity = "info"
"""


def test_what_is_said_is_read() -> None:
    found = parse_settings(GOOD, "x.toml")
    assert found.severity("time-missing") is Severity.WARNING
    assert found.severity("time-future") is None, "what comes later takes the place of what was said before"
    assert found.checks["time-future"].options == {"tolerance_seconds": 60}
    assert [(rule.name, rule.severity) for rule in found.invariants] == [("", Severity.ERROR), ("named", Severity.INFO)]
    assert found.baseline == "known.jsonl"


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("baseline = 3\n", 1, "must be a path"),
        (GOOD + "x = 1\n", 16, "'x' is unknown in an [[invariant]]"),
        ("# remark\nx = 1\n", 2, "'x' is unknown in the file"),
        (GOOD.replace("time-*", "nothing-*"), 3, "no check nothing-*"),
        (GOOD.replace('"warning"', '"grave"'), 4, "'grave' is no severity"),
        (GOOD.replace('"warning"', "[]"), 4, "[] is no severity"),
        (GOOD.replace("tolerance_seconds", "tolerance"), 7, "no option tolerance"),
        (GOOD.replace("60", '"60"'), 7, "of the wrong kind"),
        (GOOD.replace("60", "inf"), 7, "of the wrong kind"),
        (GOOD.replace("state.limit > 0", "import os"), 14, "can't be used"),
        (GOOD.replace('expression = "state.limit > 0"\n', ""), 12, "needs an `expression`"),
        (GOOD.replace('"info"', '"off"'), 15, "'off' is no severity"),
        (GOOD.replace('"named"', "7"), 13, "must be text in quotes"),
        (GOOD.replace("state.limit > 0", "data.n > state.limit"), 14, "events and states at once"),
        (GOOD + 'event = "A*"\n', 14, "about no events of one type"),
        (GOOD + "[schemas]\nfolder = 1\n", 16, "must be a path in quotes"),
        (GOOD + '[schemas]\nfolder = "a"\nfile = "b"\n', 18, "'file' is unknown in [schemas]"),
        ("check = 1\n", 1, "are configured in tables"),
        ("[check]\ntime-future = 1\n", 2, "are configured in tables"),
        ("invariant = 1\n", 1, "are tables [[invariant]]"),
        (GOOD + "a = \n", 16, "is not TOML"),
    ],
)
def test_mistakes_are_told_with_their_lines(text: str, line: int, complaint: str) -> None:
    with pytest.raises(RulesError) as caught:
        parse_settings(text, "x.toml")
    assert complaint in str(caught.value)
    assert caught.value.line == line
    assert str(caught.value).startswith("x.toml")


def test_what_can_not_be_read_is_told() -> None:
    for text in ("x = " + "9" * 9_000, "x = " + "[" * 90_000, "# " + "x" * 300_000):
        with pytest.raises(RulesError, match=r"x\.toml"):
            parse_settings(text, "x.toml")


def test_a_text_to_start_from_changes_nothing_and_says_what_holds() -> None:
    text = starting_settings()
    assert parse_settings(text, "x.toml") == AuditSettings()
    assert max(map(len, text.splitlines())) <= 52
    said = "\n".join(
        line.removeprefix("# ") for line in text.splitlines() if line.startswith("# [") or " = " in line
    )
    found = parse_settings(said, "said.toml")
    for check in ALL:
        if check is not Invariant:
            assert found.severity(check.name) is check.severity
            assert dict(found.checks[check.name].options) == dict(check.options)


def test_drafts_are_kept_for_their_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(tmp_path / "configuration"))
    place = draft_of("audit", "postgresql://ada:secret@localhost/shop")
    assert "secret" not in str(place)
    assert read_draft(place) is None
    draft = Draft("größer = 1", tmp_path / "x.toml", "before")
    keep_draft(place, draft)
    assert read_draft(place) == draft
    assert place.parent.stat().st_mode & 0o077 == 0
    keep_draft(place, None)
    assert read_draft(place) is None
    place.write_text("[]")
    assert read_draft(place) is None
