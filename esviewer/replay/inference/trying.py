"""Whether actions explain stretches: they are carried out as replay would."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from esviewer.model.values import MISSING, Value
from esviewer.replay import arithmetic
from esviewer.replay.inference.actions import NOTHING, Action, Actions
from esviewer.replay.inference.evidence import START, Seen, Stretch, exact, is_number, token
from esviewer.replay.paths import increased
from esviewer.replay.reducer import StepError


def explains(actions: Actions, initial: Value, stretches: Iterable[Stretch]) -> bool:
    """Whether actions turn each stretch's start into its end; START is `initial`."""
    return all(_agrees(carried_out(actions, initial, stretch), stretch.end) for stretch in stretches)


def _agrees(made: Value, stored: Value) -> bool:
    """Whether two values agree, sums as far as the order of adding lets them.

    A sum that begins at a stored state may round otherwise than the one that has led there.
    """
    if isinstance(made, (float, Decimal)) and is_number(made) and is_number(stored):
        one, other = Fraction(exact(made)), Fraction(exact(stored))
        return bool(abs(one - other) * 10**9 <= max(Fraction(1), abs(other)))
    return token(made) == token(stored)


def carried_out(actions: Actions, initial: Value, stretch: Stretch) -> Value:
    """The value that a stretch's events leave."""
    value = initial if stretch.start is START else stretch.start
    if type(value) is list:
        value = list(value)
    for event in stretch.events:
        action = actions.get(event.kind)
        if action is not None:
            value = done(action, event, value)
    return value


def done(action: Action, event: Seen, value: Value) -> Value:
    """The value after one action; lists are altered in place. What can't be done changes nothing."""
    if action.verb == "remove" or action.reading is None:
        return MISSING
    given = action.reading.value(event)
    if given is NOTHING:
        return value
    if action.verb == "increment":
        return _incremented(value, action, event, given)
    if action.verb == "append":
        if value is MISSING or value is None:
            value = []
        if type(value) is list:
            value.append(given)
        return value
    if action.verb == "remove_value":
        if type(value) is list:
            at = next((index for index, each in enumerate(value) if arithmetic.equal(each, given)), None)
            if at is not None:
                del value[at]
        return value
    return list(given) if type(given) is list else given


def _incremented(value: Value, action: Action, event: Seen, given: Value) -> Value:
    try:
        if action.reading is not None and action.reading.text is not None:
            if " * " in action.reading.text:
                given = product(action.reading.text, event)
            if action.times != 1:
                given = arithmetic.negative(given) if action.times == -1 else arithmetic.multiply(action.times, given)
        return increased(value, given)
    except StepError:
        return value


def product(text: str, event: Seen) -> Value:
    """What `a * b` gives."""
    one, other = text.split(" * ")
    return arithmetic.multiply(event.values.get(one), event.values.get(other))
