"""Links lead to a place that may be looked at, and nowhere else."""

import shlex
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esviewer.app.connections import Connections, SavedConnection
from esviewer.app.links import LONGEST, ROOMS, Link, check_here, is_link, parse_link
from esviewer.app.log_filter import LogFilter
from esviewer.cli.commands.open import command
from esviewer.errors import UsageError
from esviewer.model.instant import parse

STORES = st.sampled_from(["/a b/'x'.db", "-x", "postgresql://audit@db.example.org/shop"])
PRINTABLE = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60)
SERVER = "postgresql://audit@db.example.org/shop"


@given(aggregate=PRINTABLE, version=st.none() | st.integers(-(10**18) + 1, 10**18 - 1), room=st.sampled_from(ROOMS))
def test_what_was_copied_leads_there(aggregate: str, version: int | None, room: str) -> None:
    for store in ("/data/注文 & co.db", "Shop, live", SERVER):
        link = Link(store, aggregate, version, room)
        assert parse_link(link.text()) == link
        assert link.text().isascii()


@given(aggregate=PRINTABLE, version=st.none() | st.integers(-99, 99), store=STORES)
def test_the_command_opens_the_same(aggregate: str, version: int | None, store: str) -> None:
    words = shlex.split(Link(store, aggregate, version).command())
    assert words[:2] == ["esviewer", "open"]
    parsed = command.make_context("open", words[2:]).params
    assert (parsed["store"], parsed["aggregate"], parsed["at"]) == (store, aggregate, version)


def test_a_shell_reads_the_command_as_it_is_meant() -> None:
    link = Link("/tmp/it's $(touch x) `id`.db", 'a;b|c"d\\e', 3)
    said = subprocess.run(
        ["sh", "-c", link.command().replace("esviewer", "printf '%s\\n'", 1)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.splitlines() == ["open", link.store, "--aggregate", link.aggregate, "--at", "3"]


@given(lanes=st.lists(PRINTABLE, max_size=9, unique=True), where=PRINTABLE)
def test_lanes_and_what_is_asked_of_the_log_come_back(lanes: list[str], where: str) -> None:
    link = Link("/a.db", room="lanes", lanes=tuple(lanes))
    assert parse_link(link.text()) == link
    span = parse("2026-11-22T14:34:00.5Z"), parse("2026-11-23T00:00:00+09:00")
    if lanes:
        link = Link("/a.db", room="lanes", lanes=tuple(lanes), span=span)
        assert parse_link(link.text()) == link
    asked = LogFilter(("A*", where), parse("2026-11-22T14:34:00+09:00"), aggregate_type=where, where=where)
    link = Link("/a.db", "order-1", 3, "events", log_filter=asked)
    assert parse_link(link.text()) == link
    assert shlex.split(link.command()) == ["esviewer", "open", link.text()]


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("lane=a-1", "lanes"),
        ("room=audit&lane=a-1", "lanes"),
        ("room=lanes&lane=a-1&lane=a-1", "lanes"),
        ("room=lanes&" + "&".join(f"lane=a-{number}" for number in range(41)), "lanes"),
        ("room=lanes&lane=a%0A1", "can't be seen"),
        ("room=lanes&span=2026-11-22T14:34:00Z/2026-11-23T00:00:00Z", "span"),
        ("room=lanes&lane=a-1&span=2026-11-22T14:34:00Z", "span"),
        ("room=lanes&lane=a-1&span=2026-11-22T14:34:00Z/soon", "span"),
        ("room=lanes&lane=a-1&span=2026-11-23T00:00:00Z/2026-11-22T14:34:00Z", "span"),
        ("filter=%7B%22text%22:%22x%22%7D", "filter"),
        ("room=lanes&filter=%7B%22text%22:%22x%22%7D", "filter"),
        ("room=events&filter=%7B%7D", "filter"),
        ("room=events&filter=7", "filter"),
        ("room=events&filter=%5B" + "%5B" * 900, "filter"),
        ("room=events&filter=%7B%22text%22:7%7D", "filter"),
        ("room=events&filter=%7B%22other%22:%22x%22%7D", "filter"),
        ("room=events&filter=%7B%22since%22:%22soon%22%7D", "filter"),
        ("room=events&filter=%7B%22text%22:%22a%5Cnb%22%7D", "filter"),
        ("room=events&filter=%7B%22text%22:%22x%22%7D&filter=%7B%22text%22:%22x%22%7D", "twice"),
    ],
)
def test_lanes_and_filters_that_are_none_are_refused(rest: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        parse_link(f"esviewer://open?store=/a.db&{rest}")


def test_the_command_to_a_room_is_one_with_the_link() -> None:
    link = Link("/a.db", "order-1", 3, "audit")
    assert shlex.split(link.command()) == ["esviewer", "open", link.text()]
    assert "--aggregate" in Link("/a.db", "order-1", 3, "history").command()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("esviewer:", "begins with"),
        ("esviewer://", "begins with"),
        ("esviewer://close?store=/a.db", "begins with"),
        ("ESVIEWER://open?store=/a.db", "begins with"),
        ("esviewer://open@evil.example.org?store=/a.db", "begins with"),
        ("esviewer://open/?store=/a.db", "begins with"),
        ("https://open?store=/a.db", "begins with"),
        ("javascript:alert(1)", "begins with"),
        ("file:///etc/passwd", "begins with"),
        ("esviewer://open?", "none of store"),
        ("esviewer://open?aggregate=a", "names no store"),
        ("esviewer://open?store=", "none of store"),
        ("esviewer://open?store=/a.db&", "none of store"),
        ("esviewer://open?store=/a.db&reducer=/evil.py", "none of store"),
        ("esviewer://open?store=/a.db&layout=/evil.toml", "none of store"),
        ("esviewer://open?store=/a.db&operator=me", "none of store"),
        ("esviewer://open?store=/a.db#room=audit", "none of store"),
        ("esviewer://open?store=/a.db;room=audit", "none of store"),
        ("esviewer://open?store=/a.db&store=/b.db", "twice"),
        ("esviewer://open?store=/a b.db", "none of store"),
        ("esviewer://open?store=/a.db\n--reducer", "none of store"),
        ("esviewer://open?store=/a.db%zz", "none of store"),
        ("esviewer://open?store=/a%00.db", "can't be seen"),
        ("esviewer://open?store=/a.db&aggregate=a%0Ab", "can't be seen"),
        ("esviewer://open?store=/a.db&aggregate=a%1b%5b2J", "can't be seen"),
        ("esviewer://open?store=/a.db&aggregate=%E2%80%AEa", "can't be seen"),
        ("esviewer://open?store=/a.db&aggregate=%ff", "can't be seen"),
        ("esviewer://open?store=/a.db&aggregate=%ed%a0%80", "can't be seen"),
        ("esviewer://open?store=/a.db&version=3", "version"),
        ("esviewer://open?store=/a.db&aggregate=a&version=x", "version"),
        ("esviewer://open?store=/a.db&aggregate=a&version=%D9%A3", "version"),
        ("esviewer://open?store=/a.db&aggregate=a&version=" + "9" * 19, "version"),
        ("esviewer://open?store=/a.db&room=settings", "room"),
        ("esviewer://open?store=a/b.db", "whole path"),
        ("esviewer://open?store=~/b.db", "whole path"),
        ("esviewer://open?store=//evil/share/a.db", "another computer"),
        ("esviewer://open?store=%5C%5Cevil%5Cshare%5Ca.db", "another computer"),
        ("esviewer://open?store=postgresql://me:geheim@db/shop", "password"),
        ("esviewer://open?store=postgresql%3A%2F%2Fme%3Ageheim%40db%2Fshop", "password"),
        ("esviewer://open?store=postgresql://me@db/shop%3Fpassword%3Dgeheim", "password"),
        ("esviewer://open?store=postgresql://me@db/shop%3Fsslpassword%3Dgeheim", "password"),
        ("esviewer://open?store=/a.db&aggregate=" + "a" * 1_000_000, f"{LONGEST:,}"),
        ("esviewer://open?" + "store=/a.db&" * 90_000, f"{LONGEST:,}"),
        ("esviewer://open?" + "%" * 4000, "none of store"),
    ],
)
def test_wrong_links_get_one_sentence(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        parse_link(text)
    said = str(caught.value)
    assert said.isprintable()
    assert len(said) < 120
    assert said.count(". ") == 0
    assert "geheim" not in said
    assert "evil" not in said


@given(st.text(max_size=80))
def test_any_text_is_a_link_or_refused(tail: str) -> None:
    for text in ("esviewer://open?store=/a.db&aggregate=" + tail, "esviewer://open?" + tail, tail):
        try:
            link = parse_link(text)
        except UsageError:
            continue
        assert parse_link(link.text()) == link


def test_what_is_meant_to_be_a_link() -> None:
    assert is_link(" esviewer://open?store=/a.db")
    assert is_link("Esviewer:nonsense")
    assert not is_link("esviewer.db")
    assert not is_link("postgresql://esviewer:x@db/shop")


@pytest.mark.parametrize("aggregate", ["a\nb", "a\x1b[2J", "\u202e", "a" * LONGEST, "\ud800"])
def test_ids_that_no_link_can_name(aggregate: str) -> None:
    with pytest.raises(UsageError):
        Link("/a.db", aggregate).text()
    with pytest.raises(UsageError):
        Link("/a.db", aggregate).command()


def test_no_link_has_a_password() -> None:
    with pytest.raises(UsageError, match="password"):
        Link("postgresql://me:geheim@db/shop").text()


def test_a_link_opens_only_what_is_known_here(tmp_path: Path) -> None:
    connections = Connections(tmp_path / "connections.json")
    connections.add(SavedConnection("Shop, live", SERVER))
    file = tmp_path / "a.db"
    file.touch()
    for store in (str(file), "shop, live"):
        check_here(store, [], connections)
    check_here(SERVER, [SERVER], connections)
    for store, why in (
        (SERVER, "not opened here lately"),
        ("http://example.org/a.db", "not opened here lately"),
        (str(tmp_path / "b.db"), "not there"),
        ("/dev/zero", "not there"),
        ("Shop, test", "saved connection"),
        ("a.db", "saved connection"),
    ):
        with pytest.raises(UsageError, match=why):
            check_here(store, ["postgresql://audit@other.example.org/shop"], connections)
