"""`esviewer export`."""

from __future__ import annotations

import click

from esviewer.app.exporting import export_jsonl
from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, opened, output_file, store_argument


@click.command()
@store_argument
@id_argument(required=False)
@click.option("--format", "form", type=click.Choice(["jsonl"]), default="jsonl", show_default=True)
@click.option("--output", "file", required=True, metavar="FILE", type=click.Path(), help="- for standard output.")
@common(json=False)
def command(
    store: str, aggregate_id: str | None, form: str, file: str, layout: str | None, debug: bool
) -> None:
    """Export events, of the whole store or of one aggregate, as the lines of `events --json`."""
    del form, debug
    with opened(store, layout) as (session, work):
        if aggregate_id is not None:
            aggregate_id = session.store.summary(aggregate_id, work=work).aggregate_id
        if file == "-":
            output.json_lines(event.as_json() for event in session.store.events(aggregate_id, work=work))
            return
        count = export_jsonl(session, aggregate_id, output_file(file, session), work=work)
        messages.done()
        messages.note(f"{count:,} events written to {file}.")
