"""What a section of a layout is read from, as one FROM: a table, or a subquery that makes one of several.

A plain table stays itself, so that nothing stands between a query and its indexes. Joins, conditions, families of
tables and counted versions become a subquery, which databases merge into the query around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    FromClause,
    Select,
    TableClause,
    alias,
    bindparam,
    column,
    func,
    literal,
    literal_column,
    null,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy import types as sql
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import registry as dialects
from sqlalchemy.engine.interfaces import Dialect

from esviewer.errors import StoreError
from esviewer.stores.codecs.cipher import cipher_key
from esviewer.stores.databases.catalog import Column, Index, Keys, Table
from esviewer.stores.layouts.detection import Section, extra_columns
from esviewer.stores.layouts.model import Source, Spread, folded, sql_for

NUMBER: Final = "counted version"
_PLACE = re.compile(r"\{([^{}]+)\}")
_QUOTING: Final = ("sqlite", "mysql", "mssql")
"""Kinds of databases whose own dialects write names; the others write them as PostgreSQL does."""


def bound(value: Any) -> BindParameter[Any]:
    """A parameter whose type the database infers, so that text compares with uuid and int with numeric."""
    return bindparam(None, value, type_=sql.NullType(), unique=True)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a relation."""

    name: str
    """How it is called in the relation's FROM."""
    column: Column
    """What the database says of it."""


@dataclass(frozen=True, slots=True)
class JoinedId:
    """An aggregate's id that lies in a joined table."""

    ours: Field
    """Our column that stands for it."""
    keys: Keys
    """The joined table's."""
    ident: ColumnElement[Any]
    """The id in the joined table."""
    stands: ColumnElement[Any]
    """What stands for it, in the joined table."""


class Relation:
    """One section of a layout put onto its tables; raises StoreError when a column that it names is missing."""

    def __init__(
        self,
        section: Section,
        keys: Mapping[str, Keys],
        database: str,
        *,
        id_source: Source,
        version_source: Source,
        members: Sequence[tuple[Table, str]] = (),
        only: Sequence[tuple[Source, Any]] = (),
        name: str = "e",
        cipher: Callable[[], bytes | None] = cipher_key,
    ) -> None:
        """`keys` by full table name; `members` are a family's tables; `only` keeps rows with these values.

        `cipher` gives the key for encrypted payloads.
        """
        self.cipher = cipher
        self.only = tuple(only)
        """The parts, with their values, that its rows were narrowed to."""
        self._name = name
        self.section = section
        self.database = database
        self.keys = keys[section.table.full_name]
        self._all_keys = keys
        self._fields: dict[str, Field] = {}
        layout = section.layout
        several = layout.joins or layout.family or layout.spread
        self.plain: bool = not (several or layout.where or version_source.number or only)
        base: FromClause
        self.members: tuple[tuple[Table, str], ...] = ()
        """The tables of a family with their labels."""
        if layout.family is not None:
            kept = list(members or section.members)
            for part, value in only:
                if layout.family.label in part.columns:
                    kept = [pair for pair in kept if pair[1] == value] or kept[:1]
            self.members = tuple(kept)
            base = self._union(kept)
            alone = self.keys_of(kept[0][0]) if len(kept) == 1 else None
            # A rowid is of no use in a subquery that does not show it.
            self.keys = Keys((), None, None, frozenset()) if alone is None else replace(alone, rowid=None)
        elif layout.spread is not None:
            base = self._spread(layout.spread)
            self.keys = Keys((), None, None, frozenset())
        else:
            base = self._table(section.table, self.keys.rowid)
        if self.plain:
            self.source = base
            for each in section.table.columns:
                self._fields.setdefault(folded(each.name), Field(each.name, each))
        else:
            self.source = self._subquery(base, id_source, version_source, only)
        self.joined_id = self._joined_id(id_source)

    def clause(self, found: Table) -> TableClause:
        """One of its tables by itself, with all rows."""
        return self._table(found)

    # Making it

    def _table(self, found: Table, rowid: str | None = None) -> TableClause:
        names = [each.name for each in found.columns]
        if rowid is not None:
            names.append(rowid)
        return table(found.name, *map(column, names), schema=found.schema)

    def _union(self, members: Sequence[tuple[Table, str]]) -> FromClause:
        """All members one below the other, with the columns that all of them have."""
        family = self.section.layout.family
        shared = [
            each
            for each in members[0][0].columns
            if all(any(folded(other.name) == folded(each.name) for other in found.columns) for found, _ in members)
        ]
        mixed = {each.name for each in shared if len({_kind_in(found, each.name) for found, _ in members}) > 1}
        selects: list[Select[Any]] = []
        for found, label in members:
            source = self._table(found)
            named = {folded(each.name): each for each in found.columns}
            picked: list[ColumnElement[Any]] = []
            for each in shared:
                own = named[folded(each.name)]
                held = source.c[own.name]
                # Columns that are of different kinds in different tables meet as texts.
                picked.append((as_text(held, own) if each.name in mixed else held).label(each.name))
            if family is not None and family.label:
                picked.append(literal(label, sql.String()).label(family.label))
            selects.append(select(*picked))
        for each in shared:
            known = Column(each.name, "text", each.nullable) if each.name in mixed else each
            self._fields.setdefault(folded(each.name), Field(each.name, known))
        if family is not None and family.label:
            self._fields[folded(family.label)] = Field(family.label, Column(family.label, "text", False))
        return (union_all(*selects) if len(selects) > 1 else selects[0]).subquery("members")

    def _spread(self, spread: Spread) -> FromClause:
        """A row for each column with a value that the layout does not name, and one where there is none."""
        found = self.section.table
        extra = extra_columns(self.section.layout, found)
        named = [each for each in found.columns if each not in extra]
        source = self._table(found)
        selects: list[Select[Any]] = []
        for each in extra:
            label = literal(each.name, sql.String()).label(spread.name)
            value = as_text(source.c[each.name], each).label(spread.value)
            picked = [source.c[name.name] for name in named]
            selects.append(select(*picked, label, value).where(source.c[each.name].is_not(None)))
        none = [sql_cast(null(), sql.String(255)).label(name) for name in (spread.name, spread.value)]
        nowhere = [source.c[each.name].is_(None) for each in extra]
        selects.append(select(*[source.c[each.name] for each in named], *none).where(*nowhere))
        for each in (*named, Column(spread.name, "text", True), Column(spread.value, "text", True)):
            self._fields.setdefault(folded(each.name), Field(each.name, each))
        return union_all(*selects).subquery("spread")

    def _subquery(
        self, base: FromClause, id_source: Source, version_source: Source, only: Sequence[tuple[Source, Any]]
    ) -> FromClause:
        layout = self.section.layout
        family = self._fields
        inner: dict[str, tuple[ColumnElement[Any], Field]] = {}
        ours = alias(base, "b") if isinstance(base, TableClause) else base
        if family:
            for key, each in family.items():
                inner[key] = (ours.c[each.name], each)
        else:
            for found in self.section.table.columns:
                inner.setdefault(folded(found.name), (ours.c[found.name], Field(found.name, found)))
        source: FromClause = ours
        for join in layout.joins:
            partner = self.section.joined.get(join.name)
            if partner is None:
                # A condition may name what is not there: it is null.
                for name in join.required:
                    none = Field(f"{join.name}.{name}", Column(name, "other", True))
                    inner.setdefault(f"{join.name}.{folded(name)}", (null(), none))
                continue
            theirs = alias(self._table(partner), f"j_{join.name}")
            names = {folded(each.name): each for each in partner.columns}
            pairs: ColumnElement[bool] = true()
            for their, our in join.on.items():
                left, _ = self._among(inner, our)
                pairs = pairs & self._same(theirs.c[names[folded(their)].name], names[folded(their)], left, inner, our)
            source = source.join(theirs, pairs, isouter=join.optional)
            for held in partner.columns:
                known = Column(held.name, held.kind, held.nullable or join.optional)
                field = Field(f"{join.name}.{held.name}", known)
                inner.setdefault(f"{join.name}.{folded(held.name)}", (theirs.c[held.name], field))
        picked = [expression.label(field.name) for expression, field in inner.values()]
        if self.keys.rowid is not None:
            picked.append(ours.c[self.keys.rowid].label(self.keys.rowid))
        statement = select(*picked).select_from(source)

        def place(name: str) -> str:
            if name == "table" or name.startswith("table:"):
                return self._table_name(name.removeprefix("table").removeprefix(":"))
            return str(self._among(inner, name)[0].compile(dialect=_dialect(self.database)))

        condition = sql_for(layout.where, self.database)
        if condition is not None:
            statement = statement.where(literal_column(f"({placed(condition, place)})", sql.Boolean()))
        for part, value in only:
            if layout.family is not None and layout.family.label in part.columns:
                continue  # the tables are those already
            whose = self._inner_expression(part, inner, place)
            statement = statement.where(whose.is_(None) if value is None else whose == bound(value))
            self.keys = _fixed(self.keys, part)
        if version_source.number:
            own = [self._inner_expression(id_source, inner, place)]
            if layout.scope:
                own.append(self._inner_expression(layout.part(layout.scope), inner, place))
            counted = func.row_number().over(
                partition_by=own,
                order_by=[self._among(inner, name)[0] for name in version_source.number],
            )
            first = layout.first_version
            statement = statement.add_columns((counted + (first - 1)).label(NUMBER))
            self._fields[NUMBER] = Field(NUMBER, Column(NUMBER, "integer", False))
        self._fields.update({key: each for key, (_, each) in inner.items()})
        return statement.subquery(self._name)

    def _same(
        self,
        theirs: ColumnElement[Any],
        their: Column,
        ours: ColumnElement[Any],
        inner: Mapping[str, tuple[ColumnElement[Any], Field]],
        name: str,
    ) -> ColumnElement[bool]:
        """Equality of two columns, through texts where the database would not compare their types."""
        kind = self._among(inner, name)[1].column.kind
        if self.database != "sqlite" and {kind, their.kind} in ({"uuid", "text"}, {"integer", "text"}):
            return sql_cast(theirs, sql.Text()) == sql_cast(ours, sql.Text())
        return theirs == ours

    def _among(
        self, inner: Mapping[str, tuple[ColumnElement[Any], Field]], name: str
    ) -> tuple[ColumnElement[Any], Field]:
        found = inner.get(_key(name))
        if found is None:
            raise self._missing(name)
        return found

    def _inner_expression(
        self, source: Source, inner: Mapping[str, tuple[ColumnElement[Any], Field]], place: Callable[[str], str]
    ) -> ColumnElement[Any]:
        text = sql_for(source.sql, self.database)
        if text is not None:
            return literal_column(f"({placed(text, place)})")
        if source.joined:
            return joined_text([self._among(inner, name) for name in source.joined], source.separator)
        if source.json:
            held, found = self._among(inner, source.json[0])
            return json_text(held, found.column, source.json[1:], self.database)
        for name in source.columns:
            if _key(name) in inner:
                return inner[_key(name)][0]
        raise self._missing(" or ".join(source.columns))

    def _missing(self, name: str) -> StoreError:
        return StoreError(f"Table {self.section.name} has no column {name}.", "Correct the layout, or choose another.")

    # Using it

    def find(self, names: Sequence[str], only: str = "") -> Field | None:
        """The first of several columns that there is, if any; `only` as in layouts."""
        for name in names:
            found = self._fields.get(_key(name))
            if found is not None and (not only or (found.column.kind == "integer") == (only == "integer")):
                return found
        return None

    def raw(self, name: str) -> ColumnElement[Any]:
        """A column by its name in the relation, as it is."""
        return self.source.c[name]

    def expression(self, source: Source) -> ColumnElement[Any] | None:
        """What a source that the database knows selects, but for single columns; None for others."""
        text = sql_for(source.sql, self.database)
        if text is not None:
            return literal_column(f"({placed(text, self._place)})")
        if source.joined:
            return joined_text([self._pair(name) for name in source.joined], source.separator)
        if source.json:
            found, field = self._pair(source.json[0])
            return json_text(found, field.column, source.json[1:], self.database)
        if source.number:
            return self.raw(NUMBER)
        return None

    def given(self, source: Source) -> ColumnElement[Any] | None:
        """What a source that the database knows selects, single columns as they are; None where it has none."""
        found = self.find(source.columns, source.only)
        return self.expression(source) if found is None else self.raw(found.name)

    def _pair(self, name: str) -> tuple[ColumnElement[Any], Field]:
        field = self.find([name])
        if field is None:
            raise self._missing(name)
        return self.raw(field.name), field

    def keys_of(self, found: Table) -> Keys | None:
        """What is known of one table's order and keys."""
        return self._all_keys.get(found.full_name)

    def _table_name(self, join: str) -> str:
        """A table's full name as SQL writes it: the joined one's, or our own."""
        found = self.section.joined.get(join) if join else self.section.table
        if found is None:
            raise self._missing(f"of a table {join}")
        quote = _dialect(self.database).identifier_preparer.quote_identifier
        return ".".join(quote(name) for name in (found.schema, found.name) if name)

    def _place(self, name: str) -> str:
        if name == "table" or name.startswith("table:"):
            return self._table_name(name.removeprefix("table").removeprefix(":"))
        return str(self._pair(name)[0].compile(dialect=_dialect(self.database)))

    def _joined_id(self, source: Source) -> JoinedId | None:
        """For an id that comes from a joined table: our column that stands for it, and where to look it up."""
        found = None if source.sql or source.joined or source.json else self.find(source.columns)
        if found is None or "." not in found.name:
            return None
        name = found.name.partition(".")[0]
        join = next((each for each in self.section.layout.joins if each.name == name), None)
        if join is None:
            return None  # a column of our own with a dot in its name
        if join.optional or len(join.on) != 1:
            return None
        partner = self.section.joined[name]
        theirs, named = next(iter(join.on.items()))
        ours = self.find([named])
        keys = self._all_keys.get(partner.full_name)
        if ours is None or keys is None or "." in ours.name:
            return None
        source_table = self._table(partner)
        real = next(each.name for each in partner.columns if folded(each.name) == folded(theirs))
        return JoinedId(ours, keys, source_table.c[found.column.name], source_table.c[real])


def _kind_in(found: Table, name: str) -> str:
    return next(each.kind for each in found.columns if folded(each.name) == folded(name))


def _fixed(keys: Keys, part: Source) -> Keys:
    """What indexes give where a part's columns have one value: they order by the rest."""
    names = {folded(name) for name in part.columns}
    indexes = [
        Index(tuple(name for name in index.columns if folded(name) not in names), index.unique)
        for index in keys.indexes
    ]
    return replace(keys, indexes=tuple(index for index in indexes if index.columns))


def _key(name: str) -> str:
    head, dot, tail = name.rpartition(".")
    return f"{head}.{folded(tail)}" if dot else folded(name)


@cache
def _dialect(database: str) -> Dialect:
    made: Dialect = dialects.load(database if database in _QUOTING else "postgresql")()
    return made


def placed(text: str, place: Callable[[str], str]) -> str:
    """An SQL text with every `{column}` in it replaced."""
    return _PLACE.sub(lambda match: place(match[1]), text)


def as_text(expression: ColumnElement[Any], found: Column) -> ColumnElement[Any]:
    """A column as text."""
    return expression if found.kind == "text" else sql_cast(expression, sql.String())


def joined_text(parts: Sequence[tuple[ColumnElement[Any], Field]], separator: str) -> ColumnElement[Any]:
    """Several columns put together to one text."""
    texts = [sql_cast(expression, sql.String(255)) for expression, _ in parts]
    whole: ColumnElement[Any] = texts[0]
    for each in texts[1:]:
        whole = whole.concat(literal(separator, sql.String())).concat(each)
    return whole


def json_text(expression: ColumnElement[Any], found: Column, path: Sequence[str], database: str) -> ColumnElement[Any]:
    """A key inside a JSON column as text, found by the database."""
    if database == "postgresql":
        document = expression
        if found.kind == "bytes":
            document = func.convert_from(expression, "UTF8")
        if found.kind != "json":
            document = sql_cast(document, postgresql.JSONB())
        for key in path[:-1]:
            document = document.op("->")(literal_column(_quoted(key)))
        return document.op("->>", return_type=sql.Text())(literal_column(_quoted(path[-1])))
    pointer = "$" + "".join('."' + key.replace('"', '\\"') + '"' for key in path)
    if database == "mysql":
        return func.json_unquote(func.json_extract(expression, pointer), type_=sql.Text())
    if database == "mssql":
        return func.json_value(expression, pointer, type_=sql.Text())
    if database == "duckdb":
        return func.json_extract_string(expression, pointer, type_=sql.Text())
    return func.json_extract(expression, pointer, type_=sql.Text())


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
