"""Parts of sentences that are said to people."""

from __future__ import annotations


def clause(text: str) -> str:
    """The text as it is; what is said as a part of a sentence goes through here, so that its translation is kept."""
    return text
