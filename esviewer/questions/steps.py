"""What single events truly changed, in the finest changes that can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from esviewer.diff.compare import compare
from esviewer.model.change import Change
from esviewer.replay.net import net
from esviewer.replay.reducer import RawChange


def fine(changes: Sequence[RawChange]) -> list[Change]:
    """An event's changes in all, in order; where a container took another's place, only what differs in them.

    So a merge or the writing of a whole object counts as a change of just those leaves that differ.
    """
    steps = net(changes) if len(changes) > 1 else [Change(*change) for change in changes]
    return [each for change in steps for each in _split(change)]


def _split(change: Change) -> Iterator[Change]:
    path, old, new = change
    if type(old) is type(new) and type(old) in (dict, list):
        for inner in compare(old, new):
            yield Change((*path, *inner.path), inner.old, inner.new)
    else:
        yield change


def shifts(change: Sequence[object]) -> bool:
    """Whether a change moves the elements behind it in a list."""
    path, old, new = Change(*change)  # type: ignore[arg-type]
    return bool(path) and type(path[-1]) is int and (Change(path, old, new).op != "replace")
