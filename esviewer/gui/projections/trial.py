"""What a sample of the store makes of a projection file, shown while it is written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from esviewer.app.projecting import preview
from esviewer.app.session import Session
from esviewer.errors import EsviewerError
from esviewer.gui.aside import Aside
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.projections.cells import Cells
from esviewer.gui.projections.rows import RowsModel, RowsTable
from esviewer.gui.text import visible
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.sampling import Sampled
from esviewer.work import Progress, Work

SAMPLED = 5_000
"""Events that are looked at, about."""


class TrialPanel(QWidget):
    """The latest text wins; a text with a mistake leaves the last one's rows on show, and says so."""

    aggregate_wanted = Signal(object)

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.aside: Aside = machine.aside.twin(self)
        self.found: Sequence[Sampled] = ()
        self._tried: tuple[ProjectionFile, tuple[Instant | None, int | None]] | None = None
        self.tables = QComboBox(self)
        self.tables.setAccessibleName(self.tr("Table"))
        self.tables.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.told = ElidedLabel(self)
        self.told.setObjectName("dim")
        self.problem = ElidedLabel(self)
        self.problem.setObjectName("problem")
        self.problem.hide()
        self.model = RowsModel(machine, None, self)
        self.rows = RowsTable(self.model, self.tr("Preview"), self, sorts=False)
        top = QHBoxLayout()
        top.addWidget(self.tables)
        top.addWidget(self.told, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(top)
        layout.addWidget(self.rows, 1)
        layout.addWidget(self.problem)
        self.tables.currentIndexChanged.connect(self._chosen)
        self.rows.opened.connect(self._open)
        self.aside.tasks.progressed.connect(self._progressed)
        machine.screen_changed.connect(self._tell)

    @property
    def shown(self) -> Sampled | None:
        """The table on show."""
        place = self.tables.currentIndex()
        return self.found[place] if 0 <= place < len(self.found) else None

    def show_file(self, file: ProjectionFile, moment: tuple[Instant | None, int | None]) -> None:
        """Try a file out, unless what is on show, or on its way, was made of the same."""
        if (file, moment) == self._tried:
            return
        self._tried = file, moment

        def act(session: Session, work: Work) -> list[Sampled]:
            return preview(session, file, as_of=moment[0], at_position=moment[1], events=SAMPLED, work=work)

        self.told.show_text(self.tr("Trying …"))
        self.aside.run(act, self._show, self._failed, slot="preview")

    def show_outdated(self) -> None:
        """The text has a mistake now."""
        self._tried = None
        self.aside.cancel("preview")
        if self.found:
            self.told.show_text(self.tr("Of the text before the mistake."))
        else:
            self.told.show_text(self.tr("The text has a mistake."))

    def clear(self) -> None:
        """There is nothing to be tried."""
        self._tried = None
        self.aside.cancel("preview")
        self._show(())
        self.told.show_text(self.tr("There is no text to be tried."))

    def _progressed(self, progress: Progress | None) -> None:
        if progress is not None:
            self.told.show_text(self.tr("Trying … {0} events").format(f"{progress.done:,}"))

    def _failed(self, error: EsviewerError) -> None:
        self._tried = None
        self.told.show_text(self.tr("It could not be tried."))
        self._say(localised(self._machine.screen.text(str(error))))

    def _show(self, found: Sequence[Sampled]) -> None:
        former = self.shown
        self.found = found
        self.tables.blockSignals(True)
        self.tables.clear()
        names = [each.projection.name for each in found]
        for each in found:
            self.tables.addItem(visible(f"{each.projection.name} ({len(each.rows):,})"))
        if former is not None and former.projection.name in names:
            self.tables.setCurrentIndex(names.index(former.projection.name))
        self.tables.blockSignals(False)
        self._chosen()

    def _chosen(self) -> None:
        shown = self.shown
        if shown is None:
            self.model.clear()
            self._say("")
            return
        kinds = ["BIGINT" if _numbers(column) else "VARCHAR" for column in zip(*shown.rows, strict=True)]
        self.model.show_rows(shown.rows, Cells(shown.projection.heads, shown.projection), kinds)
        self._tell()

    def _tell(self) -> None:
        shown = self.shown
        if shown is None:
            return
        events = f"{shown.events:,}"
        if shown.whole:
            text = self.tr("{0} rows out of all {1} events")
        else:
            text = self.tr("{0} rows out of the first {1} events only")
        self.told.show_text(text.format(f"{len(shown.rows):,}", events))
        if not shown.problems:
            self._say("")
            return
        first = shown.problems[0]
        reason = localised(self._machine.screen.reason(first.what))
        self._say(self.tr("{0} problems, such as: {1}").format(f"{len(shown.problems):,}", reason))

    def _say(self, text: str) -> None:
        self.problem.show_text(visible(text))
        self.problem.setVisible(bool(text))

    def _open(self, number: int) -> None:
        place = self.model.place(number)
        if place is not None:
            self.aggregate_wanted.emit(place)

    def close_store(self) -> None:
        """End all work."""
        self.aside.close()


def _numbers(column: Sequence[Value]) -> bool:
    """Whether a column of a sample holds numbers, so that it stands at the right as it will in the result."""
    there = [each for each in column if each is not None]
    return bool(there) and all(isinstance(each, (int, float, Decimal)) and not isinstance(each, bool) for each in there)
