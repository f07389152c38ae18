"""Writes the manual's reference of the command line, resources/help/reference.md, out of the commands themselves.

    python packaging/reference.py

A test fails when the page is another than what this writes.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import click

from esviewer.cli.main import cli

PAGE = Path(__file__).resolve().parent.parent / "resources" / "help" / "reference.md"
HEAD = """\
# Reference of the command line

All commands with their arguments and options, as `esviewer COMMAND --help` prints them. What they answer in one look is
in [The command line](command-line.md). STORE is a file, a URL or the
name of a saved connection: see [Stores and connections](stores.md). TIME is typed as in
[Why is this value what it is?](time-machine.md).

| exit code | means |
| --- | --- |
| 0 | done |
| 1 | done, and the answer is no: findings at or above `--fail-on`, something differs, a verification failed |
| 2 | wrong usage |
| 3 | the store can't be opened or read, or a file can't be written |
| 4 | no such aggregate or version |
| 130 | interrupted |

Results go to stdout, progress and errors to stderr: one line that says what is wrong and what to do.
All commands know `--help`; all but `completion` also `--debug`, which prints an error's traceback.
`esviewer --no-plugins COMMAND` uses no [plug-in](plugins.md).
"""
COMMON = ("--debug", "--help")
ARGUMENTS = {
    "STORE": "A file, a URL, or the name of a saved connection.",
    "ID": "An aggregate's id.",
    "VERSION": "A version of the aggregate.",
    "FROM": "A version or a time.",
    "TO": "A version or a time.",
    "POINTER": "The path of a value, as a JSON Pointer: /balance.",
    "EXPR": "A condition over state, or over data, meta and event.",
    "FILE": "A file: of rules, of a projection, a layout, a seal, a case or events, as the command says.",
    "SEAL": "A seal's file.",
    "TOPIC": "A page of the manual.",
    "NUMBER": "A pin's number, as `case show` prints it.",
    "NAME": "A name as `esviewer plugins` lists it, KIND/NAME, or a package.",
    "EVENT": "ID@VERSION, or an event's id.",
}
"""What arguments are, by their names."""


def cell(text: str) -> str:
    """A text as a table's cell."""
    return re.sub(r"\s+", " ", text).strip().replace("|", "\\|")


def argument(written: str) -> str:
    """What an argument is, as its usage writes it; raises KeyError where nobody said so yet."""
    name = written.strip("[].").removesuffix("...").strip("[]")
    return "One of them." if name.startswith("{") else ARGUMENTS[name]


def described(command: click.Command) -> str:
    """What a command says of itself, as paragraphs."""
    text = (command.help or "").split("\f")[0]
    paragraphs = re.split(r"\n\s*\n", textwrap.dedent(text).strip().removeprefix("\b\n"))
    filled = (textwrap.fill(" ".join(part.split()), 120, break_on_hyphens=False) for part in paragraphs if part)
    return "\n\n".join(filled)


def of_command(name: str, command: click.Command, parent: click.Context) -> Iterator[str]:
    """The section of one command, and those of its subcommands."""
    context = click.Context(command, info_name=name, parent=parent)
    path = context.command_path
    yield f"## {path}\n"
    yield described(command) + "\n"
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from of_command(inner, found, context)
        return
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    yield f"`{usage}`\n"
    rows = []
    for option in command.get_params(context):
        if isinstance(option, click.Argument):
            written = option.make_metavar(context)
            rows.append(f"| `{cell(written)}` | {cell(argument(written))} |")
            continue
        record = option.get_help_record(context)
        if record is not None and not set(option.opts) & set(COMMON):
            rows.append(f"| `{cell(record[0])}` | {cell(record[1])} |")
    if rows:
        yield "\n".join(["| argument, option | does |", "| --- | --- |", *rows]) + "\n"


def pieces() -> Iterator[str]:
    """The page in pieces."""
    yield HEAD
    context = click.Context(cli, info_name="esviewer")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        yield from of_command(name, command, context)


def reference() -> str:
    """The page."""
    return "\n".join(pieces())


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}: {reference().count('## ')} commands\n")
