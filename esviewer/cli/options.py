"""Options and steps that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from esviewer.cli import messages
from esviewer.errors import UsageError

if TYPE_CHECKING:
    from esviewer.app.session import Session
    from esviewer.model.instant import Instant
    from esviewer.work import Work

_Function = TypeVar("_Function", bound=Callable[..., Any])


def _layout_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from esviewer.stores.layout import all_layouts

    return [layout.name for layout in all_layouts() if layout.name.startswith(incomplete)]


def store_argument(function: _Function) -> _Function:
    """The STORE that a command reads."""
    return click.argument("store", type=click.Path())(function)


def common(*, reducer: bool = False, json: bool = True) -> Callable[[_Function], _Function]:
    """`--layout`, `--debug`, and where they make sense `--reducer` and `--json`."""

    def decorate(function: _Function) -> _Function:
        function = click.option("--debug", is_flag=True, help="Show the traceback of an error.")(function)
        if json:
            function = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)
        if reducer:
            function = click.option(
                "--reducer",
                "reducers",
                multiple=True,
                metavar="FILE",
                type=click.Path(),
                help="A rules file, or a folder of them, to rebuild states with.",
            )(function)
        return click.option(
            "--layout", metavar="NAME|FILE", shell_complete=_layout_names, help="How to read the store's tables."
        )(function)

    return decorate


@contextmanager
def opened(store: str, layout: str | None, reducers: tuple[str, ...] = ()) -> Iterator[tuple[Session, Work]]:
    """A session on a store, and work that tells its progress; the store's remarks go to stderr."""
    from esviewer.app.session import open_session

    work = messages.work()
    session = open_session(store, layout=layout, reducers=reducers, work=work)
    try:
        yield session, work
        messages.done()
        messages.warnings(session.store.warnings)
    finally:
        session.close()


def moment(text: str, option: str) -> Instant:
    """The time that an option gives; one without a zone is this machine's, and stderr says so."""
    from esviewer.app.as_of import typed_instant

    try:
        instant, guessed = typed_instant(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}.") from None
    if guessed:
        messages.note(f"Note: {option} names no zone; it is taken as {instant.isoformat()}.")
    return instant


def output_file(name: str, store: str) -> Path:
    """The file to write; raises UsageError when it is the store itself."""
    path = Path(name).expanduser()
    kept = Path(store.removeprefix("sqlite:///")).expanduser()
    if path.exists() and kept.exists() and path.samefile(kept):
        raise UsageError(f"{name} is the store itself, which is never written.", "Name another file.")
    return path
