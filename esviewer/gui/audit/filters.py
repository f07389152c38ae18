"""What picks out findings: severities with their numbers, a check, a part of an aggregate's name, accepted ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from esviewer.audit.finding import Severity
from esviewer.gui.audit.arranging import Wanted

_TYPED_MS = 200
"""Milliseconds after the last letter before findings are picked out by what was typed."""


class Filters(QWidget):
    """One line above the table."""

    changed = Signal(object)
    """Others are to be shown: a Wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = False
        self.severities: dict[Severity, QToolButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for severity in sorted(Severity, reverse=True):
            button = QToolButton(self)
            button.setCheckable(True)
            button.setChecked(True)
            button.toggled.connect(self._changed)
            self.severities[severity] = button
            layout.addWidget(button)
        self.check = QComboBox(self)
        self.check.setAccessibleName(self.tr("Only findings of a check"))
        self.check.setMinimumWidth(170)
        self.check.currentIndexChanged.connect(self._changed)
        layout.addWidget(self.check)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(self.tr("Aggregate or type"))
        self.text.setAccessibleName(self.tr("Only findings at aggregates like this"))
        self.text.setClearButtonEnabled(True)
        self.text.textChanged.connect(self._typed)
        layout.addWidget(self.text, 1)
        self.accepted = QCheckBox(self.tr("Accepted too"), self)
        self.accepted.toggled.connect(self._changed)
        layout.addWidget(self.accepted)
        self.shown = QLabel(self)
        self.shown.setObjectName("dim")
        layout.addWidget(self.shown)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPED_MS)
        self._timer.timeout.connect(self._changed)
        self.show_counts(Counter(), {})

    @property
    def wanted(self) -> Wanted:
        """What is to be shown."""
        pressed = frozenset(severity for severity, button in self.severities.items() if button.isChecked())
        return Wanted(pressed, self.check.currentData(), self.text.text().strip(), self.accepted.isChecked())

    def show_counts(self, by_severity: Mapping[Severity, int], by_check: Mapping[str, int]) -> None:
        """Say how many findings there are, by severity and by check."""
        names = {
            Severity.ERROR: self.tr("✕ Errors {0}"),
            Severity.WARNING: self.tr("! Warnings {0}"),
            Severity.INFO: self.tr("· Remarks {0}"),
        }
        for severity, button in self.severities.items():
            button.setText(names[severity].format(f"{by_severity.get(severity, 0):,}"))
        entries: list[tuple[str, str | None]] = [(self.tr("All checks"), None)]
        entries += [(f"{name} ({count:,})", name) for name, count in sorted(by_check.items()) if count]
        chosen = self.check.currentData()
        if chosen is not None and not by_check.get(chosen):
            entries.append((f"{chosen} (0)", chosen))
        self._filling = True
        for index, (text, name) in enumerate(entries):
            if index < self.check.count() and self.check.itemData(index) == name:
                self.check.setItemText(index, text)
            else:
                self.check.insertItem(index, text, name)
        while self.check.count() > len(entries):
            self.check.removeItem(self.check.count() - 1)
        self.check.setCurrentIndex(max(0, self.check.findData(chosen)))
        self._filling = False

    def _typed(self) -> None:
        self._timer.start()

    def _changed(self) -> None:
        if not self._filling:
            self._timer.stop()
            self.changed.emit(self.wanted)
