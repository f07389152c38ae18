"""The keys that only a part of a room takes while it has the focus, for the sheet of keys; menus can't show them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from esviewer.gui.language import translate
from esviewer.gui.store_rooms import HISTORY, LANES, titles

_KEYS = Qt.Key


def _text(*keys: Qt.Key | Qt.KeyboardModifier | QKeySequence | str) -> str:
    native = QKeySequence.SequenceFormat.NativeText
    return "  ".join(each if isinstance(each, str) else QKeySequence(each).toString(native) for each in keys)


def keys_within() -> list[tuple[str, str, str]]:
    """Where, which keys, and what they do."""
    room = titles()
    arrows = _text(_KEYS.Key_Left, _KEYS.Key_Right)
    ends = _text(_KEYS.Key_Home, _KEYS.Key_End)
    near = "+  −"
    enter, shift = _text(_KEYS.Key_Return), QKeySequence("Shift+Left").toString(QKeySequence.SequenceFormat.NativeText)
    aggregates = translate("KeysSheet", "{0}: list of aggregates").format(room[HISTORY])
    chart = translate("KeysSheet", "Charts of fields, schema and results")
    events = translate("KeysSheet", "{0}: chart").format(room["events"])
    flow, lanes = translate("KeysSheet", "{0}: picture").format(room["flow"]), room[LANES]
    return [
        (aggregates, QKeySequence("Ctrl+Space").toString(), translate("KeysSheet", "Choose one more aggregate")),
        (aggregates, QKeySequence("Ctrl+Return").toString(), translate("KeysSheet", "Open it in a new tab")),
        (room[HISTORY], enter, translate("KeysSheet", "Go to the event that wrote a value")),
        (room[HISTORY], enter, translate("KeysSheet", "Unfold a run of equal events, or fold it")),
        (events, f"{arrows}  {ends}", translate("KeysSheet", "Go to a stretch of time")),
        (events, shift, translate("KeysSheet", "Choose several stretches")),
        (events, enter, translate("KeysSheet", "Ask for the events of that time")),
        (events, _text(_KEYS.Key_Escape), translate("KeysSheet", "Choose no time")),
        (flow, arrows, translate("KeysSheet", "The next path, or the one before")),
        (flow, enter, translate("KeysSheet", "Go to the aggregates that took it")),
        (flow, f"{near}  0", translate("KeysSheet", "Nearer, farther, show all")),
        (lanes, arrows, translate("KeysSheet", "The next event of the lane, or the one before")),
        (lanes, ends, translate("KeysSheet", "The lane's first event, or its last")),
        (lanes, _text(_KEYS.Key_Up, _KEYS.Key_Down), translate("KeysSheet", "Another lane")),
        (lanes, QKeySequence("Alt+Up").toString(), translate("KeysSheet", "Move the lane up, or down")),
        (lanes, enter, translate("KeysSheet", "Open the event, or the lane's aggregate")),
        (lanes, _text(_KEYS.Key_Delete), translate("KeysSheet", "Remove the lane")),
        (lanes, f"{near}  0", translate("KeysSheet", "Nearer, farther, show all")),
        (lanes, _text(_KEYS.Key_PageUp, _KEYS.Key_PageDown), translate("KeysSheet", "Earlier, later")),
        (chart, near, translate("KeysSheet", "Nearer, farther")),
        (chart, arrows, translate("KeysSheet", "Earlier, later")),
        (chart, _text(_KEYS.Key_Home), translate("KeysSheet", "Show all")),
    ]
