"""`esviewer completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from esviewer.cli import output
from esviewer.cli.options import COMPLETION
from esviewer.errors import UsageError


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands, options and files in your shell.

    For bash: eval "$(esviewer completion bash)", best from ~/.bashrc.
    """
    found = get_completion_class(shell)
    if found is None:
        raise UsageError(f"There is no completion for {shell}.")
    context = click.get_current_context().find_root()
    output.line(found(context.command, {}, "esviewer", COMPLETION).source())
