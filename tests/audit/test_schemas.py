"""Schemas that users supply: where they lie, what they find, and that they can do no harm."""

import json
import pickle
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.schemas import Schemas
from esviewer.errors import UsageError
from esviewer.model.values import Number

PAID = {"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer", "minimum": 1}}}


def folder(path: Path, **files: Any) -> Path:
    """A folder of schemas; texts are written as they are."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (path / (name if "." in name else f"{name}.json")).write_text(text, encoding="utf-8")
    return path


def test_a_violation_names_the_first_places(tmp_path: Path) -> None:
    schemas = Schemas(folder(tmp_path, Paid={**PAID, "additionalProperties": False}))

    assert schemas.violation("Paid", None, {"amount": 5}) is None
    assert schemas.violation("Other", None, {"amount": "x"}) is None
    found = schemas.violation("Paid", 3, {"amount": 0, "more": 1})
    assert found is not None
    assert found.count == 2
    assert [(each.path, each.rule) for each in found.breaches] == [
        ("/amount", "/properties/amount/minimum"),
        ("", "/additionalProperties"),
    ]
    assert "more" in found.breaches[1].message
    assert found.message == ("Not as Paid.json says: /amount: the value is less than the minimum of 1, and 1 more.")
    assert list(found.as_json()) == ["schema", "count", "breaches"]


def test_values_are_not_told(tmp_path: Path) -> None:
    schemas = Schemas(folder(tmp_path, Paid={"properties": {"card": {"type": "integer"}, "pin": {"maxLength": 3}}}))
    found = schemas.violation("Paid", None, {"card": "4111 1111 1111 1111", "pin": "123456"})
    assert "4111" not in json.dumps(found.as_json())
    assert "123456" not in json.dumps(found.as_json())


def test_one_event_has_one_violation_however_much_is_wrong(tmp_path: Path) -> None:
    schemas = Schemas(folder(tmp_path, Many={"items": {"type": "string"}}))
    found = schemas.violation("Many", None, list(range(100_000)))
    assert (len(found.breaches), found.count) == (3, 100)


def test_a_schema_of_a_version_counts_before_that_of_the_type(tmp_path: Path) -> None:
    folder(tmp_path, **{"Paid": PAID, "Paid@2": {"required": ["currency"]}, "Paid@b": {"required": ["b"]}})
    schemas = Schemas(tmp_path)

    assert schemas.names == ["Paid", "Paid@2", "Paid@b"]
    assert schemas.violation("Paid", 2, {"amount": "x"}).schema == "Paid@2.json"
    assert schemas.violation("Paid", "b", {}).schema == "Paid@b.json"
    for version in (None, 1, 3, "c"):
        assert schemas.violation("Paid", version, {"amount": "x"}).schema == "Paid.json"


def test_a_mapping_names_documents_and_what_no_file_can_be_called(tmp_path: Path) -> None:
    folder(
        tmp_path,
        **{
            "all": {
                "$defs": {
                    "Order Placed": {"$ref": "#/$defs/base"},
                    "a/b~c%d@1": {"type": "array"},
                    "base": {"required": ["id"]},
                }
            },
            "order": {"type": "string"},
            "Plain": PAID,
            "schemas.toml": 'documents = ["all.json"]\n[schemas]\n"Order/Placed" = "order.json"\n'
            '"Late" = "all.json#/$defs/base"\n',
        },
    )
    schemas = Schemas(tmp_path)

    assert schemas.names == ["Late", "Order Placed", "Order/Placed", "Plain", "a/b~c%d@1", "base"]
    assert schemas.violation("Order Placed", None, {}).schema == "all.json#/$defs/Order Placed"
    assert schemas.violation("a/b~c%d", 1, {}) is not None
    assert schemas.violation("a/b~c%d", 2, {}) is None
    assert schemas.violation("Order/Placed", None, {}).schema == "order.json"
    assert schemas.violation("Late", None, {"id": 1}) is None
    assert schemas.violation("Late", None, {}) is not None


def test_references_lead_to_files_of_the_folder_only(tmp_path: Path) -> None:
    money = {"$id": "https://example.com/money.json", "type": "integer"}
    folder(
        tmp_path,
        money=money,
        Paid={"properties": {"amount": {"$ref": "money.json"}}},
        Refunded={"properties": {"amount": {"$ref": "https://example.com/money.json"}}},
    )
    schemas = Schemas(tmp_path)
    for kind in ("Paid", "Refunded"):
        assert schemas.violation(kind, None, {"amount": 1}) is None
        assert schemas.violation(kind, None, {"amount": "1"}) is not None

    (tmp_path.parent / f"{tmp_path.name}-secret.json").write_text('{"type": "string"}')
    for reference in (
        "https://example.com/elsewhere.json",
        "http://127.0.0.1:9/x.json",
        f"file://{tmp_path.parent}/{tmp_path.name}-secret.json",
        f"../{tmp_path.name}-secret.json",
        f"%2e%2e/{tmp_path.name}-secret.json",
        "missing.json",
    ):
        folder(tmp_path, Bad={"properties": {"a": {"$ref": reference}}})
        with pytest.raises(UsageError, match=r"Bad\.json"):
            Schemas(tmp_path)


@pytest.mark.parametrize(
    ("draft", "schema"),
    [
        ("http://json-schema.org/draft-04/schema#", {"maximum": 3, "exclusiveMaximum": True}),
        ("http://json-schema.org/draft-06/schema#", {"exclusiveMaximum": 3}),
        ("http://json-schema.org/draft-07/schema#", {"if": {"minimum": 3}, "then": False}),
        (
            "https://json-schema.org/draft/2019-09/schema",
            {"$ref": "#/$defs/a", "$defs": {"a": {"exclusiveMaximum": 3}}},
        ),
        ("https://json-schema.org/draft/2020-12/schema", {"exclusiveMaximum": 3}),
    ],
)
def test_drafts(tmp_path: Path, draft: str, schema: dict[str, Any]) -> None:
    schemas = Schemas(folder(tmp_path, N={"$schema": draft, **schema}))
    assert schemas.violation("N", None, 2) is None
    assert schemas.violation("N", None, 3) is not None


def test_numbers_are_compared_exactly(tmp_path: Path) -> None:
    folder(
        tmp_path,
        Large='{"maximum": 9007199254740992}',
        Huge='{"maximum": 1180591620717411303424}',
        Cents='{"multipleOf": 0.01}',
        Tenth='{"minimum": 0.1}',
        Const='{"enum": [1.10, 1e400]}',
        Whole='{"type": "integer"}',
    )
    schemas = Schemas(tmp_path)
    good = [("Large", 2**53), ("Huge", 2**70), ("Cents", 10.07), ("Cents", Number("10.07")), ("Tenth", Number("0.10"))]
    good += [("Const", 1.1), ("Const", Number("1e400")), ("Whole", Number("2.00")), ("Whole", 2**200)]
    bad = [("Large", 2**53 + 1), ("Huge", 2**70 + 1), ("Cents", Number("10.075")), ("Tenth", Number("0.099"))]
    bad += [("Const", Number("1.11")), ("Whole", Number("2.01"))]
    for kind, value in good:
        assert schemas.violation(kind, None, value) is None, (kind, value)
    for kind, value in bad:
        assert schemas.violation(kind, None, value) is not None, (kind, value)


def test_types_that_json_lacks_count_as_what_they_print_as(tmp_path: Path) -> None:
    schemas = Schemas(
        folder(tmp_path, T={"properties": {"v": {"type": "string"}, "n": {"type": "null"}}}), formats=True
    )
    for value in (uuid4(), b"x", Decimal("1.1"), "\ud800"):
        assert schemas.violation("T", None, {"v": value, "n": None}) is None
    assert schemas.violation("T", None, {"v": 1, "n": uuid4()}).count == 2


def test_formats_are_checked_when_that_is_asked_for(tmp_path: Path) -> None:
    folder(tmp_path, T={"format": "date-time"})
    assert Schemas(tmp_path).violation("T", None, "yesterday") is None
    assert Schemas(tmp_path, formats=True).violation("T", None, "yesterday") is not None


def test_hostile_schemas_and_payloads_end(tmp_path: Path) -> None:
    folder(
        tmp_path,
        Slow={"pattern": "^(a+)+$"},
        Slower={"pattern": r"^(a|b|ab)*\1$"},
        Loop={"$ref": "#"},
        Tree={"properties": {"a": {"$ref": "#"}}, "additionalProperties": False},
    )
    schemas = Schemas(tmp_path)
    assert schemas.violation("Slow", None, "a" * 50_000 + "b") is not None
    told = schemas.violation("Slower", None, "ab" * 50_000 + "c")
    assert "backtracking" in told.message
    assert schemas.violation("Loop", None, 1) is None
    deep: Any = 1
    for _ in range(150):
        deep = {"a": deep}
    assert schemas.violation("Tree", None, deep) is None
    assert schemas.violation("Tree", None, {"a": {"a": {"b": 1}}}).breaches[0].path == "/a/a"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"Bad": "{"}, r"Bad\.json can't be read: not JSON: "),
        ({"Bad": "[1]"}, r"Bad\.json is no JSON Schema"),
        ({"Bad": {"type": "strin"}}, r"Bad\.json is no JSON Schema that can be used, at /type"),
        ({"Bad": {"pattern": "("}}, r"Bad\.json is no JSON Schema that can be used, at /pattern"),
        ({"Bad": {"$schema": "http://json-schema.org/draft-03/schema#"}}, r"Bad\.json: its \$schema names a draft"),
        ({"Bad": "[" * 5000}, r"Bad\.json can't be read: "),
        ({"schemas.toml": "documents = 1"}, r"schemas\.toml: `documents` must be a list"),
        ({"schemas.toml": "x = 1"}, r"schemas\.toml: 'x' is unknown"),
        ({"schemas.toml": "["}, r"schemas\.toml can't be read"),
        ({"schemas.toml": 'documents = ["none.json"]'}, r"none\.json can't be read"),
        ({"schemas.toml": '[schemas]\nA = "../x.json"'}, r"x\.json lies outside"),
        ({"schemas.toml": '[schemas]\nA = "b.json#/$defs/c"', "b": {}}, r"b\.json is no JSON Schema that can be used"),
        ({"schemas.toml": 'documents = ["b.json"]', "b": {}}, r"b\.json has no \$defs"),
    ],
)
def test_what_can_not_be_used_is_one_sentence_with_the_file(tmp_path: Path, files: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        Schemas(folder(tmp_path, **files))
    assert "\n" not in str(caught.value)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        Schemas(tmp_path / "none")
    assert len(Schemas(tmp_path)) == 0


def test_another_process_gets_the_same(tmp_path: Path) -> None:
    schemas = pickle.loads(pickle.dumps(Schemas(folder(tmp_path, Paid=PAID))))
    assert schemas.violation("Paid", None, {}) is not None


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.uuids(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
        max_leaves=8,
    )
)
def test_any_payload_gets_an_answer(tmp_path_factory: pytest.TempPathFactory, data: Any) -> None:
    path = tmp_path_factory.mktemp("schemas")
    schemas = Schemas(folder(path, Any={}, Never=False))
    assert schemas.violation("Any", None, data) is None
    assert schemas.violation("Never", None, data).count == 1
