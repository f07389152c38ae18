"""Places that somebody named, kept with the store that they are in.

One JSON file in the configuration folder; a store is known as `app/assignments.py` knows it, a place by its link.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from esviewer.app.files import by_store, save_by_store
from esviewer.app.links import Link, parse_link
from esviewer.app.locking import alone
from esviewer.assets import config_dir
from esviewer.errors import StoreError, UsageError


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A place with a name of its own."""

    name: str
    place: Link


class Bookmarks:
    """The file of bookmarks; it is read anew for each change, so that two windows don't undo each other."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_dir() / "bookmarks.json"

    def of(self, store: str) -> list[Bookmark]:
        """A store's bookmarks in their order; raises StoreError for a damaged file."""
        return self._read().get(store, [])

    @alone
    def add(self, store: str, mark: Bookmark, number: int | None = None) -> list[Bookmark]:
        """Keep one more (in the place of one of that name), at the end or before another; returns all.

        Raises StoreError when it can't be saved, or the store is remembered by nothing (""), and UsageError for a
        place that no link can name.
        """
        if not store:
            raise StoreError("No bookmark of this store can be kept.", "Save it as a connection and open that.")
        mark.place.text()
        stores = self._read()
        marks = [each for each in stores.get(store, []) if each.name != mark.name]
        marks.insert(len(marks) if number is None else number, mark)
        return self._save(stores, store, marks)

    @alone
    def remove(self, store: str, name: str) -> list[Bookmark]:
        """Forget the one of a name; returns those that are left. Raises StoreError when that can't be saved."""
        stores = self._read()
        return self._save(stores, store, [each for each in stores.get(store, []) if each.name != name])

    def _save(self, stores: dict[str, list[Bookmark]], store: str, marks: list[Bookmark]) -> list[Bookmark]:
        kept = {
            key: [{"name": each.name, "link": each.place.text()} for each in found]
            for key, found in {**stores, store: marks}.items()
        }
        save_by_store(self.file, kept, "The bookmark")
        return marks

    def _read(self) -> dict[str, list[Bookmark]]:
        try:
            stores = by_store(self.file)
            return {
                store: [Bookmark(_text(each["name"]), parse_link(_text(each["link"]))) for each in marks]
                for store, marks in stores.items()
            }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StoreError(
                f"The file of bookmarks can't be read: {error.strerror}.", f"Look at {self.file}."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, UsageError):
            raise StoreError(
                "The file of bookmarks is damaged.", f"Mend or remove {self.file}; it is left as it is."
            ) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
