"""`esviewer case`: pinned answers come back, and what changed in the store since is told."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from helpers_demo import own_demo, tamper

ORDER = "order-00042"
BACKDATED = f"UPDATE events SET timestamp = '2020-01-01' WHERE aggregate_id = '{ORDER}' AND version = 2"


@pytest.fixture
def shop(part: Path, tmp_path: Path) -> Path:
    return own_demo(tmp_path / "shop.db", part)


@pytest.fixture(scope="module")
def pinned(part: Path, run_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with a pin of every kind but a finding."""
    folder = tmp_path_factory.mktemp("pinned")
    told = ("--title", "Wrong total 🧾", "--operator", "Ada")
    assert run_in(folder, "case", "create", "case.json", part, *told).code == 0
    for options in (
        ("--state", f"{ORDER}@5", "--note", "as the customer saw it"),
        ("--event", f"{ORDER}@4"),
        ("--diff", f"{ORDER}@3", "5"),
        ("--history", "account-00031@20", "--field", "/balance", "--chart"),
    ):
        assert run_in(folder, "case", "pin", "case.json", part, *options).code == 0
    return folder / "case.json"


@pytest.fixture
def case(pinned: Path, tmp_path: Path) -> Path:
    """Such a case of a test's own."""
    return Path(shutil.copy(pinned, tmp_path))


def verdicts(done: Any) -> dict[int, str]:
    return {line["pin"]: line["verdict"] for line in done.lines}


def test_pins_hold_what_the_other_commands_say(run: Callable[..., Any], shop: Path, case: Path):
    kept = json.loads(case.read_text())
    assert (kept["form"], kept["form_version"], kept["title"]) == ("esviewer.case", 1, "Wrong total 🧾")
    assert kept["made"]["operator"] == "Ada"
    state, event, diff, history = (pin["content"] for pin in kept["pins"])
    assert state == run("state", shop, ORDER, "--at", 5, "--no-snapshots", "--json").json
    assert event == next(line for line in run("events", shop, ORDER, "--json").lines if line["version"] == 4)
    printed = run("diff", shop, ORDER, 3, 5, "--json").json
    assert list(printed.pop("rebuilt")) == ["from", "to"]
    assert diff == printed
    lines = run("history", shop, "account-00031", "/balance", "--json").lines
    found = [[(each["version"], each.get("new")) for each in part] for part in (history, lines)]
    assert found[0] == [each for each in found[1] if each[0] <= 20]


def test_an_untouched_store_says_the_same(run: Callable[..., Any], shop: Path, case: Path):
    done = run("case", "check", case, shop, "--json")
    assert done.code == 0
    assert set(verdicts(done).values()) == {"same"}
    assert run("case", "check", case, shop).code == 0


def test_new_events_change_nothing_that_was_pinned(run: Callable[..., Any], shop: Path, case: Path):
    tamper(
        shop,
        "INSERT INTO events (event_id, version, aggregate_id, aggregate_type, event_type, event_data, schema_version, "
        "timestamp) SELECT 'new', 999, aggregate_id, aggregate_type, event_type, event_data, schema_version, "
        f"timestamp FROM events WHERE aggregate_id = '{ORDER}' AND version = 5",
    )
    assert run("case", "check", case, shop).code == 0


def test_a_changed_event_is_noticed_where_the_answer_stays(run: Callable[..., Any], shop: Path, case: Path):
    tamper(shop, BACKDATED)
    done = run("case", "check", case, shop, "--json")
    assert done.code == 1
    assert verdicts(done) == {1: "events-differ", 2: "events-differ", 3: "events-differ", 4: "same"}
    assert "events of order-00042 up to version 5 are not those of that time" in done.lines[0]["reason"]


def test_what_is_gone_is_gone(run: Callable[..., Any], shop: Path, case: Path):
    tamper(shop, f"DELETE FROM events WHERE aggregate_id = '{ORDER}' AND version = 4")
    done = run("case", "check", case, shop, "--json")
    assert verdicts(done) == {1: "events-differ", 2: "gone", 3: "events-differ", 4: "same"}
    assert "There were 5, now there are 4." in done.lines[0]["reason"]


def test_another_reducer_is_told_from_other_events(run: Callable[..., Any], shop: Path, case: Path):
    for file in shop.with_name(shop.name + ".reducers").glob("*.toml"):
        file.write_text(file.read_text() + "\n# a word more\n")
    done = run("case", "check", case, shop, "--json")
    assert verdicts(done) == {1: "answer-differs", 2: "same", 3: "same", 4: "same"}
    assert "the reducer is another one" in done.lines[0]["reason"]
    assert [change["path"] for change in done.lines[0]["changes"]] == ["/rebuilt/reducer_digest"]


@pytest.mark.parametrize("asked", [("--state", f"{ORDER}@5"), ("--history", f"{ORDER}@5", "--field", "/seen")])
def test_a_missing_reducer_is_named_and_asked_for(
    run: Callable[..., Any], shop: Path, tmp_path: Path, asked: tuple[str, ...]
):
    file, rules = tmp_path / "case.json", tmp_path / "mine.toml"
    rules.write_text('name = "mine"\n[[on]]\nevent = "*"\nset = { seen = "event.version" }\n')
    for kept in shop.with_name(shop.name + ".reducers").glob("*.toml"):
        kept.unlink()
    run("case", "create", file, shop)
    assert run("case", "pin", file, shop, *asked, "--reducer", rules).code == 0
    assert verdicts(run("case", "check", file, shop, "--reducer", rules, "--json")) == {1: "same"}
    done = run("case", "check", file, shop, "--json")
    assert done.code == 1
    (line,) = done.lines
    assert (line["verdict"], line["changes"]) == ("not-checked", [])
    assert "can't be told: the reducer mine is missing. Give it with --reducer FILE" in line["reason"]
    digest = run("state", shop, ORDER, "--at", 5, "--reducer", rules, "--json").json["rebuilt"]["reducer_digest"]
    assert digest in line["reason"]
    report = tmp_path / "report.md"
    assert run("case", "report", file, "--store", shop, "--output", report).code == 0
    assert "Whether it still holds can't be told: pin 1." in report.read_text()
    # Another one says something of its own, not what the store says.
    rules.write_text('name = "other"\n[[on]]\nevent = "*"\nset = { found = "1" }\n')
    (line,) = run("case", "check", file, shop, "--reducer", rules, "--json").lines
    assert line["verdict"] == "answer-differs"
    assert line["reason"].startswith("The events are the same; the reducer is another one.")
    # Events are looked at whatever reducer there is.
    tamper(shop, BACKDATED)
    (line,) = run("case", "check", file, shop, "--json").lines
    assert line["verdict"] == "events-differ"
    tamper(shop, f"DELETE FROM events WHERE aggregate_id = '{ORDER}' AND version = 5")
    (line,) = run("case", "check", file, shop, "--json").lines
    assert line["verdict"] == "gone"


def test_a_program_that_is_not_trusted_is_asked_for(run: Callable[..., Any], shop: Path, tmp_path: Path):
    from helpers_foreign import script_file

    from esviewer.app import consent

    file = tmp_path / "case.json"
    (tmp_path / "code").mkdir()
    script = script_file(tmp_path / "code", 'serve(lambda state, event: {"n": event["version"]})\n')
    consent.trust(script)
    run("case", "create", file, shop)
    done = run("case", "pin", file, shop, "--state", "account-00031@5", "--reducer", script)
    assert done.code == 0, done.err
    assert run("case", "check", file, shop, "--reducer", script).code == 0
    code = tmp_path / "code" / "script.py"
    code.write_text(code.read_text() + "# more\n")
    done = run("case", "check", file, shop, "--reducer", script, "--json")
    assert done.code == 1
    (line,) = done.lines
    assert line["verdict"] == "not-checked"
    assert "is a program that has changed since" in line["reason"]


def test_findings_are_pinned(run: Callable[..., Any], shop: Path, case: Path):
    tamper(shop, "UPDATE events SET event_data = '{bad' WHERE aggregate_id = 'order-00043' AND version = 2")
    done = run("case", "pin", case, shop, "--findings", "--json")
    assert done.code == 0
    (line,) = done.lines
    assert (line["id"], line["kind"], line["content"]["check"]) == (5, "finding", "payload-undecodable")
    assert run("case", "check", case, shop).code == 0


def test_a_finding_is_looked_for_again(run: Callable[..., Any], shop: Path, case: Path, tmp_path: Path):
    bad = "UPDATE events SET event_data = '{0}' WHERE aggregate_id = 'order-00043' AND version = 2"
    tamper(shop, bad.format("{bad"))
    run("case", "pin", case, shop, "--findings")
    done = run("case", "check", case, shop)
    assert done.code == 0
    assert done.out.splitlines()[-1].endswith("payload-undecodable  still there")
    file = tmp_path / "report.md"
    assert run("case", "report", case, "--store", shop, "--output", file).code == 0
    assert "Finding: payload-undecodable at order-00043 version 2" in file.read_text()
    assert "The finding is still there." in file.read_text()
    tamper(shop, bad.format("{}"))
    done = run("case", "check", case, shop, "--json")
    assert done.code == 1
    assert (done.lines[-1]["verdict"], done.lines[-1]["finding"]) == ("gone", "gone")


def test_notes_and_removal(run: Callable[..., Any], case: Path):
    assert run("case", "edit", case, 2, "--note", "look here").code == 0
    assert run("case", "edit", case, 1, "--remove").code == 0
    shown = run("case", "show", case)
    assert "look here" in shown.out
    assert "as the customer saw it" not in shown.out
    assert run("case", "edit", case, 1, "--remove").code == 4


@pytest.mark.parametrize("ending", ["html", "md", "json", "csv", "xlsx", "pdf"])
def test_reports(run: Callable[..., Any], shop: Path, case: Path, tmp_path: Path, ending: str):
    tamper(shop, BACKDATED)
    file = tmp_path / f"report.{ending}"
    done = run("case", "report", case, "--store", shop, "--output", file)
    assert done.code == 0
    content = file.read_bytes()
    if ending in ("html", "md", "json"):
        for text in ("Wrong total 🧾", "as the customer saw it", "/balance", "sha256:"):
            assert text in content.decode()
    assert len(content) > 1000


def test_a_report_without_the_store_says_so_and_names_the_reducers(
    run: Callable[..., Any], shop: Path, case: Path, tmp_path: Path
) -> None:
    assert run("case", "pin", case, shop, "--history", "user-00001", "--field", "/email", "--chart").code == 0
    file = tmp_path / "report.md"
    assert run("case", "report", case, "--output", file).code == 0
    text = file.read_text()
    assert "The store was not asked whether it still says what was pinned." in text
    assert "Unchanged" not in text
    assert f"Difference between versions 3 and 5 of {ORDER}" in text
    difference, history = text.split("## 3")[1].split("## 4")
    assert difference.count("- Reducer: orders") == 2
    assert "- Events applied: 5" in difference
    assert "- Reducer: bank accounts" in history
    assert "Not in a chart, for its values are masked or are no numbers: /email." in history
    assert run("case", "report", case, "--store", shop, "--output", file).code == 0
    assert "- Unchanged: 5" in file.read_text()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("no JSON", "is no case."),
        ('{"form": "esviewer.case", "form_version": 99}', "form version 99"),
        ('{"form": "esviewer.case", "form_version": 1, "title": "x"}', "is a damaged case"),
    ],
)
def test_files_that_are_no_cases(run: Callable[..., Any], tmp_path: Path, content: str, complaint: str):
    file = tmp_path / "case.json"
    file.write_text(content)
    done = run("case", "show", file)
    assert done.code == 2
    assert complaint in done.err
    assert len(done.err.splitlines()) == 1


def test_a_content_that_was_altered_by_hand(run: Callable[..., Any], case: Path):
    kept = json.loads(case.read_text())
    kept["pins"][0]["content"]["state"]["status"] = "Paid"
    case.write_text(json.dumps(kept))
    done = run("case", "show", case)
    assert done.code == 2
    assert "the content of pin 1 is not what was pinned" in done.err


@pytest.mark.parametrize(
    "asked",
    [
        ("--state", f"{ORDER}@5"),
        ("--diff", "account-00031@3", f"{ORDER}@5"),
        ("--history", ORDER, "--field", "/status"),
    ],
)
def test_merge_does_not_stand_in_for_a_reducer_that_was_named(
    run: Callable[..., Any], shop: Path, tmp_path: Path, asked: tuple[str, ...]
):
    case = tmp_path / "case.json"
    assert run("case", "create", case, shop).code == 0
    rules = tmp_path / "account.toml"
    rules.write_text('name = "account"\naggregate_type = "account"\n[[on]]\nevent = "*"\nset = { seen = "1" }\n')
    before = case.read_bytes()
    done = run("case", "pin", case, shop, *asked, "--reducer", rules)

    assert done.code == 2
    assert "No reducer that was named is for aggregates of type 'order': account.toml is for 'account'." in done.err
    assert case.read_bytes() == before


def test_nothing_is_lost_when_something_is_wrong(run: Callable[..., Any], shop: Path, case: Path):
    before = case.read_bytes()
    assert run("case", "create", case, shop).code == 2
    assert run("case", "pin", case, shop, "--state", "nobody").code == 4
    assert run("case", "pin", case, shop, "--event", ORDER).code == 2
    assert run("case", "pin", case, shop).code == 2
    assert run("case", "pin", case, shop, "--history", ORDER).code == 2
    assert case.read_bytes() == before
