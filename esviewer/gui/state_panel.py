"""The state at the playhead: its tree with the step's changes, the comparison with a pinned one, how it came to be."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.comparison import Comparison
from esviewer.app.view import AggregateView
from esviewer.diff.text import listing
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.machine import Machine
from esviewer.gui.state_tree import StateTree
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.gui.value_tree import ValueTree
from esviewer.model.change import Change
from esviewer.model.rebuilt import RebuiltState


class StatePanel(QWidget):
    """Shows what it is given; the page asks for states and comparisons."""

    pin_wanted = Signal()
    unpin_wanted = Signal()
    rules_wanted = Signal()
    """The rules that make this state are to be edited."""
    snapshots_wanted = Signal()
    """The box that starts from a snapshot was ticked or unticked."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme = machine.theme
        self.rebuilt = ElidedLabel(self)
        self.rebuilt.setObjectName("dim")
        self.rebuilt.setAccessibleName(self.tr("How this state came to be"))
        self.from_snapshot = QCheckBox(self.tr("From snapshot"), self)
        self.from_snapshot.setToolTip(
            self.tr("Rebuild from the newest stored snapshot and the events after it, instead of from nothing")
        )
        self.from_snapshot.toggled.connect(self.snapshots_wanted)
        self.pin = QPushButton(self.tr("Pin for compare"), self)
        self.pin.setToolTip(self.tr("Keep this version to compare others with (P)"))
        self.pin.setObjectName("small")
        self.pin.clicked.connect(self._pin_clicked)
        self.tree = StateTree(machine, self)
        self.tree.setAccessibleName(self.tr("State"))
        self.diff_tree = ValueTree(theme, self)
        self.diff_tree.setAccessibleName(self.tr("Differences"))
        self.diff_text = QPlainTextEdit(self)
        self.diff_text.setReadOnly(True)
        self.diff_text.setFont(monospace())
        self.diff_text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.diff_text.setAccessibleName(self.tr("Differences as text"))
        self.compared = ElidedLabel(self)
        self.compared.show_text(self.tr("Pin a version, then move the playhead to compare."))
        compare = QWidget(self)
        inner = QVBoxLayout(compare)
        inner.setContentsMargins(0, 4, 0, 0)
        inner.setSpacing(4)
        inner.addWidget(self.compared)
        self.forms = QTabWidget(compare)
        self.forms.setTabPosition(QTabWidget.TabPosition.South)
        self.forms.addTab(self.diff_tree, self.tr("Tree"))
        self.forms.addTab(self.diff_text, self.tr("Text"))
        inner.addWidget(self.forms, 1)
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.tree, self.tr("State"))
        self.tabs.addTab(compare, self.tr("Compare"))
        self.tabs.setCornerWidget(self.pin, Qt.Corner.TopRightCorner)
        row = QHBoxLayout()
        self.rules = QPushButton(self.tr("Rules …"), self)
        self.rules.setObjectName("small")
        self.rules.setToolTip(self.tr("Edit the rules that make this state (Ctrl+R)"))
        self.rules.clicked.connect(self.rules_wanted)
        row.addWidget(self.rebuilt, 1)
        row.addWidget(self.rules)
        row.addWidget(self.from_snapshot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.tabs, 1)
        layout.addLayout(row)
        self._pinned = False

    def _pin_clicked(self) -> None:
        if self._pinned:
            self.unpin_wanted.emit()
        else:
            self.pin_wanted.emit()

    def show_pinned(self, version: int | None) -> None:
        """Say which version is pinned."""
        self._pinned = version is not None
        if version is None:
            self.pin.setText(self.tr("Pin for compare"))
            self.compared.show_text(self.tr("Pin a version, then move the playhead to compare."))
            self.diff_tree.show_value({})
            self.diff_text.clear()
            self.tabs.setCurrentIndex(0)
        else:
            self.pin.setText(self.tr("Unpin version {0}").format(version))
            self.tabs.setCurrentIndex(1)

    def show_state(self, found: RebuiltState, changes: list[Change], view: AggregateView) -> None:
        """Show a state with the changes of its step."""
        first = self.tree.shown.rowCount() == 0
        self.tree.show_value(found.state, changes)
        if first:
            self.tree.expand_some()
        line, tip = rebuilt_line(found, view)
        self.rebuilt.show_text(line, tip)

    def show_comparison(self, found: Comparison) -> None:
        """Show two states compared."""
        count = len(found.changes)
        self.compared.show_text(
            self.tr("Version {0} → {1}: {2} differences").format(found.old.version, found.new.version, f"{count:,}")
            if count
            else self.tr("Version {0} → {1}: no difference").format(found.old.version, found.new.version)
        )
        self.diff_tree.show_value(found.new.state, found.changes)
        self.diff_text.setPlainText(visible_lines("\n".join(listing(found.changes[:5000])) + "\n\n" + found.text()))

    def clear(self) -> None:
        """Show nothing."""
        self.rebuilt.show_text("")
        self.tree.show_value({})
        self.show_pinned(None)


def rebuilt_line(found: RebuiltState, view: AggregateView) -> tuple[str, str]:
    """How a state came to be, in a line and in full."""
    rebuilt = found.rebuilt
    start = "from nothing" if rebuilt.snapshot_version is None else f"from the snapshot at {rebuilt.snapshot_version}"
    parts = [
        f"Version {found.version} of {int(view.versions[-1])}",
        f"{rebuilt.events_applied:,} events replayed {start}",
        f"reducer “{rebuilt.reducer}”{' (inferred)' if rebuilt.inferred else ''}",
    ]
    if rebuilt.skipped:
        parts.append(f"{len(rebuilt.skipped):,} events skipped")
    earlier = [version for version in view.snapshots if version <= found.version]
    if earlier and earlier[-1] in view.snapshot_agrees:
        agrees = view.snapshot_agrees[earlier[-1]]
        word = "agrees" if agrees else "can't be read" if agrees is None else "disagrees"
        parts.append(f"stored snapshot at {earlier[-1]} {word}")
    tip = [*parts, rebuilt.reducer_digest]
    tip += [f"skipped version {item.version}: {item.reason}" for item in rebuilt.skipped[:20]]
    if len(rebuilt.skipped) > 20:
        tip.append(f"and {len(rebuilt.skipped) - 20:,} more")
    return visible(" · ".join(parts)), "\n".join(visible(part) for part in tip)
