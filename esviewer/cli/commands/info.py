"""`esviewer info`."""

from __future__ import annotations

import click

from esviewer.cli import output
from esviewer.cli.options import common, opened, store_argument


@click.command()
@store_argument
@common()
def command(store: str, layout: str | None, as_json: bool, debug: bool) -> None:
    """A store in numbers: what it is, how much is in it, since when and until when."""
    del debug
    with opened(store, layout) as (session, work):
        found = session.store.info(work=work)
        if as_json:
            output.json_line(found.as_json())
            return
        rows = [
            ("store", found.store),
            ("database", found.database),
            ("layout", f"{session.store.layout.name} ({session.store.layout.title})"),
            *[("because", reason) for reason in session.store.fit.reasons],
            ("events", f"{found.events:,}"),
            ("aggregates", "unknown" if found.aggregates is None else f"{found.aggregates:,}"),
            ("snapshots", f"{found.snapshots:,}"),
            ("first event", str(found.first_event or "no time")),
            ("last event", str(found.last_event or "no time")),
        ]
        rows += [(f"events of {name}", f"{count:,}") for name, count in found.event_types.items()]
        rows += [(f"aggregates of {name}", f"{count:,}") for name, count in found.aggregate_types.items()]
        output.table(("what", "value"), rows)
