"""Foreign code runs only after consent to exactly this code: scripts that leave a mark prove whether they ran."""

from __future__ import annotations

import json
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
    assert [path.name for path in own_configuration.iterdir()] == ["consents.json"]


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
