"""The third bar against writing: no statement but a single reading one reaches the driver."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Engine, event

from esviewer.errors import StoreError

_READING = re.compile(r"\s*(?:SELECT|WITH|SHOW|BEGIN|ROLLBACK|START\s+TRANSACTION\s+READ\s+ONLY)\b", re.IGNORECASE)
_PRAGMA = re.compile(
    r"\s*PRAGMA\s+(?:(?:\"[^\"]+\"|\w+)\.)?"
    r"(?:table_x?info|table_list|index_list|index_x?info|foreign_key_list|encoding|query_only)\s*"
    r"(?:\(\s*(?:\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|\w+)\s*\))?\s*",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\[[^\[\]]*\]")
_WRITING = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE|INTO)\b", re.IGNORECASE)


def only_reads(statement: str) -> bool:
    """Whether a statement is one single SELECT, WITH … SELECT, SHOW, ROLLBACK, PRAGMA that asks, or begins reading."""
    if _PRAGMA.fullmatch(statement):
        return True
    bare = _QUOTED.sub("''", statement)
    return _READING.match(bare) is not None and ";" not in bare.rstrip().rstrip(";") and _WRITING.search(bare) is None


def guard(engine: Engine) -> None:
    """Have the engine refuse, with a StoreError, every statement that might write."""

    @event.listens_for(engine, "before_cursor_execute")
    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not only_reads(statement):
            raise StoreError("esviewer only reads stores; this statement was refused.", statement[:200])
