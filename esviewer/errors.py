"""What can go wrong, as errors that say what is wrong and what to do, with the exit code each one ends with."""

from __future__ import annotations

import errno
import shlex
from typing import Final

ELSEWHERE: Final = "Choose a folder that exists and that you may write to."
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def elsewhere(error: OSError) -> str:
    """What to do where a file can't be written."""
    if error.errno in _FULL:
        return "Make some room there, or choose a folder on another disk."
    return ELSEWHERE



class EsviewerError(Exception):
    """Something a person can act on: `message` says what is wrong, `hint` what to do about it (may be empty).

    Neither ever holds a password. `exit_code` is what the command line ends with.
    """

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(EsviewerError):
    """The request itself makes no sense: a bad option value, a rules file with a mistake."""

    exit_code = 2


class RulesError(UsageError):
    """A reducer rules file can't be used; the message names the file, the rule and, where known, the line."""

    def __init__(self, message: str, hint: str = "", line: int | None = None) -> None:
        """`line` is where in the file, from 1; None where that is not known."""
        super().__init__(message, hint)
        self.line = line


class ConsentNeededError(UsageError):
    """A reducer is code that nobody has agreed to run as it is; `digest` is what consent is bound to."""

    def __init__(self, name: str, command: str, digest: str, file: str, changed: str = "") -> None:
        """`changed` says when it was trusted and what has changed since; "" where it never was."""
        super().__init__(
            f"The reducer {name} is a program that has changed since it was {changed}: {command}"
            if changed
            else f"The reducer {name} is a program that is not trusted yet: {command}",
            f"Look at what changed; to run it from now on: esviewer reducer trust {shlex.quote(file)}"
            if changed
            else f"Read its code; to run it from now on: esviewer reducer trust {shlex.quote(file)}",
        )
        self.name = name
        self.command = command
        self.digest = digest
        self.file = file
        self.changed = changed

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.name, self.command, self.digest, self.file, self.changed)


class ForeignError(EsviewerError):
    """A reducer's own program has crashed, hung or answered what makes no sense; the message names the event."""

    def __init__(self, message: str, hint: str = "", version: int | None = None) -> None:
        """`version` is that of the event; None when the program failed before it was given one."""
        super().__init__(message, hint)
        self.version = version


class NotRebuiltError(EsviewerError):
    """There is no state at a version, since a reducer failed at it or before, or is not to be used; `why` says it."""

    def __init__(self, message: str, why: EsviewerError) -> None:
        super().__init__(message)
        self.why = why

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.message, self.why)


class NotYetRebuiltError(EsviewerError):
    """There is no state at a version yet: a reducer's program is still at work."""


class StoreError(EsviewerError):
    """The store can't be opened or read."""


class DamagedError(StoreError):
    """A part of the store's file can't be read; other parts may be readable."""


class UnknownLayoutError(StoreError):
    """The database opened, but no layout fits its tables."""


class AmbiguousLayoutError(StoreError):
    """Several event stores are in the database; `choices` are the values `--layout` takes."""

    def __init__(self, message: str, hint: str, choices: tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.choices = choices


class ConcurrencyError(EsviewerError):
    """Another writer has already stored an event with this aggregate and version."""


class NotFoundError(EsviewerError):
    """No such aggregate or version."""

    exit_code = 4


class CancelledError(EsviewerError):
    """The user moved on; nothing is shown for it."""

    exit_code = 130

    def __init__(self, message: str = "Cancelled.", hint: str = "") -> None:
        super().__init__(message, hint)


class DisagreesError(EsviewerError):
    """What was to be proven does not hold: the answer is no."""

    exit_code = 1


class SealError(UsageError):
    """A file is no seal or proof that can be used: something else, damaged, or of a newer release."""
