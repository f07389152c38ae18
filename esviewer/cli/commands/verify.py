"""`esviewer verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from esviewer.cli import messages, output
from esviewer.cli.options import common, new_file, opened

if TYPE_CHECKING:
    from esviewer.app.verdicts import Found


@click.command()
@click.argument("store", metavar="[STORE]", type=click.Path())
@click.argument("file", type=click.Path(), required=False)
@click.option("--key", type=click.Path(), metavar="PUBLIC.pem", help="The key that it must be signed with.")
@click.option(
    "--tolerance", type=click.IntRange(0), default=60, show_default=True, metavar="SECONDS",
    help="How much older than the newest sealed event a new one may be.",
)  # fmt: skip
@click.option("--consistency", type=click.Path(), metavar="FILE", help="Write the proof that the store only grew.")
@common()
def command(
    store: str,
    file: str | None,
    key: str | None,
    tolerance: int,
    consistency: str | None,
    layout: str | None,
    as_json: bool,
    debug: bool,
) -> int:
    """Verify a store by the seal FILE, or, without a store, what a seal, a proof or a report says by itself.

    A report is verified by its evidence, REPORT.evidence.json beside it.

    Ends with 1 when something is not as it was sealed, and names it.
    """
    del debug
    public = None if key is None else Path(key)
    if file is None:
        if consistency is not None or layout is not None:
            raise click.UsageError("--consistency and --layout need a STORE.")
        from esviewer.app.evidence import check_report, is_report
        from esviewer.app.proofs import check_file

        if is_report(Path(store)):
            return _tell(check_report(Path(store), key=public), as_json)
        return _tell(check_file(Path(store), key=public), as_json)
    from esviewer.app.evidence import is_report
    from esviewer.app.proofs import write_json
    from esviewer.app.verdicts import verify_with
    from esviewer.audit.seals.file import form_of
    from esviewer.audit.seals.verifying import Verdict

    if not is_report(Path(file)):
        form_of(Path(file))  # a bad file is told before the store is opened
    with opened(store, layout) as (session, work):
        target = None if consistency is None else new_file(consistency, session)
        found = verify_with(session, Path(file), key=public, tolerance=tolerance, work=work)
        if target is not None:
            if not isinstance(found, Verdict) or found.proof is None:
                messages.note(f"{target} is not written: there is no proof that the store only grew.")
            else:
                write_json(target, found.proof.as_json())
    return _tell(found, as_json)


def _tell(found: Found, as_json: bool) -> int:
    from esviewer.app.verdicts import headline, only_grew, remarks, sentences
    from esviewer.audit.seals.verifying import Verdict

    if as_json:
        output.json_line(found.as_json())
        return 0 if found.verified else 1
    lines = [headline(found)]
    if isinstance(found, Verdict):
        lines += [f"{each.kind}: {each.message}" for each in found.differences]
        lines += sentences(found)
        if only_grew(found):
            proof = "--consistency FILE writes the proof."
            lines.append(f"The store only grew: the sealed tree begins the store's; {proof}")
        lines += [f"The seal: {found.trust.message}", *remarks(found)]
    else:
        lines += [*sentences(found), found.trust.message]
    for line in lines:
        output.line(output.visible(line))
    return 0 if found.verified else 1
