"""An export that was interrupted is gone on with only where that gives the same file as one that was not."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers_exported import FORMS, check_same, exported

from esviewer.app.exporting import run as running
from esviewer.app.exporting import targets
from esviewer.app.exporting.run import Asked, Interrupted, export
from esviewer.app.exporting.selection import Selection
from esviewer.app.masking import OFF, InForce
from esviewer.app.session import Session, open_session
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.masking import USUAL, Masking
from esviewer.stores.store import Store

EVENTS = 900


def write(path: Path, events: int = EVENTS, key: str = "id INTEGER PRIMARY KEY,") -> Path:
    """A store whose aggregates take turns."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            f"CREATE TABLE events ({key} aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER,"
            " timestamp TEXT, UNIQUE (aggregate_id, version))"
        )
        connection.executemany(
            "INSERT INTO events (aggregate_id, event_type, event_data, version, timestamp) VALUES (?, ?, ?, ?, ?)",
            [
                (f"a{n % 9}", "Made", json.dumps({"n": n, "email": f"p{n % 5}@example.org"}), n // 9, "2026-01-01")
                for n in range(events)
            ],
        )
    return path


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    session = open_session(str(write(tmp_path / "store.db")))
    yield session
    session.close()


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches, segments and files of few events."""
    monkeypatch.setattr(running, "_TEXT_BATCH", 50)
    monkeypatch.setattr("esviewer.app.exporting.parquet.ROWS", 50)
    monkeypatch.setattr(targets, "SEGMENT", 200)
    monkeypatch.setattr(targets, "WHOLE", 150)


class GoneError(Exception):
    """What a server that is gone raises, as far as an export is concerned."""


def breaking(after: int, error: BaseException) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """Lets so many events through."""

    passed = 0

    def cut(events: Iterator[Any]) -> Iterator[Any]:
        nonlocal passed
        for each in events:
            if passed == after:
                raise error
            passed += 1
            yield each

    return cut


def interrupt(
    monkeypatch: pytest.MonkeyPatch, session: Session, form: str, folder: Path, after: int, **how: Any
) -> Interrupted:
    """Begin an export that breaks after some events."""
    told = Interrupted()
    with monkeypatch.context() as patched:
        cut = breaking(after, how.pop("error", None) or GoneError())
        events = running.Selecting._kept
        patched.setattr(running.Selecting, "_kept", lambda self, found: events(self, cut(found)))
        with pytest.raises((GoneError, KeyboardInterrupt)):
            exported(session, form, folder, interrupted=told, **how)
    return told


def whole(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of all files in a folder."""
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return {each.name: each.read_bytes() for each in files}


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("after", [430, 899])
def test_what_was_interrupted_becomes_the_same_file(
    form: str, after: int, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    straight.mkdir()
    broken.mkdir()
    expected, _ = exported(session, form, straight)
    told = interrupt(monkeypatch, session, form, broken, after)
    assert 0 < told.events <= after
    assert [each.name for each in broken.iterdir() if not each.name.startswith(".")] == []
    if after < 500 and form != "folder":
        told = interrupt(monkeypatch, session, form, broken, 60 + after - told.events, resume=True)
        assert told.events > 430
    path, done = exported(session, form, broken, resume=True)
    assert done.events == EVENTS
    assert done.went_on_after == told.events
    assert [each.name for each in broken.iterdir()] == [path.name]
    if form == "parquet":
        check_same(session, path)  # its row groups end where it was interrupted
    else:
        assert whole(path) == whole(expected)


def test_one_aggregate_is_gone_on_with_by_version(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "_TEXT_BATCH", 10)
    one = Selection(aggregate_id="a3")
    told = interrupt(monkeypatch, session, "jsonl", tmp_path, 45, selection=one)
    assert told.events == 45
    path, done = exported(session, "jsonl", tmp_path, one, resume=True)
    assert done.events == 100
    assert [json.loads(line)["version"] for line in path.read_text().splitlines()] == list(range(100))


@pytest.mark.usefixtures("small_pieces")
def test_marks_and_counts_of_what_is_masked_go_on(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = InForce(USUAL, "the usual rules")
    interrupt(monkeypatch, session, "jsonl", tmp_path, 500, rules=rules)
    folder = next(each for each in tmp_path.iterdir() if each.name.startswith(".esviewer-export-"))
    assert folder.stat().st_mode & 0o077 == 0
    path, done = exported(session, "jsonl", tmp_path, rules=rules, resume=True)
    marks = {json.loads(line)["data"]["email"] for line in path.read_text(encoding="utf-8").splitlines()}
    assert len(marks) == 5
    assert all(mark.startswith("‹masked ") for mark in marks)
    assert done.masker is not None
    assert done.masker.counts.total() == EVENTS
    assert not folder.exists()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("form", ["jsonl", "parquet", "folder"])
def test_what_was_changed_since_is_not_gone_on_with(
    form: str, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(monkeypatch, session, form, tmp_path, 700)
    part = max((each for each in tmp_path.glob(".esviewer-export-*/**/*") if each.suffix in ("", ".parquet")
                and each.is_file() and each.name != "lock"), key=lambda each: each.stat().st_size)  # fmt: skip
    part.write_bytes(part.read_bytes()[:40] + b"x" + part.read_bytes()[41:])
    with pytest.raises(EsviewerError, match="was changed since"):
        exported(session, form, tmp_path, resume=True)
    # Anew it can be.
    assert exported(session, form, tmp_path)[1].went_on_after == 0


@pytest.mark.usefixtures("small_pieces")
def test_other_options_and_another_store_are_not_gone_on_with(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt(monkeypatch, session, "jsonl", tmp_path, 700)
    for selection, rules, what in (
        (Selection(type_glob="M*"), OFF, "selection"),
        (Selection(where="data.n > 1"), OFF, "selection"),
        (None, InForce(USUAL, "usual"), "masking"),
    ):
        with pytest.raises(UsageError, match=f"another {what}"):
            exported(session, "jsonl", tmp_path, selection, rules, resume=True)
    other = open_session(str(write(tmp_path / "other.db")))
    with pytest.raises(UsageError, match="another store"):
        exported(other, "jsonl", tmp_path, resume=True)
    other.close()
    assert exported(session, "jsonl", tmp_path, resume=True)[1].events == EVENTS


@pytest.mark.usefixtures("small_pieces")
def test_a_store_whose_last_event_changed_is_not_gone_on_with(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = interrupt(monkeypatch, session, "jsonl", tmp_path, 700)
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection, connection:
        connection.execute("DELETE FROM events WHERE id = ?", (told.events,))
    with pytest.raises(UsageError, match="not in the store any more"):
        exported(session, "jsonl", tmp_path, resume=True)


@pytest.mark.parametrize(
    ("key", "why"), [("", "row ids"), ("id TEXT DEFAULT 'x',", "row ids")], ids=["row ids", "texts"]
)
def test_without_positions_it_says_so(key: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_TEXT_BATCH", 50)
    session = open_session(str(write(tmp_path / "plain.db", key=key)))
    try:
        told = interrupt(monkeypatch, session, "jsonl", tmp_path, 700)
        assert told.events == 0
        assert [each.name for each in tmp_path.iterdir()] == ["plain.db"]
        with pytest.raises(UsageError, match=why):
            exported(session, "jsonl", tmp_path, resume=True)
        assert exported(session, "jsonl", tmp_path)[1].events == EVENTS
    finally:
        session.close()


def test_masked_ids_are_not_gone_on_with(session: Session, tmp_path: Path) -> None:
    rules = InForce(Masking(aggregate_types=("order",)), "mine")
    with pytest.raises(UsageError, match="ids are masked"):
        exported(session, "jsonl", tmp_path, rules=rules, resume=True)


def test_what_another_process_writes_is_left_alone(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    events = Store.events

    def meanwhile(self: Store, *arguments: Any, **more: Any) -> Any:
        if not seen:
            seen.append("")
            with pytest.raises(EsviewerError, match="by another process") as raised:
                export(session, Asked(tmp_path / "events.jsonl"), OFF)
            seen.append(str(raised.value))
        return events(self, *arguments, **more)

    monkeypatch.setattr(Store, "events", meanwhile)
    assert exported(session, "jsonl", tmp_path)[1].events == EVENTS
    assert seen[1]


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("form", FORMS)
def test_an_interruption_at_any_event(
    form: str, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for after in (0, 1, 49, 50, 51, 199, 200, 201):
        interrupt(monkeypatch, session, form, tmp_path, after, error=KeyboardInterrupt())
        path, done = exported(session, form, tmp_path, resume=True)
        assert done.events == EVENTS
        assert done.went_on_after <= after
        if form in ("jsonl", "cloudevents", "csv"):
            assert len(path.read_bytes().splitlines()) == EVENTS + (form == "csv")
    check_same(session, path)


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("form", FORMS)
def test_what_is_slow_is_kept_by_the_clock(
    form: str, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed, it loses no more than some seconds, however few events these are."""
    for target in (targets.TextTarget, targets.ParquetTarget, targets.FolderTarget):
        monkeypatch.setattr(target, "seconds", 0.0)
    saved: list[int] = []
    save = running.Attempt.save

    def saving(self: running.Attempt, state: Any) -> None:
        save(self, state)
        saved.append(state["events"])

    monkeypatch.setattr(running.Attempt, "save", saving)
    straight = tmp_path / "straight"
    straight.mkdir()
    path, done = exported(session, form, straight)
    assert done.events == EVENTS
    # A folder's files end with an aggregate, and the last one with the export.
    assert saved == (list(range(100, EVENTS, 100)) if form == "folder" else list(range(1, EVENTS + 1)))
    check_same(session, path)
    told = interrupt(monkeypatch, session, form, tmp_path, 430)
    assert told.events == (400 if form == "folder" else 430)
    path, done = exported(session, form, tmp_path, resume=True)
    assert (done.events, done.went_on_after) == (EVENTS, told.events)
    check_same(session, path)


@pytest.mark.usefixtures("small_pieces")
def test_what_is_left_out_is_counted_once(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = Selection(where="data.n < 30 or data.n > 30 + 'x'")
    expected = exported(session, "jsonl", tmp_path, some)[1]
    assert (expected.events, expected.untold) == (30, EVENTS - 30)
    told = interrupt(monkeypatch, session, "jsonl", tmp_path, 500, selection=some)
    assert told.events == 30
    done = exported(session, "jsonl", tmp_path, some, resume=True)[1]
    assert (done.events, done.untold) == (30, EVENTS - 30)


def test_a_full_disk_leaves_what_was_there(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_text("old")
    if not Path("/dev/full").exists():
        pytest.skip("no device that is full")
    with pytest.raises(EsviewerError, match="No space left"):
        export(session, Asked(Path("/dev/full")), OFF)
    assert path.read_text() == "old"
