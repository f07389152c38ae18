"""The exported JSON Schema is a valid one, and all events that it was made of are valid by it."""

import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema_rs
from helpers_catalogue import feed, only
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.fields import Masks
from esviewer.audit.catalogue.json_schema import schema_of, schema_of_all
from esviewer.audit.schemas import Schemas
from esviewer.model.exactjson import dumps, loads
from esviewer.model.values import Number


def as_printed(value: Any) -> Any:
    """A payload as `esviewer events --json` prints it, read by a parser that knows nothing of ours."""
    import json

    return json.loads(dumps(value), parse_float=Decimal)


def test_a_schema() -> None:
    data = [
        {"id": "2f6c9d3a-5b0e-4c8e-9a55-0d3e0e6b1c11", "amount": 1, "to": {"name": "x"}, "lines": [{"n": 1}]},
        {"id": "2f6c9d3a-5b0e-4c8e-9a55-0d3e0e6b1c12", "amount": 2.5, "to": None, "lines": [], "note": "later"},
    ]
    catalogue = feed(Catalogue(), data, schema_version=2)
    found = schema_of(only(catalogue))

    assert found == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Made@2",
        "description": "What 2 events have in common.",
        "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid", "examples": [data[0]["id"], data[1]["id"]]},
            "amount": {"type": "number", "examples": [1, 2.5]},
            "to": {
                "type": ["null", "object"],
                "properties": {"name": {"type": "string", "examples": ["x"]}},
                "required": ["name"],
            },
            "lines": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"n": {"type": "integer", "examples": [1]}},
                    "required": ["n"],
                },
            },
            "note": {"type": "string", "examples": ["later"]},
        },
        "required": ["id", "amount", "to", "lines"],
    }
    whole = schema_of_all(catalogue)
    assert list(whole["$defs"]) == ["Made@2"]
    assert not jsonschema_rs.is_valid(found, {})


def test_equal_names_do_not_hide_each_other() -> None:
    catalogue = feed(Catalogue(), [{"a": 1}], schema_version=1)
    feed(catalogue, [{"a": "x"}], schema_version="1")
    feed(catalogue, [{"a": None}], kind="Made@1")
    assert list(schema_of_all(catalogue)["$defs"]) == ["Made@1", "Made@1 (2)", "Made@1 (3)"]


def test_the_schemas_of_a_catalogue_can_be_used_as_they_are_exported(tmp_path: Path) -> None:
    catalogue = feed(Catalogue(), [{"amount": 1, "note": None}] * 3, schema_version=2)
    feed(catalogue, [["x"]], kind="Odd/ name%20~1#@é")
    (tmp_path / "all.json").write_text(dumps(schema_of_all(catalogue), indent=2), encoding="utf-8")
    (tmp_path / "schemas.toml").write_text('documents = ["all.json"]')
    schemas = Schemas(tmp_path, formats=True)

    assert len(schemas) == 2
    assert schemas.violation("Made", 2, {"amount": 5, "note": None}) is None
    assert schemas.violation("Made", 2, {"amount": "5", "note": None}).breaches[0].path == "/amount"
    assert schemas.violation("Odd/ name%20~1#@é", None, ["y"]) is None
    assert schemas.violation("Odd/ name%20~1#@é", None, {}) is not None


def test_maps_and_masks() -> None:
    data = [{"by": {"2024": {"secret": "abc"}, "2025": {"secret": "def"}}}] * 5
    asked: list[Any] = []

    def mask(path: Any, value: Any) -> Any:
        asked.append(path)
        return "hidden" if "secret" in path else value

    found = schema_of(only(feed(Catalogue(), data)), Masks(mask))
    assert found["properties"]["by"] == {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {"secret": {"type": "string", "examples": ["hidden"]}},
            "required": ["secret"],
        },
    }
    assert ("by", "{}", "secret") in asked
    assert "abc" not in dumps(found)


NAMES = st.sampled_from(["a", "b", "c", "*", "{}", "a/b", "~", "1", "22", "", "日本"])
TEXTS = st.text(max_size=4) | st.datetimes().map(lambda moment: moment.isoformat() + "Z") | st.uuids().map(str)
NUMBERS = st.integers() | st.floats() | st.decimals(allow_nan=False, allow_infinity=False).map(Number)
BEYOND = st.uuids() | st.datetimes() | st.dates() | st.times() | st.binary(max_size=3) | st.decimals(allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS | BEYOND,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=10,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=4) | VALUES, min_size=1, max_size=8), st.integers(1, 8))
def test_all_events_are_valid_by_the_schema_made_of_them(data: list[Any], batch: int) -> None:
    schema = loads(dumps(schema_of(only(feed(Catalogue(), data, batch=batch)))))
    schema = as_printed(schema)
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)

    for value in data:
        printed = as_printed(value)
        assert [error.message for error in validator.iter_errors(printed)] == []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, min_size=1, max_size=3), min_size=2, max_size=5))
def test_what_all_have_is_required(data: list[Any]) -> None:
    entry = only(feed(Catalogue(), data))
    found = schema_of(entry)
    if entry.root.is_map:
        return
    common = set.intersection(*map(set, data))
    assert set(found.get("required", ())) == common


def test_numbers_that_are_not_finite_print_as_strings() -> None:
    found = schema_of(only(feed(Catalogue(), [{"a": math.nan, "b": math.inf}, {"a": 1.5, "b": -math.inf}])))
    assert found["properties"]["a"]["type"] == ["number", "string"]
    assert found["properties"]["b"]["type"] == "string"
