"""Opening a store on a worker; passwords, which layout, and a mapping of tables are asked for on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from esviewer.app.connections import Resolved, resolve
from esviewer.app.credentials import PasswordNeededError
from esviewer.app.links import Link, check_here
from esviewer.app.plugins import load_early
from esviewer.app.screen import Screen, rules_for
from esviewer.app.session import Session, open_session
from esviewer.app.settings import Settings
from esviewer.assets import data_dir
from esviewer.errors import AmbiguousLayoutError, EsviewerError, UnknownLayoutError
from esviewer.gui.connections.password import PasswordDialog
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.tasks import Tasks
from esviewer.gui.theme import Theme
from esviewer.work import Work

if TYPE_CHECKING:
    from esviewer.gui.mapping.choice import ChoiceDialog
    from esviewer.gui.mapping.dialog import MappingDialog


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be opened, and how."""

    target: str
    layout: str | None
    reducers: tuple[str, ...]
    place: Link
    """What of it is to be shown."""
    answers: dict[str, str] = field(default_factory=dict, repr=False)
    """Passwords that were asked for, by question."""
    resolved: Resolved | None = None
    """What the target stands for, once that is known."""
    linked: bool = False
    """Whether a link said all this, which anybody can write."""
    demo: bool = False
    """Whether it is the demo store, with which the tour begins by itself for the first time."""


@dataclass(frozen=True, slots=True)
class OpenedStore:
    """A store that is open, twice: the second session is for long counts."""

    request: Request
    session: Session
    counting: Session
    open_another: Callable[[Work], Session]
    """Opens it once more."""
    screen: Screen


class Opening(QObject):
    """One window's; the request made last is the one that counts."""

    begun = Signal()
    """Something is being opened: `request`."""
    opened = Signal(object)
    """A store is open: an OpenedStore."""
    refused = Signal()
    """It could not be opened, which the bar of messages says, or a dialog asks about it."""
    dialog_closed = Signal()
    """A dialog that holds much has gone."""

    def __init__(
        self, window: QWidget, settings: Settings, theme: Theme, messages: Callable[[], MessageBar]
    ) -> None:
        """`messages` tells the bar that a person looks at; `window` is what dialogs belong to."""
        super().__init__(window)
        self._window = window
        self._settings = settings
        self._theme = theme
        self._messages = messages
        self.tasks = Tasks(self)
        self.request: Request | None = None
        """The last one."""
        self.mapping: MappingDialog | None = None
        """The dialog that maps tables by hand, while it is open."""
        self.choice: ChoiceDialog | None = None
        """The list of layouts that fit, while it is open."""
        self.password: PasswordDialog | None = None
        """The dialog that asks for a password, while it is open."""

    def open_demo(self) -> None:
        """Make the demo store, if it is not there yet, and open it."""
        path = data_dir() / "demo.db"

        def make(work: Work) -> str:
            from esviewer.app.demo import make_demo

            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                make_demo(path, work=work)
            return str(path)

        self._messages().say(self.tr("Making the demo store …"))
        self.tasks.run(make, self.open_demo_store, self._not_opened, slot="open")

    def open_demo_store(self, file: str) -> None:
        """Open a demo store; the first time with a tour."""
        self.open(Request(file, None, (), Link(file), demo=True))

    def open(self, request: Request) -> None:
        """Open a store, and give up what was being opened."""
        self.request = request
        self.begun.emit()
        self._messages().say(self.tr("Opening …"))
        opened = [each.target for each in self._settings.recent()] if request.linked else []

        def look_up(work: Work) -> Resolved:
            del work
            if request.linked:
                check_here(request.target, opened)
            return resolve(request.target, layout=request.layout, ask=request.answers.get)

        self.tasks.run(look_up, self._resolved, self._not_opened, slot="open")

    def _resolved(self, resolved: Resolved) -> None:
        if self.request is None:
            return
        request = self.request = replace(self.request, resolved=resolved)

        def open_one(work: Work) -> Session:
            return open_session(
                resolved.target,
                layout=resolved.layout,
                reducers=request.reducers,
                options=resolved.options,
                connection=None if resolved.connection is None else resolved.connection.name,
                keep_bad=True,
                work=work,
            )

        def open_both(work: Work) -> OpenedStore:
            first = open_one(work)
            try:
                second = open_one(work)
            except BaseException:
                first.close()
                raise
            load_early()
            label = first.store.label
            return OpenedStore(request, first, second, open_one, Screen(*rules_for(label), label))

        self.tasks.run(open_both, self.opened.emit, self._not_opened, slot="open")

    def _not_opened(self, error: EsviewerError) -> None:
        self.refused.emit()
        messages = self._messages()
        request = self.request
        if isinstance(error, AmbiguousLayoutError) and request is not None:
            messages.say(str(error), {choice: _Opener(self, request, choice) for choice in error.choices[:8]})
            if request.layout is None:
                self._choose_layout(request, error.message)
            return
        if isinstance(error, UnknownLayoutError) and request is not None:
            messages.say(str(error), {self.tr("Map tables by hand …"): self.map_tables})
            self.map_tables(error.message)
            return
        if isinstance(error, PasswordNeededError):
            messages.clear()
            self._ask_password(error.question)
            return
        messages.say_error(error, self._try_again if request is not None else None)

    def _try_again(self) -> None:
        if self.request is not None:
            self.reopen(self.request, self.request.layout)

    def reopen(self, request: Request, layout: str | None) -> None:
        """Open the same once more, with another layout."""
        self._close_choice()
        # A password that was asked for and refused is asked for again; one that led to the tables is kept.
        answers = request.answers if layout != request.layout else {}
        self.open(replace(request, layout=layout, answers=answers, resolved=None))

    # Passwords

    def _ask_password(self, question: str) -> None:
        self.password = PasswordDialog(question, self._window)
        self.password.answered.connect(lambda typed: self._answered(question, typed))
        self.password.finished.connect(self._password_finished)
        self.password.open()

    def _answered(self, question: str, typed: str) -> None:
        if self.request is not None:
            self.open(replace(self.request, answers={**self.request.answers, question: typed}))

    def _password_finished(self) -> None:
        self.password = None

    # Layouts

    def map_tables(self, why: str | bool = "") -> None:
        """Say by hand which tables and columns hold what, for the store that was opened last."""
        request = self.request
        if request is None or self.mapping is not None:
            return
        from esviewer.gui.mapping.dialog import MappingDialog

        resolved = request.resolved or Resolved(request.target, None, request.layout)
        dialog = MappingDialog(
            resolved.target,
            self._theme,
            self._window,
            options=resolved.options,
            why=why if isinstance(why, str) else "",
        )
        self.mapping = dialog
        dialog.opened.connect(self._mapped)
        dialog.finished.connect(self._mapping_finished)
        dialog.open()

    def _choose_layout(self, request: Request, why: str) -> None:
        from esviewer.gui.mapping.choice import ChoiceDialog

        self._close_choice()
        resolved = request.resolved or Resolved(request.target, None, request.layout)
        dialog = ChoiceDialog(resolved.target, why, self._window, options=resolved.options)
        self.choice = dialog
        dialog.chosen.connect(self._mapped)
        dialog.mapping_wanted.connect(self.map_tables)
        dialog.finished.connect(self._close_choice)
        dialog.open()

    def _close_choice(self) -> None:
        dialog, self.choice = self.choice, None
        if dialog is not None:
            dialog.reject()
            dialog.deleteLater()
            self.dialog_closed.emit()

    def _mapped(self, layout: str) -> None:
        if self.request is not None:
            self.reopen(self.request, layout)

    def _mapping_finished(self) -> None:
        dialog, self.mapping = self.mapping, None
        if dialog is not None:
            dialog.deleteLater()
            self.dialog_closed.emit()

    def close(self) -> None:
        """End all work and close what is open of dialogs."""
        if self.mapping is not None:
            self.mapping.reject()
        self._close_choice()
        self.tasks.close()


class _Opener:
    """Opens a store with the layout that was picked; an object, because a lambda would keep the window alive."""

    def __init__(self, opening: Opening, request: Request, layout: str) -> None:
        self._opening = opening
        self._request = request
        self._layout = layout

    def __call__(self) -> None:
        self._opening.reopen(self._request, self._layout)
