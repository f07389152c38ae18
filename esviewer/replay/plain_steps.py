"""Steps for who wants states and no changes: the commonest rules, written so that nothing has ever to be undone.

All values are computed before the first is put into the state. What a rule's own step would do comes out, without the
list of changes; rules that do more than set, add to or delete by fixed keys of the root have no such step.
"""

from __future__ import annotations

from typing import Any

from esviewer.model.values import MISSING, Value, copied, same
from esviewer.replay import arithmetic
from esviewer.replay.expressions import run_source
from esviewer.replay.reducer import PlainStep
from esviewer.replay.step_writer import HELPERS, Writer

_OPERATIONS = frozenset({"set", "increment", "delete"})
_NOT_OPERATIONS = frozenset({"event", "when"})


def plain_step(entry: dict[str, Any], initial: Value) -> PlainStep | None:
    """The plain step of a rule that has been compiled without mistakes, or None."""
    if set(entry) - _OPERATIONS - _NOT_OPERATIONS:
        return None
    writer = Writer()
    if "when" in entry:
        writer.line(f"if not {writer.used(writer.expression(entry['when'], 'when'))}: return state")
    writer.line("if state.__class__ is not dict:")
    writer.line("    state = _initial()")
    names: dict[str, str] = {}
    for operation in ("set", "increment"):
        for number, (path, text) in enumerate(entry.get(operation, {}).items()):
            parts, _ = writer.parts(path)
            source = writer.expression(text, operation)
            key = parts[0].key
            if len(parts) > 1 or key is None or source.builds:
                return None
            old = names.get(key, f"state.get({key!r}, _MISSING)")
            name = f"{operation}{number}"
            writer.line(f"{name} = {writer.used(source)}")
            if operation == "set":
                writer.line(f"if {name}.__class__ not in _SCALARS: {name} = _settled({old}, {name})")
            else:
                writer.line(f"old = {old}")
                writer.line(
                    f"{name} = old + {name} if {name}.__class__ is int is old.__class__ else _increased(old, {name})"
                )
            names[key] = name
    if writer.needs_event:
        return None
    if entry.get("delete"):
        writer.line("return None")
    else:
        for key, name in names.items():
            writer.line(f"state[{key!r}] = {name}")
        writer.line("return state")
    scope = {**HELPERS, "_settled": _settled, "_initial": lambda: copied(initial)}
    step: PlainStep = run_source(writer.source("def step(state, data):", "keys = data"), scope)["step"]
    return step


def _settled(old: Value, value: Value) -> Value:
    """What is at a key of the root once `value` was set over `old`."""
    return old if old is not MISSING and same(old, value) else arithmetic.own(value, 1)
