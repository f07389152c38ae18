"""`esviewer diff`."""

from __future__ import annotations

import click

from esviewer.cli import output
from esviewer.cli.options import common, id_argument, opened, store_argument
from esviewer.errors import UsageError


@click.command()
@store_argument
@id_argument()
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
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} can't be given together.")
    with opened(store, layout, reducers) as (session, work):
        found = session.diff(aggregate_id, from_version, to_version, use_snapshots=not no_snapshots, work=work)
        if form == "patch":
            output.json_line(found.patch())
        elif as_json or form == "json":
            output.json_line(found.as_json())
        else:
            output.coloured_diff(found.text() or "The two states are the same.\n")
