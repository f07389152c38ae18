"""The playhead's controls: which version is looked at, and playing through them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QSlider, QToolButton, QWidget

_NOTCH = 120
"""Eighths of a degree of a mouse wheel's notch."""
BEFORE_FIRST = -1
"""The row of a moment before the first event."""


class _Slider(QSlider):
    """A turn of the wheel by one notch is one version, whatever a list scrolls by."""

    _turned = 0
    """Eighths of a degree that made no step yet."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._turned += event.angleDelta().y() or event.angleDelta().x()
        steps = int(self._turned / _NOTCH)  # towards zero
        self._turned -= steps * _NOTCH
        self.setValue(self.value() + steps)
        event.accept()


class Playhead(QWidget):
    """Buttons, a slider over the rows, and a field that takes a version or a date."""

    moved = Signal(object)
    """The row."""
    asked = Signal(object)
    """What was typed: a version's number or a time."""
    play_wanted = Signal(object)
    """Play or pause: 1 forwards, -1 backwards."""
    speed_wanted = Signal(object)
    """What was chosen among the speeds that were offered."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        self.first = self._button("|‹", self.tr("First version (Home)"), self.to_first)
        self.back = self._button("‹", self.tr("One version back (Left)"), self.step_back)
        self.play_back = self._button("◀", self.tr("Play backward, or pause (Shift+Space)"), self._play_back)
        self.play = self._button("▶", self.tr("Play forward, or pause (Space)"), self._play)
        self.forward = self._button("›", self.tr("One version forward (Right)"), self.step_forward)
        self.last = self._button("›|", self.tr("Newest version (End)"), self.to_last)
        self.speed = QComboBox(self)
        self.speed.setAccessibleName(self.tr("Playing speed"))
        self.speed.setToolTip(self.tr("How fast to play: versions, or the events' own time, in one second"))
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.currentIndexChanged.connect(self._speed_chosen)
        self.slider = _Slider(Qt.Orientation.Horizontal, self)
        self.slider.setAccessibleName(self.tr("Playhead"))
        self.slider.setRange(0, 0)
        self.slider.valueChanged.connect(self._slid)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Version or date"))
        self.field.setAccessibleName(self.tr("Go to a version or a date"))
        self.field.setToolTip(
            self.tr("A version's number, or a time such as 2026-11-22 14:34 (this machine's zone) and Enter")
        )
        self.field.setFixedWidth(150)
        self.field.returnPressed.connect(self._asked)
        self.place = QLabel(self)
        self.place.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Preferred)
        for button in (self.first, self.back, self.play_back, self.play, self.forward, self.last):
            layout.addWidget(button)
        layout.addWidget(self.speed)
        layout.addWidget(self.slider, 1)
        layout.addWidget(self.place)
        layout.addWidget(self.field)
        self._count = 0
        self.setEnabled(False)

    def _button(self, sign: str, tip: str, slot: object) -> QToolButton:
        button = QToolButton(self)
        button.setText(sign)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(slot)
        return button

    def offer_speeds(self, speeds: Sequence[tuple[str, object]]) -> None:
        """Fill the list of speeds with names and what they stand for."""
        self.speed.blockSignals(True)
        for name, speed in speeds:
            self.speed.addItem(name, speed)
        self.speed.blockSignals(False)

    def show_playing(self, direction: int) -> None:
        """Show which way it plays; 0: not."""
        self.play.setText("❚❚" if direction > 0 else "▶")
        self.play_back.setText("❚❚" if direction < 0 else "◀")

    def _play(self) -> None:
        self.play_wanted.emit(1)

    def _play_back(self) -> None:
        self.play_wanted.emit(-1)

    def _speed_chosen(self) -> None:
        self.speed_wanted.emit(self.speed.currentData())

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self._count

    @property
    def row(self) -> int:
        """The row it is on; BEFORE_FIRST where there is no event yet."""
        return self.slider.value()

    @property
    def at_end(self) -> bool:
        """Whether it is on the last row."""
        return self.slider.value() == self.slider.maximum()

    def set_rows(self, count: int, row: int) -> None:
        """Take on another aggregate."""
        self._count = count
        self.setEnabled(count > 0)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, count - 1))
        self.slider.setPageStep(max(1, count // 20))
        self.slider.setValue(row)
        self.slider.blockSignals(False)
        self._show()

    def grow(self, count: int) -> None:
        """Take on more rows of the same aggregate; on the last one it stays on the last."""
        follows = self.at_end
        self._count = count
        self.setEnabled(count > 0)
        self.slider.setMaximum(max(0, count - 1))
        self.slider.setPageStep(max(1, count // 20))
        if follows:
            self.to_last()
        self._show()

    def move(self, row: int) -> None:  # type: ignore[override]
        """Go to a row."""
        self.slider.setValue(row)

    def offer_before(self, on: bool) -> None:
        """Whether it can go to BEFORE_FIRST, one step back from the first version."""
        self.slider.setMinimum(BEFORE_FIRST if on else 0)
        self._show()

    def show_place(self, text: str, longest: str = "") -> None:
        """Say which version that is; room is kept for the longest, or the slider would move under the mouse."""
        metrics = self.place.fontMetrics()
        # Of a fixed size: a text that may need another has the window laid out anew, at every frame of a drag.
        wide = max(metrics.horizontalAdvance(each) for each in (longest, text))
        self.place.setFixedSize(wide + 1 if wide else 0, metrics.height())
        self.place.setText(text)

    def step_back(self) -> None:
        """One version back."""
        self.slider.setValue(self.slider.value() - 1)

    def step_forward(self) -> None:
        """One version forward."""
        self.slider.setValue(self.slider.value() + 1)

    def to_first(self) -> None:
        """To the first version."""
        self.slider.setValue(0)

    def to_last(self) -> None:
        """To the newest version."""
        self.slider.setValue(self.slider.maximum())

    def _slid(self, row: int) -> None:
        self._show()
        self.moved.emit(row)

    def _show(self) -> None:
        row, last = self.slider.value(), self.slider.maximum()
        self.first.setEnabled(row != 0)
        self.back.setEnabled(row > self.slider.minimum())
        for button in (self.forward, self.last):
            button.setEnabled(row < last)
        for button in (self.play, self.play_back):
            button.setEnabled(self._count > 1)

    def _asked(self) -> None:
        text = self.field.text().strip()
        if text:
            self.asked.emit(text)
