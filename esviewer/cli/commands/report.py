"""`esviewer report`."""

from __future__ import annotations

from pathlib import Path

import click

from esviewer.app.reporting import aggregate_report
from esviewer.cli import messages
from esviewer.cli.options import common, id_argument, opened, output_file, store_argument
from esviewer.report.write import check_ending, write_report


@click.command()
@store_argument
@id_argument()
@click.option("--output", "file", required=True, metavar="FILE", type=click.Path(), help="Ends in .html or .json.")
@common(reducer=True, json=False)
def command(
    store: str, aggregate_id: str, file: str, layout: str | None, reducers: tuple[str, ...], debug: bool
) -> None:
    """Write one aggregate's audit report; the form is the file's ending."""
    del debug
    check_ending(Path(file))
    with opened(store, layout, reducers) as (session, work):
        path = output_file(file, session)
        write_report(aggregate_report(session, aggregate_id, work=work), path, work=work)
        messages.done()
        messages.note(f"Report written to {file}.")
