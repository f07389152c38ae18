"""What the catalogue knows of events, in whatever order and batches they come."""

import pickle
from typing import Any

import numpy as np
import pytest
from helpers_catalogue import SECOND, START, feed, only
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.audit.catalogue.as_json import as_json
from esviewer.audit.catalogue.catalogue import Catalogue
from esviewer.audit.catalogue.drift import find_drift
from esviewer.audit.catalogue.node import MAX_LEVELS, Node
from esviewer.audit.catalogue.span import Place
from esviewer.model.batch import Undecodable
from esviewer.model.instant import Instant
from esviewer.model.values import Number


def test_a_flat_event_type() -> None:
    data = [{"amount": number, "ref": f"ab-{number:04}", "note": None if number % 2 else "x"} for number in range(100)]
    entry = only(feed(Catalogue(), data))

    assert entry.span.count == 100
    assert (entry.span.first.version, entry.span.last.version) == (0, 99)
    assert entry.span.first.time == Instant(START * 1000)
    fields = entry.root.fields
    assert list(fields) == ["amount", "ref", "note"]
    amount = fields["amount"].facts["integer"]
    assert (amount.count, amount.minimum, amount.maximum, amount.examples) == (100, 0, 99, [0, 2, 4, 6])
    assert (fields["ref"].facts["string"].minimum, fields["ref"].facts["string"].maximum) == (7, 7)
    assert {kind: facts.count for kind, facts in fields["note"].facts.items()} == {"string": 50, "null": 50}
    assert [entry.root.present(child) for child in fields.values()] == [100, 100, 100]


def test_schema_versions_and_types_are_told_apart() -> None:
    catalogue = Catalogue()
    feed(catalogue, [{"a": 1}] * 3, schema_version=10)
    feed(catalogue, [{"a": "1"}] * 2, schema_version=9)
    feed(catalogue, [{}], schema_version="b")
    feed(catalogue, [{}], kind="Another")

    names = [(entry.name, entry.span.count) for entry in catalogue.sorted()]
    assert names == [("Another", 1), ("Made@9", 2), ("Made@10", 3), ("Made@b", 1)]


def test_an_optional_field_is_present_where_it_is() -> None:
    entry = only(feed(Catalogue(), [{"a": 1}, {"b": 2, "a": 1}, {"a": 1, "b": 3}, {}], batch=1))

    assert entry.root.present(entry.root.fields["a"]) == 3
    assert entry.root.present(entry.root.fields["b"]) == 2
    assert entry.root.fields["b"].absent.first.version == 0
    assert entry.root.fields["b"].absent.last.version == 3


def test_lists_and_what_is_in_them() -> None:
    data = [{"lines": [{"n": 1}, {"n": 2, "free": True}]}, {"lines": []}, {"lines": ["x", [1, 2.5]]}]
    lines = only(feed(Catalogue(), data)).root.fields["lines"]

    array = lines.facts["array"]
    assert (array.count, array.minimum, array.maximum) == (3, 0, 2)
    assert {kind: facts.count for kind, facts in lines.items.facts.items()} == {"object": 2, "string": 1, "array": 1}
    assert lines.items.present(lines.items.fields["free"]) == 1
    assert lines.items.objects.count == 2
    assert set(lines.items.items.facts) == {"integer", "number"}


def test_payloads_that_are_no_objects_and_those_that_can_not_be_read() -> None:
    entry = only(feed(Catalogue(), [1, "x", None, [1, {"a": 2}], Undecodable("broken"), {"a": 1}]))

    assert (entry.span.count, entry.undecodable) == (6, 1)
    assert {kind: facts.count for kind, facts in entry.root.facts.items()} == {
        "integer": 1,
        "string": 1,
        "null": 1,
        "array": 1,
        "object": 1,
    }
    assert entry.root.items.fields["a"].facts["integer"].maximum == 2


def test_formats_hold_only_where_all_texts_have_them() -> None:
    times = ["2026-01-02T03:04:05Z", "2024-02-29T03:04:05.123+09:00"]
    entry = only(feed(Catalogue(), [{"a": text, "b": text} for text in times]))
    feed_more = {"a": "2026-02-29T00:00:00Z", "b": "2026-02-28T00:00:00Z"}

    assert entry.root.fields["a"].facts["string"].formats == ("date-time",)
    catalogue = feed(feed(Catalogue(), [{"a": times[0], "b": times[0]}]), [feed_more], first=1)
    assert only(catalogue).root.fields["a"].facts["string"].formats == ()
    assert only(catalogue).root.fields["b"].facts["string"].formats == ("date-time",)


def test_numbers_that_are_not_finite_or_that_a_float_can_not_hold() -> None:
    data = [{"n": each} for each in (1.5, float("nan"), float("-inf"), Number("1.10"), Number("1e400"), 2**3000)]
    node = only(feed(Catalogue(), data)).root.fields["n"]

    facts = node.facts["number"]
    assert (facts.count, facts.odd, facts.exact) == (5, 2, 2)
    assert str(facts.minimum) == "1.10"
    assert facts.maximum.text == "1e400"
    assert node.facts["integer"].maximum == 2**3000


def test_keys_that_are_data_make_a_map() -> None:
    by_id = [{"items": {f"{number:08x}-0000-0000-0000-000000000000": {"n": number, "o": 1}}} for number in range(30)]
    items = only(feed(Catalogue(), by_id, batch=7)).root.fields["items"]

    assert items.fields == {}
    assert items.values.objects.count == 30
    assert items.values.fields["n"].facts["integer"].maximum == 29
    assert items.values.present(items.values.fields["n"]) == 30


def test_many_rare_keys_make_a_map_and_many_fields_do_not() -> None:
    rare = [{"words": {"".join(chr(97 + int(digit)) for digit in f"{number:04}"): 1}} for number in range(200)]
    assert only(feed(Catalogue(), rare, batch=50)).root.fields["words"].values.facts["integer"].count == 200

    wide = [{f"field_{chr(97 + number // 26)}{chr(97 + number % 26)}": number for number in range(150)}] * 5
    root = only(feed(Catalogue(), wide)).root
    assert len(root.fields) == 150
    patches = [{f"field_{'abcdefgh'[number % 8]}{'stuvwxyz'[number // 8 % 8]}": 1} for number in range(3000)]
    assert len(only(feed(Catalogue(), patches)).root.fields) == 64


def test_hostile_payloads_are_bounded() -> None:
    deep: Any = 1
    for _ in range(10_000):
        deep = {"a": deep}
    lists: Any = 1
    for _ in range(10_000):
        lists = [lists]
    catalogue = feed(Catalogue(), [{"d": deep, "l": lists}])
    assert only(catalogue).too_deep
    assert len(list(only(catalogue).root.walk())) <= 2 * MAX_LEVELS + 10
    assert any("deeper" in remark for remark in catalogue.remarks())

    catalogue = feed(Catalogue(), [{f"key {number}": number for number in range(1_000_000)}])
    assert only(catalogue).root.values.facts["integer"].count == 1_000_000
    catalogue = feed(Catalogue(), [{"x" * 10_000: 1}])
    assert only(catalogue).left_out
    assert any("too many fields" in remark for remark in catalogue.remarks())

    catalogue = Catalogue()
    moments = np.array([START] * 5_000)
    catalogue.add(
        [f"T{n}" for n in range(5_000)], None, [{"a": 1}] * 5_000, moments, lambda n: Place("a", None, n, n, None)
    )
    assert len(catalogue.entries) == 2_000
    assert catalogue.beyond == 3_000
    assert any("3,000" in remark for remark in catalogue.remarks())


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcde1"), inner, max_size=4),
    max_leaves=8,
)


def told(node: Node) -> Any:
    return (
        {kind: (facts.count, repr(facts.minimum), repr(facts.maximum)) for kind, facts in sorted(node.facts.items())},
        {name: (node.present(child), told(child)) for name, child in sorted(node.fields.items())},
        None if node.items is None else told(node.items),
        None if node.values is None else told(node.values),
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcde"), VALUES, max_size=4), min_size=1, max_size=12), st.randoms())
def test_batches_and_order_do_not_matter(data: list[Any], random: Any) -> None:
    whole = only(feed(Catalogue(), data))
    catalogue = Catalogue()
    order = list(range(len(data)))
    random.shuffle(order)
    for number in order:
        feed(catalogue, [data[number]], first=number)
    single = only(catalogue)

    assert told(single.root) == told(whole.root)
    assert (single.span.first, single.span.last) == (whole.span.first, whole.span.last)
    for one, other in zip(_by_path(single.root), _by_path(whole.root), strict=True):
        assert (one.absent is None) == (other.absent is None)
        if one.absent is not None:
            assert one.absent.buckets.tolist() == other.absent.buckets.tolist()
            assert (one.absent.first, one.absent.last) == (other.absent.first, other.absent.last)
        for kind, facts in one.facts.items():
            assert facts.span.first == other.facts[kind].span.first
            assert facts.span.buckets.tolist() == other.facts[kind].span.buckets.tolist()


def _by_path(node: Node) -> list[Node]:
    found = [node]
    for _, child in sorted(node.fields.items()):
        found += _by_path(child)
    for child in (node.items, node.values):
        found += [] if child is None else _by_path(child)
    return found


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.dictionaries(st.sampled_from("abcde1"), VALUES, max_size=4), min_size=1, max_size=12),
    st.integers(0, 12),
    st.integers(1, 10**13),
)
def test_two_catalogues_merge_as_if_they_had_been_one(data: list[Any], cut: int, apart: int) -> None:
    moments = [START + apart * number // len(data) for number in range(len(data))]
    whole = feed(Catalogue(), data, moments=moments)
    left = feed(Catalogue(), data[:cut], moments=moments[:cut])
    right = feed(Catalogue(), data[cut:], moments=moments[cut:], first=min(cut, len(data)))
    left = pickle.loads(pickle.dumps(left))
    left.merge(pickle.loads(pickle.dumps(right)))

    merged, expected = only(left), only(whole)
    assert (left.events, left.axis.used) == (whole.events, whole.axis.used)
    assert told(merged.root) == told(expected.root)
    for one, other in zip(_by_path(merged.root), _by_path(expected.root), strict=True):
        assert one.objects.count == other.objects.count
        for kind, facts in one.facts.items():
            assert facts.span.first == other.facts[kind].span.first
            assert facts.span.last == other.facts[kind].span.last
            assert sum(facts.span.buckets) == sum(other.facts[kind].span.buckets)


def test_merging_aligns_the_axes() -> None:
    left = feed(Catalogue(), [{"a": 1}] * 50)
    right = feed(Catalogue(), [{"a": 1}] * 50, moments=[START - number * 86_400 * SECOND for number in range(1, 51)])
    whole = feed(
        feed(Catalogue(), [{"a": 1}] * 50),
        [{"a": 1}] * 50,
        moments=[START - number * 86_400 * SECOND for number in range(1, 51)],
    )
    left.merge(right)

    assert (left.axis.start, left.axis.width) == (whole.axis.start, whole.axis.width)
    assert only(left).span.buckets.tolist() == only(whole).span.buckets.tolist()


def test_more_types_than_are_told_apart_stay_counted_when_merged() -> None:
    def many(prefix: str) -> Catalogue:
        catalogue = Catalogue()
        moments = np.array([START] * 1_500)
        types = [f"{prefix}{number}" for number in range(1_500)]
        catalogue.add(types, None, [{"a": 1}] * 1_500, moments, lambda n: Place("a", None, n, n, None))
        return catalogue

    catalogue = many("A")
    catalogue.merge(many("B"))
    assert (len(catalogue.entries), catalogue.beyond, catalogue.events) == (2_000, 1_000, 3_000)


INNER = st.lists(st.integers(-3, 3) | st.fixed_dictionaries({"n": st.booleans()}), max_size=2)
ALIKE = st.fixed_dictionaries(
    {
        "a": st.integers(-3, 3),
        "t": st.text("xy", max_size=2),
        "f": st.floats(),
        "n": st.none(),
        "d": st.fixed_dictionaries({"x": st.booleans(), "l": INNER}),
        "l": INNER,
    }
)
MIXED = ALIKE | st.dictionaries(st.sampled_from("atdl1"), VALUES, max_size=4) | st.none() | st.just(Undecodable("bad"))


@given(st.lists(st.lists(ALIKE, min_size=1, max_size=6) | st.lists(MIXED, min_size=1, max_size=6), max_size=5))
def test_objects_taken_in_together_are_as_one_by_one(batches: list[list[Any]]) -> None:
    def known(kinds_only: bool) -> Any:
        catalogue = Catalogue(kinds_only=kinds_only)
        first = 0
        for data in batches:
            feed(catalogue, data, first=first)
            first += len(data)
        return repr(as_json(catalogue))

    together = known(False), known(True)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Node, "_common", lambda *_: None)
        assert together == (known(False), known(True))


@given(
    st.lists(st.lists(MIXED, min_size=1, max_size=6), max_size=5),
    st.lists(st.lists(MIXED, min_size=1, max_size=6), max_size=2),
)
def test_drift_is_the_same_without_the_values(batches: list[list[Any]], others: list[list[Any]]) -> None:
    def drift(kinds_only: bool) -> Any:
        catalogue, other = (Catalogue(kinds_only=kinds_only) for _ in range(2))
        first = 0
        for catalogue_, several in ((catalogue, batches), (other, others)):
            for data in several:
                feed(catalogue_, data * 8, first=first)
                first += 8 * len(data)
        catalogue.merge(pickle.loads(pickle.dumps(other)))
        return find_drift(catalogue)

    assert drift(True) == drift(False)
