"""Files as desktops name them."""

from __future__ import annotations

import sys

import pytest

from esviewer.app.files import without_scheme


@pytest.mark.skipif(sys.platform == "win32", reason="paths are written otherwise there")
@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("file:///home/ada/store.db", "/home/ada/store.db"),
        ("file:///home/ada/%E6%B3%A8%E6%96%87%20%231%3F.db", "/home/ada/注文 #1?.db"),
        ("/home/ada/file:///x.db", "/home/ada/file:///x.db"),
        ("file://other-computer/store.db", "file://other-computer/store.db"),
        ("file:///home/ada/store.db?mode=rw", "file:///home/ada/store.db?mode=rw"),
        ("postgresql://ada@db.example.org/shop", "postgresql://ada@db.example.org/shop"),
        ("esviewer://open?store=/home/ada/store.db", "esviewer://open?store=/home/ada/store.db"),
    ],
)
def test_file_urls_of_this_computer_become_paths(given: str, path: str) -> None:
    assert without_scheme(given) == path
