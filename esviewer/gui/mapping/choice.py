"""Where several layouts fit a database: what they are, on which tables and why, to choose from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from esviewer.app.mapping import Fitting, fitting
from esviewer.errors import EsviewerError
from esviewer.gui.localised import localised
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible
from esviewer.stores.databases.options import ConnectionOptions


class ChoiceDialog(QDialog):
    """A list of the layouts that fit, with the reasons of the one that is selected."""

    chosen = Signal(object)
    """What `--layout` takes to choose it."""
    mapping_wanted = Signal()
    """None of them is right: the tables should be mapped by hand."""

    def __init__(
        self, target: str, why: str, parent: QWidget | None = None, *, options: ConnectionOptions | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Choose a layout"))
        self.fits: list[Fitting] = []
        """What fits, in the order of the list."""
        self.tasks = Tasks(self)
        heading = QLabel(visible(why), self)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setWordWrap(True)
        self.list = QListWidget(self)
        self.list.setAccessibleName(self.tr("Layouts that fit"))
        self.list.currentRowChanged.connect(self._show_reasons)
        self.list.itemActivated.connect(self.take)
        self.reasons = QLabel(self.tr("Looking at the tables …"), self)
        self.reasons.setTextFormat(Qt.TextFormat.PlainText)
        self.reasons.setWordWrap(True)
        self.reasons.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.reasons.setMinimumHeight(110)
        layout = QVBoxLayout(self)
        layout.addWidget(heading)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.reasons)
        layout.addLayout(self._buttons())
        self.resize(QSize(640, 440))
        self.tasks.run(lambda work: fitting(target, options=options, work=work), self._show, self._failed)

    def _buttons(self) -> QHBoxLayout:
        by_hand = QPushButton(self.tr("&Map tables by hand …"), self)
        by_hand.setAutoDefault(False)
        by_hand.clicked.connect(self._by_hand)
        cancel = QPushButton(self.tr("Cancel"), self)
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.reject)
        self.open_button = QPushButton(self.tr("&Open"), self)
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)
        self.open_button.setEnabled(False)
        self.open_button.clicked.connect(self.take)
        row = QHBoxLayout()
        row.addWidget(by_hand)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.open_button)
        return row

    def _show(self, fits: list[Fitting]) -> None:
        self.fits = fits
        for fit in fits:
            self.list.addItem(visible(f"{fit.title} · {fit.table}"))
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _failed(self, error: EsviewerError) -> None:
        self.reasons.setText(visible(localised(error)))

    def _show_reasons(self, row: int) -> None:
        there = 0 <= row < len(self.fits)
        self.reasons.setText("\n".join(visible(reason) for reason in self.fits[row].reasons) if there else "")
        self.open_button.setEnabled(there)

    def take(self) -> None:
        """Choose the layout that is selected."""
        row = self.list.currentRow()
        if 0 <= row < len(self.fits):
            self.chosen.emit(self.fits[row].choice)
            self.accept()

    def _by_hand(self) -> None:
        self.reject()
        self.mapping_wanted.emit()

    def done(self, result: int) -> None:
        self.tasks.close()
        super().done(result)
