"""From where on an audit looks: all events, or what came after a position."""

from __future__ import annotations

from PySide6.QtCore import QFileInfo
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

_WIDE = 130


class SinceField(QWidget):
    """A position, or the JSON report of an earlier audit, as `audit --since` takes them; empty for all events."""

    def __init__(self, why_not: str | None, parent: QWidget | None = None) -> None:
        """`why_not` says why nothing can be entered; None where it can."""
        super().__init__(parent)
        self._possible = why_not is None
        label = QLabel(self.tr("Since position"), self)
        self.line = QLineEdit(self)
        self.line.setAccessibleName(self.tr("Audit only what came after this position"))
        self.line.setPlaceholderText(self.tr("all events"))
        self.line.setClearButtonEnabled(True)
        self.line.setFixedWidth(_WIDE)
        label.setBuddy(self.line)
        self.pick = QToolButton(self)
        self.pick.setText("…")
        self.pick.setAccessibleName(self.tr("Choose the report of an earlier audit"))
        self.pick.setToolTip(self.tr("Go on where an earlier audit ended: choose its JSON report"))
        self.pick.clicked.connect(self._pick)
        if why_not is None:
            self.setToolTip(
                self.tr("Only what came after a position is audited. The JSON report of an earlier audit says it too.")
            )
        else:
            self.setToolTip(self.tr("What is new can't be told in this store: {0}.").format(why_not))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for each in (label, self.line, self.pick):
            layout.addWidget(each)
        self.set_fixed(False)

    @property
    def given(self) -> str | None:
        """What was entered; None for all events."""
        return self.line.text().strip() or None

    def set_fixed(self, fixed: bool) -> None:
        """Whether nothing can be changed, because an audit is under way."""
        for each in (self.line, self.pick):
            each.setEnabled(self._possible and not fixed)

    def ask(self) -> str:
        """The report a person picks, empty for none."""
        folder = QFileInfo(self.line.text()).path() if "/" in self.line.text() else ""
        forms = self.tr("JSON reports (*.json);;All files (*)")
        return QFileDialog.getOpenFileName(self, self.tr("The report of an earlier audit"), folder, forms)[0]

    def _pick(self) -> None:
        name = self.ask()
        if name:
            self.line.setText(name)
