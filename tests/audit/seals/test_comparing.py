"""Whatever is done to a list of events, with duplicates and without order: it is verified only when it may be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers_seals import DIGEST, compared_by
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.seals.comparing import Comparison
from esviewer.audit.seals.leaf import leaf_of
from esviewer.audit.seals.merkle import root_of
from esviewer.audit.seals.places import Chunk
from esviewer.audit.seals.sealing import seal_events
from esviewer.audit.seals.statement import Order, Statement
from esviewer.model.event import Event
from esviewer.model.instant import Instant


def _leaves(events: list[Event], order: Order) -> list[bytes]:
    return [leaf_of(event, positioned=order == "position").digest for event in events]


EVENTS = st.builds(
    Event,
    st.just(0),
    st.sampled_from("ab"),
    st.none(),
    st.integers(1, 4),
    st.none(),
    st.sampled_from("TU"),
    st.none(),
    st.none() | st.builds(Instant, st.integers(0, 3)),
    st.integers(0, 2),
    st.none(),
)


def _placed(events: list[Event], steps: list[int], named: type = int) -> list[Event]:
    made = []
    position = 0
    for event, step in zip(events, steps, strict=True):
        position += step
        made.append(replace(event, position=named(position)))
    return made


@pytest.mark.parametrize("heads", [True, False])
@pytest.mark.parametrize("order", ["position", "rowid", "reconstructed"])
@settings(max_examples=120, deadline=None)
@given(st.data())
def test_only_what_is_there_unchanged_is_verified(order: Order, heads: bool, data: st.DataObject) -> None:
    sealed = data.draw(st.lists(EVENTS, max_size=12))
    sealed = _placed(sealed, data.draw(st.lists(st.integers(0, 3), min_size=len(sealed), max_size=len(sealed))))
    found = list(sealed)
    for _ in range(data.draw(st.integers(0, 3))):
        kind = data.draw(st.sampled_from(["add", "remove", "insert", "swap", "move", "edit", "twice"]))
        at = data.draw(st.integers(0, len(found)))
        event = replace(data.draw(EVENTS), position=data.draw(st.integers(0, 40)))
        if kind == "add":
            found.append(event)
        elif kind == "insert":
            found.insert(at, event)
        elif found and at < len(found):
            other = data.draw(st.integers(0, len(found) - 1))
            if kind == "remove":
                del found[at]
            elif kind == "swap":
                found[at], found[other] = found[other], found[at]
            elif kind == "move":
                found.insert(other, found.pop(at))
            elif kind == "edit":
                found[at] = replace(found[at], **data.draw(st.sampled_from([
                    {"data": 9}, {"version": 9}, {"type": "X"}, {"timestamp": None}, {"aggregate_id": "z"},
                    {"position": 99}, {"metadata": {}},
                ])))  # fmt: skip
            else:
                found.insert(at, found[at])
    if order == "position":
        found.sort(key=lambda event: event.position)  # type: ignore[arg-type,return-value]

    compared = compared_by(sealed, found, order, heads=heads)

    highest: dict[str, int] = {}
    for each in sealed:
        highest[each.aggregate_id] = max(each.version, highest.get(each.aggregate_id, 0))
    kept = found
    if order == "reconstructed":
        # New events may lie anywhere, as long as their versions are new.
        kept = [each for each in found if each.version <= highest.get(each.aggregate_id, -1)]
    begins = _leaves(kept, order)[: len(sealed)] == _leaves(sealed, order)
    new = kept[len(sealed) :]
    old_version = heads and any(each.version <= highest.get(each.aggregate_id, -1) for each in new)
    if heads or order != "reconstructed":
        assert (not compared.differences) == (begins and not old_version), compared.differences
    assert compared.tree.root() == root_of(_leaves(found, order))
    prefix = _leaves(found, order)[: len(sealed)] == _leaves(sealed, order)
    assert compared.prefix == (not compared.differences and prefix)


def test_a_change_that_the_kept_bytes_of_a_hash_do_not_show_is_found_by_the_root() -> None:
    events = [Event(n, "a", None, n, None, "T", None, None, n, None) for n in range(1, 2000)]
    chunks: list[Chunk] = []
    made = seal_events(events, chunks.append, positioned=True, now=0)
    statement = Statement(
        made.tree.root(), len(events), {}, "position", "", "0", None, None, None, None, DIGEST, DIGEST, None, ()
    )
    changed = list(events)
    changed[1500] = replace(events[1500], data="other")
    forged = leaf_of(changed[1500], positioned=True).content[:8]
    contents = [forged if index == 1500 - 1024 else each for index, each in enumerate(chunks[1].contents)]
    found = Comparison(statement, None, tolerance=0).run([chunks[0], replace(chunks[1], contents=contents)], changed)
    assert [each.kind for each in found.differences] == ["range"]
    first, last = found.differences[0].was, found.differences[0].now
    assert first is not None
    assert last is not None
    assert (first.position, last.position) == (1025, 1999)
