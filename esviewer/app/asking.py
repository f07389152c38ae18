"""Questions about one aggregate, from the words people ask them in to answers that name events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice, product

from esviewer.app.comparison import Comparison
from esviewer.app.event_facts import EventFact, event_facts
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.app.typed_place import Located, located
from esviewer.app.view import AggregateView
from esviewer.diff.ignoring import Ignored
from esviewer.errors import NotFoundError, UsageError
from esviewer.model.change import Path, pointer, resolve, value_at
from esviewer.model.masking import Masker
from esviewer.model.values import MISSING, Value
from esviewer.questions.blame import Blamed, blame
from esviewer.questions.field_history import FieldChange, field_history
from esviewer.questions.find import Condition, Found, find, find_text
from esviewer.questions.removed import removed
from esviewer.questions.rollback import Rollback, Undone, changes_back, what_it_undoes
from esviewer.questions.what_if import Edits, WhatIf, what_if
from esviewer.work import Work

_VARIANTS = 16


def whole_view(
    session: Session, aggregate_id: str, work: Work | None = None, *, lenient: bool = False
) -> AggregateView:
    """A view with all events, and with all states unless it is `lenient`; raises NotFoundError."""
    view = session.begin_view(aggregate_id, lenient=lenient, work=work)
    view.advance(work=work)
    return view


def check_named_reducers(session: Session, aggregate_id: str, work: Work | None = None) -> None:
    """Make sure that one of the reducers that were named is for an aggregate; raises NotFoundError and UsageError.

    A window that shows many types says instead which of them are inferred.
    """
    session.reducers.check_named(session.store.summary(aggregate_id, work=work).aggregate_type)


def count_at(view: AggregateView, version: int | None) -> int:
    """How many events there are up to a version, the newest without one; raises NotFoundError."""
    return len(view) if version is None else view.index_of(version) + 1


def locate_typed(session: Session, aggregate_id: str, text: str, work: Work | None = None) -> Located:
    """Which version of an aggregate a typed version or time is; raises NotFoundError and UsageError."""
    name = session.store.summary(aggregate_id, work=work).aggregate_id
    return located(name, text, lambda moment: session.as_of(name, moment, work=work))


def compared_states(
    session: Session,
    first: tuple[str, str],
    second: tuple[str, str],
    *,
    ignored: Sequence[str] = (),
    use_snapshots: bool = True,
    told: Callable[[Located], None] = lambda _: None,
    work: Work | None = None,
) -> Comparison:
    """Two states compared, each an aggregate's id with a version or a time as typed; raises NotFoundError.

    `told` gets each place that was found, before its state is rebuilt.
    """
    places = [locate_typed(session, name, text, work) for name, text in (first, second)]
    for place in places:
        told(place)
    old, new = places
    return session.diff(
        old.aggregate_id,
        old.reached(),
        new.reached(),
        other=new.aggregate_id,
        ignored=Ignored(ignored),
        use_snapshots=use_snapshots,
        work=work,
    )


def typed_path(state: Value, text: str) -> Path:
    """The path that a JSON Pointer names in a state; raises UsageError for what is no pointer."""
    try:
        return resolve(state, text)
    except ValueError as error:
        raise UsageError(f"{error}.", "As in /items/0/quantity.") from None


@dataclass(frozen=True, slots=True)
class Blame:
    """One line of an answer to who wrote what."""

    path: Path
    value: Value
    fact: EventFact | None
    """The event; None for what the initial state holds."""
    removed: bool

    def masked(self, masker: Masker) -> Blame:
        """The line with what has to be masked."""
        fact = self.fact
        if fact is not None and fact.actor is not None:
            fact = replace(fact, actor=masker.text(fact.actor))
        return replace(self, path=masker.path(self.path), value=masker.value(self.value, self.path), fact=fact)

    def as_json(self) -> dict[str, Value]:
        """`{path, value, version, event_type, timestamp, actor}`, and `"removed": true` where that is so."""
        nothing: dict[str, Value] = {"version": None, "event_type": None, "timestamp": None, "actor": None}
        line = {"path": pointer(self.path), "value": self.value, **(self.fact.as_json() if self.fact else nothing)}
        return {**line, "removed": True} if self.removed else line


def ask_blame(
    session: Session, view: AggregateView, count: int, place: str | None = None, *, work: Work | None = None
) -> list[Blame]:
    """Who wrote each leaf after `count` events, then who removed what is gone; `place` is a JSON Pointer.

    Raises NotFoundError when there neither is nor was anything at that place.
    """
    history = view.history
    state = history.state_after(count)
    path = () if place is None else typed_path(state, place)
    found = blame(history, count, [path], work=work)
    gone = removed(history, count, path, work=work)
    if place is not None and not found and not gone:
        raise _nothing_there(state, place)
    facts = event_facts(
        session.store, view, [each.index for each in (*found, *gone) if each.index is not None], work=work
    )

    def line(each: Blamed, is_removed: bool) -> Blame:
        return Blame(each.path, each.value, None if each.index is None else facts[each.index], is_removed)

    return [*(line(each, False) for each in found), *(line(each, True) for each in gone)]


def _nothing_there(state: Value, place: str) -> NotFoundError:
    parent, _, last = place.rpartition("/")
    container = value_at(state, typed_path(state, parent)) if parent or place.startswith("/") else MISSING
    near: list[str] = []
    if isinstance(container, dict):
        near = get_close_matches(last, list(islice(container, 5000)), 3, 0.3) or list(islice(container, 5))
    hint = f"Near it there is {', '.join(f'{parent}/{key}' for key in near)}." if near else "See `esviewer state`."
    return NotFoundError(f"There is nothing at {place}.", hint)


def ask_history(
    view: AggregateView, places: Sequence[str], *, work: Work | None = None
) -> Iterator[tuple[str, FieldChange]]:
    """Every change of what is at these JSON Pointers, each with its pointer; raises NotFoundError.

    A part that is a number names the key and the index: which it is may change over time.
    """
    history = view.history
    named: dict[Path, str] = {}
    for place in places:
        typed_path(None, place)
        named |= dict.fromkeys(_variants(place), place)
    ends = history.state_after(0), history.state_after(len(history))
    for place in places:
        if all(value_at(state, typed_path(state, place)) is MISSING for state in ends):
            # It may have come and gone in between.
            paths = [path for path, name in named.items() if name == place]
            if next(field_history(history, paths, work=work), None) is None:
                raise _nothing_there(ends[1], place)
    return ((named[change.path], change) for change in field_history(history, list(named), work=work))


def _variants(place: str) -> Iterator[Path]:
    """The paths that a JSON Pointer may mean, now or at another time."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in place.split("/")[1:]]
    options: list[tuple[str | int, ...]] = [
        (int(part), part) if part.isdecimal() and len(part) < 10 else (part,) for part in parts
    ]
    return islice(product(*options), _VARIANTS)


def asked_condition(expression: str | None, text: str | None) -> Condition | None:
    """The condition that is looked for, None where it is a text; raises UsageError and RulesError."""
    if (expression is None) == (text is None):
        raise UsageError("Either a condition or a text is looked for.", "Give EXPR, or --text TEXT.")
    if text == "":
        raise UsageError("No text is given to look for.")
    return None if expression is None else Condition(expression)


def ask_find(
    session: Session, view: AggregateView, condition: Condition | None, text: str | None, *, work: Work | None = None
) -> Found:
    """Where a condition over state, data, meta and event held, or without one where a text was in the payload."""
    last = int(view.versions[-1]) if len(view) else None
    if condition is None:
        assert text is not None
        events = session.store.batches(view.summary.aggregate_id, to_version=last, work=work)
        return find_text(events, text, work=work)
    needed = (
        session.store.batches(view.summary.aggregate_id, to_version=last, work=work) if condition.needs_events else None
    )
    return find(view.history, condition, needed, work=work)


def found_as_json(view: AggregateView, found: Found) -> dict[str, Value]:
    """`{intervals: [{from_version, to_version, from_time, to_time}], unclear}`."""

    def time(index: int) -> str | None:
        instant = view.instant(index)
        return None if instant is None else instant.isoformat()

    return {
        "intervals": [
            {
                "from_version": int(view.versions[each.first]),
                "to_version": int(view.versions[each.last]),
                "from_time": time(each.first),
                "to_time": time(each.last),
            }
            for each in found.intervals
        ],
        "unclear": found.unclear,
    }


def ask_rollback(
    session: Session,
    view: AggregateView,
    target: int,
    now: int | None = None,
    *,
    screen: Screen | None = None,
    work: Work | None = None,
) -> Rollback:
    """What it would take to go back to the version `target`, from `now` (the newest); raises NotFoundError.

    `screen` masks what is only told, and not what it is worked out from.
    """
    to = view.index_of(target) + 1
    since = count_at(view, now)
    if to > since:
        raise UsageError(f"Version {target} comes after version {now}.", "A rollback leads back.")
    changes = changes_back(view.history, since, to)
    undone = what_it_undoes(view.history, since, to, changes, work=work)
    facts = event_facts(session.store, view, [index for index, _, _ in undone], screen=screen, work=work)
    events = tuple(
        Undone(facts[index].version, facts[index].type, facts[index].timestamp, facts[index].actor, paths, concerns)
        for index, paths, concerns in undone
    )
    found = Rollback(view.state_at(int(view.versions[since - 1])), view.state_at(target), changes, events)
    return found if screen is None or not screen.masks else _masked(found, screen)


def _masked(found: Rollback, screen: Screen) -> Rollback:
    """A rollback as it is shown; of its states only what they are called and how they came to be."""
    of = found.now.aggregate_id
    name = screen.aggregate_id(of, found.now.aggregate_type)
    return Rollback(
        replace(found.now, aggregate_id=name, state=None, rebuilt=screen.rebuilt(found.now.rebuilt)),
        replace(found.target, aggregate_id=name, state=None, rebuilt=screen.rebuilt(found.target.rebuilt)),
        tuple(screen.change(change, of) for change in found.changes),
        tuple(
            replace(each, type=screen.text(each.type), changed=tuple(screen.path(path, of) for path in each.changed))
            for each in found.undone
        ),
    )


def ask_what_if(session: Session, view: AggregateView, edits: Edits, *, work: Work | None = None) -> WhatIf:
    """Both timelines of an aggregate, with the edits and without; raises UsageError for edits that can't be."""
    last = int(view.versions[-1]) if len(view) else None
    events = session.store.batches(view.summary.aggregate_id, to_version=last, work=work)
    return what_if(view.history, events, view.history.reducer, edits, work=work)
