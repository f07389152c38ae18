"""Tabs are kept as they were left, and what is no tab is as if there were none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from esviewer.app.kept_tabs import MOST, KeptTab, keep_tabs, kept_tabs
from esviewer.app.links import Link
from esviewer.app.settings import RecentStore, Settings

STORE = "/data/shop.db"
TABS = [
    KeptTab(Link(STORE, "order-1", 17, fields=("/lines/0",)), 3),
    KeptTab(Link(STORE, "注文/2"), None, front=True),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(tmp_path / "settings.json")
    found.add_recent(RecentStore(STORE, "shop", "reference"))
    return found


def test_they_come_back_from_the_file(settings: Settings) -> None:
    keep_tabs(settings, STORE, TABS)
    assert kept_tabs(Settings(settings.file), STORE) == TABS
    assert kept_tabs(Settings(settings.file), "/data/other.db") == []
    keep_tabs(settings, STORE, [])
    assert kept_tabs(Settings(settings.file), STORE) == []


def test_only_stores_that_were_opened_lately_have_some_and_not_too_many(settings: Settings) -> None:
    keep_tabs(settings, STORE, TABS)
    for number in range(20):
        settings.add_recent(RecentStore(f"/data/{number}.db", "", ""))
    many = [KeptTab(Link("/data/19.db", f"a-{number}")) for number in range(MOST + 9)]
    keep_tabs(settings, "/data/19.db", [*many, KeptTab(Link("/data/19.db", "a\n"))])
    assert kept_tabs(settings, STORE) == []
    assert kept_tabs(settings, "/data/19.db") == many[:MOST]


@pytest.mark.parametrize(
    "found",
    [
        None,
        7,
        [],
        {STORE: 7},
        {STORE: {"link": "x"}},
        {STORE: [None, 7, "x", {}, {"link": 7}, {"link": "esviewer://close"}]},
        {STORE: [{"link": "esviewer://open?store=/data/other.db&aggregate=a-1"}]},
        {STORE: [{"link": f"esviewer://open?store={STORE}"}]},
    ],
)
def test_what_is_no_tab_is_left_out(settings: Settings, found: Any) -> None:
    settings.put("tabs", found)
    assert kept_tabs(settings, STORE) == []
    keep_tabs(settings, STORE, TABS)
    assert kept_tabs(settings, STORE) == TABS


def test_a_panel_that_is_none_is_no_reason_to_lose_the_tab(settings: Settings) -> None:
    for panel in ("x", -1, 10**9, True, 1.5, None):
        entry = {"link": Link(STORE, "order-1").text(), "panel": panel, "front": "yes"}
        settings.put("tabs", {STORE: [entry]})
        assert kept_tabs(settings, STORE) == [KeptTab(Link(STORE, "order-1"))]
