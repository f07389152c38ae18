"""A text editor for rules: line numbers, colours for TOML, and a mark at the line of a mistake."""

from __future__ import annotations

import re

from PySide6.QtCore import QMimeData, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from esviewer.gui.theme import Theme, monospace

MAX_TEXT = 500_000
"""Characters that may be pasted at once or loaded; rules files are smaller."""

_LONGEST_COLOURED = 4000
"""Characters of a line beyond which it keeps one colour."""
_TOKEN = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<text>\"\"\"|'''|\"(?:[^\"\\]|\\.)*\"?|'[^']*'?)"
    r"|(?P<header>^\s*\[\[?[^\]#\"']*\]\]?)"
    r"|(?P<key>[A-Za-z_][\w-]*(?=\s*=))"
    r"|(?P<word>\b(?:true|false|inf|nan)\b|[-+]?\b\d[\w.+:-]*)"
)


class TomlColours(QSyntaxHighlighter):
    """Comments, texts, headers, keys and numbers, each in a colour of the theme."""

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        self._formats: dict[str, QTextCharFormat] = {}
        self._choose()
        theme.changed.connect(self._recolour)

    def _choose(self) -> None:
        colours = self._theme.colours
        for name, colour in (
            ("comment", colours.dim),
            ("text", colours.types[2]),
            ("header", colours.accent),
            ("key", colours.types[3]),
            ("word", colours.types[1]),
        ):
            shape = QTextCharFormat()
            shape.setForeground(QColor(colour))
            if name == "header":
                shape.setFontWeight(QFont.Weight.DemiBold)
            self._formats[name] = shape

    def _recolour(self) -> None:
        self._choose()
        self.rehighlight()

    def highlightBlock(self, text: str) -> None:
        # A block's state says which kind of text of many lines goes on after it.
        quotes = {1: '"""', 2: "'''"}
        state = self.previousBlockState()
        at = 0
        if state in quotes:
            end = text.find(quotes[state])
            at = len(text) if end < 0 else end + 3
            self.setFormat(0, at, self._formats["text"])
            if end < 0:
                self.setCurrentBlockState(state)
                return
        self.setCurrentBlockState(0)
        while at < min(len(text), _LONGEST_COLOURED):
            found = _TOKEN.search(text, at)
            if found is None:
                return
            kind = found.lastgroup or ""
            begin, at = found.span()
            if kind == "text" and found.group() in quotes.values():
                end = text.find(found.group(), at)
                if end < 0:
                    self.setFormat(begin, len(text) - begin, self._formats["text"])
                    self.setCurrentBlockState(1 if found.group() == '"""' else 2)
                    return
                at = end + 3
            self.setFormat(begin, at - begin, self._formats[kind])


class _Numbers(QWidget):
    """The margin with the lines' numbers."""

    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.margin_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._editor.paint_margin(self, event)


class CodeEditor(QPlainTextEdit):
    """Text with numbered lines, one of which may be marked as wrong."""

    refused = Signal()
    """What was to be pasted is too long."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._wrong: int | None = None
        self.setFont(monospace())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabStopDistance(4 * self.fontMetrics().horizontalAdvance(" "))
        self.setTabChangesFocus(True)  # TOML needs no indentation, and keys alone have to lead out of it
        self._numbers = _Numbers(self)
        self._colours = TomlColours(self.document(), theme)
        self.blockCountChanged.connect(self._resize_margin)
        self.updateRequest.connect(self._scroll_margin)
        theme.changed.connect(self._mark)
        self._resize_margin()

    @property
    def wrong_line(self) -> int | None:
        """The line that is marked, from 1."""
        return self._wrong

    def mark_wrong(self, line: int | None) -> None:
        """Mark one line, from 1, the last for one beyond it; None marks none."""
        self._wrong = None if line is None else max(1, min(line, self.blockCount()))
        self._mark()

    def go_to_line(self, line: int) -> None:
        """Put the cursor on a line, from 1."""
        block = self.document().findBlockByNumber(line - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()
            self.setFocus()

    def _mark(self) -> None:
        marks = []
        if self._wrong is not None:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.document().findBlockByNumber(self._wrong - 1))
            mark.format.setBackground(QColor(self._theme.colours.removed))
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            under = QTextEdit.ExtraSelection()
            under.cursor = QTextCursor(self.document().findBlockByNumber(self._wrong - 1))
            under.cursor.select(QTextCursor.SelectionType.LineUnderCursor)
            under.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            under.format.setUnderlineColor(QColor(self._theme.colours.types[9]))
            marks = [mark, under]
        self.setExtraSelections(marks)
        self._numbers.update()

    def written(self) -> str:
        """The text as it is to be saved; unlike `toPlainText` with spaces that don't break kept as they are."""
        return self.document().toRawText().replace("\u2029", "\n").replace("\u2028", "\n")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            # Qt would break the line without beginning one, and lines would no longer be numbered as in the file.
            self.insertPlainText("\n")
        else:
            super().keyPressEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if len(source.text()) > MAX_TEXT:
            self.refused.emit()
        else:
            self.insertPlainText(source.text())

    # The margin

    def margin_width(self) -> int:
        """The margin's width in pixels."""
        digits = max(3, len(str(self.blockCount())))
        return 16 + digits * self.fontMetrics().horizontalAdvance("9")

    def _resize_margin(self) -> None:
        self.setViewportMargins(self.margin_width(), 0, 0, 0)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self.margin_width(), area.height()))

    def _scroll_margin(self, area: QRect, moved: int) -> None:
        if moved:
            self._numbers.scroll(0, moved)
        else:
            self._numbers.update(0, area.y(), self._numbers.width(), area.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._resize_margin()

    def paint_margin(self, margin: QWidget, event: QPaintEvent) -> None:
        """Draw the numbers of the lines in view."""
        colours = self._theme.colours
        painter = QPainter(margin)
        painter.fillRect(event.rect(), QColor(colours.alternate))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            line = block.blockNumber() + 1
            if block.isVisible() and top + height >= event.rect().top():
                area = QRect(0, round(top), margin.width(), round(height))
                wrong = line == self._wrong
                if wrong:
                    painter.fillRect(area, QColor(colours.removed))
                painter.setPen(QColor(colours.text if wrong else colours.dim))
                text = f"● {line}" if wrong else str(line)
                painter.drawText(area.adjusted(0, 0, -8, 0), Qt.AlignmentFlag.AlignRight, text)
            top += height
            block = block.next()
        painter.end()
