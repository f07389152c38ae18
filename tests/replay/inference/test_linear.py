"""Exact systems of equations with small whole solutions."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from esviewer.replay.inference.linear import Equations

COLUMNS = ["a", "b", "c", "d"]


def equations() -> Equations[str]:
    return Equations(COLUMNS, dict.fromkeys(COLUMNS, 1.0))


@settings(max_examples=40, deadline=None)
@given(
    wanted=st.lists(st.integers(-9, 9), min_size=4, max_size=4),
    rows=st.lists(st.lists(st.integers(-10**12, 10**12), min_size=4, max_size=4), min_size=1, max_size=9),
)
def test_a_solution_solves_every_equation(wanted: list[int], rows: list[list[int]]) -> None:
    system = equations()
    for row in rows:
        side = sum(factor * value for factor, value in zip(row, wanted, strict=True))
        assert system.add(dict(zip(COLUMNS, map(Fraction, row), strict=True)), Fraction(side))
    found = system.solution()

    if found is not None:
        for row in rows:
            side = sum(factor * value for factor, value in zip(row, wanted, strict=True))
            assert sum(factor * found.get(name, 0) for factor, name in zip(row, COLUMNS, strict=True)) == side




def test_contradictions_are_noticed() -> None:
    system = equations()

    assert system.add({"a": Fraction(1), "b": Fraction(2)}, Fraction(5))
    assert system.add({"a": Fraction(2), "b": Fraction(4)}, Fraction(10))
    assert not system.add({"a": Fraction(3), "b": Fraction(6)}, Fraction(16))


def test_the_simplest_of_several_solutions() -> None:
    system = equations()
    system.add({"a": Fraction(1), "b": Fraction(1), "c": Fraction(5)}, Fraction(5))

    assert system.solution() == {"c": 1}


def test_what_is_no_small_whole_number_is_no_solution() -> None:
    system = equations()
    system.add({"a": Fraction(2)}, Fraction(5))

    assert system.solution() is None


def test_a_full_system_has_one_solution() -> None:
    system = equations()
    wanted = {"a": 1, "b": -2, "c": 3, "d": 12}
    for index, name in enumerate(COLUMNS):
        factors = {other: Fraction(position + 1, 3 + index) for position, other in enumerate(COLUMNS)}
        factors[name] += 5
        assert system.add(factors, Fraction(sum(factors[other] * wanted[other] for other in COLUMNS)))

    assert system.solution() == wanted
