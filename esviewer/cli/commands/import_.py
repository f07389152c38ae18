"""`esviewer import`."""

from __future__ import annotations

import click

from esviewer.cli import messages
from esviewer.cli.options import common, mask_option, masking, opened, output_file
from esviewer.model.counted import counted


@click.command(name="import")
@click.argument("store", metavar="FILE", type=click.Path())
@click.option("--output", "file", required=True, metavar="STORE.db", type=click.Path(), help="The store to make.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@mask_option
@common(json=False)
def command(store: str, file: str, force: bool, mask: str | None, layout: str | None, debug: bool) -> None:
    """Make a store, in one SQLite file, of the events in FILE: an export in any form, or whatever esviewer opens.

    Events keep their versions, positions, times and types; what is unreadable stays so. Snapshots are not taken over.
    """
    del debug
    from esviewer.app.importing import import_events
    from esviewer.app.masking import OFF

    with opened(store, layout) as (session, work):
        rules = OFF if mask is None else masking(session, mask)
        done, masker = import_events(session, output_file(file, session), rules, force=force, work=work)
        messages.done()
        messages.note(f"{counted(done.events, 'event')} written to {file}.")
        if done.unreadable and done.first_unreadable is not None:
            name, version = done.first_unreadable
            those = counted(done.unreadable, "event is", "events are")
            messages.note(f"Note: {those} unreadable and kept as stored, the first {name} at version {version}.")
        if done.repeated:
            those = counted(done.repeated, "event shares its", "events share their")
            messages.note(f"Note: {those} aggregate and version with another.")
        if not done.positioned:
            messages.note("Note: not every event has a position of its own, so the store counts them in their order.")
        if masker is not None and masker.counts:
            messages.note(f"Masked by {rules.origin}: {masker.summary()}.")
