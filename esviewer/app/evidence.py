"""Reports with their evidence: written together, and checked later, by themselves or against the store."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from esviewer import __version__
from esviewer.app.operator import asker
from esviewer.app.proofs import write_json
from esviewer.app.sealing import seal_store
from esviewer.app.session import Session
from esviewer.audit.seals.file import SealFile, read_seal
from esviewer.audit.seals.merkle import leaf_hash
from esviewer.audit.seals.proof import Name, prove, sealed_among, sealed_form
from esviewer.audit.seals.signing import private_key, public_key, signed
from esviewer.audit.seals.trust import Trust, trust_in
from esviewer.errors import UsageError
from esviewer.model.exactjson import canonical
from esviewer.model.values import Value
from esviewer.report.document import Document
from esviewer.report.evidence import (
    FORM,
    FORM_VERSION,
    MOST,
    Evidence,
    evidence_file,
    evidence_section,
    quoted_of,
    read_evidence,
    statement_for,
)
from esviewer.work import Work


@dataclass(frozen=True, slots=True)
class EvidenceWanted:
    """What a report is to be proven by."""

    seal: Path | None = None
    """The seal to quote from; None: the store is sealed for the report alone."""
    sign: Path | None = None
    """The private key to sign with, in PEM."""

    def check(self) -> None:
        """Raise UsageError for a bad key and SealError for a bad seal, before it is found out what is to be proven."""
        if self.sign is not None:
            private_key(self.sign.expanduser())
        if self.seal is not None:
            read_seal(self.seal.expanduser())


def write_proven(
    session: Session,
    document: Document,
    names: Sequence[Name],
    path: Path,
    wanted: EvidenceWanted,
    write: Callable[[Document], None],
    *,
    masked: bool = False,
    perhaps: bool = False,
    work: Work | None = None,
) -> Path:
    """Write a report that tells how it can be checked, and its evidence beside it; gives the evidence's file.

    `names` are the events that the report quotes, `write` writes the document to `path`, `masked` leaves the events'
    contents out of the evidence, `perhaps` leaves out what is no event, such as a missing one. Raises UsageError for
    too many events, else as `prove` and `write` do.
    """
    quoted_names = list(dict.fromkeys(names))
    if len(quoted_names) > MOST:
        raise UsageError(
            f"The report quotes {len(quoted_names):,} events; evidence is for at most {MOST:,}.",
            "Seal the store instead, and prove the events that matter.",
        )
    key = None if wanted.sign is None else private_key(wanted.sign.expanduser())
    with tempfile.TemporaryDirectory() as folder:
        seal = _seal(session, wanted, Path(folder), work)
        if perhaps:
            quoted_names = sealed_among(seal, quoted_names)
        quoted = [
            quoted_of(proof, masked=masked)
            for proof in prove(seal, quoted_names, session.store.unambiguous(work=work), work=work)
        ]
        section = evidence_section(seal.statement, len(quoted), path.name)
        write(replace(document, sections=(*document.sections, section)))
        who = asker()
        statement = statement_for(
            path,
            path.read_bytes(),
            seal.statement,
            quoted,
            masked=masked,
            asker=who.as_json(),
            made=who.at.isoformat(),
            tool_version=__version__,
        )
    signature = None if key is None else signed(canonical(statement), key).as_json()
    file = evidence_file(path)
    proofs = [each.as_json() for each in quoted]
    write_json(
        file,
        {
            "form": FORM,
            "form_version": FORM_VERSION,
            "statement": statement,
            "signature": signature,
            "proofs": proofs,
        },
    )
    return file


def _seal(session: Session, wanted: EvidenceWanted, folder: Path, work: Work | None) -> SealFile:
    if wanted.seal is not None:
        return read_seal(wanted.seal.expanduser())
    file = folder / "seal.json"
    seal_store(session, file, work=work)
    return read_seal(file)


@dataclass(frozen=True, slots=True)
class CheckedReport:
    """What a report's evidence is worth, and whether a store still has what it quotes."""

    report: Path
    evidence: Evidence
    wrong: Sequence[str]
    """What does not fit together, in sentences."""
    trust: Trust
    missing: Sequence[str] | None = None
    """Quoted events that the store no longer has as they were; None where no store was asked."""

    @property
    def verified(self) -> bool:
        """Whether all of it holds."""
        return not self.wrong and self.trust.holds and not self.missing

    def as_json(self) -> dict[str, Value]:
        """`{verified, form, report, wrong, quoted, seal, signature, not_in_store}`."""
        seal = self.evidence.seal
        return {
            "verified": self.verified,
            "form": FORM,
            "report": dict(self.evidence.statement["report"]),
            "wrong": list(self.wrong),
            "quoted": len(self.evidence.quoted),
            "seal": {"made": seal.made, "root": seal.root.hex(), "size": seal.size, "store": dict(seal.store)},
            "signature": self.trust.as_json(),
            "not_in_store": None if self.missing is None else list(self.missing),
        }


def is_report(path: Path) -> bool:
    """Whether a file has evidence beside it."""
    return evidence_file(path.expanduser()).is_file()


def check_report(
    report: Path, *, key: Path | None = None, session: Session | None = None, work: Work | None = None
) -> CheckedReport:
    """Check a report by the evidence beside it, and against a store where one is given.

    Raises SealError for bad evidence, UsageError for a file or key that can't be read.
    """
    public = None if key is None else public_key(key.expanduser())
    path = report.expanduser()
    evidence = read_evidence(evidence_file(path))
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{report} can't be read: {error.strerror or error}.") from None
    trust = trust_in(evidence.signed, evidence.signature, public)
    missing = None if session is None else _missing(session, evidence, work)
    return CheckedReport(path, evidence, evidence.wrong(content), trust, missing)


def _missing(session: Session, evidence: Evidence, work: Work | None) -> list[str]:
    """The quoted events that the store does not have, or not as they were sealed."""
    wanted = {each.leaf: each for each in evidence.quoted}
    for count, event in enumerate(session.store.unambiguous(work=work)):
        wanted.pop(leaf_hash(sealed_form(evidence.seal, event)), None)
        if not wanted:
            break
        if work is not None and count % 1000 == 0:
            work.report("Looking for the quoted events", count, evidence.seal.size)
    return [each.name for each in wanted.values()]
