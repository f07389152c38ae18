"""Who asked a question, and from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from esviewer.model.instant import Instant
from esviewer.model.values import Value

NOT_GIVEN: Final = "not given"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asked, when, on which machine, with which version of this program."""

    operator: str | None
    """The name that the user gave; nothing checks that it is theirs."""
    account: str | None
    """The account of the operating system; None where it has no name."""
    host: str
    at: Instant
    program: str
    """Such as `esviewer 1.0.0`."""

    @property
    def shown(self) -> str:
        """The operator's name, or `not given`."""
        return self.operator or NOT_GIVEN

    def as_json(self) -> dict[str, Value]:
        """`{operator, account, host, at, program}`; `at` in ISO 8601 with its zone."""
        return {
            "operator": self.operator,
            "account": self.account,
            "host": self.host,
            "at": self.at.isoformat(),
            "program": self.program,
        }

    def facts(self) -> list[tuple[str, str]]:
        """What a report says of it: labels and texts."""
        return [
            ("Operator", self.shown),
            ("Account", self.account or "unknown"),
            ("Host", self.host),
            ("Asked", self.at.isoformat().replace("T", " ", 1)),
            ("Program", self.program),
        ]
