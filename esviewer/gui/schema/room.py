"""The schema room: what events look like, type by type, and how that changed over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTableView,
    QTabWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.catalogue import (
    Scope,
    build_catalogue,
    catalogue_lines,
    fold_masked_keys,
    log_catalogue,
    masks_of,
    write_lines,
)
from esviewer.app.files import not_of_the_store
from esviewer.app.masking import in_force
from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.errors import EsviewerError, UsageError
from esviewer.gui.copying import Copies, copies_of_focused
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.file_field import file_name
from esviewer.gui.language import translate
from esviewer.gui.machine import Machine
from esviewer.gui.masked import mark_items
from esviewer.gui.room import Room, invitation
from esviewer.gui.row_table import give_widths, show_rows
from esviewer.gui.schema.chart import TypesChart
from esviewer.gui.schema.facts import FieldFact, Overview, TypeFact, fields, overview
from esviewer.gui.schema.tables import LAST, TYPE, DriftModel, FieldsModel, TypesModel
from esviewer.gui.text import visible
from esviewer.gui.work_bar import WorkBar
from esviewer.work import Work

_BUILD: Final = "schema"
_FIELDS: Final = "schema-fields"
_EXPORT: Final = "schema-export"
_FORMS: Final = ((".schema.json", "jsonschema"), (".json", "json"), (".md", "markdown"), (".txt", "text"))
_EXPANDED: Final = 60
"""With up to so many fields all are unfolded."""
_ROOM_FOR_ALL: Final = 560
"""Pixels that all columns of the types take."""


@dataclass(frozen=True, slots=True)
class _Built:
    catalogue: Catalogue
    overview: Overview


class SchemaRoom(Room):
    """One store's catalogue, made when it is asked for."""

    report_ending = "md"
    report_forms = "Markdown (*.md);;JSON Schema (*.schema.json);;JSON (*.json);;Text (*.txt)"

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        self.aside = machine.aside.twin(self)
        self._catalogue: Catalogue | None = None
        """For the worker alone, which alters it while it looks things up."""
        self.overview: Overview | None = None
        self._build()
        self._connect()
        self._show_state()

    def _build(self) -> None:
        self.start = QPushButton(self.tr("Describe events"), self)
        self.start.setObjectName("primary")
        self.pattern = QLineEdit(self)
        self.pattern.setPlaceholderText(self.tr("All event types, or a pattern such as Order*"))
        self.pattern.setAccessibleName(self.tr("Only event types like this"))
        self.pattern.setClearButtonEnabled(True)
        self.pattern.setMaximumWidth(330)
        self.bar = WorkBar(self)
        self.summary = ElidedLabel(self)
        self.summary.setObjectName("heading")
        self.masked = QCheckBox(self.tr("Mask files"), self)
        self.masked.setChecked(True)
        self.masked.setToolTip(self.tr("Mask in files what looks sensitive"))
        self.export = QPushButton(self.tr("Export …"), self)
        self.types = TypesModel(self.machine.theme, self)
        self.table = _table(_Types(self), self.types, self.tr("Event types"), (100, 72, 64, 44, 116, 116))
        header = self.table.horizontalHeader()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(TYPE, QHeaderView.ResizeMode.Stretch)
        self.chart = TypesChart(self.machine.theme, self)
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.first = QPushButton(self.tr("First event"), self)
        self.last = QPushButton(self.tr("Last event"), self)
        self.fields = FieldsModel(self)
        self.tree = QTreeView(self)
        self.tree.setModel(self.fields)
        self.tree.setAccessibleName(self.tr("Fields"))
        self.tree.setUniformRowHeights(True)
        self.tree.header().setStretchLastSection(True)
        give_widths(self.tree.header(), (190, 170, 70, 150))
        self.drifts = DriftModel(self)
        self.drift_table = _table(QTableView(self), self.drifts, self.tr("Drift"), (150, 96, 220))
        self.drift_table.setToolTip(self.tr("Enter or a double click goes to the event"))
        for view in (self.table, self.tree, self.drift_table):
            mark_items(view, self.machine.theme, self.machine)
        self.inside = QTabWidget(self)
        self.inside.setAccessibleName(self.tr("What is known of the event type"))
        self.inside.addTab(self.tree, self.tr("Fields"))
        self.inside.addTab(self.drift_table, self.tr("Drift"))
        self.nothing = invitation(self)
        upper = QSplitter(Qt.Orientation.Horizontal, self)
        upper.addWidget(self.table)
        upper.addWidget(self.chart)
        upper.setSizes([640, 600])
        lower = QWidget(self)
        beside = QHBoxLayout()
        beside.addWidget(self.title, 1)
        beside.addWidget(self.first)
        beside.addWidget(self.last)
        column_of = QVBoxLayout(lower)
        column_of.setContentsMargins(0, 0, 0, 0)
        column_of.addLayout(beside)
        column_of.addWidget(self.inside, 1)
        self.parts = QSplitter(Qt.Orientation.Vertical, self)
        self.parts.addWidget(upper)
        self.parts.addWidget(lower)
        self.parts.setSizes([280, 380])
        for splitter in (upper, self.parts):
            splitter.setChildrenCollapsible(False)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.parts)
        top = QHBoxLayout()
        top.addWidget(self.start)
        top.addWidget(self.pattern, 1)
        top.addWidget(self.bar, 2)
        top.addWidget(self.summary, 2)
        top.addWidget(self.masked)
        top.addWidget(self.export)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addLayout(top)
        layout.addWidget(self.stack, 1)

    def _connect(self) -> None:
        self.start.clicked.connect(self.begin)
        self.pattern.returnPressed.connect(self.begin)
        self.bar.cancelled.connect(self.cancel)
        self.export.clicked.connect(self.ask_export)
        self.aside.tasks.progressed.connect(self.bar.show_progress)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.first.clicked.connect(self._go_first)
        self.last.clicked.connect(self._go_last)
        self.drift_table.activated.connect(self._open_drift)
        self.machine.screen_changed.connect(self._redraw)

    def entered(self) -> None:
        (self.table if self.overview is not None else self.start).setFocus()

    def copies(self) -> Copies:
        """What can be copied of the table that has the focus."""
        return copies_of_focused(self.machine, self.table, self.tree, self.drift_table)

    def close_store(self) -> None:
        self.aside.close()

    # The catalogue

    def begin(self) -> None:
        """Read the store and describe its events, those of types like the pattern."""
        self.messages.clear()
        self._forget()
        self.start.setEnabled(False)
        self.bar.begin(self.tr("Reading the store"))
        scope = Scope(self.pattern.text().strip() or None)
        self.aside.run(partial(_built, scope, self.machine.screen.beside()), self._done, self._failed, slot=_BUILD)
        self._show_state()

    def cancel(self) -> None:
        """End what is under way."""
        self.aside.cancel(_BUILD)
        self.aside.cancel(_EXPORT)
        self._idle()

    def _forget(self) -> None:
        self._catalogue = self.overview = None
        self.aside.cancel(_FIELDS)
        self.types.show_types(())
        self.chart.show_overview(None)
        self._choose(None)

    def _idle(self) -> None:
        self.bar.end()
        self.start.setEnabled(True)
        self._show_state()

    def _failed(self, error: EsviewerError) -> None:
        self._idle()
        self.messages.say_error(error)

    def _done(self, built: _Built) -> None:
        chosen = self._chosen
        self._catalogue, self.overview = built.catalogue, built.overview
        self.types.show_types(built.overview.types)
        self.chart.show_overview(built.overview)
        self._idle()
        if built.overview.remarks:
            self.messages.say(" ".join(built.overview.remarks))
        rows = {fact.key: row for row, fact in enumerate(built.overview.types)}
        if rows:
            self.table.selectRow(rows.get(chosen.key, 0) if chosen is not None else 0)

    def _redraw(self) -> None:
        """What may be shown has changed."""
        catalogue = self._catalogue
        if catalogue is not None:
            act = partial(_looked_over, catalogue, self.machine.screen.beside())
            self.aside.run(act, self._done, self._failed, slot=_BUILD)

    def _show_state(self) -> None:
        found = self.overview
        self.stack.setCurrentIndex(1 if found is not None and found.types else 0)
        self.export.setEnabled(found is not None and self.bar.isHidden())
        self.summary.setVisible(self.bar.isHidden())
        if found is None:
            self.summary.show_text("")
            self.nothing.setText(
                self.tr("Reading the events …")
                if not self.bar.isHidden()
                else self.tr(
                    "Nothing was described yet.\n\nAll events are read once. Then you see their types, the fields of "
                    "each with examples, and where fields appeared, disappeared or changed their type."
                )
            )
            return
        text = self.tr("{0} events of {1} types and schema versions").format(
            f"{found.events:,}", f"{len(found.types):,}"
        )
        self.summary.show_text(text)
        if not found.types:
            self.nothing.setText(self.tr("There are no events of such types."))

    # One type

    @property
    def _chosen(self) -> TypeFact | None:
        index = self.table.currentIndex()
        return self.types.type_at(index.row()) if index.isValid() else None

    def _row_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        self._choose(self.types.type_at(current.row()) if current.isValid() else None)

    def _choose(self, fact: TypeFact | None) -> None:
        self.chart.choose(fact)
        self.fields.show_fields(())
        self.drifts.show_drifts(() if fact is None else fact.drifts)
        count = 0 if fact is None else len(fact.drifts)
        self.inside.setTabText(1, self.tr("Drift ({0})").format(count) if count else self.tr("Drift"))
        self.title.show_text("" if fact is None else self._title(fact))
        for button in (self.first, self.last):
            button.setEnabled(fact is not None and fact.ends is not None)
        if fact is not None and self._catalogue is not None:
            act = partial(_fields, self._catalogue, fact, self.machine.screen.beside())
            self.aside.run(act, self._show_fields, self._failed, slot=_FIELDS)

    def _title(self, fact: TypeFact) -> str:
        text = self.tr("{0} · 1 event") if fact.count == 1 else self.tr("{0} · {1} events")
        text = text.format(fact.name, f"{fact.count:,}")
        if fact.first:
            text += self.tr(" · {0} to {1}").format(fact.first, fact.last)
        if fact.undecodable:
            text += self.tr(", {0} could not be decoded").format(f"{fact.undecodable:,}")
        return text

    def _show_fields(self, found: Sequence[FieldFact]) -> None:
        self.fields.show_fields(found)
        if len(found) <= _EXPANDED:
            self.tree.expandAll()

    def _go_first(self) -> None:
        fact = self._chosen
        if fact is not None and fact.ends is not None:
            self.aggregate_wanted.emit(fact.ends[0])

    def _go_last(self) -> None:
        fact = self._chosen
        if fact is not None and fact.ends is not None:
            self.aggregate_wanted.emit(fact.ends[1])

    def _open_drift(self, index: QModelIndex) -> None:
        found = self.drifts.drift(index.row())
        self.aggregate_wanted.emit((found.aggregate_id, found.version))

    # Files

    def report_name(self) -> str:
        return "" if self.overview is None else f"schema of {self.machine.session.store.name}"

    def export_report(self, path: Path) -> None:
        catalogue = self._catalogue
        if catalogue is None:
            return
        self.messages.clear()
        self.bar.begin(self.tr("Writing"))
        self._show_state()
        act = partial(_written, catalogue, path, self.masked.isChecked())
        self.aside.run(act, self._wrote, self._failed, slot=_EXPORT)

    def ask_report(self) -> None:
        self.ask_export()

    def ask_export(self) -> None:
        """Ask where to, and write the catalogue there."""
        name = self.ask_file(file_name(f"{self.report_name()}.{self.report_ending}"))
        if name:
            self.export_report(Path(name))

    def ask_file(self, proposal: str) -> str:
        """The file a person picks, empty for none."""
        return QFileDialog.getSaveFileName(self, self.tr("Export the schema catalogue"), proposal, self.report_forms)[0]

    def _wrote(self, path: Path) -> None:
        self._idle()
        self.messages.say(visible(self.tr("Written: {0}").format(path)))


class _Types(QTableView):
    """Leaves out when a type was last seen where there is no room for it; the line below says that too."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() != event.oldSize().width():
            self.setColumnHidden(LAST, self.width() < _ROOM_FOR_ALL)


def _table(table: QTableView, model: TypesModel | DriftModel, name: str, widths: Sequence[int]) -> QTableView:
    table.setModel(model)
    table.setAccessibleName(name)
    give_widths(show_rows(table), widths)
    return table


def _built(scope: Scope, screen: Screen, session: Session, work: Work) -> _Built:
    catalogue = build_catalogue(session, scope, work=work)
    return _Built(catalogue, overview(catalogue, screen, work))


def _looked_over(catalogue: Catalogue, screen: Screen, session: Session, work: Work) -> _Built:
    del session
    return _Built(catalogue, overview(catalogue, screen, work))


def _fields(
    catalogue: Catalogue, fact: TypeFact, screen: Screen, session: Session, work: Work
) -> tuple[FieldFact, ...]:
    del session
    return fields(catalogue.entries[fact.key], screen, work)


def _written(catalogue: Catalogue, path: Path, masked: bool, session: Session, work: Work) -> Path:
    """Write a catalogue in the form of the file's ending, masked by the rules in force, and log that."""
    form = next((form for ending, form in _FORMS if path.name.lower().endswith(ending)), None)
    if form is None:
        raise UsageError(
            translate("Schema", "{0} has no ending that a catalogue is written as.").format(path.name),
            translate("Schema", "Use .md, .schema.json, .json or .txt."),
        )
    target = not_of_the_store(str(path), session.store.label)
    rules = in_force(session.store.label, off=not masked)
    masker = rules.masker()
    fold_masked_keys(catalogue, masker)
    work.check()
    lines = catalogue_lines(form, catalogue, session, masks_of(masker))
    write_lines(target, map(visible, lines) if form == "text" else lines)
    log_catalogue(session, target, catalogue, masker if rules.masks else None)
    return target
