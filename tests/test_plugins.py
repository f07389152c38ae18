"""Plug-ins: the example package, built, installed, used, switched off and broken."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from helpers_plugins import EXAMPLE, FIVE, changed, forgotten, ledger, on_path

from esviewer import assets, plugins
from esviewer.app import audit_parts, manual
from esviewer.cli.main import _run
from esviewer.stores import reading


class Done:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Done]
Broken = Callable[[str, str, str], Path]


@pytest.fixture
def site(plugin_site: Path) -> Path:
    """A folder with the example package."""
    return plugin_site


@pytest.fixture
def process(site: Path, tmp_path: Path) -> Run:
    """`process("info", store)` in a process of its own, with the example on PYTHONPATH."""

    def call(*arguments: object, **variables: str) -> Done:
        environment = {**os.environ, "PYTHONPATH": on_path(site), "PYTHONDONTWRITEBYTECODE": "1", **variables}
        command = [sys.executable, "-m", "esviewer", *map(str, arguments)]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        return Done(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def run(site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """`run("info", store)` in this process, with the example installed, or with what is in another folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def call(*arguments: object, site: Path = site) -> Done:
        with monkeypatch.context() as patch:
            patch.syspath_prepend(str(site))
            forgotten()
            capsys.readouterr()
            code = _run([*map(str, arguments)])
        return Done(code, *capsys.readouterr())

    yield call
    forgotten()


@pytest.fixture
def broken(site: Path, tmp_path: Path) -> Broken:
    """`broken("check", "this", "that")`: the example, installed, with this replaced by that in a module."""
    return lambda module, old, new: changed(site, tmp_path / "broken", module, old, new)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return ledger(tmp_path / "ledger.db")


def _states(done: Done) -> dict[str, tuple[str, str | None]]:
    return {each["name"]: (each["state"], each["reason"]) for each in done.lines}


def test_what_is_installed_is_listed(process: Run) -> None:
    found = process("plugins", "--json")
    assert (found.code, found.err) == (0, "")
    assert {(each["name"], each["kind"]) for each in found.lines} == FIVE
    assert {(each["package"], each["version"]) for each in found.lines} == {("esviewer-example", "1.0")}
    assert {(each["state"], each["reason"]) for each in found.lines} == {("on", None)}


def test_where_nothing_is_installed_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    forgotten()
    assert _run(["plugins"]) == 0
    assert capsys.readouterr() == ("", "No plug-in is installed.\n")


def test_a_store_is_recognised_and_decoded(run: Run, store: Path) -> None:
    told = run("info", store, "--json")
    assert told.code == 0, told.err
    assert (json.loads(told.out)["layout"], json.loads(told.out)["events"]) == ("ledger", 12)
    named = "Note: It is read by plug-ins: ledger (esviewer-example 1.0), reversed (esviewer-example 1.0).\n"
    assert told.err.endswith(named)
    events = run("events", store, "account-2", "--json").lines
    assert [each["data"]["amount"] for each in events] == [1, 2, 5000, 4]
    assert "ledger" in {each["name"] for each in run("layouts", "--json").lines}
    listed = run("layouts", "check", "ledger", store)
    assert listed.code == 0, listed.out


FOUND = ("round-amount", "warning", "account-2", 3, "The amount 5000 is a multiple of 1000.", {"amount": 5000})


def _found(done: Done) -> list[tuple[Any, ...]]:
    keys = ("check", "severity", "aggregate_id", "version", "message", "evidence")
    return [tuple(each[key] for key in keys) for each in done.lines]


def test_a_check_finds(run: Run, store: Path) -> None:
    asked = run("audit", store, "--check", "round-amount", "--json", "--fail-on", "warning")
    assert (_found(asked), asked.code) == ([FOUND], 1), asked.err
    whole = run("audit", store, "--json")
    assert FOUND in _found(whole)
    assert whole.code == 0
    assert "round-amount" in {each["check"] for each in run("audit", "--list", "--json").lines}


def test_a_check_is_configured_and_tells_at_an_aggregates_end(run: Run, store: Path, tmp_path: Path) -> None:
    settings = tmp_path / "s.toml"
    settings.write_text('[check.round-amount]\nmultiple = 1\nseverity = "error"\n')
    found = _found(run("audit", store, "--check", "round-amount", "--config", settings, "--json"))
    assert len(found) == 12 + 3
    assert ("round-amount", "error", "account-1", 4, "4 amounts of this account are round.", {}) in found
    settings.write_text("[check.round-amount]\nmultiples = 1\n")
    wrong = run("audit", store, "--config", settings)
    assert (wrong.code, "has no option multiples" in wrong.err) == (2, True)


def test_a_report_names_the_plugins_that_had_a_part_in_it(run: Run, store: Path, tmp_path: Path) -> None:
    report = tmp_path / "audit.md"
    assert run("audit", store, "--report", report).code == 0
    text = report.read_text()
    assert "of the plug-in round-amount (esviewer-example 1.0)" in text
    assert "It is read by plug-ins: ledger (esviewer-example 1.0), reversed (esviewer-example 1.0)." in text


def test_a_case_names_the_plugins_behind_its_pins(run: Run, store: Path, tmp_path: Path) -> None:
    case, report = tmp_path / "c.json", tmp_path / "c.md"
    assert run("case", "create", case, store).code == 0
    assert run("case", "pin", case, store, "--findings").code == 0
    assert run("case", "pin", case, store, "--state", "account-1").code == 0
    schema = json.loads(assets.path("schemas/case.json").read_text(encoding="utf-8"))
    kept = json.loads(case.read_text())
    assert jsonschema_rs.is_valid(schema, kept)
    readers = ["ledger (esviewer-example 1.0)", "reversed (esviewer-example 1.0)"]
    found = [each["pinned"]["plugins"] for each in kept["pins"]]
    assert found == [[*readers, "round-amount (esviewer-example 1.0)"], readers]
    assert run("case", "report", case, "--output", report).code == 0
    assert "round-amount (esviewer-example 1.0)" in report.read_text().replace("\\", "")
    run("plugins", "disable", "round-amount")
    again = run("case", "check", case, store, "--json").lines
    assert [each["verdict"] for each in again][-1] == "same"
    assert "no check round-amount" in str(again[0])


@pytest.mark.parametrize("processes", [1, 2])
def test_a_check_that_raises_is_left_out_and_the_audit_goes_on(
    run: Run, broken: Broken, store: Path, tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_parts, "WORTH_PROCESSES", 1 if processes > 1 else 10**9)
    monkeypatch.setattr(os, "cpu_count", lambda: processes)
    monkeypatch.setattr(reading, "_WORTH_PARTING", 1)
    raising = broken("check", "        data = ", "        1 / (event['version'] - 2)\n        data = ")
    ledger(tmp_path / "gap.db", gap=True)
    done = run("audit", tmp_path / "gap.db", "--json", "--fail-on", "warning", site=raising)
    assert {each["check"] for each in done.lines} == {"version-gap"}
    assert done.code == 1
    why = "the plug-in round-amount (esviewer-example 1.0) failed at account-1, version 2: ZeroDivisionError"
    assert f"Not checked: round-amount, because {why}" in done.err
    assert "Audit without it: esviewer plugins disable check/round-amount." in done.err


def test_an_audit_without_a_check_that_should_have_looked_is_no_yes(run: Run, broken: Broken, store: Path) -> None:
    raising = broken("check", "        data = ", "        raise SystemExit\n        data = ")
    assert run("audit", store, site=raising).code == 1
    assert run("audit", store, "--fail-on", "never", site=raising).code == 0
    assert run("audit", store, "--check", "version-gap", site=raising).code == 0
    run("plugins", "disable", "check/round-amount")
    switched = run("audit", store, site=raising)
    assert (switched.code, "round-amount" in switched.err) == (0, False)


def test_an_audit_names_a_check_that_was_skipped(run: Run, broken: Broken, store: Path, tmp_path: Path) -> None:
    later = broken("check", "esviewer_plugin = 1", "esviewer_plugin = 2")
    report = tmp_path / "audit.md"
    done = run("audit", store, "--report", report, site=later)
    named = "the plug-in round-amount (esviewer-example 1.0)"
    why = f"{named} was skipped: it is made for interface 2, and this release has 1"
    assert (done.code, f"Not checked: round-amount, because {why}." in done.err) == (1, True)
    assert f"round-amount was not checked: {why}." in report.read_text().replace("\\", "")
    asked = run("audit", store, "--check", "round-amount", site=later)
    assert (asked.code, why[1:] in asked.err) == (2, True)
    settings = tmp_path / "s.toml"
    settings.write_text('[check.round-amount]\nmultiple = 7\nseverity = "off"\n')
    assert run("audit", store, "--config", settings, site=later).code == 0


def test_a_codec_that_raises_makes_events_unreadable_and_loses_nothing(
    run: Run, broken: Broken, store: Path
) -> None:
    raising = broken("codec", "return data[::-1]", "return data[::-1] if b'0005' not in data else {}[1]")
    done = run("events", store, "account-2", "--json", site=raising)
    assert done.code == 0
    assert [each.get("data") for each in done.lines] == [{"amount": 1}, {"amount": 2}, None, {"amount": 4}]
    assert done.lines[2]["error"] == "the codec reversed (esviewer-example 1.0) failed: KeyError: 1"
    audited = run("audit", store, "--json", site=raising).lines
    assert ("payload-undecodable", "account-2", 3) in {
        (each["check"], each["aggregate_id"], each["version"]) for each in audited
    }


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("return data", "it gave bytes"),
        ("return {1: 2}", "it holds a key of the type int, and keys are texts"),
        ("return {'a': {1}}", "it holds something of the type set"),
    ],
)
def test_what_a_codec_gives_is_a_value(run: Run, broken: Broken, store: Path, new: str, said: str) -> None:
    site = broken("codec", 'step = "bytes"', 'step = "parser"')
    file = site / "esviewer_example" / "codec.py"
    file.write_text(file.read_text().replace("return data[::-1]", new))
    layout = site / "esviewer_example" / "layout.py"
    layout.write_text(layout.read_text().replace('["reversed", "json"]', '["reversed"]'))
    found = run("events", store, "account-1", "--limit", "1", "--json", site=site).lines
    if new == "return data":
        assert found[0]["data"] == "ewogICJhbW91bnQiOiAxfQ==" or isinstance(found[0]["data"], str)
    else:
        assert found[0]["error"].startswith("the codec reversed (esviewer-example 1.0) failed: ValueError: ")
        assert said in found[0]["error"]


def test_a_value_codec_has_the_last_word(run: Run, broken: Broken, store: Path) -> None:
    site = broken("codec", 'step = "bytes"', 'step = "value"')
    file = site / "esviewer_example" / "codec.py"
    file.write_text(file.read_text().replace("return data[::-1]", "return {**data, 'more': data['amount'] + 1}"))
    layout = site / "esviewer_example" / "layout.py"
    layout.write_text(layout.read_text().replace('["reversed", "json"]', '["json", "reversed"]'))
    plain = store.with_name("plain.db")
    ledger(plain, backwards=False)
    found = run("events", plain, "account-1", "--json", site=site).lines
    assert [each["data"] for each in found] == [{"amount": n, "more": n + 1} for n in (1, 2, 3, 4)]
    file.write_text(file.read_text().replace("data['amount']", "data['count']"))
    (event, *_) = run("events", plain, "account-1", "--json", site=site).lines
    assert event["error"] == "the codec reversed (esviewer-example 1.0) failed: KeyError: 'count'"


def test_a_report_is_written_in_a_form_of_a_plugin(run: Run, store: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    done = run("audit", store, "--report", report, "--no-mask")
    assert done.code == 0, done.err
    text = report.read_text()
    assert text.startswith("Audit of a store: ledger.db\n")
    assert "message=The amount 5000 is a multiple of 1000." in text
    assert run("report", store, "account-1", "--output", tmp_path / "one.TXT").code == 0
    assert "account-1" in (tmp_path / "one.TXT").read_text()
    other = run("report", store, "account-1", "--output", tmp_path / "one.rst")
    assert (other.code, ".txt" in other.err) == (2, True)


def test_a_form_that_raises_costs_no_report(run: Run, broken: Broken, store: Path, tmp_path: Path) -> None:
    raising = broken("form", "        for section in", "        raise OSError('no paper')\n        for section in")
    report = tmp_path / "report.txt"
    report.write_text("the one before")
    done = run("report", store, "account-1", "--output", report, site=raising)
    assert (done.code, report.read_text()) == (3, "the one before")
    assert done.err.splitlines()[-1] == (
        "Error: The report form txt (esviewer-example 1.0) failed: OSError: no paper. Nothing was written. "
        "Choose another form, or ask who made it."
    )
    assert sorted(each.name for each in tmp_path.glob("*report*")) == ["report.txt"]


def test_a_form_that_can_not_be_used_is_told_before_an_audit(run: Run, broken: Broken, store: Path) -> None:
    done = run("audit", store, "--report", "r.txt", "--json", site=broken("form", "def write", "def print"))
    assert (done.code, done.out) == (2, "")
    assert "The plug-in txt (esviewer-example 1.0) was skipped: it is no report form" in done.err


PROJECTION = """
[[projection]]
name = "accounts"
kind = "state"
columns = { amount = "state.amount" }
"""


@pytest.fixture
def projection(tmp_path: Path) -> Path:
    file = tmp_path / "p.toml"
    file.write_text(PROJECTION)
    return file


def test_an_engine_makes_what_the_own_one_makes(
    run: Run, store: Path, projection: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_WORTH_PARTING", 1)
    local = run("projection", projection, store, "--output", tmp_path / "a.csv")
    assert local.code == 0, local.err
    done = run("projection", projection, store, "--output", tmp_path / "b.csv", "--engine", "threads://2", "--json")
    assert done.code == 0, done.err
    assert (tmp_path / "b.csv").read_text() == (tmp_path / "a.csv").read_text()
    assert "account-2" in (tmp_path / "b.csv").read_text()
    assert (done.lines[0]["engine"], done.lines[0]["processes"]) == ("threads://2", None)
    assert done.lines[0]["plugins"][-1] == "threads (esviewer-example 1.0)"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("yield done.result()", "raise RuntimeError('no more threads')", "RuntimeError: no more threads"),
        ("yield done.result()", "yield", "it left out 4 of 4 parts"),
        ("yield done.result()", "yield {'part': 99}", "it gave something else than what a part returned"),
        ("return 2 * int(address or 2)", "return 'many'", "it divides the work into 'many' parts"),
    ],
)
def test_an_engine_that_fails_writes_nothing(
    run: Run,
    broken: Broken,
    store: Path,
    projection: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    old: str,
    new: str,
    why: str,
) -> None:
    monkeypatch.setattr(reading, "_WORTH_PARTING", 1)
    site = broken("engine", old, new)
    output = tmp_path / "a.csv"
    output.write_text("the one before")
    done = run("projection", projection, store, "--output", output, "--engine", "threads://4", site=site)
    assert (done.code, output.read_text()) == (3, "the one before")
    assert f"The projection engine threads (esviewer-example 1.0) failed: {why}" in done.err
    assert not list(tmp_path.glob(".a.csv*"))


def test_an_engine_that_there_is_none_of(run: Run, store: Path, projection: Path, tmp_path: Path) -> None:
    run("plugins", "disable", "threads")
    done = run("projection", projection, store, "--output", tmp_path / "a.csv", "--engine", "threads")
    assert (done.code, "There is no engine threads. --engine takes local, dask://HOST:PORT." in done.err) == (2, True)


def test_plugins_are_switched_off_and_on(run: Run, store: Path) -> None:
    off = run("plugins", "disable", "ledger", "check/round-amount")
    assert off.code == 0
    assert off.err.splitlines() == [
        "The layout ledger (esviewer-example 1.0) is switched off.",
        "The check round-amount (esviewer-example 1.0) is switched off.",
    ]
    states = _states(run("plugins", "--json"))
    assert {name for name, (state, _) in states.items() if state == "off"} == {"ledger", "round-amount"}
    assert "ledger" not in {each["name"] for each in run("layouts", "--json").lines}
    assert run("info", store).code == 3
    assert run("audit", store, "--check", "round-amount").code == 2
    assert run("plugins", "enable", "esviewer-example").code == 0
    assert {state for state, _ in _states(run("plugins", "--json")).values()} == {"on"}
    switched = [each for each in run("activity", "--json").lines if each["what"] == "switch"][-2:]
    assert [(each["on"], len(each["plugins"])) for each in switched] == [(False, 2), (True, 5)]
    assert run("info", store).code == 0
    unknown = run("plugins", "disable", "nobody")
    assert (unknown.code, "There is no plug-in nobody. Installed are: " in unknown.err) == (2, True)


def test_none_is_used_where_none_is_wanted(run: Run, process: Run, store: Path) -> None:
    assert run("--no-plugins", "info", store).code == 3
    assert run("info", store).code == 0
    listed = process("plugins", "--json", ESVIEWER_NO_PLUGINS="1")
    assert {state for state, _ in _states(listed).values()} == {"off"}


def test_a_layout_whose_codec_is_off_says_so(run: Run, store: Path) -> None:
    run("plugins", "disable", "reversed")
    state, reason = _states(run("plugins", "--json"))["ledger"]
    assert state == "skipped"
    assert reason == (
        "The plug-in ledger (esviewer-example 1.0) was skipped: Layout ledger: `events.data.codec` has 'reversed', "
        "and the plug-in reversed (esviewer-example 1.0) is switched off."
    )
    assert run("info", store).code == 3


def test_switches_that_can_not_be_read_switch_all_off(run: Run, store: Path, own_configuration: Path) -> None:
    (own_configuration / "plugins.json").write_text('{"off": 7}')
    assert {state for state, _ in _states(run("plugins", "--json")).values()} == {"off"}
    assert run("info", store).code == 3
    refused = run("plugins", "enable", "ledger")
    assert (refused.code, "none is used" in refused.err) == (3, True)
    assert (own_configuration / "plugins.json").read_text() == '{"off": 7}'


SKIPPED = {
    "raises on import": (("codec", "class", "raise OSError('no\\nluck')\nclass"), "reversed", "OSError: no luck"),
    "ends on import": (("form", '"""Reports', 'raise SystemExit(3)\n"""Reports'), "txt", "SystemExit: 3"),
    "another interface": (
        ("check", "esviewer_plugin = 1", "esviewer_plugin = 2"),
        "round-amount",
        "it is made for interface 2, and this release has 1",
    ),
    "no interface": (
        ("check", "esviewer_plugin = 1", "version = 1"),
        "round-amount",
        "it does not say for which interface it is made (esviewer_plugin = 1)",
    ),
    "no such class": (("engine", "class Threads", "class Others"), "threads", "has no attribute 'Threads'"),
    "no check": (("check", "def event", "def events"), "round-amount", "it is no check: it needs a class with `event`"),
    "no texts": (("check", "why = ", "reason = "), "round-amount", "it does not say what it looks for, why"),
    "no codec": (("codec", '"bytes"', '"byte"'), "reversed", "it is no codec"),
    "no layout": (("layout", 'required = [', 'required = [7, '), "ledger", "`events.required` must be"),
    "another name": (("layout", 'name = "ledger"', 'name = "book"'), "ledger", "its layout is called book"),
    "no form": (("form", "def write", "def print"), "txt", "it is no report form"),
    "no engine": (("engine", "def run", "def walk"), "threads", "it is no projection engine"),
}  # fmt: skip


@pytest.mark.parametrize("how", SKIPPED)
def test_what_is_broken_is_named_and_skipped(run: Run, broken: Broken, how: str) -> None:
    change, name, reason = SKIPPED[how]
    listed = run("plugins", "--json", site=broken(*change))
    assert (listed.code, listed.err) == (0, "")
    states = _states(listed)
    state, why = states.pop(name)
    assert state == "skipped"
    assert why is not None
    assert why.startswith(f"The plug-in {name} (esviewer-example 1.0) was skipped: ")
    assert reason in why
    if name == "reversed":
        assert states.pop("ledger")[0] == "skipped"  # which needs it
    assert {state for state, _ in states.values()} == {"on"}
    assert len(states) >= 3


def test_a_name_that_is_taken_stays_whose_it_is(run: Run, broken: Broken, store: Path) -> None:
    site = broken("check", "1000", "1000")
    names = next(site.glob("*.dist-info")) / "entry_points.txt"
    text = names.read_text()
    for old, new in (("round-amount", "version-gap"), ("txt", "pdf"), ("threads", "dask"), ("ledger", "reference")):
        assert f"{old} =" in text
        text = text.replace(f"{old} =", f"{new} =")
    names.write_text(text)
    states = _states(run("plugins", "--json", site=site))
    assert states.pop("reversed") == ("on", None)
    assert {*states} == {"version-gap", "pdf", "dask", "reference"}
    for name, (state, why) in states.items():
        own = f"The plug-in {name} (esviewer-example 1.0) was skipped: the program itself has something of this name."
        assert (state, why) == ("skipped", own)
    assert run("info", store, site=site).code == 3
    audited = run("audit", ledger(store.with_name("gap.db"), gap=True, reference=True), "--json", site=site)
    assert [each["check"] for each in audited.lines if each["aggregate_id"]] == ["version-gap"]
    assert "Note: The plug-in version-gap (esviewer-example 1.0) was skipped" in audited.err


def test_of_two_with_one_name_the_second_is_skipped(run: Run, broken: Broken, store: Path) -> None:
    site = broken("check", "1000", "1000")
    info = next(site.glob("*.dist-info"))
    other = site / "another_example-2.0.dist-info"
    shutil.copytree(info, other)
    metadata = (other / "METADATA").read_text()
    (other / "METADATA").write_text(
        metadata.replace("Name: esviewer-example", "Name: another-example").replace("Version: 1.0", "Version: 2.0")
    )
    found = run("plugins", "--json", site=site).lines
    assert [each["state"] for each in found] == ["on"] * 5 + ["skipped"] * 5
    assert found[5]["reason"].endswith(" was skipped: round-amount (another-example 2.0) has the same name.")
    assert run("plugins", "disable", "another-example", site=site).code == 0
    assert [each["state"] for each in run("plugins", "--json", site=site).lines] == ["off"] * 5 + ["on"] * 5


def test_nothing_is_loaded_before_it_is_needed(site: Path, store: Path) -> None:
    program = (
        "import sys\nfrom esviewer.cli.main import _run\n"
        "assert _run(['--help']) == 0\nassert 'importlib.metadata' not in sys.modules\n"
        f"assert _run(['info', {str(store)!r}]) == 0\n"
        "print('loaded', *sorted(each for each in sys.modules if each.startswith('esviewer_example.')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": on_path(site)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "loaded esviewer_example.codec esviewer_example.layout"


def test_the_manual_shows_the_example() -> None:
    text = manual.page("plugins").text
    assert f"```toml\n{(EXAMPLE / 'pyproject.toml').read_text()}```" in text
    shown = re.findall(r"<!-- (\w+\.py) -->\n```python\n(.*?)```", page_text(), re.DOTALL)
    assert {name for name, _ in shown} == {f"{each}.py" for each in ("layout", "codec", "check", "form", "engine")}
    for name, code in shown:
        assert code in (EXAMPLE / "src" / "esviewer_example" / name).read_text(), name


def page_text() -> str:
    """The manual's page as it lies there; what names the example's files is no part of what is shown."""
    return manual.page("plugins").file.read_text(encoding="utf-8")


def test_the_doctor_names_what_is_broken(run: Run, broken: Broken) -> None:
    later = broken("check", "esviewer_plugin = 1", "esviewer_plugin = 2")
    done = run("doctor", "--no-window", "--json", site=later)
    assert done.code == 1
    told = {each["name"]: (each["value"], each["wrong"]) for each in done.lines if each["section"] == "plug-ins"}
    assert told["esviewer-example:layout/ledger"] == ("1.0: on", False)
    value, wrong = told["esviewer-example:check/round-amount"]
    assert wrong
    assert "was skipped: it is made for interface 2" in value


def test_a_helping_process_has_the_switches_of_its_asker(run: Run, store: Path) -> None:
    plugin = plugins.Plugin("p", "check", "n", "1", "m:C")
    plugins.hold(frozenset([plugin.id]))
    assert plugins.switched_off() == {plugin.id}
    forgotten()
    assert plugins.switched_off() == frozenset()
