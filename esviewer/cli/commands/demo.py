"""`esviewer demo`."""

from __future__ import annotations

from pathlib import Path

import click

from esviewer.app.demo import PUZZLING_ORDER, make_demo
from esviewer.app.reporting import report_to_file
from esviewer.cli import messages, output
from esviewer.cli.interruption import watch
from esviewer.cli.options import opened
from esviewer.cli.window import missing_display, run_window
from esviewer.errors import StoreError
from esviewer.stores.embedded import EmbeddedStore


@click.command()
@click.argument("file", default="esviewer-demo.db", type=click.Path(path_type=Path))
@click.option("--open", "and_open", is_flag=True, help="Open the window on it, or make the tour without one.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(file: Path, and_open: bool, debug: bool) -> int:
    """Make a demo store with orders, bank accounts and users, and the rules that go with it."""
    del debug
    if file.exists():
        _check_demo(file)
        messages.note(f"{file} is there already; it is used as it is.")
    else:
        made = make_demo(file, work=watch(messages.work()))
        messages.done()
        messages.note(
            f"{file}: {made.events:,} events of {made.aggregates:,} aggregates, {made.snapshots:,} snapshots; "
            f"its rules are in {made.reducers}."
        )
    if not and_open:
        return 0
    why = missing_display()
    if why is None:
        return run_window(str(file), demo=True)
    messages.note(f"No window can be shown ({why}), so here is the same tour without one.")
    _tour(file)
    return 0


def _check_demo(file: Path) -> None:
    if not file.is_file():
        raise StoreError(f"{file} is not a file.", "Choose another name.")
    with EmbeddedStore(file, create=False) as store:
        if not store.get_events(PUZZLING_ORDER):
            raise StoreError(f"{file} is a store, but not the demo.", "Choose another file name.")


def _tour(file: Path) -> None:
    with opened(str(file), None) as (session, work):
        found = session.store.info(work=work)
        output.line(f"The store: {found.events:,} events of {found.aggregates:,} aggregates, layout {found.layout}.")
        state = session.state(PUZZLING_ORDER, work=work)
        output.line(
            f"\n{PUZZLING_ORDER} at version {state.version}, rebuilt from the snapshot at version"
            f" {state.rebuilt.snapshot_version} and {state.rebuilt.events_applied} events"
            f" with the rules “{state.rebuilt.reducer}”:"
        )
        output.line(output.pretty(state.state))
        cancelled = next(
            event.version for event in session.store.events(PUZZLING_ORDER) if event.type == "OrderCancelled"
        )
        output.line(f"\nWhat happened after it was cancelled (versions {cancelled} to {state.version}):")
        output.coloured_diff(session.diff(PUZZLING_ORDER, cancelled, state.version, work=work).text())
        report = file.with_name(f"{file.stem}-{PUZZLING_ORDER}.html")
        report_to_file(session, PUZZLING_ORDER, report, work=work)
        output.line(f"\nAudit report written to {report}.")
