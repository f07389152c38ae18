"""The saved connections: a list by group at the left, the chosen one's form at the right; tested and opened here."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.connections import Connections, Removed, SavedConnection, with_passwords
from esviewer.app.credentials import PasswordNeededError
from esviewer.app.session import open_session
from esviewer.errors import EsviewerError, UsageError
from esviewer.gui.connections.colours import swatch
from esviewer.gui.connections.form import ConnectionForm, Filled
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.tasks import Tasks
from esviewer.gui.text import visible
from esviewer.work import Work

_NAME = Qt.ItemDataRole.UserRole
_Listed = tuple[list[SavedConnection], str]


class ConnectionsDialog(QDialog):
    """Lists, edits, tests and opens connections; files, keyring and databases are left to a thread."""

    opened = Signal(object)
    """A saved connection's name to open."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Connections"))
        self.connections = Connections()
        self.tasks = Tasks(self)
        self.tasks.failed.connect(self._failed)
        self._saved: dict[str, SavedConnection] = {}
        self._editing: str | None = None
        self._dirty = False
        self._build()
        self.resize(900, 560)
        self.setMinimumSize(680, 460)
        self._enable()

    def _build(self) -> None:
        self.messages = MessageBar(self)
        self.tree = QTreeWidget(self)
        self.tree.setHeaderHidden(True)
        self.tree.setAccessibleName(self.tr("Connections"))
        self.tree.setMinimumWidth(200)
        self.tree.currentItemChanged.connect(self._chosen)
        self.tree.itemActivated.connect(self._activated)
        self.new = self._button(self.tr("Ne&w"), self.start_new)
        self.remove = self._button(self.tr("&Remove"), self.remove_chosen)
        self.form = ConnectionForm(self)
        self.form.changed.connect(self._changed)
        self.test = self._button(self.tr("T&est"), self.test_form)
        self.save = self._button(self.tr("&Save"), self.save_form)
        self.open_button = self._button(self.tr("&Open"), self.open_chosen)
        self.open_button.setObjectName("primary")
        self.close_button = self._button(self.tr("Close"), self.reject)
        left_buttons = QHBoxLayout()
        left_buttons.addWidget(self.new)
        left_buttons.addWidget(self.remove)
        left_buttons.addStretch(1)
        left = QVBoxLayout()
        left.addWidget(self.tree, 1)
        left.addLayout(left_buttons)
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addStretch(1)
        for button in (self.save, self.open_button, self.close_button):
            buttons.addWidget(button)
        right = QVBoxLayout()
        right.addWidget(self.form, 1)
        right.addLayout(buttons)
        columns = QHBoxLayout()
        columns.addLayout(left, 2)
        columns.addLayout(right, 5)
        layout = QVBoxLayout(self)
        layout.addWidget(self.messages)
        layout.addLayout(columns, 1)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        # Enter in a field must not press whatever button Qt takes for the dialog's own.
        button.setAutoDefault(False)
        button.clicked.connect(slot)
        return button

    # The list

    def reload(self, choose: str | None = None) -> None:
        """Read the list anew and choose one."""

        def read(work: Work) -> _Listed:
            del work
            return self.connections.all(), self.connections.problem

        self.tasks.run(read, lambda listed: self._listed(listed, choose), slot="list")

    def _listed(self, listed: _Listed, choose: str | None) -> None:
        found, problem = listed
        if problem:
            self.messages.say(problem)
        self._saved = {each.name: each for each in found}
        self.tree.blockSignals(True)
        self.tree.clear()
        groups: dict[str, QTreeWidgetItem] = {}
        chosen: QTreeWidgetItem | None = None
        for each in found:
            above: QTreeWidget | QTreeWidgetItem = self.tree
            if each.group:
                if each.group not in groups:
                    groups[each.group] = QTreeWidgetItem(self.tree, [visible(each.group)])
                    groups[each.group].setFlags(Qt.ItemFlag.ItemIsEnabled)
                above = groups[each.group]
            item = QTreeWidgetItem(above, [visible(each.name)])
            item.setData(0, _NAME, each.name)
            item.setIcon(0, swatch(each.colour))
            item.setToolTip(0, visible(each.target))
            if chosen is None or each.name == choose:
                chosen = item
        self.tree.expandAll()
        self.tree.blockSignals(False)
        if self._dirty:
            return
        if chosen is not None:
            self.tree.setCurrentItem(chosen)
            self._show(self._saved[chosen.data(0, _NAME)])
        else:
            self.start_new()

    def _chosen(self, item: QTreeWidgetItem | None, before: QTreeWidgetItem | None) -> None:
        name = None if item is None else item.data(0, _NAME)
        if name is None or name == self._editing:
            return
        if self._dirty:
            self.tree.blockSignals(True)
            if before is None:
                self.tree.clearSelection()
            else:
                self.tree.setCurrentItem(before)
            self.tree.blockSignals(False)
            self.messages.say(
                self.tr("The changes are not saved yet."), {self.tr("Discard them"): self._discard}
            )
            return
        self._show(self._saved[name])

    def _discard(self) -> None:
        self._dirty = False
        self.reload(self._editing)

    def _show(self, connection: SavedConnection) -> None:
        self._editing = connection.name
        self.form.fill(connection)
        self._dirty = False
        self._enable()

    def start_new(self) -> None:
        """Empty the form for a new connection."""
        if self._dirty:
            self.messages.say(
                self.tr("The changes are not saved yet."), {self.tr("Discard them"): self._discard}
            )
            return
        self._editing = None
        self.tree.blockSignals(True)
        self.tree.setCurrentIndex(QModelIndex())
        self.tree.blockSignals(False)
        self.form.fill(SavedConnection("", ""))
        self.form.setCurrentIndex(0)
        self.form.name.setFocus()
        self._enable()

    def _changed(self) -> None:
        self._dirty = True
        self._enable()

    def _enable(self) -> None:
        self.remove.setEnabled(self._editing is not None)
        self.save.setEnabled(self._dirty)
        self.open_button.setEnabled(self._editing is not None and not self._dirty)

    # What is done with one

    def _filled(self) -> Filled | None:
        try:
            return self.form.filled()
        except UsageError as error:
            self.messages.say_error(error)
            return None

    def save_form(self) -> None:
        """Save what is in the form, its passwords in the keyring."""
        filled = self._filled()
        if filled is None:
            return
        replacing = self._editing

        def save(work: Work) -> tuple[str, str]:
            del work
            saved = self.connections.add(filled.connection, replacing=replacing)
            if self.connections.keep_passwords(saved, filled.password, filled.ssh_password):
                return saved.name, ""
            asked = replace(
                saved,
                keeping="ask" if saved.keeping == "keyring" else saved.keeping,
                ssh_keeping="ask" if saved.ssh_keeping == "keyring" else saved.ssh_keeping,
            )
            self.connections.add(asked, replacing=saved.name)
            return saved.name, self.connections.keyring.reason

        self.tasks.run(save, self._kept, self._failed, slot="save")

    def _kept(self, result: tuple[str, str]) -> None:
        name, reason = result
        self._dirty = False
        self.messages.clear()
        if reason:
            self.messages.say(self.tr("Saved without its password, which will be asked for each time. ") + reason)
        self.reload(name)

    def remove_chosen(self) -> None:
        """Ask, in place, whether to forget the chosen connection."""
        if self._editing is not None:
            question = self.tr("Forget the connection {0}? The store itself is not touched.")
            self.messages.say(question.format(self._editing), {self.tr("Forget it"): self.forget})

    def forget(self) -> None:
        """Forget the chosen connection and its passwords."""
        name = self._editing
        if name is None:
            return
        self._dirty = False

        self.tasks.run(lambda _: self.connections.remove(name), self._forgotten, self._failed, slot="save")

    def _forgotten(self, removed: Removed | None) -> None:
        self.reload()
        if removed is not None:
            text = self.tr("The connection {0} is forgotten.").format(removed.connection.name)
            self.messages.say(text, {self.tr("Undo"): partial(self._put_back, removed)})

    def _put_back(self, removed: Removed) -> None:
        name = removed.connection.name
        self.tasks.run(
            lambda _: self.connections.put_back(removed), lambda _: self.reload(name), self._failed, slot="save"
        )

    def test_form(self) -> None:
        """Connect with what is in the form and say what came of it."""
        filled = self._filled()
        if filled is None:
            return
        self.messages.say(self.tr("Trying …"), {self.tr("Stop"): self._stop})
        self.test.setEnabled(False)

        def answer(question: str) -> str | None:
            return filled.ssh_password if question.startswith("SSH") else filled.password

        def attempt(work: Work) -> str:
            options = with_passwords(filled.connection, self.connections.keyring, answer)
            if filled.password:
                options = replace(options, password=filled.password)
            if filled.ssh_password and options.tunnel is not None:
                options = replace(options, tunnel=replace(options.tunnel, password=filled.ssh_password))
            session = open_session(
                filled.connection.target, layout=filled.connection.layout, options=options, work=work
            )
            try:
                return f"{session.store.database} · {session.store.layout.title}"
            finally:
                session.close()

        self.tasks.run(attempt, self._works, self._test_failed, slot="test")

    def _stop(self) -> None:
        self.tasks.cancel("test")
        self.test.setEnabled(True)

    def _works(self, what: str) -> None:
        self.test.setEnabled(True)
        self.messages.say(self.tr("It works: {0}, read-only.").format(what))

    def _test_failed(self, error: EsviewerError) -> None:
        self.test.setEnabled(True)
        if isinstance(error, PasswordNeededError):
            self.messages.say(self.tr("The password is asked for when the connection is opened; open it to try."))
            return
        self.messages.say_error(error)

    def open_chosen(self) -> None:
        """Open the chosen connection in the main window."""
        if self._editing is not None and not self._dirty:
            name = self._editing
            self.accept()
            self.opened.emit(name)

    def _activated(self, item: QTreeWidgetItem) -> None:
        if item.data(0, _NAME) is not None:
            self.open_chosen()

    def _failed(self, error: EsviewerError) -> None:
        self.messages.say_error(error)

    def done(self, result: int) -> None:
        """Hide; what is still being tried is given up, and nobody waits for it."""
        self._stop()
        self._dirty = False
        self.messages.clear()
        super().done(result)
