"""How a state came to be, in words."""

from __future__ import annotations

from esviewer.gui.language import translate
from esviewer.model.rebuilt import Rebuilt


def events_replayed(rebuilt: Rebuilt) -> str:
    """How many events made it, and from where on."""
    one = rebuilt.events_applied == 1
    if rebuilt.snapshot_version is None:
        if one:
            return translate("Rebuilt", "1 event replayed from nothing")
        return translate("Rebuilt", "{0} events replayed from nothing").format(f"{rebuilt.events_applied:,}")
    text = translate("Rebuilt", "{0} events replayed from the snapshot at {1}")
    if one:
        text = translate("Rebuilt", "{0} event replayed from the snapshot at {1}")
    return text.format(f"{rebuilt.events_applied:,}", rebuilt.snapshot_version)


def reducer_of(rebuilt: Rebuilt) -> str:
    """What made it of them, as it is stored."""
    text = (
        translate("Rebuilt", "reducer “{0}” (inferred)") if rebuilt.inferred else translate("Rebuilt", "reducer “{0}”")
    )
    return text.format(rebuilt.reducer)
