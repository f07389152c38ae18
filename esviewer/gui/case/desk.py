"""The case that is open: changed by undoable steps, saved after each, and checked against the store aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from esviewer.app.cases.case import Case, Pin
from esviewer.app.cases.keeping import CaseFile, Found, Saved, new_file, open_file, together
from esviewer.app.cases.pinning import Recheck, Rechecked, new_case
from esviewer.app.cases.recent import RecentCases
from esviewer.app.cases.reporting import case_to_file
from esviewer.app.files import for_report, placed
from esviewer.app.session import Session
from esviewer.assets import data_dir
from esviewer.errors import EsviewerError, UsageError
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine, ToPin
from esviewer.gui.report_dialog import ReportWanted
from esviewer.gui.room import Told
from esviewer.gui.tasks import Tasks
from esviewer.report.write import check_ending
from esviewer.work import Progress, Work


class _Step(QUndoCommand):
    """From one case to another; steps of the same `topic` that follow each other are one."""

    def __init__(self, desk: CaseDesk, text: str, before: Case, after: Case, topic: str = "") -> None:
        super().__init__(text)
        self._desk = desk
        self._before = before
        self.after = after
        self.topic = topic

    def redo(self) -> None:
        self._desk._take(self.after)

    def undo(self) -> None:
        self._desk._take(self._before)

    def id(self) -> int:
        return 1 if self.topic else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Step) or other.topic != self.topic:
            return False
        self.after = other.after
        return True


class _Again:
    """What asks for the pins of a case again; made on the worker, which has the session."""

    def __init__(self, pins: Sequence[Pin]) -> None:
        self._pins = pins
        self._made: Recheck | None = None

    def of(self, session: Session, pin: Pin, work: Work) -> Rechecked:
        if self._made is None:
            self._made = Recheck(session, self._pins)
        return self._made.of(pin, work)


@dataclass(frozen=True, slots=True)
class _Opened:
    kept: CaseFile
    case: Case


class CaseDesk(QObject):
    """Has at most one case; files are read and written on a thread of their own."""

    changed = Signal(object)
    """Another case is open, or the same has changed: the Case, or None."""
    opened = Signal(object)
    """Another case is open: the Case, or None."""
    checked = Signal(object)
    """A pin was asked again: its Rechecked; None when all results are forgotten or the check has ended."""
    pinned = Signal(object)
    """Something was pinned: the Pin, with its number."""
    wanted = Signal()
    """Somebody wants to look at the case."""
    told = Signal(object)
    """There is something to say: a Told."""
    failed = Signal(object)
    """Something went wrong: an EsviewerError."""
    progressed = Signal(object)
    """A `Progress` of the check, None when there is none."""

    def __init__(self, machine: Machine, parent: QObject) -> None:
        super().__init__(parent)
        self._machine = machine
        self._files = Tasks(self)
        self._files.failed.connect(self.failed)
        self._pinning = machine.aside.twin(self)
        self._pinning.tasks.failed.connect(self.failed)
        self._pinning.tasks.progressed.connect(self._pinning_progressed)
        self._checking = machine.aside.twin(self)
        self._checking.tasks.failed.connect(self._check_failed)
        self._checking.tasks.progressed.connect(self._check_progressed)
        self._recent = RecentCases()
        self.case: Case | None = None
        self._kept: CaseFile | None = None
        self.file: Path | None = None
        """The open case's file."""
        self.undo = QUndoStack(self)
        self.results: dict[int, Rechecked] = {}
        """What the last check said, by the pins' numbers."""
        self.accepted = False
        """Whether the case is about this store, or somebody said to go on although it is about another."""
        self._to_check: list[int] = []
        self._to_be_checked = 0
        self._again = _Again(())
        self._unsaved = False
        self._saving: CaseFile | None = None
        """The file that is being written."""
        self._reporting = False
        self._life = 0
        """Counts the cases that were open."""

    # Opening and closing

    @property
    def recent(self) -> list[Path]:
        """The case files that were open with this store before."""
        return self._recent.of(self._machine.session.key)

    @property
    def own_store(self) -> bool:
        """Whether the case is about the store that is open."""
        if self.case is None:
            return False
        store = self._machine.session.store
        about = self.case.store
        return placed(str(about.get("label"))) == placed(store.label) and about.get("layout") == store.layout.name

    def begin(self, file: Path, title: str, note: str, then: Callable[[], None] | None = None) -> None:
        """Begin a case in a new file; `then` is called when it is open."""
        session = self._machine.session

        def make(work: Work) -> _Opened:
            del work
            case = new_case(session, title, note)
            return _Opened(new_file(file, case, session.store.label), case)

        self._files.run(make, partial(self._open, then), slot="open")

    def open(self, file: Path, then: Callable[[], None] | None = None) -> None:
        """Open a case's file; `then` is called when it is open and about this store."""

        def read(work: Work) -> _Opened:
            del work
            return _Opened(*open_file(file))

        self._files.run(read, partial(self._open, then), slot="open")

    def _open(self, then: Callable[[], None] | None, found: _Opened) -> None:
        self.close_case()
        self._life += 1
        self.case, self._kept, self.file = found.case, found.kept, found.kept.file
        self.accepted = self.own_store
        self._remember(found.kept.file)
        self.opened.emit(self.case)
        self.changed.emit(self.case)
        if self.accepted:
            self.check()
            if then is not None:
                then()
        elif then is not None:
            text = self.tr("Nothing was pinned: the case that was opened is about another store.")
            self.told.emit(Told(text, {self.tr("Show the case"): self.wanted.emit}))

    def accept(self) -> None:
        """Go on with a case that is about another store."""
        self.accepted = True
        self.changed.emit(self.case)
        self.check()

    def adopt(self) -> None:
        """Note in the case that it is about the store that is open: the same one, moved."""
        if self.case is not None:
            store = new_case(self._machine.session, "").store
            self._do(self.tr("another place of the store"), replace(self.case, store=store))
            self.accept()

    def close_case(self) -> None:
        """Close the case; all of it is in its file."""
        if self.case is None:
            return
        self.stop_check()
        if self._unsaved and self._kept is not None:
            # In the order of the tasks: behind a write that is under way.
            self._files.run(self._final_save(self._kept, self.case), self._saved_apart)
        self._life += 1
        self.case = self._kept = self._saving = self.file = None
        self._unsaved = False
        self.accepted = False
        self.results = {}
        self.undo.clear()
        self.opened.emit(None)
        self.changed.emit(None)

    def _final_save(self, kept: CaseFile, case: Case) -> Callable[[Work | None], Saved]:
        """What writes a case that is closed; where its file can't be written, into the folder of this program."""
        key, recent = self._machine.session.key, self._recent

        def write(work: Work | None) -> Saved:
            del work
            try:
                return kept.save(case)
            except EsviewerError:
                rescued = CaseFile(data_dir() / "cases" / kept.file.name, None).save(case)
                recent.add(key, rescued.file)
                return Saved(rescued.file, kept.file)

        return write

    def _saved_apart(self, saved: Saved) -> None:
        if saved.left is not None:
            text = self.tr("{0} could not be written; the case is in {1}.").format(saved.left, saved.file)
            self.told.emit(Told(text))

    def _remember(self, file: Path) -> None:
        recent, key = self._recent, self._machine.session.key
        self._files.run(lambda _: recent.add(key, file))

    # Changing

    def _do(self, text: str, after: Case, topic: str = "") -> None:
        if self.case is not None:
            self.undo.push(_Step(self, text, self.case, after, topic))

    def _take(self, case: Case) -> None:
        self.case = case
        self.changed.emit(case)
        self._save()

    def pin(self, wanted: ToPin, note: str = "") -> None:
        """Ask the store for something and pin the answer."""
        life = self._life
        self._pinning.run(
            lambda session, work: wanted.pin(session, note, work),
            lambda pin: self._pinned(life, wanted, pin),
        )

    def _pinned(self, life: int, wanted: ToPin, pin: Pin) -> None:
        if self.case is None or life != self._life:
            self.failed.emit(
                EsviewerError(
                    self.tr("Not pinned: {0}.").format(wanted.what),
                    self.tr("The case was closed meanwhile; pin it again."),
                )
            )
            return
        after = self.case.with_pin(pin)
        self._do(self.tr("pin {0}").format(after.pins[-1].id), after)
        self.pinned.emit(after.pins[-1])

    def remove(self, number: int) -> None:
        """Take a pin out."""
        if self.case is not None:
            self._do(self.tr("removal of pin {0}").format(number), self.case.without(number))

    def move(self, number: int, by: int) -> None:
        """Move a pin so many places down, or up."""
        if self.case is not None:
            after = self.case.moved(number, by)
            if [each.id for each in after.pins] != [each.id for each in self.case.pins]:
                self._do(self.tr("move of pin {0}").format(number), after)

    def set_pin_note(self, number: int, note: str) -> None:
        """Change the note of a pin."""
        if self.case is not None and self.case.pin(number).note != note:
            self._do(self.tr("note of pin {0}").format(number), self.case.with_note(number, note), f"note {number}")

    def set_title(self, title: str) -> None:
        """Change the title; an empty one is none."""
        if self.case is not None and title.strip() and self.case.title != title:
            self._do(self.tr("title"), replace(self.case, title=title), "title")

    def set_note(self, note: str) -> None:
        """Change the note of the case."""
        if self.case is not None and self.case.note != note:
            self._do(self.tr("note"), replace(self.case, note=note), "note")

    # Saving

    def _save(self) -> None:
        """Write the case, after what is being written."""
        case, kept = self.case, self._kept
        if case is None or kept is None:
            return
        self._unsaved = True
        if self._saving is kept:
            return  # what is newest is written when that has ended
        self._saving = kept

        def write(work: Work) -> Saved:
            del work
            return kept.save(case)

        self._files.run(write, partial(self._saved, kept, case), partial(self._not_saved, kept))

    def _saved(self, kept: CaseFile, case: Case, saved: Saved) -> None:
        if kept is not self._kept:
            return
        self._saving = None
        if saved.left is not None:
            self.file = saved.file
            self._remember(saved.file)
            self._tell_conflict(saved.left, saved.file)
        if case is self.case:
            self._unsaved = False
        else:
            self._save()
        self.changed.emit(self.case)

    def _tell_conflict(self, left: Path, file: Path) -> None:
        text = self.tr(
            "{0} was changed by somebody else since it was read, and is left as it is. This case is saved as {1} from "
            "now on."
        ).format(left, file.name)
        actions = {
            self.tr("Add the other's pins"): partial(self._add_from, left),
            self.tr("Open the other"): partial(self.open, left),
        }
        self.told.emit(Told(text, actions))

    def _not_saved(self, kept: CaseFile, error: EsviewerError) -> None:
        if kept is self._kept:
            self._saving = None
            kept_open = self.tr("Nothing is lost while it is open.")
            text = f"{localised(error)} {kept_open}"
            self.told.emit(Told(text, {self.tr("Try again"): self._save}))

    @property
    def unsaved(self) -> bool:
        """Whether something is not in the file yet."""
        return self._unsaved

    def save_as(self, file: Path) -> None:
        """Go on in another new file; the former one stays as it is."""
        case, label, life = self.case, self._machine.session.store.label, self._life
        if case is None or file == self.file:
            return

        def write(work: Work) -> CaseFile:
            del work
            return new_file(file, case, label)

        def written(kept: CaseFile) -> None:
            if life == self._life:
                self._kept, self.file, self._saving = kept, kept.file, None
                self._remember(kept.file)
                self._save()  # what has changed meanwhile
                self.changed.emit(self.case)

        self._files.run(write, written, slot="save-as")

    def _add_from(self, file: Path) -> None:
        life = self._life

        def read(work: Work) -> Case:
            del work
            return open_file(file)[1]

        def add(other: Case) -> None:
            if self.case is not None and life == self._life:
                self._do(self.tr("the other's pins"), together(self.case, other))

        self._files.run(read, add)

    def look_again(self) -> None:
        """Show what others have changed in the file meanwhile, such as a pin by the command line."""
        kept = self._kept
        if kept is None or self._unsaved:
            return

        def look(work: Work) -> Found | None:
            del work
            return kept.look()

        def found(other: Found | None) -> None:
            if other is not None and kept is self._kept and not self._unsaved:
                kept.know(other)
                self._do(self.tr("what was changed elsewhere"), other.case)
                self.told.emit(Told(self.tr("The case was changed by somebody else; it is shown as it is now.")))

        self._files.run(look, found, self.failed.emit, slot="look")

    # Checking

    @property
    def checking(self) -> bool:
        """Whether a check is under way."""
        return bool(self._to_check)

    def check(self) -> None:
        """Ask the store again for all that is pinned."""
        self.stop_check()
        if self.case is not None and self.accepted:
            self.results = {}
            self._to_check = [pin.id for pin in self.case.pins]
            self._to_be_checked = len(self._to_check)
            self._again = _Again(self.case.pins)
            self.checked.emit(None)
            self._check_next()

    def stop_check(self) -> None:
        """Give the check up; what was found so far stays."""
        if self._to_check:
            self._to_check = []
            self._checking.cancel("check")
            self.progressed.emit(None)
            self.checked.emit(None)

    def _check_next(self) -> None:
        pins = {} if self.case is None else {pin.id: pin for pin in self.case.pins}
        while self._to_check and self._to_check[0] not in pins:
            self._to_check.pop(0)
        if not self._to_check:
            self.progressed.emit(None)
            self.checked.emit(None)
            return
        pin = pins[self._to_check[0]]
        self._check_progressed(None)
        again = self._again
        self._checking.run(lambda session, work: again.of(session, pin, work), self._one_checked, slot="check")

    def _one_checked(self, found: Rechecked) -> None:
        self.results[found.pin.id] = found
        if self._to_check and self._to_check[0] == found.pin.id:
            self._to_check.pop(0)
        self.checked.emit(found)
        self._check_next()

    def _check_progressed(self, progress: Progress | None) -> None:
        if not self._to_check:
            return
        done = self._to_be_checked - len(self._to_check)
        text = self.tr("Checking pin {0} of {1}").format(f"{done + 1:,}", f"{self._to_be_checked:,}")
        if progress is not None:
            text += f": {progress.text} {progress.done:,}"
        self.progressed.emit(Progress(text, done, self._to_be_checked))

    def _check_failed(self, error: EsviewerError) -> None:
        self.stop_check()
        self.failed.emit(error)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        tasks = (self._files, self._pinning.tasks, self._checking.tasks)
        return any(each.busy for each in tasks) or self.checking

    # Reports

    def report(self, wanted: ReportWanted) -> None:
        """Write a report; where the case is about another store, without asking the one that is open."""
        case = self.case
        if case is not None:
            self._reporting = True
            act = partial(_written, case, self.file, self.accepted, wanted)
            self._pinning.run(act, self._wrote, self._not_written, slot="report")

    def _wrote(self, path: Path) -> None:
        self._end_report()
        self.told.emit(Told(self.tr("Report written to {0}.").format(path)))

    def _not_written(self, error: EsviewerError) -> None:
        self._end_report()
        self.failed.emit(error)

    def _end_report(self) -> None:
        self._reporting = False
        self.progressed.emit(None)
        self.checked.emit(None)

    def _pinning_progressed(self, progress: Progress | None) -> None:
        if progress is not None and self._reporting and not self.checking:
            self.progressed.emit(progress)

    def stop(self) -> None:
        """Give up the check and the report that are under way."""
        self.stop_check()
        if self._reporting:
            self._pinning.cancel("report")
            self._end_report()

    def close(self) -> None:
        """End all work when the store is closed; what is not in the file yet is written."""
        self._to_check = []
        self._checking.close()
        self._pinning.close()
        if self._unsaved and self._kept is not None and self.case is not None:
            self._files.close(partial(_quietly, self._final_save(self._kept, self.case)))
        else:
            self._files.close()
        self.undo.clear()


def _written(
    case: Case, file: Path | None, ask_again: bool, wanted: ReportWanted, session: Session, work: Work
) -> Path:
    path = wanted.file.expanduser()
    check_ending(path)
    for_report(path, session.store.label, *([] if file is None else [file]))
    if wanted.evidence is not None and not ask_again:
        raise UsageError(
            translate("Case", "The case is about another store, which alone can prove what is quoted."),
            translate("Case", "Open that one."),
        )
    case_to_file(
        case,
        path,
        session=session if ask_again else None,
        rules=wanted.rules_for(session.store.label if ask_again else str(case.store.get("label", ""))),
        evidence=wanted.evidence,
        work=work,
    )
    return path


def _quietly(save: Callable[[Work | None], Saved]) -> None:
    """Save when nobody is left to be told."""
    with suppress(EsviewerError):
        save(None)
