"""Where passwords come from: the environment, the system's keyring, a person; and where they go: the keyring only."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final, Literal

from esviewer.errors import StoreError

Secret = Literal["database", "ssh"]
Keeping = Literal["none", "keyring", "ask"]
"""`none`: the database layer finds its own (~/.pgpass, my.cnf, no password at all); `ask`: a person, each time."""
Ask = Callable[[str], str | None]
"""Asks a person; gets the question, gives the password, or None when nobody answers."""

VARIABLES: Final[dict[Secret, str]] = {"database": "ESVIEWER_PASSWORD", "ssh": "ESVIEWER_SSH_PASSWORD"}
_SERVICES: Final[dict[Secret, str]] = {"database": "esviewer", "ssh": "esviewer ssh"}
_CLEAR_TEXT = "keyrings.alt"
"""Back ends that write plain or weakly hidden files; they are not used."""


class PasswordNeededError(StoreError):
    """A connection's password is to be asked for, and nobody was there to ask; `question` is what to ask."""

    def __init__(self, name: str, which: Secret) -> None:
        what = "password" if which == "database" else "SSH password"
        super().__init__(
            f"The connection {name} needs its {what}.", f"Set the environment variable {VARIABLES[which]}."
        )
        self.question = question(name, which)


class Keyring:
    """The system's keyring; without one (or with a locked one) it keeps nothing and says why in `reason`."""

    def __init__(self) -> None:
        self.reason = ""
        self._backend: Any = None
        try:
            import keyring
        except ImportError:
            self.reason = "The package keyring is not installed."
            return
        self._backend = _safe(keyring.get_keyring())
        if self._backend is None:
            self.reason = "This system has no keyring that keeps passwords safely."

    @property
    def available(self) -> bool:
        """Whether passwords can be kept."""
        return self._backend is not None

    def get(self, name: str, which: Secret = "database") -> str | None:
        """A connection's password, None when it is not there or the keyring does not open."""
        found = self._call("get_password", _SERVICES[which], name)
        return found if isinstance(found, str) else None

    def put(self, name: str, password: str, which: Secret = "database") -> bool:
        """Keep a password; False when that was not possible, and then `reason` says why."""
        if not self.available:
            return False
        self.reason = ""
        self._call("set_password", _SERVICES[which], name, password)
        return not self.reason

    def forget(self, name: str) -> None:
        """Remove what is kept for a connection."""
        for which, service in _SERVICES.items():
            if self.get(name, which) is not None:
                self._call("delete_password", service, name)

    def rename(self, old: str, new: str) -> None:
        """Keep a connection's passwords under its new name."""
        for which in _SERVICES:
            password = self.get(old, which)
            if password is not None:
                self.put(new, password, which)
        self.forget(old)

    def _call(self, method: str, *arguments: str) -> Any:
        if self._backend is None:
            return None
        try:
            return getattr(self._backend, method)(*arguments)
        except Exception as error:
            # Back ends raise what their system raises (D-Bus, Windows, macOS); its text may quote arguments.
            self.reason = f"The system's keyring refused ({type(error).__name__})."
            return None


def _safe(backend: Any) -> Any:
    """The back end, or the first safe one of a chain; None when there is none."""
    for each in getattr(backend, "backends", None) or [backend]:
        module = type(each).__module__
        if not module.startswith((_CLEAR_TEXT, "keyring.backends.fail", "keyring.backends.null")):
            return each
    return None


def from_environment(which: Secret, target: str) -> str | None:
    """A password that the environment gives: our own variable, or MYSQL_PWD; libpq reads PGPASSWORD by itself."""
    found = os.environ.get(VARIABLES[which])
    if found is None and which == "database" and target.lower().startswith(("mysql", "mariadb")):
        found = os.environ.get("MYSQL_PWD")
    return found


def password_of(
    name: str, target: str, keeping: Keeping, which: Secret, keyring: Keyring, ask: Ask | None
) -> str | None:
    """A connection's password: from the environment, the keyring, else asked; raises PasswordNeededError."""
    found = from_environment(which, target)
    if found is None and keeping == "keyring":
        found = keyring.get(name, which)
    if found is not None or keeping == "none":
        return found
    answer = None if ask is None else ask(question(name, which))
    if answer is None:
        raise PasswordNeededError(name, which)
    return answer


def question(name: str, which: Secret) -> str:
    """What a person is asked for a connection's password."""
    return f"{'Password' if which == 'database' else 'SSH password'} of {name}"
