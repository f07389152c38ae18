"""Events after an aggregate's end."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.audit.finding import Finding, Severity
from esviewer.audit.life import Life, LifeCheck


class AfterDeletion(LifeCheck):
    """Finds aggregates that were deleted and have events after that, each once."""

    name = "after-deletion"
    severity = Severity.ERROR
    looks_for = "An event of an aggregate after the one that deleted it, as the reducer says."
    why = "Something went on with what should be gone, or the deletion did not reach every writer."
    todo = "See what wrote the event; where aggregates may come back to life, say so in the reducer instead."
    needs_states = True
    needs_rules = True

    def deleted(self, life: Life, version: int) -> Iterator[Finding]:
        evidence = {"deleted_at_version": life.deleted}
        yield self.finding("The event comes after the aggregate's deletion.", **life.place(version), evidence=evidence)
