"""What columns are made of, so that they are masked as that would be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from esviewer.app.masking import parse_masking
from esviewer.model.change import Path
from esviewer.model.masking import Masker
from esviewer.model.values import Value
from esviewer.projections.file import parse_projections
from esviewer.projections.origins import Origin, origins
from esviewer.replay.expressions import paths_read

FOLDED = """
kind = "event"
{0}
[[on]]
event = "*"
{1}
[columns]
x = {2!r}
"""


def folded(rules: str, column: str, key: str = 'key = "data.kind"') -> Origin:
    text = FOLDED.format(key, rules, column)
    return origins(parse_projections(text, "x.toml").projections[0])["x"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("state.a['b'][0].c", [("state", ("a", "b", 0, "c"))]),
        ("state.a[data.k].c", [("data", ("k",)), ("state", ("a", 0, "c"))]),
        ("state", [("state", ())]),
        ("(state.a if state.b else data).c", [
            ("state", ("b",)), ("state", ("b", "c")), ("state", ("a",)), ("state", ("a", "c")), ("data", ()),
            ("data", ("c",)),
        ]),
        ("len(meta.class) + version", [("meta", ("class",)), ("version", ())]),
    ],
)  # fmt: skip
def test_what_expressions_read(text: str, read: list[tuple[str, Path]]) -> None:
    assert sorted(each for each in paths_read(text) if each[0] != "len") == sorted(read)


def test_a_long_expression_is_read_in_no_time() -> None:
    text = "state"
    for _ in range(100):
        text = f"({text} or 1).k"
    assert len(paths_read(text)) == 2


@pytest.mark.parametrize(
    ("rules", "column", "expected"),
    [
        ('set = { wage = "data.salary" }', "state.wage", {((), ("salary",))}),
        ('set = { wage = "data.salary" }', "state", {(("wage",), ("salary",))}),
        ('set = { other = "data.salary" }', "state.wage", set()),
        ('set = { one = "data.salary", two = "state.one" }', "state.two", {((), ("one",)), ((), ("salary",))}),
        ('set = { person = "data.user" }', "state.person.name", {((), ("user", "name"))}),
        ('append = { all = "data.salary" }', "state.all", {((0,), ("salary",))}),
        ('append = { all = "data.salary" }', "state.all[0]", {((), ("salary",))}),
        ('increment = { "by[data.kind]" = "data.salary" }', "state.by", {((0,), ("salary",))}),
        ('increment = { "by[data.kind]" = "data.salary" }', "state.by.x", {((), ("salary",))}),
        ('merge = "data.user"', "state.name", {((), ("user", "name"))}),
        ('set = { x = "meta.user" }', "state.x", {((), ("user",))}),
    ],
)
def test_what_is_folded_is_traced(rules: str, column: str, expected: set[tuple[Path, Path]]) -> None:
    own: Path = tuple(0 if part == "all[0]" else part for part in column.split(".")[1:])
    found = {(inside, path) for inside, path in folded(rules, column).parts if (inside, path) != ((), own)}
    assert found - {((), ("all", 0))} == expected


def test_a_key_is_what_it_is_made_of() -> None:
    rules = 'set = { n = "1" }'
    assert folded(rules, "key").paths == [("kind",)]
    assert folded(rules, "key.b", '[key]\na = "data.salary"\nb = "event.aggregate_id"').ids
    assert not folded(rules, "key.a", '[key]\na = "data.salary"\nb = "event.aggregate_id"').ids
    assert folded(rules, "key", 'key = ["data.a", "data.b"]').paths == [("a",), ("b",)]


def test_places_that_are_put_into_themselves_end() -> None:
    rules = 'set = { a = "state.a.b", c = "data.salary" }'
    assert ("salary",) in folded(rules, "state.a").paths
    many = ", ".join(f'k{n} = "state.k{(n * 7 + 1) % 100}"' for n in range(100))
    assert ("salary",) in folded(f'set = {{ {many}, k100 = "data.salary", k5b = "state.k100" }}', "state.k5b").paths


def masked(text: str) -> Callable[[Value, Path], Value]:
    return Masker(parse_masking(text, "rules")).value


def test_values_are_masked_where_they_stand() -> None:
    found = folded('set = { one = "data.salary", two = "data.n" }\nappend = { all = "data" }', "state")
    value: Value = {"one": 5, "two": 6, "all": [{"by": {"ada": 1}, "salary": 7}], "by": {"ada": 2}}
    shown = found.through(value, masked('names = ["salary"]\nkeys = ["/by"]'))
    assert isinstance(shown, dict)
    assert str(shown["one"]).startswith("‹masked ")
    assert shown["two"] == 6
    assert "ada" not in str(shown)
    assert isinstance(shown["all"], list)
    assert str(shown["all"][0]["salary"]).startswith("‹masked ")
