"""Masked copies of what reports are made of: no form of a report ever sees what is masked."""

from __future__ import annotations

from dataclasses import replace

from esviewer.audit.finding import Finding
from esviewer.model.change import Change, value_at
from esviewer.model.masking import WHOLES, Masker
from esviewer.model.values import MISSING, Value
from esviewer.report.audit import AuditReport
from esviewer.report.case import CaseReport, PinReport
from esviewer.report.model import AggregateReport, Asked, Masked, Step, StoreFacts
from esviewer.work import Work

_SAME = "Equal values have equal marks within this report, and only there."


def masked_report(report: AggregateReport, masker: Masker, rules: str, work: Work | None = None) -> AggregateReport:
    """A report with everything masked that the rules, named `rules`, mask. Raises CancelledError.

    Its `state_digest` stays that of the true state, unless the rules say otherwise. Its changes, applied to its initial
    state, still give its state.
    """
    digest = report.state_digest if masker.masking.true_digests else None
    end = masker.state(report.end)  # first, since ids that are masked by their type are masked everywhere
    steps = []
    for index, each in enumerate(report.steps):
        steps.append(masked_step(each, masker))
        if work is not None and index % 1000 == 0:
            work.report("Masking the report", index, len(report.steps))
    masked = replace(
        report,
        asked=masked_asked(report.asked, masker),
        store=masked_store(report.store, masker),
        initial=masker.value(report.initial),
        steps=steps,
        end=end,
        remarks=[masker.text(text) for text in report.remarks],
    )
    return replace(masked, masked=Masked(rules, tuple(sorted(masker.counts.items())), digest))


def masked_step(step: Step, masker: Masker) -> Step:
    """One event and what it did, masked."""
    return Step(
        masker.event(step.event),
        [masker.change(change) for change in step.changes],
        None if step.skipped is None else masker.quoting(step.skipped),
    )


def masked_asked(asked: Asked, masker: Masker) -> Asked:
    """What was asked for, masked."""
    return replace(asked, aggregate_id=masker.text(asked.aggregate_id))


def masked_store(store: StoreFacts, masker: Masker) -> StoreFacts:
    """Which store, with what looks sensitive in its path, URL or elsewhere masked."""
    return StoreFacts(
        masker.text(store.name),
        masker.text(store.label),
        masker.text(store.database),
        masker.text(store.layout),
        masker.text(store.layout_title),
    )


def masked_audit(report: AuditReport, masker: Masker, rules: str) -> AuditReport:
    """An audit's report with everything masked that the rules, named `rules`, mask, and a remark on that."""
    found = [masked_finding(finding, masker) for finding in report.findings]
    masked = replace(
        report,
        store=masked_store(report.store, masker),
        findings=found,
        remarks=[masker.text(text) for text in report.remarks],
        asked=[replace(fact, value=masker.text(str(fact.value))) for fact in report.asked],
        reducers=[replace(fact, value=masker.text(str(fact.value))) for fact in report.reducers],
    )
    count = masker.counts.total()
    remark = f"Masked: {count:,} value{'s' if count != 1 else ''}, by {rules}. {_SAME}" if count else ""
    return replace(masked, remarks=[*masked.remarks, *([remark] if remark else [])])


def masked_case(report: CaseReport, masker: Masker, rules: str) -> CaseReport:
    """A case's report with everything masked that the rules, named `rules`, mask; digests stay those of the truth."""
    pins = [masked_pin(pin, masker) for pin in report.pins]
    masked = replace(
        report,
        title=masker.text(report.title),
        note=masker.text(report.note),
        store=masker.evidence(dict(report.store)),
        pins=pins,
        remarks=[masker.text(text) for text in report.remarks],
    )
    count = masker.counts.total()
    digests = "The digests of contents are those of the unmasked ones."
    remark = [f"Masked: {count:,} value{'s' if count != 1 else ''}, by {rules}. {_SAME} {digests}"] if count else []
    return replace(masked, remarks=[*masked.remarks, *remark])


def masked_pin(pin: PinReport, masker: Masker) -> PinReport:
    """What was pinned, masked."""
    return replace(
        pin,
        asked=masker.evidence(dict(pin.asked)),
        content=masker.evidence(pin.content),
        stands_on=[masker.evidence(dict(each)) for each in pin.stands_on],
        rebuilt=[masker.evidence(dict(each)) for each in pin.rebuilt],
        note=masker.text(pin.note),
        reason=masker.text(pin.reason),
        changes=[_since(change, pin.content, masker) for change in pin.changes],
    )


def _since(change: Change, content: Value, masker: Masker) -> Change:
    """What differs today in the content of a pin, masked as the content is."""
    here, place = content, None
    for index, part in enumerate(change.path):
        if part in WHOLES:
            inner = masker.change(Change(change.path[index + 1 :], change.old, change.new))
            return inner._replace(path=(*change.path[: index + 1], *inner.path))
        if isinstance(here, dict) and isinstance(here.get("path"), str):
            place = here["path"]
        here = value_at(here, (part,))

    def masked(value: Value) -> Value:
        if value is MISSING:
            return MISSING
        # As it stands in the content: beside the path that it is of.
        name = str(change.path[-1]) if change.path else ""
        beside = masker.evidence({name: value, **({} if place is None or name == "path" else {"path": place})})
        return beside[name]

    return Change(change.path, masked(change.old), masked(change.new))


def masked_finding(finding: Finding, masker: Masker) -> Finding:
    """A finding, masked; its `key` is the one of the masked finding, which no baseline knows."""
    kind, position = finding.aggregate_type, finding.position
    said = masker.quoting if "reason" in finding.evidence else masker.text

    def masked(name: Value) -> Value:
        if name == finding.aggregate_id:
            return masker.aggregate_id(str(name), kind)
        return masker.text(name) if isinstance(name, str) else name

    return replace(
        finding,
        message=said(finding.message),
        aggregate_id=None if finding.aggregate_id is None else masker.aggregate_id(finding.aggregate_id, kind),
        aggregate_type=None if kind is None else masker.text(kind),
        position=masker.text(position) if isinstance(position, str) else position,
        evidence=masker.evidence(dict(finding.evidence)),
        subject=masker.text(finding.subject),
        known_by=tuple(map(masked, finding.known_by)),
    )
