"""Two versions of one aggregate, compared."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from esviewer.diff.compare import compare
from esviewer.diff.patch import json_patch
from esviewer.diff.text import unified
from esviewer.model.change import Change
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import Value


@dataclass(frozen=True)
class Comparison:
    """Two rebuilt states of one aggregate and the changes that lead from the first to the second."""

    old: RebuiltState
    new: RebuiltState

    @cached_property
    def changes(self) -> list[Change]:
        """What to do to the first state, in this order, to get the second."""
        return compare(self.old.state, self.new.state)

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer diff --json`."""
        return {
            "aggregate_id": self.new.aggregate_id,
            "from": self.old.version,
            "to": self.new.version,
            "changes": [change.as_json() for change in self.changes],
        }

    def patch(self) -> list[dict[str, Value]]:
        """The changes as JSON Patch (RFC 6902)."""
        return json_patch(self.changes)

    def text(self) -> str:
        """The two states as a unified text diff."""
        name = self.new.aggregate_id
        return unified(
            self.old.state, self.new.state, f"{name} version {self.old.version}", f"{name} version {self.new.version}"
        )
