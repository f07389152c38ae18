"""Charts drawn as SVG, for the forms that have pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

from esviewer.model.instant import Instant, parse
from esviewer.model.values import Value
from esviewer.model.visible import visible
from esviewer.report.document import Chart, Kind, Series, shown

WIDTH: Final = 720
COLOURS: Final = ("#2f5d8c", "#c2571a", "#2e7d4f", "#8a3d8f", "#a8801a", "#4a4f5c")
"""One for each series, then again from the first; the legend's order tells apart what colours can't."""
DASHES: Final = ("", "6 3", "2 2", "8 3 2 3")
"""Lines of the second round of colours are dashed, and so on."""

_LEFT, _RIGHT, _TOP, _HEIGHT = 64, 16, 22, 210
_DAY = 86_400_000_000_000
_STEPS = [
    *(n * 1_000_000_000 for n in (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 43200)),
    *(n * _DAY for n in (1, 2, 5, 10)),
]

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Axis:
    """From the figures' range to the picture's."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def svg(chart: Chart) -> str:
    """The chart as an SVG element with a viewBox; its classes (`axis`, `grid`, `label`, `s0` …) let pages restyle it.

    Numbers are drawn as floats; what no float holds is left out. More points than pixels are drawn as what they cover.
    """
    legend = _legend(chart.series)
    height = _TOP + _HEIGHT + 44 + legend[1]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" font-family="Inter, Noto Sans, DejaVu Sans, sans-serif" font-size="11">',
        f"<title>{_text(chart.title)}</title>",
    ]
    drawn = [(series, _points(chart, series)) for series in chart.series]
    everything = [point for _, line in drawn for piece in line for point in piece]
    if not everything:
        parts.append(_label(WIDTH / 2, _TOP + _HEIGHT / 2, "No figures", "middle"))
    elif chart.shape == "bar":
        parts.extend(_bars(chart))
    else:
        parts.extend(_lines(chart, drawn, everything))
    parts.extend(legend[0])
    parts.append("</svg>")
    return "".join(parts)


def _points(chart: Chart, series: Series) -> list[list[Point]]:
    """The series in pieces without gaps."""
    pieces: list[list[Point]] = [[]]
    for index, (x, y) in enumerate(series.points):
        place = float(index) if chart.shape == "bar" else _float(x.ns if isinstance(x, Instant) else x)
        number = None if y is None else _float(y)
        if number is None or place is None:
            if pieces[-1]:
                pieces.append([])
        else:
            pieces[-1].append((place, number))
    return [piece for piece in pieces if piece]


def _float(value: Value) -> float | None:
    try:
        number = float(value)
    except (OverflowError, ValueError, TypeError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e300 else None


def _lines(chart: Chart, drawn: Sequence[tuple[Series, list[list[Point]]]], points: list[Point]) -> Iterator[str]:
    instants = [x for series in chart.series for x, _ in series.points[:1] if isinstance(x, Instant)]
    low, high = min(x for x, _ in points), max(x for x, _ in points)
    if instants and low == high:
        low, high = low - _DAY / 2, high + _DAY / 2
    y_axis = _range(min(y for _, y in points), max(y for _, y in points), _TOP + _HEIGHT, _TOP)
    left = _left(y_axis)
    x_axis = _range(low, high, left, WIDTH - _RIGHT, pad=False)
    yield from _y_axis(chart, y_axis, left)
    ticks, name = _time_ticks(x_axis) if instants else (_ticks(x_axis, 7), _number)
    for tick in ticks:
        yield _x_tick(x_axis.at(tick), name(tick), left)
    zone = " (UTC)" if any(instant.has_zone for instant in instants) else ""
    yield _label((left + WIDTH - _RIGHT) / 2, _TOP + _HEIGHT + 34, chart.x_title + zone, "middle")
    for number, (_, pieces) in enumerate(drawn):
        for piece in pieces:
            yield _path(chart.shape == "step", [(x_axis.at(x), y_axis.at(y)) for x, y in piece], number)


def _path(step: bool, points: list[Point], number: int) -> str:
    points = _thinned(points)
    commands = [f"M{_short(points[0][0])} {_short(points[0][1])}"]
    for x, y in points[1:]:
        commands.append(f"H{_short(x)}V{_short(y)}" if step else f"L{_short(x)} {_short(y)}")
    colour, dash = COLOURS[number % len(COLOURS)], DASHES[number // len(COLOURS) % len(DASHES)]
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    line = (
        f'<path class="s{number % len(COLOURS)}" d="{"".join(commands)}" fill="none" stroke="{colour}" '
        f'stroke-width="1.6" stroke-linejoin="round"{dashed}/>'
    )
    dots = points if len(points) <= 40 else []
    look = f'class="f{number % len(COLOURS)}" r="2.2" fill="{colour}"'
    return line + "".join(f'<circle {look} cx="{_short(x)}" cy="{_short(y)}"/>' for x, y in dots)


def _thinned(points: list[Point]) -> list[Point]:
    """Of the points of one column of half pixels, the first, lowest, highest and last: they cover the same."""
    if len(points) <= 4 * 2 * WIDTH:
        return points
    kept: list[Point] = []
    column: list[Point] = []
    for point in points:
        if column and int(point[0] * 2) != int(column[0][0] * 2):
            kept.extend(_corners(column))
            column = []
        column.append(point)
    return [*kept, *_corners(column)]


def _corners(column: list[Point]) -> list[Point]:
    low, high = min(column, key=lambda p: p[1]), max(column, key=lambda p: p[1])
    return list(dict.fromkeys([column[0], low, high, column[-1]]))


def _bars(chart: Chart) -> Iterator[str]:
    names: dict[str, int] = {}
    bars: list[tuple[int, int, float]] = []
    for number, series in enumerate(chart.series):
        for x, y in series.points:
            place = names.setdefault(_name(x), len(names))
            height = None if y is None else _float(y)
            if height is not None:
                bars.append((number, place, height))
    heights = [height for _, _, height in bars]
    y_axis = _range(min(0.0, *heights), max(0.0, *heights), _TOP + _HEIGHT, _TOP)
    left = _left(y_axis)
    yield from _y_axis(chart, y_axis, left)
    slot = (WIDTH - _RIGHT - left) / max(1, len(names))
    width = slot * 0.8 / max(1, len(chart.series))
    zero = y_axis.at(0)
    for number, place, height in bars:
        x = left + slot * (place + 0.1) + width * number
        top, bottom = sorted((zero, y_axis.at(height)))
        colour = number % len(COLOURS)
        yield (
            f'<rect class="f{colour}" x="{_short(x)}" y="{_short(top)}" width="{_short(max(width, 0.3))}" '
            f'height="{_short(bottom - top)}" fill="{COLOURS[colour]}"/>'
        )
    every = max(1, math.ceil(len(names) * 84 / (WIDTH - left - _RIGHT)))
    room = max(4, int(slot * every / 7))
    for name, place in names.items():
        if place % every == 0:
            short = name if len(name) <= room else f"{name[: room - 1]}…"
            yield _x_tick(left + slot * (place + 0.5), short, left)
    yield _label((left + WIDTH - _RIGHT) / 2, _TOP + _HEIGHT + 34, chart.x_title, "middle")


def _name(x: Value) -> str:
    return x if isinstance(x, str) else shown(Kind.TIME if isinstance(x, Instant) else Kind.NUMBER, x)


def _range(low: float, high: float, start: float, end: float, *, pad: bool = True) -> _Axis:
    if low == high:
        around = abs(low) * 0.1 or 1.0
        return _Axis(low - around, high + around, start, end)
    if not pad:
        return _Axis(low, high, start, end)
    step = _step((high - low) / 4)
    return _Axis(math.floor(low / step) * step, math.ceil(high / step) * step, start, end)


def _step(rough: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(rough))
    return next((n * magnitude for n in (1, 2, 2.5, 5) if n * magnitude >= rough * 0.999), 10 * magnitude)


def _ticks(axis: _Axis, most: int) -> list[float]:
    step = _step((axis.high - axis.low) / most)
    first = math.ceil(axis.low / step - 1e-9)
    last = math.floor(axis.high / step + 1e-9)
    return [number * step for number in range(first, min(last, first + 3 * most) + 1)]


def _time_ticks(axis: _Axis) -> tuple[list[float], Callable[[float], str]]:
    span = axis.high - axis.low
    step = next((each for each in _STEPS if span / each <= 7), None)
    if step is None:
        return _calendar_ticks(axis)
    ticks = [float(number * step) for number in range(math.ceil(axis.low / step), math.floor(axis.high / step) + 1)]
    if len(ticks) < 2:
        ticks, step = [axis.low, axis.high], 1

    def name(tick: float) -> str:
        text = Instant(round(tick)).isoformat().replace("T", " ").removesuffix("Z")
        return text[:10] if step >= _DAY else text[5:16] if step >= 60_000_000_000 else text[11:23]

    return ticks, name


def _calendar_ticks(axis: _Axis) -> tuple[list[float], Callable[[float], str]]:
    """The first days of every so many months, in UTC."""
    low, high = (Instant(round(end)).isoformat()[:7] for end in (axis.low, axis.high))
    try:
        first, last = (int(text[:4]) * 12 + int(text[5:7]) - 1 for text in (low, high))
    except ValueError:  # beyond the calendar's years
        return [axis.low, axis.high], lambda tick: Instant(round(tick)).isoformat()
    months = next(each for each in (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 12000) if (last - first) / each <= 7)
    ticks = {
        float(parse(f"{month // 12:04d}-{month % 12 + 1:02d}-01T00:00Z").ns): f"{month // 12}-{month % 12 + 1:02d}"
        for month in range(first - first % months + months, last + 1, months)
    }
    return list(ticks), lambda tick: ticks[tick].removesuffix("-01") if months >= 12 else ticks[tick]


def _left(axis: _Axis) -> float:
    """Where the drawing begins: there must be room for the widest figure beside it."""
    # A digit of the widest font takes 7 of 720, what groups digits half of that.
    names = [_number(tick) for tick in _ticks(axis, 5)]
    return max(_LEFT, *(10 + sum(3.6 if each in ",." else 7.1 for each in name) for name in names), 0)


def _y_axis(chart: Chart, axis: _Axis, left: float) -> Iterator[str]:
    for tick in _ticks(axis, 5):
        y = _short(axis.at(tick))
        yield f'<line class="grid" x1="{_short(left)}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="#dfe2e8"/>'
        yield _label(left - 6, axis.at(tick) + 4, _number(tick), "end")
    bottom = _TOP + _HEIGHT
    yield f'<line class="axis" x1="{_short(left)}" x2="{WIDTH - _RIGHT}" y1="{bottom}" y2="{bottom}" stroke="#8b94a5"/>'
    if chart.y_title:
        yield _label(left, _TOP - 9, chart.y_title, "start")


def _x_tick(x: float, name: str, left: float) -> str:
    bottom = _TOP + _HEIGHT
    line = f'<line class="axis" x1="{_short(x)}" x2="{_short(x)}" y1="{bottom}" y2="{bottom + 4}" stroke="#8b94a5"/>'
    anchor = "start" if x < left + 20 else "end" if x > WIDTH - 40 else "middle"
    return line + _label(x, bottom + 17, name, anchor)


def _legend(series: Sequence[Series]) -> tuple[list[str], int]:
    """The legend's parts and its height; none for one series without a name."""
    if len(series) < 2 and not any(each.name for each in series):
        return [], 0
    parts: list[str] = []
    x, y = float(_LEFT), _TOP + _HEIGHT + 56
    for number, each in enumerate(series):
        name = each.name if len(each.name) <= 60 else f"{each.name[:59]}…"
        wide = 26 + sum(12 if ord(character) > 0x2E80 else 6.4 for character in visible(name))
        if x + wide > WIDTH - _RIGHT and x > _LEFT:
            x, y = float(_LEFT), y + 16
        colour = number % len(COLOURS)
        parts.append(
            f'<rect class="f{colour}" x="{_short(x)}" y="{y - 9}" width="10" height="10" rx="2" '
            f'fill="{COLOURS[colour]}"/>'
        )
        parts.append(_label(x + 15, y, name, "start"))
        x += wide
    return parts, y - (_TOP + _HEIGHT + 44) + 4


def _label(x: float, y: float, text: str, anchor: str) -> str:
    if not text:
        return ""
    place = f'x="{_short(x)}" y="{_short(y)}" text-anchor="{anchor}"'
    return f'<text class="label" {place} fill="#566072">{_text(text)}</text>'


def _text(text: str) -> str:
    return escape(visible(text).replace("\n", " "))


def _number(value: float) -> str:
    return format(value, ",.12g") if 1e-4 <= abs(value) < 1e15 or value == 0 else format(value, ".6g")


def _short(value: float) -> str:
    return format(value, ".2f").rstrip("0").rstrip(".")
