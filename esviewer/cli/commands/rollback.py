"""`esviewer rollback`."""

from __future__ import annotations

from pathlib import Path

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, id_argument, new_file, opened, store_argument, utf8, version_wanted
from esviewer.errors import UsageError

_FORMS = {".json": "json", ".md": "markdown"}
_NOT_WRITTEN = (".pdf", ".html", ".xlsx", ".csv")


def _form_of(file: str | None) -> str:
    """The form that a file's ending asks for; raises UsageError where it asks for a report's."""
    ending = "" if file is None else Path(file).suffix.lower()
    if ending in _NOT_WRITTEN:
        raise UsageError(f"A rollback can't be written as {ending[1:]}.", "Use .txt, .md or .json.")
    return _FORMS.get(ending, "text")


@click.command()
@store_argument
@id_argument()
@click.argument("target", metavar="TO", callback=utf8)
@click.option("--from", "now", metavar="FROM", callback=utf8, help="Back from there, not from the newest version.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown", "patch"]),
    help="patch: only the JSON Patch (RFC 6902).",
)
@click.option("--output", "target_file", metavar="FILE", type=click.Path(), help="Write it to a file.")
@common(reducer=True)
def command(
    store: str,
    aggregate_id: str,
    target: str,
    now: str | None,
    form: str | None,
    target_file: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Say what it would take to bring a state back to what it was at TO, and which events that would undo.

    TO and FROM are versions or times. Nothing is written to the store.
    """
    del debug
    if as_json and form not in (None, "json"):
        raise UsageError(f"--json and --format {form} can't be given together.")
    form = "json" if as_json else form or _form_of(target_file)
    from esviewer.app.typed_place import typed_place

    for text in (target, now):
        if text is not None:
            typed_place(text)
    with opened(store, layout, reducers) as (session, work):
        from esviewer.app.asking import ask_rollback
        from esviewer.app.rollback_forms import document, save
        from esviewer.cli.asked import asked_view, tell_basis

        file = None if target_file is None else new_file(target_file, session)
        view = asked_view(session, aggregate_id, work)
        to = version_wanted(view, target, "TO")
        since = None if now is None else version_wanted(view, now, "--from")
        found = ask_rollback(session, view, to, since, work=work)
        tell_basis(session, view, work)
        if file is not None:
            save(found, form, file)
            messages.note(f"Written to {file}.")
        elif form in ("json", "patch"):
            output.json_line(found.as_json() if form == "json" else found.patch())
        else:
            for line in document(found, form).splitlines():
                output.line(output.visible(line))
