"""`esviewer help`."""

from __future__ import annotations

import click

from esviewer.cli import output


@click.command()
@click.argument("topic", required=False)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(topic: str | None, debug: bool) -> int:
    """Print a page of the manual; without TOPIC, which pages there are.

    On a terminal it is laid out; into a file or a program it is the page's Markdown.
    """
    del debug
    from esviewer.app import manual

    if topic is None:
        output.table(("topic", "title"), ((each.topic, each.title) for each in manual.pages()))
    else:
        output.markdown(manual.page(topic).text)
    return 0
