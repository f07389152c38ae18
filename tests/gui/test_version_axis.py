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


def test_large_versions_are_written_out(qapp: QApplication) -> None:
    del qapp
    assert VersionAxis("bottom").tickStrings([0, 200_000, 1_000_000], 1, 200_000) == ["0", "200,000", "1,000,000"]
