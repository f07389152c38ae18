"""Named rules that take a name out of a longer text, such as a category out of a stream's name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from esviewer.model.exactjson import NotJsonError, loads

_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]{0,999})", re.ASCII)


def before_dash(text: str) -> str:
    """The text before the first dash: message-db's category of a stream name."""
    return text.partition("-")[0]


def topic_event(text: str) -> str:
    """The class path after the colon of an eventsourcing topic: `bank:Account.Opened` gives `Account.Opened`."""
    return text.rpartition(":")[2]


def topic_aggregate(text: str) -> str | None:
    """The aggregate's class in an eventsourcing topic: `bank:Account.Opened` gives `Account`, `bank:Opened` nothing."""
    return topic_event(text).rpartition(".")[0] or None


def number_or_text(text: str) -> int | str:
    """The number that whole digits are, and the text that a JSON string is: `1` gives 1, `"1"` the text 1."""
    if _WHOLE.fullmatch(text):
        return int(text)
    if text.startswith('"'):
        try:
            found = loads(text)
        except NotJsonError:
            return text
        return found if isinstance(found, str) else text
    return text


RULES: Final[Mapping[str, Callable[[str], int | str | None]]] = {
    "before_dash": before_dash,
    "topic_event": topic_event,
    "topic_aggregate": topic_aggregate,
    "number_or_text": number_or_text,
}
"""The rules that layouts may name."""
