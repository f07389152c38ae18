"""Mapping by hand, as window and command line do it: propose, try, save, open."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from esviewer.app.mapping import propose, proposed_text, save, try_draft, user_file
from esviewer.errors import CancelledError, StoreError, UnknownLayoutError, UsageError
from esviewer.stores.opening import open_store
from esviewer.work import Work


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A home-made store that no layout fits."""
    path = tmp_path / "odd.db"
    with sqlite3.connect(path) as connection:
        connection.execute(
            "CREATE TABLE happenings (nr INTEGER PRIMARY KEY, who TEXT, step INTEGER, what TEXT, body TEXT)"
        )
        connection.executemany(
            "INSERT INTO happenings (who, step, what, body) VALUES (?, ?, ?, ?)",
            [(f"w{a}", s, ("Begun", "Moved")[s > 0], json.dumps({"s": s})) for s in range(6) for a in range(4)],
        )
    connection.close()
    return path


def test_a_proposal_reads_the_store(odd: Path) -> None:
    with pytest.raises(UnknownLayoutError):
        open_store(str(odd))

    proposal = propose(str(odd))
    trial = try_draft(str(odd), proposal.draft, proposal.full_name)

    assert trial.problem is None
    assert [event.aggregate_id for event in trial.events] == [f"w{n % 4}" for n in range(10)]
    assert {check.name for check in trial.checks if check.outcome == "failed"} == set()


def test_a_wrong_draft_is_told_by_its_checks(odd: Path) -> None:
    proposal = propose(str(odd))
    wrong = replace(proposal.draft, parts={**proposal.draft.parts, "aggregate_id": "what"})

    trial = try_draft(str(odd), wrong, proposal.full_name)

    assert "unique" in {check.name for check in trial.checks if check.outcome == "failed"}


def test_a_draft_that_can_not_be_read_says_why(odd: Path) -> None:
    proposal = propose(str(odd))

    without = try_draft(str(odd), replace(proposal.draft, parts={"aggregate_id": "who", "type": "what"}), "happenings")
    missing = try_draft(str(odd), replace(proposal.draft, data="nothing"), "happenings")

    assert "version" in str(without.problem)
    assert "nothing" in str(missing.problem)


def test_what_is_saved_is_found_by_itself(odd: Path) -> None:
    proposal = propose(str(odd))
    text = proposed_text(proposal)
    file = user_file("my happenings")
    save(text, file)

    store = open_store(str(odd))
    name = store.layout.name
    store.close()

    assert name == "happenings"
    assert file.name == "my-happenings.toml"
    assert "# Proposed" in text
    assert all(f"# {reason}" in text for reason in proposal.reasons)


def test_a_bad_layout_is_not_saved(tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    with pytest.raises(UsageError):
        save("name = 'x'", file)
    assert not file.exists()


def test_a_folder_that_can_not_be_made_is_said(odd: Path) -> None:
    with pytest.raises(StoreError, match="can't be written"):
        save(proposed_text(propose(str(odd))), odd / "below" / "x.toml")


def test_nothing_that_looks_like_events_is_said(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE invoices (number INTEGER, total REAL)")
    connection.close()

    with pytest.raises(StoreError, match="invoices"):
        propose(str(path))


def test_a_trial_can_be_cancelled(odd: Path) -> None:
    proposal = propose(str(odd))
    work = Work()
    work.cancel()

    with pytest.raises(CancelledError):
        try_draft(str(odd), proposal.draft, proposal.full_name, work=work)
