"""One finding in full: what it says and where, its evidence, and what its check looks for, why, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from esviewer.audit.finding import Finding
from esviewer.audit.registry import by_name
from esviewer.errors import EsviewerError
from esviewer.gui.audit.findings import severity_text
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.fixed_words import about_check
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import as_is, reveal_in
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.times import shown_time
from esviewer.gui.value_tree import ValueTree
from esviewer.model.event import Event

_SLOT = "audit-event"
_UNFOLDED = 20
"""Evidence of so few entries is shown with what is inside of them."""


class FindingPanel(QWidget):
    """Empty until a finding is chosen."""

    open_wanted = Signal()
    pin_wanted = Signal()
    accept_wanted = Signal()

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.where = QLabel(self)
        self.message = QLabel(self)
        for label in (self.where, self.message):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.where.setObjectName("dim")
        self.go = QPushButton(self.tr("Go to event"), self)
        self.pin = QPushButton(self.tr("Add to case"), self)
        self.accept = QPushButton(self.tr("Accept"), self)
        self.accept.setToolTip(self.tr("A finding that is accepted is not told again"))
        self.go.clicked.connect(self.open_wanted)
        self.pin.clicked.connect(self.pin_wanted)
        self.accept.clicked.connect(self.accept_wanted)
        buttons = QHBoxLayout()
        for button in (self.go, self.pin, self.accept):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.evidence = ValueTree(machine.theme, as_is, self)
        self.evidence.setAccessibleName(self.tr("Evidence"))
        self.evidence.hideColumn(2)
        reveal_in(self.evidence, machine)
        self.about = QPlainTextEdit(self)
        self.about.setReadOnly(True)
        self.about.setAccessibleName(self.tr("About the check"))
        heading = QLabel(self.tr("Evidence"), self)
        heading.setObjectName("dim")
        upper = QWidget(self)
        above = QVBoxLayout(upper)
        above.setContentsMargins(0, 0, 0, 0)
        above.addWidget(heading)
        above.addWidget(self.evidence, 1)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.addWidget(upper)
        self.parts.addWidget(self.about)
        self.parts.setSizes([170, 190])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(self.where)
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        layout.addWidget(self.parts, 1)
        self.clear()

    def clear(self) -> None:
        """No finding is chosen."""
        self._machine.tasks.cancel(_SLOT)
        self.title.show_text(self.tr("No finding is chosen."))
        for label in (self.where, self.message):
            label.clear()
        self.evidence.show_value({})
        self.about.clear()
        for button in (self.go, self.pin, self.accept):
            button.setEnabled(False)

    def show_finding(self, finding: Finding, veiled: Finding, accepted: bool) -> None:
        """Show one; `veiled` is what may be shown of it."""
        check = by_name().get(finding.check)
        self.title.show_text(f"{severity_text(finding.severity)} · {finding.check}")
        self._show_place(veiled)
        self.message.setText(visible(localised(veiled.message)))
        self.evidence.show_value(dict(veiled.evidence))
        if self.evidence.shown.rowCount() <= _UNFOLDED:
            self.evidence.expandToDepth(2)
        heads = self.tr("What it looks for"), self.tr("Why it matters"), self.tr("What to do")
        # The plug-in of its check may have been switched off since.
        parts = () if check is None else zip(heads, about_check(check), strict=True)
        self.about.setPlainText(visible_lines("\n\n".join(f"{head}\n{text}" for head, text in parts)))
        self.go.setEnabled(finding.aggregate_id is not None)
        self.go.setText(self.tr("Go to aggregate") if finding.version is None else self.tr("Go to event"))
        self.pin.setEnabled(True)
        self.accept.setEnabled(True)
        self.accept.setText(self.tr("Take back") if accepted else self.tr("Accept"))
        self._machine.tasks.cancel(_SLOT)
        aggregate_id, version, store = finding.aggregate_id, finding.version, self._machine.session.store
        if aggregate_id is not None and version is not None:
            self._machine.tasks.run(
                lambda work: store.event(aggregate_id, version, work=work), self._show_event, self._no_event, slot=_SLOT
            )

    def _show_place(self, finding: Finding, more: str = "") -> None:
        if finding.aggregate_id is None:
            self.where.setText(self.tr("The store as a whole"))
            return
        parts = [finding.aggregate_id]
        if finding.aggregate_type is not None:
            parts.append(finding.aggregate_type)
        if finding.version is not None:
            parts.append(self.tr("version {0}").format(finding.version))
        if finding.position is not None:
            parts.append(self.tr("position {0}").format(finding.position))
        self._place = visible(" · ".join(parts))
        self.where.setText(self._place + more)

    def _show_event(self, event: Event) -> None:
        kind = visible(self._machine.screen.text(event.type))
        self.where.setText(f"{self._place} · {kind} · {shown_time(event.timestamp)}")

    def _no_event(self, error: EsviewerError) -> None:
        """Findings are also about what is not there; whoever goes there is told."""
