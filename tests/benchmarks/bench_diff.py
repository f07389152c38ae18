"""Compare two states of about 0.7 MB with 100 differences: ours, deepdiff and jsonpatch, as ratios.

Run: python tests/benchmarks/bench_diff.py
"""

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


def states() -> tuple[Any, Any]:
    randomness = random.Random(1)
    old = {
        f"order-{number:05d}": {
            "status": randomness.choice(["open", "paid", "shipped"]),
            "total": randomness.randrange(100_000),
            "customer": {"name": f"Customer {number}", "city": randomness.choice(["Tokyo", "Basel", "Porto"])},
            "lines": [{"sku": f"sku-{number}-{line}", "quantity": line + 1} for line in range(4)],
        }
        for number in range(2_600)
    }
    new = copied(old)
    for key in randomness.sample(sorted(new), 100):
        new[key]["total"] += 1
    return old, new


def seconds(run: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> None:
    old, new = states()
    changes = compare(old, new)
    assert len(changes) == 100
    assert same(apply(copied(old), changes), new)
    ours = seconds(lambda: compare(old, new), 10)
    patch = seconds(lambda: jsonpatch.make_patch(old, new), 2)
    deep = seconds(lambda: DeepDiff(old, new), 1)
    print(f"states of {len(dumps(old)) / 1e6:.2f} MB with {len(changes)} differences")
    print(f"esviewer {ours * 1000:8.2f} ms")
    print(f"jsonpatch {patch * 1000:7.1f} ms   {patch / ours:6.0f} times as long")
    print(f"deepdiff {deep * 1000:8.1f} ms   {deep / ours:6.0f} times as long")


if __name__ == "__main__":
    main()
