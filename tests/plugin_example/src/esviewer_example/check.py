"""Amounts that look estimated."""

from collections.abc import Iterator
from typing import ClassVar


class RoundAmount:
    esviewer_plugin = 1
    severity = "warning"
    looks_for = "Amounts that are multiples of a large round number."
    why = "Estimates that were never replaced by the true figure are round."
    todo = "Compare the amount with its receipt."
    options: ClassVar[dict[str, int]] = {"multiple": 1000}

    def __init__(self, multiple: int) -> None:
        self.multiple = multiple
        self.found = 0

    def event(self, event: dict) -> Iterator[tuple[str, dict]]:
        data = event["data"]
        amount = data.get("amount") if isinstance(data, dict) else None
        if isinstance(amount, int) and amount and amount % self.multiple == 0:
            self.found += 1
            yield f"The amount {amount} is a multiple of {self.multiple}.", {"amount": amount}

    def end(self) -> Iterator[str]:
        if self.found > 2:
            yield f"{self.found} amounts of this account are round."
