"""The questions on the command line: names, keys and exit codes that other people's scripts rely on."""

import csv
import io
import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import jsonpatch
import pytest
from helpers_eventsourcing import account_with_limits
from helpers_foreign import script_file

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.stores.embedded import EmbeddedStore

ACCOUNT = "account-00001"
RULES = """
[[on]]
event = "*"
set = { last = "event.version" }
"""


def _state(run, store: Path, aggregate: str, version: int | None = None) -> dict:
    at = () if version is None else ("--at", version)
    return run("state", store, aggregate, *at, "--json").json["state"]


def test_blame(run, demo: Path) -> None:
    lines = run("blame", demo, PUZZLING_ORDER, "--json").lines
    events = {line["version"]: line for line in run("events", demo, PUZZLING_ORDER, "--json").lines}

    there = [line for line in lines if "removed" not in line]
    assert there
    for line in there:
        assert list(line) == ["path", "value", "version", "event_type", "timestamp", "actor"]
        if line["version"] is not None:
            event = events[line["version"]]
            assert (line["event_type"], line["timestamp"]) == (event["type"], event["timestamp"])
            before = _state(run, demo, PUZZLING_ORDER, line["version"])
            here = before
            for part in line["path"].split("/")[1:]:
                here = here[int(part) if isinstance(here, list) else part]
            assert here == line["value"]
    gone = [line for line in lines if "removed" in line]
    assert all(line["removed"] is True for line in gone)


def test_states_that_only_print_alike_are_not_called_the_same(run, tmp_path: Path) -> None:
    store = account_with_limits(tmp_path / "bank.db", Decimal("5.10"), "5.10", "5.10")
    (account,) = run("aggregates", store, "--json").lines
    text = run("diff", store, account["aggregate_id"], 2, 3)
    assert text.out.startswith("The two states print alike")
    changes = run("diff", store, account["aggregate_id"], 2, 3, "--json").json["changes"]
    assert changes == [{"op": "replace", "path": "/limit", "old": "5.10", "new": "5.10"}]
    assert run("diff", store, account["aggregate_id"], 3, 4).out == "The two states are the same.\n"


def test_blame_of_one_value_at_a_version_and_a_time(run, demo: Path) -> None:
    lines = run("blame", demo, ACCOUNT, "/balance", "--at", 5, "--json").lines
    assert [(line["path"], line["version"], line["value"]) for line in lines] == [
        ("/balance", 5, _state(run, demo, ACCOUNT, 5)["balance"])
    ]
    as_of = run("blame", demo, ACCOUNT, "/balance", "--as-of", lines[0]["timestamp"], "--json")
    assert as_of.lines == lines
    assert "Before" in as_of.err
    assert "After" in as_of.err

    missing = run("blame", demo, ACCOUNT, "/balanse")
    assert missing.code == 4
    assert missing.err.startswith("Error: There is nothing at /balanse. Near it there is /balance")
    assert run("blame", demo, ACCOUNT, "balance").code == 2
    assert run("blame", demo, ACCOUNT, "--at", 999).code == 4


def test_history(run, demo: Path) -> None:
    lines = run("history", demo, ACCOUNT, "/balance", "--json").lines
    assert set(lines[0]) == {"version", "timestamp", "event_type", "op", "old", "new"}
    for before, after in pairwise(lines):
        assert before["new"] == after["old"]
    assert lines[-1]["new"] == _state(run, demo, ACCOUNT)["balance"]
    assert _state(run, demo, ACCOUNT, lines[3]["version"])["balance"] == lines[3]["new"]

    both = run("history", demo, ACCOUNT, "/balance", "/movements", "--csv").out
    rows = list(csv.DictReader(io.StringIO(both)))
    assert {row["path"] for row in rows} == {"/balance", "/movements"}
    assert [row["new"] for row in rows if row["path"] == "/balance"] == [json.dumps(line["new"]) for line in lines]
    for places in (("/nothing",), ("/balance", "/nothing")):
        nowhere = run("history", demo, ACCOUNT, *places)
        assert (nowhere.code, nowhere.out) == (4, "")
        assert "There is nothing at /nothing." in nowhere.err
    wrong = run("history", demo, ACCOUNT, "balance")
    assert (wrong.code, wrong.out) == (2, "")


def test_find(run, demo: Path) -> None:
    found = run("find", demo, ACCOUNT, "state.balance < 0", "--json")
    assert found.code == 0
    assert set(found.json) == {"intervals", "unclear"}
    held = set()
    for each in found.json["intervals"]:
        assert list(each) == ["from_version", "to_version", "from_time", "to_time"]
        held |= set(range(each["from_version"], each["to_version"] + 1))
    last = run("state", demo, ACCOUNT, "--json").json["version"]
    for version in (1, 2, 3, 4, last // 2, last):
        assert (version in held) == (_state(run, demo, ACCOUNT, version)["balance"] < 0)

    events = run("find", demo, ACCOUNT, "data.amount > 1000", "--json").json["intervals"]
    wanted = [
        line["version"] for line in run("events", demo, ACCOUNT, "--where", "data.amount > 1000", "--json").lines
    ]
    assert [v for each in events for v in range(each["from_version"], each["to_version"] + 1)] == wanted
    text = run("find", demo, ACCOUNT, "--text", "moneydeposited", "--json").json["intervals"]
    wanted = [line["version"] for line in run("events", demo, ACCOUNT, "--type", "MoneyDeposited", "--json").lines]
    assert [v for each in text for v in range(each["from_version"], each["to_version"] + 1)] == wanted

    nowhere = run("find", demo, ACCOUNT, "state.balance == 'x'")
    assert nowhere.code == 0
    assert "It held at no version." in nowhere.err
    bad = run("find", demo, ACCOUNT, "balance < 0")
    assert bad.code == 2
    assert "balance is not known" in bad.err
    assert run("find", demo, ACCOUNT, "--text", "").code == 2


def test_rollback(run, demo: Path, tmp_path: Path) -> None:
    found = run("rollback", demo, PUZZLING_ORDER, 2, "--json").json
    assert list(found) == ["aggregate_id", "aggregate_type", "from", "to", "patch", "undoes", "rebuilt", "note"]
    now, then = _state(run, demo, PUZZLING_ORDER), _state(run, demo, PUZZLING_ORDER, 2)
    assert jsonpatch.apply_patch(now, found["patch"]) == then
    assert [each["version"] for each in found["undoes"]] == list(range(3, found["from"] + 1))
    assert run("rollback", demo, PUZZLING_ORDER, 2, "--format", "patch").json == found["patch"]

    file = tmp_path / "back.md"
    assert run("rollback", demo, PUZZLING_ORDER, 2, "--format", "markdown", "--output", file).code == 0
    assert file.read_text().startswith(f"# Rollback of `{PUZZLING_ORDER}` to version 2")
    assert run("rollback", demo, PUZZLING_ORDER, 2, "--output", tmp_path / "other.md").code == 0
    assert (tmp_path / "other.md").read_text() == file.read_text()
    refused = run("rollback", demo, PUZZLING_ORDER, 2, "--output", tmp_path / "back.pdf")
    assert refused.code == 2
    assert "can't be written as pdf" in refused.err
    assert not (tmp_path / "back.pdf").exists()
    nowhere = run("rollback", demo, PUZZLING_ORDER, 2, "--output", tmp_path / "no" / "back.md")
    assert nowhere.code == 3
    assert "there is no such folder" in nowhere.err
    assert not (tmp_path / "no").exists()
    assert run("rollback", demo, PUZZLING_ORDER, 3, "--from", 2).code == 2
    assert run("rollback", demo, PUZZLING_ORDER, 999).code == 4
    assert run("rollback", demo, PUZZLING_ORDER, 2, "--output", demo).code == 2


def test_what_if(run, demo: Path, tmp_path: Path) -> None:
    real = _state(run, demo, ACCOUNT)
    first = next(
        line for line in run("events", demo, ACCOUNT, "--type", "MoneyDeposited", "--json").lines if line["version"] > 2
    )
    found = run("whatif", demo, ACCOUNT, "--skip", first["version"], "--json").json
    assert found["hypothetical"] is True
    assert found["state"]["balance"] == real["balance"] - first["data"]["amount"]
    assert found["parts_at"] is not None
    assert found["edits"] == [{"skip": first["version"]}]
    assert run("whatif", demo, ACCOUNT, "--skip", 9999).code == 4

    edits = tmp_path / "edits.json"
    edits.write_text(json.dumps([{"edit": first["version"], "data": {**first["data"], "amount": 1}}]))
    edited = run("whatif", demo, ACCOUNT, "--edits", edits, "--json").json
    assert edited["state"]["balance"] == real["balance"] - first["data"]["amount"] + 1
    inserted = run("whatif", demo, ACCOUNT, "--insert", 'start:MoneyDeposited={"amount": 5}', "--json").json
    assert inserted["state"]["balance"] == real["balance"] + 5
    moved = run("whatif", demo, ACCOUNT, "--move", "2=3")
    assert "HYPOTHETICAL" in moved.out
    assert run("state", demo, ACCOUNT, "--json").json["state"] == real


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (("blame", "--at", 5, "--as-of", "now"), "can't be given together"),
        (("blame", "--as-of", "soon"), "'soon' is not a date"),
        (("history", "balance"), "'balance'"),
        (("find", "state.balance <"), "is not an expression"),
        (("find",), "Either a condition or a text"),
        (("rollback", "soon"), "is neither a version nor a time"),
        (("whatif",), "No edit is given."),
    ],
)
def test_what_can_not_be_asked_is_said_before_anything_is_read(run, tmp_path: Path, question, sentence) -> None:
    command, *rest = question
    found = run(command, tmp_path / "there-is-none.db", ACCOUNT, *rest)

    assert (found.code, found.out) == (2, "")
    assert sentence in found.err


def test_versions_that_are_not_there_come_with_the_newest(run, demo: Path) -> None:
    newest = run("state", demo, ACCOUNT, "--json").json["version"]
    for question in (("rollback", 999), ("blame", "--at", 999), ("whatif", "--skip", 999)):
        command, *rest = question
        found = run(command, demo, ACCOUNT, *rest)
        assert found.code == 4
        assert f"newest version is {newest}." in found.err or f"The newest is {newest}." in found.err
    assert "There is no aggregate ''." in run("state", demo, "").err
    assert f"There is no aggregate '{ACCOUNT} '." in run("state", demo, f"{ACCOUNT} ").err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--edit", "2"),
        ("--edit", "2={"),
        ("--edit", "x={}"),
        ("--insert", "2={}"),
        ("--move", "2"),
        ("--edits", "nowhere.json"),
    ],
)
def test_edits_that_can_not_be(run, demo: Path, arguments: tuple) -> None:
    found = run("whatif", demo, ACCOUNT, *arguments)
    assert found.code == 2
    assert found.err.startswith("Error: ")
    assert found.err.count("\n") == 1


def test_folds(run, demo: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES)
    found = run("folds", demo, ACCOUNT, "--against", rules, "--json")
    assert found.code == 1
    assert found.lines[0]["aggregate_id"] == ACCOUNT
    assert found.lines[0]["first_diverging_version"] == 1
    same = run("folds", demo, "--type", "account", "--sample", 5, "--against", rules, "--reducer", rules, "--json")
    assert same.code == 0
    assert [line["differing"] for line in same.lines] == [0] * 5


def test_diff_of_times_and_of_two_aggregates(run, demo: Path) -> None:
    lines = run("events", demo, ACCOUNT, "--json").lines
    by_version = run("diff", demo, ACCOUNT, 3, 7, "--json").json
    assert run("diff", demo, ACCOUNT, lines[2]["timestamp"], lines[6]["timestamp"], "--json").json == by_version
    other = run("diff", demo, ACCOUNT, 3, 4, "--with", "account-00002", "--json").json
    assert (other["aggregate_id"], other["with"], other["from"], other["to"]) == (ACCOUNT, "account-00002", 3, 4)
    left_out = run("diff", demo, ACCOUNT, 3, 7, "--ignore", "/balance", "--json").json["changes"]
    assert left_out == [each for each in by_version["changes"] if each["path"] != "/balance"]
    for patterns, sentence in ((["--ignore", "/**"], "differ only in what is ignored"), ([], "are the same")):
        assert run("diff", demo, ACCOUNT, 3, 7 if patterns else 3, *patterns).out == f"The two states {sentence}.\n"
    assert "|" in run("diff", demo, ACCOUNT, 3, 7, "--format", "side-by-side").out
    assert run("diff", demo, ACCOUNT, "nonsense", 3).code == 2
    assert run("diff", demo, ACCOUNT, "9" * 5000, 3).code == 2
    assert run("diff", demo, ACCOUNT, 3, "--", "--3").code == 2


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("balance", "it starts with /, as in /items/*/updated_at"),
        ("~2", "it starts with /, as in /items/*/updated_at"),
        ("", "it starts with /, as in /items/*/updated_at"),
        ("/a~", "in a name ~ is written as ~0, and / as ~1"),
        ("/a/~2/b", "in a name ~ is written as ~0, and / as ~1"),
    ],
)
def test_what_is_no_pattern_of_paths_is_wrong_usage(run, demo: Path, pattern: str, why: str) -> None:
    done = run("diff", demo, ACCOUNT, 1, 2, "--ignore", pattern)
    assert (done.code, done.out) == (2, "")
    assert f"{pattern!r} is no pattern of paths; {why}." in " ".join(done.err.split())


def test_who_wrote_what_before_a_program_fails(run, tmp_path: Path) -> None:
    store = tmp_path / "shop.db"
    with EmbeddedStore(store) as written:
        for number in range(1, 7):
            written.append_event("a", "Happened", {"n": number})
    file = script_file(tmp_path, "serve(lambda state, event: {'n': event['data']['n'] // (5 - event['version'])})")
    refused = run("blame", store, "a", "--at", 3, "--reducer", file)
    assert "esviewer reducer trust" in refused.err
    assert refused.code == 2
    assert run("reducer", "trust", file, "--yes").code == 0
    asked = run("blame", store, "a", "--at", 3, "--reducer", file, "--json")
    assert (asked.code, [(each["path"], each["version"]) for each in asked.lines]) == (0, [("/n", 3)])
    failed = run("blame", store, "a", "--at", 5, "--reducer", file)
    assert failed.code == 3
    assert "version 5" in failed.err
