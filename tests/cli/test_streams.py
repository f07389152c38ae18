"""What happens to the standard streams: closed, full, abandoned, interrupted."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from esviewer.cli import messages

posix = pytest.mark.skipif(os.name != "posix", reason="descriptors and signals as POSIX has them")


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that takes seconds to count, inside SQLite."""
    path = tmp_path_factory.mktemp("slow") / "slow.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("CREATE TABLE events (aggregate_id, event_type, event_data, version, timestamp)")
    connection.execute(
        "INSERT INTO events WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000000)"
        " SELECT 'a' || (i % 50000), 'T' || (i % 7), '{}', i / 50000, NULL FROM n"
    )
    connection.commit()
    connection.close()
    return path


def _started(*arguments: object, **variables: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "esviewer", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **variables},
    )


def _shell(line: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", f'"$0" -m esviewer "$@" {line}', sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
    )


@posix
def test_an_interruption_inside_a_query_ends_with_130(slow: Path) -> None:
    with _started("info", slow) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        # Progress comes after a second; what is left of the work takes longer than the time given to end.
        assert process.stderr.readline().startswith(b"Counting")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert [line for line in err.splitlines() if not line.startswith(b"Counting")] == [b"Error: Interrupted."]
    assert out == b""


@posix
def test_the_window_ends_when_interrupted(small: Path) -> None:
    with _started("open", small, QT_QPA_PLATFORM="offscreen") as process:
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)

    # By its own hand before the window shows, by the system's after that; a shell tells 130 for both.
    assert process.returncode in (130, -signal.SIGINT)


@posix
def test_a_reader_that_stopped_reading_does_not_hold_up_the_end() -> None:
    program = """
import os
from esviewer.cli import main, output

def interrupted_with_a_full_pipe(_):
    os.set_blocking(1, False)
    for size in (4096, 1):
        try:
            while True:
                os.write(1, b"x" * size)
        except BlockingIOError:
            pass
    os.set_blocking(1, True)
    output.line("still buffered")
    raise KeyboardInterrupt

main.cli.invoke = interrupted_with_a_full_pipe
main.main(["info", "x"])
"""
    buffering = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=buffering
    ) as process:
        try:
            assert process.wait(timeout=20) == 130
        finally:
            process.kill()


@posix
def test_closed_and_full_streams(small: Path) -> None:
    closed = _shell(">&-", "info", small, "--json")
    assert (closed.returncode, closed.stderr) == (
        3,
        "Error: Standard output is closed. Send it to a file or a program.\n",
    )
    assert _shell("2>&-", "info", "/none.db").returncode == 3
    if Path("/dev/full").exists():
        full = _shell(">/dev/full", "events", small, "--json")
        assert full.returncode == 3
        assert full.stderr.count("\n") == 1
        assert full.stderr.startswith("Error: Standard output can't be written: No space left on device.")
        assert _shell("2>/dev/full", "info", "/none.db").returncode == 3


@posix
def test_no_file_gets_the_number_of_a_closed_stream() -> None:
    program = """
import os, sys
from esviewer.cli import output
output.prepare()
sys.exit(os.open(os.devnull, os.O_RDONLY))
"""
    done = subprocess.run(["sh", "-c", '"$0" -c "$1" <&- >&- 2>&-', sys.executable, program], timeout=60)

    assert done.returncode > 2


def test_no_password_is_said_whoever_says_it(capsys: pytest.CaptureFixture[str]) -> None:
    messages.conceal(["postgresql://me:sesame@host/db"])
    try:
        messages.error("The driver refused 'sesame'.", "Not sesame?")
        messages.warnings(["sesame"])
        try:
            raise ValueError("sesame")
        except ValueError:
            messages.trace()
    finally:
        messages.conceal([])

    said = capsys.readouterr().err
    assert "ValueError: ***" in said
    # The traceback quotes the line above, which is no argument's doing but is hidden as well.
    assert "sesame" not in said


def test_progress_is_told_after_a_second(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    clock = [100.0]
    monkeypatch.setattr("esviewer.cli.messages.time.monotonic", lambda: clock[0])
    work = messages.work()
    for seconds in (0.1, 0.9):
        clock[0] = 100 + seconds
        work.report("Reading", 1)
    assert capsys.readouterr().err == ""
    for seconds in (1.1, 2, 5, 11, 11.2):
        clock[0] = 100 + seconds
        work.report("Reading", int(seconds * 1000), 20_000)

    captured = capsys.readouterr()
    first, last, *more = captured.err.splitlines()
    assert first == "Reading: 1,100 of 20,000, 1,099/s, 17 s left"
    assert last == "Reading: 11,200 of 20,000, 1,009/s, 9 s left"
    assert not more
    assert captured.out == ""


def test_the_pace_is_that_of_all_steps_of_a_kind(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = [100.0]
    monkeypatch.setattr("esviewer.cli.messages.time.monotonic", lambda: clock[0])
    work = messages.work()
    for part in range(5):
        clock[0] = 100 + 11 * part
        work.report(f"Reading events, {part} of 1,000 parts", part * 11_000, 110_000)

    assert capsys.readouterr().err.splitlines()[-1] == (
        "Reading events, 4 of 1,000 parts: 44,000 of 110,000, 1,000/s, 1 min 6 s left"
    )


def test_memory_stays_flat_while_events_stream(slow: Path) -> None:
    program = (
        "import os, resource, sys\n"
        "from esviewer.cli.main import _run\n"
        "sys.stdout = open(os.devnull, 'w')\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "def run(limit): assert _run(['events', sys.argv[1], '--json', '--limit', limit]) == 0\n"
        "run('20000')\n"
        "before = peak()\n"
        "run('200000')\n"
        "print(peak() - before, file=sys.stderr)\n"
    )
    if sys.platform != "linux":
        pytest.skip("peak memory is told in kilobytes on Linux only")
    done = subprocess.run(
        [sys.executable, "-c", program, slow], capture_output=True, text=True, timeout=120, check=True
    )

    grown = int(done.stderr.splitlines()[-1])
    assert grown < 30_000, f"{grown} KB more for ten times the events"
