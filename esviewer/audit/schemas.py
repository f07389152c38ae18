"""JSON Schemas that the user supplies for event payloads, and what events don't keep to.

A folder holds them: `TYPE.json` for all schema versions of an event type, `TYPE@VERSION.json` for one, which counts
before the other. A `schemas.toml` in it, if there is one, names more:

    documents = ["all.json"]            # each of its $defs is a schema, named TYPE or TYPE@VERSION

    [schemas]                           # for names that no file can have, or one file for several
    "Order/Placed" = "order-placed.json"
    "Order/Placed@2" = "shared.json#/$defs/Placed"

Drafts 4, 6, 7, 2019-09 and 2020-12 are told by `$schema`; without it the newest counts. A `$ref` may lead to other
files of the folder, by their names or their `$id`s, and nowhere else: nothing is ever fetched. Numbers are compared
exactly, whatever their size. Regular expressions give up after a bounded number of steps. `format` is not checked
unless it is asked for, since the drafts say that it need not be.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote, urldefrag

import jsonschema_rs

from esviewer.errors import UsageError
from esviewer.model.change import pointer
from esviewer.model.exactjson import NotJsonError, loads, scalar_text
from esviewer.model.values import Number, Value

MAPPING: Final = "schemas.toml"
_SHOWN: Final = 3
"""How many places of one event are told."""
_COUNTED: Final = 100
"""Beyond that it is not counted how many there are."""
_LONGEST: Final = 200
_LARGEST_FILE: Final = 10_000_000
_MOST_FILES: Final = 10_000
_STEPS: Final = 100_000
"""Of a regular expression, for one text."""
_BASE: Final = "schemas:///"

SchemaVersion = int | str | None


@dataclass(frozen=True, slots=True)
class Breach:
    """One place of an event that is not as the schema says."""

    path: str
    """A JSON Pointer into the payload."""
    message: str
    """What is wrong, without the value itself: `the value is less than the minimum of 5`."""
    rule: str
    """A JSON Pointer into the schema."""

    def as_json(self) -> dict[str, Value]:
        """`{path, message, rule}`."""
        return {"path": self.path, "message": self.message, "rule": self.rule}


@dataclass(frozen=True, slots=True)
class Violation:
    """An event that does not keep to its schema."""

    schema: str
    """The file, and where in it the schema is unless it is the whole: `all.json#/$defs/Paid@2`."""
    breaches: tuple[Breach, ...]
    """The first few."""
    count: int
    """How many there are; from a hundred on they are not counted further."""

    @property
    def message(self) -> str:
        """In one sentence."""
        first = self.breaches[0]
        more = f", and {self.count - 1:,} more" if self.count > 1 else ""
        return f"Not as {self.schema} says: {first.path or 'the payload'}: {first.message}{more}."

    def as_json(self) -> dict[str, Value]:
        """`{schema, count, breaches: [{path, message, rule}]}`."""
        return {
            "schema": self.schema,
            "count": self.count,
            "breaches": [breach.as_json() for breach in self.breaches],
        }


class Schemas:
    """The schemas of one folder; each is compiled when the folder is read."""

    def __init__(self, folder: Path, *, formats: bool = False) -> None:
        """`formats`: `format` is checked too. Raises UsageError naming the file that can't be used, and why."""
        self._folder = folder
        self._formats = formats
        self._files: dict[str, Value] = {}
        self._by_id: dict[str, str] = {}
        self._compiled: dict[str, tuple[str, Any]] = {}
        """By TYPE or TYPE@VERSION, what the schema is called and what validates by it."""
        self._chosen: dict[tuple[str, SchemaVersion], tuple[str, Any] | None] = {}
        self._read()

    def __len__(self) -> int:
        return len(self._compiled)

    def __reduce__(self) -> tuple[Any, ...]:
        # What is compiled can't be handed to another process; it reads the folder again.
        return _again, (self._folder, self._formats)

    @property
    def names(self) -> list[str]:
        """What there are schemas for, as TYPE or TYPE@VERSION."""
        return sorted(self._compiled)

    def violation(self, kind: str, schema_version: SchemaVersion, data: Value) -> Violation | None:
        """What is wrong with an event's payload; None when nothing is, or when there is no schema for it."""
        try:
            chosen = self._chosen[kind, schema_version]
        except KeyError:
            chosen = self._choose(kind, schema_version)
        if chosen is None:
            return None
        name, validator = chosen
        if not _is_json(data):
            data = _as_json(data)
        try:
            if validator.is_valid(data):
                return None
        except ValueError:  # a text that has no UTF-8 form
            data = _as_json(data)
            if validator.is_valid(data):
                return None
        return _told(name, validator, data)

    def _choose(self, kind: str, version: SchemaVersion) -> tuple[str, Any] | None:
        found = None if version is None else self._compiled.get(f"{kind}@{version}")
        found = found or self._compiled.get(kind)
        if len(self._chosen) < _MOST_FILES:
            self._chosen[kind, version] = found
        return found

    # Reading

    def _read(self) -> None:
        if not self._folder.is_dir():
            raise UsageError(
                f"{self._folder} is no folder.", "JSON Schemas lie in a folder, as TYPE.json or TYPE@VERSION.json."
            )
        documents, named = self._mapping()
        files = sorted(file for file in self._folder.iterdir() if file.suffix == ".json")
        if len(files) > _MOST_FILES:
            raise UsageError(f"{self._folder} holds more than {_MOST_FILES:,} files.", "Use a document with $defs.")
        for file in files:
            self._load(file.name)
        wanted: dict[str, str] = {}
        for name in documents:
            wanted |= {kind: f"{name}#/$defs/{_escaped(kind)}" for kind in self._defs(name)}
        mentioned = {*documents, *(target.partition("#")[0] for target in named.values())}
        wanted |= {file.stem: file.name for file in files if file.name not in mentioned}
        wanted |= named
        for kind, target in wanted.items():
            self._compiled[kind] = target, self._compile(target)

    def _mapping(self) -> tuple[list[str], dict[str, str]]:
        file = self._folder / MAPPING
        if not file.is_file():
            return [], {}
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise UsageError(f"{file} can't be read: {error}.", "It is a TOML file.") from None
        documents, named = values.get("documents", []), values.get("schemas", {})
        unknown = sorted(set(values) - {"documents", "schemas"})
        if unknown:
            raise UsageError(f"{file}: {unknown[0]!r} is unknown.", "Known are: documents, [schemas].")
        if not isinstance(documents, list) or not all(isinstance(each, str) for each in documents):
            raise UsageError(f"{file}: `documents` must be a list of file names.")
        if not isinstance(named, dict) or not all(isinstance(each, str) for each in named.values()):
            raise UsageError(f"{file}: [schemas] must map event types to file names.")
        return documents, named

    def _load(self, name: str) -> Value:
        """A file of the folder, read once."""
        if name in self._files:
            return self._files[name]
        file = self._folder / name
        if not file.resolve().is_relative_to(self._folder.resolve()):
            raise UsageError(f"{file} lies outside of the folder of schemas.", "Put it into the folder.")
        try:
            if file.stat().st_size > _LARGEST_FILE:
                raise UsageError(f"{file} is larger than {_LARGEST_FILE:,} bytes.", "Split it into several files.")
            found = loads(file.read_bytes())
        except OSError as error:
            raise UsageError(f"{file} can't be read: {error.strerror or error}.") from None
        except NotJsonError as error:
            raise UsageError(f"{file} can't be read: {error}.") from None
        found = self._files[name] = _as_json(found)
        ident = found.get("$id", found.get("id")) if isinstance(found, dict) else None
        if isinstance(ident, str) and ident:
            self._by_id.setdefault(urldefrag(ident)[0], name)
        return found

    def _defs(self, name: str) -> Mapping[str, Value]:
        document = self._load(name)
        defs = document.get("$defs") if isinstance(document, dict) else None
        if not isinstance(defs, dict):
            raise UsageError(f"{self._folder / name} has no $defs.", "A document has its schemas there, by event type.")
        return defs

    def _compile(self, target: str) -> Any:
        name, _, place = target.partition("#")
        schema = self._load(name)
        if place:
            # By reference, so that references inside of the document still hold.
            dialect = {"$schema": schema["$schema"]} if isinstance(schema, dict) and "$schema" in schema else {}
            schema = {**dialect, "$ref": f"{_uri(name)}#{quote(place)}"}
        try:
            return jsonschema_rs.validator_for(
                schema,
                validate_formats=self._formats,
                retriever=self._retrieve,
                base_uri=_uri(name) if not place else f"{_BASE}mapping",
                mask="the value",
                pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=_STEPS, size_limit=10_000_000),
            )
        except jsonschema_rs.ValidationError as error:
            if "Unknown meta-schema" in error.message:
                raise UsageError(
                    f"{self._folder / name}: its $schema names a draft that is not known.",
                    "Known are drafts 4, 6, 7, 2019-09 and 2020-12.",
                ) from None
            where = pointer(tuple(error.instance_path))
            raise UsageError(
                f"{self._folder / name} is no JSON Schema that can be used"
                f"{f', at {where}' if where else ''}: {_cut(error.message)}."
            ) from None
        except (ValueError, TypeError) as error:
            raise UsageError(f"{self._folder / name} is no JSON Schema that can be used: {_cut(str(error))}.") from None

    def _retrieve(self, uri: str) -> Value:
        """What a `$ref` leads to; raises ValueError for all that is not in the folder."""
        name = self._by_id.get(uri)
        if name is None:
            if not uri.startswith(_BASE):
                raise ValueError("it is not in the folder, and nothing is fetched")
            name = unquote(uri.removeprefix(_BASE))
        try:
            return self._load(name)
        except UsageError as error:
            raise ValueError(error.message) from None


def _told(name: str, validator: Any, data: Value) -> Violation:
    breaches: list[Breach] = []
    count = 0
    for error in validator.iter_errors(data):
        count += 1
        if len(breaches) < _SHOWN:
            place, rule = pointer(tuple(error.instance_path)), pointer(tuple(error.schema_path))
            breaches.append(Breach(place, _cut(error.message), rule))
        if count == _COUNTED:
            break
    return Violation(name, tuple(breaches), count)


def _again(folder: Path, formats: bool) -> Schemas:
    return Schemas(folder, formats=formats)


def _uri(name: str) -> str:
    return _BASE + quote(name)


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _cut(message: str) -> str:
    text = " ".join(message.split()).rstrip(".")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


_SCALARS: Final = frozenset({str, int, float, bool, type(None)})
_HOLDERS: Final = frozenset({dict, list})


def _is_json(value: Value) -> bool:
    """Whether a value holds nothing but what JSON has."""
    kind = type(value)
    if kind not in _HOLDERS:
        return kind in _SCALARS
    inside = value.values() if kind is dict else value
    kinds = set(map(type, inside)) - _SCALARS
    return not kinds or (kinds <= _HOLDERS and all(_is_json(each) for each in inside if type(each) in _HOLDERS))


def _as_json(value: Value) -> Value:
    """A copy with what JSON lacks as the text it prints as, lone surrogates replaced, and NaN as null."""
    kind = type(value)
    if kind in (bool, int, type(None)):
        return value
    if kind is str:
        return value.encode("utf-8", "replace").decode() if not value.isascii() else value
    if kind is dict:
        return {_as_json(str(key)): _as_json(each) for key, each in value.items()}
    if kind is list:
        return [_as_json(each) for each in value]
    if kind is float:
        return value if value - value == 0 else None
    if kind is Number:
        return Decimal(value)
    return _as_json(scalar_text(value).strip('"'))
