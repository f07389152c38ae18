"""Who asks: the name that the user gave, else the account of the operating system, shown as such."""

from __future__ import annotations

import getpass
import os
import platform
from dataclasses import dataclass
from enum import Enum
from typing import Final

from esviewer import __version__
from esviewer.app.settings import Settings
from esviewer.model import instant
from esviewer.model.asker import NOT_GIVEN, Asker

VARIABLE: Final = "ESVIEWER_OPERATOR"
SETTING: Final = "operator"
_LONGEST = 200
__all__ = ["NOT_GIVEN", "Asker", "InUse", "Source", "asker", "cleaned", "give", "in_use", "operator", "set_operator"]


class _Given:
    operator: str | None = None


def give(name: str | None) -> None:
    """Use a name for as long as this process lives, as `--operator` does; None: what is set otherwise."""
    _Given.operator = cleaned(name)


class Source(Enum):
    """Where the operator's name comes from, what counts most first."""

    COMMAND_LINE = "command line"
    ENVIRONMENT = "environment"
    SETTINGS = "settings"
    ACCOUNT = "account"
    """Nowhere: the account is named, as such."""


@dataclass(frozen=True, slots=True)
class InUse:
    """Who is named now, and why."""

    name: str | None
    """None where not even the account has a name."""
    source: Source
    kept: str | None
    """The name in the settings."""


def in_use(settings: Settings | None = None) -> InUse:
    """Who is named now, and why."""
    found = (settings or Settings()).get(SETTING)
    kept = cleaned(found) if isinstance(found, str) else None
    for name, source in (
        (_Given.operator, Source.COMMAND_LINE),
        (cleaned(os.environ.get(VARIABLE)), Source.ENVIRONMENT),
        (kept, Source.SETTINGS),
    ):
        if name is not None:
            return InUse(name, source, kept)
    return InUse(_account(), Source.ACCOUNT, kept)


def operator(settings: Settings | None = None) -> str | None:
    """The operator's name: given on the command line, else ESVIEWER_OPERATOR, else the settings, else None."""
    used = in_use(settings)
    return None if used.source is Source.ACCOUNT else used.name


def set_operator(settings: Settings, name: str | None) -> None:
    """Remember the operator's name."""
    settings.put(SETTING, cleaned(name))


def cleaned(name: str | None) -> str | None:
    """A name in one line of at most 200 characters; None for an empty one."""
    text = " ".join((name or "").encode("utf-8", "replace").decode("utf-8").split())[:_LONGEST].strip()
    return text or None


def asker(settings: Settings | None = None) -> Asker:
    """Who asks, now."""
    return Asker(operator(settings), _account(), platform.node() or "unknown", instant.now(), f"esviewer {__version__}")


def _account() -> str | None:
    try:
        return cleaned(getpass.getuser())
    except (OSError, KeyError, ImportError):  # a user id without a name, as in containers
        return None
