"""`esviewer help`."""

from __future__ import annotations

from esviewer.app import manual


def test_topics_and_pages(run) -> None:
    ran = run("help")
    assert ran.code == 0
    assert [line.split("\t")[0] for line in ran.out.splitlines()[1:]] == list(manual.TOPICS)
    ran = run("help", "reducers")
    assert ran.out == manual.page("reducers").text
    assert ran.code == 0


def test_no_such_page(run) -> None:
    ran = run("help", "reducer")
    assert ran.code == 2
    assert "Did you mean reducers?" in ran.err


def test_a_command_is_no_page(run) -> None:
    ran = run("help", "blame")
    assert ran.code == 2
    assert "`esviewer blame --help` is about the command." in ran.err
