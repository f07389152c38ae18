"""The list of what esviewer brings with it: complete, with licences, and true about what was not checked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "packaging" / "dependencies.py"


def test_all_packages_have_versions_and_licences() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--offline", "--json"], capture_output=True, text=True, check=True, cwd="/"
    )
    found = {each["name"].lower(): each for each in json.loads(done.stdout)}
    assert {"sqlalchemy", "psycopg", "duckdb", "pyside6_essentials", "click", "cffi"} <= set(found)
    assert not {"pytest", "hypothesis", "mypy"} & set(found)
    for each in found.values():
        assert each["version"], each
        assert each["licence"] != "see its files", each
        # One may be had under a licence that leaves this program's own as it is.
        assert any(free not in ("GPL", "AGPL") for free in each["licence"].replace("-", " ").split(" OR ")), each
        assert "AGPL" not in each["licence"], each
        assert each["vulnerabilities"] is None
    assert "NOT checked for vulnerabilities" in done.stderr


def test_nothing_is_called_sound_that_was_not_checked() -> None:
    strict = [sys.executable, SCRIPT, "--offline", "--strict"]
    assert subprocess.run(strict, capture_output=True, check=False, cwd="/").returncode == 1
