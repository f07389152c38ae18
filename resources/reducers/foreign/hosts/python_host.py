"""Folds events with functions of a Python module: `python3 python_host.py SETTINGS`, a JSON object.

`module` or `file`, `evolve` (state, event) → state, `initial` (a function or a value), `load` (JSON → state), `path`.
"""

from __future__ import annotations

import copy
import importlib
import importlib.util
import sys
from functools import reduce
from pathlib import Path
from typing import Any

from foreign_host import MISSING, nothing, serve, untagged, use_folders

PLAIN = (dict, list, str, int, float, type(None))


class PythonHost:
    """A state that a function of the user's turns into the next."""

    def __init__(self, settings: dict) -> None:
        use_folders(settings["path"])
        if "file" in settings:
            module = _module_of(settings["file"])
        else:
            module = importlib.import_module(settings["module"])
        self._initial = _named(module, settings["initial"])
        self._evolve = _named(module, settings["evolve"])
        self._load = _named(module, settings["load"]) if "load" in settings else None
        self.current = None

    def start(self, message: dict, state: Any) -> Any:
        del message
        first = self._initial() if callable(self._initial) else copy.deepcopy(self._initial)
        if state is MISSING:
            self.current = first
        elif self._load is not None:
            self.current = self._load(untagged(state))
        elif isinstance(first, PLAIN):
            self.current = untagged(state)
        else:
            kind = type(first).__name__
            raise TypeError(f"a replay begins in the midst: name a function that makes a {kind} of JSON, load = ...")
        return self.current

    def event(self, event: dict) -> Any:
        event["data"] = untagged(event.get("data"))
        event["metadata"] = untagged(event.get("metadata"))
        # A copy, so that a function that fails half-way, or keeps what it was given, alters nothing.
        self.current = self._evolve(copy.deepcopy(self.current), event)
        return self.current

    def custom(self, value: Any) -> Any:
        return nothing(value)


def _named(module: Any, dotted: str) -> Any:
    try:
        return reduce(getattr, dotted.split("."), module)
    except AttributeError:
        raise LookupError(f"{module.__name__} has no {dotted}") from None


def _module_of(file: str) -> Any:
    name = Path(file).stem
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    serve(PythonHost)
