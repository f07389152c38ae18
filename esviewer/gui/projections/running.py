"""How a projection is to be run: as of when, and where its result goes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QSizePolicy, QWidget

from esviewer.app.projecting import LAST_POSITION, Wanted, project
from esviewer.app.projection_results import keep_source
from esviewer.app.session import Session
from esviewer.app.typed_time import typed_instant
from esviewer.errors import UsageError
from esviewer.gui.file_field import FileField
from esviewer.gui.localised import localised
from esviewer.model.instant import Instant
from esviewer.projections.definition import ProjectionFile
from esviewer.work import Work

ALONE = 50_000
"""Up to so many events are read by one process: others would take longer to start."""
_NOW, _AS_OF, _AT = 0, 1, 2


class MomentField(QWidget):
    """The present, a date, or a position."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox(self)
        self.kind.setAccessibleName(self.tr("Up to which moment"))
        self.kind.addItems([self.tr("Now"), self.tr("As of"), self.tr("At position")])
        self.line = QLineEdit(self)
        self.line.setAccessibleName(self.tr("Moment"))
        self.line.setFixedWidth(190)
        self.line.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.kind)
        layout.addWidget(self.line, 1)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.line.editingFinished.connect(self.changed)

    def _kind_chosen(self, kind: int) -> None:
        self.line.setVisible(kind != _NOW)
        self.line.setPlaceholderText(
            self.tr("2026-11-22 14:34") if kind == _AS_OF else self.tr("a whole number, such as 1200")
        )
        if kind == _NOW:
            self.changed.emit()
        else:
            self.line.setFocus()

    def show_instant(self, instant: Instant | None) -> None:
        """Propose a moment; None: the present."""
        self.line.setText("" if instant is None else instant.isoformat())
        self.line.setCursorPosition(0)
        self.kind.setCurrentIndex(_NOW if instant is None else _AS_OF)

    def show_position(self, position: int) -> None:
        """Propose a position."""
        self.line.setText(str(position))
        self.kind.setCurrentIndex(_AT)

    @property
    def moment(self) -> tuple[Instant | None, int | None]:
        """As of when, or at which position; raises UsageError."""
        kind, text = self.kind.currentIndex(), self.line.text().strip()
        if kind == _AS_OF:
            try:
                return typed_instant(text)[0], None
            except ValueError as error:
                hint = self.tr("Type one such as {0}.").format("2026-11-22 14:34")
                raise UsageError(localised(f"{error}."), hint) from None
        if kind == _AT:
            number = int(text) if text.isdecimal() and len(text) <= len(str(LAST_POSITION)) else None
            if number is None or number > LAST_POSITION:
                raise UsageError(self.tr("{0} is no position.").format(repr(text)), self.tr("Type a whole number."))
            return None, number
        return None, None


class RunOptions(QWidget):
    """The row of what a run needs to know."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start = QPushButton(self.tr("Run"), self)
        self.start.setObjectName("primary")
        self.start.setToolTip(self.tr("Make the tables out of all events (Ctrl+Enter)"))
        self.moment = MomentField(self)
        self.target = FileField(
            self.tr("File of the result"), self.tr("Results (*.duckdb)"), self, to_write=True
        )
        self.target.line.setPlaceholderText(self.tr("Result: kept for this store"))
        self.target.line.setToolTip(self.tr("Another file for the result, ending in .duckdb"))
        self.target.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.masked = QCheckBox(self.tr("Mask file"), self)
        self.masked.setToolTip(self.tr("Mask in the file what looks sensitive; nothing can go on from it then"))
        self.masked.setChecked(True)
        self.masked.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.start)
        layout.addWidget(self.moment)
        layout.addWidget(self.target, 1)
        layout.addWidget(self.masked)
        self.target.changed.connect(self._target_changed)

    def _target_changed(self) -> None:
        self.masked.setVisible(self.target.file is not None)

    @property
    def output(self) -> Path | None:
        """The file that was chosen, None for the usual one; raises UsageError."""
        found = self.target.file
        if found is not None and found.suffix.lower() != ".duckdb":
            raise UsageError(
                self.tr("{0} does not end in .duckdb.").format(found.name),
                self.tr("Other forms are exported from the result."),
            )
        return found


def run_whole(
    file: ProjectionFile, output: Path, wanted: Wanted, keep: bool, session: Session, work: Work
) -> tuple[Path, dict[str, object]]:
    """Make a result and, where it is to be kept, remember what it was made by; gives the file and its facts."""
    events = session.store.info(exact=False, work=work).events
    alone = events <= ALONE
    done = project(
        session,
        file,
        output,
        Wanted(
            as_of=wanted.as_of,
            at_position=wanted.at_position,
            processes=1 if alone else None,
            masking=wanted.masking,
        ),
        work=work,
    )
    if keep:
        keep_source(output, file)
    return done.files[0], dict(done.facts)
