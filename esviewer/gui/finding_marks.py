"""What an audit found at an aggregate's events, as marks on its timeline: a shape and a colour for each severity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from esviewer.audit.finding import Severity
from esviewer.gui.theme import Colours

MOST: Final = 2_000
"""Marks of one aggregate at most."""
LANE: Final = -1.45
"""Where they lie, above the snapshots."""
TOP: Final = -2.0
"""Where a timeline with them begins."""
_SHAPES: Final = {Severity.ERROR: "star", Severity.WARNING: "t1", Severity.INFO: "s"}
_COLOURS: Final = {Severity.ERROR: 9, Severity.WARNING: 6, Severity.INFO: 11}
"""Which of a theme's colours for types."""
_TOLD: Final = 3


@dataclass(frozen=True, slots=True)
class FindingMark:
    """One finding at an event."""

    version: int
    severity: Severity
    tell: Callable[[], str] = field(compare=False)
    """Gives the check and its message, as they may be shown: asked for where somebody points at it."""


class FindingMarks(pg.ScatterPlotItem):
    """Those of the aggregate on show."""

    def __init__(self) -> None:
        super().__init__(pxMode=True)
        self._found: dict[int, list[FindingMark]] = {}

    @property
    def some(self) -> bool:
        """Whether there are any."""
        return bool(self._found)

    def take(self, marks: Sequence[FindingMark]) -> bool:
        """Take others in place of those there are; whether they differ."""
        found: dict[int, list[FindingMark]] = {}
        for mark in marks[:MOST]:
            found.setdefault(mark.version, []).append(mark)
        differs, self._found = found != self._found, found
        return differs

    def draw(self, versions: np.ndarray, x: np.ndarray, colours: Colours) -> None:
        """Draw one mark at each event with findings, that of the gravest; `x` is where the events lie."""
        at, shapes, brushes = [], [], []
        for version, marks in self._found.items():
            row = int(np.searchsorted(versions[: len(x)], version))
            if row < len(x):
                gravest = max(mark.severity for mark in marks)
                at.append(float(x[row]))
                shapes.append(_SHAPES[gravest])
                brushes.append(pg.mkBrush(QColor(colours.types[_COLOURS[gravest]])))
        self.setData(x=at, y=[LANE] * len(at), size=13, symbol=shapes or "o", brush=brushes, pen=pg.mkPen(colours.base))

    def texts(self, version: int) -> list[str]:
        """What was found at an event, in a few lines."""
        marks = sorted(self._found.get(version, []), key=lambda mark: -mark.severity)
        texts = [mark.tell() for mark in marks[:_TOLD]]
        return texts if len(marks) <= _TOLD else [*texts, "…"]
