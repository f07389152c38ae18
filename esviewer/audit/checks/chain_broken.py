"""Events that the store's own chain of hashes gives away."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from esviewer.audit.absent import Absence
from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity
from esviewer.model.scanned import Place


class ChainBroken(Described):
    """Finds events whose hash, as the store keeps it, is not that of their contents or of the event before."""

    name = "chain-broken"
    severity = Severity.ERROR
    looks_for = "An event that doesn't fit into the chain of hashes which the store itself keeps, as its layout says."
    why = "It was changed after it was written, or an event before it was removed, inserted or moved."
    todo = (
        "Compare it and the event before with a backup; who can write all hashes can forge them: seal the store."
    )

    def __init__(self, *args: object, **named: object) -> None:
        super().__init__(*args, **named)  # type: ignore[arg-type]
        self._last: int | str | None = None
        self._doubtful = False
        """Whether the event before was told."""
        self.events = 0
        """How many were looked at."""

    def look(
        self,
        place: Place,
        *,
        begins: bool,
        kept: str | None,
        made: str | None,
        previous: str | None,
        before: str | None,
    ) -> Finding | None:
        """Look at the next event; hashes are as `stores.chain.Link` says."""
        self.events += 1
        last, self._last = (None if begins else self._last), place.position
        doubtful, self._doubtful = (not begins and self._doubtful), False
        message, evidence = "", {"hash": kept, "made": made, "previous": previous, "hash_before": before}
        if kept is None:
            message = "The event has no hash that can be read."
        elif made is not None and made != kept:
            message = "The event's hash is not that of its contents."
        elif not begins and previous is not None and previous != before:
            message = "The event does not follow on the one before it: their hashes differ."
        elif not begins and previous is None and made is None:
            message = "The event names no hash of the one before it."
        linked = kept is not None and (made is None or made == kept)
        if not message or (linked and doubtful):
            return None  # what follows on an event that was told is no news
        self._doubtful = True
        return self.finding(message, **place._asdict(), evidence={**evidence, "position_before": last})


def follows(finding: Finding, told: AbstractSet[tuple[str, int]], absences: Sequence[Absence]) -> bool:
    """Whether a break in the chain follows from what is told already: of the event itself, or that one is gone."""
    if (finding.aggregate_id, finding.version) in told:
        return True
    low, high = finding.evidence["position_before"], finding.position
    if finding.evidence["previous"] == finding.evidence["hash_before"] or not isinstance(high, int):
        return False
    return any(
        (absence.after is None or absence.after < high)
        and (absence.before is None or not isinstance(low, int) or absence.before > low)
        for absence in absences
    )
