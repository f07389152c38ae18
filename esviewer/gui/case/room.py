"""The case room: what was pinned, in order, and whether the store still says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.cases.case import Case, Pin
from esviewer.app.cases.pinning import Rechecked
from esviewer.errors import EsviewerError
from esviewer.gui.case.desk import CaseDesk
from esviewer.gui.case.details import NoteEdit, PinDetails
from esviewer.gui.case.dialog import CaseDialog, Wanted, ask_case_file, ask_new_file
from esviewer.gui.case.pins_model import BY, PINNED, WHAT, PinsModel
from esviewer.gui.case.words import kind_of, place_of_pin, summary_of, time_of, what_of, who_of
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_field import file_name
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine, ToPin
from esviewer.gui.masked import offer_reveal_marks, text_of
from esviewer.gui.report_dialog import ReportDialog, ReportWanted
from esviewer.gui.room import Room, Told
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.shortcuts import take_keys
from esviewer.gui.text import visible
from esviewer.work import Progress

_ROOM_FOR_ALL = 640
"""Pixels from which on a table has room for all columns."""


class CaseRoom(Room):
    """Shows the case on the desk; without one, how to get one."""

    def __init__(self, machine: Machine, parent: QWidget) -> None:
        super().__init__(machine, parent)
        self.desk = CaseDesk(machine, self)
        self.dialog: CaseDialog | None = None
        """The dialog that asks for a case, while it is open."""
        self.report_dialog: ReportDialog | None = None
        """The dialog that asks for a report, while it is open."""
        self._build()
        self._connect()
        self._opened(None)

    # Widgets

    def _build(self) -> None:
        self.empty = self._empty_page()
        self.title = QLineEdit(self)
        self.title.setAccessibleName(self.tr("Title of the case"))
        self.title.setMaxLength(1000)
        self.menu_button = QToolButton(self)
        self.menu_button.setText(self.tr("Case"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.menu_button)
        for text, slot in (
            (self.tr("&New case …"), self.ask_new),
            (self.tr("&Open case …"), self.ask_open),
            (self.tr("&Save as …"), self.ask_save_as),
            (self.tr("&Close case"), self.desk.close_case),
        ):
            menu.addAction(text, slot)
        self.menu_button.setMenu(menu)
        self.undo_button = self._tool("↶", self.tr("Undo (Ctrl+Z)"), self._undo)
        self.redo_button = self._tool("↷", self.tr("Redo (Ctrl+Shift+Z)"), self._redo)
        self.report_button = QPushButton(self.tr("Report …"), self)
        self.report_button.setToolTip(self.tr("Write a report of the case (Ctrl+E)"))
        self.report_button.clicked.connect(self.ask_report)
        self.check_button = QPushButton(self.tr("Check against the store"), self)
        self.check_button.setToolTip(self.tr("Ask the store again for all that is pinned (F5)"))
        self.check_button.clicked.connect(self.desk.check)
        self.stop_button = QPushButton(self.tr("Stop"), self)
        self.stop_button.setToolTip(self.tr("Give up what is under way"))
        self.stop_button.clicked.connect(self.desk.stop)
        self.bar = QProgressBar(self)
        self.bar.setMaximumHeight(10)
        self.bar.setFixedWidth(120)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.where = ElidedLabel(self)
        self.where.setObjectName("dim")
        self.summary = ElidedLabel(self)
        self.note = NoteEdit(2, self)
        self.note.setPlaceholderText(self.tr("What the case is about"))
        self.note.setAccessibleName(self.tr("Note of the case"))
        self.foreign = self._foreign_bar()
        self.model = PinsModel(self.machine, self)
        self.table = self._table()
        self.go_button = self._pin_button(
            self.tr("Go there"), self.go_there, self.tr("Show it in the time machine (Enter)")
        )
        self.up_button = self._pin_button("↑", self._move_up, self.tr("Further up (Alt+Up)"))
        self.down_button = self._pin_button("↓", self._move_down, self.tr("Further down (Alt+Down)"))
        self.remove_button = self._pin_button(
            self.tr("Remove"), self.remove, self.tr("Take it out of the case (Del); Ctrl+Z brings it back")
        )
        self.details = PinDetails(self.machine, self)
        self.details.setMinimumWidth(260)
        self.full = self._full_page()
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 4)
        layout.setSpacing(6)
        layout.addWidget(self.messages)
        layout.addWidget(self.stack, 1)

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        heading = QLabel(self.tr("No case is open"), page)
        heading.setObjectName("heading")
        about = QLabel(
            self.tr(
                "A case is a file that keeps what you find: states, differences, events, histories of fields and "
                "findings, each with a note and with what is needed to see later whether the store still says so. "
                "Pin what is on show with Ctrl+D."
            ),
            page,
        )
        about.setWordWrap(True)
        self.new_button = QPushButton(self.tr("New case …"), page)
        self.new_button.setObjectName("primary")
        self.new_button.clicked.connect(self.ask_new)
        self.open_button = QPushButton(self.tr("Open case …"), page)
        self.open_button.clicked.connect(self.ask_open)
        self.recent_label = QLabel(self.tr("Recent cases about this store"), page)
        self.recent_label.setObjectName("heading")
        self.recent = QListWidget(page)
        self.recent.setAccessibleName(self.recent_label.text())
        self.recent.itemActivated.connect(self._recent_chosen)
        self.recent.itemClicked.connect(self._recent_chosen)
        buttons = QHBoxLayout()
        buttons.addWidget(self.new_button)
        buttons.addWidget(self.open_button)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(10)
        column.addWidget(heading)
        column.addWidget(about)
        column.addLayout(buttons)
        column.addWidget(self.recent_label)
        column.addWidget(self.recent, 1)
        # Takes the height where there is no list, so that the rest stands together.
        column.addStretch()
        inside = QWidget(page)
        inside.setMaximumWidth(640)
        inside.setLayout(column)
        outer = QHBoxLayout(page)
        outer.addStretch(1)
        outer.addWidget(inside, 8)
        outer.addStretch(1)
        return page

    def _foreign_bar(self) -> QWidget:
        bar = QWidget(self)
        self.foreign_text = QLabel(bar)
        self.foreign_text.setObjectName("problem")
        self.foreign_text.setTextFormat(Qt.TextFormat.PlainText)
        self.foreign_text.setWordWrap(True)
        self.accept_button = QPushButton(self.tr("Go on"), bar)
        self.accept_button.setToolTip(self.tr("Check the pins against the store that is open all the same"))
        self.accept_button.clicked.connect(self.desk.accept)
        self.adopt_button = QPushButton(self.tr("It has moved here"), bar)
        self.adopt_button.setToolTip(self.tr("Note in the case that this is its store, at another place"))
        self.adopt_button.clicked.connect(self.desk.adopt)
        self.leave_button = QPushButton(self.tr("Close the case"), bar)
        self.leave_button.clicked.connect(self.desk.close_case)
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.foreign_text, 1)
        for button in (self.accept_button, self.adopt_button, self.leave_button):
            row.addWidget(button)
        return bar

    def _full_page(self) -> QWidget:
        page = QWidget(self)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        for tool in (self.undo_button, self.redo_button, self.menu_button):
            head.addWidget(tool)
        state = QHBoxLayout()
        state.addWidget(self.summary, 1)
        for widget in (self.bar, self.stop_button, self.check_button, self.report_button):
            state.addWidget(widget)
        buttons = QHBoxLayout()
        buttons.addWidget(self.go_button)
        buttons.addWidget(self.up_button)
        buttons.addWidget(self.down_button)
        buttons.addStretch(1)
        buttons.addWidget(self.remove_button)
        left = QWidget(page)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        self.split = QSplitter(Qt.Orientation.Horizontal, page)
        self.split.addWidget(left)
        self.split.addWidget(self.details)
        self.split.setChildrenCollapsible(False)
        self.split.setHandleWidth(7)
        self.split.setSizes([620, 500])
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.note)
        layout.addWidget(self.foreign)
        layout.addLayout(state)
        layout.addWidget(self.split, 1)
        layout.addWidget(self.where)
        return page

    def _table(self) -> QTableView:
        table = _Pins(self)
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Pins"))
        header = show_rows(table, 24)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(24)
        give_widths(header, (30, 78, 150, 112, 120, 80, 118))
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        return table

    def _tool(self, text: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(slot)
        return button

    def _pin_button(self, text: str, slot: object, tip: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName("small")
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(slot)
        return button

    def _connect(self) -> None:
        desk = self.desk
        desk.opened.connect(self._opened)
        desk.changed.connect(self._changed)
        desk.checked.connect(self._checked)
        desk.pinned.connect(self._pinned)
        desk.told.connect(self.told)
        desk.failed.connect(self._failed)
        desk.wanted.connect(self.enter_wanted)
        desk.progressed.connect(self._progressed)
        desk.undo.canUndoChanged.connect(self.undo_button.setEnabled)
        desk.undo.canRedoChanged.connect(self.redo_button.setEnabled)
        desk.undo.undoTextChanged.connect(self._name_undo)
        self.title.editingFinished.connect(self._title_edited)
        self.note.edited.connect(desk.set_note)
        self.details.note_edited.connect(self._pin_note_edited)
        self.model.modelReset.connect(self._picked)
        self.table.selectionModel().selectionChanged.connect(self._picked)
        self.table.activated.connect(self.go_there)
        self.table.customContextMenuRequested.connect(self._table_menu)
        for keys, widget, slot in (
            (QKeySequence(QKeySequence.StandardKey.Undo), self, self._undo),
            (QKeySequence("Ctrl+Shift+Z"), self, self._redo),
            (QKeySequence(Qt.Key.Key_F5), self, desk.check),
            (QKeySequence(Qt.Key.Key_Delete), self.table, self.remove),
            (QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Up), self, self._move_up),
            (QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Down), self, self._move_down),
        ):
            take_keys(widget, keys, slot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        low = self.height() < 480
        self.note.setVisible(not low or bool(self.note.toPlainText()))

    # The desk's case

    def entered(self) -> None:
        """Look whether others changed the case's file meanwhile."""
        self._show_recent()
        self.desk.look_again()

    def _opened(self, case: Case | None) -> None:
        self.stack.setCurrentWidget(self.empty if case is None else self.full)
        self.summary.show_text("")
        self._progressed(None)
        self._name_undo("")
        self.undo_button.setEnabled(False)
        self.redo_button.setEnabled(False)
        if case is None:
            self.details.show_pin(None, None)
            self._show_recent()

    def _show_recent(self) -> None:
        recent = self.desk.recent
        self.recent_label.setVisible(bool(recent))
        self.recent.setVisible(bool(recent))
        self.recent.clear()
        for file in recent:
            item = QListWidgetItem(visible(str(file)), self.recent)
            item.setData(Qt.ItemDataRole.UserRole, str(file))

    def _recent_chosen(self, item: QListWidgetItem) -> None:
        self.messages.clear()
        self.desk.open(Path(item.data(Qt.ItemDataRole.UserRole)))

    def _changed(self, case: Case | None) -> None:
        if case is None:
            self.model.show_pins((), {})
            return
        if self.title.text() != visible(case.title):
            self.title.setText(visible(case.title))
        self.note.show_note(case.note)
        picked = self.picked
        self.model.show_pins(case.pins, self.desk.results)
        if case.pins and self.picked is None:
            row = None if picked is None else self.model.row_of(picked.id)
            self.table.selectRow(len(case.pins) - 1 if row is None else row)
        self._picked()
        begun = self.tr("Begun by {0}, {1}").format(who_of(case.made), time_of(case.made))
        state = self.tr("not saved yet") if self.desk.unsaved else self.tr("saved")
        self.where.show_text(f"{visible(str(self.desk.file))} · {state} · {begun}")
        self._tell_foreign(case)
        self._summarize(case)

    def _tell_foreign(self, case: Case) -> None:
        self.foreign.setVisible(not self.desk.own_store)
        self.accept_button.setVisible(not self.desk.accepted)
        self.check_button.setEnabled(self.desk.accepted and not self.desk.checking)
        if not self.desk.own_store:
            store, about = self.machine.session.store, case.store
            screen = self.machine.screen
            self.foreign_text.setText(
                visible(
                    screen.text(
                        self.tr("This case is about another store: {0} ({1}). Open is {2} ({3}).").format(
                            about.get("label", "?"), about.get("layout_title", "?"), store.label, store.layout.title
                        )
                    )
                )
            )

    def _title_edited(self) -> None:
        case = self.desk.case
        if case is not None and self.title.text() != visible(case.title):
            self.desk.set_title(self.title.text())

    def _pin_note_edited(self, edited: tuple[int, str]) -> None:
        case = self.desk.case
        if case is not None and any(pin.id == edited[0] for pin in case.pins):
            self.desk.set_pin_note(*edited)

    def _undo(self) -> None:
        self.note.take()
        self.details.note.take()
        self.desk.undo.undo()

    def _redo(self) -> None:
        self.desk.undo.redo()

    def _name_undo(self, text: str) -> None:
        self.undo_button.setToolTip(
            self.tr("Undo {0} (Ctrl+Z)").format(text) if text else self.tr("Undo (Ctrl+Z)")
        )

    def _failed(self, error: EsviewerError) -> None:
        self.told.emit(Told(localised(self.machine.screen.text(str(error)))))

    # The chosen pin

    @property
    def picked(self) -> Pin | None:
        """The pin that is chosen."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.pin(rows[0].row()) if rows else None

    def pick(self, number: int) -> None:
        """Choose a pin."""
        row = self.model.row_of(number)
        if row is not None:
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0))

    def _picked(self) -> None:
        pin = self.picked
        self.details.show_pin(pin, None if pin is None else self.desk.results.get(pin.id))
        for button in (self.up_button, self.down_button, self.remove_button):
            button.setEnabled(pin is not None)
        self.go_button.setEnabled(pin is not None and place_of_pin(pin) is not None)

    def go_there(self) -> None:
        """Show in the time machine what was pinned."""
        pin = self.picked
        place = None if pin is None else place_of_pin(pin)
        if place is not None:
            self.place_wanted.emit(place)

    def _move(self, by: int) -> None:
        pin = self.picked
        if pin is not None:
            self.desk.move(pin.id, by)
            self.pick(pin.id)

    def _move_up(self) -> None:
        self._move(-1)

    def _move_down(self) -> None:
        self._move(1)

    def remove(self) -> None:
        """Take the chosen pin out of the case."""
        pin = self.picked
        if pin is not None:
            row = self.model.row_of(pin.id) or 0
            self.desk.remove(pin.id)
            if self.model.rowCount():
                self.table.selectRow(min(row, self.model.rowCount() - 1))

    def _table_menu(self, place: QPoint) -> None:
        if self.table.indexAt(place).isValid():
            self.menu().popup(self.table.viewport().mapToGlobal(place))

    def menu(self) -> QMenu:
        """What can be done with the chosen pin."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        go: QAction = menu.addAction(self.go_button.text(), self.go_there)
        go.setEnabled(self.go_button.isEnabled())
        menu.addSeparator()
        menu.addAction(self.tr("Move up"), self._move_up)
        menu.addAction(self.tr("Move down"), self._move_down)
        menu.addAction(self.remove_button.text(), self.remove)
        index = self.table.currentIndex()
        if index.isValid():
            offer_reveal_marks(menu, self.machine, text_of(index))
        return menu

    # Checking

    def _checked(self, found: Rechecked | None) -> None:
        case = self.desk.case
        if case is None:
            return
        self.model.show_pins(case.pins, self.desk.results)
        pin = self.picked
        if pin is not None and (found is None or found.pin.id == pin.id):
            self.details.show_pin(pin, self.desk.results.get(pin.id))
        self.check_button.setEnabled(self.desk.accepted and not self.desk.checking)
        self._summarize(case)

    def _summarize(self, case: Case) -> None:
        """Say what became of the pins, while no check says how far it is."""
        if self.desk.checking:
            return
        known = [self.desk.results[each.id] for each in case.pins if each.id in self.desk.results]
        text = summary_of(known) if known else self.tr("Nothing is pinned yet.") if not case.pins else ""
        missing = len(case.pins) - len(known)
        if missing:
            text += (" " if text else "") + self.tr("Not checked yet: {0}.").format(f"{missing:,}")
        self.summary.show_text(text)

    def _progressed(self, progress: Progress | None) -> None:
        for widget in (self.bar, self.stop_button):
            widget.setVisible(progress is not None)
        if progress is not None:
            self.summary.show_text(visible(progress.text))
            self.bar.setRange(0, 1000)
            self.bar.setValue(progress.done * 1000 // max(1, progress.total or 1))

    # Getting a case

    def ask_new(self) -> None:
        """Ask for a new case and begin it."""
        self._show_dialog(CaseDialog(None, self.machine.session.store.name, (), self.window()), None)

    def ask_open(self) -> None:
        """Ask for a case's file and open it."""
        name = ask_case_file(self)
        if name:
            self.messages.clear()
            self.desk.open(Path(name))

    def ask_save_as(self) -> None:
        """Ask for another file and go on in that."""
        if self.desk.file is not None:
            name = ask_new_file(self, self.desk.file)
            if name:
                self.desk.save_as(Path(name))

    def _show_dialog(self, dialog: CaseDialog, wanted: ToPin | None) -> None:
        self._dialog_done()
        self.dialog = dialog
        dialog.answered.connect(partial(self._answered, wanted))
        dialog.finished.connect(self._dialog_done)
        dialog.open()

    def _dialog_done(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    def _answered(self, wanted: ToPin | None, answer: Wanted) -> None:
        self.messages.clear()
        then = None if wanted is None else partial(self.desk.pin, wanted, answer.note)
        if answer.new:
            self.desk.begin(answer.file, answer.title, "" if wanted is not None else answer.note, then)
        else:
            self.desk.open(answer.file, then)

    # Pinning

    def pin(self, wanted: ToPin) -> None:
        """Pin something to the open case, or to the one that a dialog asks for."""
        if self.desk.case is not None and self.desk.own_store:
            self.desk.pin(wanted)
            return
        what = self.machine.screen.text(wanted.what)
        recent = [file for file in self.desk.recent if file != self.desk.file]
        self._show_dialog(CaseDialog(what, self.machine.session.store.name, recent, self.window()), wanted)

    def _pinned(self, pin: Pin) -> None:
        case = self.desk.case
        if case is None:
            return
        self.pick(pin.id)
        what = self.machine.screen.text(f"{kind_of(pin)} · {what_of(pin)}")
        text = self.tr("Added to “{0}” as {1}: {2}.").format(case.title, pin.id, what)
        actions: dict[str, Callable[[], None]] = {
            self.tr("Add a note"): partial(self._note_wanted, pin.id),
            self.tr("Undo"): self._undo,
        }
        self.told.emit(Told(text, actions))

    def _note_wanted(self, number: int) -> None:
        self.enter_wanted.emit()
        self.pick(number)
        self.details.note.setFocus()

    # Reports

    def report_name(self) -> str:
        case = self.desk.case
        return "" if case is None else self.machine.screen.text(case.title)

    def ask_report(self) -> None:
        self._close_report_dialog()
        proposal = file_name(f"{visible(self.report_name())[:100]}.html")
        self.report_dialog = ReportDialog(self.tr("Report of the case"), proposal, self)
        self.report_dialog.wanted.connect(self.write_report)
        self.report_dialog.finished.connect(self._close_report_dialog)
        self.report_dialog.open()

    def _close_report_dialog(self) -> None:
        dialog, self.report_dialog = self.report_dialog, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    def export_report(self, path: Path) -> None:
        self.write_report(ReportWanted(path))

    def write_report(self, wanted: ReportWanted) -> None:
        """Write the case's report, with what its store says today."""
        for note in (self.note, self.details.note):
            note.take()
        self.messages.clear()
        self.desk.report(wanted)

    def close_store(self) -> None:
        self._close_report_dialog()
        self._dialog_done()
        self.note.take()
        self.details.note.take()
        self._title_edited()
        self.desk.close()
        self.details.close_store()


class _Pins(QTableView):
    """Leaves out who pinned something, and when, where there is no room for it; the details say that too."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        for column in (BY, PINNED):
            self.setColumnHidden(column, self.width() < _ROOM_FOR_ALL)
        super().resizeEvent(event)
