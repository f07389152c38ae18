"""Random reducers and events: stories that do everything that rules can do."""

from helpers_replay import event, rules
from helpers_values import VALUES
from hypothesis import strategies as st

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.values import Number

EVERYTHING = rules(
    """
    initial = { n = 0, l = [1, 2], o = { a = 1 } }
    [[on]]
    event = "Set"
    set = { "o[data.key]" = "data.value", x = "data.value", y = "state.x" }
    [[on]]
    event = "Deep"
    set = { "deep.er.still[data.key]" = "data.value", "l[0].k" = "data.value" }
    increment = { "deep.count" = "1" }
    [[on]]
    event = "Twice"
    set = { n = "5", "t.a" = "1", "t.b" = "2" }
    increment = { n = "data.amount", "t.a" = "1" }
    remove = ["t.b"]
    [[on]]
    event = "Increment"
    when = "data.amount != 3"
    increment = { n = "data.amount", "m[data.key]" = "data.amount" }
    [[on]]
    event = "Lists"
    append = { l = "data.value", k = "data.key", "o.l" = "data" }
    remove_value = { l = "data.amount", k = "data.key" }
    remove = ["l[0]", "l[data.amount]"]
    [[on]]
    event = "Merge"
    merge = "data.value"
    set = { n = "1" }
    [[on]]
    event = "MergeDeep"
    merge = { "p.q" = "data.value", "p" = "data.value" }
    [[on]]
    event = "Remove"
    remove = ["o[data.key]", "x", "n", "p.q"]
    [[on]]
    event = "Fails"
    set = { x = "data.key", "o.z" = "data.value", "new.thing" = "1" }
    append = { l = "data.key" }
    remove = ["o", "l[0]", "k[null]"]
    increment = { l = "1" }
    [[on]]
    event = "Delete"
    set = { x = "1" }
    delete = true
    """
)
KINDS = [
    "Set",
    "Deep",
    "Twice",
    "Increment",
    "Lists",
    "Merge",
    "MergeDeep",
    "Remove",
    "Fails",
    "Delete",
    "Unknown",
    "Bad",
]
DATA = st.fixed_dictionaries(
    {
        "key": st.sampled_from(["a", "b", "l", "", "q", 1, Number("1.10"), True]) | st.none(),
        "value": VALUES,
        "amount": st.sampled_from([0, 1, 2, 3, 0.5, Number("1.10"), "x", None]),
    }
)


@st.composite
def stories(draw: st.DrawFn) -> list[EventBatch]:
    """Batches of events of all kinds, with numbers that begin anywhere and have gaps."""
    version = draw(st.sampled_from([0, 1, 5]))
    events = []
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(KINDS))
        events.append(event(version, kind, draw(DATA), error="unreadable" if kind == "Bad" else None))
        version += draw(st.sampled_from([1, 1, 1, 2, 7]))
    size = draw(st.integers(1, 5))
    return [batch_of(events[start : start + size]) for start in range(0, len(events), size)]
