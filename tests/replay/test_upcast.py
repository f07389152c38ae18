"""Upcasters: old events' data brought up to date before the rules see it, and the stored events left alone."""

import json
from dataclasses import replace
from typing import Any

import pytest
from helpers_hostile import replay
from helpers_replay import event, rules
from helpers_values import VALUES
from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.errors import RulesError
from esviewer.model.batch import batch_of
from esviewer.model.event import Event
from esviewer.model.values import Value, copied, same
from esviewer.replay.fold import Folded, fold
from esviewer.replay.history import build_history
from esviewer.replay.reducer import Meter
from esviewer.replay.rules import parse_rules

KEEP = '\n[[on]]\nevent = "*"\nset = { seen = "data", kind = "event.type", schema = "event.schema_version" }\n'


def of_version(version: int | str | None, data: Value, event_type: str = "Added", number: int = 1) -> Event:
    return replace(event(number, event_type, data), schema_version=version)


def folded(text: str, *events: Event) -> Folded:
    reducer = rules(text)
    return fold(reducer, [batch_of(list(events))] if events else [], reducer.initial())


def upcast(operations: str, data: Value, version: int | str | None = 1) -> Any:
    done = folded(f"[[upcast]]\nevent = 'Added'\nfrom = 1\nto = 2\n{operations}\n{KEEP}", of_version(version, data))
    assert not done.skipped, done.skipped
    return done.state["seen"]


class TestOperations:
    @pytest.mark.parametrize(
        ("operations", "before", "after"),
        [
            ("rename = { qty = 'quantity' }", {"qty": 3, "a": 1}, {"a": 1, "quantity": 3}),
            ("rename = { qty = 'quantity' }", {"a": 1}, {"a": 1}),
            ("rename = { qty = 'qty' }", {"qty": 1}, {"qty": 1}),
            ("rename = { qty = 'quantity' }", {"qty": 3, "quantity": 9}, {"quantity": 3}),
            ("rename = { 'who.n' = 'name' }", {"who": {"n": None}}, {"who": {"name": None}}),
            ("rename = { a = \"'x.y'\" }", {"a": 1}, {"x.y": 1}),
            ("default = { price = '0' }", {"a": 1}, {"a": 1, "price": 0}),
            ("default = { price = '0' }", {"price": None}, {"price": None}),
            ("default = { 'a.b' = 'data.c' }", {"c": [1]}, {"c": [1], "a": {"b": [1]}}),
            ("drop = ['legacy', 'a.b', 'no.such']", {"legacy": 1, "a": {"b": 1, "c": 2}}, {"a": {"c": 2}}),
            ("drop = 'legacy'", {"legacy": 1}, {}),
            ("move = { 'a.b' = 'c.d' }", {"a": {"b": 1}}, {"a": {}, "c": {"d": 1}}),
            ("move = { a = 'a.value' }", {"a": 5}, {"a": {"value": 5}}),
            ("move = { 'a.b' = 'a' }", {"a": {"b": 5}}, {"a": 5}),
            ("set = { total = 'data.q * data.p' }", {"q": 2, "p": 3}, {"q": 2, "p": 3, "total": 6}),
            ("set = { 'l[0].x' = 'meta.who' }", {"l": [{}]}, {"l": [{"x": "me"}]}),
            ("drop = 'l[data.i]'", {"l": [1, 2, 3], "i": 1}, {"l": [1, 3], "i": 1}),
        ],
    )
    def test_one(self, operations: str, before: Value, after: Value):
        text = f"[[upcast]]\nevent = 'Added'\n{operations}\n{KEEP}"
        stored = copied(before)
        done = folded(text, replace(of_version(1, stored), metadata={"who": "me"}))
        assert not done.skipped
        assert done.state["seen"] == after
        assert stored == before

    def test_they_run_in_the_documented_order(self):
        found = upcast(
            "drop = ['x']\nset = { sum = 'data.b + 1', x = '9' }\ndefault = { b = '7', x = '1' }\n"
            "move = { 'n.a' = 'b' }\nrename = { old = 'n' }",
            {"old": {"a": 4}},
        )
        assert found == {"n": {}, "b": 4, "sum": 5}

    def test_exact_numbers(self):
        found = upcast("set = { price = 1.10, big = 12345678901234567890123 }", {})
        assert str(found["price"]) == "1.10"
        assert found["big"] == 12345678901234567890123


class TestChains:
    CHAIN = """
        [[upcast]]
        event = "Added"
        from = 2
        to = 3
        set = { total = "data.quantity * data.price" }
        [[upcast]]
        event = "Added"
        rename = { qty = "quantity" }
        default = { price = "10" }
        [[upcast]]
        event = "ItemAdded"
        from = 3
        to = 7
        drop = "price"
        [[upcast]]
        event = "*"
        from = 7
        type = "LineAdded"
        [[upcast]]
        event = "Added"
        from = 3
        to = 3000
        drop = "quantity"
        """

    @pytest.mark.parametrize(
        ("version", "data", "seen", "schema"),
        [
            (1, {"qty": 3}, {"price": 10, "total": 30}, 3000),
            (None, {"qty": 3}, {"price": 10, "total": 30}, 3000),
            ("1", {"qty": 3, "price": 2}, {"price": 2, "total": 6}, 3000),
            (2, {"quantity": 1, "price": 2}, {"price": 2, "total": 2}, 3000),
            (3, {"quantity": 1}, {}, 3000),
            (4, {"quantity": 1}, {"quantity": 1}, 4),
            ("v9", {"quantity": 1}, {"quantity": 1}, "v9"),
        ],
    )
    def test_each_event_goes_on_from_its_own_version(self, version, data, seen, schema):
        state = folded(self.CHAIN + KEEP, of_version(version, data)).state
        assert (state["seen"], state["kind"], state["schema"]) == (seen, "Added", schema)

    def test_a_new_type_finds_the_rules_and_upcasters_of_that_type(self):
        text = self.CHAIN.replace('drop = "quantity"', 'type = "ItemAdded"').replace("to = 3000", "to = 3")
        text = text.replace("from = 3\n        to = 3\n", "from = 3\n        to = 6\n")
        text = text.replace('event = "ItemAdded"\n        from = 3', 'event = "ItemAdded"\n        from = 6')
        text += '[[on]]\nevent = "LineAdded"\nset = { line = "data", t = "event.type" }\n'
        state = folded(text, of_version(1, {"qty": 2})).state
        assert state == {"line": {"quantity": 2, "total": 20}, "t": "LineAdded"}

    def test_versions_that_are_texts(self):
        text = (
            "[[upcast]]\nevent='Added'\nfrom='1.0'\nto='1.1'\nset={a='1'}\n"
            "[[upcast]]\nevent='Added'\nfrom='1.1'\nto='2.0'\nset={b='data.a + 1'}\n" + KEEP
        )
        assert folded(text, of_version("1.0", {})).state["seen"] == {"a": 1, "b": 2}
        assert folded(text, of_version("2.0", {})).state["seen"] == {}

    def test_a_circle_is_named_and_skips_the_event(self):
        text = "[[upcast]]\nevent='*'\nfrom='a'\nto='b'\n[[upcast]]\nevent='*'\nfrom='b'\nto='a'\n" + KEEP
        done = folded(text, of_version("a", {}), of_version("c", {"x": 1}, number=2))
        assert [(each.version, each.reason) for each in done.skipped] == [
            (1, "the upcasts of Added go round in a circle, or are more than 200")
        ]
        assert done.state["seen"] == {"x": 1}

    def test_no_rule_for_the_new_type(self):
        text = "[[upcast]]\nevent='Added'\ntype='Gone'\n[[on]]\nevent='Added'\nset={a='1'}\n"
        assert [each.reason for each in folded(text, of_version(1, {})).skipped] == ["no rule for Gone"]

    def test_the_first_that_fits_wins(self):
        text = "[[upcast]]\nevent='A*'\nset={a='1'}\n[[upcast]]\nevent='Added'\nset={a='2'}\n" + KEEP
        assert folded(text, of_version(1, {})).state["seen"] == {"a": 1}

    def test_other_types_are_not_made_events_of(self):
        reducer = rules("[[upcast]]\nevent='Added'\ndrop='x'\n[[on]]\nevent='*'\nset={a='data.a'}")
        assert [reducer.needs_event(kind) for kind in ("Added", "Other")] == [True, False]


class TestFailing:
    @pytest.mark.parametrize(
        ("operations", "data", "reason"),
        [
            ("drop = 'a'", [1], "upcasting from 1 to 2: the data is a list, not an object"),
            ("drop = 'a'", None, "upcasting from 1 to 2: the data is null, not an object"),
            ("set = { 'a.b' = '1' }", {"a": 5}, "upcasting from 1 to 2: a is a number, which has no parts"),
            ("set = { a = 'data.b + 1' }", {"b": "x"}, "upcasting from 1 to 2: "),
            ("rename = { 'l[0]' = 'x' }", {"l": [1]}, "upcasting from 1 to 2: "),
        ],
    )
    def test_the_event_is_skipped_with_the_reason(self, operations: str, data: Value, reason: str):
        text = f"initial = {{ n = 0 }}\n[[upcast]]\nevent='Added'\n{operations}\n{KEEP}"
        done = folded(text, of_version(1, data))
        assert done.state == {"n": 0}
        assert done.skipped[0].reason.startswith(reason)

    def test_a_type_alone_is_renamed_whatever_the_data_is(self):
        text = "[[upcast]]\nevent='Added'\ntype='Put'\n[[on]]\nevent='Put'\nset={a='data'}"
        assert folded(text, of_version(1, [1])).state == {"a": [1]}

    def test_doubling_is_bounded(self):
        doubles = "".join(f"set.a{number} = 'data'\n" for number in range(60))
        done = folded(f"[[upcast]]\nevent='Added'\n{doubles}{KEEP}", of_version(1, {"x": ["y" * 10] * 50}))
        assert "upcasting" in done.skipped[0].reason
        chain = "".join(
            f"[[upcast]]\nevent='Added'\nfrom={number}\nset={{ 'a{number}' = 'data' }}\n" for number in range(1, 80)
        )
        done = folded(chain + KEEP, *(of_version(1, {"x": list(range(100))}, number=at) for at in range(1, 30)))
        assert len(done.skipped) == 29

    def test_what_belongs_to_the_event_is_not_counted_against_the_replay(self, monkeypatch: pytest.MonkeyPatch):
        """However many events there are: only what upcasts make beyond several times what they bring counts."""
        monkeypatch.setattr(Meter, "ALLOWANCE", 1000)
        events = [of_version(1, {"items": list(range(100))}, number=number) for number in range(1, 40)]
        moved = "[[upcast]]\nevent='Added'\nset={ lines = 'data.items' }\ndrop='items'\n"
        assert not folded(moved + KEEP, *events).skipped
        copies = "".join(f"set.a{number} = 'data.items'\n" for number in range(12))
        skipped = folded(f"[[upcast]]\nevent='Added'\n{copies}{KEEP}", *events).skipped
        assert 20 < len(skipped) < 39

    def test_upcasts_without_end(self):
        one = "".join(f"[[upcast]]\nevent='*'\nfrom='a{n}'\nto='a{n + 1}'\n" for n in range(900))
        two = "".join(f"[[upcast]]\nevent='T{n}'\nfrom='a900'\nto='a0'\ntype='T{n + 1}'\n" for n in range(900))
        done = folded(one + two + KEEP, of_version("a0", {}, "T0"))
        assert "more than 200" in done.skipped[0].reason

    def test_nesting_is_bounded(self):
        chain = "".join(
            f"[[upcast]]\nevent='Added'\nfrom={number}\nmove={{ a = 'a.b.c.d.e.f.g' }}\n" for number in range(1, 80)
        )
        done = folded(chain + KEEP, of_version(1, {"a": 1}))
        assert "nest deeper" in done.skipped[0].reason


class TestRefused:
    @pytest.mark.parametrize(
        ("text", "words", "line"),
        [
            ("[[upcast]]\nfrom = 1", "upcast 1 (no event, line 1): event must be text", 1),
            ("[[upcast]]\nevent='X'\nfrom = 2\nto = 2", "(X, line 4): to = 2 must be later than from = 2", 4),
            ("[[upcast]]\nevent='X'\nfrom = 1.5", "from must be a schema version", 3),
            ("[[upcast]]\nevent='X'\nto = true", "to must be a schema version", 3),
            ("[[upcast]]\nevent='X'\nfrom = 'a'", "it needs a to", 1),
            ("[[upcast]]\nevent='X'\n\nrenam = {}", "unknown key 'renam'; the nearest is rename", 4),
            ("[[upcast]]\nevent='X'\nrename = 'a'", "rename must be a table", 3),
            ("[[upcast]]\nevent='X'\nrename = { a = 'b.c' }", "must be one key; move takes paths", 3),
            ("[[upcast]]\nevent='X'\nrename = { a = 5 }", "rename a must be a key", 3),
            ("[[upcast]]\nevent='X'\nmove = { a = 5 }", "move a must be a path", 3),
            ("[[upcast]]\nevent='X'\n[upcast.move]\na = 'b'\n'c d' = 'e['", "lacks a closing ]", 5),
            ("[[upcast]]\nevent='X'\nset.a = '1'\nset.b = 'state.x'", "state is not known", 4),
            ("[[upcast]]\nevent='X'\nset = { 'l[state.x]' = '1' }", "state is not known", 3),
            ("[[upcast]]\nevent='X'\ndrop = [5]", "drop must be a list of paths", 3),
            ("[[upcast]]\nevent='X'\ntype = ''", "type must be text", 3),
            ("upcast = 5", "upcasts are written as [[upcast]] tables", None),
            ("upcast = [{ event = 'X', drop = 5 }]", "drop must be a list", None),
            ("[[on]]\nevent='X'\nset = { a = '1' }\n# [[on]]\n[[on]]\nevent='Y'\nset = { b = '(' }", "rule 2", 7),
            ("x = '''\n[[on]]\n'''\n", "unknown key 'x'", None),
            ("initial = { a = '''\n[[on]]\n''' }\n[[on]]\nevent=5", "rule 1 (no event, line 5)", 5),
            ("[[on]]\nevent='X'\n[on.set]\na='1'\n[on.increment]\na='('", "increment a", 6),
            ("[[on]]\nevent='X'\nset.ab='1'\nset.a='('", "set a", 4),
            ("[[on]]\nevent='X'\nset.b='data.a'\nset.'a'='('", "set a", 4),
            ("[[on]]\nevent='X'\nset.b='1'\nset . \"\\u0061\" = '('", "set a", 4),
            ("[[on]]\nevent='X'\nset.b = \"\"\"\\\nset.a = '\"\"\"\"\nset.a='('", "set b", 3),
            ("[[on]]\nevent='X'\nset.b = '''1\n#'''\n# '''\nset.a='('", "set a", 6),
            ("[[on]]\nevent='X'\nremove = [\n 'a',\n 'b['\n]", "lacks a closing ]", 3),
            ("[[on]]\nevent='X'\n[on.set]\n'x['='1'", "the path", 4),
            ("[[ 'on' ]]\nevent='X'\nset={a='('}", "set a", 3),
            ("name = 'x'\nbroken", "is not a rules file", 2),
            ("name = 'x'\ninitial = {", "is not a rules file", 2),
        ],
    )
    def test_with_the_place_and_the_reason(self, text: str, words: str, line: int | None):
        with pytest.raises(RulesError) as caught:
            rules(text)
        assert words in str(caught.value)
        assert caught.value.line == line


VERSIONS = st.sampled_from([None, 1, "1", 2, 3, 4, "x"])
DATA = st.dictionaries(st.sampled_from(["qty", "quantity", "price", "legacy", "who"]), VALUES, max_size=5)
RULES = """
    [[upcast]]
    event = "Added"
    rename = { qty = "quantity" }
    default = { price = "0" }
    [[upcast]]
    event = "A*"
    from = 2
    drop = ["legacy"]
    move = { who = "by.name" }
    type = "ItemAdded"
    """
ON = """
    [[on]]
    event = "ItemAdded"
    append = { items = "data" }
    [[on]]
    event = "*"
    set = { "last.other" = "data" }
    """


def by_hand(given: Event) -> Event:
    """The same as the upcasters above, in Python."""
    data: Any = copied(given.data)
    version = 1 if given.schema_version in (None, "1") else given.schema_version
    kind = given.type
    if version == 1 and kind == "Added":
        if "qty" in data:
            data["quantity"] = data.pop("qty")
        data.setdefault("price", 0)
        version = 2
    if version == 2 and kind.startswith("A"):
        if "who" in data:
            data["by"] = {"name": data.pop("who")}
        data.pop("legacy", None)
        kind, version = "ItemAdded", 3
    return replace(given, data=data, type=kind, schema_version=version)


@given(st.lists(st.tuples(VERSIONS, st.sampled_from(["Added", "Altered", "ItemAdded", "Else"]), DATA), max_size=12))
def test_a_history_with_upcasters_is_that_of_events_brought_up_to_date_by_hand(stories):
    stored = [of_version(version, data, kind, number) for number, (version, kind, data) in enumerate(stories, 1)]
    before = copied([each.data for each in stored])
    found = build_history(rules(RULES + ON), [batch_of(stored)] if stored else [])
    expected = build_history(rules(ON), [batch_of([by_hand(each) for each in stored])] if stored else [])
    assert same([each.data for each in stored], before)
    assert found.skipped() == expected.skipped()
    for number in range(len(stored) + 1):
        assert same(found.state_after(number), expected.state_after(number))


class TestStrangers:
    """Upcasts of strangers, under hard limits of memory and time (see helpers_hostile)."""

    @pytest.mark.parametrize(
        "operations",
        [
            "set.a = '[data.a, data.a]'",
            "set.a = '[data.a, data]'\ndefault.b = 'data'",
            "set.s = 'data.s + data.s'",
            "set = { 'k[data.s]' = '1', s = 'data.s + data.s' }",
            "move = { l = 'm.l', m = 'l.m' }",
            "set.n = 'data.n * data.n'",
            "set.e = 'str(event) + str(data)'",
        ],
    )
    def test_chains_that_double(self, operations: str):
        chain = "".join(f"[[upcast]]\nevent = '*'\nfrom = {at}\n{operations}\n" for at in range(1, 200))
        done = replay(
            f"{chain}[[on]]\nevent = '*'\nappend = {{ all = 'data' }}\n",
            {"a": [1], "s": "xxxxxxxxxxxxxxxx", "l": {"x": [1]}, "n": 3},
            times=300,
        )
        assert done["skipped"] == 300 or done["size"] < 10_000_000

    def test_large_data_many_times_over(self):
        text = "[[upcast]]\nevent = '*'\n" + "".join(f"set.k{at} = 'data.l'\n" for at in range(400))
        done = replay(f"{text}[[on]]\nevent = '*'\nset = {{ all = 'data' }}\n", {"l": list(range(20_000))}, times=100)
        assert done["skipped"] > 90

    def test_names_and_paths_reach_nothing(self):
        text = "[[upcast]]\nevent = '*'\nset.a = 'data.__class__'\nrename = { '__class__' = '__dict__' }\n"
        done = replay(f"{text}[[on]]\nevent = '*'\nset = {{ all = 'data' }}\n", {"__class__": 1})
        assert done.get("state") in ({"all": {"__dict__": 1, "a": None}}, None)


TEXTS = st.sampled_from(["a", "a.b", "a[0]", "a[data.x]", "'", "[", "", "data.a", "data +", "1", "event.type", "state"])
VALUES_WRITTEN = st.one_of(
    TEXTS,
    st.integers(-2, 3),
    st.booleans(),
    st.lists(TEXTS, max_size=2),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
)
ENTRIES = st.dictionaries(
    st.sampled_from(["event", "from", "to", "rename", "move", "default", "set", "drop", "type", "typo"]), VALUES_WRITTEN
)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(inner)}" for key, inner in value.items()) + "}"
    return json.dumps(value)


def refusal(text: str) -> RulesError | None:
    try:
        rules(text)
    except RulesError as error:
        return error
    return None


@settings(max_examples=150, deadline=None)
@given(st.lists(ENTRIES, max_size=4), VALUES)
def test_whatever_a_file_says_it_is_refused_or_runs(entries: list[dict[str, Any]], data: Value):
    text = "".join(
        "[[upcast]]\n" + "".join(f"{key} = {toml(value)}\n" for key, value in {"event": "A*", **entry}.items())
        for entry in entries
    )
    refused = refusal(text + KEEP)
    if refused is None:
        done = folded(text + KEEP, of_version(1, data), of_version(2, data, number=2))
        assert all(each.reason for each in done.skipped)
        return
    assert refused.line is not None
    lines = text.split("\n")
    named, lines[refused.line - 1] = lines[refused.line - 1], ""
    if not named.startswith("[["):
        # Without what the line says the file has another mistake, or the same at another line, or none.
        assert str(refusal("\n".join(lines) + KEEP)) != str(refused)


def test_two_upcasters_for_the_same_events():
    same = '[[upcast]]\nevent = "E"\nfrom = 1\nset = { a = "1" }\n'
    with pytest.raises(RulesError) as refused:
        parse_rules(same + same, "rules.toml")
    assert "upcast 2 (E, line 6): upcast 1 is for the same event and the same version 1" in str(refused.value)
    other = same.replace("from = 1", "from = 2")
    assert parse_rules(same + other, "rules.toml").name == "rules"
