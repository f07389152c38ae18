"""`esviewer doctor`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output


@click.command()
@click.option("--no-window", is_flag=True, help="Don't try whether a window can be opened.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(no_window: bool, as_json: bool, debug: bool) -> int:
    """Print what somebody who helps would ask for: versions, folders, and what is wrong with them.

    Nothing secret is printed, nor any name of a store. Ends with 1 when something looks wrong.
    """
    del debug
    from esviewer.app.doctor import examine

    facts = list(examine(window=not no_window))
    wrong = [fact for fact in facts if fact.wrong]
    if as_json:
        output.json_lines(fact.as_json() for fact in facts)
    else:
        rows = ((fact.section, fact.name, f"! {fact.value}" if fact.wrong else fact.value) for fact in facts)
        output.table(("section", "name", "value"), rows)
    if wrong:
        messages.note(f"{len(wrong)} of these may be why something doesn't work." if len(wrong) > 1 else
                      "One of these may be why something doesn't work.")
    return 1 if wrong else 0
