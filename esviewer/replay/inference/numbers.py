"""Places that hold numbers: written, counted up, or both."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations, product

from esviewer.model.values import MISSING, Value
from esviewer.replay.inference.actions import NOTHING, Action, Actions, Reading, constant
from esviewer.replay.inference.evidence import START, Check, Stretch, has_many_places, is_number, kinds_of, token
from esviewer.replay.inference.increments import solve_increments
from esviewer.replay.inference.registers import solve_register
from esviewer.replay.inference.trying import explains

_MOST_WRITERS = 40
_MOST_PAIRS = 150


def solve_number(
    stretches: Sequence[Stretch], key: str | None, check: Check, copied: Collection[tuple[str, str]] = ()
) -> tuple[Actions, Value] | None:
    """Actions that explain all stretches and the value before the first event; None where there are none.

    `copied` is as for `solve_register`.
    """
    written = solve_register(stretches, key, check, copied=copied)
    if written is not None and not explains(*written, stretches):
        written = None
    counted = _counted(stretches, {}, key, check)
    if written is not None and counted is not None:
        return written if _cost(*written) <= counted[2] else counted[:2]
    if written is not None or counted is not None:
        return written or counted[:2]  # type: ignore[index]
    return _mixed(stretches, key, check)


def _cost(actions: Actions, initial: Value) -> float:
    constants = sum(each.reading is not None and each.reading.text is None for each in actions.values())
    return len(actions) + constants + (initial is not MISSING) * 1.5


def _counted(
    stretches: Sequence[Stretch], writers: Actions, key: str | None, check: Check
) -> tuple[Actions, Value, float] | None:
    """Increments by the types that are not `writers`, which have the last word where they occur."""
    shortened = stretches if not writers else [_cut(stretch, writers) for stretch in stretches]
    rough = any(has_many_places(value) for stretch in stretches for value in (stretch.start, stretch.end))
    for products, rounded in product((False, True), (False, True) if rough else (False,)):
        found = solve_increments(shortened, key, check, products=products, rounded=rounded)
        if found is None:
            continue
        actions = {**writers, **found[0]}
        if set(writers) & set(found[0]):
            return None
        first = [stretch.end for stretch in stretches if stretch.start is START]
        # Where it is there from the first stored state on, systems mostly begin with 0.
        from_zero = bool(first) and MISSING not in first and found[1] is MISSING
        for initial in (0, MISSING) if from_zero else (found[1], 0):
            if explains(actions, initial, stretches):
                return actions, initial, found[2] + _cost(writers, MISSING)
    return None


def _cut(stretch: Stretch, writers: Actions) -> Stretch:
    for index in range(len(stretch.events) - 1, -1, -1):
        action = writers.get(stretch.events[index].kind)
        if action is None:
            continue
        value = MISSING if action.reading is None else action.reading.value(stretch.events[index])
        if value is not NOTHING:
            return stretch.after(index, value)
    return stretch


def _mixed(stretches: Sequence[Stretch], key: str | None, check: Check) -> tuple[Actions, Value] | None:
    writers = [
        (kind, action) for kind in kinds_of(stretches) for action in _writers(kind, stretches)
    ][:_MOST_WRITERS]
    for kind, action in writers:
        found = _counted(stretches, {kind: action}, key, check)
        if found is not None:
            return found[:2]
    pairs = [(one, other) for one, other in combinations(writers, 2) if one[0] != other[0]]
    for one, other in pairs[:_MOST_PAIRS]:
        found = _counted(stretches, dict((one, other)), key, check)
        if found is not None:
            return found[:2]
    return None


def _writers(kind: str, stretches: Sequence[Stretch]) -> Iterator[Action]:
    """What a type may write here, as far as the stretches that end with it tell."""
    texts: dict[str, None] | None = None
    ends: dict[object, Value] = {}
    numbers: dict[str, None] = {}
    for stretch in stretches:
        for event in stretch.events:
            if event.kind == kind:
                numbers.update(
                    dict.fromkeys(
                        text for text, value in event.values.items() if text.startswith("data") and is_number(value)
                    )
                )
        if stretch.events and stretch.events[-1].kind == kind:
            ends[token(stretch.end)] = stretch.end
            giving = dict.fromkeys(stretch.events[-1].giving(token(stretch.end)))
            texts = giving if texts is None else {text: None for text in texts if text in giving}
    if texts is None:
        # No stretch ends with it: anything may be.
        yield from (Action("set", Reading(text)) for text in sorted(numbers))
        yield Action("set", constant(0))
        yield Action("remove")
        return
    yield from (Action("set", Reading(text)) for text in sorted(texts, key=lambda text: (len(text), text)))
    if len(ends) == 1:
        only = next(iter(ends.values()))
        yield Action("remove") if only is MISSING else Action("set", constant(only))


