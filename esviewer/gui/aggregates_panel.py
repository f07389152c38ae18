"""The list of aggregates: a type filter, a search, and a list that a million ids don't slow down.

A search that begins with ? is a question to all aggregates: an expression over their state, answered as of the moment
that the window looks at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
)
from PySide6.QtWidgets import QWidget as Widget

from esviewer.app.arrivals import Arrived
from esviewer.app.log_filter import literal_glob
from esviewer.app.satisfying import Satisfying
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.sorted_aggregates import SortBy
from esviewer.errors import EsviewerError, RulesError
from esviewer.gui.asking_all import MARK, AskingAll
from esviewer.gui.copying import (
    Copies,
    Form,
    Read,
    copies_of_rows,
    copy_made,
    copy_sql,
    copy_text,
    first_chosen,
    offer_copies,
)
from esviewer.gui.garbage import drop
from esviewer.gui.lettering import usual
from esviewer.gui.links import offer_links
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine, ToLanes
from esviewer.gui.masked import mark_items
from esviewer.gui.row_table import show_rows
from esviewer.gui.sorting import Sorting
from esviewer.gui.text import status_text, tip, visible
from esviewer.gui.work_bar import WorkBar
from esviewer.model.event import AggregateSummary
from esviewer.model.exactjson import dumps
from esviewer.model.instant import Instant
from esviewer.stores.aggregates import AggregateRef
from esviewer.stores.as_of import VersionAsOf
from esviewer.work import Work

PAGE = 2000
MOST_ROWS = 50_000_000
"""Rows beyond which a table view's height in pixels would no longer fit Qt's integers."""

MOST_CHOSEN = 100
"""Rows of the chosen ones that are shown as lanes, or refused."""
_DETAILS_AT_ONCE = 100
_WITH = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
_Index = QModelIndex | QPersistentModelIndex


class AggregatesModel(QAbstractTableModel):
    """Ids as far as they are loaded; what else a row shows is fetched when it is looked at."""

    loaded = Signal(object)
    """(how many, whether that is all)"""
    failed = Signal(object)

    def __init__(self, machine: Machine, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._session = machine.session
        self._tasks = machine.tasks
        self._refs: list[AggregateRef] = []
        self._details: dict[str, AggregateSummary] = {}
        self._old: set[str] = set()
        """Those of which there is more than their details say."""
        self._wanted: dict[int, None] = {}
        self._instant: Instant | None = None
        self._places: dict[str, VersionAsOf] = {}
        """Where the moment that is looked at lies in the aggregates' lives."""
        self._sign: tuple[int | None, str] = None, ""
        self.dim = QColor()
        """The colour of what did not exist yet."""
        self._type: str | None = None
        self._search: str | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(30)
        self._timer.timeout.connect(self._fetch_details)

    def load(self, type_glob: str | None, search: str | None) -> None:
        """List anew, with other filters."""
        self._type, self._search = type_glob, search or None
        self.beginResetModel()
        drop(self._refs)
        self._refs = []
        self._wanted.clear()
        self.endResetModel()
        self._load_page()

    def close(self) -> None:
        """List nothing any longer."""
        self._timer.stop()
        self.beginResetModel()
        drop(self._refs)
        self._refs = []
        self.endResetModel()

    def begin_found(self) -> None:
        """List nothing but what is found from now on."""
        self.show_sorted([])

    def show_sign(self, section: int | None, sign: str) -> None:
        """Say at a heading that the list is sorted by it, and which way round."""
        self._sign = section, sign
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)

    def show_sorted(self, refs: list[AggregateRef]) -> None:
        """List these, and no others."""
        self._tasks.cancel("aggregates")
        self.beginResetModel()
        self._refs = refs[:MOST_ROWS]
        self._wanted.clear()
        self.endResetModel()

    def add_found(self, refs: list[AggregateRef]) -> None:
        """List some more that were found."""
        refs = refs[: max(0, MOST_ROWS - len(self._refs))]
        if refs:
            self.beginInsertRows(QModelIndex(), len(self._refs), len(self._refs) + len(refs) - 1)
            self._refs.extend(refs)
            self.endInsertRows()

    def show_as_of(self, instant: Instant | None) -> None:
        """Show each aggregate's version as of a moment instead of its number of events; None: the present."""
        if instant != self._instant:
            self._instant = instant
            self._places.clear()
            self._wanted.clear()
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 2, 2)
            if self._refs:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._refs) - 1, 2))

    def place(self, row: int) -> VersionAsOf | None:
        """Where the moment that is looked at lies in a row's life; None without a moment, or where not read yet."""
        return self._places.get(self._refs[row].aggregate_id)

    def show_arrived(self, aggregate_ids: frozenset[str]) -> None:
        """Read anew what is shown of these, once it is in sight; until then the former numbers stand."""
        self._old |= aggregate_ids & self._details.keys()
        if self._old and self._refs:
            self.dataChanged.emit(self.index(0, 2), self.index(len(self._refs) - 1, 2))

    def find_new(self, aggregate_ids: frozenset[str], found: Callable[[frozenset[str]], None]) -> None:
        """Tell which of these are not in the list as far as it is loaded."""
        refs = self._refs

        def look(work: Work) -> frozenset[str]:
            work.check()
            return aggregate_ids.difference([ref.aggregate_id for ref in refs])

        self._tasks.run(look, found, slot="new-aggregates")

    def _load_page(self) -> None:
        after = self._refs[-1].aggregate_id if self._refs else None
        type_glob, search, store = self._type, self._search, self._session.store
        # The first page is small, so that something shows at once.
        size = PAGE if after is not None else 200

        def read(work: Work) -> tuple[list[AggregateRef], int]:
            return store.aggregate_ids(
                after=after, limit=size, type_glob=type_glob, search=search, work=work
            ), size

        self._tasks.run(read, self._add_page, self._give_up, slot="aggregates")

    def _add_page(self, result: tuple[list[AggregateRef], int]) -> None:
        refs, size = result
        if refs:
            self.beginInsertRows(QModelIndex(), len(self._refs), len(self._refs) + len(refs) - 1)
            self._refs.extend(refs)
            self.endInsertRows()
        complete = len(refs) < size
        self.loaded.emit((len(self._refs), complete))
        if not complete and len(self._refs) < MOST_ROWS:
            self._load_page()

    def _give_up(self, error: EsviewerError) -> None:
        self.failed.emit(error)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._refs)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 3

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            last = self.tr("Events") if self._instant is None else self.tr("Version")
            name = (self.tr("Aggregate"), self.tr("Type"), last)[section]
            return f"{name} {self._sign[1]}" if section == self._sign[0] else name
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        ref = self._refs[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                mark = status_text(ref.status)
                return self._name(ref) + (f" ({mark})" if mark else "")
            if index.column() == 1:
                return visible(self._machine.screen.text(ref.aggregate_type or ""))
            details = self._details.get(ref.aggregate_id)
            place = self._places.get(ref.aggregate_id)
            lacking = details is None or (place is None and self._instant is not None)
            if lacking or ref.aggregate_id in self._old:
                self._wanted[index.row()] = None
                if not self._timer.isActive():
                    self._timer.start()
            if details is None or lacking:
                return "…"
            if place is not None:
                return self._placed(place)
            return f"{'' if details.exact else '≈ '}{details.events:,}"
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 2:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole and ref.status is not None:
            font = QFont()
            font.setItalic(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole:
            place = self._places.get(ref.aggregate_id)
            return self.dim if place is not None and place.version is None else None
        if role == Qt.ItemDataRole.ToolTipRole:
            details = self._details.get(ref.aggregate_id)
            place = self._places.get(ref.aggregate_id)
            if place is not None:
                return tip(self._name(ref) + "\n" + self._place_tip(place))
            span = f"\n{details.first_event or '?'} – {details.last_event or '?'}" if details else ""
            mark = status_text(ref.status)
            return tip(self._name(ref) + (f" ({mark})" if mark else "") + span)
        return None

    def _name(self, ref: AggregateRef) -> str:
        return visible(self._machine.screen.aggregate_id(ref.aggregate_id, ref.aggregate_type))

    def _placed(self, place: VersionAsOf) -> str:
        if place.version is None:
            return self.tr("not yet")
        return f"{place.version}{'' if place.in_order else ' ⚠'}{'' if place.exact else ' ~'}"

    def _place_tip(self, place: VersionAsOf) -> str:
        if place.version is None:
            lines = [self.tr("It did not exist yet as of {0}.").format(self._instant)]
        else:
            lines = [self.tr("Version {0} as of {1}").format(place.version, self._instant), str(place.time or "")]
        if not place.exact:
            lines.append(self.tr("Found by version order, as if times ascended with versions."))
        if not place.in_order:
            lines.append(self.tr("Versions and times disagree around that moment."))
        if place.undated:
            lines.append(self.tr("Events without a time: {0}").format(f"{place.undated:,}"))
        return "\n".join(filter(None, lines))

    def _fetch_details(self) -> None:
        rows = list(self._wanted)[-_DETAILS_AT_ONCE:]
        self._wanted.clear()
        ids = [self._refs[row].aggregate_id for row in rows if row < len(self._refs)]
        store, instant = self._session.store, self._instant
        if ids:

            def read(work: Work) -> tuple[list[AggregateSummary], Instant | None, list[VersionAsOf]]:
                found = {each.aggregate_id: each for each in store.summaries(ids, exact=False, work=work)}
                # Short histories are counted exactly; only for long ones an estimate saves time.
                small = [each.aggregate_id for each in found.values() if not each.exact and each.events <= 2000]
                found.update((each.aggregate_id, each) for each in store.summaries(small, work=work))
                stale = instant is None or self._instant != instant
                places = [] if instant is None or stale else store.versions_as_of(ids, instant, work=work)
                return list(found.values()), instant, places

            self._tasks.run(read, self._add_details, self._give_up)

    def _add_details(self, read: tuple[list[AggregateSummary], Instant | None, list[VersionAsOf]]) -> None:
        summaries, instant, places = read
        if len(self._details) > 50_000:
            self._details.clear()
        self._details.update((summary.aggregate_id, summary) for summary in summaries)
        self._old.difference_update(summary.aggregate_id for summary in summaries)
        if instant == self._instant:
            if len(self._places) > 50_000:
                self._places.clear()
            self._places.update((place.aggregate_id, place) for place in places)
        if self._refs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._refs) - 1, 2))

    def ref(self, row: int) -> AggregateRef:
        """The aggregate of a row."""
        return self._refs[row]

    def row_of(self, aggregate_id: str) -> int | None:
        """The row of an aggregate among those loaded."""
        return next((row for row, ref in enumerate(self._refs) if ref.aggregate_id == aggregate_id), None)


class _List(QTableView):
    """Getting the focus makes the first row of a table the current one; that is no choice."""

    apart_wanted = Signal(object)
    """A row is to be opened beside what is on show, by Ctrl+click, middle click or Ctrl+Enter: its index."""
    getting_focus = False
    extending = False
    """Whether rows are being chosen beside each other, or the place goes on without choosing: none is to be shown."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.extending = bool(event.modifiers() & _WITH)
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        middle = event.button() == Qt.MouseButton.MiddleButton
        if index.isValid() and (middle or (left and event.modifiers() == Qt.KeyboardModifier.ControlModifier)):
            self.apart_wanted.emit(index)
        else:
            super().mousePressEvent(event)
        self.extending = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.extending = True
        super().mouseMoveEvent(event)
        self.extending = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.extending = bool(event.modifiers() & _WITH)
        keys, index = event.keyCombination(), self.currentIndex()
        control = keys.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ControlModifier
        if index.isValid() and control and keys.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apart_wanted.emit(index)
        else:
            super().keyPressEvent(event)
        self.extending = False

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.getting_focus = True
        super().focusInEvent(event)
        self.getting_focus = False


class AggregatesPanel(Widget):
    """Filter, search and list."""

    chosen = Signal(object)
    """The id of the aggregate to show."""
    tab_wanted = Signal(object)
    """The id of an aggregate to show in a tab of its own."""
    failed = Signal(object)

    def __init__(self, machine: Machine, parent: Widget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._types: list[str] = []
        self.model = AggregatesModel(machine, self)
        self.types = QComboBox(self)
        self.types.setAccessibleName(self.tr("Aggregate type"))
        self.types.addItem(self.tr("All types"), None)
        self.types.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("Search ids and types"))
        self.search.setAccessibleName(self.tr("Search aggregates"))
        self.search.setClearButtonEnabled(True)
        self.question = QToolButton(self)
        self.question.setText(MARK)
        self.question.setToolTip(
            self.tr(
                "Ask which aggregates satisfy an expression over their state, as of the moment on show, such as "
                "?state.status == 'open'; Enter asks"
            )
        )
        self.question.setAccessibleName(self.tr("Ask all aggregates"))
        self.question.clicked.connect(self.begin_question)
        self.asking = AskingAll(machine, self)
        self._asked = False
        """Whether the list is an answer, or is to be one."""
        self._complete = False
        """Whether all aggregates that fit the filters are listed."""
        self._as_of: Instant | None = None
        self.bar = WorkBar(self)
        self.bar.bar.setFixedWidth(50)
        self.bar.cancelled.connect(self._give_up)
        self.asking.progressed.connect(self.bar.show_progress)
        self.asking.found.connect(self.model.add_found)
        self.asking.ended.connect(self._answered)
        self.asking.failed.connect(self._not_answered)
        self.search.returnPressed.connect(self._entered)
        self.sorting = Sorting(machine, self)
        self.sorting.chosen.connect(self.reload)
        self.sorting.progressed.connect(self.bar.show_progress)
        self.sorting.sorted.connect(self._sorted)
        self.sorting.failed.connect(self._not_sorted)
        self.sorting.sign_wanted.connect(self.model.show_sign)
        self.view = _List(self)
        self.view.apart_wanted.connect(self._open_apart)
        self.view.setAccessibleName(self.tr("Aggregates"))
        self.view.setModel(self.model)
        mark_items(self.view, machine.theme)
        self.model.dataChanged.connect(self._widen)
        self._shown: str | None = None
        """The aggregate that the page shows."""
        self.model.rowsInserted.connect(self._mark_loaded)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._menu)
        machine.screen_changed.connect(self._screen_changed)
        header = show_rows(self.view, 22, several=True)
        header.setStretchLastSection(False)  # ids take what is left
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Interactive)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.resizeSection(1, 74)
        header.resizeSection(2, 62)
        header.setMinimumSectionSize(30)
        self.sorting.attach(header)
        header.setResizeContentsPrecision(0)  # what is out of sight counts for no width, and takes long to ask
        self.new = QPushButton(self)
        self.new.setObjectName("small")
        self.new.setToolTip(self.tr("List the aggregates anew, as far as they fit the filters"))
        self.new.clicked.connect(self.reload)
        self.new.hide()
        self._new: frozenset[str] = frozenset()
        """Aggregates that came while this list was on show."""
        self.count = QLabel(self)
        self.count.setObjectName("dim")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.count.setWordWrap(True)
        beside = QHBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(self.search, 1)
        beside.addWidget(self.question)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.types)
        layout.addLayout(beside)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.new)
        layout.addWidget(self.count)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(150)
        self._timer.timeout.connect(self.reload)
        self.search.textChanged.connect(self._typed)
        self.types.currentIndexChanged.connect(self.reload)
        self.view.selectionModel().currentRowChanged.connect(self._picked)
        # The row at which the keyboard is becomes a choice where somebody clicks it.
        self.view.selectionModel().selectionChanged.connect(self._selected)
        self.model.loaded.connect(self._count)
        self.model.failed.connect(self.failed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # Where there is room for one column less, the type goes: the filter above shows it.
        self.view.setColumnHidden(1, usual(self.width()) < 250)

    def show_as_of(self, instant: Instant | None, dim: str) -> None:
        """Show versions as of a moment; `dim` is the colour of aggregates that did not exist yet."""
        self.model.dim = QColor(dim)
        self.model.show_as_of(instant)
        self.sorting.show_as_of(instant is not None)
        other, self._as_of = instant != self._as_of, instant
        if other and self._asked:
            self._ask()
        elif other and self.sorting.by is SortBy.VERSION:
            self.reload()

    def show_arrived(self, arrived: Arrived) -> None:
        """Take in that events have come: numbers grow by themselves, the list when somebody says so."""
        self.model.show_arrived(arrived.aggregates)
        self.model.find_new(arrived.aggregates | self._new, self._tell_new)

    def _tell_new(self, new: frozenset[str]) -> None:
        # While more is being loaded, or a part is listed, nobody knows which ones the list lacks.
        whole = self._complete and not self._is_question and not self.search.text().strip() and not self._type_glob
        self._new = new if whole else frozenset()
        text = self.tr("Show 1 new aggregate") if len(new) == 1 else self.tr("Show {0} new aggregates")
        self.new.setText(text.format(f"{len(new):,}"))
        self.new.setVisible(bool(self._new))

    def reload(self) -> None:
        """List anew with the filters as they are."""
        self._timer.stop()
        self._machine.tasks.cancel("new-aggregates")
        self._tell_new(frozenset())
        self._complete = False
        if self._is_question and not self.search.text().strip().strip(MARK):
            return  # the question is still to be written
        if self._is_question:
            self._ask()
            return
        self._leave_question()
        self.sorting.cancel()
        search = self.search.text().strip()
        if self.sorting.is_usual:
            self.bar.end()
            self.model.load(self._type_glob, search)
            return
        # What is listed stays until the new order is known.
        self.bar.begin(self.tr("Sorting"))
        self.sorting.sort(self._type_glob, search or None, self._as_of)

    def _sorted(self, refs: list[AggregateRef]) -> None:
        self.bar.end()
        self.model.show_sorted(refs)
        self.view.scrollToTop()
        self._count((self.model.rowCount(), True))
        if self._shown is not None:
            self.select(self._shown)

    @property
    def _type_glob(self) -> str | None:
        # The names come from the store; what a glob would read into them is meant literally.
        kind = self.chosen_type
        return None if kind is None else literal_glob(kind)

    # A question to all

    @property
    def _is_question(self) -> bool:
        return self.search.text().lstrip().startswith(MARK)

    def begin_question(self) -> None:
        """Have a question written."""
        if not self._is_question:
            self.search.setText(MARK)
        self.search.setFocus()
        self.search.setCursorPosition(len(self.search.text()))

    def _entered(self) -> None:
        if self._is_question:
            self.reload()

    def _ask(self) -> None:
        self.asking.cancel()
        try:
            self.asking.ask(self.search.text().strip().removeprefix(MARK).strip(), self._as_of, self._type_glob)
        except RulesError as error:
            self.bar.end()
            if self._asked:
                # What is listed would be taken for the answer.
                self.model.begin_found()
            self.count.setText(visible(localised(error)))
            return
        self._asked = True
        self.sorting.allow(False)
        self.model.begin_found()
        self.count.setText("")
        self.count.setToolTip("")
        self.bar.begin(self.tr("Rebuilding"))

    def _leave_question(self) -> None:
        if self._asked:
            self._asked = False
            self.sorting.allow(True)
            self.asking.cancel()
            self.bar.end()
            self.count.setToolTip("")

    def _not_sorted(self, error: EsviewerError) -> None:
        # What is listed is in the order before.
        self.sorting.forget()
        self._not_answered(error)

    def _give_up(self) -> None:
        self.bar.end()
        if not self._asked:
            # An order that is not known can't be shown.
            self.sorting.take_usual()
            return
        self.asking.cancel()
        self.count.setText(
            self.tr("Cancelled: {0} aggregates until then, not all.").format(f"{self.model.rowCount():,}")
        )

    def _answered(self, said: Satisfying) -> None:
        self.bar.end()
        text = self.tr("{0} of {1} aggregates satisfy it").format(f"{said.found:,}", f"{said.aggregates:,}")
        if self._as_of is not None:
            text += self.tr(" as of {0}").format(self._as_of.isoformat())
        if said.unsure:
            text += self.tr("; {0} of them were rebuilt with gaps").format(f"{said.unsure:,}")
        if said.untold:
            text += self.tr("; of {0} it can't be told").format(f"{said.untold:,}")
        self.count.setText(text + ".")
        screen = self._machine.screen
        lines = [
            f"{screen.aggregate_id(each or '', kind)}: {localised(screen.reason(why))}"
            for each, kind, why in said.reasons
        ]
        self.count.setToolTip(tip("\n".join(map(visible, lines))))

    def _not_answered(self, error: EsviewerError) -> None:
        self.bar.end()
        self.failed.emit(error)

    def close_store(self) -> None:
        """End all work."""
        self.asking.close()
        self.sorting.close()
        self.model.close()

    def offer_types(self, names: list[str]) -> None:
        """Fill the type filter, keeping the choice."""
        chosen = self.chosen_type
        self._types = sorted(names)
        self.types.blockSignals(True)
        while self.types.count() > 1:
            self.types.removeItem(1)
        for name in self._types:
            self.types.addItem(visible(self._machine.screen.text(name)))
        self.types.setCurrentIndex(self._types.index(chosen) + 1 if chosen in self._types else 0)
        self.types.blockSignals(False)

    @property
    def chosen_type(self) -> str | None:
        """The type that is listed alone; None: all are."""
        index = self.types.currentIndex()
        return self._types[index - 1] if index > 0 else None

    def _screen_changed(self) -> None:
        self.offer_types(self._types)
        self.view.viewport().update()

    def _menu(self, place: QPoint) -> None:
        index = self.view.indexAt(place)
        if index.isValid():
            self.menu(index).popup(self.view.viewport().mapToGlobal(place))

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done with a row; the menu goes when it is closed."""
        ref, menu = self.model.ref(index.row()), QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._machine.screen.aggregate_id(ref.aggregate_id, ref.aggregate_type) != ref.aggregate_id:
            menu.addAction(self.tr("Reveal this id"), partial(self._machine.reveal_id, ref.aggregate_id))
        menu.addAction(self.tr("Open in a new tab"), partial(self.tab_wanted.emit, ref.aggregate_id))
        chosen = self.chosen_ids if ref.aggregate_id in self.chosen_ids else (ref.aggregate_id,)
        lanes = self._machine.lanes_wanted.emit
        menu.addAction(self.tr("Show as swim lanes"), partial(lanes, ToLanes(chosen)))
        menu.addAction(self.tr("Add to the swim lanes"), partial(lanes, ToLanes(chosen, beside=True)))
        offer_copies(menu, self._copies_of(ref))
        offer_links(menu, self._machine, ref.aggregate_id, ref.aggregate_type, None)
        menu.addSeparator()
        menu.addMenu(self.sorting.menu(menu))
        return menu

    def copies(self) -> Copies:
        """What can be copied of the current row's aggregate."""
        index = self.view.currentIndex()
        return self._copies_of(self.model.ref(index.row())) if index.isValid() else {}

    def _copies_of(self, ref: AggregateRef) -> Copies:
        machine, of = self._machine, ref.aggregate_id

        def summary(screen: Screen, session: Session, work: Work) -> str:
            found = session.store.summary(of, work=work)
            kind = found.aggregate_type
            shown = replace(
                found,
                aggregate_id=screen.aggregate_id(found.aggregate_id, kind),
                aggregate_type=None if kind is None else screen.text(kind),
            )
            return dumps(shown.as_json(), indent=2)

        return {
            **copies_of_rows(machine, self.view),
            Form.VALUE: lambda: copy_text(machine, visible(machine.screen.aggregate_id(of, ref.aggregate_type))),
            Form.JSON: partial(copy_made, machine, summary),
            Form.SQL: partial(copy_sql, machine, Read(of, ref.aggregate_type)),
        }

    def _typed(self) -> None:
        if self._is_question:
            # It takes a while to answer, so that it is asked when somebody says so.
            self._timer.stop()
            self.asking.cancel()
            self.bar.end()
            self.count.setText(self.tr("An expression over state, version, aggregate_id; Enter asks all aggregates."))
        else:
            self._timer.start()

    def _picked(self, current: QModelIndex) -> None:
        if current.isValid() and not self.view.getting_focus and not self.view.extending:
            self.chosen.emit(self.model.ref(current.row()).aggregate_id)

    def _selected(self, *_: object) -> None:
        index = self.view.currentIndex()
        if index.isValid() and self.view.selectionModel().isRowSelected(index.row(), QModelIndex()):
            self._picked(index)

    def _open_apart(self, index: QModelIndex) -> None:
        self.tab_wanted.emit(self.model.ref(index.row()).aggregate_id)

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """The aggregates of the chosen rows, from above to below."""
        return tuple(self.model.ref(each.row()).aggregate_id for each in first_chosen(self.view, MOST_CHOSEN))

    def select(self, aggregate_id: str) -> None:
        """Mark the row of an aggregate, now or as soon as it is loaded."""
        self._shown = aggregate_id
        row = self.model.row_of(aggregate_id)
        if row is not None:
            self._mark(row)

    def _mark_loaded(self, _parent: QModelIndex, first: int, last: int) -> None:
        row = next((row for row in range(first, last + 1) if self.model.ref(row).aggregate_id == self._shown), None)
        if row is not None:
            self._mark(row)

    def _mark(self, row: int) -> None:
        if self.view.currentIndex().row() != row:
            self.view.selectionModel().blockSignals(True)
            self.view.selectRow(row)
            self.view.setCurrentIndex(self.model.index(row, 0))
            self.view.selectionModel().blockSignals(False)
            self.view.viewport().update()

    def _widen(self) -> None:
        """Give the numbers that are in sight, and what stands over them, the room that they need."""
        header = self.view.horizontalHeader()
        wide = max(header.sectionSizeHint(2), min(self.view.sizeHintForColumn(2) + 6, self.view.width() // 2))
        if wide > header.sectionSize(2):
            header.resizeSection(2, wide)

    def _count(self, counted: tuple[int, bool]) -> None:
        count, self._complete = counted
        complete = self._complete
        if self._is_question:
            return
        if complete:
            self.count.setText(self.tr("1 aggregate") if count == 1 else self.tr("{0} aggregates").format(f"{count:,}"))
        else:
            self.count.setText(self.tr("{0} aggregates, loading more …").format(f"{count:,}"))
