"""`esviewer case`: pins of states, differences, events and histories in a file that can be checked later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, evidence_options, evidence_wanted, new_file, opened, store_argument, utf8
from esviewer.errors import UsageError

if TYPE_CHECKING:
    from esviewer.app.cases.case import Case, Pin
    from esviewer.app.cases.pinning import Rechecked
    from esviewer.app.session import Session
    from esviewer.work import Work

_file = click.argument("file", type=click.Path(dir_okay=False))
_note = click.option("--note", default="", callback=utf8, metavar="TEXT", help="Why it is pinned.")


@click.group()
def command() -> None:
    """Pin states, differences, events and histories to a case, and check later whether the store still says so."""


@command.command()
@_file
@store_argument
@click.option("--title", default="", callback=utf8, metavar="TEXT", help="What the case is about.")
@_note
@common(json=False)
def create(file: str, store: str, title: str, note: str, layout: str | None, debug: bool) -> None:
    """Begin a case about STORE."""
    del debug
    if Path(file).exists():
        raise UsageError(f"{file} is there already.", "Name another file.")
    with opened(store, layout, ()) as (session, _):
        from esviewer.app.cases.case import write_case
        from esviewer.app.cases.pinning import new_case

        write_case(new_case(session, title, note), Path(file))
    messages.note(f"Case begun in {file}.")


@command.command()
@_file
@store_argument
@click.option("--state", metavar="ID[@VERSION]", callback=utf8, help="A state, the newest without a version.")
@click.option("--event", metavar="ID@VERSION", callback=utf8, help="One event.")
@click.option("--diff", nargs=2, metavar="ID@V1 [ID2@]V2", help="What differs between two states.")
@click.option("--history", metavar="ID[@VERSION]", callback=utf8, help="Every change of the --field of an aggregate.")
@click.option("--field", "fields", multiple=True, metavar="POINTER", callback=None, help="For --history.")
@click.option("--chart", is_flag=True, help="Draw the --field in reports.")
@click.option("--findings", is_flag=True, help="Audit the store and pin all that is found.")
@_note
@common(reducer=True)
def pin(
    file: str,
    store: str,
    state: str | None,
    event: str | None,
    diff: tuple[str, str] | None,
    history: str | None,
    fields: tuple[str, ...],
    chart: bool,
    findings: bool,
    note: str,
    layout: str | None,
    reducers: tuple[str, ...],
    as_json: bool,
    debug: bool,
) -> None:
    """Ask STORE something and pin the answer."""
    del debug
    if sum(map(bool, (state, event, diff, history, findings))) != 1:
        raise UsageError("Say what to pin.", "One of --state, --event, --diff, --history or --findings.")
    if bool(history) != bool(fields):
        raise UsageError("--history and --field go together.", "As in --history order-1 --field /total.")
    from esviewer.app.cases.case import read_case, write_case

    case = read_case(Path(file))
    with opened(store, layout, reducers) as (session, work):
        from esviewer.app.asking import check_named_reducers
        from esviewer.app.cases import pinning

        target = new_file(file, session)
        made: list[Pin] = []
        if state:
            aggregate_id, version = _place(session, state, work)
            check_named_reducers(session, aggregate_id, work)
            made.append(pinning.pin_state(session, aggregate_id, version, note=note, work=work))
        elif event:
            made.append(pinning.pin_event(session, *_versioned(session, event, work), note=note, work=work))
        elif diff:
            first = _versioned(session, diff[0], work)
            second = (first[0], int(diff[1])) if diff[1].isdecimal() else _versioned(session, diff[1], work)
            for aggregate_id, _ in (first, second):
                check_named_reducers(session, aggregate_id, work)
            made.append(pinning.pin_diff(session, first, second, note=note, work=work))
        elif history:
            aggregate_id, version = _place(session, history, work)
            check_named_reducers(session, aggregate_id, work)
            made.append(pinning.pin_history(session, aggregate_id, fields, version, chart=chart, note=note, work=work))
        else:
            made += _found(session, store, note, work)
    for each in made:
        case = case.with_pin(each)
    write_case(case, target)
    for kept in case.pins[len(case.pins) - len(made) :]:
        if as_json:
            output.json_line(kept.as_json())
        else:
            output.line(output.visible(_line(kept)))


def _found(session: Session, store: str, note: str, work: Work) -> list[Pin]:
    from esviewer.app.auditing import Audit, kept_settings
    from esviewer.app.cases.pinning import pin_finding

    settings = kept_settings(Path(store))
    found = list(Audit(session, settings).run(work))
    return [pin_finding(session, finding, settings, note=note, work=work) for finding in found]


def _place(session: Session, text: str, work: Work) -> tuple[str, int | None]:
    """An aggregate and perhaps a version after the last @, unless there is an aggregate of that very name."""
    from esviewer.errors import NotFoundError

    name, at, version = text.rpartition("@")
    if at and version.lstrip("-").isdecimal() and len(version) < 20:
        try:
            session.store.summary(text, work=work)
        except NotFoundError:
            return name, int(version)
    return text, None


def _versioned(session: Session, text: str, work: Work) -> tuple[str, int]:
    aggregate_id, version = _place(session, text, work)
    if version is None:
        raise UsageError(f"{text!r} names no version.", "As in order-1@7.")
    return aggregate_id, version


@command.command()
@_file
@click.argument("number", type=int)
@click.option("--note", callback=utf8, metavar="TEXT", help="Another note.")
@click.option("--remove", is_flag=True, help="Take the pin out.")
@click.option("--debug", is_flag=True, hidden=True)
def edit(file: str, number: int, note: str | None, remove: bool, debug: bool) -> None:
    """Change the note of a pin, or take it out."""
    del debug
    from esviewer.app.cases.case import read_case, write_case

    case = read_case(Path(file))
    if remove:
        case = case.without(number)
    elif note is not None:
        case = case.with_note(number, note)
    else:
        raise UsageError("Say what to change.", "--note TEXT or --remove.")
    write_case(case, Path(file))


@command.command()
@_file
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--debug", is_flag=True, hidden=True)
def show(file: str, as_json: bool, debug: bool) -> None:
    """List what is pinned."""
    del debug
    from esviewer.app.cases.case import read_case

    case = read_case(Path(file))
    if as_json:
        output.json_line(case.as_json())
        return
    output.line(output.visible(case.title))
    for each in case.pins:
        output.line(output.visible(_line(each)))


@command.command()
@_file
@store_argument
@common(reducer=True)
def check(file: str, store: str, layout: str | None, reducers: tuple[str, ...], as_json: bool, debug: bool) -> int:
    """Ask STORE again for everything that is pinned; ends with 1 when it says something else now.

    Findings are looked for again by their checks: they are still there, changed, gone, or not checked.
    """
    del debug
    from esviewer.app.cases.case import read_case

    case = read_case(Path(file))
    found = _rechecked(case, store, layout, reducers)
    for each in found:
        if as_json:
            output.json_line(each.as_json())
        else:
            output.line(output.visible(f"{_line(each.pin)}  {_told(each)}"))
    differing = sum(1 for each in found if each.verdict != "same")
    pins = "1 pin" if len(found) == 1 else f"{len(found):,} pins"
    messages.note(f"{pins} checked: {differing:,} differ{'s' if differing == 1 else ''}.")
    return 1 if differing else 0


def _rechecked(case: Case, store: str, layout: str | None, reducers: tuple[str, ...]) -> list[Rechecked]:
    with opened(store, layout, reducers) as (session, work):
        from esviewer.app.cases.pinning import recheck_all

        return recheck_all(session, case, work)


def _told(found: Rechecked) -> str:
    if found.finding is not None:
        today = found.finding.replace("-", " ")
        return today if found.verdict == "same" else f"{today}: {found.reason}"
    return "same as then" if found.verdict == "same" else f"{found.verdict}: {found.reason}"


@command.command()
@_file
@click.option("--store", metavar="STORE", help="Ask this store again, and say what is different today.")
@click.option("--output", "-o", required=True, type=click.Path(dir_okay=False), metavar="FILE", help="The report.")
@evidence_options
@common(reducer=True, json=False)
def report(
    file: str,
    store: str | None,
    output: str,
    evidence: bool,
    seal: str | None,
    sign: str | None,
    layout: str | None,
    reducers: tuple[str, ...],
    debug: bool,
) -> None:
    """Write a report on a case, in the form that the file's ending names; evidence needs the --store."""
    del debug
    from esviewer.app.cases.case import read_case
    from esviewer.app.cases.reporting import case_to_file
    from esviewer.app.files import for_report
    from esviewer.report.write import check_ending

    check_ending(Path(output))
    case = read_case(Path(file))
    for_report(Path(output), str(case.store.get("label", "")) if store is None else store, Path(file))
    wanted = evidence_wanted(evidence, seal, sign)
    if store is None:
        case_to_file(case, Path(output), evidence=wanted)
    else:
        with opened(store, layout, reducers) as (session, work):
            case_to_file(case, Path(output), session=session, evidence=wanted, work=work)
    messages.written(output, proven=wanted is not None)


def _line(pin: Pin) -> str:
    asked = pin.asked
    if pin.kind == "diff":
        sides = [f"{side['aggregate_id']}@{side['version']}" for side in (asked["from"], asked["to"])]
        place = " and ".join(sides)
    else:
        place = str(asked["aggregate_id"] or "the store")
        if asked["version"] is not None:
            place += f"@{asked['version']}"
    extra = f" {', '.join(asked['pointers'])}" if pin.kind == "history" else ""
    if pin.kind == "finding" and isinstance(pin.content, dict):
        extra = f" {pin.content.get('check')}"
    note = f"  {pin.note}" if pin.note else ""
    return f"{pin.id:>3}  {pin.kind:8} {place}{extra}{note}"
