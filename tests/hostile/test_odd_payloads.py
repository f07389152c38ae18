"""Stores of oddities: every command answers, exactly, and what can't be seen reaches no terminal and no report."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from helpers_command import Commands
from helpers_odd import BIDI, DIGITS, KEYS, LARGE, SMALL, TIMES, write_large, write_names, write_odd

INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
Run = Callable[..., subprocess.CompletedProcess[bytes]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("odd")


@pytest.fixture(scope="module")
def odd(folder: Path) -> Path:
    return write_odd(folder / "odd.db")


@pytest.fixture(scope="module")
def large(folder: Path) -> Path:
    return write_large(folder / "large.db")


@pytest.fixture(scope="module")
def run(folder: Path) -> Iterator[Run]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "ESVIEWER_CONFIG_DIR": str(folder / "configuration")}
    with closing(Commands(environment)) as commands:
        yield lambda *words: commands.run([*map(str, words)], environment, folder)


def answered(done: subprocess.CompletedProcess[bytes], *codes: int) -> str:
    """What was printed, of a command that knew what to do."""
    said = done.stderr.decode()
    assert done.returncode in (codes or (0,)), (done.args, said)
    assert "Traceback" not in said
    assert "fault of esviewer" not in said
    return done.stdout.decode()


@pytest.mark.parametrize("aggregate", [*SMALL, *TIMES], ids=lambda name: name[:20] or "empty")
def test_states_of_every_aggregate(run: Run, odd: Path, aggregate: str) -> None:
    found = json.loads(answered(run("state", "--json", odd, "--", aggregate)))
    assert found["aggregate_id"] == aggregate
    events = [json.loads(line) for line in answered(run("events", "--json", odd, "--", aggregate)).splitlines()]
    assert len(events) == len(SMALL.get(aggregate, [1]))
    assert found["rebuilt"]["events_applied"] + len(found["rebuilt"]["skipped"]) == len(events)
    shown = answered(run("state", odd, "--", aggregate))
    assert not INVISIBLE.search(shown)


def test_what_they_hold_is_exact(run: Run, odd: Path) -> None:
    def state(aggregate: str) -> str:
        return answered(run("state", "--json", odd, "--", aggregate))

    assert f'"n":{DIGITS}' in state("digits").replace(" ", "")
    assert f'"f":0.{DIGITS}' in state("digits").replace(" ", "")
    assert json.loads(state("bidi"))["state"] == {"name": BIDI, BIDI: 1, "raw": BIDI}
    assert json.loads(state("nul"))["state"] == {"a": "x\0y", "\0": "k"}
    assert '"b":"-Infinity"' in state("nan").replace(" ", "")
    assert [json.loads(state(each))["state"]["a"] for each in ("Case", "case", "CASE", " case")] == [1, 2, 3, 4]
    deep = json.loads(state("deep"))["rebuilt"]["skipped"]
    assert [each["version"] for each in deep] == [0, 1]
    assert all("nested deeper" in each["reason"] for each in deep)


def test_times_at_the_edges(run: Run, odd: Path) -> None:
    def when(aggregate: str) -> str | None:
        return json.loads(answered(run("state", "--json", odd, "--", aggregate)))["timestamp"]

    assert when("leap") == "2017-01-01T00:00:00Z"
    assert when("leap in Tokyo") == "2017-01-01T09:00:00+09:00"
    for kept in ("year 1", "year 9999", "edge", "early"):
        assert when(kept) == TIMES[kept]
    for unread in ("year 0", "year 10000", "no date"):
        assert when(unread) is None
    within = run("events", "--json", odd, "--since", "9999-12-31T00:00:00Z")
    assert {json.loads(line)["aggregate_id"] for line in answered(within).splitlines()} >= {"year 9999", "edge"}


def test_commands_over_the_whole_store(run: Run, odd: Path, folder: Path) -> None:
    seal = folder / "odd.seal"
    for words in (
        ("info", odd), ("aggregates", odd), ("events", odd), ("schema", odd), ("flow", odd), ("seal", odd, seal),
        ("verify", odd, seal), ("trace", odd, "case@0"), ("find", odd, "nan", "state.a == 1"),
        ("diff", odd, "digits", "0", "1"), ("blame", odd, "bidi"), ("history", odd, "bidi", "/name"),
        ("audit", odd, "--fail-on", "never"),
    ):  # fmt: skip
        assert not INVISIBLE.search(answered(run(*words)).replace("\t", "")), words
    for form in ("jsonl", "csv", "cloudevents", "parquet"):
        out = folder / f"odd.{form}"
        answered(run("export", odd, "--no-mask", "--format", form, "--output", out))
        assert out.stat().st_size > 1000
    again = folder / "again.db"
    answered(run("import", folder / "odd.jsonl", "--output", again))
    texts = [answered(run("events", "--json", store)).replace(" ", "") for store in (odd, again)]
    ids = [[json.loads(line)["aggregate_id"] for line in text.splitlines()] for text in texts]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("aggregate", ["bidi", "nul", "surrogates", "digits", "leap", "<b>&amp;</b>"])
def test_reports_show_what_can_not_be_seen(run: Run, odd: Path, folder: Path, aggregate: str) -> None:
    for ending in ("html", "md", "csv", "json", "xlsx"):
        out = folder / f"report.{ending}"
        answered(run("report", odd, aggregate, "--output", out))
        if ending != "xlsx":
            text = out.read_text(encoding="utf-8")
            assert not INVISIBLE.search(text.replace("\r", "")), ending
            assert "<script>alert" not in text or ending != "html"


def test_names_of_tables_and_columns(run: Run, folder: Path) -> None:
    store = write_names(folder / "names.db")
    layout = folder / "names.toml"
    answered(run("layouts", "guess", store, "--output", layout))
    for words in (("info",), ("aggregates",), ("audit",), ("flow",), ("schema",)):
        answered(run(*words, store, "--layout", layout))
    found = json.loads(answered(run("state", "--json", store, "order-1", "--layout", layout)))
    assert (found["state"], found["version"]) == ({"n": 2}, 2)
    events = answered(run("events", "--json", store, "--layout", layout)).splitlines()
    assert [json.loads(line)["type"] for line in events] == ["Made", "Paid"]


MEASURED = """
import atexit, sys
from pathlib import Path
from esviewer.__main__ import main
peak = lambda: Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
atexit.register(lambda: print("PEAK", peak(), file=sys.stderr))
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="a peak of memory is told by /proc")
@pytest.mark.parametrize("aggregate", ["large", "keys"])
def test_a_hundred_megabytes_and_a_million_keys(large: Path, aggregate: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "state", str(large), aggregate, "--json"], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr[-1000:]
    assert int(done.stderr.rpartition(b"PEAK ")[2]) < 800_000
    state = json.loads(done.stdout)["state"]
    if aggregate == "large":
        assert (len(state["text"]), state["n"]) == (LARGE, 2)
    else:
        assert (len(state), state["k7"], state["k8"]) == (KEYS, "changed", 8)
