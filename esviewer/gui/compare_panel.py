"""Any two states compared: versions, moments or aggregates, in several forms, without the paths to be ignored."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QResizeEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.comparison import Comparison
from esviewer.app.files import not_of_the_store, write_whole
from esviewer.app.ignored_paths import IgnoredPaths, pattern_of
from esviewer.app.last_writer import last_writer
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.sides import Placed, Places, Side, SideError, place_of
from esviewer.app.view import AggregateView
from esviewer.diff.ignoring import Ignored
from esviewer.errors import EsviewerError, StoreError
from esviewer.gui.case.asking import diff_to_pin
from esviewer.gui.compare_forms import ENDINGS, FORMS, Made, made, whole
from esviewer.gui.compare_found import Found, Sides, basis, in_window, lettered, origin, said_against
from esviewer.gui.compare_models import ChangesModel, DiffColours, SidesModel
from esviewer.gui.compare_moments import CompareMoments
from esviewer.gui.compare_side import SideRow
from esviewer.gui.copying import Copies, Form, copy_made, copy_text, offer_copies, value_text
from esviewer.gui.file_field import file_name
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine, Shown
from esviewer.gui.masked import MASKED, MarkedText, mark_items, offer_reveal, reveal_in
from esviewer.gui.not_written import not_written
from esviewer.gui.row_table import show_rows
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import monospace
from esviewer.gui.times import shown_time
from esviewer.gui.undoing import take_undo_keys
from esviewer.gui.value_tree import ValueTree
from esviewer.model.change import Change, value_at
from esviewer.model.change import Path as ValuePath
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING
from esviewer.work import Work

REST_MS = 60
"""Milliseconds for which the playhead rests before states are compared."""
QUICK = 0.02
"""Seconds that a comparison may take which does not wait for such a rest."""
TYPED_MS = 400
"""Milliseconds for which nothing is typed before what was typed counts."""
MOST_COPIED = 20_000_000
"""Characters; the clipboard is no place for more."""
_NAME_SHOWN = 60
_ROOM_FOR_MOMENTS = 280
"""Pixels of height from which on the events around moments have lines of their own."""
_SAID = 400
"""Characters of a sentence; one about an id of any length must not fill the window."""

_Asked: TypeAlias = tuple[Any, ...]
"""What a comparison was made of: it need not be made again as long as this stays."""


class ComparePanel(QWidget):
    """Compares only while it is in sight, and once the playhead rests."""

    pinned_changed = Signal()

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._places = Places(machine.session)
        self._memory = IgnoredPaths()
        self._ignored = Ignored()
        self._no_pattern = ""
        """What is wrong with the ignored paths that were typed; those before stay in force."""
        self._pinned: int | None = None
        self._on_show: _Asked | None = None
        self._found: Found | None = None
        self._under_way: tuple[_Asked, str] | None = None
        """What is being made, and in which form."""
        self._kept: tuple[AggregateView, Shown | None] | None = None
        """What the comparison was made for; held so that no other takes its identity."""
        self._shaping = Tasks(self)
        """Compares, copies and saves states that were found."""
        self._shaping.failed.connect(machine.failed)
        self._unsaved = False
        self._quick = False
        """Whether the last comparison took so little that it need not wait for a rest."""
        self.use_snapshots = False
        """Whether states are rebuilt from stored snapshots."""
        self._build()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        self._typed = QTimer(self)
        self._typed.setSingleShot(True)
        self._typed.setInterval(TYPED_MS)
        self._typed.timeout.connect(self._take_patterns)
        machine.view_changed.connect(self._start_anew)
        machine.shown.connect(self._playhead_shown)
        machine.none_yet.connect(self._look)
        machine.nothing_shown.connect(self._look)
        machine.grown.connect(self._grown)
        machine.moving.connect(self._moving)
        machine.theme.changed.connect(self._recolour)
        machine.screen_changed.connect(self._screen_changed)
        self.first.changed.connect(lambda: self._set_pinned(None))
        for row in (self.first, self.second):
            row.changed.connect(lambda: self._start(TYPED_MS))
            row.entered.connect(self._look_again)
        take_undo_keys(self, self.patterns.undo, self.patterns.redo)
        self._say_empty()
        self._recolour()
        self._recall()

    # Widgets

    def _build(self) -> None:
        theme = self._machine.theme
        self.first = SideRow("A", self._machine.screen_now, self)
        self.second = SideRow("B", self._machine.screen_now, self)
        self.swap = QToolButton(self)
        self.swap.setText("⇅")
        self.swap.setToolTip(self.tr("Swap A and B"))
        self.swap.setAccessibleName(self.tr("Swap A and B"))
        self.swap.clicked.connect(self.swap_sides)
        self.summary = QLabel(self)
        self.problem = QLabel(self)
        self.problem.setObjectName("problem")
        self.warning = QLabel(self)
        self.warning.setObjectName("problem")
        self.moments = CompareMoments(self._machine, self)
        self.basis = QLabel(self)
        self.left_out = QLabel(self)
        for label in (self.basis, self.left_out):
            label.setObjectName("dim")
        for label in self._sentences:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            label.hide()
        self.form = QComboBox(self)
        self.form.setAccessibleName(self.tr("Form of the comparison"))
        names = (
            self.tr("Changes"), self.tr("Tree"), self.tr("Side by side"), self.tr("Inline"), self.tr("JSON Patch")
        )
        for name, form in zip(names, FORMS, strict=True):
            self.form.addItem(name, form)
        self.form.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.form.currentIndexChanged.connect(self._form_chosen)
        self.ignore = QToolButton(self)
        self.ignore.setCheckable(True)
        self.ignore.setToolTip(self.tr("Paths that are left out of comparisons of this store"))
        self.patterns = QPlainTextEdit(self)
        self.patterns.setFont(monospace())
        self.patterns.setPlaceholderText(
            self.tr(
                "/items/*/updated_at\n\nOne pattern a line: * is any one part or a piece of it, ** any number of parts."
            )
        )
        self.patterns.setAccessibleName(self.tr("Ignored paths"))
        self.patterns.setToolTip(
            self.tr("One pattern a line: * is any one part or a piece of it, ** any number of parts")
        )
        self.patterns.setTabChangesFocus(True)
        self.ignore.toggled.connect(self._ignore_toggled)
        self.patterns.textChanged.connect(lambda: self._typed.start())
        self.copy_button = QPushButton(self.tr("Copy"), self)
        self.copy_button.setToolTip(self.tr("Copy all of it in this form"))
        self.copy_button.clicked.connect(self.copy)
        self.save_button = QPushButton(self.tr("Save …"), self)
        self.save_button.setToolTip(self.tr("Write all of it in this form to a file"))
        self.save_button.clicked.connect(self.save)
        self.model = ChangesModel(theme, self._machine.screen_now, self)
        self.table = self._table(self.model, self.tr("Differences"))
        self.table.setToolTip(self.tr("Enter goes to the event that wrote this last; the context menu ignores a path"))
        self.table.activated.connect(self._activated)
        self.tree = ValueTree(theme, self._machine.screen_now, self)
        self.tree.setAccessibleName(self.tr("Differences as a tree"))
        for view in (self.table, self.tree):
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(lambda place: self._menu(self.table, place))
        self.tree.customContextMenuRequested.connect(lambda place: self._menu(self.tree, place))
        self.sides = SidesModel(theme, self)
        self.columns = self._table(self.sides, self.tr("Side by side"))
        self.columns.horizontalHeader().hide()
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setFont(monospace())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("Differences as text"))
        self.patch = QPlainTextEdit(self)
        self.patch.setReadOnly(True)
        self.patch.setFont(monospace())
        self.patch.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.patch.setAccessibleName(self.tr("JSON Patch"))
        DiffColours(theme, self.text.document())
        MarkedText(theme, self.patch.document())
        for each in (self.columns, self.text, self.patch):
            reveal_in(each, self._machine)
        self.nothing = QLabel(self)
        self.nothing.setObjectName("dim")
        self.nothing.setTextFormat(Qt.TextFormat.PlainText)
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget(self)
        for widget in (self.table, self.tree, self.columns, self.text, self.patch, self.nothing, self.patterns):
            self.stack.addWidget(widget)
        self.stack.setMinimumHeight(36)
        self._in_sight: QWidget = self.nothing
        """What is on show whenever the ignored paths are not."""
        head = QGridLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setHorizontalSpacing(6)
        head.setVerticalSpacing(4)
        head.addWidget(self.first, 0, 0)
        head.addWidget(self.second, 1, 0)
        head.addWidget(self.swap, 0, 1, 2, 1)
        tools = QHBoxLayout()
        tools.setSpacing(4)
        tools.addWidget(self.form)
        tools.addWidget(self.ignore)
        tools.addStretch(1)
        for button in (self.copy_button, self.save_button):
            button.setObjectName("small")
            tools.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addLayout(tools)
        layout.addWidget(self.problem)
        layout.addWidget(self.summary)
        layout.addWidget(self.basis)
        layout.addWidget(self.warning)
        layout.addWidget(self.moments)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.left_out)

    def _table(self, model: ChangesModel | SidesModel, name: str) -> QTableView:
        table = QTableView(self)
        table.setModel(model)
        mark_items(table, self._machine.theme)
        table.setAccessibleName(name)
        header = show_rows(table, 22 if isinstance(model, ChangesModel) else 19)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(20)
        return table

    @property
    def _sentences(self) -> tuple[QLabel, ...]:
        return self.summary, self.problem, self.warning, self.basis, self.left_out

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() - 24
        for column, part in enumerate((42, 29)):
            self.table.horizontalHeader().resizeSection(column, wide * part // 100)
        for label in self._sentences:
            self._fit(label)
        self.moments.show_if(self._room_for_moments)
        self.columns.horizontalHeader().resizeSection(0, (wide - 24) // 2)
        self.columns.horizontalHeader().resizeSection(1, 24)

    @property
    def _room_for_moments(self) -> bool:
        return self.height() >= _ROOM_FOR_MOMENTS

    def _recolour(self) -> None:
        for view in (self.table, self.columns):
            view.viewport().update()

    # Sides

    @property
    def pinned(self) -> int | None:
        """The version that side A was pinned to, while it is."""
        return self._pinned

    def pin(self, aggregate_id: str, version: int) -> None:
        """Make a version side A; another aggregate may be chosen then."""
        self.first.show_side(Side(place_of(version), aggregate_id))
        self._set_pinned(version)
        self._look()

    def unpin(self) -> None:
        """Make the playhead side A again."""
        self.first.show_side(Side())
        self._look()

    def show_sides(self, first: tuple[str, int], second: tuple[str, int]) -> None:
        """Compare two versions, each with its aggregate's id."""
        for row, (name, version) in ((self.first, first), (self.second, second)):
            row.show_side(Side(place_of(version), name))
        self._look()

    def _set_pinned(self, version: int | None) -> None:
        if version != self._pinned:
            self._pinned = version
            self.pinned_changed.emit()

    def swap_sides(self) -> None:
        """Make A what B is and the other way round."""
        first, second = self.first.side, self.second.side
        self.first.show_side(second)
        self.second.show_side(first)
        self._look()

    # When to look

    def _start_anew(self) -> None:
        self._cancel()
        self._places = Places(self._machine.session)
        self._on_show = None
        self._found = None
        self._say_empty()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._start(0)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._cancel()

    def _screen_changed(self) -> None:
        """Other things are masked than in the texts that were made."""
        self._cancel()
        self._on_show = self._found = None
        self._say_empty()
        for row in (self.first, self.second):
            row.show_id()
        self._start(0)

    def _cancel(self) -> None:
        self._under_way = None
        self._machine.tasks.cancel("compare")
        self._shaping.cancel("compare")

    def _moving(self) -> None:
        if any(self._following) and self._machine.tasks.cancel("compare"):
            self._under_way = None

    def _playhead_shown(self) -> None:
        if not (self._quick and self._timer.isActive()):  # what is quick shows while the playhead plays, too
            self._start(REST_MS)

    def _grown(self) -> None:
        self._start(REST_MS)

    def _start(self, after: int) -> None:
        if self.isVisible():
            self._timer.start(after)

    @property
    def _following(self) -> tuple[bool, bool]:
        """Of each side whether it is the playhead."""
        return self.first.side.follows, self.second.side.follows

    def _look_again(self) -> None:
        """Compare even where nothing else was typed: the store may have new events."""
        self._on_show = self._under_way = None
        self._look()

    def _look(self) -> None:
        self._timer.stop()
        if not self.isVisible():
            return
        view, shown = self._machine.view, self._machine.current
        first, second = self.first.side, self.second.side
        if view is None or not self._comparable:
            self._cancel()
            self._on_show = self._found = None
            self._say_empty()
            return
        asked = self._asked(view, first, second)
        form = self.form.currentData()
        if self._under_way == (asked, form):
            return
        self._cancel()
        known = self._found if asked == self._on_show else None
        if known is not None and known.made.form == form:
            return
        self._under_way = asked, form
        if known is not None:
            self._shape(view, asked, form, known)
            return
        playhead = None if shown is None else shown.state
        places, ignored, use_snapshots = self._places, self._ignored, self.use_snapshots

        def find(work: Work) -> Sides:
            begun = time.monotonic()
            old, new = places.find(first, second, view, playhead, use_snapshots=use_snapshots, work=work)
            return Sides(old, new, Comparison(old.state, new.state, ignored), time.monotonic() - begun)

        self._machine.tasks.run(
            find,
            lambda sides: self._shape(view, asked, form, sides),
            lambda error: self._failed(view, error),
            slot="compare",
        )

    @property
    def _comparable(self) -> bool:
        """Whether there is something to compare: sides that follow need a state at the playhead."""
        machine, follows = self._machine, self._following
        if machine.current is not None:
            return not all(follows)
        # As long as the playhead's state is on its way, the store's thread is left to that.
        return not any(follows) and (machine.before is not None or machine.without_state)

    def _shape(self, view: AggregateView, asked: _Asked, form: str, sides: Sides) -> None:
        """Compare, and make the form: on a thread of its own, so that the playhead's states need not wait for it."""

        screen = self._machine.screen.beside()

        def shape(work: Work) -> Found:
            begun = time.monotonic()
            shaped = made(sides.comparison, form, screen, work)
            return Found(sides.first, sides.second, sides.comparison, sides.seconds + time.monotonic() - begun, shaped)

        self._shaping.run(
            shape,
            lambda found: self._show(view, asked, found),
            lambda error: self._failed(view, error),
            slot="compare",
        )

    def _asked(self, view: AggregateView, first: Side, second: Side) -> _Asked:
        # What is read as a version stays the same as events come; eight digits may be a day.
        lasting = all(side.place.isdecimal() and len(side.place) != 8 for side in (first, second))
        grows = 0 if lasting else len(view)
        return (
            id(view),
            view.complete,
            grows,
            first,
            second,
            self._ignored.patterns,
            self.use_snapshots,
            id(self._machine.current) if any(self._following) else 0,
        )

    # What was found

    def _show(self, view: AggregateView, asked: _Asked, found: Found) -> None:
        if view is not self._machine.view:
            return
        self._on_show, self._found, self._under_way = asked, found, None
        self._kept = view, self._machine.current
        self._quick = found.seconds < QUICK
        comparison = found.comparison
        self._tell(self.problem, self._no_pattern)
        self._tell(self.summary, self._summary(view, found))
        screen = self._machine.screen
        origins = [f"{letter}: {origin(placed, screen)}" for letter, placed in lettered(found)]
        self.moments.show_sides(lettered(found))
        self.moments.show_if(self._room_for_moments)
        self.summary.setToolTip(tip("\n".join(filter(None, (*origins, self.moments.text)))))
        doubtful = [said_against(letter, placed) for letter, placed in lettered(found)]
        self._tell(self.warning, screen.text(" ".join(filter(None, doubtful))))
        self._tell(self.basis, basis(self._machine.current, found) if self.use_snapshots else "")
        self._tell(self.left_out, found.made.left_out)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(True)
        self._show_form(found.made, comparison)

    def _show_form(self, shown: Made, comparison: Comparison) -> None:
        form = shown.form
        if not comparison.changes and form not in ("tree", "sides"):
            self.model.show_changes(())
            self.text.clear()
            self.patch.clear()
            self.nothing.setText(
                self.tr("Nothing differs but what is ignored.")
                if comparison.ignored_changes
                else self.tr("No difference.")
            )
            self._bring(self.nothing)
            return
        if form == "changes":
            self.model.show_changes(shown.changes, self._of(comparison))
            self._bring(self.table)
        elif form == "tree":
            self.tree.show_value(comparison.new.state, shown.marks or (), comparison.new.aggregate_id)
            self._bring(self.tree)
        elif form == "sides":
            self.sides.show_rows(shown.rows)
            self._bring(self.columns)
            first = next((row for row, (_, sign, _) in enumerate(shown.rows) if sign in "|<>"), 0)
            self.columns.scrollTo(self.sides.index(max(0, first - 2), 0), QAbstractItemView.ScrollHint.PositionAtTop)
        else:
            text = self.text if form == "inline" else self.patch
            text.setPlainText(shown.text)
            self._bring(text)

    def _of(self, comparison: Comparison) -> tuple[str, str]:
        return comparison.old.aggregate_id, comparison.new.aggregate_id

    def _summary(self, view: AggregateView, found: Found) -> str:
        comparison = found.comparison
        parts = [
            f"{letter}: {self._place_text(view, placed)}" for letter, placed in lettered(found)
        ]
        count, ignored = len(comparison.changes), comparison.ignored_changes
        text = self.tr("no difference") if not count else self.tr("1 change") if count == 1 else ""
        text = text or self.tr("{0} changes").format(f"{count:,}")
        if ignored:
            text += self.tr(" ({0} ignored)").format(f"{ignored:,}")
        return "; ".join([*parts, text])

    def _place_text(self, view: AggregateView, placed: Placed) -> str:
        state = placed.state
        text = self.tr("version {0}").format(state.version)
        if state.timestamp is not None:
            text += f", {shown_time(state.timestamp)}"
        if placed.moment is not None:
            zone = self.tr(" (this machine's zone)") if placed.guessed else ""
            text += self.tr(", as of {0}{1}").format(placed.moment.instant, zone)
        if state.aggregate_id != view.summary.aggregate_id:
            name = visible(self._machine.screen.aggregate_id(state.aggregate_id, state.aggregate_type))
            name = name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…"
            text = self.tr("{0}, {1}").format(name, text)
        return text

    def _failed(self, view: AggregateView, error: EsviewerError) -> None:
        if view is not self._machine.view:
            return
        self._on_show = self._found = self._under_way = None
        self._say_nothing(self.tr("There is nothing to compare."))
        text = str(error)
        if isinstance(error, SideError):
            text = f"{'B' if error.second else 'A'}: {error.message} {in_window(error.hint)}".strip()
        self._tell(self.problem, visible(localised(self._machine.screen.text(text))))
        if not isinstance(error, SideError):
            self._machine.failed.emit(error)

    def _say_empty(self) -> None:
        follows = self._following
        if self._machine.view is None:
            text = self.tr("Choose an aggregate first.")
        elif any(follows) and self._machine.before is not None:
            text = self.tr(
                "The playhead is before the first event, where there is no state to compare. "
                "Give both sides a version or a date."
            )
        elif any(follows) and self._machine.without_state:
            text = self.tr(
                "There is no state at the playhead. Go to a version that has one, "
                "or give both sides a version or a date."
            )
        elif not all(follows):
            text = self.tr("Comparing …")
        else:
            text = self.tr(
                "Both sides are the playhead.\n\n"
                "Give A or B a version or a date, or pin (P) the version on show."
            )
        self._say_nothing(text)

    def _say_nothing(self, text: str) -> None:
        for label in self._sentences:
            self._tell(label, self._no_pattern if label is self.problem else "")
        self.moments.show_sides(())
        self.moments.hide()
        self.summary.setToolTip("")
        for button in (self.copy_button, self.save_button):
            button.setEnabled(False)
        self.model.show_changes(())
        self.sides.show_rows(())
        self.tree.show_value({})
        self.text.clear()
        self.patch.clear()
        self.nothing.setText(text)
        self._bring(self.nothing)

    def _tell(self, label: QLabel, text: str) -> None:
        label.setText(text if len(text) <= _SAID else f"{text[: _SAID - 1]}…")
        label.setVisible(bool(text))
        self._fit(label)

    def _fit(self, label: QLabel) -> None:
        """Keep room for all lines: a layout that is short of it reckons with one, and presses all else together."""
        label.setMinimumHeight(label.heightForWidth(self.width()) if label.text() else 0)

    def _form_chosen(self) -> None:
        self.ignore.setChecked(False)
        self._look()

    # Ignored paths

    def _recall(self) -> None:
        memory, key = self._memory, self._machine.session.key
        self._name_ignored()
        self._machine.tasks.run(lambda _: memory.of(key), self._recalled, slot="ignored-paths")

    def _recalled(self, patterns: Sequence[str]) -> None:
        if patterns and not self.patterns.toPlainText():
            self.patterns.setPlainText("\n".join(patterns))
            self._take_patterns()

    def _ignore_toggled(self, on: bool) -> None:
        self._bring(self._in_sight)
        if on:
            self.patterns.setFocus()
        elif self._typed.isActive():
            self._take_patterns()

    def _bring(self, widget: QWidget) -> None:
        """Show a form, or the ignored paths as long as they are edited."""
        self._in_sight = widget
        self.stack.setCurrentWidget(self.patterns if self.ignore.isChecked() else widget)

    def _name_ignored(self) -> None:
        count = len(self._ignored.patterns)
        self.ignore.setText(self.tr("Ignore ({0})").format(count) if count else self.tr("Ignore …"))

    def _take_patterns(self) -> None:
        """Make what was typed count, and remember it."""
        self._typed.stop()
        lines = [line.strip() for line in self.patterns.toPlainText().split("\n")]
        try:
            ignored = Ignored([line for line in lines if line])
        except ValueError as error:
            self._no_pattern = visible(self.tr("Ignored paths: {0}.").format(localised(str(error))))
            self._tell(self.problem, self._no_pattern)
            return
        self._no_pattern = ""
        self._tell(self.problem, "")
        if ignored.patterns == self._ignored.patterns:
            return
        self._ignored = ignored
        self._name_ignored()
        self._unsaved = True
        memory, key = self._memory, self._machine.session.key
        self._machine.tasks.run(
            lambda _: memory.put(key, ignored.patterns),
            lambda _: self._saved_patterns(ignored),
            self._machine.failed.emit,
        )
        self._look()

    def _saved_patterns(self, ignored: Ignored) -> None:
        if ignored is self._ignored:
            self._unsaved = False

    @property
    def busy(self) -> bool:
        """Whether a comparison is being made, copied or saved."""
        return self._shaping.busy or self._timer.isActive()

    def end(self) -> None:
        """Save what was typed last and end all work, when the store is about to be closed."""
        if self._typed.isActive():
            self._take_patterns()
        if self._unsaved:
            with suppress(StoreError):  # there is nobody left to be told
                self._memory.put(self._machine.session.key, self._ignored.patterns)
        self._shaping.close()

    @property
    def ignored(self) -> tuple[str, ...]:
        """The patterns of paths that are left out."""
        return tuple(self._ignored.patterns)

    def ignore_only(self, patterns: Sequence[str]) -> None:
        """Leave these paths out of comparisons from now on, and no others."""
        self._write_patterns("\n".join(patterns))

    def _write_patterns(self, text: str) -> None:
        """Have the list say something else, which can be undone there."""
        cursor = QTextCursor(self.patterns.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self._take_patterns()

    def ignore_path(self, path: ValuePath, *, any_element: bool = False) -> None:
        """Leave a path, and what is below it, out of comparisons from now on."""
        text = self.patterns.toPlainText()
        joint = "" if not text or text.endswith("\n") else "\n"
        self._write_patterns(text + joint + pattern_of(path, any_element=any_element))

    def _menu(self, view: QTableView | ValueTree, place: QPoint) -> None:
        index = view.indexAt(place)
        if index.isValid():
            menu = self.menu(index) if view is self.table else self.tree_menu(index)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(view.viewport().mapToGlobal(place))

    def menu(self, index: QModelIndex) -> QMenu:
        """What can be done about a change."""
        change = self.model.change(index.row())
        return self._menu_of(change.path, change)

    def tree_menu(self, index: QModelIndex) -> QMenu:
        """What can be done about a place in the tree."""
        return self._menu_of(*self._place(index))

    def _place(self, index: QModelIndex) -> tuple[ValuePath, Change | None]:
        """The path of a row of the tree, and the difference there."""
        shown = self.tree.shown
        row = shown.row_of(index)
        if row.removed:
            gone = shown.marks.removed.get(row.path[:-1], ())
            return row.path, next((change for change in gone if change.path == row.path), None)
        return row.path, shown.marks.at.get(row.path)

    def _menu_of(self, path: ValuePath, change: Change | None) -> QMenu:
        menu = QMenu(self)
        if change is not None and self._of_one_life():
            menu.addAction(self.tr("Go to the event that wrote this last"), lambda: self.go_to_writer(change))
        # An element that has come or gone has no place that could be ignored, only the list has.
        comes_or_goes = change is not None and change.op != "replace" and bool(path) and isinstance(path[-1], int)
        if path and not comes_or_goes:
            menu.addAction(self.tr("Ignore this path"), lambda: self.ignore_path(path))
        if any(isinstance(part, int) for part in path):
            menu.addAction(
                self.tr("Ignore this path in all elements"), lambda: self.ignore_path(path, any_element=True)
            )
        found = self._found
        menu.addAction(self.tr("Add this difference to the case"), self.pin_to_case)
        offer_copies(menu, self._copies_of(path, change))
        if found is not None:
            self._offer_reveal(menu, path, change, found.comparison)
        return menu

    def copies(self) -> Copies:
        """What can be copied of the difference, or the place, that is the current one of the list or tree in use."""
        tree, table = self.tree, self.table
        if tree.hasFocus() and tree.currentIndex().isValid():
            return self._copies_of(*self._place(tree.currentIndex()))
        if table.currentIndex().isValid():
            change = self.model.change(table.currentIndex().row())
            return self._copies_of(change.path, change)
        return {}

    def _copies_of(self, path: ValuePath, change: Change | None) -> Copies:
        """What can be copied of a place: of a difference the newer value, and both as JSON."""
        machine, found = self._machine, self._found
        first, second = (None, None) if found is None else self._of(found.comparison)
        of = first if change is not None and change.op == "remove" else second
        copies: Copies = {Form.POINTER: lambda: copy_text(machine, visible(machine.screen.pointer(path, of)))}
        if change is None:
            return copies
        old, new = change.old, change.new

        def value(screen: Screen, session: Session, work: Work) -> str:
            del session, work
            return value_text(screen.shown(old if new is MISSING else new, path, of))

        def both(screen: Screen, session: Session, work: Work) -> str:
            del session, work
            sides = screen.shown(old, path, first), screen.shown(new, path, second)
            return dumps(Change(screen.path(path, of), *sides).as_json(), indent=2)

        return {Form.VALUE: partial(copy_made, machine, value), Form.JSON: partial(copy_made, machine, both), **copies}

    def _offer_reveal(self, menu: QMenu, path: ValuePath, change: Change | None, comparison: Comparison) -> None:
        """Reveal a value on the side that has it, or on both."""
        first, second = self._of(comparison)
        old, new = (MISSING, MISSING) if change is None else (change.old, change.new)
        if change is None:
            new = value_at(comparison.new.state, path)
        there = new is not MISSING
        offer_reveal(menu, self._machine, path, new if there else old, second if there else first)
        if first != second and old is not MISSING and new is not MISSING:
            offer_reveal(menu, self._machine, path, old, first)

    def pin_to_case(self) -> None:
        """Have the difference on show pinned to the case."""
        found = self._found
        if found is None:
            self._machine.said.emit(self.tr("Nothing is compared yet; give A or B a version or a date."))
            return
        old, new = found.comparison.old, found.comparison.new
        first, second = (old.aggregate_id, old.version), (new.aggregate_id, new.version)
        self._machine.pin_wanted.emit(diff_to_pin(first, second, self.ignored))

    # Going to an event

    def _of_one_life(self) -> bool:
        """Whether both sides are of the aggregate on show, whose events made all differences then."""
        view, found = self._machine.view, self._found
        if view is None or found is None:
            return False
        return {placed.state.aggregate_id for _, placed in lettered(found)} == {view.summary.aggregate_id}

    def _activated(self, index: QModelIndex) -> None:
        self.go_to_writer(self.model.change(index.row()))

    def go_to_writer(self, change: Change) -> None:
        """Move the playhead to the event that made a difference, or say why it can't be told."""
        view, found = self._machine.view, self._found
        if view is None or found is None:
            return
        comparison = found.comparison

        def went(version: int) -> None:
            if view is self._machine.view:
                self._machine.go_to(version)

        self._machine.tasks.run(
            lambda work: last_writer(view, comparison, change, work=work),
            went,
            lambda error: self._machine.said.emit(visible(localised(error))),
            slot="compare-writer",
        )

    # Taking it along

    def copy(self) -> None:
        """Put all of the form on show into the clipboard."""
        found = self._found
        if found is not None:
            comparison, form = found.made.comparison, found.made.form
            screen = self._machine.screen.beside()
            self._shaping.run(
                lambda _: whole(comparison, form, screen), self._copied, self._machine.failed.emit, slot="compare-copy"
            )

    def _copied(self, text: str) -> None:
        if len(text) > MOST_COPIED:
            self._machine.said.emit(
                self.tr("The comparison has {0} characters, too many to copy; save it.").format(f"{len(text):,}")
            )
            return
        QGuiApplication.clipboard().setText(text)
        self._machine.said.emit(self.tr("Copied {0} characters.").format(f"{len(text):,}"))

    def save(self) -> None:
        """Ask for a file and write all of the form on show to it."""
        found = self._found
        if found is None:
            return
        comparison, form = found.made.comparison, found.made.form
        screen = self._machine.screen.beside()
        named = screen.aggregate_id(comparison.old.aggregate_id, comparison.old.aggregate_type)
        proposal = f"{named}-{comparison.old.version}-to-{comparison.new.version}"
        name = self.ask_file(file_name(visible(proposal))[:100] + ENDINGS[form])
        if not name:
            return
        label = self._machine.session.store.label

        def write(work: Work) -> tuple[Path, bool]:
            path = not_of_the_store(name, label)
            text = whole(comparison, form, screen)
            work.check()
            try:
                write_whole(path, text.encode("utf-8", "surrogatepass"))
            except OSError as error:
                raise not_written(name, error) from None
            return path, MASKED in text

        self._shaping.run(write, self._saved, self._machine.failed.emit, slot="compare-save")

    def _saved(self, saved: tuple[Path, bool]) -> None:
        path, masked = saved
        text = self.tr("Written to {0}.").format(path)
        if masked:
            text += " " + self.tr("Masked values stand in it as marks: to write them as they are, reveal them before.")
        self._machine.said.emit(text)

    def ask_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Save the comparison"), proposal)[0]
