"""What rules that are being written would make of the aggregate on show, against the reducer in use."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.screen import Screen
from esviewer.app.trial import SNAPSHOTS_TRIED, Trial
from esviewer.app.view import AggregateView
from esviewer.diff.compare import compare
from esviewer.errors import EsviewerError
from esviewer.gui.elided_label import ElidedLabel
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.masked import NO_STORE, mark_items, reveal_in
from esviewer.gui.snapshots_panel import headline
from esviewer.gui.text import tip, visible
from esviewer.gui.theme import Theme
from esviewer.gui.value_tree import Marks, ValueTree
from esviewer.model.values import Value
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

SLICE = 0.08
"""Seconds for which the trial is built before other questions have their turn."""
REST_MS = 60
"""Milliseconds for which the playhead rests before the state is looked for."""
_KINDS_SHOWN = 200
_KINDS_IN_SIGHT = 5


@dataclass(frozen=True, slots=True)
class _Tried:
    """The state at one version as the rules make it, and how it differs from the one on show."""

    version: int
    state: Value
    changes: Marks
    reducer: str


class RulesPreview(QWidget):
    """Builds a trial on the store's worker in slices; other rules, or another aggregate, begin anew."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine: Machine | None = None
        self._reducer: Reducer | None = None
        self._of: AggregateView | None = None
        self.trial: Trial | None = None
        """What is being tried."""
        self._stopped = False
        self._outdated = False
        self._problem = ""
        """Why the trial could not go on."""
        self._tried: _Tried | None = None
        self._waiting = False
        self.title = ElidedLabel(self)
        self.title.setObjectName("heading")
        self.title.setAccessibleName(self.tr("What the rules change"))
        self.hint = ElidedLabel(self)
        self.hint.setObjectName("dim")
        self.tree = ValueTree(theme, self._screen_now, self)
        self.tree.setAccessibleName(self.tr("State by these rules"))
        self.tree.shown.before = self.tr("In use")
        self.bar = QProgressBar(self)
        self.bar.setMaximumHeight(10)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Events tried"))
        self.stop = QPushButton(self.tr("Stop"), self)
        self.stop.setObjectName("small")
        self.stop.clicked.connect(self._stop_or_go_on)
        self.snapshots = ElidedLabel(self)
        self.snapshots.setAccessibleName(self.tr("Whether stored snapshots agree"))
        self.to_divergence = QPushButton(self)
        self.to_divergence.setObjectName("small")
        self.to_divergence.setToolTip(self.tr("Move the playhead to the first snapshot that differs"))
        self.to_divergence.clicked.connect(self._go_to_divergence)
        self.skipped = ElidedLabel(self)
        self.skipped.setAccessibleName(self.tr("Events skipped"))
        self.kinds = QTreeWidget(self)
        self.kinds.setAccessibleName(self.tr("Why events are skipped"))
        self.kinds.setRootIsDecorated(False)
        mark_items(self.kinds, theme, self._machine_now)
        reveal_in(self.tree, self._machine_now)
        self.kinds.setUniformRowHeights(True)
        self.kinds.setHeaderLabels([self.tr("Reason"), self.tr("Events"), self.tr("First at")])
        self.kinds.header().setStretchLastSection(False)
        self.kinds.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.kinds.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.kinds.setToolTip(self.tr("Double-click goes to the first of these events"))
        self.kinds.itemActivated.connect(self._go_to_skipped)
        progress = QHBoxLayout()
        progress.addWidget(self.bar, 1)
        progress.addWidget(self.stop)
        below = QHBoxLayout()
        below.addWidget(self.snapshots, 1)
        below.addWidget(self.to_divergence)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.title)
        layout.addWidget(self.hint)
        layout.addWidget(self.tree, 1)
        layout.addLayout(progress)
        layout.addLayout(below)
        layout.addWidget(self.skipped)
        layout.addWidget(self.kinds)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._look)
        self._clear()

    def _machine_now(self) -> Machine | None:
        return self._machine

    def _screen_now(self) -> Screen:
        return NO_STORE if self._machine is None else self._machine.screen

    def _screen_changed(self) -> None:
        self.tree.viewport().update()
        self._list_kinds()

    def attach(self, machine: Machine | None) -> None:
        """Follow another store's page, None for none."""
        former, self._machine = self._machine, machine
        if former is not None:
            former.view_changed.disconnect(self._view_changed)
            former.grown.disconnect(self._grown)
            former.shown.disconnect(self._shown)
            former.screen_changed.disconnect(self._screen_changed)
            former.tasks.cancel("trial")
            former.tasks.cancel("trial-state")
        if machine is not None:
            machine.view_changed.connect(self._view_changed)
            machine.grown.connect(self._grown)
            machine.shown.connect(self._shown)
            machine.screen_changed.connect(self._screen_changed)
        self._begin()

    def show_rules(self, reducer: Reducer | None) -> None:
        """Try these rules; None tries none."""
        self._reducer = reducer
        self._begin()

    def show_outdated(self) -> None:
        """The text has a mistake now: what is shown is of the last text without one."""
        self._outdated = True
        self._tell()

    # Building the trial

    def _view_changed(self, view: AggregateView | None) -> None:
        del view
        self._begin()

    def _grown(self, view: AggregateView) -> None:
        trial, machine = self.trial, self._machine
        if trial is None or machine is None or view is not self._of:
            return
        if view.complete and trial.complete and len(view) > len(trial.view):
            machine.tasks.run(lambda work: trial.look_again(work), lambda _: self._advance(), slot="trial")
        elif not trial.complete and self._tried is None:
            self._rest.start()

    def _begin(self) -> None:
        machine = self._machine
        if machine is not None:
            machine.tasks.cancel("trial")
            machine.tasks.cancel("trial-state")
        if self.trial is not None:
            self.trial.view.stop()
        self.trial = None
        self._of = None
        self._stopped = False
        self._outdated = False
        self._problem = ""
        view = None if machine is None else machine.view
        if machine is None or view is None or self._reducer is None:
            self._clear()
            return
        self._of = view
        self._waiting = True
        self.trial = Trial(machine.session.store, view.summary, self._reducer)
        self._advance()

    def _clear(self) -> None:
        self._tried = None
        self._waiting = False
        self._rest.stop()
        self.tree.show_value({})
        self.kinds.clear()
        self._tell()

    def _advance(self) -> None:
        trial, machine = self.trial, self._machine
        if trial is None or machine is None or self._stopped:
            return
        machine.tasks.run(
            lambda work: trial.advance(SLICE, work), lambda _: self._advanced(trial), self._failed, slot="trial"
        )
        self._tell()

    def _advanced(self, trial: Trial) -> None:
        if trial is not self.trial:
            return
        if self._waiting and self._covers():
            self._look()
        if trial.view.complete and not self.kinds.topLevelItemCount():
            self._list_kinds()
        if trial.complete:
            self._list_kinds()
            self._tell()
        else:
            self._advance()

    def _failed(self, error: EsviewerError) -> None:
        self._stopped = True
        self._problem = visible(localised(self._screen_now().reason(str(error))))
        self._tell()

    def _stop_or_go_on(self) -> None:
        self._stopped = not self._stopped
        self._problem = ""
        if self._stopped and self._machine is not None:
            self._machine.tasks.cancel("trial")
        self._advance()
        self._tell()

    # The state at the playhead

    def _covers(self) -> bool:
        """Whether the trial has come as far as the playhead."""
        shown = None if self._machine is None else self._machine.current
        return shown is not None and self.trial is not None and len(self.trial.view) > shown.row

    def _shown(self, _: object) -> None:
        if self.trial is not None and self.isVisible():
            self._waiting = True
            self._rest.start()

    def _look(self) -> None:
        machine, trial = self._machine, self.trial
        shown = None if machine is None else machine.current
        if machine is None or trial is None or shown is None or not self._covers():
            self._tell()
            return
        self._waiting = False

        def look(work: Work) -> _Tried:
            del work
            state = trial.view.history.state_at(shown.version)
            # Sorted here already what of the tree is to be marked, which takes its time where much differs.
            changes = Marks(compare(shown.state.state, state))
            return _Tried(shown.version, state, changes, shown.state.rebuilt.reducer)

        machine.tasks.run(look, lambda found: self._show(trial, found), self._failed, slot="trial-state")

    def _show(self, trial: Trial, found: _Tried) -> None:
        if trial is not self.trial:
            return
        first = self._tried is None
        self._tried = found
        self.tree.show_value(found.state, found.changes, trial.view.summary.aggregate_id)
        if first:
            self.tree.expand_some()
        self._tell()

    # Words

    def _tell(self) -> None:
        trial, tried = self.trial, self._tried
        going = trial is not None and not trial.complete
        self.bar.setVisible(going)
        self.stop.setVisible(going)
        self.stop.setText(self.tr("Go on") if self._stopped else self.tr("Stop"))
        self.to_divergence.hide()
        if trial is None:
            self.title.show_text(self.tr("Nothing is tried out"))
            self.hint.show_text(
                self.tr("Choose an aggregate in the main window.")
                if self._machine is None or self._machine.view is None
                else self.tr("Write rules on the left.")
            )
            self.snapshots.show_text("")
            self.skipped.show_text("")
            self.kinds.hide()
            return
        done, total = len(trial.view), max(trial.view.summary.events, len(trial.view), 1)
        self.bar.setRange(0, 1000)
        self.bar.setValue(min(1000, done * 1000 // total))
        self._tell_state(tried, done, total)
        self._tell_skipped(trial)
        self._tell_snapshots(trial)

    def _tell_state(self, tried: _Tried | None, done: int, total: int) -> None:
        trying = self.tr("{0} of {1} events tried").format(f"{done:,}", f"{total:,}")
        if tried is None or self._waiting:
            self.title.show_text(self.tr("Stopped") if self._stopped else self.tr("Trying …"))
            self.hint.show_text(self._problem or trying)
            return
        count, name = len(tried.changes.changes), visible(tried.reducer)
        if not count:
            text = self.tr("Version {0}: the same as by “{2}”")
        elif count == 1:
            text = self.tr("Version {0}: 1 difference from “{2}”")
        else:
            text = self.tr("Version {0}: {1} differences from “{2}”")
        self.title.show_text(text.format(tried.version, f"{count:,}", name))
        if self._problem:
            self.hint.show_text(self._problem)
        elif self._outdated:
            self.hint.show_text(self.tr("By the rules before the mistake."))
        elif self._stopped:
            self.hint.show_text(trying)
        else:
            self.hint.show_text(
                self.tr("Marked: what the reducer in use makes otherwise.") if count else ""
            )

    def _tell_skipped(self, trial: Trial) -> None:
        self.kinds.setVisible(bool(trial.skipped) and trial.view.complete)
        if not trial.view.complete:
            self.skipped.show_text("")
        elif trial.skipped:
            count = sum(kind.count for kind in trial.skipped)
            self.skipped.show_text(
                self.tr("{0} of {1} events are skipped:").format(f"{count:,}", f"{len(trial.view):,}")
            )
        else:
            self.skipped.show_text(self.tr("No event is skipped."))

    def _tell_snapshots(self, trial: Trial) -> None:
        machine = self._machine
        if machine is None or not machine.session.store.has_snapshots or not trial.view.complete:
            self.snapshots.show_text("")
            return
        count = len(trial.snapshots.versions)
        about = self.tr("Newest snapshots: {0}") if count >= SNAPSHOTS_TRIED else self.tr("Snapshots: {0}")
        if not count:
            about = "{0}"
        self.snapshots.show_text(about.format(headline(trial.snapshots, inferred=False)))
        first = trial.snapshots.first_divergence
        self.to_divergence.setVisible(first is not None)
        # The version stands here, too: beside the button the sentence is often cut.
        self.to_divergence.setText(self.tr("Go to version {0}").format(first))

    def _list_kinds(self) -> None:
        self.kinds.clear()
        trial = self.trial
        if trial is None:
            return
        rows = []
        for kind in trial.skipped[:_KINDS_SHOWN]:
            reason = visible(localised(self._screen_now().reason(kind.reason)))
            row = QTreeWidgetItem([reason, f"{kind.count:,}", str(kind.first)])
            row.setToolTip(0, tip(reason))
            row.setData(0, Qt.ItemDataRole.UserRole, str(kind.first))
            for column in (1, 2):
                row.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            rows.append(row)
        if len(trial.skipped) > _KINDS_SHOWN:
            more = self.tr("and {0} more reasons").format(f"{len(trial.skipped) - _KINDS_SHOWN:,}")
            rows.append(QTreeWidgetItem([more]))
        self.kinds.addTopLevelItems(rows)
        high = max(self.kinds.sizeHintForRow(0), self.fontMetrics().lineSpacing()) * min(len(rows), _KINDS_IN_SIGHT)
        self.kinds.setMaximumHeight(self.kinds.header().sizeHint().height() + high + 8)

    def _go_to_skipped(self, row: QTreeWidgetItem) -> None:
        # As text, since Qt's integers are too small for some versions.
        version = row.data(0, Qt.ItemDataRole.UserRole)
        if version is not None and self._machine is not None:
            self._machine.go_to(int(version))

    def _go_to_divergence(self) -> None:
        trial = self.trial
        first = None if trial is None else trial.snapshots.first_divergence
        if trial is not None and first is not None and self._machine is not None:
            self._machine.go_to(trial.snapshots.version_before(first))
