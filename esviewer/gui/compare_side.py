"""One side of a comparison, as it is typed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from esviewer.app.sides import Side
from esviewer.gui.masked import ScreenNow
from esviewer.gui.text import visible


class SideRow(QWidget):
    """A field for the place, and one for the aggregate."""

    changed = Signal()
    """Something else was typed."""
    entered = Signal()
    """Enter: what was typed counts at once."""

    def __init__(self, letter: str, screen: ScreenNow, parent: QWidget) -> None:
        """`screen` says what shows of masked ids."""
        super().__init__(parent)
        self._screen = screen
        self._exact: str | None = None
        """The id that the field stands for, where it was not typed: it may have characters that don't show, or be
        masked."""
        self._written = ""
        """What stands in the field for it."""
        self.label = QLabel(letter, self)
        self.label.setObjectName("heading")
        self.label.setFixedWidth(self.label.fontMetrics().horizontalAdvance("M"))
        self.place = QLineEdit(self)
        self.place.setAccessibleName(self.tr("Side {0}: version or date").format(letter))
        self.place.setToolTip(
            self.tr(
                "A version such as 12 or a moment such as 2026-11-22 14:34 Asia/Tokyo; "
                "empty: the playhead, wherever it is"
            )
        )
        self.aggregate = QLineEdit(self)
        self.aggregate.setAccessibleName(self.tr("Side {0}: aggregate").format(letter))
        self.aggregate.setToolTip(self.tr("The id of an aggregate; empty: the one on show"))
        self.aggregate.setPlaceholderText(self.tr("this aggregate"))
        self.label.setBuddy(self.place)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.label)
        layout.addWidget(self.place, 1)
        layout.addWidget(self.aggregate, 1)
        for field in (self.place, self.aggregate):
            field.setMaxLength(10_000)
            field.setMinimumWidth(60)
            field.setClearButtonEnabled(True)
            field.textChanged.connect(self._changed)
            field.returnPressed.connect(self.entered)
        self._name_nothing()

    def _changed(self) -> None:
        if self._exact is not None and self.aggregate.text() != self._written:
            self._exact = None
        self._name_nothing()
        self.changed.emit()

    def _name_nothing(self) -> None:
        """Say what an empty place is."""
        self.place.setPlaceholderText(
            self.tr("newest version") if self.aggregate.text().strip() else self.tr("playhead")
        )

    @property
    def side(self) -> Side:
        """What is typed."""
        name = self.aggregate.text() if self._exact is None else self._exact
        return Side(self.place.text().strip(), name)

    def show_id(self) -> None:
        """Show the id anew, where it was not typed: other things are masked."""
        if self._exact is not None:
            self.show_side(self.side)

    def show_side(self, side: Side) -> None:
        """Fill the fields in."""
        self.blockSignals(True)
        self.place.setText(side.place)
        self._exact = side.aggregate_id or None
        self._written = visible(self._screen().aggregate_id(side.aggregate_id))
        self.aggregate.setText(self._written)
        for field in (self.place, self.aggregate):
            field.setCursorPosition(0)
        self.blockSignals(False)
        self._name_nothing()
        self.changed.emit()
