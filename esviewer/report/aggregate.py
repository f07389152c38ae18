"""One aggregate's audit report as a document."""

from __future__ import annotations

from collections.abc import Iterator

from esviewer.model.values import MISSING
from esviewer.report.as_json import json_pieces
from esviewer.report.document import (
    Block,
    Column,
    Document,
    Fact,
    Facts,
    JsonBlock,
    Kind,
    Mapped,
    Note,
    Paragraph,
    Row,
    Section,
    Table,
    in_numbers,
    shown,
)
from esviewer.report.model import AggregateReport, Asked, SnapshotFacts, Step

_EVENTS = (
    Column("version", "Version", Kind.INTEGER),
    Column("type", "Type"),
    Column("time", "Time", Kind.TIME),
    Column("actor", "By"),
    Column("position", "Position"),
    Column("schema_version", "Schema version"),
    Column("event_id", "Event id"),
    Column("skipped", "Skipped", alarm=True),
    Column("error", "Can’t be decoded", alarm=True),
    Column("data", "Data", Kind.JSON),
    Column("raw_base64", "Raw bytes, base64", Kind.BYTES),
    Column("metadata", "Metadata", Kind.JSON),
    Column("changes", "Changes", Kind.CHANGES),
)
_SKIPPED = (Column("version", "Version", Kind.INTEGER), Column("type", "Type"), Column("reason", "Reason"))
_MASKED = (Column("rule", "Rule"), Column("values", "Values", Kind.INTEGER))
_SNAPSHOTS = (Column("version", "Version", Kind.INTEGER), Column("replay", "Replay"))


def aggregate_document(report: AggregateReport) -> Document:
    """The report as plain sections; its JSON form stays `AggregateReport.as_json`."""
    counts, end, store = report.counts, report.end, report.store
    named = [end.aggregate_type] if end.aggregate_type is not None else []
    at = shown(Kind.TIME, end.timestamp) or "no time"
    return Document(
        kicker="Audit report",
        title=report.asked.aggregate_id,
        subtitle=" · ".join([*named, f"version {end.version}", at]),
        made=report.made,
        tool_version=report.tool_version,
        store=store.label,
        figures=(
            Fact("Events", counts.events, Kind.INTEGER),
            Fact("Applied", counts.applied, Kind.INTEGER),
            Fact("Skipped", counts.skipped, Kind.INTEGER),
            Fact("Stored snapshots", counts.snapshots, Kind.INTEGER),
        ),
        facts=(
            Fact("Asked for", _asked(report.asked)),
            *(Fact(*each) for each in (() if report.asker is None else report.asker.facts())),
            Fact("Database", store.database),
            Fact("Layout", f"{store.layout_title} ({store.layout})"),
            *(
                Fact(label, str(position))
                for label, position in (
                    ("First position", counts.first_position),
                    ("Last position", counts.last_position),
                )
                if position is not None
            ),
        ),
        warnings=report.warnings,
        sections=tuple(_sections(report)),
        own_json=lambda: json_pieces(report),
    )


def _asked(asked: Asked) -> str:
    if asked.as_of is not None:
        which = f"as of {shown(Kind.TIME, asked.as_of)}"
    elif asked.version is not None:
        which = f"at version {asked.version}"
    else:
        which = "at the newest version"
    return f"the state {which}, and every event up to it"


def _sections(report: AggregateReport) -> Iterator[Section]:
    end = report.end
    yield Section("How this state came to be", [_origin(report)])
    gone = Paragraph("The state is null: the aggregate was deleted, or no event has given it a state.")
    state: list[Block] = [gone] if end.state is None else []
    yield Section("State", [*state, JsonBlock("", end.state)], note=f"after version {end.version}")
    steps = Mapped(report.steps, _event)
    columns = in_numbers(_EVENTS, steps, ("position", "schema_version"))
    events = Table("events", "", columns, steps, "records", "There are no events.")
    yield Section("Timeline", [events], note="each event, and what it did to the state")
    skipped = list(report.skipped())
    if skipped:
        table = Table("skipped", "", _SKIPPED, Mapped(skipped, _skipped))
        yield Section("Skipped events", [table], note="they are stored, and changed nothing here")
    if report.snapshots:
        table = Table("snapshots", "", _SNAPSHOTS, Mapped(report.snapshots, _snapshot))
        yield Section("Stored snapshots", [table], note="compared with the replay")
    if report.masked is not None and report.masked.values:
        table = Table("masked", "", _MASKED, [*report.masked.counts])
        yield Section("Masked values", [table], note=f"by {report.masked.rules}")
    yield Section("How to come to this state", list(_check(report)))


def _origin(report: AggregateReport) -> Facts:
    rebuilt = report.end.rebuilt
    inferred = " (inferred: it does not know the rules of the domain)" if rebuilt.inferred else ""
    start = "nothing: every event was replayed"
    if rebuilt.snapshot_version is not None:
        start = f"the stored snapshot at version {rebuilt.snapshot_version}"
    return Facts(
        [
            Fact("Starting point", start),
            Fact("Reducer", f"{rebuilt.reducer}{inferred}"),
            Fact("Reducer’s digest", rebuilt.reducer_digest),
            Fact("Events applied", rebuilt.events_applied, Kind.INTEGER),
            Fact("Events skipped", len(rebuilt.skipped), Kind.INTEGER),
            Fact("State’s digest", report.state_digest),
        ]
    )


def _event(step: Step) -> Row:
    event = step.event
    unreadable = event.error is not None
    return (
        event.version,
        event.type,
        event.timestamp,
        step.actor,
        event.position,
        event.schema_version,
        event.event_id,
        step.skipped,
        event.error,
        MISSING if unreadable else event.data,
        event.raw if unreadable else None,
        event.metadata if event.metadata else MISSING,
        step.changes,
    )


def _skipped(step: Step) -> Row:
    return (step.event.version, step.event.type, step.skipped)


def _snapshot(facts: SnapshotFacts) -> Row:
    return (facts.version, facts.agreement)


def _check(report: AggregateReport) -> Iterator[Block]:
    if report.end.rebuilt.snapshot_version is None:
        yield Paragraph(
            "Take the initial state below and apply the changes of the timeline in their order: + adds, - removes, "
            "~ replaces the value at a path (JSON Pointer, RFC 6901; in lists as in JSON Patch, RFC 6902). "
            "The result is the state above."
        )
    else:
        yield Paragraph("The changes of the timeline lead from one version to the next.")
    yield Paragraph(
        f"Written as JSON in UTF-8 with sorted keys and no white space, the {_which(report)}state has the SHA-256 "
        f"digest {report.state_digest}."
    )
    yield JsonBlock("Initial state", report.initial)
    yield Note(r"Characters that could hide or reorder text are shown as escapes such as \u202e.")


def _which(report: AggregateReport) -> str:
    masked = report.masked
    return "true " if masked is not None and masked.values and masked.state_digest is not None else ""
