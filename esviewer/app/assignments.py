"""Which reducer's file rebuilds which aggregate type, remembered for each store.

One JSON file in the configuration folder. A store is known by its saved connection's name, else by its file's path or
its URL without password; an aggregate type by its name, "" where aggregates have none.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from esviewer.app.connections import split_password
from esviewer.app.files import by_store, save_by_store
from esviewer.app.locking import alone
from esviewer.assets import config_dir
from esviewer.errors import StoreError, UsageError

Chosen: TypeAlias = Mapping[str, Path | None]
"""By aggregate type: the file, or None where `merge` was chosen."""


def store_key(target: str, connection: str | None = None) -> str:
    """What a store is remembered by, "" for one whose URL can't be kept without a secret in it."""
    if connection is not None:
        return f"connection:{connection}"
    path = target.removeprefix("sqlite:///")
    if "://" not in path:
        return str(Path(path).expanduser().resolve())
    try:
        return split_password(target)[0]
    except UsageError:
        return ""


class Assignments:
    """The file of assignments; it is read anew for each change, so that two windows don't undo each other."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "assignments.json"

    def of(self, store: str) -> Chosen:
        """What was chosen for a store; nothing where the file is missing. Raises StoreError for a damaged file."""
        return self._read().get(store, {}) if store else {}

    @alone
    def put(self, store: str, aggregate_type: str | None, file: Path | None) -> None:
        """Remember a type's file, or `merge` for None; raises StoreError when that can't be saved."""
        if store:
            stores = self._read()
            stores.setdefault(store, {})[aggregate_type or ""] = None if file is None else file.absolute()
            self._save(stores)

    @alone
    def forget(self, store: str, aggregate_type: str | None) -> None:
        """Leave a type to what is found beside the store again; raises StoreError when that can't be saved."""
        stores = self._read()
        if stores.get(store, {}).pop(aggregate_type or "", self) is not self:
            self._save(stores)

    def _read(self) -> dict[str, dict[str, Path | None]]:
        try:
            stores = by_store(self.file)
            return {store: {kind: _path(file) for kind, file in types.items()} for store, types in stores.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(
                f"The file of chosen reducers can't be read: {error.strerror}.", f"Look at {self.file}."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise StoreError(
                "The file of chosen reducers is damaged.", f"Mend or remove {self.file}; it is left as it is."
            ) from None

    def _save(self, stores: dict[str, dict[str, Path | None]]) -> None:
        kept = {
            store: {kind: None if file is None else str(file) for kind, file in types.items()}
            for store, types in stores.items()
        }
        save_by_store(self.file, kept, "The choice of reducers")


def _path(value: object) -> Path | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value or "\0" in value:
        raise TypeError("not a path")
    return Path(value)
