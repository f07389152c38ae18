"""Rules files (TOML): what each event type does to the state, safe to open from a stranger.

Every `[[on]]` becomes one generated function whose operations run in the documented order: set, merge, increment,
append, remove, remove_value, delete. The generated source holds only fixed shapes, keys as string literals and
expressions that went through `expressions.translate`. Every `[[upcast]]` is one of the upcasters that bring events up
to date before (see `upcast`). What `[event_type.…]` has events called is beside all that (see `wording`).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import inf
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from esviewer.errors import RulesError
from esviewer.model.clause import clause
from esviewer.model.values import Number, Value, copied, depth_within
from esviewer.replay.event_words import NO_WORDS, EventWords
from esviewer.replay.expressions import run_source
from esviewer.replay.known_keys import check_keys
from esviewer.replay.plain_steps import plain_step
from esviewer.replay.reducer import Meter, PlainStep, Step
from esviewer.replay.step_writer import HELPERS, MisplacedError, Writer, at_keys, path_list, table
from esviewer.replay.toml_lines import Lines, line_of_error, tables
from esviewer.replay.upcast import KEYS as UPCASTER
from esviewer.replay.upcast import Credit, Upcaster, Upcasters, upcaster
from esviewer.replay.wording import read_words

MAX_FILE_BYTES = 250_000
MAX_DOTS = 500
MAX_RULES = 2000

_TOP = ("name", "aggregate_type", "initial", "on", "upcast", "event_type")
_OPERATIONS = ("set", "merge", "increment", "append", "remove", "remove_value", "delete")
_RULE = ("event", "when", *_OPERATIONS)
_Made = TypeVar("_Made")
LineOf: TypeAlias = Callable[[int, tuple[str, ...]], int | None]
"""The line of a key in the table with an index; None where that is not known."""
LinesOf: TypeAlias = Callable[[str], LineOf]
"""The same, by the name of the tables."""
_DIFFERS = (
    "if old.__class__ is not value.__class__ or (old != value if value.__class__ in _PLAIN else not _same(old, value)):"
)
"""`not same(old, value)`, without a call for integers and texts; the class of MISSING is no value's."""


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: str
    step: Step
    plain: PlainStep | None
    needs_event: bool
    payload_keys: frozenset[str] | None


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
        upcasters: Sequence[Upcaster],
        credit: Credit,
    ) -> None:
        self.name = name
        self.digest = digest
        self.words: EventWords = NO_WORDS
        """What its file has event types called, which changes no state.

        The digest is over the file's whole text all the same, so that other words make another digest, as a comment
        does: what it names can be compared with the file by anybody.
        """
        self.aggregate_type = aggregate_type
        self.meter = meter
        self._initial = initial
        self._rules = tuple(rules)
        keys = [rule.payload_keys for rule in rules]
        known = [each for each in keys if each is not None]
        whole = upcasters or len(known) < len(keys)
        self.payload_keys: frozenset[str] | None = None if whole else frozenset().union(*known)
        """The keys of events' data that its steps look at, whatever else of events they read; None: any may be."""
        self.data_keys = None if any(rule.needs_event for rule in rules) else self.payload_keys
        self._upcasters = Upcasters(upcasters, credit, self._rule_step)

    def initial(self) -> Value:
        """The state before the first event, a fresh copy."""
        return copied(self._initial)

    def _rule(self, event_type: str) -> _Rule | None:
        for rule in self._rules:
            if rule.pattern == event_type or fnmatchcase(event_type, rule.pattern):
                return rule
        return None

    def _rule_step(self, event_type: str) -> tuple[Step, bool] | None:
        rule = self._rule(event_type)
        return None if rule is None else (rule.step, rule.needs_event)

    def step_for(self, event_type: str) -> Step | None:
        """The step of the first rule whose event name or glob fits, behind the upcasters where there are any."""
        if self._upcasters.concern(event_type):
            return self._upcasters.step_for(event_type)
        rule = self._rule(event_type)
        return None if rule is None else rule.step

    def plain_step_for(self, event_type: str) -> PlainStep | None:
        """The plain step of that rule, where it has one and no upcaster comes before it."""
        rule = None if self._upcasters.concern(event_type) else self._rule(event_type)
        return None if rule is None else rule.plain

    def needs_event(self, event_type: str) -> bool:
        """Whether that rule reads `meta` or `event`, or an upcaster has to see the event's schema version."""
        rule = self._rule(event_type)
        return self._upcasters.concern(event_type) or (rule is not None and rule.needs_event)


def load_rules(file: Path) -> RulesReducer:
    """Read a rules file; raises RulesError naming the file, the rule and what is wrong."""
    return parse_rules(read_rules(file), str(file))


def read_rules(file: Path) -> str:
    """The text of a rules file; raises RulesError."""
    return text_of(clause(f"The rules file {file}"), file)


def text_of(told: str, file: Path) -> str:
    """The text of a file no larger than a rules file may be; raises RulesError, which begins with what is `told`."""
    try:
        with file.open("rb") as content:
            raw = content.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RulesError(f"{told} can't be read: {error.strerror}.") from None
    if len(raw) > MAX_FILE_BYTES:
        raise RulesError(f"{told} is larger than {MAX_FILE_BYTES:,} bytes.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise RulesError(f"{told} is not UTF-8 text.") from None


def parse_rules(text: str, origin: str) -> RulesReducer:
    """Compile the text of a rules file; `origin` names it in errors. Raises RulesError."""
    document = read_document(text, origin, clause("rules file"))
    try:
        check_keys(document, _TOP, clause("the file"))
        reducer = rules_in(document, text, lambda name: _found_lines(text, name, document))
        reducer.words = read_words(document.get("event_type", {}), lambda: Lines(text))
    except RulesError as error:
        raise RulesError(f"{origin}: {error.message}.", error.hint, error.line) from None
    return reducer


def read_document(text: str, origin: str, what: str) -> dict[str, Any]:
    """The tables of a stranger's TOML text, whose numbers are exact; `what` it should be is named in errors.

    Raises RulesError, also for what would take long to read.
    """
    if len(text) > MAX_FILE_BYTES:
        raise RulesError(f"{origin} is larger than {MAX_FILE_BYTES:,} bytes.")
    if max((line.count(".") for line in text.splitlines()), default=0) > MAX_DOTS:
        # Reading a key of many dotted parts takes a time that grows with their square.
        raise RulesError(f"{origin} has a line with more than {MAX_DOTS} dots.")
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        line = line_of_error(str(error), text)
        raise RulesError(f"{origin} is not a {what}: {error}.", "Such files are TOML.", line) from None
    except ValueError:
        raise RulesError(f"{origin} is not a {what}: a number in it has thousands of digits.") from None
    except RecursionError:
        raise RulesError(f"{origin} is not a {what}: it nests too deeply.") from None


def rules_in(document: dict[str, Any], text: str, lines: LinesOf) -> RulesReducer:
    """The reducer of a document's `name`, `aggregate_type`, `initial`, `on` and `upcast`; `text` is what is hashed.

    `lines` says where the tables [[name]] stand. Raises RulesError, which does not name the file.
    """
    name = _text(document.get("name", "rules"), "name")
    pattern = document.get("aggregate_type")
    if pattern is not None:
        _text(pattern, "aggregate_type")
    initial = document.get("initial", {})
    if not isinstance(initial, dict):
        raise RulesError("initial must be a table, as in initial = { items = {} }")
    if not depth_within(initial):
        raise RulesError("initial nests too deeply")
    meter = Meter()
    credit = Credit(meter)
    rules, rules_build = _compiled(document, "on", lines, lambda entry: _rule(entry, initial, meter))
    upcasters, upcasters_build = _compiled(document, "upcast", lines, lambda entry: _upcaster(entry, credit))
    _check_upcasters(upcasters, lines("upcast"))
    digest = "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    builds = rules_build or upcasters_build
    return RulesReducer(name, digest, pattern, initial, rules, meter if builds else None, upcasters, credit)


def _check_upcasters(upcasters: Sequence[Upcaster], line_of: LineOf) -> None:
    """Raise RulesError where two are for the same events: only the first would ever be used."""
    first: dict[tuple[str, object], int] = {}
    for index, each in enumerate(upcasters):
        earlier = first.setdefault((each.pattern, each.before), index)
        if earlier != index:
            line = line_of(index, ("event",))
            same = clause(f"upcast {earlier + 1} is for the same event and the same version {each.before}")
            raise RulesError(_wrong("upcast", index, each.pattern, line, same), "", line)


def _wrong(name: str, index: int, event: Any, line: int | None, what: str) -> str:
    """What is wrong with one of the tables [[name]], and which that is."""
    number, shown = index + 1, event[:80] if isinstance(event, str) else clause("no event")
    if line is None:
        return clause(f"rule {number} ({shown}): {what}" if name == "on" else f"upcast {number} ({shown}): {what}")
    return clause(
        f"rule {number} ({shown}, line {line}): {what}"
        if name == "on"
        else f"upcast {number} ({shown}, line {line}): {what}"
    )


def _compiled(
    document: dict[str, Any], name: str, lines: LinesOf, compiled: Callable[[dict[str, Any]], tuple[_Made, bool]]
) -> tuple[list[_Made], bool]:
    """All tables [[name]] compiled, and whether any of them builds values; raises RulesError with the line."""
    entries = document.get(name, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise RulesError(
            "rules are written as [[on]] tables" if name == "on" else "upcasts are written as [[upcast]] tables"
        )
    if len(entries) > MAX_RULES:
        raise RulesError(
            f"there are more than {MAX_RULES} rules" if name == "on" else f"there are more than {MAX_RULES} upcasts"
        )
    made: list[_Made] = []
    builds = False
    for index, entry in enumerate(entries):
        try:
            one, one_builds = compiled(entry)
        except RulesError as error:
            keys = error.keys if isinstance(error, MisplacedError) else ()
            line = lines(name)(index, keys)
            raise RulesError(_wrong(name, index, entry.get("event"), line, error.message), error.hint, line) from None
        made.append(one)
        builds = builds or one_builds
    return made, builds


def _found_lines(text: str, name: str, document: dict[str, Any]) -> LineOf:
    """Where the tables [[name]] of a text stand; None where they are written in a way that hides their lines."""
    found = tables(text, name)
    hidden = len(found) != len(document.get(name, []))
    return lambda index, keys: None if hidden else found[index].line_of(*keys)


def _upcaster(entry: dict[str, Any], credit: Credit) -> tuple[Upcaster, bool]:
    check_keys(entry, UPCASTER)
    with at_keys("event"):
        _text(entry.get("event"), "event")
    return upcaster(entry, credit)


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
    check_keys(entry, _RULE)
    with at_keys("event"):
        pattern = _text(entry.get("event"), "event")
    writer = _StepWriter()
    if "when" in entry:
        with at_keys("when"):
            writer.line(f"if not {writer.used(writer.expression(entry['when'], 'when'))}: return state")
    writer.line("if state.__class__ is not dict:")
    writer.line("    changes.append(((), state, _initial()))")
    writer.line("    state = _initial()")
    for operation in _OPERATIONS:
        if operation in entry:
            with at_keys(operation):
                getattr(writer, operation)(entry[operation])
    writer.line("return state")
    scope = {**HELPERS, "_meter": meter, "_initial": lambda: copied(initial)}
    step: Step = run_source(writer.source("def step(state, data, event, changes):"), scope)["step"]
    return _Rule(pattern, step, plain_step(entry, initial), writer.needs_event, writer.payload_keys), writer.builds


class _StepWriter(Writer):
    """Writes the source of one rule's function."""

    def _value(self, text: Any, what: str, depth: int) -> bool:
        """Write the computing of `value`, bounded when it comes out of the state; returns whether it does."""
        source = self.expression(text, what)
        if source.builds:
            # Asked first, so that what is refused is not computed again at every event.
            self.builds = True
            self.line("_meter.check()")
        self.line(f"value = {self.used(source)}")
        if source.builds:
            # A copy that the change keeps; what goes into the state is another one.
            self.line(f"value = _own_built(value, {depth}, _meter)")
        return "state" in source.names

    def _call(self, operation: str, entry: Any, what: str) -> None:
        for path, text in table(entry, what):
            with at_keys(what, path):
                parts, code = self.parts(path)
                self._value(text, f"{what} {path}", len(parts))
                self.line(f"_{operation}(state, {code}, value, changes)")

    def set(self, entry: Any) -> None:
        for path, text in table(entry, "set"):
            with at_keys("set", path):
                parts, code = self.parts(path)
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
        for path, text in table(entry, "increment"):
            with at_keys("increment", path):
                parts, code = self.parts(path)
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
        for path in path_list(entry, "remove", '"items[data.id]"'):
            with at_keys("remove", path):
                self.line(f"_remove(state, {self.parts(path)[1]}, changes)")

    def delete(self, entry: Any) -> None:
        if not isinstance(entry, bool):
            raise RulesError("delete must be true")
        if entry:
            self.line("changes.append(((), state, None))")
            self.line("state = None")
