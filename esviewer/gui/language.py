"""The language of the window: translations of its own texts, and Qt's of those on Qt's buttons and dialogs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from esviewer import assets

LANGUAGES: Final = {"en": "English", "ja": "日本語"}
"""What the languages call themselves."""
SYSTEM: Final = "system"
"""The language that the system is set to, or English where there is no translation into it."""

_installed: list[QTranslator] = []
_now = ["en"]


def spoken(chosen: str) -> str:
    """The language that a choice stands for: one of `LANGUAGES`."""
    if chosen in LANGUAGES:
        return chosen
    for name in QLocale.system().uiLanguages():
        language = name.partition("-")[0]
        if language in LANGUAGES:
            return language
    return "en"


def speak(application: QCoreApplication, chosen: str) -> str:
    """Have texts that are made from now on in a language, one of `LANGUAGES` or `SYSTEM`; returns which it is."""
    language = spoken(chosen)
    while _installed:
        application.removeTranslator(_installed.pop())
    if language != "en":
        folders = (QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), str(assets.path("translations")))
        for name, folder in zip(("qtbase", "esviewer"), folders, strict=True):
            translator = QTranslator(application)
            if translator.load(f"{name}_{language}", folder):
                application.installTranslator(translator)
                _installed.append(translator)
    _now[0] = language
    return language


def language_now() -> str:
    """The language of texts that are made now."""
    return _now[0]


def translate(context: str, text: str) -> str:
    """A text in the window's language, where no object of a class is there to say `tr`; both are literals."""
    return QCoreApplication.translate(context, text)


def enumerated(texts: Iterable[str]) -> str:
    """Several texts as one."""
    return translate("Lists", ", ").join(texts)
