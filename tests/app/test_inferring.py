"""Rules inferred from events and snapshots: what is recovered, what is not, and that the answer says so."""

import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import helpers_eventsourcing as library
import pytest
from helpers_demo import demo_store
from helpers_inference import Domain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.app import inferring
from esviewer.app.checking import Totals, check_snapshots
from esviewer.app.inferring import Inferred, infer_rules, save_rules
from esviewer.app.session import open_session
from esviewer.errors import CancelledError, UsageError
from esviewer.model.event import Snapshot
from esviewer.replay.rules import parse_rules
from esviewer.stores.embedded import EmbeddedStore, NewEvent
from esviewer.work import Work


def inferred(file: Path, *, work: Work | None = None, **options: Any) -> list[Inferred]:
    session = open_session(str(file))
    try:
        return list(infer_rules(session, work=work, **options))
    finally:
        session.close()


def checked(file: Path, rules: Path) -> Totals:
    """All the store's snapshots compared with what rules make of its events, by the command that people verify with."""
    totals = Totals()
    session = open_session(str(file), reducers=[str(rules)])
    for each in check_snapshots(session):
        totals.add(each)
    session.close()
    return totals


def store_of(file: Path, lives: dict[str, list[tuple[str, Any]]], states: dict[str, dict[int, Any]]) -> Path:
    with EmbeddedStore(file) as store:
        store.append_events(
            NewEvent(ident, kind, data, version, "thing")
            for ident, life in lives.items()
            for version, (kind, data) in enumerate(life, 1)
        )
        store.save_snapshots(
            Snapshot(ident, version, None, state) for ident, own in states.items() for version, state in own.items()
        )
    return file


def test_the_demo_is_recovered(tmp_path: Path) -> None:
    # The store alone, without the rules that lie beside it.
    file = tmp_path / "store.db"
    file.write_bytes(demo_store().read_bytes())
    found = inferred(file)

    assert [each.aggregate_type for each in found] == ["account", "order", "user"]
    assert all(each.complete for each in found)
    assert all(each.held_out.snapshots > 80 and each.held_out.differ == 0 for each in found)
    save_rules(found, str(tmp_path / "rules"), str(file))
    totals = checked(file, tmp_path / "rules")
    assert totals.differ == 0
    assert totals.agree == totals.snapshots > 1000


@pytest.mark.parametrize("name", Domain.CLASSES)
def test_each_class_of_operations_is_recovered(tmp_path: Path, name: str) -> None:
    for seed in range(2):
        domain = Domain(seed, (name,))
        domain.write(tmp_path / f"{seed}.db")
        (found,) = inferred(tmp_path / f"{seed}.db")

        assert found.complete, (domain.rules(), found.text())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10**6),
    classes=st.lists(st.sampled_from(Domain.CLASSES), min_size=2, max_size=5, unique=True),
    noise=st.booleans(),
)
def test_what_is_called_explained_agrees_in_every_snapshot(
    tmp_path: Path, seed: int, classes: list[str], noise: bool
) -> None:
    file = tmp_path / f"{seed}-{len(list(tmp_path.iterdir()))}.db"
    Domain(seed, tuple(classes)).write(file, aggregates=24, noise=noise)
    (found,) = inferred(file)

    folder = file.with_suffix(".rules")
    save_rules([found], str(folder), str(file))
    session = open_session(str(file), reducers=[str(folder)])
    differing: set[object] = set()
    agree = differ = 0
    for each in check_snapshots(session):
        agree, differ = agree + each.agree, differ + each.differ
        differing |= {difference.path[0] for difference in each.paths}
    session.close()
    assert not differing & set(found.explained)
    assert (agree, differ) == (
        found.searched.agree + found.held_out.agree,
        found.searched.differ + found.held_out.differ,
    )
    assert found.complete == (differ == 0)
    if noise:
        assert "checksum" in [each.path for each in found.unexplained]


def test_what_cannot_be_explained_is_named_and_the_rest_is_not_spoiled(tmp_path: Path) -> None:
    Domain(5, ("amounts", "entries", "statuses")).write(tmp_path / "a.db", noise=True)
    (found,) = inferred(tmp_path / "a.db")

    assert [(each.path, each.right) for each in found.unexplained] == [("checksum", 0)]
    assert found.explained == ("balance", "items", "status")
    assert not found.complete
    assert "# Unexplained: checksum, right in 0 of" in found.text()


def test_it_is_the_same_at_every_run(tmp_path: Path) -> None:
    Domain(7, ("tags", "entries", "profile")).write(tmp_path / "a.db")

    assert inferred(tmp_path / "a.db") == inferred(tmp_path / "a.db")


def test_held_out_snapshots_are_not_searched(tmp_path: Path) -> None:
    """Snapshots altered in one aggregate that is held out change the score, and nothing in the rules."""
    Domain(3, ("amounts",)).write(tmp_path / "a.db")
    (before,) = inferred(tmp_path / "a.db")
    held = {name for name in (f"thing-{n:04d}" for n in range(40)) if inferring._Source(name, [1]).share() < 0.1}
    with sqlite3.connect(tmp_path / "a.db") as connection:
        for name in held:
            connection.execute("UPDATE snapshots SET state = '{\"balance\": 0.5}' WHERE aggregate_id = ?", (name,))
    connection.close()
    (after,) = inferred(tmp_path / "a.db")

    assert before.complete
    assert after.rules == before.rules
    assert after.searched == before.searched
    assert after.held_out.differ > 0
    assert not after.verified


def test_one_aggregate_cannot_be_verified(tmp_path: Path) -> None:
    store_of(
        tmp_path / "a.db",
        {"a": [("Added", {"n": 1}), ("Added", {"n": 4}), ("Added", {"n": 9})]},
        {"a": {1: {"total": 1}, 2: {"total": 5}, 3: {"total": 14}}},
    )
    (found,) = inferred(tmp_path / "a.db")

    assert found.searched.agree == 3
    assert found.held_out.snapshots == 0
    assert not found.verified
    assert not found.complete
    assert "Not verified on unseen snapshots" in found.text()
    assert "increment" in found.rules


def test_no_snapshots(tmp_path: Path) -> None:
    assert inferred(store_of(tmp_path / "a.db", {"a": [("Added", {"n": 1})]}, {})) == []


def test_event_types_that_no_snapshot_follows_have_no_rule(tmp_path: Path) -> None:
    lives = {f"a{n}": [("Added", {"n": n}), ("Gone", {})] for n in range(9)}
    store_of(tmp_path / "a.db", lives, {name: {1: {"n": int(name[1:])}} for name in lives})
    (found,) = inferred(tmp_path / "a.db")

    assert found.unseen == {"Gone": 9}
    assert "Gone" not in found.rules
    assert "No snapshot follows any Gone (9 events)" in found.text()


def test_what_is_there_once_is_not_said_in_the_plural(tmp_path: Path) -> None:
    two = [("Added", {"n": 1}), ("Added", {"n": 4})]
    store_of(tmp_path / "one.db", {"a": [*two, ("Gone", {})]}, {"a": {2: {"total": 5}}})
    store_of(tmp_path / "few.db", {"a": two, "b": two}, {name: {1: {"total": 1}, 2: {"total": 5}} for name in "ab"})
    (one,), (few,) = inferred(tmp_path / "one.db"), inferred(tmp_path / "few.db")

    assert one.remarks()[0].startswith("Inferred from one snapshot; agreeing: ")
    assert one.remarks()[-1] == "No snapshot follows the only Gone: it has no rule."
    assert few.remarks()[:2] == [
        "Inferred from 2 snapshots of one aggregate; agreeing: 2, differing: 0.",
        "Verified on 2 unseen snapshots of another aggregate; agreeing: 2, differing: 0.",
    ]


def test_a_deletion(tmp_path: Path) -> None:
    lives: dict[str, list[tuple[str, Any]]] = {
        f"a{n}": [("Added", {"n": n}), ("Deleted", {}), ("Added", {"n": n + 1})] for n in range(9)
    }
    states: dict[str, dict[int, Any]] = {f"a{n}": {1: {"n": n}, 2: None, 3: {"n": n + 1}} for n in range(9)}
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    assert found.complete, found.text()
    assert "delete = true" in found.rules


def test_a_list_that_is_emptied(tmp_path: Path) -> None:
    random = Random(1)
    lives: dict[str, list[tuple[str, Any]]] = {}
    states: dict[str, dict[int, Any]] = {}
    for number in range(30):
        basket: list[str] = []
        count = {}
        life, own = lives.setdefault(f"a{number}", []), states.setdefault(f"a{number}", {})
        for version in range(1, 20):
            item = random.choice("abcdef")
            if random.random() < 0.25:
                basket, count = [], {}
                life.append(("Cleared", {}))
            else:
                basket = [*basket, item]
                count = {**count, item: count.get(item, 0) + 1}
                life.append(("Put", {"item": item}))
            if version % 4 == 0:
                own[version] = {"basket": basket, "count": count}
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    assert found.complete, found.text()


def test_types_are_filtered_and_aggregates_limited() -> None:
    (found,) = inferred(demo_store(), type_glob="ord*", limit=60)

    assert found.aggregate_type == "order"
    assert found.searched.aggregates + found.held_out.aggregates == 60


def test_it_can_be_cancelled() -> None:
    work = Work(lambda progress: work.cancel() if "Searching" in progress.text else None)

    with pytest.raises(CancelledError):
        inferred(demo_store(), work=work)


HOSTILE: list[Any] = [
    {"deep": None},
    {"wide": {f"k{n}": n for n in range(5000)}},
    {"list": [{"x": n} for n in range(3000)]},
    {"big": 2**4000, "negative": -(2**70), "float": 1e308},
    {"": 1, "a.b": 2, "a'b": 3, 'a"b': 4, "a[b]": 5, "日本": 6, "\x00": 7, "__proto__": 8},
    [1, 2, 3],
    "text",
    17,
    True,
    {"n": [[[[[[]]]]]]},
]


def test_hostile_payloads_and_states(tmp_path: Path) -> None:
    deep: Any = 1
    for _ in range(150):
        deep = {"d": deep}
    HOSTILE[0]["deep"] = deep
    lives = {
        f"a{n}": [("Odd*[", each), ("Odd*[", HOSTILE[(n + 1) % len(HOSTILE)]), ('Say "x"', each)]
        for n, each in enumerate(HOSTILE)
    }
    states = {f"a{n}": {1: HOSTILE[-n], 3: each} for n, each in enumerate(HOSTILE)}
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    parse_rules(found.text(), "rules")
    assert not found.complete


def test_awkward_keys_are_written_as_they_are(tmp_path: Path) -> None:
    keys = ["a.b", "a'b", "a[b]", "日本", "class", "__x__", "with space", "5"]
    lives = {
        f"a{n}": [("Set", {key: f"{key}{n}{version}" for key in keys[version % 3 :]}) for version in range(6)]
        for n in range(12)
    }
    states: dict[str, dict[int, Any]] = {}
    for name, life in lives.items():
        state: dict[str, Any] = {}
        for version, (_, data) in enumerate(life, 1):
            state = {**state, **data}
            states.setdefault(name, {})[version] = state
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    assert found.complete, found.text()


def test_a_long_life_between_two_snapshots(tmp_path: Path) -> None:
    random = Random(2)
    lives: dict[str, list[tuple[str, Any]]] = {}
    states: dict[str, dict[int, Any]] = {}
    for name in ("a", "b", "c"):
        life = [(random.choice(["In", "Out"]), {"n": random.randrange(100)}) for _ in range(4000)]
        lives[name] = life
        totals = [0]
        for kind, data in life:
            totals.append(totals[-1] + (data["n"] if kind == "In" else -data["n"]))
        states[name] = {at: {"total": totals[at]} for at in (1000, 2500, 4000)}
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    assert found.complete, found.text()


def test_bounds_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Domain(3, ("amounts",)).write(tmp_path / "a.db")
    monkeypatch.setattr(inferring, "MAX_EVENTS", 120)
    (found,) = inferred(tmp_path / "a.db")

    assert found.events <= 160
    assert any(note.endswith(" of 40.") for note in found.notes)


def test_a_file_holds_one_type(tmp_path: Path) -> None:
    Domain(3, ("amounts",)).write(tmp_path / "a.db")
    (found,) = inferred(tmp_path / "a.db")

    assert save_rules([found], str(tmp_path / "one.toml"), "") == [tmp_path / "one.toml"]
    assert checked(tmp_path / "a.db", tmp_path / "one.toml").differ == 0
    with pytest.raises(UsageError, match="one aggregate type"):
        save_rules([found, found], str(tmp_path / "two.toml"), "")
    assert len(set(save_rules([found, found], str(tmp_path / "both"), ""))) == 2
    (tmp_path / "plain").write_text("")
    with pytest.raises(UsageError, match="is no"):
        save_rules([found], str(tmp_path / "plain"), "")


def test_a_store_of_the_eventsourcing_library(tmp_path: Path) -> None:
    file = tmp_path / "bank.db"
    application = library.Bank(env=library.sqlite_environment(file))
    library.fill(application, accounts=16)
    application.close()
    (found,) = inferred(file)

    assert found.complete, found.text()
    assert found.held_out.snapshots > 0
    # All accounts are in one currency: it is not taken for something that every deposit sets.
    assert 'currency = "data.currency"' in found.text()
    assert "'EUR'" not in found.text()


def test_unexplained_places_below_the_root_are_named(tmp_path: Path) -> None:
    random = Random(3)
    lives: dict[str, list[tuple[str, Any]]] = {}
    states: dict[str, dict[int, Any]] = {}
    for number in range(20):
        items: dict[str, Any] = {}
        for version in range(1, 13):
            sku, count = random.choice("abcd"), random.randrange(100)
            items = {**items, sku: {"count": count, "secret": random.random()}}
            lives.setdefault(f"a{number}", []).append(("Put", {"sku": sku, "count": count}))
            if version % 3 == 0:
                states.setdefault(f"a{number}", {})[version] = {"items": items, "version": version}
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    assert [(each.path, each.right) for each in found.unexplained] == [("items[].secret", 0)]
    assert found.explained == ("version",)
    assert '"items[data.sku].count" = "data.count"' in found.rules


def test_many_unexplained_places_are_counted(tmp_path: Path) -> None:
    random = Random(3)
    lives = {f"a{n}": [("Put", {"n": n})] for n in range(4)}
    states = {name: {1: {f"k{k}": random.random() for k in range(250)}} for name in lives}
    (found,) = inferred(store_of(tmp_path / "a.db", lives, states))

    assert len(found.unexplained) == 200
    assert any(note == "Unexplained places beyond these: 50." for note in found.notes)
