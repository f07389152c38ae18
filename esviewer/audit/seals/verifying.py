"""Verifying a store by a seal: what is found, and what no seal can show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from esviewer.audit.finding import Finding
from esviewer.audit.seals.comparing import Comparison, Growth
from esviewer.audit.seals.difference import Difference
from esviewer.audit.seals.file import SealFile
from esviewer.audit.seals.growth import Consistency, Grown
from esviewer.audit.seals.merkle import consistency_path
from esviewer.audit.seals.trust import Trust, trust_in
from esviewer.model.event import Event
from esviewer.model.values import Value
from esviewer.work import Work

BEFORE: Final = "What was changed, removed or inserted before the seal was made, the seal can't show."
TOLERANCE: Final = 60
"""Seconds by which a new event may be older than the newest sealed one: clocks differ, and transactions take time."""


@dataclass(frozen=True, slots=True)
class Chained:
    """What the hashes say by which a store chains its events itself."""

    events: int
    broken: int
    """How many events don't fit into the chain."""
    first: tuple[Finding, ...]
    """The first of them."""

    def as_json(self) -> dict[str, Value]:
        """`{events, broken, first}`; findings as an audit's."""
        return {"events": self.events, "broken": self.broken, "first": [each.as_json() for each in self.first]}

    @property
    def message(self) -> str:
        """In a sentence."""
        if not self.broken:
            return f"The store's own chain of hashes holds for all {self.events:,} events."
        count = "1 event doesn't" if self.broken == 1 else f"{self.broken:,} events don't"
        return f"In the store's own chain of hashes {count} fit."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying a store came to."""

    seal: SealFile
    trust: Trust
    differences: tuple[Difference, ...]
    grown: Growth
    size: int | None
    """Events in the store; None where so much differed that it was not read to its end."""
    root: bytes | None
    consistency: Consistency | None
    """None where the store's tree does not begin with the sealed one."""
    remarks: tuple[str, ...]
    """What can't be told by this seal."""
    chain: Chained | None = None
    """What the store's own chain of hashes says; None where it has none."""

    @property
    def verified(self) -> bool:
        """Whether all that was sealed is there unchanged, nothing came among it, and signature and chain hold."""
        return not self.differences and self.trust.holds and (self.chain is None or not self.chain.broken)

    @property
    def proof(self) -> Grown | None:
        """The proof that the store only grew, as a file has it; None where there is none."""
        seal = self.seal
        return None if self.consistency is None else Grown(seal.statement, seal.signature, self.consistency)

    def as_json(self) -> dict[str, Value]:
        """`{verified, seal, signature, size, root, grown, differences, consistency, remarks, chain}`."""
        said = self.seal.statement
        first, last = self.grown.first, self.grown.last
        return {
            "verified": self.verified,
            "seal": {
                "file": str(self.seal.path),
                "made": said.made,
                "root": said.root.hex(),
                "size": said.size,
                "order": said.order,
                "store": dict(said.store),
            },
            "signature": self.trust.as_json(),
            "size": self.size,
            "root": None if self.root is None else self.root.hex(),
            "grown": {
                "events": self.grown.events,
                "first": None if first is None else first.as_json(),
                "last": None if last is None else last.as_json(),
            },
            "differences": [each.as_json() for each in self.differences],
            "consistency": None if self.consistency is None else self.consistency.as_json(),
            "remarks": list(self.remarks),
            "chain": None if self.chain is None else self.chain.as_json(),
        }


def verify_events(
    seal: SealFile,
    events: Iterable[Event],
    *,
    key: Ed25519PublicKey | None = None,
    tolerance: int = TOLERANCE,
    work: Work | None = None,
) -> Verdict:
    """Hold a store's events, in store order, against a seal; raises SealError where the seal's parts don't fit."""
    statement = seal.statement
    seal.roots()  # damage is found out before the store is read
    trust = trust_in(statement.canonical(), seal.signature, key)
    heads = None
    if statement.aggregates is not None and not statement.counted:
        heads = {each.aggregate_id: each.version for each in seal.aggregates()}
    comparison = Comparison(statement, heads, tolerance=tolerance * 1_000_000_000, work=work)
    compared = comparison.run(seal.chunks(), events)
    proof = None
    size = root = None
    if compared.complete:
        size, root = len(compared.tree), compared.tree.root()
    if compared.prefix and size is not None and root is not None:
        path = consistency_path(compared.tree.node, statement.size, size)
        proof = Consistency(statement.size, statement.root, size, root, tuple(path))
        if not proof.holds:
            raise AssertionError("a store that begins with what was sealed must prove it")
    return Verdict(
        seal,
        trust,
        tuple(compared.differences),
        compared.grown,
        size,
        root,
        proof,
        tuple(_remarks(seal, verified=not compared.differences, prefix=compared.prefix)),
    )


def _remarks(seal: SealFile, *, verified: bool, prefix: bool) -> Iterable[str]:
    said = seal.statement
    yield BEFORE if said.previous is None else f"{BEFORE} The seal before it was made {said.previous.made}."
    if said.order == "reconstructed":
        yield "No column orders all events: their order is made of several, so new events may lie between old ones."
    if said.order == "rowid":
        yield "The order is that of the rows in the file; their numbers are not part of the seal."
    if said.counted:
        yield "The store keeps no versions: those named here count each aggregate's events as they are now."
    elif said.aggregates is None:
        yield "The seal has no digests of single aggregates, so a new event with an old version counts as new."
    if verified and not prefix:
        yield "New events lie between old ones, so there is no proof that one tree begins with the other."
    yield from said.remarks
