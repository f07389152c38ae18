"""What the window does about reducers: takes on other ones, asks before code runs, and says how it failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from esviewer.app.consent import Consents, ForeignDescription, describe
from esviewer.errors import ConsentNeededError, EsviewerError, ForeignError, RulesError
from esviewer.gui.consent_dialog import ConsentDialog
from esviewer.gui.localised import localised
from esviewer.gui.machine import Assignment, Machine
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.text import visible, visible_lines
from esviewer.work import Work


class ReducerChoice(QObject):
    """Changes the reducers of the session on show, on its worker, and has the aggregate rebuilt."""

    def __init__(self, machine: Machine, window: QWidget) -> None:
        """`window` is what dialogs belong to."""
        super().__init__(window)
        self._machine = machine
        self._window = window
        self.asking: ConsentDialog | None = None
        """The question whether code may run, while it is open."""
        self.telling: QMessageBox | None = None
        """What a failed program wrote, while it is shown."""
        self._interrupted = False
        """Whether a view was no longer built for the sake of another choice."""
        self._refused: ConsentNeededError | None = None
        self._declined: set[str] = set()
        """Digests of code that was asked about and not allowed, which is not asked about again of itself."""
        self._failure: ForeignError | None = None
        machine.assign_wanted.connect(self.assign)
        machine.file_saved.connect(self.read_anew)

    # Other reducers

    def assign(self, wanted: Assignment) -> None:
        """Take on another reducer for a type, remember it for this store, and rebuild."""
        session = self._machine.session
        # A program that hangs would keep another choice waiting; whatever comes of it, building begins anew.
        stopped = [self._machine.tasks.cancel(slot) for slot in ("view", "grow")]
        self._interrupted = self._interrupted or any(stopped)

        def act(work: Work) -> None:
            del work
            if wanted.taken_back:
                session.unassign(wanted.aggregate_type)
            else:
                session.assign(wanted.aggregate_type, wanted.file)

        self._machine.tasks.run(act, self._assigned, self._not_assigned, slot="assign")

    def _assigned(self, _: None) -> None:
        self._interrupted = False
        self._machine.rebuild_wanted.emit()

    def _not_assigned(self, error: EsviewerError) -> None:
        interrupted, self._interrupted = self._interrupted, False
        if isinstance(error, RulesError) and not interrupted:
            self._machine.failed.emit(error)
            return
        # A choice that can't be saved counts all the same, for as long as the store is open.
        self._machine.rebuild_wanted.emit()
        self._machine.failed.emit(error)
        # And once more when the view is there, which takes away what is said.
        self._machine.tasks.run(lambda _: error, self._machine.failed.emit, slot="assign")

    def read_anew(self, file: Path) -> None:
        """Take in what has changed in a reducer's file, if it is in use."""
        session = self._machine.session
        self._machine.tasks.run(lambda _: session.reducers.read_anew(file), self._read, slot="read-anew")

    def _read(self, in_use: bool) -> None:
        if in_use:
            self._machine.rebuild_wanted.emit()

    # Code of the user's

    def take_on(self, error: EsviewerError, messages: MessageBar) -> bool:
        """Deal with an error that foreign code is the reason of; False for all others."""
        if isinstance(error, ConsentNeededError):
            self._refused = error
            messages.say(error.message, {self.tr("Look at it …"): self.ask})
            self.ask()
            return True
        if isinstance(error, ForeignError):
            self._say(error, messages, {})
            return True
        return False

    def _say(self, error: ForeignError, messages: MessageBar, actions: dict[str, Callable[[], None]]) -> None:
        self._failure = error
        if error.hint:
            actions[self.tr("What it wrote …")] = self.tell
        actions[self.tr("Try again")] = self._machine.rebuild_wanted.emit
        messages.say_quoting(error.message, actions)

    def not_rebuilt(self, why: EsviewerError, messages: MessageBar) -> None:
        """Deal with the reason why an aggregate's states end; the state's own place says it too."""
        if isinstance(why, ConsentNeededError):
            self._refused = why
            if why.digest not in self._declined:
                self.ask()
        elif isinstance(why, ForeignError) and why.version is not None:
            there = self.tr("Go to version {0}").format(why.version)
            self._say(why, messages, {there: partial(self._machine.go_to, why.version)})

    def allow(self, error: ConsentNeededError) -> None:
        """Ask once more whether code may run that was not allowed."""
        self._refused = error
        self.ask()

    def ask(self) -> None:
        """Ask whether the code that was not started may run."""
        error = self._refused
        if error is not None and self.asking is None:
            file = Path(error.file)
            self._machine.tasks.run(lambda _: describe(file), self._described, slot="consent")

    def _described(self, found: ForeignDescription) -> None:
        if self._refused is None or self.asking is not None:
            return
        dialog = ConsentDialog(found, Path(self._refused.file), self._machine.tasks, self._window)
        self.asking = dialog
        dialog.agreed.connect(self._agreed)
        dialog.finished.connect(self._answered)
        dialog.open()

    def _answered(self) -> None:
        dialog, self.asking = self.asking, None
        if dialog is not None:
            self._declined.add(dialog.found.digest)
            dialog.deleteLater()

    def _agreed(self, found: ForeignDescription) -> None:
        """Consent is to what was shown: code that has changed since is asked about anew."""

        def trust(work: Work) -> None:
            del work
            Consents().agree(found)

        self._machine.tasks.run(trust, self._assigned, slot="consent")

    def tell_of(self, error: ForeignError) -> None:
        """Show what a program wrote that failed so."""
        self._failure = error
        self.tell()

    def tell(self) -> None:
        """Show what a program that failed wrote."""
        if self._failure is None:
            return
        box = QMessageBox(self._window)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setWindowTitle(self.tr("What the reducer's program wrote"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(visible(localised(self._failure.message)))
        box.setInformativeText(visible_lines(self._failure.hint))
        box.setStandardButtons(QMessageBox.StandardButton.Close)
        box.finished.connect(self._told)
        self.telling = box
        box.open()

    def _told(self) -> None:
        self.telling = None
