"""Two rebuilt states, compared."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from esviewer.app.screen import Screen
from esviewer.diff.compare import compare
from esviewer.diff.ignoring import Ignored
from esviewer.diff.patch import json_patch
from esviewer.diff.side_by_side import Row, rows, side_by_side
from esviewer.diff.text import unified
from esviewer.model.change import Change, apply, value_at
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import MISSING, Value, copied


@dataclass(frozen=True)
class Comparison:
    """Two rebuilt states, of one aggregate or of two, and the changes that lead from the first to the second."""

    old: RebuiltState
    new: RebuiltState
    ignored: Ignored = field(default_factory=Ignored)
    """What is left out of the comparison."""

    @cached_property
    def changes(self) -> list[Change]:
        """What to do to the first state, in this order, to get the second, but for what is ignored."""
        if not self.ignored.patterns:
            return compare(self.old.state, self.new.state)
        # What is compared lacks the ignored keys; what the changes bring is whole, as the second state has it.
        return [
            change if change.new is MISSING else Change(change.path, change.old, value_at(self.new.state, change.path))
            for change in compare(*self._compared)
        ]

    @cached_property
    def ignored_changes(self) -> int:
        """How many changes it takes to get the second state after all the others: none only if nothing is hidden."""
        if not self.ignored.patterns:
            return 0
        return len(compare(apply(copied(self.old.state), self.changes), self.new.state))

    @cached_property
    def _compared(self) -> tuple[Value, Value]:
        return self.ignored.pruned(self.old.state), self.ignored.pruned(self.new.state)

    def masked(self, screen: Screen) -> Comparison:
        """The same comparison as it is shown, to be written down as text."""
        if not screen.masks:
            return self
        old, new = (_masked(state, screen) for state in (self.old, self.new))
        found = Comparison(old, new, self.ignored)
        # What is ignored goes by true paths, and so does what differs.
        found.__dict__["changes"] = [self.masked_change(change, screen) for change in self.changes]
        found.__dict__["ignored_changes"] = self.ignored_changes
        pruned = self._compared if self.ignored.patterns else (self.old.state, self.new.state)
        found.__dict__["_compared"] = (
            screen.shown(pruned[0], (), self.old.aggregate_id),
            screen.shown(pruned[1], (), self.new.aggregate_id),
        )
        return found

    def masked_change(self, change: Change, screen: Screen) -> Change:
        """One of the changes as it is shown."""
        old, new = self.old.aggregate_id, self.new.aggregate_id
        return Change(
            screen.path(change.path, old if change.op == "remove" else new),
            screen.shown(change.old, change.path, old),
            screen.shown(change.new, change.path, new),
        )

    def as_json(self) -> dict[str, Value]:
        """The keys of `esviewer diff --json`; `with` names the second aggregate where there are two."""
        with_other = {} if self.old.aggregate_id == self.new.aggregate_id else {"with": self.new.aggregate_id}
        return {
            "aggregate_id": self.old.aggregate_id,
            **with_other,
            "from": self.old.version,
            "to": self.new.version,
            "changes": [change.as_json() for change in self.changes],
        }

    def basis(self) -> dict[str, Value]:
        """How each of the two states came to be, as in `rebuilt` of `esviewer diff --json`."""
        return {"from": self.old.rebuilt.as_json(), "to": self.new.rebuilt.as_json()}

    def patch(self) -> list[dict[str, Value]]:
        """The changes as JSON Patch (RFC 6902)."""
        return json_patch(self.changes)

    def text(self) -> str:
        """The two states as a unified text diff, without what is ignored."""
        old, new = self._compared
        return unified(
            old,
            new,
            f"{self.old.aggregate_id} version {self.old.version}",
            f"{self.new.aggregate_id} version {self.new.version}",
        )

    def columns(self, width: int) -> list[str]:
        """The two states side by side in lines of this width, without what is ignored."""
        return side_by_side(*self._compared, width)

    def rows(self) -> list[Row]:
        """The same, each line whole: left, sign, right."""
        return rows(*self._compared)


def _masked(state: RebuiltState, screen: Screen) -> RebuiltState:
    """A state that is only named, as its id is shown."""
    return replace(state, aggregate_id=screen.aggregate_id(state.aggregate_id, state.aggregate_type), state=None)
