"""What single events truly changed, in the finest changes that can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from esviewer.diff.compare import compare
from esviewer.model.change import Change, Path
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


def outside_lists(path: Path) -> Path:
    """The part of a path before the first index, which the coming and going of other elements can't alter."""
    return next((path[:end] for end, part in enumerate(path) if type(part) is int), path)
