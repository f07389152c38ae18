"""The axis of versions and of counts, which are whole numbers."""

from __future__ import annotations

import pyqtgraph as pg


class VersionAxis(pg.AxisItem):
    """Has no ticks between two whole numbers, however few are in sight, and writes them out, however large."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803
        """What pyqtgraph proposes, as far as it is no less than one."""
        spacings = super().tickSpacing(minVal, maxVal, size)
        return [each for each in spacings if each[0] >= 1] or [(1.0, 0.0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Each number whole."""
        del spacing
        return [f"{round(value * scale):,}" for value in values]
