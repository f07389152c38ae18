"""Layout files: the packaged ones load, a user's are picked up, and a mistake is named by its key."""

from pathlib import Path

import pytest

from esviewer.errors import UsageError
from esviewer.stores.layouts.layout import (
    LayoutError,
    all_layouts,
    load_layout,
    parse_layout,
    read_layouts,
    user_folder,
)

GOOD = """
name = "mine"
title = "My layout"
version_base = [1]

[events]
tables = ["journal"]
required = ["stream", "number", "what", "body"]

[events.parts]
aggregate_id = { column = "stream" }
aggregate_type = { column = "stream", rule = "before_dash" }
version = { column = "number" }
type = { column = ["what", "kind"] }
timestamp = { column = "at", form = "ms" }
schema_version = { data = "v", default = 1 }

[events.data]
column = "body"
codec = ["zlib", "json"]
"""


def test_packaged_layouts_are_complete() -> None:
    layouts = {layout.name: layout for layout in all_layouts()}
    assert {"reference", "eventsourcing", "message-db"} <= set(layouts)
    for layout in layouts.values():
        assert layout.title
        assert layout.description
        assert layout.frameworks
        assert layout.source
        assert layout.version_base
        assert layout.origin == ""


def test_parts_are_read() -> None:
    layout = parse_layout(GOOD, "mine.toml")
    assert layout.name == "mine"
    assert layout.events.part("type").columns == ("what", "kind")
    assert layout.events.part("timestamp").form == "ms"
    assert layout.events.part("schema_version").default == 1
    assert layout.events.payload.codec == ("zlib", "json")
    assert layout.events.metadata is None
    assert layout.snapshots is None
    assert layout.origin == "mine.toml"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "mine"', "", r"`name` is missing"),
        ('name = "mine"', 'name = "my layout"', r"`name` may hold"),
        ('name = "mine"', 'name = "mine"\nnmae = "x"', r"`nmae` is not a key of a layout. Did you mean `name`\?"),
        ('required = ["stream", "number", "what", "body"]', "", r"`events.required` is missing"),
        ('tables = ["journal"]', "tables = 3", r"`events.tables` must be a text or a list"),
        ('{ column = "number" }', '{ colum = "number" }', r"`events.parts.version` must have exactly one of"),
        ('{ column = "number" }', '{ data = "number" }', r"`events.parts.version` must come from the database"),
        ('{ column = "number" }', '{ column = "number", data = "n" }', r"it has column, data"),
        ('rule = "before_dash"', 'rule = "before"', r"`events.parts.aggregate_type.rule` is 'before', .* before_dash"),
        ('form = "ms"', 'form = "months"', r"`events.parts.timestamp.form` is 'months'"),
        ('form = "ms"', 'form = "ms", zone = "Mars"', r"`events.parts.timestamp.zone` is 'Mars'"),
        ('"zlib", "json"', '"json", "zlib"', r"`events.data.codec` has 'zlib' in the wrong place"),
        ('"zlib", "json"', '"pickle"', r"`events.data.codec` has 'pickle', which is none of"),
        ('"zlib", "json"', '"zlib"', r"`events.data.codec` must name json"),
        ('column = "body"', "", r"`events.data.column` is missing"),
        ("[events.data]", "[events.date]", r"`events.data` is missing"),
        ('type = { column = ["what", "kind"] }', "", r"`events.parts.type` is missing"),
        (
            'type = { column = ["what", "kind"] }',
            'type = { sql = "a; DROP TABLE b" }',
            r"`events.parts.type.sql` must be",
        ),
        ("version_base = [1]", 'version_base = ["1"]', r"`version_base` must be a list of whole numbers"),
        ("name", "= name", r"is not TOML"),
    ],
)
def test_mistakes_are_named(old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(LayoutError, match=message) as raised:
        parse_layout(GOOD.replace(old, new, 1), "mine.toml")
    assert "mine.toml" in str(raised.value)
    assert raised.value.exit_code == 2


def test_a_users_layouts_are_picked_up_and_take_precedence(own_configuration: Path) -> None:
    folder = user_folder()
    assert folder == own_configuration / "layouts"
    folder.mkdir()
    (folder / "mine.toml").write_text(GOOD)
    (folder / "other.toml").write_text(GOOD.replace('"mine"', '"reference"'))
    layouts = {layout.name: layout for layout in all_layouts()}
    assert layouts["mine"].title == "My layout"
    assert layouts["reference"].title == "My layout"


def test_a_broken_layout_of_the_user_is_told_and_harms_no_other(own_configuration: Path) -> None:
    (own_configuration / "layouts").mkdir()
    (own_configuration / "layouts" / "bad.toml").write_text("name = 3")
    layouts, problems = read_layouts()
    assert "reference" in [layout.name for layout in layouts]
    assert len(problems) == 1
    assert "bad.toml" in problems[0]
    assert "`name`" in problems[0]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        load_layout(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(UsageError, match="not UTF-8"):
        load_layout(tmp_path / "latin.toml")
