"""The window in the languages that it speaks: nothing is left untranslated, and nothing is cut off."""

from __future__ import annotations

import ast
import importlib.util
import re
import shutil
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from PySide6.QtCore import QTranslator
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QAbstractButton, QApplication, QHeaderView, QLabel, QTabBar, QWidget

from esviewer.app.demo import PUZZLING_ORDER
from esviewer.app.masking import NOT_MASKED, USUAL_RULES
from esviewer.app.settings import Settings
from esviewer.audit.finding import Severity
from esviewer.audit.registry import ALL
from esviewer.audit.seals.difference import Kind
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.fixed_words import (
    about_check,
    difference_kind,
    masking_origin,
    reducer_kind,
    sensitive_kind,
    severity_word,
)
from esviewer.gui.language import LANGUAGES, speak, spoken
from esviewer.gui.lettering import use_letters_of
from esviewer.gui.main_window import MainWindow
from esviewer.gui.store_rooms import titles
from esviewer.model.sensitive_values import KINDS

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "resources" / "translations" / "esviewer_ja.ts"
GENERAL = QFontDatabase.SystemFont.GeneralFont
MARGIN = 4
"""Pixels that a column's head has beside its text at least."""


def messages(file: Path) -> dict[tuple[str, str], str]:
    """Translations by context and text; empty where one is missing."""
    found = {}
    for context in ET.parse(file).getroot().findall("context"):
        for message in context.findall("message"):
            translation = message.find("translation")
            assert translation is not None
            text = "" if translation.get("type") == "unfinished" else translation.text or ""
            found[context.findtext("name", ""), message.findtext("source", "")] = text
    return found


@pytest.fixture(scope="module")
def tools() -> Iterator[ModuleType]:
    # As where it is run from the command line: it imports its neighbour.
    sys.path.insert(0, str(ROOT / "packaging"))
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path.remove(str(ROOT / "packaging"))


def test_every_text_of_the_sources_is_translated(tools: ModuleType, tmp_path: Path) -> None:
    copy = tmp_path / TEXTS.name
    shutil.copy(TEXTS, copy)
    tools.collect(copy, "ja")
    assert messages(copy) == messages(TEXTS), "run packaging/translations.py and translate what is new"
    assert [key for key, text in messages(TEXTS).items() if not text] == []


def test_the_window_loads_what_is_translated(qapp: QApplication) -> None:
    loaded = QTranslator(qapp)
    assert loaded.load(str(TEXTS.with_suffix(".qm")))
    for (context, source), text in messages(TEXTS).items():
        assert loaded.translate(context, source) == text


@pytest.mark.parametrize(("pattern", "what"), [(r"\{\w*\}", "places"), (r"\n", "lines"), (r"</?[a-z]+>", "marks")])
def test_translations_have_what_their_texts_have(pattern: str, what: str) -> None:
    for (_, source), text in messages(TEXTS).items():
        assert Counter(re.findall(pattern, source)) == Counter(re.findall(pattern, text)), (what, source, text)


def test_keys_of_menus_stay() -> None:
    for (_, source), text in messages(TEXTS).items():
        key = re.search(r"&(\w)", source)
        if key is not None:
            assert f"&{key[1]}".upper() in text.upper(), (source, text)


def test_what_is_translated_can_be_collected() -> None:
    """The collector passes over texts inside of f-strings, those that are computed, and other objects' `tr`."""
    for file in sorted((ROOT / "esviewer" / "gui").rglob("*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        inside = {id(node) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func)
            if not called.endswith(".tr") and called not in ("translate", "QCoreApplication.translate"):
                continue
            where = f"{file.relative_to(ROOT)}:{node.lineno}"
            if file.name == "language.py":
                continue
            assert id(node) not in inside, where
            assert called in ("self.tr", "translate", "QCoreApplication.translate"), where
            assert all(isinstance(argument, ast.Constant) for argument in node.args), where


def test_words_of_the_layers_below_are_translated(qapp: QApplication) -> None:
    words: list[tuple[Callable[[str], str], Iterable[str]]] = [
        (sensitive_kind, [kind for kind in KINDS if kind != "IBAN"]),
        (masking_origin, [USUAL_RULES, NOT_MASKED]),
        (difference_kind, get_args(Kind)),
        (reducer_kind, ["rules", "merge"]),
    ]
    for translated, texts in words:
        assert [text for text in texts if translated(text) != text] == []
    assert [each for each in ALL if about_check(each) != (each.looks_for, each.why, each.todo)] == []
    speak(qapp, "ja")
    try:
        for check in ALL:
            assert not {*about_check(check)} & {check.looks_for, check.why, check.todo}, check.name
        assert [text for translated, texts in words for text in texts if translated(text) == text] == []
        assert [each for each in Severity if severity_word(each) == each.text] == []
    finally:
        speak(qapp, "en")
    assert [each for each in Severity if severity_word(each) != each.text] == []


@pytest.mark.parametrize(("chosen", "language"), [("ja", "ja"), ("en", "en"), ("xx", spoken("system"))])
def test_choice(chosen: str, language: str) -> None:
    assert spoken(chosen) == language


def test_the_choice_is_remembered(window: MainWindow, settings: Settings) -> None:
    assert list(window.language_actions) == ["system", *LANGUAGES]
    window.language_actions["ja"].trigger()
    assert Settings(settings.file).get("language") == "ja"
    assert "started anew" in window.start.messages.text


def test_the_window_speaks_japanese(
    settings: Settings, qapp: QApplication, request: pytest.FixtureRequest, demo: Path
) -> None:
    settings.put("language", "ja")
    driver = request.getfixturevalue("driver")
    driver.open(demo)
    titles = [action.text() for action in driver.window.menuBar().actions()]
    assert titles[0] == "ファイル(&F)"
    assert driver.page.isVisible()
    buttons = [button.text() for button in driver.window.findChildren(QAbstractButton) if button.isVisible()]
    assert "レポートをエクスポート" in buttons
    speak(qapp, "en")


def cut_off(window: QWidget) -> list[str]:
    """The texts in sight that have not the room they need."""
    found = []
    for widget in window.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel):
            continue
        wanted = 0
        text = ""
        if isinstance(widget, QAbstractButton) and widget.text():
            text, wanted = widget.text(), widget.fontMetrics().horizontalAdvance(widget.text().replace("&", ""))
        elif isinstance(widget, QLabel) and not widget.wordWrap() and widget.text():
            text, wanted = widget.text(), widget.sizeHint().width()
        elif isinstance(widget, QTabBar):
            for index in range(widget.count()):
                if widget.tabRect(index).width() < widget.fontMetrics().horizontalAdvance(widget.tabText(index)):
                    found.append(f"tab {widget.tabText(index)}")
        elif isinstance(widget, QHeaderView) and widget.model() is not None:
            for section in range(widget.count()):
                head = str(widget.model().headerData(section, widget.orientation()) or "")
                room = widget.sectionSize(section)
                if not widget.isSectionHidden(section) and head:
                    needed = widget.fontMetrics().horizontalAdvance(head) + 2 * MARGIN
                    if 0 < room < needed:
                        found.append(f"column {head} has {room} of {needed}")
        if wanted > widget.width():
            found.append(f"{type(widget).__name__} {text!r} has {widget.width()} of {wanted}")
    return found


@pytest.mark.parametrize(
    ("language", "width", "letters"),
    [*((language, width, 1.0) for language in LANGUAGES for width in (1280, 1920)), ("en", 1920, 1.5)],
)
def test_nothing_is_cut_off(
    settings: Settings,
    language: str,
    width: int,
    letters: float,
    request: pytest.FixtureRequest,
    qapp: QApplication,
    demo: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked_for = QFontDatabase.systemFont

    def system_font(kind: QFontDatabase.SystemFont) -> QFont:
        font = asked_for(kind)
        font.setPointSizeF(font.pointSizeF() * letters)
        return font

    monkeypatch.setattr(QFontDatabase, "systemFont", system_font)
    settings.put("language", language)
    driver = request.getfixturevalue("driver")
    assert qapp.font().pointSizeF() == pytest.approx(asked_for(GENERAL).pointSizeF() * letters)
    driver.window.resize(width, width * 10 // 16)
    driver.open(demo)
    driver.choose(PUZZLING_ORDER)
    found = {}
    for name in titles():
        driver.window.rooms.enter(name)
        driver.until(lambda: not driver.page.tasks.busy)
        # What has just been told is laid out in one of the next turns.
        for _ in range(20):
            qapp.processEvents()
            found[name] = cut_off(driver.window)
            if not found[name]:
                break
    monkeypatch.undo()
    speak(qapp, "en")
    use_letters_of("en")
    assert found == {name: [] for name in titles()}
