"""`esviewer diff`."""

from __future__ import annotations

from dataclasses import replace
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click

from esviewer.cli import output
from esviewer.cli.options import (
    common,
    explain_place,
    id_argument,
    mask_option,
    masker_asked,
    opened,
    store_argument,
    utf8,
)
from esviewer.errors import UsageError

if TYPE_CHECKING:
    from esviewer.app.comparison import Comparison


def _patterns(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from esviewer.model.path_patterns import rests_of

    for value in values:
        utf8(ctx, param, value)
    try:
        rests_of(values)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", ctx, param) from None
    return values


@click.command()
@store_argument
@id_argument()
@click.argument("from_place", metavar="FROM")
@click.argument("to_place", metavar="TO")
@click.option("--with", "other", metavar="ID2", callback=utf8, help="TO is of this other aggregate.")
@click.option(
    "--ignore",
    "patterns",
    multiple=True,
    metavar="POINTER",
    callback=_patterns,
    help="Leave paths out, such as /items/*/updated_at; ** stands for any depth.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "side-by-side", "json", "patch"]),
    help="patch: JSON Patch (RFC 6902).",
)
@click.option("--no-snapshots", is_flag=True, help="Replay from nothing.")
@mask_option
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    from_place: str,
    to_place: str,
    other: str | None,
    patterns: tuple[str, ...],
    form: str | None,
    no_snapshots: bool,
    mask: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Compare an aggregate's states after two versions; FROM and TO are versions or times."""
    del debug
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} can't be given together.")
    from esviewer.app.asking import check_named_reducers, compared_states
    from esviewer.cli.asked import tell_basis_of

    names = iter(("FROM", "TO"))
    with opened(store, layout, reducers) as (session, work):
        for name in dict.fromkeys((aggregate_id, other or aggregate_id)):
            check_named_reducers(session, name, work)
        found = compared_states(
            session,
            (aggregate_id, from_place),
            (other or aggregate_id, to_place),
            ignored=patterns,
            use_snapshots=not no_snapshots,
            told=lambda place: explain_place(place, next(names)),
            work=work,
        )
        masker = masker_asked(session, mask)
        if masker is not None:
            # Equal values have equal marks: masked states differ where the true ones do.
            found = replace(found, old=masker.state(found.old), new=masker.state(found.new))
        tell_basis_of(found)
        if form == "patch":
            output.json_line(found.patch())
        elif as_json or form == "json":
            output.json_line({**found.as_json(), "rebuilt": found.basis()})
        elif form == "side-by-side":
            for line in found.columns(get_terminal_size().columns):
                output.line(line)
        else:
            output.coloured_diff(found.text() or _same(found))


def _same(found: Comparison) -> str:
    if found.changes:
        return "The two states print alike: only types of values differ. --format json names the places.\n"
    return f"The two states {'differ only in what is ignored' if found.ignored_changes else 'are the same'}.\n"
