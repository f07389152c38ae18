"""Every writer on a disk that is full: one sentence, what was there stays as it was, and nothing half written is left.

Where no disk can be mounted, files may not become larger than a little, which fails in the same places.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from helpers_full import LEFT, full_disk

pytestmark = pytest.mark.skipif(os.name != "posix", reason="disks and limits as POSIX has them")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of which anything that is written is more than fits."""
    path = tmp_path_factory.mktemp("store") / "store.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TABLE events (id INTEGER PRIMARY KEY, aggregate_id TEXT, event_type TEXT, event_data TEXT,"
            " version INTEGER, timestamp TEXT, UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events VALUES (?, 'a', ?, ?, ?, '2026-01-01T00:00:00Z')",
            [
                (at, f"Kind{at % 50}", json.dumps({f"field{at}": os.urandom(60).hex(), "n": at}), at)
                for at in range(1, 400)
            ],
        )
    return path


@pytest.fixture(scope="module")
def seal(store: Path) -> Path:
    """The store's seal, where there is room."""
    seal = store.with_name("seal")
    subprocess.run([sys.executable, "-m", "esviewer", "seal", store, seal], check=True, capture_output=True)
    return seal


@pytest.fixture
def write(run: Callable, tmp_path: Path) -> Iterator[Callable[..., tuple[int, str]]]:
    """`write("seal", store, file)` where nothing fits in `tmp_path / "full"`."""
    import resource

    with full_disk(tmp_path / "full") as mounted:

        def call(*arguments: object) -> tuple[int, str]:
            if mounted:
                done = run(*arguments)
                return done.code, done.err
            limited = subprocess.run(
                [sys.executable, "-m", "esviewer", *map(str, arguments)], capture_output=True, text=True, check=False,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LEFT, LEFT)),
            )  # fmt: skip
            return limited.returncode, limited.stderr

        yield call


def files(folder: Path) -> dict[str, bytes]:
    return {str(each.relative_to(folder)): each.read_bytes() for each in sorted(folder.rglob("*")) if each.is_file()}


def test_one_sentence_and_nothing_left(write: Callable, store: Path, seal: Path, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    projection = tmp_path / "p.toml"
    projection.write_text("kind = 'log'\n[columns]\ntext = 'data'\n")
    case = tmp_path / "full" / "small.case"
    old = folder / "old.jsonl"
    old.write_text("old")
    assert write("case", "create", case, store)[0] == 0
    before = files(folder)
    commands: list[tuple[object, ...]] = [
        *(("export", store, "--format", each, "--output", folder / f"o.{each}") for each in ("csv", "cloudevents")),
        ("export", store, "--format", "jsonl", "--output", old),
        ("export", store, "--format", "parquet", "--output", folder / "o.parquet"),
        ("export", store, "--format", "parquet", "--partition-by", "aggregate", "--output", folder / "o"),
        *(("report", store, "a", "--output", folder / f"r.{each}") for each in ("html", "pdf", "xlsx", "csv", "md")),
        ("report", store, "a", "--seal", seal, "--output", folder / "proven.json"),
        ("audit", store, "--fail-on", "never", "--report", folder / "a.html"),
        ("seal", store, folder / "s"),
        ("case", "pin", case, store, "--state", "a"),
        ("case", "report", case, "--output", folder / "case.html"),
        *(("projection", projection, store, "--output", folder / f"p.{each}") for each in ("duckdb", "csv", "sqlite")),
        ("import", store, "--output", folder / "i.db"),
        ("demo", folder / "demo.db"),
        ("schema", store, "--output", folder / "s.md"),
    ]
    for command in commands:
        code, said = write(*command)
        errors = [line for line in said.splitlines() if line.startswith("Error: ")]
        assert (code, len(errors)) == (3, 1), (command, said)
        reasons = ("No space left on device", "database or disk is full", "File too large", "disk I/O error")
        assert any(reason in errors[0] for reason in reasons), (command, errors)
        assert not errors[0].endswith(("device.", "full.", "large.")), (command, "says what to do")
        assert "This is a fault of esviewer" not in said, command
        assert files(folder) == before, command


def test_a_full_disk_under_the_settings_keeps_the_old_ones(write: Callable, tmp_path: Path) -> None:
    del write
    from esviewer.app.bookmarks import Bookmark, Bookmarks
    from esviewer.app.connections import Connections, SavedConnection
    from esviewer.app.drafts import Draft, keep_draft, read_draft
    from esviewer.app.links import Link
    from esviewer.app.settings import Settings
    from esviewer.errors import EsviewerError

    folder = tmp_path / "full"
    if not folder.is_mount():
        pytest.skip("no disk can be mounted here")
    settings = Settings(folder / "settings.json")
    settings.put("theme", "dark")
    bookmarks = Bookmarks(folder / "bookmarks.json")
    bookmarks.add("/s.db", Bookmark("here", Link("/s.db", "a", 1)))
    connections = Connections(folder / "connections.json")
    connections.add(SavedConnection("mine", "/s.db"))
    keep_draft(folder / "draft", Draft("text", None))
    fill = folder / "fill"
    with pytest.raises(OSError, match="No space"):
        fill.write_bytes(bytes(1 << 20))
    before = files(folder)

    settings.put("recent", ["x" * 9000])
    with pytest.raises(EsviewerError, match="No space left"):
        bookmarks.add("/s.db", Bookmark("x" * 9000, Link("/s.db", "a", 2)))
    with pytest.raises(EsviewerError, match="No space left"):
        connections.add(SavedConnection("other", "/" + "y" * 9000))
    keep_draft(folder / "draft", Draft("z" * 9000, None))
    assert files(folder) == before
    assert Settings(folder / "settings.json").get("theme") == "dark"
    assert [each.name for each in bookmarks.of("/s.db")] == ["here"]
    kept = read_draft(folder / "draft")
    assert kept is not None
    assert kept.text == "text"


def test_a_folder_that_only_reads_is_told_before_the_work(run: Callable, store: Path, tmp_path: Path) -> None:
    """For who may write everywhere; for others see test_unprivileged.py."""
    folder = tmp_path / "read"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        for command in (
            ("export", store, "--output", folder / "o.jsonl"),
            ("report", store, "a", "--output", folder / "r.html"),
            ("seal", store, folder / "s"),
            ("import", store, "--output", folder / "i.db"),
            ("demo", folder / "d.db"),
            ("case", "create", folder / "c", store),
        ):
            done = run(*command)
            errors = [line for line in done.err.splitlines() if line.startswith("Error: ")]
            assert (done.code, len(errors)) == (3, 1), (command, done.err)
            assert "Read-only file system" in errors[0] or "can't be written to" in errors[0], errors
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
