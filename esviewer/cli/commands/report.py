"""`esviewer report`."""

from __future__ import annotations

from pathlib import Path

import click

from esviewer.app.asking import check_named_reducers
from esviewer.app.reporting import report_to_file
from esviewer.cli import messages
from esviewer.cli.options import (
    common,
    evidence_options,
    evidence_wanted,
    id_argument,
    masking,
    masking_options,
    opened,
    output_file,
    store_argument,
)
from esviewer.report.write import check_ending


@click.command()
@store_argument
@id_argument()
@click.option(
    "--output",
    "file",
    required=True,
    metavar="FILE",
    type=click.Path(),
    help="Ends in .html, .pdf, .xlsx, .csv, .json or .md.",
)
@evidence_options
@masking_options
@common(reducer=True, json=False)
def command(
    store: str,
    aggregate_id: str,
    file: str,
    evidence: bool,
    seal: str | None,
    sign: str | None,
    mask: str | None,
    no_mask: bool,
    layout: str | None,
    reducers: tuple[str, ...],
    debug: bool,
) -> None:
    """Write one aggregate's audit report; the form is the file's ending.

    What looks sensitive is masked, and the report says so.
    """
    del debug
    check_ending(Path(file))
    with opened(store, layout, reducers) as (session, work):
        path = output_file(file, session)
        check_named_reducers(session, aggregate_id, work)
        rules = masking(session, mask, no_mask)
        wanted = evidence_wanted(evidence, seal, sign)
        report = report_to_file(session, aggregate_id, path, rules=rules, evidence=wanted, work=work)
        messages.done()
        if report.masked is not None and report.masked.values:
            messages.note(report.masked.sentence)
        messages.written(file, proven=wanted is not None)
