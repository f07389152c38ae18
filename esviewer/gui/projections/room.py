"""The projections room: a file is written on the left, what it makes of the store is looked at on the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.files import not_of_the_store
from esviewer.app.masking import OFF
from esviewer.app.projecting import Wanted, project
from esviewer.app.projection_results import Kept, before_of, export_result, keep_before
from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.projections.compare_panel import ComparePanel
from esviewer.gui.projections.editor import ProjectionEditor
from esviewer.gui.projections.reader import Opened, Reader, look_at
from esviewer.gui.projections.result_panel import ResultPanel
from esviewer.gui.projections.running import RunOptions, run_whole
from esviewer.gui.projections.trial import TrialPanel
from esviewer.gui.room import Room, Told, invitation
from esviewer.gui.shortcuts import take_keys
from esviewer.gui.text import visible
from esviewer.gui.work_bar import WorkBar
from esviewer.model.instant import Instant, parse
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.forms import ENDINGS
from esviewer.work import Work

_RUN: Final = "projection"
_NOTHING, _TABLES = 0, 1


class ProjectionsRoom(Room):
    """One store's projections, one at a time."""

    report_ending = "parquet"
    report_forms = "Parquet (*.parquet);;DuckDB (*.duckdb);;SQLite (*.sqlite);;CSV (*.csv)"

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        session = machine.session
        self.kept = Kept(session.key or session.store.label, session.store.name)
        self.aside = machine.aside.twin(self)
        """Where projections are run and results written."""
        self.reader = Reader(self)
        self.result_file: Path | None = None
        """The result on show, or that was."""
        self._going = False
        self._for_before = False
        """Whether what is being made is to be compared with the result."""
        self._runs = 0
        self._run_when_tried: bool | None = None
        """Whether what is run as soon as the text has been looked at is to be compared with; None: nothing is run."""
        self._begun = False
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.editor = ProjectionEditor(self.machine, self.kept, self)
        self.options = RunOptions(self)
        self.start = self.options.start
        self.bar = WorkBar(self)
        self.trial = TrialPanel(self.machine, self)
        self._result: ResultPanel | None = None
        self.nothing = invitation(self)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nothing)
        self.summary = ElidedLabel(self)
        self.summary.setObjectName("dim")
        self.open_result = QPushButton(self.tr("Open result …"), self)
        self.open_result.setToolTip(self.tr("Look at a .duckdb file that was written before"))
        self.mask_export = QCheckBox(self.tr("Mask"), self)
        self.mask_export.setChecked(True)
        self.mask_export.setToolTip(
            self.tr("Mask in exports what looks sensitive: they are made anew from the store then")
        )
        self.export = QPushButton(self.tr("Export …"), self)
        ends = QHBoxLayout()
        ends.addWidget(self.summary, 1)
        ends.addWidget(self.open_result)
        ends.addWidget(self.mask_export)
        ends.addWidget(self.export)
        made = QWidget(self)
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.stack, 1)
        column.addLayout(ends)
        self.tabs = QTabWidget(self)
        self.tabs.setAccessibleName(self.tr("What the projection makes"))
        self.tabs.addTab(self.trial, self.tr("Preview"))
        self.tabs.addTab(made, self.tr("Result"))
        self.made = made
        self.compare = ComparePanel(self.machine, self)
        self.tabs.addTab(self.compare, self.tr("Compare"))
        self.parts = QSplitter(Qt.Orientation.Horizontal, self)
        self.parts.setChildrenCollapsible(False)
        self.parts.addWidget(self.editor)
        self.parts.addWidget(self.tabs)
        self.parts.setSizes([430, 810])
        self.parts.setStretchFactor(0, 3)
        self.parts.setStretchFactor(1, 7)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addWidget(self.options)
        layout.addWidget(self.bar)
        layout.addWidget(self.parts, 1)

    @property
    def result(self) -> ResultPanel:
        """What results are shown in; made for the first one, since it takes longer than all else here."""
        if self._result is None:
            self._result = ResultPanel(self.machine, self.reader, self)
            self._result.aggregate_wanted.connect(self.aggregate_wanted)
            self._result.said.connect(self.messages.say)
            self._result.failed.connect(self.messages.say_error)
            self.stack.addWidget(self._result)
        return self._result

    @property
    def _on_show(self) -> Opened | None:
        return None if self._result is None else self._result.opened

    def _show_none(self) -> None:
        if self._result is not None:
            self._result.show_result(None)

    def _connect(self) -> None:
        self.start.clicked.connect(self.begin)
        self.bar.cancelled.connect(self.cancel)
        self.aside.tasks.progressed.connect(self.bar.show_progress)
        self.aside.tasks.failed.connect(self._failed)
        self.reader.tasks.failed.connect(self.messages.say_error)
        self.editor.tried.connect(self._tried)
        self.editor.wrong.connect(self._wrong)
        self.editor.emptied.connect(self._emptied)
        self.editor.changed_file.connect(self._other_file)
        self.options.moment.changed.connect(self.editor.try_out)
        self.trial.aggregate_wanted.connect(self.aggregate_wanted)
        self.compare.aggregate_wanted.connect(self.aggregate_wanted)
        self.compare.said.connect(self.messages.say)
        self.compare.failed.connect(self.messages.say_error)
        self.compare.keep_wanted.connect(self.keep_before)
        self.compare.run_wanted.connect(self.begin_before)
        self.compare.file_wanted.connect(self.ask_before)
        self.open_result.clicked.connect(self.ask_result)
        self.export.clicked.connect(self.ask_export)
        take_keys(self, QKeySequence(Qt.Modifier.CTRL | Qt.Key.Key_Return), self.begin)

    def entered(self) -> None:
        if not self._begun:
            self._begun = True
            self.options.moment.show_instant(self.machine.as_of)
            self.editor.begin()
        self.editor.text.setFocus()

    def close_store(self) -> None:
        self.editor.close_store()
        self.compare.close_store()
        self.trial.close_store()
        self.aside.close()
        self.reader.close()

    # The text

    @property
    def _moment(self) -> tuple[Instant | None, int | None]:
        return self.options.moment.moment

    def _tried(self, file: ProjectionFile) -> None:
        try:
            moment = self._moment
        except EsviewerError as error:
            self._run_when_tried = None
            self.messages.say_error(error)
            return
        self.trial.show_file(file, moment)
        self._show_state()
        before, self._run_when_tried = self._run_when_tried, None
        if before is not None:
            self._begin(file, before=before)

    def _wrong(self) -> None:
        self._run_when_tried = None
        self.trial.show_outdated()
        self._show_state()

    def _emptied(self) -> None:
        if self._run_when_tried is not None:
            self.messages.say(self.tr("There is nothing that could be run: the text is empty."))
            self._run_when_tried = None
        self.trial.clear()
        self._show_state()

    def _other_file(self) -> None:
        """Show what was made by this file before, if anything was."""
        if self._going:
            return
        file = self.kept.result_of(self.editor.file)
        if file != self.result_file:
            self.result_file = None
            self._show_none()
            self.compare.show_before(None)
            self.compare.show_after(None)
            self.reader.shut()
            if file.is_file():
                self._open(file, None)
        self._show_state()

    # A run

    def begin(self) -> None:
        """Run what is written; the former result stays until the new one is whole."""
        self._want(before=False)

    def begin_before(self) -> None:
        """Run what is written as of the moment that is chosen, to be compared with the result on show."""
        self._want(before=True)

    def _want(self, *, before: bool) -> None:
        if not self._going:
            self.messages.clear()
            # Looked at anew in any case: the rules that it names are files, which may be others by now.
            self._run_when_tried = before
            self.editor.try_out()

    def _begin(self, file: ProjectionFile, *, before: bool) -> None:
        try:
            as_of, at_position = self._moment
            chosen = self.options.output
            if chosen is not None:
                chosen = not_of_the_store(str(chosen), self.machine.session.store.label)
            else:
                self.kept.ready()
        except EsviewerError as error:
            self.messages.say_error(error)
            return
        masking = self.machine.screen.rules if chosen is not None and self.options.masked.isChecked() else OFF
        output = self.kept.result_of(self.editor.file) if chosen is None else chosen
        if before:
            chosen, masking = None, OFF
            output = before_of(self.kept.result_of(self.editor.file))
            self.compare.show_before(None)
        else:
            self.tabs.setCurrentWidget(self.made)
        self._going, self._for_before = True, before
        self._show_none()
        self.bar.begin(self.tr("Reading the store"))
        self._show_state()
        wanted = Wanted(as_of=as_of, at_position=at_position, masking=masking)
        act = partial(run_whole, file, output, wanted, chosen is None)
        # The file on show may be the one to be replaced, which nobody may have open then.
        self._runs += 1
        start = partial(self._start, self._runs, act, file)
        self.reader.shut(partial(self.compare.let_go, start))

    def _start(self, run: int, act: Callable[[Session, Work], Any], file: ProjectionFile) -> None:
        if self._going and run == self._runs:
            self.aside.run(act, partial(self._done, file), self._failed, slot=_RUN)

    def cancel(self) -> None:
        """End the run or the export that is under way; what was there before is shown again."""
        self.aside.cancel(_RUN)
        self.messages.say(self.tr("Cancelled; nothing was written."))
        self._over()

    def _over(self) -> None:
        going, self._going = self._going, False
        self.bar.end()
        if going and self.result_file is not None and self.result_file.is_file():
            self._open(self.result_file, None)
        self._show_state()

    def _failed(self, error: EsviewerError) -> None:
        self.messages.say_error(error)
        self._over()

    def _done(self, file: ProjectionFile, made: tuple[Path, dict[str, Any]]) -> None:
        place, facts = made
        self._going = False
        self.bar.end()
        if self._for_before:
            self._look_at_before(place, file)
            if self.result_file is not None:
                self._open(self.result_file, None)
            self._show_state()
            return
        self.result_file = place
        self._open(self.result_file, file)
        self._show_state()
        said = self._told(facts)
        self.summary.show_text(said)
        if not self.isVisible():
            self.told.emit(Told(self.tr("The projection is made. {0}").format(said)))

    def _told(self, facts: dict[str, Any]) -> str:
        """How the run went, in a line."""
        text = self.tr("{0} events, {1} s").format(f"{facts['events']:,}", f"{facts['seconds']:.1f}")
        if facts["incremental"]:
            text += self.tr(", went on from before")
        elif facts["full_because"]:
            text += self.tr(", made anew: {0}").format(visible(localised(str(facts["full_because"]))))
        if facts["in_database"]:
            text += self.tr("; the database counted {0}").format(visible(", ".join(facts["in_database"])))
        ruleless = sum(sum(each.values()) for each in facts["without_rule"].values())
        if ruleless:
            text += self.tr("; {0} events have no rule").format(f"{ruleless:,}")
        if facts["disordered"]:
            text += self.tr("; versions disagree with the order in {0} aggregates").format(f"{facts['disordered']:,}")
        return text

    # Results

    def _open(self, file: Path, written: ProjectionFile | None) -> None:
        self.result_file = file
        known = written if written is not None else self.editor.parsed
        self.reader.open(file, known, self._opened, self._not_opened)

    def _opened(self, opened: Opened) -> None:
        if not self._going and opened.file == self.result_file:
            self.result.show_result(opened)
            self.compare.show_after(opened)
            self._show_state()

    def _not_opened(self, error: EsviewerError) -> None:
        self.result_file = None
        self._show_none()
        self.messages.say_error(error)
        self._show_state()

    def ask_result(self) -> None:
        """Ask for a result's file and show it."""
        name = self.ask_result_file()
        if name:
            self.tabs.setCurrentWidget(self.made)
            self.summary.show_text("")
            self._open(Path(name), None)

    def ask_result_file(self) -> str:
        """The file a person picks, empty for none."""
        forms = self.tr("Results (*.duckdb);;All files (*)")
        return QFileDialog.getOpenFileName(self, self.tr("Open a result"), "", forms)[0]

    # Comparing

    def keep_before(self) -> None:
        """Keep the result on show, to be compared with what is made next."""
        opened = self._on_show
        if opened is not None and not self._going:
            self.compare.show_before(None)
            place = before_of(self.kept.result_of(self.editor.file))

            def act(work: Work) -> Opened:
                del work
                self.kept.ready()
                return look_at(keep_before(opened.file, place, opened.source), opened.source)

            self.compare.tasks.run(act, self.compare.show_before, self.messages.say_error, slot="keep")

    def ask_before(self) -> None:
        """Ask for a result's file that the result on show is compared with."""
        name = self.ask_result_file()
        if name:
            self._look_at_before(Path(name), self.editor.parsed)

    def _look_at_before(self, file: Path, written: ProjectionFile | None) -> None:
        self.compare.tasks.run(
            lambda _: look_at(file, written), self.compare.show_before, self.messages.say_error, slot="keep"
        )

    def _show_state(self) -> None:
        shown = self._on_show is not None
        self.stack.setCurrentIndex(_TABLES if shown else _NOTHING)
        self.start.setEnabled(not self._going and self.editor.problem.isHidden())
        self.export.setEnabled(shown and self.bar.isHidden())
        self.mask_export.setEnabled(shown)
        self.open_result.setEnabled(not self._going)
        if self._going and self.result_file is not None:
            self.nothing.setText(self.tr("Being made …\n\nThe former result stays until this one is whole."))
        elif self._going:
            self.nothing.setText(self.tr("Being made …"))
        else:
            self.nothing.setText(
                self.tr(
                    "Nothing was made by this file yet.\n\n“Run” replays all aggregates once and makes the tables that "
                    "the text describes. The store is only read."
                )
            )

    # Exports

    def report_name(self) -> str:
        found = self._on_show
        return "" if found is None or self._going else found.file.stem.rsplit("-", 1)[0] or "result"

    def ask_export(self) -> None:
        """Ask where to, and write all tables there."""
        name = self.ask_export_file(f"{self.report_name()}.{self.report_ending}")
        if name:
            self.export_report(Path(name))

    def ask_export_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Export the result"), proposal, self.report_forms)[0]

    def export_report(self, path: Path) -> None:
        opened = self._on_show
        if opened is None or self._going or not self.bar.isHidden():
            return
        self.messages.clear()
        masked = self.mask_export.isChecked() and self.machine.screen.rules.masks and not opened.masked
        if path.suffix.lower() not in ENDINGS:
            self.messages.say(self.tr("{0} has none of these endings: {1}.").format(path.name, ", ".join(ENDINGS)))
            return
        if masked and opened.source is None:
            self.messages.say(
                self.tr("It is not known what made this result, so that it can't be masked. Nothing was written.")
            )
            return
        label = self.machine.session.store.label
        rules = self.machine.screen.rules if masked else None

        def act(session: Session, work: Work) -> tuple[Path, ...]:
            if rules is None or opened.source is None:
                return export_result(opened.file, path, label, work)
            facts = opened.tables[0].facts
            as_of, last = facts["as_of"], facts["last_position"]
            wanted = Wanted(
                as_of=None if as_of is None else parse(as_of),
                at_position=facts["at_position"] if last is None else last,
                processes=1,
                masking=rules,
            )
            return project(session, opened.source, not_of_the_store(str(path), label), wanted, work=work).files

        self.bar.begin(self.tr("Writing"))
        self.aside.run(act, partial(self._written, masked), self._failed, slot=_RUN)
        self._show_state()

    def _written(self, masked: bool, files: tuple[Path, ...]) -> None:
        self.bar.end()
        self._show_state()
        names = ", ".join(map(str, files[:3])) + (" …" if len(files) > 3 else "")
        what = self.tr("Written, masked: {0}") if masked else self.tr("Written as it is, not masked: {0}")
        self.messages.say(visible(what.format(names)))
