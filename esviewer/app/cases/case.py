"""A case and its file: one JSON object, `form` esviewer.case, that other programs may read.

    form, form_version      "esviewer.case", 1
    title, note             text
    made                    who began it: {operator, account, host, at, program}
    store                   {name, label, database, layout, layout_title}; label is a path or a URL without password
    pins                    in the order of the case, each:
        id                  a number, never used again within the case
        kind                state, diff, event, history or finding
        asked               what to ask the store for it: see `pinning.py`
        note                text
        pinned              who pinned it, and when, as `made`; `plugins` are those, if any, that had a part in the
                            answer
        content             the answer of that time: what `esviewer state`, `diff`, `events`, `history` or `audit`
                            print with --json; a history is a list of its lines
        digest              `sha256:` and hex digits of `content` as canonical JSON (sorted keys, no white space)
        stands_on           the aggregates whose events the answer comes from: {aggregate_id, version, events,
                            digest}, the digest being the SHA-256 over the leaf hashes (as in a seal) of all its
                            events up to that version, one after the other, positions left out
        rebuilt             of a diff and a history, how the states behind it came to be: {aggregate_id, version} and
                            the keys of `rebuilt` in `esviewer state --json`; a state has that in its content
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from esviewer.app.files import write_whole
from esviewer.errors import EsviewerError, NotFoundError, UsageError
from esviewer.model.exactjson import NotJsonError, canonical, dumps, loads
from esviewer.model.values import Value

FORM: Final = "esviewer.case"
FORM_VERSION: Final = 1
KINDS: Final = ("state", "diff", "event", "history", "finding")
_MOST_BYTES: Final = 500_000_000


@dataclass(frozen=True, slots=True)
class StandsOn:
    """The events that an answer comes from."""

    aggregate_id: str
    version: int
    events: int
    digest: str

    def as_json(self) -> dict[str, Value]:
        """`{aggregate_id, version, events, digest}`."""
        return {
            "aggregate_id": self.aggregate_id,
            "version": self.version,
            "events": self.events,
            "digest": self.digest,
        }


@dataclass(frozen=True, slots=True)
class Pin:
    """One thing that was pinned."""

    id: int
    kind: str
    asked: Mapping[str, Value]
    content: Value
    pinned: Mapping[str, Value]
    stands_on: Sequence[StandsOn] = ()
    note: str = ""
    rebuilt: Sequence[Mapping[str, Value]] = ()
    """How the states behind it came to be, where its content doesn't say so."""

    @property
    def digest(self) -> str:
        """`sha256:` and hex digits of the content as canonical JSON."""
        return digest_of(self.content)

    def as_json(self) -> dict[str, Value]:
        """One of `pins`."""
        return {
            "id": self.id,
            "kind": self.kind,
            "asked": dict(self.asked),
            "note": self.note,
            "pinned": dict(self.pinned),
            "content": self.content,
            "digest": self.digest,
            "stands_on": [each.as_json() for each in self.stands_on],
            **({"rebuilt": [dict(each) for each in self.rebuilt]} if self.rebuilt else {}),
        }


@dataclass(frozen=True, slots=True)
class Case:
    """What was pinned, and why."""

    title: str
    made: Mapping[str, Value]
    store: Mapping[str, Value]
    note: str = ""
    pins: Sequence[Pin] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Value]:
        """The file's object."""
        return {
            "form": FORM,
            "form_version": FORM_VERSION,
            "title": self.title,
            "note": self.note,
            "made": dict(self.made),
            "store": dict(self.store),
            "pins": [pin.as_json() for pin in self.pins],
        }

    def pin(self, number: int) -> Pin:
        """A pin by its id; raises NotFoundError."""
        for pin in self.pins:
            if pin.id == number:
                return pin
        raise NotFoundError(f"The case has no pin {number}.", "`esviewer case show FILE` lists them.")

    def with_pin(self, pin: Pin) -> Case:
        """The case with one more pin, which gets a number of its own."""
        number = max((each.id for each in self.pins), default=0) + 1
        return replace(self, pins=(*self.pins, replace(pin, id=number)))

    def with_note(self, number: int, note: str) -> Case:
        """The case with another note at a pin; raises NotFoundError."""
        self.pin(number)
        return replace(self, pins=tuple(replace(each, note=note) if each.id == number else each for each in self.pins))

    def moved(self, number: int, by: int) -> Case:
        """The case with a pin so many places further down, at most at the end; raises NotFoundError."""
        self.pin(number)
        pins = list(self.pins)
        at = next(place for place, each in enumerate(pins) if each.id == number)
        pins.insert(min(max(0, at + by), len(pins) - 1), pins.pop(at))
        return replace(self, pins=tuple(pins))

    def without(self, number: int) -> Case:
        """The case without a pin; raises NotFoundError."""
        self.pin(number)
        return replace(self, pins=tuple(each for each in self.pins if each.id != number))


def digest_of(content: Value) -> str:
    """`sha256:` and hex digits of a value as canonical JSON."""
    return "sha256:" + hashlib.sha256(canonical(content)).hexdigest()


def bytes_of(case: Case) -> bytes:
    """A case as its file holds it."""
    return (dumps(case.as_json(), indent=1) + "\n").encode("utf-8", "surrogatepass")


def write_case(case: Case, file: Path) -> None:
    """Write a case in one step; raises EsviewerError."""
    write_bytes(bytes_of(case), file)


def write_bytes(content: bytes, file: Path) -> None:
    """Write what `bytes_of` gave in one step; raises EsviewerError."""
    try:
        write_whole(file, content)
    except OSError as error:
        raise EsviewerError(
            f"The case can't be written to {file}: {error.strerror or error}.", "Choose another folder."
        ) from None


def read_case(file: Path) -> Case:
    """Read a case; raises UsageError for what is none, or was altered by hand so that a digest no longer fits."""
    return case_in(read_bytes(file), file)


def read_bytes(file: Path) -> bytes:
    """What a case's file holds; raises UsageError."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise UsageError(f"{file} is larger than {_MOST_BYTES:,} bytes.", "It is no case.")
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} can't be read: {error.strerror or error}.") from None


def case_in(raw: bytes, file: Path) -> Case:
    """The case in what a file holds; raises as `read_case`."""
    try:
        content = loads(raw)
    except NotJsonError:
        content = None
    if not isinstance(content, dict) or content.get("form") != FORM:
        raise UsageError(f"{file} is no case.", "`esviewer case create FILE STORE` begins one.")
    version = content.get("form_version")
    if version != FORM_VERSION:
        raise UsageError(f"{file} is a case of form version {version}.", "A newer release of this program reads it.")
    try:
        return _case(content)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{file} is a damaged case: {error}.", "Take an older copy of it.") from None


def _case(content: dict[str, Any]) -> Case:
    pins = tuple(map(_pin, content["pins"]))
    if len({pin.id for pin in pins}) < len(pins):
        raise ValueError("two pins have the same id")
    made, store = content["made"], content["store"]
    if not isinstance(made, dict) or not isinstance(store, dict):
        raise TypeError("`made` and `store` must be objects")
    return Case(str(content["title"]), made, store, str(content.get("note", "")), pins)


def _rebuilt(found: dict[str, Any]) -> dict[str, Value]:
    for key, kind in (("aggregate_id", str), ("reducer", str), ("reducer_digest", str), ("skipped", list)):
        if not isinstance(found[key], kind):
            raise TypeError(f"it does not say how states came to be: `{key}`")
    if type(found["version"]) is not int or type(found["events_applied"]) is not int:
        raise TypeError("it does not say of which events states came to be")
    return found


def _pin(content: dict[str, Any]) -> Pin:
    number = content["id"]
    if type(number) is not int or content["kind"] not in KINDS:
        raise ValueError(f"pin {number!r} is of no known kind")
    if not isinstance(content["asked"], dict) or not isinstance(content["pinned"], dict):
        raise TypeError(f"pin {number} does not say what was asked")
    stands_on = tuple(
        StandsOn(str(each["aggregate_id"]), int(each["version"]), int(each["events"]), str(each["digest"]))
        for each in content.get("stands_on", [])
    )
    pin = Pin(
        number,
        content["kind"],
        content["asked"],
        content["content"],
        content["pinned"],
        stands_on,
        str(content.get("note", "")),
        tuple(map(_rebuilt, content.get("rebuilt", []))),
    )
    if pin.digest != content["digest"]:
        raise ValueError(f"the content of pin {number} is not what was pinned: its digest differs")
    return pin
