"""What commands mask: reports and exports unless they are told not to, data only when they are told to."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import pytest

IBAN = "DE89370400440532013000"
SECRETS = ("ada@example.com", "4111111111111111", "4111 1111 1111 1111", "hunter2", "佐藤花子", IBAN)


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A store full of what is nobody's business, in every place there is."""
    path = tmp_path / "private.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE events (aggregate_id, event_type, event_data, metadata, version, timestamp,"
            " UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    "user-ada@example.com",
                    "Registered",
                    '{"氏名": "佐藤花子", "password": "hunter2", "total": 5,'
                    ' "cards": {"4111111111111111": {"cvv": 123}}}',
                    '{"user": "ada@example.com", "authorization": "hunter2"}',
                    0,
                    "2026-01-01",
                ),
                (
                    "user-ada@example.com",
                    "Noted",
                    '{"by_mail": {"ada@example.com": 1},'
                    ' "note": "pays with 4111 1111 1111 1111 or DE89370400440532013000",'
                    ' "card": 4111111111111111, "url": "https://x:hunter2@y/"}',
                    "{}",
                    1,
                    "2026-01-02",
                ),
                ("user-ada@example.com", "Broken", b"\x00\xffhunter2 ada@example.com", "{}", 2, "2026-01-03"),
                ("user-ada@example.com", "Noted", '{"password": "hunter2!", "total": 7}', "{}", 3, "2026-01-04"),
            ],
        )
    connection.close()
    return path


def read(file: Path) -> bytes:
    if file.suffix == ".xlsx":
        with zipfile.ZipFile(file) as archive:
            return b"\n".join(archive.read(name) for name in archive.namelist())
    return file.read_bytes()


@pytest.mark.parametrize("ending", ["html", "json", "xlsx", "csv", "md"])
def test_no_secret_is_in_any_form_of_a_report(run, private: Path, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"report.{ending}"
    done = run("report", private, "user-ada@example.com", "--output", file)
    assert done.code == 0
    assert "Masked: " in done.err
    content = read(file)
    assert "‹masked ".encode() in content or b"\\u2039masked " in content or b"&#8249;" in content
    import base64

    for secret in SECRETS:
        assert secret.encode() not in content, secret
        assert base64.b64encode(secret.encode())[:-4] not in content

    bare = tmp_path / f"bare.{ending}"
    assert run("report", private, "user-ada@example.com", "--no-mask", "--output", bare).code == 0
    assert b"hunter2" in read(bare)


def test_no_secret_is_in_an_export(run, private: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    assert run("export", private, "--output", file).code == 0
    printed = run("export", private, "--output", "-")
    for text in (file.read_text("utf-8"), printed.out):
        assert "‹masked " in text
        for secret in SECRETS:
            assert secret not in text
    assert "name: password 2" in printed.err
    assert run("export", private, "--no-mask", "--output", "-").out == run("events", private, "--json").out


def test_reports_of_audits_are_masked(run, private: Path, tmp_path: Path) -> None:
    (tmp_path / "private.db.audit.toml").write_text(
        '[[invariant]]\nexpression = "state.password == state.total"\n', encoding="utf-8"
    )
    names = ("a.json", "a.html", "a.csv", "a.xlsx", "a.md", "a.sarif", "a.xml")
    asked = [each for name in names for each in ("--report", tmp_path / name)]
    found = run("audit", private, *asked, "--json", "--fail-on", "never", "--operator", "Ada L.")
    assert found.code == 0
    assert any(line["check"] == "invariant" for line in found.lines)
    assert "user-ada@example.com" in found.out
    for name in names:
        content = read(tmp_path / name)
        for secret in SECRETS:
            assert secret.encode() not in content, (name, secret)
    assert b"Ada L." in read(tmp_path / "a.html")
    assert run("audit", private, "--report", tmp_path / "b.json", "--no-mask", "--fail-on", "never").code == 0
    assert b"ada@example.com" in read(tmp_path / "b.json")
    logged = [line["file"] for line in run("activity", "--json").lines if line["what"] == "report"]
    assert logged == [str(tmp_path / name) for name in (*names, "b.json")]


def test_a_masked_report_still_proves_itself(run, private: Path, tmp_path: Path) -> None:
    import json

    from esviewer.model.change import Change, apply, resolve
    from esviewer.model.values import MISSING

    run("report", private, "user-ada@example.com", "--output", tmp_path / "masked.json")
    run("report", private, "user-ada@example.com", "--no-mask", "--output", tmp_path / "true.json")
    masked = json.loads((tmp_path / "masked.json").read_text("utf-8"))
    true = json.loads((tmp_path / "true.json").read_text("utf-8"))

    state = masked["initial_state"]
    for step in masked["timeline"]:
        for each in step["changes"]:
            path = resolve(state, each["path"])
            state = apply(state, [Change(path, each.get("old", MISSING), each.get("new", MISSING))])
    assert state == masked["state"] != true["state"]
    assert masked["state_digest"] == true["state_digest"]
    assert masked["masked"]["state_digest_of"] == "true state"
    assert masked["masked"]["values"]["name: password"] > 0
    assert "masked" not in true
    assert any("true state" in text for text in masked["warnings"])
    assert masked["asker"]["operator"] is None


def test_data_is_printed_as_it_is_unless_masking_is_asked_for(run, private: Path) -> None:
    name = "user-ada@example.com"
    for arguments in (
        ("events", private, name),
        ("state", private, name),
        ("diff", private, name, "0", "3"),
        ("blame", private, name),
        ("history", private, name, "/password", "/note"),
    ):
        for form in (["--json"], []):
            plain = run(*arguments, *form)
            assert plain.code == 0
            assert "hunter2" in plain.out
            assert "‹masked" not in plain.out
            masked = run(*arguments, *form, "--mask", "usual")
            assert masked.code == 0
            assert "‹masked" in masked.out
            for secret in SECRETS:
                assert secret not in masked.out, (arguments, secret)
    patch = run("diff", private, name, "0", "3", "--format", "patch", "--mask", "usual").out
    assert "hunter2" not in patch
    assert "‹masked" in patch


def test_rules_beside_the_store_and_named_ones(run, private: Path, tmp_path: Path) -> None:
    rules = tmp_path / "private.db.masking.toml"
    rules.write_text('usual = false\nnames = ["total"]\n', encoding="utf-8")
    beside = run("export", private, "--output", "-")
    assert "hunter2" in beside.out
    assert '"total":"‹masked ' in beside.out
    assert str(rules) in beside.err
    other = tmp_path / "other.toml"
    other.write_text('[show]\nnames = ["password"]\n', encoding="utf-8")
    named = run("export", private, "--mask", other, "--output", "-")
    assert '"password":"hunter2"' in named.out
    assert "ada@example.com" not in named.out


def test_bad_rules_are_refused_before_anything_is_written(run, private: Path, tmp_path: Path) -> None:
    rules = tmp_path / "bad.toml"
    rules.write_text("names = [\n  1,\n]\n", encoding="utf-8")
    file = tmp_path / "r.html"
    found = run("report", private, "user-ada@example.com", "--mask", rules, "--output", file)
    assert found.code == 2
    assert "line 1" in found.err
    assert not file.exists()
    assert run("export", private, "--mask", rules, "--no-mask", "--output", "-").code == 2
    assert run("export", private, "--mask", tmp_path / "none.toml", "--output", "-").code == 2


def test_rules_of_a_file_hold_in_whatever_is_made_of_the_store(run, private: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text(
        'names = ["total"]\nusual = true\n[show]\nnames = ["password", "email"]\n'
        '[[value]]\nname = "mark"\npattern = "hunter[0-9]"\n',
        encoding="utf-8",
    )
    projection = tmp_path / "p.toml"
    projection.write_text('kind = "log"\n[columns]\nall = "data"\ntotal = "data.total"\n', encoding="utf-8")
    made: dict[str, str] = {}
    for form in ("jsonl", "cloudevents", "csv", "parquet"):
        out = tmp_path / f"events.{'ndjson' if form == 'cloudevents' else form}"
        done = run("export", private, "--format", form, "--mask", rules, "--output", out)
        assert done.code == 0, done.err
        assert f"Masked by {rules}: " in done.err
        assert "name: total" in done.err
        assert "value: mark" in done.err
        made[form] = run("events", out, "--json").out
    store = tmp_path / "made.db"
    done = run("import", private, "--mask", rules, "--output", store)
    assert f"Masked by {rules}: " in done.err
    made["import"] = run("events", store, "--json").out
    output = tmp_path / "log.csv"
    done = run("projection", projection, private, "--mask", rules, "--output", output)
    assert f"Masked by {rules}: " in done.err
    made["projection"] = output.read_text(encoding="utf-8").replace('""', '"')
    for form, text in made.items():
        assert "hunter2" not in text, form
        assert '"password":"‹masked ' in text, form
        assert '"total":"‹masked ' in text, form
        # `show` takes the names off the usual ones; what an address looks like is masked all the same.
        assert "ada@example.com" not in text, form
    for command in (("export", private), ("import", private), ("projection", projection, private)):
        gone = run(*command, "--mask", tmp_path / "none.toml", "--output", tmp_path / "never.csv")
        assert gone.code == 2
        assert gone.err.count("\n") == 1
        assert not (tmp_path / "never.csv").exists()
