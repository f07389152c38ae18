"""Being told by a server that there is something new, instead of asking it again and again."""

from __future__ import annotations

from abc import ABC, abstractmethod


class Notices(ABC):
    """Listens on a connection of its own; for one thread."""

    @abstractmethod
    def wait(self, seconds: float) -> bool:
        """Whether anything was told within so many seconds, or since the last time; raises StoreError."""

    @abstractmethod
    def close(self) -> None:
        """Listen no longer; doing it twice is fine."""
