"""One demo store for a whole test run; each worker process makes its own."""

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
