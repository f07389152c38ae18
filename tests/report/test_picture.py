"""Charts are well-formed pictures of any numbers, and stay small."""

import math
import re

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.instant import Instant, parse
from esviewer.model.values import Number
from esviewer.report.document import Chart, Series
from esviewer.report.picture import WIDTH, svg

SVG = "{http://www.w3.org/2000/svg}"
START = parse("2026-01-31T10:00:00+09:00").ns
DAY = 86_400 * 10**9


def _labels(chart: Chart) -> list[str]:
    return [element.text or "" for element in fromstring(svg(chart)).iter(f"{SVG}text")]


def _line(points: list, shape: str = "line") -> Chart:
    return Chart("Chart", shape, [Series("", points)])  # type: ignore[arg-type]


NUMBERS = (
    st.none() | st.integers() | st.floats() | st.just(Number("1e400")) | st.just(Number("1.10")) | st.just(2**5000)
)
PLACES = st.integers(-(10**6), 10**6) | st.floats(-1e9, 1e9)
TIMES = st.integers(-(2**62), 2**62).map(lambda ns: Instant(ns, 0))


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["line", "step", "bar"]),
    st.lists(st.tuples(PLACES, NUMBERS), max_size=8) | st.lists(st.tuples(TIMES, NUMBERS), max_size=8),
    st.text(st.characters(exclude_categories=()), max_size=8),
)
def test_any_numbers_and_texts_make_a_picture_within_its_frame(shape: str, points: list, text: str) -> None:
    points.sort(key=lambda point: point[0].ns if isinstance(point[0], Instant) else point[0])
    picture = fromstring(svg(Chart(text, shape, [Series(text, points), Series("", points)], text, text)).encode())  # type: ignore[arg-type]

    height = float(picture.attrib["viewBox"].split()[3])
    for element in picture.iter():
        for name, limit in (("x", WIDTH), ("y", height), ("cx", WIDTH), ("cy", height), ("x1", WIDTH), ("y1", height)):
            if name in element.attrib:
                assert -1 <= float(element.attrib[name]) <= limit + 1
        for number in re.findall(r"-?[\d.]+(?:e-?\d+)?|nan|inf", element.attrib.get("d", "")):
            assert math.isfinite(float(number))
            assert -1 <= float(number) <= max(WIDTH, height)


def test_numbers_have_round_ticks() -> None:
    assert [label for label in _labels(_line([(0, 3), (10, 97)])) if label] == [
        "0", "20", "40", "60", "80", "100", "0", "2", "4", "6", "8", "10",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (1500, ["2027", "2028", "2029", "2030"]),
        (200, ["2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08"]),
        (5, ["2026-02-01", "2026-02-02", "2026-02-03", "2026-02-04", "2026-02-05"]),
        (1, ["01-31 06:00", "01-31 12:00", "01-31 18:00", "02-01 00:00"]),
    ],
)
def test_times_have_ticks_of_the_calendar(days: int, expected: list[str]) -> None:
    labels = _labels(_line([(Instant(START, 32400), 1), (Instant(START + days * DAY, 32400), 2)]))

    assert [label for label in labels if label.startswith("20") or label in expected] == expected
    assert "(UTC)" in "".join(labels)


def test_a_step_keeps_its_level_until_the_next_point() -> None:
    path = next(fromstring(svg(_line([(0, 0), (5, 10), (10, 0)], "step"))).iter(f"{SVG}path")).attrib["d"]

    assert re.fullmatch(r"M[\d.]+ [\d.]+H[\d.]+V[\d.]+H[\d.]+V[\d.]+", path)


def test_a_gap_interrupts_a_line() -> None:
    assert len(list(fromstring(svg(_line([(0, 1), (1, None), (2, 3), (3, 4)]))).iter(f"{SVG}path"))) == 2


def test_many_points_are_drawn_as_what_they_cover() -> None:
    points = [(number, math.sin(number / 50) * (3 if number == 70_000 else 1)) for number in range(100_000)]
    picture = svg(_line(points))

    assert len(picture) < 120_000
    heights = sorted({float(y) for y in re.findall(r"L[\d.]+ ([\d.]+)", picture)})
    assert heights[-1] - heights[-2] > 30  # the lowest, which sticks out, is there


def test_bars_stand_on_zero() -> None:
    chart = Chart("", "bar", [Series("a", [("x", 5), ("y", -5)]), Series("b", [("y", 10)])])
    bars = [element.attrib for element in fromstring(svg(chart)).iter(f"{SVG}rect") if "rx" not in element.attrib]

    (first, second, third) = bars
    assert float(first["y"]) + float(first["height"]) == pytest.approx(float(second["y"]), abs=0.02)
    assert float(third["height"]) == pytest.approx(2 * float(first["height"]), abs=0.02)


def test_nothing_to_draw_is_said() -> None:
    assert "No figures" in _labels(_line([]))


@pytest.mark.parametrize("largest", [9, 10**8, -(10**9), 10**14, 1e-4, 1e200])
def test_figures_beside_the_axis_have_room(largest: float) -> None:
    for shape in ("line", "bar"):
        for element in fromstring(svg(_line([(0, 0), (1, largest)], shape))).iter(f"{SVG}text"):
            if element.attrib["text-anchor"] == "end" and float(element.attrib["y"]) < 240:
                # A digit of DejaVu Sans at this size is 7 wide.
                wide = sum(3.5 if each in ",." else 7 for each in element.text or "")
                assert float(element.attrib["x"]) - wide >= 0
