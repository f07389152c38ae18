"""What the layers below the window say to people, as templates: `{0}` and so on stand for what is put in.

A text counts where an error is made of it, where it says what a piece of work does, or where it reads as a sentence.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

OTHER_ROOMS = ("gui", "cli", "forms")
OTHER_FILES = ("demo.py", "demo_data.py", "guessed_rules.py", "sensitive_names.py", "picture.py")
"""What they write goes into stores, files and documents."""
_TELLING = ("report", "_report", "_say", "clause")
"""What work says its progress with, and what parts of sentences go through."""
_WORDS = re.compile(r"[A-Za-z]{2,}")
_WORD = re.compile(r"[A-Z][a-z]+\.")
_AT_A_LINE = re.compile(r"\{\d+\}, line \{\d+\}: ")
"""How a mistake in a file is told; the rest is said by others."""
_NO_PROSE = re.compile(r"\s*(SELECT|PRAGMA|CREATE|FROM|SET|WITH|INSERT|#|<|\.|\(\?)")


def template(node: ast.expr) -> str | None:
    """A literal text, or an f-string with numbered places; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if not isinstance(node, ast.JoinedStr):
        return None
    parts, places = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{places}}}")
            places += 1
    return "".join(parts)


def _named(tree: ast.Module) -> dict[str, str]:
    """The texts that have a name in the whole module."""
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, ast.Constant):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                found[target.id] = node.value.value
    return found


def _texts(node: ast.expr, named: dict[str, str]) -> Iterator[str]:
    """The texts that an argument may be."""
    if isinstance(node, ast.IfExp):
        yield from _texts(node.body, named)
        yield from _texts(node.orelse, named)
    elif isinstance(node, ast.BinOp):
        yield from _texts(node.left, named)
        yield from _texts(node.right, named)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _texts(value, named)
    elif isinstance(node, ast.Name):
        if node.id in named:
            yield named[node.id]
    else:
        text = template(node)
        if text:
            yield text


def _descriptions(tree: ast.Module) -> set[int]:
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def of_module(source: str, *, sentences: bool = True) -> set[str]:
    """What one module says; without `sentences` in errors alone."""
    tree = ast.parse(source)
    apart, named = _descriptions(tree), _named(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            apart.update(id(part) for part in node.values)
    found: set[str] = set()
    works: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name.endswith("Error"):
                for argument in node.args[:2]:
                    found.update(_texts(argument, named))
            if name in _TELLING:
                for argument in node.args[:2]:
                    works.update(text for text in _texts(argument, named) if _WORDS.search(text))
        if sentences and isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in apart:
            text = template(node)
            if text and text.rstrip()[-1:] in tuple(".?!") and (" " in text.strip() or _WORD.fullmatch(text)):
                found.add(text)
    return works | {text for text in found if _is_prose(text)}


def _is_prose(text: str) -> bool:
    words = _WORDS.findall(re.sub(r"\{\d+\}", " ", text))
    enough = len(words) >= 2 or _AT_A_LINE.match(text)
    return (enough and not _NO_PROSE.match(text)) or _WORD.fullmatch(text) is not None


def of_sources(package: Path) -> set[str]:
    """What all modules below the window say."""
    found: set[str] = set()
    for file in sorted(package.rglob("*.py")):
        rooms = set(file.relative_to(package).parts)
        if not rooms & set(OTHER_ROOMS) and file.name not in OTHER_FILES:
            # What reports tell is of their own language.
            found |= of_module(file.read_text(encoding="utf-8"), sentences="report" not in rooms)
    return found
