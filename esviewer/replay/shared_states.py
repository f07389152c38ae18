"""States that share what they have in common: changes are applied to copies of just the containers they touch."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from esviewer.model.values import MISSING, Value

Owned: TypeAlias = dict[int, Value]
"""The containers that belong to the state being made, by id; holding them keeps the ids from being given away."""


def advanced(state: Value, changes: Iterable[Sequence[Value]], owned: Owned) -> Value:
    """The state after changes; `state` and the changes' values stay as they are, but for containers in `owned`.

    The source of the idea is path copying (Driscoll, Sarnak, Sleator, Tarjan, 1989).
    """
    mine: Value = state if id(state) in owned else MISSING
    for path, old, new in changes:
        if not path:
            state = None if new is MISSING else new
            mine = MISSING
            continue
        if state is not mine:
            state = mine = _own(state, owned)
        here = state
        if len(path) > 1:
            for part in path[:-1]:
                inner = here[part]
                if id(inner) not in owned:
                    inner = inner.copy()
                    owned[id(inner)] = inner
                    here[part] = inner
                here = inner
        last = path[-1]
        if new is MISSING:
            del here[last]
        elif old is MISSING and type(here) is list:
            here.insert(last, new)
        else:
            here[last] = new
    return state


def retreated(state: Value, steps: Sequence[Sequence[Sequence[Value]]], owned: Owned) -> Value:
    """The state before some events' changes, made in the same way; keys that come back stand at their dict's end."""
    back = ((path, new, old) for changes in reversed(steps) for path, old, new in reversed(changes))
    return advanced(state, back, owned)


def _own(container: Value, owned: Owned) -> Value:
    if id(container) not in owned:
        container = container.copy()
        owned[id(container)] = container
    return container


def bytes_of(owned: Owned) -> int:
    """The memory of the containers that are a state's own, without the scalars in them."""
    return sum(map(sys.getsizeof, owned.values()))
