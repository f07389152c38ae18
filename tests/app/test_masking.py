"""Which masking rules are in force, and what a screen shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers_report import report_of

from esviewer.app.masking import OFF, USUAL_RULES, in_force, load_masking, parse_masking
from esviewer.audit.finding import Finding, Severity
from esviewer.errors import RulesError
from esviewer.model import instant
from esviewer.model.change import Change
from esviewer.model.masking import Masker, Masking
from esviewer.model.values import MISSING
from esviewer.report.as_json import render_json
from esviewer.report.case import CaseReport, PinReport, case_document
from esviewer.report.document import Chart
from esviewer.report.forms.json import json_pieces
from esviewer.report.masking import masked_case, masked_finding, masked_report

WHOLE = """
names = ["memo", "customer*"]
paths = ["/contact/**"]
keys = ["/by_person"]
aggregate_ids = ["user*"]
state_digest = false

[show]
names = ["city"]
paths = ["/shop/email"]
values = ["phone"]

[[value]]
name = "customer number"
pattern = "KD-[0-9]{6}"
"""


def test_a_file_of_rules() -> None:
    masker = Masker(parse_masking(WHOLE, "f"), b"s")
    mark = masker.mark
    assert masker.value(
        {
            "Customer_Ref": "r",
            "contact": {"x": "y"},
            "by_person": {"Ada": 1},
            "address": {"city": "Basel", "street": "s"},
            "shop": {"email": "x"},
            "text": "日本 KD-123456 and +81 90-1234-5678\ud800",
        }
    ) == {
        "Customer_Ref": mark("r"),
        "contact": {"x": mark("y")},
        "by_person": {mark("Ada"): 1},
        "address": {"city": "Basel", "street": mark("s")},
        "shop": {"email": "x"},
        "text": f"日本 {mark('KD-123456')} and +81 90-1234-5678\ud800",
    }
    assert masker.aggregate_id("u-1", "users") == mark("u-1")
    assert not masker.masking.true_digests
    assert Masker(parse_masking("usual = false", "f")).value({"password": "a@b.co"}) == {"password": "a@b.co"}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("names = [", 1, "no file of masking rules"),
        ("x = 1", 1, "'x' is unknown in the file"),
        ("\nnames = 1", 2, "`names` must be a list"),
        ("names = ['']", 1, "`names` must be a list"),
        ("names = ['--']", 1, "'--' in `names` is no name"),
        ("\n\npaths = ['x']", 3, "starts with /"),
        ("usual = 1", 1, "`usual` must be true or false"),
        ("[show]\nvalues = ['x']", 2, "no kind of values 'x'"),
        ("[show]\ny = 1", 2, "'y' is unknown in [show]"),
        ("show = 1", 1, "must be a table"),
        ("value = 1", 1, "[[value]]"),
        ("[[value]]\nname = 'a'\npattern = '('", 3, "no RE2 expression"),
        ("[[value]]\nname = 'a'\npattern = '(?=x)'", 3, "no RE2 expression"),
        ("[[value]]\nname = 'a'\npattern = 'x'\n[[value]]\nname = 'b'", 4, "needs a `pattern`"),
        ("[[value]]\nname = 'a'\npattern = 'x'\nz = 1", 4, "'z' is unknown"),
    ],
)
def test_what_is_wrong_and_where(text: str, line: int, said: str) -> None:
    with pytest.raises(RulesError, match=r"^my rules") as caught:
        parse_masking(text, "my rules")
    assert said in caught.value.message
    assert caught.value.line == line


def test_a_pattern_that_makes_others_hang() -> None:
    masking = parse_masking('usual = false\n[[value]]\nname = "n"\npattern = "(a*)*b"', "f")
    assert Masker(masking).text("a" * 100_000) == "a" * 100_000


def test_which_rules_are_in_force(tmp_path: Path, own_configuration: Path) -> None:
    store = tmp_path / "shop.db"
    assert in_force(str(store)).origin == USUAL_RULES
    assert in_force("postgresql://localhost/shop").masking == Masking()
    assert in_force(str(store), off=True) is OFF
    found = []
    for file in (own_configuration / "masking.toml", tmp_path / "masking.toml", tmp_path / "shop.db.masking.toml"):
        file.write_text(f'names = ["{len(found)}x"]', encoding="utf-8")
        assert in_force(str(store)).origin == in_force(f"sqlite:///{store}").origin == str(file)
        found.append(file)
    assert in_force("postgresql://localhost/shop").origin == str(found[0])
    assert in_force(str(store), found[1]).origin == str(found[1])
    with pytest.raises(RulesError, match="can't be read"):
        load_masking(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff")
    with pytest.raises(RulesError, match="not UTF-8"):
        load_masking(tmp_path / "bytes.toml")


def test_a_report_of_hostile_texts_keeps_its_digest_or_not() -> None:
    report = report_of("ada@example.com")
    kept = masked_report(report, Masker(), "rules")
    assert "ada@" not in render_json(kept)
    assert kept.state_digest == report.state_digest
    assert any("true state" in text for text in kept.warnings)
    own = masked_report(report, Masker(Masking(true_digests=False)), "rules")
    assert own.state_digest not in (report.state_digest, kept.state_digest)
    assert any("as masked here" in text for text in own.warnings)
    plain = masked_report(report_of("nothing"), Masker(Masking(kinds=frozenset())), "rules")
    assert any("Nothing in this report had to be masked" in text for text in plain.warnings) == (
        plain.masked is not None and plain.masked.values == 0
    )


def test_findings() -> None:
    finding = Finding(
        "snapshot-drift",
        Severity.ERROR,
        "The snapshot differs at /by/ada@example.com.",
        "ada@example.com",
        "user",
        3,
        7,
        {"paths": [{"path": "/password", "stored": "hunter2"}], "state": {"full_name": "Ada L"}},
    )
    masked = masked_finding(finding, Masker())
    for secret in ("ada@", "hunter2", "Ada L"):
        assert secret not in str(masked.as_json())
    assert (masked.check, masked.version, masked.position) == ("snapshot-drift", 3, 7)


def test_cases() -> None:
    who = {"operator": None, "account": "root", "host": "h", "at": "2026-11-24T00:00:00Z"}
    state = {"password": "hunter2", "total": 5, "by": {"ada@example.com": 1}}
    line = {"path": "/password", "version": 3, "event_type": "T", "timestamp": None, "actor": "ada@example.com"}
    number = {**line, "path": "/cvv", "op": "add", "new": 98765432}
    pins = [
        PinReport(1, "diff", {"from": {"aggregate_id": "a", "version": 1}, "to": {"aggregate_id": "a", "version": 2}},
                  {"changes": [{"op": "replace", "path": "/password", "old": "hunter2", "new": "hunter3"}]}, who, "d",
                  changes=[Change(("changes", 0, "new"), "hunter3", "hunter4")]),
        PinReport(2, "history", {"aggregate_id": "a", "version": 3, "pointers": ["/cvv", "/total"], "chart": True},
                  [{**line, "op": "replace", "old": "hunter2", "new": "hunter3"}, number,
                   {**line, "path": "/total", "op": "add", "new": 55}], who, "d",
                  changes=[Change((1, "new"), 98765432, 98765431), Change((3,), MISSING, {**line, "new": "hunter9"})]),
        PinReport(3, "event", {"aggregate_id": "ada@example.com", "version": 1},
                  {"data": state, "metadata": {"token": "hunter2"}, "raw": "aHVudGVyMg=="}, who, "d",
                  changes=[Change(("data", "password"), "hunter2", "hunter5"),
                           Change(("data", "by", "ada@example.com"), 1, MISSING)]),
    ]  # fmt: skip
    made = instant.parse("2026-11-24T00:00:00Z")
    report = CaseReport("On ada@example.com", "", {"name": "s", "label": "s.db"}, who, "1", made, pins)
    document = case_document(masked_case(report, Masker(), "rules"))
    text = "".join(json_pieces(document))
    for secret in ("hunter", "ada@", "98765432", "98765431", "aHVudGVy"):
        assert secret not in text, secret
    assert any("Masked: " in each for each in document.warnings)
    [chart] = [block for block in document.blocks() if isinstance(block, Chart)]
    assert [series.name for series in chart.series] == ["/total"]
    assert "hunter" in "".join(json_pieces(case_document(report)))


def test_the_key_of_a_masked_finding_tells_no_id() -> None:
    """Whoever guesses an id could check the guess by the key, were it made of the true one."""
    finding = Finding(
        "snapshot-advice", Severity.INFO, "Replay takes 1,200 events.", "user-17", "user", known_by=("user-17",)
    )
    rules = Masking(aggregate_types=("user*",))
    masked = masked_finding(finding, Masker(rules))
    assert masked.aggregate_id is not None
    assert "user-17" not in masked.aggregate_id
    assert masked.known_by == (masked.aggregate_id,)
    assert masked.key not in (finding.key, masked_finding(finding, Masker(rules)).key)
