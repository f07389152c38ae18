"""Expressions of rules files: Python's syntax, none of Python's powers, compiled once.

An expression is parsed with Python's own parser, every node is checked against a short list, and source is generated
anew in which attributes and indexes are key lookups and every operator is a bounded function (see `arithmetic`). What
the generated code can reach is those functions and its arguments; nothing of the text itself is ever evaluated.
"""

from __future__ import annotations

import ast
import io
import keyword
import tokenize
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from esviewer.errors import RulesError
from esviewer.model.event import Event
from esviewer.model.values import Value
from esviewer.replay import arithmetic
from esviewer.replay.functions import FUNCTIONS

MAX_LENGTH = 4000
MAX_NODES = 400
MAX_NESTING = 40

NAMES = ("data", "meta", "event", "state")

_BINARY: dict[type[ast.operator], Callable[..., Value]] = {
    ast.Add: arithmetic.add,
    ast.Sub: arithmetic.subtract,
    ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide,
    ast.FloorDiv: arithmetic.floor_divide,
    ast.Mod: arithmetic.modulo,
    ast.Pow: arithmetic.power,
}
_COMPARE: dict[type[ast.cmpop], Callable[..., Value]] = {
    ast.Eq: arithmetic.equal,
    ast.NotEq: arithmetic.not_equal,
    ast.Lt: arithmetic.less,
    ast.LtE: arithmetic.less_equal,
    ast.Gt: arithmetic.greater,
    ast.GtE: arithmetic.greater_equal,
    ast.In: arithmetic.contains,
    ast.NotIn: arithmetic.lacks,
}
_DIRECT = {"equal": "==", "not_equal": "!=", "less": "<", "less_equal": "<=", "greater": ">", "greater_equal": ">="}
_CONSTANTS = {"true": "True", "false": "False", "null": "None"}

HELPERS: Mapping[str, Any] = MappingProxyType(
    {
        "__builtins__": MappingProxyType({}),
        "dict": dict,
        "int": int,
        "str": str,
        "_EMPTY": MappingProxyType({}),
        "_PLAIN": frozenset({int, str}),
        "_look_up": arithmetic.look_up,
        "_positive": arithmetic.positive,
        "_negative": arithmetic.negative,
        **{f"_{function.__name__}": function for function in (*_BINARY.values(), *_COMPARE.values())},
        **{f"_call_{name}": function for name, (function, _, _) in FUNCTIONS.items()},
    }
)
"""Everything that generated code can name, besides its arguments."""


@dataclass(frozen=True, slots=True)
class Source:
    """Generated Python source of one expression.

    It reads the local variables `names`, and `keys` (the event's data, or `_EMPTY` where that is no object) when
    `uses_keys` says so. `builds` tells whether its value may be larger than what it is made of, or part of the state.
    """

    code: str
    names: frozenset[str]
    uses_keys: bool
    builds: bool
    data_keys: frozenset[str] | None = frozenset()
    """The keys of the event's data that it reads (see `keys_read`)."""


class _Writer:
    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.text = text
        self.known = names
        self.used: set[str] = set()
        self.uses_keys = False
        self.builds = False
        self._nodes = 0
        self._temporaries = 0

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"_t{self._temporaries}"

    def write(self, node: ast.expr, level: int = 0) -> str:
        self._nodes += 1
        if self._nodes > MAX_NODES or level > MAX_NESTING:
            raise RulesError("it is too long or too deeply nested")
        method = getattr(self, "_" + type(node).__name__.lower(), None)
        if method is None:
            raise RulesError(f"{_WORDS.get(type(node).__name__, type(node).__name__)} can't be used in an expression")
        written: str = method(node, level + 1)
        return written

    def _constant(self, node: ast.Constant, level: int) -> str:
        del level
        value = node.value
        if isinstance(value, int) and value.bit_length() > arithmetic.MAX_BITS:
            raise RulesError("a number in it is too large")
        if value is not None and not isinstance(value, (bool, int, float, str)):
            raise RulesError("only texts, numbers, true, false and null can be written in it")
        if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
            raise RulesError("a number in it is too large")
        return repr(value)

    def _name(self, node: ast.Name, level: int) -> str:
        del level
        if node.id in _CONSTANTS:
            return _CONSTANTS[node.id]
        if node.id not in self.known:
            known = ", ".join(self.known)
            raise RulesError(f"{node.id[:40]} is not known; there are {known}, and texts stand in quotes")
        self.used.add(node.id)
        self.builds = self.builds or node.id == "state"
        return node.id

    def _attribute(self, node: ast.Attribute, level: int) -> str:
        if node.attr.startswith("__") and node.attr.endswith("__"):
            raise RulesError(f".{node.attr} is not allowed; if it is a key, write ['{node.attr}']")
        if node.attr not in self.text:
            # Python's parser normalises identifiers (NFKC), so the key looked up would not be the key written.
            raise RulesError(f".{node.attr} is written with characters that Python changes; write it as ['…']")
        return self._key(node.value, node.attr, level)

    def _key(self, inner: ast.expr, key: str, level: int) -> str:
        if isinstance(inner, ast.Name) and inner.id in self.known:
            name = self.write(inner, level)
            if name == "data":
                self.uses_keys = True
                return f"(keys[{key!r}] if {key!r} in keys else None)"
            return f"({name}.get({key!r}) if {name}.__class__ is dict else None)"
        return f"_look_up({self.write(inner, level)}, {key!r})"

    def _subscript(self, node: ast.Subscript, level: int) -> str:
        if isinstance(node.slice, ast.Constant) and type(node.slice.value) is str:
            return self._key(node.value, node.slice.value, level)
        return f"_look_up({self.write(node.value, level)}, {self.write(node.slice, level)})"

    def _binop(self, node: ast.BinOp, level: int) -> str:
        function = _BINARY.get(type(node.op))
        if function is None:
            raise RulesError("only + - * / // % and ** compute in it")
        self.builds = self.builds or function is arithmetic.add
        return f"_{function.__name__}({self.write(node.left, level)}, {self.write(node.right, level)})"

    def _unaryop(self, node: ast.UnaryOp, level: int) -> str:
        inner = self.write(node.operand, level)
        if isinstance(node.op, ast.Not):
            return f"(not {inner})"
        if isinstance(node.op, ast.Invert):
            raise RulesError("~ can't be used in an expression")
        if isinstance(node.op, ast.UAdd):
            return f"_positive({inner})"
        name = self._temporary()
        return f"(-{name} if ({name} := {inner}).__class__ is int else _negative({name}))"

    def _boolop(self, node: ast.BoolOp, level: int) -> str:
        word = " and " if isinstance(node.op, ast.And) else " or "
        return f"({word.join(self.write(value, level) for value in node.values)})"

    def _compare(self, node: ast.Compare, level: int) -> str:
        left = self.write(node.left, level)
        parts = []
        for index, (operator_node, operand) in enumerate(zip(node.ops, node.comparators, strict=True), 1):
            function = _COMPARE.get(type(operator_node))
            if function is None:
                raise RulesError("write == instead of is")
            right = self.write(operand, level)
            if index < len(node.ops):
                # Written and computed once, though it is compared on both sides.
                shared = self._temporary()
                parts.append(self._compared(function.__name__, left, f"({shared} := {right})"))
                left = shared
            else:
                plain = operand if isinstance(operand, ast.Constant) and type(operand.value) in (int, str) else None
                parts.append(self._compared(function.__name__, left, right, plain))
        return f"({' and '.join(parts)})"

    def _compared(self, name: str, left: str, right: str, plain: ast.Constant | None = None) -> str:
        """The code of a comparison; `plain` is what is on the right where that is an integer or a text."""
        sign = _DIRECT.get(name)
        if sign is None:
            return f"_{name}({left}, {right})"
        # Two integers or two texts, the commonest case, are compared without a call.
        first, second = self._temporary(), self._temporary()
        if plain is not None:
            kind = type(plain.value).__name__
            return f"({first} {sign} {right} if ({first} := {left}).__class__ is {kind} else _{name}({first}, {right}))"
        return (
            f"({first} {sign} {second} if ({first} := {left}).__class__ is ({second} := {right}).__class__"
            f" and {first}.__class__ in _PLAIN else _{name}({first}, {second}))"
        )

    def _ifexp(self, node: ast.IfExp, level: int) -> str:
        test, then, other = (self.write(part, level) for part in (node.test, node.body, node.orelse))
        return f"({then} if {test} else {other})"

    def _list(self, node: ast.List | ast.Tuple, level: int) -> str:
        self.builds = True
        return f"[{', '.join(self.write(item, level) for item in node.elts)}]"

    _tuple = _list

    def _dict(self, node: ast.Dict, level: int) -> str:
        self.builds = True
        items = []
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and type(key.value) is str):
                raise RulesError("the keys of an object are texts in quotes")
            items.append(f"{key.value!r}: {self.write(value, level)}")
        return "{" + ", ".join(items) + "}"

    def _call(self, node: ast.Call, level: int) -> str:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in FUNCTIONS:
            called = ast.unparse(node.func)
            raise RulesError(f"{called[:40]}() can't be called; there are {' '.join(FUNCTIONS)}")
        _, least, most = FUNCTIONS[name]
        if node.keywords or not least <= len(node.args) <= most:
            raise RulesError(
                f"{name}() takes {least} values" if least == most else f"{name}() takes {least} to {most} values"
            )
        self.builds = self.builds or name in ("str", "lower", "upper")
        return f"_call_{name}({', '.join(self.write(argument, level) for argument in node.args)})"


_WORDS = {
    "Lambda": "lambda",
    "ListComp": "a comprehension",
    "SetComp": "a comprehension",
    "DictComp": "a comprehension",
    "GeneratorExp": "a comprehension",
    "NamedExpr": ":=",
    "JoinedStr": "an f-string",
    "Starred": "*",
    "Set": "a set",
    "Slice": "a slice",
    "Await": "await",
    "Yield": "yield",
}


def _with_quoted_keywords(text: str) -> str:
    """The text with keys that are words of Python (`data.from`) written as indexes (`data['from']`)."""
    if not any(f".{word}" in text.replace(" ", "") for word in keyword.kwlist):
        return text
    parts: list[str] = []
    after_dot = False
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in (tokenize.NEWLINE, tokenize.NL, tokenize.ENDMARKER):
            continue
        if after_dot and token.type == tokenize.NAME and keyword.iskeyword(token.string):
            parts[-1] = f"[{token.string!r}]"
        else:
            parts.append(token.string if token.string == "." else f" {token.string}")
        after_dot = token.type == tokenize.OP and token.string == "."
    return "".join(parts).strip()


def translate(text: str, names: Sequence[str] = NAMES) -> Source:
    """The generated source of an expression; raises RulesError saying what is wrong with it."""
    if len(text) > MAX_LENGTH:
        raise RulesError(f"it is longer than {MAX_LENGTH} characters")
    try:
        with warnings.catch_warnings():
            # Python would print its advice on odd escapes and the like.
            warnings.simplefilter("ignore")
            tree = ast.parse(_with_quoted_keywords(text.strip()), mode="eval")
    except SyntaxError as error:
        # Python adds lines of its own, which would be taken for those of the rules file.
        reason = error.msg.partition(" (detected at line")[0]
        raise RulesError(f"it is not an expression: {reason}") from None
    except (ValueError, RecursionError, MemoryError, tokenize.TokenError, OverflowError):
        raise RulesError("it is not an expression, or too deeply nested") from None
    writer = _Writer(text, names)
    code = writer.write(tree.body)
    return Source(code, frozenset(writer.used), writer.uses_keys, writer.builds, _keys_of(tree.body, "data"))


def parsed(text: str) -> ast.expr:
    """The tree of an expression; the text is one that `translate` takes."""
    return ast.parse(_with_quoted_keywords(text.strip()), mode="eval").body


def keys_read(text: str, name: str) -> frozenset[str] | None:
    """The keys of a name's root that an expression reads, as `a` and `b` in `state.a > state['b'].c`.

    None when it reads the root in another way, so that any key may matter; the text is one that `translate` takes.
    """
    return _keys_of(parsed(text), name)


def _keys_of(tree: ast.expr, name: str) -> frozenset[str] | None:
    keys: set[str] = set()
    uses = sum(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Subscript):
            if not (isinstance(node.value, ast.Name) and node.value.id == name):
                continue
            if isinstance(node, ast.Attribute):
                keys.add(node.attr)
            elif isinstance(node.slice, ast.Constant) and type(node.slice.value) is str:
                keys.add(node.slice.value)
            else:
                return None
            uses -= 1
    return None if uses else frozenset(keys)


def called_on(text: str, name: str, key: str) -> frozenset[str] | None:
    """The functions that an expression calls with nothing but one key of a name, as `day` in `day(event.timestamp)`.

    None when it reads the key in another way; the text is one that `translate` takes, and reads no more of the name
    than keys (see `keys_read`).
    """
    tree = parsed(text)

    def is_key(node: ast.AST) -> bool:
        if not isinstance(node, ast.Attribute | ast.Subscript) or not isinstance(node.value, ast.Name):
            return False
        inner = node.attr if isinstance(node, ast.Attribute) else getattr(node.slice, "value", None)
        return node.value.id == name and inner == key

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and any(map(is_key, node.args))]
    if sum(map(is_key, ast.walk(tree))) != len(calls) or any(len(call.args) != 1 for call in calls):
        return None
    return frozenset(call.func.id for call in calls if isinstance(call.func, ast.Name))


def paths_read(text: str) -> list[tuple[str, tuple[str | int, ...]]]:
    """The names that an expression reads with the keys behind them, as `state` and `a`, `b`, 0 in `state.a['b'][0]`.

    An index that is computed stands as 0. Keys behind something that is computed count behind all that it is computed
    of. The text is one that `translate` takes.
    """
    found: list[tuple[str, tuple[str | int, ...]]] = []

    def look(node: ast.AST, behind: tuple[str | int, ...]) -> None:
        keys: list[str | int] = []
        here = node
        while isinstance(here, ast.Attribute | ast.Subscript):
            if isinstance(here, ast.Attribute):
                keys.append(here.attr)
            elif isinstance(here.slice, ast.Constant) and type(here.slice.value) in (str, int):
                keys.append(here.slice.value)  # type: ignore[arg-type]
            else:
                keys.append(0)
                look(here.slice, ())
            here = here.value
        path = tuple(reversed(keys))
        if isinstance(here, ast.Name):
            found.append((here.id, path))
            if behind:
                found.append((here.id, path + behind))
            return
        for child in ast.iter_child_nodes(here):
            look(child, path + behind)

    look(parsed(text), ())
    return found


def is_place(text: str) -> bool:
    """Whether an expression is the value at one place, as `data.a['b'][0]`, and computes nothing.

    The text is one that `translate` takes.
    """
    node = parsed(text)
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
            return False
        node = node.value
    return isinstance(node, ast.Name) and node.id not in _CONSTANTS


KEYS = "keys = data if data.__class__ is dict else _EMPTY"
"""The line that has to come before an expression which `uses_keys`."""


def run_source(source: str, extra: Mapping[str, Any]) -> dict[str, Any]:
    """Execute generated source (never a person's text) and return what it defines."""
    namespace: dict[str, Any] = {**HELPERS, **extra}
    exec(compile(source, "<rules>", "exec"), namespace)  # noqa: S102 - written by this module, nothing else
    return namespace


def event_view(event: Event) -> dict[str, Value]:
    """What `event` is in an expression."""
    return {
        "position": event.position,
        "aggregate_id": event.aggregate_id,
        "aggregate_type": event.aggregate_type,
        "version": event.version,
        "event_id": event.event_id,
        "type": event.type,
        "schema_version": event.schema_version,
        "timestamp": None if event.timestamp is None else event.timestamp.isoformat(),
    }


def compile_expression(text: str, names: Sequence[str] = NAMES) -> Callable[..., Value]:
    """A function of `names`, in this order, that computes the expression; raises RulesError when it can't be used.

    The function raises StepError where the expression has no value, as in null + 1.
    """
    source = translate(text, names)
    return _compiled(source.code, source.uses_keys, names)


def compile_tree(tree: ast.expr, text: str, names: Sequence[str]) -> Callable[..., Value]:
    """The same for a part of the tree of `text` (see `parsed`), an expression that `translate` takes."""
    writer = _Writer(text, names)
    code = writer.write(tree)
    return _compiled(code, writer.uses_keys, names)


def _compiled(code: str, uses_keys: bool, names: Sequence[str]) -> Callable[..., Value]:
    keys = KEYS if uses_keys else "pass"
    code = f"def compute({', '.join(names)}):\n    {keys}\n    return {code}\n"
    compute: Callable[..., Value] = run_source(code, {})["compute"]
    return compute
