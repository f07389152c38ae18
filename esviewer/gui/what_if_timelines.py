"""The real timeline and the hypothetical one, row by row beside each other, as a table."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, overload

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from esviewer.app.imagined import Imagined
from esviewer.app.view import AggregateView
from esviewer.gui.event_table import summary
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.masked import ScreenNow
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Colours, Theme
from esviewer.gui.times import shown_time
from esviewer.gui.type_signs import type_colour
from esviewer.model.change import Change
from esviewer.questions.what_if import Edit, Insert, Row
from esviewer.work import Work

_CHECKED_AFTER = 20_000
_Index = QModelIndex | QPersistentModelIndex


class Sign(IntEnum):
    """What is done to the event of a row."""

    SAME = 0
    EDITED = 1
    SKIPPED = 2
    MOVED_AWAY = 3
    MOVED_HERE = 4
    INSERTED = 5


def marking(colours: Colours) -> tuple[str, str, str]:
    """The colours of what never happened: a strong one, what is written on it, and a faint one."""
    return ("#c77dff", "#17111c", "#271a31") if colours.dark else ("#7b1fa2", "#ffffff", "#f7edfc")


class _AsTheyAre(Sequence[Row]):
    """The events without an edit, each made when it is asked for."""

    def __init__(self, view: AggregateView) -> None:
        self._view = view

    def __len__(self) -> int:
        return len(self._view)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | list[Row]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return Row(int(self._view.versions[index]), False, False)


class Timelines:
    """Which real and which hypothetical event stands in each row; one that has no partner stands alone."""

    def __init__(self, view: AggregateView, answer: Imagined | None, work: Work | None = None) -> None:
        """Without an answer both timelines are the real one."""
        self.view = view
        self.answer = answer
        self.rows: Sequence[Row] = _AsTheyAre(view) if answer is None else answer.made.rows
        """All hypothetical events."""
        if answer is None:
            self.real = self.imagined = np.arange(len(view), dtype=np.int64)
            self.signs = np.zeros(len(view), np.uint8)
        else:
            self._align(answer, work)
        self._real_upto = np.maximum.accumulate(self.real) + 1 if len(self.real) else self.real
        self._imagined_upto = np.maximum.accumulate(self.imagined) + 1 if len(self.imagined) else self.imagined
        self._types: dict[int, str] = {}
        if answer is not None:
            for step in answer.made.edits.steps:
                if isinstance(step, Edit) and step.type is not None:
                    self._types[step.version] = step.type
        self._real_skips: Mapping[int, str] = view.history.skipped()
        self._imagined_skips: Mapping[int, str] = {} if answer is None else answer.made.imagined.skipped()
        self.parting = self._parting()
        """The row from which on the states differ; None when they never do."""

    def _align(self, answer: Imagined, work: Work | None) -> None:
        versions = answer.made.real.versions
        rows = answer.made.rows
        moved = {row.original for row in rows if row.moved}
        real, imagined, signs = array("q"), array("q"), bytearray()

        def alone(until: int) -> None:
            for index in range(len(real_seen), until):
                real_seen.append(0)
                real.append(index)
                imagined.append(-1)
                signs.append(Sign.MOVED_AWAY if versions[index] in moved else Sign.SKIPPED)

        real_seen = bytearray()
        for number, row in enumerate(rows):
            if work is not None and number % _CHECKED_AFTER == 0:
                work.report(translate("WhatIf", "Putting the timelines side by side"), number, len(rows))
            if row.original is None or row.moved:
                real.append(-1)
                signs.append(Sign.INSERTED if row.original is None else Sign.MOVED_HERE)
            else:
                if versions[len(real_seen)] != row.original:
                    alone(answer.made.real.index_of(row.original))
                real.append(len(real_seen))
                real_seen.append(0)
                signs.append(Sign.EDITED if row.edited else Sign.SAME)
            imagined.append(number)
        alone(len(versions))
        self.real = np.array(real, np.int64)
        self.imagined = np.array(imagined, np.int64)
        self.signs = np.frombuffer(bytes(signs), np.uint8)

    def _parting(self) -> int | None:
        answer = self.answer
        if answer is None or answer.parting is None or not len(self):
            return None
        if answer.parting.left_out is not None:
            return int(np.flatnonzero(self.real == answer.parting.left_out)[0])
        return int(np.searchsorted(self._imagined_upto, answer.parting.count))

    def __len__(self) -> int:
        return len(self.signs)

    def real_at(self, row: int) -> int | None:
        """The index of the real event in a row."""
        index = int(self.real[row])
        return None if index < 0 else index

    def imagined_at(self, row: int) -> int | None:
        """The index of the hypothetical event in a row."""
        index = int(self.imagined[row])
        return None if index < 0 else index

    def counts(self, row: int) -> tuple[int, int]:
        """How many real and how many hypothetical events there are down to a row."""
        return int(self._real_upto[row]), int(self._imagined_upto[row])

    def states(self, row: int) -> tuple[object, object]:
        """The real and the hypothetical state after a row; only where the histories are used."""
        real, imagined = self.counts(row)
        history = self.view.history
        other = history if self.answer is None else self.answer.made.imagined
        return history.state_after(real), other.state_after(imagined)

    def what(self, row: int) -> Row | None:
        """The hypothetical event in a row; None where there is none."""
        index = self.imagined_at(row)
        return None if index is None else self.rows[index]

    def version_at(self, row: int) -> int | None:
        """The version in the store of the event in a row, on whichever side; None for one that was inserted."""
        index = self.real_at(row)
        if index is not None:
            return int(self.view.versions[index])
        what = self.what(row)
        return None if what is None else what.original

    def row_of(self, version: int | None, inserted_by: int | None = None) -> int | None:
        """The row of the event with a version, the hypothetical one first, or of one that an edit inserted."""
        for index, what in enumerate(() if self.answer is None else self.rows):
            wanted = what.original == version if version is not None else what.inserted_by == inserted_by
            if wanted and (version is not None or inserted_by is not None):
                return int(np.flatnonzero(self.imagined == index)[0])
        if version is None:
            return None
        index = int(np.searchsorted(self.view.versions, version))
        if index < len(self.view) and int(self.view.versions[index]) == version:
            return int(np.flatnonzero(self.real == index)[0])
        return None

    # Texts

    def imagined_type(self, row: int) -> str:
        """The type of the hypothetical event in a row."""
        what = self.what(row)
        if what is None:
            return ""
        if what.inserted_by is not None and self.answer is not None:
            step = self.answer.made.edits.steps[what.inserted_by]
            return step.type if isinstance(step, Insert) else ""
        assert what.original is not None
        return self._types.get(what.original) or self.view.type_at(self.view.index_of(what.original))

    def skip_reason(self, row: int, *, real: bool) -> str | None:
        """Why the reducer skipped the event on one side of a row; None when it did not."""
        index = self.real_at(row) if real else self.imagined_at(row)
        if index is None:
            return None
        if real or self.answer is None:
            return self._real_skips.get(int(self.view.versions[index]))
        return self._imagined_skips.get(index + 1)

    def known_changes(self, row: int, *, real: bool) -> list[Change] | None:
        """What the event on one side of a row did, from memory; None where that takes a replay."""
        index = self.real_at(row) if real else self.imagined_at(row)
        if index is None:
            return []
        if real or self.answer is None:
            return self.view.known_changes(int(self.view.versions[index]))
        return self.answer.made.imagined.known_changes(index + 1)


class TimelinesModel(QAbstractTableModel):
    """Left what really is, in the middle what is done to it, right what would be."""

    MIDDLE = 3

    def __init__(self, theme: Theme, screen: ScreenNow, parent: QObject) -> None:
        """`screen` says what shows of masked values."""
        super().__init__(parent)
        self._theme = theme
        self._screen = screen
        self._lines: Timelines | None = None
        self._bold = QFont()
        self._bold.setBold(True)

    def show_timelines(self, lines: Timelines) -> None:
        """Show other timelines."""
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() or self._lines is None else len(self._lines)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 7

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return (
                self.tr("Version"),
                self.tr("Real event"),
                self.tr("Changed"),
                self.tr("Imagined"),
                self.tr("No."),
                self.tr("WHAT IF event"),
                self.tr("Would change"),
            )[section]
        return None

    def data(self, index: _Index, role: int = 0) -> Any:
        lines, row, column = self._lines, index.row(), index.column()
        if lines is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(lines, row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._tip(lines, row, column)[:2000]) or None
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._background(lines, row, column)
        if role == Qt.ItemDataRole.ForegroundRole and column == 1:
            real = lines.real_at(row)
            if real is None:
                return None
            words = lines.view.history.reducer.words.of(lines.view.type_at(real))
            return QColor(type_colour(words, int(lines.view.type_codes[real]), self._theme.colours))
        if role == Qt.ItemDataRole.FontRole and column == self.MIDDLE:
            return self._bold
        if role == Qt.ItemDataRole.TextAlignmentRole and column in (0, 4):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def _background(self, lines: Timelines, row: int, column: int) -> QColor | None:
        colours = self._theme.colours
        if column != self.MIDDLE and lines.skip_reason(row, real=column < self.MIDDLE) is not None:
            return QColor(colours.warning)
        sign = Sign(int(lines.signs[row]))
        if sign is not Sign.SAME:
            return QColor(
                {
                    Sign.EDITED: colours.replaced,
                    Sign.SKIPPED: colours.removed,
                    Sign.INSERTED: colours.added,
                }.get(sign, colours.warning)
            )
        return QColor(marking(colours)[2]) if column > self.MIDDLE else None

    def _text(self, lines: Timelines, row: int, column: int) -> str:
        if column == self.MIDDLE:
            return self.sign_text(lines, row)
        real = column < self.MIDDLE
        index = lines.real_at(row) if real else lines.imagined_at(row)
        if index is None:
            return ""
        if column == 0:
            return str(int(lines.view.versions[index]))
        if column == 1:
            return visible(self._screen().text(lines.view.type_at(index)))
        if column == 4:
            return str(index + 1)
        if column == 5:
            return visible(self._screen().text(lines.imagined_type(row)))
        reason = lines.skip_reason(row, real=real)
        if reason is not None:
            return visible(self.tr("skipped by the reducer: {0}").format(localised(self._screen().reason(reason))))
        changes = lines.known_changes(row, real=real)
        return "…" if changes is None else summary(changes, self._screen(), lines.view.summary.aggregate_id)

    def widest_sign(self) -> str:
        """The longest of what is said of most rows."""
        texts = self.tr("✕ skipped"), self.tr("✎ edited"), self.tr("+ inserted"), self.tr("⇅ moved here")
        return "◆ " + self.tr("parts") + " " + max(texts, key=len)

    def sign_text(self, lines: Timelines, row: int) -> str:
        """What is done to the event of a row, in words."""
        what = lines.what(row)
        edited = what is not None and what.edited
        text = {
            Sign.SAME: "",
            Sign.EDITED: self.tr("✎ edited"),
            Sign.SKIPPED: self.tr("✕ skipped"),
            Sign.MOVED_AWAY: self.tr("⇅ moved away"),
            Sign.MOVED_HERE: self.tr("⇅ moved here, edited") if edited else self.tr("⇅ moved here"),
            Sign.INSERTED: self.tr("+ inserted"),
        }[Sign(int(lines.signs[row]))]
        if row == lines.parting:
            return ("◆ " + self.tr("parts") + f" {text}").rstrip()
        return text

    def _tip(self, lines: Timelines, row: int, column: int) -> str:
        text = self._text(lines, row, column)
        if column == self.MIDDLE and row == lines.parting:
            return self.tr("From here on the states differ.") + f"\n{text}"
        version = lines.version_at(row)
        if column in (0, 1) and version is not None and lines.real_at(row) is not None:
            return f"{text}\n{shown_time(lines.view.instant(lines.view.index_of(version)))}"
        return text
