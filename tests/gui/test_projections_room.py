"""The projections room: texts tried out, run and cancelled; results as the command line writes them; masked, filtered,
sorted, grouped, drawn, opened and exported."""

from __future__ import annotations

import csv
import io
import os
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helpers_projections
import pytest
from helpers_projections import CART, shop_files, shop_rows, tables, write_store
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from esviewer.app.drafts import read_draft
from esviewer.gui.projections.result_panel import ResultPanel
from esviewer.gui.projections.room import ProjectionsRoom
from esviewer.gui.projections.rows import RowsModel
from esviewer.projections.result import Result

_TEXT = Qt.ItemDataRole.DisplayRole
STATES = """
name = "carts"
aggregate_type = "cart*"
[columns]
client = "state.clientId"
mail = "state.email"
secret = "state.password"
"""


def command(*arguments: object) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "esviewer", "projection", *map(str, arguments)], capture_output=True, env=os.environ
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A small store whose carts hold something that nobody should read by the way."""
    store = tmp_path / "shop.db"
    rows = shop_rows()
    personal = {"clientId": "client 9", "email": "ada@example.org", "password": "tulip"}
    write_store(store, [*rows, ("cart-100", "ShoppingCartOpened", "2026-03-02T00:00:00Z", personal, None)])
    return store


@pytest.fixture
def enter(driver) -> Callable[..., ProjectionsRoom]:
    """Opens a store in its projections room, with a file or the text it begins with."""

    def act(store: Path, file: Path | None = None) -> ProjectionsRoom:
        driver.open(store)
        driver.window.enter("projections")
        room = driver.window.rooms.room
        assert isinstance(room, ProjectionsRoom)
        settle(driver, room)
        if file is not None:
            room.editor.edit(file)
            driver.until(lambda: room.editor.file == file)
            settle(driver, room)
        return room

    return act


def settle(driver, room: ProjectionsRoom) -> None:
    driver.until(
        lambda: room.editor.settled
        and (room.editor.text.written().strip() or room.editor.problem.text())
        and not room.machine.aside.tasks.busy
        and not room.trial.aside.tasks.busy
        and not room.reader.tasks.busy
    )


def write(driver, room: ProjectionsRoom, text: str) -> None:
    """Replace the text as if it were typed."""
    cursor = QTextCursor(room.editor.text.document())
    cursor.select(QTextCursor.SelectionType.Document)
    cursor.insertText(text)
    settle(driver, room)


def run(driver, room: ProjectionsRoom, qtbot: QtBot) -> None:
    assert room.start.isEnabled()
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(
        lambda: room._run_when_tried is None
        and not room._going
        and not room.aside.tasks.busy
        and not room.reader.tasks.busy
    )
    assert room.result.opened is not None, room.messages.text


def show(driver, room: ProjectionsRoom, table: str) -> None:
    names = [each.name for each in room.result.opened.tables]
    room.result.tables.setCurrentIndex(names.index(table))
    driver.until(lambda: not room.reader.tasks.busy)


def texts(driver, model: RowsModel) -> list[tuple[str, ...]]:
    """All rows as they are shown, each page looked at until it is there."""

    def cells() -> list[tuple[str, ...]]:
        return [
            tuple(model.data(model.index(row, column), _TEXT) for column in range(model.columnCount()))
            for row in range(model.rowCount())
        ]

    driver.until(lambda: all("…" not in row for row in cells()))
    return cells()


def values(model: RowsModel) -> list[tuple[Any, ...]]:
    """All rows as they are."""
    return [model.row(number) for number in range(model.rowCount())]


@pytest.mark.parametrize("cut", [(), ("--as-of", "2026-03-01T00:00:40Z"), ("--at-position", "30")])
def test_a_result_is_what_the_command_line_writes(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot, cut: tuple[str, ...]
) -> None:
    file = shop_files(tmp_path)
    room = enter(shop, file)
    if cut:
        room.options.moment.kind.setCurrentIndex(1 if cut[0] == "--as-of" else 2)
        room.options.moment.line.setText(cut[1])
    run(driver, room, qtbot)
    expected = tmp_path / "expected.duckdb"
    command(file, shop, "--output", expected, "--no-mask", *cut)
    wanted = tables(expected)
    assert stored(room.result_file) == wanted
    for name in ("carts", "sales", "additions"):
        show(driver, room, name)
        texts(driver, room.result.model)
        assert values(room.result.model) == wanted[name][1:]
        heads = [head.rsplit(" ", 1)[0] for head in wanted[name][0]]
        model = room.result.model
        assert [model.headerData(each, Qt.Orientation.Horizontal, _TEXT) for each in range(len(heads))] == heads
    folder = room.result_file.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700 or sys.platform == "win32"


def test_the_text_to_start_from_fits_the_demo_store(driver, enter, demo: Path, qtbot: QtBot) -> None:
    room = enter(demo)
    assert room.editor.parsed is not None
    assert room.trial.found
    run(driver, room, qtbot)
    states = room.result.opened.tables[0]
    assert states.rows == len(values_of(room.result_file, states.name)) > 100
    shown = room.trial.found[1]
    assert {row[0] for row in shown.rows} <= {row[0] for row in values_of(room.result_file, "events by type")}


def stored(file: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What a result's file holds that the window has open: DuckDB opens a file but once in a process."""
    copy = file.with_name("copy.duckdb.tmp")
    shutil.copyfile(file, copy)
    found = tables(copy)
    copy.unlink()
    return found


def values_of(file: Path, table: str) -> list[tuple[Any, ...]]:
    return stored(file)[table][1:]


def test_mistakes_are_marked_at_their_line_and_the_preview_follows(driver, enter, shop: Path) -> None:
    room = enter(shop)
    write(driver, room, STATES)
    rows = texts(driver, room.trial.model)
    assert len(rows) == 13
    assert room.editor.text.wrong_line is None
    write(driver, room, STATES.replace('"state.email"', '"state.email +"'))
    assert room.editor.text.wrong_line == 6
    assert "column mail" in room.editor.problem.text()
    assert not room.start.isEnabled()
    assert "before the mistake" in room.trial.told.full
    assert texts(driver, room.trial.model) == rows
    write(driver, room, STATES + 'more = "state.clientId + 1"\n')
    assert room.editor.text.wrong_line is None
    assert "13 problems, such as" in room.trial.problem.full
    assert room.trial.model.has_problem(0)


def test_what_looks_sensitive_is_masked_on_screen_and_in_what_is_copied(
    driver, enter, shop: Path, qtbot: QtBot
) -> None:
    room = enter(shop)
    write(driver, room, STATES.replace("secret =", "harmless ="))
    assert "tulip" not in str(texts(driver, room.trial.model))
    run(driver, room, qtbot)
    shown = str(texts(driver, room.result.model))
    assert "ada@" not in shown
    assert "tulip" not in shown
    assert "masked" in shown
    assert "the file holds them" in room.result.told.full
    assert "tulip" in str(values(room.result.model))
    room.result.rows.selectAll()
    room.result.rows.copy_rows()
    driver.until(lambda: not room.reader.tasks.busy)
    copied = list(csv.reader(io.StringIO(QApplication.clipboard().text())))
    assert copied[0] == ["aggregate_id", "version", "timestamp", "client", "mail", "harmless", "problems"]
    assert len(copied) == 14
    assert "tulip" not in str(copied)
    assert "ada@" not in str(copied)
    driver.page.machine.reveal()
    assert "tulip" in str(texts(driver, room.result.model))
    driver.page.machine.hide()
    assert "tulip" not in str(texts(driver, room.result.model))


def test_of_a_result_of_unknown_origin_all_is_masked(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "other.toml"
    file.write_text(STATES.replace("secret =", "harmless ="))
    written, masked = tmp_path / "other.duckdb", tmp_path / "masked.duckdb"
    command(file, shop, "--output", written, "--no-mask")
    command(file, shop, "--output", masked)
    room = enter(shop)
    for result, said in ((written, "does not say what"), (masked, "the file itself is masked")):
        room.ask_result_file = lambda result=result: str(result)  # type: ignore[method-assign]
        qtbot.mouseClick(room.open_result, Qt.MouseButton.LeftButton)
        driver.until(lambda result=result: room.result.opened is not None and room.result.opened.file == result)
        driver.until(lambda: not room.reader.tasks.busy)
        rows = texts(driver, room.result.model)
        assert "tulip" not in str(rows)
        assert "ada@" not in str(rows)
        assert said in room.result.told.full
        # Nothing tells what those columns were made of, unless the file itself was masked.
        assert ("client 1" in str(rows)) == (result == masked)


def test_rows_are_sorted_filtered_and_grouped(driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot) -> None:
    room = enter(shop, shop_files(tmp_path))
    run(driver, room, qtbot)
    panel: ResultPanel = room.result
    show(driver, room, "additions")
    everything = values_of(room.result_file, "additions")
    header = panel.rows.horizontalHeader()
    quantity = panel.model.cells.names.index("quantity")
    for order in (sorted, lambda found: sorted(found, reverse=True), None):
        header.sectionClicked.emit(quantity)
        driver.until(lambda: not room.reader.tasks.busy)
        texts(driver, panel.model)
        shown = values(panel.model)
        numbers = [row[quantity] for row in shown]
        assert numbers == (order(numbers) if order else [row[quantity] for row in everything])
        assert sorted(shown, key=str) == sorted(everything, key=str)
    panel.filters.column.setCurrentIndex(quantity)
    panel.filters.operation.setCurrentIndex(panel.filters.operation.findData(">"))
    qtbot.keyClicks(panel.filters.value, "2")
    qtbot.keyClick(panel.filters.value, Qt.Key.Key_Return)
    driver.until(lambda: not room.reader.tasks.busy)
    many = [row for row in everything if row[quantity] > 2]
    texts(driver, panel.model)
    assert values(panel.model) == many
    assert len(many) < len(everything)
    panel.inside.setCurrentWidget(panel.groups)
    panel.groups.by.setCurrentIndex(panel.groups.by.findData("product"))
    driver.until(lambda: not room.reader.tasks.busy)
    assert panel.groups.told.text() == panel.groups.told.full != ""
    panel.groups.measured.setCurrentIndex(panel.groups.measured.findData("quantity"))
    driver.until(lambda: not room.reader.tasks.busy)
    product = panel.model.cells.names.index("product")
    sums: dict[str, list[int]] = {}
    for row in many:
        sums.setdefault(row[product], []).append(row[quantity])
    grouped = {row[0]: (row[1], int(row[2]), row[3], row[4]) for row in values(panel.groups.model)}
    assert grouped == {name: (len(each), sum(each), min(each), max(each)) for name, each in sums.items()}
    heads = [panel.groups.model.headerData(at, Qt.Orientation.Horizontal, _TEXT) for at in range(7)]
    shown_heads = [head for at, head in enumerate(heads) if not panel.groups.table.isColumnHidden(at)]
    assert shown_heads == ["product", "rows", "sum", "least", "greatest", "average"]
    labels, bars = panel.groups.chart.drawn
    assert dict(zip(labels, bars, strict=True)) == {name: len(each) for name, each in sums.items()}
    first = values(panel.groups.model)[0][0]
    panel.groups.table.opened.emit(0)
    driver.until(lambda: not room.reader.tasks.busy)
    texts(driver, panel.model)
    assert panel.inside.currentWidget() is panel.rows
    assert values(panel.model) == [row for row in many if row[product] == first]
    for chip in list(panel.filters.chips):
        assert chip in panel.filters.chips
    while panel.filters.chips:
        qtbot.mouseClick(panel.filters.chips[0], Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.reader.tasks.busy)
    assert panel.model.rowCount() == len(everything)
    panel.inside.setCurrentWidget(panel.numbers)
    panel.numbers.column.setCurrentIndex(panel.numbers.column.findData("quantity"))
    driver.until(lambda: not room.reader.tasks.busy)
    assert sum(panel.numbers.chart.drawn[1]) == len(everything)
    panel.numbers.form.setCurrentIndex(1)
    driver.until(lambda: not room.reader.tasks.busy)
    assert panel.numbers.chart.drawn == [(n, row[quantity], row[quantity]) for n, row in enumerate(everything)]


def test_masked_numbers_are_not_drawn(driver, enter, shop: Path, qtbot: QtBot) -> None:
    room = enter(shop)
    write(driver, room, 'name = "x"\n[columns]\npassword = "version * 1000.5"\n')
    run(driver, room, qtbot)
    room.result.inside.setCurrentWidget(room.result.numbers)
    room.result.numbers.column.setCurrentIndex(room.result.numbers.column.findData("password"))
    driver.until(lambda: not room.reader.tasks.busy)
    assert room.result.numbers.chart.drawn is None
    assert "masked" in room.result.numbers.told.full
    driver.page.machine.reveal()
    driver.until(lambda: room.result.numbers.chart.drawn is not None)


def test_a_row_opens_its_aggregate_at_its_version(driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot) -> None:
    room = enter(shop, shop_files(tmp_path))
    run(driver, room, qtbot)
    show(driver, room, "sales")
    texts(driver, room.result.model)
    room.result.rows.opened.emit(0)
    assert "several aggregates" in room.messages.text
    show(driver, room, "additions")
    texts(driver, room.result.model)
    aggregate_id, version = values(room.result.model)[3][:2]
    room.result.rows.setCurrentIndex(room.result.model.index(3, 0))
    room.result.rows.setFocus()
    qtbot.keyClick(room.result.rows, Qt.Key.Key_Return)
    driver.shows(aggregate_id, version)


def test_a_run_that_is_cancelled_or_fails_leaves_the_former_result(
    driver, enter, demo: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "cart.toml").write_text(CART)
    room = enter(demo)
    write(driver, room, 'name = "orders"\naggregate_type = "order*"\n[columns]\nv = "version"\n')
    run(driver, room, qtbot)
    before, rows = room.result_file.read_bytes(), room.result.opened.tables[0].rows
    write(driver, room, 'name = "all"\n[columns]\nv = "version"\n')
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: room._going and "events" in room.bar.label.full)
    assert room.bar.isVisible()
    qtbot.mouseClick(room.bar.stop, Qt.MouseButton.LeftButton)
    driver.until(lambda: not room.aside.tasks.busy and not room.reader.tasks.busy)
    assert room.result_file.read_bytes() == before
    assert [each.name for each in room.result.opened.tables] == ["orders"]
    assert room.result.opened.tables[0].rows == rows
    assert not [each for each in room.result_file.parent.iterdir() if each.name.endswith(".part")]
    assert room.start.isEnabled()
    room.options.target.show_file(tmp_path / "no" / "such" / "place.csv")
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: "place.csv does not end in .duckdb" in room.messages.text)
    room.options.target.show_file(demo)
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: f"{demo.name} does not end in .duckdb" in room.messages.text)


def test_a_second_run_goes_on_from_the_first(driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot) -> None:
    room = enter(shop, shop_files(tmp_path))
    run(driver, room, qtbot)
    assert "went on" not in room.summary.full
    run(driver, room, qtbot)
    assert "went on from before" in room.summary.full
    expected = tmp_path / "expected.duckdb"
    helpers_projections.run(tmp_path / "shop.toml", shop, expected)
    assert stored(room.result_file) == tables(expected)


def test_a_chosen_file_is_masked_unless_that_is_switched_off(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    room = enter(shop)
    write(driver, room, STATES)
    output = tmp_path / "mine.duckdb"
    room.options.target.show_file(output)
    assert room.options.masked.isVisible()
    assert room.options.masked.isChecked()
    run(driver, room, qtbot)
    assert room.result_file == output
    assert "tulip" not in str(stored(output))
    assert "masked" in str(stored(output))
    room.options.masked.setChecked(False)
    run(driver, room, qtbot)
    assert "tulip" in str(stored(output))
    assert "tulip" not in str(texts(driver, room.result.model))


@pytest.mark.parametrize("ending", ["parquet", "csv", "sqlite", "duckdb"])
def test_exports_are_what_the_command_line_writes(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot, ending: str
) -> None:
    room = enter(shop)
    file = tmp_path / "states.toml"
    file.write_text(STATES)
    room.editor.edit(file)
    driver.until(lambda: room.editor.file == file)
    settle(driver, room)
    run(driver, room, qtbot)
    plain, masked = tmp_path / f"plain.{ending}", tmp_path / f"masked.{ending}"
    room.mask_export.setChecked(False)
    room.export_report(plain)
    driver.until(lambda: "not masked: " in room.messages.text and not room.aside.tasks.busy)
    expected = tmp_path / f"expected.{ending}"
    command(file, shop, "--output", expected, "--no-mask")
    assert content(plain) == content(expected)
    assert "tulip" in str(content(plain))
    room.mask_export.setChecked(True)
    room.export_report(masked)
    driver.until(lambda: "masked: " in room.messages.text and masked.exists() and not room.aside.tasks.busy)
    found = content(masked)
    assert "tulip" not in str(found)
    assert "ada@" not in str(found)
    assert len(found) == len(content(plain))


def content(file: Path) -> Any:
    if file.suffix == ".csv":
        return file.read_text().splitlines()
    if file.suffix == ".duckdb":
        result = Result(file)
        result.close()
        return tables(file)["carts"]
    if file.suffix == ".sqlite":
        import sqlite3

        with sqlite3.connect(file) as connection:
            return connection.execute("SELECT * FROM carts").fetchall()
    import pyarrow.parquet as pq

    return pq.read_table(file).to_pylist()


def test_files_are_saved_offered_again_and_drafts_are_kept(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    room = enter(shop)
    write(driver, room, STATES)
    file = tmp_path / "carts.toml"
    room.editor.ask_save = lambda: str(file)  # type: ignore[method-assign]
    qtbot.mouseClick(room.editor.save_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: room.editor.file == file and not room.editor.modified)
    settle(driver, room)
    assert file.read_text() == STATES
    run(driver, room, qtbot)
    rows = room.result.opened.tables[0].rows
    write(driver, room, STATES + "# more\n")
    driver.window.close_store()
    driver.until(lambda: driver.window.page is None)
    again = enter(shop)
    driver.until(lambda: again.editor.text.written() == STATES + "# more\n")
    assert again.editor.file == file
    assert again.editor.modified
    driver.until(lambda: again.result.opened is not None)
    assert again.result.opened.tables[0].rows == rows
    again.editor.save()
    driver.until(lambda: not again.editor.modified and file.read_text().endswith("# more\n"))
    again.editor._fill_recent()
    assert any("carts.toml" in action.text() for action in again.editor.recent.actions())


def test_what_is_typed_is_kept_within_two_seconds_and_not_at_each_key(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    room = enter(shop)
    write(driver, room, STATES)
    editor, draft = room.editor, room.kept.draft
    driver.until(lambda: read_draft(draft) is not None)
    editor.text.moveCursor(QTextCursor.MoveOperation.End)
    typed: list[tuple[float, str]] = []
    kept: list[str] = []
    begun = time.monotonic()
    while time.monotonic() < begun + 4:  # without a pause in which anything could be looked at
        qtbot.keyClick(editor.text, "#")
        typed.append((time.monotonic(), editor.text.written()))
        qtbot.wait(40)
        found = read_draft(draft)
        assert found is not None
        if found.text not in kept:
            kept.append(found.text)
        late = [text for moment, text in typed if moment < time.monotonic() - 2.2]
        assert not late or found.text.startswith(late[-1])
    assert 2 <= len(kept) <= 5
    assert len(typed) > 20
    # What is saved is no draft any more.
    editor.ask_save = lambda: str(tmp_path / "carts.toml")  # type: ignore[method-assign]
    qtbot.mouseClick(editor.save_button, Qt.MouseButton.LeftButton)
    driver.until(lambda: not editor.modified and not draft.exists())


def test_a_draft_outlives_a_window_that_is_closed_before_it_is_shown(driver, enter, shop: Path) -> None:
    room = enter(shop)
    write(driver, room, STATES + "# left\n")
    driver.window.close_store()
    driver.until(lambda: driver.window.page is None)
    driver.open(shop)
    driver.window.enter("projections")
    room = driver.window.rooms.room
    assert room.editor.text.written() == ""
    driver.window.close_store()
    driver.until(lambda: driver.window.page is None)
    assert enter(shop).editor.text.written() == STATES + "# left\n"


def test_the_windows_moment_is_that_of_the_run(driver, shop: Path, qtbot: QtBot) -> None:
    page = driver.open(shop)
    page.show_as_of("2026-03-01T00:00:40Z")
    driver.window.enter("projections")
    room = driver.window.rooms.room
    settle(driver, room)
    assert room.options.moment.line.text() == "2026-03-01T00:00:40Z"
    write(driver, room, STATES)
    run(driver, room, qtbot)
    assert "as of 2026-03-01T00:00:40Z" in room.result.told.full


def listed(room: ProjectionsRoom) -> dict[str, tuple[str, dict[str, str]]]:
    """What differs, by aggregate: the sign, and the cells that have changed."""
    model = room.compare.model
    found = {}
    for number in range(model.rowCount()):
        each = model.change(number)
        row = each.after or each.before
        heads = room.compare.found.names
        cells = {heads[at]: model.data(model.index(number, at + 1), _TEXT) for at in each.differing}
        found[row[0]] = (model.data(model.index(number, 0), _TEXT), cells)
    return found


def compared(driver, room: ProjectionsRoom) -> None:
    driver.until(
        lambda: not room._going
        and not room.aside.tasks.busy
        and not room.reader.tasks.busy
        and not room.compare.tasks.busy
        and room.compare.found is not None
    )


def test_two_dates_are_compared_and_a_row_is_opened(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    room = enter(shop, shop_files(tmp_path))
    run(driver, room, qtbot)
    room.tabs.setCurrentWidget(room.compare)
    room.options.moment.kind.setCurrentIndex(1)
    room.options.moment.line.setText("2026-03-01T00:00:30Z")
    qtbot.mouseClick(room.compare.run, Qt.MouseButton.LeftButton)
    compared(driver, room)
    early = tmp_path / "early.duckdb"
    command(tmp_path / "shop.toml", shop, "--output", early, "--no-mask", "--as-of", "2026-03-01T00:00:30Z")
    before = {row[0]: row for row in tables(early)["carts"][1:]}
    after = {row[0]: row for row in values_of(room.result_file, "carts")}
    heads = [head.rsplit(" ", 1)[0] for head in tables(early)["carts"][0]]
    expected: dict[str, tuple[str, set[str]]] = {}
    for each in before.keys() | after.keys():
        one, other = before.get(each), after.get(each)
        if one is None or other is None:
            expected[each] = ("+" if one is None else "−", set())
            continue
        differing = {heads[at] for at in range(3, len(heads)) if one[at] != other[at]}
        if differing:
            expected[each] = ("~", differing)
    found = listed(room)
    assert {each: (sign, set(cells)) for each, (sign, cells) in found.items()} == expected
    numbers = room.compare.found
    signs = [sign for sign, _ in expected.values()]
    assert (numbers.added, numbers.removed, numbers.changed) == tuple(signs.count(sign) for sign in "+−~")
    assert numbers.cells == sum(len(cells) for _, cells in expected.values())
    assert numbers.removed > 0
    assert numbers.changed > 0
    changed = next(each for each, (sign, cells) in found.items() if "total" in cells)
    total = heads.index("total")
    assert found[changed][1]["total"] == f"{before[changed][total]} → {after[changed][total]}"
    header = room.compare.table.horizontalHeader()
    differing = sorted({heads.index(name) for _, cells in expected.values() for name in cells})
    room.compare.only.setCurrentIndex(room.compare.only.findData("removed"))
    in_sight = [heads[header.logicalIndex(place) - 1] for place in range(1, len(heads) + 1)]
    assert in_sight[: len(differing) + 1] == [heads[0], *(heads[at] for at in differing)]
    assert room.compare.model.rowCount() == numbers.removed
    aggregate_id, version = room.compare.model.place(0)
    assert version == before[aggregate_id][1]
    room.compare.table.setCurrentIndex(room.compare.model.index(0, 1))
    room.compare.table.setFocus()
    qtbot.keyClick(room.compare.table, Qt.Key.Key_Return)
    driver.shows(aggregate_id, version)


def test_two_reducers_are_compared_and_named(driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot) -> None:
    file = shop_files(tmp_path)
    (tmp_path / "twice.toml").write_text(CART.replace('"cart"', '"twice"').replace('= "data.q', '= "2 * data.q'))
    room = enter(shop, file)
    run(driver, room, qtbot)
    assert not room.compare.tables.isEnabled()
    qtbot.mouseClick(room.compare.keep, Qt.MouseButton.LeftButton)
    compared(driver, room)
    write(driver, room, file.read_text().replace("cart.toml", "twice.toml"))
    run(driver, room, qtbot)
    compared(driver, room)
    text = room.compare.what.text()
    assert "Made otherwise: another text; the reducer of carts (cart → twice)." in text
    found = listed(room)
    rows = {row[0]: row for row in values_of(room.result_file, "carts")}
    assert {sign for sign, _ in found.values()} == {"~"}
    assert set(found["cart-001"][1]) == {"items", "total"}
    assert found["cart-001"][1]["total"].endswith(f" → {rows['cart-001'][-2]}")
    # The file is as it was, and the reducer it names is another one now.
    write(driver, room, file.read_text())
    run(driver, room, qtbot)
    qtbot.mouseClick(room.compare.keep, Qt.MouseButton.LeftButton)
    compared(driver, room)
    (tmp_path / "cart.toml").write_text(CART.replace('= "data.q', '= "2 * data.q'))
    run(driver, room, qtbot)
    compared(driver, room)
    assert "Made otherwise: the reducer of carts (cart, changed)." in room.compare.what.text()
    assert set(listed(room)) == set(found)
    # A run reads that file anew, and finds its mistake.
    (tmp_path / "cart.toml").write_text("[[on]]\nevent = 3\n")
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: "cart.toml" in room.editor.problem.text())
    assert not room._going
    assert room._run_when_tried is None
    assert not room.start.isEnabled()
    # Without a table of one name there is nothing to be compared, and that is said.
    write(driver, room, STATES.replace('"carts"', '"others"'))
    run(driver, room, qtbot)
    driver.until(lambda: "No table has the same name in both." in room.compare.what.text())
    assert not room.compare.tables.isEnabled()


def test_two_versions_of_a_file_and_two_files_are_compared(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    room = enter(shop)
    write(driver, room, STATES)
    run(driver, room, qtbot)
    qtbot.mouseClick(room.compare.keep, Qt.MouseButton.LeftButton)
    compared(driver, room)
    assert listed(room) == {}
    assert room.compare.told.full == "No row differs; 13 rows"
    assert "Text and reducers are the same." in room.compare.what.text()
    changed = STATES.replace('"state.clientId"', "\"'no ' + state.clientId if version > 4 else state.clientId\"")
    write(driver, room, changed + 'more = "version"\n')
    run(driver, room, qtbot)
    compared(driver, room)
    found = listed(room)
    rows = {row[0]: row for row in values_of(room.result_file, "carts")}
    assert set(found) == {each for each, row in rows.items() if row[1] > 4}
    assert found["cart-001"] == ("~", {"client": "client 1 → no client 1"})
    assert "Made otherwise: another text. Columns only after: more." in room.compare.what.text()
    assert "tulip" not in str([room.compare.model.data(room.compare.model.index(0, at), _TEXT) for at in range(8)])
    other = tmp_path / "other.duckdb"
    other_file = tmp_path / "carts.toml"
    other_file.write_text(STATES.replace("[columns]", "where = \"version > 2\"\n[columns]"))
    command(other_file, shop, "--output", other, "--no-mask")
    room.ask_result_file = lambda: str(other)  # type: ignore[method-assign]
    qtbot.mouseClick(room.compare.pick, Qt.MouseButton.LeftButton)
    driver.until(lambda: room.compare.before is not None and room.compare.before.file == other)
    compared(driver, room)
    assert room.compare.found.added == len([row for row in rows.values() if row[1] <= 2])


def test_a_preview_stands_as_the_result_will_and_empty_groups_are_named(
    driver, enter, shop: Path, qtbot: QtBot
) -> None:
    room = enter(shop)
    write(driver, room, 'name = "p"\n[columns]\nclient = "state.clientId if version > 4 else null"\nn = "version"\n')
    side = Qt.ItemDataRole.TextAlignmentRole
    kinds = []
    for model in (room.trial.model, room.result.model):
        if model is room.result.model:
            run(driver, room, qtbot)
            texts(driver, model)
        kinds.append([model.data(model.index(0, at), side) for at in range(model.columnCount())])
    assert kinds[0] == kinds[1]
    assert kinds[0][3] != kinds[0][4]
    room.tabs.setCurrentWidget(room.made)
    room.result.inside.setCurrentWidget(room.result.groups)
    driver.until(lambda: room.result.groups.model.rowCount() and not room.reader.tasks.busy)
    names = [row[0] for row in texts(driver, room.result.groups.model)]
    assert "(empty)" in names
    assert "" not in names


def test_columns_have_the_room_of_their_first_rows_and_groups_begin_with_what_was_folded(
    driver, enter, shop: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "p.toml"
    file.write_text(
        helpers_projections.SHOP
        + '\n[[projection]]\nname = "by type"\nkind = "event"\nkey = ["day(event.timestamp)", "event.type"]\n'
        '[[projection.on]]\nevent = "*"\nincrement = { n = "1" }\n[projection.columns]\nn = "state.n"\n'
    )
    (tmp_path / "cart.toml").write_text(CART)
    room = enter(shop, file)
    run(driver, room, qtbot)
    show(driver, room, "by type")
    texts(driver, room.result.model)
    rows = room.result.rows
    wide = rows.fontMetrics().horizontalAdvance
    for column in (0, 1):
        longest = max(wide(row[column]) for row in texts(driver, room.result.model))
        assert rows.columnWidth(column) > longest + 8
    rows.setColumnWidth(1, 50)  # what somebody drags stays
    room.result.model.redraw()
    assert rows.columnWidth(1) == 50
    groups = room.result.groups
    room.tabs.setCurrentWidget(room.made)
    room.result.inside.setCurrentWidget(groups)
    driver.until(lambda: groups.model.rowCount() and not room.reader.tasks.busy)
    assert (groups.measured.currentText(), groups.bars_of.currentText()) == ("n", "sum")
    show(driver, room, "carts")
    driver.until(lambda: groups.model.rowCount() and not room.reader.tasks.busy)
    assert (groups.measured.currentText(), groups.bars_of.currentText()) == ("(nothing)", "rows")


@pytest.mark.parametrize("text", ["-1", "1.5", "x", "", "9223372036854775808", "9" * 40])
def test_what_is_no_position_is_said(text: str, driver, enter, shop: Path, qtbot: QtBot) -> None:
    room = enter(shop)
    write(driver, room, STATES)
    room.options.moment.kind.setCurrentIndex(2)
    room.options.moment.line.setText(text)
    qtbot.mouseClick(room.start, Qt.MouseButton.LeftButton)
    driver.until(lambda: "is no position" in room.messages.text)
    assert not room._going
    room.options.moment.line.setText(" 9223372036854775807 ")
    run(driver, room, qtbot)
    assert room.result.opened.tables[0].rows == 13
