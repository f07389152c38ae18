"""`esviewer find`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, opened, store_argument, utf8
from esviewer.model.counted import counted


@click.command()
@store_argument
@id_argument()
@click.argument("expression", metavar="[EXPR]", required=False, callback=utf8)
@click.option("--text", callback=utf8, metavar="TEXT", help="Look for a text in event types and payloads instead.")
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    expression: str | None,
    text: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Find all stretches of versions in which EXPR held, such as "state.balance < 0".

    EXPR is an expression over state, data, meta and event.
    """
    del debug
    from esviewer.app.asking import ask_find, asked_condition, found_as_json

    condition = asked_condition(expression, text)
    with opened(store, layout, reducers) as (session, work):
        from esviewer.cli.asked import asked_view, tell_basis

        view = asked_view(session, aggregate_id, work)
        found = found_as_json(view, ask_find(session, view, condition, text, work=work))
        tell_basis(session, view, work)
    if as_json:
        output.json_line(found)
        return
    output.table(
        ("from", "to", "from time", "to time"),
        (
            (str(each["from_version"]), str(each["to_version"]), each["from_time"] or "", each["to_time"] or "")
            for each in found["intervals"]
        ),
    )
    if not found["intervals"]:
        messages.note("It held at no version.")
    if found["unclear"]:
        unclear = counted(found["unclear"], "version")
        messages.note(f"At {unclear} it could not be told; that counts as not held.")
