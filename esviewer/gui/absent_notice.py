"""The notice that there is no state to look at: the moment is before the first event."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from esviewer.gui.as_of_bar import absent_text
from esviewer.gui.machine import Machine


class AbsentNotice(QFrame):
    """Hidden until an aggregate is looked at as of a moment at which it did not exist."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("Nothing as of then"))
        self._version: int | None = None
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.go = QPushButton(self)
        self.go.setObjectName("small")
        self.go.clicked.connect(self._go)
        self.go.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 6, 6, 6)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.go)
        self.hide()

        machine.none_yet.connect(self._tell)
        machine.screen_changed.connect(self._tell)
        machine.moving.connect(self._moving)
        machine.view_changed.connect(self.hide)

    def _tell(self, _: object = None) -> None:
        """Say that there is nothing at the moment, and what comes after."""
        before, view, screen = self._machine.before, self._machine.view, self._machine.screen
        if before is None or view is None:
            return
        place, about = before.place, view.summary
        name = screen.aggregate_id(about.aggregate_id, about.aggregate_type)
        after = "" if place.after is None else screen.text(place.after.type)
        self.label.setText(absent_text(place, name, after, guessed=before.guessed, complete=before.complete))
        self._version = None if place.after is None else place.after.version
        self.go.setVisible(self._version is not None)
        self.go.setText(self.tr("Go to version {0}").format(self._version))
        self.show()

    def _moving(self, row: int) -> None:
        if row >= 0:
            self.hide()

    def _go(self) -> None:
        if self._version is not None:
            self._machine.go_to(self._version)
