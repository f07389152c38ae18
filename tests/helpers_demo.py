"""One demo store for a whole test run; each worker process makes its own."""

import shutil
import sqlite3
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


def own_demo(path: Path) -> Path:
    """A demo store of a test's own, with its reducers, which it may alter."""
    demo = demo_store()
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
