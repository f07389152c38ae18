"""What proves a report: its hash, the seal it quotes from, and for each quoted event the path to the seal's root.

It lies beside the report as REPORT.evidence.json, an object with each key on a line of its own, values in canonical
form:

    form, form_version      "esviewer.evidence", 1
    statement               {form, form_version, tool, made, asker, report: {file, sha256, bytes}, seal: a seal's
                            statement (see audit/seals/statement.py), quoted, masked, proofs_sha256}; what is signed
                            is this line's value, byte for byte; `proofs_sha256` is that of the line `proofs`
    signature               null, or {algorithm, key, key_digest, value} over the statement (Ed25519)
    proofs                  [{index, leaf, path, position, aggregate_id, version, event}]: the event's place among all
                            that were sealed, its leaf's hash, the hashes from there to the root (RFC 9162), and the
                            event's canonical form, which is left out of a report that masks values
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from esviewer import assets
from esviewer.audit.seals.file import check_form, told
from esviewer.audit.seals.merkle import included, leaf_hash
from esviewer.audit.seals.proof import Proof
from esviewer.audit.seals.signing import Signature, signature_of
from esviewer.audit.seals.statement import Statement, statement_of
from esviewer.errors import SealError
from esviewer.model.exactjson import canonical, loads
from esviewer.model.values import Value
from esviewer.report.document import Block, Code, Fact, Facts, Kind, Paragraph, Section

FORM: Final = "esviewer.evidence"
FORM_VERSION: Final = 1
ENDING: Final = ".evidence.json"
MOST: Final = 5_000
"""Events that one report proves at most: each takes some thousand bytes."""
_LARGEST: Final = 1 << 28

_PROCEDURE = (
    "This report comes with the file {evidence}. Together they can be checked without the program that made them and "
    "without the store. First, sha256sum prints the report's digest, which the evidence states. Second, the script "
    "below, run as `python3 verify_report.py {report}`, holds the digest against the statement and leads each quoted "
    "event's hash through the Merkle tree of RFC 9162 to the root above. Third, where the statement is signed, "
    "`python3 verify_report.py {report} --unpack` writes statement.bin, signature.bin and signer.pem, and `openssl "
    "pkeyutl -verify -rawin -pubin -inkey signer.pem -in statement.bin -sigfile signature.bin` checks the signature. "
    "Against the store, `esviewer verify STORE {report}` says whether the quoted events are still there, unchanged. "
    "A seal says nothing of what was changed before it was made."
)


def evidence_file(report: Path) -> Path:
    """Where the evidence of a report lies."""
    return report.with_name(report.name + ENDING)


def evidence_section(statement: Statement, quoted: int, report: str) -> Section:
    """What a report says of its own evidence, and how to check it with common tools."""
    script = assets.path("report/verify_report.py").read_text(encoding="utf-8")
    blocks: tuple[Block, ...] = (
        Facts(
            (
                Fact("Seal's root", statement.root.hex()),
                Fact("Sealed events", statement.size, Kind.INTEGER),
                Fact("Sealed", statement.made),
                Fact("Quoted events with a proof", quoted, Kind.INTEGER),
            )
        ),
        Paragraph(_PROCEDURE.format(evidence=report + ENDING, report=report)),
        Code("verify_report.py", script),
    )
    return Section("How to check this report", blocks)


@dataclass(frozen=True, slots=True)
class Quoted:
    """One quoted event, and its path to the root."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    position: Value
    aggregate_id: str | None
    version: int | None
    event: str | None
    """Its canonical form; None where the report masks values."""

    def as_json(self) -> dict[str, Value]:
        """One of `proofs`."""
        found: dict[str, Value] = {
            "index": self.index,
            "leaf": self.leaf.hex(),
            "path": [step.hex() for step in self.path],
            "position": self.position,
            "aggregate_id": self.aggregate_id,
            "version": self.version,
        }
        return found if self.event is None else {**found, "event": self.event}

    @property
    def name(self) -> str:
        """What people find it by; where its aggregate's id is masked, by its position or its place in the seal."""
        if self.aggregate_id is not None:
            return f"{self.aggregate_id} version {self.version}"
        place = f"number {self.index + 1:,} of the seal" if self.position is None else f"at position {self.position}"
        return f"the event {place} (version {self.version})"

    def holds(self, statement: Statement) -> bool:
        """Whether it leads to the root, and its event to its leaf."""
        fits = self.event is None or leaf_hash(self.event.encode()) == self.leaf
        return fits and included(self.leaf, self.index, statement.size, self.path, statement.root)


def quoted_of(proof: Proof, *, masked: bool) -> Quoted:
    """A proof as a report's evidence has it."""
    event = proof.event
    return Quoted(
        proof.index,
        leaf_hash(proof.content),
        proof.path,
        event.get("position"),
        None if masked else event["aggregate_id"],  # an id may be an address; the index finds the event as well
        event["version"],
        None if masked else proof.content.decode(),
    )


@dataclass(frozen=True, slots=True)
class Evidence:
    """What proves a report."""

    statement: Mapping[str, Any]
    seal: Statement
    signature: Signature | None
    quoted: Sequence[Quoted]
    signed: bytes
    """The statement's bytes."""
    proofs: bytes
    """The proofs' bytes."""

    def wrong(self, report: bytes) -> list[str]:
        """What does not fit together, in sentences; the signature is not looked at."""
        found = []
        if sha256(report).hexdigest() != self.statement["report"]["sha256"]:
            found.append("The report is not the file that the evidence is for: it was changed, or is another one.")
        if sha256(self.proofs).hexdigest() != self.statement["proofs_sha256"]:
            found.append("The proofs are not those of the statement.")
        bad = [each for each in self.quoted if not each.holds(self.seal)]
        if bad:
            events = "1 quoted event does" if len(bad) == 1 else f"{len(bad):,} quoted events do"
            names = "; ".join(each.name for each in bad[:5])
            found.append(f"{events} not lead to the seal's root: {names}{'; ...' if len(bad) > 5 else ''}.")
        return found


def statement_for(
    report: Path,
    content: bytes,
    seal: Statement,
    quoted: Sequence[Quoted],
    *,
    masked: bool,
    asker: Mapping[str, Value],
    made: str,
    tool_version: str,
) -> dict[str, Value]:
    """What is signed."""
    return {
        "form": FORM,
        "form_version": FORM_VERSION,
        "tool": {"name": "esviewer", "version": tool_version},
        "made": made,
        "asker": dict(asker),
        "report": {"file": report.name, "sha256": sha256(content).hexdigest(), "bytes": len(content)},
        "seal": seal.as_json(),
        "quoted": len(quoted),
        "masked": masked,
        "proofs_sha256": sha256(canonical([each.as_json() for each in quoted])).hexdigest(),
    }


def read_evidence(path: Path) -> Evidence:
    """The evidence in a file; raises SealError when it is none, is damaged, or is of a newer release."""
    with told(path):
        with path.open("rb") as file:
            content = file.read(_LARGEST)
        found = loads(content)
        check_form(found, FORM, FORM_VERSION, "a report's evidence")
        lines = {}
        for line in content.splitlines()[1:-1]:
            key, _, value = line.partition(b":")
            lines[key] = value.removesuffix(b",")
        try:
            statement = found["statement"]
            quoted = [
                Quoted(
                    each["index"],
                    bytes.fromhex(each["leaf"]),
                    tuple(map(bytes.fromhex, each["path"])),
                    each["position"],
                    each["aggregate_id"],
                    each["version"],
                    each.get("event"),
                )
                for each in found["proofs"]
            ]
            made = Evidence(
                statement,
                statement_of(statement["seal"]),
                signature_of(found["signature"]),
                quoted,
                lines[b'"statement"'],
                lines[b'"proofs"'],
            )
            if loads(made.signed) != statement or loads(made.proofs) != found["proofs"]:
                raise ValueError
            _ = statement["report"]["sha256"], statement["proofs_sha256"]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SealError("parts of it are missing or damaged") from None
    return made
