"""Whether a condition is true, whichever way round its parts are written.

Python's `and` and `or` end at the first part that decides. A part without a value, as null > 1, would so make the whole
untold when it stands in front of the part that decides, and not when it stands behind it. Here a part without a value
leaves the whole untold only where the other parts leave it open: what has a false part of an `and` is false.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeAlias

from esviewer.errors import RulesError
from esviewer.model.event import Event
from esviewer.model.values import Value
from esviewer.replay.expressions import KEYS, compile_tree, event_view, parsed, run_source, translate
from esviewer.replay.reducer import StepError

_Told: TypeAlias = Callable[[Mapping[str, Value]], bool | None]
"""Says of the values of names whether a part is true; None where that is open."""


class Truth:
    """A condition over some names; raises RulesError where the text is none."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self._text = text
        self._names = names
        source = translate(text, names)
        # Where all parts that Python looks at have a value, Python's answer is the one of any order. It is asked of
        # every event or state, so it is one function without another call.
        keys = KEYS if source.uses_keys else "pass"
        code = f"def holds({', '.join(names)}):\n    {keys}\n    try:\n"
        code += f"        return True if {source.code} else False\n"
        code += f"    except _StepError as error:\n        return _by_parts(error, {', '.join(names)})\n"
        made = run_source(code, {"_StepError": StepError, "_by_parts": self._by_parts})
        self.holds: Callable[..., bool] = made["holds"]
        """Whether it is true of the names' values, in their order; raises StepError where that can't be told."""

    def _by_parts(self, error: StepError, *values: Value) -> bool:
        found = self._told(dict(zip(self._names, values, strict=True))) if self._has_parts else None
        if found is None:
            raise error
        return found

    def told(self, values: Mapping[str, Value]) -> bool | None:
        """Whether it is true, whatever the names are that have no value here; None where that can't be told."""
        return self._told(values)

    @cached_property
    def _has_parts(self) -> bool:
        return any(isinstance(each, ast.BoolOp) for each in ast.walk(parsed(self._text)))

    @cached_property
    def _told(self) -> _Told:
        return _part(parsed(self._text), self._text, self._names)


def compile_failing(text: str) -> Callable[[Value], bool]:
    """A function of a state that says whether the expression, over `state` alone, is untrue of it; raises RulesError.

    Where it has no value it isn't.
    """
    truth = Truth(text, ("state",))
    code = f"def fails(state):\n    try:\n        return not {translate(text, ('state',)).code}\n"
    code += "    except _StepError:\n        return _told({'state': state}) is False\n"
    fails: Callable[[Value], bool] = run_source(code, {"_StepError": StepError, "_told": truth.told})["fails"]
    return fails


def compile_condition(text: str) -> Callable[[Event], bool | None]:
    """A condition on single events over `data`, `meta` and `event`; raises RulesError.

    The function gives None where it can't be told: data that it reads is unreadable, null is compared and the like.
    """
    try:
        truth = Truth(text, ("data", "meta", "event"))
        needs_payload = bool(translate(text).names & {"data", "meta"})
    except RulesError as error:
        raise RulesError(f"The condition {text[:80]!r} can't be used: {error.message}.", error.hint) from None

    def holds(event: Event) -> bool | None:
        view = event_view(event)
        if event.error is not None and needs_payload:
            return truth.told({"event": view})
        try:
            return truth.holds(event.data, event.metadata, view)
        except StepError:
            return None

    return holds


def _part(node: ast.expr, text: str, names: tuple[str, ...]) -> _Told:
    if isinstance(node, ast.BoolOp):
        parts = [_part(each, text, names) for each in node.values]
        return _joined(parts, deciding=isinstance(node.op, ast.Or))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return _negated(_part(node.operand, text, names))
    compute = compile_tree(node, text, names)
    read = frozenset(each.id for each in ast.walk(node) if isinstance(each, ast.Name)) & set(names)

    def told(values: Mapping[str, Value]) -> bool | None:
        if not read <= values.keys():
            return None
        try:
            return bool(compute(*map(values.get, names)))
        except StepError:
            return None

    return told


def _joined(parts: list[_Told], *, deciding: bool) -> _Told:
    """Parts of which one decides: a true one of an `or`, a false one of an `and`."""

    def told(values: Mapping[str, Value]) -> bool | None:
        open_ = False
        for part in parts:
            found = part(values)
            if found is deciding:
                return deciding
            open_ = open_ or found is None
        return None if open_ else not deciding

    return told


def _negated(part: _Told) -> _Told:
    def told(values: Mapping[str, Value]) -> bool | None:
        found = part(values)
        return None if found is None else not found

    return told
