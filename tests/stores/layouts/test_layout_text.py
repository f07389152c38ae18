"""A draft's text says what the draft says, whatever its columns are called."""

import tomllib

import pytest

from esviewer.stores.layouts.layout import LayoutError, parse_layout
from esviewer.stores.layouts.text import Draft, SnapshotDraft, layout_toml, plain_name

DRAFT = Draft(
    name="Lager",
    table="Ereignisse",
    parts={"aggregate_id": "Akten Nr", "version": "Nr", "type": "$.kopf.art", "timestamp": "Zeit"},
    data="Inhalt",
    codec=("zlib", "json"),
    metadata="Herkunft",
    form="ms",
    zone="+01:00",
    version_base=0,
    snapshots=SnapshotDraft("Stände", "Akten Nr", "Nr", "Stand"),
    remarks=("Vom Programm\nvorgeschlagen.",),
)


def test_a_draft_is_read_back_as_the_layout_it_describes() -> None:
    layout = parse_layout(layout_toml(DRAFT), "lager.toml")

    assert (layout.name, layout.version_base, layout.events.tables) == ("Lager", (0,), ("Ereignisse",))
    assert layout.events.required == ("Akten Nr", "Nr", "Zeit", "Inhalt", "Herkunft")
    assert layout.events.part("type").data == ("kopf", "art")
    assert (layout.events.part("timestamp").form, layout.events.part("timestamp").zone) == ("ms", 3600)
    assert layout.events.payload.codec == ("zlib", "json")
    assert layout.events.metadata is not None
    assert layout.events.metadata.columns == ("Herkunft",)
    assert layout.snapshots is not None
    assert layout.snapshots.payload.columns == ("Stand",)


def test_versions_are_counted_where_no_column_has_them() -> None:
    draft = Draft("x", "log", {"aggregate_id": "who", "type": "what"}, "body", counted_by="id", version_base=1)

    layout = parse_layout(layout_toml(draft), "x.toml")

    assert layout.events.part("version").number == ("id",)
    assert "id" in layout.events.required


@pytest.mark.parametrize("name", ['qu"ote', "back\\slash", "new\nline", "イベント", "\x7f", "💰", "tab\t"])
def test_any_column_name_survives(name: str) -> None:
    draft = Draft("x", name, {"aggregate_id": name, "version": "v", "type": "t"}, "d")

    assert tomllib.loads(layout_toml(draft))["events"]["parts"]["aggregate_id"]["column"] == name


def test_a_draft_without_an_id_is_no_layout() -> None:
    with pytest.raises(LayoutError, match="aggregate_id"):
        parse_layout(layout_toml(Draft("x", "log", {"version": "v", "type": "t"}, "d")), "x.toml")


def test_a_name_is_made_of_any_text() -> None:
    assert plain_name("shop.My events") == "shop.My-events"
    assert plain_name("イベント") == "my-layout"
