"""Rules files: each operation, their order, which rule is taken, what is refused and how that is said."""

import hashlib
from decimal import Decimal
from pathlib import Path

import pytest
from helpers_replay import batches, event, folded, one_rule, rules

from esviewer.errors import RulesError
from esviewer.model.batch import batch_of
from esviewer.model.exactjson import dumps
from esviewer.model.values import Number, same
from esviewer.replay.fold import fold
from esviewer.replay.rules import MAX_FILE_BYTES, load_rules, parse_rules

CART = """
name = "shopping cart"
aggregate_type = "shopping_cart*"          # glob; left out: all
initial = { items = {} }                   # literal

[[on]]
event = "ShoppingCartOpened"               # name or glob; the first match wins; "*" for the rest
set = { clientId = "data.clientId", status = "'Opened'" }

[[on]]
event = "ProductItemAdded"
when = "data.quantity > 0"                 # optional
increment = { "items[data.productId].quantity" = "data.quantity" }
set = { "items[data.productId].unitPrice" = "data.unitPrice" }

[[on]]
event = "ProductItemRemoved"
remove = ["items[data.productId]"]

[[on]]
event = "StudentEnrolled"
append = { enrolled = "data.student" }     # to a list, made if missing

[[on]]
event = "StudentLeft"
remove_value = { enrolled = "data.student" }   # first equal element

[[on]]
event = "ProfileChanged"
merge = "data"                             # into the root; or { profile = "data" }

[[on]]
event = "CartDeleted"
delete = true                              # the aggregate ends; its state is null
"""


def state(operations: str, *data: object, initial: str = "{}") -> object:
    """The state after events with these data, all of which have to be applied."""
    result = folded(one_rule(operations, initial=initial), *data)
    assert result.skipped == ()
    return result.state


def reason(operations: str, data: object, *, initial: str = "{}") -> str:
    """Why one event was skipped; the state has to be what it was."""
    reducer = one_rule(operations, initial=initial)
    result = folded(reducer, data)
    assert same(result.state, reducer.initial())
    assert result.applied == 0
    return result.skipped[0].reason


class TestCart:
    def test_whole_story(self):
        reducer = rules(CART)
        story = [
            ("ShoppingCartOpened", {"clientId": "c1"}),
            ("ProductItemAdded", {"productId": "p1", "quantity": 2, "unitPrice": Number("1.10")}),
            ("ProductItemAdded", {"productId": 7, "quantity": 1, "unitPrice": 3}),
            ("ProductItemAdded", {"productId": "p1", "quantity": 3, "unitPrice": Number("1.20")}),
            ("ProductItemAdded", {"productId": "p9", "quantity": 0, "unitPrice": 1}),
            ("StudentEnrolled", {"student": "s1"}),
            ("StudentEnrolled", {"student": "s2"}),
            ("StudentLeft", {"student": "s1"}),
            ("ProfileChanged", {"name": "N", "status": "Changed"}),
            ("Unheard", {}),
        ]
        result = fold(reducer, batches(*story), reducer.initial())
        assert dumps(result.state) == (
            '{"items":{"p1":{"unitPrice":1.20,"quantity":5},"7":{"unitPrice":3,"quantity":1}},"clientId":"c1",'
            '"status":"Changed","enrolled":["s2"],"name":"N"}'
        )
        assert [(item.version, item.reason) for item in result.skipped] == [(10, "no rule for Unheard")]
        assert (result.version, result.applied) == (10, 9)
        result = fold(reducer, batches(*story, ("ProductItemRemoved", {"productId": 7})), reducer.initial())
        assert list(result.state["items"]) == ["p1"]
        result = fold(reducer, batches(*story, ("CartDeleted", {})), reducer.initial())
        assert result.state is None

    def test_what_it_says_of_itself(self):
        reducer = rules(CART)
        assert reducer.name == "shopping cart"
        assert reducer.aggregate_type == "shopping_cart*"
        assert reducer.digest == "sha256:" + hashlib.sha256(CART.encode()).hexdigest()
        assert not reducer.inferred

    def test_initial_is_a_fresh_copy(self):
        reducer = rules(CART)
        reducer.initial()["items"]["x"] = 1
        assert reducer.initial() == {"items": {}}


class TestSet:
    def test_values(self):
        assert state("set = { a = 'data.x', b = \"'text'\", c = 'data.missing' }", {"x": [1]}) == {
            "a": [1],
            "b": "text",
            "c": None,
        }

    def test_bare_numbers_and_booleans(self):
        result = state("set = { a = 1, b = true, c = 1.5, d = 1.10 }", None)
        assert dumps(result) == '{"a":1,"b":true,"c":1.5,"d":1.10}'

    def test_in_file_order(self):
        assert state("set = { a = '1', b = 'state.a + 1', 'c.d' = 'state.b + 1' }", None) == {
            "a": 1,
            "b": 2,
            "c": {"d": 3},
        }

    def test_replaces_another_kind(self):
        assert state("set = { a = 'data' }", {"x": 1}, [1], None, "t") == {"a": "t"}

    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("a.b.c", {"a": {"b": {"c": 5}}}),
            ("a[data.k]", {"a": {"key": 5}}),
            ("a['x.y'].z", {"a": {"x.y": {"z": 5}}}),
            ("a.'x.y'.z", {"a": {"x.y": {"z": 5}}}),
            ("'x [y]'", {"x [y]": 5}),
            ("[data.k].b", {"key": {"b": 5}}),
            ("a[1]", {"a": {"1": 5}}),
            ("a[true]", {"a": {"true": 5}}),
            ("a[1.5]", {"a": {"1.5": 5}}),
            ("a[data.n]", {"a": {"1.10": 5}}),
            ("a[data.d]", {"a": {"2.50": 5}}),
            ("a[data.k + ']']", {"a": {"key]": 5}}),
            ("a b.ü", {"a b": {"ü": 5}}),
            ("a.__class__", {"a": {"__class__": 5}}),
        ],
    )
    def test_paths(self, path: str, expected: object):
        data = {"k": "key", "n": Number("1.10"), "d": Decimal("2.50")}
        assert state(f'set = {{ "{path}" = "5" }}', data) == expected

    def test_list_elements(self):
        assert state("set = { 'l[1]' = '9', 'l[2].a' = '7' }", None, initial="{ l = [1, 2] }") == {
            "l": [1, 9, {"a": 7}]
        }
        assert "none at 5" in reason("set = { 'l[5]' = '9' }", None, initial="{ l = [1, 2] }")
        assert "no index" in reason("set = { 'l.a' = '9' }", None, initial="{ l = [1, 2] }")

    def test_through_what_has_no_parts(self):
        assert reason("set = { 'a.b' = '9' }", None, initial="{ a = 5 }") == "a is a number, which has no parts"

    def test_null_is_no_key(self):
        assert reason("set = { 'a[data.x]' = '9' }", {}) == "null can't be a key"

    def test_shares_nothing(self):
        data = {"x": {"deep": []}}
        reducer = one_rule("set = { a = 'data.x', b = 'state.a' }\nappend = { 'a.deep' = '1' }")
        result = folded(reducer, data)
        assert result.state == {"a": {"deep": [1]}, "b": {"deep": []}}
        assert data == {"x": {"deep": []}}

    def test_state_in_itself(self):
        assert state("set = { a = 'state' }", None, initial="{ n = 1 }") == {"n": 1, "a": {"n": 1}}


class TestIncrement:
    @pytest.mark.parametrize(
        ("start", "amount", "printed"),
        [
            ("1", 2, "3"),
            ("1", 0.5, "1.5"),
            ("0.1", 0.2, "0.30000000000000004"),
            ("1.10", 1, "2.10"),
            ("1.10", 0.2, "1.30"),
            ("1.10", Decimal("0.90"), '"2.00"'),
            ("9007199254740993", 1, "9007199254740994"),
        ],
    )
    def test_of_all_numbers(self, start: str, amount: object, printed: str):
        result = state("increment = { n = 'data' }", amount, initial=f"{{ n = {start} }}")
        assert dumps(result["n"]) == printed
        result = state("increment = { 'a.n' = 'data' }", amount, initial=f"{{ a = {{ n = {start} }} }}")
        assert dumps(result["a"]["n"]) == printed

    def test_from_nothing(self):
        assert state("increment = { n = 'data', 'a.b' = 1 }", 2, 3) == {"n": 5, "a": {"b": 2}}
        assert state("set = { n = 'null' }\nincrement = { n = 2 }", None) == {"n": 2}

    @pytest.mark.parametrize("amount", ["x", None, True, [1], {}])
    def test_by_no_number(self, amount: object):
        assert "can't be added" in reason("increment = { n = 'data' }", amount)
        assert "can't be added" in reason("increment = { 'a.n' = 'data' }", amount)

    @pytest.mark.parametrize("start", ["'x'", "true", "[]", "{}"])
    def test_of_no_number(self, start: str):
        assert "can't be incremented" in reason("increment = { n = 1 }", None, initial=f"{{ n = {start} }}")

    def test_by_nothing_changes_nothing(self):
        changes: list = []
        one_rule("increment = { n = 0 }").step_for("X")({"n": 5}, None, None, changes)  # type: ignore[misc]
        assert changes == []

    @pytest.mark.parametrize("path", ["n", "a.n"])
    def test_grows_with_the_events_only(self, path: str):
        result = folded(one_rule(f"increment = {{ '{path}' = 'data' }}"), 2**4095, 2**4095, 1)
        assert str(2**4096 + 1) in dumps(result.state)


class TestLists:
    def test_append_makes_the_list(self):
        assert state("append = { l = 'data', 'a.b' = 'data' }", 1, [2]) == {"l": [1, [2]], "a": {"b": [1, [2]]}}
        assert state("set = { l = 'null' }\nappend = { l = 'data' }", 1) == {"l": [1]}

    def test_append_to_no_list(self):
        assert reason("append = { l = 'data' }", 1, initial="{ l = 5 }") == "l is a number, not a list"

    def test_remove_value_takes_the_first_equal_one(self):
        initial = "{ l = [1, 2, 1.0, { a = [1] }, 1] }"
        assert state("remove_value = { l = 'data' }", 1.0, initial=initial)["l"] == [2, 1.0, {"a": [1]}, 1]
        assert state("remove_value = { l = 'data' }", {"a": [1]}, initial=initial)["l"] == [1, 2, 1.0, 1]
        assert state("remove_value = { l = 'data' }", True, initial=initial)["l"] == [1, 2, 1.0, {"a": [1]}, 1]

    def test_remove_value_where_there_is_none(self):
        assert state("remove_value = { l = 'data', 'x.y' = 'data' }", 1, initial="{ l = [] }") == {"l": []}
        assert reason("remove_value = { l = 'data' }", 1, initial="{ l = 5 }") == "l is a number, not a list"


class TestMerge:
    def test_into_the_root(self):
        assert state("merge = 'data'", {"a": 1, "b": {"c": 1}}, {"b": {"d": 2}}) == {"a": 1, "b": {"d": 2}}

    def test_into_a_path(self):
        assert state("merge = { 'p.q' = 'data' }", {"a": 1}, {"b": 2}) == {"p": {"q": {"a": 1, "b": 2}}}

    def test_nothing_to_merge(self):
        assert reason("merge = 'data'", [1]) == "a list has no keys to merge"
        assert reason("merge = { p = 'data' }", {"a": 1}, initial="{ p = 5 }") == "p is a number, not an object"


class TestRemove:
    def test_keys_and_elements(self):
        initial = "{ a = { b = 1, c = 2 }, l = [1, 2, 3] }"
        assert state("remove = ['a.b', 'l[0]']", None, initial=initial) == {"a": {"c": 2}, "l": [2, 3]}
        assert state("remove = 'a'", None, initial=initial) == {"l": [1, 2, 3]}

    def test_what_is_not_there(self):
        initial = "{ a = 5, l = [1] }"
        paths = "['x', 'x.y.z', 'a.b', 'l[1]', 'l[7].a', 'l.k', 'l[-1]']"
        assert state(f"remove = {paths}", None, initial=initial) == {"a": 5, "l": [1]}


class TestDelete:
    def test_ends_the_aggregate(self):
        assert state("delete = true", None, initial="{ a = 1 }") is None
        assert state("set = { b = 1 }\ndelete = false", None, initial="{ a = 1 }") == {"a": 1, "b": 1}

    def test_begins_anew_afterwards(self):
        reducer = rules(
            """
            initial = { n = 0 }
            [[on]]
            event = "End"
            delete = true
            [[on]]
            event = "Add"
            when = "data > 0"
            increment = { n = "data" }
            """
        )
        story = [("Add", 5), ("End", None), ("End", None), ("Add", 0), ("Add", 2)]
        states = [fold(reducer, batches(*story[:count]), reducer.initial()).state for count in range(1, 6)]
        assert states == [{"n": 5}, None, None, None, {"n": 2}]


class TestOrder:
    def test_of_operations(self):
        operations = """
        delete = false
        remove_value = { l = "state.n" }
        remove = ["gone"]
        append = { l = "state.n" }
        increment = { n = "1" }
        merge = "{ 'n': state.n * 10, 'gone': 1 }"
        set = { n = "2" }
        """
        # set 2, merge 20, increment 21, append 21, remove, remove_value 21
        assert state(operations, None, initial="{ l = [0] }") == {"l": [0], "n": 21}

    def test_first_rule_wins(self):
        reducer = rules(
            """
            [[on]]
            event = "Order.*"
            set = { by = "'glob'" }
            [[on]]
            event = "Order.Placed"
            set = { by = "'name'" }
            [[on]]
            event = "[Zz]?"
            set = { by = "'class'" }
            [[on]]
            event = "a[b"
            set = { by = "'itself'" }
            """
        )
        for kind, by in {"Order.Placed": "glob", "zz": "class", "a[b": "itself"}.items():
            assert fold(reducer, batches((kind, None)), {}).state == {"by": by}
        for kind in ("order.placed", "Zzz", "Order"):
            assert reducer.step_for(kind) is None

    def test_a_condition_that_fails_is_no_skip(self):
        assert state("when = 'data > 5'\nset = { a = 'data' }", 5, 6, 1) == {"a": 6}

    def test_a_condition_without_an_answer_is(self):
        assert "can't be compared" in reason("when = 'data > 5'\nset = { a = 'data' }", "x")


class TestNames:
    def test_meta_and_event(self):
        reducer = one_rule(
            "set = { v = 'event.version', t = 'event.timestamp', k = 'event.type', who = 'meta.user', all = 'event' }"
        )
        assert reducer.needs_event("X")
        result = fold(reducer, [batch_of([event(4, "X", {}, metadata={"user": "me"})])], {})
        assert result.state == {
            "v": 4,
            "t": "1970-01-01T00:00:04Z",
            "k": "X",
            "who": "me",
            "all": {
                "position": 104,
                "aggregate_id": "a-1",
                "aggregate_type": "thing",
                "version": 4,
                "event_id": "id-4",
                "type": "X",
                "schema_version": 1,
                "timestamp": "1970-01-01T00:00:04Z",
            },
        }

    def test_events_are_only_made_where_they_are_read(self):
        reducer = rules('[[on]]\nevent="A"\nset={a="data"}\n[[on]]\nevent="B"\nwhen="meta.x"\nset={a="data"}')
        assert [reducer.needs_event(kind) for kind in "ABC"] == [False, True, False]


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("name = ", "not a rules file"),
            ("nam = 'x'", "unknown key 'nam'; the nearest is name"),
            ("name = 5", "name must be text"),
            ("aggregate_type = []", "aggregate_type must be text"),
            ("initial = 5", "initial must be a table"),
            ("initial = { a = " + "[" * 250 + "]" * 250 + " }", "nests too deeply"),
            ("initial = { a = " + "9" * 5000 + " }", "thousands of digits"),
            ("on = 5", "[[on]] tables"),
            ("on = [5]", "[[on]] tables"),
            ("[foreign]\ncommand = 'x'", "process of their own can't be run by this version"),
            ("kind = 'process'", "can be run by this version"),
            ("[[on]]\nset = { a = '1' }", "rule 1 (no event, line 1): event must be text"),
            (
                "\n\n[[on]]\nevent = 'X'\nsett = {}",
                "rule 1 (X, line 5): it has an unknown key 'sett'; the nearest is set",
            ),
            ("[[on]]\nevent = 'X'\n[[on]]\nevent = 'Y'\nset = 5", "rule 2 (Y, line 5): set must be a table"),
            ("[[on]]\nevent = 'X'\nset = {}", "set must be a table"),
            ("[[on]]\nevent = 'X'\nset = { a = [1] }", "set a must be an expression in quotes"),
            ("[[on]]\nevent = 'X'\nset = { a = 'Opened' }", "set a = 'Opened': Opened is not known"),
            ("[[on]]\nevent = 'X'\nset = { 'a[' = '1' }", "lacks a closing ]"),
            ("[[on]]\nevent = 'X'\nset = { 'a[]' = '1' }", "empty brackets"),
            ("[[on]]\nevent = 'X'\nset = { 'a..b' = '1' }", "empty part"),
            ("[[on]]\nevent = 'X'\nset = { '' = '1' }", "empty part"),
            ("[[on]]\nevent = 'X'\nset = { 'a.' = '1' }", "empty part"),
            ("[[on]]\nevent = 'X'\nset = { '.a' = '1' }", "empty part"),
            ("[[on]]\nevent = 'X'\nset = { 'a.[1]' = '1' }", "empty part"),
            ("[[on]]\nevent = 'X'\nset = { 'a]' = '1' }", "empty part"),
            ("[[on]]\nevent = 'X'\nset = { 'a[1]b' = '1' }", "needs a . or ["),
            ("[[on]]\nevent = 'X'\nset = { \"'a\" = '1' }", "lacks a closing quote"),
            ("[[on]]\nevent = 'X'\nset = { 'a[open(1)]' = '1' }", "can't be called"),
            ("[[on]]\nevent = 'X'\nset = { '" + "a." * 60 + "b' = '1' }", "more than 50 parts"),
            ("[[on]]\nevent = 'X'\nremove = [5]", "remove must be a list of paths"),
            ("[[on]]\nevent = 'X'\ndelete = 'yes'", "delete must be true"),
            ("[[on]]\nevent = 'X'\nmerge = 5", "merge must be a table"),
            ("[[on]]\nevent = 'X'\nwhen = ['x']", "when must be an expression"),
            ("[[on]]\nevent='X'\n" * 2001, "more than 2000 rules"),
        ],
    )
    def test_with_the_place_and_the_reason(self, text: str, words: str):
        with pytest.raises(RulesError) as caught:
            rules(text)
        message = str(caught.value)
        assert message.startswith("test.toml")
        assert words in message
        assert len(message) < 500

    def test_files(self, tmp_path: Path):
        good = tmp_path / "good.toml"
        good.write_bytes(b"name = 'x'\r\n")
        assert load_rules(good).digest == "sha256:" + hashlib.sha256(b"name = 'x'\r\n").hexdigest()
        with pytest.raises(RulesError, match=r"absent\.toml can't be read"):
            load_rules(tmp_path / "absent.toml")
        bad = tmp_path / "bad.toml"
        bad.write_bytes(b"name = '\xff'")
        with pytest.raises(RulesError, match="not UTF-8"):
            load_rules(bad)
        bad.write_bytes(b"#" * (MAX_FILE_BYTES + 1))
        with pytest.raises(RulesError, match="larger than"):
            load_rules(bad)


@pytest.mark.parametrize(
    ("rule", "keys"),
    [
        ('set = { a = "data.x" }', {"x"}),
        ('when = "data[\'y\'] > 0"\nincrement = { a = "data.x.deep" }', {"x", "y"}),
        ('set = { "items[data.id]" = "data.price" }', {"id", "price"}),
        ('append = { items = "{\'id\': data.id}" }', {"id"}),
        ("delete = true", set()),
        ('set = { a = "data" }', None),
        ('merge = "data"', None),
        ('set = { a = "data[data.key]" }', None),
        ('set = { a = "len(data)" }', None),
        ('set = { a = "data.x", by = "meta.user" }', None),
        ('set = { a = "event.type" }', None),
    ],
)
def test_keys_of_data_that_rules_read(rule: str, keys: set[str] | None):
    reducer = parse_rules(f'[[on]]\nevent = "Happened"\n{rule}\n', "test")
    assert reducer.data_keys == (None if keys is None else frozenset(keys))


def test_keys_of_data_beside_what_else_rules_read():
    reducer = parse_rules('[[on]]\nevent = "A"\nset = { a = "data.x", "by[data.y]" = "meta.user" }\n', "test")
    assert (reducer.data_keys, reducer.payload_keys) == (None, {"x", "y"})


def test_keys_of_data_behind_upcasters():
    rules = '[[on]]\nevent = "Happened"\nset = { a = "data.x" }\n'
    upcaster = '[[upcast]]\nevent = "Happened"\nfrom = 1\nto = 2\nrename = { y = "x" }\n'
    other = '[[on]]\nevent = "Else"\nset = { a = "data.z" }\n'
    assert parse_rules(rules + other, "test").data_keys == {"x", "z"}
    assert parse_rules(rules + upcaster, "test").data_keys is None
