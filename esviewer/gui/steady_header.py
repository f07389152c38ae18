"""The heads of a tree or a table whose rows are others at every frame, while its columns stay."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QHeaderView, QWidget


class SteadyHeader(QHeaderView):
    """Is not painted anew when there are other rows below it, nor when others of them are chosen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        # As trees have theirs.
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setStretchLastSection(True)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """No section is highlighted."""

    def reset(self) -> None:
        if not self._stays():
            super().reset()

    def doItemsLayout(self) -> None:
        if not self._stays():
            super().doItemsLayout()

    def _stays(self) -> bool:
        model = self.model()
        return model is not None and self.count() == model.columnCount()
