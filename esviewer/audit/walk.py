"""The walk through a store's events that checks look on at: once through, by aggregate, in flat memory."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from esviewer.audit.check import PageCheck
from esviewer.audit.finding import Finding, is_after
from esviewer.audit.life import Life, LifeCheck
from esviewer.audit.page import PLAIN, TOPICS, Page, Run, Traits
from esviewer.errors import CancelledError, ConsentNeededError, EsviewerError, ForeignError, RulesError
from esviewer.model.batch import EventBatch, StoreBatch
from esviewer.model.clause import clause
from esviewer.model.event import Snapshot
from esviewer.model.values import Value, copied
from esviewer.replay.fold import Folding, Telling
from esviewer.replay.reducer import RawChange, Reducer
from esviewer.replay.unusable import UnusableReducer
from esviewer.work import Work

ReducerFor = Callable[[str | None], Reducer | None]
"""The reducer for an aggregate type; None: aggregates of the type are not replayed."""
SnapshotsOf = Callable[[Sequence[str]], Mapping[str, list[Snapshot]]]
"""The snapshots of some aggregates, by version."""


class Walk:
    """Shows the events of a store to checks; fed with the batches of `Store.by_aggregate` in order."""

    def __init__(
        self,
        page_checks: Sequence[PageCheck],
        life_checks: Sequence[LifeCheck],
        reducer_for: ReducerFor,
        snapshots_of: SnapshotsOf | None = None,
        work: Work | None = None,
        *,
        since: int | None = None,
        traits: Traits = PLAIN,
    ) -> None:
        """With `since`, events up to this position are looked at and not counted."""
        self._page_checks = page_checks
        self._life_checks = life_checks
        self._watching = [check for check in life_checks if check.watches_events]
        self._reducer_for = reducer_for
        self._snapshots_of = snapshots_of
        self._work = work
        self._since = since
        self._traits = traits
        self._given_up: dict[str | None, Reducer | None] = {}
        """Reducers that can't be used, by aggregate type; None where there is none to be had."""
        self.unreplayed: dict[str, str] = {}
        """Why reducers were not used, so that aggregates of their types have no states, and what to do about it."""
        self.broken_off: dict[str, str] = {}
        """The same of programs that failed at single aggregates."""
        self.judged = False
        """Whether there were aggregates of which a reducer knows what their events mean."""
        self._waiting: StoreBatch | None = None
        """The batch to look at next: only the one after it tells whether its last aggregate ends."""
        self._current: str | None = None
        self._type: str | None = None
        self._life: Life | None = None
        self._folding: Folding | None = None
        """The one of the aggregate that was begun last."""
        self._reducers: dict[str | None, Reducer | None] = {}
        """Those asked for on this page, by aggregate type."""
        self._before: tuple[int, int, int | None] | None = None
        self._owned_before: set[str] = set()
        self._doubled = False
        """Whether the event after the page has the version of its last."""
        self._counted: str | None = None
        """The aggregate that was counted last."""
        self.events = 0
        self.aggregates = 0

    def feed(self, batch: StoreBatch) -> Iterator[Finding]:
        """Look at the next events."""
        waiting, self._waiting = self._waiting, batch
        if waiting is not None and len(waiting):
            goes_on = waiting.runs[-1][1] == batch.runs[0][1]
            self._doubled = goes_on and len(batch) > 0 and waiting.versions[-1] == batch.versions[0]
            yield from self._look(waiting, goes_on)

    def finish(self) -> Iterator[Finding]:
        """Look at what is left; what the checks say at the end is theirs to be asked for."""
        self._doubled = False
        if self._waiting is not None and len(self._waiting):
            yield from self._look(self._waiting, goes_on=False)
        self._waiting = None

    def _look(self, batch: StoreBatch, goes_on: bool) -> Iterator[Finding]:
        page = self._page(batch, goes_on)
        for check in self._page_checks:
            yield from check.look(page)
        if self._life_checks:
            yield from self._replayed(page)
        self._count(page)
        last = len(page) - 1
        written = page.written(last) if goes_on else None
        self._before = int(page.versions[last]), int(page.earliest[last]), written
        self._owned_before = {topic for topic in TOPICS if last in page.owned[topic]}

    def _page(self, batch: StoreBatch, goes_on: bool) -> Page:
        runs = []
        for number, (first, aggregate_id, kind) in enumerate(batch.runs):
            begins = number > 0 or aggregate_id != self._current
            is_last = number == len(batch.runs) - 1
            last = len(batch) if is_last else batch.runs[number + 1][0]
            if begins:
                self._current, self._type = aggregate_id, kind
            runs.append(Run(aggregate_id, self._type, first, last, begins, not (is_last and goes_on)))
        page = Page(batch, runs, self._before, self._traits)
        if not runs[0].begins:
            for topic in self._owned_before:
                page.owned[topic].add(-1)
        return page

    def _count(self, page: Page) -> None:
        if self._since is None:
            self.events += len(page)
            self.aggregates += sum(run.begins for run in page.runs)
            return
        positions = page.column("position")
        for run in page.runs:
            new = sum(is_after(positions[index], self._since) for index in range(run.first, run.last))
            self.events += new
            if new and run.aggregate_id != self._counted:
                self._counted = run.aggregate_id
                self.aggregates += 1

    # Replay

    def _replayed(self, page: Page) -> Iterator[Finding]:
        self._reducers.clear()
        begun = [run.aggregate_id for run in page.runs if run.begins]
        known = self._snapshots_of(begun) if self._snapshots_of is not None and begun else {}
        versions = page.owned["version"]
        # Of two events with one version nobody knows which is the right one.
        both = {index - 1 for index in versions if index > 0 and page.doubles[index]}
        if self._doubled:
            both.add(len(page) - 1)
        broken = sorted(index for index in versions | both | page.owned["payload"] if index >= 0)
        mistimed = sorted(index for index in page.owned["time"] if index >= 0)
        for run in page.runs:
            if run.begins:
                self._life, error = self._born(run, known.get(run.aggregate_id, []))
                if self._life is not None and error is not None:
                    for check in self._life_checks:
                        yield from check.unused(self._life, error)
            life = self._life
            if life is None:
                continue
            own = broken[bisect_left(broken, run.first) : bisect_left(broken, run.last)]
            for index in mistimed[bisect_left(mistimed, run.first) : bisect_left(mistimed, run.last)]:
                # A wrong time is in the state too where the reducer looks at it.
                if life.reducer.needs_event(page.batch.types[index]):
                    own = sorted([*own, index])
            yield from self._lived(life, page.batch, run, own)
            if run.ends:
                life.folding.version = page.batch.versions[run.last - 1]
                for check in self._life_checks:
                    yield from check.end(life)
                self._life = None

    def _born(self, run: Run, snapshots: list[Snapshot]) -> tuple[Life | None, EsviewerError | None]:
        """An aggregate's life, and why its reducer can't be used where that is news.

        It would fail so with all others of the type too: it is told of once, at the first.
        """
        kind = run.aggregate_type
        reducer: Reducer | None = None
        error: EsviewerError | None = None
        if kind not in self._given_up or self._given_up[kind] is not None:
            try:
                if kind not in self._reducers:
                    self._reducers[kind] = self._reducer_for(kind)
                reducer = self._reducers[kind]
                if reducer is None:
                    return None, None
                if self._given_up.get(kind) is not reducer:
                    folding = self._folding = Folding(reducer, reducer.initial(), self._folding)
                    self.judged = self.judged or not reducer.inferred
                    return Life(run.aggregate_id, kind, reducer, folding, snapshots), None
            except (ForeignError, ConsentNeededError, RulesError) as caught:
                error = caught
                self._given_up[kind] = reducer
                self.unreplayed[why_unused(error, reducer)] = error.hint
        unusable = UnusableReducer("" if reducer is None else reducer.name)
        life = Life(run.aggregate_id, kind, unusable, Folding(unusable, None), snapshots, doubtful=True, over=True)
        return life, error

    def _lived(self, life: Life, batch: StoreBatch, run: Run, broken: Sequence[int]) -> Iterator[Finding]:
        """One aggregate's events on a page; `broken` are the events after which its state is in doubt."""
        versions = batch.versions
        at = run.first
        while at < run.last:
            end = run.last
            reached = None
            if life.snapshots:
                found = bisect_right(versions, life.snapshots[0].version, at, run.last)
                if found < run.last or (versions[run.last - 1] == life.snapshots[0].version):
                    end, reached = found, life.snapshots[0]
            doubt = next((index for index in broken if at <= index < end), None)
            if doubt is not None and not life.doubtful:
                if doubt > at:
                    yield from self._fed(life, batch, at, doubt)
                life.doubtful, at = True, doubt
            if end > at:
                yield from self._fed(life, batch, at, end)
            at = end
            if reached is not None:
                if end in broken and versions[end] > reached.version:
                    life.doubtful = True  # the event that it was taken after is missing
                yield from self._witnessed(life, reached)

    def _fed(self, life: Life, batch: StoreBatch, first: int, last: int) -> Iterator[Finding]:
        part = life.batch = batch.part(first, last)
        if life.over:
            self._pass(life, part)  # no states any more, but snapshots that can be read or not
            return
        folding = life.folding
        known = len(folding.skipped)
        found: list[Finding] = []
        watching = self._watching
        skipped = folding.skipped
        ended = life.deleted is not None

        def look(version: int, changes: list[RawChange], state: Value) -> None:
            nonlocal ended
            if ended and not life.revived:
                life.revived = True
                told = [finding for each in self._life_checks for finding in each.deleted(life, version)]
                found.extend(told)
                life.doubtful = life.doubtful or bool(told)
            if not changes or life.doubtful or len(skipped) > known:
                return
            if state is None:
                life.deleted, ended = version, True
            for check in watching:
                finding = check.event(life, version, state)
                if finding is not None:
                    found.append(finding)

        def telling() -> Telling | None:
            if ended and not life.revived:
                return None
            if life.doubtful or len(skipped) > known:
                return _never
            wanted = [each for check in watching if (each := check.telling(life)) is not None]
            if len(wanted) > 1:
                return lambda state: any(each(state) for each in wanted)
            return wanted[0] if wanted else _never

        try:
            folding.feed_watched(part, look, telling, work=self._work)
        except CancelledError:
            raise
        except EsviewerError as error:
            life.over = life.doubtful = True
            version = error.version if isinstance(error, ForeignError) else None
            why = clause(f"the program of the reducer {life.reducer.name} failed at some events")
            self.broken_off[why] = error.hint
            for check in self._life_checks:
                yield from check.failed(life, folding.version if version is None else version, str(error))
        yield from found
        for item in folding.skipped[known:]:
            index = bisect_left(part.versions, item.version)
            for check in self._life_checks:
                yield from check.skipped(life, item, part, index)
            life.doubtful = True
        for check in self._life_checks:
            check.between(life, part)
        self._pass(life, part)

    @staticmethod
    def _pass(life: Life, part: EventBatch) -> None:
        life.events += len(part)
        life.after_snapshot += len(part)

    def _witnessed(self, life: Life, snapshot: Snapshot) -> Iterator[Finding]:
        life.snapshots.pop(0)
        for check in self._life_checks:
            yield from check.snapshot(life, snapshot)
        if snapshot.error is None:
            life.snapshot_version, life.after_snapshot = snapshot.version, 0
            if life.doubtful and not life.over:
                self._resumed(life, snapshot)

    def _resumed(self, life: Life, snapshot: Snapshot) -> None:
        """Go on from a snapshot where the events before it are in doubt."""
        if not life.reducer.inferred:
            version = life.folding.version
            life.folding = Folding(life.reducer, copied(snapshot.state))
            life.folding.version = version
            life.doubtful = False


def why_unused(error: EsviewerError, reducer: Reducer | None) -> str:
    """In a clause, why a reducer was not used, as its error says."""
    if isinstance(error, ConsentNeededError):
        if error.changed:
            return clause(f"the reducer {error.name} is a program that has changed since it was {error.changed}")
        return clause(f"the reducer {error.name} is a program that is not trusted yet")
    if isinstance(error, ForeignError) and reducer is not None:
        return clause(f"the program of the reducer {reducer.name} failed at its start")
    return clause("a reducer's file can't be used")


def _never(state: Value) -> bool:
    del state
    return False
