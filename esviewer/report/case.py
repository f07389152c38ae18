"""A case as a document: what was pinned, how it came to be, and whether the store still says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from esviewer.model.change import Change
from esviewer.model.instant import Instant, parse
from esviewer.model.values import MISSING, Number, Value
from esviewer.report.document import (
    Block,
    Chart,
    Column,
    Document,
    Fact,
    Facts,
    JsonBlock,
    Kind,
    Note,
    Paragraph,
    Row,
    Section,
    Series,
    Table,
)

_TITLES = {
    "state": "State",
    "diff": "Difference",
    "event": "Event",
    "history": "History of fields",
    "finding": "Finding",
}
_HISTORY = (
    Column("version", "Version", Kind.INTEGER),
    Column("time", "Time", Kind.TIME),
    Column("event_type", "Event"),
    Column("actor", "By"),
    Column("path", "Field"),
    Column("op", "Change"),
    Column("old", "Before", Kind.JSON),
    Column("new", "After", Kind.JSON),
)
_CHANGES = (
    Column("op", "Change"),
    Column("path", "Path"),
    Column("old", "Before", Kind.JSON),
    Column("new", "After", Kind.JSON),
)
_METHOD = (
    "Each pin holds the answer that the store gave when it was pinned. States were rebuilt by replaying the "
    "aggregate's events from nothing with the reducer that is named; no stored snapshot was relied on. The digest of "
    "the events is the SHA-256 over the hashes of their canonical forms in order of version: whoever has the store "
    "can compute it again and so see whether one of them was changed, removed or added in between."
)


@dataclass(frozen=True, slots=True)
class PinReport:
    """One pin, and what the store says to it today where it was asked."""

    number: int
    kind: str
    asked: Mapping[str, Any]
    content: Any
    pinned: Mapping[str, Any]
    digest: str
    stands_on: Sequence[Mapping[str, Any]] = ()
    note: str = ""
    verdict: str | None = None
    """None: the store was not asked again."""
    reason: str = ""
    changes: Sequence[Change] = ()
    finding: str | None = None
    """What became of a finding: `still-there`, `changed`, `gone` or `not-checked`; None where nobody looked."""
    rebuilt: Sequence[Mapping[str, Any]] = ()
    """How the states behind a diff or a history came to be."""


@dataclass(frozen=True, slots=True)
class CaseReport:
    """A case, whole."""

    title: str
    note: str
    store: Mapping[str, Any]
    begun: Mapping[str, Any]
    tool_version: str
    made: Instant
    pins: Sequence[PinReport]
    asker: Sequence[Fact] = field(default_factory=tuple)
    remarks: Sequence[str] = ()


def case_document(report: CaseReport) -> Document:
    """The report as plain sections."""
    changed = [pin for pin in report.pins if pin.verdict not in (None, "same", "not-checked")]
    unknown = [pin for pin in report.pins if pin.verdict == "not-checked"]
    warnings = [*report.remarks]
    if unknown:
        warnings.insert(0, f"Whether it still holds can't be told: pin {_numbers(unknown)}.")
    if changed:
        warnings.insert(0, f"The store no longer says what was pinned: pin {_numbers(changed)}.")
    count = len(report.pins)
    asked = any(pin.verdict is not None for pin in report.pins)
    if report.pins and not asked:
        warnings.insert(0, "The store was not asked whether it still says what was pinned.")
    since = (
        Fact("Unchanged", sum(1 for pin in report.pins if pin.verdict == "same"), Kind.INTEGER),
        Fact("Changed since", len(changed), Kind.INTEGER),
    )
    return Document(
        kicker="Case",
        title=report.title,
        subtitle=f"{count:,} pin{'' if count == 1 else 's'} from {report.store.get('name', 'a store')}",
        made=report.made,
        tool_version=report.tool_version,
        store=str(report.store.get("label", "")),
        figures=(Fact("Pins", count, Kind.INTEGER), *(since if asked else ())),
        facts=(
            *report.asker,
            Fact("Begun by", _who(report.begun)),
            Fact("Database", str(report.store.get("database", ""))),
            Fact("Layout", f"{report.store.get('layout_title', '')} ({report.store.get('layout', '')})"),
        ),
        warnings=tuple(warnings),
        sections=tuple(_sections(report)),
    )


def _numbers(pins: Sequence[PinReport]) -> str:
    return ", ".join(str(pin.number) for pin in pins)


def _who(asked: Mapping[str, Any]) -> str:
    name = asked.get("operator") or f"{asked.get('account') or 'unknown'} (account)"
    return f"{name} on {asked.get('host', 'unknown')}, {asked.get('at', '')}"


def _sections(report: CaseReport) -> Iterator[Section]:
    if report.note:
        yield Section("About this case", (Paragraph(report.note),))
    for pin in report.pins:
        yield Section(f"{pin.number}. {_title(pin)}", tuple(_blocks(pin)), note=pin.kind)
    yield Section("Method", (Paragraph(_METHOD),))


def _title(pin: PinReport) -> str:
    asked = pin.asked
    if pin.kind == "diff":
        first, second = asked["from"], asked["to"]
        if first["aggregate_id"] == second["aggregate_id"]:
            between = f"versions {first['version']} and {second['version']} of {first['aggregate_id']}"
        else:
            between = " and ".join(f"version {each['version']} of {each['aggregate_id']}" for each in (first, second))
        return f"{_TITLES['diff']} between {between}"
    if pin.kind == "finding":
        return f"{_TITLES['finding']}: {pin.content.get('check', '')}{_at(asked)}"
    name = _TITLES.get(pin.kind, pin.kind)
    if pin.kind == "history":
        name = f"{name} {', '.join(asked['pointers'])}"
    return f"{name} of {asked['aggregate_id']} at version {asked['version']}"


def _at(asked: Mapping[str, Any]) -> str:
    """Where a finding is, as far as it is anywhere."""
    if asked["aggregate_id"] is None:
        return ""
    version = "" if asked["version"] is None else f" version {asked['version']}"
    return f" at {asked['aggregate_id']}{version}"


def _blocks(pin: PinReport) -> Iterator[Block]:
    if pin.note:
        yield Paragraph(pin.note)
    if pin.verdict == "same":
        yield Note(pin.reason or "The store still says the same.")
    elif pin.verdict is not None:
        yield Note(pin.reason or "The store says something else today.", "warning")
    yield from _contents(pin)
    if pin.changes:
        rows = [_change(change.as_json()) for change in pin.changes]
        yield Table(f"since_{pin.number}", "What is different today", _CHANGES, rows)
    for each in pin.rebuilt:
        yield Facts((Fact("State", f"{each['aggregate_id']} at version {each['version']}"), *_came_to_be(each)))
    facts = [Fact("Pinned by", _who(pin.pinned)), Fact("Digest of the content", pin.digest)]
    facts += [
        Fact(
            f"Events of {each['aggregate_id']}",
            f"{each['events']:,} up to version {each['version']}, {each['digest']}",
        )
        for each in pin.stands_on
    ]
    named = pin.pinned.get("plugins")
    if isinstance(named, list) and named:
        facts.append(Fact("By plug-ins", ", ".join(map(str, named))))
    yield Facts(tuple(facts))


def _contents(pin: PinReport) -> Iterator[Block]:
    content = pin.content
    if pin.kind == "state":
        rebuilt = content["rebuilt"]
        facts = [
            Fact("Time", _time(content["timestamp"]), Kind.TIME),
            *_came_to_be(rebuilt),
        ]
        yield Facts(tuple(facts))
        yield JsonBlock("State", content["state"])
    elif pin.kind == "diff":
        rows = [_change(each) for each in content["changes"]]
        yield Table(f"changes_{pin.number}", "Changes", _CHANGES, rows, empty="Nothing differs.")
    elif pin.kind == "history":
        if pin.asked.get("chart"):
            yield from _chart(pin)
        rows = [
            (
                line["version"],
                _time(line["timestamp"]),
                line["event_type"],
                line["actor"],
                line["path"],
                line["op"],
                line.get("old", MISSING),
                line.get("new", MISSING),
            )
            for line in content
        ]
        yield Table(f"history_{pin.number}", "Changes", _HISTORY, rows)
    else:
        yield JsonBlock(_TITLES.get(pin.kind, "Content"), content)


def _came_to_be(rebuilt: Mapping[str, Any]) -> tuple[Fact, ...]:
    return (
        Fact("Reducer", f"{rebuilt['reducer']}{' (inferred)' if rebuilt.get('inferred') else ''}"),
        Fact("Reducer's digest", rebuilt["reducer_digest"]),
        Fact("Events applied", rebuilt["events_applied"], Kind.INTEGER),
        Fact("Events skipped", len(rebuilt["skipped"]), Kind.INTEGER),
    )


def _change(each: Mapping[str, Any]) -> Row:
    return each["op"], each["path"] or "(root)", each.get("old", MISSING), each.get("new", MISSING)


def _time(text: str | None) -> Instant | None:
    return None if text is None else parse(text)


def _chart(pin: PinReport) -> Iterator[Block]:
    series = []
    without = []
    for pointer in pin.asked["pointers"]:
        points: list[tuple[Value, Value]] = [
            (line["version"], line["new"])
            for line in pin.content
            if line["path"] == pointer and type(line.get("new")) in (int, float, Decimal, Number)
        ]
        if points:
            last = pin.asked["version"]
            if points[-1][0] < last:
                points.append((last, points[-1][1]))
            series.append(Series(pointer, points))
        else:
            without.append(pointer)
    if without:
        yield Note(f"Not in a chart, for its values are masked or are no numbers: {', '.join(without)}.")
    if series:
        yield Chart(f"{', '.join(each.name for each in series)} by version", "step", tuple(series), "Version")
