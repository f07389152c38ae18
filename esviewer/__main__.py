"""`python -m esviewer`: the same as the `esviewer` command."""

from __future__ import annotations

from esviewer.cli.main import main

if __name__ == "__main__":
    main()
