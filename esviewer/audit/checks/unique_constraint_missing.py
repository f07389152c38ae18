"""Tables that let two events have the same version."""

from __future__ import annotations

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity


class UniqueConstraintMissing(Described):
    """Tells that the events table does not keep each version of an aggregate to one event."""

    name = "unique-constraint-missing"
    severity = Severity.WARNING
    looks_for = "A store whose tables don't enforce one event for each aggregate and version."
    why = "Two writers at the same moment can both append the same version, and neither notices."
    todo = "Give the events table a unique index on aggregate and version; with type or tenant where ids need them."

    def found(self, table: str) -> Finding:
        """That a table lacks the index."""
        return self.finding(
            f"No unique index of {table} keeps two events from having the same version.", evidence={"table": table}
        )
