"""The window: start page or store page, menus, status, and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt, QUrl, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QCloseEvent,
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from esviewer.app.connections import Resolved
from esviewer.app.kept_tabs import keep_tabs, kept_tabs
from esviewer.app.links import Link, is_link, parse_link
from esviewer.app.settings import RecentStore, Settings
from esviewer.errors import UsageError
from esviewer.gui.bookmarks import BookmarksMenu
from esviewer.gui.connections.colours import PAINTS
from esviewer.gui.connections.dialog import ConnectionsDialog
from esviewer.gui.copying import KEYS, Form, copies_at, form_title
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_field import file_name
from esviewer.gui.garbage import GarbageCollector
from esviewer.gui.going import Going
from esviewer.gui.help.menu import HelpMenu
from esviewer.gui.in_turns import InTurns, Pieces
from esviewer.gui.language import LANGUAGES, SYSTEM
from esviewer.gui.links import copy_link
from esviewer.gui.live import clock_text
from esviewer.gui.live_signs import LiveBadge
from esviewer.gui.localised import localised
from esviewer.gui.machine import ToCopy
from esviewer.gui.masking_badge import MaskingBadge
from esviewer.gui.masking_dialog import MaskingDialog
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.opening import OpenedStore, Opening, Request
from esviewer.gui.operator_dialog import OperatorDialog
from esviewer.gui.quick_open.opening import QuickOpening
from esviewer.gui.reducers_dialog import ReducersDialog
from esviewer.gui.reveal_dialog import RevealDialog
from esviewer.gui.room import Room
from esviewer.gui.start_page import StartPage
from esviewer.gui.store_page import StorePage
from esviewer.gui.store_rooms import StoreRooms, titles
from esviewer.gui.tabs import Tabs
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme
from esviewer.gui.zone_badge import ZoneBadge, ZoneMenu
from esviewer.stores.counting import StoreInfo
from esviewer.work import Progress

if TYPE_CHECKING:
    from esviewer.gui.report_dialog import ReportDialog
    from esviewer.gui.rules_editor import RulesEditor

_FRAME = 4
"""How wide the coloured frame of a window on a marked connection is, in pixels."""

class MainWindow(QMainWindow):
    """One window with at most one open store."""

    not_logged = Signal(object)
    """Something can't be written to the activity log: the sentence, from whatever thread."""

    def __init__(self, settings: Settings, theme: Theme) -> None:
        super().__init__()
        self.not_logged.connect(self._say, Qt.ConnectionType.QueuedConnection)
        self.settings = settings
        self.theme = theme
        self.page: StorePage | None = None
        """The open store's time machine."""
        self.rooms: StoreRooms | None = None
        """The time machine and what else can be done with the open store."""
        self.connections: ConnectionsDialog | None = None
        """The dialog of saved connections, once it has been shown."""
        self.rules: RulesEditor | None = None
        """The rules editor, once it has been shown; it outlives stores."""
        self.reducers: ReducersDialog | None = None
        """The dialog of reducers in use, while it is open."""
        self.report_dialog: ReportDialog | None = None
        """The dialog that asks for a report of the aggregate, while it is open."""
        self.operator: OperatorDialog | None = None
        """The dialog of the operator's name, while it is open."""
        self.masking: MaskingDialog | None = None
        """The dialog of masking rules, while it is open."""
        self.revealing: RevealDialog | None = None
        """The question whether to reveal everything, while it is open."""
        self._frame: str | None = None
        self._name = ""
        """What the open store is called."""
        self._at_work: QObject | None = None
        """The tasks whose work takes long now."""
        self._target = ""
        """What opens it again: its file, its saved name, or its URL without a password."""
        self._opened_by: dict[str, Request] = {}
        """How stores were opened in this window, by what links call them."""
        self._garbage = GarbageCollector(self)
        self._making = InTurns(self)
        """Makes the page of the store that was opened."""
        self.going = Going(self)
        """Notes the places that are visited, and goes back and forward over them."""
        self.going.opened.connect(self._open_again)
        self.quick = QuickOpening(self, settings, theme)
        self.quick.opened.connect(self.open_target)
        self.quick.room_wanted.connect(self.enter)
        self.opening = Opening(self, settings, theme, self._message_bar)
        self.opening.begun.connect(self._begun)
        self.opening.opened.connect(self._opened)
        self.opening.refused.connect(self.going.stay)
        self.opening.dialog_closed.connect(self._garbage.collect_all_soon)
        self.opening.tasks.progressed.connect(self._progressed)
        self.start = StartPage(settings, self)
        self.start.file_wanted.connect(self.open_file)
        self.start.demo_wanted.connect(self.opening.open_demo)
        self.start.opened.connect(self.open_target)
        self.start.connections_wanted.connect(self.show_connections)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.start)
        self.setCentralWidget(self.stack)
        self.setAcceptDrops(True)
        self._menus()
        self._status()
        self.setWindowTitle("esviewer")
        self.resize(1280, 800)
        self.setMinimumSize(720, 480)
        geometry = settings.get("geometry")
        if isinstance(geometry, str):
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode("ascii", "ignore")))

    # Menus and status

    def _action(
        self, menu: QMenu, text: str, slot: object, keys: QKeySequence.StandardKey | str | None = None
    ) -> QAction:
        action = QAction(text, self)
        if keys is not None:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(slot)
        menu.addAction(action)
        return action

    def _menus(self) -> None:
        file = self.menuBar().addMenu(self.tr("&File"))
        self._action(file, self.tr("&Open file …"), self.open_file, QKeySequence.StandardKey.Open)
        self._action(file, self.tr("Open &URL …"), self.ask_url, "Ctrl+U")
        self.quick_action = self._action(file, self.tr("Quic&k open …"), self.show_quick_open, "Ctrl+K")
        self._action(file, self.tr("&Connections …"), self.show_connections, "Ctrl+L")
        self._action(file, self.tr("Open the &demo store"), self.opening.open_demo)
        self.map_action = self._action(
            file, self.tr("&Map tables by hand …"), self.opening.map_tables, "Ctrl+M"
        )
        file.addSeparator()
        self.export_action = self._action(file, self.tr("&Export report …"), self.export_report, "Ctrl+E")
        self._action(file, self.tr("Op&erator …"), self.show_operator)
        file.addSeparator()
        self.close_action = self._action(file, self.tr("&Close store"), self.close_store, "Ctrl+W")
        file.addSeparator()
        self._action(file, self.tr("&Quit"), self.close, QKeySequence.StandardKey.Quit)
        self._edit_menu()
        go = self.menuBar().addMenu(self.tr("&Go"))
        go.addActions([self.going.back, self.going.forward])
        self.tabs = Tabs(go, self.going, self.close_action, self)
        self.bookmarks = BookmarksMenu(go, self.going, self._message_bar, self)
        self._history_menu()
        self._reducers_menu()
        self._store_menu()
        view = self.menuBar().addMenu(self.tr("&View"))
        group = QActionGroup(self)
        self.theme_actions: dict[str, QAction] = {}
        for name, text in (
            ("system", self.tr("Theme of the &system")),
            ("light", self.tr("&Light theme")),
            ("dark", self.tr("&Dark theme")),
        ):
            action = self._action(view, text, self._theme_chosen)
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == self.theme.chosen)
            group.addAction(action)
            self.theme_actions[name] = action
        self._language_menu(view)
        self.zones = ZoneMenu(self.settings, self)
        self.zones.zone_changed.connect(self._zone_changed)
        view.addMenu(self.zones)
        self.types_action = QAction(self.tr("Event &types instead of wordings"), self)
        self.types_action.setCheckable(True)
        self.types_action.setChecked(self.settings.get("event_types") is True)
        self.types_action.toggled.connect(self._types_toggled)
        view.addAction(self.types_action)
        self.idle_action = QAction(self.tr("&Collapse idle time"), self)
        self.idle_action.setIconText(self.tr("Collapse idle time"))  # what a button says
        self.idle_action.setToolTip(self.tr("Draw long gaps without events short at true time (Ctrl+Shift+I)"))
        self.idle_action.setShortcut(QKeySequence("Ctrl+Shift+I"))
        self.idle_action.setCheckable(True)
        self.idle_action.setChecked(self.settings.get("collapse_idle") is True)
        self.idle_action.toggled.connect(lambda on: self.settings.put("collapse_idle", on))
        view.addAction(self.idle_action)
        view.addSeparator()
        self.reveal_action = self._action(view, self.tr("&Reveal masked values …"), self.ask_reveal)
        self.hide_action = self._action(view, self.tr("Mask &again"), self.mask_again)
        self.masking_action = self._action(view, self.tr("&Masking rules …"), self.show_masking)
        self.export_button = QPushButton(self.tr("Export report"), self)
        self.export_button.clicked.connect(self.export_report)
        self.badge = QLabel(self)
        self.badge.setTextFormat(Qt.TextFormat.PlainText)
        self.badge.hide()
        self.help = HelpMenu(self, self.export_button, self.settings, self.theme)
        self.help.demo_wanted.connect(self.opening.open_demo)
        self.help.said.connect(self._say)
        self.menuBar().addMenu(self.help)
        corner = QWidget(self)
        beside = QHBoxLayout(corner)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.badge)
        beside.addWidget(self.export_button)
        self.menuBar().setCornerWidget(corner, Qt.Corner.TopRightCorner)
        self._enable()

    def _language_menu(self, view: QMenu) -> None:
        # Named in English too, for whoever finds the window in a language that he can't read.
        menu = view.addMenu(self.tr("Lan&guage (Language)"))
        group = QActionGroup(self)
        self.language_actions: dict[str, QAction] = {}
        chosen = self.settings.get("language", SYSTEM)
        for name, text in ((SYSTEM, self.tr("As the &system")), *LANGUAGES.items()):
            action = self._action(menu, text, self._language_chosen)
            action.setCheckable(True)
            action.setData(name)
            action.setChecked(name == chosen)
            group.addAction(action)
            self.language_actions[name] = action

    def _language_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.settings.put("language", action.data())
            self._messages.say(self.tr("The window speaks the chosen language when esviewer is started anew."))

    def _folds_toggled(self, folds: bool) -> None:
        self.settings.put("fold_runs", folds)
        if self.page is not None:
            self.page.events.fold_runs(folds=folds)

    def _types_toggled(self, alone: bool) -> None:
        self.settings.put("event_types", alone)
        if self.page is not None:
            self.page.machine.call_by_type(alone=alone)

    def _zone_changed(self) -> None:
        if self.page is not None:
            # All that shows texts shows them anew then.
            self.page.machine.screen_changed.emit()
            self.live.tell()

    # Masked values

    def ask_reveal(self) -> None:
        """Ask whether to show everything that is masked."""
        if self.page is None:
            return
        self._close_reveal()
        self.revealing = RevealDialog(self)
        self.revealing.agreed.connect(self._reveal)
        self.revealing.finished.connect(self._close_reveal)
        self.revealing.open()

    def _reveal(self, why: str) -> None:
        if self.page is not None:
            self.page.machine.reveal(None, why)

    def mask_again(self) -> None:
        """Mask everything again."""
        if self.page is not None:
            self.page.machine.hide()

    def show_masking(self) -> None:
        """Show the masking rules of the open store."""
        if self.page is None:
            return
        self._close_masking()
        self.masking = MaskingDialog(self.page.machine, self)
        self.masking.finished.connect(self._close_masking)
        self.masking.show()

    def _close_masking(self) -> None:
        dialog, self.masking = self.masking, None
        if dialog is not None:
            dialog.done(0)
            dialog.deleteLater()

    def _close_reveal(self) -> None:
        dialog, self.revealing = self.revealing, None
        if dialog is not None:
            dialog.deleteLater()

    def _screen_changed(self) -> None:
        page = self.page
        if page is None:
            return
        screen = page.machine.screen
        self.setWindowTitle(visible(screen.text(f"{self._name} – esviewer")))
        store = page.session.store
        about = self.tr("{0} · {1} · {2} · read-only").format(store.label, store.layout.title, store.database)
        self.store_label.show_text(visible(screen.text(about)))
        self.reveal_action.setEnabled(screen.masks)
        self.hide_action.setEnabled(screen.reveals)

    def _history_menu(self) -> None:
        """What moves the playhead; others add what asks about an aggregate's history."""
        self.history = self.menuBar().addMenu(self.tr("&History"))
        self._action(self.history, self.tr("&Find a condition …"), self._find_condition, "Ctrl+G")
        self._action(self.history, self.tr("&As of …"), self._ask_as_of, "Ctrl+T")
        self._action(self.history, self.tr("&Play or pause"), self._play)
        self._action(self.history, self.tr("&Go to version …"), self._ask_version, "Ctrl+J")
        self.fold_action = QAction(self.tr("Fold runs of &equal events"), self)
        self.fold_action.setShortcut(QKeySequence("Ctrl+Shift+F"))
        self.fold_action.setCheckable(True)
        self.fold_action.setChecked(self.settings.get("fold_runs") is True)
        self.fold_action.toggled.connect(self._folds_toggled)
        self.history.addAction(self.fold_action)
        self._action(self.history, self.tr("A&dd to the case"), self._pin_to_case, "Ctrl+D")
        self._action(self.history, self.tr("Copy &link"), self._copy_link, "Ctrl+Shift+C")
        self._action(self.history, self.tr("Copy as co&mmand"), self._copy_command)
        self.history.addSeparator()
        self._action(self.history, self.tr("&What if …"), self._what_if, "Ctrl+I")
        self._action(self.history, self.tr("&Roll back to here …"), self._roll_back)
        self._action(self.history, self.tr("&Compare reducers …"), self._compare_reducers)

    def _edit_menu(self) -> None:
        """Copies what has the focus."""
        self.edit = self.menuBar().addMenu(self.tr("&Edit"))
        for form in Form:
            text = self.tr("Copy as {0}").format(form_title(form))
            self._action(self.edit, text, self._copy_as, KEYS.get(form)).setData(form.name)

    def _copy_as(self) -> None:
        action = self.sender()
        if self.rooms is None or not isinstance(action, QAction):
            return
        form = Form[action.data()]
        copies = copies_at(self.focusWidget())  # an open menu has the application's
        if form in copies:
            copies[form]()
        else:
            self._say(self.tr("There is nothing here that can be copied in this form."))

    def _store_menu(self) -> None:
        """The rooms of a store."""
        self.store_menu = self.menuBar().addMenu(self.tr("&Store"))
        for number, (name, title) in enumerate(titles().items(), 1):
            self._action(self.store_menu, title, self._room_chosen, f"Ctrl+{number}").setData(name)

        self.store_menu.addSeparator()
        self._action(self.store_menu, self.tr("Show as s&wim lanes"), self._show_lanes, "Ctrl+Shift+L")
        self._action(self.store_menu, self.tr("Show &new events"), self._show_new, "Ctrl+Shift+N")
        self._action(self.store_menu, self.tr("&Pause or go on looking for new events"), self._pause, "Ctrl+Shift+P")
        self.store_menu.addSeparator()
        self._action(self.store_menu, self.tr("&Seal …"), self._seal)
        self._action(self.store_menu, self.tr("&Verify …"), self._verify)

    def _show_lanes(self) -> None:
        if self.rooms is not None:
            self.rooms.lanes_of_chosen()

    def _show_new(self) -> None:
        if self.rooms is not None:
            self.rooms.show_new()

    def _pause(self) -> None:
        if self.page is not None:
            self.page.machine.live.toggle()

    def _seal(self) -> None:
        if self.rooms is not None:
            self.rooms.seals.seal()

    def _verify(self) -> None:
        if self.rooms is not None:
            self.rooms.seals.verify()

    def _room_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.enter(action.data())

    def enter(self, room: str) -> None:
        """Bring one of the open store's rooms to the front."""
        if self.rooms is not None:
            self.rooms.enter(room)

    def _pin_to_case(self) -> None:
        if self.rooms is not None:
            self.rooms.pin_to_case()

    def _copy_link(self) -> None:
        self._copy_place(as_command=False)

    def _copy_command(self) -> None:
        self._copy_place(as_command=True)

    def _copy_place(self, *, as_command: bool) -> None:
        """Copy where the window is: the store, the aggregate at the playhead's version, the room."""
        page, rooms = self.page, self.rooms
        if page is None or rooms is None:
            return
        place, view = self.going.here, page.machine.view
        if place is None:
            self._say(self.tr("The playhead is before the first event: no link leads there."))
            return
        kind = None if view is None else view.summary.aggregate_type
        self._say(copy_link(place, kind, page.machine.screen, as_command=as_command))

    def _copy(self, place: ToCopy) -> None:
        if self.page is not None:
            link = Link(self._target, place.aggregate_id, place.version)
            screen = self.page.machine.screen
            self._say(copy_link(link, place.aggregate_type, screen, as_command=place.as_command))

    def _what_if(self) -> None:
        if self.page is not None:
            self.page.questions.what_if()

    def _roll_back(self) -> None:
        if self.page is not None:
            self.page.questions.roll_back()

    def _compare_reducers(self) -> None:
        if self.page is not None:
            self.page.questions.compare_reducers(self.page.known_types)

    def show_quick_open(self) -> None:
        """Show the field that goes anywhere."""
        self.quick.show(self.quick_action, self.page)

    def _find_condition(self) -> None:
        if self.page is not None:
            self.page.find_bar.open_bar()

    def _reducers_menu(self) -> None:
        menu = self.menuBar().addMenu(self.tr("&Reducers"))
        self._action(menu, self.tr("&Edit rules …"), self.edit_rules, "Ctrl+R")
        self.reducers_action = self._action(menu, self.tr("&Reducers in use …"), self.show_reducers)

    def edit_rules(self) -> None:
        """Show the rules editor, on what rebuilds the aggregate on show."""
        self._editor().show_for_current()

    def edit_file(self, file: Path) -> None:
        """Show a reducer's file in the rules editor."""
        self._editor().edit_file(file)

    def _editor(self) -> RulesEditor:
        if self.rules is None:
            from esviewer.gui.rules_editor import RulesEditor

            self.rules = RulesEditor(self.theme, self)
            self.rules.attach(None if self.page is None else self.page.machine)
        return self.rules

    def show_reducers(self) -> None:
        """Show which reducer rebuilds which aggregate type."""
        page = self.page
        if page is None:
            return
        self._close_reducers()
        view = page.machine.view
        shown = None if view is None else view.summary.aggregate_type or ""
        self.reducers = ReducersDialog(page.machine, page.known_types, shown, self)
        self.reducers.edit_wanted.connect(self.edit_file)
        self.reducers.show()

    def _close_reducers(self) -> None:
        dialog, self.reducers = self.reducers, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    def _ask_as_of(self) -> None:
        if self.page is not None:
            self.page.ask_as_of()

    def _play(self) -> None:
        if self.page is not None:
            self.page.play.toggle(self.page.play.direction or 1)

    def _ask_version(self) -> None:
        if self.page is not None:
            self.page.playhead.field.setFocus()
            self.page.playhead.field.selectAll()

    def _enable(self) -> None:
        there = self.page is not None
        for action in (*self.edit.actions(), *self.history.actions(), *self.store_menu.actions()):
            action.setEnabled(there)
        for action in (self.export_action, self.close_action, self.reducers_action, self.masking_action):
            action.setEnabled(there)
        for action in (self.reveal_action, self.hide_action):
            action.setEnabled(False)
        self._screen_changed()
        self.export_button.setVisible(there)
        self.map_action.setEnabled(self.opening.request is not None)

    def _status(self) -> None:
        self.store_label = ElidedLabel(self)
        self.count_label = QLabel(self)
        self.count_label.setTextFormat(Qt.TextFormat.PlainText)
        self.progress_label = QLabel(self)
        self.progress_bar = QProgressBar(self)
        self.progress_bar.setFixedWidth(120)
        self.progress_bar.setMaximumHeight(12)
        self.progress_bar.setTextVisible(False)
        self.progress_bar.hide()
        self.progress_stop = QPushButton(self.tr("Cancel"), self)
        self.progress_stop.setMaximumHeight(self.fontMetrics().height() + 6)
        self.progress_stop.setToolTip(self.tr("Wait for it no longer"))
        self.progress_stop.clicked.connect(self._give_up)
        self.progress_stop.hide()
        self.masked = MaskingBadge(self.theme, self)
        self.masked.rules_wanted.connect(self.show_masking)
        self.live = LiveBadge(self.theme, self)
        self.statusBar().addWidget(self.store_label, 1)
        self.zone = ZoneBadge(self.zones, self)
        told = (self.progress_label, self.progress_bar, self.progress_stop)
        for widget in (*told, self.count_label, self.live, self.zone, self.masked):
            self.statusBar().addPermanentWidget(widget)

    def _progressed(self, progress: Progress | None) -> None:
        self.progress_bar.setVisible(progress is not None)
        tasks = self.sender()
        since = tasks.since if progress is not None and isinstance(tasks, Tasks) else None
        self._at_work = None if since is None else tasks
        self.progress_stop.setVisible(since is not None)
        if progress is None:
            self.progress_label.clear()
            return
        text = progress.text if self.page is None else self.page.machine.screen.text(progress.text)
        text = visible(text) + (f" {progress.done:,}" if progress.done else "")
        if since is not None:
            text = self.tr("{0} · since {1}").format(text, clock_text(since))
        self.progress_label.setText(text)
        # A bar's range is a C int: thousandths fit where the numbers themselves may not.
        self.progress_bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self.progress_bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def _give_up(self) -> None:
        """Wait no longer for what is being read."""
        tasks, self._at_work = self._at_work, None
        if isinstance(tasks, Tasks):
            tasks.give_up()

    def _theme_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.choose_theme(action.data())

    def choose_theme(self, name: str) -> None:
        """Take a theme and remember it."""
        self.theme.choose(name)
        self.theme_actions[self.theme.chosen].setChecked(True)
        self.settings.put("theme", self.theme.chosen)

    @property
    def _messages(self) -> MessageBar:
        """The bar that a person looks at."""
        if self.rooms is None:
            return self.start.messages
        return (self.rooms.room or self.rooms.page).messages

    def _message_bar(self) -> MessageBar:
        return self._messages

    def _say(self, text: str) -> None:
        self._messages.say(text)

    # Opening

    def open_file(self) -> None:
        """Ask for a file and open it."""
        name = self.ask_file()
        if name:
            self.open_target(name)

    def ask_file(self) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getOpenFileName(self, self.tr("Open an event store"))[0]

    def ask_url(self) -> None:
        """Go to the field where a URL is typed."""
        self.close_store()
        self.start.url.setFocus()

    def open_target(
        self,
        target: str,
        layout: str | None = None,
        reducers: Sequence[str] = (),
        aggregate: str | None = None,
        at: int | None = None,
    ) -> None:
        """Open a file, a URL, or a link's place in place of what is open."""
        if is_link(target):
            self._follow(target, layout, reducers)
        else:
            self.opening.open(Request(target, layout, tuple(reducers), Link(target, aggregate, at)))

    def _follow(self, text: str, layout: str | None, reducers: Sequence[str]) -> None:
        """Go where a link leads."""
        try:
            link = parse_link(text)
        except UsageError as error:
            self._say(localised(error))
            return
        if self.rooms is not None and link.store == self._target and layout is None and not reducers:
            self.going.go(link)
        else:
            self.opening.open(Request(link.store, layout, tuple(reducers), link, linked=True))

    def _open_again(self, place: Link) -> None:
        """Open a store once more that was opened in this window, at a place."""
        request = self._opened_by.get(place.store)
        if request is not None:
            self.opening.open(replace(request, place=place, answers={}, resolved=None))

    def _begun(self) -> None:
        self._making.stop()
        self._enable()

    def show_connections(self) -> None:
        """Show the saved connections."""
        if self.connections is None:
            self.connections = ConnectionsDialog(self)
            self.connections.opened.connect(self.open_target)
        self.connections.reload()
        self.connections.open()

    def _show_frame(self, resolved: Resolved | None) -> None:
        """Frame the window in the colour of the connection that is open, and name it."""
        connection = None if resolved is None else resolved.connection
        self._frame = PAINTS.get(connection.colour) if connection is not None else None
        width = _FRAME if self._frame else 0
        self.setContentsMargins(width, width, width, width)
        self.badge.setVisible(connection is not None)
        self.badge.setText("" if connection is None else visible(connection.name))
        self.badge.setStyleSheet(
            f"background: {self._frame}; color: #ffffff; font-weight: 600; padding: 3px 10px;" if self._frame else ""
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._frame:
            painter = QPainter(self)
            colour = QColor(self._frame)
            width, height = self.width(), self.height()
            painter.fillRect(0, 0, width, _FRAME, colour)
            painter.fillRect(0, height - _FRAME, width, _FRAME, colour)
            painter.fillRect(0, 0, _FRAME, height, colour)
            painter.fillRect(width - _FRAME, 0, _FRAME, height, colour)
            painter.end()

    def _opened(self, found: OpenedStore) -> None:
        self._making.begin(self._make(found))

    def _make(self, found: OpenedStore) -> Pieces:
        """Make the page of a store, and then put it in the place of what is open."""
        session = found.session
        page = StorePage(session, found.counting, found.open_another, found.screen, self.theme)
        rooms = StoreRooms(page, self.stack)
        self.stack.addWidget(rooms)
        try:
            yield
            yield from page.building()
            page.events.fold_runs(folds=self.fold_action.isChecked())
            page.offer_idle(self.idle_action)
            if self.page is not None:
                self._remember(self.page)
            self._restore(page)
            self.stack.setCurrentWidget(rooms)
            yield
        except BaseException:
            page.give_up()
            self.stack.setCurrentWidget(self.rooms or self.start)
            self.stack.removeWidget(rooms)
            rooms.deleteLater()
            raise
        self.close_store()
        self.start.messages.clear()
        self.page, self.rooms = page, rooms
        self._attach(found, page, rooms)

    def _attach(self, found: OpenedStore, page: StorePage, rooms: StoreRooms) -> None:
        """Let all that belongs to the window know of the store that is open now, and show it."""
        request, session, screen = found.request, found.session, found.screen
        page.find_bar.remember_in(self.settings)
        page.machine.types_alone = self.types_action.isChecked()
        page.tasks.progressed.connect(self._progressed)
        page.counted.connect(self._counted)
        page.state.rules_wanted.connect(self.edit_rules)
        page.state.lost.reducers_wanted.connect(self.show_reducers)
        if self.rules is not None:
            self.rules.attach(page.machine)
        store = session.store
        connection = None if request.resolved is None else request.resolved.connection
        name = store.name if connection is None else connection.name
        self._name = name
        self._show_frame(request.resolved)
        self.masked.attach(page.machine)
        self.live.attach(page.machine.live)
        page.machine.screen_changed.connect(self._screen_changed)
        page.machine.copy_wanted.connect(self._copy)
        page.machine.told.connect(self._say)
        self._enable()
        if connection is not None:
            target = connection.name
        elif "://" in request.target:
            target = store.label
        else:
            target = str(Path(request.target).resolve())
        self._target = target
        self.settings.add_recent(RecentStore(target, name, store.layout.name))
        warnings = [*([screen.problem] if screen.problem else []), *session.warnings]
        if warnings:
            page.messages.say(" ".join(warnings))
        self._opened_by[target] = request
        self.going.attach(target, rooms)
        self.tabs.attach(rooms)
        self.tabs.restore(kept_tabs(self.settings, target))
        self.going.watch_mouse()
        self.bookmarks.attach(page.machine)
        if request.place != Link(request.place.store):
            self.going.go(request.place)
        self.help.attach(rooms, demo=request.demo)
        page.begin()

    def _counted(self, info: StoreInfo) -> None:
        if self.reducers is not None and self.page is not None:
            self.reducers.show_types(self.page.known_types)
        about = "" if info.exact else "≈ "
        events = self.tr("{0} event") if info.events == 1 else self.tr("{0} events")
        aggregates = self.tr("{0} aggregate") if info.aggregates == 1 else self.tr("{0} aggregates")
        snapshots = self.tr("{0} snapshot") if info.snapshots == 1 else self.tr("{0} snapshots")
        counts = [events.format(f"{about}{info.events:,}")]
        if info.aggregates is not None:
            counts.append(aggregates.format(f"{about}{info.aggregates:,}"))
        counts.append(snapshots.format(f"{about}{info.snapshots:,}"))
        self.count_label.setText(" · ".join(counts))

    def close_store(self) -> None:
        """Close what is open and show the start page."""
        page, rooms = self.page, self.rooms
        if page is None or rooms is None:
            return
        self.quick.close()
        self.help.attach(None)
        self._remember(page)
        self._close_reducers()
        self._close_masking()
        self._close_reveal()
        self.masked.attach(None)
        self.live.attach(None)
        self._close_report_dialog()
        if self.rules is not None:
            self.rules.attach(None)
        keep_tabs(self.settings, self._target, self.tabs.kept(self._target))
        self.page = self.rooms = None
        self.going.attach("", None)
        self.tabs.attach(None)
        self.bookmarks.attach(None)
        if self.stack.currentWidget() is rooms:
            self.stack.setCurrentWidget(self.start)  # otherwise another store is there already
        self.stack.removeWidget(rooms)
        rooms.close_store()
        rooms.deleteLater()
        self._garbage.collect_all_soon()
        self.setWindowTitle("esviewer")
        self._show_frame(None)
        self.store_label.show_text("")
        self.count_label.clear()
        self._progressed(None)
        self.start.refresh()
        self._enable()

    # Reports

    def export_report(self) -> None:
        """Ask where to, and write a report of what is on show there: of the chosen aggregate, or of the room."""
        if self.page is None or self.rooms is None:
            return
        if self.rooms.room is not None:
            self._export_room(self.rooms.room)
            return
        if self.page.aggregate_id is None:
            self._say(self.tr("Choose an aggregate first; the report is about one."))
            return
        self._close_report_dialog()
        proposal = file_name(visible(f"{self.page.machine.screen.unknown_id(self.page.aggregate_id)}.html"))
        from esviewer.gui.report_dialog import ReportDialog

        self.report_dialog = ReportDialog(self.tr("Report of the aggregate"), proposal, self)
        self.report_dialog.wanted.connect(self.page.write_report)
        self.report_dialog.finished.connect(self._close_report_dialog)
        self.report_dialog.open()

    def _close_report_dialog(self) -> None:
        dialog, self.report_dialog = self.report_dialog, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    # Who asks, and what was done

    def show_operator(self) -> None:
        """Show and set who reports, cases and the activity log name."""
        self._close_operator()
        self.operator = OperatorDialog(self.settings, self)
        self.operator.finished.connect(self._close_operator)
        self.operator.open()

    def _close_operator(self) -> None:
        dialog, self.operator = self.operator, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()

    def _export_room(self, room: Room) -> None:
        if room.report_name():
            room.ask_report()
        else:
            self._say(self.tr("There is nothing to report here yet."))

    # Drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        name = _dropped(event.mimeData().urls())
        if name:
            event.acceptProposedAction()
            self.open_target(name)

    # What is remembered

    def _remember(self, page: StorePage) -> None:
        self.settings.put("splitters", {name: splitter.sizes() for name, splitter in page.splitters().items()})

    def _restore(self, page: StorePage) -> None:
        saved = self.settings.get("splitters")
        if not isinstance(saved, dict):
            return
        sizes = {
            name: pair
            for name, pair in saved.items()
            if isinstance(pair, list) and len(pair) == 2 and all(isinstance(size, int) for size in pair)
        }
        if sizes:
            page.set_sizes(sizes)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.rules is not None and not self.rules.close():
            event.ignore()  # somebody wants to keep what they wrote
            return
        self.settings.put("geometry", bytes(self.saveGeometry().toBase64().data()).decode("ascii"))
        self._close_operator()
        self.help.close_all()
        self.quick.close()
        self._making.stop()
        self.close_store()
        if self.rules is not None:
            self.rules.end()
        if self.connections is not None:
            self.connections.reject()
            self.connections.tasks.close()
        self.opening.close()
        self._garbage.stop()
        super().closeEvent(event)


def _dropped(urls: list[QUrl]) -> str:
    return urls[0].toLocalFile() if len(urls) == 1 and urls[0].isLocalFile() else ""
