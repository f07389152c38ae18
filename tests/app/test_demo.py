"""The demo store is the same at every run, as large as promised, and its rules reproduce every snapshot."""

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from esviewer.app.demo import LONG_ACCOUNT, LONG_ACCOUNT_EVENTS, PUZZLING_ORDER, make_demo
from esviewer.app.reducers import Reducers, rules_files
from esviewer.errors import CancelledError, StoreError
from esviewer.model.batch import batch_of
from esviewer.model.values import same
from esviewer.replay.fold import fold
from esviewer.stores.embedded import EmbeddedStore
from esviewer.work import Work


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo(path)
    return path


def test_it_is_as_large_as_promised(demo: Path) -> None:
    connection = sqlite3.connect(demo)
    sizes = dict(connection.execute("SELECT aggregate_id, count(*) FROM events GROUP BY 1"))
    kinds = Counter(name.split("-")[0] for name in sizes)

    assert 1_900 <= len(sizes) <= 2_100
    assert 45_000 <= sum(sizes.values()) <= 55_000
    assert set(kinds) == {"order", "account", "user"}
    assert sizes[LONG_ACCOUNT] == LONG_ACCOUNT_EVENTS
    assert sum(size >= 1_000 for size in sizes.values()) == 1
    assert connection.execute("SELECT max(timestamp) FROM events").fetchone()[0] < "2026-11-01"
    connection.close()


def test_two_runs_give_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    make_demo(tmp_path / "again.db")

    assert (tmp_path / "again.db").read_bytes() == demo.read_bytes()


def test_versions_times_and_causes_hold_together(demo: Path) -> None:
    connection = sqlite3.connect(demo)
    rows = connection.execute(
        "SELECT id, event_id, aggregate_id, version, timestamp, metadata ->> 'causation_id',"
        " metadata ->> 'correlation_id', metadata ->> 'actor' FROM events ORDER BY id"
    ).fetchall()
    connection.close()
    versions: Counter[str] = Counter()
    correlations: dict[str, str] = {}
    caused = 0
    for _, event_id, aggregate, version, _, cause, correlation, actor in rows:
        versions[aggregate] += 1
        assert version == versions[aggregate]
        assert actor
        if cause:
            caused += 1
            assert correlations[cause] == correlation
        correlations[event_id] = correlation

    assert caused > 1_000


def test_schema_versions_and_ends_of_lives(demo: Path) -> None:
    connection = sqlite3.connect(demo)
    deposits = dict(
        connection.execute(
            "SELECT schema_version, count(*) FROM events WHERE event_type = 'MoneyDeposited' GROUP BY schema_version"
        )
    )
    ends = connection.execute(
        "SELECT count(*) FROM events WHERE event_type IN ('UserDeleted', 'AccountClosed')"
    ).fetchone()[0]
    connection.close()

    assert set(deposits) == {1, 2}
    assert min(deposits.values()) > 500
    assert ends > 20


def test_the_rules_reproduce_every_snapshot_and_skip_nothing(demo: Path) -> None:
    reducers = Reducers(rules_files([str(demo) + ".reducers"]))
    connection = sqlite3.connect(demo)
    with EmbeddedStore(demo, create=False) as store:
        checked = 0
        for (aggregate,) in connection.execute("SELECT DISTINCT aggregate_id FROM events").fetchall():
            events = store.get_events(aggregate)
            reducer = reducers.for_type(events[0].aggregate_type)
            state, at = reducer.initial(), 0
            snapshots = connection.execute(
                "SELECT version FROM snapshots WHERE aggregate_id = ? ORDER BY version", (aggregate,)
            ).fetchall()
            for (version,) in snapshots:
                state = fold(reducer, [batch_of(events[at:version])], state).state
                at = version
                stored = store.latest_snapshot(aggregate, version)
                assert stored is not None
                assert same(state, stored.state), (aggregate, version)
                checked += 1
            assert fold(reducer, [batch_of(events)], reducer.initial()).skipped == ()
    connection.close()

    assert checked > 500


def test_the_puzzling_order_is_refunded_after_delivery(demo: Path) -> None:
    with EmbeddedStore(demo, create=False) as store:
        types = [event.type for event in store.get_events(PUZZLING_ORDER)]

    assert types.index("OrderCancelled") < types.index("OrderShipped") < types.index("PaymentRefunded")
    assert types.count("CouponApplied") == 2


def test_an_existing_file_is_kept(demo: Path) -> None:
    before = demo.read_bytes()
    with pytest.raises(StoreError, match="already a file"):
        make_demo(demo)

    assert demo.read_bytes() == before


def test_a_cancelled_run_leaves_nothing(tmp_path: Path) -> None:
    work = Work(lambda progress: work.cancel() if progress.done >= 20_000 else None)
    with pytest.raises(CancelledError):
        make_demo(tmp_path / "demo.db", work=work)

    assert list(tmp_path.iterdir()) == []
