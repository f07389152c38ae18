"""Filters of the log of events that were given a name, remembered for each store: one JSON file in the configuration
folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from esviewer.app.files import by_store, save_by_store
from esviewer.app.locking import alone
from esviewer.app.log_filter import LogFilter, filter_from_json
from esviewer.assets import config_dir
from esviewer.errors import StoreError

Named: TypeAlias = Mapping[str, LogFilter]
"""Filters by name, in the order in which they are offered."""


class SavedFilters:
    """The file of filters; it is read anew for each change, so that two windows don't undo each other.

    A store is known as in `assignments.store_key`; "" remembers nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "saved-filters.json"

    def of(self, store: str) -> Named:
        """A store's filters; none where the file is missing. Raises StoreError for a damaged file."""
        return self._read().get(store, {}) if store else {}

    @alone
    def put(self, store: str, filters: Named) -> None:
        """Remember a store's filters in place of those that were; raises StoreError when that can't be saved."""
        if not store:
            return
        stores = self._read()
        stores[store] = dict(filters)
        kept = {
            key: [{"name": name, "filter": asked.as_json()} for name, asked in named.items()]
            for key, named in stores.items()
        }
        save_by_store(self.file, kept, "The filters")

    def _read(self) -> dict[str, dict[str, LogFilter]]:
        try:
            stores = by_store(self.file)
            return {
                store: {str(each["name"]): filter_from_json(each["filter"]) for each in named}
                for store, named in stores.items()
            }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(
                f"The file of saved filters can't be read: {error.strerror}.", f"Look at {self.file}."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise StoreError(
                "The file of saved filters is damaged.", f"Mend or remove {self.file}; it is left as it is."
            ) from None
