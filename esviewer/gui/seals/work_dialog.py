"""What the dialogs that work through the whole store have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QWidget

from esviewer.errors import EsviewerError
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.gui.work_bar import WorkBar


class WorkDialog(QDialog):
    """Stays open while it works, and after that; the window stays usable."""

    bar: WorkBar

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.aside = machine.aside.twin(self)
        self.problem = QLabel(self)
        self.problem.setObjectName("problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()

    def _foot(self, start: QPushButton) -> QHBoxLayout:
        """The row of progress, the button that starts the work, and the one that closes."""
        self.bar = WorkBar(self)
        self.bar.cancelled.connect(self.cancel)
        self.aside.tasks.progressed.connect(self.bar.show_progress)
        self._start = start
        start.setObjectName("primary")
        start.setDefault(True)
        start.clicked.connect(self.begin)
        close = QPushButton(self.tr("Close"), self)
        close.setAutoDefault(False)
        close.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addStretch()
        row.addWidget(start)
        row.addWidget(close)
        return row

    def begin(self) -> None:
        """Do the work as the fields say."""
        raise NotImplementedError

    def cancel(self) -> None:
        """End the work that is under way."""
        raise NotImplementedError

    def _idle(self) -> None:
        self.bar.end()
        self._start.setEnabled(True)

    def _failed(self, error: EsviewerError) -> None:
        self._idle()
        self._say(localised(error))

    def _say(self, text: str) -> None:
        self.problem.setText(visible(self._machine.screen.text(text)))
        self.problem.show()
        layout = self.layout()
        if layout is not None:
            # A dialog does not grow by itself for a text that needs more than one line.
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def done(self, result: int) -> None:
        self.aside.close()
        super().done(result)
