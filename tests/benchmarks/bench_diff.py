"""Compare two states of 0.7 MB with about 100 differences: ours, deepdiff and jsonpatch, in one run, as ratios.

Run with the package installed, or from the repository with PYTHONPATH=. : python tests/benchmarks/bench_diff.py
"""

import platform
import random
import time
from collections.abc import Callable
from typing import Any

import jsonpatch
from deepdiff import DeepDiff

from esviewer.diff.compare import compare
from esviewer.model.change import apply
from esviewer.model.exactjson import dumps
from esviewer.model.values import copied, same


def states(seed: int = 1) -> tuple[Any, Any]:
    """A state of orders with lines, and the same after 50 new totals, 20 edited, 10 added and 10 removed lines, 5 keys
    added and 5 removed."""
    chance = random.Random(seed)
    old = {
        f"order-{number:05d}": {
            "status": chance.choice(["open", "paid", "shipped"]),
            "total": chance.randrange(100_000),
            "customer": {"name": f"Customer {number}", "city": chance.choice(["Tokyo", "Basel", "Porto"])},
            "lines": [{"sku": f"sku-{number}-{line}", "quantity": line + 1} for line in range(4)],
        }
        for number in range(2_800)
    }
    new = copied(old)
    keys = chance.sample(sorted(new), 100)
    for place, key in enumerate(keys):
        order = new[key]
        if place < 50:
            order["total"] += 1
        elif place < 70:
            chance.choice(order["lines"])["quantity"] += 5
        elif place < 80:
            order["lines"].insert(1, {"sku": "sku-new", "quantity": 1})
        elif place < 90:
            del order["lines"][2]
        elif place < 95:
            order["note"] = "call back"
        else:
            del new[key]
    return old, new


def seconds(run: Callable[[], object], times: int) -> float:
    """The shortest of several runs."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    """Print the times and ratios."""
    old, new = states()
    changes = compare(old, new)
    assert same(apply(copied(old), changes), new)
    ours = seconds(lambda: compare(old, new), 20)
    patch = seconds(lambda: jsonpatch.make_patch(old, new), 5)
    deep = seconds(lambda: DeepDiff(old, new), 3)
    print(f"states of {len(dumps(old)) / 1e6:.2f} MB with {len(changes)} changes, Python {platform.python_version()}")
    print(f"esviewer   {ours * 1000:8.2f} ms")
    print(f"jsonpatch  {patch * 1000:8.2f} ms   {patch / ours:6.0f} times as long (goal: 30)")
    print(f"deepdiff   {deep * 1000:8.2f} ms   {deep / ours:6.0f} times as long (goal: 200)")


if __name__ == "__main__":
    main()
