"""Known findings that are accepted: JSON Lines of findings, as `esviewer audit --json` prints them, told by `key`."""

from __future__ import annotations

from pathlib import Path

from esviewer.errors import UsageError
from esviewer.model.exactjson import NotJsonError, loads


def read_baseline(file: Path) -> frozenset[str]:
    """The keys of accepted findings; raises UsageError naming the line that is none."""
    keys = set()
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    finding = loads(line)
                except NotJsonError:
                    finding = None
                key = finding.get("key") if isinstance(finding, dict) else None
                if not isinstance(key, str):
                    raise UsageError(
                        f"{file}, line {number}, is no finding.", "A baseline holds lines of `esviewer audit --json`."
                    )
                keys.add(key)
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror}.") from None
    return frozenset(keys)
