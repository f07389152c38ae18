"""Two windows at once, damaged files, and files of a newer release: what the one keeps the other does not lose."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from esviewer.app.bookmarks import Bookmark, Bookmarks
from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.drafts import Draft, draft_of, keep_draft, read_draft
from esviewer.app.kept_tabs import KeptTab, keep_tabs, kept_tabs
from esviewer.app.links import Link
from esviewer.app.settings import RecentStore, Settings
from esviewer.errors import StoreError
from esviewer.plugins import switched_off

_WRITER = """
import sys
from pathlib import Path
from esviewer.app.bookmarks import Bookmark, Bookmarks
from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.links import Link
from esviewer.app.plugins import switch
from esviewer.app.settings import RecentStore, Settings
from esviewer.plugins import Plugin

name, times = sys.argv[1], int(sys.argv[2])
settings, marks, saved = Settings(), Bookmarks(), Connections()
print("ready", flush=True)
sys.stdin.readline()
for number in range(times):
    settings.put(f"{name}-{number}", number)
    settings.add_recent(RecentStore(f"/{name}/{number % 3}.db", name, "reference"))
    marks.add("/s.db", Bookmark(f"{name}-{number}", Link("/s.db", "a", number)))
    saved.add(SavedConnection(f"{name}-{number}", "/s.db"))
    switch([Plugin(name, "check", str(number), "1", "some:Check")], False)
"""


def test_two_processes_lose_nothing_of_each_other() -> None:
    times = 12
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, name, str(times)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("one", "two")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=60)
        assert writer.returncode == 0
    names = {f"{name}-{number}" for name in ("one", "two") for number in range(times)}
    settings = Settings()
    assert all(settings.get(each) == int(each.rpartition("-")[2]) for each in names)
    assert {each.target for each in settings.recent()} == {f"/{n}/{at}.db" for n in ("one", "two") for at in range(3)}
    assert {each.name for each in Bookmarks().of("/s.db")} == names
    assert {each.name for each in Connections().all()} == names
    assert switched_off() == {f"{name}:check/{number}" for name in ("one", "two") for number in range(times)}


def test_a_window_changes_what_it_changes_and_nothing_else() -> None:
    first, second = Settings(), Settings()
    first.put("theme", "dark")
    second.put("language", "ja")
    for settings, store in ((first, "/a.db"), (second, "/b.db")):
        settings.add_recent(RecentStore(store, store, "reference"))
        keep_tabs(settings, store, [KeptTab(Link(store, "x", 1))])
    now = Settings()
    assert (now.get("theme"), now.get("language")) == ("dark", "ja")
    assert [each.target for each in now.recent()] == ["/b.db", "/a.db"]
    assert [len(kept_tabs(now, store)) for store in ("/a.db", "/b.db")] == [1, 1]


def test_the_draft_of_another_store_stays() -> None:
    keep_draft(draft_of("rules", "/a.db"), Draft("a", None))
    keep_draft(draft_of("rules", "/b.db"), Draft("b", None))
    keep_draft(draft_of("rules", "/a.db"), None)
    kept = read_draft(draft_of("rules", "/b.db"))
    assert kept is not None
    assert kept.text == "b"


@pytest.mark.parametrize("content", [b"{", b"[1]", b"\xff\xfe", b"\x00" * 50, b"[" * 100_000, b'"x"'])
def test_damaged_settings_are_kept_aside(content: bytes, own_configuration: Path) -> None:
    file = own_configuration / "settings.json"
    file.write_bytes(content)
    settings = Settings()
    assert settings.recent() == []
    settings.put("theme", "dark")
    assert Settings().get("theme") == "dark"
    assert (own_configuration / "settings.json.damaged").read_bytes() == content


def test_settings_of_a_newer_release_keep_what_this_one_does_not_know(own_configuration: Path) -> None:
    file = own_configuration / "settings.json"
    newer = {"version": 7, "theme": {"name": "sepia"}, "recent": {"pinned": ["/a.db"]}, "tabs": [1], "panes": [1, 2]}
    file.write_text(json.dumps(newer))
    settings = Settings()
    assert settings.recent() == []
    assert kept_tabs(settings, "/a.db") == []
    settings.put("language", "ja")
    assert json.loads(file.read_text()) == {**newer, "language": "ja"}


@pytest.mark.parametrize("name", ["bookmarks", "connections", "saved-filters", "reducers", "ignored-paths"])
def test_files_of_a_newer_release_are_left_as_they_are(name: str, own_configuration: Path) -> None:
    from esviewer.app.assignments import Assignments
    from esviewer.app.ignored_paths import IgnoredPaths
    from esviewer.app.saved_filters import SavedFilters

    changes = {
        "bookmarks": (Bookmarks, lambda kept: kept.add("/s.db", Bookmark("b", Link("/s.db", "a")))),
        "connections": (Connections, lambda kept: kept.add(SavedConnection("c", "/s.db"))),
        "saved-filters": (SavedFilters, lambda kept: kept.put("/s.db", {})),
        "reducers": (Assignments, lambda kept: kept.put("/s.db", "a", None)),
        "ignored-paths": (IgnoredPaths, lambda kept: kept.put("/s.db", ["/a"])),
    }
    make, change = changes[name]
    kept = make()
    content = b'{"version": 2, "stores": {}, "connections": [], "new": 1}'
    kept.file.write_bytes(content)
    with pytest.raises(StoreError, match="was written by a newer esviewer") as raised:
        change(kept)
    assert raised.value.hint
    assert kept.file.read_bytes() == content
    assert own_configuration in kept.file.parents
