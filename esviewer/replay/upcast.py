"""Upcasters: what brings an old event's data to the newest schema version before the rules see it.

Every `[[upcast]]` is for one event type (or a glob) and one schema version. Its operations run in this order: rename,
move, default, set, drop, type. What comes out has the version `to`, and maybe another type, and the next upcaster
that fits goes on from there. The stored event is never touched: upcasters work on a copy of its data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fnmatch import translate
from typing import Any, Final, TypeAlias

from esviewer.errors import RulesError
from esviewer.model.event import Event
from esviewer.model.values import MISSING, SCALARS, Value, copied
from esviewer.replay import arithmetic
from esviewer.replay.arithmetic import kind
from esviewer.replay.expressions import run_source
from esviewer.replay.paths import assign, found_at, parse_path, remove
from esviewer.replay.reducer import NO_RULE, Meter, RawChange, Step, StepError
from esviewer.replay.step_writer import HELPERS, Writer, at_keys, path_list, table

KEYS: Final = ("event", "from", "to", "rename", "move", "default", "set", "drop", "type")

SchemaVersion: TypeAlias = int | str
FIRST: Final = 1
"""The schema version of an event that names none."""
_PLANS_KEPT = 5000
"""Event types and schema versions for which it is remembered what to do."""
_LONGEST_CHAIN = 200
"""Upcasters that one event may go through."""
_FREELY_BUILT = 8
"""How many times what an event brings its upcasters may put into its data once more, before that is counted."""
_NAMES = ("data", "meta", "event")


class Credit(Meter):
    """What upcasters build: little of it belongs to the event itself, only the rest counts as what rules build.

    It is written again for every event, so that upcasters for many events are no more to the whole than for a few.
    """

    __slots__ = ("_data", "_left", "_whole")

    def __init__(self, whole: Meter) -> None:
        super().__init__()
        self._whole = whole
        self._data: Value = None
        self._left: int | None = 0

    def begin(self, data: Value = None) -> None:
        """An event begins, which brings these data; they are weighed when that is asked for."""
        self._data = data
        self._left = None

    def charge(self, weight: int) -> None:
        """Count a value that was built; raises StepError when that is too much."""
        if self._left is None:
            self._left = _FREELY_BUILT * arithmetic.weight(self._data)
        free = min(weight, self._left)
        self._left -= free
        self._whole.charge(weight - free)

    def check(self) -> None:
        """Raise StepError when too much was built already."""
        if self._left == 0:
            self._whole.check()


@dataclass(frozen=True, slots=True)
class Upcaster:
    """One `[[upcast]]`."""

    pattern: str
    matches: re.Pattern[str]
    before: SchemaVersion
    after: SchemaVersion
    new_type: str | None
    change: Callable[[Value, Event], None] | None
    """Alters data, a copy that may be altered; None when there is nothing to alter. Raises StepError."""
    builds: bool
    """Whether it may make the data larger than its own texts do."""

    def fits(self, event_type: str, version: SchemaVersion) -> bool:
        """Whether it is for such events."""
        return version == self.before and self.is_for(event_type)

    def is_for(self, event_type: str) -> bool:
        """Whether it is for events of this type, in some version."""
        return self.pattern == event_type or self.matches.match(event_type) is not None


@dataclass(frozen=True, slots=True)
class _Plan:
    """What happens to events of one type and schema version."""

    chain: tuple[Upcaster, ...]
    event_type: str
    version: SchemaVersion
    step: Step | None
    needs_event: bool
    builds: bool
    endless: bool


class Upcasters:
    """All upcasters of a rules file, in its order, in front of its rules."""

    def __init__(
        self, upcasters: Sequence[Upcaster], credit: Credit, rule_for: Callable[[str], tuple[Step, bool] | None]
    ) -> None:
        """`credit` is what the upcasters were compiled with.

        `rule_for` gives an event type's step, and whether that reads the event; None where there is no rule.
        """
        self._upcasters = tuple(upcasters)
        self._credit = credit
        self._rule_for = rule_for
        self._plans: dict[tuple[str, SchemaVersion], _Plan] = {}

    def concern(self, event_type: str) -> bool:
        """Whether there is an upcaster for events that are stored with this type."""
        return any(each.is_for(event_type) for each in self._upcasters)

    def step_for(self, event_type: str) -> Step:
        """A step that upcasts and then does what the rule for the event says."""
        plans, credit = self._plans, self._credit

        def step(state: Value, data: Value, event: Event | None, changes: list[RawChange]) -> Value:
            assert event is not None
            version = schema_version(event.schema_version)
            plan = plans.get((event_type, version))
            if plan is None:
                if len(plans) >= _PLANS_KEPT:
                    plans.clear()
                plan = plans[event_type, version] = self._plan(event_type, version)
            if plan.chain:
                data = _upcast(plan, data, event, credit)
            if plan.step is None:
                raise StepError(f"{NO_RULE} {plan.event_type}")
            if not plan.needs_event:
                return plan.step(state, data, None, changes)
            if plan.chain:
                event = replace(event, type=plan.event_type, schema_version=plan.version)
            return plan.step(state, data, event, changes)

        return step

    def _plan(self, event_type: str, version: SchemaVersion) -> _Plan:
        chain: list[Upcaster] = []
        # Versions that are texts have no order, so that a chain may be without end.
        while len(chain) <= _LONGEST_CHAIN:
            fitting = next((each for each in self._upcasters if each.fits(event_type, version)), None)
            if fitting is None:
                break
            chain.append(fitting)
            event_type, version = fitting.new_type or event_type, fitting.after
        step, needs_event = self._rule_for(event_type) or (None, False)
        builds = any(each.builds for each in chain)
        return _Plan(tuple(chain), event_type, version, step, needs_event, builds, len(chain) > _LONGEST_CHAIN)


def _upcast(plan: _Plan, data: Value, event: Event, credit: Credit) -> Value:
    if plan.endless:
        raise StepError(f"the upcasts of {event.type} go round in a circle, or are more than {_LONGEST_CHAIN}")
    if plan.builds:
        credit.begin(data)
    own = False
    for each in plan.chain:
        if each.change is None:
            continue
        if not own:
            data = copied(data)
            own = True
        try:
            if type(data) is not dict:
                raise StepError(f"the data is {kind(data)}, not an object")
            each.change(data, event)
        except StepError as error:
            raise StepError(f"upcasting from {each.before} to {each.after}: {error}") from None
    return data


def schema_version(stored: int | str | None) -> SchemaVersion:
    """An event's schema version: a whole number where it is one, however it is stored, and 1 where there is none."""
    if stored is None or stored == "":
        return FIRST
    if isinstance(stored, str) and stored.isdecimal() and stored.isascii() and len(stored) < 20:
        return int(stored)
    return stored


def upcaster(entry: dict[str, Any], meter: Credit) -> tuple[Upcaster, bool]:
    """Compile a table [[upcast]] whose keys are known and whose event is a text, and say whether it builds values.

    Raises RulesError.
    """
    before = _version(entry.get("from", FIRST), "from")
    if "to" in entry:
        after = _version(entry["to"], "to")
    elif isinstance(before, int):
        after = before + 1
    else:
        raise RulesError(f"it needs a to, since from = {before[:80]!r} is no whole number")
    if type(before) is int and type(after) is int and after <= before:
        with at_keys("to" if "to" in entry else "from"):
            raise RulesError(f"to = {after} must be later than from = {before}")
    new_type = entry.get("type")
    if new_type is not None and (not isinstance(new_type, str) or not new_type):
        with at_keys("type"):
            raise RulesError("type must be text")
    writer = _ChangeWriter()
    for operation in ("rename", "move", "default", "set", "drop"):
        if operation in entry:
            with at_keys(operation):
                getattr(writer, operation)(entry[operation])
    change = None
    if writer.writes:
        scope = {
            **HELPERS,
            "_meter": meter,
            "_rename": _rename,
            "_move": _move,
            "_lacks": _lacks,
            "_taken": _taken,
        }
        change = run_source(writer.source("def change(data, event):"), scope)["change"]
    pattern = entry["event"]
    matches = re.compile(translate(pattern))
    return Upcaster(pattern, matches, before, after, new_type, change, writer.builds), writer.builds


def _version(value: Any, key: str) -> SchemaVersion:
    if type(value) is int or (type(value) is str and value):
        # Texts that are numbers are compared as numbers, as the events' are.
        return schema_version(value)
    with at_keys(key):
        raise RulesError(f"{key} must be a schema version: a whole number, or a text")


class _ChangeWriter(Writer):
    """Writes the source of one upcaster's function."""

    def __init__(self) -> None:
        super().__init__(_NAMES)
        self.writes = False

    def line(self, text: str) -> None:
        self.writes = True
        super().line(text)

    def rename(self, entry: Any) -> None:
        """Give a key another name beside it."""
        for path, name in table(entry, "rename", '{ old = "new" }'):
            with at_keys("rename", path):
                if not isinstance(name, str):
                    raise RulesError(f"rename {path} must be a key in quotes")
                key = parse_path(name, _NAMES)
                if len(key) > 1 or key[0].key is None:
                    raise RulesError(f"rename {path} = {name[:80]!r} must be one key; move takes paths")
                self.line(f"_rename(data, {self.parts(path)[1]}, {key[0].key!r})")

    def move(self, entry: Any) -> None:
        """Put what is at a path at another one."""
        for path, target in table(entry, "move", '{ "a.b" = "c.d" }'):
            with at_keys("move", path):
                if not isinstance(target, str):
                    raise RulesError(f"move {path} must be a path in quotes")
                self.line(f"_move(data, {self.parts(path)[1]}, {self.parts(target)[1]})")

    def default(self, entry: Any) -> None:
        """Set what is not there."""
        self._assign(entry, "default", "if _lacks(data, {0}):")

    def set(self, entry: Any) -> None:
        """Set what is at a path."""
        self._assign(entry, "set", "if True:")

    def _assign(self, entry: Any, what: str, condition: str) -> None:
        for path, text in table(entry, what):
            with at_keys(what, path):
                parts, code = self.parts(path)
                source = self.expression(text, f"{what} {path}")
                self.line(condition.format(code))
                if source.names:
                    # A part of the data that is put into the data once more may double it, at every step of a chain.
                    self.builds = True
                    self.line("    _meter.check()")
                take = "_own_built" if source.builds else "_taken"
                self.line(f"    value = {self.used(source)}")
                self.line(f"    _assign(data, {code}, {take}(value, {len(parts)}, _meter), [])")

    def drop(self, entry: Any) -> None:
        """Take away what is at a path."""
        for path in path_list(entry, "drop", '"legacy"'):
            with at_keys("drop", path):
                self.line(f"_remove(data, {self.parts(path)[1]}, [])")


def _taken(value: Value, depth: int, meter: Meter) -> Value:
    return value if type(value) in SCALARS else arithmetic.own_built(value, depth, meter)


def _lacks(data: Value, parts: tuple[Value, ...]) -> bool:
    return found_at(data, parts) is MISSING


def _rename(data: Value, parts: tuple[Value, ...], name: str) -> None:
    value = found_at(data, parts)
    if value is not MISSING and parts[-1] != name:
        remove(data, parts, [])
        assign(data, (*parts[:-1], name), value, [])


def _move(data: Value, parts: tuple[Value, ...], target: tuple[Value, ...]) -> None:
    value = found_at(data, parts)
    if value is not MISSING:
        remove(data, parts, [])
        assign(data, target, value, [])
