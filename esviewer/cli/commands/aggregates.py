"""`esviewer aggregates`."""

from __future__ import annotations

from collections.abc import Iterator

import click

from esviewer.app.session import Session
from esviewer.cli import output
from esviewer.cli.options import common, opened, store_argument, utf8
from esviewer.model.event import AggregateSummary
from esviewer.work import Work

_PAGE = 500


@click.command()
@store_argument
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only aggregates of a type.")
@click.option("--search", callback=utf8, metavar="TEXT", help="Only those with TEXT in their id or type.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N.")
@common()
def command(
    store: str,
    type_glob: str | None,
    search: str | None,
    limit: int | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """List aggregates by ascending id."""
    del debug
    with opened(store, layout) as (session, work):
        found = _listed(session, type_glob, search, limit, work)
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
