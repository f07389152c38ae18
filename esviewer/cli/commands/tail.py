"""`esviewer tail`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, mask_option, masker_asked, opened, store_argument, utf8
from esviewer.errors import StoreError
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.replay.truth import compile_condition


@click.command()
@store_argument
@id_argument(required=False)
@click.option("--last", type=click.IntRange(0, 10_000), default=0, metavar="N", help="Begin with the last N events.")
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only events of a type.")
@click.option("--aggregate-type", callback=utf8, metavar="GLOB", help="Only events of aggregates of a type.")
@click.option("--where", callback=utf8, metavar="EXPR", help="Only where EXPR over data, meta and event holds.")
@click.option(
    "--retry",
    type=click.FloatRange(0, 86_400),
    default=300,
    show_default=True,
    metavar="SECONDS",
    help="How long to go on trying while the store can't be read.",
)
@mask_option
@common()
def command(
    store: str,
    aggregate_id: str | None,
    last: int,
    type_glob: str | None,
    aggregate_type: str | None,
    where: str | None,
    retry: float,
    mask: str | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """Print events as they arrive, in the store's order or of one aggregate, until it is interrupted.

    An event that is committed later than one with a higher position still comes, up to five minutes later.
    """
    del debug
    from fnmatch import fnmatchcase

    from esviewer.app.tail import AggregateTail, StoreTail, follow

    condition = None if where is None else compile_condition(where)
    with opened(store, layout) as (session, work):
        messages.warnings(session.warnings)
        masker = masker_asked(session, mask)
        if aggregate_id is None:
            tail: StoreTail | AggregateTail = StoreTail(session.store, last=last, work=work)
        else:
            tail = AggregateTail(session.store, aggregate_id, last=last, work=work)
        untold = False
        for event in follow(
            tail, work, patience=retry, trouble=_trouble, over=_over, listen=session.store.notices
        ):
            if event is None:
                output.flush()
                continue
            if type_glob is not None and not fnmatchcase(event.type, type_glob):
                continue
            if aggregate_type is not None and not fnmatchcase(event.aggregate_type or "", aggregate_type):
                continue
            held = True if condition is None else condition(event)
            if held is None and not untold:
                untold = True
                messages.note("Note: for some events the condition can't be told; they are left out.")
            if held:
                _print(event if masker is None else masker.event(event), as_json)


def _print(event: Event, as_json: bool) -> None:
    if as_json:
        output.json_line(event.as_json())
        return
    data = f"unreadable: {event.error}" if event.error is not None else dumps(event.data)
    position = "" if event.position is None else f"{event.position}  "
    place = f"{event.aggregate_id}@{event.version}"
    output.line(output.visible(f"{position}{event.timestamp or ''}  {place}  {event.type}  {data}"))


def _trouble(error: StoreError) -> None:
    messages.note(f"Note: {error.message} It is tried again until it can be read.")


def _over() -> None:
    messages.note("Note: The store can be read again.")
