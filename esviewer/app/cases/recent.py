"""Which case files were open with which store: one JSON file in the configuration folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from esviewer.app.files import by_store, save_by_store
from esviewer.app.locking import alone
from esviewer.assets import config_dir

MOST: Final = 10
"""How many are remembered for a store."""


class RecentCases:
    """Read anew for each change, so that two windows don't undo each other.

    A store is known as in `assignments.store_key`; "" remembers nothing. A damaged file counts as empty.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "recent-cases.json"

    def of(self, store: str) -> list[Path]:
        """A store's case files, the last one first."""
        return [Path(each) for each in self._read().get(store, [])] if store else []

    @alone
    def add(self, store: str, file: Path) -> None:
        """Put a file at the head; raises StoreError when that can't be saved."""
        name = str(file.expanduser().absolute())
        self._put(store, [name, *(str(each) for each in self.of(store) if str(each) != name)][:MOST])

    @alone
    def forget(self, store: str, file: Path) -> None:
        """Remember a file no longer; raises StoreError when that can't be saved."""
        name = str(file.expanduser().absolute())
        self._put(store, [str(each) for each in self.of(store) if str(each) != name])

    def _put(self, store: str, files: list[str]) -> None:
        if not store:
            return
        stores = {**self._read(), store: files}
        save_by_store(self.file, stores, "The recent cases")

    def _read(self) -> dict[str, list[str]]:
        try:
            stores = by_store(self.file)
            return {store: [str(each) for each in files] for store, files in stores.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}
