"""`esviewer help`."""

from __future__ import annotations

import click

from esviewer.cli import output
from esviewer.errors import UsageError


@click.command()
@click.argument("topic", required=False)
@click.option("--schema", metavar="FORMAT", help="Print the JSON Schema of this kind of files (see the topic formats).")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(topic: str | None, schema: str | None, debug: bool) -> int:
    """Print a page of the manual; without TOPIC, which pages there are.

    On a terminal it is laid out; into a file or a program it is the page's Markdown.
    """
    del debug
    from esviewer.app import formats, manual

    if schema is not None:
        if topic is not None:
            raise UsageError("TOPIC and --schema can't be given together.")
        output.text_pieces([formats.schema(schema).encode()])
        return 0
    if topic is None:
        output.table(("topic", "title"), ((each.topic, each.title) for each in manual.pages()))
    else:
        try:
            page = manual.page(topic)
        except UsageError as error:
            if topic not in _commands():
                raise
            hint = f"{error.hint} `esviewer {topic} --help` is about the command."
            raise UsageError(error.message, hint) from error
        output.markdown(page.text)
    return 0


def _commands() -> list[str]:
    above = click.get_current_context().parent
    return above.command.list_commands(above) if above is not None and isinstance(above.command, click.Group) else []
