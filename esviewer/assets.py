"""Finds the files under resources/ (in a wheel, a checkout or a frozen program) and the user's own folders."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from platformdirs import user_config_dir, user_data_dir


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


def config_dir() -> Path:
    """The folder of settings and of the user's own layouts; the environment variable ESVIEWER_CONFIG_DIR moves it."""
    return Path(os.environ.get("ESVIEWER_CONFIG_DIR") or user_config_dir("esviewer", appauthor=False))


def data_dir() -> Path:
    """The folder for stores that the program makes itself, such as the demo; moved along with `config_dir`."""
    moved = os.environ.get("ESVIEWER_CONFIG_DIR")
    return Path(moved) / "data" if moved else Path(user_data_dir("esviewer", appauthor=False))
