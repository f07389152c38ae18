"""Bookmarks are kept by store."""

from pathlib import Path

import pytest

from esviewer.app.bookmarks import Bookmark, Bookmarks
from esviewer.app.links import Link
from esviewer.errors import StoreError, UsageError
from esviewer.model.instant import parse

A = Bookmark("the bug", Link("/a.db", "注文 1", 17, None, ("/items/0", "/a~1b"), parse("2026-08-04T00:00:00+09:00")))
B = Bookmark("audit", Link("/a.db", room="audit"))


def test_they_come_back_in_their_order(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    assert Bookmarks(file).of("x") == []
    assert Bookmarks(file).add("x", A) == [A]
    assert Bookmarks(file).add("x", B) == [A, B]
    assert Bookmarks(file).add("y", B) == [B]
    assert Bookmarks(file).of("x") == [A, B]
    assert Bookmarks(file).remove("x", A.name) == [B]
    assert Bookmarks(file).add("x", A, 0) == [A, B]
    other = Bookmark(A.name, B.place)
    assert Bookmarks(file).add("x", other) == [B, other]
    assert Bookmarks(file).of("y") == [B]


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    marks = Bookmarks(tmp_path / "b.json")
    with pytest.raises(StoreError, match="No bookmark"):
        marks.add("", A)
    with pytest.raises(UsageError):
        marks.add("x", Bookmark("a", Link("postgresql://me:geheim@db/shop")))
    assert not marks.file.exists()


DAMAGED = ["", "[]", '{"stores": {"x": [{"name": "a"}]}}', '{"stores": {"x": [{"name": "a", "link": "x"}]}}']


@pytest.mark.parametrize("text", DAMAGED)
def test_a_damaged_file_is_left_as_it_is(tmp_path: Path, text: str) -> None:
    file = tmp_path / "b.json"
    file.write_text(text)
    for act in (lambda marks: marks.of("x"), lambda marks: marks.add("x", A)):
        with pytest.raises(StoreError, match="damaged"):
            act(Bookmarks(file))
    assert file.read_text() == text
