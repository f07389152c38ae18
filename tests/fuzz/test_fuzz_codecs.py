"""The fuzzing of codecs runs, and finds nothing in a short while."""

import subprocess
import sys
from pathlib import Path

import pytest

MEMORY = "import resource; print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"


def started_small(*arguments: object, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run Python so that its peak of memory, by which libFuzzer measures, begins with its own.

    Linux hands the peak of who forks on to what is started; a worker that ran many tests may be above the limit
    already. A shell in between forks once more, and is small.
    """
    return subprocess.run(
        ["/bin/sh", "-c", '"$@"; exit $?', "sh", sys.executable, *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_memory_of_this_process_does_not_count(tmp_path: Path) -> None:
    ballast = b"x" * (300 << 20)
    assert int(started_small("-c", MEMORY, folder=tmp_path).stdout) << 10 < len(ballast)


def test_fuzzing_finds_nothing_in_20_seconds(tmp_path: Path) -> None:
    pytest.importorskip("atheris")
    harness = Path(__file__).with_name("fuzz_codecs.py")
    done = started_small(harness, "-max_total_time=20", f"-artifact_prefix={tmp_path}/", folder=tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done" in done.stderr
