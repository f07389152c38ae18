"""What an import graph can't see: in a fresh process, no room loads more than it says."""

import subprocess
import sys
from pathlib import Path

import pytest
from helpers_demo import demo_store

HEAVY = ("PySide6", "pyqtgraph", "sqlalchemy", "sqlite3", "numpy", "psycopg")


def _loaded(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint(','.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, encoding="utf-8", check=True, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split(","))


def test_help_loads_neither_qt_nor_databases() -> None:
    code = "from esviewer.cli.main import _run\nassert _run(['--help']) == 0"

    assert _loaded(code).isdisjoint(HEAVY)


@pytest.mark.parametrize("frozen", [True, False])
def test_processes_of_a_frozen_program_begin_before_anything_else(frozen: bool) -> None:
    code = (
        "import multiprocessing\n"
        f"sys.frozen = {frozen}\n"
        "sys.argv = ['esviewer', '--multiprocessing-fork', 'pipe_handle=3']\n"
        "multiprocessing.freeze_support = lambda: (print('helps'), sys.exit(5))\n"
        "from esviewer.cli.main import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", f"import sys\n{code}"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == ((5, "helps\n") if frozen else (2, ""))


def test_help_loads_nothing_for_processes() -> None:
    code = "from esviewer.cli.main import main\ntry:\n    main(['--version'])\nexcept SystemExit:\n    pass"
    assert "multiprocessing" not in _loaded(code)


@pytest.mark.parametrize(
    "arguments",
    [
        ["info", "{}"],
        ["aggregates", "{}", "--limit", "3"],
        ["events", "{}", "--limit", "3", "--json"],
        ["state", "{}", "order-00042"],
        ["diff", "{}", "order-00042", "1", "2"],
        ["report", "{}", "order-00042", "--output", "r.json"],
        ["layouts"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_load_no_qt(arguments: list[str], tmp_path: Path) -> None:
    told = [str(tmp_path / each) if each == "r.json" else each.format(demo_store()) for each in arguments]
    loaded = _loaded(f"from esviewer.cli.main import _run\nassert _run({told!r}) == 0")

    assert loaded.isdisjoint({"PySide6", "pyqtgraph", "shiboken6"})


@pytest.mark.parametrize(
    "module",
    ["esviewer.model.exactjson", "esviewer.replay.rules", "esviewer.replay.history", "esviewer.diff.compare"],
)
def test_core_rooms_load_neither_qt_nor_databases(module: str) -> None:
    assert _loaded(f"import {module}").isdisjoint(HEAVY)


@pytest.mark.parametrize("module", ["esviewer.stores.opening", "esviewer.app.session", "esviewer.report.write"])
def test_only_the_window_loads_qt(module: str) -> None:
    assert _loaded(f"import {module}").isdisjoint({"PySide6", "pyqtgraph", "shiboken6"})
