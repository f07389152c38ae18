"""`esviewer reducer`: checks one against stored snapshots, infers or proposes one, and trusts those that are code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, opened, store_argument, utf8
from esviewer.model.counted import counted

if TYPE_CHECKING:
    from esviewer.app.checking import AggregateCheck, Totals
    from esviewer.app.consent import ForeignDescription
    from esviewer.app.inferring import Inferred
    from esviewer.app.session import Session
    from esviewer.model.values import Value

_PATHS_SHOWN = 5
_VALUE_SHOWN = 60


@click.group()
def command() -> None:
    """Reducers rebuild states out of events: check one, infer or propose one, say which code may run."""


_type_option = click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only aggregates of a type.")
_file_argument = click.argument("file", metavar="FILE", type=click.Path())
_debug_option = click.option("--debug", is_flag=True, help="Show the traceback of an error.")


@command.command()
@_file_argument
@store_argument
@_type_option
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most N aggregates.")
@common()
def check(
    file: str,
    store: str,
    type_glob: str | None,
    limit: int | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> int:
    """Replay all aggregates with snapshots by the reducer FILE and compare.

    Ends with 1 when any snapshot differs, when none could be compared, when a reducer that is a program fails at an
    event, or when it does not do the same again: some aggregates are folded twice to see.
    """
    del debug
    from esviewer.app.checking import Totals, check_snapshots

    totals = Totals()
    with opened(store, layout, (file,)) as (session, work):
        checks = check_snapshots(session, type_glob=type_glob, limit=limit, work=work)
        found = _counted(checks, totals)
        if as_json:
            output.json_lines(each.as_json() for each in found)
            output.json_line({"summary": totals.as_json()})
        else:
            for each in found:
                if each.differ or each.unreadable or each.beyond_head or each.unrepeatable or each.failure:
                    _show(each)
            messages.done()
            _show_totals(totals)
        if not totals.compared:
            messages.note(f"Nothing was compared{_why_none(session, totals)}: the reducer is not confirmed.")
    return 0 if totals.good else 1


def _counted(checks: Iterator[AggregateCheck], totals: Totals) -> Iterator[AggregateCheck]:
    for each in checks:
        totals.add(each)
        yield each


def _why_none(session: Session, totals: Totals) -> str:
    if not session.store.has_snapshots:
        return ", since the store has no snapshots"
    if totals.failed:
        return ", since the reducer failed before any snapshot"
    if totals.aggregates:
        return ", since no snapshot is both readable and of a version that there is"
    return ", since no aggregate that has a snapshot is of a type that is asked for and that the reducer is for"


def _show(each: AggregateCheck) -> None:
    numbers = [f"{each.agree:,} of {counted(each.snapshots, 'snapshot')} {'agrees' if each.agree == 1 else 'agree'}"]
    if each.unreadable:
        numbers.append(f"{each.unreadable:,} can't be read")
    if each.beyond_head:
        numbers.append(f"{each.beyond_head:,} beyond the newest event")
    if each.not_rebuilt:
        numbers.append(f"{each.not_rebuilt:,} could not be rebuilt")
    output.line(output.visible(f"{each.aggregate_id}  {each.aggregate_type or ''}".rstrip()))
    output.line(f"  {', '.join(numbers)}")
    if each.failure:
        output.line(output.visible(f"  {each.failure}"))
    if each.unrepeatable is not None:
        output.line(output.visible(f"  {each.unrepeatable.sentence()}"))
    if each.first_diverging_version is None:
        return
    start = "nothing" if each.last_agreeing_version is None else f"version {each.last_agreeing_version}, which agrees,"
    output.line(f"  first differs at version {each.first_diverging_version}; look between {start} and there")
    for difference in each.paths[:_PATHS_SHOWN]:
        shown = difference.as_json()
        replayed, stored = (_short(shown, side) for side in ("replayed", "stored"))
        output.line(output.visible(f"  {shown['path'] or '(the whole state)'}: replayed {replayed}, stored {stored}"))
    if each.paths_in_all > _PATHS_SHOWN:
        output.line(f"  and {counted(each.paths_in_all - _PATHS_SHOWN, 'more path')}")


def _short(shown: dict[str, Value], side: str) -> str:
    from esviewer.model.exactjson import dumps

    text = dumps(shown[side]) if side in shown else "nothing"
    return text if len(text) <= _VALUE_SHOWN else text[: _VALUE_SHOWN - 1] + "…"


def _show_totals(totals: Totals) -> None:
    output.line(
        f"{counted(totals.compared, 'snapshot')} of {counted(totals.aggregates, 'aggregate')} compared: "
        f"{counted(totals.agree, 'agrees', 'agree')}, {counted(totals.differ, 'differs', 'differ')}"
    )
    if totals.unreadable:
        output.line(f"{totals.unreadable:,} more can't be read")
    if totals.beyond_head:
        beyond = counted(totals.beyond_head, "more lies", "more lie")
        output.line(f"{beyond} beyond {'its' if totals.beyond_head == 1 else 'their'} aggregate's newest event")
    if totals.failed:
        failed, left = counted(totals.failed, "aggregate"), counted(totals.not_rebuilt, "snapshot")
        output.line(f"the program failed at {failed}: {left} not reached")
    if totals.folded_twice:
        same = totals.folded_twice - totals.unrepeatable
        twice = counted(totals.folded_twice, "aggregate")
        output.line(f"{twice} folded twice: {same:,} with the same states again")


@command.command()
@store_argument
@_type_option
@click.option("--layout", metavar="NAME|FILE", help="How to read the store's tables.")
@_debug_option
def propose(store: str, type_glob: str | None, layout: str | None, debug: bool) -> None:
    """Print rules to start from: one for each event type of STORE, for you to complete."""
    del debug
    from esviewer.app.starting_rules import starting_rules

    with opened(store, layout) as (session, work):
        text = starting_rules(session.store, type_glob, work)
    _print(text)


def _print(text: str) -> None:
    for line in text.splitlines():
        output.line(output.visible(line))


@command.command()
@store_argument
@_type_option
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most N aggregates of each type.")
@click.option(
    "--output",
    "output_file",
    metavar="FILE",
    type=click.Path(),
    help="Write the rules to a .toml file, or one file for each type into a folder.",
)
@common()
def infer(
    store: str,
    type_glob: str | None,
    limit: int | None,
    output_file: str | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> int:
    """Search the rules that turn STORE's events into its snapshots, and verify them on snapshots held out.

    Ends with 1 when rules are incomplete: something is unexplained, differs, or could not be verified.
    """
    del debug
    from esviewer.app.inferring import infer_rules

    with opened(store, layout) as (session, work):
        found = infer_rules(session, type_glob, limit, work=work)
        complete = _shown(found, output_file, session.store.label, as_json)
        if len(complete) > 1 and output_file is None and not as_json:
            messages.note("Note: each type's rules are a file of their own; --output FOLDER writes them so.")
        if not complete:
            has = session.store.has_snapshots
            why = "no aggregate that is asked for has one that can be read" if has else "the store has none"
            messages.note(f"Note: rules are inferred from snapshots, and {why}.")
    return 0 if complete and all(complete) else 1


def _shown(found: Iterator[Inferred], folder: str | None, label: str, as_json: bool) -> list[bool]:
    """Print or write each type's rules; returns whether each is complete."""
    from esviewer.app.inferring import save_rules

    if folder is not None:
        every = list(found)
        files = save_rules(every, folder, label) if every else []
    complete: list[bool] = []
    for number, each in enumerate(found if folder is None else every):
        complete.append(each.complete)
        if as_json:
            output.json_line(each.as_json())
        elif folder is not None:
            output.line(output.visible(str(files[number])))
            for remark in each.remarks():
                output.line(output.visible(f"  {remark}"))
        else:
            if number:
                output.line("")
            _print(each.text())
    return complete


@command.command()
@_file_argument
@click.option("--yes", is_flag=True, help="Don't ask.")
@_debug_option
def trust(file: str, yes: bool, debug: bool) -> int:
    """Let the code that the reducer FILE names run from now on, as it is now."""
    del debug
    from esviewer.app.consent import Consents
    from esviewer.errors import UsageError

    found = _code_of(file)
    _describe(found, Path(file))
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("Nobody is at a terminal to be asked.", "Read that code; --yes says that you trust it.")
        if not click.confirm("Let this code run with your rights, whenever the reducer is used?", err=True):
            messages.note("It is not trusted.")
            return 1
    # What was shown is what is agreed to, whatever has become of the files meanwhile.
    Consents().agree(found)
    messages.note(f"{found.name} is trusted. Any change to these files ends that.")
    return 0


def _code_of(file: str) -> ForeignDescription:
    from esviewer.app.consent import describe
    from esviewer.app.reducers import load_reducer
    from esviewer.errors import UsageError
    from esviewer.replay.foreign.reducer import ForeignReducer

    path = Path(file).expanduser()
    if not isinstance(load_reducer(path), ForeignReducer):
        raise UsageError(f"{file} holds rules, not code.", "Rules can do no harm: they are used without consent.")
    return describe(path)


def _describe(found: ForeignDescription, file: Path) -> None:
    output.line(output.visible(f"{found.name} runs: {found.command}"))
    if found.changed is not None:
        output.line(output.visible(f"It is not as it was {found.changed.sentence()}."))
    # The file too: it says what is run, and the digest covers it.
    for code in (file.expanduser().absolute(), *found.files):
        output.line(output.visible(f"  {code}"))
    output.line(found.digest)


@command.command()
@_file_argument
@_debug_option
def untrust(file: str, debug: bool) -> int:
    """Take back that the code of the reducer FILE may run; ends with 1 when it was not trusted."""
    del debug
    from esviewer.app.consent import Consents

    found = _code_of(file)
    revoked = Consents().revoke(found.digest)
    messages.note(f"{found.name} {'is no longer' if revoked else 'was not'} trusted as it is now.")
    return 0 if revoked else 1
