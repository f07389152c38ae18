"""Writing the source of functions out of rules: fixed shapes, keys as string literals, translated expressions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from esviewer.errors import RulesError
from esviewer.model.values import MISSING, SCALARS, Number, copied, same
from esviewer.replay import arithmetic, paths
from esviewer.replay.expressions import KEYS, NAMES, Source, event_view, translate
from esviewer.replay.paths import PathPart, parse_path

HELPERS: dict[str, Any] = {
    **{f"_{name}": function for name, function in paths.OPERATIONS.items()},
    "_MISSING": MISSING,
    "_SCALARS": SCALARS,
    "_number": Number,
    "_same": same,
    "_copied": copied,
    "_increased": paths.increased,
    "_own": arithmetic.own,
    "_own_built": arithmetic.own_built,
    "_event_view": event_view,
}
"""What the generated source names besides what its expressions do."""


class MisplacedError(RulesError):
    """Something wrong at a key of a table, or at a key within that."""

    def __init__(self, message: str, hint: str, keys: tuple[str, ...]) -> None:
        super().__init__(message, hint)
        self.keys = keys


@contextmanager
def at_keys(*keys: str) -> Iterator[None]:
    """Say of what is wrong at which keys it stands, unless that is known more closely."""
    try:
        yield
    except MisplacedError:
        raise
    except RulesError as error:
        raise MisplacedError(error.message, error.hint, keys) from None


def expression(text: Any, what: str, names: Sequence[str] = NAMES) -> Source:
    """The source of an expression that a TOML value is; raises RulesError naming `what` it is for."""
    if isinstance(text, (bool, int, float)):
        # A bare number or boolean in TOML can only mean itself.
        text = repr(text)
    elif isinstance(text, Number):
        return Source(f"_number({text.text!r})", frozenset(), uses_keys=False, builds=False)
    if not isinstance(text, str):
        raise RulesError(f"{what} must be an expression in quotes")
    try:
        return translate(text, names)
    except RulesError as error:
        raise RulesError(f"{what} = {text[:80]!r}: {error.message}", error.hint) from None


def table(value: Any, what: str, example: str = '{ a = "data.a" }') -> Iterable[tuple[str, Any]]:
    """The entries of a table, none of them wrong for being absent; raises RulesError."""
    if not isinstance(value, dict) or not value:
        raise RulesError(f"{what} must be a table of paths, as in {what} = {example}")
    return value.items()


def path_list(value: Any, what: str, example: str) -> list[str]:
    """Paths out of a text or a list of texts; raises RulesError."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not all(isinstance(path, str) for path in listed):
        raise RulesError(f"{what} must be a list of paths, as in {what} = [{example}]")
    return listed


class Writer:
    """The lines of one function, and what its expressions use."""

    def __init__(self, names: Sequence[str] = NAMES) -> None:
        self._known = names
        self._lines: list[str] = []
        self._names: set[str] = set()
        self._uses_keys = False
        self._data_keys: frozenset[str] | None = frozenset()
        self.builds = False

    @property
    def needs_event(self) -> bool:
        """Whether the function reads more of an event than its data."""
        return bool(self._names & {"meta", "event"})

    @property
    def payload_keys(self) -> frozenset[str] | None:
        """The keys of the event's data that the function looks at; None where any may be."""
        return self._data_keys

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append(text)

    def used(self, source: Source) -> str:
        """The code of an expression, whose names the function then has."""
        self._names |= source.names
        self._uses_keys = self._uses_keys or source.uses_keys
        if self._data_keys is not None:
            self._data_keys = None if source.data_keys is None else self._data_keys | source.data_keys
        return source.code

    def source(self, head: str, keys: str = KEYS) -> str:
        """The function's source; `head` is its def line, whose parameters are called data and event.

        `keys` is the line that `Source` speaks of; where data is known to be an object it can be shorter.
        """
        lines = [head]
        if self._uses_keys:
            lines.append(keys)
        if "meta" in self._names:
            lines.append("meta = event.metadata")
        if "event" in self._names:
            lines.append("event = _event_view(event)")
        return "\n    ".join([*lines, *self._lines]) + "\n"

    def expression(self, text: Any, what: str) -> Source:
        """An expression over the names that are known here."""
        return expression(text, what, self._known)

    def parts(self, path: str) -> tuple[tuple[PathPart, ...], str]:
        """A path's parts, and the code of a tuple of them."""
        parts = parse_path(path, self._known)
        return parts, f"({', '.join(map(self._part, parts))},)"

    def _part(self, part: PathPart) -> str:
        if part.source is None:
            return repr(part.key)
        code = self.used(part.source)
        if not part.source.builds:
            return code
        self.builds = True
        return f"_own_built({code}, 0, _meter)"
