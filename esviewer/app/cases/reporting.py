"""Reports of cases."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from esviewer import __version__
from esviewer.app import activity
from esviewer.app.cases.case import Case
from esviewer.app.cases.pinning import Rechecked, recheck_all
from esviewer.app.evidence import EvidenceWanted, write_proven
from esviewer.app.files import for_report
from esviewer.app.masking import InForce, in_force
from esviewer.app.operator import asker
from esviewer.app.session import Session
from esviewer.errors import UsageError
from esviewer.report.case import CaseReport, PinReport, case_document
from esviewer.report.document import Fact
from esviewer.report.masking import masked_case
from esviewer.report.write import write_report
from esviewer.work import Work


def case_report(
    case: Case, rechecked: dict[int, Rechecked] | None = None, *, rules: InForce | None = None
) -> CaseReport:
    """The report on a case; `rechecked` is what the store says today, by the pins' numbers.

    It is masked by `rules`, by default those in force for the case's store; bad ones raise RulesError.
    """
    rules = in_force(str(case.store.get("label", ""))) if rules is None else rules
    known = rechecked or {}
    pins = []
    for pin in case.pins:
        again = known.get(pin.id)
        pins.append(
            PinReport(
                pin.id,
                pin.kind,
                pin.asked,
                pin.content,
                pin.pinned,
                pin.digest,
                [each.as_json() for each in pin.stands_on],
                pin.note,
                None if again is None else again.verdict.value,
                "" if again is None else again.reason,
                () if again is None else again.changes,
                None if again is None or again.finding is None else again.finding.value,
                pin.rebuilt,
            )
        )
    who = asker()
    facts = [Fact(label, text) for label, text in who.facts()]
    report = CaseReport(case.title, case.note, case.store, case.made, __version__, who.at, pins, facts)
    return masked_case(report, rules.masker(), rules.origin) if rules.masks else report


def write_case_report(
    report: CaseReport,
    path: Path,
    *,
    case: Case | None = None,
    session: Session | None = None,
    evidence: EvidenceWanted | None = None,
    masked: bool = True,
    work: Work | None = None,
) -> None:
    """Write a report in the form that the file's ending names, and log that; raises as `write_report` does.

    With `evidence`, what the `case` quotes is proven by the store of the `session`; `masked`: without its contents.
    """
    for_report(path, str(report.store.get("label", "")) if session is None else session.store.label)
    if evidence is None or session is None or case is None:
        write_report(case_document(report), path, work=work)
    else:
        write_proven(
            session,
            case_document(report),
            _quoted(case),
            path,
            evidence,
            partial(write_report, path=path, work=work),
            masked=masked,
            perhaps=True,
            work=work,
        )
    activity.note("report", store=str(report.store.get("label", "")), file=path, case=report.title, masked=masked)


def case_to_file(
    case: Case,
    path: Path,
    *,
    session: Session | None = None,
    rules: InForce | None = None,
    evidence: EvidenceWanted | None = None,
    work: Work | None = None,
) -> None:
    """Write a case's report in the form that the file's ending names, with its `evidence`, and log that.

    With a `session`, its store is asked again, and the report says what is different today; only a store can prove
    what is quoted from it: evidence without one raises UsageError. Masked as `case_report` says; raises as
    `write_case_report`.
    """
    if evidence is not None and session is None:
        raise UsageError("Only a store can prove what is quoted from it.", "Name it with --store STORE.")
    if evidence is not None:
        evidence.check()
    if rules is None:
        rules = in_force(str(case.store.get("label", "")) if session is None else session.store.label)
    again = None if session is None else {each.pin.id: each for each in recheck_all(session, case, work)}
    report = case_report(case, again, rules=rules)
    write_case_report(report, path, case=case, session=session, evidence=evidence, masked=rules.masks, work=work)


def _quoted(case: Case) -> list[tuple[str, int]]:
    """The events that a case quotes: those pinned, those found at, and those in the histories of fields."""
    found: list[tuple[str, int]] = []
    for pin in case.pins:
        aggregate_id, version = pin.asked.get("aggregate_id"), pin.asked.get("version")
        if aggregate_id is None:
            continue
        if pin.kind == "history" and isinstance(pin.content, list):
            found += [(aggregate_id, line["version"]) for line in pin.content if line["version"] is not None]
        elif version is not None:
            found.append((aggregate_id, version))
    return found
