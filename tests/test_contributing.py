"""What CONTRIBUTING and the page on layouts tell people to add is added to a copy of the program, and works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from helpers_demo import own_demo, tamper

ROOT = Path(__file__).resolve().parents[1]
BLOCK = re.compile(r"<!-- (file|into): (\S+)(?: after ([^\n]+))? -->\n```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with all that was to be added."""
    folder = tmp_path_factory.mktemp("clone")
    left_out = shutil.ignore_patterns("__pycache__", "*.png", "*.gif")
    for name in ("esviewer", "resources", "tests", "packaging", ".github"):
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    for how, name, line, text in BLOCK.findall((ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        target = folder / name
        if how == "into":
            before = target.read_text(encoding="utf-8")
            assert f"\n{line}\n" in before, (name, line)
            text = before.replace(f"\n{line}\n", f"\n{line}\n{text}", 1)
        target.write_text(text, encoding="utf-8")
    places = {"ledgerline.toml": "resources/layouts", "test_ledgerline.py": "tests/layouts"}
    page = (ROOT / "resources" / "help" / "new-layout.md").read_text(encoding="utf-8")
    for _, name, _, text in BLOCK.findall(page):
        if name in places:
            (folder / places[name] / name).write_text(text, encoding="utf-8")
    return folder


def run(clone: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    # The copy comes before what is installed, since it is where Python is started.
    environment = {**os.environ, "PYTHONPATH": str(clone), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, timeout=300)


def test_a_check_and_a_report_form(clone: Path, tmp_path: Path) -> None:
    shop = own_demo(tmp_path / "shop.db")
    tamper(shop, "UPDATE events SET event_type = 'FeeCharged ' WHERE id = 20000 AND 1")
    done = run(clone, "-m", "esviewer", "audit", shop, "--check", "type-untrimmed", "--json")
    assert '"check":"type-untrimmed","severity":"warning"' in done.stdout, done.stderr
    assert done.stdout.count("\n") == 1
    assert "type-untrimmed" in run(clone, "-m", "esviewer", "audit", "--list").stdout
    done = run(clone, "-m", "esviewer", "report", shop, "order-00042", "--output", tmp_path / "order.outline")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "order.outline").read_text().startswith("order-00042\n  How this state came to be\n")


def test_a_layout(clone: Path) -> None:
    """As the page says, but for the tests of all other layouts, which are run anyway."""
    done = run(clone, "packaging/layouts.py")
    assert done.returncode == 0, done.stderr
    tests = (
        "tests/layouts/test_ledgerline.py",
        "tests/stores/layouts/test_packaged_layouts.py",
        "tests/test_readme.py",
    )
    done = run(clone, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", "ledgerline or event_stores")
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"\b6 passed", done.stdout), done.stdout
