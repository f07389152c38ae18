"""A case's file while it is open: never over what others wrote, and remembered for its store."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from esviewer.app.cases.case import Case, read_case, write_case
from esviewer.app.cases.keeping import CaseFile, beside, new_file, open_file, together
from esviewer.app.cases.pinning import new_case, pin_event, pin_state
from esviewer.app.cases.recent import MOST, RecentCases
from esviewer.app.cases.reporting import case_report
from esviewer.app.session import Session, open_session
from esviewer.errors import NotFoundError, UsageError

ORDER = "order-00042"


@pytest.fixture
def session(tmp_path: Path):
    from helpers_demo import demo_store

    store = tmp_path / "shop.db"
    shutil.copy(demo_store(), store)
    found = open_session(str(store))
    yield found
    found.close()


@pytest.fixture
def case(session: Session) -> Case:
    found = new_case(session, "A case", "why")
    for version in (3, 5, 7):
        found = found.with_pin(pin_event(session, ORDER, version))
    return found


def ids(case: Case) -> list[int]:
    return [pin.id for pin in case.pins]


def test_pins_are_moved(case: Case) -> None:
    assert ids(case.moved(1, 1)) == [2, 1, 3]
    assert ids(case.moved(3, -2)) == [3, 1, 2]
    assert ids(case.moved(1, 99)) == [2, 3, 1]
    assert ids(case.moved(1, -1)) == [1, 2, 3]
    with pytest.raises(NotFoundError):
        case.moved(9, 1)


def test_a_file_that_others_changed_is_left_alone(case: Case, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "a.case.json"
    kept = new_file(file, case, session.store.label)
    assert kept.look() is None
    theirs = replace(case, title="Theirs").with_pin(pin_state(session, ORDER, 4))
    write_case(theirs, file)
    left = file.read_bytes()
    found = kept.look()
    assert found is not None
    assert found.case.title == "Theirs"
    mine = replace(case, title="Mine")
    saved = kept.save(mine)
    assert saved.left == file
    assert saved.file == tmp_path / "a (2).case.json"
    assert file.read_bytes() == left
    assert read_case(saved.file).title == "Mine"
    assert kept.save(replace(mine, note="more")).left is None
    assert read_case(saved.file).note == "more"
    both = together(mine, read_case(file))
    assert ids(both) == [1, 2, 3, 4]
    assert both.pins[3].digest == theirs.pins[3].digest
    assert ids(together(both, theirs)) == [1, 2, 3, 4]


def test_what_others_wrote_can_be_taken_as_known(case: Case, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    kept = new_file(file, case, session.store.label)
    write_case(replace(case, title="Theirs"), file)
    found = kept.look()
    assert found is not None
    kept.know(found)
    assert kept.save(replace(found.case, note="mine")).left is None
    assert (read_case(file).title, read_case(file).note) == ("Theirs", "mine")


def test_a_file_that_is_gone_is_written_anew(case: Case, session: Session, tmp_path: Path) -> None:
    kept = new_file(tmp_path / "case.json", case, session.store.label)
    (tmp_path / "case.json").unlink()
    assert kept.look() is None
    assert kept.save(case).left is None
    assert ids(read_case(tmp_path / "case.json")) == [1, 2, 3]


def test_no_case_takes_the_place_of_a_file(case: Case, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    file.write_text("mine")
    with pytest.raises(UsageError, match="there already"):
        new_file(file, case, session.store.label)
    assert file.read_text() == "mine"
    with pytest.raises(UsageError, match="never written"):
        new_file(Path(f"{session.store.label}-wal"), case, session.store.label)
    # One whose content is not known, such as a rescued one of the same name.
    assert CaseFile(file, None).save(case).file == tmp_path / "case (2).json"
    assert file.read_text() == "mine"


def test_a_name_beside_another(tmp_path: Path) -> None:
    file = tmp_path / "a.b.case.json"
    assert beside(file).name == "a.b (2).case.json"
    (tmp_path / "a.b (2).case.json").touch()
    assert beside(file).name == "a.b (3).case.json"
    assert beside(tmp_path / "plain").name == "plain (2)"


def test_opening_reads_what_the_command_line_reads(case: Case, tmp_path: Path) -> None:
    file = tmp_path / "case.json"
    write_case(case, file)
    kept, found = open_file(file)
    assert found.as_json() == case.as_json() == read_case(file).as_json()
    before = file.stat().st_mtime_ns
    assert kept.save(found).left is None
    assert file.stat().st_mtime_ns == before


def test_recent_cases_by_store(tmp_path: Path) -> None:
    recent = RecentCases(tmp_path / "recent.json")
    assert recent.of("one") == []
    for number in range(MOST + 3):
        recent.add("one", tmp_path / f"{number}.json")
    recent.add("two", tmp_path / "x.json")
    recent.add("one", tmp_path / "5.json")
    assert [file.name for file in recent.of("one")][:3] == ["5.json", "12.json", "11.json"]
    assert len(recent.of("one")) == MOST
    recent.forget("one", tmp_path / "12.json")
    assert tmp_path / "12.json" not in recent.of("one")
    assert recent.of("two") == [tmp_path / "x.json"]
    recent.add("", tmp_path / "x.json")
    assert recent.of("") == []
    recent.file.write_text("damaged")
    assert recent.of("one") == []


def test_a_case_is_about_a_file_wherever_it_is_read(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules beside the store mask its report, also from another folder than the one it was begun in."""
    (tmp_path / "shop.db.masking.toml").write_text('names = ["currency"]\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    opened = open_session("shop.db")
    case = new_case(opened, "").with_pin(pin_state(opened, ORDER, 3))
    opened.close()
    monkeypatch.chdir("elsewhere")
    assert case.store["label"] == session.store.label
    assert "\u2039masked" in str(case_report(case).pins[0].content["state"])
