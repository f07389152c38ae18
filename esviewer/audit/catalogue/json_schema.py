"""The catalogue as JSON Schema, draft 2020-12: what all payloads seen so far have in common.

Every payload that the catalogue was made of is valid, as `esviewer events --json` prints it. What other payloads may
have besides is left open, and so is what the catalogue had no room for.
"""

from __future__ import annotations

from typing import Final

from esviewer.audit.catalogue.catalogue import Catalogue, Entry
from esviewer.audit.catalogue.fields import UNMASKED, Field, Masks, examples_of, inside, root_field
from esviewer.audit.catalogue.kinds import BEYOND_JSON, EXPORTED, KINDS
from esviewer.model.values import Value

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_EXAMPLES: Final = 3


def schema_of(entry: Entry, masks: Masks = UNMASKED) -> dict[str, Value]:
    """One event type in one schema version as a schema of its own."""
    return {"$schema": DIALECT, **_definition(entry, masks)}


def schema_of_all(catalogue: Catalogue, masks: Masks = UNMASKED) -> dict[str, Value]:
    """All of them as one document, below `$defs` by their names: `TYPE` or `TYPE@VERSION`.

    Where two have the same, as the versions 1 and "1" of a type do, the second is called `TYPE@1 (2)`.
    """
    definitions: dict[str, Value] = {}
    for entry in catalogue.sorted():
        name, number = entry.name, 1
        while name in definitions:
            number += 1
            name = f"{entry.name} ({number})"
        definitions[name] = _definition(entry, masks)
    return {"$schema": DIALECT, "title": "Event payloads", "$defs": definitions}


def _definition(entry: Entry, masks: Masks) -> dict[str, Value]:
    count = entry.span.count - entry.undecodable
    said = f"What {count:,} {'event has' if count == 1 else 'events have'} in common."
    if entry.undecodable:
        said += f" {entry.undecodable:,} more could not be decoded."
    return {"title": entry.name, "description": said, **_place(root_field(entry), masks)}


def _place(field: Field, masks: Masks) -> dict[str, Value]:
    """A node as a schema, one level after the other; nodes nest no deeper than catalogue.MAX_LEVELS."""
    node = field.node
    kinds = [kind for kind in KINDS if kind in node.facts]
    found: dict[str, Value] = {}
    types = sorted({_type(kind) for kind in kinds if kind != "number" or _finite(field)} | _strings_of(field))
    if "integer" in types and "number" in types:
        types.remove("integer")
    if types and "other" not in kinds:
        found["type"] = types[0] if len(types) == 1 else types
    beyond = [kind for kind in kinds if kind in BEYOND_JSON]
    if beyond:
        found["$comment"] = f"A string here holds: {', '.join(beyond)}."
    formats = _formats(field)
    if formats:
        found["format"] = formats
    examples = examples_of(field, masks)[:_EXAMPLES]
    if examples:
        found["examples"] = examples
    if node.is_map and node.values is not None:
        (values,) = [each for each in inside(field) if each.node is node.values]
        found["additionalProperties"] = _place(values, masks)
    elif node.fields:
        parts = dict(zip(node.fields, inside(field), strict=False))
        found["properties"] = {name: _place(each, masks) for name, each in parts.items()}
        required = [name for name, each in parts.items() if each.always]
        if required:
            found["required"] = required
    if node.items is not None:
        (items,) = [each for each in inside(field) if each.node is node.items]
        found["items"] = _place(items, masks)
    return found


def _type(kind: str) -> str:
    return "string" if kind in BEYOND_JSON else kind


def _finite(field: Field) -> bool:
    """Whether some of the numbers are finite; the others print as strings."""
    facts = field.node.facts["number"]
    return facts.odd < facts.count


def _strings_of(field: Field) -> set[str]:
    facts = field.node.facts.get("number")
    return {"string"} if facts is not None and facts.odd else set()


def _formats(field: Field) -> str | None:
    """The one format that all strings here have."""
    if _strings_of(field):
        return None
    strings = [facts for facts in field.facts if _type(facts.kind) == "string"]
    if not strings:
        return None
    common = set(EXPORTED).intersection(*(facts.formats for facts in strings))
    return min(common) if common else None
