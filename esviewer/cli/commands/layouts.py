"""`esviewer layouts`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output
from esviewer.stores.layout import read_layouts


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(as_json: bool, debug: bool) -> None:
    """List the layouts that are known: those that come with the program and your own."""
    del debug
    found, problems = read_layouts()
    for problem in problems:
        messages.note(f"Note: {problem}")
    if as_json:
        output.json_lines(
            {
                "name": layout.name,
                "title": layout.title,
                "versions": layout.frameworks,
                "description": layout.description,
                "source": layout.source,
            }
            for layout in found
        )
    else:
        output.table(
            ("name", "versions", "description"),
            ((layout.name, layout.frameworks, layout.description) for layout in found),
        )
