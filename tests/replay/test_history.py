"""Replay and history: whatever the events, changes lead from each state to the next and back."""

from itertools import pairwise

import pytest
from helpers_replay import batches, event, one_rule, rules
from helpers_stories import EVERYTHING, stories
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import CancelledError, NotFoundError
from esviewer.model.batch import EventBatch, batch_of
from esviewer.model.change import Change, apply, undo
from esviewer.model.values import MISSING, copied, same
from esviewer.replay.fold import fold
from esviewer.replay.history import History, build_history
from esviewer.replay.merge import MergeReducer
from esviewer.replay.reducer import Reducer
from esviewer.work import Progress, Work


def until(story: list[EventBatch], version: int) -> list[EventBatch]:
    """The events up to and with a version."""
    events = [batch.event(index) for batch in story for index in range(len(batch)) if batch.versions[index] <= version]
    return [batch_of(events)]


@pytest.mark.parametrize("reducer", [EVERYTHING, MergeReducer()], ids=["rules", "merge"])
class TestAnyStory:
    @settings(max_examples=250, deadline=None)
    @given(story=stories())
    def test_changes_lead_there_and_back(self, reducer: Reducer, story: list[EventBatch]):
        pristine = [[copied(data) for data in batch.data] for batch in story]
        raw: list[tuple[list, object]] = []
        folded = fold(
            reducer,
            story,
            reducer.initial(),
            on_event=lambda _, changes, state: raw.append((list(changes), copied(state))),
        )
        history = build_history(reducer, story)
        before = reducer.initial()
        for version, (changes, state) in zip(history.versions, raw, strict=True):
            assert same(history.state_at(version), state)
            assert same(fold(reducer, until(story, version), reducer.initial()).state, state)
            for form in (changes, history.changes(version)):
                assert same(apply(copied(before), form), state)
                assert same(undo(copied(state), form), before)
            if version in history.skipped():
                assert same(before, state)
                assert changes == []
            before = state
        assert same(folded.state, before)
        assert all(map(same, pristine, (batch.data for batch in story)))

    @settings(max_examples=100, deadline=None)
    @given(story=stories(), data=st.data())
    def test_from_a_snapshot_as_from_nothing(self, reducer: Reducer, story: list[EventBatch], data: st.DataObject):
        history = build_history(reducer, story)
        if not history.versions:
            return
        version = data.draw(st.sampled_from(history.versions))
        rest = [batch.event(i) for batch in story for i in range(len(batch)) if batch.versions[i] > version]
        start = copied(history.state_at(version))
        assert same(fold(reducer, [batch_of(rest)], start).state, fold(reducer, story, reducer.initial()).state)

    @settings(max_examples=100, deadline=None)
    @given(story=stories())
    def test_what_came_to_be_is_told(self, reducer: Reducer, story: list[EventBatch]):
        history = build_history(reducer, story)
        for version in history.versions:
            folded = fold(reducer, until(story, version), reducer.initial())
            rebuilt = history.rebuilt_at(version)
            assert rebuilt.skipped == folded.skipped
            assert rebuilt.events_applied == folded.applied
            assert (rebuilt.reducer, rebuilt.reducer_digest) == (reducer.name, reducer.digest)
            assert rebuilt.snapshot_version is None

    @settings(max_examples=150, deadline=None)
    @given(story=stories(), data=st.data())
    def test_keyframes_say_what_plain_replay_says(
        self, reducer: Reducer, story: list[EventBatch], data: st.DataObject
    ):
        """In any order of visits, with and without room for keyframes and changes, while it grows and afterwards."""
        plain: list[object] = [reducer.initial()]
        fold(reducer, story, reducer.initial(), on_event=lambda _, __, state: plain.append(copied(state)))
        budget = data.draw(st.sampled_from([10**9, 3000, 0]))
        history = SmallHistory(reducer, source=_reader(story), budget=budget)
        given_out = []
        for batch in [*story, None]:
            for count in data.draw(st.lists(st.integers(0, len(history)), max_size=6)):
                state = history.state_after(count)
                assert same(state, plain[count])
                given_out.append((count, state))
            if batch is not None:
                history.add(batch)
        assert all(same(state, plain[count]) for count, state in given_out)
        if budget == 0 and len(history) > 6:
            assert len(history._keyed) <= 2
            assert len(history._used) == 1

    @settings(max_examples=100, deadline=None)
    @given(story=stories(), data=st.data())
    def test_walks_see_each_event_once(self, reducer: Reducer, story: list[EventBatch], data: st.DataObject):
        raw: list[tuple] = []
        fold(reducer, story, reducer.initial(), on_event=lambda _, changes, __: raw.append(tuple(changes)))
        history = SmallHistory(reducer, source=_reader(story), budget=data.draw(st.sampled_from([10**9, 0])))
        history.extend(story)
        first = data.draw(st.integers(0, len(raw)))
        last = data.draw(st.integers(first, len(raw)))
        wanted = [(index, raw[index]) for index in range(first, last)]
        assert same(_lists(history.steps(first, last)), _lists(wanted))
        assert same(_lists(history.steps_back(last, first)), _lists(reversed(wanted)))
        path = data.draw(st.sampled_from([("n",), ("o", "a"), ("l",), ("l", 1), ("deep", "er"), ("p", "q", "a"), ()]))
        for walk in (history.steps(touching=[path]), history.steps_back(touching=[path])):
            seen = dict(walk)
            for index, changes in enumerate(raw):
                if any(_concerns(change, path) for change in changes):
                    assert index in seen


class SmallHistory(History):
    EVENTS = 3
    HEFT = 60
    KEYFRAME_AFTER = 2
    UNPACKED = 1


def _reader(story: list[EventBatch]):
    def read(first: int, last: int) -> list[EventBatch]:
        events = [batch.event(i) for batch in story for i in range(len(batch)) if first <= batch.versions[i] <= last]
        return [batch_of(events[i : i + 2]) for i in range(0, len(events), 2)]

    return read


def _lists(steps) -> list:
    return [
        [index, [[list(path), *("nothing" if each is MISSING else each for each in pair)] for path, *pair in changes]]
        for index, changes in steps
    ]


def _concerns(change, path) -> bool:
    changed, old, new = change
    if changed and isinstance(changed[-1], int) and (old is MISSING or new is MISSING):
        changed = changed[:-1]
    return changed[: len(path)] == path or path[: len(changed)] == changed


class TestSkipped:
    def test_with_the_reason(self):
        events = [
            event(3, "Increment", {"amount": 1, "key": "a"}),
            event(4, "Bad", error="not JSON: x"),
            event(6, "Unknown", {}),
            event(9, "Increment", {"amount": "x", "key": "a"}),
            event(10, "Increment", {"amount": 2, "key": "a"}),
        ]
        history = build_history(EVERYTHING, [batch_of(events)])
        assert list(history.versions) == [3, 4, 6, 9, 10]
        assert history.skipped() == {4: "not JSON: x", 6: "no rule for Unknown", 9: "text can't be added"}
        assert history.state_at(9)["n"] == 1
        assert history.state_at(10)["n"] == 3
        assert history.changes(9) == []
        assert history.rebuilt_at(4).events_applied == 1
        assert history.rebuilt_at(10).events_applied == 2

    @pytest.mark.parametrize("version", [2, 5, 11, -1])
    def test_versions_that_are_not_there(self, version: int):
        history = build_history(EVERYTHING, [batch_of([event(3, "Delete"), event(4, "Delete"), event(6, "Delete")])])
        for ask in (history.state_at, history.changes, history.rebuilt_at):
            with pytest.raises(NotFoundError):
                ask(version)

    def test_half_done_is_undone(self):
        story = batches(("Lists", {"value": 1, "key": "k", "amount": 9}), ("Fails", {"key": "a", "value": 1}))
        history = build_history(EVERYTHING, story)
        assert history.skipped() == {2: "a list can't be incremented"}
        assert same(history.state_at(2), history.state_at(1))
        assert history.changes(2) == []

    def test_half_done_after_a_deletion_is_undone(self):
        story = batches(("Delete", None), ("Fails", {"key": "a", "value": 1}), ("Increment", {"amount": 1, "key": "a"}))
        history = build_history(EVERYTHING, story)
        assert history.state_at(2) is None
        assert history.state_at(3)["n"] == 1

    def test_no_events(self):
        history = build_history(EVERYTHING, [])
        assert (list(history.versions), history.skipped()) == ([], {})
        assert fold(EVERYTHING, [], {"x": 1}).state == {"x": 1}
        assert fold(EVERYTHING, [], {}).version is None


class TestNet:
    def changes(self, *story: tuple[str, object]) -> list[Change]:
        history = build_history(EVERYTHING, batches(*story))
        return history.changes(len(story))

    def test_what_is_made_on_the_way_is_part_of_it(self):
        reducer = one_rule("set = { 'a.b.c' = '1', 'a.b.d' = '2' }\nappend = { 'a.l' = '3' }")
        changes = build_history(reducer, batches(("X", None))).changes(1)
        assert changes == [Change(("a",), MISSING, {"b": {"c": 1, "d": 2}, "l": [3]})]

    def test_one_change_for_one_place(self):
        reducer = one_rule("set = { n = '1', m = '1' }\nincrement = { n = '1', m = '-1' }", initial="{ n = 5, m = 0 }")
        changes = build_history(reducer, batches(("X", None))).changes(1)
        assert changes == [Change(("n",), 5, 2)]

    def test_inside_what_goes(self):
        reducer = one_rule("increment = { 'a.b' = '1' }\nremove = ['a']", initial="{ a = { b = 1 } }")
        changes = build_history(reducer, batches(("X", None))).changes(1)
        assert changes == [Change(("a",), {"b": 1}, MISSING)]

    def test_nothing_in_the_end(self):
        reducer = one_rule("set = { a = '1' }\ndelete = true")
        history = build_history(reducer, batches(("X", None), ("X", None)))
        assert history.changes(1) == [Change((), {}, None)]
        assert history.changes(2) == []


class TestKeyframes:
    def test_wide_and_long(self):
        reducer = rules(
            """
            [[on]]
            event = "*"
            set = { "wide[data.k]" = "data.v" }
            append = { list = "data.v" }
            increment = { n = 1 }
            """
        )
        story = batches(*(("X", {"k": f"k{index % 700}", "v": index}) for index in range(5000)))
        history = build_history(reducer, story)
        state = reducer.initial()
        keyframes = len(history._keyframes)
        # Not so few that a step is far, not so many that they weigh more than the changes.
        assert 5 < keyframes < 30
        for batch in story:
            state = fold(reducer, [batch], state).state
            if batch.versions[-1] % 7 == 0:
                there = history.state_at(batch.versions[-1])
                assert same(there, state)
                assert list(there) == list(state)
                assert list(there["wide"]) == list(state["wide"])


class TestMerge:
    def test_overwrites_keys(self):
        story = batches(
            ("UserCreated", {"name": "A", "mail": "a@x"}),
            ("UserUpdated", {"name": "B"}),
            ("Odd", [1]),
            ("None", None),
            ("Empty", []),
        )
        history = build_history(MergeReducer(), story)
        assert history.state_at(5) == {"name": "B", "mail": "a@x"}
        assert history.changes(2) == [Change(("name",), "A", "B")]
        assert list(history.skipped()) == [3]
        rebuilt = history.rebuilt_at(4)
        assert rebuilt.inferred
        assert rebuilt.reducer == "merge"
        assert rebuilt.reducer_digest.startswith("sha256:")

    def test_begins_anew_over_a_state_that_is_no_object(self):
        folded = fold(MergeReducer(), batches(("X", {"a": 1})), [5])
        assert folded.state == {"a": 1}


class TestWork:
    def test_tells_how_far_it_is(self):
        told: list[Progress] = []
        fold(EVERYTHING, batches(*[("Delete", None)] * 7), {}, work=Work(told.append))
        assert [progress.done for progress in told] == [3, 6, 7]

    def test_is_cancelled_in_the_midst_of_a_batch(self):
        work = Work()
        seen: list[int] = []

        def cancel(version: int, changes: list, state: object) -> None:
            seen.append(version)
            work.cancel()

        with pytest.raises(CancelledError):
            fold(EVERYTHING, [batch_of([event(n, "Delete") for n in range(5000)])], {}, work=work, on_event=cancel)
        assert len(seen) < 1000


class _Failing(MergeReducer):
    """Raises in the midst of a replay, as the user's own code may, until it is well again."""

    well = False

    def step_for(self, event_type: str):
        step = super().step_for(event_type)

        def failing(state, data, event, changes):
            if data.get("key") == "c" and not self.well:
                raise CancelledError
            return step(state, data, event, changes)

        return failing


def test_what_fails_in_the_midst_leaves_the_events_before():
    reducer = _Failing()
    events = [event(number, "Put", {"key": key, key: number}) for number, key in enumerate("abcde", 3)]
    history = History(reducer)
    with pytest.raises(CancelledError):
        history.add(batch_of(events))
    assert list(history.versions) == [3, 4]
    assert history.state_at(4) == {"key": "b", "a": 3, "b": 4}

    reducer.well = True
    history.add(batch_of(events[2:]))
    assert list(history.versions) == [3, 4, 5, 6, 7]
    assert history.rebuilt_at(7).events_applied == 5
    assert history.state_at(7) == {"key": "e", "a": 3, "b": 4, "c": 5, "d": 6, "e": 7}


def test_keyframes_stay_evenly_apart_when_room_is_short():
    """The longest walk from a keyframe is what a user waits for."""
    story = [event(number, "Put", {f"k{number % 300}": "text" * 10 + str(number)}) for number in range(20_000)]
    history = SmallHistory(MergeReducer(), source=_reader([batch_of(story)]), budget=2**21)
    history.add(batch_of(story))
    places = [*history._keyed, len(history)]
    gaps = [after - before for before, after in pairwise(places)]
    assert history.memory < 2**21 + 2**19
    assert 10 < len(gaps) < 200
    assert max(gaps) <= 2.5 * len(history) / len(gaps)
