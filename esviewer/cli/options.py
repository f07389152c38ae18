"""Options and steps that several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click
from click.shell_completion import CompletionItem

from esviewer.cli import messages
from esviewer.cli.interruption import watch
from esviewer.errors import UsageError
from esviewer.model.counted import counted

if TYPE_CHECKING:
    from esviewer.app.as_of import AsOf
    from esviewer.app.evidence import EvidenceWanted
    from esviewer.app.masking import InForce
    from esviewer.app.session import Session
    from esviewer.app.typed_place import Located
    from esviewer.app.view import AggregateView
    from esviewer.model.instant import Instant
    from esviewer.model.masking import Masker
    from esviewer.work import Work

POSITION = click.IntRange(-(1 << 63), (1 << 63) - 1)
"""What databases can be asked for as a position."""
COMPLETION = "_ESVIEWER_COMPLETE"
"""The environment variable in which a shell asks for completions."""

_Function = TypeVar("_Function", bound=Callable[..., Any])


def utf8(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Callback for an argument that is compared with a store's texts: bytes that are no text come as surrogates."""
    try:
        (value or "").encode()
    except UnicodeEncodeError:
        raise click.BadParameter(f"{value!r} is not text in this terminal's encoding.", ctx, param) from None
    return value


def _layouts(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from esviewer.stores.layouts.layout import all_layouts

    named = [CompletionItem(layout.name) for layout in all_layouts() if layout.name.startswith(incomplete)]
    # Shells offer files only where nothing else is offered.
    return named or [CompletionItem(incomplete, type="file")]


def _operator(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        from esviewer.app.operator import give

        give(value)


def store_argument(function: _Function) -> _Function:
    """The STORE that a command reads."""
    return click.argument("store", type=click.Path())(function)


def id_argument(*, required: bool = True) -> Callable[[_Function], _Function]:
    """The ID of an aggregate."""
    return click.argument("aggregate_id", metavar="ID" if required else "[ID]", callback=utf8, required=required)


def common(*, reducer: bool = False, json: bool = True) -> Callable[[_Function], _Function]:
    """`--layout`, `--debug`, and where they make sense `--reducer` and `--json`."""

    def decorate(function: _Function) -> _Function:
        function = click.option("--debug", is_flag=True, help="Show the traceback of an error.")(function)
        function = click.option(
            "--operator",
            metavar="NAME",
            expose_value=False,
            callback=_operator,
            help="Who asks, for reports and the activity log (else ESVIEWER_OPERATOR, else the settings).",
        )(function)
        if json:
            function = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(function)
        if reducer:
            function = click.option(
                "--reducer",
                "reducers",
                multiple=True,
                metavar="FILE",
                type=click.Path(),
                help="A rules file, or a folder of them, to rebuild states with.",
            )(function)
        return click.option(
            "--layout", metavar="NAME|FILE", shell_complete=_layouts, help="How to read the store's tables."
        )(function)

    return decorate


def masking_options(function: _Function) -> _Function:
    """`--mask FILE` and `--no-mask`, for what is masked unless it is asked not to be."""
    function = click.option("--no-mask", is_flag=True, help="Mask nothing; the activity log says so.")(function)
    return click.option(
        "--mask", metavar="FILE", type=click.Path(), help="Masking rules (default: those in force for the store)."
    )(function)


def evidence_options(function: _Function) -> _Function:
    """`--evidence`, `--seal` and `--sign`, for reports that prove themselves."""
    function = click.option(
        "--sign", type=click.Path(), metavar="KEY.pem", help="Sign the evidence with this Ed25519 key; as --evidence."
    )(function)
    function = click.option(
        "--seal", type=click.Path(), metavar="SEAL", help="Prove the events by this seal of the store; as --evidence."
    )(function)
    return click.option(
        "--evidence", is_flag=True, help="Write FILE.evidence.json too, by which the report can be verified."
    )(function)


def evidence_wanted(evidence: bool, seal: str | None, sign: str | None) -> EvidenceWanted | None:
    """What these options ask for."""
    if not evidence and seal is None and sign is None:
        return None
    from esviewer.app.evidence import EvidenceWanted

    return EvidenceWanted(None if seal is None else Path(seal), None if sign is None else Path(sign))


def mask_option(function: _Function) -> _Function:
    """`--mask FILE|usual`, for what is printed as it is unless it is asked to be masked."""
    return click.option(
        "--mask", metavar="FILE|usual", type=click.Path(), help="Mask by this file's rules, or by those in force."
    )(function)


def masker_asked(session: Session, mask: str | None) -> Masker | None:
    """What masks, as `--mask` asks for; None where it was not given. Raises RulesError."""
    return None if mask is None else masking(session, mask).masker()


USUAL = "usual"


def masking(session: Session, mask: str | None, no_mask: bool = False) -> InForce:
    """The rules that `--mask` and `--no-mask` ask for; raises UsageError and RulesError."""
    from esviewer.app.masking import in_force

    if mask is not None and no_mask:
        raise UsageError("--mask and --no-mask can't be given together.")
    return in_force(session.store.label, None if mask == USUAL else mask, off=no_mask)


if TYPE_CHECKING:
    _OfInt = click.ParamType[int]
else:
    # Older releases of click have no generic types of parameters.
    _OfInt = click.ParamType


class _Version(_OfInt):
    """A version; whoever gives a time instead is told which option takes one."""

    name = "version"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            return int(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a version, which is a whole number. A time is given with --as-of.", param, ctx)


VERSION: Final = _Version()
"""The type of `--at` where there is `--as-of` too."""


def at_option(function: _Function) -> _Function:
    """`--at V` and `--as-of TIME`: which state is asked about."""
    function = click.option("--as-of", "as_of", metavar="TIME", help="As of this time: 'yesterday 14:34'.")(function)
    at = click.option("--at", "version", type=VERSION, metavar="V", help="After the event with this version.")
    return at(function)


def instant_wanted(version: int | None, as_of: str | None) -> Instant | None:
    """The time that `--as-of` gives; raises UsageError, for what is none and where `--at` is given too."""
    if version is not None and as_of is not None:
        raise UsageError("--at and --as-of can't be given together.")
    return None if as_of is None else moment(as_of, "--as-of")


def count_wanted(view: AggregateView, version: int | None, instant: Instant | None) -> int:
    """How many of a view's events a version or a time reaches, all without either; raises NotFoundError."""
    from esviewer.app.asking import count_at
    from esviewer.app.typed_place import before_it_began

    if instant is None:
        return count_at(view, version)
    place = view.as_of(instant)
    explain_as_of(place)
    if place.version is None:
        raise before_it_began(view.summary.aggregate_id, place)
    return count_at(view, place.version)


def version_wanted(view: AggregateView, text: str, option: str) -> int:
    """The version that a typed version or time is in a whole view; raises NotFoundError and UsageError."""
    from esviewer.app.typed_place import located

    place = located(view.summary.aggregate_id, text, view.as_of)
    explain_place(place, option)
    return place.reached()


def explain_place(place: Located, option: str) -> None:
    """Say on stderr what a typed place was taken for, where it is a time."""
    if place.moment is None:
        return
    if place.guessed:
        _explain_zone(option, place.moment.instant)
    explain_as_of(place.moment)


def explain_as_of(place: AsOf) -> None:
    """Name the events on either side of a moment on stderr, and what is odd there."""
    for when, mark in (("Before", place.before), ("After", place.after)):
        if mark is not None and place.before is not None:
            messages.note(f"{when} {place.instant}: version {mark.version}, {mark.type}, {mark.timestamp}.")
    if place.before is None:
        return
    if not place.in_order:
        messages.note("Warning: versions and times disagree here; the highest version not after the time is taken.")
    if place.zone_missing:
        messages.note("Warning: the events' times name no zone; they are taken as UTC.")
    if place.undated:
        messages.note(f"Warning: {counted(place.undated, 'event has', 'events have')} no time.")


def asker() -> Callable[[str], str] | None:
    """What asks for a password on the terminal; None where nobody sits at one."""
    if not sys.stdin.isatty():
        return None
    return lambda question: str(click.prompt(question, hide_input=True, err=True))


@contextmanager
def opened(store: str, layout: str | None, reducers: tuple[str, ...] = ()) -> Iterator[tuple[Session, Work]]:
    """A session on a store, and work that tells its progress; the store's remarks go to stderr."""
    from esviewer.app.activity import on_failure
    from esviewer.app.session import open_session

    on_failure(messages.note)
    work = watch(messages.work())
    session = open_session(store, layout=layout, reducers=reducers, ask=asker(), work=work)
    try:
        yield session, work
        messages.done()
        messages.warnings(session.warnings)
    finally:
        session.close()


def moment(text: str, option: str) -> Instant:
    """The time that an option gives; one without a zone is this machine's, and stderr says so."""
    from esviewer.app.typed_time import typed_instant

    try:
        instant, guessed = typed_instant(text)
    except (ValueError, OverflowError) as error:
        reason = str(error)
        raise UsageError(f"{option}: {reason if repr(text) in reason else f'{text!r}: {reason}'}.") from None
    if guessed:
        _explain_zone(option, instant)
    return instant


def _explain_zone(option: str, instant: Instant) -> None:
    messages.note(f"Note: {option} names no zone; it is taken as {instant.isoformat()}.")


def output_file(name: str, session: Session) -> Path:
    """The file to write; raises UsageError when it is the store itself or one that its database keeps beside it."""
    from esviewer.app.files import not_of_the_store

    return not_of_the_store(name, session.store.label)


def new_file(name: str, session: Session) -> Path:
    """As `output_file`; raises EsviewerError too when it can't be written, before any work is done for it."""
    from esviewer.app.files import for_output

    return for_output(name, session.store.label)
