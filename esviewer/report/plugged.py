"""Report forms of plug-ins.

A form has the name of its files' ending, and is a class with a method `write` of two arguments: the document, which is
the object that the JSON form is described as (see `json.head`), and what is written to, which has `write` for bytes. In
it texts and numbers have Python's types; `rows` of tables are gone through one by one, and may be more than once. It is
made anew, without arguments, for each report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, BinaryIO, Final, overload

from esviewer import plugins
from esviewer.errors import CancelledError, EsviewerError, UsageError
from esviewer.model.values import Value
from esviewer.report.document import Chart, Document, Section, Table
from esviewer.report.forms.json import chart_head, head, row, series_of, small, table_head
from esviewer.work import Work

_KIND: Final = "report-form"
Written = Callable[[Document, BinaryIO, "Work | None"], None]


def endings(taken: Collection[str]) -> list[str]:
    """The endings of those that are switched on; none is loaded."""
    return [each for each in dict.fromkeys(f".{found.name}" for found in plugins.counting(_KIND)) if each not in taken]


def forms(taken: Collection[str]) -> tuple[dict[str, tuple[plugins.Plugin, Any]], list[plugins.Skipped]]:
    """Those that can be used, by name, and those that can't; `taken` are endings of the program's own."""
    return plugins.used(_KIND, _accepted, {each.removeprefix(".") for each in taken})


def form(ending: str, taken: Collection[str]) -> Written:
    """What writes files with an ending; raises UsageError where the plug-in can't be used."""
    good, bad = forms(taken)
    name = ending.removeprefix(".")
    if name not in good:
        why = next((each.why for each in bad if each.plugin.name == name), f"No plug-in writes {ending}.")
        raise UsageError(why, "Choose another ending.")
    plugin, named = good[name]

    def written(document: Document, out: BinaryIO, work: Work | None) -> None:
        target = _Out(out, work)
        try:
            named().write(as_object(document), target)
        except (Exception, SystemExit) as error:
            if target.stopped is not None:
                raise target.stopped from None
            raise EsviewerError(
                f"The report form {plugin} failed: {plugins.what_failed(error)}.",
                "Nothing was written. Choose another form, or ask who made it.",
            ) from error

    return written


def _accepted(_: plugins.Plugin, named: Any) -> Any:
    if not isinstance(named, type) or not callable(getattr(named, "write", None)):
        raise plugins.UnfitError("it is no report form: it needs a class with `write`")
    return named


class _Out:
    """What a form writes to; that it can't be written, or is to stop, is no fault of the form's."""

    def __init__(self, out: BinaryIO, work: Work | None) -> None:
        self._out = out
        self._work = work
        self.stopped: OSError | CancelledError | None = None

    def write(self, data: bytes) -> int:
        """Write bytes; raises TypeError for anything else."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError("a report is written as bytes")
        try:
            if self._work is not None:
                self._work.check()
            return self._out.write(data)
        except (OSError, CancelledError) as error:
            self.stopped = error
            raise


def as_object(document: Document) -> dict[str, Any]:
    """A document as the JSON form describes it, with rows that are made when they are asked for."""
    return {**head(document), "sections": [_section(each) for each in document.sections]}


def _section(section: Section) -> dict[str, Any]:
    blocks = []
    for block in section.blocks:
        if isinstance(block, Table):
            blocks.append({**table_head(block), "rows": _Rows(block)})
        elif isinstance(block, Chart):
            blocks.append({**chart_head(block), "series": [series_of(each) for each in block.series]})
        else:
            blocks.append(small(block))
    return {"title": section.title, "note": section.note, "level": section.level, "blocks": blocks}


class _Rows(Sequence[Mapping[str, Value]]):
    """A table's rows as objects, made one at a time."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table.rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Value]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Mapping[str, Value]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Value] | Sequence[Mapping[str, Value]]:
        if isinstance(index, slice):
            return [row(self._table, each) for each in self._table.rows[index]]
        return row(self._table, self._table.rows[index])

    def __iter__(self) -> Iterator[Mapping[str, Value]]:
        return (row(self._table, each) for each in self._table.rows)
