"""Answers worked out the long way, to hold those of the program against."""

from typing import Any

from esviewer.diff.compare import compare
from esviewer.model.batch import EventBatch
from esviewer.model.values import MISSING, copied
from esviewer.questions.find import Interval
from esviewer.replay.expressions import compile_expression, event_view
from esviewer.replay.history import History
from esviewer.replay.reducer import StepError


def _fresh(value: Any, writer: Any) -> Any:
    """The shape of a value, with the writer at each leaf."""
    if isinstance(value, dict) and value:
        return {key: _fresh(inner, writer) for key, inner in value.items()}
    if isinstance(value, list) and value:
        return [_fresh(inner, writer) for inner in value]
    return ("by", writer)


def _written(shape: Any, before: Any, after: Any, change: Any, writer: int) -> Any:
    """The shape after one change; `before` and `after` are the whole values around it."""
    path, old, new = change
    if not path:
        if type(old) is type(new) and type(old) in (dict, list):
            shape, value = shape, copied(old)
            for inner in compare(old, new):
                following = _applied(value, inner)
                shape = _written(shape, value, following, inner, writer)
                value = following
            return shape
        return _fresh(new, writer) if new is not MISSING else ("by", writer)
    head, rest = path[0], path[1:]
    container = after
    if not container:
        return ("by", writer)
    if isinstance(shape, tuple):
        shape = {} if isinstance(container, dict) else []
    shape = dict(shape) if isinstance(shape, dict) else list(shape)
    if rest:
        shape[head] = _written(shape[head], before[head], after[head], (rest, old, new), writer)
    elif new is MISSING:
        del shape[head]
    elif old is MISSING and isinstance(shape, list):
        shape.insert(head, _fresh(new, writer))
    elif old is MISSING:
        shape[head] = _fresh(new, writer)
    else:
        shape[head] = _written(shape[head], before[head], after[head], ((), old, new), writer)
    return shape


def _applied(value: Any, change: Any) -> Any:
    path, old, new = change
    if not path:
        return copied(new)
    value = copied(value)
    here = value
    for part in path[:-1]:
        here = here[part]
    if new is MISSING:
        del here[path[-1]]
    elif old is MISSING and isinstance(here, list):
        here.insert(path[-1], copied(new))
    else:
        here[path[-1]] = copied(new)
    return value


def naive_blame(history: History, count: int) -> dict[Any, Any]:
    """Who wrote each leaf, by path: the writers carried forward beside the state."""
    value = copied(history.state_after(0))
    shape = _fresh(value, None)
    for index in range(count):
        for change in history.changes(history.versions[index]):
            following = _applied(value, change)
            shape = _written(shape, value, following, change, index)
            value = following
    return {path: writer for path, (_, writer) in _leaves_of(shape)}


def _leaves_of(shape: Any, path: tuple = ()) -> list[Any]:
    if isinstance(shape, dict):
        return [leaf for key, inner in shape.items() for leaf in _leaves_of(inner, (*path, key))]
    if isinstance(shape, list):
        return [leaf for index, inner in enumerate(shape) for leaf in _leaves_of(inner, (*path, index))]
    return [(path, shape)]


def naive_find(history: History, story: list[EventBatch], text: str) -> tuple[list[Interval], int]:
    """By evaluating at every version, each part of an `and` or `or` by itself; of one of them, not of both."""
    word = "or" if " or " in text else "and"
    parts = [(each, compile_expression(each)) for each in text.split(f" {word} ")]
    events = [batch.event(index) for batch in story for index in range(len(batch))]
    held: list[bool | None] = []
    for index, each in enumerate(events):
        told: list[bool | None] = []
        for part, compute in parts:
            if each.error is not None and any(name in part for name in ("data", "meta")):
                told.append(None)
                continue
            try:
                told.append(bool(compute(each.data, each.metadata, event_view(each), history.state_after(index + 1))))
            except StepError:
                told.append(None)
        decides = word == "or"
        held.append(decides if decides in told else None if None in told else not decides)
    intervals: list[Interval] = []
    for index, each in enumerate(held):
        if each and intervals and intervals[-1].last == index - 1:
            intervals[-1] = Interval(intervals[-1].first, index)
        elif each:
            intervals.append(Interval(index, index))
    return intervals, held.count(None)
