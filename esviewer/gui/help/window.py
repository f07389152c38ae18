"""The manual in a window of its own: its pages, a search, links between them, back and forward."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QDesktopServices,
    QKeySequence,
    QShortcut,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from esviewer.app import manual
from esviewer.gui.language import language_now
from esviewer.gui.theme import Theme, monospace

_TOPIC: Final = Qt.ItemDataRole.UserRole
_WIDEST_PICTURE: Final = 560


class HelpWindow(QWidget):
    """Shows pages; not modal, and no dialog's child, so that it can be read beside every one of them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self.setWindowTitle(self.tr("esviewer – manual"))
        self._language = language_now()
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(self.tr("Search the manual"))
        self.field.setAccessibleName(self.tr("Search the manual"))
        self.field.setClearButtonEnabled(True)
        self.topics = QListWidget(self)
        self.topics.setAccessibleName(self.tr("Pages"))
        self.topics.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = QLabel(self.tr("No page has all of these words."), self)
        self.nothing.setWordWrap(True)
        self.nothing.hide()
        self.browser = QTextBrowser(self)
        self.browser.setAccessibleName(self.tr("Page"))
        self.browser.setOpenLinks(False)
        self.browser.document().setDefaultFont(self.font())
        self.browser.document().setDocumentMargin(16)
        self.back = QToolButton(self)
        self.back.setText("←")
        self.back.setToolTip(self.tr("Back"))
        self.back.setAccessibleName(self.tr("Back"))
        self.back.setEnabled(False)
        self._visited: list[tuple[str, int]] = []
        """Where Back leads: topics, and how far their pages were scrolled."""
        self._page: manual.Page | None = None
        side = QWidget(self)
        left = QVBoxLayout(side)
        left.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        head.addWidget(self.back)
        head.addWidget(self.field, 1)
        left.addLayout(head)
        left.addWidget(self.nothing)
        left.addWidget(self.topics, 1)
        splitter = QSplitter(self)
        splitter.addWidget(side)
        splitter.addWidget(self.browser)
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        splitter.setSizes([260, 700])
        layout = QVBoxLayout(self)
        layout.addWidget(splitter)
        self.resize(960, 680)
        self.field.textChanged.connect(self._search)
        self.topics.currentItemChanged.connect(self._chosen)
        self.browser.anchorClicked.connect(self._follow)
        self.back.clicked.connect(self.go_back)
        theme.changed.connect(self._again)
        for keys, slot in (
            (QKeySequence(QKeySequence.StandardKey.Back), self.go_back),
            (QKeySequence(QKeySequence.StandardKey.Find), self.field.setFocus),
            (QKeySequence(Qt.Key.Key_Escape), self.close),
        ):
            QShortcut(keys, self).activated.connect(slot)
        self._list(manual.pages(self._language))

    @property
    def topic(self) -> str:
        """The page on show; empty before the first."""
        return "" if self._page is None else self._page.topic

    def show_topic(self, topic: str) -> None:
        """Show a page, in front."""
        self.field.clear()
        self._go(topic)
        self.show()
        self.raise_()
        self.activateWindow()
        self.browser.setFocus()

    def go_back(self) -> None:
        """Show the page before, as far down as it was read."""
        if self._visited:
            topic, scrolled = self._visited.pop()
            self._show(topic)
            self.browser.verticalScrollBar().setValue(scrolled)

    def _list(self, pages: Sequence[manual.Page]) -> None:
        self.topics.blockSignals(True)
        self.topics.clear()
        for page in pages:
            item = QListWidgetItem(page.title, self.topics)
            item.setData(_TOPIC, page.topic)
            item.setToolTip(page.title)
        self.topics.blockSignals(False)
        self._mark()

    def _mark(self) -> None:
        self.topics.blockSignals(True)
        for row in range(self.topics.count()):
            if self.topics.item(row).data(_TOPIC) == self.topic:
                self.topics.setCurrentRow(row)
        self.topics.blockSignals(False)

    def _search(self, text: str) -> None:
        pages = manual.found(text, self._language) if text.strip() else manual.pages(self._language)
        self.nothing.setVisible(not pages)
        self._list(pages)

    def _chosen(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self._go(item.data(_TOPIC))

    def _go(self, topic: str) -> None:
        if topic != self.topic:
            if self._page is not None:
                self._visited.append((self.topic, self.browser.verticalScrollBar().value()))
            self._show(topic)
        words = self.field.text().split()
        if words and self.browser.find(words[0]):
            # What was looked for is in sight, and chosen.
            self.browser.ensureCursorVisible()

    def _show(self, topic: str) -> None:
        self._page = page = manual.page(topic, self._language)
        document = self.browser.document()
        document.setBaseUrl(QUrl.fromLocalFile(str(page.file)))
        self.browser.setMarkdown(page.text)
        _unescape(document)
        self._dress(document)
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)
        self.back.setEnabled(bool(self._visited))
        self._mark()

    def _again(self) -> None:
        if self._page is not None:
            scrolled = self.browser.verticalScrollBar().value()
            self._show(self.topic)
            self.browser.verticalScrollBar().setValue(scrolled)

    def _dress(self, document: QTextDocument) -> None:
        """Space between paragraphs, code in the font of values, pictures and tables no wider than the page."""
        cursor = QTextCursor(document)
        block = document.begin()
        while block.isValid():
            cursor.setPosition(block.position())
            table = cursor.currentTable()
            if table is not None:
                _fit(table)
            elif block.textList() is None:
                _spaced(cursor, block.blockFormat(), _is_code(block))
            for start, end, letters in _pieces(block):
                cursor.setPosition(start)
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                if letters.isImageFormat():
                    picture = letters.toImageFormat()
                    picture.setWidth(_WIDEST_PICTURE)
                    cursor.setCharFormat(picture)
                elif letters.fontFixedPitch() or _is_code(block):
                    letters.setFontFamilies(monospace().families())
                    cursor.mergeCharFormat(letters)
            block = block.next()

    def _follow(self, link: QUrl) -> None:
        if link.scheme() in ("http", "https"):
            QDesktopServices.openUrl(link)
            return
        name = link.path().rpartition("/")[2]
        if name.endswith(".md") and name.removesuffix(".md") in manual.TOPICS:
            self._go(name.removesuffix(".md"))
            return
        # A file that comes with the program: whatever shows such files here.
        base = self.browser.document().baseUrl()
        QDesktopServices.openUrl(base.resolved(link))


def _unescape(document: QTextDocument) -> None:
    """Take away the signs by which Markdown tells a line in a table's cell from the cell's end: Qt leaves them."""
    found = document.find("\\|")
    while not found.isNull():
        found.insertText("|")
        found = document.find("\\|", found)


def _fit(table: QTextTable) -> None:
    """Make a table of many columns no wider than the page, where its longest words together are."""
    shape = table.format()
    if table.columns() > 3 and not shape.columnWidthConstraints():
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        shape.setColumnWidthConstraints(_shares(table))
        table.setFormat(shape)


def _shares(table: QTextTable) -> list[QTextLength]:
    """How wide columns are to be: wider the more is in them, but not as much wider."""
    weights = [
        sum(len(table.cellAt(row, column).firstCursorPosition().block().text()) for row in range(table.rows())) ** 0.5
        for column in range(table.columns())
    ]
    return [QTextLength(QTextLength.Type.PercentageLength, 100 * weight / sum(weights)) for weight in weights]


def _is_code(block: QTextBlock) -> bool:
    form = block.blockFormat()
    return form.hasProperty(QTextFormat.Property.BlockCodeFence)


def _spaced(cursor: QTextCursor, form: QTextBlockFormat, code: bool) -> None:
    if code:
        # A line that is too long goes on in the next, rather than out of sight.
        form.setNonBreakableLines(False)
        form.setLeftMargin(12)
    else:
        form.setBottomMargin(8)
    if form.headingLevel() > 1:
        form.setTopMargin(14)
    cursor.setBlockFormat(form)


def _pieces(block: QTextBlock) -> list[tuple[int, int, QTextCharFormat]]:
    """Where the pieces of a block with one format begin and end."""
    found = []
    pieces = block.begin()
    while not pieces.atEnd():
        piece = pieces.fragment()
        found.append((piece.position(), piece.position() + piece.length(), piece.charFormat()))
        pieces += 1
    return found
