"""Which message caused an event, and which others it belongs to, as far as its metadata says so."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from esviewer.model.event import Event
from esviewer.model.instant import Instant
from esviewer.model.values import Value

_KEYS = frozenset(
    {
        "causationid",
        "causationeventid",
        "causationmessageid",
        "causedbyid",
        "causedbyeventid",
        "eventuouscausationid",
        "xcausationid",
    }
)
"""Evident keys in lower case without `_`, `-`, `.` and `$`."""
_TOGETHER = frozenset(
    {"correlationid", "correlation", "correlationstreamname", "eventuouscorrelationid", "xcorrelationid"}
)
_OWN = frozenset({"messageid", "eventid"})
_STREAM, _NUMBER, _POSITION = "causationmessagestreamname", "causationmessageposition", "causationmessageglobalposition"
"""Eventide's: the cause's stream, its position there, and that in the store."""
_DROPPED = str.maketrans("", "", "_-.$")
_MOST_KEYS = 10_000
UUID_TEXT: Final = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")


def plain_key(name: str) -> str:
    """A key as it is compared with evident ones: in lower case without `_`, `-`, `.` and `$`."""
    return name.translate(_DROPPED).lower()


def names_links(name: str) -> bool:
    """Whether a column or key evidently holds a correlation or causation id."""
    return plain_key(name) in _KEYS | _TOGETHER


def same_id(text: str) -> str:
    """An id so that two texts of one UUID are the same, whatever their case and dashes."""
    return text.replace("-", "").lower() if UUID_TEXT.fullmatch(text) else text


class Causes:
    """Finds the causation ids in metadata; remembers which keys hold them."""

    def __init__(self) -> None:
        self._known: dict[str, bool] = {}

    def of(self, metadata: Value) -> str | None:
        """The id that metadata names in an evident key such as `causationId` or `$causation_id`, as text; else None."""
        if not isinstance(metadata, dict):
            return None
        known = self._known
        for key, value in metadata.items():
            meant = known.get(key)
            if meant is None:
                meant = plain_key(key) in _KEYS
                if len(known) < _MOST_KEYS:
                    known[key] = meant
            if meant and _is_id(value):
                return str(value)
        return None


class Cause(NamedTuple):
    """What an event says of its cause: an id, or where it is; one of them is not None."""

    event_id: str | None = None
    position: int | None = None
    place: tuple[str, int] | None = None
    """The aggregate's id and the version."""

    @property
    def text(self) -> str:
        """As a person reads it: the id, `AGGREGATE@VERSION`, or the position."""
        if self.place is not None:
            return f"{self.place[0]}@{self.place[1]}"
        return self.event_id if self.event_id is not None else str(self.position)


Inside = Literal["metadata", "data"]


class Links(NamedTuple):
    """What an event says of others: the id that it shares with those it belongs to, and its cause."""

    correlation: str | None
    cause: Cause | None
    inside: Inside
    """Where the correlation id was found."""
    own: tuple[str, ...]
    """Further ids by which others may name the event."""


NO_LINKS: Final = Links(None, None, "metadata", ())


class LinkReader:
    """Finds correlation and causation ids in metadata, one level of objects deep, else at the top of data."""

    def __init__(self, correlation: Collection[str] = (), causation: Collection[str] = ()) -> None:
        """`correlation` and `causation` are keys that a framework gives that meaning; evident ones count without."""
        self._together = frozenset(map(plain_key, correlation)) or _TOGETHER
        self._causes = frozenset(map(plain_key, causation)) or _KEYS
        self._meant = self._together | self._causes | _OWN | {_STREAM, _NUMBER, _POSITION}
        self._known: dict[str, str] = {}

    def of(self, metadata: Value, data: Value) -> Links:
        """What an event with this metadata and data says."""
        links = self._links(self._found(metadata), "metadata")
        if links.correlation is None and links.cause is None and isinstance(data, dict):
            found = self._among(data, {})
            # A message's own id there is what the event is about, and a correlation may be any number.
            apart = {key: value for key, value in found.items() if key not in _OWN and key != "correlation"}
            inside = self._links(apart, "data")
            return links if inside is NO_LINKS else inside
        return links

    def _links(self, found: dict[str, Value], inside: Inside) -> Links:
        if not found:
            return NO_LINKS
        together = next((str(found[key]) for key in found if key in self._together), None)
        own = tuple(str(found[key]) for key in found if key in _OWN)
        return Links(together, self._cause(found), inside, own)

    def _cause(self, found: dict[str, Value]) -> Cause | None:
        ident = next((str(found[key]) for key in found if key in self._causes), None)
        if ident is not None:
            return Cause(ident)
        stream, number, position = (found.get(key) for key in (_STREAM, _NUMBER, _POSITION))
        if isinstance(stream, str) and isinstance(number, int):
            return Cause(place=(stream, number), position=position if isinstance(position, int) else None)
        return Cause(position=position) if isinstance(position, int) else None

    def _found(self, metadata: Value) -> dict[str, Value]:
        found: dict[str, Value] = {}
        if not isinstance(metadata, dict):
            return found
        self._among(metadata, found)
        for inner in metadata.values():
            if type(inner) is dict:
                self._among(inner, found)
        return found

    def _among(self, values: dict[str, Value], found: dict[str, Value]) -> dict[str, Value]:
        known = self._known
        for key, value in values.items():
            plain = known.get(key)
            if plain is None:
                plain = plain_key(key)
                plain = plain if plain in self._meant else ""
                if len(known) < _MOST_KEYS:
                    known[key] = plain
            if plain and _is_id(value):
                found.setdefault(plain, value)
        return found


@dataclass(frozen=True, slots=True)
class LinkedEvent:
    """An event without its payload, and what it says of others."""

    position: int | str | None
    aggregate_id: str
    aggregate_type: str | None
    version: int
    event_id: str | None
    type: str
    timestamp: Instant | None
    links: Links

    @property
    def key(self) -> tuple[str, int]:
        """The aggregate's id and the version."""
        return self.aggregate_id, self.version

    @property
    def names(self) -> tuple[str, ...]:
        """The ids by which others may name it."""
        return self.links.own if self.event_id is None else (self.event_id, *self.links.own)


def linked(event: Event, links: Links) -> LinkedEvent:
    """An event without its payload."""
    return LinkedEvent(
        event.position,
        event.aggregate_id,
        event.aggregate_type,
        event.version,
        event.event_id,
        event.type,
        event.timestamp,
        links,
    )


def _is_id(value: Value) -> bool:
    return value not in (None, "") and isinstance(value, (str, int)) and not isinstance(value, bool)
