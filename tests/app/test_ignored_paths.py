"""Ignored paths, remembered for each store."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.app.ignored_paths import IgnoredPaths, pattern_of
from esviewer.diff.ignoring import Ignored
from esviewer.errors import StoreError


def test_each_store_has_its_own(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "ignored.json"
    IgnoredPaths(file).put("one", ["/a", "/é\udc80"])
    IgnoredPaths(file).put("two", ["/b"])
    IgnoredPaths(file).put("", ["/never"])
    assert IgnoredPaths(file).of("one") == ("/a", "/é\udc80")
    assert IgnoredPaths(file).of("two") == ("/b",)
    assert IgnoredPaths(file).of("three") == IgnoredPaths(file).of("") == ()
    IgnoredPaths(file).put("one", [])
    assert list(json.loads(file.read_text())["stores"]) == ["two"]


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"stores": 1}', '{"stores": {"one": [1]}}', '{"stores": {"one": 1}}', '{"stores": {"one": "/a"}}'],
)
def test_a_damaged_file_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ignored.json"
    file.write_text(text)
    with pytest.raises(StoreError, match="damaged"):
        IgnoredPaths(file).of("one")
    with pytest.raises(StoreError, match="damaged"):
        IgnoredPaths(file).put("one", ["/a"])
    assert file.read_text() == text


def test_what_can_not_be_saved_is_said(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with pytest.raises(StoreError, match="can't be"):
        IgnoredPaths(tmp_path / "plain" / "ignored.json").put("one", ["/a"])


@given(st.lists(st.text(st.characters(exclude_characters="\r\n"), max_size=6), min_size=1, max_size=4), st.text())
def test_a_path_has_a_pattern_of_its_own(path: list[str], other: str) -> None:
    ignored = Ignored([pattern_of(tuple(path))])
    assert ignored.matches(tuple(path))
    assert ignored.matches((*path, other))
    assert ignored.matches((*path[:-1], other)) == (other == path[-1])
