"""Keys of a stranger's tables: which there are, and what was probably meant by one that there is not."""

from __future__ import annotations

import difflib
from typing import Any

from esviewer.errors import RulesError
from esviewer.replay.step_writer import MisplacedError

_LATER = {
    "foreign": "reducers in a process of their own can't be run by this version",
    "kind": "only rules can be run by this version, no other kind of reducer",
}


def check_keys(table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    """Raise RulesError for a key that is not known, with the nearest that is."""
    for key in table:
        if key in known:
            continue
        if key in _LATER:
            raise RulesError(_LATER[key])
        near = difflib.get_close_matches(key, known, 1, 0.4)
        if near:
            raise MisplacedError(f"{where} has an unknown key {key[:80]!r}; the nearest is {near[0]}", "", (key,))
        raise MisplacedError(f"{where} has an unknown key {key[:80]!r}; there are {', '.join(known)}", "", (key,))
