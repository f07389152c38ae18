"""Rules files (TOML): what each event type does to the state, safe to open from a stranger.

Every `[[on]]` becomes one generated function whose operations run in the documented order: set, merge, increment,
append, remove, remove_value, delete. The generated source holds only fixed shapes, keys as string literals and
expressions that went through `expressions.translate`.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import inf
from pathlib import Path
from typing import Any

from esviewer.errors import RulesError
from esviewer.model.values import MISSING, SCALARS, Number, Value, copied, depth_within, same
from esviewer.replay import arithmetic, paths
from esviewer.replay.expressions import KEYS, Source, event_view, run_source, translate
from esviewer.replay.paths import PathPart, parse_path
from esviewer.replay.reducer import Meter, Step

MAX_FILE_BYTES = 250_000
MAX_DOTS = 500
MAX_RULES = 2000

_TOP = ("name", "aggregate_type", "initial", "on")
_OPERATIONS = ("set", "merge", "increment", "append", "remove", "remove_value", "delete")
_RULE = ("event", "when", *_OPERATIONS)
_LATER = {
    "upcast": "[[upcast]] can't be run by this version",
    "foreign": "reducers in a process of their own can't be run by this version",
    "kind": "only rules can be run by this version, no other kind of reducer",
}
_DIFFERS = (
    "if old.__class__ is not value.__class__ or (old != value if value.__class__ in _PLAIN else not _same(old, value)):"
)
"""`not same(old, value)`, without a call for integers and texts; the class of MISSING is no value's."""

_HELPERS: dict[str, Any] = {
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


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    step: Step
    needs_event: bool


class RulesReducer:
    """The reducer that a rules file describes."""

    inferred = False
    prepare = None

    def __init__(
        self,
        name: str,
        digest: str,
        aggregate_type: str | None,
        initial: Value,
        rules: Sequence[_Rule],
        meter: Meter | None,
    ) -> None:
        self.name = name
        self.digest = digest
        self.aggregate_type = aggregate_type
        self.meter = meter
        self._initial = initial
        self._rules = tuple(rules)

    def initial(self) -> Value:
        """The state before the first event, a fresh copy."""
        return copied(self._initial)

    def _rule(self, event_type: str) -> _Rule | None:
        for rule in self._rules:
            if rule.pattern == event_type or fnmatchcase(event_type, rule.pattern):
                return rule
        return None

    def step_for(self, event_type: str) -> Step | None:
        """The step of the first rule whose event name or glob fits."""
        rule = self._rule(event_type)
        return None if rule is None else rule.step

    def needs_event(self, event_type: str) -> bool:
        """Whether that rule reads `meta` or `event`."""
        rule = self._rule(event_type)
        return rule is not None and rule.needs_event


def load_rules(file: Path) -> RulesReducer:
    """Read a rules file; raises RulesError naming the file, the rule and what is wrong."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise RulesError(f"The rules file {file} can't be read: {error.strerror}.") from None
    if len(raw) > MAX_FILE_BYTES:
        raise RulesError(f"The rules file {file} is larger than {MAX_FILE_BYTES:,} bytes.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RulesError(f"The rules file {file} is not UTF-8 text.") from None
    return parse_rules(text, str(file))


def parse_rules(text: str, origin: str) -> RulesReducer:
    """Compile the text of a rules file; `origin` names it in errors. Raises RulesError."""
    if len(text) > MAX_FILE_BYTES:
        raise RulesError(f"{origin} is larger than {MAX_FILE_BYTES:,} bytes.")
    if max((line.count(".") for line in text.splitlines()), default=0) > MAX_DOTS:
        # Reading a key of many dotted parts takes a time that grows with their square.
        raise RulesError(f"{origin} has a line with more than {MAX_DOTS} dots.")
    try:
        document = tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{origin} is not a rules file: {error}.", "Rules files are TOML.") from None
    except ValueError:
        raise RulesError(f"{origin} is not a rules file: a number in it has thousands of digits.") from None
    except RecursionError:
        raise RulesError(f"{origin} is not a rules file: it nests too deeply.") from None
    lines = _rule_lines(text)
    try:
        return _reducer(document, text, lines)
    except RulesError as error:
        raise RulesError(f"{origin}: {error.message}.", error.hint) from None


def _rule_lines(text: str) -> list[int]:
    """The line of each [[on]] header, for messages; approximate where strings span lines."""
    return [number for number, line in enumerate(text.splitlines(), 1) if line.replace(" ", "").startswith("[[on]]")]


def _reducer(document: dict[str, Any], text: str, lines: list[int]) -> RulesReducer:
    _check_keys(document, _TOP, "the file")
    name = _text(document.get("name", "rules"), "name")
    pattern = document.get("aggregate_type")
    if pattern is not None:
        _text(pattern, "aggregate_type")
    initial = document.get("initial", {})
    if not isinstance(initial, dict):
        raise RulesError("initial must be a table, as in initial = { items = {} }")
    if not depth_within(initial):
        raise RulesError("initial nests too deeply")
    entries = document.get("on", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RulesError("rules are written as [[on]] tables")
    if len(entries) > MAX_RULES:
        raise RulesError(f"there are more than {MAX_RULES} rules")
    rules = []
    meter = Meter()
    builds = False
    for index, entry in enumerate(entries):
        event = entry.get("event")
        line = f", line {lines[index]}" if len(lines) == len(entries) else ""
        where = f"rule {index + 1} ({event[:80] if isinstance(event, str) else 'no event'}{line})"
        try:
            rule, rule_builds = _rule(entry, initial, meter)
        except RulesError as error:
            raise RulesError(f"{where}: {error.message}", error.hint) from None
        rules.append(rule)
        builds = builds or rule_builds
    digest = "sha256:" + hashlib.sha256(text.encode()).hexdigest()
    return RulesReducer(name, digest, pattern, initial, rules, meter if builds else None)


def _check_keys(table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key in known:
            continue
        if key in _LATER:
            raise RulesError(_LATER[key])
        near = difflib.get_close_matches(key, known, 1, 0.4)
        meant = f"the nearest is {near[0]}" if near else f"there are {', '.join(known)}"
        raise RulesError(f"{where} has an unknown key {key[:80]!r}; {meant}")


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise RulesError(f"{name} must be text")
    return value


def _decimal(text: str) -> Value:
    """A TOML float, as exact as a payload's number."""
    written = text.replace("_", "").removeprefix("+")
    value = float(written)
    return value if value in (inf, -inf) or value != value or repr(value) == written else Number(written)


def _rule(entry: dict[str, Any], initial: Value, meter: Meter) -> tuple[_Rule, bool]:
    _check_keys(entry, _RULE, "it")
    pattern = _text(entry.get("event"), "event")
    writer = _StepWriter()
    if "when" in entry:
        condition = _expression(entry["when"], "when")
        writer.line(f"if not {writer.used(condition)}: return state")
    writer.line("if state.__class__ is not dict:")
    writer.line("    changes.append(((), state, _initial()))")
    writer.line("    state = _initial()")
    for operation in _OPERATIONS:
        if operation in entry:
            getattr(writer, operation)(entry[operation])
    writer.line("return state")
    scope = {**_HELPERS, "_meter": meter, "_initial": lambda: copied(initial)}
    step: Step = run_source(writer.source(), scope)["step"]
    return _Rule(pattern, step, writer.needs_event), writer.builds


def _expression(text: Any, what: str) -> Source:
    if isinstance(text, (bool, int, float)):
        # A bare number or boolean in TOML can only mean itself.
        text = repr(text)
    elif isinstance(text, Number):
        return Source(f"_number({text.text!r})", frozenset(), uses_keys=False, builds=False)
    if not isinstance(text, str):
        raise RulesError(f"{what} must be an expression in quotes")
    try:
        return translate(text)
    except RulesError as error:
        raise RulesError(f"{what} = {text[:80]!r}: {error.message}", error.hint) from None


def _table(value: Any, what: str) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, dict) or not value:
        raise RulesError(f'{what} must be a table of paths, as in {what} = {{ a = "data.a" }}')
    return value.items()


class _StepWriter:
    """Writes the source of one rule's function."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: set[str] = set()
        self._uses_keys = False
        self.builds = False

    @property
    def needs_event(self) -> bool:
        return bool(self._names & {"meta", "event"})

    def line(self, text: str) -> None:
        self._lines.append(text)

    def used(self, source: Source) -> str:
        self._names |= source.names
        self._uses_keys = self._uses_keys or source.uses_keys
        return source.code

    def source(self) -> str:
        head = ["def step(state, data, event, changes):"]
        if self._uses_keys:
            head.append(KEYS)
        if "meta" in self._names:
            head.append("meta = event.metadata")
        if "event" in self._names:
            head.append("event = _event_view(event)")
        return "\n    ".join([*head, *self._lines]) + "\n"

    def _value(self, text: Any, what: str, depth: int) -> bool:
        """Write the computing of `value`, bounded when it comes out of the state; returns whether it does."""
        source = _expression(text, what)
        if source.builds:
            # Asked first, so that what is refused is not computed again at every event.
            self.builds = True
            self.line("_meter.check()")
        self.line(f"value = {self.used(source)}")
        if source.builds:
            # A copy that the change keeps; what goes into the state is another one.
            self.line(f"value = _own_built(value, {depth}, _meter)")
        return "state" in source.names

    def _parts(self, path: str) -> tuple[tuple[PathPart, ...], str]:
        parts = parse_path(path)
        return parts, f"({', '.join(map(self._part, parts))},)"

    def _part(self, part: PathPart) -> str:
        if part.source is None:
            return repr(part.key)
        code = self.used(part.source)
        if not part.source.builds:
            return code
        self.builds = True
        return f"_own_built({code}, 0, _meter)"

    def _call(self, operation: str, entry: Any, what: str) -> None:
        for path, text in _table(entry, what):
            parts, code = self._parts(path)
            self._value(text, f"{what} {path}", len(parts))
            self.line(f"_{operation}(state, {code}, value, changes)")

    def set(self, entry: Any) -> None:
        for path, text in _table(entry, "set"):
            parts, code = self._parts(path)
            self._value(text, f"set {path}", len(parts))
            if len(parts) > 1 or parts[0].key is None:
                self.line(f"_assign(state, {code}, value, changes)")
                continue
            # The commonest case, written out: a fixed key of the root.
            key = repr(parts[0].key)
            self.line(f"old = state.get({key}, _MISSING)")
            self.line(_DIFFERS)
            self.line(f"    state[{key}] = value if value.__class__ in _SCALARS else _own(value, 1)")
            self.line(f"    changes.append((({key},), old, value))")

    def increment(self, entry: Any) -> None:
        for path, text in _table(entry, "increment"):
            parts, code = self._parts(path)
            doubles = self._value(text, f"increment {path}", len(parts))
            if len(parts) > 1 or parts[0].key is None:
                self.line(f"_increment(state, {code}, value, changes)")
                continue
            key = repr(parts[0].key)
            self.line(f"old = state.get({key}, _MISSING)")
            if doubles:
                self.line("value = _increased(old, value)")
            else:
                # Integers out of events can't make the sum grow by more than a bit an event: it needs no bound.
                self.line("value = old + value if value.__class__ is int is old.__class__ else _increased(old, value)")
            self.line(_DIFFERS)
            self.line(f"    state[{key}] = value")
            self.line(f"    changes.append((({key},), old, value))")

    def merge(self, entry: Any) -> None:
        if isinstance(entry, str):
            self._value(entry, "merge", 0)
            self.line("_merge(state, (), value, changes)")
        else:
            self._call("merge", entry, "merge")

    def append(self, entry: Any) -> None:
        self._call("append", entry, "append")

    def remove_value(self, entry: Any) -> None:
        self._call("remove_value", entry, "remove_value")

    def remove(self, entry: Any) -> None:
        if isinstance(entry, str):
            entry = [entry]
        if not isinstance(entry, list) or not all(isinstance(path, str) for path in entry):
            raise RulesError('remove must be a list of paths, as in remove = ["items[data.id]"]')
        for path in entry:
            self.line(f"_remove(state, {self._parts(path)[1]}, changes)")

    def delete(self, entry: Any) -> None:
        if not isinstance(entry, bool):
            raise RulesError("delete must be true")
        if entry:
            self.line("changes.append(((), state, None))")
            self.line("state = None")
