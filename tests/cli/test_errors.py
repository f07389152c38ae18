"""Errors: one line on stderr that says what is wrong, the right exit code, no traceback and no password."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from esviewer.stores.embedded import EmbeddedStore


def _one_line(result, code: int, *parts: str) -> None:
    assert result.code == code, result.err
    assert result.out == ""
    lines = [line for line in result.err.splitlines() if not line.startswith("Note:")]
    assert len(lines) == 1, result.err
    assert lines[0].startswith("Error: ")
    for part in parts:
        assert part in lines[0]


def test_what_can_not_be_opened(run, tmp_path: Path) -> None:
    text = tmp_path / "diary.txt"
    text.write_text("Dear diary, " * 100)
    empty = tmp_path / "empty.db"
    empty.touch()
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE invoices (number)")
    connection.close()

    _one_line(run("info", tmp_path / "none.db"), 3, "none.db")
    _one_line(run("info", text), 3, "diary.txt")
    _one_line(run("info", empty), 3, "empty.db")
    _one_line(run("info", tmp_path), 3, "folder")
    _one_line(run("info", other), 3, "invoices")
    _one_line(run("info", "mysql://h/d"), 3, "mysql")
    _one_line(run("info", "http://"), 3)


def test_wrong_usage(run, small: Path, tmp_path: Path) -> None:
    _one_line(run("info", small, "--layout", "referense"), 2, "reference")
    _one_line(run("info"), 2, "STORE")
    _one_line(run("info", small, "--nonsense"), 2, "--nonsense")
    _one_line(run("state", small, "a", "--at", "x"), 2, "--at")
    _one_line(run("state", small, "a", "--at", "1", "--as-of", "2026-01-01"), 2, "--as-of")
    _one_line(run("state", small, "a", "--as-of", "tomorrow"), 2, "tomorrow")
    _one_line(run("state", small, "a", "--as-of", "2025-03-30 02:30 Europe/Berlin"), 2, "shown by no clock")
    _one_line(run("events", small, "--where", "__import__('os')"), 2, "condition")
    _one_line(run("events", small, "--since", "soon"), 2, "soon")
    _one_line(run("diff", small, "a", "0", "one"), 2, "one")
    _one_line(run("report", small, "a", "--output", tmp_path / "x.docx"), 2, ".html")
    _one_line(run("state", small, "a", "--reducer", "none.toml"), 2, "none.toml")
    _one_line(run("export", small, "--format", "tape", "--output", "-"), 2, "jsonl")
    _one_line(run("diff", small, "a", "0", "1", "--json", "--format", "patch"), 2, "--format patch")
    _one_line(run("state", small, "a", "--as-of", "0001-01-01", TZ="Asia/Tokyo"), 2, "0001-01-01")
    _one_line(run("export", small), 2, "--output")


@pytest.mark.parametrize("opening", [("open",), ()])
def test_wrong_links(run, small: Path, opening: tuple[str, ...]) -> None:
    link = "esviewer://open?store="
    _one_line(run(*opening, f"{link}postgresql://me:geheim@db/shop"), 2, "has a password in it")
    assert "geheim" not in run(*opening, f"{link}postgresql://me:geheim@db/shop", "--debug").err
    known = "none of store, aggregate, version, room, field, lane, span, filter and as_of"
    _one_line(run(*opening, f"{link}{small}&reducer=/evil.py"), 2, known)
    _one_line(run(*opening, f"{link}a%0Ab"), 2, "can't be seen")
    _one_line(run(*opening, link + "x" * 100_000), 2, "longer than")
    _one_line(run(*opening, f"{link}{small}", "--aggregate", "a"), 2, "A link says which aggregate")
    _one_line(run(*opening, f"{link}{small}&aggregate=a&version=1"), 3, "No window can be shown")


def test_misspelt_commands(run, small: Path) -> None:
    _one_line(run("evnts", small, "--json"), 2, "esviewer events")
    _one_line(run("layout"), 2, "esviewer layouts")


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes on POSIX only")
def test_arguments_that_are_no_text(run, small: Path) -> None:
    odd = os.fsdecode(b"\xff\xfe")
    _one_line(run("state", small, odd), 2, "ID", "not text")
    _one_line(run("aggregates", small, "--search", odd), 2, "--search")
    _one_line(run("info", odd), 3, "There is no file")


def test_no_such_aggregate_or_version(run, small: Path) -> None:
    _one_line(run("state", small, "b"), 4, "b")
    _one_line(run("state", small, "a", "--at", "7"), 4, "no version 7")
    _one_line(run("state", small, "a", "--at", str(10**30)), 4, "no version 1000")
    _one_line(run("events", small, "b"), 4, "b")
    _one_line(run("diff", small, "a", "0", "9"), 4, "no version 9")
    _one_line(run("report", small, "b", "--output", "/tmp/none.html"), 4, "b")
    _one_line(run("state", small, "a", "--as-of", "2020-01-01T00:00:00Z"), 4, "no event at or before")


def test_the_store_is_never_the_output(run, small: Path) -> None:
    before = small.read_bytes()
    _one_line(run("export", small, "--output", small), 2, "never written")
    named = small.with_suffix(".json")
    named.hardlink_to(small)
    _one_line(run("report", named, "a", "--output", named), 2, "never written")

    for ending in ("-wal", "-shm", "-journal"):
        _one_line(run("export", small, "--output", f"{small}{ending}"), 2, "never written")
        assert not Path(f"{small}{ending}").exists()
    assert small.read_bytes() == before


def test_a_file_that_is_no_demo_is_kept(run, tmp_path: Path) -> None:
    (tmp_path / "esviewer-demo.db").write_text("mine" * 100)
    _one_line(run("demo", cwd=tmp_path), 3, "not a store that esviewer made")

    assert (tmp_path / "esviewer-demo.db").read_text() == "mine" * 100


def test_a_store_that_is_no_demo_is_kept(run, tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    with EmbeddedStore(path) as store:
        store.append_event("mine", "Made", {})
    before = path.read_bytes()
    _one_line(run("demo", path, "--open"), 3, "not the demo")
    _one_line(run("demo", tmp_path), 3, "not a file")

    assert path.read_bytes() == before


def test_a_report_that_can_not_be_written(run, small: Path, tmp_path: Path) -> None:
    _one_line(run("report", small, "a", "--output", tmp_path / "none" / "r.html"), 3, "can't be written")
    _one_line(run("export", small, "--output", tmp_path / "none" / "e.jsonl"), 3, "can't be written")
    _one_line(run("export", small, "--output", tmp_path), 3, "can't be written")
    assert list(tmp_path.iterdir()) == [small]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Qt asks for DISPLAY on Linux")
def test_a_display_that_does_not_answer(run, small: Path) -> None:
    _one_line(run("open", small, DISPLAY=":7654"), 3, "No window can be shown")


def test_a_link_that_a_desktop_hands_over_is_for_the_window_to_refuse(run) -> None:
    _one_line(run("open", "esviewer://open?room=cellar"), 2, "The link names no store.")
    _one_line(run("open", "--from-desktop", "esviewer://open?room=cellar"), 3, "there is no display")


def test_no_window_without_a_display(run, small: Path) -> None:
    _one_line(run("open", small), 3, "no display")
    _one_line(run(small), 3, "no display")
    _one_line(run(), 3, "no display")


@pytest.mark.parametrize("debug", [(), ("--debug",)])
def test_passwords_stay_secret(run, debug: tuple[str, ...]) -> None:
    for url in (
        "postgresql://me:sesame@127.0.0.1:1/shop", "postgresql://me:sesame@/shop?host=/nowhere&password=sesame",
        "postgresql//me:sesame@127.0.0.1/shop", "postgresql://me@127.0.0.1:1/shop?passwrd=sesame",
    ):  # fmt: skip
        found = run("info", url, *debug)

        assert found.code == 3
        assert "sesame" not in found.out + found.err


def test_terminal_escapes_are_made_visible(run, small: Path) -> None:
    for arguments in (("events", small), ("state", small, "a"), ("diff", small, "a", "0", "1")):
        found = run(*arguments)

        assert "\x1b" not in found.out
        assert "[bold]x[/bold]" in found.out
        assert "日本" in found.out


def test_a_reader_that_goes_away_is_no_error(demo: Path) -> None:
    command = [sys.executable, "-m", "esviewer", "events", str(demo), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


@pytest.mark.skipif(os.name != "posix", reason="the shell that pipes is POSIX's")
def test_help_that_nobody_reads_is_no_error() -> None:
    line = '{ sleep 0.1; "$0" -m esviewer --help; echo $? >&2; } | true'
    done = subprocess.run(["sh", "-c", line, sys.executable], capture_output=True, timeout=60)

    assert done.stderr == b"0\n"


def test_an_interruption_ends_with_130(demo: Path) -> None:
    command = [sys.executable, "-m", "esviewer", "events", str(demo), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()  # it is at work, and blocks on the full pipe
        time.sleep(0.2)
        os.kill(process.pid, signal.SIGINT)
        process.stdout.read()
        assert b"Interrupted" in process.stderr.read()
        assert process.wait(timeout=30) == 130


def test_a_time_where_a_version_belongs(run, demo: Path) -> None:
    for command in (("state", demo, "account-00031"), ("blame", demo, "account-00031", "/balance")):
        _one_line(run(*command, "--at", "yesterday 14:34"), 2, "'yesterday 14:34' is not a version", "--as-of")
