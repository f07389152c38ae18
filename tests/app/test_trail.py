"""Back and forward, as browsers have it."""

from dataclasses import replace

from esviewer.app.links import Link
from esviewer.app.trail import MOST, Trail
from esviewer.model.instant import parse

A, B, C = (Link("/a.db", each, 3) for each in "abc")


def walked(*places: Link) -> Trail:
    trail = Trail()
    for place in places:
        trail.note(place)
    return trail


def test_back_and_forward() -> None:
    trail = walked(A, B, C)
    assert not trail.can_go_forward
    assert [trail.back(), trail.back(), trail.back()] == [B, A, None]
    assert not trail.can_go_back
    assert [trail.forward(), trail.forward(), trail.forward()] == [B, C, None]


def test_going_elsewhere_forgets_what_was_ahead() -> None:
    trail = walked(A, B)
    trail.back()
    trail.note(C)
    assert not trail.can_go_forward
    assert trail.back() == A


def test_steps_are_no_places_of_their_own() -> None:
    trail = walked(A, replace(A, version=4), replace(A, version=5, fields=("/x",)), B)
    assert trail.back() == replace(A, version=5, fields=("/x",))
    assert trail.back() is None


def test_rooms_moments_and_stores_are_places() -> None:
    late = replace(A, as_of=parse("2026-01-01T00:00:00Z"))
    audit, other = replace(A, room="audit"), Link("/b.db")
    trail = walked(A, late, audit, replace(audit, aggregate="b"), other)
    assert trail.current == other
    assert [trail.back() for _ in range(4)] == [replace(audit, aggregate="b"), late, A, None]


def test_nothing_chosen_yet_is_no_place_of_its_own() -> None:
    trail = walked(Link("/a.db"), A, B)
    assert [trail.back(), trail.back()] == [A, None]


def test_back_from_nowhere_leads_to_what_was_left() -> None:
    trail = walked(A, B)
    trail.leave()
    assert trail.current is None
    assert trail.can_go_back
    assert not trail.can_go_forward
    assert trail.back() == B
    assert trail.current == B
    trail.leave()
    trail.visit(C)
    assert trail.back() == B
    Trail().leave()
    assert not Trail().can_go_back


def test_the_oldest_go() -> None:
    trail = walked(*(Link("/a.db", str(each)) for each in range(MOST + 50)))
    count = 0
    while trail.back():
        count += 1
    assert count == MOST - 1
