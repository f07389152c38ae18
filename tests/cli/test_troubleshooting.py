"""What the page on troubleshooting quotes is said where it says so: the commonest of it is brought about."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esviewer.app import manual

HERE = "demo"
"""Stands for the demo store."""
CASES: list[tuple[str, tuple[str, ...], int]] = [
    ("… is an empty file, not a database.", ("info", "empty.db"), 3),
    ("… is cut off: it ends within SQLite's header.", ("info", "short.db"), 3),
    ("… is not an SQLite database.", ("info", "other.db"), 3),
    ("No layout fits the tables of …: ….", ("info", "pets.db"), 3),
    ("There is no aggregate ….", ("state", HERE, "ACCOUNT-00031"), 4),
    ("… has no version ….", ("state", HERE, "account-00031", "--at", "99"), 4),
    (
        "… has no event at or before ….",
        ("state", HERE, "account-00031", "--as-of", "2020-01-01T00:00:00Z"),
        4,
    ),
    ("… is not a date or time such as …", ("state", HERE, "account-00031", "--as-of", "soon"), 2),
    (
        "may have the day first or the month: write the year first, as in …",
        ("state", HERE, "account-00031", "--as-of", "03/04/2026"),
        2,
    ),
    (
        "was shown twice there, as clocks were put back: give the zone as … or …",
        ("state", HERE, "account-00031", "--as-of", "2025-10-26 02:30 Europe/Vienna"),
        2,
    ),
    (
        "it has an unknown key …; the nearest is …",
        ("state", HERE, "account-00031", "--reducer", "wrong.toml"),
        2,
    ),
    (
        "The reducer … is a program that is not trusted yet",
        ("state", HERE, "account-00031", "--reducer", "program.toml"),
        2,
    ),
    ("No reducer that was named is for …: ….", ("state", HERE, "account-00031", "--reducer", "users.toml"), 2),
    ("There is no rules file ….", ("state", HERE, "account-00031", "--reducer", "absent.toml"), 2),
    ("No Dask scheduler answers at …: ….", ("projection", "p.toml", HERE, "--engine", "dask://127.0.0.1:9"), 3),
    (
        "… is there already and is no projection's result, so it is not replaced.",
        ("projection", "p.toml", HERE, "--output", "pets.db.duckdb"),
        2,
    ),
    ("… can't be written: there is no folder ….", ("export", HERE, "--format", "jsonl", "--output", "no/x.jsonl"), 3),
    ("… can't be used: it is damaged (…).", ("verify", HERE, "damaged.seal"), 2),
    ("… can't be reached: the connection was refused.", ("info", "postgresql://a@127.0.0.1:9/x"), 3),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files with which something is wrong."""
    made = tmp_path_factory.mktemp("troubles")
    (made / "empty.db").touch()
    (made / "other.db").write_bytes(b"\x01\x02" * 2000)
    (made / "pets.db.duckdb").write_text("mine")
    (made / "damaged.seal").write_text('{\n"form":"esviewer.seal",\n')
    (made / "wrong.toml").write_text('[[on]]\nevent = "A"\nincremnt = { a = 1 }\n')
    (made / "users.toml").write_text('aggregate_type = "user"\n[[on]]\nevent = "A"\nset = { a = 1 }\n')
    (made / "program.toml").write_text('kind = "foreign"\ncommand = ["cat"]\n')
    (made / "p.toml").write_text('name = "p"\n')
    connection = sqlite3.connect(made / "pets.db")
    connection.execute("CREATE TABLE pets (name)")
    connection.commit()
    connection.close()
    (made / "short.db").write_bytes((made / "pets.db").read_bytes()[:50])
    return made


@pytest.mark.parametrize(("sentence", "arguments", "code"), CASES, ids=lambda each: str(each)[:50])
def test_it_is_said(
    run: Callable[..., Any], demo: Path, folder: Path, sentence: str, arguments: tuple[str, ...], code: int
) -> None:
    assert f"“{sentence}”" in manual.page("troubleshooting").text
    words = [str(demo) if each == HERE else each for each in arguments]
    if words[0] == "projection" and "--output" not in words:
        words += ["--output", "out.duckdb"]
    done = run(*words, cwd=folder)
    said = ".+".join(re.escape(part) for part in sentence.rstrip(".").split("…"))
    assert re.search(said, done.err), done.err
    assert done.code == code, done.err
