"""`esviewer flow`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, opened, store_argument, utf8
from esviewer.questions.process_map import Flow


@click.command()
@store_argument
@click.option("--type", "type_glob", callback=utf8, metavar="GLOB", help="Only aggregates of types like this.")
@common()
def command(store: str, type_glob: str | None, layout: str | None, as_json: bool, debug: bool) -> None:
    """Show which event type follows which in the lives of aggregates, how often and after what time.

    Times are exact for a path that was taken fewer than 1,000 times, else within 1 %.
    """
    del debug
    with opened(store, layout) as (session, work):
        from esviewer.app.process_map import process_map

        made = process_map(session.store, type_glob, work=work)
        messages.done()
        flows = made.flows()
        if as_json:
            output.json_lines(path.as_json(flow.aggregate_type) for flow in flows for path in flow.paths)
        else:
            heads = ("aggregate type", "from", "to", "count", "aggregates", "share", "median", "95 %")
            output.table(heads, _rows(flows))
        if not flows:
            of = "" if type_glob is None else f" of a type like {type_glob}"
            messages.note(f"Note: there are no aggregates{of}, or none of them has an event.")
        if made.left_out:
            messages.note(f"Note: {made.left_out:,} steps are left out: there are more different ones than are kept.")


def _rows(flows: Iterable[Flow]) -> Iterator[tuple[str, ...]]:
    from esviewer.model.duration import duration_text

    for flow in flows:
        for path in flow.paths:
            times = [None if each is None else each * 1000 for each in (path.median_us, path.p95_us)]
            yield (
                flow.aggregate_type or "",
                "(begins)" if path.source is None else path.source,
                "(ends)" if path.target is None else path.target,
                f"{path.count:,}",
                f"{path.aggregates:,}",
                f"{path.share:.1%}",
                *("" if each is None else duration_text(each) for each in times),
            )
