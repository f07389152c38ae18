"""What every test shares: no display needed, no setting of the user touched, servers started when first asked for."""

from __future__ import annotations

import os
from pathlib import Path

# Before anything imports Qt, which aborts the process where it finds no display.
if not os.environ.get("DISPLAY"):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import helpers_ci
import helpers_plugins
import hypothesis
import pytest
from helpers_mariadb import mariadb, mariadb_server
from helpers_postgres import postgres, postgres_server

# No test is timed: how long an example takes says more of the machine than of the program.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

__all__ = ["mariadb", "mariadb_server", "postgres", "postgres_server"]


@pytest.fixture(autouse=True)
def own_configuration(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration folder for this test alone."""
    folder = tmp_path_factory.mktemp("configuration")
    monkeypatch.setenv("ESVIEWER_CONFIG_DIR", str(folder))
    return folder


@pytest.fixture(scope="session")
def in_ci() -> bool:
    """Whether this run has to have everything: a missing server is a failure then."""
    return helpers_ci.in_ci()


@pytest.fixture(scope="session")
def plugin_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example package of plug-ins, as pip installs it."""
    return helpers_plugins.installed(helpers_plugins.EXAMPLE, tmp_path_factory.mktemp("example"))
