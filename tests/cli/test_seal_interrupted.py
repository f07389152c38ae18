"""An interruption while sealing leaves the old seal, or none, and nothing half written."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

posix = pytest.mark.skipif(os.name != "posix", reason="interrupts by a signal of POSIX")


@pytest.fixture
def large(demo: Path, tmp_path: Path) -> Path:
    """A store that takes seconds to seal."""
    store = Path(shutil.copy(demo, tmp_path / "store.db"))
    columns = "aggregate_type, event_type, event_data, metadata, schema_version, version, timestamp"
    with closing(sqlite3.connect(store)) as connection:
        for copy in range(1, 6):
            connection.execute(
                f"INSERT INTO events (id, event_id, aggregate_id, {columns}) SELECT id + 100000 * {copy}, "
                f"event_id || '-{copy}', aggregate_id || '-{copy}', {columns} FROM events WHERE id < 100000"
            )
        connection.commit()
    return store


@posix
@pytest.mark.parametrize("before", [None, b"an older file"])
def test_an_interruption_leaves_nothing_half_written(large: Path, tmp_path: Path, before: bytes | None) -> None:
    folder = tmp_path / "seals"
    folder.mkdir()
    seal = folder / "s"
    if before is not None:
        seal.write_bytes(before)
    command = [sys.executable, "-m", "esviewer", "seal", str(large), str(seal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        # Progress comes after a second; what is left of the work takes longer than that.
        assert process.stderr.readline().startswith(b"Sealing events")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert out == b""
    assert b"Interrupted" in err
    assert b"Traceback" not in err
    assert [each.name for each in folder.iterdir()] == ([] if before is None else ["s"])
    if before is not None:
        assert seal.read_bytes() == before
