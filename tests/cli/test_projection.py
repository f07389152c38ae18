"""`esviewer projection`: what it prints, what it writes, and what is masked."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from helpers_projections import Row, shop_files, shop_rows, tables, write_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store.db"
    write_store(path, shop_rows())
    return path


def test_a_summary_is_printed(store: Path, run: Callable[..., Any]):
    output = store.with_name("o.duckdb")
    done = run("projection", shop_files(store.parent), store, "--output", output, "--json", "--no-mask")
    assert done.code == 0, done.err
    found = tables(output)
    summary = done.json
    assert summary["files"] == [str(output)]
    assert [each["rows"] for each in summary["projections"]] == [
        len(found[name]) - 1 for name in ("carts", "sales", "additions")
    ]
    assert summary["rows"] == sum(each["rows"] for each in summary["projections"])
    assert summary["problems"] == 0
    assert summary["masked"] is None
    assert f"written to {output}" in done.err


def test_mistakes_are_told(store: Path, run: Callable[..., Any]):
    file = store.with_name("p.toml")
    file.write_text("[columns]\nx = 'state.x +'\n")
    done = run("projection", file, store, "--output", store.with_name("o.duckdb"))
    assert done.code == 2
    assert "p.toml, line 2: column x" in done.err
    file.write_text("[columns]\nx = 'state.x'\n")
    assert run("projection", file, store, "--output", store).code == 2
    assert run("projection", file, store, "--output", store.with_name("o.txt")).code == 2
    assert run("projection", file, "none.db", "--output", store.with_name("o.csv")).code == 3
    for position in ("-1", "99999999999999999999999"):
        done = run("projection", file, store, "--output", store.with_name("o.csv"), "--at-position", position)
        assert done.code == 2
        assert "--at-position" in done.err
    done = run("projection", file, store, "--output", ".")
    assert done.code == 2
    assert done.err.startswith("Error: . does not say what to write.")
    file.write_text("reducer = 'none.toml'\n")
    done = run("projection", file, store, "--output", store.with_name("o.csv"))
    assert done.code == 2
    assert "p.toml, line 1: The rules file" in done.err
    assert done.err.endswith("none.toml can't be read: No such file or directory.\n")
    file.write_text("[columns]\nx = 'state.x'\n")
    done = run("projection", file, store, "--output", store.with_name("o.csv"), "--engine", "other")
    assert done.code == 2
    assert "--engine" in done.err
    (store.parent / "folder.csv").mkdir()
    for place, why in (("none/o.csv", "there is no such folder"), ("folder.csv", "that is a folder")):
        done = run("projection", file, store, "--output", place, cwd=store.parent)
        assert (done.code, done.err) == (
            3,
            f"Error: {place} can't be written: {why}. Choose a folder that exists and that you may write to.\n",
        )


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
@pytest.mark.parametrize("ending", ["duckdb", "parquet", "sqlite", "csv"])
def test_a_disk_without_space_is_told_and_leaves_what_was_there(ending: str, store: Path, tmp_path: Path):
    import resource

    rows: list[Row] = [
        (f"a-{n}", "Noted", "2026-01-01T00:00:00Z", {"text": hashlib.sha512(str(n).encode()).hexdigest()}, None)
        for n in range(6000)
    ]
    write_store(tmp_path / "large.db", rows)
    file = tmp_path / "p.toml"
    file.write_text("kind = 'log'\n[columns]\ntext = 'data.text'\n")
    folder = tmp_path / "results"
    folder.mkdir()
    output = folder / f"o.{ending}"
    arguments = ["projection", str(file), str(tmp_path / "large.db"), "--output", str(output), "--no-mask"]
    first = [sys.executable, "-m", "esviewer", "projection", str(file), str(store), *arguments[3:]]
    assert subprocess.run(first, check=False, capture_output=True).returncode == 0
    before = {each.name: each.read_bytes() for each in folder.iterdir()}
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", *arguments],
        check=False,
        capture_output=True,
        text=True,
        # As a disk that takes no more: parts fit, what they are put together to does not.
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000)),
    )
    assert done.returncode == 3
    said = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert said == [
        f"Error: {output} can't be written: File too large. Choose a folder that exists and that you may write to,"
        " with enough space."
    ]
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == before


def test_where_it_ends_is_told(store: Path, run: Callable[..., Any]):
    file = store.with_name("p.toml")
    file.write_text("kind = 'log'\n")
    output = store.with_name("o.csv")
    done = run("projection", file, store, "--output", output, "--as-of", "1999-01-01T00:00:00Z")
    assert done.code == 0
    assert "Note: the store has no event until then.\n" in done.err
    assert "anew" not in done.err
    assert output.read_text() == "aggregate_id,version,timestamp,problems\n"
    done = run("projection", file, store, "--output", output, "--at-position", "99999")
    assert "Note: the store ends at position 65, before 99999: all its events count.\n" in done.err
    assert "65 rows and 0 problems out of 65 events, made anew (a masked" in done.err


def test_what_looks_sensitive_is_masked_unless_it_is_asked_for(tmp_path: Path, run: Callable[..., Any]):
    rows: list[Row] = [
        ("u-1", "Made", "2026-01-01T00:00:00Z", {"email": "ada@example.org", "password": "Xy-77-pass", "n": 5}, "ada"),
        ("u-2", "Made", "2026-01-01T00:00:01Z", {"email": "bob@example.org", "password": "Zz-88-pass", "n": 6}, "bob"),
        ("u-3", "Made", "2026-01-01T00:00:02Z", {"email": "ada@example.org", "password": "bad", "n": "!"}, "bob"),
    ]
    write_store(tmp_path / "s.db", rows)
    file = tmp_path / "p.toml"
    file.write_text(
        """
        [[projection]]
        name = "people"
        [projection.columns]
        contact = "state.email"
        key = "state.password"
        length = "state.password + '!'"
        n = "state.n"
        all = "state"
        fails = "int(state.password)"
        [[projection]]
        name = "by mail"
        kind = "event"
        key = "data.email"
        [[projection.on]]
        event = "Made"
        increment = { n = "data.n" }
        set = { last = "data.email" }
        [projection.columns]
        n = "state.n"
        last = "state.last"
        fails = "int(key)"
        [[projection]]
        name = "log"
        kind = "log"
        [projection.columns]
        mail = "data.email"
        secret = "data.password"
        """
    )
    output = tmp_path / "o.duckdb"
    done = run("projection", file, tmp_path / "s.db", "--output", output, "--json")
    assert done.code == 0, done.err
    assert done.json["masked"] > 0
    assert "Masked by the usual masking rules" in done.err
    found = tables(output)
    assert [row[6] for row in found["people"][1:]] == ["5", "6", '"!"']
    said = repr(found)
    for secret in ("ada@", "bob@", "Xy-77", "Zz-88", "'bad"):
        assert secret not in said
    assert secret.encode() not in output.read_bytes()
    assert b"ada@example.org" not in output.read_bytes()
    mails = {row[3] for row in found["log"][1:]}
    assert len(mails) == 2
    assert {row[0] for row in found["by mail"][1:]} == mails

    assert run("projection", file, tmp_path / "s.db", "--output", output, "--no-mask").code == 0
    assert tables(output)["people"][1][3] == "ada@example.org"
    activity = [line for line in run("activity", "--json").lines if line["what"] == "export"]
    assert [line["masked"] is None for line in activity] == [False, True]
    assert activity[0]["projections"] == ["people", "by mail", "log"]
    with duckdb.connect(str(output), read_only=True) as connection:
        [facts] = connection.execute("SELECT facts FROM esviewer LIMIT 1").fetchone() or [""]
    assert json.loads(facts)["masked"] is None
