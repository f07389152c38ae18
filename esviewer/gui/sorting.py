"""In which order aggregates are listed: a click on a heading, or its menu; found out aside, since it takes a while."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHeaderView, QMenu, QWidget

from esviewer.app.session import Session
from esviewer.app.sorted_aggregates import SortBy, sorted_aggregates
from esviewer.gui.machine import Machine
from esviewer.model.instant import Instant
from esviewer.work import Work

_SLOT: Final = "sorting"
_NUMBER: Final = 2
"""The column of numbers: of events, or of versions as of a moment."""


class Sorting(QObject):
    """The order that was chosen, and how aggregates lie in it; the usual one is by ascending id."""

    chosen = Signal()
    """Another order was chosen."""
    sign_wanted = Signal(object, object)
    """A heading is to say that the list is sorted by it: its section, None for none, and the sign of the order."""
    sorted = Signal(object)
    """The aggregates in the order that was asked for: a list of AggregateRef."""
    failed = Signal(object)
    progressed = Signal(object)

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self.by = SortBy.ID
        self.descending = False
        self._as_of = False
        self._allowed = True
        self._aside = machine.aside.twin(self)
        self._aside.tasks.progressed.connect(self.progressed)
        self._header: QHeaderView | None = None

    @property
    def is_usual(self) -> bool:
        """Whether the list is by ascending id, as it comes from the store."""
        return self.by is SortBy.ID and not self.descending

    def attach(self, header: QHeaderView) -> None:
        """Have the headings of the list choose."""
        self._header = header
        header.setSectionsClickable(True)
        header.sectionClicked.connect(self._clicked)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._ask)
        header.setToolTip(self.tr("A click sorts, another one turns the order round; the menu has more"))

    def _clicked(self, section: int) -> None:
        by = (SortBy.ID, SortBy.TYPE, SortBy.VERSION if self._as_of else SortBy.EVENTS)[section]
        # Of numbers the largest are looked for, of names the first.
        self.take(by, not self.descending if by is self.by else section == _NUMBER)

    def take(self, by: SortBy, descending: bool) -> None:
        """Choose an order."""
        if (by, descending) == (self.by, self.descending):
            return
        self.by, self.descending = by, descending
        self._show()
        self.chosen.emit()

    def take_usual(self) -> None:
        """Go back to ascending ids."""
        self.cancel()
        self.take(SortBy.ID, False)

    def forget(self) -> None:
        """Claim no order, and leave what is listed as it is."""
        self.cancel()
        self.by, self.descending = SortBy.ID, False
        self._show()

    def allow(self, allowed: bool) -> None:
        """Whether there is a list to be sorted, and no answer to a question, which comes as it is found."""
        if not allowed:
            self.forget()
        if self._header is not None:
            self._header.setSectionsClickable(allowed)
        self._allowed = allowed

    def show_as_of(self, as_of: bool) -> None:
        """The numbers are versions as of a moment, or those of events."""
        self._as_of = as_of
        self._show()

    def _show(self) -> None:
        numbers = SortBy.VERSION if self._as_of else SortBy.EVENTS
        section = None if self.is_usual else {SortBy.ID: 0, SortBy.TYPE: 1, numbers: _NUMBER}.get(self.by)
        # In the heading's own text: the style's arrow would take room from the ids at all times.
        self.sign_wanted.emit(section, "▾" if self.descending else "▴")

    def menu(self, parent: QWidget) -> QMenu:
        """All orders."""
        menu = QMenu(self.tr("Sort aggregates"), parent)
        menu.setEnabled(self._allowed)
        group = QActionGroup(menu)
        names = {
            (SortBy.ID, False): self.tr("By id"),
            (SortBy.ID, True): self.tr("By id, last first"),
            (SortBy.TYPE, False): self.tr("By type"),
            (SortBy.EVENTS, True): self.tr("Most events first"),
            (SortBy.EVENTS, False): self.tr("Fewest events first"),
            (SortBy.VERSION, True): self.tr("Highest version first"),
            (SortBy.LAST, True): self.tr("Last changed first"),
            (SortBy.LAST, False): self.tr("Longest unchanged first"),
            (SortBy.FIRST, True): self.tr("Newest first"),
            (SortBy.FIRST, False): self.tr("Oldest first"),
        }
        for (by, descending), name in names.items():
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked((by, descending) == (self.by, self.descending))
            action.triggered.connect(partial(self.take, by, descending))
            group.addAction(action)
        return menu

    def _ask(self, place: QPoint) -> None:
        if self._header is not None and self._allowed:
            menu = self.menu(self._header)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self._header.mapToGlobal(place))

    def sort(self, type_glob: str | None, search: str | None, as_of: Instant | None) -> None:
        """Find out how the aggregates that fit lie in the chosen order."""
        by, descending = self.by, self.descending

        def act(session: Session, work: Work) -> object:
            return sorted_aggregates(
                session.store,
                by,
                descending=descending,
                type_glob=type_glob,
                search=search,
                as_of=as_of,
                work=work,
            )

        self._aside.run(act, self.sorted.emit, self.failed.emit, slot=_SLOT)

    def cancel(self) -> None:
        """Give up finding it out."""
        self._aside.cancel(_SLOT)

    def close(self) -> None:
        """End all work."""
        self._aside.close()
