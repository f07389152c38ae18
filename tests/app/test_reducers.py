"""Which file rebuilds which type: rules and foreign reducers side by side, read anew when their code changes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from helpers_foreign import events, foreign_fold, running, script_file

from esviewer.app import consent
from esviewer.app.reducers import Reducers, beside, load_reducer, rules_files
from esviewer.errors import RulesError, UsageError
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.rules import RulesReducer

COUNT = "serve(lambda state, event: (state or 0) + 1)\n"


def test_files_of_both_kinds_lie_in_one_folder(tmp_path: Path) -> None:
    foreign = script_file(tmp_path, COUNT, keys='aggregate_type = "cart*"')
    (tmp_path / "users.toml").write_text('aggregate_type = "user*"\n')
    with closing(Reducers(rules_files([str(tmp_path)]))) as reducers:
        found = reducers.for_type("cart-1")
        assert isinstance(found, ForeignReducer)
        assert found.spec.file == foreign
        assert isinstance(reducers.for_type("user-1"), RulesReducer)
        assert reducers.for_type("order").name == "merge"
        assert reducers.for_type(None).name == "merge"
        assert found.pid is None, "nothing starts because it is listed"


def test_a_reducer_in_the_configuration_folder_keeps_its_digest(own_configuration: Path) -> None:
    """What esviewer itself writes there, the consent among it, is no code."""
    file = script_file(own_configuration, COUNT)
    consent.trust(file)
    with closing(Reducers([file])) as reducers:
        found = reducers.for_type("x")
        assert isinstance(found, ForeignReducer)
        assert foreign_fold(found, events(1))[0].state == 1


def test_files_beside_a_store(tmp_path: Path) -> None:
    folder = tmp_path / "shop.db.reducers"
    folder.mkdir()
    file = script_file(folder, COUNT)
    assert beside(tmp_path / "shop.db") == [file]
    assert beside(tmp_path / "other.db") == []
    assert isinstance(load_reducer(file), ForeignReducer)


def test_mistakes_are_found_when_files_are_read(tmp_path: Path) -> None:
    file = script_file(tmp_path, COUNT)
    file.write_text('kind = "foreign"\n')
    with pytest.raises(RulesError, match="command must be"):
        Reducers([file])
    file.write_text('kind = "rules"\n')
    with pytest.raises(RulesError, match="kind must be one of"):
        Reducers([file])
    with pytest.raises(RulesError, match="can't be read"):
        load_reducer(tmp_path / "absent.toml")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="holds no rules file"):
        rules_files([str(tmp_path / "empty")])


def test_changed_code_is_read_anew_and_its_old_program_ended(tmp_path: Path) -> None:
    file = script_file(tmp_path, COUNT)
    consent.trust(file)
    with closing(Reducers([file])) as reducers:
        old = reducers.for_type("x")
        assert isinstance(old, ForeignReducer)
        assert foreign_fold(old, events(1, 2))[0].state == 2
        pid, digest = old.pid, old.digest
        assert pid is not None
        assert reducers.for_type("y") is old

        script_file(tmp_path, "serve(lambda state, event: (state or 0) + 100)\n")
        consent.trust(file)
        new = reducers.for_type("x")

        assert isinstance(new, ForeignReducer)
        assert not running(pid)
        assert old.digest == digest != new.digest, "what was rebuilt before keeps saying with what"
        assert foreign_fold(new, events(1, 2))[0].state == 200
        assert reducers.for_type("x") is new
        last = new.pid
    assert last is not None
    assert not running(last)
    reducers.close()


def test_a_program_ends_when_no_type_has_its_reducer_any_longer(tmp_path: Path) -> None:
    file = script_file(tmp_path, COUNT)
    consent.trust(file)
    rules = tmp_path / "rules.toml"
    rules.write_text('name = "rules"\n', encoding="utf-8")
    with closing(Reducers()) as reducers:
        reducers.assign("cart", file)
        reducers.assign("order", file)
        shared = reducers.for_type("cart")
        assert isinstance(shared, ForeignReducer)
        assert reducers.for_type("order") is shared
        foreign_fold(shared, events(1))
        pid = shared.pid
        assert pid is not None
        reducers.assign("cart", rules)
        assert running(pid), "orders still have it"
        with pytest.raises(RulesError):
            reducers.assign("order", tmp_path / "missing.toml")
        assert running(pid), "a bad choice changes nothing"
        reducers.unassign("order")
        assert not running(pid)


def test_choosing_a_file_once_more_reads_what_it_holds_now(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('name = "one"\n', encoding="utf-8")
    with closing(Reducers()) as reducers:
        reducers.assign("cart", file)
        file.write_text('name = "two"\n', encoding="utf-8")
        reducers.assign("order", file)
        assert (reducers.for_type("cart").name, reducers.for_type("order").name) == ("two", "two")
