"""`esviewer reducer`: what its commands print and how they end."""

import sqlite3
from pathlib import Path

import pytest
from helpers_foreign import script_file

from esviewer.stores.embedded import EmbeddedStore

RULES = """
name = "counters"
aggregate_type = "counter"
[[on]]
event = "Added"
increment = { total = "data.n" }
"""


@pytest.fixture
def counters(tmp_path: Path) -> Path:
    file = tmp_path / "counters.db"
    with EmbeddedStore(file) as store:
        for name in ("c-1", "c-2"):
            for number in range(1, 7):
                store.append_event(name, "Added", {"n": number}, aggregate_type="counter")
            store.save_snapshot(name, {"total": 6}, 3)
            store.save_snapshot(name, {"total": 21}, 6)
    return file


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "counters.toml"
    file.write_text(RULES)
    return file


def test_check_of_what_agrees_ends_with_0(run, counters: Path, rules: Path) -> None:
    found = run("reducer", "check", rules, counters, "--json")

    assert found.code == 0, found.err
    assert [line["aggregate_id"] for line in found.lines[:-1]] == ["c-1", "c-2"]
    assert {"snapshots", "agree", "differ", "unreadable", "paths", "aggregate_type"} <= set(found.lines[0])
    assert found.lines[-1]["summary"]["agree"] == 4


def test_check_of_what_differs_ends_with_1(run, counters: Path, rules: Path) -> None:
    with EmbeddedStore(counters, create=False) as store:
        store.save_snapshot("c-2", {"total": 22}, 6)

    found = run("reducer", "check", rules, counters, "--json")
    spoken = run("reducer", "check", rules, counters)

    assert found.code == spoken.code == 1, found.err
    line = found.lines[1]
    assert (line["first_diverging_version"], line["last_agreeing_version"]) == (6, 3)
    assert line["paths"] == [{"path": "/total", "replayed": 21, "stored": 22}]
    assert found.lines[-1]["summary"]["differ"] == 1
    assert "/total: replayed 21, stored 22" in spoken.out
    assert "c-1" not in spoken.out
    assert "3 agree, 1 differs" in spoken.out


def test_check_says_when_there_was_nothing_to_compare(run, counters: Path, rules: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text(RULES.replace('"counter"', '"other"'))
    with sqlite3.connect(counters) as connection:
        connection.execute("UPDATE snapshots SET state = '{'")
    connection.close()

    unreadable = run("reducer", "check", rules, counters)
    no_type = run("reducer", "check", other, counters)

    assert unreadable.code == no_type.code == 1
    assert (
        "Nothing was compared, since no snapshot is both readable and of a version that there is: the reducer is not "
        "confirmed.\n"
    ) in unreadable.err
    assert "Nothing was compared, since no aggregate that has a snapshot is of a type that" in no_type.err


def test_check_of_a_bad_or_missing_file_ends_with_2(run, counters: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[[on]]\nevent = 1")

    assert run("reducer", "check", bad, counters).code == 2
    assert run("reducer", "check", tmp_path / "none.toml", counters).code == 2
    alone = run("reducer")
    assert (alone.code, alone.out) == (2, "")
    assert alone.err == (
        "Error: `esviewer reducer` needs a command: check, infer, propose, trust or untrust. "
        "See `esviewer reducer --help`.\n"
    )
    assert run("case").err.startswith("Error: `esviewer case` needs a command: ")


def test_hostile_texts_can_not_command_the_terminal(run, counters: Path, rules: Path) -> None:
    with EmbeddedStore(counters, create=False) as store:
        store.append_event("c\x1b[31m\n3", "Added", {"n": 1}, aggregate_type="counter")
        store.save_snapshot("c\x1b[31m\n3", {"total\x1b]0;x\x07": "\x1b[2J"}, 1)

    found = run("reducer", "check", rules, counters)

    assert found.code == 1
    assert "\x1b" not in found.out
    assert "\x07" not in found.out


def test_trust_and_untrust(run, tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    file = script_file(tmp_path / "code", "open('ran', 'w').close()\nserve(lambda state, event: state)\n")

    asked = run("reducer", "trust", file)
    trusted = run("reducer", "trust", file, "--yes")
    again = run("reducer", "untrust", file)
    gone = run("reducer", "untrust", file)

    assert asked.code == 2  # nobody is at a terminal
    assert "--yes" in asked.err
    assert trusted.code == 0, trusted.err
    assert f"\n  {file}\n" in trusted.out
    assert "script.py" in trusted.out
    assert "sha256:" in trusted.out
    assert (again.code, gone.code) == (0, 1)
    assert not (tmp_path / "code" / "ran").exists()


def test_trusting_rules_is_refused(run, rules: Path) -> None:
    assert run("reducer", "trust", rules, "--yes").code == 2


def test_what_is_proposed_can_be_used_at_once(run, demo: Path, tmp_path: Path) -> None:
    found = run("reducer", "propose", demo, "--type", "order")
    file = tmp_path / "proposed.toml"
    file.write_text(found.out, encoding="utf-8")
    order = run("aggregates", demo, "--type", "order", "--json").lines[0]["aggregate_id"]

    state = run("state", demo, order, "--reducer", file, "--json")

    assert found.code == state.code == 0, found.err + state.err
    assert "# Proposed: it seems to begin the aggregate." in found.out
    assert 'aggregate_type = "order"' in found.out
    assert state.json["rebuilt"]["reducer"] == "order"
    assert state.json["rebuilt"]["skipped"] == []
    assert state.json["state"]["items"]


def test_proposed_rules_hold_hostile_names(run, tmp_path: Path) -> None:
    name = "\x1b[31mHappened\n\u202e\"'🙂"
    file = tmp_path / "hostile.db"
    with EmbeddedStore(file) as store:
        store.append_event("a", name, {"id\x1b]0;": 1, "\u202e": {"n": 2}}, aggregate_type="t\x07\n[x]")

    found = run("reducer", "propose", file)
    rules = tmp_path / "hostile.toml"
    rules.write_text(found.out, encoding="utf-8")
    state = run("state", file, "a", "--reducer", rules, "--json")

    assert found.code == state.code == 0, found.err + state.err
    assert not {"\x1b", "\u202e", "\x07"} & set(found.out)
    assert state.json["rebuilt"]["skipped"] == []
    assert state.json["state"]["\u202e"] == {"n": 2}


def test_nothing_to_propose_from(run, counters: Path) -> None:
    found = run("reducer", "propose", counters, "--type", "nope")

    assert found.code == 4
    assert "nope" in found.err


def test_a_program_that_fails_in_one_aggregate_is_checked_in_the_others(run, counters: Path, tmp_path: Path) -> None:
    script = """
def on_event(state, event):
    if event["aggregate_id"] == "c-1" and event["version"] == 5:
        sys.exit("out of order")
    return {"total": (state or {}).get("total", 0) + event["data"]["n"]}
serve(on_event)
"""
    folder = tmp_path / "code"
    folder.mkdir()
    file = script_file(folder, script)
    assert run("reducer", "trust", file, "--yes").code == 0

    found = run("reducer", "check", file, counters, "--json")
    spoken = run("reducer", "check", file, counters)

    assert found.code == spoken.code == 1, found.err
    bad, good, summary = found.lines
    assert (bad["aggregate_id"], bad["snapshots"], bad["agree"], bad["not_rebuilt"]) == ("c-1", 2, 1, 1)
    assert "at c-1 version 5 (Added)" in bad["failure"]
    assert (good["aggregate_id"], good["agree"], "failure" in good) == ("c-2", 2, False)
    assert (summary["summary"]["failed"], summary["summary"]["not_rebuilt"]) == (1, 1)
    assert "  1 of 2 snapshots agrees, 1 could not be rebuilt\n" in spoken.out
    assert "at c-1 version 5 (Added)" in spoken.out
    assert "the program failed at 1 aggregate: 1 snapshot not reached\n" in spoken.out


def test_check_folds_twice_what_a_program_makes(run, counters: Path, tmp_path: Path) -> None:
    # Right wherever there is a snapshot, and another one each time in between.
    script = """
def on_event(state, event):
    total = (state or {}).get("total", 0) + event["data"]["n"]
    return {"total": total, "by": os.getpid()} if UNSOUND and event["version"] == 5 else {"total": total}
serve(on_event)
"""
    folder = tmp_path / "code"
    folder.mkdir()
    file = script_file(folder, script.replace("UNSOUND", "True"))
    assert run("reducer", "trust", file, "--yes").code == 0
    found = run("reducer", "check", file, counters, "--json")
    spoken = run("reducer", "check", file, counters)

    assert found.code == spoken.code == 1, found.err
    line = found.lines[0]
    assert (line["agree"], line["differ"], line["repeatable"]) == (2, 0, False)
    assert (line["first_unrepeatable_version"], line["unrepeatable_paths"]) == (5, ["/by"])
    assert found.lines[-1]["summary"]["unrepeatable"] == 2
    assert "made two different states of c-1 at version 5 (Added): /by." in spoken.out
    assert "2 aggregates folded twice: 0 with the same states again" in spoken.out

    script_file(folder, script.replace("UNSOUND", "False"))
    assert run("reducer", "trust", file, "--yes").code == 0
    found = run("reducer", "check", file, counters, "--json")
    assert found.code == 0, found.err
    assert found.lines[0]["repeatable"] is True
    assert "first_unrepeatable_version" not in found.lines[0]
