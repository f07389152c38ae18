"""The state at the playhead: its tree with the step's changes, its comparison with others, how it came to be."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from esviewer.app.screen import Screen
from esviewer.app.view import AggregateView
from esviewer.errors import EsviewerError
from esviewer.gui.compare_panel import ComparePanel
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.language import translate
from esviewer.gui.machine import Before, Machine
from esviewer.gui.not_rebuilt import NotRebuilt
from esviewer.gui.origin import events_replayed, reducer_of
from esviewer.gui.state_tree import StateTree
from esviewer.gui.steady_place import SteadyPlace
from esviewer.gui.text import visible
from esviewer.model.change import Change
from esviewer.model.instant import Instant
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import MISSING

_ROOM_BESIDE = 640
"""Pixels of width from which on a line has room beside the buttons."""


class StatePanel(QWidget):
    """Shows the states that it is given; the page asks for them."""

    pin_wanted = Signal()
    unpin_wanted = Signal()
    case_wanted = Signal()
    """What is on show is to be pinned to the case."""
    rules_wanted = Signal()
    """The rules that make this state are to be edited."""
    snapshots_wanted = Signal()
    """The box that starts from a snapshot was ticked or unticked."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._line: tuple[RebuiltState, AggregateView] | None = None
        """What the line is about."""
        machine.screen_changed.connect(self._tell)
        self.rebuilt = ElidedLabel(self)
        self.rebuilt.setObjectName("dim")
        self.rebuilt.setAccessibleName(self.tr("How this state came to be"))
        self._rebuilt_place = SteadyPlace(self.rebuilt, self)
        self.from_snapshot = QCheckBox(self.tr("From snapshot"), self)
        self.from_snapshot.setToolTip(
            self.tr("Rebuild from the newest stored snapshot and the events after it, instead of from nothing")
        )
        self.from_snapshot.toggled.connect(self._snapshots_toggled)
        self.pin = QPushButton(self)
        self.pin.setObjectName("small")
        self.pin.clicked.connect(self._pin_clicked)
        self.to_case = QPushButton(self.tr("Add to case"), self)
        self.to_case.setObjectName("small")
        self.to_case.setToolTip(self.tr("Pin what this tab shows to the case (Ctrl+D)"))
        self.to_case.clicked.connect(self.case_wanted)
        self.tree = StateTree(machine, self)
        self.tree.setAccessibleName(self.tr("State"))
        self.compare = ComparePanel(machine, self)
        self.compare.pinned_changed.connect(self._name_pin)
        self.lost = NotRebuilt(machine, self)
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName(self.tr("The state, and questions to it"))
        self.tabs.addTab(self.tree, self.tr("State"))
        self.tabs.addTab(self.compare, self.tr("Compare"))
        self.tabs.tabBar().setObjectName("close")
        self.rules = QPushButton(self.tr("Rules …"), self)
        self.rules.setObjectName("small")
        self.rules.setToolTip(self.tr("Edit the rules that make this state (Ctrl+R)"))
        self.rules.clicked.connect(self.rules_wanted)
        self._above = QHBoxLayout()
        self._below = QHBoxLayout()
        self._below.addStretch()
        for button in (self.pin, self.to_case, self.rules):
            self._below.addWidget(button)
        self._place_line()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.lost)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(self._above)
        layout.addLayout(self._below)
        self._name_pin()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_line()

    def _place_line(self) -> None:
        """Put how the state came to be beside the buttons where there is room, else above them."""
        beside = self.width() >= _ROOM_BESIDE
        for widget, stretch, place in ((self._rebuilt_place, 1, 0), (self.from_snapshot, 0, -1)):
            for row in (self._above, self._below):
                row.removeWidget(widget)
            if beside:
                self._below.insertWidget(place, widget, stretch)
            else:
                self._above.addWidget(widget, stretch)

    def _snapshots_toggled(self, on: bool) -> None:
        self.compare.use_snapshots = on
        self.snapshots_wanted.emit()

    def _pin_clicked(self) -> None:
        if self.compare.pinned is not None:
            self.unpin_wanted.emit()
        else:
            self.pin_wanted.emit()

    def _name_pin(self) -> None:
        version = self.compare.pinned
        self.pin.setEnabled(version is not None or self._machine.before is None)
        if version is None:
            self.pin.setText(self.tr("Pin to compare"))
            self.pin.setToolTip(self.tr("Keep this version to compare others with (P); it is not added to the case"))
        else:
            self.pin.setText(self.tr("Unpin {0}").format(version))
            self.pin.setToolTip(
                self.tr("Version {0} is side A of the comparison; make the playhead A (P)").format(version)
            )

    def pin_version(self, aggregate_id: str, version: int) -> None:
        """Make a version side A of the comparison, and show that."""
        self.compare.pin(aggregate_id, version)
        self.tabs.setCurrentWidget(self.compare)

    def show_state(self, found: RebuiltState, changes: list[Change], view: AggregateView) -> None:
        """Show a state with the changes of its step."""
        self.lost.clear()
        first = self.tree.shown.rowCount() == 0
        self.tree.show_value(found.state, changes, found.aggregate_id)
        if first:
            self.tree.expand_some()
        self._line = found, view
        self._tell()

    def show_none(self, before: Before, view: AggregateView) -> None:
        """Show that there is no state as of a moment before the first event."""
        self.lost.clear()
        self._line = None
        self.tree.show_value(MISSING, of=view.summary.aggregate_id)
        self.to_case.setEnabled(False)
        self._name_pin()
        self.rebuilt.show_text(self.tr("No version yet as of {0}").format(before.place.instant))

    def leave_none(self) -> None:
        """The playhead goes to an event: what was said of a moment before the first one does not hold there."""
        if self._machine.before is not None:
            self._machine.before = None
            self.rebuilt.show_text("")
            self.to_case.setEnabled(True)
            self._name_pin()

    def _tell(self) -> None:
        if self._line is not None:
            self.rebuilt.show_text(*rebuilt_line(*self._line, self._machine.screen, self._machine.as_of))

    def show_lost(self, view: AggregateView, version: int, error: EsviewerError) -> None:
        """Show no state, and say why there is none."""
        self.clear()
        self.lost.show_why(view, version, error)

    def show_working(self, view: AggregateView) -> None:
        """Show no state, since a program is still at work."""
        self._clear_state()
        self.lost.show_working(view)

    def clear(self) -> None:
        """Show nothing."""
        self.lost.clear()
        self._clear_state()

    def _clear_state(self) -> None:
        self._line = None
        self.leave_none()
        self.rebuilt.show_text("")
        self.tree.show_value({})


def rebuilt_line(
    found: RebuiltState, view: AggregateView, screen: Screen, as_of: Instant | None = None
) -> tuple[str, str]:
    """How a state came to be, in a line and in full, as it is shown; what casts doubt on it comes first.

    `as_of` is the moment that the window looks at.
    """
    rebuilt = found.rebuilt
    doubts: list[str] = []
    others: list[str] = []
    if as_of is not None and found.timestamp is not None and found.timestamp.ns > as_of.ns:
        doubts.append(translate("Rebuilt", "later than the moment that is looked at"))
    (doubts if rebuilt.inferred else others).append(reducer_of(rebuilt))
    if rebuilt.skipped:
        text = translate("Rebuilt", "{0} events skipped")
        if len(rebuilt.skipped) == 1:
            text = translate("Rebuilt", "1 event skipped")
        doubts.append(text.format(f"{len(rebuilt.skipped):,}"))
    earlier = [version for version in view.snapshots if version <= found.version]
    if earlier and earlier[-1] in view.snapshot_agrees:
        agrees = view.snapshot_agrees[earlier[-1]]
        said = {
            True: translate("Rebuilt", "stored snapshot at {0} agrees"),
            False: translate("Rebuilt", "stored snapshot at {0} disagrees"),
            None: translate("Rebuilt", "stored snapshot at {0} can't be read"),
        }
        (others if agrees else doubts).append(said[agrees].format(earlier[-1]))
    place = translate("Rebuilt", "Version {0} of {1}").format(found.version, int(view.versions[-1]))
    parts = [*doubts, place, events_replayed(rebuilt), *others]
    tip = [*parts, rebuilt.reducer_digest]
    skipped = translate("Rebuilt", "skipped version {0}: {1}")
    tip += [skipped.format(item.version, screen.reason(item.reason)) for item in rebuilt.skipped[:20]]
    if len(rebuilt.skipped) > 20:
        tip.append(translate("Rebuilt", "and {0} more").format(f"{len(rebuilt.skipped) - 20:,}"))
    return visible(" · ".join(parts)), "\n".join(visible(part) for part in tip)
