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


def copy_link(store: str, place: ToCopy | None, room: str | None, screen: Screen, *, as_command: bool) -> str:
    """Copy the link to a place of a store, or the command that goes there; returns what to say about it."""
    if place is not None and screen.aggregate_id(place.aggregate_id, place.aggregate_type) != place.aggregate_id:
        return translate("Links", "The id is masked, and what is copied would tell it: reveal it first.")
    aggregate, version = (None, None) if place is None else (place.aggregate_id, place.version)
    link = Link(store, aggregate, version, room)
    try:
        text = link.command() if as_command else link.text()
    except UsageError as error:
        return translate("Links", "No link leads there. {0}").format(error)
    QGuiApplication.clipboard().setText(text)
    return translate("Links", "Copied: {0}").format(text)
