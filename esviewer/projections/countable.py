"""Which event projections a database can answer by itself: those of envelopes alone, folded so that groups suffice.

Such a projection's key, conditions and rules read nothing of payloads and metadata. Its rules count (`increment` by a
whole number), keep what the last or the first event says of itself, or the least or greatest version or position.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Final, Literal, TypeAlias

from esviewer.errors import RulesError
from esviewer.model.values import Number
from esviewer.projections.definition import EVENT_NAMES, Expression, Projection
from esviewer.replay.expressions import called_on, keys_read, parsed
from esviewer.replay.functions import SPANS
from esviewer.stores.groups import PARTS, Span

Keeps: TypeAlias = Literal["count", "last", "first", "least", "greatest"]
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_GROUPED: Final = frozenset(PARTS) - {"timestamp"}
_ALWAYS: Final = frozenset({"type", "aggregate_id", "version", "position"})
"""What every event has."""
_NAMES: Final = (*EVENT_NAMES, "state")
_NUMBERS: Final = ("version", "position")


@dataclass(frozen=True, slots=True)
class Fold:
    """What one rule does to one key of the state."""

    key: str
    keeps: Keeps
    amount: int = 0
    """What each event adds to a count."""
    of: Expression | None = None
    """What is kept of the last or first event."""
    part: str = ""
    """What the least or greatest is kept of: `version` or `position`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One of the projection's rules."""

    pattern: str
    when: Expression | None
    folds: tuple[Fold, ...]

    def fits(self, event_type: str) -> bool:
        """Whether it is for events of a type, unless an earlier one is."""
        return self.pattern == event_type or fnmatchcase(event_type, self.pattern)


@dataclass(frozen=True, slots=True)
class Countable:
    """How a projection is made out of groups of events."""

    by: frozenset[str]
    """The parts of events that have to be the same within a group."""
    span: Span | None
    """How far times have to be told apart; None where they don't."""
    rules: tuple[Rule, ...]

    def rule_for(self, event_type: str) -> Rule | None:
        """The rule for an event type."""
        return next((rule for rule in self.rules if rule.fits(event_type)), None)


def countable(projection: Projection) -> Countable | None:
    """How the database can answer a projection; None where it can't."""
    if projection.kind != "event":
        return None
    reader = _Reader()
    if projection.aggregate_type is not None:
        reader.by.add("aggregate_type")
    reader.by.add("type")
    read = [text for _, text in projection.keys] + ([] if projection.where is None else [projection.where])
    if not all(map(reader.groups, read)):
        return None
    rules = [reader.rule(each) for each in projection.on]
    found = tuple(rule for rule in rules if rule is not None)
    if len(found) < len(rules) or not _agree(found, projection):
        return None
    span: Span | None = None if not reader.spans else "hour" if "hour" in reader.spans else "day"
    return Countable(frozenset(reader.by), span, found)


def _agree(rules: Iterable[Rule], projection: Projection) -> bool:
    """Whether each key of the state is kept in one way, and begins as something that this way goes on from."""
    assert projection.rules is not None
    initial = projection.rules.initial()
    if type(initial) is not dict:
        return False
    ways: dict[str, tuple[Keeps, str]] = {}
    for rule in rules:
        for fold in rule.folds:
            way = fold.keeps, fold.of.text if fold.keeps == "first" and fold.of is not None else fold.part
            begin = initial.get(fold.key)
            if ways.setdefault(fold.key, way) != way:
                return False
            if fold.keeps != "last" and begin is not None and type(begin) is not int:
                return False
            if fold.keeps == "first" and begin is not None:
                return False
    return True


class _Reader:
    """Looks at expressions and rules, and gathers what groups have to tell apart."""

    def __init__(self) -> None:
        self.by: set[str] = set()
        self.spans: set[str] = set()

    def groups(self, expression: Expression) -> bool:
        """Whether an expression is the same for all events of a group."""
        keys = _parts_read(expression.text)
        if keys is None:
            return False
        if "timestamp" in keys:
            spans = called_on(expression.text, "event", "timestamp")
            if spans is None or not spans <= set(SPANS):
                return False
            self.spans |= spans
        elif not keys <= _GROUPED:
            return False
        if not keys <= _GROUPED | {"timestamp"}:
            return False
        self.by |= keys
        return True

    def rule(self, entry: Mapping[str, Any]) -> Rule | None:
        if not entry.keys() <= {"event", "when", "set", "increment"}:
            return None
        when = None
        if "when" in entry:
            when = _expression(entry["when"])
            if when is None or not self.groups(when):
                return None
        folds: list[Fold] = []
        for operation in ("set", "increment"):
            for key, text in entry.get(operation, {}).items():
                fold = self._count(key, text) if operation == "increment" else self._kept(key, text)
                if fold is None or not _KEY.fullmatch(key):
                    return None
                folds.append(fold)
        if len({fold.key for fold in folds}) < len(folds):
            return None
        return Rule(entry["event"], when, tuple(folds))

    def _count(self, key: str, text: Any) -> Fold | None:
        if type(text) is str:
            found = re.fullmatch(r"\s*(-?)\s*(\d{1,18})\s*", text, re.ASCII)
            # Python has no numbers such as 007.
            if found is None or (len(found[2]) > 1 and found[2][0] == "0"):
                return None
            text = int(found[1] + found[2])
        return Fold(key, "count", text) if type(text) is int else None

    def _kept(self, key: str, text: Any) -> Fold | None:
        expression = _expression(text)
        if expression is None:
            return None
        tree = parsed(expression.text)
        plain = _plain(tree)
        if plain is not None:
            if plain == "aggregate_type":
                self.by.add(plain)
            return Fold(key, "last", of=expression)
        return _first(key, tree) or _extreme(key, tree)


def _expression(value: Any) -> Expression | None:
    if isinstance(value, (bool, int, float)) and not isinstance(value, Number):
        value = repr(value)
    if not isinstance(value, str):
        return None
    return Expression(value, _NAMES)


def _parts_read(text: str) -> frozenset[str] | None:
    """The parts of events that an expression reads; None where it reads anything else."""
    others = any(keys_read(text, name) != frozenset() for name in ("data", "meta", "state"))
    return None if others else keys_read(text, "event")


def _part(node: ast.AST, of: str = "event") -> str | None:
    """The key of a name that an expression is, as `type` in `event.type`."""
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == of:
        if isinstance(node, ast.Attribute):
            return node.attr
        if isinstance(node.slice, ast.Constant) and type(node.slice.value) is str:
            return node.slice.value
    return None


def _constant(node: ast.AST) -> bool:
    named = isinstance(node, ast.Name) and node.id in ("true", "false", "null")
    return named or (isinstance(node, ast.Constant) and not isinstance(node.value, float))


def _plain(node: ast.AST) -> str | None:
    """The part of the event that an expression is, "" for a constant; None for anything else, which might fail."""
    return "" if _constant(node) else _part(node)


def _is_null(node: ast.AST, key: str, equal: bool) -> bool:
    """Whether an expression is `state.key == null`, or with `!=`."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return False
    null = node.comparators[0]
    none = (isinstance(null, ast.Name) and null.id == "null") or (isinstance(null, ast.Constant) and null.value is None)
    return none and isinstance(node.ops[0], ast.Eq if equal else ast.NotEq) and _part(node.left, "state") == key


def _choice(key: str, node: ast.AST) -> tuple[ast.expr, ast.expr] | None:
    """What an expression is while there is nothing at the key, and what it is then."""
    if isinstance(node, ast.IfExp):
        if _is_null(node.test, key, True):
            return node.body, node.orelse
        if _is_null(node.test, key, False):
            return node.orelse, node.body
    return None


def _first(key: str, node: ast.AST) -> Fold | None:
    """As in `event.version if state.key == null else state.key`."""
    found = _choice(key, node)
    if found is None or _part(found[1], "state") != key:
        return None
    part = _part(found[0])
    return Fold(key, "first", of=Expression(f"event.{part}", _NAMES)) if part in _ALWAYS else None


def _extreme(key: str, node: ast.AST) -> Fold | None:
    """As in `event.version if state.key == null else min(state.key, event.version)`."""
    found = _choice(key, node)
    if found is None or not isinstance(found[1], ast.Call) or not isinstance(found[1].func, ast.Name):
        return None
    call = found[1]
    assert isinstance(call.func, ast.Name)
    part = _part(found[0])
    given = sorted((_part(each, "state") or "", _part(each) or "") for each in call.args)
    if call.func.id not in ("min", "max") or part not in _NUMBERS or given != [("", part), (key, "")]:
        return None
    return Fold(key, "least" if call.func.id == "min" else "greatest", part=part)


def checked(projections: Sequence[Projection]) -> dict[int, Countable]:
    """Those of some projections that a database can answer, by their place."""
    found: dict[int, Countable] = {}
    for index, each in enumerate(projections):
        try:
            made = countable(each)
        except RulesError:
            made = None
        if made is not None:
            found[index] = made
    return found
