"""What sealing and verifying came to, in sentences, alike on the command line and in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from esviewer.app.evidence import CheckedReport, check_report, is_report
from esviewer.app.proofs import Checked, check_file
from esviewer.app.sealing import Made, verify_store
from esviewer.app.session import Session
from esviewer.audit.seals.file import form_of
from esviewer.audit.seals.statement import FORM
from esviewer.audit.seals.verifying import TOLERANCE, Verdict
from esviewer.model.clause import clause
from esviewer.work import Work

Found = Verdict | Checked | CheckedReport
"""What verifying a store by a seal, a seal or proof, or a report comes to."""

_STORE: Final = {
    "unchanged": "The store has the event, unchanged.",
    "changed": "The store has the event, but not as it was sealed.",
    "missing": "The store does not have the event any more.",
}
_MOST_MISSING: Final = 20


def verify_with(
    session: Session, file: Path, *, key: Path | None = None, tolerance: int = TOLERANCE, work: Work | None = None
) -> Found:
    """Hold a store against a seal, proof or report; raises SealError for anything else, UsageError for a bad key."""
    if is_report(file):
        return check_report(file, key=key, session=session, work=work)
    if form_of(file) != FORM:
        return check_file(file, key=key, session=session, work=work)
    return verify_store(session, file, key=key, tolerance=tolerance, work=work)


def sealed(made: Made) -> Iterator[str]:
    """What was sealed."""
    said = made.statement
    yield f"1 event sealed in {made.file}." if said.size == 1 else f"{said.size:,} events sealed in {made.file}."
    yield clause(f"Root: {said.root.hex()}")
    yield "Unsigned." if made.key_digest is None else f"Signed with the key {made.key_digest}."
    if said.previous is not None:
        yield f"The {said.previous.size:,} events of the seal before are still there, unchanged."


def headline(found: Found) -> str:
    """The outcome."""
    if not isinstance(found, Verdict):
        return "Verified." if found.verified else "Not verified."
    said = found.seal.statement
    count = sum(each.events for each in found.differences)
    if count:
        if count == 1:
            return f"Not verified: 1 difference from what was sealed {said.made}."
        return f"Not verified: {count:,} differences from what was sealed {said.made}."
    if found.verified:
        return f"Verified: all {said.size:,} events sealed {said.made} are there, unchanged."
    if not found.trust.holds:
        return (
            "Not verified, for its signature does not hold, though: "
            f"all {said.size:,} events sealed {said.made} are there, unchanged."
        )
    return (
        "Not verified, for the store's own hashes do not fit, though: "
        f"all {said.size:,} events sealed {said.made} are there, unchanged."
    )


def sentences(found: Found) -> Iterator[str]:
    """What there is to say besides the outcome, each difference, the signature and the remarks."""
    if isinstance(found, Verdict):
        yield from _grown(found)
    elif isinstance(found, CheckedReport):
        yield from _of_report(found)
    else:
        yield from _of_file(found)


def remarks(found: Verdict) -> Iterator[str]:
    """What the store's own chain of hashes says, and what can't be told by the seal."""
    if found.chain is not None:
        yield found.chain.message
        for each in found.chain.first:
            yield f"{each.aggregate_id} v{each.version}: {each.message}"
    yield from found.remarks


def only_grew(found: Verdict) -> bool:
    """Whether new events came and all that was sealed is where it was, so that there is a proof of that."""
    return found.consistency is not None and found.consistency.new_size > found.seal.statement.size


def _grown(verdict: Verdict) -> Iterator[str]:
    grown = verdict.grown
    if grown.first is not None:
        if grown.events == 1:
            yield f"1 new event came after it, from {grown.first} on."
        else:
            yield f"{grown.events:,} new events came after it, from {grown.first} on."


def _of_report(checked: CheckedReport) -> Iterator[str]:
    seal, quoted = checked.evidence.seal, len(checked.evidence.quoted)
    yield from checked.wrong
    if not checked.wrong:
        size, made, root = f"{seal.size:,}", seal.made, seal.root.hex()
        if quoted == 1:
            yield (
                "The report is as it was written; "
                f"the event that it quotes is among the {size} sealed {made}, root {root}."
            )
        else:
            yield (
                "The report is as it was written; "
                f"the {quoted:,} events that it quotes are among the {size} sealed {made}, root {root}."
            )
    if checked.missing is not None:
        for each in checked.missing[:_MOST_MISSING]:
            yield f"The store no longer has {each} as it is quoted."
        if len(checked.missing) > _MOST_MISSING:
            yield f"and {len(checked.missing) - _MOST_MISSING:,} more"
        if not checked.missing:
            yield "The store still has it, unchanged." if quoted == 1 else "The store still has all of them, unchanged."


def _of_file(checked: Checked) -> Iterator[str]:
    said, proof = checked.statement, checked.proof
    where = clause(f"the {said.size:,} events sealed {said.made}, root {said.root.hex()}")
    if checked.grown is not None:
        size, made, root = f"{said.size:,}", said.made, said.root.hex()
        new, later = f"{checked.grown.consistency.new_size:,}", checked.grown.consistency.new_root.hex()
        if checked.grown.holds:
            yield f"The {size} events sealed {made}, root {root}, begin the {new} of a later tree, root {later}."
        else:
            yield f"The {size} events sealed {made}, root {root}, are not proven to begin a later tree, root {later}."
        return
    if proof is None:
        yield f"The parts of the seal fit together: {where}. Whether a store still has them: verify STORE FILE."
        return
    event = proof.event
    of = f"{event['aggregate_id']} ({event.get('type')})"
    if event["version"] is None:
        if proof.holds:
            yield f"An event of {of} is number {proof.index + 1:,} of {where}."
        else:
            yield f"An event of {of} is not proven to be among {where}."
    elif proof.holds:
        yield f"Version {event['version']} of {of} is number {proof.index + 1:,} of {where}."
    else:
        yield f"Version {event['version']} of {of} is not proven to be among {where}."
    if checked.presence is not None:
        yield _STORE[checked.presence]
