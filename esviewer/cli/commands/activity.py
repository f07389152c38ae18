"""`esviewer activity`."""

from __future__ import annotations

import click

from esviewer.cli import messages, output
from esviewer.cli.options import moment
from esviewer.errors import EsviewerError


@click.command()
@click.option("--since", metavar="TIME", help="Not before this time, such as 'yesterday 14:34'.")
@click.option("--check", "checking", is_flag=True, help="Look for lines that were changed, taken out or put in.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def command(since: str | None, checking: bool, as_json: bool, debug: bool) -> int:
    """Print what was opened, revealed, exported, reported and sealed on this machine by this account.

    With --check, places where the log does not hold together are printed instead, and end it with exit code 1.
    """
    del debug
    from esviewer.app import activity
    from esviewer.app.activity_rows import COLUMNS, row_of

    first = None if since is None else moment(since, "--since")
    try:
        if checking:
            return _check(as_json)
        if as_json:
            output.json_lines(activity.entries(first))
        else:
            output.table(COLUMNS, map(row_of, activity.entries(first)))
    except OSError as error:
        reason = error.strerror or str(error)
        raise EsviewerError(f"The activity log can't be read: {reason}.", f"Look at {activity.folder()}.") from None
    return 0


def _check(as_json: bool) -> int:
    from esviewer.app import activity

    found = 0
    for broken in activity.check():
        found += 1
        if as_json:
            output.json_line(broken.as_json())
        else:
            output.line(output.visible(f"{broken.file}, line {broken.line}: {broken.why}"))
    if found:
        return 1
    lines = sum(1 for _ in activity.entries())
    messages.note(f"The log in {activity.folder()} holds together: {lines:,} line{'' if lines == 1 else 's'}.")
    return 0
