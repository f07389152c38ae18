"""What is read of many objects at some keys is what reading them whole gives there, or they are left to be read so."""

import json

import pytest
from helpers_values import JSON_VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.model.exactjson import NotJsonError, dumps, loads
from esviewer.model.some_keys import MOST_KEYS, loads_keys
from esviewer.model.values import MAX_DEPTH, Number, same

KEYS = frozenset({"a", "b", ""})
OBJECTS = st.dictionaries(st.sampled_from(["a", "b", "", "ab", "c", "ü"]), JSON_VALUES, max_size=4)
GOOD = [
    '{"a":1.50,"b":1e400,"c":1.10}',
    '{"a":123456789012345678901234567890}',
    '{"a":-0.0,"b":-0}',
    '{"b":[1.50,{"x":18446744073709551616}],"a":1,"a":2}',
    '{"c":"\\ud83d\\ude00 \\u00fc ü","a":"\\n"}',
    '{"\\u0061":5}',
    ' {"x" : {"a":1} }\n',
    "{}",
]
CARE = [
    "[]",
    "1",
    '"x"',
    "null",
    "",
    '{"a":1},{"a":2}',
    '{"a":1',
    '{"c":NaN}',
    '{"c":"\\ud800"}',
    '{"c":1e99999999999999999999}',
    '{"a":1e99999999999999999999}',
    '{"c":1e00000000000000000001}',
    '{"c":01}',
    '{"c":"\n"}',
    '{"c":' + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1) + "}",
    '\ufeff{"a":1}',
]


def at_keys(value: dict) -> dict:
    return {key: inner for key, inner in value.items() if key in KEYS}


@pytest.mark.parametrize("text", GOOD)
def test_as_read_whole(text: str):
    for raws in ([text] * 3, [text.encode()] * 3):
        found = loads_keys(raws, KEYS)
        assert found is not None
        assert [dumps(each) for each in found] == [dumps(at_keys(loads(text)))] * 3


@pytest.mark.parametrize("text", CARE)
def test_one_that_needs_care(text: str):
    assert loads_keys(['{"a":1}', text], KEYS) is None
    assert loads_keys([b'{"a":1}', text.encode()], KEYS) is None


def test_integers_of_thousands_of_digits():
    raw = '{"a":' + "1" * 5000 + "}"
    found = loads_keys([raw], KEYS)
    assert found is None or same(found, [{"a": Number("1" * 5000)}])


def test_bytes_that_are_no_text():
    assert loads_keys([b'{"c":"\xff"}'], KEYS) is None
    assert loads_keys([b'{"\xff":1}'], KEYS) is None
    assert loads_keys([b'{"c":"\xed\xa0\x80"}'], KEYS) is None
    assert loads_keys(['{"c":"\ud800"}'], KEYS) is None
    assert loads_keys(["{}", b"{}"], KEYS) is None


def test_keys_in_other_scripts():
    raws = ['{"ü":1,"名":2}']
    for keys in ({"ü"}, {"名", "a"}):
        found = loads_keys(raws, frozenset(keys))
        assert found is None or found == [{key: value for key, value in loads(raws[0]).items() if key in keys}]


def test_nothing_to_read():
    assert loads_keys([], KEYS) == []
    assert loads_keys(["{}"], frozenset(map(str, range(MOST_KEYS + 1)))) is None
    assert loads_keys(['{"a":1}', "{}"], frozenset()) == [{}, {}]


@given(st.lists(OBJECTS, min_size=1, max_size=5), st.booleans(), st.booleans())
def test_any_objects(values: list[dict], plain: bool, as_text: bool):
    texts = [json.dumps(value) if plain else dumps(value) for value in values]
    found = loads_keys(texts if as_text else [text.encode() for text in texts], KEYS)
    assert found is None or same(found, [at_keys(loads(text)) for text in texts])


@settings(max_examples=500)
@given(OBJECTS, st.integers(0, 10_000), st.sampled_from(list('"\\{}[],:0159.eE+- \tn\x01é')), st.integers(0, 2))
def test_texts_with_a_mistake(value: dict, place: int, other: str, how: int):
    text = dumps(value)
    place %= len(text)
    damaged = text[:place] + (other if how else "") + text[place + (how != 1) :]
    found = loads_keys([damaged.encode()], KEYS)
    if found is None:
        return
    try:
        whole = loads(damaged)
    except NotJsonError:
        pytest.fail(f"{damaged!r} is no JSON")
    assert same(found, [at_keys(whole)])
