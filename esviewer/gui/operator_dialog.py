"""Who asks: the name that reports, cases and the activity log bear, and where it comes from."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from esviewer.app.operator import Source, in_use, set_operator
from esviewer.app.settings import Settings
from esviewer.gui.text import visible


class OperatorDialog(QDialog):
    """Sets the name in the settings; what is in use now may come from elsewhere."""

    def __init__(self, settings: Settings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setWindowTitle(self.tr("Operator"))
        about = QLabel(
            self.tr("Reports, cases and the activity log say who asked. Nothing checks that the name is yours."), self
        )
        about.setWordWrap(True)
        used = in_use(settings)
        self.used = QLabel(self)
        self.used.setTextFormat(Qt.TextFormat.PlainText)
        self.used.setWordWrap(True)
        why = {
            Source.COMMAND_LINE: self.tr("given on the command line with --operator"),
            Source.ENVIRONMENT: self.tr("from the environment variable ESVIEWER_OPERATOR"),
            Source.SETTINGS: self.tr("from these settings"),
            Source.ACCOUNT: self.tr("no name is given, so the account of this computer is named"),
        }[used.source]
        name = used.name or self.tr("unknown")
        self.used.setText(visible(self.tr("{0}: {1}").format(name, why)))
        self.name = QLineEdit(self)
        self.name.setMaxLength(200)
        self.name.setText(visible(used.kept or ""))
        self.name.setPlaceholderText(self.tr("not given"))
        self.name.setAccessibleName(self.tr("Name in the settings"))
        form = QFormLayout()
        form.addRow(self.tr("Used now"), self.used)
        form.addRow(self.tr("&Name"), self.name)
        self.hint = QLabel(self)
        self.hint.setObjectName("dim")
        self.hint.setWordWrap(True)
        if used.source in (Source.COMMAND_LINE, Source.ENVIRONMENT):
            self.hint.setText(self.tr("What is used now counts more than the settings; those count at the next start."))
        self.hint.setVisible(bool(self.hint.text()))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(about)
        layout.addLayout(form)
        layout.addWidget(self.hint)
        layout.addWidget(self.buttons)
        self.resize(480, layout.totalHeightForWidth(480))
        self.name.setFocus()

    def accept(self) -> None:
        set_operator(self._settings, self.name.text())
        super().accept()
