"""`esviewer doctor`: what is wrong is marked, what is secret is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from esviewer import __version__
from esviewer.app.connections import Connections, SavedConnection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "own"


@pytest.fixture
def doctor(run, folder: Path, tmp_path: Path) -> Callable[..., Any]:
    """`esviewer doctor` with a home and a configuration of its own."""

    def call(*arguments: str, **variables: str) -> Any:
        places = {"HOME": str(tmp_path), "ESVIEWER_CONFIG_DIR": str(folder), "QT_QPA_PLATFORM": "offscreen"}
        return run("doctor", *arguments, **{**places, **variables})

    return call


def facts(text: str) -> dict[str, dict[str, object]]:
    return {f"{each['section']}/{each['name']}": each for each in map(json.loads, text.splitlines())}


def test_a_sound_installation(doctor, folder: Path) -> None:
    found = doctor("--json")
    assert (found.code, found.err) == (0, "")
    told = facts(found.out)
    assert told["program/esviewer"]["value"] == __version__
    assert told["window/opens"]["value"] == "yes (offscreen)"
    assert told["folders/settings"]["value"] == "~/own (not there yet)"
    assert not any(each["wrong"] for each in told.values())
    table = doctor("--no-window").out
    assert "SQLAlchemy" in table
    assert "opens" not in table


def test_what_is_wrong_is_marked(doctor, folder: Path) -> None:
    folder.mkdir()
    (folder / "settings.json").write_text("{", encoding="utf-8")
    (folder / "layouts").mkdir()
    (folder / "layouts" / "mine.toml").write_text("name = 3\n", encoding="utf-8")
    found = doctor("--json", QT_QPA_PLATFORM="none-such")
    assert found.code == 1
    assert "3 of these may be why something doesn't work." in found.err
    wrong = [each for each in map(json.loads, found.out.splitlines()) if each["wrong"]]
    assert [(each["section"], each["name"]) for each in wrong] == [
        ("own files", "settings.json"), ("own files", "layouts"), ("window", "opens")
    ]
    assert "mine.toml" in wrong[1]["value"]
    assert "none-such" in wrong[2]["value"]
    assert "! is damaged" in doctor("--no-window").out


def test_a_folder_that_can_not_be_written(doctor, folder: Path) -> None:
    folder.write_text("a file, where the folder should be", encoding="utf-8")
    told = facts(doctor("--no-window", "--json").out)
    assert told["folders/settings"]["wrong"]
    assert told["folders/data"]["value"] == "~/own/data (not there yet) can not be written"


def test_nothing_secret_is_told(doctor, folder: Path, tmp_path: Path) -> None:
    Connections(folder / "connections.json").add(SavedConnection("Payroll", "postgresql://ada@pay.example.org/people"))
    told = doctor(ESVIEWER_PASSWORD="s3cret-pass").out
    for secret in ("s3cret", "Payroll", "pay.example", "ada@", str(tmp_path)):
        assert secret not in told
    assert "connections.json" in told
