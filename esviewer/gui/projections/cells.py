"""Cells of results and previews as they may be shown on this screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from esviewer.app.screen import Screen
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.text import preview, visible
from esviewer.model.exactjson import dumps, loads
from esviewer.model.values import Value
from esviewer.projections.definition import PROBLEMS, Projection
from esviewer.projections.origins import Origin, origins, texts_through

_LONGEST: Final = 300
_PLAIN: Final = frozenset(
    ["version", "timestamp", "events", "first_position", "first_timestamp", "last_position", "last_timestamp"]
)


class Cells:
    """What shows of one table's cells; used by one thread at a time, with the screen of that thread."""

    def __init__(
        self,
        names: Sequence[str],
        projection: Projection | None,
        *,
        json: Sequence[bool] = (),
        masked: bool = False,
    ) -> None:
        """`names` are those of the columns, `json` says which of them hold JSON text.

        `projection` is what made the table; where it is not known, nothing says what its columns were made of, and all
        of them are masked. `masked`: the table itself has been masked already.
        """
        self.names = tuple(names)
        self._json = tuple(json) or (False,) * len(self.names)
        self._masked = masked
        self._known = projection is not None or masked
        self._origins: Mapping[str, Origin] = {} if projection is None else origins(projection)
        fixed = frozenset() if projection is None else frozenset(projection.fixed[len(projection.keys) :])
        self._fixed = fixed or frozenset([*_PLAIN, "aggregate_id"])
        self.id_column = self.names.index("aggregate_id") if "aggregate_id" in self.names else None

    @property
    def known(self) -> bool:
        """Whether it is known what the columns were made of."""
        return self._known

    def value(self, screen: Screen, column: int, row: Sequence[Any]) -> Value:
        """What shows of a cell's value."""
        found, name = row[column], self.names[column]
        if found is None or not screen.masks or self._masked:
            return self._plain(column, found)
        if name == "aggregate_id" and name in self._fixed:
            return screen.unknown_id(str(found))
        if name == PROBLEMS:
            return localised(screen.reason(str(found)))
        if name in self._fixed:
            return found
        value = self._plain(column, found)
        if not self._known:
            whole = value if not isinstance(value, (dict, list)) else dumps(value)
            return value if screen.leaves(whole) else screen.masker.mark(whole)
        of = None if self.id_column is None else str(row[self.id_column])
        origin = self._origins.get(name, Origin())
        if origin.ids:
            value = texts_through(value, screen.unknown_id)
        value = origin.through(value, lambda inner, path: screen.shown(inner, path, of))
        return screen.shown(value, (name,))

    def _plain(self, column: int, found: Any) -> Value:
        if self._json[column] and isinstance(found, str):
            try:
                return loads(found)
            except ValueError:
                return found
        return found

    def text(self, screen: Screen, column: int, row: Sequence[Any]) -> str:
        """A cell in one line."""
        text = _text(self.value(screen, column, row))
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def copied(self, screen: Screen, column: int, row: Sequence[Any]) -> Value:
        """A cell whole, to be copied: a scalar or JSON text."""
        found = self.value(screen, column, row)
        return dumps(found) if isinstance(found, (dict, list)) else found

    def draws(self, screen: Screen, name: str) -> bool:
        """Whether the numbers of a column may be drawn."""
        if self._masked or not screen.masks or name in self._fixed:
            return True
        if not self._known:
            return False
        return all(screen.draws(1234.5, path, None) for path in [*self._origins.get(name, Origin()).paths, (name,)])


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return translate("Cells", "true") if value else translate("Cells", "false")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return visible(value)
    return preview(value, _LONGEST)


ScreenNow = Callable[[], Screen]
