"""Event files in place: Parquet, JSON Lines, JSON, CSV, CloudEvents and esviewer's own export."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from helpers_sqlite import Make, Open, row
from sqlalchemy import text

from esviewer.app.exporting.run import Asked, export
from esviewer.app.masking import OFF
from esviewer.app.session import open_session
from esviewer.errors import StoreError, UnknownLayoutError
from esviewer.model.exported import COLUMNS
from esviewer.stores.databases import files
from esviewer.stores.databases.catalog import tables
from esviewer.stores.databases.connection import connect
from esviewer.stores.databases.files import event_files

EXACT = '{"n": 9007199254740993, "d": 1.10, "big": 1180591620717411303424, "tiny": 0.12345678901234567890}'
EXACT_VALUE = {"n": 9007199254740993, "d": Decimal("1.10"), "big": 2**70, "tiny": Decimal("0.12345678901234567890")}


def cloud(number: int, subject: str | None, data: str = EXACT) -> str:
    named = "" if subject is None else f'"subject": "{subject}", '
    return (
        f'{{"specversion": "1.0", "id": "e{number}", "source": "/shop", {named}"type": "ItemAdded",'
        f' "time": "2026-03-0{number}T12:00:00Z", "datacontenttype": "application/json", "data": {data}}}'
    )


def lines(path: Path, *objects: str) -> Path:
    path.write_text("".join(f"{each}\n" for each in objects))
    return path


@pytest.mark.parametrize("form", ["lines", "array", "one", "pretty"])
def test_cloudevents(tmp_path: Path, opened: Open, form: str) -> None:
    events = [cloud(1, "cart-1"), cloud(2, "cart-2"), cloud(3, "cart-1")]
    if form == "lines":
        path = lines(tmp_path / "cart.jsonl", *events)
    else:
        path = tmp_path / "cart.json"
        events = events[:1] if form == "one" else events
        joined = f"[{', '.join(events)}]" if form != "one" else events[0]
        path.write_text(joined.replace(", ", ",\n   ") if form == "pretty" else joined)
    store = opened(path)
    assert store.info().layout == "cloudevents"
    found = list(store.events("cart-1"))
    assert [event.version for event in found] == ([1] if form == "one" else [1, 2])
    assert found[0].data == EXACT_VALUE
    assert found[0].type == "ItemAdded"
    assert found[0].event_id == "e1"
    assert found[0].aggregate_type == "/shop"
    assert found[0].timestamp is not None
    assert found[0].timestamp.isoformat() == "2026-03-01T12:00:00Z"
    assert [event.position for event in store.events()] == list(range(len(events)))


def test_cloudevents_without_subjects_are_their_sources(tmp_path: Path, opened: Open) -> None:
    store = opened(lines(tmp_path / "cart.ndjson", cloud(1, None), cloud(2, None)))
    assert [ref.aggregate_id for ref in store.aggregate_ids()] == ["/shop"]
    assert [event.version for event in store.events("/shop")] == [1, 2]


def test_an_export_reads_back_equal(make: Make, opened: Open, tmp_path: Path) -> None:
    rows = [row(f"a-{number}", version) for number in range(5) for version in (1, 2, 3)]
    original = make(rows, setup=[])
    path = tmp_path / "export.jsonl"
    session = open_session(str(original))
    try:
        assert export(session, Asked(path), OFF).events == 15
    finally:
        session.close()
    first, again = opened(original), opened(path)
    assert again.info().layout == "export"
    assert list(again.events()) == list(first.events())
    assert list(again.events("a-1")) == list(first.events("a-1"))
    assert again.aggregate_ids() == first.aggregate_ids()


@pytest.mark.parametrize("space", ["", " "])
def test_nested_values_are_exact_however_they_are_written(tmp_path: Path, opened: Open, space: str) -> None:
    data = EXACT.replace(" ", space)
    path = lines(
        tmp_path / "stream.jsonl",
        f'{{"streamId":{space}"s-1","eventType":"A","eventNumber":0,"data":{space}{data},"metadata":{{"u": 2.50}}}}',
        '{"streamId":"s-1","eventType":"B","eventNumber":10,"data":1.10,"metadata":null}',
        '{"streamId":"s-1","eventType":"C","eventNumber":9,"data":"text"}',
    )
    store = opened(path)
    assert store.info().layout == "eventfile"
    found = list(store.events("s-1"))
    assert [event.version for event in found] == [0, 9, 10]
    assert found[0].data == EXACT_VALUE
    assert found[0].metadata == {"u": Decimal("2.50")}
    assert (found[1].data, found[2].data) == ("text", Decimal("1.10"))
    assert str(found[2].data) == "1.10"


def test_keys_become_columns(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "odd.jsonl",
        '{"id": "007", "n": 1, "N": 2, "a/b~c": true, "nothing": null, "list": [1], "big": 12345678901234567890}',
        '{"id": "8", "n": null, "list": 3, "line": "x"}',
        "[1, 2]",
    )
    database = connect(str(path))
    try:
        (found,) = database.read(tables)
        rows = database.read(lambda reader: reader.rows(text('SELECT * FROM "odd" ORDER BY file_row')))
    finally:
        database.close()
    kinds = {column.name: column.kind for column in found.columns}
    assert {**kinds, "line": "", "file_row": ""} == {
        "id": "text", "n": "integer", "a/b~c": "text", "list": "text", "big": "text", "line": "", "file_row": "",
    }  # fmt: skip
    by_name = [dict(zip(kinds, each, strict=True)) for each in rows]
    assert [each["id"] for each in by_name] == ["007", "8"]
    assert by_name[0]["big"] == "12345678901234567890"
    assert [each["list"] for each in by_name] == ["[1]", "3"]


def reference_rows(select: str) -> str:
    return (
        "SELECT 'a-' || i % 3 AS aggregate_id, 'Changed' AS event_type, i // 3 AS version,"
        f" TIMESTAMPTZ '2026-03-01 00:00:00Z' + i * INTERVAL 1 SECOND AS timestamp, {select} FROM range(30) t(i)"
    )


@pytest.mark.parametrize(
    "data",
    [
        """'{"d": 1.10, "i": ' || i || '}'""",
        "{'d': 1.10::DECIMAL(10, 2), 'i': i}",
        """encode('{"d": 1.10, "i": ' || i || '}')""",
        """('{"d": 1.10, "i": ' || i || '}')::JSON""",
    ],
)
def test_parquet(tmp_path: Path, opened: Open, data: str) -> None:
    path = tmp_path / "events.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY ({reference_rows(f'{data} AS event_data')}) TO '{path}'")
    before = path.read_bytes()
    store = opened(path)
    assert store.info().events == 30
    assert [event.version for event in store.events("a-1")] == list(range(10))
    first = next(iter(store.events()))
    assert first.data == {"d": Decimal("1.10"), "i": 0}
    assert str(first.data["d"]) == "1.10"
    assert first.timestamp is not None
    assert first.timestamp.isoformat() == "2026-03-01T00:00:00Z"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_files_of_one_pattern_are_one_table(tmp_path: Path, opened: Open) -> None:
    rows = reference_rows("""'{"i": ' || i || '}' AS event_data""")
    with duckdb.connect() as connection:
        for part in range(3):
            rest = f"WHERE version // 4 = {part} ORDER BY timestamp"
            connection.execute(f"COPY (SELECT * FROM ({rows}) {rest}) TO '{tmp_path}/events-{part}.parquet'")
    store = opened(tmp_path / "events-*.parquet")
    assert store.info().events == 30
    assert [event.data["i"] for event in store.events()] == list(range(30))  # type: ignore[index, call-overload]
    database = connect(str(tmp_path / "events-*.parquet"))
    try:
        (found,) = database.read(tables)
        assert found.name == "events"
        counted = database.read(lambda reader: reader.rows(text("SELECT file_row FROM events ORDER BY timestamp")))
    finally:
        database.close()
    assert [each[0] for each in counted] == list(range(30))
    with pytest.raises(StoreError, match="There is no file"):
        connect(str(tmp_path / "other-*.parquet"))


def test_names_that_look_like_patterns(tmp_path: Path, opened: Open) -> None:
    path = lines(tmp_path / "it's [a] file?.jsonl", cloud(1, "x"))
    assert event_files(path) == (path,)
    assert opened(path).info().events == 1


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv(tmp_path: Path, opened: Open, separator: str) -> None:
    names = ["aggregate_id", "event_type", "version", "timestamp", "event_data"]
    data = '"{""d"": 1.10, ""v"": 1}"'
    rows = [["007", "A", str(version), "2026-03-01T00:00:00Z", data] for version in range(12)]
    path = tmp_path / f"events.{'tsv' if separator == chr(9) else 'csv'}"
    path.write_text("\n".join(separator.join(each) for each in [names, *rows]))
    store = opened(path)
    assert [ref.aggregate_id for ref in store.aggregate_ids()] == ["007"]
    assert [event.version for event in store.events("007")] == list(range(12))
    assert [str(event.data["d"]) for event in store.events()] == ["1.10"] * 12  # type: ignore[index, call-overload]


def test_a_file_that_grows_is_read_anew(tmp_path: Path, opened: Open) -> None:
    path = lines(tmp_path / "cart.jsonl", cloud(1, "x"))
    store = opened(path)
    assert store.info().events == 1
    with path.open("a") as file:
        file.write(cloud(2, "x") + "\n")
    assert [event.version for event in store.events("x")] == [1, 2]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"id": 1}\n{"id": \n', "Malformed JSON"),
        ("a.json", b"\xff\xfe\x00", "can't be read"),
        ("a.parquet", b"nothing of this kind, but long enough", "can't be read"),
        ("a.parquet", b"PAR1" + b"\0" * 100 + b"PAR1", "can't be read"),
        ("a.jsonl", b"", "empty file"),
    ],
)
def test_what_is_no_event_file_says_so(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(StoreError, match=message) as raised:
        connect(str(path))
    assert "\n" not in str(raised.value)


def test_deep_objects_end_in_words(tmp_path: Path) -> None:
    path = lines(tmp_path / "deep.jsonl", '{"a": ' * 50_000 + "1" + "}" * 50_000)
    with pytest.raises(StoreError):
        connect(str(path)).read(lambda reader: reader.rows(text('SELECT * FROM "deep"')))


def test_objects_with_ever_new_keys_keep_their_lines(tmp_path: Path) -> None:
    objects = [json.dumps({f"key-{number}-{each}": each for each in range(5)}) for number in range(300)]
    database = connect(str(lines(tmp_path / "keys.jsonl", *objects)))
    try:
        (found,) = database.read(tables)
    finally:
        database.close()
    assert [column.name for column in found.columns] == ["line", "file_row"]


@pytest.mark.parametrize("name", ["store.json", "store.csv", "store.parquet"])
def test_a_database_is_one_whatever_it_is_called(make: Make, opened: Open, name: str) -> None:
    assert opened(make([row("a", 1)], name=name)).info().database.startswith("SQLite")


def test_a_file_that_fits_no_layout(tmp_path: Path, opened: Open) -> None:
    with pytest.raises(UnknownLayoutError):
        opened(lines(tmp_path / "other.jsonl", '{"x": 1}'))


@pytest.mark.parametrize("attack", ["SELECT * FROM read_text('/etc/hostname')", "COPY (SELECT 1) TO '{folder}/x.csv'"])
@pytest.mark.parametrize("write", [lambda path: lines(path / "a.jsonl", '{"x": 1}'), lambda path: parquet(path)])
def test_nothing_but_the_file_is_reached(tmp_path: Path, attack: str, write: Callable[[Path], Path]) -> None:
    database = connect(str(write(tmp_path)))
    try:
        with pytest.raises(StoreError, match="disabled by configuration"):
            database.read(
                lambda reader: reader.connection.connection.cursor().execute(attack.format(folder=tmp_path))
            )
    finally:
        database.close()
    assert not (tmp_path / "x.csv").exists()


def parquet(folder: Path) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS x) TO '{folder}/a.parquet'")
    return folder / "a.parquet"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_little_memory_is_enough_or_more_is_taken(
    form: str, make: Make, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With less than the events take, and with less than DuckDB can do anything with."""
    data = json.dumps({"text": "some words " * 2_000})
    made = make([row(f"a-{number}", 1, data.replace("some", f"{number}")) for number in range(500)])
    path = tmp_path / ("events.jsonl" if form == "cloudevents" else f"events.{form}")
    session = open_session(str(made))
    export(session, Asked(path, form), OFF)
    expected = list(session.store.events())
    session.close()
    tried: list[str] = []
    own = files.FilesDatabase._may_try_again

    def noted(self: files.FilesDatabase, error: BaseException) -> bool:
        tried.append(self._limit)
        return own(self, error)

    monkeypatch.setattr(files.FilesDatabase, "_may_try_again", noted)
    for limit in (files.FEW, "12MB", "1MB"):
        monkeypatch.setattr(files, "FEW", limit)
        assert list(opened(path).events()) == expected
    assert "1MB" in tried
    assert "160MB" not in tried


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1,a-1", "line 2 has 2 cells instead of 13"),
        ('"1,a-1', "line 2 is no CSV"),
        ("1,a-\udce9" + "," * 11, "is no CSV"),
    ],
)
def test_a_broken_export_as_csv_says_where(line: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(f"{','.join(COLUMNS)}\n{line}\n".encode("utf-8", "surrogateescape"))
    with pytest.raises(StoreError, match=said):
        connect(str(path))
