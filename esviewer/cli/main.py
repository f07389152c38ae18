"""The `esviewer` command: finds the subcommand, loads only that one, and ends with the right exit code."""

from __future__ import annotations

import importlib
import signal
import sys
import traceback
from types import FrameType
from typing import Any

import click

from esviewer import __version__
from esviewer.cli import messages, output
from esviewer.errors import EsviewerError

_COMMANDS = {
    "open": "Open the window on a store.",
    "info": "A store in numbers.",
    "aggregates": "List aggregates.",
    "events": "List events.",
    "state": "Rebuild an aggregate's state.",
    "diff": "Compare two versions of an aggregate.",
    "report": "Write an aggregate's audit report.",
    "export": "Export events.",
    "demo": "Make a demo store.",
    "layouts": "List the layouts that are known.",
    "completion": "Print the script that completes commands in your shell.",
}


class _Commands(click.Group):
    """Subcommands, each loaded when it is called; anything else as first word is a store to open."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"esviewer.cli.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            args = ["open", *args]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="STORE is a file, a SQLAlchemy URL such as postgresql://user@host/database, or nothing for the start page. "
    "Exit codes: 0 done, 1 done and the answer is no, 2 wrong usage, 3 the store can't be opened or read, "
    "4 no such aggregate or version, 130 interrupted.",
)
@click.version_option(__version__, prog_name="esviewer")
@click.pass_context
def cli(ctx: click.Context) -> Any:
    """Audit and time travel for event-sourced systems; reads stores, never writes them.

    `esviewer [STORE]` opens the window; the commands below work without one.
    """
    if ctx.invoked_subcommand is None:
        return ctx.invoke(_open_command())
    return 0


def _open_command() -> click.Command:
    return importlib.import_module("esviewer.cli.commands.open").command  # type: ignore[no-any-return]


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    output.prepare()
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(_run(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    try:
        code: Any = cli.main(args=arguments, prog_name="esviewer", standalone_mode=False)
        messages.done()
        output.flush()
        return code if isinstance(code, int) else 0
    except output.ReaderGoneError:
        output.abandon()
        return 0
    except (KeyboardInterrupt, click.Abort):
        messages.error("Interrupted.")
        return 130
    except click.exceptions.Exit as exit_:
        return exit_.exit_code
    except click.ClickException as error:
        messages.error(error.format_message(), _usage(error))
        return 2
    except EsviewerError as error:
        _trace(debug)
        messages.error(error.message, error.hint)
        return error.exit_code
    except Exception as error:
        _trace(debug)
        hint = "" if debug else "This is a fault of esviewer; run it again with --debug for the details."
        messages.error(f"{type(error).__name__}: {error}", hint)
        return 3


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    return f"See `{context.command_path} --help`." if context is not None else ""


def _trace(debug: bool) -> None:
    if debug:
        traceback.print_exc()
