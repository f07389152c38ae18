"""Differences as text for people."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from esviewer.diff.align import Pair
from esviewer.diff.lines import json_lines, line_pairs, same_line
from esviewer.model.change import Change, pointer
from esviewer.model.exactjson import dumps
from esviewer.model.values import MISSING, Value
from esviewer.model.visible import visible

SIGNS = {"add": "+", "remove": "-", "replace": "~"}
"""One character for each `Change.op`."""


def listing(changes: Iterable[Change]) -> list[str]:
    """One line a change: `+ /path: new`, `- /path: old`, `~ /path: old -> new`; deceiving characters are escaped."""
    lines = []
    for change in changes:
        values = [dumps(value) for value in (change.old, change.new) if value is not MISSING]
        place = _one_line(pointer(change.path) or "(root)")
        lines.append(visible(f"{SIGNS[change.op]} {place}: {' -> '.join(values)}"))
    return lines


def _one_line(text: str) -> str:
    return text.replace("\t", "\\u0009").replace("\n", "\\u000a")


def unified(old: Value, new: Value, old_name: str, new_name: str) -> str:
    """The two values as indented JSON with sorted keys, as a unified diff with three lines of context; "" if equal.

    Lists go by the identity of their elements (see `line_pairs`). A line that only gained or lost the comma at its end
    is no difference, and stands as in the new text. Characters that could deceive a reader are escaped, in the names
    too.
    """
    first, second = json_lines(old), json_lines(new)
    pairs = [(i, j) for i, j in line_pairs(old, new) if same_line(first[i], second[j])]
    lines: list[str] = []
    for group in _Lines(first, second, pairs).get_grouped_opcodes(3):
        begin, end = group[0], group[-1]
        lines.append(f"@@ -{_range(begin[1], end[2])} +{_range(begin[3], end[4])} @@")
        for tag, i, j, k, m in group:
            if tag == "equal":
                lines.extend(" " + line for line in second[k:m])
            else:
                lines.extend("-" + line for line in first[i:j])
                lines.extend("+" + line for line in second[k:m])
    if not lines:
        return ""
    names = [f"--- {_one_line(old_name)}", f"+++ {_one_line(new_name)}"]
    return visible("\n".join([*names, *lines])) + "\n"


class _Lines(difflib.SequenceMatcher[str]):
    """difflib's grouping, on lines that are paired by what they are of: its own search knows no values."""

    def __init__(self, first: Sequence[str], second: Sequence[str], pairs: Sequence[Pair]) -> None:
        super().__init__(None, "", "")
        self.a = first
        self.b = second
        self._pairs = pairs

    def get_matching_blocks(self) -> list[difflib.Match]:
        """Runs of pairs, and difflib's end mark."""
        blocks: list[difflib.Match] = []
        for i, j in self._pairs:
            last = blocks[-1] if blocks else None
            if last is not None and last.a + last.size == i and last.b + last.size == j:
                blocks[-1] = last._replace(size=last.size + 1)
            else:
                blocks.append(difflib.Match(i, j, 1))
        return [*blocks, difflib.Match(len(self.a), len(self.b), 0)]


def _range(start: int, stop: int) -> str:
    length = stop - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"
