"""Foreign reducers at work and at fault: every script here is run as a process of its own."""

from __future__ import annotations

import gc
import json
import os
import select
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers_foreign import allowed, events, foreign_fold, running, scripted
from helpers_replay import event

from esviewer.errors import CancelledError, ForeignError, RulesError
from esviewer.model.batch import batch_of
from esviewer.model.exactjson import loads
from esviewer.model.masking import Masker
from esviewer.questions.field_history import field_history
from esviewer.questions.removed import removed
from esviewer.replay.fold import fold
from esviewer.replay.foreign.process import NoAnswerYet
from esviewer.replay.foreign.reducer import ForeignReducer, initial_of
from esviewer.replay.foreign.spec import load_spec
from esviewer.replay.history import History, build_history
from esviewer.work import Work

COUNT = """
def count(state, event):
    return {"n": state["n"] + event["data"], "seen": state["seen"] + [event["version"]]}
serve(count, {"n": 0, "seen": []})
"""


@pytest.fixture
def reducers() -> Iterator[list[ForeignReducer]]:
    """Reducers to be closed after the test, whose processes are gone then."""
    made: list[ForeignReducer] = []
    yield made
    for reducer in made:
        pid = reducer.pid
        reducer.close()
        assert pid is None or not running(pid)


@pytest.mark.parametrize("ahead", [True, False])
def test_states_come_out_of_the_process(tmp_path: Path, ahead: bool, reducers: list[ForeignReducer]) -> None:
    reducer = scripted(tmp_path, COUNT)
    reducers.append(reducer)

    folded, states = foreign_fold(reducer, events(*range(1, 1001)), ahead=ahead)

    assert folded.state == {"n": 500_500, "seen": list(range(1, 1001))}
    assert (folded.applied, folded.skipped) == (1000, ())
    assert json.loads(states[2]) == {"n": 6, "seen": [1, 2, 3]}


def test_the_process_gets_whole_events_but_no_undecodable_ones(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    reducer = scripted(tmp_path, "serve(lambda state, event: state + [event], [])")
    reducers.append(reducer)
    found = [
        event(4, "Löschung 😀", {"a": 1}, metadata={"who": "zoë"}),
        event(5, "Broken", error="no JSON"),
        event(7, "Later", [None]),
    ]

    folded, _ = foreign_fold(reducer, found)

    sent = [dict(each) for each in folded.state]
    assert [each.pop("op") for each in sent] == ["event", "event"]
    assert sent == [found[0].as_json(), found[2].as_json()]
    assert [(item.version, item.reason) for item in folded.skipped] == [(5, "no JSON")]


def test_events_are_sent_ahead(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """A process that answers nothing before it has three events gets them only when they are sent ahead."""
    script = """
say({"protocol": 1}) if hear() else None
say({"state": []}) if hear() else None
hear(); say({"state": []})
first, second, third = hear(), hear(), hear()
for count in (1, 2, 3):
    say({"state": [count], "version": count})
hear()
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)
    assert foreign_fold(reducer, events(1, 2, 3))[1] == ["[1]", "[2]", "[3]"]
    reducer.close()
    reducer = scripted(tmp_path, script, keys="timeout = 0.5")
    reducers.append(reducer)
    said = r"gave no answer within 500 milliseconds, at a-1 version 1 \(Any\)"
    with pytest.raises(ForeignError, match=said) as caught:
        foreign_fold(reducer, events(1, 2, 3), ahead=False)
    assert Masker().quoting(caught.value.message) == caught.value.message, "a limit is no value to be masked"


def test_large_events_and_replies_do_not_block_each_other(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """Both pipes fill: 200 events of 100 kB on their way, each answered with as much."""
    reducer = scripted(tmp_path, 'serve(lambda state, event: {"last": event["data"]})')
    reducers.append(reducer)

    folded, _ = foreign_fold(reducer, events(*(str(n) * 100_000 for n in range(1, 201))))

    assert folded.state == {"last": "200" * 100_000}
    assert folded.applied == 200


def test_numbers_and_texts_are_exact(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """The script hands texts on, so nothing but esviewer touches the numbers."""
    script = """
import re
sys.stdin.readline(); print('{"protocol":1}', flush=True)
for line in sys.stdin:
    if '"op":"start"' in line:
        print('{"state":null}', flush=True)
    elif '"op":"event"' in line:
        version, data = re.search('"version":(.*?),.*"data":(.*),"metadata"', line).groups()
        print('{"version":' + version + ',"state":' + data + '}', flush=True)
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)
    texts = ['{"a":9007199254740993,"b":1.10}', str(2**70), "1e400", '"\\ud800 😀 \\u0000\\n"', "-0.0", "[1.0,1]"]

    _, states = foreign_fold(reducer, events(*map(loads, texts)))

    assert [loads(state) for state in states] == [loads(text) for text in texts]
    assert states[0] == texts[0]
    assert states[2] == "1e400"


def test_changes_are_checked_and_applied(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    script = """
def serve_changes():
    while (message := hear())["op"] != "end":
        if message["op"] == "hello": say({"protocol": 1})
        elif message["op"] == "start": say({"state": message.get("state", {"list": []})})
        else: say({"changes": message["data"], "version": message["version"]})
serve_changes()
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)

    folded, states = foreign_fold(
        reducer,
        events(
            [{"op": "add", "path": "/list/-", "value": "b"}, {"op": "add", "path": "/list/0", "value": "a"}],
            [
                {"op": "add", "path": "/a~1b", "value": {"c": 1}},
                {"op": "replace", "path": "/a~1b/c", "value": 2, "old": 1},
            ],
            [{"op": "remove", "path": "/list/0", "old": "a"}],
            [],
            [{"op": "replace", "path": "", "value": None}],
        ),
    )

    assert states[:2] == ['{"list":["a","b"]}', '{"list":["a","b"],"a/b":{"c":2}}']
    assert states[2] == states[3] == '{"list":["b"],"a/b":{"c":2}}'
    assert folded.state is None

    wrong = (
        ([{"op": "replace", "path": "/absent", "value": 1}], "replace of '/absent', where there is nothing"),
        ([{"op": "remove", "path": "/list/5"}], "no place in the state"),
        ([{"op": "replace", "path": "/list", "value": 1, "old": 2}], "from a value that is not there"),
        ([{"op": "move", "path": "/list"}], "whose op is 'move'"),
        ([{"op": "add", "path": "/x"}], "without a value"),
        ([{"op": "add", "path": "/x/y/z", "value": 1}], "no place in the state"),
        ([{"op": "add", "path": "x", "value": 1}], "can't be read"),
        ([3], "without op and path"),
        (3, "not a list"),
    )
    for changes, message in wrong:
        state = reducer.initial()
        good = [{"op": "add", "path": "/list/-", "value": 1}]
        batch = batch_of(events([*good, *changes] if isinstance(changes, list) else changes))
        with pytest.raises(ForeignError, match="answered with") as raised:
            fold(reducer, [batch], state)
        assert message in str(raised.value)
        assert state == {"list": []}, "what was done before the wrong change is undone"


def test_a_state_that_is_removed_is_null(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    script = """
while (message := hear())["op"] != "end":
    if message["op"] == "hello": say({"protocol": 1})
    elif message["op"] == "start": say({"state": message.get("state", {"a": 1})})
    else: say({"changes": [{"op": "remove", "path": ""}], "version": message["version"]})
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)

    history = build_history(reducer, [batch_of(events(1, 2))])

    assert [history.state_after(count) for count in range(3)] == [{"a": 1}, None, None]
    assert history.changes(1) == [((), {"a": 1}, None)]
    assert [(each.path, each.value) for each in removed(history, 2)] == [(("a",), 1)]
    assert [(each.op, each.new) for each in field_history(history, [()])] == [("replace", None)]


def test_an_error_skips_the_event_and_the_rest_goes_on(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    script = """
state = 0
while (message := hear())["op"] != "end":
    if message["op"] == "hello": say({"protocol": 1})
    elif message["op"] == "start": say({"state": state})
    elif message["data"] == 13: say({"error": "no 13 here", "version": message["version"]})
    else:
        state += message["data"]
        say({"state": state, "version": message["version"]})
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)

    folded, states = foreign_fold(reducer, events(1, 13, 2, 13, 3))

    assert states == ["1", "1", "3", "3", "6"]
    assert [(item.version, item.reason) for item in folded.skipped] == [(2, "no 13 here"), (4, "no 13 here")]


FAULTS = {
    "crash": ("import sys; sys.stderr.write('boom é\\n'); sys.exit(3)", "ended with exit code 3", "boom é"),
    "signal": ("os.kill(os.getpid(), 9)", "was ended by SIGKILL", ""),
    "hang": ("time.sleep(1000)", "gave no answer within 2 seconds", ""),
    "silence": ("os.close(1); time.sleep(1000)", "closed its output", ""),
    "garbage": ("print('hello world', flush=True)", "wrote a line that is not JSON", ""),
    "binary": ("sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()", "not UTF-8", ""),
    "deep": ("print('{\"state\":' + '[' * 300 + ']' * 300 + '}', flush=True)", "nested deeper", ""),
    "not a number": ("return float('nan')", "wrote a line with NaN, which is no JSON", ""),
    "infinite": ("return [1, {'a': -float('inf')}]", "wrote a line with -Infinity, which is no JSON", ""),
    "twice a key": (
        'print(\'{"version": 3, "state": {"a": 1, "b": [{"c": 1, "c": 2}]}}\', flush=True)',
        "wrote a line with an object that has the key 'c' twice",
        "",
    ),
    "number": ("print('5', flush=True)", "something other than a JSON object", ""),
    "nothing": ("print('{}', flush=True)", "where exactly one is expected", ""),
    "no version": ("say({'state': 1})", "without the event's version", ""),
    "both": ("say({'state': 1, 'error': 'x'})", "where exactly one is expected", ""),
    "twice": ("say({'state': 1, 'version': 3})", "more lines|answered version 3 when asked for version 4", ""),
    "other version": ("say({'state': 1, 'version': 99})", "answered version 99 when asked for version 3", ""),
    "huge line": (
        "sys.stdout.write('x' * 3_000_000); sys.stdout.flush(); time.sleep(1000)",
        "a line of more than 100,000",
        "",
    ),
    "endless": (
        '\n        while True: print(\'{"state": 1, "version": 3}\')',
        "more lines|answered version 3 when asked for",
        "",
    ),
    "stderr flood": (
        "\n        for _ in range(3000): sys.stderr.write('y' * 1000 + '\\n')\n        sys.exit('the last words')",
        "ended with exit code 1",
        "the last words",
    ),
}


@pytest.mark.parametrize("ahead", [True, False], ids=["ahead", "one by one"])
@pytest.mark.parametrize("name", FAULTS)
def test_faults_name_the_event_and_leave_nothing_behind(
    name: str, ahead: bool, tmp_path: Path, reducers: list[ForeignReducer]
) -> None:
    """At version 3 the script does what is wrong, if a file is there; without it, it works again."""
    fault, message, stderr = FAULTS[name]
    (tmp_path / "wrong").touch()
    script = f"""
def step(state, event):
    if event["version"] == 3 and os.path.exists("wrong"):
        {fault}
        if {name != "twice"}: time.sleep(1000)
    return state + 1
serve(step, 0)
"""
    seconds = 2 if name == "hang" else 60
    reducer = scripted(tmp_path, script, keys=f"timeout = {seconds}\nmax_line_bytes = 100_000")
    reducers.append(reducer)
    state = reducer.initial()
    pid = reducer.pid
    assert pid is not None

    with pytest.raises(ForeignError) as raised:
        foreign_fold(reducer, events(*range(6)), ahead=ahead)

    assert any(each in raised.value.message for each in message.split("|"))
    assert raised.value.message.startswith("The reducer scripted ")
    # A line too many may be noticed at once, or when it is taken for the next answer.
    places = (3, 4) if name in ("twice", "endless") else (3,)
    assert raised.value.message.endswith(tuple(f"at a-1 version {version} (Any)." for version in places))
    assert stderr in raised.value.hint
    assert len(raised.value.hint) < 20_000
    assert not running(pid)
    assert reducer.pid is None

    (tmp_path / "wrong").unlink()
    folded, _ = foreign_fold(reducer, events(*range(6)), ahead=ahead)
    assert (state, folded.state) == (0, 6)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("sys.exit('not today')", "ended with exit code 1"),
        ("hear(); say({'protocol': 2})", "speaks protocol 2, not 1"),
        ("hear(); say({'error': 'cart.py has no evolve'})", "could not begin: cart.py has no evolve"),
        ("hear(); say([])", "answered hello with something other"),
        ("hear(); say({'protocol': 1, 'values': 'xml'})", "asks for values 'xml'"),
        ("hear(); say({'protocol': 1}); hear(); say({'changes': []})", "answered start with something other"),
        ("time.sleep(1000)", "gave no answer within 500 milliseconds"),
    ],
)
def test_a_bad_start_says_so(tmp_path: Path, script: str, message: str, reducers: list[ForeignReducer]) -> None:
    reducer = scripted(tmp_path, script, keys="start_timeout = 0.5")
    reducers.append(reducer)
    with pytest.raises(ForeignError, match="at its start") as raised:
        reducer.initial()
    assert message in raised.value.message
    assert ("not today" in raised.value.hint) is ("not today" in script)
    assert reducer.pid is None


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    reducer = scripted(tmp_path, "")
    (tmp_path / "reducer.toml").write_text('kind = "foreign"\ncommand = ["no-such-program", "script.py"]\n')
    with pytest.raises(RulesError, match="no-such-program is not there"):
        ForeignReducer(load_spec(tmp_path / "reducer.toml"), allowed).initial()
    assert reducer.pid is None


def test_another_start_takes_the_state_it_is_given(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """One process serves several replays, from nothing, from a state in the midst and of other aggregates."""
    reducer = scripted(tmp_path, COUNT)
    reducers.append(reducer)
    whole, _ = foreign_fold(reducer, events(1, 2, 3, 4))
    pid = reducer.pid

    resumed = fold(reducer, [batch_of(events(3, 4, first=3))], {"n": 3, "seen": [1, 2]})
    again, _ = foreign_fold(reducer, events(1, 2, 3, 4))

    assert whole.state == resumed.state == again.state
    assert reducer.pid == pid is not None


def test_a_replay_left_in_the_midst_does_not_reach_into_the_next(
    tmp_path: Path, reducers: list[ForeignReducer]
) -> None:
    """Events that were sent ahead and never stepped through are forgotten, with their answers."""
    reducer = scripted(tmp_path, COUNT)
    reducers.append(reducer)
    found = events(*range(1, 100))
    reducer.prepare(batch_of(found), None)
    state = reducer.step(reducer.initial(), 1, found[0], [])
    assert state["n"] == 1

    folded, _ = foreign_fold(reducer, found[:5])

    assert folded.state == {"n": 15, "seen": [1, 2, 3, 4, 5]}


def test_cancelling_ends_a_process_that_hangs(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """The limit is an hour: only the cancelling can end it, and it does once the process is known to hang."""
    (tmp_path / "wrong").touch()
    script = """
def step(state, event):
    if event["version"] == 3 and os.path.exists("wrong"):
        open("hanging", "w").close()
        time.sleep(1000)
    return event["version"]
serve(step, 0)
"""
    reducer = scripted(tmp_path, script, keys="timeout = 3600")
    reducers.append(reducer)
    work = Work()
    done = threading.Event()

    def cancel() -> None:
        while not (tmp_path / "hanging").exists() and not done.wait(0.01):
            pass
        work.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        with pytest.raises(CancelledError):
            foreign_fold(reducer, events(*range(5)), work=work)
    finally:
        done.set()
        thread.join()

    assert reducer.pid is None
    (tmp_path / "wrong").unlink()
    assert foreign_fold(reducer, events(*range(5)), work=Work())[0].state == 5


class ShortHistory(History):
    """Gives up what it can."""

    EVENTS = 2
    UNPACKED = 1


def test_replaying_what_was_given_up_can_be_cancelled(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """The program hangs only when it is asked a second time: the limit is an hour."""
    script = """
def step(state, event):
    if event["version"] == 1 and os.path.exists("wrong"):
        open("hanging", "w").close()
        time.sleep(1000)
    return event["version"]
serve(step, 0)
"""
    reducer = scripted(tmp_path, script, keys="timeout = 3600")
    reducers.append(reducer)
    story = events(*range(12))
    history = ShortHistory(
        reducer, source=lambda first, last: iter([batch_of([e for e in story if first <= e.version <= last])]), budget=0
    )
    history.add(batch_of(story))
    history.work = work = Work()
    (tmp_path / "wrong").touch()
    done = threading.Event()

    def cancel() -> None:
        while not (tmp_path / "hanging").exists() and not done.wait(0.01):
            pass
        work.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        with pytest.raises(CancelledError):
            history.state_at(1)
    finally:
        done.set()
        thread.join()

    (tmp_path / "wrong").unlink()
    history.work = None
    assert [history.state_at(version) for version in (1, 2, 12, 3)] == [1, 2, 12, 3]


@pytest.mark.parametrize("hangs_at", ["hello", "start"])
def test_waiting_for_the_first_state_can_be_cancelled(
    tmp_path: Path, reducers: list[ForeignReducer], hangs_at: str
) -> None:
    (tmp_path / "wrong").touch()
    script = f"""
while (message := hear())["op"] != "end":
    if message["op"] == {hangs_at!r} and os.path.exists("wrong"):
        open("hanging", "w").close()
        time.sleep(1000)
    say({{"protocol": 1}} if message["op"] == "hello" else {{"state": 7}})
"""
    reducer = scripted(tmp_path, script, keys="timeout = 1000\nstart_timeout = 1000")
    reducers.append(reducer)
    work, done = Work(), threading.Event()

    def cancel() -> None:
        while not (tmp_path / "hanging").exists() and not done.wait(0.01):
            pass
        work.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    try:
        with pytest.raises(CancelledError):
            initial_of(reducer, work)
    finally:
        done.set()
        thread.join()

    assert reducer.pid is None
    (tmp_path / "wrong").unlink()
    assert reducer.initial() == 7


def test_what_the_process_started_ends_with_it(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    script = """
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])
serve(lambda state, event: child.pid)
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)
    child = foreign_fold(reducer, events(1))[0].state
    parent = reducer.pid
    assert parent is not None
    handle = os.pidfd_open(child)

    reducer.close()

    assert not running(parent)
    assert select.select([handle], [], [], 60)[0], "it has ended, whether or not somebody was there to see to it"
    os.close(handle)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="environments of processes can't be looked at")
def test_what_left_the_processes_group_ends_with_it(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    script = """
import subprocess
child = subprocess.Popen(["sleep", "1000"], start_new_session=True)
serve(lambda state, event: child.pid)
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)
    handle = os.pidfd_open(foreign_fold(reducer, events(1))[0].state)

    reducer.close()

    assert select.select([handle], [], [], 60)[0]
    os.close(handle)


def test_text_that_looks_like_keys_is_fine(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    reducer = scripted(tmp_path, "serve(lambda state, event: event['data'])")
    reducers.append(reducer)
    data = {"a": '{"a": 1, "a": 2}', "b": "NaN", "c": [{"a": "-Infinity"}]}

    assert foreign_fold(reducer, events(data))[0].state == data


def test_a_program_without_its_interpreter(tmp_path: Path) -> None:
    for name, line, message in (
        ("gone", "#!/no/such/interpreter", "the interpreter that its first line names is not there"),
        ("none", "echo", "Exec format error"),
    ):
        (tmp_path / name).write_text(line + "\n")
        (tmp_path / name).chmod(0o755)
        (tmp_path / "reducer.toml").write_text(f'kind = "foreign"\ncommand = ["./{name}"]\n')
        with pytest.raises(RulesError, match=message):
            ForeignReducer(load_spec(tmp_path / "reducer.toml"), allowed).initial()


def test_a_forgotten_reducer_takes_its_process_along(tmp_path: Path) -> None:
    reducer = scripted(tmp_path, COUNT)
    foreign_fold(reducer, events(1))
    pid = reducer.pid
    assert pid is not None
    assert running(pid)

    del reducer
    gc.collect()

    assert not running(pid)


def test_secrets_stay_out_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reducers: list[ForeignReducer]
) -> None:
    for name in ("ESVIEWER_PASSWORD", "ESVIEWER_CIPHER_KEY", "PGPASSWORD", "MYSQL_PWD"):
        monkeypatch.setenv(name, "hush")
    monkeypatch.setenv("SHOP_HOME", "here")
    reducer = scripted(tmp_path, "serve(lambda state, event: dict(os.environ))")
    reducers.append(reducer)

    environment = foreign_fold(reducer, events(1))[0].state

    assert environment["SHOP_HOME"] == "here"
    assert "hush" not in environment.values()


def test_answers_can_be_waited_for_in_slices(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    """Whoever stops waiting and asks the same again goes on waiting: nothing is sent twice, no process is started."""
    script = """
while (message := hear())["op"] != "end":
    time.sleep(0.05)
    if message["op"] == "hello": say({"protocol": 1})
    elif message["op"] == "start": say({"state": {"got": message.get("state", 0)}})
    else: say({"state": {"got": message["data"], "pid": os.getpid()}, "version": message["version"]})
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)
    history = History(reducer, begun=False)
    found = events(*range(1, 9))
    waits = 0
    begun = False
    while len(history) < 8:
        reducer.until = time.monotonic() + 0.01
        try:
            if not begun:
                reducer.initial()
                history.begin()
                begun = True
            history.add(batch_of(found[len(history) :]))
        except NoAnswerYet:
            waits += 1
    reducer.until = None

    assert waits > 8
    states = [history.state_after(count) for count in range(9)]
    assert [state["got"] for state in states] == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert {state["pid"] for state in states[1:]} == {reducer.pid}


def test_the_time_for_an_answer_is_not_lengthened_by_slices(tmp_path: Path, reducers: list[ForeignReducer]) -> None:
    reducer = scripted(tmp_path, "hear(); time.sleep(1000)", keys="start_timeout = 0.3")
    reducers.append(reducer)
    errors: list[Exception] = [NoAnswerYet()]
    while isinstance(errors[-1], NoAnswerYet):
        reducer.until = time.monotonic() + 0.02
        with pytest.raises((NoAnswerYet, ForeignError)) as raised:
            reducer.initial()
        errors.append(raised.value)
    assert len(errors) > 2
    assert "gave no answer within 300 milliseconds, at its start" in str(errors[-1])
    assert reducer.pid is None


def test_another_question_does_not_take_the_answer_that_is_waited_for(
    tmp_path: Path, reducers: list[ForeignReducer]
) -> None:
    script = """
while (message := hear())["op"] != "end":
    if message["op"] == "hello": say({"protocol": 1})
    elif message["op"] == "start":
        state = message.get("state", 0)
        if state and os.path.exists("slow"): time.sleep(1000)
        say({"state": state})
    else: say({"state": {"before": state}, "version": message["version"]})
"""
    reducer = scripted(tmp_path, script)
    reducers.append(reducer)
    (tmp_path / "slow").touch()
    reducer.initial()
    reducer.until = time.monotonic() + 0.05
    with pytest.raises(NoAnswerYet):
        fold(reducer, [batch_of(events(7, first=5))], {"former": 1})
    assert reducer.owes_answers
    (tmp_path / "slow").unlink()
    reducer.until = None

    folded = fold(reducer, [batch_of(events(7, first=5))], {"former": 2})

    assert folded.state == {"before": {"former": 2}}
    assert not reducer.owes_answers
    reducer.end_if_asked()
    assert reducer.pid is not None, "it has nothing to answer"
