"""Accepting findings: lines added to a baseline file, or taken out of it; the store's settings name that file."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from esviewer.app import activity
from esviewer.app.files import not_of_the_store, write_whole
from esviewer.audit.baseline import read_baseline
from esviewer.audit.finding import Finding
from esviewer.errors import EsviewerError, UsageError
from esviewer.model.exactjson import dumps, loads


def accept(findings: Sequence[Finding], file: Path, label: str) -> int:
    """Add findings to a baseline, made if it is not there, as `esviewer audit --json` prints them; says how many.

    Those that it knows are left out. `label` is the store's. Raises UsageError for a file of the store's own or one
    that is no baseline, EsviewerError when it can't be written.
    """
    target = not_of_the_store(str(file), label)
    known = set(read_baseline(target)) if target.exists() else set()
    lines = []
    for finding in findings:
        if finding.key not in known:
            known.add(finding.key)
            lines.append(dumps(finding.as_json()))

    def added(content: bytes) -> bytes:
        start = content if not content or content.endswith(b"\n") else content + b"\n"
        return start + "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")

    if lines:
        _rewrite(target, added)
        activity.note("accept", store=label, file=target, findings=len(lines))
    return len(lines)


def take_back(keys: Collection[str], file: Path, label: str) -> int:
    """Take the findings with these keys out of a baseline; says how many. Raises as `accept` does."""
    target = not_of_the_store(str(file), label)
    gone = read_baseline(target) & frozenset(keys)

    def less(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        return b"".join(line for line in lines if not line.strip() or loads(line)["key"] not in gone)

    if gone:
        _rewrite(target, less)
        activity.note("take-back", store=label, file=target, findings=len(gone))
    return len(gone)


def name_baseline(settings: Path, baseline: Path, label: str) -> None:
    """Have a settings file, made if it is not there, name a baseline, where it names none.

    Raises UsageError for a file that is not TOML, EsviewerError when it can't be written.
    """
    target = not_of_the_store(str(settings), label)
    try:
        told = "baseline" in tomllib.loads(target.read_text(encoding="utf-8")) if target.exists() else False
    except OSError as error:
        raise UsageError(f"{target} can't be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{target} is not TOML: {error}.") from None
    if told:
        return
    try:
        name = os.path.relpath(baseline.resolve(), target.resolve().parent)
    except ValueError:  # on another drive
        name = str(baseline.resolve())
    # What JSON calls a text is one in TOML too, and keys of the file itself come before its tables.
    first = f"baseline = {json.dumps(Path(name).as_posix(), ensure_ascii=False)}\n".encode()
    _rewrite(target, lambda content: first + content)


def _rewrite(file: Path, change: Callable[[bytes], bytes]) -> None:
    try:
        write_whole(file, change(file.read_bytes() if file.exists() else b""))
    except OSError as error:
        raise EsviewerError(
            f"{file} can't be written: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to.",
        ) from None
