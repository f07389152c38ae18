"""`esviewer layouts`: lists them, checks one against a store, proposes one for a store that none fits."""

from __future__ import annotations

from pathlib import Path

import click

from esviewer.cli import messages, output
from esviewer.cli.interruption import watch
from esviewer.cli.options import asker, store_argument


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, debug: bool) -> None:
    """List the layouts that are known: those that come with the program and your own."""
    del debug
    if ctx.invoked_subcommand is not None:
        return
    from esviewer.stores.layouts.layout import read_layouts

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
                "databases": list(layout.databases),
                "tested_with": layout.tested_with,
            }
            for layout in found
        )
    else:
        output.table(
            ("name", "versions", "description"),
            ((layout.name, layout.frameworks, layout.description) for layout in found),
        )


@command.command()
@click.argument("layout", metavar="FILE")
@store_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines, one object for each check.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def check(layout: str, store: str, as_json: bool, debug: bool) -> int:
    """Check a layout, FILE or a known one's name, against the rows of STORE; ends with 1 when a check failed."""
    del debug
    from esviewer.app.connections import resolve
    from esviewer.stores.checking import check_store
    from esviewer.stores.opening import open_store

    work = watch(messages.work())
    resolved = resolve(store, ask=asker())
    opened = open_store(resolved.target, layout, options=resolved.options, work=work)
    try:
        found = list(check_store(opened, work))
        messages.done()
    finally:
        opened.close()
    if as_json:
        output.json_lines(each.as_json() for each in found)
    else:
        output.table(
            ("check", "outcome", "what was found", "looked at"),
            ((each.name, each.outcome, each.sentence, f"{each.looked_at:,}") for each in found),
        )
    return 1 if any(each.outcome == "failed" for each in found) else 0


@command.command()
@store_argument
@click.option("--output", "file", metavar="FILE", type=click.Path(), help="Write the layout to a file.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def guess(store: str, file: str | None, debug: bool) -> None:
    """Propose a layout for STORE as TOML, with reasons: correct it, then pass it with --layout FILE."""
    del debug
    from esviewer.app.connections import resolve
    from esviewer.app.mapping import propose, proposed_text, save
    from esviewer.errors import UsageError

    resolved = resolve(store, ask=asker())
    proposal = propose(resolved.target, options=resolved.options, work=watch(messages.work()))
    messages.done()
    text = proposed_text(proposal)
    if file is None:
        for line in text.splitlines():
            output.line(line)
        return
    path = Path(file).expanduser()
    if path.suffix.lower() != ".toml":
        raise UsageError(f"A layout's file ends with .toml; {file} does not.", "Name another file.")
    if path.exists():
        raise UsageError(f"{file} is there already.", "Name another file, or remove it first.")
    save(text, path)
    messages.note(f"Written to {path}. Check it with `esviewer layouts check {path} STORE`.")
