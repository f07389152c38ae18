"""The fuzzing of codecs runs, and finds nothing in a short while."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_fuzzing_finds_nothing_in_20_seconds(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    harness = Path(__file__).with_name("fuzz_codecs.py")
    done = subprocess.run(
        [sys.executable, str(harness), "-max_total_time=20", f"-artifact_prefix={tmp_path}/"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done" in done.stderr
