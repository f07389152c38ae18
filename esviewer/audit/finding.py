"""What an audit check saw, with its evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from esviewer.model.exactjson import canonical
from esviewer.model.values import Value


class Severity(IntEnum):
    """How bad it is; they compare."""

    INFO = 1
    WARNING = 2
    ERROR = 3

    @property
    def text(self) -> str:
        """`info`, `warning` or `error`."""
        return self.name.lower()


def is_after(position: Value, since: int | None) -> bool:
    """Whether what is at a position comes after `since`; what has no number does, and everything where that is None."""
    return since is None or not isinstance(position, int) or position > since


SEVERITIES = {severity.text: severity for severity in Severity}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one check saw; what does not apply is None."""

    check: str
    severity: Severity
    message: str
    """One sentence without the place, which the other fields say."""
    aggregate_id: str | None = None
    aggregate_type: str | None = None
    version: int | None = None
    position: int | str | None = None
    evidence: Mapping[str, Value] = field(default_factory=dict)
    subject: str = ""
    """What else tells it apart from others of the same check at the same place, such as a path or a type."""
    known_by: tuple[Value, ...] = ()
    """What a baseline knows it by, where that is not the place and the subject: places move as a store grows."""

    @property
    def key(self) -> str:
        """What a baseline knows it by: 32 hex digits, the same in every audit of the same store."""
        if self.known_by:
            return hashlib.sha256(canonical([self.check, *self.known_by])).hexdigest()[:32]
        place: list[Value] = [self.check, self.aggregate_id, self.version, self.subject]
        if self.version is None and self.aggregate_id is None:
            place.append(self.position)
        return hashlib.sha256(canonical(place)).hexdigest()[:32]

    def as_json(self) -> dict[str, Value]:
        """`{check, severity, aggregate_id, version, position, message, evidence}`, `aggregate_type` and `key`."""
        return {
            "check": self.check,
            "severity": self.severity.text,
            "aggregate_id": self.aggregate_id,
            "aggregate_type": self.aggregate_type,
            "version": self.version,
            "position": self.position,
            "message": self.message,
            "evidence": dict(self.evidence),
            "key": self.key,
        }
