"""What a grouping of events is asked for and gives: for those who plan one before anything of a database is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from esviewer.model.values import Value

Span: TypeAlias = Literal["hour", "day"]
PARTS: Final = ("type", "aggregate_id", "aggregate_type", "version", "schema_version", "timestamp")
"""What events can be grouped by."""


@dataclass(frozen=True, slots=True)
class Group:
    """Events that agree in what they were grouped by."""

    event: Mapping[str, Value]
    """The parts they were grouped by, as `event` in expressions; of the time only the span is theirs."""
    events: int
    first: int
    """The least of their positions."""
    last: int
    least_version: int
    greatest_version: int
