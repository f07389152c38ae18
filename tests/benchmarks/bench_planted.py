"""Whether an audit of a large store finds each of a hundred defects planted at random, once, and accuses nothing else.

    PYTHONPATH=.:tests python tests/benchmarks/bench_planted.py [--events 1000000] [--defects 100] [--seed 7]

Every kind of defect that one store can have several times is planted at least once (see helpers_planted.py). It ends
with 1 when something is missed or accused. tests/audit/test_planted.py does the same with 100,000 events.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from helpers_planted import VERSIONS, audited, places, spoilt, write

from esviewer.audit.checks.invariant import Rule
from esviewer.audit.settings import AuditSettings

_SHOWN = 20


def main() -> int:
    """Read the arguments, plant and look."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--defects", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        schemas = folder / "schemas"
        schemas.mkdir()
        schema = {"type": "object", "properties": {"amount": {"type": ["integer", "string"]}}}
        (schemas / "Deposited.json").write_text(json.dumps(schema))
        settings = AuditSettings(invariants=(Rule("state.balance >= 0"),), schemas=str(schemas))
        start = time.perf_counter()
        store, expected, rows = spoilt(arguments.events // VERSIONS, 100, arguments.seed, arguments.defects)
        target = write(store, folder, rows=rows)
        written = time.perf_counter()
        findings, audit = audited(*target, settings)
        done = time.perf_counter()
    found, planted = Counter(places(findings)), Counter(expected)
    print(
        f"{audit.summary.events:,} events, {len(expected)} planted: {(found & planted).total()} found, "
        f"{(planted - found).total()} missed, {(found - planted).total()} accused besides; "
        f"written in {written - start:.0f} s, audited in {done - written:.0f} s"
    )
    for where in list((planted - found) + (found - planted))[:_SHOWN]:
        print("missed" if where in planted else "accused", *where)
    return 0 if found == planted else 1


if __name__ == "__main__":
    sys.exit(main())
