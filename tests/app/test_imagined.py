"""What ifs: marked wherever they go, and refused as evidence."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from helpers_demo import demo_store
from helpers_report import report_of

from esviewer.app.asking import whole_view
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.files import not_of_the_store
from esviewer.app.imagined import Imagined, edits_in, imagine
from esviewer.app.reporting import aggregate_report
from esviewer.app.session import Session, open_session
from esviewer.errors import UsageError
from esviewer.model.exactjson import NotJsonError, dumps, loads
from esviewer.questions.what_if import Edit, Edits, Insert, Move, Parting, Skip

NOT_EVIDENCE = "A what if is not what happened, so no report can be made of it."


@pytest.fixture
def session() -> Iterator[Session]:
    """The demo store, open."""
    opened = open_session(str(demo_store()))
    yield opened
    opened.close()


def imagined(session: Session, *steps: object) -> Imagined:
    view = whole_view(session, PUZZLING_ORDER)
    return imagine(session, view, Edits(steps))


def test_a_report_of_a_what_if_is_refused(session: Session) -> None:
    made = imagined(session, Skip(2))
    for subject in (made, made.made):
        assert subject.hypothetical
        with pytest.raises(UsageError) as refused:
            aggregate_report(session, subject)
        assert refused.value.message == NOT_EVIDENCE
    assert aggregate_report(session, PUZZLING_ORDER).counts.events > 0


def test_no_report_holds_a_hypothetical_state(session: Session) -> None:
    """Whoever puts a report together by hand is stopped as well."""
    made = imagined(session, Skip(2)).made
    last = made.imagined.versions[-1]
    rebuilt = made.imagined.rebuilt_at(last)
    assert rebuilt.hypothetical
    assert rebuilt.as_json()["hypothetical"] is True
    assert "hypothetical" not in made.real.rebuilt_at(2).as_json()
    report = report_of("x")
    end = replace(report.end, state=made.imagined.state_at(last), rebuilt=rebuilt)
    with pytest.raises(UsageError) as refused:
        replace(report, end=end)
    assert refused.value.message == NOT_EVIDENCE


def test_every_form_is_marked(session: Session) -> None:
    made = imagined(session, Skip(2))
    assert made.text().startswith("HYPOTHETICAL: these events are not what the store holds.\n")
    assert made.as_json()["hypothetical"] is True
    assert len(made.changes) == 1
    assert "In the end 1 place differs from the real state:" in made.text()


def test_edits_come_back_from_a_file(tmp_path: Path) -> None:
    data = loads('{"big": 18446744073709551617, "price": 1.10, "text": "⏎"}')
    steps = (Skip(3), Edit(4, data, "Renamed"), Insert(None, "New", data, {"actor": "me"}), Move(5, None))
    file = tmp_path / "edits.json"
    file.write_text(dumps(Edits(steps).as_json()), encoding="utf-8")
    read = edits_in(file)
    assert read == Edits(steps)
    assert dumps(read.as_json()) == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [None, "", "[{]", '{"skip": 1}', '[{"skip": "1"}]', "[" * 5000])
def test_bad_edits_are_told_in_one_sentence(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "edits.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(UsageError) as refused:
        edits_in(file)
    assert "\n" not in str(refused.value)


def test_the_line_of_a_mistake_in_json_is_known() -> None:
    with pytest.raises(NotJsonError) as refused:
        loads('{\n "a": 1,\n "b": }')
    assert refused.value.line == 3


def test_a_file_is_never_the_store(tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    store.touch()
    link = tmp_path / "link.json"
    link.symlink_to(store)
    for name in (store, link, tmp_path / "store.db-wal"):
        with pytest.raises(UsageError, match="never written"):
            not_of_the_store(str(name), str(store))
    assert not_of_the_store(str(tmp_path / "other.json"), str(store)) == tmp_path / "other.json"
    assert not_of_the_store(str(tmp_path / "other.json"), "postgresql://host/db") == tmp_path / "other.json"


def test_they_part_at_the_event_that_was_left_out(session: Session) -> None:
    payment = imagined(session, Skip(9))
    assert payment.parts_at == 9
    assert "The timelines part at version 9." in payment.text()
    assert imagined(session, Skip(9), Skip(10)).parts_at == 9
    assert imagined(session, Skip(16)).parts_at == 16
    assert imagined(session, Move(9, 12)).parts_at == 9
    edited = imagined(session, Edit(13, {"text": "else"}))
    assert (edited.parts_at, edited.parting) == (13, Parting(13))
    inserted = imagined(session, Insert(4, "NoteAdded", {"text": "new"}))
    assert (inserted.parts_at, inserted.parting) == (None, Parting(5))
    assert imagined(session).parting is None
