"""Masking: what is sensitive becomes a visible mark, `‹masked 3f9a2c7be104d6›`, that stays comparable within a report.

A mark holds a salted digest (HMAC-SHA-256) of a value and its type: equal values have equal marks, 1 and "1" do not,
and without the salt, which is random and never written, no value can be guessed from its mark. What has to be masked
depends on a value and its path alone, so that masked changes applied to a masked state give the masked state.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol

from esviewer.model.change import Change, Path, pointer
from esviewer.model.event import Event
from esviewer.model.exactjson import scalar_text
from esviewer.model.path_patterns import NONE, Rests, below, rests_of
from esviewer.model.rebuilt import Rebuilt, RebuiltState, Skipped
from esviewer.model.sensitive_names import Names, Sensitive, sensitive
from esviewer.model.sensitive_values import KINDS, Span, find, is_card, may_hold_any, merged
from esviewer.model.values import MISSING, Value

_DIGEST = 10
_CHECK = 4
_MARK = re.compile(f"‹masked ([0-9a-f]{{{_DIGEST}}})([0-9a-f]{{{_CHECK}}})›")
_FIELD = re.compile(r"[^\W\d_](?:[^\W\d]|-){0,30}\d{0,2}")
"""What the name of a field looks like, other than a number or an id."""
_PLAIN = re.compile(r"[A-Za-z_\-]{0,40}[0-9]{0,6}")
"""What no kind of `sensitive_values` finds anything in."""
_MOST_KEPT = 50_000
_LONGEST_KEPT = 200
_FEW = 16
"""Up to so many ids are looked for within texts; of more, only whole words are looked up."""
_WORD = re.compile(r"\S+")
_AROUND_IDS = ".,:;!?()[]{}<>\"'“”‘’«»"
WHOLES: Final = frozenset(["state", "data", "metadata", "example", "examples"])
"""What states, payloads and the like are called in evidence and in the answers of this program."""
_QUOTED = re.compile(
    r"""(?<!\w)'(?:[^'\\]++|\\.)*+'(?!\w)|(?<!\w)"(?:[^"\\]++|\\.)*+"(?!\w)"""
    r"""|(?<![\w.])-?(?:\d{4,}(?:\.\d+)?|\d+\.\d+)(?![\w.]*›)"""
)
_OURS = frozenset(
    ["path", "op", "version", "position", "type", "event_type", "event_id", "timestamp", "actor", "count", "events"]
)
"""What stands beside a path without being what is there."""
_CARDS = "card number"

BY_PATH: Final = "path"
BY_NAME: Final = "name"
BY_VALUE: Final = "value"
FORGED: Final = "text that looks like a mark"
QUOTED: Final = "quoted in a reason"
UNREADABLE: Final = "unreadable payload"
AGGREGATE_ID: Final = "aggregate id"


class Pattern(Protocol):
    """A compiled regular expression that takes a time in proportion to the text."""

    def finditer(self, text: str, /) -> Iterable[Any]:
        """Matches with a `span()`."""


@dataclass(frozen=True, slots=True)
class ValuePattern:
    """A kind of texts that the user describes."""

    name: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Masking:
    """What is masked. Patterns of paths are those of `path_patterns`, for states, payloads and metadata alike; names
    count whatever their spelling. Raises ValueError for a pattern that does not start with /."""

    usual_names: bool = True
    """Whether names that look sensitive are."""
    kinds: frozenset[str] = frozenset(KINDS)
    """Which kinds of values, of `sensitive_values.KINDS`, are looked for in all texts."""
    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    key_paths: tuple[str, ...] = ()
    """Paths of objects whose keys are values themselves."""
    values: tuple[ValuePattern, ...] = ()
    aggregate_types: tuple[str, ...] = ()
    """Names of aggregate types whose ids are masked; `*` and `?` as in globs."""
    shown_paths: tuple[str, ...] = ()
    """Shown although a name looks sensitive."""
    shown_names: tuple[str, ...] = ()
    true_digests: bool = True
    """Whether reports say the digest of the true state."""

    def __post_init__(self) -> None:
        for patterns in (self.paths, self.key_paths, self.shown_paths):
            rests_of(patterns)
        unknown = self.kinds - KINDS.keys()
        if unknown:
            raise ValueError(f"{min(unknown)!r} is no kind of values; they are {', '.join(KINDS)}")


NOTHING: Final = Masking(usual_names=False, kinds=frozenset())
"""Masks nothing."""
USUAL: Final = Masking()
"""Names that look sensitive, and values of all kinds."""


class Hit(NamedTuple):
    """Why all below a path is masked."""

    rule: str
    by_user: bool
    """Whether the user said so: then null, true and false are masked too."""
    secret: bool
    plural: bool
    """Whether keys right below are values themselves."""


@dataclass(slots=True, eq=False)
class _Place:
    """What is known of a path: why it is masked, whether it is to be shown, and what is left of the patterns."""

    hit: Hit | None
    shown: bool
    keys: bool
    """Whether its keys are values."""
    paths: Rests
    key_paths: Rests
    shown_paths: Rests
    below: dict[str, tuple[_Place, str | None]] = field(default_factory=dict)
    """The places of keys seen here, and the key as it is shown, None where that has to be asked for each time."""


class Masker:
    """Masks values, paths, changes, events and texts, all with one salt, and counts what it masked.

    One report is masked by one masker, from one thread at a time.
    """

    def __init__(self, masking: Masking = USUAL, salt: bytes | None = None) -> None:
        """`salt` is random where it is not given; marks of maskers with the same salt are comparable."""
        self.masking = masking
        self.counts: Counter[str] = Counter()
        """How many values were masked, by rule."""
        self._salt = secrets.token_bytes(32) if salt is None else salt
        self._names = Names(masking.names)
        self._shown = Names(masking.shown_names)
        self._types = Names(masking.aggregate_types)
        self._ids: dict[str, None] = {}
        self._kept: dict[str, tuple[str, tuple[str, ...]]] = {}
        self._places: dict[Path, _Place] = {}
        self._kept_places = 0
        self._searches: list[tuple[str, str | Pattern]] = [
            *((f"{BY_VALUE}: {each.name}", each.pattern) for each in masking.values),
            *((f"{BY_VALUE}: {kind}", kind) for kind in KINDS if kind in masking.kinds),
        ]
        self._plain = not masking.values
        """Whether words of few digits, which are most texts, need not be looked through."""
        keys = rests_of(masking.key_paths)
        paths = rests_of(masking.paths)
        hit = Hit(BY_PATH, True, False, False) if () in paths else None
        self._root = _Place(hit, False, () in keys, paths, keys, rests_of(masking.shown_paths))

    @property
    def salt(self) -> bytes:
        """What makes marks comparable: whoever knows it can try values until one has a mark."""
        return self._salt

    # Marks

    def mark(self, value: Value) -> str:
        """The mark of a scalar, without counting it."""
        text = value if type(value) is str else scalar_text(value)
        digest = self._digest(f"{type(value).__name__}:{text}", _DIGEST)
        return f"‹masked {digest}{self._digest(digest, _CHECK)}›"

    def cover(self, text: str) -> str:
        """What stands in the place of a piece of text that is masked."""
        return self.mark(text)

    def _digest(self, text: str, length: int) -> str:
        return hmac.new(self._salt, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:length]

    def is_mark(self, value: Value) -> bool:
        """Whether a value is nothing but a mark of this masker's."""
        if type(value) is not str:
            return False
        match = _MARK.fullmatch(value)
        return match is not None and self._genuine(match)

    def _genuine(self, match: re.Match[str]) -> bool:
        # Texts in a store may look like marks; the last digits tell those that were made with this salt.
        return self._digest(match.group(1), _CHECK) == match.group(2)

    def _masked(self, value: Value, rule: str) -> Value:
        if self.is_mark(value):
            return value
        self.counts[rule] += 1
        return self.mark(value)

    # Values

    def value(self, value: Value, path: Path = ()) -> Value:
        """A masked copy of what is at a path (with its true keys) of a state, payload or metadata."""
        return MISSING if value is MISSING else self._value(value, self._place(path))

    def reason(self, path: Path, value: Value = "") -> str | None:
        """The rule by which the whole of a value is masked, None where it is not or only in part."""
        place = self._place(path)
        return self._rule_of(value, place.hit) if place.hit is not None else None

    def path(self, path: Path) -> Path:
        """A path with the keys masked that are values."""
        place = self._root
        found: list[str | int] = []
        for part in path:
            found.append(self._key(part, place) if isinstance(part, str) else part)
            place = self._below(place, part)
        return tuple(found)

    def key(self, path: Path) -> str | int:
        """The last part of a path, masked if it is a value."""
        part = path[-1]
        return self._key(part, self._place(path[:-1])) if isinstance(part, str) else part

    def pointer(self, text: str) -> str:
        """A JSON Pointer with the keys masked that are values."""
        if not text.startswith("/"):
            return self.text(text)
        return pointer(self.path(_parts(text)))

    def change(self, change: Change) -> Change:
        """A change with its path and values masked."""
        place = self._place(change.path)
        old = MISSING if change.old is MISSING else self._value(change.old, place)
        new = MISSING if change.new is MISSING else self._value(change.new, place)
        return Change(self.path(change.path), old, new)

    def number(self, value: Value, path: Path = ()) -> Value:
        """A number to draw: None where it is masked, so that no picture shows it."""
        found = self.value(value, path)
        return found if found is value else None

    def _value(self, value: Value, place: _Place) -> Value:
        kind = type(value)
        if place.hit is None and (kind is str or kind is int or value is None):
            # The commonest ones.
            return self._string(value) if kind is str else value if value is None else self._figure(value)
        if isinstance(value, dict):
            return self._object(value, place)
        if isinstance(value, (set, frozenset)):
            value = sorted(value, key=str)
        if isinstance(value, (list, tuple)):
            return [self._value(inner, self._below(place, index)) for index, inner in enumerate(value)]
        if place.hit is not None:
            rule = self._rule_of(value, place.hit)
            if rule is not None:
                return self._masked(value, rule)
        return self._scalar(value)

    def _object(self, value: dict[str, Value], place: _Place) -> dict[str, Value]:
        found: dict[str, Value] = {}
        places = place.below
        for key, inner in value.items():
            key = key if isinstance(key, str) else scalar_text(key).strip('"')
            known = places.get(key)
            if known is None:
                known = self._known(place, key)
            shown = known[1]
            if shown is None or self._ids:
                shown = self._key(key, place)
            found[shown] = self._value(inner, known[0])
        return found

    def _known(self, place: _Place, key: str) -> tuple[_Place, str | None]:
        """The place of a key, and the key where it is always shown as it is; kept, unless there are very many."""
        plain = not place.keys and place.hit is None and self._masked_text(key) == (key, ())
        known = self._below(place, key), key if plain else None
        if len(key) <= _LONGEST_KEPT:
            if self._kept_places >= _MOST_KEPT:
                # Objects with ever new keys; what was known of all places is found again.
                self._places.clear()
                self._root.below.clear()
                self._kept_places = 0
            self._kept_places += 1
            place.below[key] = known
        return known

    def _rule_of(self, value: Value, hit: Hit) -> str | None:
        if hit.by_user:
            return hit.rule
        if value is None or isinstance(value, bool) or value == "":
            return None  # it says that there is one or none
        if hit.secret and hit.plural and isinstance(value, (int, float)):
            return None  # `tokens: 5` counts them
        return hit.rule

    def _scalar(self, value: Value) -> Value:
        """A value that no path or name masks: by what it looks like."""
        if type(value) is str:
            return self._string(value)
        if isinstance(value, (int, float, Decimal)):
            return self._figure(value)
        if isinstance(value, (bytes, bytearray, memoryview)):
            # It prints as base64, which anyone can read.
            return self._masked(value, f"{BY_VALUE}: bytes") if self._finds(bytes(value).decode("latin-1")) else value
        return value

    def _figure(self, value: Value) -> Value:
        """A number, which may be a card's, or what the user's patterns look for."""
        if isinstance(value, bool) or not self._looked_at(value):
            return value
        text = scalar_text(value).strip('"').removesuffix(".0")
        for rule, search in self._searches:
            if isinstance(search, str):
                found = search == _CARDS and text.isdecimal() and is_card(text)
            else:
                found = bool(self._spans(search, text))
            if found:
                return self._masked(value, rule)
        return value

    def _looked_at(self, value: Value) -> bool:
        if self.masking.values:
            return True
        if isinstance(value, Decimal) and not value.is_finite():
            return False  # such a one can't even be compared
        return 10**12 < value < 10**19 and _CARDS in self.masking.kinds

    def _string(self, text: str) -> str:
        if text in self._ids:
            self.counts[AGGREGATE_ID] += 1
            return self.cover(text)
        return self.text(text)

    # Places

    def _place(self, path: Path) -> _Place:
        place = self._places.get(path)
        if place is None:
            place = self._root
            for part in path:
                place = self._below(place, part)
            if len(self._places) >= _MOST_KEPT:
                self._places.clear()
            self._places[path] = place
        return place

    def _below(self, place: _Place, part: str | int) -> _Place:
        name = str(part)
        paths = below(place.paths, name) if place.paths else NONE
        key_paths = below(place.key_paths, name) if place.key_paths else NONE
        shown_paths = below(place.shown_paths, name) if place.shown_paths else NONE
        hit, shown = place.hit, place.shown
        if () in paths:
            hit, shown = Hit(BY_PATH, True, False, False), False
        elif () in shown_paths or (isinstance(part, str) and part in self._shown):
            hit, shown = None, True
        elif hit is not None:
            hit = hit._replace(plural=False) if hit.plural else hit
        elif isinstance(part, str) and not shown and not place.keys:
            hit = self._named(part)  # where keys are values, they name nothing
        return _Place(hit, shown, () in key_paths, paths, key_paths, shown_paths)

    def _named(self, name: str) -> Hit | None:
        if name in self._names:
            return Hit(f"{BY_NAME}: {name}", True, False, False)
        found = sensitive(name) if self.masking.usual_names else None
        if found is None or self._finds(name):
            return None
        return _hit(found)

    def _key(self, key: str, place: _Place) -> str:
        """A key of the object at a place."""
        if place.keys:
            return str(self._masked(key, BY_PATH))
        hit = place.hit
        if hit is not None and (hit.secret or hit.plural or _FIELD.fullmatch(key) is None) and key not in self._shown:
            return str(self._masked(key, hit.rule))
        return self._string(key)

    # Texts

    def text(self, text: str) -> str:
        """A text with what looks sensitive in it masked, and nothing else changed."""
        kept = self._kept.get(text)
        if kept is None:
            kept = self._masked_text(text)
            if len(text) <= _LONGEST_KEPT:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[text] = kept
        masked, rules = kept
        if rules:
            self.counts.update(rules)
        return self._without_ids(masked) if self._ids else masked

    def quoting(self, text: str) -> str:
        """A sentence that may quote values without saying where they are from, such as the reason why an event could
        not be applied: quoted texts and longer numbers in it are masked, too."""
        return _QUOTED.sub(self._quoted, self.text(text))

    def _quoted(self, found: re.Match[str]) -> str:
        text = found.group()
        if text[0] not in "'\"":
            self.counts[QUOTED] += 1
            return self.cover(text)
        if "‹masked " in text or len(text) == 2:
            return text
        self.counts[QUOTED] += 1
        return f"{text[0]}{self.cover(text[1:-1])}{text[0]}"

    def _masked_text(self, text: str) -> tuple[str, tuple[str, ...]]:
        if self._plain and (_PLAIN.fullmatch(text) or not ("‹masked " in text or may_hold_any(text))):
            return text, ()
        rules: list[str] = []
        while True:
            # Until nothing is found: a mark may stand where a letter kept its neighbour from being looked at.
            pieces = list(self._pieces(text, rules))
            masked = "".join(pieces)
            if masked == text:
                return text, tuple(rules)
            text = masked

    def _pieces(self, text: str, rules: list[str]) -> Iterator[str]:
        at = 0
        for match in _MARK.finditer(text) if "‹masked " in text else ():
            yield self._searched(text[at : match.start()], 0, rules)
            at = match.end()
            if self._genuine(match):
                yield match.group()
            else:
                rules.append(FORGED)
                yield self.mark(match.group())
        yield self._searched(text[at:], 0, rules)

    def _searched(self, text: str, first: int, rules: list[str]) -> str:
        """A piece of text without marks in it, masked by all kinds from the first one on."""
        if not text:
            return text
        searches = self._searches
        for number in range(first, len(searches)):
            rule, spans = searches[number][0], self._spans(searches[number][1], text)
            if not spans:
                continue
            pieces: list[str] = []
            at = 0
            for start, end in spans:
                covered = self.cover(text[start:end])
                if covered != text[start:end]:
                    rules.append(rule)
                pieces += [self._searched(text[at:start], number + 1, rules), covered]
                at = end
            return "".join([*pieces, self._searched(text[at:], number + 1, rules)])
        return text

    @staticmethod
    def _spans(search: str | Pattern, text: str) -> list[Span]:
        if isinstance(search, str):
            return find(search, text)
        # A lone surrogate has no UTF-8 form; what stands for it here has the same length.
        plain = text if text.isascii() else re.sub("[\ud800-\udfff]", "\ufffd", text)
        return merged(match.span() for match in search.finditer(plain))

    def _finds(self, text: str) -> bool:
        return any(self._spans(search, text) for _, search in self._searches)

    # Aggregate ids

    def aggregate_id(self, text: str, aggregate_type: str | None) -> str:
        """An aggregate's id, masked where its type's are; from then on it is masked wherever it stands by itself."""
        if aggregate_type is not None and aggregate_type in self._types and not self.is_mark(text):
            self._ids[text] = None
        return self._string(text)

    def unknown_id(self, text: str) -> Value:
        """The id of an aggregate whose type is not known, masked where those of any type are."""
        return self._masked(text, AGGREGATE_ID) if self.masking.aggregate_types else self._string(text)

    @property
    def ids(self) -> int:
        """How many ids are masked wherever they stand by themselves."""
        return len(self._ids)

    @property
    def known_ids(self) -> tuple[str, ...]:
        """The ids that are masked wherever they stand by themselves."""
        return tuple(self._ids)

    def know(self, ids: Iterable[str]) -> None:
        """Mask these ids wherever they stand by themselves, too."""
        self._ids.update(dict.fromkeys(ids))

    def forget_id(self, text: str) -> None:
        """Let an id be until it is said once more that its type's are masked."""
        self._ids.pop(text, None)

    def _without_ids(self, text: str) -> str:
        if len(self._ids) > _FEW:
            return _WORD.sub(self._without_id, text)
        for each in sorted(self._ids, key=len, reverse=True):
            if each not in text:
                continue
            # Neither within other words nor within marks.
            wanted = re.compile(rf"{_MARK.pattern}|(?<!\w){re.escape(each)}(?!\w)")
            pieces: list[str] = []
            at = 0
            for match in wanted.finditer(text):
                if match.group(1) is None:
                    self.counts[AGGREGATE_ID] += 1
                    pieces += [text[at : match.start()], self.cover(each)]
                    at = match.end()
            text = "".join([*pieces, text[at:]])
        return text

    def _without_id(self, word: re.Match[str]) -> str:
        """A word, masked if it is an id; what closes a sentence or quotes is no part of it."""
        found = word.group()
        core = found.strip(_AROUND_IDS)
        if core not in self._ids:
            return found
        self.counts[AGGREGATE_ID] += 1
        return found.replace(core, self.cover(core), 1)

    # Events and states

    def event(self, event: Event) -> Event:
        """An event with payload, metadata and texts masked; of an undecodable payload nothing is left but its mark."""
        raw, error = event.raw, event.error
        if raw is not None:
            self.counts[UNREADABLE] += 1
            raw = self.mark(raw).encode()
        if error is not None:
            error = f"{self.quoting(error)} (its bytes are masked: {self.mark(event.raw)})"
        return Event(
            position=self._string(event.position) if isinstance(event.position, str) else event.position,
            version=event.version,
            timestamp=event.timestamp,
            aggregate_id=self.aggregate_id(event.aggregate_id, event.aggregate_type),
            aggregate_type=None if event.aggregate_type is None else self.text(event.aggregate_type),
            event_id=None if event.event_id is None else self._string(event.event_id),
            type=self.text(event.type),
            schema_version=self.text(event.schema_version)
            if isinstance(event.schema_version, str)
            else event.schema_version,
            data=self.value(event.data),
            metadata=self.value(event.metadata),
            error=error,
            raw=raw,
        )

    def state(self, state: RebuiltState) -> RebuiltState:
        """A rebuilt state, masked."""
        return replace(
            state,
            aggregate_id=self.aggregate_id(state.aggregate_id, state.aggregate_type),
            aggregate_type=None if state.aggregate_type is None else self.text(state.aggregate_type),
            state=self.value(state.state),
            rebuilt=self.rebuilt(state.rebuilt),
        )

    def rebuilt(self, rebuilt: Rebuilt) -> Rebuilt:
        """How a state came to be, with the texts in it masked."""
        return replace(
            rebuilt,
            reducer=self.text(rebuilt.reducer),
            skipped=tuple(Skipped(each.version, self.quoting(each.reason)) for each in rebuilt.skipped),
        )

    def evidence(self, value: Value) -> Value:
        """A finding's evidence or the like, whose keys are this program's own: what is called state, data or metadata
        is masked as such, what stands beside a `path` as what is there, and JSON Pointers as such."""
        if isinstance(value, dict):
            path = value.get("path")
            place = self._place(_parts(path)) if isinstance(path, str) and path[:1] in ("", "/") else None
            return {key: self._piece(key, inner, place) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.evidence(inner) for inner in value]
        if isinstance(value, str) and value.startswith("/"):
            return self.pointer(value)
        return self._value(value, self._root)

    def _piece(self, key: str, value: Value, place: _Place | None) -> Value:
        if key in WHOLES:
            return self.value(value)
        if key == "reason" and isinstance(value, str):
            return self.quoting(value)
        if key == "raw" and isinstance(value, str):
            return self._masked(value, UNREADABLE)
        if place is None or key in _OURS:
            return self.evidence(value)
        return self._value(value, place)

    def summary(self) -> str:
        """How many values were masked by which rules, such as `12 values (name: password 10, value: e-mail 2)`."""
        count = self.counts.total()
        rules = ", ".join(f"{rule} {each:,}" for rule, each in sorted(self.counts.items()))
        return f"{count:,} value{'' if count == 1 else 's'}" + (f" ({rules})" if rules else "")

    def said(self) -> list[str]:
        """What was masked, one sentence a rule, such as `masked: 12 values by rule name: password`."""
        return [
            f"masked: {count:,} value{'' if count == 1 else 's'} by rule {rule}"
            for rule, count in sorted(self.counts.items())
        ]


def _parts(text: str) -> Path:
    """The parts of a JSON Pointer, all of them texts."""
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in text.split("/")[1:])


def _hit(found: Sensitive) -> Hit:
    return Hit(f"{BY_NAME}: {found.kind}", False, found.secret, found.plural)

