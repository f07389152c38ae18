"""Mapping tables by hand: the proposal, what a draft reads, and the file it is saved as."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from esviewer.app.files import write_whole
from esviewer.errors import CancelledError, EsviewerError, StoreError, UsageError
from esviewer.model.event import Event
from esviewer.stores.checking import Check, check_store
from esviewer.stores.databases.catalog import tables
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.layouts.detection import fits
from esviewer.stores.layouts.evidence import possible_chains
from esviewer.stores.layouts.guessing import Proposal, Survey, survey
from esviewer.stores.layouts.layout import all_layouts, parse_layout, user_folder
from esviewer.stores.layouts.text import EVENT_PARTS, INSIDE, Draft, SnapshotDraft, layout_toml, plain_name
from esviewer.stores.layouts.times import FORMS
from esviewer.stores.opening import open_store
from esviewer.work import Work

__all__ = [
    "EVENT_PARTS",
    "FORMS",
    "INSIDE",
    "Check",
    "Draft",
    "Fitting",
    "Proposal",
    "SnapshotDraft",
    "Survey",
    "Trial",
    "codec_chains",
    "fitting",
    "propose",
    "proposed_text",
    "save",
    "save_own",
    "survey",
    "try_draft",
    "user_file",
]

SAMPLE: Final = 10
"""Events that a trial shows."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a store looks like through a draft: its first events, and the checks."""

    events: tuple[Event, ...]
    checks: tuple[Check, ...]
    problem: EsviewerError | None = None
    """Why nothing could be read."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """One layout that fits: what `--layout` takes for it, its title, its events table, and why, in sentences."""

    choice: str
    title: str
    table: str
    reasons: tuple[str, ...]


def fitting(target: str, *, options: ConnectionOptions | None = None, work: Work | None = None) -> list[Fitting]:
    """All known layouts that fit a database, the likeliest first; raises StoreError."""
    database = connect(target, options)
    try:
        found = fits(database.read(tables, work), all_layouts())
    finally:
        database.close()
    return [Fitting(fit.choice, fit.layout.title, fit.events.name, fit.reasons) for fit in found]


def codec_chains() -> list[tuple[str, ...]]:
    """The codec chains that a person may choose from."""
    return [names for names, _ in possible_chains()]


def propose(target: str, *, options: ConnectionOptions | None = None, work: Work | None = None) -> Proposal:
    """The proposal for a store; raises StoreError when none of its tables looks like events."""
    found = survey(target, options=options, work=work)
    if found.proposal is None:
        names = ", ".join(each.full_name for each in found.tables[:12])
        raise StoreError(
            f"None of the tables of {found.label} looks like events: {names}.",
            "A layout can be written by hand: start from one that `esviewer layouts` lists.",
        )
    return found.proposal


def proposed_text(proposal: Proposal) -> str:
    """The proposal as a layout file that says in comments how sure it is, and why."""
    sure = f"Proposed, with a confidence of {proposal.confidence:.0%}; check it before you rely on it."
    return layout_toml(replace(proposal.draft, remarks=(sure, *proposal.reasons)))


def try_draft(
    target: str, draft: Draft, table: str, *, options: ConnectionOptions | None = None, work: Work | None = None
) -> Trial:
    """Read a store with a draft on one table (its full name); problems of either come as the trial's `problem`.

    Raises CancelledError.
    """
    try:
        with _file_of(draft) as file:
            store = open_store(target, f"{file}:{table}", options=options, work=work)
        try:
            events = tuple(store.events(limit=SAMPLE, work=work))
            return Trial(events, tuple(check_store(store, work)))
        finally:
            store.close()
    except CancelledError:
        raise
    except EsviewerError as error:
        return Trial((), (), error)


@contextmanager
def _file_of(draft: Draft) -> Iterator[Path]:
    # A layout is read from a file, so that a trial reads exactly what will be saved.
    text = layout_toml(draft)
    parse_layout(text, "the mapping")
    with tempfile.TemporaryDirectory(prefix="esviewer-mapping-") as folder:
        file = Path(folder) / "mapping.toml"
        file.write_text(text, encoding="utf-8")
        yield file


def user_file(name: str) -> Path:
    """Where a layout of a name is kept so that it is found by itself."""
    return user_folder() / f"{plain_name(name)}.toml"


def save(text: str, path: Path) -> None:
    """Write a layout's text in one step, making its folder; raises LayoutError for a bad one, StoreError."""
    parse_layout(text, str(path))
    try:
        write_whole(path, text.encode())
    except OSError as error:
        raise StoreError(f"The layout can't be written to {path}: {error.strerror}.", "Choose another file.") from None


def save_own(draft: Draft) -> Path:
    """Save a draft among the user's own layouts under its name, which must be new; raises UsageError, StoreError."""
    name = plain_name(draft.name)
    path = user_file(name)
    text = layout_toml(draft)
    if path.exists() and path.read_text(encoding="utf-8", errors="replace") == text:
        return path
    if path.exists() or name in {layout.name for layout in all_layouts()}:
        raise UsageError(f"There is a layout {name} already.", "Save it under another name.")
    save(text, path)
    return path
