"""Documents to render: one with every sort of block, kind of column and awkward figure."""

from esviewer.model.change import Change
from esviewer.model.instant import parse
from esviewer.model.values import MISSING, Number
from esviewer.report.document import (
    Chart,
    Code,
    Column,
    Diff,
    Document,
    Fact,
    Facts,
    JsonBlock,
    Kind,
    Note,
    Paragraph,
    Section,
    Series,
    Table,
)

TIMES = (
    parse("2026-11-22T14:34:00.5+09:00"),
    parse("2026-11-22T05:35:00"),
    parse("1969-07-20T20:17:40.123456789Z"),
    None,
)
COLUMNS = (
    Column("name", "Name"),
    Column("count", "Count", Kind.INTEGER),
    Column("amount", "Amount", Kind.NUMBER),
    Column("at", "Recorded at", Kind.TIME),
    Column("value", "Value", Kind.JSON),
    Column("path", "Path", Kind.PATH),
    Column("severity", "Severity", Kind.SEVERITY),
)
ROWS = (
    ("plain", 1, 2.5, TIMES[0], {"a": [1, 2.50, None]}, ("items", 0, "a/b~c"), "error"),
    ("日本語 りんご", 9007199254740993, Number("1.10"), TIMES[1], "text", (), "warning"),
    ("=1+1", -5, -0.1, TIMES[2], None, ("x",), "info"),
    ("| pipe ` tick * star_", 2**70, Number("1e-400"), TIMES[3], True, None, "error"),
    ("", None, None, None, MISSING, None, None),
    ("long" * 40, 123456789012345, 1e22, TIMES[0], {"k": "v" * 150}, ("deep",) * 9, "info"),
    ("<b>bold</b> &amp;", 0, 0.0, TIMES[0], [], ("",), "warning"),
    ("'quoted", 1000, 1e-7, TIMES[0], -3, ("1",), "info"),
)
CHANGES = (
    Change(("a", "b"), MISSING, {"new": Number("1.10")}),
    Change(("list", 3), "old", None),
    Change((), {"gone": 2**64}, MISSING),
)
RECORDS = (
    Column("version", "Version", Kind.INTEGER),
    Column("type", "Type"),
    Column("at", "Time", Kind.TIME),
    Column("actor", "By"),
    Column("trouble", "Trouble", alarm=True),
    Column("data", "Data", Kind.JSON),
    Column("raw", "Raw bytes", Kind.BYTES),
    Column("changes", "Changes", Kind.CHANGES),
)
RECORD_ROWS = (
    (1, "Opened", TIMES[0], "alice", None, {"total": 9007199254740993}, None, CHANGES),
    (2, "変更", TIMES[1], None, "no rule", [1, {"x": None}], None, ()),
    (3, "Broken", None, "=cmd", "not JSON", MISSING, b"\x00\xff{", ()),
)


def document_of(text: str = "text", **changed: object) -> Document:
    """A document with `text` in every place that a stranger can fill."""
    grid = Table(
        "findings", f"Findings {text}", COLUMNS, (*ROWS, (text, 7, 7, TIMES[0], {text: text}, (text,), "info"))
    )
    records = Table("events", "", RECORDS, (*RECORD_ROWS, (4, text, None, text, text, text, None, ())), "records")
    chart = Chart(
        f"Balance {text}",
        "step",
        [
            Series(f"amount {text}", [(TIMES[2], 1), (TIMES[1], Number("2.50")), (TIMES[0], 2**70)]),
            Series("other", [(TIMES[2], 3), (TIMES[1], None), (TIMES[0], -4)]),
        ],
        "Time",
        "EUR",
    )
    bars = Chart("Events by type", "bar", [Series("", [("Opened", 3), (text, 10), ("変更", 0)])])
    sections = [
        Section("Scope", [Paragraph(f"First line.\nSecond line: {text}"), Note(text), Note("careful", "warning")]),
        Section("Details", [Facts([Fact("Digest", "sha256:" + "0a" * 32), Fact(text, 12, Kind.INTEGER)])], 2, text),
        Section("Findings", [grid]),
        Section("Events", [records]),
        Section("Nothing", [Table("nothing", "", COLUMNS[:2], (), empty="No rows at all.")], 2),
        Section("State", [JsonBlock("At version 3", {"a": {text: Number("1.10")}, "list": [1, [], {}]})]),
        Section("Diff", [Diff("From 1 to 2", (*CHANGES, Change((text,), text, MISSING))), Diff("2 to 2", ())]),
        Section("Charts", [chart, bars]),
        Section(text, [Code("Check it", f"sha256sum -c <<< '{text}'")], 3),
    ]
    fields: dict[str, object] = {
        "kicker": "Audit report",
        "title": text,
        "subtitle": f"about {text}",
        "made": parse("2026-11-23T09:00:00+09:00"),
        "tool_version": "0.1.0",
        "store": f"/stores/{text}.db",
        "figures": (Fact("Events", 1234567, Kind.INTEGER), Fact("Errors", 2, Kind.INTEGER)),
        "facts": (Fact("Asked for", text), Fact("Newest", TIMES[0], Kind.TIME)),
        "warnings": (f"beware of {text}",),
        "sections": sections,
    }
    return Document(**{**fields, **changed})  # type: ignore[arg-type]


def grid_of(rows: object, columns: tuple[Column, ...] = COLUMNS) -> Document:
    """A document with nothing but one table."""
    return document_of(sections=[Section("Table", [Table("grid", "", columns, rows)])])  # type: ignore[arg-type]
