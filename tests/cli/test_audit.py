"""`esviewer audit`: what a store with defects gets, in each form and with each ending of the process."""

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from helpers_demo import own_demo, tamper
from helpers_planted import untrusted

from esviewer.stores.embedded import EmbeddedStore

PLANTED = {
    ("version-gap", "order-00042", 4),
    ("payload-undecodable", "order-00043", 2),
    ("time-future", "order-00044", 2),
    ("reducer-failed", "account-00055", 11),
}
CHANGES = (
    "DELETE FROM events WHERE aggregate_id = 'order-00042' AND version = 3",
    "UPDATE events SET event_data = '{bad' WHERE aggregate_id = 'order-00043' AND version = 2",
    "UPDATE events SET timestamp = '2131-01-01T00:00:00Z' WHERE aggregate_id = 'order-00044' AND version = 2",
    "UPDATE events SET event_data = replace(event_data, 'amount', 'amout') "
    "WHERE aggregate_id = 'account-00055' AND version = 11",
)


@pytest.fixture
def tampered(part: Path, tmp_path: Path) -> Path:
    """A tenth of the demo store with four defects."""
    path = own_demo(tmp_path / "shop.db", part)
    tamper(path, *CHANGES)
    return path


def places(findings: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
    found = [(each["check"], each["aggregate_id"], each["version"]) for each in findings]
    assert len(found) == len(set(found))
    return set(found)


def test_a_clean_store_is_silent(run: Callable[..., Any], demo: Path):
    done = run("audit", demo)
    assert (done.code, done.out) == (0, "")
    assert "54,413 events of 2,000 aggregates checked: no findings." in done.err


def test_defects_are_found_once_each(run: Callable[..., Any], tampered: Path):
    done = run("audit", tampered, "--json")
    assert done.code == 1
    assert places(done.lines) == PLANTED
    gap = next(line for line in done.lines if line["check"] == "version-gap")
    assert set(gap) >= {"check", "severity", "aggregate_id", "version", "position", "message", "evidence"}
    assert gap["evidence"] == {"missing_from": 3, "missing_to": 3}
    assert gap["severity"] == "error"


def test_only_some_checks(run: Callable[..., Any], tampered: Path):
    assert [line["check"] for line in run("audit", tampered, "--json", "--check", "version-*").lines] == ["version-gap"]
    unknown = run("audit", tampered, "--check", "version-x")
    assert unknown.code == 2
    assert "There is no check version-x. The checks are: " in unknown.err


@pytest.mark.parametrize(("fail_on", "code"), [("error", 1), ("warning", 1), ("never", 0)])
def test_the_exit_code_is_what_was_asked_for(run: Callable[..., Any], tampered: Path, fail_on: str, code: int):
    assert run("audit", tampered, "--fail-on", fail_on).code == code


def test_settings_kept_beside_the_store(run: Callable[..., Any], tampered: Path):
    tampered.with_name("shop.db.audit.toml").write_text(
        '[check.version-gap]\nseverity = "warning"\n[check."time-*"]\nseverity = "off"\n'
        '[check.reducer-failed]\nseverity = "info"\n[check.payload-undecodable]\nseverity = "warning"\n'
        '[[invariant]]\nname = "no overdraft"\nexpression = "state.balance >= -1000000"\naggregate_type = "account"\n'
    )
    done = run("audit", tampered, "--json")
    assert done.code == 0
    assert {line["check"]: line["severity"] for line in done.lines} == {
        "version-gap": "warning",
        "payload-undecodable": "warning",
        "reducer-failed": "info",
    }
    assert run("audit", tampered, "--fail-on", "warning").code == 1


def test_invariants_are_checked_at_every_version(run: Callable[..., Any], part: Path, tmp_path: Path):
    config = tmp_path / "audit.toml"
    config.write_text('[[invariant]]\nexpression = "state.balance >= 0"\nseverity = "warning"\n')
    found = run("audit", part, "--config", config, "--json").lines
    assert {line["check"] for line in found} == {"invariant"}
    first = found[0]
    stretches = run("find", part, first["aggregate_id"], "state.balance < 0", "--json").json["intervals"]
    own = [line for line in found if line["aggregate_id"] == first["aggregate_id"]]
    assert [each["from_version"] for each in stretches] == [line["version"] for line in own]
    for stretch, line in zip(stretches, own, strict=True):
        again = line["evidence"]["held_again_at_version"]
        assert again is None or again > stretch["to_version"]
    assert len({line["aggregate_id"] for line in found}) > 10


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = 1", "'x' is unknown in the file."),
        ("[check.nothing]", "There is no check nothing."),
        ('[check.version-gap]\nseverity = "bad"', "'bad' is no severity."),
        ("[check.time-future]\ntolerance = 1", "The check time-future has no option tolerance."),
        ('[check.time-future]\ntolerance_seconds = "x"', "is of the wrong kind."),
        ("[[invariant]]\nname = 'x'", "needs an `expression`."),
        ("[[invariant]]\nexpression = 'import os'", "can't be used"),
        ("a = ", "is not TOML"),
    ],
)
def test_settings_that_make_no_sense(run: Callable[..., Any], demo: Path, tmp_path: Path, text: str, complaint: str):
    config = tmp_path / "audit.toml"
    config.write_text(text)
    done = run("audit", demo, "--config", config)
    assert done.code == 2
    assert complaint in done.err
    assert len(done.err.splitlines()) == 1


def test_a_baseline_accepts_what_is_known(run: Callable[..., Any], tampered: Path, tmp_path: Path):
    known = tmp_path / "known.jsonl"
    known.write_text(run("audit", tampered, "--json").out)
    done = run("audit", tampered, "--baseline", known)
    assert (done.code, done.out) == (0, "")
    assert "4 known ones were accepted." in done.err
    connection = sqlite3.connect(tampered)
    connection.execute("UPDATE events SET timestamp = 'soon' WHERE aggregate_id = 'order-00050' AND version = 1")
    connection.commit()
    connection.close()
    again = run("audit", tampered, "--baseline", known, "--json")
    assert again.code == 1
    assert places(again.lines) == {("time-missing", "order-00050", 1)}
    known.write_text('{"key": 5}\n')
    assert "known.jsonl, line 1, is no finding." in run("audit", tampered, "--baseline", known).err


def test_reports_say_the_same_in_every_form(run: Callable[..., Any], tampered: Path, tmp_path: Path):
    files = {ending: tmp_path / f"report.{ending}" for ending in ("json", "csv", "html", "md", "sarif", "xml", "xlsx")}
    options = [each for file in files.values() for each in ("--report", file)]
    done = run("audit", tampered, *options)
    assert done.code == 1
    sarif = json.loads(files["sarif"].read_text())["runs"][0]
    assert {
        (
            each["ruleId"],
            each["locations"][0]["logicalLocations"][0]["name"],
            each["properties"]["version"],
        )
        for each in sarif["results"]
    } == PLANTED
    names = [rule["id"] for rule in sarif["tool"]["driver"]["rules"]]
    assert all(names[each["ruleIndex"]] == each["ruleId"] for each in sarif["results"])
    junit = ElementTree.parse(files["xml"]).getroot()[0]
    assert junit.get("failures") == "4"
    assert {case.get("name") for case in junit if case.find("failure") is not None} == {each[0] for each in PLANTED}
    for ending in ("html", "md"):
        text = files[ending].read_text()
        assert all(check in text and aggregate in text for check, aggregate, _ in PLANTED)
    rows = list(csv.reader(files["csv"].open()))
    assert sum("version-gap" in row and "order-00042" in row for row in rows) == 1


def test_a_report_of_no_known_form_is_refused_before_the_audit(run: Callable[..., Any], demo: Path, tmp_path: Path):
    done = run("audit", demo, "--report", tmp_path / "report.doc")
    assert done.code == 2
    assert "A report's file ends in" in done.err
    assert "checked" not in done.err


def test_a_store_that_ends_before_what_is_to_be_audited(run: Callable[..., Any], tampered: Path, tmp_path: Path):
    """Its newest events were removed since the audit before."""
    night = tmp_path / "night.json"
    assert run("audit", tampered, "--report", night, "--fail-on", "never").code == 0
    with closing(sqlite3.connect(tampered)) as connection:
        connection.execute("DELETE FROM events WHERE id = (SELECT max(id) FROM events)")
        connection.commit()
    done = run("audit", tampered, "--since", night)
    assert (done.code, done.out) == (1, "")
    assert "The store does not reach position 6280, after which it is to be audited" in done.err
    assert "its newest event is at position 6279. Events were removed" in done.err
    assert len(done.err.splitlines()) == 1


def test_the_list_of_checks(run: Callable[..., Any]):
    checks = run("audit", "--list", "--json").lines
    assert all(set(each) >= {"check", "severity", "looks_for", "why", "todo"} for each in checks)
    assert {"version-gap", "snapshot-drift", "invariant"} <= {each["check"] for each in checks}
    assert run("audit").code == 2


def test_schemas_of_the_users_own(run: Callable[..., Any], tampered: Path):
    folder = tampered.with_name("schemas")
    folder.mkdir()
    schema = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}
    (folder / "MoneyDeposited.json").write_text(json.dumps(schema))
    tampered.with_name("shop.db.audit.toml").write_text('[schemas]\nfolder = "schemas"\n')
    found = run("audit", tampered, "--json").lines
    # The event that the reducer can't apply is told by the schema alone, and once.
    assert places(found) == {*PLANTED, ("schema-violation", "account-00055", 11)} - {
        ("reducer-failed", "account-00055", 11)
    }
    own = next(line for line in found if line["check"] == "schema-violation")
    assert own["evidence"]["schema"] == "MoneyDeposited.json"
    assert "amount" in own["message"]
    (folder / "MoneyDeposited.json").write_text("{")
    broken = run("audit", tampered)
    assert broken.code == 2
    assert "MoneyDeposited.json" in broken.err


def test_an_audit_of_what_is_new_goes_on_where_the_last_one_ended(
    run: Callable[..., Any], tampered: Path, tmp_path: Path
):
    report = tmp_path / "night.json"
    first = run("audit", tampered, "--report", report)
    assert first.code == 1
    last = next(fact["value"] for fact in json.loads(report.read_text())["facts"] if fact["label"] == "Last position")
    assert f"What comes later: --since {last}." in first.err
    quiet = run("audit", tampered, "--since", report, "--json")
    assert (quiet.code, quiet.out) == (0, "")
    assert f"0 events of 0 aggregates after position {last} checked" in quiet.err
    connection = sqlite3.connect(tampered)
    newest = connection.execute("SELECT max(version) FROM events WHERE aggregate_id = 'order-00050'").fetchone()[0]
    connection.execute(
        "INSERT INTO events SELECT NULL, event_id || 'x', aggregate_id, aggregate_type, event_type, event_data, "
        "metadata, schema_version, version + 2, (SELECT timestamp FROM events ORDER BY id DESC LIMIT 1) FROM events "
        "WHERE aggregate_id = 'order-00050' AND version = ?",
        (newest,),
    )
    connection.commit()
    connection.close()
    # The gap shows only beside events from before.
    new = run("audit", tampered, "--since", report, "--json", "--report", report)
    assert new.code == 1
    assert places(new.lines) == {("version-gap", "order-00050", newest + 2)}
    assert new.lines[0]["position"] == last + 1
    again = json.loads(report.read_text())
    assert again["subtitle"] == f"1 finding in 1 event of 1 aggregate after position {last}"
    facts = {fact["label"]: fact["value"] for fact in again["facts"]}
    assert [facts[label] for label in ("Audited after position", "First position", "Last position")] == [
        last, last + 1, last + 1
    ]  # fmt: skip
    assert run("audit", tampered, "--since", report).code == 0


def test_what_names_no_position(run: Callable[..., Any], part: Path, tampered: Path, tmp_path: Path):
    report = tmp_path / "night.json"
    assert run("audit", tampered, "--since", report).code == 2
    for content in ("{}", "[1]", "no", '{"form": "esviewer.document", "kicker": "Audit of a store", "facts": [3]}'):
        report.write_text(content)
        done = run("audit", tampered, "--since", report)
        assert done.code == 2
        assert "--since takes a position, or the JSON report of an earlier audit." in done.err
        assert len(done.err.splitlines()) == 1
    run("audit", part, "--report", report)
    done = run("audit", tampered, "--since", report)
    assert done.code == 2
    assert f"is the report of an audit of {part}, not of {tampered}." in done.err
    lines = tmp_path / "events.jsonl"
    lines.write_text('{"aggregate_id": "a", "version": 1, "type": "T", "data": {}}\n')
    assert run("audit", lines, "--since", "x").code == 2


@pytest.mark.parametrize("extra", [[], ["--fail-on", "never"], ["--check", "version-start"], ["--check", "invariant"]])
def test_a_program_that_may_not_run_leaves_it_open_whether_states_are_right(
    run: Callable[..., Any], tmp_path: Path, extra: list[str]
):
    target, program = untrusted(tmp_path)
    not_trusted = "the reducer scripted is a program that is not trusted yet"
    config = tmp_path / "audit.toml"
    config.write_text('[[invariant]]\nexpression = "state.n >= 0"\n')
    report = tmp_path / "audit.md"
    done = run("audit", target, "--reducer", program, "--config", config, "--json", "--report", report, *extra)
    assert done.code == (0 if "never" in extra or "version-start" in extra else 1)
    wanted = "version-start" not in extra
    assert (f"because {not_trusted}." in done.err) is wanted
    assert (f"esviewer reducer trust {program}" in done.err) is wanted
    assert (f"invariant was not checked: {not_trusted}" in report.read_text()) is wanted
    assert ("reducer-failed" in {each["check"] for each in done.lines}) is ("--check" not in extra)


def test_a_condition_over_events_in_a_settings_file(run, tmp_path: Path) -> None:
    store = tmp_path / "shop.db"
    with EmbeddedStore(store) as written:
        for amount in (3, -1, 4):
            written.append_event("a", "Refunded" if amount < 0 else "Paid", {"amount": amount})
    kept = Path(f"{store}.audit.toml")
    kept.write_text('[[invariant]]\nexpression = "data.amount > 0"\nevent = "Re*"\n')
    done = run("audit", store, "--check", "invariant", "--json")
    assert [(each["check"], each["version"]) for each in done.lines] == [("invariant", 2)]
    assert done.code == 1
    kept.write_text('[[invariant]]\nexpression = "data.amount > 0"\nevent = "Paid"\n')
    done = run("audit", store, "--check", "invariant")
    assert (done.code, done.out) == (0, "")
