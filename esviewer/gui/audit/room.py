"""The audit room: start an audit, look at what it finds as it finds it, and do something about it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from esviewer.app.accepting import accept, name_baseline, take_back
from esviewer.app.auditing import Audit, AuditSummary, settings_file, settings_of, why_not_since
from esviewer.app.cases.case import Pin
from esviewer.app.cases.pinning import pin_finding
from esviewer.app.session import Session
from esviewer.audit.finding import Finding, Severity
from esviewer.audit.settings import AuditSettings
from esviewer.errors import EsviewerError
from esviewer.gui.audit.arranging import Picked, Wanted
from esviewer.gui.audit.checks_panel import ChecksPanel
from esviewer.gui.audit.filters import Filters
from esviewer.gui.audit.finding_panel import FindingPanel
from esviewer.gui.audit.findings import FindingsModel, FindingsTable
from esviewer.gui.audit.reporting import check, write_audit
from esviewer.gui.audit.running import KEPT, Ended, Found, Running
from esviewer.gui.audit.settings_editor import SettingsEditor
from esviewer.gui.audit.since import SinceField
from esviewer.gui.audit.veil import Veil
from esviewer.gui.copying import Copies, Form, chosen_rows, copies_of_focused, copy_text
from esviewer.gui.file_field import file_name
from esviewer.gui.language import enumerated
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine, ToPin
from esviewer.gui.report_dialog import ReportDialog, ReportWanted
from esviewer.gui.room import Room, Told, invitation
from esviewer.gui.text import visible
from esviewer.gui.work_bar import WorkBar
from esviewer.gui.wrapped_label import WrappedLabel
from esviewer.model.exactjson import dumps
from esviewer.work import Work

_FILES: Final = "audit-files"
_REPORT: Final = "audit-report"
_NOTHING, _TABLE = 0, 1


class AuditRoom(Room):
    """One store's audits, one at a time."""

    report_forms = f"{Room.report_forms};;SARIF (*.sarif);;JUnit XML (*.xml)"

    def __init__(self, machine: Machine, parent: QWidget | None = None) -> None:
        super().__init__(machine, parent)
        label = machine.session.store.label
        self._beside = None if "://" in label else settings_file(Path(label))
        self._file: Path | None = None
        """The settings file in use."""
        self._to_read: Path | None = None
        """A settings file to be read when the audit that is under way is over."""
        self._begun = 0.0
        self._took = 0.0
        self._audited = AuditSettings()
        """The settings of the last audit that was begun."""
        self._audit: Audit | None = None
        """The last audit that was done to its end."""
        self._state = ""
        """What became of the last audit where it was not done to its end, in a sentence."""
        self._counts: Counter[tuple[str, Severity]] = Counter()
        """What arrived and is not accepted, by check and severity."""
        self._accepted = 0
        self._next: int | None = None
        """The row that the cursor goes to when findings that were accepted have left the table."""
        self.report_dialog: ReportDialog | None = None
        self.running = Running(machine, self)
        self.veil = Veil(machine)
        self.model = FindingsModel(self.veil, machine.theme, self)
        self._build()
        self._connect()
        self._read_settings(self._beside)
        self.editor.begin()
        self._show_numbers()

    def _build(self) -> None:
        self.start = QPushButton(self.tr("Start audit"), self)
        self.start.setObjectName("primary")
        self.since = SinceField(why_not_since(self.machine.session.store), self)
        self.bar = WorkBar(self)
        self.summary = WrappedLabel(self)
        self.summary.setObjectName("heading")
        self.report = QPushButton(self.tr("Report …"), self)
        self.filters = Filters(self)
        self.machine.findings_of = self.model.marks_of
        self.table = FindingsTable(self.model, self)
        self.nothing = invitation(self)
        self.nothing.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.nothing)
        self.stack.addWidget(self.table)
        self.finding = FindingPanel(self.machine, self)
        self.checks = ChecksPanel(self.machine.theme, self)
        self.editor = SettingsEditor(self.machine, self._beside, self)
        self.side = QTabWidget(self)
        self.side.setAccessibleName(self.tr("What the audit looks at, and what it found"))
        self.side.addTab(self.finding, self.tr("Finding"))
        self.side.addTab(self.checks, self.tr("Checks"))
        self.side.addTab(self.editor, self.tr("Settings"))
        self.side.setCurrentWidget(self.checks)
        self.parts = QSplitter(Qt.Orientation.Horizontal, self)
        self.parts.addWidget(self.stack)
        self.parts.addWidget(self.side)
        self.parts.setSizes([800, 440])
        self.parts.setStretchFactor(0, 9)
        self.parts.setStretchFactor(1, 5)
        self.parts.setChildrenCollapsible(False)
        top = QHBoxLayout()
        top.addWidget(self.start)
        top.addWidget(self.since)
        top.addWidget(self.bar, 8)
        top.addStretch(1)
        top.addWidget(self.report)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.messages)
        layout.addLayout(top)
        layout.addWidget(self.summary)
        layout.addWidget(self.filters)
        layout.addWidget(self.parts, 1)

    def _connect(self) -> None:
        self.start.clicked.connect(self.begin)
        self.bar.cancelled.connect(self.cancel)
        self.report.clicked.connect(self.ask_report)
        self.running.arrived.connect(self._arrived)
        self.running.progressed.connect(self.bar.show_progress)
        self.running.ended.connect(self._ended)
        self.filters.changed.connect(self._filter)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self._open)
        self.finding.open_wanted.connect(self._open_chosen)
        self.finding.pin_wanted.connect(self._pin)
        self.finding.accept_wanted.connect(self._accept)
        self.checks.file_wanted.connect(self._pick_settings)
        self.checks.reload_wanted.connect(self._reload)
        self.editor.open_wanted.connect(self._pick_settings)
        self.editor.saved.connect(self._read_settings)
        self.model.arranging.connect(self._arranging)
        self.model.rowsInserted.connect(self._show_row_count)
        self.model.modelReset.connect(self._show_row_count)
        self.machine.screen_changed.connect(self._redraw)

    def entered(self) -> None:
        self.checks.model.look_again()
        (self.table if self.model.rowCount() else self.start).setFocus()

    def copies(self) -> Copies:
        """What can be copied: the chosen findings as rows, and as the JSON that `esviewer audit --json` prints."""
        copies = copies_of_focused(self.machine, self.table, self.checks.table)
        return {**copies, Form.JSON: self._copy_json} if copies and self.table.hasFocus() else copies

    def _copy_json(self) -> None:
        chosen = [self.model.place(index.row()) for index in chosen_rows(self.table)]
        copy_text(self.machine, "\n".join(dumps(self.model.veiled(place).as_json()) for place in chosen))

    def close_store(self) -> None:
        if self.report_dialog is not None:
            self.report_dialog.reject()
        self.running.close()
        self.editor.close_store()
        self.model.close()
        self.machine.findings_of = lambda _: ()

    # Settings

    def _read_settings(self, file: Path | None) -> None:
        """Take the settings in a file, the usual ones where there is none; after the audit that is under way."""
        if self.running.going:
            self._to_read = file
            return

        def read(work: Work) -> tuple[Path | None, AuditSettings]:
            del work
            return (file, settings_of(file)) if file is not None and file.is_file() else (None, AuditSettings())

        self.model.tasks.run(read, self._take_settings, self.messages.say_error, slot=_FILES)

    def _take_settings(self, found: tuple[Path | None, AuditSettings]) -> None:
        self._file = found[0]
        self.checks.show_settings(found[1], found[0], self._beside)

    def _reload(self) -> None:
        self._use(self._file or self._beside)

    def _use(self, file: Path | None) -> None:
        """Take the settings in a file, and show them as text."""
        self._read_settings(file)
        self.editor.show_file(file)

    def _pick_settings(self) -> None:
        name = self.ask_settings() if self.editor.may_replace() else ""
        if name:
            self._use(Path(name))

    def ask_settings(self) -> str:
        """The settings file a person picks, empty for none."""
        forms = self.tr("Settings (*.toml);;All files (*)")
        return QFileDialog.getOpenFileName(self, self.tr("Settings of audits"), str(self._beside or ""), forms)[0]

    @property
    def settings(self) -> AuditSettings:
        """What the next audit checks."""
        return self.checks.model.settings

    # An audit

    def begin(self) -> None:
        """Audit the store, or what came after the position given, with the settings on show.

        What was found before goes.
        """
        self.messages.clear()
        self.model.clear()
        self.machine.findings_changed.emit()
        self._counts.clear()
        self._accepted, self._audit, self._state = 0, None, ""
        self._begun = time.monotonic()
        self.checks.set_fixed(True)
        self.since.set_fixed(True)
        self.checks.model.show_results(None, {})
        self.start.setEnabled(False)
        self.bar.begin(self.tr("Reading the store"))
        self._audited = self.settings
        self.running.start(self._audited, self.since.given)
        self._show_numbers()

    def cancel(self) -> None:
        """End the audit or the report that is under way."""
        if self.running.going:
            self._state = self.tr("Cancelled.")
            self.running.cancel()
        else:
            self.running.aside.cancel(_REPORT)
            self.bar.end()
            self._show_numbers()

    def _arrived(self, found: Sequence[Found]) -> None:
        self.model.add(found)
        self.machine.findings_changed.emit()
        for each in found:
            if each.accepted:
                self._accepted += 1
            else:
                self._counts[each.finding.check, each.finding.severity] += 1
        self._show_numbers()

    def _ended(self, ended: Ended) -> None:
        self._took = time.monotonic() - self._begun
        self.bar.end()
        self.start.setEnabled(True)
        self.checks.set_fixed(False)
        self.since.set_fixed(False)
        if self._to_read is not None:
            self._read_settings(self._to_read)
            self._to_read = None
        self._audit = ended.audit
        if ended.error is not None:
            self._state = self.tr("The audit ended early.")
            self.messages.say_error(ended.error, self.begin)
        self._show_numbers()
        if self.table.isVisible() and self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.choose(0)
        if not self.isVisible():
            self.told.emit(Told(self.tr("The audit is over. {0}").format(self.summary.text())))

    # What it came to

    @property
    def _summary(self) -> AuditSummary | None:
        return None if self._audit is None else self._audit.summary

    def _show_numbers(self) -> None:
        by_severity: Counter[Severity] = Counter()
        by_check: Counter[str] = Counter()
        summary = self._summary
        if summary is not None:
            by_severity.update(summary.by_severity)
            by_check.update(summary.by_check)
        else:
            for (check, severity), count in self._counts.items():
                by_severity[severity] += count
                by_check[check] += count
        self.filters.show_counts(by_severity, by_check)
        over = summary is not None
        self.checks.model.show_results(by_check if over or by_check else None, summary.not_checked if summary else {})
        self.report.setEnabled(over and self.bar.isHidden())
        told = self._told(by_severity)
        self.summary.setText(visible(told))
        self.summary.setVisible(bool(told) and not self.running.going)
        self._show_middle(by_severity.total())

    def _told(self, by_severity: Counter[Severity]) -> str:
        """The outcome in a line, with the numbers of the command line."""
        summary = self._summary
        if summary is None:
            if self._state:
                until_then = self.tr("Told until then: {0}.").format(self._counted(by_severity))
                return f"{self._state} {until_then}"
            return ""
        if summary.since is None:
            text = self.tr("{0} events of {1} aggregates checked: {2}.")
        else:
            text = self.tr("{0} events of {1} aggregates checked after position {3}: {2}.")
        text = text.format(f"{summary.events:,}", f"{summary.aggregates:,}", self._counted(by_severity), summary.since)
        if summary.accepted:
            known = self.tr("{0} known ones were accepted.")
            if summary.accepted == 1:
                known = self.tr("1 known one was accepted.")
            text += " " + known.format(f"{summary.accepted:,}")
        if self.running.beyond:
            text += " " + self.tr("Only the first {0} are listed.").format(f"{KEPT:,}")
        for why, names in summary.not_checked_by_reason():
            if any(each in why for each in summary.unused):
                text += " " + self.tr("Not checked: {0}, because {1}.").format(", ".join(names), localised(why))
        if summary.last_position is not None:
            text += " " + self.tr("Newest position: {0}.").format(summary.last_position)
        return text + " " + self.tr("It took {0} s.").format(f"{self._took:.1f}")

    def _counted(self, by_severity: Counter[Severity]) -> str:
        names = {
            Severity.ERROR: (self.tr("{0} error"), self.tr("{0} errors")),
            Severity.WARNING: (self.tr("{0} warning"), self.tr("{0} warnings")),
            Severity.INFO: (self.tr("{0} remark"), self.tr("{0} remarks")),
        }
        parts = [
            names[severity][count != 1].format(f"{count:,}")
            for severity, count in sorted(by_severity.items(), reverse=True)
            if count
        ]
        return enumerated(parts) or self.tr("no findings")

    def _show_middle(self, found: int) -> None:
        """The table where there is anything in it, else a sentence on why not."""
        listed = bool(found) or (self.filters.accepted.isChecked() and self._accepted > 0)
        self.stack.setCurrentIndex(_TABLE if listed else _NOTHING)
        if not listed:
            self.nothing.setText(visible_text(self._why_nothing()))

    def _at_the_end(self) -> str:
        return self.tr("What is wrong with versions is told once all aggregates were read.")

    def _why_nothing(self) -> list[str]:
        summary, audit = self._summary, self._audit
        if self.running.going:
            return [self.tr("No finding was told so far."), self._at_the_end()]
        if summary is None or audit is None:
            if self._state:
                told = self.tr("No finding was told until then; that says nothing about the rest.")
                return [self._state, told, self._at_the_end()]
            return [
                self.tr("Nothing was checked yet."),
                self.tr(
                    "An audit reads all events once and says what is wrong with them. It only reads. "
                    "The checks on the right say what is looked for."
                ),
            ]
        names = sorted({check.name for check in audit.checks} - set(summary.not_checked))
        texts = []
        if summary.accepted:
            texts.append(self.tr("Nothing new was found."))
        else:
            texts.append(self.tr("Nothing was found."))
        texts.append(
            self.tr("{0} checks looked at {1} events of {2} aggregates:").format(
                len(names), f"{summary.events:,}", f"{summary.aggregates:,}"
            )
        )
        texts.append(", ".join(names) or "–")
        texts += [
            self.tr("Not checked: {0}, because {1}.").format(", ".join(names), localised(why))
            for why, names in summary.not_checked_by_reason()
        ]
        return texts

    def _arranging(self, going: bool) -> None:
        if going:
            self.filters.shown.setText(self.tr("Sorting …"))
        else:
            self._show_row_count()
            row, self._next = self._next, None
            if row is not None and self.model.rowCount() and not self.table.currentIndex().isValid():
                self.table.choose(min(row, self.model.rowCount() - 1))

    def _show_row_count(self) -> None:
        rows, kept = self.model.rowCount(), self.model.kept
        self.filters.shown.setText("" if rows == kept else self.tr("{0} of {1} shown").format(f"{rows:,}", f"{kept:,}"))

    def _filter(self, wanted: Wanted) -> None:
        self.model.show_only(wanted)
        self._show_numbers()

    # One finding

    def _redraw(self) -> None:
        """What may be shown has changed."""
        self.model.redraw()
        self.machine.findings_changed.emit()
        self._chosen(self._current)

    def pin_to_case(self) -> None:
        if self._current is None:
            self.messages.say(self.tr("Choose a finding first."))
        else:
            self._pin()

    def _chosen(self, place: int | None) -> None:
        if place is None:
            self.finding.clear()
            return
        # Nobody who writes settings is taken away from them because an audit is over.
        if not self.editor.text.hasFocus() and (not self.running.going or self.side.currentWidget() is self.checks):
            self.side.setCurrentWidget(self.finding)
        self.finding.show_finding(self.model.finding(place), self.model.veiled(place), self.model.is_accepted(place))

    @property
    def _current(self) -> int | None:
        index = self.table.currentIndex()
        return self.model.place(index.row()) if index.isValid() else None

    def _open_chosen(self) -> None:
        if self._current is not None:
            self._open(self._current)

    def _open(self, place: int) -> None:
        finding = self.model.finding(place)
        if finding.aggregate_id is None:
            self.messages.say(self.tr("This finding is about the store as a whole: there is no event to go to."))
            return
        self.aggregate_wanted.emit((finding.aggregate_id, finding.version))

    def _pin(self) -> None:
        place = self._current
        if place is not None:
            finding, veiled = self.model.finding(place), self.model.veiled(place)
            where = self.tr("the store") if veiled.aggregate_id is None else visible(veiled.aggregate_id)
            what = self.tr("finding {0} of {1}").format(finding.check, where)
            self.machine.pin_wanted.emit(ToPin(what, partial(_pinned, finding, self._audited)))

    # Accepting

    def _accept(self) -> None:
        """Accept the chosen findings, or take them back where the one at the cursor is accepted."""
        current = self._current
        if current is None:
            return
        if self.running.going:
            self.messages.say(self.tr("Findings can be accepted when the audit is over."))
            return
        self._put(self.table.chosen_places() or [current], self.model.is_accepted(current))

    def _put(self, places: Sequence[int], back: bool) -> None:
        """Accept those at some places that are not accepted yet, or take `back` those that are."""
        file = self._baseline()
        if file is None:
            return
        pick = self.model.pick(places, back)
        label = self.machine.session.store.label
        # Where the store's own settings name no baseline yet, they are to name this one from now on.
        named = self.settings.baseline is not None
        settings = None if named or (self._file or self._beside) is None else self._file or self._beside

        def write(work: Work) -> Picked:
            picked = pick(work)
            if back:
                take_back([each.key for each in picked.findings], file, label)
                return picked
            accept(picked.findings, file, label)
            if settings is not None:
                name_baseline(settings, file, label)
            return picked

        done = partial(self._put_down, back, file, settings)
        self.model.tasks.run(write, done, self.messages.say_error, slot=_FILES)

    def _baseline(self) -> Path | None:
        """The file of accepted findings, asked for where the settings name none; None for none."""
        if self.settings.baseline is not None:
            return Path(self.settings.baseline)
        name = self.ask_baseline()
        return Path(name) if name else None

    def ask_baseline(self) -> str:
        """Where accepted findings are to be kept, empty for nowhere."""
        store = self.machine.session.store
        proposal = f"{store.name}.accepted.jsonl" if self._beside is None else f"{store.label}.accepted.jsonl"
        forms = self.tr("Accepted findings (*.jsonl);;All files (*)")
        return QFileDialog.getSaveFileName(
            self,
            self.tr("Where to keep accepted findings"),
            proposal,
            forms,
            options=QFileDialog.Option.DontConfirmOverwrite,  # it is added to
        )[0]

    def _put_down(self, back: bool, file: Path, settings: Path | None, picked: Picked) -> None:
        if self.settings.baseline is None:
            self.checks.show_settings(replace(self.settings, baseline=str(file)), settings or self._file, self._beside)
            self._file = settings or self._file
            self.editor.show_file(self._file)
        summary, sign = self._summary, 1 if back else -1
        for (name, severity), count in picked.counts.items():
            self._counts[name, severity] += sign * count
            self._accepted -= sign * count
            if summary is not None:
                summary.by_check[name] += sign * count
                summary.by_severity[severity] += sign * count
                summary.accepted -= sign * count
        rows = [index.row() for index in self.table.selectionModel().selectedRows()]
        self._next = min(rows) if rows else None
        self.model.mark(picked.places, not back)
        self.machine.findings_changed.emit()
        self._show_numbers()
        one = len(picked.places) == 1
        if back:
            many = self.tr("{0} findings are no longer accepted: {1}")
            said = self.tr("1 finding is no longer accepted: {1}") if one else many
        else:
            said = self.tr("1 finding accepted in {1}") if one else self.tr("{0} findings accepted in {1}")
        text = said.format(f"{len(picked.places):,}", file)
        self.messages.say(text, {self.tr("Undo"): partial(self._put, picked.places, not back)})

    # Reports

    def report_name(self) -> str:
        return "" if self._audit is None or self.running.going else f"audit of {self.machine.session.store.name}"

    def export_report(self, path: Path) -> None:
        self._write(ReportWanted(path))

    def ask_report(self) -> None:
        """Ask where a report goes, and how, and write it."""
        proposal = file_name(f"{self.report_name()}.html")
        dialog = ReportDialog(self.tr("Report of the audit"), proposal, self, forms=self.report_forms, check=check)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.wanted.connect(self._write)
        dialog.finished.connect(self._asked)
        self.report_dialog = dialog
        dialog.open()

    def _asked(self) -> None:
        self.report_dialog = None

    def _write(self, wanted: ReportWanted) -> None:
        audit = self._audit
        if audit is None or self.running.going:
            return
        act = partial(_written, audit, self.model.open_findings(), self.running.beyond, wanted)
        self.messages.clear()
        self.bar.begin(self.tr("Writing the report"))
        self.report.setEnabled(False)
        self.running.aside.run(act, self._wrote, self._not_written, slot=_REPORT)

    def _wrote(self, path: Path) -> None:
        self.bar.end()
        self._show_numbers()
        self.messages.say(self.tr("Report written: {0}").format(path))

    def _not_written(self, error: EsviewerError) -> None:
        self.bar.end()
        self._show_numbers()
        self.messages.say_error(error)


def visible_text(parts: Sequence[str]) -> str:
    """Paragraphs, each as it may be shown."""
    return "\n\n".join(map(visible, parts))


def _pinned(finding: Finding, settings: AuditSettings, session: Session, note: str, work: Work) -> Pin:
    return pin_finding(session, finding, settings, note=note, work=work)


def _written(
    audit: Audit, findings: Sequence[Finding], beyond: int, wanted: ReportWanted, session: Session, work: Work
) -> Path:
    return write_audit(session, audit, findings, beyond, wanted, work)
