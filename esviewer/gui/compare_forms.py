"""The forms in which a comparison shows: made on a worker, and no longer than what can be looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from esviewer.app.comparison import Comparison
from esviewer.app.screen import Screen
from esviewer.diff.patch import json_patch
from esviewer.diff.side_by_side import Row, uncut
from esviewer.diff.text import listing
from esviewer.gui.language import translate
from esviewer.gui.text import visible_lines
from esviewer.gui.value_tree import Marks
from esviewer.model.change import Change
from esviewer.model.exactjson import dumps
from esviewer.work import Work

FORMS = ("changes", "tree", "sides", "inline", "patch")
ENDINGS = {"changes": ".txt", "tree": ".txt", "sides": ".txt", "inline": ".diff", "patch": ".json"}

CHANGES = 20_000
"""How many changes are listed at most."""
ROWS = 5_000
"""How many rows of two columns are shown at most."""
LINES = 2_000
"""How many lines of a text are shown at most."""
WIDEST = 2_000
"""How many characters of a line are shown at most."""
WHOLE = 1_000
"""Up to so many lines, equal ones are all shown."""
AROUND = 3
"""How many equal lines are shown around lines that differ, where not all are."""
SAVED_WIDTH = 400
"""Characters that a line with both sides takes in a copy or a file; only longer ones are longer."""


@dataclass(frozen=True, slots=True)
class Made:
    """One form of a comparison, as far as it is shown; which of the fields is filled goes by the form."""

    form: str
    comparison: Comparison
    changes: Sequence[Change] = ()
    marks: Marks | None = None
    rows: Sequence[Row] = ()
    text: str = ""
    left_out: str = ""
    """What is not shown, in a sentence."""


def made(comparison: Comparison, form: str, screen: Screen, work: Work) -> Made:
    """Make a form, texts as they are shown; its comparison's changes have been found then too."""
    changes = comparison.changes
    work.check()
    comparison.ignored_changes  # noqa: B018 - computed here, off the GUI thread
    work.check()
    if form == "tree":
        return Made(form, comparison, marks=Marks(changes))
    if form == "sides":
        rows = folded(comparison.masked(screen).rows())
        rest = translate("Compare", "{0} more rows are not shown; Copy and Save take all.")
        alike = bool(changes) and all(sign in " …" for _, sign, _ in rows)
        left_out = _alike() if alike else _left_out(rest, len(rows) - ROWS)
        return Made(form, comparison, rows=rows[:ROWS], left_out=left_out)
    if form == "inline":
        text, left = beginning(comparison.masked(screen).text())
        if changes and not text:
            return Made(form, comparison, left_out=_alike())
    elif form == "patch":
        # Those beyond the last line that is shown are not even written.
        shown = [comparison.masked_change(change, screen) for change in changes[:LINES]]
        text, left = beginning(dumps(json_patch(shown), indent=2) if shown else "")
        if left and len(changes) > LINES // 4:
            rest = translate("Compare", "Only the beginning of {0} operations is shown; Copy and Save take all.")
            return Made(form, comparison, text=text, left_out=_left_out(rest, len(changes)))
    else:
        rest = translate("Compare", "{0} more changes are not shown; Copy and Save take all.")
        left_out = _left_out(rest, len(changes) - CHANGES)
        return Made(form, comparison, changes=changes[:CHANGES], left_out=left_out)
    rest = translate("Compare", "{0} more lines are not shown; Copy and Save take all.")
    return Made(form, comparison, text=text, left_out=_left_out(rest, left))


def whole(comparison: Comparison, form: str, screen: Screen) -> str:
    """All of a form as it is shown, as text to be copied or saved."""
    comparison = comparison.masked(screen)
    if form == "patch":
        return dumps(comparison.patch(), indent=2) + "\n"
    if form == "inline":
        return comparison.text()
    if form == "sides":
        rows = comparison.rows()
        widest = max((max(len(left), len(right)) for left, _, right in rows), default=0)
        return "".join(f"{line}\n" for line in uncut(rows, min(SAVED_WIDTH, 2 * widest + 3)))
    return "".join(f"{line}\n" for line in listing(comparison.changes))


def folded(rows: Sequence[Row]) -> list[Row]:
    """Rows of which, where they are many, only those around differences are left; a sign `…` stands for the others."""
    if len(rows) <= WHOLE:
        return [*rows]
    result: list[Row] = []
    after = 0
    """The row after the last that was taken."""
    for first, last in _around(rows):
        if first > after:
            result.append(_gap(first - after))
        result.extend(rows[first:last])
        after = last
    if after < len(rows):
        result.append(_gap(len(rows) - after))
    return result


def _around(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Stretches of rows that differ, with those around them; they neither touch nor overlap."""
    first = last = 0
    for index, (_, sign, _) in enumerate(rows):
        if sign == " ":
            continue
        if index - AROUND > last:
            if last:
                yield first, last
            first = index - AROUND
        last = min(len(rows), index + AROUND + 1)
    if last:
        yield first, last


def _gap(count: int) -> Row:
    text = translate("Compare", "{0} equal lines").format(f"{count:,}")
    return text, "…", text


def beginning(text: str) -> tuple[str, int]:
    """As much of a text as can be shown at once, and how many lines are left out."""
    lines = text.rstrip("\n").split("\n", LINES)
    rest = lines.pop() if len(lines) > LINES else ""
    shown = [line if len(line) <= WIDEST else f"{line[:WIDEST]}…" for line in lines]
    return visible_lines("\n".join(shown)), rest.count("\n") + 1 if rest else 0


def _alike() -> str:
    return translate("Compare", "The two states print alike: only types of values differ. “Changes” names the places.")


def _left_out(sentence: str, count: int) -> str:
    return sentence.format(f"{count:,}") if count > 0 else ""
