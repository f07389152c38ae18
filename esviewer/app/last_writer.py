"""Which event it was that made one of the differences of two versions."""

from __future__ import annotations

from esviewer.app.comparison import Comparison
from esviewer.app.view import AggregateView
from esviewer.errors import NotFoundError
from esviewer.model.change import Change
from esviewer.questions.blame import blame
from esviewer.questions.removed import removed
from esviewer.work import Work


def last_writer(view: AggregateView, comparison: Comparison, change: Change, *, work: Work | None = None) -> int:
    """The version of the event that last wrote, or removed, what differs, up to the later of both sides.

    Raises NotFoundError where no event did, or where it can't be told for certain: of an element that is not in the
    later version, or that has another place there.
    """
    sides = (comparison.old, comparison.new)
    if any(side.aggregate_id != view.summary.aggregate_id for side in sides):
        raise NotFoundError("The sides are of two aggregates, so that no event made this difference.")
    first, second = (view.index_of(side.version) + 1 for side in sides)
    count = max(first, second)
    # Indexes are those of the second state, but where something is removed those of the first.
    there = change.op != ("remove" if second >= first else "add")
    elements = any(isinstance(part, int) for part in change.path)
    if elements and (not there or (first > second and change.op != "remove")):
        raise NotFoundError(
            "Which event did this to an element can't be told for certain.", "The tab Removed lists what was taken out."
        )
    if there:
        found = blame(view.history, count, [change.path], work=work)
    else:
        found = removed(view.history, count, change.path, work=work)
    rows = [each.index for each in found if each.index is not None]
    if not rows:
        raise NotFoundError("No event wrote this: the reducer's initial state, or a snapshot, has it.")
    return int(view.versions[max(rows)])
