"""Texts that are not saved, kept until their window is opened again."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from esviewer.app.files import write_whole
from esviewer.assets import config_dir


@dataclass(frozen=True, slots=True)
class Draft:
    """A text that is not saved, and the file that it is to be."""

    text: str
    file: Path | None
    known: str | None = None
    """What that file held when it was last read or written; None where that does not matter."""


def draft_of(kind: str, key: str) -> Path:
    """Where a draft of a kind is kept for one store; `key` is what the store is remembered by."""
    short = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return config_dir() / "drafts" / f"{kind}-{short}.json"


def read_draft(place: Path) -> Draft | None:
    """The draft that is kept at a place."""
    try:
        found = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, dict) or not isinstance(found.get("text"), str):
        return None
    file, known = found.get("file"), found.get("known")
    return Draft(
        found["text"], Path(file) if isinstance(file, str) else None, known if isinstance(known, str) else None
    )


def keep_draft(place: Path, draft: Draft | None) -> None:
    """Keep a draft at a place, in a folder that only its owner may look into; None: there is none any more."""
    # A draft is a convenience: where it can't be written, nothing else fails.
    with suppress(OSError, UnicodeEncodeError):
        if draft is None:
            place.unlink(missing_ok=True)
            return
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = {"text": draft.text, "file": None if draft.file is None else str(draft.file), "known": draft.known}
        write_whole(place, json.dumps(content, ensure_ascii=False).encode())
