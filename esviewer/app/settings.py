"""What is remembered between runs: recent stores, the window's layout, the theme. One JSON file; never a secret."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esviewer.assets import config_dir

RECENT_LIMIT = 12


@dataclass(frozen=True, slots=True)
class RecentStore:
    """A store that was opened before: what to open it by (never with a password), and its layout."""

    target: str
    name: str
    layout: str


class Settings:
    """The settings file; a damaged or unreadable one counts as empty, and is replaced at the next save."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "settings.json"
        self._values: dict[str, Any] = {}
        try:
            loaded = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            loaded = {}
        if isinstance(loaded, dict):
            self._values = loaded

    def get(self, key: str, default: Any = None) -> Any:
        """One value that JSON can hold."""
        return self._values.get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Change one value and save."""
        if self._values.get(key) == value and key in self._values:
            return
        self._values[key] = value
        self.save()

    def save(self) -> bool:
        """Write the file in one step, so that a crash leaves the old or the new one; False when it can't be written."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.file.parent, prefix=".settings")
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(self._values, out, ensure_ascii=False, indent=1)
            Path(name).replace(self.file)
        except OSError:
            return False
        return True

    def recent(self) -> list[RecentStore]:
        """The stores opened before, newest first."""
        entries = self._values.get("recent")
        return [
            RecentStore(entry["target"], str(entry.get("name", "")), str(entry.get("layout", "")))
            for entry in (entries if isinstance(entries, list) else [])
            if isinstance(entry, dict) and isinstance(entry.get("target"), str)
        ]

    def add_recent(self, store: RecentStore) -> None:
        """Put a store at the head of the recent ones."""
        others = [entry for entry in self.recent() if entry.target != store.target]
        self._put_recent([store, *others][:RECENT_LIMIT])

    def remove_recent(self, target: str) -> tuple[int, RecentStore] | None:
        """Forget one recent store; its place and itself, None where it was none."""
        found = next(((at, entry) for at, entry in enumerate(self.recent()) if entry.target == target), None)
        self._put_recent([entry for entry in self.recent() if entry.target != target])
        return found

    def put_back_recent(self, place: int, store: RecentStore) -> None:
        """Undo that one was forgotten, unless it was opened since."""
        others = self.recent()
        if all(entry.target != store.target for entry in others):
            self._put_recent([*others[:place], store, *others[place:]][:RECENT_LIMIT])

    def _put_recent(self, stores: list[RecentStore]) -> None:
        self.put(
            "recent", [{"target": entry.target, "name": entry.name, "layout": entry.layout} for entry in stores]
        )
