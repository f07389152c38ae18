"""How far an earlier audit came: a position, or the JSON report that names it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from esviewer.errors import UsageError
from esviewer.model.exactjson import NotJsonError, loads
from esviewer.model.values import Value
from esviewer.report.audit import AUDIT, LAST_POSITION
from esviewer.report.document import FORM

_HINT = "--since takes a position, or the JSON report of an earlier audit."


def position_of(given: str, store: str) -> int:
    """The position that a number, or the report of an audit of the store (its path or URL), says.

    Raises UsageError for anything else, and for the report of another store.
    """
    with suppress(ValueError):
        number = int(given)
        if not 0 <= number < 1 << 63:
            raise UsageError(f"{given} is no position.", _HINT)
        return number
    try:
        found = loads(Path(given).expanduser().read_bytes())
    except OSError as error:
        raise UsageError(f"{given} is no position, and as a file it can't be read: {error.strerror}.", _HINT) from None
    except (NotJsonError, ValueError):
        raise UsageError(f"{given} is no position and no JSON.", _HINT) from None
    position = _last_position(found)
    if position is None:
        raise UsageError(f"{given} is no report of an audit that names the last position.", _HINT)
    of = str(found["store"])
    if of != store and Path(of).resolve() != Path(store).resolve():
        raise UsageError(f"{given} is the report of an audit of {of}, not of {store}.", _HINT)
    return position


def _last_position(found: Value) -> int | None:
    if not isinstance(found, dict) or found.get("form") != FORM or found.get("kicker") != AUDIT:
        return None
    facts = found.get("facts")
    for fact in facts if isinstance(facts, list) else []:
        if isinstance(fact, dict) and fact.get("label") == LAST_POSITION and type(fact.get("value")) is int:
            return int(fact["value"])
    return None
