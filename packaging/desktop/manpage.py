"""Prints the manual page esviewer(1), made of the commands themselves."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from esviewer import __version__
from esviewer.cli.main import _COMMANDS, cli


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in text.splitlines())


def main() -> None:
    day = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), UTC).strftime("%Y-%m-%d")
    lines = [
        f'.TH ESVIEWER 1 "{day}" "esviewer {__version__}"',
        ".SH NAME",
        "esviewer \\- audit and time travel for event\\-sourced systems",
        ".SH SYNOPSIS",
        ".B esviewer",
        "[\\fISTORE\\fR]",
        ".br",
        ".B esviewer",
        "\\fICOMMAND\\fR [\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
        ".SH DESCRIPTION",
        _escaped(
            "esviewer opens the database of an event-sourced system, read-only, lists its aggregates, shows the events "
            "of each on a timeline, rebuilds its state at any version or date, says which event wrote each value, "
            "compares any two states, checks the whole store, and exports reports."
        ),
        ".PP",
        _escaped(
            "STORE is a file, a SQLAlchemy URL such as postgresql://user@host/database, a saved connection's name, or "
            "a link (esviewer://open?store=...). Without one the window opens on its start page."
        ),
        ".SH COMMANDS",
    ]
    for name, text in _COMMANDS.items():
        lines += [".TP", f"\\fB{_escaped(name)}\\fR", _escaped(text)]
    lines += [
        ".PP",
        "\\fBesviewer\\fR \\fICOMMAND\\fR \\fB\\-\\-help\\fR tells the options of each; most take \\fB\\-\\-json\\fR.",
        ".SH OPTIONS",
        ".TP",
        "\\fB\\-\\-version\\fR",
        "Show the version and exit.",
        ".TP",
        "\\fB\\-h\\fR, \\fB\\-\\-help\\fR",
        "Show what the commands do and exit.",
        ".SH EXIT STATUS",
        _escaped((cli.epilog or "").partition("Exit codes: ")[2].replace(", ", ",\n")),
        ".SH ENVIRONMENT",
        ".TP",
        "\\fBESVIEWER_CONFIG_DIR\\fR",
        "The folder of settings, layouts and saved connections.",
        ".TP",
        "\\fBESVIEWER_OPERATOR\\fR",
        "Who asks, for reports and the activity log.",
        ".SH SEE ALSO",
        "The manual is in the program: \\fBesviewer help\\fR lists its pages, F1 opens it in the window.",
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
