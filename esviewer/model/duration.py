"""Spans of time as a person reads them."""

from __future__ import annotations

from typing import Final

_UNITS: Final = ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s"))


def duration_text(ns: int) -> str:
    """Nanoseconds in one or two units, such as `350 ms`, `2.5 s`, `3 min 20 s` or `4 d 2 h`; negative ones with −."""
    if ns < 0:
        return f"−{duration_text(-ns)}"
    if ns < 1_000_000_000:
        for size, unit in ((1_000_000, "ms"), (1_000, "µs")):
            if ns >= size:
                return f"{_short(ns / size)} {unit}"
        return f"{ns} ns" if ns else "0 s"
    if ns < 60_000_000_000:
        return f"{_short(ns / 1_000_000_000)} s"
    seconds = round(ns / 1_000_000_000)
    for size, unit, smaller, below in _UNITS:
        if seconds >= size:
            rest = seconds % size // smaller
            return f"{seconds // size:,} {unit} {rest} {below}" if rest else f"{seconds // size:,} {unit}"
    return f"{seconds} s"


def _short(number: float) -> str:
    """Three digits at least, no zeros behind the point."""
    text = f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
