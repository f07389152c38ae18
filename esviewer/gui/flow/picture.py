"""A process map as a picture: event types as boxes in layers, paths as arrows as thick as they are frequent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from esviewer.gui.flow.layers import arranged
from esviewer.gui.flow.tables import is_rare, span_text, type_text
from esviewer.gui.machine import Machine
from esviewer.gui.text import tip
from esviewer.questions.process_map import Flow, Path

Key = tuple[str | None, str | None]
_Node = tuple[str, str]
_FIRST: Final[_Node] = ("begins", "")
_LAST: Final[_Node] = ("ends", "")

MOST_NODES: Final = 40
MOST_PATHS: Final = 120
"""Event types and paths drawn at most, the most frequent ones."""
_LABELS: Final = 45
"""Paths that have labels where there is room for them; the others show theirs when they are chosen."""
_LAYER: Final = 100.0
_GAP: Final = 34.0
_NODE: Final = 40.0
_HEAD: Final = 9.0
_ALONG: Final = (0.5, 0.38, 0.62, 0.28, 0.72, 0.2, 0.8)
"""Where on its way a path's label may be, the best place first."""
_WIDEST: Final = 6.0


def _nodes_of(path: Path) -> tuple[_Node, _Node]:
    source = _FIRST if path.source is None else ("type", path.source)
    return source, _LAST if path.target is None else ("type", path.target)


class _Box(QGraphicsItem):
    """One event type with its count, or the beginning or end of lives."""

    def __init__(self, text: str, count: str, width: float, font: QFont, machine: Machine, *, end: bool) -> None:
        super().__init__()
        self._text, self._count, self._width, self._font = text, count, width, font
        self._machine = machine
        self._end = end
        self.setZValue(2)
        self.setToolTip(tip(f"{text} · {count}"))

    def boundingRect(self) -> QRectF:
        return QRectF(-self._width / 2 - 1, -_NODE / 2 - 1, self._width + 2, _NODE + 2)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        del option, widget
        colours = self._machine.theme.colours
        place = QRectF(-self._width / 2, -_NODE / 2, self._width, _NODE)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.dim if self._end else colours.accent), 1.2))
        painter.setBrush(QColor(colours.window if self._end else colours.base))
        painter.drawRoundedRect(place, _NODE / 2 if self._end else 5, _NODE / 2 if self._end else 5)
        painter.setFont(self._font)
        painter.setPen(QColor(colours.text))
        upper = QRectF(place.left(), place.top() + 3, place.width(), 18)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, self._text)
        small = QFont(self._font)
        small.setPointSizeF(max(6.5, small.pointSizeF() - 1))
        painter.setFont(small)
        painter.setPen(QColor(colours.dim))
        lower = QRectF(place.left(), place.top() + 20, place.width(), 16)
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, self._count)


class _Arrow(QGraphicsPathItem):
    """One path; `look` says how it stands out."""

    def __init__(self, path: Path, way: QPainterPath, width: float, label: str, font: QFont, machine: Machine) -> None:
        super().__init__(way)
        self.path_taken = path
        self.width = width
        self._label = label
        self._font = font
        self._machine = machine
        self.rare = False
        self.faint = False
        self.chosen = False
        self.labelled = True
        self._along = 0.5

    def look(self, *, rare: bool, faint: bool, chosen: bool, labelled: bool) -> None:
        """How it stands out: rare paths are dashed and of another colour, faint ones step back."""
        self.prepareGeometryChange()
        self.rare, self.faint, self.chosen, self.labelled = rare, faint, chosen, labelled
        self.setZValue(4 if chosen else 3 if rare else 1 if not faint else 0)
        self.update()

    def shape(self) -> QPainterPath:
        stroker = QPainterPathStroker()
        stroker.setWidth(max(12.0, self.width + 6))
        return stroker.createStroke(self.path())

    def boundingRect(self) -> QRectF:
        return self.path().boundingRect().adjusted(-14, -14, 14, 14).united(self._label_place())

    def label_at(self, share: float) -> QRectF:
        """Put the label at so large a share of the way; returns the room that it takes."""
        self.prepareGeometryChange()
        self._along = share
        return self._label_place()

    def _label_place(self) -> QRectF:
        metrics = QFontMetricsF(self._font)
        middle, wide = self.path().pointAtPercent(self._along), metrics.horizontalAdvance(self._label) + 8
        if self.path_taken.source == self.path_taken.target:
            return QRectF(middle.x() + 4, middle.y() - 8, wide, 16)
        return QRectF(middle.x() - wide / 2, middle.y() - 8, wide, 16)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        del option, widget
        colours = self._machine.theme.colours
        colour = QColor(colours.accent if self.chosen else colours.types[9] if self.rare else colours.dim)
        if not self.chosen and not self.rare:
            colour.setAlpha(70 if self.faint else 150)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(colour, self.width + (1.5 if self.chosen else 0))
        if self.rare:
            pen.setStyle(Qt.PenStyle.DashLine)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        way = self.path()
        painter.drawPath(way)
        end, back = way.pointAtPercent(1), way.pointAtPercent(max(0.0, way.percentAtLength(way.length() - _HEAD - 2)))
        along = end - back
        length = max(1e-6, math.hypot(along.x(), along.y()))
        one = QPointF(along.x() / length, along.y() / length)
        across = QPointF(-one.y(), one.x()) * (_HEAD / 2 + self.width / 3)
        base = end - one * _HEAD
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([end, base + across, base - across]))
        if self._label and (self.chosen or self.labelled):
            self._write(painter, colour)

    def _write(self, painter: QPainter, colour: QColor) -> None:
        colours = self._machine.theme.colours
        place = self._label_place()
        ground = QColor(colours.base)
        ground.setAlpha(225)
        painter.setBrush(ground)
        painter.drawRoundedRect(place, 3, 3)
        painter.setFont(self._font)
        painter.setPen(colour if self.chosen or self.rare else QColor(colours.text))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, self._label)


class FlowPicture(QGraphicsView):
    """One type's map; paths are chosen by clicks and arrow keys, the wheel zooms."""

    chosen = Signal(object)
    """The path that was chosen: its source and target."""
    opened = Signal()
    """Enter was pressed at it, or it was clicked twice."""

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self._flow: Flow | None = None
        self._rare = 0.0
        self._which = "all"
        self._key: Key | None = None
        self._arrows: dict[Key, _Arrow] = {}
        self._boxes: list[QRectF] = []
        self._fitted = True
        self.setScene(QGraphicsScene(self))
        self.setAccessibleName(self.tr("Process map"))
        self.setAccessibleDescription(self.tr("The paths of the table beside as a picture"))
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setMinimumWidth(260)
        machine.theme.changed.connect(self.draw)

    def show_flow(self, flow: Flow | None) -> None:
        """Show another type's map."""
        self._flow, self._key = flow, None
        self.draw()
        self.fit()

    def show_which(self, which: str) -> None:
        """Show `all` paths, the `common` ones, or the `rare` ones among what holds the map together."""
        self._which = which
        self.draw()
        self.fit()

    def show_rare(self, share: float) -> None:
        """Make the paths stand out that at most such a share of the aggregates took."""
        self._rare = share
        if self._which == "all":
            self._look()
        else:
            self.draw()

    def choose(self, key: Key | None) -> None:
        """Make one path stand out."""
        if key != self._key:
            self._key = key
            self._look()
            if key in self._arrows:
                self.ensureVisible(self._arrows[key], 20, 20)

    @property
    def drawn(self) -> list[Key]:
        """The paths in the picture, the most frequent first."""
        return list(self._arrows)

    @property
    def rare(self) -> list[Key]:
        """Those of them that stand out as rare."""
        return [key for key, arrow in self._arrows.items() if arrow.rare]

    def left_out(self) -> int:
        """How many paths are not in the picture."""
        return 0 if self._flow is None else len(self._flow.paths) - len(self._arrows)

    # Drawing

    def _paths(self, flow: Flow) -> list[Path]:
        """Those that are drawn."""
        kept = set(list(flow.types)[:MOST_NODES])
        paths = [path for path in flow.paths if {path.source, path.target} - {None} <= kept]
        if self._which != "all":
            held = _backbone(paths)
            rare = self._which == "rare"
            paths = [
                path
                for path in paths
                if (path.source, path.target) in held or is_rare(flow, path, self._rare) == rare
            ]
        return paths[:MOST_PATHS]

    def draw(self) -> None:
        """Draw all anew."""
        colours, scene = self._machine.theme.colours, self.scene()
        self.setBackgroundBrush(QColor(colours.base))
        scene.clear()
        self._arrows = {}
        flow = self._flow
        if flow is None or not flow.paths:
            return
        paths = self._paths(flow)
        font = QFont(QApplication.font())
        metrics = QFontMetricsF(font)
        nodes = dict.fromkeys(node for path in paths for node in _nodes_of(path))
        nodes |= {_FIRST: None, _LAST: None}
        words = {node: self._words(flow, node) for node in nodes}
        widths = {
            node: max(70.0, *(metrics.horizontalAdvance(text) + 22 for text in each)) for node, each in words.items()
        }
        weights = {_nodes_of(path): float(path.count) for path in paths}
        placed = arranged(widths, weights, first=_FIRST, last=_LAST, height=_LAYER, gap=_GAP)
        most = max(path.count for path in paths)
        small = QFont(font)
        small.setPointSizeF(max(6.5, font.pointSizeF() - 1))
        for path in paths:
            source, target = _nodes_of(path)
            way = self._way(source, target, placed.nodes, placed.ways.get((source, target), []), widths, placed.layers)
            width = 1.0 + (_WIDEST - 1) * math.sqrt(path.count / most)
            median = span_text(path.median_us, exact=path.exact)
            label = f"{path.count:,}" + (f" · {median}" if median else "")
            arrow = _Arrow(path, way, width, label, small, self._machine)
            arrow.setToolTip(tip(f"{words[source][0]} → {words[target][0]}\n{label}"))
            scene.addItem(arrow)
            self._arrows[path.source, path.target] = arrow
        for node, (x, y) in placed.nodes.items():
            box = _Box(*words[node], widths[node], font, self._machine, end=node in (_FIRST, _LAST))
            box.setPos(x, y)
            scene.addItem(box)
        self._boxes = [
            QRectF(x - widths[node] / 2, y - _NODE / 2, widths[node], _NODE) for node, (x, y) in placed.nodes.items()
        ]
        scene.setSceneRect(scene.itemsBoundingRect().adjusted(-20, -20, 20, 20))
        self._look()

    def _labelled(self, arrows: Sequence[_Arrow]) -> set[_Arrow]:
        """Those whose labels have room: each is put where it covers neither a box nor a label that is there already."""
        taken, found = list(self._boxes), set()
        for arrow in arrows:
            for share in _ALONG:
                place = arrow.label_at(share)
                if not any(place.intersects(other) for other in taken):
                    taken.append(place)
                    found.add(arrow)
                    break
            else:
                arrow.label_at(_ALONG[0])
        return found

    def _words(self, flow: Flow, node: _Node) -> tuple[str, str]:
        if node in (_FIRST, _LAST):
            return type_text(self._machine, None, ends=node == _LAST), f"{flow.aggregates:,}"
        return type_text(self._machine, node[1], ends=False), f"{flow.types[node[1]]:,}"

    def _way(
        self,
        source: _Node,
        target: _Node,
        nodes: dict[_Node, tuple[float, float]],
        points: Sequence[tuple[float, float]],
        widths: dict[_Node, float],
        layers: dict[_Node, int],
    ) -> QPainterPath:
        x, y = nodes[source]
        if source == target:
            right = x + widths[source] / 2
            way = QPainterPath(QPointF(right, y - 8))
            way.cubicTo(QPointF(right + 40, y - 26), QPointF(right + 40, y + 26), QPointF(right, y + 8))
            return way
        if layers[source] == layers[target]:
            to = nodes[target][0]
            side = 1 if to > x else -1
            begin = QPointF(x + side * widths[source] / 4, y - _NODE / 2)
            end = QPointF(to - side * widths[target] / 4, y - _NODE / 2)
            way = QPainterPath(begin)
            way.cubicTo(begin + QPointF(0, -30), end + QPointF(0, -30), end)
            return way
        down = layers[source] < layers[target]
        step = 1 if down else -1
        spread = 0 if down else min(14.0, widths[source] / 5)  # beside the one that goes the other way
        begin = QPointF(x + spread, y + step * _NODE / 2)
        end = QPointF(nodes[target][0] + spread, nodes[target][1] - step * _NODE / 2)
        stops = [begin, *(QPointF(*point) for point in points[1:-1]), end]
        way = QPainterPath(begin)
        for one, other in pairwise(stops):
            half = (other.y() - one.y()) / 2
            way.cubicTo(QPointF(one.x(), one.y() + half), QPointF(other.x(), other.y() - half), other)
        return way

    def _look(self) -> None:
        flow = self._flow
        if flow is None:
            return
        rare = {key for key, arrow in self._arrows.items() if is_rare(flow, arrow.path_taken, self._rare)}
        faint = self._arrows.keys() - rare if self._which == "rare" else set()
        counts = {key: arrow.path_taken.count for key, arrow in self._arrows.items()}
        first = sorted(self._arrows.keys() - faint, key=lambda key: (key not in rare, -counts[key]))
        labelled = self._labelled([self._arrows[key] for key in first[:_LABELS]])
        for key, arrow in self._arrows.items():
            arrow.look(rare=key in rare, faint=key in faint, chosen=key == self._key, labelled=arrow in labelled)

    def fit(self) -> None:
        """Have all of it in sight, as far as it can be read then."""
        self._fitted = True
        whole, view = self.scene().sceneRect(), self.viewport().rect()
        if whole.isEmpty() or view.isEmpty():
            return
        scale = min(view.width() / whole.width(), view.height() / whole.height(), 1.25)
        self.resetTransform()
        self.scale(max(0.25, scale), max(0.25, scale))
        self.centerOn(whole.center())

    # Hands

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._zoom(1.0015 ** event.angleDelta().y())
        event.accept()

    def _zoom(self, factor: float) -> None:
        self._fitted = False
        if 0.1 < self.transform().m11() * factor < 6:
            self.scale(factor, factor)

    def _at(self, event: QMouseEvent) -> _Arrow | None:
        for item in self.items(event.position().toPoint()):
            if isinstance(item, _Arrow):
                return item
            if isinstance(item, _Box):
                return None
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        arrow = self._at(event)
        if arrow is not None and event.button() == Qt.MouseButton.LeftButton:
            self._pick((arrow.path_taken.source, arrow.path_taken.target))
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._fitted = self._fitted and not self.horizontalScrollBar().isVisible()
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._at(event) is not None:
            self.opened.emit()
        super().mouseDoubleClickEvent(event)

    def _pick(self, key: Key) -> None:
        self.choose(key)
        self.chosen.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps: dict[int, int] = {keys.Key_Right: 1, keys.Key_Down: 1, keys.Key_Left: -1, keys.Key_Up: -1}
        drawn = self.drawn
        if event.key() in steps and drawn:
            at = drawn.index(self._key) if self._key in self._arrows else -1 if steps[event.key()] > 0 else 0
            self._pick(drawn[(at + steps[event.key()]) % len(drawn)])
        elif event.key() in (keys.Key_Plus, keys.Key_Minus):
            self._zoom(1.2 if event.key() == keys.Key_Plus else 1 / 1.2)
        elif event.key() == keys.Key_0:
            self.fit()
        elif event.key() in (keys.Key_Return, keys.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)


def _backbone(paths: Sequence[Path]) -> set[Key]:
    """The most frequent path that leads to each type, and the one that leads away from it."""
    kept: set[Key] = set()
    into: set[str | None] = set()
    away: set[str | None] = set()
    for path in paths:
        if path.source != path.target and (path.target not in into or path.source not in away):
            kept.add((path.source, path.target))
            into.add(path.target)
            away.add(path.source)
    return kept
