"""Numbers of things in sentences."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """As in `1 event` and `2,000 events`; `many` is the plural where it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
