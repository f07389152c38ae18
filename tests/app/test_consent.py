"""Foreign code runs only after consent to exactly this code: scripts that leave a mark prove whether they ran."""

from __future__ import annotations

import json
import pickle
import sys
from contextlib import closing
from pathlib import Path

import pytest
from helpers_demo import demo_store
from helpers_foreign import events, foreign_fold, script_file

from esviewer.app import consent
from esviewer.app.consent import Consents
from esviewer.app.reducers import load_reducer
from esviewer.app.session import open_session
from esviewer.errors import ConsentNeededError, RulesError, StoreError
from esviewer.replay.foreign.reducer import ForeignReducer

MARKING = "open('ran', 'w').close()\nserve(lambda state, event: (state or 0) + 1)\n"


def test_untrusted_code_never_starts(tmp_path: Path) -> None:
    file = script_file(tmp_path, MARKING)
    reducer = load_reducer(file)
    assert isinstance(reducer, ForeignReducer)
    with pytest.raises(ConsentNeededError) as raised:
        reducer.initial()
    with pytest.raises(ConsentNeededError):
        reducer.step(0, 1, events(1)[0], [])

    assert raised.value.exit_code == 2
    assert (raised.value.name, raised.value.digest) == ("scripted", reducer.digest)
    assert raised.value.command == f"{sys.executable} script.py"
    assert raised.value.command in raised.value.message
    assert f"esviewer reducer trust {file}" in raised.value.hint
    assert not (tmp_path / "ran").exists()
    assert reducer.pid is None


def test_trusted_code_runs_until_consent_is_taken_back(tmp_path: Path) -> None:
    file = script_file(tmp_path, MARKING)
    described = consent.describe(file)
    assert not (tmp_path / "ran").exists()
    assert consent.trust(file) == described
    assert [path.name for path in described.files] == ["script.py"]

    with closing(load_reducer(file)) as reducer:  # type: ignore[type-var]
        assert foreign_fold(reducer, events(1, 2))[0].state == 2  # type: ignore[arg-type]
        assert (tmp_path / "ran").exists()
        assert Consents().revoke(described.digest)
        assert not Consents().revoke(described.digest)
        reducer.close()  # type: ignore[union-attr]
        (tmp_path / "ran").unlink()
        with pytest.raises(ConsentNeededError):
            foreign_fold(reducer, events(1, 2))  # type: ignore[arg-type]
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("changed", ["script.py", "reducer.toml", "new.py"])
def test_changed_code_needs_consent_anew(tmp_path: Path, changed: str) -> None:
    file = script_file(tmp_path, MARKING)
    consent.trust(file)
    loaded_before = load_reducer(file)
    with (tmp_path / changed).open("a") as out:
        out.write("\n# changed\n")

    with pytest.raises(RulesError, match="has changed since it was loaded"):
        loaded_before.initial()
    with pytest.raises(ConsentNeededError):
        load_reducer(file).initial()
    assert not (tmp_path / "ran").exists()


def test_consent_given_in_answer_to_the_error_is_for_what_was_shown(tmp_path: Path) -> None:
    """Code that changes while somebody reads the question is not what they agreed to."""
    file = script_file(tmp_path, MARKING)
    with pytest.raises(ConsentNeededError) as raised:
        load_reducer(file).initial()
    with (tmp_path / "script.py").open("a") as out:
        out.write("# worse\n")
    Consents().trust(raised.value.digest, raised.value.name, raised.value.command)
    with pytest.raises(ConsentNeededError):
        load_reducer(file).initial()
    assert not (tmp_path / "ran").exists()


def test_consents_are_kept_in_the_configuration_folder(own_configuration: Path) -> None:
    consents = Consents()
    consents.trust("sha256:aa", "cart", "node cart.mjs")
    consents.trust("sha256:bb", "other", "node other.mjs")
    consents.trust("sha256:aa", "cart 2", "node cart.mjs")

    assert (own_configuration / "consents.json").is_file()
    assert [(each.digest, each.name) for each in Consents().all()] == [("sha256:bb", "other"), ("sha256:aa", "cart 2")]
    assert Consents().is_trusted("sha256:aa")
    assert not Consents().is_trusted("sha256:cc")
    assert not Consents().is_trusted("")
    assert sorted(path.name for path in own_configuration.iterdir()) == [".lock", "consents.json"]


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b"{}", b'{"consents": 5}', b'{"consents": [{}]}', b"[" * 100_000, b"null"]
)
def test_a_damaged_file_trusts_nobody_and_can_be_written_again(own_configuration: Path, content: bytes) -> None:
    (own_configuration / "consents.json").write_bytes(content)
    assert Consents().all() == []
    Consents().trust("sha256:aa", "cart", "node")
    assert Consents().is_trusted("sha256:aa")


def test_a_folder_that_can_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="can't be saved"):
        Consents(tmp_path / "file" / "consents.json").trust("sha256:aa", "cart", "node")


def test_a_session_asks_first_and_ends_the_program_with_it(tmp_path: Path) -> None:
    file = script_file(tmp_path, MARKING, keys='aggregate_type = "order*"')
    with closing(open_session(str(demo_store()), reducers=[str(file)])) as session:
        with pytest.raises(ConsentNeededError):
            session.state("order-00042")
        assert not (tmp_path / "ran").exists()
        consent.trust(file)
        found = session.state("order-00042", use_snapshots=False)
        assert found.state == found.rebuilt.events_applied > 1
        assert found.rebuilt.reducer_digest == consent.describe(file).digest
        assert not found.rebuilt.inferred
        view = session.view("order-00042")
        assert view.state_at(found.version).state == found.state
        reducer = session.reducer_for("order")
        assert isinstance(reducer, ForeignReducer)
        pid = reducer.pid
        assert pid is not None
    assert reducer.pid is None
    assert not Path(f"/proc/{pid}").exists()
    assert json.loads((Consents().file).read_text())["consents"][0]["name"] == "scripted"


def test_code_that_changed_since_it_was_trusted_is_said_to_have(tmp_path: Path) -> None:
    file = script_file(tmp_path, MARKING, keys='path = ["."]')
    (tmp_path / "old.py").write_text("x = 1\n")
    consent.trust(file)
    assert consent.describe(file).changed is None
    given = Consents().all()[-1].given[:16].replace("T", " ")
    (tmp_path / "old.py").unlink()
    (tmp_path / "new.py").write_text("y = 1\n")
    (tmp_path / "script.py").write_text((tmp_path / "script.py").read_text() + "# more\n")

    found = consent.describe(file).changed
    assert found is not None
    assert (found.places, found.new, found.gone) == (("script.py",), ("new.py",), ("old.py",))
    with closing(load_reducer(file)) as reducer, pytest.raises(ConsentNeededError) as raised:  # type: ignore[type-var]
        reducer.initial()
    assert f"has changed since it was trusted on {given} UTC" in raised.value.message
    assert "(changed: script.py; new: new.py; gone: old.py)" in raised.value.message
    assert "not trusted yet" not in raised.value.message
    assert f"esviewer reducer trust {file}" in raised.value.hint
    assert not (tmp_path / "ran").exists()
    again = pickle.loads(pickle.dumps(raised.value))
    assert (again.message, again.digest) == (raised.value.message, raised.value.digest)

    consent.trust(file)
    assert consent.describe(file).changed is None
    file.write_text(file.read_text() + "# another line\n")
    found = consent.describe(file).changed
    assert found is not None
    assert (found.places, found.new, found.gone) == (("reducer.toml",), (), ())


def test_another_file_with_the_same_name_was_never_trusted(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    consent.trust(script_file(tmp_path / "one", MARKING))
    other = script_file(tmp_path / "two", MARKING + "# other\n")
    assert consent.describe(other).changed is None
    with closing(load_reducer(other)) as reducer, pytest.raises(ConsentNeededError, match="not trusted yet"):  # type: ignore[type-var]
        reducer.initial()


def test_consents_that_know_only_a_digest_still_hold(tmp_path: Path, own_configuration: Path) -> None:
    file = script_file(tmp_path, MARKING)
    digest = consent.describe(file).digest
    old = {"digest": digest, "name": "scripted", "command": "python", "given": "2026-01-02T03:04:05Z"}
    (own_configuration / "consents.json").write_text(json.dumps({"consents": [old]}))
    assert Consents().is_trusted(digest)
    (tmp_path / "script.py").write_text("other\n")
    assert consent.describe(file).changed is None
