"""Names, keys and exit codes that other people's scripts rely on."""

import json
import os
import sqlite3
import subprocess
from pathlib import Path

import jsonpatch
import pytest

from esviewer.app.demo import LONG_ACCOUNT, PUZZLING_ORDER


def test_info(run, demo: Path) -> None:
    found = run("info", demo, "--json")

    assert found.code == 0
    assert list(found.json) == [
        "store",
        "database",
        "layout",
        "events",
        "aggregates",
        "snapshots",
        "event_types",
        "aggregate_types",
        "first_event",
        "last_event",
        "exact",
    ]
    assert found.json["layout"] == "reference"
    assert found.json["events"] == sum(found.json["event_types"].values())
    assert found.json["aggregate_types"] == {"account": 600, "order": 750, "user": 650}
    assert found.json["exact"] is True
    assert found.err == ""


def test_aggregates(run, demo: Path) -> None:
    found = run("aggregates", demo, "--type", "acc*", "--search", "0000", "--json").lines

    assert [line["aggregate_id"] for line in found] == [f"account-{number:05d}" for number in range(1, 10)]
    assert list(found[6]) == ["aggregate_id", "aggregate_type", "version", "events", "first_event", "last_event"]
    assert found[6]["events"] == found[6]["version"] == 20_000
    assert len(run("aggregates", demo, "--limit", "7", "--json").lines) == 7
    assert len(run("aggregates", demo, "--json").lines) == 2_000


def test_events(run, demo: Path) -> None:
    found = run("events", demo, PUZZLING_ORDER, "--from", "3", "--to", "5", "--json").lines

    assert [line["version"] for line in found] == [3, 4, 5]
    assert list(found[0]) == [
        "position",
        "aggregate_id",
        "aggregate_type",
        "version",
        "event_id",
        "type",
        "schema_version",
        "timestamp",
        "data",
        "metadata",
    ]
    assert found[0]["metadata"]["actor"]


def test_events_are_filtered(run, demo: Path) -> None:
    since = run("events", demo, "--since", "2026-10-01T00:00:00Z", "--until", "2026-10-02T00:00:00Z", "--json").lines
    assert since
    assert all("2026-09-30" < line["timestamp"] < "2026-10-03" for line in since)
    typed = run("events", demo, "--type", "Coupon*", "--limit", "5", "--json").lines
    assert [line["type"] for line in typed] == ["CouponApplied"] * 5
    where = run(
        "events", demo, LONG_ACCOUNT, "--where", "data.amount > 99000 and event.type == 'MoneyDeposited'",
        "--limit", "4", "--json",
    )  # fmt: skip
    assert [line["data"]["amount"] > 99000 for line in where.lines] == [True] * 4
    of_orders = run("events", demo, "--aggregate-type", "ord*", "--type", "Coupon*", "--limit", "5", "--json").lines
    assert len(of_orders) == 5
    assert {line["aggregate_type"] for line in of_orders} == {"order"}
    assert run("events", demo, "--aggregate-type", "nothing", "--json").out == ""
    assert run("events", demo, LONG_ACCOUNT, "--aggregate-type", "order", "--json").out == ""
    everything = run("events", demo, "--json").lines
    assert len(everything) == run("info", demo, "--json").json["events"]
    assert [line["position"] for line in everything] == sorted(line["position"] for line in everything)


def test_conditions_that_can_not_be_told_are_counted(run, small: Path) -> None:
    found = run("events", small, "--where", "data.n > 1", "--json")

    assert [line["version"] for line in found.lines] == [0]
    assert "for 2 events the condition could not be told" in found.err
    assert run("events", small, "--where", "data.n > 1", "--limit", "0", "--json").out == ""


def test_an_unreadable_event_has_error_and_raw(run, small: Path) -> None:
    line = run("events", small, "a", "--json").lines[2]

    assert "data" not in line
    assert line["error"]
    assert line["raw"] == "AP8="


def test_state(run, demo: Path) -> None:
    found = run("state", demo, PUZZLING_ORDER, "--at", "12", "--json")
    bare = run("state", demo, PUZZLING_ORDER, "--at", "12", "--no-snapshots", "--json")

    assert list(found.json) == ["aggregate_id", "aggregate_type", "version", "timestamp", "state", "rebuilt"]
    assert list(found.json["rebuilt"]) == [
        "reducer",
        "reducer_digest",
        "inferred",
        "snapshot_version",
        "events_applied",
        "skipped",
    ]
    assert found.json["rebuilt"]["snapshot_version"] == 10
    assert found.json["rebuilt"]["events_applied"] == 2
    assert bare.json["rebuilt"]["snapshot_version"] is None
    assert bare.json["state"] == found.json["state"]
    assert found.json["state"]["number"] == 9007199254741034


def test_state_as_of_names_the_events_around(run, demo: Path) -> None:
    found = run("state", demo, PUZZLING_ORDER, "--as-of", "2026-08-04T00:00:00+09:00", "--json")

    assert found.json["version"] == 11
    assert "version 11, OrderCancelled" in found.err
    assert "version 12, OrderShipped" in found.err
    local = run("state", demo, PUZZLING_ORDER, "--as-of", "2026-08-04 00:00", "--json", TZ="Asia/Tokyo")
    assert local.json["version"] == 11
    assert "names no zone" in local.err


def test_numbers_come_out_as_they_went_in(run, small: Path) -> None:
    found = run("state", small, "a", "--json")

    assert '"n":9007199254740993,"p":1.10,"big":1180591620717411303424' in found.out
    assert found.json["rebuilt"]["inferred"] is True
    assert [item["version"] for item in found.json["rebuilt"]["skipped"]] == [2]


def test_the_stores_own_remarks_are_said_once(run, small: Path) -> None:
    for arguments in (("info", small), ("state", small, "a"), ("diff", small, "a", "0", "1"), ("events", small)):
        assert run(*arguments).err.count("name no zone") == 1


def test_state_as_of_warns_where_versions_and_times_disagree(run, tmp_path: Path) -> None:
    path = tmp_path / "late.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
        connection.executemany(
            "INSERT INTO events VALUES ('a', ?, '{}', ?, ?)",
            [("One", 1, "2026-01-01Z"), ("Two", 2, "2026-01-09Z"), ("Three", 3, "2026-01-03Z")],
        )
    connection.close()
    found = run("state", path, "a", "--as-of", "2026-01-05T00:00:00Z", "--json")

    assert found.json["version"] == 3
    assert "version 3, Three" in found.err
    assert "version 2, Two" in found.err
    assert "versions and times disagree" in found.err


def test_diff(run, demo: Path) -> None:
    found = run("diff", demo, PUZZLING_ORDER, 10, 12, "--json").json
    patch = run("diff", demo, PUZZLING_ORDER, 10, 12, "--format", "patch").json
    old = run("state", demo, PUZZLING_ORDER, "--at", "10", "--json").json["state"]
    new = run("state", demo, PUZZLING_ORDER, "--at", "12", "--json").json["state"]

    assert list(found) == ["aggregate_id", "from", "to", "changes", "rebuilt"]
    assert {"op": "replace", "path": "/status", "old": "paid", "new": "shipped"} in found["changes"]
    assert jsonpatch.apply_patch(old, patch) == new
    assert '+  "status": "shipped"' in run("diff", demo, PUZZLING_ORDER, 10, 12).out


def test_reducer_option(run, small: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text('name = "mine"\n[[on]]\nevent = "Made"\nset = { total = "data.n + 1" }\n')
    found = run("state", small, "a", "--reducer", rules, "--json").json

    assert found["state"] == {"total": 9007199254740994}
    assert found["rebuilt"]["reducer"] == "mine"
    assert found["rebuilt"]["skipped"][0] == {"version": 1, "reason": "no rule for Hostile"}


def test_export(run, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    done = run("export", demo, "--format", "jsonl", "--no-mask", "--output", file)
    lines = file.read_text(encoding="utf-8").splitlines()

    assert done.code == 0
    assert len(lines) == run("info", demo, "--json").json["events"]
    assert json.loads(lines[0]) == run("events", demo, "--limit", "1", "--json").json
    assert run("export", demo, PUZZLING_ORDER, "--no-mask", "--output", "-").out == run(
        "events", demo, PUZZLING_ORDER, "--json"
    ).out


def test_an_export_replaces_files_and_writes_into_pipes(run, small: Path, tmp_path: Path) -> None:
    expected = run("events", small, "--json").out
    kept = tmp_path / "kept.jsonl"
    kept.write_text("old")
    link = tmp_path / "link.jsonl"
    link.symlink_to(kept)
    assert run("export", small, "--no-mask", "--output", link).code == 0
    assert link.is_symlink()
    assert kept.read_text(encoding="utf-8") == expected

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert run("export", small, "--no-mask", "--output", pipe).code == 0
        assert reader.communicate(timeout=30)[0].decode("utf-8") == expected
    assert pipe.is_fifo()


def test_report(run, demo: Path, tmp_path: Path) -> None:
    for name in ("r.html", "r.json"):
        assert run("report", demo, PUZZLING_ORDER, "--output", tmp_path / name).code == 0
    report = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))

    assert len(report["timeline"]) == 16
    assert "Content-Security-Policy" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_layouts(run) -> None:
    found = run("layouts", "--json").lines

    assert {"reference", "eventsourcing", "message-db"} <= {line["name"] for line in found}
    assert all(line["description"] and line["source"] for line in found)


def test_demo_is_made_once(run, tmp_path: Path) -> None:
    first = run("demo", "mine.db", cwd=tmp_path)
    before = (tmp_path / "mine.db").read_bytes()
    second = run("demo", "mine.db", cwd=tmp_path)

    assert (first.code, second.code) == (0, 0)
    assert "there already" in second.err
    assert (tmp_path / "mine.db").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "mine.db.reducers").iterdir()) == [
        "accounts.toml",
        "orders.toml",
        "users.toml",
    ]


def test_the_demo_tours_without_a_display(run, tmp_path: Path) -> None:
    done = run("demo", "--open", cwd=tmp_path)

    assert done.code == 0
    assert sum("No window can be shown" in line for line in done.err.splitlines()) == 1
    assert "rebuilt from the snapshot at version 10 and 6 events" in done.out
    assert '+  "status": "delivered"' in done.out
    report = done.out.rsplit("written to ", 1)[1].strip().rstrip(".")
    assert "order-00042" in (tmp_path / report).read_text(encoding="utf-8")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(run, shell: str) -> None:
    assert "_ESVIEWER_COMPLETE" in run("completion", shell).out


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("esviewer e", ["plain,events", "plain,export"]),
        ("esviewer shop", ["file,shop"]),
        ("esviewer info sh", ["file,sh"]),
        ("esviewer info --layout ref", ["plain,reference"]),
        ("esviewer info --layout ./own", ["file,./own"]),
        ("esviewer state shop.db a --as", ["plain,--as-of"]),
        ("esviewer diff shop.db a 1 2 --format p", ["plain,patch"]),
    ],
)
def test_what_completion_offers(run, words: str, offered: list[str]) -> None:
    found = run(_ESVIEWER_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(words.count(" ")))

    assert found.out.split() == offered


def test_version_and_help(run) -> None:
    assert run("--version").out.startswith("esviewer, version ")
    helped = run("--help")
    for command in ("open", "info", "aggregates", "events", "state", "diff", "export", "report", "demo", "layouts"):
        assert f"\n  {command} " in helped.out
        assert run(command, "--help").code == 0


def test_aggregates_as_of_a_time(run, demo: Path) -> None:
    newest = {line["aggregate_id"]: line for line in run("aggregates", demo, "--json").lines}
    moment = sorted(line["last_event"] for line in newest.values())[len(newest) // 2]
    done = run("aggregates", demo, "--as-of", moment, "--json")

    listed = {line["aggregate_id"]: line for line in done.lines}
    assert set(listed) == {ident for ident, line in newest.items() if line["first_event"] <= moment}
    assert any(line["version"] < newest[ident]["version"] for ident, line in listed.items())
    for ident in sorted(listed)[::700]:
        state = run("state", demo, ident, "--as-of", moment, "--json").json
        assert (listed[ident]["version"], listed[ident]["last_event"]) == (state["version"], state["timestamp"])
    assert run("aggregates", demo, "--as-of", "1999-01-01T00:00:00Z", "--json").lines == []
    assert len(run("aggregates", demo, "--as-of", moment, "--limit", "7", "--json").lines) == 7
    assert run("aggregates", demo, "--as-of", "soon").code == 2
