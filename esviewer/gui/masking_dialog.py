"""Which masking rules are in force for the open store, and the file that they are from."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from esviewer.app.masking import USUAL_RULES, InForce, begin_own, own_file
from esviewer.app.screen import Screen, rules_for
from esviewer.gui.fixed_words import masking_origin, sensitive_kind
from esviewer.gui.language import enumerated, translate
from esviewer.gui.machine import Machine
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible, visible_lines
from esviewer.gui.theme import monospace
from esviewer.model.sensitive_values import KINDS
from esviewer.work import Work


class MaskingDialog(QDialog):
    """The rules are edited in whatever program opens TOML files; here they are read again."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._store = machine.session.store.label
        self._file = Path()
        self._ended = False
        self.tasks = Tasks(self)
        self.setWindowTitle(self.tr("Masking rules"))
        self.origin = self._label("heading")
        self.origin.setAccessibleName(self.tr("Which rules are in force"))
        self.place = self._label("dim")
        self.messages = MessageBar(self)
        self.rules = QPlainTextEdit(self)
        self.rules.setReadOnly(True)
        self.rules.setFont(monospace())
        self.rules.setTabChangesFocus(True)
        self.rules.setAccessibleName(self.tr("The rules in force"))
        self.edit_button = self._button(self.edit)
        self.folder_button = self._button(self.open_folder)
        self.folder_button.setText(self.tr("Open &folder"))
        self.reload_button = self._button(self.reload)
        self.reload_button.setText(self.tr("&Reload"))
        self.reload_button.setToolTip(self.tr("Read the rules again; what was revealed is masked again"))
        close = self._button(self.reject)
        close.setText(self.tr("Close"))
        row = QHBoxLayout()
        for button in (self.edit_button, self.folder_button, self.reload_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.origin)
        layout.addWidget(self.place)
        layout.addWidget(self.messages)
        layout.addWidget(self.rules, 1)
        layout.addLayout(row)
        self.resize(620, 460)
        self.tasks.failed.connect(self.messages.say_error)
        machine.screen_changed.connect(self._tell)
        self._tell()

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _button(self, slot: object) -> QPushButton:
        button = QPushButton(self)
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    def _tell(self) -> None:
        screen = self._machine.screen
        usual = screen.rules.origin == USUAL_RULES
        self.origin.setText(visible(self.tr("In force: {0}").format(masking_origin(screen.rules.origin))))
        self.rules.setPlainText(visible_lines(described(screen.rules)))
        if screen.problem:
            self.messages.say(screen.problem)
        store = self._store

        def look(work: Work) -> tuple[Path, bool]:
            work.check()
            file = own_file(store)
            return file, file.is_file()

        self.edit_button.setEnabled(False)
        self.folder_button.setEnabled(False)
        self.place.setText("" if not usual else self.tr("The store has no rules of its own."))
        self.tasks.run(look, self._looked, slot="place")

    def _looked(self, found: tuple[Path, bool]) -> None:
        self._file, there = found
        self.edit_button.setEnabled(True)
        self.folder_button.setEnabled(True)
        self.edit_button.setText(self.tr("&Edit the file") if there else self.tr("&Begin rules of its own"))
        self.edit_button.setToolTip(visible(str(self._file)))
        self.place.setText(
            visible(
                self.tr("Edit {0} and press Reload.").format(self._file)
                if there
                else self.tr("The store has no rules of its own. They would be kept in {0}.").format(self._file)
            )
        )

    def edit(self) -> None:
        """Open the file of rules, made with comments in it where there is none yet."""
        store = self._store

        def begin(work: Work) -> Path:
            work.check()
            return begin_own(store)

        self.tasks.run(begin, self._begun, slot="edit")

    def _begun(self, file: Path) -> None:
        self._looked((file, True))
        if not self.open_path(file):
            self.messages.say(self.tr("No program opens {0}; edit it with any text editor.").format(file))

    def open_folder(self) -> None:
        """Open the folder of the file of rules."""
        if not self.open_path(self._file.parent):
            self.messages.say(self.tr("No program opens {0}.").format(self._file.parent))

    def open_path(self, path: Path) -> bool:
        """Have the desktop open a file or folder; whether it does."""
        return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def reload(self) -> None:
        """Read the rules again; what was revealed is masked again."""
        store = self._store
        self.messages.clear()

        def read(work: Work) -> Screen:
            work.check()
            return Screen(*rules_for(store), store)

        self.tasks.run(read, self._read, slot="reload")

    def _read(self, screen: Screen) -> None:
        self._machine.mask_by(screen)

    def done(self, result: int) -> None:
        if not self._ended:
            self._ended = True
            self.tasks.close()
        super().done(result)


def described(rules: InForce) -> str:
    """Rules in sentences, a line each."""
    masking = rules.masking
    lines = []
    if not rules.masks:
        lines.append(translate("MaskingDialog", "Nothing is masked."))
    if masking.usual_names:
        lines.append(
            translate(
                "MaskingDialog",
                "Values under names that look sensitive, such as password, cardNumber, date_of_birth or 氏名.",
            )
        )
    kinds = [kind for kind in KINDS if kind in masking.kinds]
    if kinds:
        lines.append(translate("MaskingDialog", "In any text: {0}.").format(enumerated(map(sensitive_kind, kinds))))
    off = [kind for kind in KINDS if kind not in masking.kinds]
    if off and kinds:
        lines.append(translate("MaskingDialog", "Not looked for: {0}.").format(enumerated(map(sensitive_kind, off))))
    for text, found in (
        (translate("MaskingDialog", "Names: {0}"), masking.names),
        (translate("MaskingDialog", "Paths: {0}"), masking.paths),
        (translate("MaskingDialog", "Keys of: {0}"), masking.key_paths),
        (translate("MaskingDialog", "Texts: {0}"), tuple(each.name for each in masking.values)),
        (translate("MaskingDialog", "Ids of aggregate types: {0}"), masking.aggregate_types),
        (translate("MaskingDialog", "Shown although they look sensitive, names: {0}"), masking.shown_names),
        (translate("MaskingDialog", "Shown although they look sensitive, paths: {0}"), masking.shown_paths),
    ):
        if found:
            lines.append(text.format(enumerated(found)))
    if not masking.true_digests:
        lines.append(translate("MaskingDialog", "Reports don't say the digest of the true state."))
    return "\n".join(lines)
