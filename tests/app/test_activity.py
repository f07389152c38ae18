"""The activity log: a chain of lines that shows what was changed, and that never stops anybody's work."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from pathlib import Path

import pytest

from esviewer.app import activity
from esviewer.app.operator import give
from esviewer.app.session import open_session


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is warned of; as in a process of its own."""
    warned: list[str] = []
    monkeypatch.setattr(activity._Warned, "done", False)
    monkeypatch.setattr(activity, "_OPENED", set())
    monkeypatch.setattr(activity._Warned, "how", warned.append)
    return warned


def lines(where: Path) -> list[bytes]:
    return [line for file in activity.files(where) for line in file.read_bytes().splitlines(keepends=True)]


def whats(where: Path) -> list[str]:
    return [entry["what"] for entry in activity.entries(where=where)]


def test_each_line_says_who_what_and_the_one_before(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    out.write_bytes(b"abc")
    give("Ada  L.")
    try:
        assert activity.note("export", store="shop.db", file=out, where=tmp_path, events=3)
    finally:
        give(None)
    assert activity.note("seal", where=tmp_path)
    first, second = activity.entries(where=tmp_path)
    assert first["what"] == "export"
    assert first["operator"] == "Ada L."
    assert first["store"] == "shop.db"
    assert first["file"] == str(out)
    assert first["sha256"] == hashlib.sha256(b"abc").hexdigest()
    assert first["events"] == 3
    assert first["before"] == activity.START
    assert second["operator"] is None
    assert second["before"] == hashlib.sha256(lines(tmp_path)[0].rstrip(b"\n")).hexdigest()
    assert [*activity.check(tmp_path)] == []


def test_a_store_is_named_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shop.db").touch()
    monkeypatch.chdir(tmp_path)
    for store in ("shop.db", "postgresql://ada@host/shop", "x" * 5000):
        activity.note("open", store=store, where=tmp_path / "log")
    found = [entry["store"] for entry in activity.entries(where=tmp_path / "log")]
    assert found[:2] == [str(tmp_path / "shop.db"), "postgresql://ada@host/shop"]
    assert len(found) == 3


def test_it_is_in_the_users_own_folder(own_configuration: Path) -> None:
    activity.note("open")
    file = own_configuration / "state" / "activity.jsonl"
    assert file.exists()
    if os.name == "posix":
        assert file.stat().st_mode & 0o077 == 0


def test_what_was_tampered_with_shows(tmp_path: Path) -> None:
    for number in range(6):
        activity.note(f"thing {number}", where=tmp_path)
    file = tmp_path / activity.NAME
    whole = lines(tmp_path)

    def broken(changed: list[bytes]) -> list[int]:
        file.write_bytes(b"".join(changed))
        return [each.line for each in activity.check(tmp_path)]

    assert broken(whole) == []
    assert broken([*whole[:2], whole[2].replace(b"thing 2", b"thing 9"), *whole[3:]]) == [4]
    assert broken(whole[:2] + whole[3:]) == [3]
    assert broken([whole[0], whole[1], whole[1], *whole[2:]]) == [3]
    assert broken([whole[1], whole[0], *whole[2:]]) == [1, 2, 3]
    assert broken(whole[:4]) == [4], "taken from the end"
    assert broken(whole[2:]) == [1], "taken from the start"
    assert broken([]) == [1]
    assert broken([*whole[:3], b"rubbish\n", *whole[3:]]) == [4, 5]
    assert broken([*whole[:5], whole[5].replace(b"thing 5", b"thing 6")]) == [6]


def test_the_chain_goes_on_after_a_line_that_was_cut_off(tmp_path: Path) -> None:
    activity.note("one", where=tmp_path)
    with (tmp_path / activity.NAME).open("ab") as out:
        out.write(b'{"at": "2026-')
    activity.note("two", where=tmp_path)
    assert whats(tmp_path) == ["one", "two"]
    assert [each.line for each in activity.check(tmp_path)] == [2]


def test_it_is_put_aside_when_it_is_large_and_the_chain_goes_on(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(activity, "MOST_BYTES", 1_000)
    monkeypatch.setattr(activity, "MOST_FILES", 3)
    for number in range(30):
        activity.note(f"thing {number}", where=tmp_path)
    assert len(activity.files(tmp_path)) == 3
    assert [*activity.check(tmp_path)] == []
    kept = whats(tmp_path)
    assert kept == [f"thing {number}" for number in range(30 - len(kept), 30)]
    first = activity.files(tmp_path)[1]
    first.write_bytes(first.read_bytes().replace(b"thing", b"thong", 1))
    assert len([*activity.check(tmp_path)]) == 1


def _write(where: str, name: str) -> None:
    for number in range(25):
        assert activity.note(f"{name} {number}", where=Path(where))


def test_two_processes_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(str(tmp_path), name)) for name in ("a", "b")]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert [each.exitcode for each in writers] == [0, 0]
    assert sorted(whats(tmp_path)) == sorted(f"{name} {number}" for name in ("a", "b") for number in range(25))
    assert [*activity.check(tmp_path)] == []


def test_that_it_can_not_be_written_is_said_once_and_stops_nothing(tmp_path: Path, fresh: list[str]) -> None:
    no_folder = tmp_path / "file"
    no_folder.write_text("x")
    assert not activity.note("open", where=no_folder)
    assert not activity.note("open", where=no_folder / "below")
    assert len(fresh) == 1
    assert "can't be written" in fresh[0]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where a full device is at hand")
def test_a_full_disk_leaves_no_half_line(tmp_path: Path, fresh: list[str]) -> None:
    (tmp_path / activity.NAME).symlink_to("/dev/full")
    assert not activity.note("open", where=tmp_path)
    assert len(fresh) == 1


def test_what_is_no_text_is_logged_all_the_same(tmp_path: Path) -> None:
    assert activity.note("open", store="a\ud800\n\x1b", where=tmp_path, more="x" * 100_000)
    [entry] = activity.entries(where=tmp_path)
    assert entry["store"] == "a\ud800\n\x1b"
    assert len(entry["more"]) < 3_000


def test_since(tmp_path: Path) -> None:
    from esviewer.model import instant

    activity.note("before", where=tmp_path)
    moment = instant.now()
    activity.note("after", where=tmp_path)
    assert [entry["what"] for entry in activity.entries(moment, tmp_path)] == ["after"]
    assert json.loads(lines(tmp_path)[0])["what"] == "before"


def test_a_session_is_logged_once_for_each_store(tmp_path: Path) -> None:
    from helpers_demo import demo_store

    for _ in range(3):
        open_session(str(demo_store())).close()
    [entry] = activity.entries()
    assert entry["what"] == "open"
    assert entry["store"].endswith(".db")
