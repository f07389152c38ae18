"""The text of a rules file while somebody writes it: reading, checking and saving it."""

from __future__ import annotations

import glob
import json
import tomllib
from pathlib import Path

from esviewer.app.files import write_whole
from esviewer.errors import RulesError, UsageError
from esviewer.replay.foreign.spec import KINDS
from esviewer.replay.rules import MAX_FILE_BYTES, RulesReducer, parse_rules


def read_text(file: Path) -> str:
    """The text of a reducer's file; raises RulesError."""
    try:
        with file.open("rb") as content:
            raw = content.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RulesError(f"{file} can't be read: {error.strerror}.") from None
    if len(raw) > MAX_FILE_BYTES:
        raise RulesError(f"{file} is larger than {MAX_FILE_BYTES:,} bytes.", "It is no rules file.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RulesError(f"{file} is not UTF-8 text.") from None


def blank_rules(aggregate_type: str | None) -> str:
    """Rules that do what `merge` does, to be replaced by better ones."""
    head = f"name = {_quoted(aggregate_type or 'rules')}\n"
    if aggregate_type:
        head += f"aggregate_type = {_quoted(glob.escape(aggregate_type))}\n"
    return f'{head}initial = {{}}\n\n[[on]]\nevent = "*"\nmerge = "data"\n'


def _quoted(text: str) -> str:
    """A TOML string; what it can't hold is left out."""
    return json.dumps(text.encode("utf-8", "ignore").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def checked(text: str, origin: str) -> RulesReducer | str:
    """The rules that a text is, or the kind of foreign code that it names; raises RulesError."""
    try:
        return parse_rules(text, origin)
    except RulesError:
        kind = _foreign_kind(text)
        if kind is None:
            raise
        return kind


def _foreign_kind(text: str) -> str | None:
    if "kind" not in text or len(text) > MAX_FILE_BYTES:
        return None
    try:
        kind = tomllib.loads(text).get("kind")
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return None
    return kind if kind in KINDS else None


def save_text(text: str, file: Path, store_label: str = "", *, known: str | None = None) -> None:
    """Write a reducer's file in one step; `store_label` is the path of the open store, which is never written.

    Raises UsageError for a name that is no .toml or belongs to the store, when the file can't be written, and when it
    no longer holds what it did, where that is `known`.
    """
    if file.suffix.lower() != ".toml":
        raise UsageError(f"{file.name} does not end in .toml.", "Rules are kept in files whose names do.")
    for name in (store_label, f"{store_label}-wal", f"{store_label}-shm", f"{store_label}-journal"):
        store = Path(name)
        if store_label and (store.resolve() == file.resolve() or (_there(store, file) and store.samefile(file))):
            raise UsageError(f"{file} belongs to the store itself, which is never written.", "Name another file.")
    if known is not None and _there(file) and read_text(file) != known:
        raise UsageError(
            f"{file} has been changed by another program since it was opened here.",
            "“Save as …” replaces it all the same; “Open …” shows what it holds now.",
        )
    try:
        content = text.encode()
    except UnicodeEncodeError:
        raise UsageError("The text holds half of a character, which can't be saved.", "Remove it.") from None
    try:
        write_whole(file, content)
    except OSError as error:
        raise UsageError(
            f"{file} can't be written: {error.strerror or error}.", "Choose a folder that you may write to."
        ) from None


def _there(*files: Path) -> bool:
    try:
        return all(file.exists() for file in files)
    except OSError:
        return False
