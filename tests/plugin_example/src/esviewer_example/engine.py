"""Parts of a projection on threads of this process; the address says on how many, as in threads://4."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Any


class Threads:
    esviewer_plugin = 1

    def parts(self, address: str) -> int:
        return 2 * int(address or 2)

    def run(self, tasks: Sequence[Callable[[], Any]], address: str) -> Iterator[Any]:
        with ThreadPoolExecutor(int(address or 2)) as pool:
            for done in as_completed([pool.submit(task) for task in tasks]):
                yield done.result()
