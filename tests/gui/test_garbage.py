"""What a store leaves behind goes piece by piece, and collections pass over what was there before the window."""

import gc
import weakref
from collections.abc import Callable
from itertools import pairwise

from esviewer.gui.garbage import _AT_ONCE, drop
from esviewer.gui.main_window import MainWindow


class Thing:
    """Something whose end is noticed."""


def test_a_long_list_goes_piece_by_piece(driver) -> None:
    things = [Thing() for _ in range(3 * _AT_ONCE)]
    alive = weakref.WeakSet(things)
    drop(things)
    del things
    counts = [len(alive)]

    def fewer() -> bool:
        if len(alive) != counts[-1]:
            counts.append(len(alive))
        return not alive

    assert counts == [3 * _AT_ONCE]
    driver.until(fewer)
    assert max(before - after for before, after in pairwise(counts)) <= _AT_ONCE


def test_a_list_goes_at_once_where_no_window_is() -> None:
    things = [Thing() for _ in range(2 * _AT_ONCE)]
    last = weakref.ref(things[-1])
    drop(things)
    del things
    assert last() is None


def test_what_was_there_before_the_first_window_is_passed_over(
    new_window: Callable[[], MainWindow], qapp
) -> None:
    windows = [new_window(), new_window()]
    frozen = gc.get_freeze_count()
    assert frozen > 50_000
    windows[0].close()
    assert not gc.isenabled()
    windows[1].close()
    assert gc.get_freeze_count() == frozen
    assert gc.isenabled()
