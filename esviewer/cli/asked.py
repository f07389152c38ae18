"""The aggregate that a question is about, rebuilt whole, and what there is to say of how states came to be."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from esviewer.app.asking import check_named_reducers, whole_view
from esviewer.app.session import Session
from esviewer.app.view import AggregateView
from esviewer.app.witnesses import Witnesses, witnesses
from esviewer.cli import messages
from esviewer.errors import NotFoundError
from esviewer.model.counted import counted
from esviewer.work import Work

if TYPE_CHECKING:
    from esviewer.app.comparison import Comparison
    from esviewer.model.masking import Masker
    from esviewer.model.rebuilt import Rebuilt


def asked_view(session: Session, aggregate_id: str, work: Work, *, lenient: bool = False) -> AggregateView:
    """All of an aggregate's history; raises NotFoundError, and UsageError where no reducer that was named fits.

    A `lenient` one lacks the states from where the reducer fails, for questions about a version before.
    """
    check_named_reducers(session, aggregate_id, work)
    return whole_view(session, aggregate_id, work, lenient=lenient)


@contextmanager
def basis_told(
    session: Session, view: AggregateView, work: Work, masker: Masker | None = None, *, up_to: int | None = None
) -> Iterator[None]:
    """Have `tell_basis` say it once an answer is found, and before it is said that there is nothing to be found."""
    try:
        yield
    except NotFoundError:
        tell_basis(session, view, work, masker, up_to=up_to)
        raise
    tell_basis(session, view, work, masker, up_to=up_to)


def tell_basis(
    session: Session, view: AggregateView, work: Work, masker: Masker | None = None, *, up_to: int | None = None
) -> None:
    """Say on stderr what casts doubt on an answer: no rules made the states, events were skipped, snapshots differ.

    `up_to` is the newest version that the answer is about.
    """
    reducer = view.history.reducer
    if reducer.inferred:
        messages.note(f"Note: no rules are in use; states are inferred by {reducer.name}, replayed from nothing.")
    skipped = [version for version in view.history.skipped() if up_to is None or version <= up_to]
    _tell_skipped(view.summary.aggregate_id, skipped)
    found = witnesses(session.store, view, work)
    if found.differing:
        messages.note(
            f"Note: {_disagreement(found, masker)}: this answer is replayed from nothing, `esviewer state` starts from "
            "snapshots unless --no-snapshots."
        )


def _tell_skipped(aggregate_id: str, versions: Collection[int]) -> None:
    if versions:
        which = "that" if len(versions) == 1 else "first that"
        messages.note(
            f"Note: of {aggregate_id} {counted(len(versions), 'event')} could not be applied and changed nothing, "
            f"{which} of version {min(versions)}; `esviewer state` says why."
        )


def _disagreement(found: Witnesses, masker: Masker | None) -> str:
    paths = [path if masker is None else masker.pointer(path) for path in found.paths]
    named = ", ".join(path or "the whole state" for path in paths)
    more = found.paths_in_all - len(paths)
    where = f"{named} and {counted(more, 'more path')}" if more else named
    version = found.differing[0]
    if len(found.differing) == 1:
        return f"the snapshot at version {version} says something else than the replay ({where})"
    those = f"{found.compared:,} snapshots" if found.all_compared else f"the newest {found.compared:,} snapshots"
    return (
        f"{len(found.differing):,} of {those} say something else than the replay, first the one at version {version}"
        f" ({where})"
    )


def tell_basis_of(found: Comparison) -> None:
    """Say on stderr what two compared states rest on, where it is a snapshot or nobody's rules, and what is skipped."""
    old, new = found.old.rebuilt, found.new.rebuilt
    sides = ((found.old.aggregate_id, old), (found.new.aggregate_id, new))
    inferred = [each for each in sides if each[1].inferred]
    if len(inferred) == 1 and found.old.aggregate_id != found.new.aggregate_id:
        name, rebuilt = inferred[0]
        messages.note(f"Note: no rules are in use for {name}; its state is inferred by {rebuilt.reducer}.")
    elif inferred:
        messages.note(f"Note: no rules are in use; states are inferred by {old.reducer}.")
    skipped: dict[str, set[int]] = {}
    for name, rebuilt in sides:
        skipped.setdefault(name, set()).update(each.version for each in rebuilt.skipped)
    for name, versions in skipped.items():
        _tell_skipped(name, versions)
    if old.snapshot_version is not None:
        messages.note(f"Note: {_starts(old, new)}; --no-snapshots replays from nothing.")


def _starts(old: Rebuilt, new: Rebuilt) -> str:
    if old.snapshot_version == new.snapshot_version:
        return f"both states start from the snapshot at version {old.snapshot_version}"
    return (
        f"the first state starts from the snapshot at version {old.snapshot_version}, "
        f"the second from that at version {new.snapshot_version}"
    )
