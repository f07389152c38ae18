"""`esviewer state`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from esviewer.cli import output
from esviewer.cli.options import (
    VERSION,
    common,
    explain_as_of,
    id_argument,
    instant_wanted,
    mask_option,
    masker_asked,
    opened,
    store_argument,
)
from esviewer.model.counted import counted

if TYPE_CHECKING:
    from esviewer.app.session import Session
    from esviewer.model.rebuilt import RebuiltState
    from esviewer.work import Work


@click.command()
@store_argument
@id_argument()
@click.option("--at", "version", type=VERSION, metavar="V", help="The state after the event with this version.")
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
    instant = instant_wanted(version, as_of)
    from esviewer.app.asking import check_named_reducers

    with opened(store, layout, reducers) as (session, work):
        check_named_reducers(session, aggregate_id, work)
        if instant is not None:
            # The place is found first, so that stderr can name the events on either side.
            place = session.as_of(session.store.summary(aggregate_id, work=work).aggregate_id, instant, work=work)
            explain_as_of(place)
        found = session.state(
            aggregate_id, version=version, as_of=instant, use_snapshots=not no_snapshots, work=work
        )
        masker = masker_asked(session, mask)
        other = "" if as_json else _other_basis(session, found, no_snapshots, work)
        if masker is not None:
            found, other = masker.state(found), masker.text(other)
        if as_json:
            output.json_line(found.as_json())
        else:
            _show(found, other)


def _other_basis(session: Session, found: RebuiltState, no_snapshots: bool, work: Work) -> str:
    """What else the state could have started from, and how to ask for that."""
    used = found.rebuilt.snapshot_version
    if used is not None:
        return "with --no-snapshots it is replayed from nothing"
    snapshot = session.store.snapshot(found.aggregate_id, found.version, work=work)
    if snapshot is None:
        return ""
    if snapshot.error is not None:
        return f"the snapshot at version {snapshot.version} can't be read: {snapshot.error}"
    return f"without --no-snapshots it starts from the snapshot at version {snapshot.version}" if no_snapshots else ""


def _show(found: RebuiltState, other_basis: str) -> None:
    rebuilt = found.rebuilt
    start = "nothing" if rebuilt.snapshot_version is None else f"the snapshot at version {rebuilt.snapshot_version}"
    output.line(output.visible(f"{found.aggregate_id}  {found.aggregate_type or ''}".rstrip()))
    output.line(f"version {found.version}, {found.timestamp or 'without a time'}")
    output.line(
        output.visible(
            f"rebuilt from {start} with {counted(rebuilt.events_applied, 'event')}, reducer {rebuilt.reducer}"
            f"{' (inferred)' if rebuilt.inferred else ''} {rebuilt.reducer_digest[:19]}…"
        )
    )
    if other_basis:
        output.line(output.visible(f"({other_basis})"))
    for item in rebuilt.skipped[:20]:
        output.line(output.visible(f"skipped version {item.version}: {item.reason}"))
    if len(rebuilt.skipped) > 20:
        more = counted(len(rebuilt.skipped) - 20, "more skipped event")
        output.line(f"and {more} (all with --json)")
    output.line(output.pretty(found.state))
