"""`esviewer folds`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, opened, store_argument, utf8
from esviewer.errors import UsageError
from esviewer.model.change import pointer


@click.command()
@store_argument
@id_argument(required=False)
@click.option("--against", metavar="FILE|merge", required=True, help="The reducer to compare with.")
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only aggregates of a type.")
@click.option(
    "--sample", type=click.IntRange(min=1), default=100, metavar="N", help="So many aggregates (100), without an ID."
)
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str | None,
    against: str,
    type_glob: str | None,
    sample: int,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> int:
    """Fold the same events with two reducers and say where their states part first.

    Without an ID, over a sample of aggregates; the exit code is 1 when any state differs or a reducer's program fails.
    """
    del debug
    if aggregate_id is not None and type_glob is not None:
        raise UsageError("--type chooses among aggregates; with an ID there is nothing to choose.")
    with opened(store, layout, reducers) as (session, work):
        from esviewer.app.folding import compared_folds

        found = list(
            compared_folds(session, against, aggregate_id, type_glob=type_glob, sample=sample, work=work)
        )
    differing = [each for each in found if each.result.differing]
    failed = [each for each in found if each.result.failure]
    if as_json:
        output.json_lines(each.as_json() for each in found)
    else:
        output.table(
            ("aggregate", "events", "parts at version", "states that differ", "paths"),
            (
                (
                    each.aggregate_id,
                    f"{each.result.events:,}",
                    str(each.result.first_version),
                    f"{each.result.differing:,}",
                    ", ".join(pointer(change.path) or "(the state)" for change in each.result.changes[:5]),
                )
                for each in differing
            ),
        )
        messages.note(f"{len(found):,} aggregates compared; {len(differing):,} differ.")
    for each in failed:
        messages.note(f"{each.result.failure} Its events from there on were not compared.")
    return 1 if differing or failed else 0
