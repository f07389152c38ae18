"""The plug-ins that are installed, whether each one counts, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from esviewer import plugins
from esviewer.app import activity
from esviewer.app.files import write_whole
from esviewer.app.locking import held
from esviewer.errors import StoreError
from esviewer.model.clause import clause
from esviewer.model.values import Value
from esviewer.plugins import Plugin, Skipped
from esviewer.stores.codecs import plugged_codecs
from esviewer.stores.layouts.layout import plugged_layouts

CONSENT: Final = clause(
    "Plug-ins are programs: they run with your rights and see all that is read. Install and switch on only what you "
    "trust."
)


@dataclass(frozen=True, slots=True)
class PluginState:
    """One plug-in, and whether it counts."""

    plugin: Plugin
    state: Literal["on", "off", "skipped"]
    reason: str = ""
    """Why it is off or skipped, in a sentence; empty where it was switched off."""

    def as_json(self) -> dict[str, Value]:
        """`{name, kind, package, version, state, reason}`."""
        each = self.plugin
        return {
            "name": each.name,
            "kind": each.kind,
            "package": each.package,
            "version": each.version,
            "state": self.state,
            "reason": self.reason or None,
        }


def load_early() -> None:
    """Load the checks and report forms of plug-ins, if there are any, so that no window waits for them later."""
    for _ in _skipped({kind for kind in ("check", "report-form") if plugins.counting(kind)}):
        pass


def states() -> list[PluginState]:
    """All plug-ins by package, kind and name; those that are switched on are loaded to see whether they can be used."""
    every = plugins.found()
    if not every:
        return []
    if plugins.none_wanted():
        why = clause(f"All are off, by --no-plugins or {plugins.VARIABLE}.")
        return [PluginState(each, "off", why) for each in every]
    try:
        off = plugins.switched_off()
    except StoreError as error:
        return [PluginState(each, "off", str(error)) for each in every]
    wrong = {each.plugin: each.why for each in _skipped({each.kind for each in every})}
    return [
        PluginState(each, "off")
        if each.id in off
        else PluginState(each, "skipped", wrong[each])
        if each in wrong
        else PluginState(each, "on")
        for each in every
    ]


def switch(chosen: Collection[Plugin], on: bool) -> None:
    """Switch plug-ins on or off, from now on; raises StoreError when that can't be read or kept."""
    file = plugins.switches_file()
    with held(file):
        off = {*plugins.switched_off()}
        for each in chosen:
            (off.discard if on else off.add)(each.id)
        try:
            write_whole(file, json.dumps({"off": sorted(off)}, ensure_ascii=False, indent=1).encode())
        except OSError as error:
            raise StoreError(f"{file} can't be written: {error.strerror or error}.", "Nothing was switched.") from None
    activity.note("switch", plugins=[each.id for each in chosen], on=on)


def _skipped(kinds: set[str]) -> Iterator[Skipped]:
    """Those of these kinds that can't be used."""
    if "layout" in kinds:
        yield from plugged_layouts()[1]
    if "codec" in kinds:
        yield from plugged_codecs()[1]
    # What these rooms are made of takes a while to load.
    if "check" in kinds:
        from esviewer.audit.registry import plugged_checks

        yield from plugged_checks()[1]
    if "report-form" in kinds:
        from esviewer.report.write import plugged_forms

        yield from plugged_forms()[1]
    if "projection-engine" in kinds:
        from esviewer.projections.plugged import engines

        yield from engines()[1]
