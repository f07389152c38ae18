"""Holds the store against a seal, a proof or a report, and lists what is not as it was."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.session import Session
from esviewer.app.verdicts import Found, headline, only_grew, remarks, sentences, verify_with
from esviewer.audit.seals.difference import Difference
from esviewer.audit.seals.trust import Trust
from esviewer.audit.seals.verifying import Verdict
from esviewer.gui.file_field import FileField
from esviewer.gui.fixed_words import difference_kind
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items, reveal_in
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.seals.work_dialog import WorkDialog
from esviewer.gui.text import tip, visible, visible_lines
from esviewer.work import Work

_SLOT: Final = "verify"
_TOLD: Final = 1_000
"""Differences whose aggregates are looked for in what is said of them."""
_KIND, _POSITION, _AGGREGATE, _VERSION, _MESSAGE = range(5)

_Index = QModelIndex | QPersistentModelIndex


class DifferencesModel(QAbstractTableModel):
    """One row for each thing that is not as it was sealed."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._rows: Sequence[Difference] = ()

    def show_differences(self, rows: Sequence[Difference]) -> None:
        """Show others."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def difference(self, row: int) -> Difference:
        """The one in a row."""
        return self._rows[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 5

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("What"),
                self.tr("Position"),
                self.tr("Aggregate"),
                self.tr("Version"),
                self.tr("In words"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        difference = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(difference, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._text(difference, index.column())) or None
        return None

    def _text(self, difference: Difference, column: int) -> str:
        screen, place = self._machine.screen, difference.place
        if column == _KIND:
            return difference_kind(difference.kind)
        if column == _MESSAGE:
            return visible(localised(screen.about(difference.message, difference.aggregate_ids)))
        if place is None:
            return ""
        if column == _POSITION:
            return "" if place.position is None else visible(screen.text(str(place.position)))
        return visible(screen.unknown_id(place.aggregate_id)) if column == _AGGREGATE else str(place.version)


class VerifyDialog(WorkDialog):
    """Holds the store against a seal, a proof or a report."""

    aggregate_wanted = Signal(object)
    """The time machine is to show an aggregate: (its id, a version or None)."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self._found: Found | None = None
        self.setWindowTitle(visible(self.tr("Verify {0}").format(machine.screen.text(machine.session.store.name))))
        any_file = self.tr("All files (*)")
        self.file = FileField(self.tr("Seal, proof or report"), any_file, self)
        self.file.line.setPlaceholderText(self.tr("a seal, a proof, or a report with its evidence beside it"))
        self.key = FileField(self.tr("Public key that it must be signed with"), any_file, self)
        self.key.line.setPlaceholderText(self.tr("none: any signature, or none, will do"))
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("Verify by"), self.file)
        form.addRow(self.tr("Public key"), self.key)
        self.outcome = QLabel(self)
        self.outcome.setObjectName("heading")
        self.more = QPlainTextEdit(self)
        self.more.setReadOnly(True)
        self.more.setAccessibleName(self.tr("What was found, and what can't be told"))
        reveal_in(self.more, machine)
        for label in (self.outcome, self.problem):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.hide()
        self.model = DifferencesModel(machine, self)
        self.table = _Differences(self.model, self)
        mark_items(self.table, machine.theme, machine)
        self.table.opened.connect(self._open)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.addWidget(self.table)
        self.parts.addWidget(self.more)
        self.parts.setSizes([230, 120])
        self.parts.setStretchFactor(0, 1)
        self.parts.hide()
        self.verify = QPushButton(self.tr("Verify"), self)
        foot = self._foot(self.verify)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.problem)
        layout.addWidget(self.outcome)
        layout.addWidget(self.parts, 1)
        layout.addLayout(foot)
        machine.screen_changed.connect(self._show)
        self.resize(760, 160)

    def begin(self) -> None:
        """Hold the store against the file."""
        file = self.file.file
        self._clear()
        if file is None:
            self._say(self.tr("Name a seal, a proof or a report."))
            return
        self.verify.setEnabled(False)
        self.bar.begin(self.tr("Reading the store"))
        self.aside.run(partial(_verified, file, self.key.file), self._done, self._failed, slot=_SLOT)

    def cancel(self) -> None:
        """End the work that is under way."""
        self.aside.cancel(_SLOT)
        self._idle()
        self._say(self.tr("Cancelled: nothing is said about the store."))

    def _clear(self) -> None:
        self._found = None
        for widget in (self.problem, self.outcome, self.parts):
            widget.hide()
        self.model.show_differences(())

    def _done(self, found: Found) -> None:
        self._idle()
        self._found = found
        self.model.show_differences(found.differences if isinstance(found, Verdict) else ())
        self._show()
        self.resize(max(self.width(), 860), max(self.height(), 440))
        if self.model.rowCount():
            self.table.selectRow(0)

    def _show(self) -> None:
        found, screen = self._found, self._machine.screen
        if found is None:
            return
        sign = "✓ " if found.verified else "✕ "
        told = found.differences[:_TOLD] if isinstance(found, Verdict) else ()
        ids = {name for each in told for name in each.aggregate_ids}
        self.outcome.setText(sign + visible(localised(screen.about(headline(found), ids))))
        lines = list(sentences(found))
        if isinstance(found, Verdict) and only_grew(found):
            lines.append(self.tr("The store only grew: the sealed tree begins the store's."))
        trust = self._trust(found.trust)
        lines.append(self.tr("The seal: {0}").format(trust) if isinstance(found, Verdict) else trust)
        if isinstance(found, Verdict):
            lines += remarks(found)
        self.more.setPlainText(visible_lines("\n".join(localised(screen.about(line, ids)) for line in lines)))
        self.table.setVisible(bool(self.model.rowCount()))
        self.outcome.show()
        self.parts.show()
        if self.model.rowCount():
            last = self.model.index(self.model.rowCount() - 1, _MESSAGE)
            self.model.dataChanged.emit(self.model.index(0, 0), last)

    def _trust(self, trust: Trust) -> str:
        if trust.state == "signed":
            text = self.tr("It is signed with the key {0}; name the public key to know whether that is the right one.")
            return text.format(trust.key_digest)
        return localised(trust.message)

    def _open(self, row: int) -> None:
        place = self.model.difference(row).place
        if place is not None:
            self.aggregate_wanted.emit((place.aggregate_id, place.version))


class _Differences(QTableView):
    opened = Signal(object)
    """A row's event is to be shown: the row."""

    def __init__(self, model: DifferencesModel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(self.tr("What differs from the seal"))
        self.setToolTip(self.tr("Enter or a double click goes to the event"))
        header = show_rows(self)
        give_widths(header, (80, 70, 130, 60))
        self.doubleClicked.connect(self._open)

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)


def _verified(file: Path, key: Path | None, session: Session, work: Work) -> Found:
    return verify_with(session, file.expanduser(), key=key, work=work)
