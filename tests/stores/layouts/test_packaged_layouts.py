"""Every layout that comes with the program: complete, and told apart from all others by its columns alone."""

from __future__ import annotations

import pytest

from esviewer.stores.databases.catalog import Column, Table
from esviewer.stores.layouts.detection import fits
from esviewer.stores.layouts.layout import all_layouts
from esviewer.stores.layouts.model import Layout, folded

LAYOUTS = {layout.name: layout for layout in all_layouts()}


def tables_of(layout: Layout) -> list[Table]:
    """The fewest tables and columns that a layout needs, as a catalog would list them."""
    section = layout.events
    name = section.tables[0] if section.tables else "some_table"
    if section.family is not None and section.family.pattern:
        name = section.family.pattern.replace("*", "some", 1)
    if section.name_with and folded(section.name_with) not in folded(name):
        name += section.name_with
    made = {name: list(section.required)}
    for index, join in enumerate(section.joins):
        if not join.optional:
            partner = join.tables[0] if join.tables else f"joined_{index}"
            made.setdefault(partner, [])
            made[partner] += [each for each in (*join.required, *join.on) if each not in made[partner]]
    if section.family is not None and section.family.registry:
        made[section.family.registry[0]] = list(section.family.required)
    if section.spread is not None:
        made[name].append("some_domain_id")
    return [
        Table("s", each, tuple(Column(column, "text", True) for column in columns), view=section.view and each == name)
        for each, columns in made.items()
    ]


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_is_told_apart_by_its_columns(name: str) -> None:
    found = [fit.layout.name for fit in fits(tables_of(LAYOUTS[name]), list(LAYOUTS.values()))]
    assert found == [name]


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_says_what_it_is(name: str) -> None:
    layout = LAYOUTS[name]
    assert layout.title
    assert layout.description
    assert layout.frameworks
    assert layout.source
    assert layout.version_base
    assert layout.databases
    assert layout.tested_with
    assert "\n" not in layout.description
