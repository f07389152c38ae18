"""The axis of versions."""

import pytest
from PySide6.QtWidgets import QApplication

from esviewer.gui.version_axis import VersionAxis


@pytest.mark.parametrize("versions", [1, 2, 5, 17, 40, 1_000_000])
def test_there_are_no_ticks_between_versions(qapp: QApplication, versions: int) -> None:
    del qapp
    axis = VersionAxis("bottom")
    for width in (100, 600, 3000):
        levels = axis.tickValues(0.5, versions + 0.5, width)
        shown = [value for _, values in levels for value in values]
        assert shown
        assert all(value == int(value) for value in shown)
