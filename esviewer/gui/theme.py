"""Light and dark: one set of colours each, for Qt's palette, the style sheet and the plots."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from esviewer import assets
from esviewer.gui.language import language_now
from esviewer.gui.lettering import fixed_width


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of one theme."""

    dark: bool
    window: str
    base: str
    alternate: str
    text: str
    dim: str
    line: str
    edge: str
    """Of what can be operated; `line` only divides."""
    button: str
    accent: str
    accent_text: str
    added: str
    replaced: str
    removed: str
    warning: str
    types: tuple[str, ...]


LIGHT = Colours(
    dark=False,
    window="#f4f5f7",
    base="#ffffff",
    alternate="#f8f9fb",
    text="#1d2330",
    dim="#5d6675",
    line="#d5d9e0",
    edge="#848d9c",
    button="#ffffff",
    accent="#2160c4",
    accent_text="#ffffff",
    added="#d8f3df",
    replaced="#fdeec2",
    removed="#fbdcdc",
    warning="#fff3d6",
    types=(
        "#2160c4", "#c2410c", "#26803a", "#9c36b5", "#c2255c", "#0b7285",
        "#a16207", "#5f3dc4", "#4d7c0f", "#b91c1c", "#0369a1", "#667080",
    ),
)
DARK = Colours(
    dark=True,
    window="#1b1e24",
    base="#14171c",
    alternate="#191c22",
    text="#e4e7ec",
    dim="#a3acba",
    line="#343a45",
    edge="#717c8d",
    button="#262a32",
    accent="#6ea8fe",
    accent_text="#0d1117",
    added="#163f26",
    replaced="#4a3a10",
    removed="#54211f",
    warning="#43350f",
    types=(
        "#6ea8fe", "#ff922b", "#69db7c", "#da77f2", "#f783ac", "#3bc9db",
        "#ffd43b", "#9775fa", "#a9e34b", "#ff8787", "#4dabf7", "#adb5bd",
    ),
)


def monospace() -> QFont:
    """The font for values."""
    font = fixed_width(language_now())
    font.setPointSizeF(QApplication.font().pointSizeF())
    return font


class Theme(QObject):
    """The theme in force; `chosen` is system, light or dark."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self.chosen = "system"
        self.colours = LIGHT
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._system_changed)

    def choose(self, name: str) -> None:
        """Take a theme by name."""
        self.chosen = name if name in ("light", "dark") else "system"
        self._apply()

    def _system_changed(self) -> None:
        if self.chosen == "system":
            self._apply()

    def _apply(self) -> None:
        scheme = self._application.styleHints().colorScheme()
        dark = self.chosen == "dark" or (self.chosen == "system" and scheme == Qt.ColorScheme.Dark)
        self.colours = DARK if dark else LIGHT
        self._application.setPalette(_palette(self.colours))
        self._application.setStyleSheet(_style(self.colours))
        self.changed.emit()


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in (
        (role.Window, colours.window),
        (role.Base, colours.base),
        (role.AlternateBase, colours.alternate),
        (role.Text, colours.text),
        (role.WindowText, colours.text),
        (role.ButtonText, colours.text),
        (role.Button, colours.button),
        (role.ToolTipBase, colours.base),
        (role.ToolTipText, colours.text),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.accent_text),
        (role.Link, colours.accent),
        (role.PlaceholderText, colours.dim),
        (role.Mid, colours.line),
        (role.Dark, colours.line),
        (role.Light, colours.base),
    ):
        palette.setColor(name, QColor(colour))
    for name in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(colours.dim))
    return palette


def _style(colours: Colours) -> str:
    shade = "dark" if colours is DARK else "light"
    down, up, check = (assets.path(f"icons/{name}-{shade}.svg").as_posix() for name in ("down", "up", "check"))
    return f"""
    QToolTip {{ color: {colours.text}; background: {colours.base}; border: 1px solid {colours.line}; padding: 4px; }}
    QMainWindow::separator {{ background: {colours.line}; }}
    QSplitter::handle {{ background: {colours.window}; }}
    QTableView, QTreeView, QListWidget, QPlainTextEdit {{
        background: {colours.base}; border: 1px solid {colours.line}; border-radius: 4px;
        selection-background-color: {colours.accent}; selection-color: {colours.accent_text}; }}
    QTreeView::item {{ padding: 2px 0; }}
    QListWidget::item {{ padding: 6px 4px; }}
    QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {colours.edge}; border-radius: 3px;
        background: {colours.base}; }}
    QCheckBox::indicator:checked {{ background: {colours.accent}; border-color: {colours.accent};
        image: url("{check}"); }}
    QHeaderView::section {{ background: {colours.window}; color: {colours.dim}; border: none;
        border-bottom: 1px solid {colours.line}; padding: 3px 6px; }}
    QLineEdit, QComboBox, QSpinBox {{ background: {colours.base}; border: 1px solid {colours.edge};
        border-radius: 4px; padding: 3px 6px; min-height: 18px; }}
    QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled {{ background: {colours.window}; color: {colours.dim};
        border-color: {colours.line}; }}
    QLabel:disabled, QCheckBox:disabled {{ color: {colours.dim}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: url("{down}"); width: 10px; height: 10px; }}
    QSpinBox::up-button, QSpinBox::down-button {{ border: none; background: transparent; width: 18px; }}
    QSpinBox::up-arrow {{ image: url("{up}"); width: 9px; height: 9px; }}
    QSpinBox::down-arrow {{ image: url("{down}"); width: 9px; height: 9px; }}
    QLineEdit:focus, QComboBox:focus {{ border-color: {colours.accent}; }}
    QPushButton {{ background: {colours.button}; border: 1px solid {colours.edge}; border-radius: 4px;
        padding: 4px 10px; }}
    QPushButton:hover, QToolButton:hover {{ border-color: {colours.accent}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {colours.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {colours.dim}; }}
    QPushButton#small {{ padding: 1px 8px; }}
    QPushButton#primary {{ background: {colours.accent}; color: {colours.accent_text};
        border-color: {colours.accent}; font-weight: 600; }}
    QPushButton#primary:disabled {{ background: {colours.button}; color: {colours.dim}; border-color: {colours.edge}; }}
    QToolButton {{ background: {colours.button}; border: 1px solid {colours.edge}; border-radius: 4px;
        padding: 3px 7px; min-width: 16px; }}
    QToolButton:checked {{ background: {colours.accent}; color: {colours.accent_text}; }}
    QToolButton#badge {{ border: none; background: transparent; color: {colours.dim}; padding: 0px 14px 0px 4px; }}
    QToolButton#badge:focus {{ border: 1px solid {colours.accent}; }}
    QTabWidget::pane {{ border: none; }}
    QTabBar::tab {{ padding: 4px 12px; color: {colours.dim}; border: none; border-bottom: 2px solid transparent; }}
    QTabBar#close::tab {{ padding: 4px 7px; }}
    QTabBar::scroller {{ width: 44px; }} QTabBar QToolButton {{ padding: 0px; min-width: 12px; }}
    QTabBar QToolButton#shut {{ border: none; background: transparent; color: {colours.dim}; padding: 0px 4px; }}
    QTabBar QToolButton#shut:hover {{ color: {colours.text}; }}
    QTabBar::tab:selected {{ color: {colours.text}; border-bottom: 2px solid {colours.accent}; font-weight: 600; }}
    QLabel#dim {{ color: {colours.dim}; }}
    QLabel#heading {{ font-weight: 600; }}
    QFrame#messages, QLabel#problem {{
        background: {colours.warning}; border: 1px solid {colours.line}; border-radius: 4px;
    }}
    QLabel#problem {{ padding: 3px; }}
    QStatusBar {{ color: {colours.dim}; }} QStatusBar::item {{ border: none; }}
    """
