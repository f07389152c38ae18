"""`esviewer history`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from esviewer.cli import output
from esviewer.cli.options import common, id_argument, mask_option, masker_asked, opened, store_argument, utf8
from esviewer.errors import UsageError
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Value

if TYPE_CHECKING:
    from esviewer.model.masking import Masker
    from esviewer.questions.field_history import FieldChange

_HEADS = ("version", "timestamp", "event_type", "path", "op", "old", "new")


def _texts(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        utf8(ctx, param, value)
    return values


@click.command()
@store_argument
@id_argument()
@click.argument("places", metavar="POINTER...", nargs=-1, required=True, callback=_texts)
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@mask_option
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    places: tuple[str, ...],
    as_csv: bool,
    mask: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """List every change of one value or several, such as /balance."""
    del debug
    if as_csv and as_json:
        raise UsageError("--csv and --json can't be given together.")
    from esviewer.app.asking import ask_history, typed_path

    for place in places:
        typed_path(None, place)
    with opened(store, layout, reducers) as (session, work):
        from esviewer.cli.asked import asked_view, basis_told

        view = asked_view(session, aggregate_id, work)
        masker = masker_asked(session, mask)
        with basis_told(session, view, work, masker):
            found = ask_history(view, places, work=work)
        if masker is not None:
            found = _masked(found, masker)

        def lines() -> Iterator[dict[str, Value]]:
            for place, change in found:
                instant = view.instant(change.index)
                line: dict[str, Value] = {
                    "version": int(view.versions[change.index]),
                    "timestamp": None if instant is None else instant.isoformat(),
                    "event_type": view.type_at(change.index),
                }
                if len(places) > 1:
                    line["path"] = place
                line["op"] = change.op
                if change.old is not MISSING:
                    line["old"] = change.old
                if change.new is not MISSING:
                    line["new"] = change.new
                yield line

        if as_json:
            output.json_lines(lines())
            return
        heads = tuple(head for head in _HEADS if head != "path" or len(places) > 1)
        rows = ([_cell(head, line) for head in heads] for line in lines())
        if as_csv:
            output.csv_lines(heads, rows)
        else:
            output.table(heads, rows)


def _masked(found: Iterable[tuple[str, FieldChange]], masker: Masker) -> Iterator[tuple[str, FieldChange]]:
    for place, change in found:
        old, new = masker.value(change.old, change.path), masker.value(change.new, change.path)
        yield masker.pointer(place), replace(change, old=old, new=new)


def _cell(head: str, line: dict[str, Value]) -> str:
    value = line.get(head, MISSING)
    if value is MISSING or (value is None and head == "timestamp"):
        return ""
    return dumps(value) if head in ("old", "new") else str(value)
