"""`esviewer prove`."""

from __future__ import annotations

from pathlib import Path

import click

from esviewer.cli import messages
from esviewer.cli.options import common, id_argument, opened, store_argument


@click.command()
@store_argument
@click.argument("seal", type=click.Path())
@id_argument()
@click.argument("version", type=int)
@click.option("--output", "file", required=True, metavar="FILE", type=click.Path(), help="The proof, as JSON.")
@common(json=False)
def command(
    store: str, seal: str, aggregate_id: str, version: int, file: str, layout: str | None, debug: bool
) -> None:
    """Write the proof that one event was sealed; `esviewer verify FILE` checks it without the store."""
    del debug
    with opened(store, layout) as (session, work):
        from esviewer.app.proofs import prove_event

        proof = prove_event(session, Path(seal), aggregate_id, version, Path(file), work=work)
        messages.done()
        messages.note(
            f"Proof of version {version} of {aggregate_id}, event {proof.index + 1:,} of {proof.statement.size:,}, "
            f"written to {file}."
        )
