"""All checks: which run, how bad their findings are, how many there were, and which could not be made, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from esviewer.audit.check import Described
from esviewer.audit.checks.invariant import Invariant
from esviewer.audit.checks.schema_violation import SchemaViolation
from esviewer.audit.finding import SEVERITIES, Severity
from esviewer.audit.registry import checks as all_checks
from esviewer.audit.settings import AuditSettings, CheckSettings
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.fixed_words import about_check, severity_word
from esviewer.gui.localised import localised
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import tip, visible, visible_lines
from esviewer.gui.theme import Theme

NAME, SEVERITY, FINDINGS, REMARK = range(4)
_WIDTHS: Final = (23, 9, 9)
"""Of the columns before the last, in widths of a digit."""
_BOX: Final = 30
"""Pixels that a box beside a name takes, and the room around both."""
_BESIDE: Final = 12
"""Pixels around a text."""
_REMARK: Final = 20
"""What the last one is left out below; what is said about the chosen check has it too."""

_Index = QModelIndex | QPersistentModelIndex


def _sorted() -> tuple[type[Described], ...]:
    return tuple(sorted(all_checks(), key=lambda each: each.name))


class ChecksModel(QAbstractTableModel):
    """One row for each check; a box switches it on and off, and its severity can be chosen, for the next audit."""

    changed = Signal()
    """Other checks are to run, or with another severity."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.checks = _sorted()
        """Those that there are, a row each."""
        self._settings = AuditSettings()
        self._counts: Mapping[str, int] | None = None
        self._not_checked: Mapping[str, str] = {}
        self.fixed = False
        """Whether nothing can be changed, because an audit is under way."""

    def look_again(self) -> None:
        """See whether plug-ins were switched on or off meanwhile."""
        found = _sorted()
        if found != self.checks and not self.fixed:
            self.beginResetModel()
            self.checks = found
            self.endResetModel()

    @property
    def settings(self) -> AuditSettings:
        """What is to be checked."""
        return self._settings

    def show_settings(self, settings: AuditSettings) -> None:
        """Take other settings."""
        self._settings = settings
        self._redraw()

    def show_results(self, counts: Mapping[str, int] | None, not_checked: Mapping[str, str]) -> None:
        """What an audit came to, by check; None: there was none."""
        self._counts, self._not_checked = counts, not_checked
        self._redraw()

    def _redraw(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(len(self.checks) - 1, REMARK))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.checks)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 4

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (self.tr("Check"), self.tr("Severity"), self.tr("Findings"), self.tr("Why not checked"))[section]
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        found = super().flags(index)
        if self.fixed:
            return found
        if index.column() == NAME:
            return found | Qt.ItemFlag.ItemIsUserCheckable
        if index.column() == SEVERITY and self.checks[index.row()] is not Invariant:
            return found | Qt.ItemFlag.ItemIsEditable
        return found

    def data(self, index: _Index, role: int = 0) -> Any:
        check, column = self.checks[index.row()], index.column()
        runs = self._settings.runs(check.name)
        if role == Qt.ItemDataRole.CheckStateRole and column == NAME:
            return Qt.CheckState.Checked if runs else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(check, column)
        if role == Qt.ItemDataRole.EditRole and column == SEVERITY:
            return self.severity(check).text
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(visible(self._text(check, REMARK) or about_check(check)[0]))
        if role == Qt.ItemDataRole.TextAlignmentRole and column == FINDINGS:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and (not runs or column == REMARK):
            return QColor(self._theme.colours.dim)
        return None

    def _text(self, check: type[Described], column: int) -> str:
        if column == NAME:
            return check.name
        if column == SEVERITY:
            return self.tr("per rule") if check is Invariant else severity_word(self.severity(check))
        if column == FINDINGS:
            if self._counts is None:
                return ""
            count = self._counts.get(check.name, 0)
            return "–" if not count and self.why_not(check) else f"{count:,}"
        return visible(self.why_not(check))

    def why_not(self, check: type[Described]) -> str:
        """Why a check is not made, or was not; "" where it is."""
        if not self._settings.runs(check.name):
            return self.tr("it is switched off")
        if check is Invariant and not self._settings.invariants:
            return self.tr("the settings have no [[invariant]]")
        if check is SchemaViolation and self._settings.schemas is None:
            return self.tr("the settings name no [schemas]")
        return localised(self._not_checked.get(check.name, ""))

    def severity(self, check: type[Described]) -> Severity:
        """How bad the findings of a check are."""
        return self._settings.severity(check.name) or check.severity

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        check = self.checks[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == NAME:
            on = Qt.CheckState(value) == Qt.CheckState.Checked
            self._change({check.name: on})
            return True
        if role == Qt.ItemDataRole.EditRole and index.column() == SEVERITY and value in SEVERITIES:
            chosen = replace(self._of(check.name), severity=SEVERITIES[value])
            self._settings = replace(self._settings, checks={**self._settings.checks, check.name: chosen})
            self._redraw()
            self.changed.emit()
            return True
        return False

    def switch_all(self, on: bool) -> None:
        """Have all checks run, or none."""
        self._settings = replace(self._settings, only=None)
        self._change({check.name: on for check in self.checks})

    def switch_only(self, row: int) -> None:
        """Have one check run alone."""
        self._settings = replace(self._settings, only=frozenset())
        self._change({self.checks[row].name: True})

    def _of(self, name: str) -> CheckSettings:
        return self._settings.checks.get(name, CheckSettings())

    def _change(self, switched: Mapping[str, bool]) -> None:
        checks, only = {**self._settings.checks}, self._settings.only
        for name, on in switched.items():
            if on or only is None:
                checks[name] = replace(self._of(name), off=not on)
            if only is not None:
                only = only | {name} if on else only - {name}
        self._settings = replace(self._settings, checks=checks, only=only)
        self._redraw()
        self.changed.emit()


class _Severities(QStyledItemDelegate):
    """A list of severities to choose from."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        del option, index
        box = QComboBox(parent)
        for each in sorted(Severity, reverse=True):
            box.addItem(severity_word(each), each.text)
        box.activated.connect(self._done)
        return box

    def _done(self) -> None:
        box = self.sender()
        if isinstance(box, QComboBox):
            self.commitData.emit(box)
            self.closeEditor.emit(box, QStyledItemDelegate.EndEditHint.NoHint)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentIndex(editor.findData(index.data(Qt.ItemDataRole.EditRole)))

    def setModelData(self, editor: QWidget, model: Any, index: _Index) -> None:
        assert isinstance(editor, QComboBox)
        model.setData(index, editor.currentData(), Qt.ItemDataRole.EditRole)


class ChecksPanel(QWidget):
    """The checks, where their settings come from, and what the chosen one is about."""

    file_wanted = Signal()
    """Another settings file is to be chosen."""
    reload_wanted = Signal()
    """The settings are to be read again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ChecksModel(theme, self)
        self.origin = ElidedLabel(self)
        self.origin.setObjectName("dim")
        self.file = QPushButton(self.tr("Settings file …"), self)
        self.again = QPushButton(self.tr("Read again"), self)
        self.again.setToolTip(self.tr("Take the settings as they are kept, without what was switched here"))
        self.every = QPushButton(self.tr("All"), self)
        self.none = QPushButton(self.tr("None"), self)
        self.only = QPushButton(self.tr("Only this"), self)
        self.only.setToolTip(self.tr("Run the chosen check alone"))
        for button in (self.file, self.again, self.every, self.none, self.only):
            button.setObjectName("small")
        self.file.clicked.connect(self.file_wanted)
        self.again.clicked.connect(self.reload_wanted)
        self.every.clicked.connect(self._all)
        self.none.clicked.connect(self._none)
        self.only.clicked.connect(self._only)
        self.table = QTableView(self)
        self.table.setModel(self.model)
        self.table.setItemDelegateForColumn(SEVERITY, _Severities(self.table))
        self.table.setAccessibleName(self.tr("Checks"))
        trigger = QAbstractItemView.EditTrigger
        self.table.setEditTriggers(trigger.DoubleClicked | trigger.SelectedClicked | trigger.EditKeyPressed)
        header = show_rows(self.table, self.fontMetrics().height() + 9)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        wide = self.fontMetrics().horizontalAdvance
        words = [self.tr("per rule"), *map(severity_word, Severity)]
        least = max(wide(each.name) for each in self.model.checks) + _BOX, max(map(wide, words)) + _BESIDE
        give_widths(header, map(max, (round(each * wide("0")) for each in _WIDTHS), (*least, 0)))
        self.about = QPlainTextEdit(self)
        self.about.setReadOnly(True)
        self.about.setAccessibleName(self.tr("About the check"))
        parts = QSplitter(Qt.Orientation.Vertical, self)
        parts.addWidget(self.table)
        parts.addWidget(self.about)
        parts.setSizes([300, 130])
        parts.setStretchFactor(0, 1)
        beside = QHBoxLayout()
        for button in (self.file, self.again):
            beside.addWidget(button)
        beside.addStretch(1)
        for button in (self.every, self.none, self.only):
            beside.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(self.origin)
        layout.addLayout(beside)
        layout.addWidget(parts, 1)
        self.table.selectionModel().currentRowChanged.connect(self._chosen)
        self.model.dataChanged.connect(self._chosen)
        self.table.selectRow(0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        taken = sum(self.table.horizontalHeader().sectionSize(column) for column in range(REMARK))
        room = (self.width() - taken) / self.fontMetrics().horizontalAdvance("0")
        self.table.setColumnHidden(REMARK, room < _REMARK)

    def show_settings(self, settings: AuditSettings, file: Path | None, beside: Path | None) -> None:
        """What is checked, from a file (None: the usual settings); `beside` is where a store keeps its own."""
        if file is not None:
            self.origin.show_text(visible(self.tr("Settings: {0}").format(file.name)), visible(str(file)))
        elif beside is not None:
            text = self.tr("The usual settings; others would lie in {0}").format(beside.name)
            self.origin.show_text(visible(text), visible(str(beside)))
        else:
            self.origin.show_text(self.tr("The usual settings"))
        self.model.show_settings(settings)

    def set_fixed(self, fixed: bool) -> None:
        """Whether nothing can be changed, because an audit is under way."""
        self.model.fixed = fixed
        for button in (self.file, self.again, self.every, self.none, self.only):
            button.setEnabled(not fixed)

    def _chosen(self) -> None:
        current = self.table.currentIndex()
        if current.isValid():
            check = self.model.checks[current.row()]
            why_not = self.model.why_not(check)
            options = [self.tr("Option {0}, {1} if not set").format(*each) for each in check.options.items()]
            texts = [*about_check(check), *options]
            if why_not:
                texts.insert(0, self.tr("Not checked: {0}.").format(why_not))
            text = visible_lines("\n".join(texts))
            if text != self.about.toPlainText():
                self.about.setPlainText(text)

    def _all(self) -> None:
        self.model.switch_all(True)

    def _none(self) -> None:
        self.model.switch_all(False)

    def _only(self) -> None:
        index = self.table.currentIndex()
        if index.isValid():
            self.model.switch_only(index.row())
