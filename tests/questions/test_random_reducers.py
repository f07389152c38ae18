"""Random reducers over random events: rules with upcasts, `merge`, and code in a process of its own."""

from collections.abc import Iterable, Iterator

import pytest
from helpers_foreign import scripted
from helpers_naive import naive_blame, naive_find
from helpers_stories import reducers, stories
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.change import apply, undo
from esviewer.model.values import copied, same
from esviewer.questions.blame import blame
from esviewer.questions.find import Condition, find
from esviewer.replay.fold import fold
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer

CONDITIONS = [
    "state.n == null",
    "state.n < 2",
    "len(state) > 3",
    "state.l[0] == 1",
    "'a' in state.o",
    "state.x.y == data.value",
    "data.amount > 0.5 and len(state) > 1",
    "event.type == 'Set' or state == null",
]

CODE = """
def finite(value):
    # A number that is too large for this program's own is none that it may answer with.
    if isinstance(value, dict):
        return {key: finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [finite(inner) for inner in value]
    return str(value) if value in (float("inf"), float("-inf")) else value

def on_event(state, message):
    # Every reply is a whole state, so that what changed has to be found by comparing.
    data, version = message.get("data"), message["version"]
    state = dict(state) if isinstance(state, dict) else {}
    kind, key, value = message["type"], str(data.get("key")), finite(data.get("value"))
    if kind in ("Lists", "Fails"):
        state["l"] = state.get("l", [])[-3:] + [value, version]
        if key == "a":
            state["l"].insert(0, key)
        if key == "b":
            state["l"] = state["l"][1:]
    elif kind == "Remove":
        state = {name: inner for name, inner in state.items() if name > key}
    elif kind == "Delete":
        state = None
    elif kind == "Merge" and isinstance(value, dict):
        state.update({f"m{name}": inner for name, inner in value.items()})
    elif kind == "Deep":
        state["o"] = {**state.get("o", {}), key: {"n": version, "value": value}}
        state["n"] = state.get("n", 0) + 1
    else:
        state[f"={key}"] = value
    return state

serve(on_event, {"n": 0})
"""


class Small(History):
    """Short segments and many keyframes, of which few may be kept."""

    EVENTS = 3
    HEFT = 60
    KEYFRAME_AFTER = 2
    UNPACKED = 1


def small(reducer: Reducer, story: list[EventBatch], budget: int) -> Small:
    """A history that has to replay what it gave up."""
    events = [batch.event(index) for batch in story for index in range(len(batch))]

    def read(first: int, last: int) -> Iterable[EventBatch]:
        return [batch_of([each for each in events if first <= each.version <= last])]

    return Small(reducer, source=read, budget=budget)


def holds(reducer: Reducer, story: list[EventBatch], data: st.DataObject) -> None:
    """Hold a history of a story against plain replay and against answers worked out the long way."""
    plain: list[object] = [reducer.initial()]
    fold(reducer, story, reducer.initial(), on_event=lambda _, __, state: plain.append(copied(state)))

    history = small(reducer, story, data.draw(st.sampled_from([10**9, 2000, 0])))
    history.extend(story)
    assert len(history) == len(plain) - 1
    for count in data.draw(st.permutations(range(len(plain)))):
        assert same(history.state_after(count), plain[count])

    for index, version in enumerate(history.versions):
        changes = history.changes(version)
        forward = apply(copied(plain[index]), changes)
        assert same(forward, plain[index + 1])
        back = undo(forward, changes)
        assert same(back, plain[index])
        assert same(apply(back, changes), plain[index + 1])

    whole = build_history(reducer, story)
    count = data.draw(st.integers(0, len(history)))
    assert {each.path: each.index for each in blame(history, count)} == naive_blame(whole, count)

    text = data.draw(st.sampled_from(CONDITIONS))
    found = find(history, Condition(text), story)
    assert (list(found.intervals), found.unclear) == naive_find(whole, story, text)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reducer=reducers() | st.builds(MergeReducer), story=stories(), data=st.data())
def test_rules_and_merge(reducer: Reducer, story: list[EventBatch], data: st.DataObject) -> None:
    holds(reducer, story, data)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reducer]:
    """Code that runs for all examples."""
    reducer = scripted(tmp_path_factory.mktemp("foreign"), CODE)
    yield reducer
    reducer.close()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=stories(), data=st.data())
def test_foreign_code(foreign: Reducer, story: list[EventBatch], data: st.DataObject) -> None:
    holds(foreign, story, data)


def test_the_random_rules_do_something_else_each_time() -> None:
    """Enough of them apply, skip, upcast and end what they fold, or the tests above would say little."""
    seen = {"changed": 0, "skipped": 0, "ended": 0}

    @settings(max_examples=100, deadline=None, database=None, derandomize=True)
    @given(reducer=reducers(), story=stories())
    def look(reducer: Reducer, story: list[EventBatch]) -> None:
        history = build_history(reducer, story)
        seen["changed"] += any(history.changes(version) for version in history.versions)
        seen["skipped"] += bool(history.skipped())
        seen["ended"] += any(history.state_at(version) is None for version in history.versions)

    look()
    assert seen["changed"] > 40
    assert seen["skipped"] > 20
    assert seen["ended"] > 5
