"""What a test does when a server or program it needs is not there."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def in_ci() -> bool:
    """Whether this run has to have everything (environment variable CI)."""
    return os.environ.get("CI", "") not in ("", "0", "false")


def missing(what: str) -> NoReturn:
    """Fail where everything has to be there, else skip, saying what is missing."""
    if in_ci():
        pytest.fail(f"{what} (CI is set, so this is no reason to skip)", pytrace=False)
    pytest.skip(what)
