"""Proof that an event was sealed: its canonical form, its place in the tree, and the hashes from there to the root.

    {"form":"esviewer.proof", "form_version":1, "statement":{…}, "signature":…, "event":"{…}", "index":5, "path":["…"]}

`statement` and `signature` are the seal's. `event` is a string: the canonical form, byte for byte, in UTF-8, so that
whoever hashes it (SHA-256 over a zero byte and this) need not write numbers as it was done here. `path` are the hashes
in hex that lead from the leaf at `index` to the statement's root (RFC 9162, 2.1.3.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esviewer.audit.seals.file import SealFile, check_form, told
from esviewer.audit.seals.leaf import canonical_event
from esviewer.audit.seals.merkle import DIGEST, Node, included, inclusion_path, leaf_hash, root_of
from esviewer.audit.seals.signing import Signature, signature_of
from esviewer.audit.seals.statement import Statement, statement_of
from esviewer.audit.seals.tree import CHUNK
from esviewer.errors import DisagreesError, NotFoundError, SealError
from esviewer.model.event import Event
from esviewer.model.exactjson import NotJsonError, loads
from esviewer.model.values import Value
from esviewer.work import Work

FORM: Final = "esviewer.proof"
FORM_VERSION: Final = 1
_LARGEST: Final = 1 << 28

Name = tuple[str, int]
"""An aggregate's id and a version of it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """That one event was sealed."""

    statement: Statement
    signature: Signature | None
    content: bytes
    """The event's canonical form."""
    index: int
    """Its place among all events that were sealed, from 0."""
    path: tuple[bytes, ...]

    @property
    def holds(self) -> bool:
        """Whether the event is in the tree whose root the statement has."""
        return included(leaf_hash(self.content), self.index, self.statement.size, self.path, self.statement.root)

    @property
    def event(self) -> dict[str, Value]:
        """The event's parts, as its canonical form has them; raises SealError where it is none."""
        try:
            found = loads(self.content)
        except NotJsonError:
            found = None
        if (
            not isinstance(found, dict)
            or type(found.get("version")) not in (int, type(None))
            or not isinstance(found.get("aggregate_id"), str)
        ):
            raise SealError("its event can't be read")
        return found

    def as_json(self) -> dict[str, Value]:
        """The proof as its file has it."""
        return {
            "form": FORM,
            "form_version": FORM_VERSION,
            "statement": self.statement.as_json(),
            "signature": None if self.signature is None else self.signature.as_json(),
            "event": self.content.decode(),
            "index": self.index,
            "path": [step.hex() for step in self.path],
        }


def proof_of(found: Value) -> Proof:
    """The proof that `Proof.as_json` wrote; raises SealError."""
    check_form(found, FORM, FORM_VERSION, "a proof")
    try:
        made = Proof(
            statement_of(found["statement"]),
            signature_of(found["signature"]),
            found["event"].encode("utf-8"),
            found["index"],
            tuple(map(bytes.fromhex, found["path"])),
        )
        if type(made.index) is not int or any(len(step) != DIGEST for step in made.path):
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError):
        raise SealError("parts of it are missing or damaged") from None
    _ = made.event
    return made


def read_proof(path: Path) -> Proof:
    """A proof's file; raises SealError when it is none, is damaged, or is of a newer release."""
    with told(path):
        with path.open("rb") as file:
            content = file.read(_LARGEST)
        return proof_of(loads(content))


def prove(seal: SealFile, names: Sequence[Name], events: Iterable[Event], *, work: Work | None = None) -> list[Proof]:
    """Proofs of some events, in the order asked for, by one pass over the store that ends after the last of them.

    `events` are those of the store, in its order. Raises NotFoundError for an event that was not sealed, DisagreesError
    when the store is not what was sealed around one of them, SealError for a bad seal.
    """
    statement = seal.statement
    roots = seal.roots()
    indexes = _indexes(seal, set(names))
    for name in names:
        if name not in indexes:
            raise NotFoundError(
                f"Version {name[1]} of {name[0]} was not sealed in {seal.path}.",
                "Seal the store anew, or take a later seal.",
            )
    wanted = sorted(indexes.values())
    contents: dict[int, bytes] = {}
    leaves: dict[int, list[bytes]] = {index // CHUNK: [] for index in wanted}
    last = max(leaves, default=-1)
    places = set(wanted)
    for index, event in enumerate(_sealed_only(seal, events)):
        number = index // CHUNK
        if number > last or index >= statement.size:
            break
        if number in leaves:
            content = sealed_form(statement, event)
            leaves[number].append(leaf_hash(content))
            if index in places:
                contents[index] = content
        if work is not None and index % CHUNK == 0:
            work.report("Looking for the events to prove", index, statement.size)
    for number, hashes in leaves.items():
        if root_of(hashes) != roots[number]:
            raise DisagreesError(
                "The store is not what was sealed around the event, so it can't be proven.",
                f"esviewer verify STORE {seal.path} says what changed.",
            )
    node = _node(roots, leaves)
    return [
        Proof(
            statement,
            seal.signature,
            contents[indexes[name]],
            indexes[name],
            tuple(inclusion_path(node, indexes[name], statement.size)),
        )
        for name in names
    ]


def sealed_among(seal: SealFile, names: Sequence[Name]) -> list[Name]:
    """Those of some events that were sealed, in the order given; raises SealError for a bad seal."""
    known = _indexes(seal, set(names))
    return [name for name in names if name in known]


def sealed_form(statement: Statement, event: Event) -> bytes:
    """The canonical form that a seal is made of."""
    return canonical_event(event, positioned=statement.order == "position", versioned=not statement.counted)


def _indexes(seal: SealFile, names: set[Name]) -> dict[Name, int]:
    found: dict[Name, int] = {}
    for number, chunk in enumerate(seal.chunks()):
        for offset, place in enumerate(chunk.places):
            name = (place.aggregate_id, place.version)
            if name in names:
                found.setdefault(name, number * CHUNK + offset)
    return found


def _sealed_only(seal: SealFile, events: Iterable[Event]) -> Iterable[Event]:
    """The events without those that lie among the sealed ones because the order is reconstructed."""
    if seal.statement.order != "reconstructed" or seal.statement.aggregates is None:
        return events
    heads = {each.aggregate_id: each.version for each in seal.aggregates()}
    return (event for event in events if event.version <= heads.get(event.aggregate_id, event.version - 1))


def _node(roots: Sequence[bytes], leaves: Mapping[int, Sequence[bytes]]) -> Node:
    """The nodes of a tree of which only some chunks' leaves are known."""

    def node(first: int, end: int) -> bytes:
        number, start = divmod(first, CHUNK)
        if start or (end - first < CHUNK and number in leaves):
            return root_of(leaves[number][start : start + end - first])
        return root_of(roots[number : -(-end // CHUNK)])

    return node
