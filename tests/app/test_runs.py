"""Runs of events of one type: which rows they make, against the same written plainly."""

from random import Random

import numpy as np

from esviewer.app.runs import LEAST, Runs


def plainly(codes: list[int], apart: set[int], opened: set[int]) -> tuple[list[list[int]], list[list[int]]]:
    """All runs, and the rows."""
    runs: list[list[int]] = []
    for at, code in enumerate(codes):
        if at and code == codes[at - 1] and not {at, at - 1} & apart:
            runs[-1].append(at)
        else:
            runs.append([at])
    rows: list[list[int]] = []
    for run in runs:
        rows.extend([run] if len(run) >= LEAST and run[0] not in opened else [[each] for each in run])
    return runs, rows


def test_rows_are_those_of_the_plain_way() -> None:
    random = Random(7)  # the same at every run
    for _ in range(150):
        codes = [int(random.random() < 0.12) for _ in range(random.randrange(50))]
        apart = {random.randrange(len(codes)) for _ in range(random.randrange(3)) if codes}
        opened = {run[0] for run in plainly(codes, apart, set())[0] if random.random() < 0.3}
        runs, rows = plainly(codes, apart, opened)
        found = Runs(np.array(codes, np.int32), apart, opened)
        assert [list(found.events(row)) for row in range(len(found))] == rows
        for at, row in enumerate(rows):
            assert {found.row_of(event) for event in row} == {at}
        for run in runs:
            expected = range(run[0], run[-1] + 1) if len(run) >= LEAST else None
            assert all(found.run_of(event) == expected for event in run)
