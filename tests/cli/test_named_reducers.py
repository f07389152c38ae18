"""Reducers that are named for an aggregate they are not for, and comparisons of two of them."""

from pathlib import Path

import pytest

from esviewer.stores.embedded import EmbeddedStore

COUNT = 'name = "count"\naggregate_type = "counter"\n[[on]]\nevent = "*"\nincrement = { seen = "1" }\n'
LAST = 'name = "last"\naggregate_type = "*"\n[[on]]\nevent = "*"\nset = { seen = "data.n" }\n'


@pytest.fixture
def store(tmp_path: Path) -> Path:
    file = tmp_path / "two.db"
    with EmbeddedStore(file) as opened:
        for name, kind in (("a-1", "alarm"), ("c-1", "counter"), ("c-2", "counter")):
            for number in (1, 2, 4):
                opened.append_event(name, "Added", {"n": number}, aggregate_type=kind)
        opened.save_snapshot("c-1", {"seen": 3}, 3)
    (tmp_path / "count.toml").write_text(COUNT)
    (tmp_path / "last.toml").write_text(LAST)
    return file


@pytest.mark.parametrize(
    "question",
    [
        ("state", "a-1"),
        ("diff", "c-1", 1, 2, "--with", "a-1"),
        ("blame", "a-1"),
        ("history", "a-1", "/n"),
        ("find", "a-1", "state.n > 1"),
        ("rollback", "a-1", 1),
        ("whatif", "a-1", "--skip", 1),
        ("folds", "a-1", "--against", "merge"),
        ("report", "a-1", "--output", "no.html"),
    ],
)
def test_merge_does_not_stand_in_for_a_reducer_that_was_named(run, store: Path, tmp_path: Path, question) -> None:
    command, *rest = question
    found = run(command, store, *rest, "--reducer", tmp_path / "count.toml", cwd=tmp_path)

    assert (found.code, found.out) == (2, "")
    assert found.err == (
        "Error: No reducer that was named is for aggregates of type 'alarm': count.toml is for 'counter'. Name one "
        "that is, or none: then the reducers kept with the store are used, else merge.\n"
    )
    assert not (tmp_path / "no.html").exists()


def test_one_of_several_is_enough(run, store: Path, tmp_path: Path) -> None:
    both = ("--reducer", tmp_path / "count.toml", "--reducer", tmp_path / "last.toml")
    found = run("state", store, "a-1", *both, "--json")

    assert found.json["rebuilt"]["reducer"] == "last"


def test_folds_name_both_reducers_and_ask_the_snapshots(run, store: Path, tmp_path: Path) -> None:
    options = ("--reducer", tmp_path / "count.toml", "--against", tmp_path / "last.toml")
    found = run("folds", store, *options, "--json")
    spoken = run("folds", store, *options)

    assert found.code == spoken.code == 1
    assert [line["aggregate_id"] for line in found.lines] == ["c-1", "c-2"]
    line = found.lines[0]
    assert line["reducers"] == ["count", "last"]
    assert [(each["reducer"], each["inferred"]) for each in line["rebuilt"]] == [("count", False), ("last", False)]
    assert all(each["reducer_digest"].startswith("sha256:") for each in line["rebuilt"])
    assert line["snapshots"] == {"compared": 1, "agree": [1, 0]}
    assert "snapshots" not in found.lines[1]
    for err in (found.err, spoken.err):
        assert "2 aggregates folded by count and by last; differing: 2.\n" in err
        assert "Note: 1 aggregate left out: a reducer that was named is not for its type.\n" in err
        assert "of 1 stored snapshot the first replay agrees with 1, the second with 0;" in err


def test_folds_say_what_is_inferred(run, store: Path) -> None:
    found = run("folds", store, "c-1", "--against", "merge", "--json")

    assert found.code == 0
    assert [each["inferred"] for each in found.lines[0]["rebuilt"]] == [True, True]
    assert "1 aggregate folded by merge (inferred) and by merge (inferred); differing: 0." in found.err
    assert "Note: both are the same reducer, merge (inferred)." in found.err
    assert "what merge makes is inferred" in found.err


def test_folds_that_compared_nothing_end_with_1(run, store: Path, tmp_path: Path) -> None:
    no_type = run("folds", store, "--type", "none", "--against", tmp_path / "last.toml")
    unfit = run("folds", store, "--type", "alarm", "--against", tmp_path / "count.toml")
    not_for_it = run("folds", store, "a-1", "--against", tmp_path / "count.toml")

    assert (no_type.code, no_type.out) == (1, "")
    assert no_type.err == "Nothing was compared: there is no such aggregate.\n"
    assert (unfit.code, unfit.out) == (1, "")
    assert unfit.err == (
        "Nothing was compared: a reducer that was named is not for the type of the 1 aggregate.\n"
    )
    assert not_for_it.code == 2


def test_a_what_if_says_how_both_timelines_came_to_be_and_lists_the_edits(run, store: Path) -> None:
    edits = ("--skip", 1, "--edit", '2={"n": "\\u001b"}', "--insert", 'start:Added={"n": 7}', "--move", "3=2")
    found = run("whatif", store, "c-1", *edits, "--json")
    spoken = run("whatif", store, "c-1", *edits)

    rebuilt = found.json["rebuilt"]
    assert [(rebuilt[side]["reducer"], rebuilt[side]["inferred"]) for side in ("real", "hypothetical")] == [
        ("merge", True),
        ("merge", True),
    ]
    assert rebuilt["hypothetical"]["hypothetical"] is True
    assert "hypothetical" not in rebuilt["real"]
    assert spoken.out.splitlines()[:7] == [
        "HYPOTHETICAL: these events are not what the store holds.",
        "c-1, 3 events after the edits",
        "edit 1: version 1 is skipped",
        'edit 2: version 2 is {"n":"\\u001b"}',
        'edit 3: Added {"n":7} is inserted before all',
        "edit 4: version 3 is moved behind version 2",
        "Both timelines are rebuilt by merge (inferred).",
    ]
    assert "Note: no rules are in use; states are inferred by merge" in spoken.err
    nothing = run("whatif", store, "c-1", "--skip", 1, "--skip", 2, "--skip", 3, "--json")
    assert nothing.json["rebuilt"]["hypothetical"]["events_applied"] == 0
