"""The `esviewer` command: finds the subcommand, loads only that one, and ends with the right exit code."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from difflib import get_close_matches
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem, shell_complete

from esviewer import __version__, itself
from esviewer.cli import interruption, messages, output
from esviewer.cli.options import COMPLETION
from esviewer.errors import CancelledError, EsviewerError, UsageError
from esviewer.plugins import VARIABLE as NO_PLUGINS

_COMMANDS = {
    "open": "Open the window on a store.",
    "info": "A store in numbers.",
    "aggregates": "List aggregates.",
    "events": "List events.",
    "tail": "Print events as they arrive.",
    "state": "Rebuild an aggregate's state.",
    "diff": "Compare two versions of an aggregate.",
    "blame": "Say which event wrote each value.",
    "history": "List every change of a value.",
    "find": "Find the versions in which a condition held.",
    "trace": "Show all events of one correlation, as a tree of causes and effects.",
    "flow": "Show which event type follows which, how often and after what time.",
    "rollback": "Say what going back to a version would undo.",
    "whatif": "Replay with events left out, edited or inserted in memory.",
    "folds": "Compare what two reducers make of the same events.",
    "report": "Write an aggregate's audit report.",
    "export": "Export events.",
    "import": "Make a store of a file of events.",
    "projection": "Make tables by replaying all aggregates, as a projection file says.",
    "demo": "Make a demo store.",
    "reducer": "Check, infer or trust what rebuilds states.",
    "layouts": "List layouts, check one against a store, or propose one.",
    "plugins": "List plug-ins, and switch them on and off.",
    "audit": "Check all events, snapshots and states of a store.",
    "schema": "Describe the payloads of all event types.",
    "seal": "Seal a store, so that every later change can be found.",
    "activity": "Print what was opened, exported and reported on this machine.",
    "verify": "Verify a store by its seal, or a proof by itself.",
    "prove": "Write the proof that one event was sealed.",
    "case": "Pin answers of a store to a file, and check them later.",
    "doctor": "Print versions, folders and what is wrong with them, for whoever helps.",
    "help": "Print a page of the manual.",
    "completion": "Print the script that completes commands in your shell.",
}


class _Commands(click.Group):
    """Subcommands, each loaded when it is called; anything else as first word is a store to open."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"esviewer.cli.commands.{cmd_name}{'_' if iskeyword(cmd_name) else ''}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            _check_spelling(args[0])
            args = ["open", *args]
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        if incomplete.startswith("-"):
            return super().shell_complete(ctx, incomplete)
        # Out of the table: asking the commands themselves would load all of them.
        found = [CompletionItem(name, help=text) for name, text in _COMMANDS.items() if name.startswith(incomplete)]
        return found or [CompletionItem(incomplete, type="file")]

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
@click.option("--no-plugins", is_flag=True, help="Use no plug-in, as with ESVIEWER_NO_PLUGINS=1.")
@click.pass_context
def cli(ctx: click.Context, no_plugins: bool) -> Any:
    """Audit and time travel for event-sourced systems; reads stores, never writes them.

    `esviewer [STORE]` opens the window; the commands below work without one.
    """
    if no_plugins:
        ctx.call_on_close(_without_plugins())
    if ctx.invoked_subcommand is None:
        return ctx.invoke(_open_command())
    return 0


def _without_plugins() -> Callable[[], None]:
    """Use no plug-in here and in processes that help, until what is returned is called."""
    before = os.environ.get(NO_PLUGINS)
    os.environ[NO_PLUGINS] = "1"

    def end() -> None:
        del os.environ[NO_PLUGINS]
        if before is not None:
            os.environ[NO_PLUGINS] = before

    return end


def _check_spelling(word: str) -> None:
    near = get_close_matches(word, _COMMANDS, 1, 0.7)
    if near and not Path(word).exists():
        raise UsageError(f"There is neither a command nor a file {word}.", f"Did you mean `esviewer {near[0]}`?")


def _open_command() -> click.Command:
    return importlib.import_module("esviewer.cli.commands.open").command  # type: ignore[no-any-return]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit."""
    # In a frozen program this is also how the processes begin that help it to read a store; they end in here.
    itself.begin()
    output.prepare()
    interruption.install()
    code = _run(sys.argv[1:] if arguments is None else arguments)
    try:
        output.flush()
    except (output.ReaderGoneError, EsviewerError):
        output.abandon()
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    debug = "--debug" in arguments
    messages.conceal(arguments)
    try:
        code = _called(arguments)
        messages.done()
        output.flush()
        return code if isinstance(code, int) else 0
    except (output.ReaderGoneError, BrokenPipeError):
        output.abandon()
        return 0
    except (KeyboardInterrupt, click.Abort, CancelledError):
        return _interrupted()
    except Exception as error:
        if interruption.happened():
            return _interrupted()
        if debug and not isinstance(error, click.ClickException):
            messages.trace()
        return _failed(error, debug)


def _called(arguments: list[str]) -> Any:
    # Not through click's own main, which has an opinion on interruptions and on readers that have gone.
    asked = os.environ.get(COMPLETION)
    if asked:
        return shell_complete(cli, {}, "esviewer", COMPLETION, asked)
    try:
        with cli.make_context("esviewer", list(arguments)) as context:
            return cli.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code


def _interrupted() -> int:
    # What is still buffered would wait for a reader that may have stopped reading.
    output.abandon()
    messages.error("Interrupted.")
    return 130


def _missing_command(context: click.Context | None) -> tuple[str, str]:
    # What click would say is a page of help, which is no one line.
    assert context is not None
    path, group = context.command_path, context.command
    assert isinstance(group, click.Group)
    *names, last = group.list_commands(context)
    return f"`{path}` needs a command: {', '.join(names)} or {last}.", f"See `{path} --help`."


def _failed(error: Exception, debug: bool) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        messages.error(*_missing_command(error.ctx))
        return 2
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        messages.error(error.format_message(), f"See `{context.command_path} --help`." if context else "")
        return 2
    if isinstance(error, EsviewerError):
        messages.error(error.message, error.hint)
        return error.exit_code
    hint = "" if debug else "Run it again with --debug for the details."
    messages.error(f"{type(error).__name__}: {error}. This is a fault of esviewer.", hint)
    return 3
