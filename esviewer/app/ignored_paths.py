"""Which paths comparisons leave out, remembered for each store: one JSON file in the configuration folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from esviewer.app.files import by_store, save_by_store
from esviewer.app.locking import alone
from esviewer.assets import config_dir
from esviewer.errors import StoreError
from esviewer.model.change import Path as ValuePath


class IgnoredPaths:
    """The file of patterns; it is read anew for each change, so that two windows don't undo each other.

    A store is known as in `assignments.store_key`; "" remembers nothing.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "ignored-paths.json"

    def of(self, store: str) -> tuple[str, ...]:
        """A store's patterns; none where the file is missing. Raises StoreError for a damaged file."""
        return tuple(self._read().get(store, ())) if store else ()

    @alone
    def put(self, store: str, patterns: Sequence[str]) -> None:
        """Remember a store's patterns; raises StoreError when that can't be saved."""
        if not store:
            return
        stores = self._read()
        if stores.get(store, []) == [*patterns]:
            return
        stores[store] = [*patterns]
        save_by_store(self.file, stores, "The ignored paths")

    def _read(self) -> dict[str, list[str]]:
        try:
            stores = by_store(self.file)
            return {store: _patterns(found) for store, found in stores.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(
                f"The file of ignored paths can't be read: {error.strerror}.", f"Look at {self.file}."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise StoreError(
                "The file of ignored paths is damaged.", f"Mend or remove {self.file}; it is left as it is."
            ) from None


def _patterns(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise TypeError("not patterns")
    return found


def pattern_of(path: ValuePath, *, any_element: bool = False) -> str:
    """The pattern that stands for a path and what is below it, in one line; `any_element`: whatever a list's index."""
    return "".join(f"/{_part(part, any_element)}" for part in path)


def _part(part: str | int, any_element: bool) -> str:
    if isinstance(part, int):
        return "*" if any_element else str(part)
    text = part.replace("~", "~0").replace("/", "~1")
    # What has a meaning in patterns is put into brackets; a line's end has no other form than any one character.
    return "".join("?" if char in "\r\n" else f"[{char}]" if char in "*?[" else char for char in text)
