"""`esviewer blame`."""

from __future__ import annotations

import click

from esviewer.cli import output
from esviewer.cli.options import (
    at_option,
    common,
    count_wanted,
    id_argument,
    instant_wanted,
    mask_option,
    masker_asked,
    opened,
    store_argument,
    utf8,
)
from esviewer.errors import NotRebuiltError
from esviewer.model.change import pointer
from esviewer.model.exactjson import dumps


@click.command()
@store_argument
@id_argument()
@click.argument("place", metavar="[POINTER]", required=False, callback=utf8)
@at_option
@mask_option
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    place: str | None,
    version: int | None,
    as_of: str | None,
    mask: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Say which event last changed each value of a state, and which removed what is gone.

    POINTER, such as /items/0/quantity, asks about one value or all below it.
    """
    del debug
    instant = instant_wanted(version, as_of)
    with opened(store, layout, reducers) as (session, work):
        from esviewer.app.asking import ask_blame
        from esviewer.cli.asked import asked_view, basis_told

        view = asked_view(session, aggregate_id, work, lenient=version is not None or instant is not None)
        masker = masker_asked(session, mask)
        count = count_wanted(view, version, instant)
        at = int(view.versions[count - 1])
        try:
            view.need_state(at)
        except NotRebuiltError as error:
            raise error.why from None
        with basis_told(session, view, work, masker, up_to=at):
            found = ask_blame(session, view, count, place, work=work)
        if masker is not None:
            found = [each.masked(masker) for each in found]
        if as_json:
            output.json_lines(each.as_json() for each in found)
            return
        output.table(
            ("path", "value", "version", "event", "time", "actor"),
            (
                (
                    ("removed " if each.removed else "") + (pointer(each.path) or "(the state)"),
                    dumps(each.value),
                    *(
                        ("", "the initial state", "", "")
                        if each.fact is None
                        else (
                            str(each.fact.version),
                            each.fact.type,
                            each.fact.timestamp or "",
                            each.fact.actor or "",
                        )
                    ),
                )
                for each in found
            ),
        )
