"""`esviewer plugins`."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from esviewer.cli import messages, output


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON Lines.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def command(ctx: click.Context, as_json: bool, debug: bool) -> None:
    """List the plug-ins that are installed, whether each is on, and what is wrong with it.

    They are programs of others and run with your rights: install only what you trust. Those that are on are loaded to
    be looked at; with `esviewer --no-plugins` before a command none is.
    """
    del debug
    if ctx.invoked_subcommand is not None:
        return
    from esviewer.app.plugins import states

    found = states()
    if as_json:
        output.json_lines(each.as_json() for each in found)
    elif found:
        output.table(
            ("name", "kind", "package", "version", "state", "reason"),
            (
                (each.plugin.name, each.plugin.kind, each.plugin.package, each.plugin.version, each.state, each.reason)
                for each in found
            ),
        )
    if not found:
        messages.note("No plug-in is installed.")


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from esviewer import plugins

    return [CompletionItem(each.name) for each in plugins.found() if each.name.startswith(incomplete)]


def _switched(names: tuple[str, ...], on: bool) -> None:
    from esviewer import plugins
    from esviewer.app.plugins import switch

    chosen = [each for name in names for each in plugins.called(name)]
    switch(chosen, on)
    for each in dict.fromkeys(chosen):
        messages.note(f"The {each.kind} {each} is switched {'on' if on else 'off'}.")


@command.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=_names)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def disable(names: tuple[str, ...], debug: bool) -> None:
    """Switch plug-ins off: by NAME, KIND/NAME, or all of a package."""
    del debug
    _switched(names, False)


@command.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True, shell_complete=_names)
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def enable(names: tuple[str, ...], debug: bool) -> None:
    """Switch plug-ins on again: by NAME, KIND/NAME, or all of a package."""
    del debug
    _switched(names, True)
