"""Making projections of a store: from a projection file to a result, on this machine's processes.

`project` writes a file, `preview` shows what a sample of the store makes; `projections.result.Result` reads what was
written.
"""

from __future__ import annotations

import os
import stat
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from esviewer import __version__
from esviewer.app import activity
from esviewer.app import processes as helpers
from esviewer.app.clean_copy import clean_copy
from esviewer.app.files import not_of_the_store
from esviewer.app.masking import OFF, InForce
from esviewer.app.projection_before import AnewError, Earlier, earlier, held, identity
from esviewer.app.projection_source import LocalOpener, OpenSource, RemoteOpener, remote
from esviewer.app.reducers import RulesTexts
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, StoreError, UsageError
from esviewer.model import instant
from esviewer.model.clause import clause
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.projections.building import FORMAT, Before, Building, TableFacts, known_rows
from esviewer.projections.cells import plain_text
from esviewer.projections.cluster import SCHEME, Cluster
from esviewer.projections.countable import checked
from esviewer.projections.counting import counted
from esviewer.projections.cut import Cut
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.disk import system_errors
from esviewer.projections.forms import form_of, is_result, stale_files, write_forms
from esviewer.projections.keyed import Counted
from esviewer.projections.local import PARTS_A_PROCESS, run_alone, run_processes
from esviewer.projections.parts import TableWriter
from esviewer.projections.passing import Job, Source, job_for, run_batches
from esviewer.projections.plugged import PluggedEngine
from esviewer.projections.sampling import MOST_EVENTS, Sampled, sample
from esviewer.projections.shortened import Snapshots, usable
from esviewer.projections.shortened import batches as shortened
from esviewer.projections.sink import Counts
from esviewer.projections.workspace import Workspace
from esviewer.stores.grouping import InexactError
from esviewer.stores.reading import Part
from esviewer.work import Work

LOCAL: Final = "local"
WORTH_PROCESSES: Final = 400_000
"""Events from which on several processes are done sooner, although each of them takes some seconds to start."""
LAST_POSITION: Final = (1 << 63) - 1
"""The greatest position that any database counts to."""
CHANGED: Final = pa.schema([("aggregate_id", pa.string())])


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a projection is to be run."""

    as_of: Instant | None = None
    at_position: int | None = None
    """Events behind it don't count; for stores whose positions are numbers. From 0 to LAST_POSITION."""
    engine: str = LOCAL
    """`local`, a Dask scheduler as `dask://HOST:PORT`, or a plug-in's as `NAME://ADDRESS`."""
    processes: int | None = None
    """None: as many as the machine has cores, where there are so many events that it pays."""
    use_snapshots: bool = True
    """Whether states may begin with snapshots, where a sample of them agrees with replay."""
    full: bool = False
    """Don't go on from an earlier result."""
    parts_folder: Path | None = None
    """Where parts go until the result is whole: for a cluster, a folder that all share. None: beside the output."""
    masking: InForce = OFF


@dataclass(frozen=True, slots=True)
class Projected:
    """What a run came to."""

    files: tuple[Path, ...]
    tables: tuple[TableFacts, ...]
    facts: dict[str, Value] = field(compare=False)
    masked: str
    """What was masked; "" where nothing was."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(each.rows for each in self.tables)

    @property
    def problems(self) -> int:
        """Of all tables."""
        return sum(each.problems for each in self.tables)

    def as_json(self) -> dict[str, Value]:
        """`{files, projections:[{name, kind, rows, problems, untold}], rows, problems, events, aggregates, …}`."""
        said = ("name", "kind", "rows", "problems", "untold")
        return {
            "files": [str(each) for each in self.files],
            "projections": [{key: each.as_json()[key] for key in said} for each in self.tables],
            "rows": self.rows,
            "problems": self.problems,
            **{key: self.facts[key] for key in _SUMMARY},
        }


_SUMMARY: Final = (
    "store",
    "as_of",
    "at_position",
    "last_position",
    "events",
    "events_read",
    "aggregates",
    "in_database",
    "not_in_database",
    "inferred",
    "without_rule",
    "snapshots",
    "incremental",
    "full_because",
    "masked",
    "engine",
    "plugins",
    "processes",
    "seconds",
)


def project(
    session: Session, file: ProjectionFile, output: Path, wanted: Wanted | None = None, *, work: Work | None = None
) -> Projected:
    """Make a file's projections of a store, write them where `output` says and log that.

    The output appears, or replaces the one that is there, when it is whole; its ending says the form. Raises
    UsageError, StoreError, CancelledError, and EsviewerError when it can't be written.
    """
    return _Run(session, file, output, wanted or Wanted(), work).run()


def preview(
    session: Session,
    file: ProjectionFile,
    *,
    as_of: Instant | None = None,
    at_position: int | None = None,
    events: int = MOST_EVENTS,
    work: Work | None = None,
) -> list[Sampled]:
    """What the first aggregates make of a file's projections, until about so many events were looked at.

    Nothing is written, nothing masked. Raises StoreError and CancelledError.
    """
    cut = Cut(None if as_of is None else as_of.ns, at_position)
    source = OpenSource(session.store, session.reducer_for)
    ordered = session.store.order != "reconstructed"
    return sample(file, source, cut=cut, by_position=ordered, events=events, work=work)


class _Run:
    """One run, from the cut to the files."""

    def __init__(
        self, session: Session, file: ProjectionFile, output: Path, wanted: Wanted, work: Work | None
    ) -> None:
        form_of(output)
        plugged = wanted.engine != LOCAL and not wanted.engine.startswith(SCHEME)
        self._engine = PluggedEngine(wanted.engine) if plugged else None
        self._session = session
        self._store = session.store
        self._file = file
        self._output = Path(os.path.realpath(output))
        self._wanted = wanted
        self._work = work
        self._begun = time.monotonic()
        self._processes: int | None = 1
        """How many read; None: that is the business of a plug-in."""
        self._masks = wanted.masking.masks
        self._last: int | None = None
        self._full_because: str | None = None
        self._held: dict[str, Value] | None = None
        self._earlier: Earlier | None = None
        self._rules: RulesTexts | None = None
        self._counted: dict[int, list[Counted]] = {}
        self._not_counted: dict[str, str] = {}
        """By the names of projections that the database might have made: why it did not."""
        self._snapshots = Snapshots(False, "all events are read by processes of their own, or only newer ones")

    def run(self) -> Projected:
        self._check_there()
        last = self._last = self._newest()
        wanted = self._wanted
        self._rules = session_rules(self._session)
        try:
            self._held = self._to_hold()
            self._earlier = self._before()
        except AnewError as why:
            self._full_because = str(why)
        cut = Cut(None if wanted.as_of is None else wanted.as_of.ns, wanted.at_position if last is None else last)
        try:
            with ExitStack() as stack, system_errors():
                workspace = stack.enter_context(Workspace(self._output))
                folder = workspace.folder
                if wanted.parts_folder is not None:
                    shared = stack.enter_context(Workspace(self._output, wanted.parts_folder.absolute()))
                    folder = shared.folder
                job = job_for(self._file, self._opener(), cut, self._store.order != "reconstructed", folder)
                before = None
                if self._earlier is not None:
                    before = Before(self._earlier.file, workspace.folder / "changed.parquet")
                counts = self._made(job) if before is None else self._gone_on(job, before.changed)
                masker = self._wanted.masking.masker() if self._masks else None
                keep = self._held is not None
                building = Building(workspace.folder, folder, self._file, counts, masker, keep, before, self._counted)
                made = building.run(lambda: self._facts(counts, building), self._work)
                if self._masks and form_of(self._output) == ".duckdb":
                    made = clean_copy(made, workspace.folder, self._work)
                written = write_forms(made, self._output, workspace.folder, self._work)
                stale = stale_files(self._output, written)
                for place in (*written.values(), *stale):
                    self._check_place(place)
                for whole in written:
                    _settle(whole)
                for whole, place in written.items():
                    with suppress(FileNotFoundError):
                        whole.chmod(stat.S_IMODE(place.stat().st_mode))
                    whole.replace(place)
                for place in stale:
                    place.unlink()
        except OSError as error:
            raise EsviewerError(
                f"{self._output} can't be written: {error.strerror or error}.",
                "Choose a folder that exists and that you may write to, with enough space.",
            ) from None
        facts = self._facts(counts, building)
        activity.note(
            "export",
            store=self._store.label,
            file=next(iter(written.values())),
            projections=[each.name for each in building.tables],
            rows=sum(each.rows for each in building.tables),
            masked=None if masker is None else masker.counts.total(),
        )
        said = "" if masker is None or not masker.counts else masker.summary()
        return Projected(tuple(written.values()), tuple(building.tables), facts, said)

    def _check_there(self) -> None:
        """Raise UsageError where a database would be replaced that is no result: nobody may have what it holds."""
        output = self._output
        if output.suffix.lower() not in (".duckdb", ".sqlite") or not output.is_file() or not output.stat().st_size:
            return
        if not is_result(output):
            raise UsageError(
                f"{output} is there already and is no projection's result, so it is not replaced.",
                "Name another file, or remove that one first.",
            )

    def _check_place(self, place: Path) -> None:
        """Raise UsageError for a file that is the store's: with several tables, names come about that nobody gave."""
        label = self._store.label
        not_of_the_store(str(place), label)
        if "://" not in label and fnmatch(str(place), str(Path(label).expanduser().absolute())):
            raise UsageError(f"{place} would become a part of the store, which is never written.", "Name another file.")

    def _newest(self) -> int | None:
        """The position up to which the store is read, so that events that arrive meanwhile are in no row."""
        at = self._wanted.at_position
        if at is not None and self._store.order == "reconstructed":
            raise UsageError("The store has no positions, so there is none to stop at.", "Use --as-of TIME.")
        return self._store.newest_position(at, work=self._work)

    def _opener(self) -> LocalOpener | RemoteOpener | None:
        opened = self._session.opened
        if self._wanted.engine != LOCAL:
            if opened is None:
                raise UsageError("Nobody else could open this store.", f"Use --engine {LOCAL}.")
            # Asked again, since it says which program can't go there.
            return remote(opened, self._session.reducers.texts())
        if opened is None or self._rules is None:
            return None
        return LocalOpener(opened, self._rules)

    def _to_hold(self) -> dict[str, Value] | None:
        """What a later run asks the store for, to see that it may go on; raises AnewError where none may."""
        if self._masks:
            raise AnewError("a masked result holds nothing to go on from")
        if form_of(self._output) != ".duckdb":
            raise AnewError("only .duckdb holds what a later run goes on from")
        if self._rules is None:
            raise AnewError("a reducer is a program")
        if self._last is None and self._store.positioned:
            raise AnewError("no event is there to go on after")
        if self._last is None or self._store.names_may_change:
            raise AnewError("the store numbers its events in no way that tells what came after")
        found = held(self._session, self._last, self._work)
        if found is None:
            raise AnewError("the newest events share a position")
        return found

    def _before(self) -> Earlier | None:
        """The result to go on from, None where there is none; raises AnewError where there is and may not be used."""
        if not self._output.is_file():
            return None
        if self._wanted.full:
            raise AnewError("that was asked for")
        assert self._last is not None
        return earlier(self._session, self._output, self._identity(), self._last, self._work)

    def _gone_on(self, job: Job, changed: Path) -> Counts:
        """Make the rows anew of aggregates with newer events, and look at those events, or have the database count."""
        assert self._earlier is not None
        counts = self._count()
        if counts is not None and self._nothing_to_read:
            counts.fresh = counts.events
            return counts
        job = replace(job, without=frozenset(self._counted))
        after, store = self._earlier.position, self._store
        newer: dict[str, None] = {}
        number = 0
        for aggregate_id, _ in store.aggregates_after(after, work=self._work):
            newer[aggregate_id] = None
            number += 1
            if self._work is not None and number % 10_000 == 0:
                self._work.report("Looking for newer events", number)
        ids = TableWriter(changed, CHANGED)
        for aggregate_id in newer:
            ids.add((plain_text(aggregate_id),))
        if not ids.close():
            pq.write_table(CHANGED.empty_table(), changed)
        batches = (batch for each in newer for batch in store.of_aggregate(each, work=self._work))
        passing = Passing(number, self._work)
        source: Source = OpenSource(store, self._session.reducer_for)
        return run_batches(job, job.file(), source, 0, lambda _: batches, passing.told, self._work, after)

    def _made(self, job: Job) -> Counts:
        """What the database can make it does make; the rest comes of reading all events."""
        counts = self._count()
        if counts is not None and self._nothing_to_read:
            self._snapshots = Snapshots(False, "no state is made")
            return counts
        return self._passed(replace(job, without=frozenset(self._counted)))

    @property
    def _nothing_to_read(self) -> bool:
        return len(self._counted) == len(self._file.projections)

    def _count(self) -> Counts | None:
        """Have the database make what it can, going on from an earlier result; None when it can make nothing."""
        found = checked(self._file.projections)
        if not found:
            return None
        names = {index: self._file.projections[index].name for index in found}
        moment, before = self._wanted.as_of, self._earlier
        after = None if before is None else before.position
        grouping = self._store.grouping
        try:
            if self._last is None:
                raise InexactError("no column numbers all events")
            if self._work is not None:
                self._work.report("The database counts events", 0)
            within, beyond = grouping.count(after, self._last, moment, self._work)
        except (InexactError, StoreError) as why:
            self._not_counted = dict.fromkeys(names.values(), _reason(why))
            return None
        for index, how in found.items():
            projection = self._file.projections[index]
            known = None if before is None else partial(known_rows, before.file, index)
            try:
                made = counted(grouping, projection, how, self._last, moment, self._work, after, known)
            except (InexactError, StoreError) as why:
                # Reading all events tells what is wrong with the store, if anything is.
                self._not_counted[projection.name] = _reason(why)
                continue
            self._counted[index] = made
        return Counts(events=within, beyond=beyond)

    def _passed(self, job: Job) -> Counts:
        total = self._store.info(exact=False, work=self._work).events
        passing = Passing(total, self._work)
        if self._engine is not None:
            parts = self._parts(self._engine.parts, self._engine.parts)
            self._processes = None
            return self._engine.run(job, parts, passing.told, passing.parted, self._work)
        if self._wanted.engine != LOCAL:
            with Cluster(self._wanted.engine) as cluster:
                self._processes = cluster.threads
                parts = self._parts(cluster.threads, cluster.parts)
                return cluster.run(job, parts, passing.told, passing.parted, self._work)
        useful = os.cpu_count() or 1 if total >= WORTH_PROCESSES else 1
        processes = max(1, min(self._wanted.processes or useful, helpers.MOST_PROCESSES))
        own: Source = OpenSource(self._store, self._session.reducer_for)
        self._snapshots = self._usable(own)
        if self._snapshots.used:
            work = self._work
            return run_batches(
                job, job.file(), own, 0, lambda mapper: shortened(own, job.cut, mapper, work), passing.told, work
            )
        parts = [(None, None)]
        if processes > 1 and job.opener is not None:
            parts = self._parts(processes, processes * PARTS_A_PROCESS)
        self._processes = processes = min(processes, len(parts))
        if processes == 1:
            return run_alone(job, own, parts, passing.told, self._work)
        return run_processes(job, parts, processes, helpers.context(), passing.told, self._work)

    def _parts(self, readers: int, number: int) -> list[Part]:
        """So many parts, so that none waits long for the others; where each takes a look at all events, fewer."""
        return self._store.parts(readers if self._store.sorts_parts(work=self._work) else number, work=self._work)

    def _events(self, counts: Counts) -> int:
        """How many events the result is made of."""
        if self._earlier is not None:
            return self._earlier.events + counts.fresh
        if counts.shortened and self._held is not None:
            return int(self._held["events"])
        return counts.events

    def _usable(self, source: Source) -> Snapshots:
        wanted = self._wanted
        if not wanted.use_snapshots:
            return Snapshots(False, "that was asked for")
        if wanted.as_of is not None or wanted.at_position is not None:
            return Snapshots(False, "they are newer than what is asked for")
        if self._rules is None:
            return Snapshots(False, "a reducer is a program")
        return usable(self._file, source, self._work)

    def _facts(self, counts: Counts, building: Building) -> dict[str, Value]:
        masker, before = building.masker, self._earlier
        own = {
            each.name: {"name": each.rules.name, "sha256": each.rules.digest}
            for each in self._file.projections
            if each.kind == "state" and each.rules is not None
        }
        return {
            **self._identity(),
            "order": self._store.order,
            "file": self._file.origin,
            "reducers": own,
            "reducers_by_type": {
                kind: {"name": name, "sha256": digest, "inferred": inferred}
                for kind, (name, digest, inferred) in sorted(counts.reducers.items())
            },
            "last_position": self._last,
            "held": self._held,
            "events": self._events(counts),
            "events_read": counts.events + counts.beyond,
            "events_left_out": counts.beyond,
            "inferred": sorted(kind for kind, (_, _, guessed) in counts.reducers.items() if guessed),
            "aggregates": None if before is not None or self._nothing_to_read else counts.aggregates,
            "in_database": [self._file.projections[index].name for index in self._counted],
            "not_in_database": self._not_counted,
            "disordered": counts.disordered,
            "snapshots": {**self._snapshots.as_json(), "aggregates": counts.shortened},
            "without_rule": _by_reducer(counts),
            "incremental": before is not None,
            "after_position": None if before is None else before.position,
            "full_because": self._full_because,
            "masked": None if masker is None else masker.counts.total(),
            "masked_by": None if masker is None else self._wanted.masking.origin,
            "engine": self._wanted.engine,
            "plugins": [*self._store.plugins, *([] if self._engine is None else [str(self._engine.plugin)])],
            "processes": self._processes,
            "seconds": round(time.monotonic() - self._begun, 3),
            "made": instant.now().isoformat(),
        }

    def _identity(self) -> dict[str, Value]:
        """What has to be the same for a later run to go on."""
        wanted = self._wanted
        return {
            "format": FORMAT,
            "program": __version__,
            "store": self._store.label,
            "source": self._session.key or self._store.label,
            "layout": identity(self._session),
            "file_sha256": self._file.digest,
            "rules_sha256": None if self._rules is None else self._rules.digest,
            "as_of": None if wanted.as_of is None else wanted.as_of.isoformat(),
            "at_position": wanted.at_position,
        }


def session_rules(session: Session) -> RulesTexts | None:
    """The reducers' texts; None where one of them is a program."""
    return None if session.reducers.has_programs else session.reducers.texts()


def _reason(why: InexactError | StoreError) -> str:
    return why.message if isinstance(why, StoreError) else str(why)


def _by_reducer(counts: Counts) -> dict[str, Value]:
    found: dict[str, dict[str, int]] = {}
    for (reducer, event_type), number in sorted(counts.without_rule.items()):
        found.setdefault(reducer, {})[event_type] = number
    return dict(found)


class Passing:
    """Tells how far a pass is; how fast it goes and what is left is told by whoever shows it."""

    def __init__(self, total: int, work: Work | None) -> None:
        self._total = total
        self._work = work
        self._text = "Reading events"

    def parted(self, done: int, parts: int) -> None:
        """So many parts are made, by others who tell no more than that."""
        self._text = clause(f"Reading events, {done:,} of {parts:,} parts")

    def told(self, events: int, aggregates: int) -> None:
        """So much was looked at."""
        del aggregates
        if self._work is not None:
            self._work.report(self._text, events, max(self._total, events))


def _settle(file: Path) -> None:
    """What was written is on the disk."""
    with file.open("r+b") as out:
        os.fsync(out.fileno())
