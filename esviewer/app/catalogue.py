"""The schema catalogue of a store: all its events in one pass, and what is written of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from esviewer.app import activity
from esviewer.app.files import replacing
from esviewer.app.session import Session
from esviewer.audit.catalogue.axis import NO_MOMENT
from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.feeding import feed, moments_of
from esviewer.audit.catalogue.fields import Masks, inside, root_field
from esviewer.errors import EsviewerError, elsewhere
from esviewer.model.batch import ColumnBatch
from esviewer.model.instant import Instant
from esviewer.model.masking import Masker
from esviewer.model.values import Value
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class Scope:
    """Which events a catalogue is made of; all of them unless told otherwise."""

    type_glob: str | None = None
    """A pattern for the event type, in this case."""
    aggregate_type_glob: str | None = None
    """A pattern for the aggregate type; events without one are left out then."""
    as_of: Instant | None = None
    """Only events at or before this moment; those without a time are left out then."""
    limit: int | None = None
    """Only so many events, the first that are read."""

    @property
    def whole(self) -> bool:
        """Whether all events are in it."""
        return self == Scope()

    def as_json(self) -> dict[str, Value]:
        """`{type, aggregate_type, as_of, limit}`, null where there is no limit."""
        return {
            "type": self.type_glob,
            "aggregate_type": self.aggregate_type_glob,
            "as_of": None if self.as_of is None else self.as_of.isoformat(),
            "limit": self.limit,
        }


def build_catalogue(session: Session, scope: Scope | None = None, *, work: Work | None = None) -> Catalogue:
    """Read a store once and describe its events; raises StoreError and CancelledError."""
    asked = scope or Scope()
    store = session.store
    total = store.info(exact=False, work=work).events
    catalogue: Catalogue | None = None
    seen = 0
    for batch in store.in_any_order(work=work):
        moments, by_position = moments_of(batch, None if catalogue is None else catalogue.positions)
        if catalogue is None:
            catalogue = Catalogue(positions=by_position)
        wanted = _wanted(asked, batch, moments, None if asked.limit is None else asked.limit - catalogue.events)
        feed(catalogue, batch, moments, wanted)
        seen += len(batch)
        if work is not None:
            work.report("Describing events", seen, max(total, seen))
        if asked.limit is not None and catalogue.events >= asked.limit:
            break
    return Catalogue() if catalogue is None else catalogue


def _wanted(scope: Scope, batch: ColumnBatch, moments: NDArray[np.int64], left: int | None) -> list[int] | None:
    """The indexes of the events in scope; None for all."""
    if scope.whole:
        return None
    tests = list(_tests(scope, batch, moments))
    found = [index for index in range(len(batch)) if all(test(index) for test in tests)]
    return found if left is None else found[: max(0, left)]


def _tests(scope: Scope, batch: ColumnBatch, moments: NDArray[np.int64]) -> Iterator[Callable[[int], bool]]:
    if scope.type_glob is not None:
        pattern = scope.type_glob
        good = {kind for kind in set(batch.types) if fnmatchcase(kind, pattern)}
        yield lambda index: batch.types[index] in good
    if scope.aggregate_type_glob is not None:
        glob = scope.aggregate_type_glob
        inside = [kind is not None and fnmatchcase(kind, glob) for kind in batch.column("aggregate_type")]
        yield lambda index: inside[index]
    if scope.as_of is not None:
        latest = scope.as_of.ns // 1000
        yield lambda index: bool(NO_MOMENT < moments[index] <= latest)


def masks_of(masker: Masker) -> Masks:
    """What a masker lets be shown of a catalogue."""
    return Masks(lambda path, value: masker.value(value, path), masker.aggregate_id)


def fold_masked_keys(catalogue: Catalogue, masker: Masker) -> None:
    """Take objects whose keys are values to a masker for maps, so that no such key is told."""
    for entry in catalogue.entries.values():
        waiting = [root_field(entry)]
        while waiting:
            field = waiting.pop()
            if any(masker.path((*field.path, name)) != (*field.path, name) for name in field.node.fields):
                field.node.become_map()
            waiting.extend(inside(field))


def catalogue_lines(form: str, catalogue: Catalogue, session: Session, masks: Masks) -> Iterator[str]:
    """A catalogue as `text`, `markdown`, `json` or `jsonschema` (of a single type by itself), line by line.

    Lines of `text` may hold what a terminal must not be given as it is.
    """
    from esviewer.model.exactjson import dumps
    from esviewer.model.visible import visible

    if form == "text":
        from esviewer.audit.catalogue.plain import as_text

        yield from as_text(catalogue, masks)
    elif form == "markdown":
        from esviewer.audit.catalogue.markdown import as_markdown

        yield from as_markdown(catalogue, session.store.name, masks)
    elif form == "json":
        from esviewer.audit.catalogue.as_json import as_json

        yield visible(dumps({"store": session.store.label, **as_json(catalogue, masks)}))
    else:
        from esviewer.audit.catalogue.json_schema import schema_of, schema_of_all

        entries = list(catalogue.sorted())
        whole = schema_of(entries[0], masks) if len(entries) == 1 else schema_of_all(catalogue, masks)
        yield visible(dumps(whole, indent=2))


def write_lines(file: Path, lines: Iterable[str]) -> None:
    """Write a text (UTF-8), which appears, or replaces the file that is there, when it is complete.

    Pipes and devices are written as they are. Raises EsviewerError when it can't be written.
    """
    try:
        special = file.exists() and not file.is_file() and not file.is_dir()
        with file.open("wb") if special else replacing(file) as out:
            for line in lines:
                out.write(line.encode("utf-8", "backslashreplace") + b"\n")
    except OSError as error:
        raise EsviewerError(
            f"{file} can't be written: {error.strerror or error}.",
            elsewhere(error),
        ) from None


def log_catalogue(session: Session, file: Path | None, catalogue: Catalogue, masker: Masker | None) -> None:
    """Log that a store was described; on standard output where there is no file, unmasked without a masker."""
    activity.note(
        "schema",
        store=session.store.label,
        file=file,
        events=catalogue.events,
        masked=None if masker is None else masker.counts.total(),
    )
