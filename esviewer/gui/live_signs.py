"""What the window shows of looking for new events: a badge in the status bar, and a bar while that can't be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from esviewer.gui.live import Live, clock_text
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.gui.theme import Theme


class LiveBadge(QToolButton):
    """Says whether new events are looked for, and since when; a click pauses that, or goes on. Hidden without store."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._live: Live | None = None
        self.setMaximumHeight(self.fontMetrics().height() + 4)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.clicked.connect(self._clicked)
        theme.changed.connect(self.tell)
        self.hide()

    def attach(self, live: Live | None) -> None:
        """Speak of another store, None for none."""
        if self._live is not None:
            self._live.changed.disconnect(self.tell)
        self._live = live
        if live is not None:
            live.changed.connect(self.tell)
        self.tell()

    def _clicked(self) -> None:
        live = self._live
        if live is None:
            return
        if live.trouble is not None and not live.paused:
            live.try_now()
        else:
            live.toggle()

    def tell(self) -> None:
        """Say how it is now."""
        live = self._live
        self.setVisible(live is not None)
        if live is None:
            return
        trouble = live.trouble
        if live.paused:
            text = self.tr("❚❚ Paused since {0}").format(clock_text(live.since))
            about = self.tr("New events are not looked for. A click goes on (Ctrl+Shift+P).")
        elif trouble is not None:
            text = self.tr("⚠ No answer since {0}").format(clock_text(trouble.since))
            about = self.tr("The store can't be read. A click tries it now.")
        else:
            text = self.tr("● Live since {0}").format(clock_text(live.since))
            about = self.tr("New events are looked for, soon after some came, else every few seconds. A click pauses "
                            "that (Ctrl+Shift+P).")  # fmt: skip
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(about)
        colours = self._theme.colours
        strong = live.paused or trouble is not None
        self.setStyleSheet(
            f"QToolButton {{ padding: 0px 8px; border: 1px solid {colours.edge}; border-radius: 4px;"
            f" background: {colours.warning if strong else 'transparent'};"
            f" color: {colours.text if strong else colours.dim}; font-weight: {700 if strong else 400}; }}"
            f" QToolButton:focus {{ border: 1px solid {colours.accent}; }}"
        )


class LiveBar(QFrame):
    """Hidden unless the store can't be read: why, since when, when it is tried again, and a button that does so now."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.setObjectName("messages")
        self.setAccessibleName(self.tr("The store can't be read"))
        self.label = QLabel(self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.try_now = QPushButton(self.tr("Try now"), self)
        self.try_now.clicked.connect(machine.live.try_now)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 4, 6, 4)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.try_now)
        machine.live.changed.connect(self._tell)
        machine.screen_changed.connect(self._tell)
        self.hide()

    def _tell(self) -> None:
        live = self._machine.live
        trouble = live.trouble
        self.setVisible(trouble is not None and not live.paused)
        if trouble is not None:
            text = self.tr("Since {0} the store can't be read: {1} What was read stays; the next try is at {2}.")
            why = self._machine.screen.text(localised(trouble.error.message))
            self.label.setText(visible(text.format(clock_text(trouble.since), why, clock_text(trouble.next))))
