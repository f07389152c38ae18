"""What a screen reader is told: everything that takes the keyboard's focus has a name."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSpinBox, QComboBox, QLabel, QWidget

from esviewer.gui.store_rooms import titles


def named(widget: QWidget) -> str:
    """What a screen reader calls a widget."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def part_of_another(widget: QWidget) -> bool:
    """Whether a widget is told with the one that it belongs to: the list of a combo box, the viewport of a view."""
    parent = widget.parentWidget()
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return True
    while parent is not None:
        if isinstance(parent, (QAbstractSpinBox, QComboBox)):
            return True
        parent = parent.parentWidget()
    return widget.objectName().startswith("qt_")


def nameless(root: QWidget) -> list[str]:
    """The widgets in a window that take the focus and have no name; a label's name is its text."""
    found = []
    for widget in root.findChildren(QWidget):
        if widget.isHidden() or isinstance(widget, QLabel) or widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
            continue
        if not named(widget).strip() and not part_of_another(widget):
            place, parent = [], widget
            while parent is not None and parent is not root:
                place.append(type(parent).__name__)
                parent = parent.parentWidget()
            found.append(" < ".join(place))
    return found


def test_start_page(window: QWidget) -> None:
    assert nameless(window) == []


def test_store_page_and_its_rooms(driver, demo: Path) -> None:  # type: ignore[no-untyped-def]
    driver.open(demo)
    driver.choose("order-00001")
    rooms, found = driver.window.rooms, set()
    for name in titles():
        rooms.enter(name)
        driver.until(lambda: not driver.page.tasks.busy)
        found |= {(each, name) for each in nameless(driver.window)}
    assert sorted(found) == []


def test_the_dialog_of_plugins(driver) -> None:  # type: ignore[no-untyped-def]
    driver.window.help.show_plugins()
    dialog = driver.window.help.plugins
    driver.until(lambda: not dialog.busy)
    assert nameless(dialog) == []
