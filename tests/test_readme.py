"""What README.md and the manual say of layouts, checks and pages is what there is."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any, Final

import pytest

from esviewer.app import manual
from esviewer.audit.registry import ALL

ROOT: Final = Path(__file__).resolve().parents[1]
README: Final = ROOT / "README.md"
JAPANESE: Final = ROOT / "resources" / "help" / "ja" / "readme.md"
CONTRIBUTING: Final = ROOT / ".github" / "CONTRIBUTING.md"


@pytest.fixture(scope="module")
def writer() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "packaging" / "layouts.py"))


def test_the_table_of_event_stores_is_that_of_the_layouts(writer: dict[str, Any]) -> None:
    text = manual.page("layouts").file.read_text(encoding="utf-8")
    assert text == writer["with_table"](text), "run python packaging/layouts.py"


@pytest.mark.parametrize("file", [README, JAPANESE], ids=["en", "ja"])
def test_numbers_are_those_of_today(writer: dict[str, Any], file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert re.search("More than fifty layouts|50 種類を超えるレイアウト", text)
    assert len(writer["packaged"]()) > 50
    assert re.findall(r"(\d+)(?:, among them states| 種類の検査)", text) == [str(len(ALL))]


@pytest.mark.parametrize("file", [README, JAPANESE, CONTRIBUTING], ids=["en", "ja", "contributing"])
def test_what_is_linked_is_there(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert links
    for link in links:
        if not link.startswith("https://"):
            assert (file.parent / link).exists(), link


def test_every_page_of_the_manual_is_reached_from_the_readme() -> None:
    reached, waiting = set(), ["../../README.md"]
    folder = manual.page("layouts").file.parent
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            text = (folder / name).read_text(encoding="utf-8")
            waiting += re.findall(r"\]\((?:resources/help/)?([a-z-]+\.md)\)", text)
    assert {f"{page.topic}.md" for page in manual.pages()} <= reached


def test_the_same_commands_start_it_in_japanese() -> None:
    commands = [
        re.search(r"<!-- run-command -->\n```sh\n(.+?)```", file.read_text(encoding="utf-8"), re.DOTALL)
        for file in (README, JAPANESE)
    ]
    assert commands[0] is not None
    assert commands[1] is not None
    assert commands[0][1] == commands[1][1]


def test_the_moving_picture_is_small() -> None:
    assert 100_000 < (ROOT / "resources" / "help" / "tour.gif").stat().st_size < 1_000_000
