"""An audit of a layout's store, in which only what the tests put there is wrong."""

from __future__ import annotations

from collections import Counter
from typing import Final

from esviewer.app.auditing import Audit
from esviewer.app.reducers import Reducers
from esviewer.app.session import Session
from esviewer.audit.finding import Severity
from esviewer.audit.registry import ALL
from esviewer.audit.settings import AuditSettings
from esviewer.stores.store import Store

_ANYWHERE: Final = {"payload-undecodable", "snapshot-undecodable"}
"""Payloads that can't be decoded are what many a test is about."""
PLANTED: Final[dict[str, set[str]]] = {
    "eventsauce": {"unique-constraint-missing"},
    # The commits all have the same id.
    "neventstore": {"event-id-duplicate"},
    # A message was deleted, and the streams' table is not kept up.
    "sqlstreamstore": {"version-gap", "head-mismatch"},
    # The streams' tables are not kept up; tenants' events share ids.
    "marten": {"head-mismatch", "event-id-duplicate"},
    "marten-8": {"head-mismatch"},
    "polecat": {"head-mismatch"},
    # An event was written by hand among a stream's snapshots, which are no events.
    "message-db": {"version-start"},
    "prooph": {"time-backwards"},
    "resolve": {"time-future"},
    # One release's tables have no unique index.
    "spatie": {"unique-constraint-missing"},
}
"""By layout, the checks of which the rows in its tests give reason to say something."""
_audited: set[tuple[str, str, str]] = set()
"""Stores that were audited: many tests open the same."""


def check_audit(store: Store) -> None:
    """No error and no warning is an audit's own fault, and each check that tells nothing looked or says why not."""
    store_once = store.label, store.layout.name, str(store.fit.tables)
    if store_once in _audited:
        return
    _audited.add(store_once)
    audit = Audit(Session(store, Reducers()), AuditSettings())
    found = Counter(each.check for each in audit.run() if each.severity > Severity.INFO)
    wrong = found.keys() - _ANYWHERE - PLANTED.get(store.layout.name, set())
    assert not wrong, f"{store.layout.name}: {found}"
    looked = {each.name for each in audit.checks}
    assert looked | audit.summary.not_checked.keys() == {each.name for each in ALL}
    assert all(not why.endswith(".") for why in audit.summary.not_checked.values())
