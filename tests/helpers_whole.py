"""A store read by aggregate, as audits read it, against the same store read aggregate after aggregate."""

from __future__ import annotations

from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.values import Value, same
from esviewer.stores.store import Store

_FEW = 400


def check_whole(store: Store) -> None:
    """All events and snapshots come as they do one aggregate at a time, each aggregate's together."""
    refs = store.aggregate_ids(limit=_FEW)
    if len(refs) == _FEW:
        return
    found: dict[str, list[Event]] = {}
    types: dict[str, str | None] = {}
    last = None
    for batch in store.by_aggregate():
        micros = batch.column("microseconds")
        ids = batch.column("event_id")
        bounds = [*(first for first, _, _ in batch.runs[1:]), len(batch)]
        for (first, aggregate_id, kind), end in zip(batch.runs, bounds, strict=True):
            assert aggregate_id == last or aggregate_id not in found, f"{aggregate_id} comes twice"
            if aggregate_id != last:
                types[aggregate_id] = kind
            last = aggregate_id
            found.setdefault(aggregate_id, []).extend(batch.event(index) for index in range(first, end))
        for index in range(len(batch)):
            event = batch.event(index)
            assert event.event_id == ids[index]
            assert (None if event.timestamp is None else event.timestamp.ns // 1000) == micros[index]
    assert set(found) == {ref.aggregate_id for ref in refs}
    for ref in refs:
        own = found[ref.aggregate_id]
        read = [batch.event(index) for batch in store.batches(ref.aggregate_id) for index in range(len(batch))]
        assert [_told(event) for event in own] == [_told(event) for event in read]
        assert all(same(one.data, other.data) for one, other in zip(own, read, strict=True))
        assert types[ref.aggregate_id] == ref.aggregate_type
        _check_some_keys(store, ref.aggregate_id, read)
    _check_some_keys_of_all(store, found)
    _check_any_order(store, [event for own in found.values() for event in own])
    among = store.snapshots_among([ref.aggregate_id for ref in refs])
    for ref in refs:
        versions = store.snapshot_versions(ref.aggregate_id)
        assert [snapshot.version for snapshot in among.get(ref.aggregate_id, [])] == versions
        for snapshot in among.get(ref.aggregate_id, []):
            alone = store.snapshot(ref.aggregate_id, snapshot.version)
            assert alone is not None
            assert (alone.error, alone.timestamp) == (snapshot.error, snapshot.timestamp)
            assert same(alone.state, snapshot.state)


def _check_some_keys(store: Store, aggregate_id: str, events: list[Event]) -> None:
    """What a reader gets who looks at some keys of the data is what is there, and the times are."""
    names = sorted({key for event in events if isinstance(event.data, dict) for key in event.data})
    for keys in (frozenset(names[::2]), frozenset(names[:1]), frozenset({"_type_", "nowhere"})):
        for timed in (True, False):
            place = 0
            for batch in store.batches(aggregate_id, keys=keys, timed=timed):
                own = events[place : place + len(batch)]
                _check_data(keys, batch, own)
                if timed:
                    _check_times(batch, own)
                place += len(batch)
            assert place == len(events)


def _check_some_keys_of_all(store: Store, found: dict[str, list[Event]]) -> None:
    """The same of who reads the whole store; columns and whole events are there as ever."""
    names = sorted({
        key for own in found.values() for event in own if isinstance(event.data, dict) for key in event.data
    })  # fmt: skip
    for keys in (frozenset(names[::2]), frozenset(names[:1]), frozenset[str]()):
        rest = {aggregate_id: list(own) for aggregate_id, own in found.items()}
        for batch in store.by_aggregate(keys=lambda runs, keys=keys: keys):
            bounds = [*(first for first, _, _ in batch.runs[1:]), len(batch)]
            own: list[Event] = []
            for (first, aggregate_id, _), end in zip(batch.runs, bounds, strict=True):
                own += rest[aggregate_id][: end - first]
                del rest[aggregate_id][: end - first]
            _check_data(keys, batch, own)
            _check_times(batch, own)
            for name in ("position", "event_id", "aggregate_type", "schema_version"):
                assert list(batch.column(name)) == [getattr(event, name) for event in own]
            assert all(map(same, batch.column("metadata"), _metadata(own)))
            whole = [batch.event(index) for index in range(len(batch))]
            assert list(map(_told, whole)) == list(map(_told, own))
            assert all(same(one.data, other.data) for one, other in zip(whole, own, strict=True))
            assert all(map(same, _metadata(whole), _metadata(own)))
        assert not any(rest.values())


def _metadata(events: list[Event]) -> list[Value]:
    return [event.metadata for event in events]


def _check_data(keys: frozenset[str], batch: EventBatch, events: list[Event]) -> None:
    assert list(batch.versions) == [event.version for event in events]
    assert list(batch.types) == [event.type for event in events]
    for data, event in zip(batch.data, events, strict=True):
        if event.error is not None:
            assert data == Undecodable(event.error)
        elif isinstance(event.data, dict):
            assert isinstance(data, dict)
            assert same(_at(keys, data), _at(keys, event.data))
        else:
            assert same(data, event.data)


def _at(keys: frozenset[str], data: dict[str, Value]) -> dict[str, Value]:
    return {key: value for key, value in data.items() if key in keys}


def _check_times(batch: EventBatch, events: list[Event]) -> None:
    times = [event.timestamp for event in events]
    assert list(batch.times()) == times
    clock = batch.clock()
    if clock is not None:
        assert [Instant(ns, clock.offset) for ns in clock.ns.tolist()] == times


def _check_any_order(store: Store, events: list[Event]) -> None:
    """All events come once, whatever the order in which they are read fastest."""
    told = []
    for batch in store.in_any_order():
        columns = {name: batch.column(name) for name in ("position", "aggregate_type", "schema_version")}
        for index in range(len(batch)):
            event = batch.event(index)
            told.append(_told(event))
            for name, values in columns.items():
                assert getattr(event, name) == values[index]
            assert (event.version, event.type) == (batch.versions[index], batch.types[index])
    assert sorted(told, key=repr) == sorted(map(_told, events), key=repr)


def _told(event: Event) -> tuple[object, ...]:
    return event.aggregate_id, event.version, event.type, event.position, event.event_id, event.timestamp, event.error
