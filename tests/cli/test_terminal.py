"""What a person sees on a terminal, and that nothing in a store can command it."""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pty", reason="no pseudo-terminals here")
import pty

_STYLES = re.compile(r"\x1b\[[0-9;]*m")


def _on_terminal(*arguments: object, **variables: str) -> str:
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "160", **variables}
    if "NO_COLOR" not in variables:
        environment.pop("NO_COLOR", None)
    process = subprocess.Popen(
        [sys.executable, "-m", "esviewer", *map(str, arguments)],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    os.close(theirs)
    parts = []
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # how Linux tells the end
            break
        if not part:
            break
        parts.append(part)
    os.close(ours)
    assert process.wait(timeout=60) == 0
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "hostile.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
        payload = '{"c1": "\x9b31m", "c0": "\\u001b]0;title\\u0007", "bidi": "a\u202eb", "japanese": "全角\u3000空白"}'
        connection.executemany(
            "INSERT INTO events VALUES (?, ?, ?, ?, '2026-01-01T00:00:00Z')",
            [("id\x1b[2J", "Ty\x9bpe\r", payload, 0), ("id\x1b[2J", "[red]T[/red]", '{"c0": "\x7f"}', 1)],
        )
    connection.close()
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ("events",),
        ("events", "--json"),
        ("aggregates",),
        ("aggregates", "--json"),
        ("info",),
        ("info", "--json"),
        ("state", "id\x1b[2J"),
        ("state", "id\x1b[2J", "--json"),
        ("diff", "id\x1b[2J", "0", "1"),
        ("diff", "id\x1b[2J", "0", "1", "--format", "patch"),
    ],
    ids=" ".join,
)
def test_nothing_in_a_store_reaches_the_terminal_as_a_command(hostile: Path, arguments: tuple[str, ...]) -> None:
    shown = _STYLES.sub("", _on_terminal(arguments[0], hostile, *arguments[1:]))

    assert not set(shown) & set("\x1b\x07\x7f\x9b\r\u202e")
    if arguments[0] not in ("info", "aggregates", "diff"):
        assert "全角\u3000空白" in shown


def test_markup_is_text(hostile: Path) -> None:
    assert "[red]T[/red]" in _on_terminal("events", hostile)


def test_long_tables_are_drawn_in_parts(demo: Path) -> None:
    shown = _STYLES.sub("", _on_terminal("events", demo, "--limit", "1100"))

    assert len(re.findall(r"^position ", shown, re.MULTILINE)) == 3
    assert len(re.findall(r"^\d+ ", shown, re.MULTILINE)) == 1100


def test_long_cells_are_cut_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "long.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
        connection.execute("INSERT INTO events VALUES ('a', 'T', ?, 1, '2026-01-01Z')", ['"' + "x" * 500_000 + '"'])
    connection.close()
    shown = _on_terminal("events", path)

    assert len(shown) < 20_000
    assert "499,002" in shown
    assert "x" * 500_000 in _on_terminal("events", path, "--json")


def test_colours_can_be_turned_off(demo: Path) -> None:
    assert "\x1b[32m+" in _on_terminal("diff", demo, "order-00042", "10", "12")
    assert "\x1b" not in _on_terminal("diff", demo, "order-00042", "10", "12", NO_COLOR="1")


def test_an_empty_table_has_its_heads(demo: Path) -> None:
    assert "position" in _on_terminal("events", demo, "--limit", "0")
