"""Changes as JSON Patch."""

from __future__ import annotations

from collections.abc import Iterable

from esviewer.model.change import Change, pointer
from esviewer.model.values import Value


def json_patch(changes: Iterable[Change]) -> list[dict[str, Value]]:
    """The changes as the operations add, remove and replace of JSON Patch (RFC 6902), in their order."""
    operations: list[dict[str, Value]] = []
    for change in changes:
        operation: dict[str, Value] = {"op": change.op, "path": pointer(change.path)}
        if change.op != "remove":
            operation["value"] = change.new
        operations.append(operation)
    return operations
