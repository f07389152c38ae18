"""Projections of stores: what is in the tables is what a few lines of plain Python make of the same events."""

import json
import sqlite3
import subprocess
import sys
from collections import defaultdict
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from helpers_foreign import script_file
from helpers_projections import Row, run, shop_files, shop_rows, tables, write_store

from esviewer.app import consent, projecting
from esviewer.app.exporting.run import Asked, export
from esviewer.app.masking import OFF
from esviewer.app.projecting import Wanted, preview, project
from esviewer.app.satisfying import condition, satisfying
from esviewer.app.session import open_session
from esviewer.errors import UsageError
from esviewer.model.instant import parse
from esviewer.projections.file import load_projections
from esviewer.projections.local import run_alone
from esviewer.projections.passing import Job, Told
from esviewer.projections.result import Filter, Result, Sorting
from esviewer.projections.sink import Counts
from esviewer.stores import reading
from esviewer.stores.reading import Part


def by_hand(rows: list[Row]) -> dict[str, list[tuple[Any, ...]]]:
    """The shop's tables, without their heads."""
    versions: dict[str, int] = defaultdict(int)
    carts: dict[str, dict[str, Any]] = {}
    sales: dict[str, list[Any]] = {}
    additions = []
    for position, (cart, kind, time, data, actor) in enumerate(rows, 1):
        versions[cart] += 1
        state = carts.setdefault(cart, {"items": {}, "total": 0})
        state["at"] = (versions[cart], time)
        if kind == "ShoppingCartOpened":
            state |= {"clientId": data["clientId"], "status": "Opened"}
        elif kind == "ShoppingCartCancelled":
            state["status"] = "Cancelled"
        else:
            sign = 1 if kind == "ProductItemAdded" else -1
            product, quantity = data["productId"], data["quantity"]
            state["items"][product] = state["items"].get(product, 0) + sign * quantity
            state["total"] += sign * quantity
            sale = sales.setdefault(product, [0, position, time, None, None, 0, [], None])
            sale[0] += 1
            sale[3:6] = position, time, sale[5] + sign * quantity
            if sign > 0:
                sale[6].append(cart)
                sale[7] = quantity
            if quantity > 1:
                additions.append((cart, versions[cart], time, product, quantity, actor, kind, None))
    return {
        "carts": [
            (cart, *state["at"], state["clientId"], state["status"], len(state["items"]), dumped(state["items"]),
             state["total"], None)
            for cart, state in sorted(carts.items())
            if state["status"] != "Cancelled"
        ],
        "sales": [
            (product, *sale[:6], dumped(sale[6]), sale[7], product, None) for product, sale in sorted(sales.items())
        ],
        "additions": additions,
    }  # fmt: skip


def dumped(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_the_tables_are_those_made_by_hand(tmp_path: Path):
    rows = shop_rows()
    write_store(tmp_path / "store.db", rows)
    done = run(shop_files(tmp_path), tmp_path / "store.db", tmp_path / "out.duckdb")
    found = tables(tmp_path / "out.duckdb")
    expected = by_hand(rows)
    assert {name: each[1:] for name, each in found.items() if not name.endswith("_problems")} == expected
    assert found["carts"][0] == (
        "aggregate_id VARCHAR", "version BIGINT", "timestamp VARCHAR", "client VARCHAR", "status VARCHAR",
        "lines BIGINT", "items VARCHAR", "total BIGINT", "problems VARCHAR",
    )  # fmt: skip
    assert all(found[f"{name}_problems"][1:] == [] for name in expected)
    assert done.facts["events"] == len(rows)
    assert done.rows == sum(map(len, expected.values()))
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_several_processes_make_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    write_store(tmp_path / "store.db", shop_rows(40))
    file = shop_files(tmp_path)
    alone = run(file, tmp_path / "store.db", tmp_path / "one.duckdb")
    both = run(file, tmp_path / "store.db", tmp_path / "two.duckdb", processes=2)
    assert alone.facts["processes"] == 1
    assert both.facts["processes"] == 2
    assert tables(tmp_path / "one.duckdb") == tables(tmp_path / "two.duckdb")


@pytest.mark.parametrize(("least", "number"), [(10, 2), (100_000, 8)])
def test_where_each_part_is_sorted_anew_there_are_no_more_than_processes(
    least: int, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "_WORTH_PARTING", 10)
    monkeypatch.setattr(reading, "_WORTH_SORTING", least)
    write_store(tmp_path / "store.db", shop_rows(200))
    file = shop_files(tmp_path)
    divided = []

    def alone(job: Job, parts: list[Part], processes: int, context: object, told: Told, work: None) -> Counts:
        divided.append(len(parts))
        with closing(open_session(str(tmp_path / "store.db"))) as session:
            return run_alone(job, session, parts, told, work)

    monkeypatch.setattr(projecting, "run_processes", alone)
    run(file, tmp_path / "store.db", tmp_path / "one.duckdb")
    run(file, tmp_path / "store.db", tmp_path / "two.duckdb", processes=2)
    assert divided == [number]
    assert tables(tmp_path / "one.duckdb") == tables(tmp_path / "two.duckdb")


_WITH_A_HEAD_START = """
import sys
from esviewer.app import processes
from esviewer.stores import reading

if __name__ == "__main__":
    processes.WORTH_BYTES, reading._WORTH_PARTING = 1, 1
    from esviewer.cli.main import _run

    status = _run(["projection", *sys.argv[1:], "--no-mask", "--processes", "2"])
    print(processes.context().get_start_method(), status)
"""


def test_processes_with_a_head_start_make_the_same(tmp_path: Path):
    write_store(tmp_path / "s.db", shop_rows())
    file = shop_files(tmp_path)
    run(file, tmp_path / "s.db", tmp_path / "one.duckdb")
    script = tmp_path / "script.py"
    script.write_text(_WITH_A_HEAD_START)
    command = [sys.executable, script, file, tmp_path / "s.db", "--output", tmp_path / "two.duckdb"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.stdout.split() == ["forkserver", "0"], done.stderr
    assert tables(tmp_path / "two.duckdb") == tables(tmp_path / "one.duckdb")
    with closing(Result(tmp_path / "two.duckdb")) as result:
        assert result.tables[0].facts["processes"] == 2


@pytest.mark.parametrize("minute", [0, 1, 2, 3])
def test_as_of_a_time_the_tables_are_those_of_the_events_until_then(minute: int, tmp_path: Path):
    rows = shop_rows(30)
    write_store(tmp_path / "store.db", rows)
    when = f"2026-03-01T00:{minute:02}:30Z"
    early = [row for row in rows if row[2] <= when]
    done = run(shop_files(tmp_path), tmp_path / "store.db", tmp_path / "out.duckdb", as_of=parse(when))
    found = tables(tmp_path / "out.duckdb")
    assert {name: found[name][1:] for name in ("carts", "sales", "additions")} == by_hand(early)
    assert done.facts["events"] == len(early)
    assert done.facts["events_left_out"] == len(rows) - len(early)


@pytest.mark.parametrize("position", [0, 1, 13, 50, 10_000])
def test_at_a_position_the_tables_are_those_of_the_events_until_then(position: int, tmp_path: Path):
    rows = shop_rows(15)
    write_store(tmp_path / "store.db", rows)
    run(shop_files(tmp_path), tmp_path / "store.db", tmp_path / "out.duckdb", at_position=position)
    found = tables(tmp_path / "out.duckdb")
    assert {name: found[name][1:] for name in ("carts", "sales", "additions")} == by_hand(rows[:position])


def test_where_versions_and_times_disagree_the_highest_version_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """As `state --as-of` has it: what lies below that version is in the state, whatever its time."""
    times = ["2026-01-01", "2026-01-05", "2026-01-06", "2026-01-02", "2026-01-09", "2026-01-03", "2026-01-08"]
    rows: list[Row] = [("a-1", "Added", f"{time}T00:00:00Z", {"n": 10**n}, None) for n, time in enumerate(times)]
    write_store(tmp_path / "store.db", rows)
    file = tmp_path / "p.toml"
    file.write_text('[[projection]]\nname = "p"\nreducer = "r.toml"\n[projection.columns]\nsum = "state.sum"\n')
    (tmp_path / "r.toml").write_text('[[on]]\nevent = "Added"\nincrement = { sum = "data.n" }\n')
    for most in (5_000, 1):
        # Those that wait are read anew where they are many.
        monkeypatch.setattr("esviewer.projections.mapping.MOST_WAITING", most)
        for day, version, total in (("02", 4, 1111), ("03", 6, 111111), ("05", 6, 111111), ("08", 7, 1111111)):
            done = run(file, tmp_path / "store.db", tmp_path / "o.duckdb", as_of=parse(f"2026-01-{day}T12:00:00Z"))
            [_, row] = tables(tmp_path / "o.duckdb")["p"]
            assert (row[1], row[3]) == (version, total)
            assert done.facts["disordered"] == 1


def test_what_goes_wrong_is_listed_counted_and_marked(tmp_path: Path):
    rows: list[Row] = [
        ("a-1", "Added", "2026-01-01T00:00:00Z", {"n": 1, "k": "x"}, None),
        ("a-1", "Added", "2026-01-01T00:00:01Z", {"n": "one", "k": "x"}, None),
        ("a-1", "Other", "2026-01-01T00:00:02Z", {}, None),
        ("a-2", "Added", "2026-01-01T00:00:03Z", "{broken", None),
        ("a-2", "Added", "2026-01-01T00:00:04Z", {"n": 2, "k": "y"}, None),
        ("a-3", "Added", "2026-01-01T00:00:05Z", {"n": 3, "k": "y", "flag": "high"}, None),
    ]
    write_store(tmp_path / "store.db", rows)
    (tmp_path / "r.toml").write_text(
        '[[on]]\nevent = "Added"\nincrement = { sum = "data.n" }\nset = { flag = "data.flag" }\n'
    )
    file = tmp_path / "p.toml"
    file.write_text(
        """
        [[projection]]
        name = "states"
        reducer = "r.toml"
        [projection.columns]
        sum = "state.sum"
        less = "state.flag + 1"
        [[projection]]
        name = "some"
        reducer = "r.toml"
        where = "state.flag > 1"
        [[projection]]
        name = "keys"
        kind = "event"
        key = "data.k"
        [[projection.on]]
        event = "Added"
        increment = { sum = "data.n" }
        [projection.columns]
        sum = "state.sum"
        bad = "state.sum + key"
        [[projection]]
        name = "log"
        kind = "log"
        event = "Added"
        where = "data.n > 0"
        [projection.columns]
        k = "data.k + 1"
        """
    )
    done = run(file, tmp_path / "store.db", tmp_path / "o.duckdb")
    found = tables(tmp_path / "o.duckdb")
    assert [row[0] for row in found["states"][1:]] == ["a-1", "a-2", "a-3"]
    assert [row[3] for row in found["states"][1:]] == [1, 2, 3]
    marks = [row[-1] for row in found["states"][1:]]
    assert "version 2: " in marks[0]
    assert "1 event has no rule: Other" in marks[0]
    assert [row for row in found["states_problems"][1:] if "no rule" in row[2]] == [
        ("a-1", 3, "1 event has no rule: Other")
    ]
    assert "version 1: " in marks[1]
    assert marks[2].startswith("column less: ")
    assert {(row[0], row[1]) for row in found["states_problems"][1:]} == {
        ("a-1", 2), ("a-1", 3), ("a-2", 1), ("a-2", 2), ("a-3", 1)
    }  # fmt: skip
    # Whether a row belongs there can't be told of any of them.
    assert found["some"][1:] == []
    assert [row[0] for row in found["some_problems"][1:]] == ["a-1", "a-2", "a-3"]
    assert [row[0] for row in found["keys"][1:]] == ["x", "y"]
    assert [row[1] for row in found["keys"][1:]] == [2, 2]
    assert "a-1 version 2" in found["keys"][1][-1]
    assert {(row[0], row[1]) for row in found["keys_problems"][1:]} == {("a-1", 2), ("a-2", 1), (None, None)}
    assert [(row[0], row[1]) for row in found["log"][1:]] == [("a-1", 1), ("a-2", 2), ("a-3", 1)]
    assert {(row[0], row[1]) for row in found["log_problems"][1:]} == {
        ("a-1", 1), ("a-1", 2), ("a-2", 1), ("a-2", 2), ("a-3", 1)
    }  # fmt: skip
    assert [(each.name, each.untold) for each in done.tables] == [("states", 0), ("some", 3), ("keys", 1), ("log", 2)]
    assert done.facts["without_rule"] == {"rules": {"Other": 1}}


TYPED = {
    "int": ([1, -5, None, 2**62], "BIGINT", [1, -5, None, 2**62]),
    "huge": ([1, 2**70], "DECIMAL(38,0)", [Decimal(1), Decimal(2**70)]),
    "vast": ([1, 10**60], "VARCHAR", ["1", str(10**60)]),
    "float": ([1.5, 2.25], "DOUBLE", [1.5, 2.25]),
    "float and int": ([1.5, 2], "DOUBLE", [1.5, 2.0]),
    "price": (["1.10", "1.5", "20"], "DECIMAL(4,2)", [Decimal("1.10"), Decimal("1.50"), Decimal("20.00")]),
    "far apart": (["1e300", "1.10"], "VARCHAR", ["1e300", "1.10"]),
    "beyond floats": ([0.5, 2**53 + 1], "DECIMAL(17,1)", [Decimal("0.5"), Decimal(2**53 + 1)]),
    "truth": ([True, False, None], "BOOLEAN", [True, False, None]),
    "text": (["a", "", "1"], "VARCHAR", ["a", "", "1"]),
    "nested": ([{"a": [1, 2.5]}, []], "VARCHAR", ['{"a":[1,2.5]}', "[]"]),
    "mixed": ([1, "1", None, True, [1], 1.5], "VARCHAR", ["1", '"1"', None, "true", "[1]", "1.5"]),
    "nothing": ([None], "VARCHAR", [None]),
}


@pytest.mark.parametrize("name", TYPED)
def test_columns_have_the_type_that_holds_all_of_their_values(name: str, tmp_path: Path):
    values, kind, expected = TYPED[name]
    written = [each if name in ("price", "far apart") else json.dumps(each) for each in values]
    rows: list[Row] = [
        (f"a-{number}", "Set", "2026-01-01T00:00:00Z", f'{{"x": {each}}}', None) for number, each in enumerate(written)
    ]
    write_store(tmp_path / "store.db", rows)
    file = tmp_path / "p.toml"
    file.write_text('name = "p"\n[columns]\n"the x" = "state.x"\n')
    run(file, tmp_path / "store.db", tmp_path / "o.duckdb")
    heads, *found = tables(tmp_path / "o.duckdb")["p"]
    assert heads[3] == f"the x {kind}"
    assert [row[3] for row in found] == expected
    assert all(type(row[3]) is type(each) for row, each in zip(found, expected, strict=True))


def test_forms_hold_the_same(tmp_path: Path):
    rows = shop_rows()
    rows[1] = ("cart-001", "ShoppingCartOpened", rows[1][2], {"clientId": "=cmd|' /C calc'!A0"}, None)
    write_store(tmp_path / "store.db", rows)
    file = shop_files(tmp_path)
    run(file, tmp_path / "store.db", tmp_path / "o.duckdb")
    expected = {name: found[1:] for name, found in tables(tmp_path / "o.duckdb").items()}

    run(file, tmp_path / "store.db", tmp_path / "o.sqlite")
    with closing(sqlite3.connect(tmp_path / "o.sqlite")) as connection:
        for name, own in expected.items():
            assert connection.execute(f'SELECT * FROM "{name}"').fetchall() == own
        facts = json.loads(connection.execute("SELECT facts FROM esviewer").fetchone()[0])
    assert facts["events"] == len(rows)

    import duckdb
    import pyarrow.parquet as pq

    done = run(file, tmp_path / "store.db", tmp_path / "o.parquet")
    assert [path.name for path in done.files] == ["o.carts.parquet", "o.sales.parquet", "o.additions.parquet"]
    for name in ("carts", "sales", "additions"):
        assert duckdb.connect().execute(f"FROM '{tmp_path}/o.{name}.parquet'").fetchall() == expected[name]
        kept = pq.read_schema(tmp_path / f"o.{name}.parquet").metadata
        assert json.loads(kept[b"esviewer"])["table"]["name"] == name

    run(file, tmp_path / "store.db", tmp_path / "o.csv")
    text = (tmp_path / "o.carts.csv").read_text()
    assert text.startswith("aggregate_id,version,timestamp,client,status,lines,items,total,problems\n")
    assert ",'=cmd|' /C calc'!A0," in text
    assert json.loads((tmp_path / "o.carts.csv.esviewer.json").read_text())["table"]["name"] == "carts"


def test_a_preview_shows_what_the_tables_will_be(tmp_path: Path):
    rows = shop_rows(20)
    write_store(tmp_path / "s.db", rows)
    session = open_session(str(tmp_path / "s.db"))
    file = load_projections(shop_files(tmp_path))
    found = preview(session, file)
    shown = {each.projection.name: [tuple(map(_as_text, row)) for row in each.rows] for each in found}
    assert shown == by_hand(rows)
    assert all(each.whole and not each.problems and each.events == len(rows) for each in found)
    when = "2026-03-01T00:00:40Z"
    found = preview(session, file, as_of=parse(when), events=30)
    assert not any(each.whole for each in found)
    assert [each.projection.name for each in found] == ["carts", "sales", "additions"]
    session.close()


def _as_text(value: Any) -> Any:
    return dumped(value) if isinstance(value, dict | list) else value


def test_the_store_is_never_written(tmp_path: Path):
    write_store(tmp_path / "s.db", shop_rows(6))
    session = open_session(str(tmp_path / "s.db"))
    export(session, Asked(tmp_path / "o.carts.parquet", "parquet"), OFF)
    session.close()
    before = (tmp_path / "o.carts.parquet").read_bytes()
    for store in (tmp_path / "o.carts.parquet", tmp_path / "*.parquet"):
        with pytest.raises(UsageError, match="is never written"):
            run(shop_files(tmp_path), store, tmp_path / "o.parquet")
    assert [path.name for path in tmp_path.glob("*.parquet")] == ["o.carts.parquet"]
    assert (tmp_path / "o.carts.parquet").read_bytes() == before


def test_an_ending_that_is_no_form_is_refused(tmp_path: Path):
    write_store(tmp_path / "store.db", shop_rows(2))
    with pytest.raises(UsageError, match="does not say what to write"):
        run(shop_files(tmp_path), tmp_path / "store.db", tmp_path / "o.txt")


def test_a_result_is_read_sorted_filtered_and_grouped(tmp_path: Path):
    rows = shop_rows(30)
    write_store(tmp_path / "store.db", rows)
    run(shop_files(tmp_path), tmp_path / "store.db", tmp_path / "o.duckdb")
    expected = by_hand(rows)["carts"]
    result = Result(tmp_path / "o.duckdb")
    assert [each.name for each in result.tables] == ["carts", "sales", "additions"]
    view = result.view("carts")
    assert len(view) == len(expected)
    assert view.rows(3, 8) == expected[3:8]
    view = result.view(
        "carts",
        filters=[Filter("client", "contains", "CLIENT 1"), Filter("total", ">", "2")],
        sorting=[Sorting("total", descending=True), Sorting("aggregate_id")],
    )
    wanted = [row for row in expected if row[3] == "client 1" and row[7] > 2]
    assert view.rows(0, 100) == sorted(wanted, key=lambda row: (-row[7], row[0]))
    counted = defaultdict(lambda: [0, 0])
    for row in expected:
        counted[row[3]][0] += 1
        counted[row[3]][1] += row[7]
    grouped = result.grouped("carts", ["client"], [("count", ""), ("sum", "total")])
    assert sorted(grouped) == sorted((client, *each) for client, each in counted.items())
    with pytest.raises(UsageError, match="no column"):
        result.view("carts", sorting=[Sorting("none")])
    result.close()


def test_the_order_of_the_parts_of_where_changes_nothing(tmp_path: Path):
    rows: list[Row] = [
        ("order-1", "Made", "2026-01-01T00:00:00Z", {"x": 1}, None),
        ("order-2", "Made", "2026-01-01T00:00:01Z", {"x": "one"}, None),
        ("order-3", "Made", "2026-01-01T00:00:02Z", {"x": 0}, None),
        ("other-1", "Made", "2026-01-01T00:00:03Z", {"y": 1}, None),
        ("other-2", "Made", "2026-01-01T00:00:04Z", "{broken", None),
    ]
    write_store(tmp_path / "store.db", rows)
    file = tmp_path / "p.toml"
    made = []
    for state, log in (
        ("state.x > 0 and aggregate_type == 'order'", "data.x > 0 and event.aggregate_type == 'order'"),
        ("aggregate_type == 'order' and state.x > 0", "event.aggregate_type == 'order' and data.x > 0"),
    ):
        file.write_text(
            f'[[projection]]\nname = "p"\nwhere = "{state}"\n[projection.columns]\nx = "state.x"\n'
            f'[[projection]]\nname = "l"\nkind = "log"\nwhere = "{log}"\n[projection.columns]\nx = "data.x"\n'
            f'[[projection]]\nname = "k"\nkind = "event"\nkey = "data.x"\nwhere = "{log}"\n'
            '[[projection.on]]\nevent = "Made"\nincrement = { n = "data.x" }\n'
        )
        done = run(file, tmp_path / "store.db", tmp_path / "o.duckdb")
        assert [(each.rows, each.untold) for each in done.tables] == [(1, 1)] * 3
        made.append(tables(tmp_path / "o.duckdb"))
    assert made[0] == made[1]
    assert [row[0] for row in made[0]["p"][1:]] == ["order-1"]
    assert [row[0] for row in made[0]["p_problems"][1:]] == ["order-2"]
    # States that `where` leaves out by their aggregate are not made, so nothing is said of them.
    assert done.facts["inferred"] == ["order"]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_names_that_are_long_for_files_stay_different(ending: str, tmp_path: Path):
    write_store(tmp_path / "store.db", shop_rows(2))
    file = tmp_path / "p.toml"
    names = ["名" * 99 + "一", "名" * 99 + "二", "short"]
    file.write_text("".join(f'[[projection]]\nname = "{name}"\n' for name in names), encoding="utf-8")
    done = run(file, tmp_path / "store.db", tmp_path / f"o.{ending}")
    assert len({each for each in done.files if each.suffix == f".{ending}"}) == 3
    assert all(each.is_file() for each in done.files)
    assert tmp_path / f"o.short.{ending}" in done.files


def test_what_could_not_be_rebuilt_has_a_row_and_is_counted_listed_and_marked(tmp_path: Path):
    """A program crashes at one aggregate: the others go on, and nothing is dropped, whatever is asked of states."""
    rows: list[Row] = [
        (f"{kind}-{number}", "Made", f"2026-01-01T00:00:0{number}Z", {"n": number}, None)
        for kind in ("counter", "other")
        for number in (1, 2, 3)
    ]
    write_store(tmp_path / "store.db", rows)
    (tmp_path / "code").mkdir()
    program = script_file(
        tmp_path / "code",
        'def on_event(state, event):\n    if event["aggregate_id"].endswith("-2"):\n        os._exit(7)\n'
        '    return {"n": event["version"]}\nserve(on_event)\n',
    )
    consent.trust(program)
    session = open_session(str(tmp_path / "store.db"), reducers=[str(program)])
    file = tmp_path / "p.toml"
    file.write_text(
        '[[projection]]\nname = "all"\n[projection.columns]\nn = "state.n"\n'
        '[[projection]]\nname = "none"\nwhere = "state.n > 100"\n'
        '[[projection]]\nname = "counters"\nwhere = "state.n > 100 and aggregate_type == \'counter\'"\n'
    )
    try:
        done = project(session, load_projections(file), tmp_path / "o.duckdb", Wanted(processes=1))
        told = satisfying(session, condition("state.n == 1 and aggregate_type == 'counter'"), lambda _: None)
    finally:
        session.close()
    found = tables(tmp_path / "o.duckdb")
    assert [row[0] for row in found["all"][1:]] == sorted(row[0] for row in rows)
    failed = {row[0]: row[-1] for row in found["all"][1:] if row[-1] is not None}
    assert set(failed) == {"counter-2", "other-2"}
    assert all(text.startswith("could not be rebuilt: ") for text in failed.values())
    assert [row[3] for row in found["all"][1:]] == [1, None, 1, 1, None, 1]
    assert [row[0] for row in found["all_problems"][1:]] == sorted(failed)
    # Of a state that there is none of it can't be told whether it satisfies; of what it can't be, it is.
    assert [row[0] for row in found["none"][1:]] == ["counter-2", "other-2"]
    assert [row[0] for row in found["counters"][1:]] == ["counter-2"]
    assert [(each.rows, each.problems) for each in done.tables] == [(6, 2), (2, 2), (1, 1)]
    assert (told.found, told.untold, [each[0] for each in told.reasons]) == (2, 1, ["counter-2"])
