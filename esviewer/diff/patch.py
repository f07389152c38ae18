"""Changes as JSON Patch."""

from __future__ import annotations

from collections.abc import Iterable

from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import plain
from esviewer.model.values import Value


def json_patch(changes: Iterable[Change]) -> list[dict[str, Value]]:
    """The changes as the operations add, remove and replace of JSON Patch (RFC 6902), in their order.

    Values of types that JSON lacks are the strings they print as.
    """
    operations: list[dict[str, Value]] = []
    for change in changes:
        operation: dict[str, Value] = {"op": change.op, "path": pointer(change.path)}
        if change.op != "remove":
            operation["value"] = plain(change.new)
        operations.append(operation)
    return operations
