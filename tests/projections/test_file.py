"""Projection files: what they may say, and where a mistake is said to be."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import RulesError
from esviewer.projections.file import load_projections, parse_projections

EVENT = 'kind = "event"\nkey = "data.a"\n[[on]]\nevent = "A"\nset = { a = "data.x" }\n'


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("where = 'state.x === 1'", 1, "it is not an expression"),
        ("name = 'a'\nwher = 'state.x'", 2, "unknown key 'wher'; the nearest is where"),
        ("name = 'a'\nkind = 'stat'", 2, "kind must be one of state, event, log"),
        ("name = ''", 1, "name must be a text in one line"),
        ("name = 'esviewer_x'", 1, "the program's own"),
        ("[columns]\na = 'state.a'\nb = 'data.b'", 3, "data is not known; there are state, aggregate_id"),
        ("[columns]\nVersion = 'state.a'", 2, "is there already"),
        ("[columns]\na = 'state.a'\nA = 'state.b'", 3, "is the same as 'a' to a database"),
        ("[columns]\na = [1]", 2, "must be an expression in quotes"),
        ("columns = 3", 1, "must be a table"),
        ("kind = 'log'\nkey = 'data.a'", 2, "has no `key`, which is for kind 'event'"),
        ("key = 'data.a'", 1, 'says kind = "event"'),
        ("kind = 'event'\nkey = 'data.a'", 1, "needs rules [[on]]"),
        ("kind = 'event'\nkey = 7\n[[on]]\nevent = 'A'", 2, "needs a key"),
        (EVENT + '[[on]]\nevent = "B"\nset = { a = "data.x +" }', 8, "rule 2 (B, line 8)"),
        (EVENT + '[columns]\nb = "data.x"', 7, "data is not known; there are state, key"),
        ('kind = "event"\nkey = "data.a"\non = [1]', 3, "rules are written as [[on]] tables"),
        ('kind = "event"\nkey = "data.a"\ninitial = 7\n[[on]]\nevent = "A"', 3, "initial must be a table"),
        ("reducer = '/etc/passwd'", 1, "relative to this file"),
        ("reducer = 'none.toml'", 1, "can't be read"),
        ("[[projection]]\n[projection.columns]\na = 'state.a'", 1, "projection 1 has no name"),
        ("[[projection]]\nname = 'a'\n[[projection]]\nname = 'A'", 4, "two projections are called"),
        ("[[projection]]\nname = 'a'\n[[projection]]\nname = 'a_problems'", 4, "two projections are called"),
        ("name = 'a'\n[[projection]]\nname = 'b'", 1, "stands outside of the [[projection]] tables"),
        (
            "[[projection]]\nname = 'a'\n[projection.columns]\nx = 'state.x'\n"
            "[[projection]]\nname = 'b'\nkind = 'log'\n[projection.columns]\nx = 'state.x'",
            9,
            "projection 2: column x",
        ),
        ("name = ", 1, "is not a projection file"),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, said: str, tmp_path: Path):
    with pytest.raises(RulesError) as caught:
        parse_projections(text, "file.toml", tmp_path)
    assert caught.value.line == line
    assert said in str(caught.value)
    assert "file.toml" in str(caught.value)


def test_what_a_file_says_is_what_is_made(tmp_path: Path):
    (tmp_path / "own.toml").write_text('name = "own"\n')
    text = 'reducer = "own.toml"\nwhere = "version > 2"\n[columns]\nx = "state.a"\nconstant = 7\n'
    file = tmp_path / "open carts.toml"
    file.write_text(text)
    found = load_projections(file)
    [projection] = found.projections
    assert projection.name == "open carts"
    assert projection.heads == ("aggregate_id", "version", "timestamp", "x", "constant", "problems")
    assert projection.rules is not None
    assert projection.rules.name == "own"
    assert projection.where is not None
    assert projection.where.compute({}, "a", None, 3) is True
    assert projection.columns[1][1].compute({}, "a", None, 3) == 7

    before = found.digest
    (tmp_path / "own.toml").write_text('name = "own"\n# another\n')
    assert load_projections(file).digest != before


@pytest.mark.parametrize(
    ("key", "names", "value"),
    [
        ('key = "data.a"', ("key",), 1),
        ('key = ["data.a", "data.b"]', ("key_1", "key_2"), [1, 2]),
        ('[key]\none = "data.a"\ntwo = "data.b"', ("one", "two"), {"one": 1, "two": 2}),
    ],
)
def test_a_key_has_columns_of_its_own(key: str, names: tuple[str, ...], value: object):
    [projection] = parse_projections(f'kind = "event"\n{key}\n[[on]]\nevent = "A"\n', "f").projections
    assert projection.heads[: len(names)] == names
    assert projection.key_of([1, 2][: len(names)]) == value


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ('key = "datum.a"', "f, line 2: key = 'datum.a': datum is not known"),
        ('key = ["data.a", "datum.b"]', "f, line 2: key_2 = 'datum.b': datum is not known"),
        ('[key]\nactor = "datum.a"', "f, line 3: key actor = 'datum.a': datum is not known"),
    ],
)
def test_a_mistake_in_a_key_is_called_by_its_name(key: str, said: str):
    with pytest.raises(RulesError) as caught:
        parse_projections(f'kind = "event"\n{key}\n[[on]]\nevent = "A"\n', "f")
    assert caught.value.message.startswith(said)


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ("set = { a = 'data.x', b = \"data['y z'].c\", c = 'state.n', d = 5 }", {"x", "y z"}),
        ("increment = { a = 'data.n if data.m else 0' }\nwhen = 'data.k > meta.x'", {"n", "m", "k"}),
        ("append = { a = 'data' }", None),
        ("merge = 'data'", None),
        ("merge = { a = 'data.b' }", {"b"}),
        ("set = { 'a[data.x]' = 'data.y' }", {"x", "y"}),
        ("remove = ['a[data.x]']", {"x"}),
        ("remove = 'a'", set()),
        ("remove_value = { a = 'data[state.key]' }", None),
        ("delete = true", set()),
    ],
)
def test_only_what_rules_read_is_carried_to_the_fold(rule: str, keys: set[str] | None):
    text = f'kind = "event"\nkey = "data.a"\n[[on]]\nevent = "A"\n{rule}\n'
    [projection] = parse_projections(text, "f").projections
    assert projection.carried_keys == keys


@pytest.mark.parametrize("size", [250_001, 10_000_000])
def test_a_large_file_is_not_read(size: int, tmp_path: Path):
    file = tmp_path / "large.toml"
    file.write_text("#" * size)
    with pytest.raises(RulesError, match="larger than 250,000 bytes"):
        load_projections(file)


def test_no_device_is_read(tmp_path: Path):
    with pytest.raises(RulesError, match="is no file"):
        load_projections(Path("/dev/zero"))
    file = tmp_path / "p.toml"
    file.write_text('reducer = "../../../../../../../../../../dev/zero"\n')
    with pytest.raises(RulesError, match="is no file"):
        load_projections(file)


PIECES = [
    "[[projection]]", "[projection.columns]", "[[projection.on]]", "[columns]", "[[on]]", "[key]", "[on]",
    "[projection]",
    'name = "a"', 'name = "b\\u0000"', "name = 5", 'kind = "event"', 'kind = "log"', "kind = []", 'key = "data.a"',
    "key = {}", "key = [1.10]", 'where = "state.x > 1.10"', 'where = "data.x"', "where = 1.10", "where = true",
    'event = "A"', "event = [[]]", 'set = { "a.b" = "data.x" }', "set = 3", "initial = { a = [1] }", "initial = 7",
    'a = "state.a"', '"é 名" = "event.type"', 'b = "\\ud800"', "a.b.c = 1", 'reducer = "r.toml"', 'reducer = "\\u0000"',
    "columns = 5", "'''", "]", "x = 1e999", 'upcast = "x"', "on = []", "on = [1]", "projection = []",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=10)), max_size=8).map("\n".join))
def test_whatever_is_in_a_file_a_mistake_is_a_rules_error(text: str):
    told: RulesError | None = None
    try:
        assert parse_projections(text, "file.toml", Path("/nowhere")).projections
    except RulesError as error:
        told = error
    if told is not None:
        assert told.line is None or 1 <= told.line <= text.count("\n") + 1
        assert str(told).startswith("file.toml")


def test_a_reducer_is_named_by_a_path():
    for name in ("'a\\u0000b'".replace("'", '"'), "7", "''"):
        with pytest.raises(RulesError, match="reducer must be a path"):
            parse_projections(f"reducer = {name}", "file.toml", Path("/nowhere"))
