"""Random reducers and events: stories that do everything that rules can do."""

from helpers_replay import event, rules
from helpers_values import VALUES
from hypothesis import strategies as st

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.values import Number
from esviewer.replay.rules import RulesReducer

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


_PLACES = ["n", "l", "x.y", "o.a", "o[data.key]", "m[data.amount]", "l[0]", "l[0].z", "k[1]", "deep[data.key].n", "p"]
_VALUES = [
    "data.value",
    "data.amount",
    "data.key",
    "data",
    "state.n",
    "state.l",
    "state.o",
    "len(state)",
    "1",
    "'t'",
    "null",
    "[data.value, 1]",
    "{'a': data.value, 'b': state.n}",
    "data.value if data.key == 'a' else [data.amount]",
]
_CONDITIONS = ["data.amount != 3", "data.key == 'a'", "state.n != null", "event.version > 3", "len(state) < 5"]
_UPCASTS = [
    "rename = { amount = 'key' }",
    "drop = ['value']",
    "default = { amount = '1', more = '[1, 2]' }",
    "set = { key = \"'b'\", n = 'data.amount' }",
    "move = { key = 'value.k' }",
    "type = 'Set'",
    "type = 'Merge'",
]


@st.composite
def reducers(draw: st.DrawFn) -> RulesReducer:
    """Rules with any operations on any places, for some kinds of events, behind any upcasts."""
    pairs = st.dictionaries(st.sampled_from(_PLACES), st.sampled_from(_VALUES), min_size=1, max_size=2)
    places = st.lists(st.sampled_from(_PLACES), min_size=1, max_size=2, unique=True)
    parts = [f"initial = {draw(st.sampled_from(['{}', '{ n = 0, l = [1, 2], o = { a = 1 } }', '{ k = [{}, []] }']))}"]
    for glob in draw(st.lists(st.sampled_from([*KINDS, "*e*", "M*"]), min_size=1, max_size=6, unique=True)):
        lines = [f'[[on]]\nevent = "{glob}"']
        if draw(st.booleans()):
            lines.append(f'when = "{draw(st.sampled_from(_CONDITIONS))}"')
        for operation in draw(
            st.lists(st.sampled_from(["set", "merge", "increment", "append", "remove_value"]), max_size=3, unique=True)
        ):
            inside = ", ".join(f'"{place}" = "{value}"' for place, value in draw(pairs).items())
            lines.append(f"{operation} = {{ {inside} }}")
        if draw(st.booleans()):
            lines.append(f"remove = {draw(places)}")
        if len(lines) == 1 or draw(st.integers(0, 9)) == 0:
            lines.append("delete = true")
        parts.append("\n".join(lines))
    for number, operations in enumerate(draw(st.lists(st.sampled_from(_UPCASTS), max_size=3)), 1):
        kind = draw(st.sampled_from(["*", "Increment", "Lists"]))
        parts.append(f'[[upcast]]\nevent = "{kind}"\nfrom = {number}\n{operations}')
    parts.append('[[on]]\nevent = "*"\nmerge = "data"')
    return rules("\n".join(parts))
