"""Places where the last event that writes wins: which types write there, and what.

Each event type does nothing, sets something or removes. A stretch's end value has to come from the last of its events
that does something. Types' choices are narrowed until they contradict each other or no more follows from the stretches
(constraint propagation); what is left open is decided by trying the choice with the most evidence first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from math import log2

from esviewer.model.values import MISSING, Value
from esviewer.replay.inference.actions import NOTHING, Action, Actions, Reading, constant
from esviewer.replay.inference.evidence import START, Check, Seen, Stretch, Token, by_kind, kinds_of, token

_MOST_PATHS = 10
_MOST_CONSTANTS = 12
_MOST_TRIES = 400
_LEAST_SHARED = 1.5
"""A solution that costs less has one part: there is none to share."""
_ABSENT = token(MISSING)


@dataclass(slots=True)
class _Choice:
    """One thing that a type may do here; None of both: nothing."""

    reading: Reading | None
    removes: bool
    preference: float
    """How likely this is without looking at how often it fits, as a factor."""
    score: float = 0.0


@dataclass(slots=True)
class _Constraint:
    """One stretch: for each type (0 is the initial value) each choice's last position, and whether it fits the end."""

    rows: list[tuple[int, list[tuple[int, bool]]]]
    floor: bool | None
    """Whether the known value before fits the end; None where it is not known."""
    weight: float


_Domains = list[list[int]]


def solve_register(
    stretches: Sequence[Stretch],
    key: str | None,
    check: Check,
    *,
    presence: bool = False,
    copied: Collection[tuple[str, str]] = (),
) -> tuple[Actions, Value] | None:
    """Writers that explain all stretches and the value before the first event; None where there are none.

    `key` is the last part of the place's path where that is fixed. `presence`: only whether there is anything is to be
    explained, so that values are True or MISSING. `copied` are the event types and expressions that may do nothing
    where an event lacks what they read.
    """
    kinds = kinds_of(stretches)
    choices = _choices(stretches, kinds, key, presence, copied)
    constraints = _constraints(stretches, kinds, choices)
    _score(choices, constraints)
    domains = [list(range(len(each))) for each in choices]
    search = _Search(choices, constraints, check)
    assigned = search.run(domains)
    if assigned is None:
        return None
    assigned = search.read_rather(search.simplified(assigned), _of_that_name(choices, key))
    actions: dict[str, Action] = {}
    for kind, options, index in zip(kinds, choices[1:], assigned[1:], strict=True):
        chosen = options[index]
        if chosen.removes:
            actions[kind] = Action("remove")
        elif chosen.reading is not None:
            actions[kind] = Action("set", chosen.reading)
    first = choices[0][assigned[0]]
    return actions, MISSING if first.reading is None else first.reading.otherwise


# Choices


def _choices(
    stretches: Sequence[Stretch],
    kinds: Sequence[str],
    key: str | None,
    presence: bool,
    copied: Collection[tuple[str, str]],
) -> list[list[_Choice]]:
    ends = Counter(token(stretch.end) for stretch in stretches)
    constants = _constants(stretches, ends)
    from_nothing = [stretch for stretch in stretches if stretch.start is START]
    before = [_Choice(None, False, 1.0)]
    before += [_Choice(constant(value), False, 0.9) for value in constants if _can_begin(value)]
    found = [before]
    grouped: dict[str, list[tuple[Stretch, list[Seen]]]] = {}
    for stretch in stretches:
        for kind, events in by_kind([stretch]).items():
            grouped.setdefault(kind, []).append((stretch, events))
    found += [
        [_Choice(None, False, 1.0), *_choices_of(kind, grouped[kind], constants, key, presence, copied)]
        for kind in kinds
    ]
    if not from_nothing:
        found[0] = before[:1]
    return found


def _can_begin(value: Value) -> bool:
    """Whether an initial state can hold a value: TOML has no null."""
    return value is not None and (type(value) not in (dict, list) or not value)


def _constants(stretches: Sequence[Stretch], ends: Counter[Token]) -> list[Value]:
    values: dict[Token, Value] = {}
    for stretch in stretches:
        if stretch.end is not MISSING and _is_small(stretch.end):
            values.setdefault(token(stretch.end), stretch.end)
    often = len(stretches) // 50 if len(values) > _MOST_CONSTANTS else 0
    ranked = sorted(values, key=lambda each: -ends[each])  # stable: ties in order of appearance
    return [values[each] for each in ranked if ends[each] > often][:_MOST_CONSTANTS]


def _is_small(value: Value) -> bool:
    if type(value) in (dict, list):
        # Anything larger would rather learn the snapshots by heart than explain them.
        return not value
    return not isinstance(value, str) or len(value) <= 200


def _choices_of(
    kind: str,
    stretches: Sequence[tuple[Stretch, list[Seen]]],
    constants: Sequence[Value],
    key: str | None,
    presence: bool,
    copied: Collection[tuple[str, str]],
) -> Iterator[_Choice]:
    events: list[Seen] = []
    fits: Counter[str] = Counter()
    at_end: set[Token] = set()
    for stretch, own in stretches:
        end = token(stretch.end)
        events += own
        at_end.add(end)
        if stretch.end is not MISSING and not presence:
            seen: set[str] = set()
            # The last one, and for what is often lacking the last ones that have it.
            for event in reversed(own[-20:]):
                seen.update(text for text in event.giving(end) if text not in seen)
            for text in sorted(seen):
                fits[text] += 1
    ranked = sorted(fits, key=lambda text: (-fits[text] * _liking(text, key), len(text), text))
    for text in ranked[:_MOST_PATHS]:
        varied = len({event.token(text) for event in events[:500]}) > 1
        preference = _liking(text, key) * (1.0 if varied else 0.8)
        lacking = not all(text in event.values for event in events)
        yield _Choice(Reading(text), False, preference)
        if lacking and (kind, text) in copied:
            yield _Choice(Reading(text, skips=True), False, preference * 1.1)
    for value in constants:
        if token(value) in at_end:
            yield _Choice(constant(value), False, 0.7)
    if _ABSENT in at_end:
        yield _Choice(None, True, 0.95)


def _liking(text: str, key: str | None) -> float:
    if text.startswith("data"):
        return 1.3 if key is not None and _last_key(text) == key else 1.0
    return {"event.timestamp": 0.95, "event.version": 0.9}.get(text, 0.6)


def _of_that_name(choices: Sequence[Sequence[_Choice]], key: str | None) -> list[tuple[int, int]]:
    """(type, choice) of all that read what an event brings under the place's own name."""
    return [
        (which, index)
        for which, options in enumerate(choices)
        for index, choice in enumerate(options)
        if which and choice.reading is not None and choice.reading.text is not None
        and choice.reading.text.startswith("data") and key is not None and _last_key(choice.reading.text) == key
    ]  # fmt: skip


def _last_key(text: str) -> str:
    if text.endswith("']"):
        return text[text.rindex("['") + 2 : -2]
    return text.rpartition(".")[2]


# Constraints


def _constraints(
    stretches: Sequence[Stretch], kinds: Sequence[str], choices: Sequence[Sequence[_Choice]]
) -> list[_Constraint]:
    number = {kind: index for index, kind in enumerate(kinds, 1)}
    ends = Counter(token(stretch.end) for stretch in stretches)
    total = len(stretches)
    found = []
    for stretch in stretches:
        end = token(stretch.end)
        places: dict[int, list[int]] = {}
        for position, event in enumerate(stretch.events, 1):
            places.setdefault(number[event.kind], []).append(position)
        rows = [(which, [_last(each, stretch, at, end) for each in choices[which]]) for which, at in places.items()]
        floor = None
        if stretch.start is START:
            values = [_ABSENT if each.reading is None else token(each.reading.otherwise) for each in choices[0]]
            rows.append((0, [(0, value == end) for value in values]))
        else:
            floor = token(stretch.start) == end
        weight = log2(1 + total / ends[end])
        found.append(_Constraint(rows, floor, weight))
    return found


def _last(choice: _Choice, stretch: Stretch, at: Sequence[int], end: Token) -> tuple[int, bool]:
    """Where a type's choice acts for the last time (-1: nowhere), and whether it fits the end."""
    if choice.removes:
        return at[-1], end == _ABSENT
    if choice.reading is None:
        return -1, False
    for position in reversed(at):
        given = choice.reading.token(stretch.events[position - 1])
        if given is not NOTHING:
            return position, given == end
    return -1, False


def _score(choices: Sequence[Sequence[_Choice]], constraints: Sequence[_Constraint]) -> None:
    for constraint in constraints:
        for which, row in constraint.rows:
            for choice, (position, fits) in zip(choices[which], row, strict=True):
                if position >= 0:
                    choice.score += (constraint.weight if fits else -0.2) * choice.preference
                    # Of choices that fit alike, those of the earliest events are the likeliest.
                    choice.score -= 0.001 * min(position, 50)


# Search


class _Search:
    def __init__(
        self, choices: Sequence[Sequence[_Choice]], constraints: Sequence[_Constraint], check: Check
    ) -> None:
        self._choices = choices
        self._constraints = constraints
        self._check = check
        self._tries = 0
        self._of_kind: list[list[int]] = [[] for _ in choices]
        for index, constraint in enumerate(constraints):
            for which, _ in constraint.rows:
                self._of_kind[which].append(index)

    def run(self, domains: _Domains) -> list[int] | None:
        if not self._narrowed(domains, range(len(self._constraints))):
            return None
        return self._decided(domains)

    def simplified(self, assigned: list[int]) -> list[int]:
        """The same with as few parts as can be found: one type may do what several seem to share."""
        best = self._pruned(assigned, None)
        tried = 0
        for which in range(len(best)):
            for index in range(1, len(self._choices[which])):
                if self._cost(best) < _LEAST_SHARED:
                    return best
                if index == best[which] or self._choices[which][index].score <= 0:
                    continue
                tried += 1
                if tried > _MOST_TRIES:
                    return best
                self._check()
                other = [*best]
                other[which] = index
                if all(self._holds(self._constraints[each], other) for each in self._of_kind[which]):
                    other = self._pruned(other, which)
                    if self._cost(other) < self._cost(best):
                        best = other
        return best

    def read_rather(self, assigned: list[int], of_that_name: Sequence[tuple[int, int]]) -> list[int]:
        """The same, but what one type seems to know by heart is read where another brings it, if that holds as well."""
        for which in range(1, len(assigned)):
            reading = self._choices[which][assigned[which]].reading
            if reading is None or reading.text is not None or reading.parts:
                continue
            for other, index in of_that_name:
                if other == which or assigned[other]:
                    continue
                changed = [*assigned]
                changed[which], changed[other] = 0, index
                concerned = {*self._of_kind[which], *self._of_kind[other]}
                if all(self._holds(self._constraints[each], changed) for each in concerned):
                    assigned = changed
                    break
        return assigned

    def _pruned(self, assigned: list[int], kept: int | None) -> list[int]:
        """What is not needed is left out, the least certain first and `kept` last."""
        order = sorted(range(len(assigned)), key=lambda each: self._choices[each][assigned[each]].score)
        order.sort(key=lambda each: each == kept)
        before = None
        while before != assigned:  # a removal may be needed only until the value that it removes is left out
            before = assigned
            for which in order:
                if assigned[which]:
                    without = [*assigned]
                    without[which] = 0
                    if all(self._holds(self._constraints[each], without) for each in self._of_kind[which]):
                        assigned = without
        return assigned

    def _cost(self, assigned: Sequence[int]) -> float:
        """One for each part, and a little more for values to begin with and for removals."""
        return sum(
            1.0 if which and not self._choices[which][index].removes else 1.1
            for which, index in enumerate(assigned)
            if index
        )

    def _decided(self, domains: _Domains) -> list[int] | None:
        self._tries += 1
        if self._tries > _MOST_TRIES:
            return None
        self._check()
        assigned = [self._preferred(which, domain) for which, domain in enumerate(domains)]
        best: tuple[float, int, int] | None = None
        for constraint in self._constraints:
            if self._holds(constraint, assigned):
                continue
            for which, index, _ in self._winners(constraint, domains):
                if which >= 0 and len(domains[which]) > 1:
                    candidate = (self._choices[which][index].score, -which, -index)
                    if best is None or candidate > best:
                        best = candidate
        if best is None:
            return assigned if all(self._holds(each, assigned) for each in self._constraints) else None
        which, index = -best[1], -best[2]
        for kept in ([index], [other for other in domains[which] if other != index]):
            narrowed = list(map(list, domains))
            narrowed[which] = kept
            if self._narrowed(narrowed, self._of_kind[which]):
                result = self._decided(narrowed)
                if result is not None:
                    return result
        return None

    def _preferred(self, which: int, domain: Sequence[int]) -> int:
        if 0 in domain:
            return 0
        return max(domain, key=lambda index: (self._choices[which][index].score, -index))

    def _holds(self, constraint: _Constraint, assigned: Sequence[int]) -> bool:
        last, fits = -1, bool(constraint.floor)
        for which, row in constraint.rows:
            position, fit = row[assigned[which]]
            if position > last:
                last, fits = position, fit
        return fits

    def _winners(self, constraint: _Constraint, domains: _Domains) -> list[tuple[int, int, int]]:
        """(type, choice, position) of all that may be the last to act and fit; the type is -1 for the value before."""
        least = -1
        for which, row in constraint.rows:
            least = max(least, min(row[index][0] for index in domains[which]))
        found = [
            (which, index, row[index][0])
            for which, row in constraint.rows
            for index in domains[which]
            if row[index][1] and row[index][0] >= least
        ]
        if constraint.floor and least < 0:
            found.append((-1, 0, -1))
        return found

    def _narrowed(self, domains: _Domains, start: Sequence[int]) -> bool:
        """Leave out what no solution can have; False when nothing is left for some type."""
        waiting = dict.fromkeys(start)
        while waiting:
            index = next(iter(waiting))
            del waiting[index]
            constraint = self._constraints[index]
            winners = self._winners(constraint, domains)
            if not winners:
                return False
            latest = max(position for _, _, position in winners)
            only = {which for which, _, _ in winners}
            for which, row in constraint.rows:
                domain = domains[which]
                if which in only and len(only) == 1:
                    fitting = {choice for _, choice, _ in winners}
                    kept = [choice for choice in domain if choice in fitting]
                else:
                    kept = [choice for choice in domain if row[choice][0] <= latest]
                if len(kept) < len(domain):
                    if not kept:
                        return False
                    domains[which] = kept
                    waiting.update(dict.fromkeys(self._of_kind[which]))
        return True
