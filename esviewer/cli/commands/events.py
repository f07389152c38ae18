"""`esviewer events`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from esviewer.app.log_filter import Fitting, LogFilter
from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, mask_option, masker_asked, moment, opened, store_argument, utf8
from esviewer.model.counted import counted
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps


@click.command()
@store_argument
@id_argument(required=False)
@click.option("--from", "from_version", type=int, metavar="V", help="From this version on.")
@click.option("--to", "to_version", type=int, metavar="V", help="Up to this version.")
@click.option("--since", metavar="TIME", help="Not before this time, such as 'yesterday 14:34'.")
@click.option("--until", metavar="TIME", help="Not after this time, such as 'yesterday 14:34'.")
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only events of a type.")
@click.option("--aggregate-type", callback=utf8, metavar="GLOB", help="Only events of aggregates of a type.")
@click.option("--where", callback=utf8, metavar="EXPR", help="Only where EXPR over data, meta and event holds.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N.")
@mask_option
@common()
def command(
    store: str,
    aggregate_id: str | None,
    from_version: int | None,
    to_version: int | None,
    since: str | None,
    until: str | None,
    type_glob: str | None,
    aggregate_type: str | None,
    where: str | None,
    limit: int | None,
    mask: str | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """List events in the store's order, or one aggregate's by version."""
    del debug
    fitting = None if where is None else Fitting(LogFilter(where=where))
    first = None if since is None else moment(since, "--since")
    last = None if until is None else moment(until, "--until")
    with opened(store, layout) as (session, work):
        if aggregate_id is not None:
            aggregate_id = session.store.summary(aggregate_id, work=work).aggregate_id
        found: Iterator[Event] = session.store.events(
            aggregate_id,
            from_version=from_version,
            to_version=to_version,
            since=first,
            until=last,
            type_glob=type_glob,
            aggregate_type=aggregate_type,
            limit=limit if fitting is None else None,
            work=work,
        )
        if fitting is not None:
            found = _holding(found, fitting, limit)
        masker = masker_asked(session, mask)
        if masker is not None:
            found = map(masker.event, found)
        if as_json:
            output.json_lines(event.as_json() for event in found)
        else:
            output.table(("position", "aggregate", "version", "type", "timestamp", "data"), _rows(found))


def _holding(events: Iterable[Event], fitting: Fitting, limit: int | None) -> Iterator[Event]:
    yield from fitting.kept(events, limit)
    if fitting.untold:
        messages.note(f"Note: for {counted(fitting.untold, 'event')} the condition could not be told: left out.")


def _rows(events: Iterable[Event]) -> Iterator[tuple[str, ...]]:
    for event in events:
        yield (
            "" if event.position is None else str(event.position),
            event.aggregate_id,
            str(event.version),
            event.type,
            str(event.timestamp or ""),
            f"unreadable: {event.error}" if event.error is not None else dumps(event.data),
        )
