"""Everything that windows show, wherever it hides: texts, tooltips, all roles of all models, charts, the clipboard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QStatusBar,
    QTabBar,
    QTextEdit,
    QToolTip,
    QWidget,
)

ROLES = [*range(20), *range(Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 8)]
_MOST_ROWS = 200


def everything(root: QWidget | None = None) -> Iterator[tuple[str, str]]:
    """(where, text) of a window and all in it; without one of all windows, the tooltip and the clipboard."""
    if root is None:
        for window in QApplication.topLevelWidgets():
            yield from everything(window)
        yield "tooltip", QToolTip.text()
        yield "clipboard", QGuiApplication.clipboard().text()
        return
    for widget in (root, *root.findChildren(QWidget)):
        where = f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
        for text in _texts(widget):
            yield where, text
    for action in root.findChildren(QAction):
        yield "action", action.text()
        yield "action", action.toolTip()


def without_menu(root: QWidget | None = None) -> Iterator[str]:
    """The views and texts that show marks of masked values and have no menu to reveal what is behind them."""
    for top in QApplication.topLevelWidgets() if root is None else [root]:
        for widget in (top, *top.findChildren(QWidget)):
            if isinstance(widget, QHeaderView) or not isinstance(widget, (QAbstractItemView, QPlainTextEdit)):
                continue
            if isinstance(widget, QPlainTextEdit) and not widget.isReadOnly():
                continue  # what is written with marks in it is another matter
            if widget.window().windowType() == Qt.WindowType.Popup or _has_menu(widget):
                continue  # the entries of a combo box are there to be chosen
            if any("‹masked " in text for text in _texts(widget)):
                yield f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"


def _has_menu(widget: QWidget) -> bool:
    own = [each for each in type(widget).__mro__ if each.__module__.startswith("esviewer.")]
    custom = widget.contextMenuPolicy() == Qt.ContextMenuPolicy.CustomContextMenu
    return custom or any("contextMenuEvent" in vars(each) for each in own)


def _texts(widget: QWidget) -> Iterator[str]:
    yield from (
        widget.windowTitle(), widget.toolTip(), widget.statusTip(), widget.whatsThis(), widget.accessibleName(),
        widget.accessibleDescription(),
    )  # fmt: skip
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield widget.text()
    elif isinstance(widget, QLineEdit):
        yield widget.text()
        yield widget.placeholderText()
    elif isinstance(widget, (QPlainTextEdit, QTextEdit)):
        yield widget.toPlainText()
        yield widget.placeholderText()
    elif isinstance(widget, QComboBox):
        yield widget.currentText()
        yield from _model(widget.model())
    elif isinstance(widget, (QGroupBox, QMenu)):
        yield widget.title()
    elif isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            yield widget.tabText(tab)
            yield widget.tabToolTip(tab)
    elif isinstance(widget, QProgressBar):
        yield widget.text()
    elif isinstance(widget, QStatusBar):
        yield widget.currentMessage()
    elif isinstance(widget, (pg.PlotWidget, pg.GraphicsLayoutWidget)):
        yield from _chart(widget)
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _model(widget.model())


def _model(model: QAbstractItemModel, parent: QModelIndex | None = None, depth: int = 0) -> Iterator[str]:
    parent = QModelIndex() if parent is None else parent
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
    if depth == 0:
        for section in range(columns):
            for role in ROLES:
                yield _said(model.headerData(section, Qt.Orientation.Horizontal, role))
    for row in range(min(model.rowCount(parent), _MOST_ROWS)):
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in ROLES:
                yield _said(model.data(index, role))
        below = model.index(row, 0, parent)
        if depth < 8 and not isinstance(model, QAbstractListModel):
            if model.canFetchMore(below):
                model.fetchMore(below)
            yield from _model(model, below, depth + 1)


def _said(value: object) -> str:
    return "" if value is None else str(value)


def _chart(chart: pg.PlotWidget | pg.GraphicsLayoutWidget) -> Iterator[str]:
    plots = [chart.getPlotItem()] if isinstance(chart, pg.PlotWidget) else list(chart.ci.items)
    for plot in plots:
        yield from _plot(plot)


def _plot(plot: pg.PlotItem) -> Iterator[str]:
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        for level in axis._tickLevels or []:
            yield from (str(text) for _, text in level)
        low, high = axis.range
        for spacing, places in axis.tickValues(low, high, 400):
            yield from axis.tickStrings(places, 1, spacing)
    for item in plot.items:
        if isinstance(item, (pg.PlotCurveItem, pg.PlotDataItem, pg.ScatterPlotItem)):
            for numbers in item.getData():
                if numbers is not None:
                    finite = np.asarray(numbers, float)
                    yield from (f"{number:.0f}" for number in finite[np.isfinite(finite)][:2000])
