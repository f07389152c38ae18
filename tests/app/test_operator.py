"""Who asks."""

from __future__ import annotations

import getpass
import platform

import pytest

from esviewer import __version__
from esviewer.app.operator import asker, give, operator, set_operator
from esviewer.app.settings import Settings


@pytest.fixture(autouse=True)
def nobody_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ESVIEWER_OPERATOR", raising=False)
    give(None)


def test_nobody_is_the_operator_but_the_account_is_shown_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "ada")
    who = asker()
    assert who.operator is None
    assert who.shown == "not given"
    assert who.account == "ada"
    assert who.host == platform.node()
    assert who.program == f"esviewer {__version__}"
    assert who.at.has_zone
    assert [*who.as_json()] == ["operator", "account", "host", "at", "program"]
    assert dict(who.facts())["Operator"] == "not given"


def test_the_command_line_before_the_environment_before_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    set_operator(Settings(), "  Grace\nHopper ")
    assert operator() == "Grace Hopper"
    monkeypatch.setenv("ESVIEWER_OPERATOR", "Ada")
    assert operator() == "Ada"
    give("Mary")
    try:
        assert operator() == asker().shown == "Mary"
    finally:
        give(None)
    monkeypatch.setenv("ESVIEWER_OPERATOR", "  ")
    assert operator() == "Grace Hopper"
    set_operator(Settings(), "")
    assert operator() is None


def test_an_account_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise KeyError("uid not found: 1234")

    monkeypatch.setattr(getpass, "getuser", none)
    assert asker().account is None
    assert dict(asker().facts())["Account"] == "unknown"


def test_odd_names(monkeypatch: pytest.MonkeyPatch) -> None:
    give("x" * 1000 + "\ud800")
    assert len(operator() or "") == 200
    give("\ud800佐藤 花子")
    assert operator() == "?佐藤 花子"
    give(None)
