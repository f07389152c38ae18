"""Nothing that is masked shows anywhere: all windows on a store with planted secrets, masked and revealed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers_walk import everything, without_menu
from PySide6.QtCore import QAbstractItemModel, QEvent, QPointF
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication, QMenu, QStyleOptionViewItem, QWidget

from esviewer.app import activity
from esviewer.app.auditing import Audit
from esviewer.app.cases.case import Case, write_case
from esviewer.app.cases.pinning import new_case, pin_diff, pin_event, pin_finding, pin_history, pin_state
from esviewer.app.masking import TEMPLATE, USUAL_RULES, begin_own, own_file, parse_masking
from esviewer.app.quick_open import Kind
from esviewer.app.session import open_session
from esviewer.audit.settings import AuditSettings
from esviewer.gui.mapping.dialog import MappingDialog
from esviewer.gui.masked import reveal_menu
from esviewer.model.masking import Masking
from esviewer.questions.what_if import Edit
from esviewer.stores.embedded import EmbeddedStore, NewEvent

USER = "user-zqxid"
OTHER = "user-zqxother"
MARKERS = ("zqx", "77441122", "77,441,122", "77441133", "77,441,133")
"""In each planted secret is one of these, and in nothing else."""

MASKING = """
names = ["salary", "nickname"]
keys = ["/by_person"]
aggregate_ids = ["user"]
"""
RULES = """
name = "users"
aggregate_type = "user"

[[on]]
event = "Forgotten"
remove = ["email"]

[[on]]
event = "Broken"
set = { x = "int(data.password)" }

[[on]]
event = "*"
merge = "data"
"""


PROJECTIONS = """
[[projection]]
name = "users"
aggregate_type = "user"
[projection.columns]
everything = "state"
word = "state.password"
wage = "state.salary"
wage_doubled = "state.salary * 2"
calls = "state.nickname"
mail = "state.email"
people = "state.by_person"
shouted = "upper(state.nickname)"
contacts = "state.contacts"
note = "state.note"
person = "aggregate_id"
odd = "int(state.password)"
number = "state.plain"

[[projection]]
name = "orders"
aggregate_type = "order"
[projection.columns]
customer = "state.customer"
call = "state.phone"

[[projection]]
name = "by word"
kind = "event"
aggregate_type = "user"
key = "data.password"
initial = { wage = 0 }
[[projection.on]]
event = "*"
set = { wage = "data.salary", names = "data.by_person", all = "data", number = "data.plain", more = "state.wage" }
[projection.columns]
pay = "state.wage"
again = "key"
names = "state.names"
whole = "state"
passed_on = "state.more"

[[projection]]
name = "by aggregate"
kind = "event"
key = "event.aggregate_id"
[[projection.on]]
event = "*"
set = { number = "int(data.password)" }
[projection.columns]
number = "state.number"
who = "key"

[[projection]]
name = "happened"
kind = "log"
aggregate_type = "user"
[projection.columns]
payload = "data"
who = "meta.actor"
user = "meta.user"
wage = "data.salary"
shape = '{"a": data.salary}'
what = "event"
"""


def life(ident: str, number: int) -> Iterator[NewEvent]:
    def event(kind: str, data: dict) -> NewEvent:
        metadata = {"actor": f"zqxboss{number}@example.com", "session_token": "zqxtoken", "user": {"nickname": "Zqxie"}}
        return NewEvent(ident, kind, data, aggregate_type="user", metadata=metadata)

    yield event(
        "Registered",
        {
            "email": f"zqxmail{number}@example.com",
            "password": "zqxfirst",
            "salary": 77441122,
            "nickname": "Zqxnick",
            "note": "write to zqxnote@example.com please",
            "by_person": {"Zqxada": 1, "Zqxbob": 2},
            "contacts": {"zqxkey@example.com": {"n": 1}},
            "gone": {"phone_number": "zqxphone"},
            "city": "Oslo",
            "plain": number,
        },
    )
    yield event("Changed", {"password": "zqxsecond", "salary": 77441133, "contacts": {"zqxkey@example.com": {"n": 2}}})
    yield event("Changed", {"plain": number + 1, "gone": None})
    yield event("Forgotten", {"email": f"zqxmail{number}@example.com"})
    yield event("Broken", {"password": "zqxthird"})
    yield event("Odd", {"plain": 3})
    yield event("Changed", {"plain": number + 2, "password": "zqxfourth"})


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A store with secrets in payloads, metadata, keys, ids, snapshots, and in a payload that can't be decoded."""
    path = tmp_path / "shop.db"
    with EmbeddedStore(path) as store:
        for number, ident in enumerate((USER, OTHER)):
            store.append_events(life(ident, number))
            store.save_snapshot(ident, {"password": "zqxstored", "plain": number}, 2)
        order = {"customer": USER, "total": 5, "phone": "zqx-0"}
        store.append_events([NewEvent("order-1", "Placed", order, aggregate_type="order")])
    connection = sqlite3.connect(path)
    connection.execute("UPDATE events SET event_data = '{zqxraw: broken' WHERE event_type = 'Odd'")
    connection.commit()
    connection.close()
    path.with_name("shop.db.masking.toml").write_text(MASKING, encoding="utf-8")
    rules = path.with_name("shop.db.reducers")
    rules.mkdir()
    (rules / "users.toml").write_text(RULES, encoding="utf-8")
    return path


def found(root: QWidget | None = None) -> list[tuple[str, str]]:
    """Where a secret shows, and the text that it is in."""
    return [
        (where, text)
        for where, text in everything(root)
        if any(marker in text.lower() for marker in MARKERS)
    ]


def in_file(path: Path) -> list[tuple[str, str]]:
    text = path.read_text(encoding="utf-8")
    return [(path.name, line) for line in text.splitlines() if any(marker in line.lower() for marker in MARKERS)]


def case_of(path: Path) -> Case:
    """A case with a pin of each kind, all of them about the masked aggregate."""
    session = open_session(str(path))
    try:
        findings = list(Audit(session, AuditSettings()).run())
        pinned = (
            pin_state(session, USER, 2),
            pin_event(session, USER, 1),
            pin_diff(session, (USER, 1), (USER, 2)),
            pin_history(session, USER, ["/password", "/salary"], chart=True),
            *(pin_finding(session, each) for each in findings),
        )
        case = new_case(session, "What did they do?")
    finally:
        session.close()
    for each in pinned:
        case = case.with_pin(each)
    return case


class Walk:
    """Goes through all of a window; `see` is told what shows at each place."""

    def __init__(self, driver, folder: Path, see: Callable[[str, list[tuple[str, str]]], None]) -> None:
        self.driver = driver
        self.page = driver.page
        self.folder = folder
        self.see = see
        self.without_menu: set[str] = set()
        """Where marks were seen that no menu looks behind."""

    def look(self, name: str, root: QWidget | None = None) -> None:
        QApplication.processEvents()
        self.see(name, found(root))
        self.without_menu.update(without_menu(root))

    def copied(self, name: str, what: Callable[[], object], idle: Callable[[], object]) -> None:
        QGuiApplication.clipboard().setText("")
        what()
        self.driver.until(lambda: QGuiApplication.clipboard().text() and idle())
        text = QGuiApplication.clipboard().text()
        self.see(f"{name} copied", [(name, text)] if any(each in text.lower() for each in MARKERS) else [])

    def saved(self, name: str, ending: str, owner: object, ask: str, save: Callable[[], object]) -> None:
        path = self.folder / f"{name.replace(' ', '-')}{ending}"
        path.unlink(missing_ok=True)
        proposals: list[str] = []

        def answer(proposal: str = "") -> str:
            proposals.append(proposal)
            return str(path)

        setattr(owner, ask, answer)
        save()
        self.driver.until(path.exists)
        self.see(f"{name} saved", in_file(path))
        self.see(f"{name} proposal", [(name, each) for each in proposals if "zqx" in each.lower()])
        path.unlink()

    # The main window

    def aggregates(self) -> None:
        self.driver.until(lambda: self.page.aggregates.model.rowCount() >= 3)
        self.driver.until(lambda: "user" in self.page.known_types)
        self.look("aggregates", self.page.aggregates)

    def versions(self) -> None:
        for version in range(1, 8):
            self.page.show_aggregate(USER, version)
            self.driver.shows(USER, version)
            for tab in range(self.page.details.tabs.count()):
                self.page.details.tabs.setCurrentIndex(tab)
            self.page.state.tabs.setCurrentIndex(0)
            self.driver.until(lambda: self.page.state.tree.shown._writers)
            self.look(f"page at {version}", self.page)
        self.look("title", self.page.title)
        self.look("events", self.page.events)
        self.look("state", self.page.state.tree)
        self.page.details.tabs.setCurrentWidget(self.page.details.raw)
        self.page.show_aggregate(USER, 6)
        self.driver.shows(USER, 6)
        self.driver.until(lambda: self.page.details.raw.toPlainText())
        self.look("raw of what can't be decoded", self.page.details.raw)
        self.page.show_aggregate(USER, 2)
        self.driver.shows(USER, 2)
        self.driver.until(lambda: self.page.details.raw.toPlainText())
        self.look("raw", self.page.details.raw)
        self.look("data", self.page.details.data)
        self.look("metadata", self.page.details.metadata)
        timeline = self.page.timeline
        place = timeline.getPlotItem().getViewBox().mapViewToScene(QPointF(1, 0))
        timeline._hover(place)
        self.look("tooltip")
        tree = self.page.state.tree
        for path in ((), ("password",), ("by_person",), ("contacts",), ("salary",)):
            index = tree.shown.index_of(path) if path else tree.shown.index(0, 0)
            tree.setCurrentIndex(index)
            self.copied(f"value of {path}", tree.copy_value, lambda: not self.page.tasks.busy)
            self.copied(f"path of {path}", tree.copy_path, lambda: True)
            menu = tree.menu(index)
            self.look(f"menu of {path}", menu)
            menu.close()
        menu = self.page.events.menu(self.page.events.shown.index(0, 0))
        self.look("menu of an event", menu)
        menu.close()

    def fields(self) -> None:
        page, fields = self.page, self.page.fields
        page.state.tabs.setCurrentWidget(fields)
        for path in (("salary",), ("password",), ("plain",), ("contacts", "zqxkey@example.com", "n")):
            if path not in fields.paths:
                fields.follow(path)
        self.driver.until(lambda: fields.collector.complete and not page.tasks.busy)
        for version in (1, 7):
            page.show_aggregate(USER, version)
            self.driver.shows(USER, version)
            self.driver.until(lambda: fields.collector.complete and not page.tasks.busy)
        fields.changes._look()
        self.driver.until(lambda: not page.tasks.busy)
        self.look("fields", fields)
        self.look("chart", fields.chart)
        self.look("pins", fields.pins)
        self.saved("fields", ".csv", fields, "ask_file", lambda: fields._save_clicked())
        for path in [*fields.paths]:
            fields.unfollow(path)

    def removed(self) -> None:
        page = self.page
        page.state.tabs.setCurrentWidget(page.removed)
        self.driver.until(lambda: page.removed.model.rowCount() and not page.tasks.busy)
        page.removed._name_those_in_sight()
        self.driver.until(lambda: not page.tasks.busy)
        self.look("removed", page.removed)

    def snapshots(self) -> None:
        page = self.page
        page.state.tabs.setCurrentWidget(page.snapshots)
        self.driver.until(lambda: page.snapshots.model.rowCount() and not page.tasks.busy)
        page.snapshots.table.selectRow(0)
        self.driver.until(lambda: page.snapshots.differences.topLevelItemCount())
        self.look("snapshots", page.snapshots)
        page.snapshots.check_all()
        check = page.snapshots.check
        self.driver.until(lambda: not check.running and check.model.rowCount())
        self.look("snapshots of all", check)
        check.reject()

    def compare(self) -> None:
        page, compare = self.page, self.page.state.compare
        page.show_aggregate(USER, 1)
        self.driver.shows(USER, 1)
        page.pin()
        page.show_aggregate(OTHER, 7)
        self.driver.shows(OTHER, 7)
        for form in range(compare.form.count()):
            compare.form.setCurrentIndex(form)
            kind = compare.form.currentData()
            self.driver.until(lambda kind=kind: compare._found is not None and compare._found.made.form == kind)
            self.driver.until(lambda: not compare.busy and not page.tasks.busy)
            self.look(f"compare as {kind}", compare)
            self.copied(f"compare as {kind}", compare.copy, lambda: not compare.busy)
            self.saved(f"compare as {kind}", ".txt", compare, "ask_file", compare.save)
            self.driver.until(lambda: not compare.busy)
        page.unpin()

    def find(self) -> None:
        page = self.page
        page.show_aggregate(USER, 7)
        self.driver.shows(USER, 7)
        page.find_bar.open_bar()
        for text in ("state.password == 'zqxfirst'", "state.plain > 0"):
            page.find_bar.edit.setText(text)
            page.find_bar.look()
            self.driver.until(lambda: page.find_bar.stretches is not None)
        page.find_bar.edit.setText("")
        page.find_bar._offer()
        self.look("find", page.find_bar)
        page.find_bar.close_bar()

    def sentences(self) -> None:
        page = self.page
        page._to_version(99)
        self.look("message", page.messages)
        page._asked("99")
        self.look("message of the playhead", page.messages)
        page.messages.clear()

    # Its windows

    def what_if(self) -> None:
        self.driver.window._what_if()
        (window,) = self.page.questions.what_ifs
        self.driver.until(lambda: window.idle)
        window._take((Edit(1, {"password": "zqxnew", "email": "zqxnew@example.com", "salary": 77441122}),), 1)
        self.driver.until(lambda: window.idle)
        for row in range(window.model.rowCount()):
            window.table.selectRow(row)
            self.driver.until(lambda: window.idle)
        self.look("what if", window)
        window._edit_real(2)
        self.driver.until(lambda: window.editor is not None)
        self.look("editor of a real event", window.editor)
        window.editor.accept()
        self.driver.until(lambda: window.idle)
        data = window.steps[-1].data
        assert (data["password"], data["salary"]) == ("zqxsecond", 77441133), "marks become what is behind them"
        assert [*data["contacts"]] == ["zqxkey@example.com"]
        window._edit_step(0)
        self.driver.until(lambda: window.editor is not None)
        self.look("editor of an edit", window.editor)
        window.editor.reject()
        self.copied("what if", window.copy, lambda: window.idle)
        self.saved("what if", ".json", window, "ask_save_file", window.save)
        self.driver.until(lambda: window.idle)
        self.look("title of what if", window)
        while window._past:
            window.undo()
            self.driver.until(lambda: window.idle)
        window.close()

    def rollback(self) -> None:
        self.page.show_aggregate(USER, 1)
        self.driver.shows(USER, 1)
        self.driver.window._roll_back()
        dialog = self.page.questions.rollback
        self.driver.until(lambda: dialog.found is not None and not dialog._aside.tasks.busy)
        for form in range(dialog.form.count()):
            dialog.form.setCurrentIndex(form)
            self.driver.until(lambda: not dialog._aside.tasks.busy and dialog.text.toPlainText())
            kind = dialog.form.currentData()
            self.look(f"rollback as {kind}", dialog)
            self.copied(f"rollback as {kind}", dialog.copy, lambda: not dialog._aside.tasks.busy)
            self.saved(f"rollback as {kind}", ".txt", dialog, "ask_file", dialog.save)
            self.driver.until(lambda: not dialog._aside.tasks.busy)
        self.look("title of rollback", dialog)
        dialog.reject()

    def folds(self) -> None:
        self.driver.window._compare_reducers()
        dialog = self.page.questions.folds
        for over in range(dialog.over.count()):
            dialog.over.setCurrentIndex(over)
            dialog.compare()
            self.driver.until(lambda: not dialog.running and not dialog._aside.tasks.busy)
            self.look(f"folds over {over}", dialog)
        self.copied("folds", dialog.copy, lambda: not dialog._aside.tasks.busy)
        dialog.reject()

    def rules(self) -> None:
        window = self.driver.window
        window.edit_rules()
        editor = window.rules
        self.driver.until(lambda: editor.text.written() and not self.page.tasks.busy)
        editor.text.setPlainText('name = "n"\n[[on]]\nevent = "Broken"\nset = { x = "int(data.password)" }\n'
                                 '[[on]]\nevent = "*"\nmerge = "data"\n')  # fmt: skip
        editor.try_out()
        self.driver.until(lambda: editor.preview.trial is not None and editor.preview.trial.complete)
        self.driver.until(lambda: editor.preview.tree.shown.rowCount() and not self.page.tasks.busy)
        self.driver.until(lambda: editor.preview.kinds.topLevelItemCount())
        self.look("rules preview", editor.preview)
        for search in (editor.search.propose, editor.search.infer):
            editor.text.document().setModified(False)
            editor._look_for(search)
            self.driver.until(lambda: not editor.search.running and not self.page.tasks.busy)
            self.look("rules found", editor)
        editor.text.document().setModified(False)
        editor.close()

    def audit(self) -> None:
        window = self.driver.window
        window.enter("audit")
        room = window.rooms.room
        room.begin()
        self.driver.until(lambda: not room.running.going and room.model.rowCount())
        for row in range(room.model.rowCount()):
            room.table.choose(row)
            self.driver.until(lambda: not self.page.tasks.busy)
            self.look(f"finding {room.model.finding(room.model.place(row)).check}", room.finding)
        self.look("audit", room)
        self.look("findings", room.table)
        window.enter("history")

    def schema(self) -> None:
        window = self.driver.window
        window.enter("schema")
        room = window.rooms.room
        room.start.click()
        self.driver.until(lambda: room.overview is not None and not room.aside.tasks.busy)
        for row in range(room.types.rowCount()):
            room.table.selectRow(row)
            self.driver.until(lambda: not room.aside.tasks.busy)
            self.look(f"schema {row}", room)
        window.enter("history")

    def projections(self) -> None:
        window = self.driver.window
        window.enter("projections")
        room = window.rooms.room

        def settled() -> bool:
            return (
                room.editor.settled
                and not room._going
                and not any(
                    each.busy
                    for each in (
                        self.page.tasks, room.machine.aside.tasks, room.trial.aside.tasks, room.aside.tasks,
                        room.reader.tasks, room.compare.tasks,
                    )
                )
            )  # fmt: skip

        def read(model: QAbstractItemModel) -> None:
            for row in range(model.rowCount()):
                model.row(row)
            self.driver.until(lambda: settled() and not model._timer.isActive())
            assert model.rowCount() == 0 or model.row(model.rowCount() - 1) is not None

        room.editor.propose()
        self.driver.until(settled)
        self.look("projections found", room)
        room.editor.text.setPlainText(PROJECTIONS)
        room.editor.text.document().setModified(False)
        self.driver.until(lambda: settled() and len(room.trial.found) == 5)
        for place in range(5):
            room.trial.tables.setCurrentIndex(place)
            self.look(f"projections tried {place}", room.trial)
            room.trial.rows.selectAll()
            self.copied(f"projections tried {place}", room.trial.rows.copy_rows, settled)
        room.begin()
        self.driver.until(lambda: settled() and room.result.opened is not None)
        result = room.result
        sums: list[tuple[str, str]] = []
        numbers: list[tuple[str, str]] = []
        problems: list[tuple[str, str]] = []
        for place in range(5):
            result.tables.setCurrentIndex(place)
            self.driver.until(settled)
            read(result.model)
            self.look(f"projections result {place}", result.rows)
            result.rows.selectAll()
            self.copied(f"projections result {place}", result.rows.copy_rows, settled)
            result.inside.setCurrentWidget(result.groups)
            groups: list[tuple[str, str]] = []
            for by in range(result.groups.by.count()):
                result.groups.by.setCurrentIndex(by)
                self.driver.until(settled)
                groups += found(result.groups)
            self.see(f"projections groups {place}", groups)
            for measured in range(result.groups.measured.count()):
                result.groups.measured.setCurrentIndex(measured)
                self.driver.until(settled)
                for bars in range(result.groups.bars_of.count()):
                    result.groups.bars_of.setCurrentIndex(bars)
                    sums += found(result.groups)
            result.inside.setCurrentWidget(result.numbers)
            for column in range(result.numbers.column.count()):
                for form in range(2):
                    result.numbers.column.setCurrentIndex(column)
                    result.numbers.form.setCurrentIndex(form)
                    self.driver.until(settled)
                    numbers += found(result.numbers)
            result.inside.setCurrentWidget(result.problems)
            problems += found(result.problems)
            result.inside.setCurrentWidget(result.rows)
        self.see("projections sums", sums)
        self.see("projections numbers", numbers)
        self.see("projections problems", problems)
        result.tables.setCurrentIndex(0)
        self.driver.until(settled)
        for column, value in (("word", "zqxfourth"), ("wage", "77441133"), ("person", USER), ("aggregate_id", USER)):
            result.filters.choose(column, "=", value)
            self.driver.until(settled)
            read(result.model)
            self.look(f"projections filtered by {column}", result)
            result.filters.chips[0].click()
            self.driver.until(settled)
        room.mask_export.setChecked(self.page.machine.screen.masks)
        for ending in ("csv", "sqlite", "duckdb", "parquet"):
            folder = self.folder / f"projections-{ending}"
            folder.mkdir(exist_ok=True)
            room.export_report(folder / f"result.{ending}")
            self.driver.until(lambda: settled() and room.bar.isHidden() and room.messages.text)
            contents = [each.read_bytes().decode("utf-8", "replace") for each in folder.rglob("*") if each.is_file()]
            assert contents
            hits = [text for text in contents if any(marker in text.lower() for marker in MARKERS)]
            self.see(f"projections as {ending} saved", [(ending, text[:200]) for text in hits])
            shutil.rmtree(folder)
        room.tabs.setCurrentWidget(room.compare)
        room.options.moment.kind.setCurrentIndex(2)
        room.options.moment.line.setText("1")
        room.compare.run.click()
        self.driver.until(lambda: settled() and room.compare.before is not None and room.compare.found is not None)
        for place in range(room.compare.tables.count()):
            room.compare.tables.setCurrentIndex(place)
            self.driver.until(lambda: settled() and room.compare.found is not None)
            self.look(f"projections compared {place}", room.compare)
        room.options.moment.kind.setCurrentIndex(0)
        other = self.folder / "other.duckdb"
        shutil.copyfile(room.result_file, other)
        room._open(other, None)
        self.driver.until(settled)
        read(room.result.model)
        self.look("projections of unknown origin", room.result.rows)
        self.look("projections", room)
        window.enter("history")

    def case(self, path: Path) -> None:
        file = self.folder / "wrong.case.json"
        file.unlink(missing_ok=True)
        write_case(case_of(path), file)
        window = self.driver.window
        window.enter("case")
        room = window.rooms.room
        room.desk.open(file)
        self.driver.until(lambda: room.desk.case is not None and not room.desk.busy)
        for each in room.desk.case.pins:
            room.pick(each.id)
            self.driver.until(lambda: not room.details.busy)
            check = each.content["check"] if each.kind == "finding" else ""
            self.look(f"case {each.kind} {check}", room.details)
        self.look("case", room)
        room.desk.close_case()
        window.enter("history")

    def seals(self, path: Path) -> None:
        window, file = self.driver.window, self.folder / "shop.seal"
        file.unlink(missing_ok=True)
        window.rooms.seals.seal()
        dialog = window.rooms.seals.sealing
        dialog.file.show_file(file)
        dialog.seal.click()
        self.driver.until(lambda: not dialog.outcome.isHidden())
        self.look("sealing", dialog)
        dialog.reject()
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE events SET metadata = json_set(metadata, '$.n', random()) WHERE version = 7")
        connection.close()
        window.rooms.seals.verify()
        dialog = window.rooms.seals.verifying
        dialog.file.show_file(file)
        dialog.verify.click()
        self.driver.until(lambda: dialog.model.rowCount() and dialog.bar.isHidden())
        self.look("verifying", dialog)
        dialog.reject()

    def mapping(self, path: Path) -> None:
        dialog = MappingDialog(str(path), self.driver.window.theme, self.driver.window)
        dialog.open()
        self.driver.until(lambda: dialog.trial is not None and dialog.trial.events)
        if not self.page.machine.screen.masks:
            dialog.reveal()
        self.look("mapping", dialog)
        dialog.reject()
        dialog.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def all(self, path: Path) -> None:
        for each in (
            self.aggregates, self.versions, self.fields, self.removed, self.snapshots, self.compare, self.find,
            self.sentences, self.what_if, self.rollback, self.folds, self.rules, self.audit,
        ):  # fmt: skip
            each()
        self.schema()
        self.projections()
        self.case(path)
        self.seals(path)
        self.mapping(path)
        self.look("everything")


NEVER = ("title of", "find", "path of ", "menu of", "message of", "rules found", "sealing", "schema ")
"""Where there is no secret to be seen, or not always."""


def _told(seen: dict[str, list[tuple[str, str]]]) -> str:
    """Where secrets were seen, in short."""
    return "\n".join(
        f"{name}: {where}: {text[:200]!r}" for name, all_of_it in seen.items() for where, text in all_of_it[:40]
    )


def test_secrets_show_nowhere_unless_they_are_revealed(driver, secrets: Path, tmp_path: Path) -> None:
    page = driver.open(secrets)
    assert page.machine.screen.masks
    masked: dict[str, list[tuple[str, str]]] = {}
    walk = Walk(driver, tmp_path, masked.__setitem__)
    walk.all(secrets)
    assert _told(masked) == ""
    assert walk.without_menu == {"QTableWidget Sample events"}, "marks that nobody can look behind, but by a button"
    assert any("‹masked " in text for _, text in everything(page))
    kept = tmp_path / "configuration" / "settings.json"
    assert "zqx" not in (kept.read_text(encoding="utf-8").lower() if kept.exists() else "")

    page.machine.reveal(None, "a test")
    revealed: dict[str, list[tuple[str, str]]] = {}
    Walk(driver, tmp_path, revealed.__setitem__).all(secrets)
    blind = [name for name, where in revealed.items() if not where and not name.startswith(NEVER)]
    assert [name for name in blind if not name.endswith("proposal")] == []
    assert not any("‹masked " in text for _, text in everything(page))

    page.machine.hide()
    driver.until(lambda: not page.tasks.busy)
    QGuiApplication.clipboard().setText("")
    assert _told({"again": found(driver.window)}) == ""
    reveals = [entry for entry in activity.entries() if entry["what"] == "reveal"]
    assert [entry.get("why") for entry in reveals] == ["a test", None]
    assert not any(marker in str(entry).lower() for entry in reveals for marker in MARKERS)


def test_one_value_is_revealed_from_its_menu_and_logged(driver, secrets: Path) -> None:
    page = driver.open(secrets)
    page.show_aggregate(USER, 2)
    driver.shows(USER, 2)
    tree = page.state.tree
    index = tree.shown.index_of(("password",))
    assert "‹masked " in tree.shown.data(tree.shown.index(index.row(), 1))
    tree.setCurrentIndex(index)
    menu = tree.menu(index)
    next(action for action in menu.actions() if action.text() == "Reveal this value").trigger()
    menu.close()

    row = tree.shown.index_of(("password",)).row()
    assert tree.shown.data(tree.shown.index(row, 1)) == '"zqxsecond"'
    salary = tree.shown.index_of(("salary",)).row()
    assert "‹masked " in tree.shown.data(tree.shown.index(salary, 1)), "nothing else"
    assert "1 REVEALED" in driver.window.masked.text()
    plain = tree.menu(tree.shown.index_of(("city",)))
    assert "Reveal this value" not in [action.text() for action in plain.actions()]
    plain.close()
    page.show_aggregate(OTHER, 2)
    driver.shows(OTHER, 2)
    assert "‹masked " in tree.shown.data(tree.shown.index(row, 1)), "of no other aggregate"
    (entry,) = [entry for entry in activity.entries() if entry["what"] == "reveal"]
    assert entry["path"] == "/password"
    assert "zqx" not in str(entry).lower()

    menu = page.aggregates.menu(page.aggregates.model.index(page.aggregates.model.row_of(USER), 0))
    menu.actions()[0].trigger()
    menu.close()
    assert page.aggregates.model.data(page.aggregates.model.index(page.aggregates.model.row_of(USER), 0)) == USER
    driver.window.mask_again()
    assert found(page.aggregates) == []


def _reveal(menu: QMenu, mark: str) -> None:
    """Choose in a menu to see what is behind a mark."""
    names = ("Reveal this value", f"Reveal {mark}")
    next(action for action in menu.actions() if action.text() in names).trigger()
    menu.close()


def test_a_mark_is_revealed_wherever_it_stands(driver, secrets: Path) -> None:
    """What is in a document, a finding or a table of any kind has a menu, too; other values stay masked."""
    page = driver.open(secrets)
    window = driver.window
    page.show_aggregate(USER, 1)
    driver.shows(USER, 1)
    window._roll_back()
    dialog = page.questions.rollback
    driver.until(lambda: dialog.found is not None and "‹masked " in dialog.text.toPlainText())
    tree = page.state.tree.shown

    def cell(name: str) -> str:
        return tree.data(tree.index(tree.index_of((name,)).row(), 1))

    mark = cell("password").strip('"')
    lines = dialog.text.toPlainText().splitlines()
    number = next(at for at, line in enumerate(lines) if mark in line)
    dialog.text.setTextCursor(QTextCursor(dialog.text.document().findBlockByNumber(number)))
    dialog.text.ensureCursorVisible()
    _reveal(reveal_menu(dialog.text, dialog.text.cursorRect().center()), mark)
    assert cell("password") == '"zqxfirst"'
    driver.until(lambda: "zqxfirst" in dialog.text.toPlainText() and not dialog._aside.tasks.busy)
    assert "77441122" not in dialog.text.toPlainText()
    assert mark not in dialog.text.toPlainText()
    dialog.reject()
    assert "1 REVEALED" in window.masked.text()

    entries = [entry for entry in activity.entries() if entry["what"] == "reveal"]
    assert [(entry["path"], entry["mark"]) for entry in entries] == [(None, mark)]
    assert "zqx" not in str(entries).lower()

    window.mask_again()
    window.enter("history")
    assert cell("password").strip('"') == mark


def test_everything_is_revealed_deliberately_and_masked_again(driver, secrets: Path) -> None:
    window = driver.window
    assert not window.masked.isVisible()
    assert not window.reveal_action.isEnabled()
    page = driver.open(secrets)
    assert window.masked.text() == "masked: shop.db.masking.toml"
    assert window.masked.isVisible()
    assert not window.hide_action.isEnabled()
    window.reveal_action.trigger()
    assert window.revealing.yes.text() == "Reveal, and log it"
    window.revealing.reject()
    assert page.machine.screen.masks
    window.reveal_action.trigger()
    window.revealing.why.setText("ticket 17")
    window.revealing.yes.click()
    assert page.machine.screen.revealed
    assert window.masked.text() == "REVEALED"
    assert not window.reveal_action.isEnabled()
    window.hide_action.trigger()
    assert page.machine.screen.masks
    window.reveal_action.trigger()
    window.revealing.yes.click()
    window.close_store()
    assert not window.masked.isVisible()
    page = driver.open(secrets)
    assert page.machine.screen.masks, "a store that is opened is masked"
    reveals = [entry for entry in activity.entries() if entry["what"] == "reveal"]
    assert [entry.get("why") for entry in reveals] == ["ticket 17", None]
    assert all(entry["store"].endswith("shop.db") for entry in reveals)


def test_broken_rules_are_said_and_the_usual_ones_stay(driver, secrets: Path, monkeypatch) -> None:
    file = secrets.with_name("shop.db.masking.toml")
    file.write_text("names = 7\n", encoding="utf-8")
    page = driver.open(secrets)
    assert "shop.db.masking.toml" in page.messages.text
    assert "the usual masking rules are in force" in page.messages.text
    assert driver.window.masked.text() == "masked: usual rules, own ones are broken"
    page.show_aggregate(USER, 2)
    driver.shows(USER, 2)
    row = page.state.tree.shown.index_of(("password",)).row()
    assert "‹masked " in page.state.tree.shown.data(page.state.tree.shown.index(row, 1))

    driver.window.show_masking()
    dialog = driver.window.masking
    driver.until(lambda: dialog.edit_button.isEnabled())
    assert "names" in dialog.messages.text
    opened: list[Path] = []
    monkeypatch.setattr(dialog, "open_path", lambda path: opened.append(path) or True)
    dialog.edit_button.click()
    driver.until(lambda: opened)
    dialog.folder_button.click()
    assert opened == [file, file.parent]
    file.write_text('names = ["city"]\n', encoding="utf-8")
    dialog.reload_button.click()
    driver.until(lambda: driver.window.masked.text() == "masked: shop.db.masking.toml")
    assert "city" in dialog.rules.toPlainText()
    row = page.state.tree.shown.index_of(("city",)).row()
    assert "‹masked " in page.state.tree.shown.data(page.state.tree.shown.index(row, 1))
    dialog.reject()


def test_rules_of_its_own_are_begun_with_comments(driver, demo: Path, tmp_path: Path, monkeypatch) -> None:
    store = tmp_path / "copy.db"
    store.write_bytes(demo.read_bytes())
    driver.open(store)
    assert driver.window.masked.text() == "masked: usual rules"
    driver.window.masked.click()
    dialog = driver.window.masking
    driver.until(lambda: dialog.edit_button.isEnabled())
    assert dialog.origin.text() == f"In force: {USUAL_RULES}"
    opened: list[Path] = []
    monkeypatch.setattr(dialog, "open_path", lambda path: opened.append(path) or True)
    dialog.edit_button.click()
    driver.until(lambda: opened)
    own = tmp_path / "copy.db.masking.toml"
    assert opened == [own]
    assert parse_masking(own.read_text(encoding="utf-8"), "f") == Masking(), "comments change nothing"
    dialog.reload()
    driver.until(lambda: driver.window.masked.text() == "masked: copy.db.masking.toml")
    dialog.reject()


def test_where_rules_are_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(tmp_path / "configuration"))
    at_server = begin_own("postgresql://localhost/shop")
    assert at_server == tmp_path / "configuration" / "masking.toml"
    assert begin_own("postgresql://localhost/shop") == at_server
    assert own_file(str(tmp_path / "s.db")) == at_server, "one that is in force is the one to edit"
    at_server.unlink()
    nowhere = tmp_path / "file"
    nowhere.write_text("", encoding="utf-8")
    assert begin_own(str(nowhere / "s.db")) == at_server, "where nothing can be written beside it"
    own = "\n".join(line.removeprefix("# ") for line in TEMPLATE.splitlines() if "=" in line or line.startswith("# ["))
    assert parse_masking(own, "f").names == ("memo", "customer*"), "what it proposes can be used"


def test_marks_are_drawn_dim_and_slanted(driver, secrets: Path) -> None:
    page = driver.open(secrets)
    page.show_aggregate(USER, 2)
    driver.shows(USER, 2)
    tree = page.state.tree
    looks = {}
    for name in ("salary", "city"):
        index = tree.shown.index(tree.shown.index_of((name,)).row(), 1)
        option = QStyleOptionViewItem()
        tree.itemDelegate().initStyleOption(option, index)
        looks[name] = option.font.italic(), option.palette.text().color().name()
    assert looks["salary"] == (True, driver.window.theme.colours.dim)
    assert not looks["city"][0]
    page.state.tabs.setCurrentWidget(page.snapshots)
    driver.until(lambda: page.snapshots.model.rowCount() and not page.tasks.busy)
    for view, index in (
        (page.events, page.events.shown.index(0, 3)),
        (page.snapshots.table, page.snapshots.model.index(0, 2)),
    ):
        option = QStyleOptionViewItem()
        view.itemDelegateForIndex(index).initStyleOption(option, index)
        assert "‹masked " in option.text
        assert (option.font.italic(), option.palette.text().color().name()) == looks["salary"]


def test_equal_values_compare_by_their_marks(driver, secrets: Path) -> None:
    page = driver.open(secrets)
    page.show_aggregate(USER, 1)
    driver.shows(USER, 1)
    screen = page.machine.screen
    assert screen.shown("zqxfirst", ("password",)) == screen.beside().shown("zqxfirst", ("password",), OTHER)
    page.pin()
    page.show_aggregate(OTHER, 1)
    driver.shows(OTHER, 1)
    compare = page.state.compare
    driver.until(lambda: compare._found is not None and not compare.busy)
    changed = {compare.model.change(row).path for row in range(compare.model.rowCount())}
    assert ("email",) in changed
    assert ("password",) not in changed, "it is the same"


def test_quick_open_finds_masked_ids_and_shows_marks(driver, secrets: Path) -> None:
    page = driver.open(secrets)
    page.show_aggregate(USER, 1)
    driver.shows(USER, 1)
    driver.window.show_quick_open()
    dialog = driver.window.quick.dialog
    dialog.field.setText("user-")
    driver.until(lambda: len(dialog._refs) == 2 and "…" not in dialog.said.text())
    offers = [offer for offer in dialog.model.offers if offer.kind is Kind.AGGREGATE]
    assert [offer.text.startswith("‹masked ") for offer in offers] == [True, True]
    assert found(dialog) == []
    page.machine.reveal_id(USER)
    dialog.field.setText("user-z@2")
    driver.until(lambda: "…" not in dialog.said.text())
    assert USER + " at version 2" in [offer.text for offer in dialog.model.offers]
    dialog.reject()


def test_a_link_to_a_masked_id_is_not_copied(driver, secrets: Path) -> None:
    page = driver.open(secrets)
    page.show_aggregate(USER, 1)
    driver.shows(USER, 1)
    QGuiApplication.clipboard().setText("")
    index = page.aggregates.model.index(page.aggregates.model.row_of(USER), 0)
    for action in driver.window.history.actions():
        if action.text().startswith("Copy"):
            action.trigger()
            assert "masked" in page.messages.text
    for menu in (page.aggregates.menu(index), page.events.menu(page.events.shown.index(0, 0))):
        for action in [each for each in menu.actions() if each.text().startswith("Copy")]:
            action.trigger()
        menu.close()
    assert QGuiApplication.clipboard().text() == ""
    page.machine.reveal_id(USER)
    next(action for action in driver.window.history.actions() if action.text() == "Copy &link").trigger()
    assert f"aggregate={USER}&version=1" in QGuiApplication.clipboard().text()
    QGuiApplication.clipboard().setText("")


def test_tabs_show_marks(driver, secrets: Path) -> None:
    page = driver.open(secrets)
    strip = driver.window.tabs.strip

    def told() -> list[str]:
        tabs = range(strip.count())
        return [f"{strip.tabText(at)} {strip.tabToolTip(at)} {strip.accessibleTabName(at)}" for at in tabs]

    page.show_aggregate(USER, 1)
    driver.shows(USER, 1)
    page.aggregates.tab_wanted.emit(OTHER)
    driver.shows(OTHER)
    assert len(told()) == 2
    assert all(text.count("‹masked ") == 3 for text in told())
    assert not any(marker in text for text in told() for marker in MARKERS)
    page.machine.reveal_id(USER)
    assert told()[0].count(USER) == 3
    assert OTHER not in told()[1]
    page.machine.hide()
    assert USER not in told()[0]
