"""What is asked of a store's log of events, and whether an event fits it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase

from esviewer.model.actor import actor_of
from esviewer.model.causation import LinkReader, same_id
from esviewer.model.event import Event
from esviewer.model.instant import Instant, parse
from esviewer.model.values import Value
from esviewer.questions.find import contains
from esviewer.replay.truth import compile_condition


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Conditions that all hold; empty ones hold always. Both ends of a span of time are included."""

    types: tuple[str, ...] = ()
    """Patterns for the event type, of which any fits."""
    since: Instant | None = None
    until: Instant | None = None
    aggregate_type: str = ""
    """A pattern."""
    aggregate_id: str = ""
    actor: str = ""
    """A pattern, in any case, for whom the metadata names."""
    correlation: str = ""
    """The id that events of one process share, as metadata or data name it."""
    text: str = ""
    """In the type, the aggregate's id, the data or the metadata, in any case."""
    where: str = ""
    """An expression over `data`, `meta` and `event`."""

    @property
    def narrows(self) -> bool:
        """Whether it leaves out any event."""
        return self != LogFilter()

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything in it that is a text."""
        return (
            *self.types, self.aggregate_type, self.aggregate_id, self.actor, self.correlation, self.text, self.where
        )  # fmt: skip

    def as_json(self) -> dict[str, Value]:
        """What is given, as JSON."""
        found: dict[str, Value] = {}
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, Instant):
                found[each.name] = value.isoformat()
            elif value:
                found[each.name] = list(value) if isinstance(value, tuple) else value
        return found


def filter_from_json(found: object) -> LogFilter:
    """A filter as `as_json` wrote it; raises ValueError for anything else."""
    if not isinstance(found, dict) or not found.keys() <= {each.name for each in fields(LogFilter)}:
        raise ValueError("not a filter")
    types = found.get("types", [])
    texts = {key: value for key, value in found.items() if key != "types"}
    if not isinstance(types, list) or not all(isinstance(each, str) for each in (*types, *texts.values())):
        raise ValueError("not a filter")
    since, until = (parse(texts.pop(key)) if key in texts else None for key in ("since", "until"))
    return LogFilter(tuple(types), since, until, **texts)


def literal_glob(name: str) -> str:
    """The pattern that only a name fits: what has a meaning in patterns stands for itself."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in name)


class Fitting:
    """Whether events fit a filter, but for what the store itself looks at: types, times and the aggregate's id."""

    def __init__(self, asked: LogFilter, links: LinkReader | None = None) -> None:
        """`links` finds correlation ids, as the store's layout says. Raises RulesError for an expression that is
        none."""
        self.untold = 0
        """Events for which the expression could not be told; they are left out."""
        self._tests: list[Callable[[Event], bool]] = []
        if asked.aggregate_type:
            self._tests.append(lambda event: fnmatchcase(event.aggregate_type or "", asked.aggregate_type))
        if asked.actor:
            self._tests.append(_of_actor(asked.actor.casefold()))
        if asked.correlation:
            self._tests.append(_correlated(same_id(asked.correlation), links or LinkReader()))
        if asked.text:
            self._tests.append(_with_text(asked.text.casefold()))
        self._condition = compile_condition(asked.where) if asked.where else None

    def fits(self, event: Event) -> bool:
        """Whether an event fits; events that can't be told are counted."""
        if not all(test(event) for test in self._tests):
            return False
        if self._condition is None:
            return True
        held = self._condition(event)
        self.untold += held is None
        return bool(held)

    def kept(self, events: Iterable[Event], limit: int | None = None) -> Iterator[Event]:
        """Those of some events that fit, at most `limit`."""
        if limit == 0:
            return
        count = 0
        for event in events:
            if self.fits(event):
                count += 1
                yield event
                # Before the next one is asked for: finding it may take reading the rest of the store.
                if count == limit:
                    return


def _of_actor(pattern: str) -> Callable[[Event], bool]:
    def test(event: Event) -> bool:
        actor = actor_of(event.metadata)
        return actor is not None and (actor.casefold() == pattern or fnmatchcase(actor.casefold(), pattern))

    return test


def _correlated(ident: str, links: LinkReader) -> Callable[[Event], bool]:
    def test(event: Event) -> bool:
        found = links.of(event.metadata, event.data).correlation
        return found is not None and same_id(found) == ident

    return test


def _with_text(needle: str) -> Callable[[Event], bool]:
    def test(event: Event) -> bool:
        if needle in event.type.casefold() or needle in event.aggregate_id.casefold():
            return True
        return contains(event.data, needle) or (event.metadata is not None and contains(event.metadata, needle))

    return test
