"""The dialogs that seal and verify the open store, one of each at most."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from esviewer.gui.machine import Machine
from esviewer.gui.seals.sealing import SealDialog
from esviewer.gui.seals.verifying import VerifyDialog


class SealDialogs(QObject):
    """Shows them, and closes them with the store."""

    aggregate_wanted = Signal(object)
    """The time machine is to show an aggregate: (its id, a version or None)."""

    def __init__(self, machine: Machine, parent: QWidget) -> None:
        super().__init__(parent)
        self._machine = machine
        self._over = parent
        self.sealing: SealDialog | None = None
        """While it is open."""
        self.verifying: VerifyDialog | None = None
        """While it is open."""

    def seal(self) -> None:
        """Have the store sealed."""
        if self.sealing is None:
            self.sealing = SealDialog(self._machine, self._over)
            self.sealing.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.sealing.finished.connect(self._sealing_ended)
        self.sealing.show()
        self.sealing.raise_()

    def verify(self) -> None:
        """Have the store held against a seal, a proof or a report."""
        if self.verifying is None:
            self.verifying = VerifyDialog(self._machine, self._over)
            self.verifying.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.verifying.aggregate_wanted.connect(self.aggregate_wanted)
            self.verifying.finished.connect(self._verifying_ended)
        self.verifying.show()
        self.verifying.raise_()

    def _sealing_ended(self) -> None:
        self.sealing = None

    def _verifying_ended(self) -> None:
        self.verifying = None

    def close(self) -> None:
        """Close both, and end their work."""
        for dialog in (self.sealing, self.verifying):
            if dialog is not None:
                dialog.reject()
