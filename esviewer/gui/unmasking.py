"""Editing what is masked: what is written with marks in it becomes what is behind them again, unseen."""

from __future__ import annotations

from esviewer.app.screen import Screen
from esviewer.gui.masked import MARK
from esviewer.model.change import Path
from esviewer.model.exactjson import scalar_text
from esviewer.model.masking import Masker
from esviewer.model.values import Value


class _Noting(Masker):
    """Notes what is behind each mark it makes."""

    def __init__(self, of: Masker, salt: bytes) -> None:
        super().__init__(of.masking, salt)
        self.behind: dict[str, Value] = {}

    def mark(self, value: Value) -> str:
        found = super().mark(value)
        self.behind[found] = value
        return found


class Unmasking:
    """A value as it is shown for editing, and the way back; for one value."""

    def __init__(self, screen: Screen) -> None:
        """`screen` is nobody else's."""
        self._noting = _Noting(screen.masker, screen.salt)
        self._noting.know(screen.masker.known_ids)
        screen.masker = self._noting
        self._screen = screen

    def shown(self, value: Value, path: Path = (), of: str | None = None) -> Value:
        """What is shown of a value at a path of an aggregate."""
        return self._screen.shown(value, path, of)

    def true(self, value: Value) -> Value:
        """What was written, with what is behind each mark that stands in it in the mark's place."""
        if isinstance(value, dict):
            return {self._text(key) if isinstance(key, str) else key: self.true(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.true(inner) for inner in value]
        if not isinstance(value, str):
            return value
        return self._noting.behind[value] if value in self._noting.behind else self._text(value)

    def _text(self, text: str) -> str:
        behind = self._noting.behind

        def put_back(mark: str) -> str:
            if mark not in behind:
                return mark
            value = behind[mark]
            return value if isinstance(value, str) else scalar_text(value)

        return MARK.sub(lambda found: put_back(found.group()), text) if "‹masked " in text else text
