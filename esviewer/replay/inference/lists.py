"""Places that hold lists: what is appended to them, and what is taken out again.

Where nothing is ever taken out, the elements that came are paired with the events that may have brought them. Else the
event types' parts are changed one at a time, to whatever brings the lists nearer to those that were stored.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from esviewer.model.values import MISSING, Value
from esviewer.replay.inference.actions import Action, Actions, Reading, constant
from esviewer.replay.inference.evidence import START, Check, Seen, Stretch, Token, kinds_of, token
from esviewer.replay.inference.names import literal
from esviewer.replay.inference.trying import carried_out, explains

_MOST_TRIES = 3000
_MOST_CHOICES = 6
_MOST_ELEMENTS = 20_000
_ENOUGH = 300
_MOST_STEPS = 150_000

_Pairs = dict[str, list[tuple[Seen, Value]]]


def solve_list(stretches: Sequence[Stretch], key: str | None, check: Check) -> tuple[Actions, Value] | None:
    """Actions that explain all stretches and the value before the first event; None where there are none."""
    for initial in _initials(stretches):
        actions = _appended_only(stretches, initial, key, check)
        if actions is not None and explains(actions, initial, stretches):
            return actions, initial
    for initial in _initials(stretches):
        actions = _climbed(stretches, initial, key, check)
        if actions is not None:
            return actions, initial
    return None


def _initials(stretches: Sequence[Stretch]) -> list[Value]:
    ends = [stretch.end for stretch in stretches if stretch.start is START]
    if not ends:
        return [MISSING]
    if MISSING in ends:
        return [MISSING]
    # Where it is there from the first stored state on, systems mostly begin with an empty one.
    found: list[Value] = [[], MISSING]
    first = ends[0]
    if first and all(end[: len(first)] == first for end in ends):
        found.append(list(first))
    shared = 0
    while first and all(len(end) > shared and token(end[shared]) == token(first[shared]) for end in ends):
        shared += 1
        if shared == len(first) or shared == 4:
            break
    found.extend(list(first[:length]) for length in range(1, shared + 1))
    return found


# Nothing is taken out


def _appended_only(
    stretches: Sequence[Stretch], initial: Value, key: str | None, check: Check
) -> dict[str, Action] | None:
    tails: list[tuple[Stretch, list[Value]]] = []
    for stretch in stretches:
        start = initial if stretch.start is START else stretch.start
        before = [] if start is MISSING else start
        after = [] if stretch.end is MISSING else stretch.end
        if len(after) < len(before) or token(after[: len(before)]) != token(before):
            return None
        tails.append((stretch, after[len(before) :]))
    counts = [(Counter(event.kind for event in stretch.events), len(tail)) for stretch, tail in tails]
    kinds = kinds_of(stretches)
    search = _Subset(counts, kinds, check)
    for appending in search.solutions():
        pairs: _Pairs = {kind: [] for kind in appending}
        for stretch, tail in tails:
            events = [event for event in stretch.events if event.kind in appending]
            for event, element in zip(events, tail, strict=True):
                pairs[event.kind].append((event, element))
        actions: dict[str, Action] = {}
        for kind, seen in pairs.items():
            reading = reading_of(seen, key)
            if reading is None:
                break
            actions[kind] = Action("append", reading)
        else:
            return actions
    return None


class _Subset:
    """Which event types bring an element each, so that all the counts come out."""

    def __init__(self, counts: Sequence[tuple[Counter[str], int]], kinds: Sequence[str], check: Check) -> None:
        distinct = {(frozenset(each.items()), total): (each, total) for each, total in counts}
        self._counts = list(distinct.values())
        self._kinds = kinds
        self._check = check
        self._tries = 0

    def solutions(self) -> list[set[str]]:
        """A few of them, those of fewer types first."""
        found: list[set[str]] = []
        self._search({}, found)
        return sorted(found, key=len)

    def _search(self, decided: dict[str, bool], found: list[set[str]]) -> None:
        self._tries += 1
        if self._tries > _MOST_TRIES or len(found) >= 40:
            return
        self._check()
        decided = dict(decided)
        if not self._follow(decided):
            return
        unknown = next((kind for kind in self._kinds if kind not in decided), None)
        if unknown is None:
            found.append({kind for kind, appends in decided.items() if appends})
            return
        for choice in (False, True):
            self._search({**decided, unknown: choice}, found)

    def _follow(self, decided: dict[str, bool]) -> bool:
        """Decide what the counts leave no choice about; False when they contradict each other."""
        changed = True
        while changed:
            changed = False
            for counts, total in self._counts:
                sure = sum(number for kind, number in counts.items() if decided.get(kind))
                open_kinds = [kind for kind in counts if kind not in decided]
                most = sure + sum(counts[kind] for kind in open_kinds)
                if not sure <= total <= most:
                    return False
                for kind in open_kinds:
                    if sure + counts[kind] > total:
                        decided[kind] = False
                        changed = True
                    elif most - counts[kind] < total:
                        decided[kind] = True
                        changed = True
                    if changed:
                        break
        return True


def reading_of(pairs: Sequence[tuple[Seen, Value]], key: str | None) -> Reading | None:
    """What gives each event's value: an expression, a constant, or an object or list made of such."""
    if not pairs:
        return None
    texts: dict[str, None] | None = None
    for event, value in pairs:
        wanted = token(value)
        if texts is None:
            texts = dict.fromkeys(event.giving(wanted))
        else:
            texts = {text: None for text in texts if event.token(text) == wanted}
        if not texts:
            break
    values = {token(value): value for _, value in pairs[:_ENOUGH]}
    same = len(values) == 1 and len({token(value) for _, value in pairs}) == 1
    first = pairs[0][1]
    if same and (len(pairs) > 1 or not texts) and literal(first) is not None:
        return constant(first)
    if texts:
        return Reading(min(texts, key=lambda text: _rank(text, key)))
    if all(type(value) is dict for _, value in pairs):
        return _constructed(pairs)
    return None


def _constructed(pairs: Sequence[tuple[Seen, Value]]) -> Reading | None:
    keys = list(pairs[0][1])
    if len(keys) > 30 or any(value.keys() != pairs[0][1].keys() for _, value in pairs):
        return None
    parts: dict[str, Reading] = {}
    for key in keys:
        reading = reading_of([(event, value[key]) for event, value in pairs], key)
        if reading is None:
            return None
        parts[key] = reading
    return Reading(None, parts=tuple(parts.items()))


def _rank(text: str, key: str | None) -> tuple[bool, bool, int, str]:
    named = key is not None and text.rpartition(".")[2] in (key, key.removesuffix("s"))
    return (not text.startswith("data"), not named, len(text), text)


# Something is taken out


def _climbed(stretches: Sequence[Stretch], initial: Value, key: str | None, check: Check) -> dict[str, Action] | None:
    """One event type's part at a time is changed to what brings the lists nearest to the stored ones."""
    kinds = kinds_of(stretches)
    ranked = _affordable(stretches)
    if not ranked:
        return None
    domains = _domains(stretches, kinds, key)
    actions: dict[str, Action] = {}
    far = [_distance(actions, initial, stretch) for stretch in ranked]
    for _ in range(3 * len(kinds)):
        best: tuple[float, str, Action | None, dict[int, float]] | None = None
        for kind in kinds:
            own = [index for index, stretch in enumerate(ranked) if any(each.kind == kind for each in stretch.events)]
            for choice in domains[kind]:
                check()
                if choice == actions.get(kind):
                    continue
                changed = _with(actions, kind, choice)
                new = {index: _distance(changed, initial, ranked[index]) for index in own}
                gain = sum(far[index] - distance for index, distance in new.items())
                if gain > 0 and (best is None or gain > best[0]):
                    best = (gain, kind, choice, new)
        if best is None:
            break
        actions = _with(actions, best[1], best[2])
        for index, distance in best[3].items():
            far[index] = distance
        if not any(far):
            break
    return actions if explains(actions, initial, stretches) else None


def _affordable(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The shortest stretches, as many as can be tried out many times."""
    found: list[Stretch] = []
    spent = 0
    for stretch in sorted(stretches, key=lambda stretch: len(stretch.events))[:_ENOUGH]:
        longest = max(len(each) if type(each) is list else 0 for each in (stretch.start, stretch.end))
        spent += (1 + len(stretch.events)) * (10 + longest)
        if spent > _MOST_STEPS:
            break
        found.append(stretch)
    return found


def _with(actions: dict[str, Action], kind: str, choice: Action | None) -> dict[str, Action]:
    changed = {each: action for each, action in actions.items() if each != kind}
    if choice is not None:
        changed[kind] = choice
    return changed


def _distance(actions: Actions, initial: Value, stretch: Stretch) -> float:
    """How far what actions make of a stretch is from what was stored: elements too many or too few, then order."""
    made = carried_out(actions, initial, stretch)
    if type(made) is not list or type(stretch.end) is not list:
        if made is MISSING and stretch.end is MISSING:
            return 0.0
        return 1.0 + sum(len(each) for each in (made, stretch.end) if type(each) is list)
    one, other = list(map(token, made)), list(map(token, stretch.end))
    if one == other:
        return 0.0
    left, right = Counter(one), Counter(other)
    return 0.5 + ((left - right) + (right - left)).total()


def _domains(stretches: Sequence[Stretch], kinds: Sequence[str], key: str | None) -> dict[str, list[Action | None]]:
    came: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    went: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    brought: dict[str, Counter[Token]] = {kind: Counter() for kind in kinds}
    values: dict[Token, Value] = {}
    for stretch in stretches:
        for value in (stretch.start, stretch.end):
            if type(value) is list and len(values) < _MOST_ELEMENTS:
                values.update((token(each), each) for each in value)
    for stretch in stretches[:2000]:
        before = Counter(map(token, stretch.start)) if type(stretch.start) is list else Counter()
        after = Counter(map(token, stretch.end)) if type(stretch.end) is list else Counter()
        new = after - before
        for event in stretch.events[-200:]:
            for text in event.values:
                given = event.token(text)
                came[event.kind][text] += given in new
                # What is taken out may have come in the same stretch: it only has to be an element somewhere.
                went[event.kind][text] += given in values
            brought[event.kind].update(new.keys())
    domains: dict[str, list[Action | None]] = {}
    for kind in kinds:
        choices: list[Action | None] = [None]
        choices += [Action("append", Reading(text)) for text in _best(came[kind], key)]
        likely = [values[each] for each, _ in brought[kind].most_common(2)]
        choices += [Action("append", constant(each)) for each in likely if literal(each) is not None]
        choices += [Action("remove_value", Reading(text)) for text in _best(went[kind], key)]
        choices += [Action("remove"), Action("set", constant([]))]
        domains[kind] = choices
    return domains


def _best(hits: Counter[str], key: str | None) -> list[str]:
    ranked = [text for text in hits if hits[text]]
    return sorted(ranked, key=lambda text: (-hits[text], _rank(text, key)))[:_MOST_CHOICES]
