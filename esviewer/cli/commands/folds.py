"""`esviewer folds`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, opened, store_argument, utf8
from esviewer.errors import UsageError
from esviewer.model.change import pointer
from esviewer.model.counted import counted

if TYPE_CHECKING:
    from esviewer.app.folding import ComparedFolds, FoldedBy, Sampled


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

    Without an ID, over a sample of the aggregates that the reducers are for. The exit code is 1 when any state
    differs, when a reducer's program fails, and when there was nothing to compare.
    """
    del debug
    if aggregate_id is not None and type_glob is not None:
        raise UsageError("--type chooses among aggregates; with an ID there is nothing to choose.")
    from esviewer.app.folding import Sampled, compared_folds

    sampled = Sampled()
    with opened(store, layout, reducers) as (session, work):
        found = list(
            compared_folds(
                session,
                against,
                aggregate_id,
                type_glob=type_glob,
                sample=sample,
                ask_snapshots=True,
                sampled=sampled,
                work=work,
            )
        )
    differing = [each for each in found if each.result.differing]
    failed = [each for each in found if each.result.failure]
    if as_json:
        output.json_lines(each.as_json() for each in found)
    elif differing:
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
    for text in _told(found, sampled):
        messages.note(text)
    for each in failed:
        messages.note(f"{each.result.failure} Its events from there on were not compared.")
    return 1 if differing or failed or not found else 0


def _told(found: list[ComparedFolds], sampled: Sampled) -> Iterator[str]:
    """What was compared by what, and what is to be known of it."""
    unfit = counted(sampled.unfit, "aggregate")
    if not found:
        why = f"a reducer that was named is not for the type of {'the' if sampled.unfit == 1 else 'any of'} {unfit}"
        yield f"Nothing was compared: {why if sampled.unfit else 'there is no such aggregate'}."
        return
    for pair, same in groupby(sorted(found, key=_pair), key=_pair):
        first, second = pair
        each = list(same)
        differ = sum(one.result.differing > 0 for one in each)
        if first.digest == second.digest:
            yield f"Note: both are the same reducer, {first}."
        yield f"{counted(len(each), 'aggregate')} folded by {first} and by {second}; differing: {differ:,}."
    if sampled.unfit:
        whose = "its" if sampled.unfit == 1 else "their"
        yield f"Note: {unfit} left out: a reducer that was named is not for {whose} type."
    if any(by.inferred for each in found for by in each.by):
        yield "Note: what merge makes is inferred; nobody's rules say so."
    asked = [each.snapshots for each in found if each.snapshots is not None]
    compared = sum(each.compared for each in asked)
    agree = [sum(each.agree[side] for each in asked) for side in (0, 1)]
    if compared and min(agree) < compared:
        yield (
            f"Note: of {counted(compared, 'stored snapshot')} the first replay agrees with {agree[0]:,}, the second"
            f" with {agree[1]:,}; `esviewer state` starts from snapshots unless --no-snapshots."
        )


def _pair(found: ComparedFolds) -> tuple[FoldedBy, FoldedBy]:
    return found.by
