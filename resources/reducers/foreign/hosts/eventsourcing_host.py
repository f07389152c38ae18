"""Rebuilds aggregates of the Python library eventsourcing (9.x) with their own classes, as its repository does.

`python3 eventsourcing_host.py SETTINGS`, a JSON object with `aggregate` ("package.module:Class"), `path`, and
`application` where an application registers transcodings or a mapper of its own.
"""

from __future__ import annotations

import copy
import importlib
from functools import reduce
from typing import Any
from uuid import UUID

from foreign_host import MISSING, encoded, nothing, serve, use_folders

KEPT_BY_THE_LIBRARY = ("_id", "_version", "_created_on", "_modified_on", "_pending_events", "class_version")


class EventsourcingHost:
    """One aggregate, mutated by the domain events that the library's mapper makes of stored ones."""

    def __init__(self, settings: dict) -> None:
        use_folders(settings["path"])
        from eventsourcing import persistence

        self._persistence = persistence
        self._class = _named(settings["aggregate"])
        self._mapper = _mapper(persistence, settings.get("application"))
        self.current = None

    def start(self, message: dict, state: Any) -> Any:
        self.current = None
        if state is not MISSING and state is not None:
            self.current = self._restored(message, state)
        return self._attributes()

    def event(self, event: dict) -> Any:
        metadata = event.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        topic = metadata.get("topic")
        if not isinstance(topic, str):
            topic = self._class.__module__ + ":" + event["type"]
        if not isinstance(event["data"], dict):
            raise TypeError("its data is not an object")
        fields = dict(event["data"])
        # These the layout has put beside the data.
        for key in ("timestamp", "originator_topic", "class_version"):
            if key in metadata:
                fields[key] = metadata[key]
        domain_event = self._mapper.to_domain_event(
            self._persistence.StoredEvent(
                originator_id=self._id(event["aggregate_id"]),
                originator_version=event["version"],
                topic=topic,
                state=encoded(fields, nothing).encode("utf-8"),
            )
        )
        # A copy, so that an event that fails half-way alters nothing.
        aggregate = copy.deepcopy(self.current)
        if aggregate is not None and aggregate.version < event["version"] - 1:
            # Events before this one could not be read or taken in; esviewer says so, and goes on.
            aggregate.version = event["version"] - 1
        self.current = domain_event.mutate(aggregate)
        return self._attributes()

    def custom(self, value: Any) -> Any:
        transcoding = getattr(self._mapper.transcoder, "types", {}).get(type(value))
        if transcoding is None or transcoding.name in ("uuid_hex", "decimal_str", "datetime_iso"):
            return MISSING
        return {"_type_": transcoding.name, "_data_": transcoding.encode(value)}

    def _attributes(self) -> Any:
        if self.current is None:
            return None
        return {key: value for key, value in vars(self.current).items() if key not in KEPT_BY_THE_LIBRARY}

    def _restored(self, message: dict, state: Any) -> Any:
        """An aggregate as the library makes one of a snapshot; when it was created and modified isn't known."""
        if not isinstance(state, dict):
            raise TypeError("the state to start from is not an object")
        attributes = self._mapper.transcoder.decode(encoded(state, nothing).encode("utf-8"))
        aggregate = object.__new__(self._class)
        aggregate.__dict__.update(
            attributes,
            _id=_as_uuid(message["aggregate_id"]) if self._wants_uuids() else message["aggregate_id"],
            _version=message["next_version"] - 1,
            _created_on=None,
            _modified_on=None,
            _pending_events=[],
        )
        return aggregate

    def _wants_uuids(self) -> bool:
        return getattr(getattr(self._class, "Event", None), "originator_id_type", UUID) is not str

    def _id(self, text: str) -> Any:
        # From 9.5 on the mapper itself makes of text what the event's class wants.
        return text if hasattr(self._persistence, "find_id_convertor") else _as_uuid(text)


def _as_uuid(text: str) -> Any:
    try:
        return UUID(text)
    except ValueError:
        return text


def _named(topic: str) -> Any:
    module, _, name = topic.partition(":")
    return reduce(getattr, name.split("."), importlib.import_module(module))


def _mapper(persistence: Any, application: Any) -> Any:
    if application is not None:
        # Its records stay in memory: no database is opened, whatever the environment says.
        made = _named(application)(env={"PERSISTENCE_MODULE": "eventsourcing.popo"})
        return type(made.mapper)(transcoder=made.mapper.transcoder)
    transcoder = persistence.JSONTranscoder()
    for transcoding in (persistence.UUIDAsHex, persistence.DecimalAsStr, persistence.DatetimeAsISO):
        transcoder.register(transcoding())
    return persistence.Mapper(transcoder=transcoder)


if __name__ == "__main__":
    serve(EventsourcingHost)
