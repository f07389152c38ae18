"""Projection engines of plug-ins: who has the parts of a pass made somewhere else.

`--engine NAME://ADDRESS` asks for the engine of that name. It is a class, made without arguments, with a method `run`
of two arguments, the tasks and the address. A task takes no arguments, can be pickled, and does its part wherever it is
called, in a process that has this program, reaches the store and shares the folder of the parts; `run` gives what each
returns, in any order, and None now and then, so that it is looked whether to go on. A task that is done twice does no
harm. `parts`, where there is such a method, says for an address into how many to divide the work.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from esviewer import __version__, plugins
from esviewer.errors import CancelledError, EsviewerError, StoreError, UsageError
from esviewer.model.clause import clause
from esviewer.model.values import Value
from esviewer.projections.cluster import run_remote
from esviewer.projections.passing import Job, Told
from esviewer.projections.sink import Counts, counts_of
from esviewer.stores.reading import Part
from esviewer.work import Work

_TAKEN: Final = ("local", "dask")
_PARTS: Final = 8
_MOST_PARTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Task:
    """One part, to be made by whoever calls it."""

    job: Job
    number: int
    part: Part

    def __call__(self) -> dict[str, Value]:
        return {"part": self.number, **run_remote(__version__, self.job, self.number, self.part)}


def engines() -> tuple[dict[str, tuple[plugins.Plugin, Any]], list[plugins.Skipped]]:
    """Those that can be used, by name, and those that can't."""
    return plugins.used("projection-engine", _accepted, _TAKEN)


def _accepted(_: plugins.Plugin, named: Any) -> Any:
    if not isinstance(named, type) or not callable(getattr(named, "run", None)):
        raise plugins.UnfitError("it is no projection engine: it needs a class with `run`")
    return named


class PluggedEngine:
    """The engine that an address names."""

    def __init__(self, address: str) -> None:
        """`address` is `NAME` or `NAME://ADDRESS`; raises UsageError where there is no such engine."""
        name, _, self._address = address.partition("://")
        good, bad = engines()
        if name not in good:
            why = next((each.why for each in bad if each.plugin.name == name), "")
            known = ", ".join(("local", "dask://HOST:PORT", *(f"{each}://ADDRESS" for each in good)))
            raise UsageError(f"There is no engine {address}.", why or f"--engine takes {known}.")
        self.plugin, named = good[name]
        self._own = self._guarded(named)

    @property
    def parts(self) -> int:
        """Into how many parts to divide the work; raises EsviewerError."""
        asked = getattr(self._own, "parts", None)
        number = _PARTS if asked is None else self._guarded(lambda: asked(self._address))
        if type(number) is not int or number < 1:
            raise self._failed(clause(f"it divides the work into {number!r} parts"))
        return min(number, _MOST_PARTS)

    def run(
        self, job: Job, parts: Sequence[Part], told: Told, parted: Callable[[int, int], None], work: Work | None
    ) -> Counts:
        """The parts; raises what one of them could not do, EsviewerError for the engine's faults, CancelledError."""
        waiting = dict(enumerate(parts))
        counts = Counts()
        made = self._results([Task(job, number, part) for number, part in waiting.items()])
        try:
            for each in made:
                if work is not None:
                    work.check()
                if each is None:
                    continue
                counts.add(self._counted(each, waiting))
                parted(len(parts) - len(waiting), len(parts))
                told(counts.events + counts.beyond, counts.aggregates)
        finally:
            with suppress(Exception):
                made.close()
        if waiting:
            raise self._failed(clause(f"it left out {len(waiting):,} of {len(parts):,} parts"))
        return counts

    def _results(self, tasks: Sequence[Task]) -> Generator[Any, None, None]:
        """What the engine gives, and what it raises as an error of its own."""
        found: Iterator[Any] = iter(self._guarded(lambda: iter(self._own.run(tasks, self._address))))
        end = object()
        try:
            while (each := self._guarded(lambda: next(found, end))) is not end:
                yield each
        finally:
            close = getattr(found, "close", None)
            if close is not None:
                close()

    def _counted(self, result: Any, waiting: dict[int, Part]) -> Counts:
        if not isinstance(result, dict) or result.get("part") not in waiting:
            raise self._failed(clause("it gave something else than what a part returned, or the same twice"))
        if "error" in result:
            hint = str(result.get("hint", ""))
            raise StoreError(f"A part could not be made by {self.plugin}: {result['error']}", hint)
        try:
            counts = counts_of(result)
        except (KeyError, TypeError, ValueError):
            raise self._failed(clause("it gave something else than what a part returned, or the same twice")) from None
        del waiting[result["part"]]
        return counts

    def _guarded(self, function: Callable[[], Any]) -> Any:
        try:
            return function()
        except CancelledError:
            raise
        except (Exception, SystemExit) as error:
            raise self._failed(plugins.what_failed(error)) from error

    def _failed(self, why: str) -> EsviewerError:
        return EsviewerError(
            f"The projection engine {self.plugin} failed: {why}.", "Nothing was written. Use --engine local."
        )
