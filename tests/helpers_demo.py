"""One demo store for a whole test run, and a tenth of it; each worker process makes its own."""

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from esviewer.app.demo import make_demo


@cache
def demo_store() -> Path:
    """The demo store's file, made once; tests only read it."""
    path = Path(mkdtemp(prefix="esviewer-demo-")) / "demo.db"
    make_demo(path)
    return path


@cache
def part_of_demo() -> Path:
    """A tenth of the demo store, 6,280 events of 359 whole aggregates, as clean as all of it; tests only read it.

    For what is the same in a store of any size. The account of 20,000 events is not in it.
    """
    path = own_demo(demo_store().with_name("part.db"))
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("events", "snapshots"):
            connection.execute(
                f"DELETE FROM {table} WHERE substr(aggregate_id, -5) > '00120' OR aggregate_id = 'account-00007'"
            )
        # Positions without a gap, and no cause that is gone: an audit finds nothing, as in the whole.
        kept = connection.execute("SELECT id FROM events ORDER BY id").fetchall()
        connection.executemany("UPDATE events SET id = ? WHERE id = ?", ((n, old) for n, (old,) in enumerate(kept, 1)))
        connection.execute(
            "UPDATE events SET metadata = json_remove(metadata, '$.causation_id')"
            " WHERE metadata ->> '$.causation_id' NOT IN (SELECT event_id FROM events)"
        )
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("VACUUM")
    return path


def own_demo(path: Path, demo: Path | None = None) -> Path:
    """A demo store of a test's own, or another one's copy, with its reducers, which it may alter."""
    demo = demo or demo_store()
    shutil.copy(demo, path)
    shutil.copytree(demo.with_name(demo.name + ".reducers"), path.with_name(path.name + ".reducers"))
    return path


def tamper(store: Path, *statements: str) -> None:
    """Change a store behind its back, by statements that alter one row each."""
    connection = sqlite3.connect(store)
    for statement in statements:
        assert connection.execute(statement).rowcount == 1
    connection.commit()
    connection.close()
