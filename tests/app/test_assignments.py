"""Which file rebuilds which type is remembered for each store, and used by whatever opens it."""

from __future__ import annotations

import json
import shutil
import stat
from contextlib import closing
from pathlib import Path

import pytest
from helpers_demo import demo_store
from helpers_foreign import script_file
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.app.assignments import Assignments, store_key
from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.files import write_whole
from esviewer.app.reducers import Reducers
from esviewer.app.session import open_session
from esviewer.cli.main import main
from esviewer.errors import RulesError, StoreError
from esviewer.replay.foreign.reducer import ForeignReducer

ONE = 'name = "one"\n[[on]]\nevent = "*"\nset = { one = "1" }\n'
TWO = 'name = "two"\n[[on]]\nevent = "*"\nset = { two = "2" }\n'


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A demo store of the test's own, without rules beside it."""
    return Path(shutil.copyfile(demo_store(), tmp_path / "shop.db"))


def _file(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    return file


def test_a_choice_outlives_the_session(shop: Path, tmp_path: Path) -> None:
    file = _file(tmp_path, "one.toml", ONE)
    with closing(open_session(str(shop))) as session:
        assert session.reducer_for("order").name == "merge"
        session.assign("order", file)
        assert session.state(PUZZLING_ORDER, use_snapshots=False).state == {"one": 1}
    with closing(open_session(f"sqlite:///{shop}")) as session:
        assert session.state(PUZZLING_ORDER).rebuilt.reducer == "one"
        assert session.reducer_for("account").name == "merge"
        session.unassign("order")
        assert session.reducer_for("order").name == "merge"
    with closing(open_session(str(shop))) as session:
        assert session.reducer_for("order").inferred


def test_option_before_choice_before_beside_before_merge(shop: Path, tmp_path: Path) -> None:
    beside = _file(tmp_path / "shop.db.reducers", "two.toml", f'aggregate_type = "order"\n{TWO}')
    option = _file(tmp_path, "three.toml", 'name = "three"\naggregate_type = "order"\n')
    chosen = _file(tmp_path, "one.toml", f'aggregate_type = "something else"\n{ONE}')
    with closing(open_session(str(shop))) as session:
        found = session.reducers.choice_for("order")
        assert (found.reducer.name, found.file, found.how) == ("two", beside, "beside")
        session.assign("order", chosen)
        session.assign(None, None)
    with closing(open_session(str(shop))) as session:
        found = session.reducers.choice_for("order")
        assert (found.reducer.name, found.file, found.how, found.kind) == ("one", chosen, "assigned", "rules")
        assert session.reducers.choice_for("account").how == "inferred"
        assert session.reducers.choice_for("").how == "assigned"
        assert session.reducers.choice_for(None).kind == "merge"
    with closing(open_session(str(shop), reducers=[str(option)])) as session:
        assert session.reducers.choice_for("order").how == "named"
        assert session.reducer_for("order").name == "three"
        assert session.reducer_for("account").name == "merge"
        # What is chosen while it is open counts all the same.
        session.assign("order", chosen)
        assert session.reducer_for("order").name == "one"


def test_merge_can_be_chosen_over_rules_beside_the_store(shop: Path, tmp_path: Path) -> None:
    _file(tmp_path / "shop.db.reducers", "two.toml", TWO)
    with closing(open_session(str(shop))) as session:
        session.assign("order", None)
    with closing(open_session(str(shop))) as session:
        assert session.reducer_for("order").name == "merge"
        assert session.reducer_for("user").name == "two"
        session.unassign("order")
        assert session.reducer_for("order").name == "two"


def test_what_is_gone_or_bad_later_is_one_warning(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone, bad = _file(tmp_path, "gone.toml", ONE), _file(tmp_path, "bad.toml", TWO)
    with closing(open_session(str(shop))) as session:
        session.assign("order", gone)
        session.assign("user", bad)
    gone.unlink()
    bad.write_text("[[on]]\nevnt = 1\n")
    with closing(open_session(str(shop))) as session:
        assert session.reducer_for("order").inferred
        (warning,) = session.reducers.warnings
    assert str(gone) in warning
    assert "evnt" in warning

    with pytest.raises(SystemExit, match=r"^0$"):
        main(["state", str(shop), PUZZLING_ORDER, "--json"])
    said = capsys.readouterr()
    assert str(gone) in said.err
    assert json.loads(said.out)["rebuilt"]["reducer"] == "merge"


def test_the_command_line_uses_the_choice(shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _file(tmp_path, "one.toml", ONE)
    Assignments().put(store_key(str(shop)), "order", file)
    with pytest.raises(SystemExit, match=r"^0$"):
        main(["state", str(shop), PUZZLING_ORDER, "--no-snapshots", "--json"])
    assert json.loads(capsys.readouterr().out)["state"] == {"one": 1}


def test_a_saved_connection_has_choices_of_its_own(shop: Path, tmp_path: Path) -> None:
    one, two = _file(tmp_path, "one.toml", ONE), _file(tmp_path, "two.toml", TWO)
    Connections().add(SavedConnection("Prod", str(shop)))
    with closing(open_session("prod")) as session:
        session.assign("order", one)
    with closing(open_session(str(shop))) as session:
        assert session.reducer_for("order").inferred
        session.assign("order", two)
    for target, connection in (("PROD", None), (str(shop), "Prod")):
        with closing(open_session(target, connection=connection)) as session:
            assert session.reducer_for("order").name == "one"


def test_a_bad_file_changes_nothing(shop: Path, tmp_path: Path) -> None:
    file = _file(tmp_path, "one.toml", ONE)
    with closing(open_session(str(shop))) as session:
        session.assign("order", file)
        with pytest.raises(RulesError):
            session.assign("order", _file(tmp_path, "bad.toml", "on = 3\n"))
        with pytest.raises(RulesError):
            session.assign("order", tmp_path / "nowhere.toml")
        assert session.reducer_for("order").name == "one"
    with closing(open_session(str(shop))) as session:
        assert session.reducer_for("order").name == "one"


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    file = _file(tmp_path, "one.toml", ONE)
    reducers = Reducers([file])
    reducers.assign("order", file)
    file.write_text(TWO)
    assert reducers.for_type("order").name == "one"
    assert reducers.read_anew(tmp_path / "x" / ".." / "one.toml")
    assert reducers.for_type("order").name == "two"
    assert reducers.for_type("user").name == "two"
    file.write_text("broken")
    with pytest.raises(RulesError):
        reducers.read_anew(file)
    assert reducers.for_type("order").name == "two"
    assert not reducers.read_anew(tmp_path / "other.toml")


def test_types_share_the_program_of_one_foreign_file(tmp_path: Path) -> None:
    file = script_file(tmp_path, "serve(lambda state, event: state)\n")
    reducers = Reducers(assigned={"a": file, "b": file})
    found = reducers.for_type("a")
    assert isinstance(found, ForeignReducer)
    assert reducers.for_type("b") is found
    assert reducers.choice_for("b").kind == "foreign"
    reducers.close()


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ("postgresql://me:geheim@db/shop", "postgresql://me@db/shop"),
        ("postgresql://me@db/shop?password=geheim", "postgresql://me@db/shop"),
        ("postgresql://db/shop?sslpassword=geheim", ""),
    ],
)
def test_no_password_is_in_a_key(target: str, key: str, own_configuration: Path) -> None:
    assert store_key(target) == key
    Assignments().put(store_key(target), "order", Path("/x.toml"))
    kept = own_configuration / "assignments.json"
    assert not kept.exists() or "geheim" not in kept.read_text()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"stores": 3}', '{"stores": {"a": []}}', '{"stores": {"a": {"b": 3}}}', "\xff"]
)
def test_a_damaged_file_is_said_and_left_as_it_is(
    shop: Path, own_configuration: Path, tmp_path: Path, content: str
) -> None:
    kept = own_configuration / "assignments.json"
    kept.write_bytes(content.encode("latin-1"))
    with closing(open_session(str(shop))) as session:
        assert "damaged" in session.warnings[0]
        with pytest.raises(StoreError, match="damaged"):
            session.assign("order", _file(tmp_path, "one.toml", ONE))
    assert kept.read_bytes() == content.encode("latin-1")


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.text(), st.dictionaries(st.text(), st.sampled_from([None, "/a/ü.toml", "/b\udcff.toml"]))))
def test_any_names_come_back(
    tmp_path_factory: pytest.TempPathFactory, stores: dict[str, dict[str, str | None]]
) -> None:
    assignments = Assignments(tmp_path_factory.mktemp("kept") / "assignments.json")
    for store, types in stores.items():
        for kind, file in types.items():
            assignments.put(store, kind, None if file is None else Path(file))
    for store, types in stores.items():
        expected = {kind: None if file is None else Path(file) for kind, file in types.items()} if store else {}
        assert assignments.of(store) == expected


def test_a_file_is_replaced_with_its_permissions_and_through_links(tmp_path: Path) -> None:
    file = _file(tmp_path, "one.toml", ONE)
    file.chmod(0o640)
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    write_whole(tmp_path / "deep" / "er.toml", b"made")
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["er.toml"]
    with pytest.raises(OSError, match=r"\w"):
        write_whole(tmp_path / "deep", b"a folder")
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".part"]
