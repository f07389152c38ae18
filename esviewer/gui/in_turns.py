"""What takes long and has to be done on the GUI thread, a piece a turn, so that clicks and frames go between."""

from __future__ import annotations

from collections.abc import Generator
from typing import Final, TypeAlias

from PySide6.QtCore import QObject, QTimer

Pieces: TypeAlias = Generator[None, None, None]
"""Each `yield` ends a turn; what is begun and not ended is undone where GeneratorExit arrives."""


_BETWEEN_MS: Final = 4
"""Without a pause several pieces would be done, and what they change painted, before anything else has its turn."""


class InTurns(QObject):
    """Does one thing at a time; the one that is asked for last is the one that counts."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pieces: Pieces | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_BETWEEN_MS)
        self._timer.timeout.connect(self._turn)

    @property
    def busy(self) -> bool:
        """Whether there is more to do."""
        return self._pieces is not None

    def begin(self, pieces: Pieces) -> None:
        """Do the first piece of this now and the others in the turns to come, and stop what was being done."""
        self.stop()
        self._pieces = pieces
        self._timer.start()
        self._turn()  # what has not begun would not hear that it is stopped

    def stop(self) -> None:
        """Do no more of it."""
        self._timer.stop()
        pieces, self._pieces = self._pieces, None
        if pieces is not None:
            pieces.close()

    def _turn(self) -> None:
        pieces = self._pieces
        if pieces is None:
            return
        try:
            next(pieces)
        except StopIteration:
            if self._pieces is pieces:
                self._pieces = None
                self._timer.stop()
        except BaseException:
            self._timer.stop()
            self._pieces = None
            raise
