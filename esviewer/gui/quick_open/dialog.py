"""The field and the list of quick open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.quick_open import AT_ONCE, LONGEST, Fit, Kind, Typed, arranged, best_fit, beyond, near, read_typed
from esviewer.errors import EsviewerError
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.plain_table import PlainTable
from esviewer.gui.quick_open.offers import Offer, OffersModel
from esviewer.gui.row_table import show_rows
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import status_text, visible
from esviewer.gui.theme import Theme
from esviewer.stores.aggregates import AggregateRef
from esviewer.work import Work

_BEYOND_MS = 150
"""Milliseconds without another letter after which all ids are looked through."""
_NEAR = "quick open, near"
_FAR = "quick open, far"
_WIDE, _HIGH = 720, 440
_BESIDE: Final = 14
"""Pixels between columns, and beside a text."""


class _Field(QLineEdit):
    """The arrow keys move in the list below."""

    moved = Signal(object)
    """By so many lines, an int."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lines = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}
        if event.key() in lines:
            self.moved.emit(lines[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class QuickOpen(QDialog):
    """Offers what fits what is typed; Enter or a click chooses, Escape leaves."""

    chosen = Signal(object)
    """What is to be done: an Offer's `do`."""

    def __init__(
        self,
        offers: list[Offer],
        moments: Callable[[Typed], list[Offer]],
        aggregate: Callable[[AggregateRef, int | None], None],
        open_store: Callable[[str], None],
        machine: Machine | None,
        theme: Theme,
        parent: QWidget,
    ) -> None:
        """`offers` are there all the time, `moments` makes some of what is typed.

        `aggregate` and `open_store` go to what is found in the open store (of `machine`; None: there is none) and among
        the saved connections.
        """
        super().__init__(parent)
        self.setWindowTitle(self.tr("Quick open"))
        self.tasks = Tasks(self)
        self._offers = offers
        self._moments = moments
        self._aggregate = aggregate
        self._open_store = open_store
        self._machine = machine
        self._refs: list[AggregateRef] = []
        self._sure: set[str] = set()
        """The ids among them that answer what is typed now; others answered what was typed before."""
        self._typed = read_typed("")
        self._reading = self._nearing = self._looking = False
        """Whether connections are being read, the nearest aggregates, and all."""
        self._problems: dict[str, str] = {}
        self._moved = False
        """Whether somebody has gone to another line than the first."""
        self._entered = False
        """Whether somebody has pressed Enter before the nearest were there."""
        self._build(theme)
        self.resize(min(_WIDE, parent.width() - 40), min(_HIGH, parent.height() - 60))
        self.move(parent.mapToGlobal(QPoint((parent.width() - self.width()) // 2, 40)))
        self._arrange()
        self._read_connections()

    def _build(self, theme: Theme) -> None:
        self.field = _Field(self)
        self.field.setMaxLength(LONGEST)
        self.field.setPlaceholderText(self.tr("Aggregate, order-1042@17, date, event type, store or command"))
        self.field.setAccessibleName(self.tr("Where to go"))
        self.model = OffersModel(theme, self)
        self.view = PlainTable(self)
        self.view.setModel(self.model)
        self.view.setAccessibleName(self.tr("What fits"))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        head = show_rows(self.view, self.fontMetrics().height() + 10)
        head.setStretchLastSection(False)
        head.hide()
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
        self.said = QLabel(self)
        self.said.setObjectName("dim")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.said)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_BEYOND_MS)
        self._timer.timeout.connect(self._look_beyond)
        self.field.textChanged.connect(self._type)
        self.field.moved.connect(self._move)
        self.field.returnPressed.connect(self._enter)
        self.view.clicked.connect(self._clicked)
        self.view.selectionModel().currentRowChanged.connect(self._tell_current)
        self.field.setFocus()

    # What is offered

    def _type(self, text: str) -> None:
        self._typed = read_typed(text)
        self._moved = self._entered = False
        self._sure = set()
        self._problems.pop("aggregates", None)
        self._cancel()
        if self._typed.aggregate and self._machine is not None:
            self._look_near(self._machine)
            self._timer.start()
            self._looking = True
        else:
            self._refs = []
        self._arrange()

    def _cancel(self) -> None:
        self._timer.stop()
        self._nearing = self._looking = False
        if self._machine is not None:
            for slot in (_NEAR, _FAR):
                self._machine.tasks.cancel(slot)

    def _look_near(self, machine: Machine) -> None:
        typed, store = self._typed, machine.session.store
        self._nearing = True
        machine.tasks.run(lambda work: near(store, typed, work), self._found_near, self._not_found, slot=_NEAR)

    def _found_near(self, refs: list[AggregateRef]) -> None:
        self._nearing = False
        self._found(refs)
        if self._entered:
            self._enter()

    def _look_beyond(self) -> None:
        machine = self._machine
        if machine is not None:
            typed, store = self._typed, machine.session.store
            machine.tasks.run(lambda work: beyond(store, typed, work), self._found_beyond, self._not_found, slot=_FAR)

    def _found_beyond(self, refs: list[AggregateRef]) -> None:
        self._looking = False
        self._found(refs)

    def _found(self, refs: list[AggregateRef]) -> None:
        before = [ref for ref in self._refs if ref.aggregate_id in self._sure]
        self._refs = [*{ref.aggregate_id: ref for ref in (*before, *refs)}.values()]
        self._sure = {ref.aggregate_id for ref in self._refs}
        self._arrange()

    def _not_found(self, error: EsviewerError) -> None:
        self._nearing = self._looking = False
        self._timer.stop()
        text = localised(str(error) if self._machine is None else self._machine.screen.text(str(error)))
        self._problems["aggregates"] = self.tr("Aggregates can't be looked for: {0}").format(text)
        self._arrange()

    def _read_connections(self) -> None:
        self._reading = True

        def read(work: Work) -> list[SavedConnection]:
            del work
            return Connections().all()

        self.tasks.run(read, self._connections_read, self._connections_unread)

    def _connections_read(self, connections: list[SavedConnection]) -> None:
        self._reading = False
        names = {each.name for each in connections}
        # One that was opened lately is named once.
        offers = [each for each in self._offers if each.kind is not Kind.RECENT or each.text not in names]
        for each in connections:
            detail = f"{each.group} · {each.target}" if each.group else each.target
            do = partial(self._open_store, each.name)
            offers.append(Offer(Kind.CONNECTION, each.name, detail, names=(each.name, each.group, each.target), do=do))
        self._offers = offers
        self._arrange()

    def _connections_unread(self, error: EsviewerError) -> None:
        self._reading = False
        self._problems["connections"] = localised(error)
        self._arrange()

    def _aggregates(self, machine: Machine) -> list[Offer]:
        found = []
        version = self._typed.version
        for ref in self._refs:
            name = machine.screen.aggregate_id(ref.aggregate_id, ref.aggregate_type)
            # Whose id is what was typed as a whole has an @ in it.
            at = None if ref.aggregate_id == self._typed.text else version
            text = name if at is None else self.tr("{0} at version {1}").format(name, at)
            mark = status_text(ref.status)
            detail = machine.screen.text(ref.aggregate_type or "") + (f" ({mark})" if mark else "")
            found.append(
                Offer(
                    Kind.AGGREGATE,
                    text,
                    detail.strip(),
                    names=(ref.aggregate_id, ref.aggregate_type or ""),
                    sure=ref.aggregate_id in self._sure,
                    do=partial(self._aggregate, ref, at),
                )
            )
        return found

    def _arrange(self) -> None:
        current = self.current if self._moved else None
        offers = [*self._moments(self._typed), *self._offers]
        if self._machine is not None:
            offers += self._aggregates(self._machine)
        found = arranged(self._typed, offers)
        self.model.show(found)
        rows = [row for row, each in enumerate(found) if each.enabled]
        kept = (row for row in rows if current is not None and _same(found[row], current))
        self._select(next(kept, rows[0] if rows else -1))
        self._widen()
        self._say()

    def _widen(self) -> None:
        """Give the columns at the right the room that they need, the second one a third at most."""
        head, metrics = self.view.horizontalHeader(), self.view.fontMetrics()
        first = max(0, self.view.rowAt(0))
        last = first + self.view.viewport().height() // self.view.verticalHeader().defaultSectionSize() + 1
        rows = range(first, min(last, len(self.model.offers)))  # others would be asked with each letter that is typed
        for column, most in ((1, self.width() // 3), (2, self.width()), (3, self.width())):
            head.resizeSection(column, min(self.model.room_for(column, rows, metrics) + _BESIDE, most))

    def _say(self) -> None:
        """Say below the list what is going on."""
        said = []
        if self._nearing or self._looking:
            said.append(self.tr("Looking for aggregates …"))
        if self._reading:
            said.append(self.tr("Reading the saved connections …"))
        if self._typed.problem:
            said = [self._typed.problem]
        elif not said and not self.model.offers:
            said.append(self.tr("Nothing fits what is typed."))
        elif not said and len(self._refs) >= AT_ONCE:
            said.append(self.tr("Not all aggregates that fit are listed: type more of the id."))
        elif not said:
            said.append(self.tr("↑ ↓ choose, Enter goes there, Escape leaves."))
        self.said.setText(visible(" ".join([*said, *self._problems.values()])))

    # Choosing

    @property
    def current(self) -> Offer | None:
        """The line that Enter chooses."""
        row = self.view.currentIndex().row()
        return self.model.offers[row] if 0 <= row < len(self.model.offers) else None

    def _move(self, by: int) -> None:
        rows = [row for row, each in enumerate(self.model.offers) if each.enabled]
        if rows:
            row = self.view.currentIndex().row()
            at = rows.index(row) if row in rows else -1
            # By single lines it goes round.
            at = (at + by) % len(rows) if abs(by) == 1 else min(max(0, at + by), len(rows) - 1)
            self._moved = True
            self._entered = False
            self._select(rows[at])

    def _select(self, row: int) -> None:
        index = self.model.index(row, 0) if row >= 0 else QModelIndex()
        self.view.setCurrentIndex(index)
        if row >= 0:
            self.view.scrollTo(index)
        self._tell_current(index)

    def _tell_current(self, index: QModelIndex) -> None:
        """Have a screen reader, which stays at the field, say which line Enter chooses."""
        self.field.setAccessibleDescription(self.model.spoken(index.row()) if index.isValid() else "")

    def _enter(self) -> None:
        current = self.current
        if self._nearing and not self._moved and not self._fits_well(current):
            self._entered = True  # what was meant may be among those that are about to come
        elif current is not None:
            self._choose(current)

    def _fits_well(self, offer: Offer | None) -> bool:
        found = None if offer is None or not self._typed.text else best_fit(self._typed, offer)
        return found is not None and found[0] <= Fit.WORD_BEGINS

    def _clicked(self, index: QModelIndex) -> None:
        offer = self.model.offers[index.row()]
        if offer.enabled:
            self._choose(offer)

    def _choose(self, offer: Offer) -> None:
        self.accept()
        self.chosen.emit(offer.do)

    def done(self, result: int) -> None:
        """End all looking and close."""
        self._cancel()
        self.tasks.close()
        super().done(result)


def _same(one: Offer, other: Offer) -> bool:
    return (one.kind, one.text, one.detail) == (other.kind, other.text, other.detail)
