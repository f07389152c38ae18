"""What can be pinned, as the panels ask for it; what does it is loaded on the worker, once somebody pins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from esviewer.app.cases.case import Pin
from esviewer.app.session import Session
from esviewer.gui.language import translate
from esviewer.gui.machine import ToPin
from esviewer.work import Work


def state_to_pin(aggregate_id: str, version: int) -> ToPin:
    """A state."""
    what = translate("ToPin", "state of {0} at version {1}").format(aggregate_id, version)
    return ToPin(what, partial(_state, aggregate_id, version))


def _state(aggregate_id: str, version: int, session: Session, note: str, work: Work) -> Pin:
    from esviewer.app.cases.pinning import pin_state

    return pin_state(session, aggregate_id, version, note=note, work=work)


def event_to_pin(aggregate_id: str, version: int) -> ToPin:
    """One event."""
    what = translate("ToPin", "event of {0} at version {1}").format(aggregate_id, version)
    return ToPin(what, partial(_event, aggregate_id, version))


def _event(aggregate_id: str, version: int, session: Session, note: str, work: Work) -> Pin:
    from esviewer.app.cases.pinning import pin_event

    return pin_event(session, aggregate_id, version, note=note, work=work)


def diff_to_pin(first: tuple[str, int], second: tuple[str, int], ignored: Sequence[str]) -> ToPin:
    """What differs between two states, without the ignored paths."""
    other = second[1] if first[0] == second[0] else f"{second[0]} {second[1]}"
    what = translate("ToPin", "difference of {0} {1} and {2}").format(*first, other)
    return ToPin(what, partial(_diff, first, second, tuple(ignored)))


def _diff(
    first: tuple[str, int],
    second: tuple[str, int],
    ignored: tuple[str, ...],
    session: Session,
    note: str,
    work: Work,
) -> Pin:
    from esviewer.app.cases.pinning import pin_diff

    return pin_diff(session, first, second, ignore=ignored, note=note, work=work)


def history_to_pin(aggregate_id: str, pointers: Sequence[str], version: int, *, chart: bool) -> ToPin:
    """Every change of some fields up to a version; `chart` draws the numbers in reports."""
    what = translate("ToPin", "history of {0} of {1} up to version {2}")
    what = what.format(", ".join(pointers), aggregate_id, version)
    return ToPin(what, partial(_history, aggregate_id, tuple(pointers), version, chart))


def _history(
    aggregate_id: str,
    pointers: tuple[str, ...],
    version: int,
    chart: bool,
    session: Session,
    note: str,
    work: Work,
) -> Pin:
    from esviewer.app.cases.pinning import pin_history

    return pin_history(session, aggregate_id, pointers, version, chart=chart, note=note, work=work)
