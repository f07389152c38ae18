"""What an audit of a whole store says, as plain values and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from esviewer.audit.check import Described
from esviewer.audit.finding import Finding, Severity
from esviewer.model.instant import Instant
from esviewer.report.document import (
    Column,
    Document,
    Fact,
    Facts,
    Kind,
    Mapped,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    in_numbers,
)
from esviewer.report.model import StoreFacts

_METHOD = (
    "All events of the store were read once, those of each aggregate together and by version, through a connection "
    "that can't write. Each check looked at every event. Where a reducer is known for an aggregate's type, its "
    "states were rebuilt by replaying its events from nothing, and compared with every snapshot that the system "
    "itself had stored. An event is reported by the check that owns what is wrong with it, not again by what "
    "follows from it: after a missing, unreadable or inapplicable event, states are not judged until the next "
    "snapshot that can be read."
)
_METHOD_SINCE = (
    "This audit is about the events after a position: it tells what is wrong at them, and what is wrong at no event at "
    "all. Read were all events of the aggregates that have new ones, earlier ones too, and those of some others that "
    "show what is usual in the store. What was done since the last audit to older events and snapshots shows in a seal "
    "and in an audit of the whole store."
)
AUDIT: Final = "Audit of a store"
LAST_POSITION: Final = "Last position"
"""Labels by which an audit's JSON report says how far it came."""
_COLUMNS = (
    Column("severity", "Severity", Kind.SEVERITY),
    Column("check", "Check"),
    Column("aggregate_id", "Aggregate"),
    Column("aggregate_type", "Type"),
    Column("version", "Version", Kind.INTEGER),
    Column("position", "Position"),
    Column("message", "Message"),
    Column("evidence", "Evidence", Kind.JSON),
    Column("key", "Key"),
)
_CHECKS = (
    Column("check", "Check"),
    Column("severity", "Severity", Kind.SEVERITY),
    Column("findings", "Findings", Kind.INTEGER),
    Column("looks_for", "Looks for"),
    Column("why", "Why it matters"),
    Column("todo", "What to do"),
)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """One audit, whole."""

    store: StoreFacts
    tool_version: str
    made: Instant
    events: int
    aggregates: int
    checks: Sequence[Described]
    """Those that looked."""
    findings: Sequence[Finding]
    """Those that the baseline does not know, in the order in which they were made."""
    accepted: int = 0
    """Findings that the baseline knows."""
    not_checked: Mapping[str, str] = field(default_factory=dict)
    """Checks that could not look, and why."""
    since: int | None = None
    """Only what came after this position was audited."""
    first_position: int | None = None
    """The first audited event's; None where no whole numbers count all events."""
    last_position: int | None = None
    """The newest event's when the audit began."""
    remarks: Sequence[str] = ()
    """What the store had to say, such as that its order is reconstructed."""
    asker: Sequence[Fact] = ()
    """Who asked, and from where."""
    asked: Sequence[Fact] = ()
    """What settings say of the checks that is not as usual."""
    reducers: Sequence[Fact] = ()
    """By which reducers states were rebuilt, with their digests."""

    def count(self, severity: Severity) -> int:
        """How many findings are of a severity."""
        return sum(1 for finding in self.findings if finding.severity is severity)


def audit_document(report: AuditReport) -> Document:
    """The report as plain sections."""
    found = len(report.findings)
    events, aggregates = ("" if number == 1 else "s" for number in (report.events, report.aggregates))
    scope = f"{report.events:,} event{events} of {report.aggregates:,} aggregate{aggregates}"
    if report.since is not None:
        scope += f" after position {report.since}"
    method = (_METHOD,) if report.since is None else (_METHOD, _METHOD_SINCE)
    return Document(
        kicker=AUDIT,
        title=report.store.name,
        subtitle=f"{found:,} finding{'' if found == 1 else 's'} in {scope}",
        made=report.made,
        tool_version=report.tool_version,
        store=report.store.label,
        figures=(
            *(Fact(each.text.title(), report.count(each), Kind.INTEGER) for each in sorted(Severity, reverse=True)),
            Fact("Events", report.events, Kind.INTEGER),
            Fact("Aggregates", report.aggregates, Kind.INTEGER),
        ),
        facts=(
            *report.asker,
            Fact("Database", report.store.database),
            Fact("Layout", f"{report.store.layout_title} ({report.store.layout})"),
            *_positions(report),
            Fact("Accepted as known", report.accepted, Kind.INTEGER),
        ),
        warnings=tuple(report.remarks),
        sections=(_findings(report), _checks(report), _asked(report), Section("Method", tuple(map(Paragraph, method)))),
    )


def _positions(report: AuditReport) -> Iterator[Fact]:
    named = (("Audited after position", report.since), ("First position", report.first_position))
    for label, position in (*named, (LAST_POSITION, report.last_position)):
        if position is not None:
            yield Fact(label, position, Kind.INTEGER)


def _asked(report: AuditReport) -> Section:
    asked = Facts(report.asked) if report.asked else Paragraph("All checks, as they come without settings.")
    return Section("What was asked", (asked, *([Facts(report.reducers)] if report.reducers else [])))


def _findings(report: AuditReport) -> Section:
    rows = Mapped(report.findings, _row)
    columns = in_numbers(_COLUMNS, rows, ("position",))
    table = Table("findings", "Findings", columns, rows, empty="Nothing was found.")
    return Section("Findings", (table,), note=f"{len(report.findings):,}")


def _row(finding: Finding) -> Row:
    return (
        finding.severity.text,
        finding.check,
        finding.aggregate_id,
        finding.aggregate_type,
        finding.version,
        finding.position,
        finding.message,
        dict(finding.evidence),
        finding.key,
    )


def _checks(report: AuditReport) -> Section:
    counts: dict[str, int] = {}
    for finding in report.findings:
        counts[finding.check] = counts.get(finding.check, 0) + 1
    once = {check.name: check for check in report.checks}
    rows: list[Row] = [
        (check.name, check.chosen.text, counts.get(check.name, 0), check.looks_for, check.why, check.todo)
        for check in once.values()
        if check.name in counts or check.name not in report.not_checked
    ]
    blocks: list[Table | Note] = [
        Note(f"{name} was not checked: {why}.") for name, why in sorted(report.not_checked.items())
    ]
    blocks.append(Table("checks", "Checks", _CHECKS, rows))
    return Section("Checks", tuple(blocks), note=f"{len(rows):,}")
