"""What a foreign process answers to an event, checked and turned into changes of the state."""

from __future__ import annotations

from esviewer.model.change import Path, apply, pointer, resolve, undo, value_at
from esviewer.model.values import MAX_DEPTH, MISSING, Value, depth_within, same
from esviewer.replay.foreign.comparing import changes_between
from esviewer.replay.reducer import RawChange, StepError

_KINDS = ("state", "changes", "error")
_REASON = 1000
"""Characters of a reason that are kept."""


class BadReplyError(Exception):
    """The process said something that the protocol has no place for; the text says what."""


def kind_of(reply: Value) -> str:
    """Which of state, changes and error a reply has; raises BadReplyError when that isn't exactly one."""
    if type(reply) is not dict:
        raise BadReplyError("answered with something other than a JSON object")
    kinds = [kind for kind in _KINDS if kind in reply]
    if len(kinds) != 1:
        raise BadReplyError("answered with none or several of state, changes and error, where exactly one is expected")
    return kinds[0]


def apply_reply(reply: Value, state: Value, changes: list[RawChange]) -> Value:
    """Do to `state`, in place, what a reply says, list it in `changes`, and return the state.

    Raises StepError for an `error`, and BadReplyError; `state` is as it was then.
    """
    kind = kind_of(reply)
    if kind == "error":
        text = reply["error"]
        raise StepError(text[:_REASON] if isinstance(text, str) and text else "the reducer refused it without a reason")
    if kind == "state":
        found = changes_between(state, reply["state"])
        changes.extend(found)
        return apply(state, found)
    if type(reply["changes"]) is not list:
        raise BadReplyError("answered with changes that are not a list")
    return _apply_changes(reply["changes"], state, changes)


def _apply_changes(told: list[Value], state: Value, changes: list[RawChange]) -> Value:
    begun = state
    in_place: list[RawChange] = []
    done: list[RawChange] = []
    try:
        for item in told:
            change = _change(item, state)
            state = apply(state, [change])
            done.append(change)
            if state is begun:
                in_place.append(change)
    except BadReplyError:
        # From the first change of the root on, what was altered is another value.
        undo(begun, in_place)
        raise
    changes.extend(done)
    return state


def _change(item: Value, state: Value) -> RawChange:
    """One told change as it is for `state`; raises BadReplyError when it does not fit there."""
    if type(item) is not dict or type(item.get("path")) is not str:
        raise BadReplyError("answered with a change without op and path")
    op, text = item.get("op"), item["path"]
    if op not in ("add", "remove", "replace"):
        raise BadReplyError(f"answered with a change whose op is {str(op)[:40]!r}, not add, remove or replace")
    if op != "remove" and "value" not in item:
        raise BadReplyError(f"answered with a change ({op} {text[:80]!r}) without a value")
    path = _path(state, text)
    old = value_at(state, path)
    inserts = op == "add" and path and type(path[-1]) is int
    if old is MISSING and op != "add":
        raise BadReplyError(f"answered with {op} of {text[:80]!r}, where there is nothing")
    if "old" in item and not inserts and not same(item["old"], old):
        raise BadReplyError(f"answered with a change of {text[:80]!r} from a value that is not there")
    # A state that is removed is null, as one that rules delete.
    new = item["value"] if op != "remove" else MISSING if path else None
    if new is not MISSING and not depth_within(new, MAX_DEPTH - len(path)):
        raise BadReplyError(f"answered with a value that nests deeper than {MAX_DEPTH} levels")
    return path, MISSING if inserts else old, new


def _path(state: Value, text: str) -> Path:
    """Where a JSON Pointer leads, the end of a list (`-` too) included; raises BadReplyError when nowhere."""
    try:
        path = resolve(state, text)
    except ValueError as error:
        raise BadReplyError(f"answered with a path that can't be read: {error}") from None
    if not path:
        return path
    parent = value_at(state, path[:-1])
    last = path[-1]
    if type(parent) is list:
        index = len(parent) if last == "-" else last
        if type(index) is int and 0 <= index <= len(parent):
            return (*path[:-1], index)
    elif type(parent) is dict and type(last) is str:
        return path
    raise BadReplyError(f"answered with a change of {pointer(path)[:80]!r}, which has no place in the state")
