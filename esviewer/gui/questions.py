"""The windows in which questions about a store are asked; they belong to its page and go with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from esviewer.gui.folds_dialog import FoldsDialog
from esviewer.gui.machine import Machine
from esviewer.gui.rollback_dialog import RollbackDialog
from esviewer.gui.what_if_steps import Steps
from esviewer.gui.what_if_window import WhatIfWindow


class Questions(QObject):
    """Opens them on the aggregate on show."""

    aggregate_wanted = Signal(object)
    """An aggregate is to be shown: (its id, a version or None)."""

    def __init__(self, machine: Machine, page: QWidget) -> None:
        """`page` is what the windows belong to."""
        super().__init__(page)
        self._machine = machine
        self._page = page
        self.what_ifs: list[WhatIfWindow] = []
        """Those that are open, one for each aggregate at most."""
        self._kept: dict[str, Steps] = {}
        """The edits of those that were closed, for when they are opened again while the store is open."""
        self.rollback: RollbackDialog | None = None
        """The rollback analysis, while it is open."""
        self.folds: FoldsDialog | None = None
        """The comparison of reducers, while it is open."""

    def _choose_first(self) -> None:
        self._machine.said.emit(self.tr("Choose an aggregate first; the question is about one."))

    def what_if(self) -> None:
        """Open the what if of the aggregate on show, or bring it to the front."""
        view, current = self._machine.view, self._machine.current
        if view is None:
            self._choose_first()
            return
        name = view.summary.aggregate_id
        window = next((each for each in self.what_ifs if each.aggregate_id == name), None)
        if window is None:
            version = None if current is None else current.version
            window = WhatIfWindow(self._machine, name, version, self._page, self._kept.get(name, ()))
            window.closed.connect(self._what_if_closed)
            self.what_ifs.append(window)
        window.show()
        window.raise_()
        window.activateWindow()

    def _what_if_closed(self, window: WhatIfWindow) -> None:
        if window in self.what_ifs:
            self.what_ifs.remove(window)
            self._kept[window.aggregate_id] = window.steps
            window.deleteLater()

    def roll_back(self) -> None:
        """Analyse the way back to the version at the playhead."""
        current = self._machine.current
        if self._machine.before is not None:
            self._machine.said.emit(self.tr("The playhead is before the first event: there is nothing to go back to."))
            return
        if current is None:
            if self._machine.view is None:
                self._choose_first()
            else:
                self._machine.said.emit(self.tr("There is no state at this version that one could go back to."))
            return
        self._close_rollback()
        self.rollback = RollbackDialog(
            self._machine, current.view.summary.aggregate_id, current.version, self._page
        )
        self.rollback.opened.connect(self._go_to)
        self.rollback.finished.connect(self._close_rollback)
        self.rollback.show()

    def _close_rollback(self) -> None:
        dialog, self.rollback = self.rollback, None
        if dialog is not None:
            dialog.done(0)
            dialog.deleteLater()

    def compare_reducers(self, types: list[str]) -> None:
        """Compare two reducers over the aggregate on show, or a sample; `types` are those of the store."""
        view = self._machine.view
        self._close_folds()
        shown = None if view is None else (view.summary.aggregate_id, view.summary.aggregate_type)
        self.folds = FoldsDialog(self._machine, [kind for kind in types if kind], shown, self._page)
        self.folds.opened.connect(self._go_to)
        self.folds.finished.connect(self._close_folds)
        self.folds.show()

    def _close_folds(self) -> None:
        dialog, self.folds = self.folds, None
        if dialog is not None:
            dialog.done(0)
            dialog.deleteLater()

    def _go_to(self, place: tuple[str, int | None]) -> None:
        """Show an aggregate at a version; where it is on show already, only the playhead moves."""
        name, version = place
        view = self._machine.view
        if view is not None and view.summary.aggregate_id == name and version is not None:
            self._machine.go_to(version)
        else:
            self.aggregate_wanted.emit(place)

    def close(self) -> None:
        """Close all windows."""
        self._close_rollback()
        self._close_folds()
        for window in [*self.what_ifs]:
            window.close()
