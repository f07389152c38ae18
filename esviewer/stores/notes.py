"""What a person should know about a store that was read: honest remarks, collected as they come up."""

from __future__ import annotations


class Notes:
    """Sentences, each said once, and counts of what could not be read."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}

    def say(self, sentence: str) -> None:
        """Add a remark unless it is there already."""
        self._said.setdefault(sentence)

    def all(self) -> tuple[str, ...]:
        """Every remark, oldest first."""
        return tuple(self._said)
