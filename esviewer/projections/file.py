"""Projection files (TOML): which tables are to be made of a store; safe to open from a stranger.

One projection stands at the top of the file, or several in `[[projection]]` tables with a name each.

    name = "open carts"                   # default: the file's name
    kind = "state"                        # one row for each aggregate; the default
    reducer = "cart.toml"                 # rules, beside this file; left out: what rebuilds the aggregates elsewhere
    aggregate_type = "cart*"              # glob; left out: all
    where = "state.status == 'Opened'"    # over state, aggregate_id, aggregate_type, version; left out: all
    [columns]                             # over the same
    client = "state.clientId"
    lines = "len(state.items)"

    name = "sales"
    kind = "event"                        # one row for each key, folded from events of all aggregates in store order
    key = "data.productId"                # over data, meta, event; or a list of them
    where = "data.quantity > 0"           # over the same
    initial = { sold = 0 }
    [[on]]                                # rules as in reducers; events without one don't count
    event = "ProductItemAdded"
    increment = { sold = "data.quantity" }
    [columns]                             # over state and key
    sold = "state.sold"

    name = "logins"
    kind = "log"                          # one row for each event
    event = "LoggedIn"                    # name or glob, or a list of them; left out: all
    where = "data.success"                # over data, meta, event
    [columns]
    who = "meta.actor"

A table `[key]` names the columns of a key: `[key]` with `actor = "meta.actor"`; `key` in `columns` is then an object of
them. `aggregate_type` keeps events, too, to those of some aggregates. First come the columns aggregate_id, version
and timestamp, of an event projection the key, then events, first_position, first_timestamp, last_position and
last_timestamp; the last column is `problems`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from esviewer.errors import RulesError
from esviewer.model.change import Path as Place
from esviewer.model.clause import clause
from esviewer.model.values import Number
from esviewer.projections.definition import (
    EVENT_NAMES,
    FOLDED_NAMES,
    KINDS,
    PROBLEMS,
    STATE_NAMES,
    Expression,
    KeyForm,
    Kind,
    Projection,
    ProjectionFile,
    key_called,
)
from esviewer.replay.expressions import paths_read
from esviewer.replay.known_keys import check_keys
from esviewer.replay.rules import RulesReducer, parse_rules, read_document, rules_in, text_of
from esviewer.replay.step_writer import MisplacedError, at_keys
from esviewer.replay.toml_lines import Lines

MOST_PROJECTIONS: Final = 100
MOST_COLUMNS: Final = 500
_LONGEST_PART: Final = 100
"""Bytes."""
LONGEST_NAME: Final = 100

_COMMON: Final = ("name", "kind", "aggregate_type", "where", "columns")
_KEYS: Final[dict[Kind, tuple[str, ...]]] = {
    "state": (*_COMMON, "reducer"),
    "event": (*_COMMON, "key", "initial", "on"),
    "log": (*_COMMON, "event"),
}
_ALL: Final = tuple(dict.fromkeys(key for keys in _KEYS.values() for key in keys))
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f]+")
_OURS: Final = re.compile(r"esviewer.*", re.IGNORECASE)
_SLUG: Final = re.compile(r"\W+")

RulesText = Callable[[str], str]
"""The text of a rules file by the name that a projection calls it; raises RulesError."""


def load_projections(file: Path) -> ProjectionFile:
    """Read a projection file; raises RulesError naming the file, the projection, what is wrong and its line."""
    text = _text_of(clause(f"The projection file {file}"), file)
    return parse_projections(text, str(file), file.parent, default_name=file.stem)


def parse_projections(
    text: str, origin: str, folder: Path | None = None, *, default_name: str = "projection"
) -> ProjectionFile:
    """The projections in a text; `origin` names it in errors, rules files are looked for in `folder`.

    Without a folder none can be named. Raises RulesError, whose `line` is where the mistake is.
    """
    texts: dict[str, str] = {}

    def rules_text(name: str) -> str:
        if folder is None:
            raise RulesError("reducer can be named once the file is saved: its path is relative to that")
        if Path(name).is_absolute():
            raise RulesError("reducer must be a path that is relative to this file")
        if name not in texts:
            texts[name] = _text_of(clause(f"The rules file {folder / name}"), folder / name)
        return texts[name]

    return _parsed(text, origin, rules_text, texts, default_name)


def again(text: str, origin: str, reducers: dict[str, str], default_name: str) -> ProjectionFile:
    """What another process has parsed, made anew from texts alone."""
    return _parsed(text, origin, reducers.__getitem__, dict(reducers), default_name)


def _text_of(told: str, file: Path) -> str:
    try:
        # A pipe would be waited for.
        no_file = file.exists() and not file.is_file()
    except OSError:
        no_file = False  # why it can't be read is said below
    if no_file:
        raise RulesError(f"{told} is no file.")
    return text_of(told, file)


def _parsed(text: str, origin: str, rules_text: RulesText, texts: dict[str, str], default_name: str) -> ProjectionFile:
    document = read_document(text, origin, clause("projection file"))
    lines = Lines(text)
    try:
        found = _projections(document, text, lines, rules_text, default_name)
    except RulesError as error:
        if error.line is None:
            raise RulesError(f"{origin}: {error.message}.", error.hint) from None
        raise RulesError(f"{origin}, line {error.line}: {error.message}.", error.hint, error.line) from None
    return ProjectionFile(text, origin, texts, default_name, tuple(found))


def _projections(
    document: dict[str, Any], text: str, lines: Lines, rules_text: RulesText, default_name: str
) -> list[Projection]:
    several = document.get("projection")
    if several is None:
        return [_one(document, (), text, lines, rules_text, _printable(default_name))]
    if not isinstance(several, list) or not all(isinstance(each, dict) for each in several) or not several:
        raise RulesError("several projections are written as [[projection]] tables", "", lines.of("projection"))
    for key in document:
        if key != "projection":
            raise RulesError(
                f"{key[:80]!r} stands outside of the [[projection]] tables", "Move it into one.", lines.of(key)
            )
    if len(several) > MOST_PROJECTIONS:
        raise RulesError(f"there are more than {MOST_PROJECTIONS} projections")
    found: list[Projection] = []
    names: set[str] = set()
    for index, each in enumerate(several):
        base = ("projection", index)
        if "name" not in each:
            raise RulesError(f"projection {index + 1} has no name", "Each of several needs one.", lines.of(*base))
        try:
            made = _one(each, base, text, lines, rules_text, "")
        except RulesError as error:
            said = clause(f"projection {index + 1}: {error.message}")
            raise RulesError(said, error.hint, error.line) from None
        # Names of files and tables that differ only in such a way would be one on some systems.
        for name in (slug(made.name), slug(made.problems_table)):
            if name in names:
                raise RulesError(f"two projections are called {made.name!r}, or nearly so", "", lines.of(*base, "name"))
            names.add(name)
        found.append(made)
    return found


def _folds(rules: list[dict[str, Any]]) -> Iterator[tuple[Place, str]]:
    """What checked rules put into a state: places in it, and the expressions put there."""
    for rule in rules:
        for operation in ("set", "merge", "increment", "append"):
            value = rule.get(operation)
            for place, text in (value.items() if isinstance(value, dict) else [("", value)]):
                if isinstance(text, str):
                    yield _place(place) + ((0,) if operation == "append" else ()), text


def _place(text: str) -> Place:
    """The place that a rule's path names, all that is there as 0; all of the state where that is not to be told."""
    try:
        found = paths_read(f"state{'' if text[:1] in ('', '[') else '.'}{text}")
    except SyntaxError:
        return ()
    whole = next((path for root, path in found if root == "state"), ())
    return tuple(part if isinstance(part, str) else 0 for part in whole)


def slug(name: str) -> str:
    """A projection's name as a part of a file's name, in lower case."""
    return _SLUG.sub("-", name).strip("-").lower() or "projection"


def file_part(name: str) -> str:
    """The same, no longer than file systems have room for beside what else is in a file's name."""
    whole = slug(name).encode("utf-8", "replace")
    if len(whole) <= _LONGEST_PART:
        return whole.decode()
    # Names that begin alike stay different.
    digest = hashlib.sha256(whole).hexdigest()[:8]
    return f"{whole[: _LONGEST_PART - 9].decode(errors='ignore')}-{digest}"


def _printable(name: str) -> str:
    plain = "".join(char if _NAME.fullmatch(char) else "-" for char in name)[:LONGEST_NAME]
    return f"my {plain}" if _OURS.fullmatch(plain) else plain or "projection"


def _one(
    document: dict[str, Any],
    base: tuple[str | int, ...],
    text: str,
    lines: Lines,
    rules_text: RulesText,
    default_name: str,
) -> Projection:
    try:
        return _Reader(document, base, text, lines, rules_text).projection(default_name)
    except RulesError as error:
        keys = error.keys if isinstance(error, MisplacedError) else ()
        line = error.line if error.line is not None else lines.of(*base, *keys)
        raise RulesError(error.message, error.hint, line) from None


class _Reader:
    """Takes one projection's table apart; raises RulesError, with the keys that are wrong."""

    def __init__(
        self,
        document: dict[str, Any],
        base: tuple[str | int, ...],
        text: str,
        lines: Lines,
        rules_text: RulesText,
    ) -> None:
        self._document = document
        self._base = base
        self._text = text
        self._lines = lines
        self._rules_text = rules_text

    def projection(self, default_name: str) -> Projection:
        document = self._document
        check_keys({key: 0 for key in document if key not in _ALL}, _ALL, clause("the projection"))
        kind = self._kind()
        for key in document:
            if key not in _KEYS[kind]:
                owners = " or ".join(each for each in KINDS if key in _KEYS[each])
                raise MisplacedError(
                    f"a projection of kind {kind!r} has no `{key}`, which is for kind {owners!r}", "", (key,)
                )
        name = self._name(document.get("name", default_name), "name", ("name",))
        if _OURS.fullmatch(name):
            raise MisplacedError("names that begin with esviewer are the program's own", "", ("name",))
        names = {"state": STATE_NAMES, "event": FOLDED_NAMES, "log": EVENT_NAMES}[kind]
        condition_names = STATE_NAMES if kind == "state" else EVENT_NAMES
        keys = self._keys() if kind == "event" else ()
        made = Projection(
            name,
            kind,
            self._glob("aggregate_type"),
            self._globs("event"),
            None if "where" not in document else self._expression(document["where"], "where", condition_names, "where"),
            keys,
            self._key_form(),
            self._columns(names),
            self._rules(kind),
            tuple(_folds(document["on"])) if kind == "event" and isinstance(document.get("on"), list) else (),
            tuple(document["on"]) if kind == "event" else (),
        )
        self._distinct(made)
        return made

    def _kind(self) -> Kind:
        found = self._document.get("kind", "state")
        for kind in KINDS:
            if found == kind:
                if kind == "state" and "kind" not in self._document and {"key", "on"} & self._document.keys():
                    raise MisplacedError('a projection with a key says kind = "event"', "", ("key",))
                return kind
        raise MisplacedError(f"kind must be one of {', '.join(KINDS)}", "", ("kind",))

    def _name(self, value: Any, what: str, keys: tuple[str, ...]) -> str:
        if not isinstance(value, str) or not _NAME.fullmatch(value) or value != value.strip():
            raise MisplacedError(f"{what} must be a text in one line", "", keys)
        if len(value) > LONGEST_NAME:
            raise MisplacedError(f"{what} is longer than {LONGEST_NAME} characters", "", keys)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise MisplacedError(f"{what} is no text", "", keys) from None
        return value

    def _glob(self, key: str) -> str | None:
        found = self._document.get(key)
        if found is not None and (not isinstance(found, str) or not found):
            raise MisplacedError(f"{key} must be text", "", (key,))
        return found

    def _globs(self, key: str) -> tuple[str, ...]:
        found = self._document.get(key, [])
        listed = [found] if isinstance(found, str) else found
        if not isinstance(listed, list) or not all(isinstance(each, str) and each for each in listed):
            raise MisplacedError(f"{key} must be a name or glob, or a list of them", "", (key,))
        return tuple(listed)

    def _expression(self, value: Any, what: str, names: tuple[str, ...], *keys: str) -> Expression:
        with at_keys(*keys):
            if isinstance(value, (bool, int, float)) and not isinstance(value, Number):
                # A bare number or boolean in TOML can only mean itself.
                value = repr(value)
            if not isinstance(value, str):
                raise RulesError(f"{what} must be an expression in quotes")
            return Expression(value, names).checked(f"{what} = {value[:80]!r}")

    def _columns(self, names: tuple[str, ...]) -> tuple[tuple[str, Expression], ...]:
        found = self._document.get("columns", {})
        if not isinstance(found, dict):
            raise MisplacedError('columns must be a table [columns] of expressions', "", ("columns",))
        if len(found) > MOST_COLUMNS:
            raise MisplacedError(f"there are more than {MOST_COLUMNS} columns", "", ("columns",))
        made = []
        for name, value in found.items():
            self._name(name, clause("a column's name"), ("columns", name))
            made.append((name, self._expression(value, clause(f"column {name}"), names, "columns", name)))
        return tuple(made)

    def _key_form(self) -> KeyForm:
        keyed = self._document.get("key")
        return "list" if isinstance(keyed, list) else "object" if isinstance(keyed, dict) else "one"

    def _keys(self) -> tuple[tuple[str, Expression], ...]:
        found = self._document.get("key")
        if isinstance(found, str):
            named = {"key": found}
        elif isinstance(found, list) and found:
            named = {f"key_{number}": each for number, each in enumerate(found, 1)}
        elif isinstance(found, dict) and found:
            named = found
        else:
            raise MisplacedError(
                'an event projection needs a key, as in key = "data.productId"; a list of expressions,'
                " or a table [key] of them, makes several columns",
                "",
                ("key" if "key" in self._document else "kind",),
            )
        if len(named) > MOST_COLUMNS:
            raise MisplacedError(f"the key has more than {MOST_COLUMNS} columns", "", ("key",))
        made = []
        for name, value in named.items():
            self._name(name, clause("a key's name"), ("key", name))
            made.append((name, self._expression(value, key_called(name, self._key_form()), EVENT_NAMES, "key", name)))
        return tuple(made)

    def _rules(self, kind: Kind) -> RulesReducer | None:
        document = self._document
        if kind == "event":
            if not document.get("on"):
                raise MisplacedError("an event projection needs rules [[on]]", "", ("kind",))
            own = {key: document[key] for key in ("initial", "on") if key in document}
            try:
                return rules_in(own | {"name": "rules"}, self._text, self._lines_of)
            except RulesError as error:
                if error.line is not None:
                    raise
                key = "initial" if error.message.startswith("initial") else "on"
                raise MisplacedError(error.message, error.hint, (key,)) from None
        if "reducer" not in document:
            return None
        name = document["reducer"]
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise MisplacedError("reducer must be a path", "", ("reducer",))
        with at_keys("reducer"):
            try:
                return parse_rules(self._rules_text(name), name)
            except RulesError as error:
                # The line is one of that file.
                raise RulesError(error.message.rstrip("."), error.hint) from None

    def _lines_of(self, name: str) -> Callable[[int, tuple[str, ...]], int | None]:
        return lambda index, keys: self._lines.of(*self._base, name, index, *keys)

    def _distinct(self, made: Projection) -> None:
        taken = {PROBLEMS: ""}
        for name in made.fixed[len(made.keys) :]:
            taken[name] = ""
        for where, named in (("key", made.keys), ("columns", made.columns)):
            for name, _ in named:
                if name.casefold() in taken:
                    other = taken[name.casefold()]
                    raise MisplacedError(
                        f"a column {name!r} is there already"
                        if not other
                        else f"a column {name!r} is the same as {other!r} to a database",
                        "Name it otherwise.",
                        (where, name),
                    )
                taken[name.casefold()] = name
