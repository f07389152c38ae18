"""The schemas of files in TOML: what the program takes they take, what it refuses for its form they refuse."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from esviewer import assets
from esviewer.app import manual
from esviewer.app.formats import FORMATS, schema, schema_file
from esviewer.app.reducers import load_reducer
from esviewer.errors import EsviewerError, UsageError
from esviewer.projections import file as projections
from esviewer.projections.file import parse_projections
from esviewer.replay import rules, upcast, wording
from esviewer.replay.event_words import COLOURS
from esviewer.replay.foreign import spec
from esviewer.replay.rules import parse_rules
from esviewer.stores import codecs
from esviewer.stores.layouts import layout as layouts
from esviewer.stores.layouts import text_rules, times
from esviewer.stores.layouts.layout import parse_layout

BLOCK = re.compile(r"(?<!<!-- file: wrong\.toml -->\n)```toml\n(.*?)```", re.DOTALL)
"""What pages show; a mistake that one shows lies in a file of that name."""


def checked(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema(name)))


def wrong(name: str, text: str) -> list[str]:
    """What a schema says is wrong with a text in TOML."""
    document = json.loads(json.dumps(tomllib.loads(text), default=str))
    return [f"{error.instance_path}: {error.message}" for error in checked(name).iter_errors(document)]


def keys(name: str, *path: str) -> set[str]:
    """The keys that a schema knows at a place of it."""
    found = json.loads(schema(name))
    for part in path:
        found = found[part]
    return set(found["properties"])


def test_every_schema_is_one() -> None:
    assert {file.stem for file in schema_file("layout").parent.iterdir()} == set(FORMATS)
    for name in FORMATS:
        found = json.loads(schema(name))
        assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema_rs.meta.validate(found)
        assert f"`{name}`" in manual.page("formats").text
    with pytest.raises(UsageError, match="no schema 'reducers'"):
        schema("reducers")


# Reducers and projections


def test_what_comes_with_the_program_fits() -> None:
    for file in assets.path("layouts").glob("*.toml"):
        assert wrong("layout", file.read_text(encoding="utf-8")) == [], file.name
    for file in assets.path("reducers").rglob("*.toml"):
        assert wrong("reducer", file.read_text(encoding="utf-8")) == [], file.name


@pytest.fixture
def cart(tmp_path: Path) -> Path:
    """A folder with the rules file that the page on projections names."""
    (tmp_path / "cart.toml").write_text(BLOCK.findall(manual.page("reducers").file.read_text(encoding="utf-8"))[0])
    return tmp_path


def test_what_the_manual_shows_fits(cart: Path) -> None:
    kinds = {"[[projection]]": "projection", "[[on]]": "reducer", "[[upcast]]": "reducer", "[event_type": "reducer"}
    seen = set()
    for page in manual.pages():
        for text in BLOCK.findall(page.file.read_text(encoding="utf-8")):
            if "[[projection" in text or "kind = " in text or any(key in text for key in kinds):
                name = "projection" if re.search(r'\[\[projection|kind = "(event|log|state)"', text) else "reducer"
                assert wrong(name, text) == [], page.topic
                if name == "projection":
                    parse_projections(text, page.topic, cart)
                else:
                    parse_rules(text, page.topic)
                seen.add(name)
            elif "[events" in text:
                assert wrong("layout", text) == [], page.topic
                parse_layout(text, page.topic)
                seen.add("layout")
    assert seen == {"projection", "reducer", "layout"}


def test_every_key_of_a_reducer_is_known() -> None:
    assert keys("reducer", "$defs", "rules") == set(rules._TOP)
    assert keys("reducer", "$defs", "rule") == set(rules._RULE)
    assert keys("reducer", "$defs", "upcast") == set(upcast.KEYS)
    words = ("$defs", "event_type", "additionalProperties")
    assert keys("reducer", *words) == set(wording._KEYS)
    found = json.loads(schema("reducer"))["$defs"]
    assert found["event_type"]["additionalProperties"]["properties"]["colour"]["enum"] == list(COLOURS)
    assert found["event_type"]["maxProperties"] == wording.MAX_TYPES
    assert found["rules"]["properties"]["on"]["maxItems"] == rules.MAX_RULES
    for kind in spec.KINDS:
        assert keys("reducer", "$defs", kind) == set(spec._KEYS[kind])


def test_every_key_of_a_projection_is_known() -> None:
    for kind, known in projections._KEYS.items():
        assert keys("projection", "$defs", kind) == set(known)
    ours, theirs = (json.loads(schema(name))["$defs"] for name in ("projection", "reducer"))
    for part in ("rule", "expression", "path_table", "paths"):
        assert ours[part] == theirs[part]
    assert ours["state"]["properties"]["columns"]["maxProperties"] == projections.MOST_COLUMNS


RULES = """
name = "cart"
aggregate_type = "cart*"
initial = { items = {} }
[[on]]
event = "Added"
when = "data.quantity > 0"
set = { "items[data.id].price" = "data.price", free = false, weight = 1.5 }
increment = { count = 1 }
merge = { profile = "data" }
append = { seen = "data.id" }
remove = ["items[data.old]"]
remove_value = { seen = "data.old" }
delete = true
[[upcast]]
event = "Added"
from = "1"
to = 2
rename = { qty = "quantity" }
move = { "a.b" = "c.d" }
default = { price = "0" }
set = { x = "data.y" }
drop = "legacy"
type = "ItemAdded"
[event_type."Added*"]
wording = "Added {data.id}"
sign = "+"
colour = "green"
"""

REFUSED_RULES = [
    ('name = "cart"', "name = 5"),
    ('name = "cart"', 'nam = "cart"'),
    ('aggregate_type = "cart*"', "aggregate_type = []"),
    ("initial = { items = {} }", "initial = 5"),
    ('event = "Added"\nwhen', 'event = ""\nwhen'),
    ('event = "Added"\nwhen', "when"),
    ('when = "data.quantity > 0"', 'when = ["x"]'),
    ("increment = { count = 1 }", "increment = {}"),
    ("increment = { count = 1 }", "increment = 5"),
    ("increment = { count = 1 }", "increment = { count = [1] }"),
    ("increment = { count = 1 }", "incremen = { count = 1 }"),
    ('merge = { profile = "data" }', "merge = 5"),
    ('remove = ["items[data.old]"]', "remove = [5]"),
    ("delete = true", 'delete = "yes"'),
    ('from = "1"\nto = 2', 'from = "first"'),
    ('from = "1"', "from = 1.5"),
    ('rename = { qty = "quantity" }', "rename = { qty = 5 }"),
    ('move = { "a.b" = "c.d" }', "move = {}"),
    ('drop = "legacy"', "drop = 5"),
    ('type = "ItemAdded"', 'type = ""'),
    ('type = "ItemAdded"', 'typ = "ItemAdded"'),
    ('sign = "+"', "sign = 5"),
    ('colour = "green"', 'colour = "lime"'),
    ('wording = "Added {data.id}"', 'wording = " "'),
    ('wording = "Added {data.id}"', 'words = "Added"'),
]


def test_all_of_a_rules_file_fits() -> None:
    parse_rules(RULES, "cart.toml")
    assert wrong("reducer", RULES) == []


@pytest.mark.parametrize(("old", "new"), REFUSED_RULES)
def test_mistakes_in_rules_are_refused_by_both(old: str, new: str) -> None:
    assert RULES.count(old) == 1
    text = RULES.replace(old, new)
    with pytest.raises(EsviewerError):
        parse_rules(text, "cart.toml")
    assert wrong("reducer", text)


PROGRAMS = {
    "foreign": 'kind = "foreign"\nname = "x"\naggregate_type = "x*"\ncommand = ["node", "x.mjs"]\ntimeout = 2.5\n'
    'start_timeout = 5\nmax_line_bytes = 1000\npath = ["."]\n[event_type.A]\nsign = "+"\n',
    "python": 'kind = "python"\npython = "python3"\nmodule = "shop.cart"\nevolve = "evolve"\ninitial = "initial"\n'
    'load = "load"\npath = ["."]\n',
    "eventsourcing": 'kind = "eventsourcing"\naggregate = "shop.domain:Cart"\napplication = "shop.app:Shop"\n',
}

REFUSED_PROGRAMS = [
    ("foreign", 'kind = "foreign"', 'kind = "rules"'),
    ("foreign", 'command = ["node", "x.mjs"]', "command = []"),
    ("foreign", 'command = ["node", "x.mjs"]', 'command = "node x.mjs"'),
    ("foreign", "timeout = 2.5", "timeout = 0"),
    ("foreign", "timeout = 2.5", 'timeout = "2"'),
    ("foreign", "start_timeout = 5", "start_timeout = 4000"),
    ("foreign", 'name = "x"', 'module = "x"'),
    ("python", 'module = "shop.cart"\n', ""),
    ("python", 'module = "shop.cart"\n', 'module = "shop.cart"\nfile = "cart.py"\n'),
    ("python", 'evolve = "evolve"', 'evolve = "no name"'),
    ("eventsourcing", 'aggregate = "shop.domain:Cart"', 'aggregate = "shop.domain.Cart"'),
    ("eventsourcing", 'application = "shop.app:Shop"', 'command = ["x"]'),
]


@pytest.mark.parametrize("kind", PROGRAMS)
def test_files_that_name_programs_fit(tmp_path: Path, kind: str) -> None:
    file = tmp_path / "x.toml"
    file.write_text(PROGRAMS[kind])
    assert spec.load_spec(file).kind == kind
    assert wrong("reducer", PROGRAMS[kind]) == []


@pytest.mark.parametrize(("kind", "old", "new"), REFUSED_PROGRAMS)
def test_mistakes_in_them_are_refused_by_both(tmp_path: Path, kind: str, old: str, new: str) -> None:
    assert old in PROGRAMS[kind]
    text = PROGRAMS[kind].replace(old, new, 1)
    file = tmp_path / "x.toml"
    file.write_text(text)
    with pytest.raises(EsviewerError):
        load_reducer(file)
    assert wrong("reducer", text)


PROJECTIONS = """
[[projection]]
name = "open"
kind = "state"
aggregate_type = "cart*"
where = "state.status == 'open'"
[projection.columns]
lines = "len(state.items)"
fixed = 5
[[projection]]
name = "sold"
kind = "event"
key = { product = "data.product" }
initial = { sold = 0 }
[[projection.on]]
event = "Added"
increment = { sold = "data.quantity" }
[[projection]]
name = "logins"
kind = "log"
event = ["LoggedIn", "LoggedOut"]
"""

REFUSED_PROJECTIONS = [
    ('name = "open"\n', ""),
    ('name = "open"\n', 'name = "two\\nlines"\n'),
    ('name = "open"\n', 'name = "esviewer_rows"\n'),
    ('name = "open"\n', f'name = "{"x" * 101}"\n'),
    ('kind = "state"', 'kind = "states"'),
    ('kind = "state"', 'kind = "state"\nkey = "data.x"'),
    ('kind = "state"', 'kind = "log"\nreducer = "x.toml"'),
    ('aggregate_type = "cart*"', "aggregate_type = 5"),
    ("where = \"state.status == 'open'\"", "where = []"),
    ("fixed = 5", "fixed = []"),
    ('[projection.columns]\nlines = "len(state.items)"\nfixed = 5', "columns = 5"),
    ('key = { product = "data.product" }\n', ""),
    ('key = { product = "data.product" }', "key = []"),
    ('key = { product = "data.product" }', "key = {}"),
    ("initial = { sold = 0 }", "initial = 5"),
    ('[[projection.on]]\nevent = "Added"\nincrement = { sold = "data.quantity" }\n', ""),
    ('increment = { sold = "data.quantity" }', 'incr = { sold = "data.quantity" }'),
    ('event = ["LoggedIn", "LoggedOut"]', "event = [5]"),
    ('event = ["LoggedIn", "LoggedOut"]', 'event = ["LoggedIn"]\nevents = "x"'),
    ('[[projection]]\nname = "open"', 'x = 1\n[[projection]]\nname = "open"'),
]


def test_all_of_a_projection_file_fits() -> None:
    parse_projections(PROJECTIONS, "p.toml")
    assert wrong("projection", PROJECTIONS) == []
    one = 'kind = "event"\nkey = ["data.a", "data.b"]\n[[on]]\nevent = "A"\nset = { x = 1 }\n'
    parse_projections(one, "p.toml")
    assert wrong("projection", one) == []


@pytest.mark.parametrize(("old", "new"), REFUSED_PROJECTIONS)
def test_mistakes_in_projections_are_refused_by_both(old: str, new: str) -> None:
    assert PROJECTIONS.count(old) == 1
    text = PROJECTIONS.replace(old, new)
    with pytest.raises(EsviewerError):
        parse_projections(text, "p.toml")
    assert wrong("projection", text)


# Layouts

LAYOUT = """
name = "mine"
title = "Mine"
description = "d"
frameworks = "f"
source = "s"
databases = ["sqlite"]
tested_with = "t"
version_base = [0, 1]
[events]
tables = ["journal"]
required = ["stream", "number", "what", "body"]
optional = "extra"
absent = ["other"]
name_with = "j"
name_without = "x"
view = true
where = { sqlite = "kind = 1", default = "kind = '1'" }
left_out = "others"
order = "at"
scope = "tenant"
unique_with = "tenant"
unique_otherwise = "by a lock"
compacted = "Snapshot*"
notify = "{schema}_{table}"
correlation = "cor"
causation = "cau"
[[events.join]]
name = "s"
tables = ["streams"]
required = ["id", "version"]
on = { id = "stream" }
optional = true
[events.family]
label = "which"
[events.family.registry]
tables = "registry"
required = "name"
names = "name"
label = "of"
[events.spread]
name = "n"
value = "v"
[events.heads]
join = "s"
version = "version"
[events.chain]
hash = "hash"
previous = "before"
within = "aggregate"
algorithm = "sha1"
of = ["body", "{previous}"]
between = "|"
encoding = "base64"
[events.unfold]
count = "n"
data = "data"
metadata = ["meta", "data"]
[events.parts]
aggregate_id = { sql = "lower({stream})", column = "stream", stored = "upper({id})" }
aggregate_type = { columns = ["a", "b"], separator = "-", rule = "before_dash" }
version = { column = "number", else = "seq" }
position = { column = ["id", "seq"], only = "integer" }
event_id = { column = "uid", uuid = "big_endian" }
type = { variant = true }
schema_version = { metadata = ["m", "v"], default = 1 }
timestamp = { column = "at", form = "ms", zone = "+09:00", optional = true }
tenant = { json = ["body", "tenant"] }
archived = { column = "archived" }
deleted = { data = "gone" }
[events.data]
column = ["body", "payload"]
sql = "body"
codec = ["zlib", "json", "tagged"]
key = "event"
envelope = "user"
unwrap = "variant"
kinds = "kinds"
error = "error"
raw = "raw"
[events.metadata]
column = "meta"
codec = "protobuf"
key = ["a", "b"]
also = "user"
[snapshots]
required = ["stream", "number", "state"]
others = true
[snapshots.family]
pattern = "*_snapshots"
[snapshots.parts]
aggregate_id = { column = "stream" }
version = { after = "position" }
timestamp = { column = "at" }
aggregate_type = { column = "type" }
tenant = { column = "tenant" }
[snapshots.state]
column = "state"
drop = ["_class"]
"""

REFUSED_LAYOUTS = [
    ('name = "mine"\n', ""),
    ('name = "mine"', 'name = "my layout"'),
    ('title = "Mine"', "title = 5"),
    ('title = "Mine"', 'titel = "Mine"'),
    ("version_base = [0, 1]", 'version_base = ["1"]'),
    ('tables = ["journal"]', "tables = 3"),
    ('required = ["stream", "number", "what", "body"]\n', ""),
    ("view = true", 'view = "yes"'),
    ('sqlite = "kind = 1"', 'sqlit = "kind = 1"'),
    ('scope = "tenant"', 'scope = "store"'),
    ('on = { id = "stream" }', "on = {}"),
    ('on = { id = "stream" }', "on = { id = 5 }"),
    ('required = ["id", "version"]\n', ""),
    ('names = "name"\n', ""),
    ('pattern = "*_snapshots"', 'pattern = "snapshots"'),
    ('[events.spread]\nname = "n"\n', "[events.spread]\n"),
    ('join = "s"\n', ""),
    ('previous = "before"\nwithin = "aggregate"\nalgorithm = "sha1"\nof = ["body", "{previous}"]', 'of = ["body"]'),
    ('algorithm = "sha1"', 'algorithm = "crc32"'),
    ('encoding = "base64"', 'encoding = "base32"'),
    ('count = "n"\n', ""),
    ('aggregate_id = { sql = "lower({stream})", column = "stream", stored = "upper({id})" }\n', ""),
    ('column = "stream", stored = "upper({id})"', 'stored = "upper({id})"'),
    ('columns = ["a", "b"], ', ""),
    ('rule = "before_dash"', 'rule = "before"'),
    ('column = "number", else = "seq"', 'data = "number"'),
    ('column = "number", else = "seq"', 'colum = "number"'),
    ('column = "number", else = "seq"', 'column = "number", number = "id"'),
    ('column = "number", else = "seq"', 'number = "id", else = "seq"'),
    ('only = "integer"', 'only = "number"'),
    ('only = "integer"', "default = 5"),
    ('uuid = "big_endian"', 'uuid = "little_endian"'),
    ('column = "uid", uuid = "big_endian"', 'column = "uid", variant = true'),
    ('form = "ms"', 'form = "months"'),
    ('column = "at", form = "ms", zone = "+09:00", optional = true', 'column = "at", rule = "before_dash"'),
    ('json = ["body", "tenant"]', 'json = ["body"]'),
    ('archived = { column = "archived" }', 'archive = { column = "archived" }'),
    ('codec = ["zlib", "json", "tagged"]', 'codec = ["pickle"]'),
    ('unwrap = "variant"', "unwrap = true"),
    ('[events.data]\ncolumn = ["body", "payload"]\nsql = "body"\n', "[events.data]\n"),
    ('also = "user"', 'drop = "user"'),
    ("others = true", 'others = "yes"'),
    ('version = { after = "position" }', 'version = { number = "position" }'),
    ('drop = ["_class"]', 'envelope = ["_class"]'),
]


def test_all_of_a_layout_fits() -> None:
    parse_layout(LAYOUT, "mine.toml")
    assert wrong("layout", LAYOUT) == []


@pytest.mark.parametrize(("old", "new"), REFUSED_LAYOUTS)
def test_mistakes_in_layouts_are_refused_by_both(old: str, new: str) -> None:
    assert LAYOUT.count(old) == 1
    text = LAYOUT.replace(old, new)
    with pytest.raises(EsviewerError):
        parse_layout(text, "mine.toml")
    assert wrong("layout", text)


def test_every_key_of_a_layout_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, set[str]] = {}
    finish = layouts._Keys.finish

    def noted(table: Any) -> None:
        place = re.sub(r"\[\d+\]", "", table.where)
        asked.setdefault(place, set()).update(table.known)
        finish(table)

    monkeypatch.setattr(layouts._Keys, "finish", noted)
    parse_layout(LAYOUT, "mine.toml")
    shown = dict(_places(json.loads(schema("layout"))))
    missing = {place: known - shown[place] for place, known in asked.items() if known - shown[place]}
    # What the parser asks for anywhere, and then says is not for this part, the schema does not have there.
    for place, keys_left in list(missing.items()):
        keys_left -= _elsewhere(place)
        if not keys_left:
            del missing[place]
    assert missing == {}
    # Some are asked for only where they are given, which LAYOUT does of each somewhere.
    unasked = {key for place, known in shown.items() if place in asked for key in known - asked[place]}
    assert unasked <= {"rule", "else", "after", "zone", "pattern", "registry"}


def _elsewhere(place: str) -> set[str]:
    """What `_source` asks of every part to refuse it with a reason."""
    if ".parts." not in place:
        return set()
    return {"columns", "data", "metadata", "variant", "number", "after", "else", "rule", "default", "stored"}


def _places(found: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """The tables of a layout, and the keys that its schema knows in them."""
    definitions = found["$defs"]

    def walk(node: dict[str, Any], place: str) -> Iterator[tuple[str, set[str]]]:
        if "$ref" in node:
            node = definitions[node["$ref"].rpartition("/")[2]]
        node = node.get("items", node)
        if "$ref" in node:
            node = definitions[node["$ref"].rpartition("/")[2]]
        if "properties" in node:
            yield place, set(node["properties"])
            for key, inner in node["properties"].items():
                yield from walk(inner, f"{place}.{key}" if place else key)

    yield from walk({key: value for key, value in found.items() if key != "$defs"}, "")


def test_the_words_of_layouts_are_known() -> None:
    found = json.loads(schema("layout"))
    parts = found["$defs"]["events"]["properties"]["parts"]["properties"]
    assert set(parts) == set(layouts._EVENT_PARTS)
    assert set(found["$defs"]["snapshots"]["properties"]["parts"]["properties"]) == set(layouts._SNAPSHOT_PARTS)
    assert parts["timestamp"]["properties"]["form"]["enum"] == list(times.FORMS)
    assert set(parts["type"]["properties"]["rule"]["enum"]) == set(text_rules.RULES)
    assert set(found["$defs"]["sql"]["anyOf"][1]["propertyNames"]["enum"]) == {"default", *layouts.DATABASES}
    item = found["$defs"]["codec"]["anyOf"][0]["anyOf"]
    assert {*item[0]["enum"], "protobuf", "avro"} == set(codecs._ALL)
    assert item[1]["pattern"] == "^(protobuf|avro)(:.*)?$"
    algorithms = found["$defs"]["events"]["properties"]["chain"]["properties"]["algorithm"]["enum"]
    assert algorithms == list(layouts.ALGORITHMS)
