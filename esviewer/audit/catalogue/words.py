"""What is known of a field in a few words, alike in every form for people."""

from __future__ import annotations

from esviewer.audit.catalogue.facts import Facts
from esviewer.audit.catalogue.fields import Field, Masks, is_masked
from esviewer.audit.catalogue.kinds import shortened
from esviewer.model.exactjson import dumps


def kinds_of(field: Field) -> list[str]:
    """The kinds of values here, with their formats, and how many of each where there are several."""
    several = len(field.facts) > 1
    return [
        " ".join([facts.kind, *(f"({name})" for name in facts.formats), *([f"{facts.count:,}×"] if several else [])])
        for facts in field.facts
    ]


def range_of(facts: Facts, field: Field, masks: Masks) -> str:
    """How large the values are, in a few words; "" where there is nothing to say or it is masked."""
    if facts.minimum is None:
        return ""
    low, high = facts.minimum, facts.maximum
    if facts.kind in ("integer", "number", "decimal"):
        low, high = masks.value(field.path, low), masks.value(field.path, high)
        unit = ""
    elif facts.kind in ("array", "object"):
        unit = " element" if facts.kind == "array" else " key"
    elif is_masked(field, masks):
        return ""
    else:
        unit = " character"
    if unit and (low, high) != (1, 1):
        unit += "s"
    low, high = shortened(dumps(low), 60), shortened(dumps(high), 60)
    said = low + unit if low == high else f"{low} to {high}{unit}"
    return said + (f", {facts.odd:,} not finite" if facts.odd else "")


def percent(share: float) -> str:
    """A share that is not rounded to all or nothing."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return "> 99.9 %" if 0.999 < share < 1 else f"{share:.1%}".replace("%", " %")
