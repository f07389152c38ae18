"""The axis on which lanes have names."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

NAME: Final = 170
"""Pixels that a lane's name takes at most."""


class LaneAxis(pg.AxisItem):
    """Names the lanes."""

    def __init__(self) -> None:
        super().__init__("left")
        self.names: list[str] = []

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """Each lane that is in sight, as far as names have room."""
        lanes = [lane for lane in range(len(self.names)) if minVal <= -lane <= maxVal]
        every = max(1, round(len(lanes) * 16 / max(1.0, size)))
        return [(1.0, [float(-lane) for lane in lanes[::every]])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Their names, shortened."""
        del scale, spacing
        metrics = QFontMetrics(self.style["tickFont"]) if self.style["tickFont"] else None
        names = [self.names[round(-value)] for value in values]
        if metrics is None:
            return names
        return [metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, NAME) for name in names]
