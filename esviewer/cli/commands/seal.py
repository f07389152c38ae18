"""`esviewer seal`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, opened, store_argument

_COMMANDS: Final = """
\b
A key, and its public half for those who verify:
  openssl genpkey -algorithm ed25519 -out key.pem
  openssl pkey -in key.pem -pubout -out public.pem

\b
A time that others vouch for (RFC 3161); TSA is an authority's address, CA.pem its root certificate:
  openssl ts -query -data FILE -sha256 -cert -out FILE.tsq
  curl -sSf -H 'Content-Type: application/timestamp-query' --data-binary @FILE.tsq "$TSA" -o FILE.tsr
  openssl ts -reply -in FILE.tsr -text
  openssl ts -verify -data FILE -in FILE.tsr -CAfile CA.pem

Keep seals, and what vouches for their time, where those who can write the store can't.
"""


@click.command(epilog=_COMMANDS)
@store_argument
@click.argument("file", type=click.Path())
@click.option("--sign", "key", type=click.Path(), metavar="KEY.pem", help="Sign with this Ed25519 key (PKCS #8 PEM).")
@click.option(
    "--after", "previous", type=click.Path(), metavar="SEAL", help="Go on after this seal, if it still holds."
)
@common()
def command(
    store: str, file: str, key: str | None, previous: str | None, layout: str | None, as_json: bool, debug: bool
) -> None:
    """Seal a store: write FILE, by which `esviewer verify` finds every later change.

    What was changed before the first seal, no seal can show.
    """
    del debug
    with opened(store, layout) as (session, work):
        from esviewer.app.sealing import seal_store
        from esviewer.app.verdicts import sealed

        made = seal_store(
            session,
            Path(file),
            sign=None if key is None else Path(key),
            after=None if previous is None else Path(previous),
            work=work,
        )
    if made.replaced is not None:
        was = made.replaced
        messages.note(
            f"Note: {file} held the seal of {was.size:,} events that was made at {was.made}, with the root "
            f"{was.root.hex()}; it is replaced. Name each seal anew: old ones are worth keeping."
        )
    if as_json:
        output.json_line(made.as_json())
        return
    for line in sealed(made):
        output.line(output.visible(line))
    if made.statement.aggregates is None:
        messages.note("There are too many aggregates to give each a digest of its own; the root covers all of them.")
