"""What is remembered between runs: recent stores, the window's layout, the theme. One JSON file; never a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from esviewer.app.files import write_whole
from esviewer.app.locking import held
from esviewer.assets import config_dir

RECENT_LIMIT = 12


@dataclass(frozen=True, slots=True)
class RecentStore:
    """A store that was opened before: what to open it by (never with a password), and its layout."""

    target: str
    name: str
    layout: str


class Settings:
    """The settings file; a damaged one counts as empty, and is kept under another name.

    Several windows may have it: each change is made to what the file holds then.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "settings.json"
        self._values: dict[str, Any] = {}
        self._read()

    def _read(self) -> None:
        """Take over what the file holds, as other windows may have changed it; what can't be read is kept aside."""
        try:
            content = self.file.read_bytes()
        except OSError:
            return
        try:
            loaded = json.loads(content)
        except (ValueError, RecursionError):
            loaded = None
        if isinstance(loaded, dict):
            self._values = loaded
        else:
            with suppress(OSError):
                write_whole(self.file.with_name(f"{self.file.name}.damaged"), content, private=True, durable=False)

    def get(self, key: str, default: Any = None) -> Any:
        """One value that JSON can hold."""
        return self._values.get(key, default)

    def put(self, key: str, value: Any) -> None:
        """Change one value and save."""
        if self._values.get(key) == value and key in self._values:
            return
        self.change(key, lambda _: value)

    def change(self, key: str, made: Callable[[Any], Any]) -> None:
        """Make one value of what it is now, by whatever window, and save; all others are as the file has them."""
        with held(self.file):
            self._read()
            self._values[key] = made(self._values.get(key))
            self.save()

    def save(self) -> bool:
        """Write the file in one step, so that a crash leaves the old or the new one; False when it can't be written."""
        try:
            # Not durable: the window's thread would wait for the disk each time that something is remembered.
            write_whole(self.file, json.dumps(self._values, indent=1).encode("ascii"), private=True, durable=False)
        except OSError:
            return False
        return True

    def recent(self) -> list[RecentStore]:
        """The stores opened before, newest first."""
        return _stores(self._values.get("recent"))

    def add_recent(self, store: RecentStore) -> None:
        """Put a store at the head of the recent ones."""
        self._change_recent(lambda stores: [store, *(each for each in stores if each.target != store.target)])

    def remove_recent(self, target: str) -> tuple[int, RecentStore] | None:
        """Forget one recent store; its place and itself, None where it was none."""
        found = next(((at, entry) for at, entry in enumerate(self.recent()) if entry.target == target), None)
        self._change_recent(lambda stores: [each for each in stores if each.target != target])
        return found

    def put_back_recent(self, place: int, store: RecentStore) -> None:
        """Undo that one was forgotten, unless it was opened since."""

        def put_back(stores: list[RecentStore]) -> list[RecentStore]:
            known = any(each.target == store.target for each in stores)
            return stores if known else [*stores[:place], store, *stores[place:]]

        self._change_recent(put_back)

    def _change_recent(self, made: Callable[[list[RecentStore]], list[RecentStore]]) -> None:
        self.change("recent", lambda entries: [asdict(each) for each in made(_stores(entries))[:RECENT_LIMIT]])


def _stores(entries: Any) -> list[RecentStore]:
    return [
        RecentStore(entry["target"], str(entry.get("name", "")), str(entry.get("layout", "")))
        for entry in (entries if isinstance(entries, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("target"), str)
    ]
