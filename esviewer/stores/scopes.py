"""Aggregates whose ids are unique only within their type, or within their tenant: one list after another.

Where two of them share an id, each is shown as `TYPE/ID`; all others by their id alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from esviewer.errors import NotFoundError
from esviewer.model.event import AggregateSummary
from esviewer.model.instant import Instant
from esviewer.stores.aggregates import REMEMBERED_KEYS, AggregateRef, Aggregates
from esviewer.stores.as_of import VersionAsOf
from esviewer.stores.binding import EventTable, key_text
from esviewer.stores.databases.database import Database
from esviewer.stores.relation import bound
from esviewer.work import Work

KEPT_SCOPES: Final = 100
"""Scopes whose tables are kept in mind; there may be a tenant for every customer."""
_FEW: Final = 20


@dataclass(frozen=True, slots=True)
class ScopedKey:
    """An aggregate's id as stored, and what it is unique within."""

    scope: Any
    key: Any


class Scopes:
    """Finds and summarises aggregates like `Aggregates`, in each scope by one of those."""

    def __init__(
        self, database: Database, table: EventTable, scope: ColumnElement[Any], within: Callable[[Any], Aggregates]
    ) -> None:
        """`scope` is what ids are unique within, `within` makes the aggregates of one of its values."""
        self.database = database
        self.table = table
        self._column = scope
        self._within = within
        self._made: dict[Any, Aggregates] = {}
        self._scopes: list[Any] | None = None
        self._known: dict[str, ScopedKey] = {}

    def _of(self, scope: Any) -> Aggregates:
        if scope not in self._made:
            if len(self._made) >= KEPT_SCOPES:
                self._made.clear()
            self._made[scope] = self._within(scope)
        return self._made[scope]

    def values(self, work: Work | None, *, anew: bool = False) -> list[Any]:
        """All scopes in order, each found by jumping to the next greater value; kept until asked for `anew`."""
        if self._scopes is not None and not anew:
            return self._scopes
        found: list[Any] = []
        while True:
            following = select(self._column).select_from(self.table.table).where(self._column.is_not(None))
            if found:
                following = following.where(self._column > bound(found[-1]))
            statement = following.order_by(self._column).limit(1)
            row = self.database.read(lambda reader, each=statement: reader.row(each), work)  # type: ignore[misc]
            if row is None:
                break
            found.append(row[0])
        nameless = select(self._column).select_from(self.table.table).where(self._column.is_(None)).limit(1)
        if self.database.read(lambda reader: reader.row(nameless), work) is not None:
            found.append(None)
        self._scopes = found
        return found

    # Ids

    def key(self, shown: str, work: Work | None = None) -> tuple[ScopedKey, str] | None:
        """An aggregate's id as stored and as shown, or None; raises NotFoundError when several are called so."""
        if shown in self._known:
            return self._known[shown], shown
        key = self._looked_up(shown, self._likely(shown, work), work)
        return self._looked_up(shown, self.values(work, anew=True), work) if key is None else key

    def _likely(self, shown: str, work: Work | None) -> Sequence[Any]:
        """The scopes to look into: all when they are few, else those that have the id."""
        scopes = self.values(work)
        if len(scopes) <= _FEW:
            return scopes
        for value in self.table.key_values(shown):
            statement = select(self._column).select_from(self.table.table).where(self.table.has_id(value)).distinct()
            rows = self.database.read(lambda reader, each=statement: reader.rows(each), work)  # type: ignore[misc]
            if rows:
                return [row[0] for row in rows]
        return [scope for scope in scopes if shown.startswith(f"{'' if scope is None else key_text(scope)}/")]

    def _looked_up(self, shown: str, scopes: Sequence[Any], work: Work | None) -> tuple[ScopedKey, str] | None:
        found = []
        for scope in scopes:
            known = self._of(scope).key(shown, work)
            if known is not None:
                found.append((ScopedKey(scope, known[0]), known[1]))
        if len(found) > 1:
            names = " or ".join(_named(each.scope, ident) for each, ident in found[:5])
            raise NotFoundError(f"Several aggregates are called {shown}.", f"Say which one: {names}.")
        if found:
            return found[0]
        for scope in scopes:
            prefix = f"{'' if scope is None else key_text(scope)}/"
            if shown.startswith(prefix):
                known = self._of(scope).key(shown.removeprefix(prefix), work)
                if known is not None:
                    key = ScopedKey(scope, known[0])
                    return key, self._shown(scope, known[1], self.shared([known[0]], scopes, work))
        return None

    def names(self, scope: Any, keys: Sequence[Any], work: Work | None) -> dict[Any, str]:
        """What some aggregates of a scope are called, by their ids as stored."""
        own = list(dict.fromkeys(keys))
        # Those without an id are called so already.
        nameless = {str(self.table.id_source.default)} if self.table.keeps_nameless else set()
        shared = self.shared([key for key in own if key is not None and key not in nameless], None, work)
        return {key: self._shown(scope, self.table.id_text(key), shared & {key}) for key in own}

    def shared(self, keys: Sequence[Any], scopes: Sequence[Any] | None, work: Work | None) -> set[Any]:
        """Those of some ids that are in several scopes."""
        among = self.values(work) if scopes is None else scopes
        if len(among) < 2 or not keys:
            return set()
        if len(among) > _FEW:
            ident = self.table.id
            several = select(self.table.shown_id).select_from(self.table.table)
            several = several.where(ident.in_([bound(key) for key in keys if key is not None])).group_by(ident)
            several = several.having(func.count(self._column.distinct()) > 1)
            return {row[0] for row in self.database.read(lambda reader: reader.rows(several), work)}
        seen: dict[Any, int] = {}
        for scope in among:
            for key in self._of(scope).existing(keys, work):
                seen[key] = seen.get(key, 0) + 1
        return {key for key, count in seen.items() if count > 1}

    def _remember(self, shown: str, key: ScopedKey) -> None:
        if len(self._known) >= REMEMBERED_KEYS:
            self._known.clear()
        self._known[shown] = key

    def _shown(self, scope: Any, ident: str, shared: set[Any]) -> str:
        return _named(scope, ident) if ident in {self.table.id_text(key) for key in shared} else ident

    # Lists

    def listed(
        self, after: str | None, limit: int, type_glob: str | None, search: str | None, work: Work | None
    ) -> list[AggregateRef]:
        """Up to `limit` aggregates by scope and ascending id, those after an id; fewer only at the end."""
        found: list[AggregateRef] = []
        start: tuple[ScopedKey, str] | None = None
        if after is not None:
            start = self.key(after, work)
            if start is None:
                raise NotFoundError(f"There is no aggregate {after} any more.", "List the aggregates anew.")
        scopes = self.values(work, anew=after is None)
        for scope in scopes[scopes.index(start[0].scope) if start is not None else 0 :]:
            within = self._of(scope)
            last = None
            if start is not None and scope == start[0].scope:
                last = self.table.id_text(start[0].key)
            refs = within.listed(last, limit - len(found), type_glob, search, work)
            shared = self.shared([within.stored(ref.aggregate_id) for ref in refs], scopes, work)
            for ref in refs:
                name = self._shown(scope, ref.aggregate_id, shared)
                self._remember(name, ScopedKey(scope, within.stored(ref.aggregate_id)))
                found.append(replace(ref, aggregate_id=name))
            if len(found) >= limit:
                break
        return found

    def summaries(self, shown: Sequence[str], exact: bool, work: Work | None) -> list[AggregateSummary]:
        """The summaries of aggregates in the order asked for; those that don't exist are left out."""
        wanted: dict[Any, dict[str, str]] = {}
        for ident in shown:
            known = self.key(ident, work)
            if known is not None:
                wanted.setdefault(known[0].scope, {})[self.table.id_text(known[0].key)] = ident
        found: dict[str, AggregateSummary] = {}
        for scope, names in wanted.items():
            for each in self._of(scope).summaries(list(names), exact, work):
                name = names.get(each.aggregate_id, each.aggregate_id)
                found[name] = replace(each, aggregate_id=name)
        return [found[ident] for ident in shown if ident in found]

    def versions_as_of(self, shown: Sequence[str], instant: Instant, work: Work | None) -> list[VersionAsOf]:
        """Where a moment lies in aggregates' lives, in the order asked for; those that don't exist are left out."""
        wanted: dict[Any, dict[str, str]] = {}
        for ident in shown:
            known = self.key(ident, work)
            if known is not None:
                wanted.setdefault(known[0].scope, {})[self.table.id_text(known[0].key)] = ident
        found: dict[str, VersionAsOf] = {}
        for scope, names in wanted.items():
            for each in self._of(scope).versions_as_of(list(names), instant, work):
                name = names.get(each.aggregate_id, each.aggregate_id)
                found[name] = replace(each, aggregate_id=name)
        return [found[ident] for ident in shown if ident in found]


def _named(scope: Any, ident: str) -> str:
    return f"{'' if scope is None else key_text(scope)}/{ident}"
