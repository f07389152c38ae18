"""Links to a place in a store, `esviewer://open?store=…&aggregate=…&version=…&room=…&field=…&lane=…&span=…&filter=…&as_of=…`,
and the command that goes there.

The same value is what the window goes back and forward over, and what bookmarks keep.

Anybody can write a link. So it can do nothing but choose: a file, a saved connection's name, or a server that was
opened here before, and what to show of it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

from esviewer.app.connections import Connections, split_password
from esviewer.app.log_filter import LogFilter, filter_from_json
from esviewer.errors import UsageError
from esviewer.model.instant import Instant, parse

LONGEST: Final = 4096
"""Characters of a link."""
HISTORY: Final = "history"
ROOMS: Final = (HISTORY, "events", "trace", "flow", "audit", "schema", "projections", "case", "lanes")
"""What of the window a link can bring to the front."""
_BEGINS: Final = "esviewer://open?"
FIELDS: Final = 12
"""The most fields that a link can name."""
LANES: Final = 40
"""The most swim lanes that a link can name."""
_PART: Final = re.compile(
    r"(store|aggregate|version|room|field|lane|span|filter|as_of)=((?:[\w.~!$'()*+,;:@/?-]|%[0-9A-Fa-f]{2})+)", re.ASCII
)
_VERSION: Final = re.compile(r"-?\d{1,18}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """A place: a store, perhaps an aggregate of it at a version (None: the newest), a room of the window, fields that
    are followed, aggregates that have swim lanes, what is asked of the log of
    events, and the moment as of which everything is shown."""

    store: str
    """A file's whole path, a saved connection's name, or a URL without a password."""
    aggregate: str | None = None
    version: int | None = None
    room: str | None = None
    fields: tuple[str, ...] = ()
    """The fields of the aggregate's state that are followed, as JSON Pointers."""
    as_of: Instant | None = None
    """None: the present."""
    lanes: tuple[str, ...] = ()
    """The aggregates that are shown as swim lanes, from above to below."""
    log_filter: LogFilter | None = None
    """What is asked of the log of events; None: all of them."""
    span: tuple[Instant, Instant] | None = None
    """Since when and until when swim lanes are in sight; None: all of them."""

    def text(self) -> str:
        """The link as text; raises UsageError for a place that no link can name."""
        as_of = None if self.as_of is None else self.as_of.isoformat()
        parts = [("store", self.store), ("aggregate", self.aggregate), ("version", self.version), ("room", self.room)]
        parts += [*(("field", field) for field in self.fields), *(("lane", lane) for lane in self.lanes)]
        asked = None if self.log_filter is None else json.dumps(self.log_filter.as_json(), ensure_ascii=False)
        span = None if self.span is None else "/".join(each.isoformat() for each in self.span)
        parts += [("span", span), ("filter", asked), ("as_of", as_of)]
        text = _BEGINS + "&".join(f"{key}={_encoded(str(part))}" for key, part in parts if part is not None)
        parse_link(text)
        return text

    def command(self) -> str:
        """The command that opens the same, for a POSIX shell; raises UsageError as `text` does."""
        text = self.text()
        if self.room not in (None, HISTORY) or self.fields or self.as_of is not None:
            return f"esviewer open {shlex.quote(text)}"
        chosen = [] if self.aggregate is None else _option("--aggregate", self.aggregate)
        chosen += [] if self.version is None else _option("--at", str(self.version))
        # What begins with a dash would be taken for an option.
        words = [*chosen, "--", self.store] if self.store.startswith("-") else [self.store, *chosen]
        return shlex.join(["esviewer", "open", *words])


def _option(name: str, value: str) -> list[str]:
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def is_link(text: str) -> bool:
    """Whether a text is meant to be a link, right or wrong."""
    return text.lstrip()[:9].lower() == "esviewer:"


def parse_link(text: str) -> Link:
    """The place that a link names; raises UsageError, in one sentence, for one that is anything but that."""
    if len(text) > LONGEST:
        raise UsageError(f"The link is longer than the {LONGEST:,} characters that a link may have.")
    text = text.strip()
    if not text.startswith(_BEGINS):
        raise UsageError(f"A link begins with {_BEGINS}store=, and this one does not.")
    found: dict[str, str] = {}
    fields: list[str] = []
    lanes: list[str] = []
    for part in text.removeprefix(_BEGINS).split("&"):
        match = _PART.fullmatch(part)
        if match is None:
            raise UsageError(
                "The link has a part that is none of store, aggregate, version, room, field, lane, span, filter and "
                "as_of."
            )
        if match[1] in ("field", "lane"):
            (fields if match[1] == "field" else lanes).append(_decoded(match[2]))
            continue
        if match[1] in found:
            raise UsageError(f"The link says twice what its {match[1]} is.")
        found[match[1]] = _decoded(match[2])
    if "store" not in found:
        raise UsageError("The link names no store.")
    if "version" in found and ("aggregate" not in found or not _VERSION.fullmatch(found["version"])):
        raise UsageError("The link's version is not the number of a version of an aggregate that it names.")
    if found.get("room", HISTORY) not in ROOMS:
        raise UsageError(f"The link's room is none of {', '.join(ROOMS)}.")
    _check(found["store"])
    if fields and ("aggregate" not in found or len(fields) > FIELDS or not all(each[0] == "/" for each in fields)):
        raise UsageError("The link's fields are not some JSON Pointers into the state of an aggregate that it names.")
    if lanes and (found.get("room") != "lanes" or len(lanes) > LANES or len(set(lanes)) < len(lanes)):
        raise UsageError(f"The link's lanes are not up to {LANES} aggregates of the room of lanes.")
    asked = _filter(found["filter"], found.get("room")) if "filter" in found else None
    version = int(found["version"]) if "version" in found else None
    as_of = _moment(found["as_of"]) if "as_of" in found else None
    span = _span(found["span"]) if "span" in found else None
    if span is not None and not lanes:
        raise UsageError("The link's span is of no lanes.")
    room = found.get("room")
    return Link(found["store"], found.get("aggregate"), version, room, tuple(fields), as_of, tuple(lanes), asked, span)


def _filter(text: str, room: str | None) -> LogFilter:
    try:
        asked = filter_from_json(json.loads(text))
    except (ValueError, OverflowError, RecursionError):
        asked = LogFilter()
    # What would show otherwise than it is can't be typed either.
    if room != "events" or not asked.narrows or not all(each.isprintable() for each in asked.texts):
        raise UsageError("The link's filter is not one of the log of events.")
    return asked


def _span(text: str) -> tuple[Instant, Instant]:
    ends = [_instant(each) for each in text.split("/")]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0].ns >= ends[1].ns:
        raise UsageError("The link's span is not two moments such as 2026-11-22T14:34:00Z/2026-11-23T00:00:00Z.")
    return ends[0], ends[1]


def _instant(text: str) -> Instant | None:
    try:
        instant = parse(text)
    except (ValueError, OverflowError):
        return None
    return instant if instant.isoformat() == text else None


def _moment(text: str) -> Instant:
    instant = _instant(text)
    if instant is None:
        raise UsageError("The link's as_of is not a date and time such as 2026-11-22T14:34:00+09:00.")
    return instant


def _encoded(text: str) -> str:
    # What is no Unicode is refused when it is read, as all links are.
    return quote(text, safe="/:@", errors="surrogatepass")


def _decoded(text: str) -> str:
    try:
        decoded = unquote(text, errors="strict")
    except UnicodeDecodeError:
        decoded = "\0"
    if not decoded.isprintable():
        raise UsageError("The link has characters in it that can't be seen.")
    return decoded


def _check(store: str) -> None:
    """Raise UsageError for a store that no link may name, wherever it is opened."""
    if "://" in store:
        try:
            secret = split_password(store)[1] is not None
        except UsageError:
            secret = True
        if secret:
            raise UsageError("The link has a password in it, which no link may.")
    elif store.startswith(("//", "\\\\")):
        raise UsageError("The link names a file on another computer, which no link may.")
    elif ("/" in store or "\\" in store) and not Path(store).is_absolute():
        raise UsageError("The link names a file without its whole path.")


def check_here(store: str, opened: Collection[str], connections: Connections | None = None) -> None:
    """Raise UsageError unless a link may open a store on this computer; that looks at files.

    `opened` are the stores that a person opened here before: a link never leads to a server that is not among them.
    """
    if "://" in store:
        if store not in opened:
            raise UsageError("The link names a server that was not opened here lately; open it by its URL once before.")
    elif "/" in store or "\\" in store:
        if not Path(store).is_file() and not Path(store).is_dir():
            raise UsageError("The link names a file that is not there.")
    elif (connections or Connections()).get(store) is None:
        raise UsageError(f"The link names a saved connection that is not there: {store}.")
