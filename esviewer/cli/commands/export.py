"""`esviewer export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from esviewer.cli import messages, output
from esviewer.cli.options import (
    POSITION,
    common,
    id_argument,
    masking,
    masking_options,
    moment,
    opened,
    output_file,
    store_argument,
    utf8,
)
from esviewer.errors import UsageError
from esviewer.model.counted import counted

if TYPE_CHECKING:
    from esviewer.app.exporting.run import Asked, Exported
    from esviewer.app.masking import InForce
    from esviewer.app.session import Session
    from esviewer.work import Work

_FORMS = ("jsonl", "cloudevents", "csv", "parquet")


@click.command()
@store_argument
@id_argument(required=False)
@click.option("--format", "form", type=click.Choice(_FORMS), default="jsonl", show_default=True)
@click.option("--output", "file", required=True, metavar="FILE", type=click.Path(), help="- for standard output.")
@click.option("--as-of", "as_of", metavar="TIME", help="Only events whose time is not later (ISO 8601).")
@click.option("--at-position", type=POSITION, metavar="N", help="Only events up to this position.")
@click.option("--since", metavar="TIME", help="Not before this time (ISO 8601).")
@click.option("--until", metavar="TIME", help="Not after this time (ISO 8601).")
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only events of a type.")
@click.option("--where", callback=utf8, metavar="EXPR", help="Only where EXPR over data, meta and event holds.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N.")
@click.option(
    "--partition-by",
    type=click.Choice(["aggregate"]),
    help="Write a folder of Parquet files, each of whole aggregates in the order of their ids.",
)
@click.option("--resume", is_flag=True, help="Go on with the same export where it was interrupted.")
@masking_options
@common(json=False)
def command(
    store: str,
    aggregate_id: str | None,
    form: str,
    file: str,
    as_of: str | None,
    at_position: int | None,
    since: str | None,
    until: str | None,
    type_glob: str | None,
    where: str | None,
    limit: int | None,
    partition_by: str | None,
    resume: bool,
    mask: str | None,
    no_mask: bool,
    layout: str | None,
    debug: bool,
) -> None:
    """Export events, of the whole store or of one aggregate: as the lines of `events --json`, or in another form.

    What looks sensitive is masked; with --no-mask all is written as it is stored.
    """
    del debug
    if partition_by is not None and (form != "parquet" or aggregate_id is not None):
        raise UsageError("--partition-by is for exports of a whole store with --format parquet.")
    if resume and file == "-":
        raise UsageError("An export to standard output can't be gone on with.", "Name a file.")
    from esviewer.app.exporting.run import Asked, Exported, text_form
    from esviewer.app.exporting.selection import Selection

    bounds = {"since": since, "until": until, "as_of": as_of}
    moments = {
        name: None if text is None else moment(text, f"--{name.replace('_', '-')}") for name, text in bounds.items()
    }
    with opened(store, layout) as (session, work):
        if aggregate_id is not None:
            aggregate_id = session.store.summary(aggregate_id, work=work).aggregate_id
        rules = masking(session, mask, no_mask)
        selection = Selection(
            aggregate_id, type_glob=type_glob, where=where, at_position=at_position, limit=limit, **moments
        )
        if file == "-":
            from pathlib import Path

            asked = Asked(Path(file), form, selection)
            text_form(asked)
            done = Exported(0, 0, 0, rules.masker() if rules.masks else None)
            _print(session, asked, done, work)
        else:
            asked = Asked(output_file(file, session), form, selection, partition_by)
            done = _export(session, asked, rules, resume, work)
            after = f" ({done.went_on_after:,} of them before)" if done.went_on_after else ""
            messages.note(f"{counted(done.events, 'event')} written to {file}{after}.")
        if done.undated:
            messages.note(f"Note: {counted(done.undated, 'event has', 'events have')} no time: left out.")
        if done.untold:
            messages.note(f"Note: for {counted(done.untold, 'event')} the condition could not be told: left out.")
        if done.masker is not None and done.masker.counts:
            messages.note(f"Masked by {rules.origin}: {done.masker.summary()}.")


def _print(session: Session, asked: Asked, done: Exported, work: Work) -> None:
    from esviewer.app.exporting.run import printed

    output.text_pieces(printed(session, asked, done, work))


def _export(session: Session, asked: Asked, rules: InForce, resume: bool, work: Work) -> Exported:
    from esviewer.app.exporting.run import Interrupted, export

    interrupted = Interrupted()
    try:
        done = export(session, asked, rules, resume=resume, interrupted=interrupted, work=work)
    except BaseException:
        if interrupted.events:
            kept = counted(interrupted.events, "event is", "events are")
            messages.note(f"{kept} kept; the same command with --resume goes on from there.")
        elif interrupted.begun:
            why = f": {interrupted.why_not}" if interrupted.why_not else ""
            messages.note(f"Nothing is kept of what was exported so far{why}. The same command exports all anew.")
        raise
    messages.done()
    if resume and done.begun_before:
        messages.note("The interrupted export had not come so far that anything of it was kept; all was exported.")
    elif resume and not done.went_on_after:
        messages.note("There was no interrupted export to go on with; all was exported.")
    return done
