"""`esviewer state`."""

from __future__ import annotations

import click

from esviewer.cli import output
from esviewer.cli.options import (
    common,
    explain_as_of,
    id_argument,
    mask_option,
    masker_asked,
    moment,
    opened,
    store_argument,
)
from esviewer.errors import UsageError
from esviewer.model.rebuilt import RebuiltState


@click.command()
@store_argument
@id_argument()
@click.option("--at", "version", type=int, metavar="V", help="The state after the event with this version.")
@click.option("--as-of", "as_of", metavar="TIME", help="The state at this time, such as 'yesterday 14:34'.")
@click.option("--no-snapshots", is_flag=True, help="Replay from nothing.")
@mask_option
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    version: int | None,
    as_of: str | None,
    no_snapshots: bool,
    mask: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Rebuild an aggregate's state, by default its newest, from snapshot plus replay."""
    del debug
    if version is not None and as_of is not None:
        raise UsageError("--at and --as-of can't be given together.")
    instant = None if as_of is None else moment(as_of, "--as-of")
    with opened(store, layout, reducers) as (session, work):
        if instant is not None:
            # The place is found first, so that stderr can name the events on either side.
            place = session.as_of(session.store.summary(aggregate_id, work=work).aggregate_id, instant, work=work)
            explain_as_of(place)
        found = session.state(
            aggregate_id, version=version, as_of=instant, use_snapshots=not no_snapshots, work=work
        )
        masker = masker_asked(session, mask)
        if masker is not None:
            found = masker.state(found)
        if as_json:
            output.json_line(found.as_json())
        else:
            _show(found)


def _show(found: RebuiltState) -> None:
    rebuilt = found.rebuilt
    start = "nothing" if rebuilt.snapshot_version is None else f"the snapshot at version {rebuilt.snapshot_version}"
    output.line(output.visible(f"{found.aggregate_id}  {found.aggregate_type or ''}".rstrip()))
    output.line(f"version {found.version}, {found.timestamp or 'without a time'}")
    output.line(
        output.visible(
            f"rebuilt from {start} with {rebuilt.events_applied:,} events, reducer {rebuilt.reducer}"
            f"{' (inferred)' if rebuilt.inferred else ''} {rebuilt.reducer_digest[:19]}…"
        )
    )
    for item in rebuilt.skipped[:20]:
        output.line(output.visible(f"skipped version {item.version}: {item.reason}"))
    if len(rebuilt.skipped) > 20:
        output.line(f"and {len(rebuilt.skipped) - 20:,} more skipped events (all with --json)")
    output.line(output.pretty(found.state))
