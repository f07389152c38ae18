"""What tests of replay share: events made by hand, rules written short."""

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.replay.fold import Folded, fold
from esviewer.replay.rules import RulesReducer, parse_rules


def event(
    version: int, event_type: str, data: Value = None, *, metadata: Value = None, error: str | None = None
) -> Event:
    """An event of the aggregate `a-1`, `version` seconds after 1970 began."""
    return Event(
        position=version + 100,
        aggregate_id="a-1",
        aggregate_type="thing",
        version=version,
        event_id=f"id-{version}",
        type=event_type,
        schema_version=1,
        timestamp=Instant(version * 1_000_000_000),
        data=data,
        metadata=metadata,
        error=error,
        raw=None if error is None else b"?",
    )


def batches(*items: tuple[str, Value], first: int = 1) -> list[EventBatch]:
    """Events of these types and data, in batches of three."""
    events = [event(first + index, *item) for index, item in enumerate(items)]
    return [batch_of(events[start : start + 3]) for start in range(0, len(events), 3)]


def rules(text: str) -> RulesReducer:
    """Rules out of the text of a file."""
    return parse_rules(text, "test.toml")


def one_rule(operations: str, *, initial: str = "{}") -> RulesReducer:
    """Rules with one rule, for every event."""
    return rules(f'initial = {initial}\n[[on]]\nevent = "*"\n{operations}\n')


def folded(reducer: RulesReducer, *data: Value) -> Folded:
    """What events with these data come to."""
    return fold(reducer, batches(*(("Any", item) for item in data)), reducer.initial())
