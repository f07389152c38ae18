"""The manual's pages hold together, and what they name is there."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from esviewer.app import manual
from esviewer.cli.main import _COMMANDS
from esviewer.errors import UsageError
from esviewer.gui.help.asked import PAGES

BLOCK = re.compile(r"```toml\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\]\(([^)]+)\)")
COMMAND = re.compile(r"`(?:\.venv/bin/)?esviewer ([a-z]+)\b")


def test_every_file_of_the_manual_is_a_page() -> None:
    files = {file.stem for file in manual.pages()[0].file.parent.glob("*.md")}
    assert files == set(manual.TOPICS)
    assert set(PAGES.values()) <= files


def test_translations_are_of_pages() -> None:
    folder = manual.pages()[0].file.parent / "ja"
    translated = {file.stem for file in folder.glob("*.md")} - {"readme"}
    assert translated
    assert translated <= set(manual.TOPICS)
    assert {page.topic for page in manual.pages("ja") if page.file.parent == folder} == translated


@pytest.mark.parametrize("page", [*manual.pages(), *manual.pages("ja")], ids=lambda page: page.title)
def test_what_a_page_names_is_there(page: manual.Page) -> None:
    assert page.text.startswith(f"# {page.title}\n")
    for link in LINK.findall(page.text):
        assert (page.file.parent / link).exists(), link
    for command in COMMAND.findall(page.text):
        assert command in _COMMANDS, command
    for block in BLOCK.findall(page.text):
        tomllib.loads(block)


def test_pages_are_found_by_their_words() -> None:
    assert [page.topic for page in manual.found("Merkle")] == ["evidence"]
    assert manual.found("upcast")[0].topic == "reducers"
    assert manual.found("no such words anywhere") == []


def test_a_topic_that_is_none_names_the_next() -> None:
    with pytest.raises(UsageError, match="no page 'audits'") as caught:
        manual.page("audits")
    assert "Did you mean audit?" in str(caught.value.hint)
    with pytest.raises(UsageError) as caught:
        manual.page("xyzzy")
    assert "esviewer help" in str(caught.value.hint)


def test_the_reference_is_that_of_the_commands() -> None:
    script = Path(__file__).resolve().parents[2] / "packaging" / "reference.py"
    found = runpy.run_path(str(script))
    assert manual.page("reference").file.read_text(encoding="utf-8") == found["reference"](), (
        "run python packaging/reference.py"
    )
    for name in _COMMANDS:
        assert f"\n## esviewer {name}\n" in manual.page("reference").text


def test_sentences_that_troubleshooting_quotes_are_the_programs() -> None:
    root = Path(__file__).resolve().parents[2]
    said = runpy.run_path(str(root / "packaging" / "said.py"))
    templates: set[str] = set()
    for file in (root / "esviewer").rglob("*.py"):
        templates |= said["of_module"](file.read_text(encoding="utf-8"))
    known = {re.sub(r"\{\d+\}", "…", text).casefold() for text in templates}
    quoted = re.findall("“([^”]+)”", manual.page("troubleshooting").text)
    assert len(quoted) > 40
    assert [sentence for sentence in quoted if sentence.casefold() not in known] == []


def test_translations_have_the_same_commands() -> None:
    for page in manual.pages("ja"):
        if page.file.parent.name == "ja":
            english = manual.page(page.topic)
            assert re.findall(r"```sh\n(.*?)```", page.text, re.DOTALL) == re.findall(
                r"```sh\n(.*?)```", english.text, re.DOTALL
            )
            assert page.text.count("\n## ") == english.text.count("\n## ")
            assert page.text.count("\n| ") == english.text.count("\n| ")
