"""Servers that are killed, restarted, halted or cut off while they are read; for the window see tests/gui."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from helpers_served import EVENTS, OF_EACH, Served

from esviewer.errors import CancelledError, StoreError
from esviewer.stores.databases import mysql, postgresql, server
from esviewer.stores.databases.options import ConnectionOptions
from esviewer.stores.opening import open_store
from esviewer.work import Work

Start = Callable[..., subprocess.Popen[str]]
MIDDLE = 300_000
"""Bytes of the store's events that are sent before something happens: some 1,300,000 are all."""


@pytest.fixture(autouse=True)
def in_order_again(store: Served):
    yield
    store.network.flow()
    store.network.refuse(refuses=False)
    store.network.delay, store.network.rate = 0.0, None
    store.server.start()


def errors(process: subprocess.Popen[str]) -> tuple[int, str, list[str]]:
    """Exit code, what was printed, and what stderr says beyond progress."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out or "", [line for line in err.splitlines() if line.startswith(("Error", "Traceback"))]


def positions(out: str) -> list[int]:
    return [json.loads(line)["position"] for line in out.splitlines()]


def test_a_server_killed_in_mid_read_is_one_sentence(store: Served, start: Start) -> None:
    store.network.after(MIDDLE, store.server.kill)
    code, out, said = errors(start("events", store.url, "--json"))
    assert code == 3
    [line] = said
    assert "can't be reached" in line
    assert line.endswith("Check that the server runs, then try again.")
    # What was printed before is whole.
    assert positions(out) == list(range(1, len(positions(out)) + 1))
    assert 0 < len(positions(out)) < EVENTS


@pytest.mark.parametrize("what", ["restarted", "reset"])
def test_what_comes_back_in_mid_read_is_gone_on_with(what: str, store: Served, start: Start) -> None:
    def restart() -> None:
        store.server.kill()
        store.server.start()

    happens = {"restarted": restart, "reset": store.network.reset}
    before = store.network.connections
    store.network.after(MIDDLE, happens[what])
    code, out, said = errors(start("events", store.url, "--json"))
    assert (code, said) == (0, [])
    assert positions(out) == list(range(1, EVENTS + 1))
    assert store.network.connections > before + 1


@pytest.mark.parametrize("halts", ["server", "network"])
def test_a_server_that_hangs_is_left_at_once_when_interrupted(
    halts: str, store: Served, start: Start, tmp_path: Path
) -> None:
    reached = threading.Event()

    def reach() -> None:
        if halts == "network":
            store.network.hold()
        reached.set()

    store.network.after(MIDDLE, reach)
    store.network.delay = 0.005  # so that it is halted before all is read
    process = start("events", store.url, "--json", out=tmp_path / "out")
    assert reached.wait(30)
    with store.server.frozen() if halts == "server" else nullcontext():
        time.sleep(0.5)
        begun = time.monotonic()
        process.send_signal(signal.SIGINT)
        code, _, said = errors(process)
        took = time.monotonic() - begun
    assert (code, said) == (130, ["Error: Interrupted."])
    assert took < 10
    assert (tmp_path / "out").read_bytes().count(b"\n") < EVENTS


def test_a_server_that_was_halted_goes_on_where_it_was(store: Served, start: Start, tmp_path: Path) -> None:
    reached = threading.Event()
    store.network.after(MIDDLE, reached.set)
    store.network.delay = 0.005
    process = start("events", store.url, "--json", out=tmp_path / "out")
    assert reached.wait(30)
    with store.server.frozen():
        time.sleep(1.0)
        assert process.poll() is None
    code, _, said = errors(process)
    assert (code, said) == (0, [])
    assert positions((tmp_path / "out").read_text()) == list(range(1, EVENTS + 1))


def test_a_server_that_never_answers_is_given_up(store: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (server, postgresql, mysql):
        monkeypatch.setattr(module, "ANSWER_SECONDS", 0)
        monkeypatch.setattr(module, "CONNECT_SECONDS", 2)
    with closing(open_store(store.url, options=ConnectionOptions(statement_seconds=1))) as opened:
        with store.network.silent(), pytest.raises(StoreError) as raised:
            opened.aggregate_ids(limit=1)
        assert raised.value.exit_code == 3
        assert "has not answered for 1 seconds" in raised.value.message or "can't be reached" in raised.value.message
        assert raised.value.hint
        assert len(opened.aggregate_ids(limit=100)) == EVENTS // OF_EACH


def test_a_cancelled_read_ends_though_the_server_is_halted(store: Served) -> None:
    with closing(open_store(store.url)) as opened:
        first = opened.aggregate_ids(limit=3)
        work, took = Work(), []

        def cancel() -> None:
            begun = time.monotonic()
            work.cancel()
            took.append(time.monotonic() - begun)

        with store.server.frozen():
            later = threading.Timer(0.3, cancel)
            later.start()
            begun = time.monotonic()
            with pytest.raises(CancelledError):
                opened.aggregate_ids(limit=3, work=work)
            assert time.monotonic() - begun < 8
            later.join()
        # Whoever cancels, as the thread of the window does, waits for nobody.
        assert took[0] < 0.2
        assert opened.aggregate_ids(limit=3) == first


def test_a_slow_network_is_only_slow(store: Served, start: Start) -> None:
    store.network.delay = 0.002
    store.network.rate = 2_000_000
    process = start("state", store.url, "order-07", "--json")
    code, out, said = errors(process)
    assert (code, said) == (0, [])
    assert json.loads(out)["version"] == OF_EACH


def test_who_is_refused_again_and_again_is_told(store: Served, start: Start) -> None:
    store.network.refuse()
    for command in (("info", store.url), ("tail", store.url, "--retry", "0.2")):
        code, out, said = errors(start(*command))
        assert (code, out, len(said)) == (3, "", 1), command
        assert said[0].endswith("then try again.")


def test_tail_goes_on_after_the_server_was_away(store: Served, start: Start) -> None:
    process = start("tail", store.url, "--json", "--last", "1", "--retry", "60")
    assert process.stdout is not None
    assert json.loads(process.stdout.readline())["position"] == EVENTS
    store.server.kill()
    assert process.stderr is not None
    assert "tried again" in process.stderr.readline()
    store.server.start()
    store.database.execute("INSERT INTO events VALUES (9001, 'order-00', 'Paid', '{}', 9001, '2026-02-01T00:00:00Z')")
    try:
        assert json.loads(process.stdout.readline())["position"] == 9001
    finally:
        store.database.execute("DELETE FROM events WHERE id = 9001")
    process.send_signal(signal.SIGTERM)
    assert errors(process)[0] == 130
