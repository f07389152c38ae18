"""`esviewer diff`."""

from __future__ import annotations

import click

from esviewer.cli import output
from esviewer.cli.options import common, opened, store_argument


@click.command()
@store_argument
@click.argument("aggregate_id", metavar="ID")
@click.argument("from_version", metavar="FROM", type=int)
@click.argument("to_version", metavar="TO", type=int)
@click.option("--format", "form", type=click.Choice(["text", "json", "patch"]), help="patch: JSON Patch (RFC 6902).")
@click.option("--no-snapshots", is_flag=True, help="Replay from nothing.")
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    from_version: int,
    to_version: int,
    form: str | None,
    no_snapshots: bool,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Compare an aggregate's states after two versions."""
    del debug
    with opened(store, layout, reducers) as (session, work):
        found = session.diff(
            aggregate_id, from_version, to_version, use_snapshots=not no_snapshots, work=work
        )
        if form == "patch":
            output.json_line(found.patch())
        elif form == "json" or (as_json and form is None):
            output.json_line(found.as_json())
        else:
            output.coloured_diff(found.text() or "The two states are the same.\n")
