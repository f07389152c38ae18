"""Rules as the text of a rules file, from the operations that were found."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import isfinite

from esviewer.model.values import Value
from esviewer.replay.inference.actions import Operation, Reading
from esviewer.replay.inference.names import joined, path_part, reached

_ORDER = ("set", "merge", "increment", "append", "remove", "remove_value")
_WIDE = 100


def rules_text(
    name: str | None,
    operations: Sequence[Operation],
    initial: Value,
    kinds: Iterable[str],
    keys: Mapping[str, Mapping[str, frozenset[str]]],
    deletes: Iterable[str] = (),
) -> str:
    """The rules file for an aggregate type.

    `kinds` are the event types that rules are written for, be they empty; `keys` the keys that objects in their events
    hold, by type and by the expression of the object; `deletes` the types that end an aggregate.
    """
    lines = [f"name = {quoted(f'inferred: {name}' if name else 'inferred')}"]
    if name:
        lines.append(f"aggregate_type = {quoted(glob.escape(name))}")
    lines.append(f"initial = {_toml(initial if type(initial) is dict else {})}")
    for kind in kinds:
        own = [each for each in operations if each.kind == kind]
        lines += ["", "[[on]]", f"event = {quoted(glob.escape(kind))}"]
        lines += _rule(_merged(own, keys.get(kind, {})))
        if kind in deletes:
            lines.append("delete = true")
        elif not own:
            lines[-1] += "  # changes nothing that snapshots show"
    return "\n".join(lines) + "\n"


def _rule(operations: Sequence[Operation]) -> list[str]:
    lines: list[str] = []
    tables: list[str] = []
    for verb in _ORDER:
        own = sorted((each for each in operations if each.verb == verb), key=lambda each: len(each.path))
        if not own:
            continue
        if verb == "remove":
            lines.append(f"remove = [{', '.join(quoted(joined(each.path)) for each in own)}]")
            continue
        if verb == "merge" and not own[0].path:
            lines.append(f"merge = {quoted(_value(own[0]))}")
            continue
        entries = {_bare(joined(each.path)): quoted(_value(each)) for each in own}
        line = f"{verb} = {{ {', '.join(f'{path} = {value}' for path, value in entries.items())} }}"
        if len(line) <= _WIDE:
            lines.append(line)
        else:
            tables += [f"[on.{verb}]", *(f"{path} = {value}" for path, value in entries.items())]
    # Tables stand last: what follows one would belong to it.
    return lines + tables


def _value(operation: Operation) -> str:
    if operation.reading is None:
        return ""
    text = operation.reading.written()
    if operation.verb != "increment" or operation.times == 1:
        return text
    inner = f"({text})" if " " in text else text
    return f"-{inner}" if operation.times == -1 else f"{operation.times} * {inner}"


def _merged(operations: Sequence[Operation], keys: Mapping[str, frozenset[str]]) -> list[Operation]:
    """The operations with those that copy all keys of an object, under the same names, written as one."""
    groups: dict[tuple[tuple[str, ...], str], dict[str, Operation]] = {}
    for each in operations:
        if each.verb != "set" or each.reading is None or each.reading.text is None or not each.path:
            continue
        if each.reading.otherwise is not None:
            continue
        for source, names in keys.items():
            for key in names:
                if each.reading.text == reached(source, key) and each.path[-1] == path_part(key):
                    groups.setdefault((each.path[:-1], source), {})[key] = each
    result = list(operations)
    for (path, source), found in groups.items():
        skipping = any(each.reading is not None and each.reading.skips for each in found.values())
        if found.keys() != keys[source] or not (skipping or len(found) > 2):
            continue
        first = next(iter(found.values()))
        assert first.reading is not None
        whole = first._replace(verb="merge", path=path, reading=Reading(source))
        taken = list(found.values())
        if any(each.path == path and each.verb == "merge" for each in result):
            continue
        result = [each for each in result if each not in taken]
        result.append(whole)
    return result


def quoted(text: str) -> str:
    """A TOML string; what it can't hold is left out."""
    return json.dumps(text.encode("utf-8", "ignore").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml(value: Value) -> str:
    if type(value) is dict:
        if not value:
            return "{}"
        return "{ " + ", ".join(f"{_bare(key)} = {_toml(inner)}" for key, inner in value.items()) + " }"
    if type(value) is list:
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if isfinite(value) else "0"
    if isinstance(value, Decimal):
        text = str(value)
        return text if "." in text or "E" in text else f"{text}.0"
    return quoted(str(value))


def _bare(key: str) -> str:
    plain = key.isascii() and key.replace("_", "").replace("-", "").isalnum()
    return key if plain else quoted(key)
