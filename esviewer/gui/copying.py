"""“Copy as”: what each place of the window can put into the clipboard, in which form. Masked values stay masked."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from typing import Final, TypeAlias

from PySide6.QtCore import QItemSelectionRange, QModelIndex, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from esviewer.app.screen import Screen
from esviewer.app.session import Session
from esviewer.errors import EsviewerError, UsageError
from esviewer.gui.language import translate
from esviewer.gui.localised import localised
from esviewer.gui.machine import Machine
from esviewer.gui.text import visible
from esviewer.model.event import Event
from esviewer.model.exactjson import dumps
from esviewer.model.spreadsheet import spreadsheet_text
from esviewer.model.values import Value
from esviewer.work import Work

MOST_ROWS: Final = 2_000
"""Rows that are copied at most: the clipboard is no place for more."""


class Form(Enum):
    """How something is copied."""

    VALUE = auto()
    JSON = auto()
    CSV = auto()
    POINTER = auto()
    SQL = auto()


KEYS: Final = {
    Form.JSON: "Ctrl+Shift+J",
    Form.CSV: "Ctrl+Shift+T",
    Form.POINTER: "Ctrl+Shift+A",
    Form.SQL: "Ctrl+Shift+Q",
}
Copies: TypeAlias = dict[Form, Callable[[], None]]
"""What can be copied where somebody is, and what does it."""


@dataclass(frozen=True, slots=True)
class Read:
    """What of the store something was read from: an aggregate, or its event of one version."""

    aggregate_id: str
    aggregate_type: str | None
    version: int | None = None


def form_title(form: Form) -> str:
    """What a form is called in menus."""
    return {
        Form.VALUE: translate("Copying", "&Value"),
        Form.JSON: translate("Copying", "&JSON"),
        Form.CSV: translate("Copying", "&CSV"),
        Form.POINTER: translate("Copying", "JSON &Pointer"),
        Form.SQL: translate("Copying", "&SQL of this read"),
    }[form]


def offer_copies(menu: QMenu, copies: Copies) -> None:
    """Add the forms to a menu, as a menu of their own, with the keys that do the same."""
    inner = menu.addMenu(translate("Copying", "Copy as"))
    for form in Form:
        if form in copies:
            action = inner.addAction(form_title(form), copies[form])
            if form in KEYS:
                # Shown only: the window's own menu has the key.
                action.setShortcut(QKeySequence(KEYS[form]))
                action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)


def copies_at(widget: QWidget | None) -> Copies:
    """What can be copied at a widget: what it offers itself, or the nearest one around it that offers anything."""
    while widget is not None:
        offered = getattr(widget, "copies", None)
        if offered is not None:
            return dict(offered())
        widget = widget.parentWidget()
    return {}


def copy_text(machine: Machine, text: str) -> None:
    """Put a text into the clipboard, and say so."""
    QGuiApplication.clipboard().setText(text)
    machine.told.emit(translate("Copying", "Copied {0} characters.").format(f"{len(text):,}"))


def copy_made(machine: Machine, make: Callable[[Screen, Session, Work], str]) -> None:
    """Copy what is made on the worker, with a screen of its own."""
    screen = machine.screen.beside()
    machine.tasks.run(
        lambda work: make(screen, machine.session, work),
        partial(copy_text, machine),
        lambda error: machine.told.emit(_said(error)),
        slot="copy",
    )



def value_text(value: Value) -> str:
    """A value as it is copied: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) and value.isprintable() else dumps(value, indent=2)


def _said(error: EsviewerError) -> str:
    return localised(str(error))


# Events and reads


def copy_events(machine: Machine, keys: Sequence[tuple[str, int]]) -> None:
    """Copy events, by aggregate and version, as the JSON that `esviewer events --json` prints."""
    wanted = list(keys)[:MOST_ROWS]

    def make(screen: Screen, session: Session, work: Work) -> str:
        found = [_as_shown(session.store.event(*key, work=work), screen).as_json() for key in wanted]
        return dumps(found[0], indent=2) if len(found) == 1 else "\n".join(map(dumps, found))

    copy_made(machine, make)


def _as_shown(event: Event, screen: Screen) -> Event:
    masked, of = screen.event(event), event.aggregate_id
    return replace(
        masked,
        aggregate_id=screen.aggregate_id(of, event.aggregate_type),
        data=masked.data if event.error is not None else screen.shown(event.data, (), of),
        metadata=screen.shown(event.metadata, (), of),
    )


def copy_sql(machine: Machine, read: Read) -> None:
    """Copy the SELECT that reads an event or an aggregate, unless it would tell what is masked."""

    masked = translate("Links", "The id is masked, and what is copied would tell it: reveal it first.")

    def make(screen: Screen, session: Session, work: Work) -> str:
        sql = session.store.sql(read.aggregate_id, read.version, work=work)
        of = read.aggregate_id
        rest = sql.replace(of, "")
        if screen.aggregate_id(of, read.aggregate_type) != of or screen.text(rest) != rest:
            raise UsageError(masked)
        return sql

    copy_made(machine, make)


def copies_of_event(machine: Machine, aggregate_id: str, aggregate_type: str | None, version: int) -> Copies:
    """An event as JSON, and the SQL that reads it."""
    return {
        Form.JSON: partial(copy_events, machine, [(aggregate_id, version)]),
        Form.SQL: partial(copy_sql, machine, Read(aggregate_id, aggregate_type, version)),
    }


# Rows


def copies_of_rows(machine: Machine, view: QAbstractItemView) -> Copies:
    """The chosen rows of a table or tree, as they are shown: as text, and as CSV with the heads of the columns."""
    if not view.currentIndex().isValid():
        return {}
    return {
        Form.VALUE: lambda: copy_text(machine, "\n".join("\t".join(row) for row in _cells(view, chosen_rows(view)))),
        Form.CSV: lambda: copy_text(machine, csv_text([_heads(view), *_cells(view, chosen_rows(view))])),
    }


def copies_of_focused(machine: Machine, *views: QAbstractItemView) -> Copies:
    """The same of that one of a room's tables and trees that has the focus."""
    return next((copies_of_rows(machine, view) for view in views if view.hasFocus()), {})


def chosen_rows(view: QAbstractItemView) -> list[QModelIndex]:
    """The first cells of the chosen rows, in their order; the current one where none is chosen."""
    return first_chosen(view, MOST_ROWS) or [view.currentIndex().siblingAtColumn(0)]


def first_chosen(view: QAbstractItemView, most: int) -> list[QModelIndex]:
    """The first cells of the chosen rows, in their order, `most` of them at most: all of a long list may be chosen."""
    selection = view.selectionModel().selection()
    ranges = sorted((selection.at(place) for place in range(selection.count())), key=QItemSelectionRange.top)
    found: list[QModelIndex] = []
    for each in ranges:
        if each.left() == 0:
            last = min(each.bottom(), each.top() + most - len(found) - 1)
            found += [each.model().index(row, 0, each.parent()) for row in range(each.top(), last + 1)]
    return found


def _heads(view: QAbstractItemView) -> list[str]:
    model = view.model()
    columns = range(model.columnCount())
    return [str(model.headerData(each, Qt.Orientation.Horizontal) or "") for each in columns]


def _cells(view: QAbstractItemView, rows: Sequence[QModelIndex]) -> list[list[str]]:
    columns = range(view.model().columnCount())
    return [[str(row.siblingAtColumn(each).data() or "") for each in columns] for row in rows]


def csv_text(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV, in which nothing is a formula and everything can be seen."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([spreadsheet_text(visible(each)) for each in row] for row in rows)
    return out.getvalue()
