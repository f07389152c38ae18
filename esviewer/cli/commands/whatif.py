"""`esviewer whatif`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from esviewer.cli import output
from esviewer.cli.options import common, id_argument, opened, store_argument, utf8
from esviewer.errors import UsageError
from esviewer.model.exactjson import NotJsonError, loads

if TYPE_CHECKING:
    from esviewer.questions.what_if import Step


def _texts(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        utf8(ctx, param, value)
    return values


@click.command()
@store_argument
@id_argument()
@click.option("--skip", multiple=True, type=int, metavar="V", help="Leave this version out.")
@click.option("--edit", multiple=True, metavar="V=JSON", callback=_texts, help="Give this version other data.")
@click.option(
    "--insert",
    multiple=True,
    metavar="V:TYPE=JSON",
    callback=_texts,
    help="Put a new event behind this version (`start` for before all).",
)
@click.option("--move", multiple=True, metavar="V=W", callback=_texts, help="Put version V behind W (or `start`).")
@click.option("--edits", "file", type=click.Path(), metavar="FILE", help="Edits as JSON, done before the others.")
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    skip: tuple[int, ...],
    edit: tuple[str, ...],
    insert: tuple[str, ...],
    move: tuple[str, ...],
    file: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Replay with events left out, edited, inserted or moved in memory, and compare with what really is.

    Nothing is written to the store, and the result is hypothetical: no evidence of anything.
    """
    del debug
    from esviewer.app.imagined import edits_in, imagine
    from esviewer.questions.what_if import Edits

    edits = Edits((*(edits_in(file).steps if file else ()), *_steps(skip, edit, insert, move)))
    if not edits.steps:
        raise UsageError("No edit is given.", "Use --skip, --edit, --insert, --move or --edits FILE.")
    with opened(store, layout, reducers) as (session, work):
        from esviewer.cli.asked import asked_view, tell_basis

        view = asked_view(session, aggregate_id, work)
        made = imagine(session, view, edits, work=work)
        tell_basis(session, view, work)
        if as_json:
            output.json_line(made.as_json())
            return
        for line in made.head(with_edits=True):
            output.line(line)
        output.coloured_diff(made.differences())


def _steps(skip: tuple[int, ...], edit: tuple[str, ...], insert: tuple[str, ...], move: tuple[str, ...]) -> list[Step]:
    from esviewer.questions.what_if import Edit, Insert, Move, Skip

    steps: list[Step] = [Skip(version) for version in skip]
    for text in edit:
        version, data = _split(text, "--edit", "V=JSON")
        steps.append(Edit(_number(version, "--edit"), _json(data, "--edit")))
    for text in insert:
        place, data = _split(text, "--insert", "V:TYPE=JSON")
        after, colon, kind = place.partition(":")
        if not colon or not kind:
            raise UsageError(f"--insert {text[:60]!r} names no type.", "As in --insert '3:ItemAdded={\"sku\": 1}'.")
        steps.append(Insert(_place(after, "--insert"), kind, _json(data, "--insert")))
    for text in move:
        version, after = _split(text, "--move", "V=W")
        steps.append(Move(_number(version, "--move"), _place(after, "--move")))
    return steps


def _split(text: str, option: str, form: str) -> tuple[str, str]:
    left, sign, right = text.partition("=")
    if not sign:
        raise UsageError(f"{option} takes {form}, not {text[:60]!r}.")
    return left.strip(), right.strip()


def _number(text: str, option: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"{option}: {text[:40]!r} is no version.", "A version is a whole number.") from None


def _place(text: str, option: str) -> int | None:
    return None if text == "start" else _number(text, option)


def _json(text: str, option: str) -> object:
    try:
        return loads(text)
    except NotJsonError as error:
        raise UsageError(f"{option}: {text[:60]!r} can't be read: {error}.") from None
