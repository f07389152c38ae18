"""Which masking rules are in force, and the file they are kept in.

    usual = true                    # names and values that look sensitive; false: only what this file names
    names = ["memo", "customer*"]   # masked besides, whatever their spelling
    paths = ["/contact/**"]         # masked besides: patterns of paths in states, payloads and metadata
    keys = ["/balance_by_person"]   # objects whose keys are values themselves
    aggregate_ids = ["user*"]       # aggregate types whose ids are masked
    state_digest = true             # whether reports say the digest of the true state

    [show]                          # not masked although the usual rules would
    names = ["city"]                # for their names: what looks like an e-mail address or a card number still is
    paths = ["/shop/address"]
    values = ["phone"]              # kinds of values that are not looked for, anywhere

    [[value]]                       # texts of one's own, as RE2 regular expressions
    name = "customer number"
    pattern = "KD-[0-9]{6}"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from esviewer.assets import config_dir
from esviewer.errors import RulesError
from esviewer.model.clause import clause
from esviewer.model.masking import NOTHING, USUAL, Masker, Masking, ValuePattern
from esviewer.model.path_patterns import rests_of
from esviewer.model.sensitive_values import KINDS
from esviewer.replay.rules import text_of
from esviewer.replay.toml_lines import line_of_error, tables

USUAL_RULES: Final = "the usual masking rules"
NOT_MASKED: Final = "nothing is masked"
_TOP: Final = ("usual", "names", "paths", "keys", "aggregate_ids", "state_digest", "show", "value")
_SHOW: Final = ("names", "paths", "values")
_VALUE: Final = ("name", "pattern")


@dataclass(frozen=True, slots=True)
class InForce:
    """The rules that count for a store, and where they are from."""

    masking: Masking
    origin: str
    """As a reader is told: a file, `the usual masking rules` or `nothing is masked`."""

    @property
    def masks(self) -> bool:
        """Whether anything may be masked."""
        return self.masking != NOTHING

    def masker(self) -> Masker:
        """A masker with a salt of its own, for one report, export or screen."""
        return Masker(self.masking)


OFF: Final = InForce(NOTHING, NOT_MASKED)


def in_force(store: str, named: str | Path | None = None, *, off: bool = False) -> InForce:
    """The rules for a store (its file or URL): those of the file `named`, or `STORE.masking.toml` or `masking.toml`
    beside the store's file, or `masking.toml` in the configuration folder, or the usual ones. Raises RulesError."""
    if off:
        return OFF
    if named is not None:
        return load_masking(Path(named).expanduser())
    for file in _kept(store):
        if file.is_file():
            return load_masking(file)
    return InForce(USUAL, USUAL_RULES)


def _kept(store: str) -> list[Path]:
    path = Path(store.removeprefix("sqlite:///")).expanduser()
    beside = [] if "://" in store.removeprefix("sqlite:///") else [
        path.with_name(f"{path.name}.masking.toml"),
        path.with_name("masking.toml"),
    ]  # fmt: skip
    return [*beside, config_dir() / "masking.toml"]


TEMPLATE: Final = """\
# What esviewer masks of this store, on screen, in reports and in exports. Lines that begin with # say nothing; as long
# as all of them do, the usual rules are in force: names and values that look sensitive.

# usual = true                    # false: only what this file names
# names = ["memo", "customer*"]   # masked besides, whatever their spelling
# paths = ["/contact/**"]         # masked besides: patterns of paths in states, payloads and metadata
# keys = ["/balance_by_person"]   # objects whose keys are values themselves
# aggregate_ids = ["user*"]       # aggregate types whose ids are masked
# state_digest = true             # whether reports say the digest of the true state

# [show]                          # not masked although the usual rules would
# names = ["city"]                # for their names: what looks like an e-mail address or a card number still is
# paths = ["/shop/address"]
# values = ["phone"]              # kinds of values that are not looked for, anywhere

# [[value]]                       # texts of your own, as RE2 regular expressions
# name = "customer number"
# pattern = "KD-[0-9]{6}"
"""


def own_file(store: str) -> Path:
    """The file of rules that is in force for a store or, where none is kept, the one that could be."""
    kept = _kept(store)
    return next((file for file in kept if file.is_file()), kept[0])


def begin_own(store: str) -> Path:
    """The same; where there is none it is made, with comments that say what can stand in it and change nothing.

    Beside a store that nobody may write beside, it is made in the configuration folder. Raises RulesError.
    """
    kept = _kept(store)
    there = next((file for file in kept if file.is_file()), None)
    if there is not None:
        return there
    reason = ""
    for file in dict.fromkeys((kept[0], kept[-1])):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8") as out:
                out.write(TEMPLATE)
        except OSError as error:
            reason = error.strerror or str(error)
        else:
            return file
    raise RulesError(f"Masking rules can't be begun in {kept[-1]}: {reason}.")


def load_masking(file: Path) -> InForce:
    """The rules in a file; raises RulesError naming the file, what is wrong, and the line."""
    text = text_of(clause(f"The file of masking rules {file}"), file)
    return InForce(parse_masking(text, str(file)), str(file))


def parse_masking(text: str, origin: str) -> Masking:
    """The rules in a text; `origin` names it in errors. Raises RulesError."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = line_of_error(str(error), text)
        raise RulesError(f"{origin} is no file of masking rules: {error}.", "They are TOML.", line) from None
    except (ValueError, RecursionError):
        raise RulesError(f"{origin} is no file of masking rules: it can't be read as TOML.") from None
    return _Reader(text, origin).masking(values)


class _Reader:
    """Takes a document apart, and says where what is wrong stands."""

    def __init__(self, text: str, origin: str) -> None:
        self._text = text
        self._origin = origin

    def masking(self, values: dict[str, Any]) -> Masking:
        self._known(values, _TOP, "the file")
        show = values.get("show", {})
        if not isinstance(show, dict):
            raise self._error("show", "`show` must be a table [show]")
        self._known(show, _SHOW, "[show]")
        usual = self._flag(values, "usual")
        off = frozenset(self._texts(show, "values"))
        for kind in off - KINDS.keys():
            raise self._error("values", f"there is no kind of values {kind!r}; they are {', '.join(KINDS)}")
        return Masking(
            usual_names=usual,
            kinds=frozenset(KINDS) - off if usual else frozenset(),
            paths=self._paths(values, "paths"),
            names=self._names(values, "names"),
            key_paths=self._paths(values, "keys"),
            values=self._patterns(values.get("value", [])),
            aggregate_types=self._texts(values, "aggregate_ids"),
            shown_paths=self._paths(show, "paths"),
            shown_names=self._names(show, "names"),
            true_digests=self._flag(values, "state_digest"),
        )

    def _known(self, values: dict[str, Any], names: tuple[str, ...], where: str) -> None:
        for key in values:
            if key not in names:
                raise self._error(key, f"{key!r} is unknown in {where}", f"Known are: {', '.join(names)}.")

    def _flag(self, values: dict[str, Any], key: str) -> bool:
        value = values.get(key, True)
        if not isinstance(value, bool):
            raise self._error(key, f"`{key}` must be true or false")
        return value

    def _texts(self, values: dict[str, Any], key: str) -> tuple[str, ...]:
        value = values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
            raise self._error(key, f'`{key}` must be a list of texts, such as ["a", "b"]')
        return tuple(value)

    def _names(self, values: dict[str, Any], key: str) -> tuple[str, ...]:
        found = self._texts(values, key)
        for each in found:
            if not any(char.isalnum() or char == "*" for char in each):
                raise self._error(key, f"{each!r} in `{key}` is no name")
        return found

    def _paths(self, values: dict[str, Any], key: str) -> tuple[str, ...]:
        found = self._texts(values, key)
        try:
            rests_of(found)
        except ValueError as error:
            raise self._error(key, f"`{key}`: {error}") from None
        return found

    def _patterns(self, found: Any) -> tuple[ValuePattern, ...]:
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise self._error("value", "kinds of values of one's own are tables [[value]]")
        lines = tables(self._text, "value")
        return tuple(
            self._pattern(each, lines[number].line_of if number < len(lines) else None)
            for number, each in enumerate(found)
        )

    def _pattern(self, found: dict[str, Any], line_of: Callable[..., int] | None) -> ValuePattern:
        def wrong(key: str, why: str) -> RulesError:
            return self._told(why, "", None if line_of is None else line_of(key))

        for key in found:
            if key not in _VALUE:
                raise wrong(key, f"{key!r} is unknown in a [[value]]")
        for key in _VALUE:
            if not isinstance(found.get(key), str) or not found[key]:
                raise wrong(key, f"a [[value]] needs a `{key}`, a text")
        # Here, since few need it.
        import re2

        options = re2.Options()
        options.log_errors = False
        try:
            pattern = re2.compile(found["pattern"], options)
        except (re2.error, UnicodeEncodeError) as error:
            reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error)
            raise wrong("pattern", f"the pattern of {found['name']!r} is no RE2 expression: {reason}") from None
        return ValuePattern(found["name"], pattern)

    def _error(self, key: str, why: str, hint: str = "") -> RulesError:
        at = re.search(rf"""^[ \t]*(?:\[+[ \t]*)?["']?{re.escape(key)}["']?[ \t]*[=\].]""", self._text, re.MULTILINE)
        return self._told(why, hint, None if at is None else self._text.count("\n", 0, at.start()) + 1)

    def _told(self, why: str, hint: str, line: int | None) -> RulesError:
        where = self._origin if line is None else f"{self._origin}, line {line}"
        return RulesError(f"{where}: {why}.", hint, line)
