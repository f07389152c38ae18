"""Finds the files under resources/, in a wheel, an editable install, a checkout and a frozen program alike."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def root() -> Path:
    """The folder of packaged resources; raises FileNotFoundError when the installation lacks it."""
    package = Path(__file__).resolve().parent
    for folder in (package / "_data", package.parent / "resources"):
        if folder.is_dir():
            return folder
    raise FileNotFoundError("esviewer's resources are missing; install it again.")


def path(relative: str) -> Path:
    """The path of one packaged file, such as `layouts/reference.toml`; raises FileNotFoundError when absent."""
    found = root().joinpath(*relative.split("/"))
    if not found.exists():
        raise FileNotFoundError(f"esviewer's resource {relative} is missing; install it again.")
    return found
