"""A projection file to start from, made of what is in a store."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.model.change import Path
from esviewer.model.values import Value
from esviewer.projections.file import slug
from esviewer.work import Work

_MOST_COLUMNS: Final = 8
_SAMPLES: Final = 5
_KEY: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")
_TAKEN: Final = frozenset(["aggregate_id", "version", "timestamp", "problems"])


def starting_projection(session: Session, hidden: Callable[[Path], bool], work: Work) -> str:
    """A state projection of the store's commonest aggregate type, and a table of its event types, as text.

    Fields are those of a few aggregates' newest states; those whose name is `hidden` are left out. Raises StoreError
    and CancelledError.
    """
    types = session.store.info(exact=False, work=work).aggregate_types
    kind = max(types, key=lambda name: types[name], default="") or None
    if kind is None:
        kind = next((each.aggregate_type for each in session.store.aggregate_ids(limit=1, work=work)), None)
    columns = _columns(session, kind, hidden, work)
    lines = [
        "# One row for each aggregate, as it is at the end or as of a date.",
        "[[projection]]",
        f"name = {_quoted(slug(kind or 'states'))}",
    ]
    if kind is not None:
        lines.append(f"aggregate_type = {_quoted(_glob(kind))}")
    lines.append("# where = \"version > 1\"    # over state, aggregate_id, aggregate_type, version")
    lines.append("[projection.columns]")
    lines += [f"{name} = {_quoted(expression)}" for name, expression in columns]
    lines += [
        "",
        "# One row for each key, folded from the events of all aggregates.",
        "[[projection]]",
        'name = "events by type"',
        'kind = "event"',
        'key = "event.type"',
        "[[projection.on]]",
        'event = "*"',
        'increment = { count = "1" }',
        "[projection.columns]",
        'count = "state.count"',
        "",
    ]
    return "\n".join(lines)


def _columns(
    session: Session, kind: str | None, hidden: Callable[[Path], bool], work: Work
) -> list[tuple[str, str]]:
    found: dict[str, str] = {}
    refs = session.store.aggregate_ids(
        limit=_SAMPLES, type_glob=None if kind is None else _glob(kind), work=work
    )
    for ref in refs:
        work.check()
        state: Value = None
        # What can't be rebuilt has no fields to offer.
        with suppress(EsviewerError):
            state = session.state(ref.aggregate_id, work=work).state
        for key, value in state.items() if isinstance(state, dict) else ():
            if not _KEY.fullmatch(key) or key.lower() in _TAKEN or hidden((key,)):
                continue
            if isinstance(value, (dict, list)):
                found.setdefault(f"{key}_count", f"len(state.{key})")
            else:
                found[key] = f"state.{key}"
    distinct = {name.lower(): (name, expression) for name, expression in found.items()}
    return list(distinct.values())[:_MOST_COLUMNS]


def _glob(name: str) -> str:
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


def _quoted(text: str) -> str:
    """A TOML string; what it can't hold is left out."""
    return json.dumps(text.encode("utf-8", "ignore").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")
