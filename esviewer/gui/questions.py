"""The windows in which questions about a store are asked; they belong to its page and go with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from esviewer.gui.machine import Machine
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
            window = WhatIfWindow(self._machine, name, None if current is None else current.version, self._page)
            window.closed.connect(self._what_if_closed)
            self.what_ifs.append(window)
        window.show()
        window.raise_()
        window.activateWindow()

    def _what_if_closed(self, window: WhatIfWindow) -> None:
        if window in self.what_ifs:
            self.what_ifs.remove(window)
            window.deleteLater()

    def close(self) -> None:
        """Close all windows."""
        for window in [*self.what_ifs]:
            window.close()
