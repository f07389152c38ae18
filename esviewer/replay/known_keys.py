"""Keys of a stranger's tables: which there are, and what was probably meant by one that there is not."""

from __future__ import annotations

import difflib
from typing import Any

from esviewer.errors import RulesError
from esviewer.model.clause import clause
from esviewer.replay.step_writer import MisplacedError

_LATER = {
    "foreign": "reducers in a process of their own can't be run by this version",
    "kind": "only rules can be run by this version, no other kind of reducer",
}


def check_keys(table: dict[str, Any], known: tuple[str, ...], where: str = "") -> None:
    """Raise RulesError for a key that is not known, with the nearest that is.

    `where` names the table; left out where the message goes on from its name.
    """
    for key in table:
        if key in known:
            continue
        if key in _LATER:
            raise RulesError(_LATER[key])
        near = difflib.get_close_matches(key, known, 1, 0.4)
        shown, all_known = repr(key[:80]), ", ".join(known)
        if near and where:
            said = clause(f"{where} has an unknown key {shown}; the nearest is {near[0]}")
        elif near:
            said = clause(f"it has an unknown key {shown}; the nearest is {near[0]}")
        elif where:
            said = clause(f"{where} has an unknown key {shown}; there are {all_known}")
        else:
            said = clause(f"it has an unknown key {shown}; there are {all_known}")
        raise MisplacedError(said, "", (key,))
