"""`esviewer projection`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from esviewer.app.processes import MOST_PROCESSES, get_ready
from esviewer.cli import messages, output
from esviewer.cli.options import common, masking, masking_options, moment, new_file, opened, store_argument
from esviewer.model.counted import counted

if TYPE_CHECKING:
    from esviewer.app.projecting import Projected

_LOCAL = "local"
_LAST = (1 << 63) - 1


@click.command()
@click.argument("file", type=click.Path())
@store_argument
@click.option(
    "--output", "target", required=True, metavar="FILE", type=click.Path(), help=".duckdb, .parquet, .csv or .sqlite."
)
@click.option("--as-of", "as_of", metavar="TIME", help="As of this time (ISO 8601).")
@click.option(
    "--at-position", "at_position", type=click.IntRange(0, _LAST), metavar="N", help="After the event at this position."
)
@click.option(
    "--engine",
    metavar="local|dask://HOST:PORT",
    default=_LOCAL,
    show_default=True,
    help="This machine, a cluster, or NAME://ADDRESS of a plug-in's engine.",
)
@click.option(
    "--parts-folder",
    metavar="FOLDER",
    type=click.Path(),
    help="A folder that a cluster's workers share (default: the output's).",
)
@click.option(
    "--processes", type=click.IntRange(1, MOST_PROCESSES), metavar="N", help="Default: one for each core, if it pays."
)
@click.option("--no-snapshots", is_flag=True, help="Replay all states from nothing.")
@click.option("--full", is_flag=True, help="Make everything anew.")
@masking_options
@common(reducer=True)
def command(
    file: str,
    store: str,
    target: str,
    as_of: str | None,
    at_position: int | None,
    engine: str,
    parts_folder: str | None,
    processes: int | None,
    no_snapshots: bool,
    full: bool,
    mask: str | None,
    no_mask: bool,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Make the tables that the projection FILE (TOML) describes, by replaying all aggregates of STORE.

    What looks sensitive is masked; with --no-mask all is written as it is. With --json a summary is printed.
    """
    del debug
    from esviewer.projections.countable import checked
    from esviewer.projections.file import load_projections

    projections = load_projections(Path(file).expanduser())
    # What the database counts by itself needs no process that reads.
    if engine == _LOCAL and processes != 1 and len(checked(projections.projections)) < len(projections.projections):
        get_ready(store, "esviewer.app.projection_source", "esviewer.projections.local")
    from esviewer.app.projecting import Wanted, project
    from esviewer.projections.forms import form_of

    form_of(Path(target))
    instant = None if as_of is None else moment(as_of, "--as-of")
    with opened(store, layout, reducers) as (session, work):
        wanted = Wanted(
            as_of=instant,
            at_position=at_position,
            engine=engine,
            parts_folder=None if parts_folder is None else Path(parts_folder).expanduser(),
            processes=processes,
            use_snapshots=not no_snapshots,
            full=full,
            masking=masking(session, mask, no_mask),
        )
        place = new_file(target, session)
        first = not place.exists()
        done = project(session, projections, place, wanted, work=work)
        newest = None if at_position is None else session.store.newest_position(work=work)
        messages.done()
        if as_json:
            output.json_line(done.as_json())
        if newest is not None and at_position is not None and newest < at_position:
            messages.note(f"Note: the store ends at position {newest}, before {at_position}: all its events count.")
        _say(done, first)


def _say(done: Projected, first: bool) -> None:
    facts = done.facts
    for table in done.tables:
        problems = f", {counted(table.problems, 'problem')} listed in {table.name}_problems" if table.problems else ""
        untold = f" ({table.untold:,} without a row)" if table.untold else ""
        messages.note(f"{table.name}: {counted(table.rows, 'row')}{problems}{untold}.")
    for reducer, ruleless in facts["without_rule"].items():
        names = ", ".join(list(ruleless)[:5]) + (" and others" if len(ruleless) > 5 else "")
        messages.note(f"The reducer {reducer} has no rule for {counted(sum(ruleless.values()), 'event')}: {names}.")
    if facts["inferred"]:
        types = ", ".join(each or "aggregates without a type" for each in facts["inferred"][:5])
        messages.note(f"Without rules, states are inferred, of: {types}{' and others' * (len(facts['inferred']) > 5)}.")
    if facts["disordered"]:
        messages.note(
            f"Warning: versions disagree with times or positions in {counted(facts['disordered'], 'aggregate')}; the"
            " highest version not after the end is taken."
        )
    if facts["in_database"]:
        messages.note(f"Counted by the database itself: {', '.join(facts['in_database'])}.")
    if not facts["events"] and (facts["as_of"] is not None or facts["at_position"] is not None):
        messages.note("Note: the store has no event until then.")
    how = "" if first else "went on from before, " if facts["incremental"] else "made anew"
    why = "" if first or facts["incremental"] else f" ({facts['full_because']}), " if facts["full_because"] else ", "
    messages.note(
        f"{counted(done.rows, 'row')} and {counted(done.problems, 'problem')} out of"
        f" {counted(facts['events'], 'event')}, {how}{why}"
        f"in {facts['seconds']:.1f} s, written to {', '.join(map(str, done.files))}."
    )
    if done.masked:
        messages.note(f"Masked by {facts['masked_by']}: {done.masked}.")
