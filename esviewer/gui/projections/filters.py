"""Conditions on columns, without expressions: one is being chosen, others are in force beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QToolButton, QWidget

from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.text import visible
from esviewer.projections.result import Filter, Operation

_OPERATIONS: Final[tuple[Operation, ...]] = (
    "contains", "=", "<>", ">", ">=", "<", "<=", "is null", "is not null",
)  # fmt: skip
_MOST: Final = 8


class FilterBar(QWidget):
    """A column, a condition and a value; Enter puts it in force, a click on one in force takes it away."""

    changed = Signal()

    def __init__(self, shown_value: Callable[[Filter], str], parent: QWidget | None = None) -> None:
        """`shown_value` says what of a condition's value may be shown."""
        super().__init__(parent)
        self._shown_value = shown_value
        self._names: tuple[str, ...] = ()
        self._in_force: list[Filter] = []
        self.column = QComboBox(self)
        self.column.setAccessibleName(self.tr("Column to filter by"))
        self.column.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.column.setMinimumContentsLength(11)
        self.operation = QComboBox(self)
        self.operation.setAccessibleName(self.tr("Condition"))
        texts = {"contains": self.tr("contains"), "is null": self.tr("is empty"), "is not null": self.tr("is filled")}
        for each in _OPERATIONS:
            self.operation.addItem(texts.get(each, each), each)
        self.value = QLineEdit(self)
        self.value.setPlaceholderText(self.tr("Value, then Enter"))
        self.value.setAccessibleName(self.tr("Value to filter by"))
        self.value.setMinimumWidth(70)
        self.add = QPushButton(self.tr("Filter"), self)
        self.shown = ElidedLabel(self)
        self.shown.setObjectName("dim")
        self._chips: list[QToolButton] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.column, self.operation, self.value, self.add):
            self._row.addWidget(widget)
        self._row.addWidget(self.shown, 1)
        self.operation.currentIndexChanged.connect(self._needs_value)
        self.value.returnPressed.connect(self.put)
        self.add.clicked.connect(self.put)

    @property
    def filters(self) -> tuple[Filter, ...]:
        """Those in force."""
        return tuple(self._in_force)

    def offer(self, names: Sequence[str]) -> None:
        """Filter other columns; conditions on columns that are there no more go."""
        chosen = self.column.currentIndex()
        former = self._names[chosen] if 0 <= chosen < len(self._names) else ""
        self._names = tuple(names)
        self.column.clear()
        self.column.addItems([visible(name) for name in names])
        if former in self._names:
            self.column.setCurrentIndex(self._names.index(former))
        self._in_force = [each for each in self._in_force if each.column in self._names]
        self._show()

    def choose(self, column: str, operation: Operation, value: str = "") -> None:
        """Put one more condition in force."""
        self._put(Filter(column, operation, value))

    def put(self) -> None:
        """Put the condition that is chosen in force."""
        place, operation = self.column.currentIndex(), _OPERATIONS[self.operation.currentIndex()]
        needs = "null" not in operation
        if place < 0 or (needs and not self.value.text()):
            return
        self._put(Filter(self._names[place], operation, self.value.text() if needs else ""))

    def _put(self, made: Filter) -> None:
        if made not in self._in_force and len(self._in_force) < _MOST:
            self._in_force.append(made)
            self.value.clear()
            self._show()
            self.changed.emit()

    def _needs_value(self) -> None:
        self.value.setEnabled("null" not in _OPERATIONS[self.operation.currentIndex()])

    def redraw(self) -> None:
        """What may be shown has changed."""
        self._show()

    def _show(self) -> None:
        for chip in self._chips:
            self._row.removeWidget(chip)
            chip.deleteLater()
        self._chips = []
        for number, each in enumerate(self._in_force):
            chip = QToolButton(self)
            sign = self.operation.itemText(_OPERATIONS.index(each.operation))
            text = visible(f"{each.column} {sign} {self._shown_value(each)}".strip())
            chip.setText((text if len(text) <= 26 else text[:25] + "…").replace("&", "&&") + "  ×")
            chip.setToolTip(self.tr("Take this condition away"))
            chip.setAccessibleName(self.tr("Condition in force: {0}").format(text))
            chip.clicked.connect(self._take_away)
            self._row.insertWidget(4 + number, chip)
            self._chips.append(chip)

    @property
    def chips(self) -> list[QToolButton]:
        """The buttons of conditions in force."""
        return self._chips

    def _take_away(self) -> None:
        chip = self.sender()
        if isinstance(chip, QToolButton) and chip in self._chips:
            del self._in_force[self._chips.index(chip)]
            self._show()
            self.changed.emit()
