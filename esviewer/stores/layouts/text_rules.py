"""Named rules that take a name out of a longer text, such as a category out of a stream's name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final


def before_dash(text: str) -> str:
    """The text before the first dash: message-db's category of a stream name."""
    return text.partition("-")[0]


def topic_event(text: str) -> str:
    """The class path after the colon of an eventsourcing topic: `bank:Account.Opened` gives `Account.Opened`."""
    return text.rpartition(":")[2]


def topic_aggregate(text: str) -> str | None:
    """The aggregate's class in an eventsourcing topic: `bank:Account.Opened` gives `Account`, `bank:Opened` nothing."""
    return topic_event(text).rpartition(".")[0] or None


RULES: Final[Mapping[str, Callable[[str], str | None]]] = {
    "before_dash": before_dash,
    "topic_event": topic_event,
    "topic_aggregate": topic_aggregate,
}
"""The rules that layouts may name."""
