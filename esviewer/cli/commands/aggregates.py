"""`esviewer aggregates`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from esviewer.app.as_of import summary_as_of
from esviewer.app.session import Session
from esviewer.cli import messages, output
from esviewer.cli.options import common, moment, opened, store_argument, utf8
from esviewer.model.counted import counted
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.work import Work

_PAGE = 500


@click.command()
@store_argument
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only aggregates of a type.")
@click.option("--search", callback=utf8, metavar="TEXT", help="Only those with TEXT in their id or type.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N.")
@click.option(
    "--as-of", "as_of", metavar="TIME", help="As they were at this time; those that came later are left out."
)
@common()
def command(
    store: str,
    type_glob: str | None,
    search: str | None,
    limit: int | None,
    as_of: str | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """List aggregates by ascending id."""
    del debug
    instant = None if as_of is None else moment(as_of, "--as-of")
    with opened(store, layout) as (session, work):
        if instant is None:
            found = _listed(session, type_glob, search, limit, work)
        else:
            found = _listed_as_of(session, instant, type_glob, search, limit, work)
        if as_json:
            output.json_lines(summary.as_json() for summary in found)
        else:
            output.table(
                ("aggregate", "type", "version", "events", "first event", "last event", "status"),
                (
                    (
                        summary.aggregate_id,
                        summary.aggregate_type or "",
                        str(summary.version),
                        str(summary.events),
                        str(summary.first_event or ""),
                        str(summary.last_event or ""),
                        summary.status or "",
                    )
                    for summary in found
                ),
            )


def _listed(
    session: Session, type_glob: str | None, search: str | None, limit: int | None, work: Work
) -> Iterator[AggregateSummary]:
    after = None
    count = 0
    while limit is None or count < limit:
        size = _PAGE if limit is None else min(_PAGE, limit - count)
        page = session.store.aggregate_ids(after=after, limit=size, type_glob=type_glob, search=search, work=work)
        yield from session.store.summaries([each.aggregate_id for each in page], work=work)
        count += len(page)
        work.report("Listing aggregates", count)
        if len(page) < size:
            return
        after = page[-1].aggregate_id


def _listed_as_of(
    session: Session, instant: Instant, type_glob: str | None, search: str | None, limit: int | None, work: Work
) -> Iterator[AggregateSummary]:
    after = None
    count = guessed = disordered = undated = 0
    while limit is None or count < limit:
        page = session.store.aggregate_ids(after=after, limit=_PAGE, type_glob=type_glob, search=search, work=work)
        ids = [each.aggregate_id for each in page]
        places = {each.aggregate_id: each for each in session.store.versions_as_of(ids, instant, work=work)}
        for summary in session.store.summaries(ids, exact=False, work=work):
            place = places.get(summary.aggregate_id)
            found = None if place is None else summary_as_of(summary, place)
            undated += place is not None and place.undated > 0
            if place is None or found is None:
                continue
            guessed += not place.exact
            disordered += not place.in_order
            yield found
            count += 1
            if count == limit:
                break
        work.report("Listing aggregates", count)
        if len(page) < _PAGE:
            break
        after = page[-1].aggregate_id
    _doubt(guessed, disordered, undated)


def _doubt(guessed: int, disordered: int, undated: int) -> None:
    if guessed:
        long = counted(guessed, "long history was", "long histories were")
        messages.note(f"Note: {long} placed by version order, as if times ascended with it.")
    if disordered:
        messages.note(f"Warning: in {counted(disordered, 'aggregate')} versions and times disagree around that time.")
    if undated:
        those = counted(undated, "aggregate has", "aggregates have")
        messages.note(f"Warning: {those} events without a time, which no moment can place.")
