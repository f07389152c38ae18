"""Layouts of plug-ins.

A layout is a class with a method `toml` without arguments, which returns the text of a layout's file, or the file's
path; then files that its codecs name lie beside it. The layout has the name of the entry point.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from esviewer import plugins
from esviewer.errors import UsageError
from esviewer.stores.layouts.model import Layout

Parse = Callable[..., Layout]


def layouts(taken: Collection[str], parse: Parse) -> tuple[list[Layout], list[plugins.Skipped]]:
    """Those that can be used, and those that can't; `parse` is `layout.parse_layout`."""

    def accepted(plugin: plugins.Plugin, named: Any) -> Layout:
        toml = getattr(named(), "toml", None)
        if not callable(toml):
            raise plugins.UnfitError("it is no layout: it needs a method `toml`")
        text, folder = toml(), None
        if isinstance(text, Path):
            folder = text.absolute().parent
            text = text.read_text(encoding="utf-8-sig")
        if not isinstance(text, str):
            raise plugins.UnfitError("its `toml` returns neither a text nor a path")
        try:
            made = parse(text, plugin.name, packaged=True, folder=folder)
        except UsageError as error:
            raise plugins.UnfitError(str(error).rstrip(".")) from None
        if made.name != plugin.name:
            raise plugins.UnfitError(f"its layout is called {made.name}")
        return replace(made, plugin=str(plugin))

    good, bad = plugins.used("layout", accepted, taken)
    return [made for _, made in good.values()], bad
