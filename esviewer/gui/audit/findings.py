"""The findings of an audit as a table of any length, filtered and sorted beside the window's own work."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QTableView, QWidget

from esviewer.audit.finding import Finding, Severity
from esviewer.gui.audit.arranging import (
    AGGREGATE,
    CHECK,
    MESSAGE,
    POSITION,
    SEVERITY,
    TIME,
    VERSION,
    Order,
    Picked,
    Wanted,
    arranged,
    picked,
    time_of,
)
from esviewer.gui.audit.running import Found
from esviewer.gui.audit.veil import Veil
from esviewer.gui.finding_marks import MOST, FindingMark
from esviewer.gui.garbage import drop
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.masked import mark_items
from esviewer.gui.row_table import show_rows
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme
from esviewer.gui.times import shown_time
from esviewer.model import instant
from esviewer.work import Work

_SLOT: Final = "arrange"
_AGAIN_MS: Final = 700
"""Milliseconds until findings that arrived while others were sorted are sorted in."""
_VEILED: Final = 500
"""Findings whose masked copies are remembered: more than are ever in sight."""

_WIDE: Final = (10.5, 19.5, 16.5, 8.5, 9, 19)
_NARROW: Final = (10, 16, 13.5, 7.5, 8, 19)
"""Widths of the columns before the message, in widths of a digit."""
_BESIDE: Final = 14
"""Pixels around the text of a head."""
_NARROW_BELOW: Final = 88
_LEFT_OUT: Final = ((TIME, 40), (POSITION, 34), (VERSION, 26), (AGGREGATE, 16))
"""What is left out where the message would be narrower, one after the other; the details say it too."""

_Index = QModelIndex | QPersistentModelIndex


class FindingsModel(QAbstractTableModel):
    """All findings that are kept, and those of them that are shown."""

    arranging = Signal(object)
    """Whether rows are being chosen and sorted: a bool."""

    def __init__(self, veil: Veil, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.tasks = Tasks(self)
        """Where rows are chosen and sorted."""
        self._veil = veil
        self.machine = veil.machine
        self.theme = theme
        self._all: list[Finding] = []
        self._accepted = bytearray()
        self._of: dict[str, list[int]] = {}
        """The places of those that are at events, by aggregate."""
        self._shown: list[int] = []
        self._looked_at = 0
        """How many of all have been considered for `_shown`."""
        self._busy = False
        """Whether another `_shown` is being made, to which what arrives meanwhile is appended then."""
        self._veiled: OrderedDict[int, Finding] = OrderedDict()
        self.wanted = Wanted()
        self.order = Order()
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_AGAIN_MS)
        self._again.timeout.connect(self.arrange)

    def clear(self) -> None:
        """No findings."""
        self._again.stop()
        self.tasks.cancel(_SLOT)
        self._busy = False
        self.beginResetModel()
        drop(self._all)
        self._all, self._accepted, self._shown, self._looked_at = [], bytearray(), [], 0
        self._of = {}
        self._veiled.clear()
        self.endResetModel()

    def add(self, found: Sequence[Found]) -> None:
        """Take in some more; in another order than that of their making they are sorted in a little later."""
        for place, each in enumerate(found, len(self._all)):
            if each.finding.aggregate_id is not None and each.finding.version is not None:
                self._of.setdefault(each.finding.aggregate_id, []).append(place)
        self._all += [each.finding for each in found]
        self._accepted += bytes(each.accepted for each in found)
        if self._busy:
            return
        if self.order == Order():
            self._append()
        elif not self._again.isActive():
            self._again.start()

    def _append(self) -> None:
        fits = self.wanted.test()
        fresh = [
            place for place in range(self._looked_at, len(self._all)) if fits(self._all[place], self._accepted[place])
        ]
        self._looked_at = len(self._all)
        if fresh:
            first = len(self._shown)
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            self._shown += fresh
            self.endInsertRows()

    def show_only(self, wanted: Wanted) -> None:
        """Show others, as soon as they have been picked out."""
        if wanted != self.wanted:
            self.wanted = wanted
            self.arrange()

    def sort_by(self, order: Order) -> None:
        """Show them in another order, as soon as they are sorted."""
        if order != self.order:
            self.order = order
            self.arrange()

    def arrange(self) -> None:
        """Pick out and sort what is to be shown anew."""
        self._again.stop()
        findings, accepted, count = self._all, self._accepted, len(self._all)
        wanted, order = self.wanted, self.order
        self._busy = True

        def act(work: Work) -> list[int]:
            return arranged(findings, accepted, count, wanted, order, work)

        self.arranging.emit(True)
        self.tasks.run(act, partial(self._arranged, findings, count), slot=_SLOT)

    def _arranged(self, findings: list[Finding], count: int, shown: list[int]) -> None:
        if findings is not self._all:
            return
        self._busy = False
        self.beginResetModel()
        self._shown, self._looked_at = shown, count
        self.endResetModel()
        self.arranging.emit(False)
        if count < len(self._all):
            if self.order == Order():
                self._append()
            else:
                self._again.start()

    def mark(self, places: Sequence[int], accepted: bool) -> None:
        """Findings have been accepted, or are so no longer."""
        for place in places:
            self._accepted[place] = accepted
        self.arrange()

    def pick(self, places: Sequence[int], accepted: bool) -> Callable[[Work], Picked]:
        """What picks out those at some places that are accepted, or are not; for a worker."""
        return partial(picked, self._all, bytes(self._accepted), places, accepted)

    def redraw(self) -> None:
        """What may be shown has changed."""
        self._veiled.clear()
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, MESSAGE))

    @property
    def kept(self) -> int:
        """How many there are, shown or not."""
        return len(self._all)

    def places(self, first: int, last: int) -> list[int]:
        """Which of all findings are in some rows."""
        return self._shown[first : last + 1]

    def place(self, row: int) -> int:
        """Which of all findings is in a row."""
        return self._shown[row]

    def row_of(self, place: int) -> int | None:
        """The row of one of all findings; None where it is not shown."""
        try:
            return self._shown.index(place)
        except ValueError:
            return None

    def finding(self, place: int) -> Finding:
        """One of all findings, as it was made."""
        return self._all[place]

    def marks_of(self, aggregate_id: str) -> list[FindingMark]:
        """What was found at the events of an aggregate and is not accepted."""
        marks = []
        for place in self._of.get(aggregate_id, ())[:MOST]:
            finding = self._all[place]
            if finding.version is not None and not self._accepted[place]:
                marks.append(FindingMark(finding.version, finding.severity, partial(self._text, place)))
        return marks

    def _text(self, place: int) -> str:
        finding = self.veiled(place)
        return visible(f"{finding.check}: {localised(finding.message)}")

    def is_accepted(self, place: int) -> bool:
        """Whether one of all findings is accepted."""
        return bool(self._accepted[place])

    def open_findings(self) -> list[Finding]:
        """All findings that are not accepted, in the order in which they were made."""
        return [finding for finding, accepted in zip(self._all, self._accepted, strict=True) if not accepted]

    def veiled(self, place: int) -> Finding:
        """One of all findings, as it may be shown."""
        known = self._veiled.get(place)
        if known is None:
            known = self._veiled[place] = self._veil.finding(self._all[place])
            if len(self._veiled) > _VEILED:
                self._veiled.popitem(last=False)
        return known

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Severity"),
                self.tr("Check"),
                self.tr("Aggregate"),
                self.tr("Version"),
                self.tr("Position"),
                self.tr("Time"),
                self.tr("Message"),
            )[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            side = Qt.AlignmentFlag.AlignRight if section in (VERSION, POSITION) else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        place, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(place, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self.text(place, column)) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (VERSION, POSITION):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        colours = self.theme.colours
        if self._accepted[place]:
            return QColor(colours.dim) if role == Qt.ItemDataRole.ForegroundRole else None
        if role == Qt.ItemDataRole.BackgroundRole and column == SEVERITY:
            severity = self._all[place].severity
            if severity is not Severity.INFO:
                return QColor(colours.removed if severity is Severity.ERROR else colours.replaced)
        return None

    def text(self, place: int, column: int) -> str:
        """What a cell says."""
        finding = self.veiled(place)
        if column == SEVERITY:
            return self.tr("accepted") if self._accepted[place] else severity_text(finding.severity)
        if column == CHECK:
            return finding.check
        if column == AGGREGATE:
            return self.tr("(the store)") if finding.aggregate_id is None else visible(finding.aggregate_id)
        if column == VERSION:
            return "" if finding.version is None else str(finding.version)
        if column == POSITION:
            return "" if finding.position is None else visible(str(finding.position))
        if column == TIME:
            return _time(time_of(finding))
        return visible(localised(finding.message))

    def close(self) -> None:
        """End all work, and let go of all findings."""
        self.tasks.close()
        self.clear()


def severity_text(severity: Severity) -> str:
    """A severity with a sign that tells it apart without colour."""
    return {
        Severity.ERROR: translate("Severity", "✕ error"),
        Severity.WARNING: translate("Severity", "! warning"),
        Severity.INFO: translate("Severity", "· info"),
    }[severity]


def _time(text: str) -> str:
    try:
        return shown_time(instant.parse(text)) if text else ""
    except ValueError:
        return visible(text)


class FindingsTable(QTableView):
    """Shows them; a click on a head sorts, another turns the order, a third gives the order of their making."""

    chosen = Signal(object)
    """Another finding is at the cursor: its place, or None."""
    opened = Signal(object)
    """A finding's event is to be shown: its place."""

    def __init__(self, model: FindingsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._findings = model
        self._current: int | None = None
        self.setModel(model)
        mark_items(self, model.theme, model.machine)
        self.setAccessibleName(self.tr("Findings"))
        self.setToolTip(self.tr("Enter or a double click goes to the event"))
        header = show_rows(self, several=True)
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorShown(True)
        header.sortIndicatorChanged.connect(self._sort)
        # A header asks for each of its columns whether all rows of it are selected: of one with rows that takes a
        # second, when many are.
        header.setSelectionModel(QItemSelectionModel(model, header))
        self.doubleClicked.connect(self._open)
        self.selectionModel().currentRowChanged.connect(self._row_changed)
        self._scrolled = 0
        self._asked = model.wanted, model.order
        model.modelAboutToBeReset.connect(self._note)
        model.modelReset.connect(self._restore)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() != event.oldSize().width():
            self._share_out()

    def _share_out(self) -> None:
        """Give each column its width, as the font is, and the message what it needs."""
        digit = self.fontMetrics().horizontalAdvance("0")
        room = self.viewport().width() / digit
        usual = _NARROW if room < _NARROW_BELOW else _WIDE
        header = self.horizontalHeader()
        heads = (self.model().headerData(column, header.orientation()) for column in range(len(usual)))
        needed = (header.fontMetrics().horizontalAdvance(str(head)) + _BESIDE for head in heads)
        widths = [max(wide, head / digit) for wide, head in zip(usual, needed, strict=True)]
        for column, wide in enumerate(widths):
            header.resizeSection(column, round(wide * digit))
        left = room - sum(widths)
        for column, least in _LEFT_OUT:
            self.setColumnHidden(column, left < least)
            left += widths[column] if left < least else 0

    def _sort(self, column: int, direction: Qt.SortOrder) -> None:
        descending = direction == Qt.SortOrder.DescendingOrder
        self._findings.sort_by(Order(column, descending) if column >= 0 else Order())

    def _row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        self._current = self._findings.place(current.row()) if current.isValid() else None
        self.chosen.emit(self._current)

    def _note(self) -> None:
        self._scrolled = self.verticalScrollBar().value()

    def _restore(self) -> None:
        """After other rows are shown: the same finding stays chosen where it still is among them.

        It comes into sight where other rows were asked for; else what is in sight stays, such as when more arrived.
        """
        wanted, self._current = self._current, None
        asked, self._asked = self._asked, (self._findings.wanted, self._findings.order)
        row = self._findings.row_of(wanted) if wanted is not None else None
        if row is None:
            self.chosen.emit(None)
            return
        index = self._findings.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        if asked == self._asked:
            self.verticalScrollBar().setValue(self._scrolled)
        else:
            self.scrollTo(index)

    def chosen_places(self) -> list[int]:
        """The places of all findings that are selected."""
        # Whole rows are; to ask for them one by one would take a second for 100,000.
        chosen: list[int] = []
        selection = self.selectionModel().selection()
        for number in range(selection.count()):
            rows = selection.at(number)
            chosen += self._findings.places(rows.top(), rows.bottom())
        return list(dict.fromkeys(chosen))

    def choose(self, row: int) -> None:
        """Put the cursor on a row."""
        self.selectRow(row)
        self.setCurrentIndex(self._findings.index(row, 0))

    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(self._findings.place(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._open(self.currentIndex())
            return
        super().keyPressEvent(event)
