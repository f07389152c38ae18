"""What a frozen program does before anything else; the folder itself is tried by what CI installs."""

from __future__ import annotations

import os
import sys

import pytest

from esviewer import itself


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in an application folder that its executable has just started."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", "/opt/folder/_internal", raising=False)
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/folder/_internal:/home/ada/lib")
    monkeypatch.setenv("QT_PLUGIN_PATH", "/opt/folder/_internal/PySide6/Qt/plugins")
    monkeypatch.setenv("_PYI_ARCHIVE_FILE", "/opt/folder/esviewer")
    monkeypatch.setenv("FOLDER", "/opt/folder of somebody else")


def test_others_get_the_environment_that_was_there_before(frozen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/home/ada/lib")
    itself.begin()
    assert os.environ["LD_LIBRARY_PATH"] == "/home/ada/lib"
    assert os.environ["FOLDER"] == "/opt/folder of somebody else"
    assert not {"LD_LIBRARY_PATH_ORIG", "QT_PLUGIN_PATH", "_PYI_ARCHIVE_FILE"} & set(os.environ)


def test_a_library_path_that_was_not_there_before_is_gone(frozen: None) -> None:
    itself.begin()
    assert "LD_LIBRARY_PATH" not in os.environ


def test_elsewhere_the_environment_stays_as_it_is(frozen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", False)
    before = dict(os.environ)
    itself.begin()
    assert dict(os.environ) == before


def test_a_program_without_streams_can_write(frozen: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    itself.begin()
    with sys.stdout, sys.stderr:
        assert sys.stdout.write("nobody reads this") == 17
        assert sys.stderr.writable()
