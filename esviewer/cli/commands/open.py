"""`esviewer open`, and `esviewer` alone."""

from __future__ import annotations

import click

from esviewer.app.files import without_scheme
from esviewer.app.links import is_link, parse_link
from esviewer.cli.options import common, utf8
from esviewer.cli.window import missing_display, run_window
from esviewer.errors import EsviewerError, UsageError


@click.command()
@click.argument("store", required=False, type=click.Path())
@click.option("--aggregate", callback=utf8, metavar="ID", help="Show this aggregate.")
@click.option("--at", type=int, metavar="V", help="Put the playhead on this version.")
@click.option("--from-desktop", is_flag=True, hidden=True, help="Say in the window what is wrong with a link.")
@common(reducer=True, json=False)
def command(
    store: str | None = None,
    aggregate: str | None = None,
    at: int | None = None,
    from_desktop: bool = False,
    layout: str | None = None,
    reducers: tuple[str, ...] = (),
    debug: bool = False,
) -> int:
    """Open the window on a store, or where a link (esviewer://open?store=…) leads, or on the start page."""
    del debug
    if store is not None:
        store = without_scheme(store)
    # Nobody reads what a program prints that a desktop starts: the window says it.
    if store is not None and is_link(store) and not from_desktop:
        parse_link(store)
        if aggregate is not None or at is not None:
            raise UsageError("A link says which aggregate and version to show.", "Leave --aggregate and --at out.")
    why = missing_display()
    if why is not None:
        raise EsviewerError(
            f"No window can be shown: {why}.", "The other commands work without one; see `esviewer --help`."
        )
    return run_window(store, layout=layout, reducers=reducers, aggregate=aggregate, at=at)
