"""Masked results as DuckDB files are copied by a process of its own: see `esviewer.projections.clean`."""

from __future__ import annotations

from pathlib import Path

from esviewer.app.processes import context
from esviewer.errors import StoreError
from esviewer.projections.clean import copy
from esviewer.work import Work


def clean_copy(result: Path, folder: Path, work: Work | None) -> Path:
    """The copy, in a folder; raises StoreError, or CancelledError when `work` was cancelled."""
    made = folder / "clean.duckdb"
    ours, theirs = context().Pipe(duplex=False)
    process = context().Process(target=copy, args=(str(result), str(made), str(folder), theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        while not ours.poll(0.1):
            if work is not None:
                work.check()
        why = ours.recv()
    except EOFError:
        why = "the process that copies it ended before it was done"
    finally:
        if process.is_alive():
            process.join(5)
            process.terminate()
        process.join()
        ours.close()
    if why:
        raise StoreError(f"The masked result could not be written: {why.rstrip('.')}.", "Try again.")
    return made
