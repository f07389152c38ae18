"""`esviewer trace`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, mask_option, masker_asked, opened, store_argument, utf8

if TYPE_CHECKING:
    from esviewer.app.tracing import Trace
    from esviewer.model.masking import Masker
    from esviewer.questions.causation import Node

_DEEPEST = 20
"""Steps to the right; what is deeper says how deep it is."""


@click.command()
@store_argument
@click.argument("event", metavar="EVENT", callback=utf8)
@click.option("--within", type=click.IntRange(min=1), metavar="N", help="Search only N events before and after it.")
@click.option("--limit", type=click.IntRange(min=1), default=5000, metavar="N", help="At most N events (5000).")
@mask_option
@common()
def command(
    store: str,
    event: str,
    within: int | None,
    limit: int,
    mask: str | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> None:
    """Show all events of one correlation, across aggregates, as a tree of causes and effects.

    EVENT is an event's id, or AGGREGATE_ID@VERSION. With --json the events come in the store's order, each with its
    cause, its depth in the tree and the seconds since its cause.
    """
    del debug
    with opened(store, layout) as (session, work):
        from esviewer.app.tracing import asked_event, trace

        asked = asked_event(session.store, event, work=work)
        found = None
        for found in trace(session.store, asked, reach=within, most=limit, work=work):
            if found.ended:
                break
        messages.done()
        assert found is not None
        masker = masker_asked(session, mask)
        if as_json:
            output.json_lines(_json(found, masker))
        else:
            for line in _lines(found, masker):
                output.line(line)
        _remarks(found)


def _json(found: Trace, masker: Masker | None) -> Iterator[object]:
    made = found.causation
    for number in range(len(made.nodes)):
        line = made.as_json(number)
        if masker is not None:
            cause = made.nodes[number].cause
            event = made.nodes[number].event
            line["aggregate_id"] = masker.aggregate_id(event.aggregate_id, event.aggregate_type)
            if cause is not None and isinstance(line["cause"], dict):
                above = made.nodes[cause].event
                line["cause"]["aggregate_id"] = masker.aggregate_id(above.aggregate_id, above.aggregate_type)
            for key in ("event_id", "type", "correlation_id", "causation_id"):
                line[key] = None if line[key] is None else masker.text(str(line[key]))
        yield line


def _lines(found: Trace, masker: Masker | None) -> Iterator[str]:
    made = found.causation
    text: Callable[[str], str] = (lambda text: text) if masker is None else masker.text
    last: list[bool] = []
    for number in made.walk():
        node = made.nodes[number]
        above = node.cause
        del last[max(0, node.depth - 1) :]
        if above is not None:
            last.append(made.nodes[above].effects[-1] == number)
        stem = "".join("   " if ended else "│  " for ended in last[:-1][-_DEEPEST:])
        branch = "" if above is None else "└─ " if last[-1] else "├─ "
        deep = f"({node.depth} deep) " if node.depth > _DEEPEST else ""
        ident = node.event.aggregate_id
        name = ident if masker is None else masker.aggregate_id(ident, node.event.aggregate_type)
        mark = "* " if node.event.key == found.asked else ""
        yield stem + branch + deep + output.visible(f"{mark}{name} v{node.event.version} {_about(node, text)}")


def _about(node: Node, text: Callable[[str], str]) -> str:
    from esviewer.model.duration import duration_text

    event, cause = node.event, node.event.links.cause
    parts = [text(event.type)]
    if node.latency_ns is not None:
        parts.append(f"+{duration_text(node.latency_ns)}" if node.latency_ns >= 0 else duration_text(node.latency_ns))
    parts.append(str(event.timestamp or "no time"))
    if node.outside:
        parts.append("of another correlation")
    named = "" if cause is None else text(cause.text)
    if node.status == "orphan":
        parts.append(f"? its cause {named} is no event of the store")
    elif node.status == "unknown":
        parts.append(f"its cause {named} was not looked for")
    elif node.status == "cycle":
        parts.append("caused by its own effect")
    return " · ".join(parts)


def _remarks(found: Trace) -> None:
    made = found.causation
    if found.cut:
        messages.note(f"Note: there are more than these {len(made.nodes):,} events; --limit shows more.")
    elif not found.complete:
        messages.note(
            f"Note: only positions {'the first' if found.low is None else found.low} to "
            f"{'the last' if found.high is None else found.high} were searched."
        )
    if found.correlation is None:
        messages.note("Note: the event has no correlation id; these are its causes and effects.")
    orphans = len(made.orphans)
    if orphans:
        messages.note(
            f"Note: {orphans:,} of {len(made.nodes):,} events name a cause that is no event of the store: it was "
            "deleted, or it is a command or a message elsewhere."
        )
