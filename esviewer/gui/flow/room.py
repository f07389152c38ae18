"""The process map: which event type follows which for a type of aggregate, as a picture and as a table."""

from __future__ import annotations

from functools import partial
from pathlib import Path as FilePath
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.catalogue import write_lines
from esviewer.app.files import not_of_the_store
from esviewer.app.process_map import TakersPage, process_map, takers
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, UsageError
from esviewer.gui.copying import Copies, Form, copies_of_focused, offer_copies
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_field import file_name
from esviewer.gui.flow.picture import FlowPicture, Key
from esviewer.gui.flow.tables import (
    COUNT,
    FROM,
    LATE,
    MEDIAN,
    SHARE,
    TO,
    PathsModel,
    TakersModel,
    is_rare,
)
from esviewer.gui.machine import Machine
from esviewer.gui.masked import MarkedItems, mark_items, offer_reveal_marks, text_of
from esviewer.gui.room import Room, invitation
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.text import visible
from esviewer.gui.work_bar import WorkBar
from esviewer.questions.process_map import EXAMPLES, Flow, Path, ProcessMap
from esviewer.work import Work

_COUNT: Final = "flow"
_TAKERS: Final = "flow-takers"
_EXPORT: Final = "flow-export"
_RARE: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Percentages of the aggregates up to which a path may count as rare."""
_USUAL: Final = 3
_ROOM_FOR_ALL: Final = 620
"""Pixels that all columns of the paths take."""
_WHICH: Final = ("all", "common", "rare")


class FlowRoom(Room):
    """One store's process map, counted when it is asked for."""

    report_ending = "csv"
    report_forms = "CSV (*.csv)"

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self.aside = machine.aside.twin(self)
        self.flows: list[Flow] | None = None
        self._key: Key | None = None
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.start = QPushButton(self.tr("Follow the events"), self)
        self.start.setObjectName("primary")
        self.bar = WorkBar(self)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(self.tr("Type of aggregates"))
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.setMaximumWidth(280)
        self.which = QComboBox(self)
        self.which.setAccessibleName(self.tr("Which paths are drawn"))
        self.which.addItems([self.tr("All paths"), self.tr("Common paths"), self.tr("Rare paths")])
        self.rare_label = QLabel(self)
        self.rare = QSlider(Qt.Orientation.Horizontal, self)
        self.rare.setRange(0, len(_RARE) - 1)
        self.rare.setValue(_USUAL)
        self.rare.setPageStep(1)
        self.rare.setFixedWidth(110)
        self.rare.setAccessibleName(self.tr("What counts as rare"))
        self.rare.setToolTip(self.tr("Paths that at most so many of the aggregates took are dashed and marked with !"))
        self.fit = QToolButton(self)
        self.fit.setText(self.tr("Show all"))
        self.fit.setToolTip(self.tr("Have the whole map in sight again (0)"))
        self.export = QPushButton(self.tr("Export …"), self)
        self.summary = ElidedLabel(self)
        self.summary.setObjectName("heading")
        self.picture = FlowPicture(self.machine, self)
        self.paths = PathsModel(self.machine, self)
        self.table = _Paths(self)
        self.table.setModel(self.paths)
        self.table.setItemDelegate(MarkedItems(self.machine.theme, self.table))
        self.table.setAccessibleName(self.tr("Paths"))
        header = show_rows(self.table)
        give_widths(header, (136, 136, 66, 92, 62, 100, 88))
        header.setStretchLastSection(False)
        for each in (FROM, TO):
            header.setSectionResizeMode(each, QHeaderView.ResizeMode.Stretch)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(COUNT, Qt.SortOrder.DescendingOrder)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.detail = ElidedLabel(self)
        self.takers = TakersModel(self.machine, self)
        self.taker_table = QTableView(self)
        self.taker_table.setModel(self.takers)
        self.taker_table.setAccessibleName(self.tr("Aggregates that took the path"))
        self.taker_table.setToolTip(self.tr("Enter or a double click opens the aggregate at this version"))
        of_takers = show_rows(self.taker_table)
        give_widths(of_takers, (200, 80))
        of_takers.setStretchLastSection(False)
        of_takers.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        mark_items(self.taker_table, self.machine.theme, self.machine)
        self.more = QPushButton(self.tr("More"), self)
        self.more.setToolTip(self.tr("Look for further aggregates that took this path"))
        self.nothing = invitation(self)
        below = QWidget(self)
        beside = QHBoxLayout()
        beside.addWidget(self.detail, 1)
        beside.addWidget(self.more)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(beside)
        column.addWidget(self.taker_table, 1)
        self.right = QSplitter(Qt.Orientation.Vertical, self)
        self.right.addWidget(self.table)
        self.right.addWidget(below)
        self.right.setSizes([400, 220])
        self.parts = QSplitter(Qt.Orientation.Horizontal, self)
        self.parts.addWidget(self.picture)
        self.parts.addWidget(self.right)
        self.parts.setSizes([560, 700])
        for splitter in (self.right, self.parts):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(7)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.parts)
        top = QHBoxLayout()
        top.addWidget(self.start)
        top.addWidget(self.bar, 2)
        top.addWidget(self.summary, 2)
        top.addWidget(self.export)
        self.tools = QWidget(self)
        tools = QHBoxLayout(self.tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.addWidget(self.kind)
        tools.addWidget(self.which)
        tools.addWidget(self.rare)
        tools.addWidget(self.rare_label)
        tools.addStretch(1)
        tools.addWidget(self.fit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addLayout(top)
        layout.addWidget(self.tools)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.start.clicked.connect(self.begin)
        self.bar.cancelled.connect(self.cancel)
        self.aside.tasks.progressed.connect(self.bar.show_progress)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.which.currentIndexChanged.connect(self._which_chosen)
        self.rare.valueChanged.connect(self._show_rare)
        self.fit.clicked.connect(self.picture.fit)
        self.export.clicked.connect(self.ask_report)
        self.picture.chosen.connect(self._choose)
        self.picture.opened.connect(self.taker_table.setFocus)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.table.customContextMenuRequested.connect(self._menu_asked)
        self.taker_table.activated.connect(self._open)
        self.more.clicked.connect(self.ask_more)
        self.machine.screen_changed.connect(self._redraw)
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)

    def entered(self) -> None:
        (self.table if self.flows is not None else self.start).setFocus()

    def copies(self) -> Copies:
        """What can be copied: the map's paths, all of them, or the aggregates that took one."""
        if self.table.hasFocus():
            return {Form.VALUE: self.copy, Form.CSV: self.copy_csv}
        return copies_of_focused(self.machine, self.taker_table)

    def close_store(self) -> None:
        self.aside.close()

    # Counting

    def begin(self) -> None:
        """Read the store and count what follows what."""
        self.messages.clear()
        self.aside.cancel(_TAKERS)
        self.start.setEnabled(False)
        self.bar.begin(self.tr("Following the events"))
        self.aside.run(_counted, self._done, self._failed, slot=_COUNT)
        self._show_state()

    def cancel(self) -> None:
        """End what is under way; what was counted before stays."""
        for slot in (_COUNT, _TAKERS, _EXPORT):
            self.aside.cancel(slot)
        self._idle()

    def _idle(self) -> None:
        self.bar.end()
        self.start.setEnabled(True)
        self._show_state()

    def _failed(self, error: EsviewerError) -> None:
        self._idle()
        self.messages.say_error(error)

    def _done(self, made: tuple[ProcessMap, list[Flow]]) -> None:
        counted, self.flows = made
        chosen = self.kind.currentData()
        self.kind.blockSignals(True)
        self.kind.clear()
        for number, flow in enumerate(self.flows):
            self.kind.addItem(self._kind_text(flow), number)
        self.kind.setCurrentIndex(chosen if chosen is not None and chosen < len(self.flows) else 0)
        self.kind.blockSignals(False)
        self._idle()
        self._kind_chosen()
        if self.isVisible():
            self.table.setFocus()
        if counted.left_out:
            text = self.tr("{0} steps are left out: there are more different ones than are kept.")
            self.messages.say(text.format(f"{counted.left_out:,}"))

    def _kind_text(self, flow: Flow) -> str:
        name = self.tr("(no type)") if flow.aggregate_type is None else self.machine.screen.text(flow.aggregate_type)
        return self.tr("{0} · {1} aggregates").format(visible(name), f"{flow.aggregates:,}")

    @property
    def flow(self) -> Flow | None:
        """The map on show."""
        number = self.kind.currentData()
        return None if not self.flows or number is None else self.flows[number]

    # Showing

    def _kind_chosen(self) -> None:
        flow = self.flow
        self._forget_path()
        self.paths.show_flow(flow)
        self.picture.show_flow(flow)
        self._show_rare()
        self._show_state()

    def _which_chosen(self, index: int) -> None:
        self.picture.show_which(_WHICH[index])
        self._show_state()

    @property
    def rare_share(self) -> float:
        """The share of the aggregates up to which a path is rare."""
        return _RARE[self.rare.value()] / 100

    def _show_rare(self) -> None:
        self.paths.show_rare(self.rare_share)
        self.picture.show_rare(self.rare_share)
        flow = self.flow
        count = 0 if flow is None else sum(is_rare(flow, path, self.rare_share) for path in flow.paths)
        text = self.tr("rare: taken by up to {0} % ({1} paths)")
        self.rare_label.setText(text.format(f"{_RARE[self.rare.value()]:g}", f"{count:,}"))
        self._show_state()

    def _show_state(self) -> None:
        flow, counting = self.flow, not self.bar.isHidden()
        self.stack.setCurrentIndex(1 if flow is not None else 0)
        self.tools.setVisible(flow is not None)
        self.export.setEnabled(flow is not None and not counting)
        self.summary.setVisible(not counting)
        if flow is not None:
            parts = [self.tr("{0} paths").format(f"{len(flow.paths):,}")]
            parts.append(self.tr("{0} events").format(f"{flow.events:,}"))
            left = self.picture.left_out()
            if left:
                parts.append(self.tr("{0} paths are only in the table").format(f"{left:,}"))
            self.summary.show_text(" · ".join(parts))
            return
        self.summary.show_text("")
        if counting:
            self.nothing.setText(self.tr("Reading the events …"))
        elif self.flows is not None:
            self.nothing.setText(self.tr("There are no events."))
        else:
            self.nothing.setText(
                self.tr(
                    "Nothing was counted yet.\n\nAll events are read once. Then you see for each type of aggregate "
                    "which event follows which, how often and after what time, and which ways only few have gone."
                )
            )

    def _redraw(self) -> None:
        """Other things are masked."""
        for number, flow in enumerate(self.flows or ()):
            self.kind.setItemText(number, self._kind_text(flow))
        self.table.viewport().update()
        self.taker_table.viewport().update()
        self.picture.draw()
        self._show_path()

    # One path

    @property
    def path(self) -> Path | None:
        """The path that is chosen."""
        row = None if self._key is None else self.paths.row_of(self._key)
        return None if row is None else self.paths.rows[row]

    def _forget_path(self) -> None:
        self._key = None
        self.aside.cancel(_TAKERS)
        self.takers.show_places(None, ())
        self._show_path()

    def _choose(self, key: Key) -> None:
        row = self.paths.row_of(key)
        if row is not None:
            self.table.selectRow(row)
            self.table.scrollTo(self.paths.index(row, 0))

    def _row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if not current.isValid():
            return
        path = self.paths.rows[current.row()]
        key = (path.source, path.target)
        if key == self._key:
            return
        self._key = key
        self.picture.choose(key)
        flow = self.flow
        self.aside.cancel(_TAKERS)
        self.takers.show_places(None if flow is None else flow.aggregate_type, path.examples)
        self._show_path()

    def _show_path(self) -> None:
        path = self.path
        self.more.setEnabled(path is not None and len(self.takers.places) < path.aggregates)
        if path is None:
            self.detail.show_text(self.tr("Choose a path to see who took it."))
            return
        text = self.paths.text
        alone = path.aggregates == 1
        by = self.tr("1 aggregate") if alone else self.tr("{0} aggregates").format(f"{path.aggregates:,}")
        words = [f"{text(path, FROM)} → {text(path, TO)}", f"{path.count:,} ×", by]
        if path.median_us is not None:
            words.append(self.tr("median {0}").format(text(path, MEDIAN)))
        self.detail.show_text(" · ".join(words))

    def ask_more(self) -> None:
        """Look for further aggregates that took the path, after those that are listed."""
        flow, path, places = self.flow, self.path, self.takers.places
        if flow is None or path is None or not places:
            return
        self.bar.begin(self.tr("Looking for aggregates that took this path"))
        act = partial(_more_takers, flow.aggregate_type, path.source, path.target, places[-1][0])
        self.aside.run(act, partial(self._add_takers, self._key), self._failed, slot=_TAKERS)
        self._show_state()

    def _add_takers(self, key: Key | None, page: TakersPage) -> None:
        self._idle()
        if key == self._key:
            self.takers.add(page.places)
            self._show_path()
            self.more.setEnabled(page.more)

    def _open(self, index: QModelIndex) -> None:
        self.aggregate_wanted.emit(self.takers.places[index.row()])

    def _menu_asked(self, place: QPoint) -> None:
        self.menu().popup(self.table.viewport().mapToGlobal(place))

    def menu(self) -> QMenu:
        """What can be done with the table; the menu goes when it is closed."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        offer_copies(menu, {Form.VALUE: self.copy, Form.CSV: self.copy_csv})
        index = self.table.currentIndex()
        if index.isValid():
            offer_reveal_marks(menu, self.machine, text_of(index))
        return menu

    def copy(self) -> None:
        """Copy the table as it is shown, tab-separated."""
        self._copied(self.paths.as_text())

    def copy_csv(self) -> None:
        """Copy the table as CSV."""
        self._copied(self.paths.as_csv())

    def _copied(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self.messages.say(self.tr("Copied: {0} paths").format(f"{len(self.paths.rows):,}"))

    # Files

    def report_name(self) -> str:
        flow = self.flow
        if flow is None:
            return ""
        return f"process map of {self.machine.screen.text(flow.aggregate_type or self.machine.session.store.name)}"

    def export_report(self, path: FilePath) -> None:
        if self.flow is None:
            return
        text = self.paths.as_csv()
        label = self.machine.session.store.label

        def write(session: Session, work: Work) -> FilePath:
            del session
            work.check()
            file = not_of_the_store(str(path), label)
            if file.suffix.lower() != ".csv":
                raise UsageError(f"{file.name} has no ending that a process map can be written in.", "Use .csv.")
            write_lines(file, text.splitlines())
            return file

        self.aside.run(write, self._wrote, self._failed, slot=_EXPORT)

    def ask_report(self) -> None:
        name = self.ask_file(file_name(f"{self.report_name()}.{self.report_ending}"))
        if name:
            self.export_report(FilePath(name))

    def ask_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Export the process map"), proposal, self.report_forms)[0]

    def _wrote(self, path: FilePath) -> None:
        self.messages.say(visible(self.tr("Written: {0}").format(path)))


class _Paths(QTableView):
    """Leaves out two columns where there is no room for them."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() != event.oldSize().width():
            for column in (SHARE, LATE):
                self.setColumnHidden(column, self.width() < _ROOM_FOR_ALL)


def _counted(session: Session, work: Work) -> tuple[ProcessMap, list[Flow]]:
    made = process_map(session.store, work=work)
    return made, made.flows()


def _more_takers(
    kind: str | None, source: str | None, target: str | None, after: str, session: Session, work: Work
) -> TakersPage:
    return takers(session.store, kind, source, target, after=after, limit=EXAMPLES, work=work)
