"""Copying links to places of the open store, and the commands that go there."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from esviewer.app.links import Link
from esviewer.app.screen import Screen
from esviewer.errors import UsageError
from esviewer.gui.language import translate
from esviewer.gui.machine import Machine, ToCopy
from esviewer.model.change import pointer, resolve


def offer_links(
    menu: QMenu, machine: Machine, aggregate_id: str, aggregate_type: str | None, version: int | None
) -> None:
    """Add to a menu that a link to an aggregate at a version (None: the newest) can be copied, and the command."""
    for text, as_command in (
        (translate("Links", "Copy link"), False),
        (translate("Links", "Copy as command"), True),
    ):
        wanted = ToCopy(aggregate_id, aggregate_type, version, as_command)
        menu.addAction(text, partial(machine.copy_wanted.emit, wanted))


def tells_masked(place: Link, aggregate_type: str | None, screen: Screen) -> bool:
    """Whether a link to a place would tell what is masked: an aggregate's id, the name of a field, or what is asked."""
    if any(screen.unknown_id(each) != each for each in place.lanes):
        return True
    if place.log_filter is not None and any(screen.text(each) != each for each in place.log_filter.texts):
        return True
    of = place.aggregate
    if of is None:
        return False
    paths = [resolve(None, field) for field in place.fields]
    named = screen.aggregate_id(of, aggregate_type) != of
    return named or any(screen.pointer(each, of) != pointer(each) for each in paths)


def copy_link(place: Link, aggregate_type: str | None, screen: Screen, *, as_command: bool) -> str:
    """Copy the link to a place, or the command that goes there; returns what to say about it."""
    if tells_masked(place, aggregate_type, screen):
        return translate("Links", "The id is masked, and what is copied would tell it: reveal it first.")
    try:
        text = place.command() if as_command else place.text()
    except UsageError as error:
        return translate("Links", "No link leads there. {0}").format(error)
    QGuiApplication.clipboard().setText(text)
    return translate("Links", "Copied: {0}").format(text)
