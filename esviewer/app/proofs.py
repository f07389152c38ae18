"""Proofs of single events, and checking files that prove something, with or without the store."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from esviewer.app.files import for_output, replacing
from esviewer.app.session import Session
from esviewer.audit.seals import growth
from esviewer.audit.seals import proof as proofs
from esviewer.audit.seals import statement as statements
from esviewer.audit.seals.file import form_of, read_seal
from esviewer.audit.seals.growth import read_grown
from esviewer.audit.seals.proof import Proof, prove, read_proof, sealed_form
from esviewer.audit.seals.signing import public_key
from esviewer.audit.seals.trust import Trust, trust_in
from esviewer.errors import EsviewerError, SealError, elsewhere
from esviewer.model.exactjson import canonical
from esviewer.model.values import Value
from esviewer.work import Work

Presence = Literal["unchanged", "changed", "missing"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a seal's or a proof's file is worth by itself, and, of a proof, whether a store still has the event."""

    file: Path
    form: str
    statement: statements.Statement
    trust: Trust
    proof: Proof | None
    presence: Presence | None
    """None where no store was asked."""
    grown: growth.Grown | None = None
    """What a proof says that a store only grew."""

    @property
    def verified(self) -> bool:
        """Whether the file's parts prove each other, its signature holds, and a store that was asked has the event."""
        proven = (self.proof is None or self.proof.holds) and (self.grown is None or self.grown.holds)
        return proven and self.trust.holds and self.presence in (None, "unchanged")

    def as_json(self) -> dict[str, Value]:
        """What was checked.

        `{verified, form, seal, signature}`, of an event's proof `{event, index, included, in_store}` too, and of one
        that a store only grew `{consistency, grew}`.
        """
        said = self.statement
        found: dict[str, Value] = {
            "verified": self.verified,
            "form": self.form,
            "seal": {"made": said.made, "root": said.root.hex(), "size": said.size, "store": dict(said.store)},
            "signature": self.trust.as_json(),
        }
        if self.proof is not None:
            found |= {
                "event": self.proof.event,
                "index": self.proof.index,
                "included": self.proof.holds,
                "in_store": self.presence,
            }
        if self.grown is not None:
            found |= {"consistency": self.grown.consistency.as_json(), "grew": self.grown.holds}
        return found


def prove_event(
    session: Session, seal: Path, aggregate_id: str, version: int, file: Path, *, work: Work | None = None
) -> Proof:
    """Write the proof that an event of the store was sealed; raises NotFoundError, DisagreesError and SealError."""
    target = for_output(str(file), session.store.label)
    found = prove(
        read_seal(seal.expanduser()), [(aggregate_id, version)], session.store.unambiguous(work=work), work=work
    )[0]
    write_json(target, found.as_json())
    return found


def write_json(file: Path, value: dict[str, Value]) -> None:
    """Write an object as a file of JSON, each key with its value on a line of its own; raises EsviewerError."""
    # In canonical form, so that the line of a statement is what was signed.
    lines = [canonical(key) + b":" + canonical(inner) for key, inner in value.items()]
    try:
        with replacing(file) as out:
            out.write(b"{\n" + b",\n".join(lines) + b"\n}\n")
    except OSError as error:
        raise EsviewerError(
            f"{file} can't be written: {error.strerror or error}.",
            elsewhere(error),
        ) from None


def check_file(
    file: Path, *, key: Path | None = None, session: Session | None = None, work: Work | None = None
) -> Checked:
    """Check a proof, by itself or against a store, or a seal by itself; raises SealError for any other file."""
    public = None if key is None else public_key(key.expanduser())
    path = file.expanduser()
    form = form_of(path)
    if form == statements.FORM:
        seal = read_seal(path)
        seal.check()
        return Checked(
            file, form, seal.statement, trust_in(seal.statement.canonical(), seal.signature, public), None, None
        )
    if form == growth.FORM:
        if session is not None:
            raise SealError(f"{file} is a proof by itself.", "Verify it without a store, and the store by a seal.")
        grown = read_grown(path)
        trust = trust_in(grown.statement.canonical(), grown.signature, public)
        return Checked(file, form, grown.statement, trust, None, None, grown)
    if form != proofs.FORM:
        raise SealError(f"{file} can't be verified: it is neither a seal nor a proof but {form[:60]}.", "Name another.")
    proof = read_proof(path)
    trust = trust_in(proof.statement.canonical(), proof.signature, public)
    presence = None if session is None else _presence(session, proof, work)
    return Checked(file, form, proof.statement, trust, proof, presence)


def _presence(session: Session, proof: Proof, work: Work | None) -> Presence:
    """Whether the store has the event as it was sealed; found by its name in store order, as it was read then."""
    event = proof.event
    found: Presence = "missing"
    for each in session.store.unambiguous(work=work):
        if each.aggregate_id == event["aggregate_id"] and event["version"] in (each.version, None):
            if sealed_form(proof.statement, each) == proof.content:
                return "unchanged"
            if event["version"] is not None:
                found = "changed"
    return found
