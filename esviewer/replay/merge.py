"""The default reducer: payload keys overwrite state keys. It knows no domain, so all that it gives is inferred."""

from __future__ import annotations

import hashlib

from esviewer.model.event import Event
from esviewer.model.values import MISSING, SCALARS, Value, copied, same
from esviewer.replay.event_words import NO_WORDS
from esviewer.replay.reducer import PlainStep, RawChange, Step, StepError


class MergeReducer:
    """Merges each event's data, an object, into the state, key by key."""

    name = "merge"
    digest = "sha256:" + hashlib.sha256(b"esviewer merge reducer 2").hexdigest()
    inferred = True
    meter = None
    prepare = None
    data_keys = None
    aggregate_type = None
    words = NO_WORDS

    def initial(self) -> Value:
        """An empty object."""
        return {}

    def step_for(self, event_type: str) -> Step | None:
        """The same step for every type."""
        del event_type
        return merge_into_root

    def plain_step_for(self, event_type: str) -> PlainStep | None:
        """The same plain step for every type."""
        del event_type
        return merged_into_root

    def needs_event(self, event_type: str) -> bool:
        """Data is all it reads."""
        del event_type
        return False


def merge_into_root(state: Value, data: Value, event: Event | None, changes: list[RawChange]) -> Value:
    """Overwrite the root's keys with those of `data`; raises StepError when it is not an object.

    No data, and the empty list that PHP writes for an empty object, change nothing.
    """
    del event
    if data is None or data == []:
        return state
    if type(data) is not dict:
        raise StepError("its data is not an object, so its keys can't be merged")
    if type(state) is not dict:
        changes.append(((), state, {}))
        state = {}
    for key, value in data.items():
        old = state.get(key, MISSING)
        if old is MISSING or not same(old, value):
            state[key] = value if type(value) in SCALARS else copied(value)
            changes.append(((key,), old, value))
    return state


def merged_into_root(state: Value, data: dict[str, Value]) -> Value:
    """The state that `merge_into_root` comes to."""
    if type(state) is not dict:
        state = {}
    for key, value in data.items():
        if type(value) in SCALARS:
            state[key] = value
        else:
            old = state.get(key, MISSING)
            if old is MISSING or not same(old, value):
                state[key] = copied(value)
    return state
