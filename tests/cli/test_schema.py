"""`esviewer schema`: forms, limits, hostile stores."""

import json
import sqlite3
from pathlib import Path

import jsonschema_rs
import pytest


def store(path: Path, rows: list[tuple[object, ...]]) -> Path:
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp,"
            " UNIQUE (aggregate_id, version))"
        )
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    return path


@pytest.fixture
def drifting(tmp_path: Path) -> Path:
    rows = []
    for number in range(120):
        amount = number if number < 80 else f'"{number}"'
        data = f'{{"amount": {amount}, "email": "user{number}@example.com"}}'
        time = f"2026-01-01T00:{number // 60:02}:{number % 60:02}Z"
        rows.append((f"a{number % 3}", "Paid", data, number // 3, time))
    return store(tmp_path / "drifting.db", rows)


def test_json(run, drifting: Path) -> None:
    found = run("schema", drifting, "--json")

    assert found.code == 0
    assert list(found.json) == ["store", "form", "form_version", "axis", "events", "remarks", "types"]
    assert (found.json["form"], found.json["form_version"]) == ("esviewer-schema-catalogue", 1)
    (paid,) = found.json["types"]
    assert list(paid) == [
        "type",
        "schema_version",
        "count",
        "undecodable",
        "first",
        "last",
        "over_time",
        "fields",
        "drift",
    ]
    assert sum(paid["over_time"]) == paid["count"] == found.json["events"] == 120
    assert len(paid["over_time"]) == found.json["axis"]["stretches"]
    assert paid["first"] == {
        "aggregate_id": "a0",
        "version": 0,
        "position": 1,
        "timestamp": "2026-01-01T00:00:00Z",
    }
    assert [field["path"] for field in paid["fields"]] == ["", "/amount", "/email"]
    amount = paid["fields"][1]
    assert list(amount) == ["path", "present", "of", "share", "always", "types", "examples"]
    assert amount["types"]["integer"]["maximum"] == 79
    assert amount["types"]["string"]["longest"] == 3
    (drift,) = paid["drift"]
    assert (drift["field"], drift["kind"], drift["first"]["aggregate_id"], drift["first"]["version"]) == (
        "/amount",
        "type",
        "a2",
        26,
    )


def test_what_is_sensitive_is_masked_in_every_form(run, drifting: Path) -> None:
    for form in ("text", "json", "jsonschema", "markdown"):
        found = run("schema", drifting, "--format", form)
        assert found.code == 0
        assert "example.com" not in found.out
        assert "masked" in found.out
        assert "masked by the usual masking rules: " in found.err


def test_masking_can_be_chosen(run, drifting: Path, tmp_path: Path) -> None:
    shown = run("schema", drifting, "--no-mask")
    assert "user0@example.com" in shown.out
    assert "masked" not in shown.err
    rules = tmp_path / "rules.toml"
    rules.write_text('usual = false\nnames = ["amount"]\n')
    found = run("schema", drifting, "--mask", rules, "--json").json["types"][0]["fields"]
    amount, email = found[1], found[2]
    assert email["examples"][0] == "user0@example.com"
    assert all("masked" in str(each) for each in amount["examples"])
    assert "masked" in amount["types"]["integer"]["maximum"]
    assert "longest" not in amount["types"]["string"]


def test_text_and_markdown(run, drifting: Path) -> None:
    text = run("schema", drifting).out
    assert text.startswith("Paid: 120 events, 2026-01-01T00:00:00Z to 2026-01-01T00:01:59Z\n")
    assert "Drift:\n  Paid: The type of /amount changes from integer (80) to string (40)." in text

    markdown = run("schema", drifting, "--format", "markdown").out
    assert markdown.startswith("# Schema catalogue of drifting.db\n")
    assert "| Paid |  | 120 |" in markdown
    assert "## Drift" in markdown


def test_json_schema_of_one_type_and_of_all(run, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "all.json"
    found = run("schema", demo, "--format", "jsonschema", "--output", file)
    assert found.code == 0
    assert found.out == ""
    whole = json.loads(file.read_text())
    assert {"MoneyDeposited@1", "MoneyDeposited@2"} <= set(whole["$defs"])

    one = run("schema", demo, "--format", "jsonschema", "--type", "OrderPlaced").json
    assert one["title"] == "OrderPlaced@1"
    validator = jsonschema_rs.Draft202012Validator(one, validate_formats=True)
    events = run("events", demo, "--type", "OrderPlaced", "--json").lines
    assert all(validator.is_valid(event["data"]) for event in events)
    assert not validator.is_valid({**events[0]["data"], "number": "1"})


def test_scope(run, demo: Path, drifting: Path) -> None:
    found = run("schema", demo, "--aggregate-type", "acc*", "--json").json
    assert {"AccountOpened", "MoneyDeposited"} <= {each["type"] for each in found["types"]}
    assert "OrderPlaced" not in {each["type"] for each in found["types"]}
    found = run("schema", drifting, "--as-of", "2026-01-01T00:01:19Z", "--json").json
    assert found["events"] == 80
    assert found["types"][0]["drift"] == []
    assert run("schema", drifting, "--limit", "7", "--json").json["events"] == 7
    assert run("schema", drifting, "--type", "None*", "--json").json["types"] == []


def test_hostile_payloads(run, tmp_path: Path) -> None:
    deep = "[" * 10_000 + "]" * 10_000
    wide = json.dumps({f"key {number}": number for number in range(100_000)})
    rows: list[tuple[object, ...]] = [
        ("a", "Deep", deep, 0, "2026-01-01T00:00:00Z"),
        ("a", "Wide", wide, 1, "2026-01-01T00:00:01Z"),
        ("a", "Broken", b"\x00\xff", 2, "2026-01-01T00:00:02Z"),
        ("a", "List", "[1, 2]", 3, "no time"),
        ("a", "\x1b[31m<b>|Red`", '{"\\u001b[31m|<script>": "\\ud800"}', 4, "2026-01-01T00:00:03Z"),
    ]
    rows += [("b", f"Type {number}", "{}", number, "2026-01-01T00:00:00Z") for number in range(3_000)]
    path = store(tmp_path / "hostile.db", rows)

    found = run("schema", path, "--json")
    assert found.code == 0
    types = {each["type"]: each for each in found.json["types"]}
    assert types["Deep"]["undecodable"] == types["Broken"]["undecodable"] == 1
    assert [field["path"] for field in types["Wide"]["fields"]] == ["", "/{}"]
    assert types["Wide"]["fields"][1]["present"] == 100_000
    assert [field["path"] for field in types["List"]["fields"]] == ["", "/*"]
    assert len(types) == 2_000
    assert any("1,005 events" in remark for remark in found.json["remarks"])
    assert "1,005 events" in found.err
    for form in ("text", "markdown", "jsonschema"):
        shown = run("schema", path, "--format", form, "--type", "*Red*")
        assert shown.code == 0
        assert "\x1b" not in shown.out
    assert "<script>" not in run("schema", path, "--format", "markdown", "--type", "*Red*").out.replace("\\<", "")


def test_what_is_written_or_shown_unmasked_is_logged(run, drifting: Path, tmp_path: Path) -> None:
    file = tmp_path / "catalogue.md"
    run("schema", drifting, "--format", "markdown", "--output", file)
    run("schema", drifting, "--no-mask")
    run("schema", drifting)
    logged = [line for line in run("activity", "--json").lines if line["what"] == "schema"]
    assert [(line.get("file"), line["events"], line["masked"] is None) for line in logged] == [
        (str(file), 120, False),
        (None, 120, True),
    ]
    assert file.read_text().startswith("# Schema catalogue")


def test_devices_are_written_as_they_are(run, drifting: Path) -> None:
    found = run("schema", drifting, "--json", "--output", "/dev/stdout", anew=True)
    assert found.code == 0
    assert found.json["events"] == 120


def test_errors(run, drifting: Path, tmp_path: Path) -> None:
    found = run("schema", drifting, "--json", "--format", "markdown")
    assert found.code == 2
    assert "can't be given together" in found.err
    found = run("schema", drifting, "--output", drifting)
    assert found.code == 2
    assert "belongs to the store itself" in found.err
    found = run("schema", drifting, "--output", tmp_path / "no" / "where.json")
    assert found.code == 3
    assert "can't be written" in found.err
    assert run("schema", tmp_path / "missing.db").code == 3
