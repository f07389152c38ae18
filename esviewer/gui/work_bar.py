"""How far a long piece of work is: how many of how many, how fast, how much longer; and a button that ends it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.text import visible
from esviewer.work import Progress

_SETTLED = 1.0
"""Seconds of one kind of work before its rate tells anything."""


class Pace:
    """Rate and remaining time of what is being done; each kind of work begins anew."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kind: str | None = None
        self._begun = 0.0
        self._first = 0

    def measure(self, progress: Progress) -> tuple[float | None, float | None]:
        """Steps a second and seconds left; None for what can't be told yet."""
        now = self._clock()
        if progress.kind != self._kind or progress.done < self._first:
            self._kind, self._begun, self._first = progress.kind, now, progress.done
        passed, done = now - self._begun, progress.done - self._first
        if passed < _SETTLED or done <= 0:
            return None, None
        rate = done / passed
        left = None if not progress.total else max(0, progress.total - progress.done) / rate
        return rate, left


class WorkBar(QWidget):
    """Hidden unless something is being done."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pace = Pace()
        self.label = ElidedLabel(self)
        self.label.setObjectName("dim")
        self.bar = QProgressBar(self)
        self.bar.setFixedWidth(150)
        self.bar.setMaximumHeight(12)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress"))
        self.stop = QPushButton(self.tr("Cancel"), self)
        self.stop.setAutoDefault(False)
        self.stop.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.stop)
        layout.addWidget(self.bar)
        layout.addWidget(self.label, 1)
        self.label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def begin(self, text: str) -> None:
        """Something is being done from now on."""
        self._pace = Pace()
        self.label.show_text(text)
        self.bar.setRange(0, 0)
        self.show()

    def show_progress(self, progress: Progress | None) -> None:
        """How far it is; None says nothing."""
        if progress is None or self.isHidden():
            return
        rate, left = self._pace.measure(progress)
        parts = [visible(progress.text)]
        if progress.total:
            parts.append(self.tr("{0} of {1}").format(f"{progress.done:,}", f"{progress.total:,}"))
        elif progress.done:
            parts.append(f"{progress.done:,}")
        if rate is not None:
            parts.append(self.tr("{0} a second").format(f"{rate:,.0f}"))
        if left is not None:
            parts.append(self._left(left))
        self.label.show_text(" · ".join(parts))
        # A bar's range is a C int: thousandths fit where the numbers themselves may not.
        self.bar.setRange(0, 1000 if progress.total else 0)
        if progress.total:
            self.bar.setValue(min(1000, progress.done * 1000 // progress.total))

    def _left(self, seconds: float) -> str:
        if seconds >= 5400:
            return self.tr("{0} h left").format(f"{seconds / 3600:.1f}")
        if seconds >= 90:
            return self.tr("{0} min left").format(f"{seconds / 60:.0f}")
        return self.tr("{0} s left").format(f"{seconds:.0f}")

    def end(self) -> None:
        """Nothing is being done."""
        self.hide()
