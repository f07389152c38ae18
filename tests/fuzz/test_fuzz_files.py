"""Files and texts from strangers: read, or refused in one sentence of the documented kind; soon, in little memory.

Each test changes valid ones (letters, tokens, lines, values of TOML and JSON). In CI it does the same at every run and
little of it; by hand, for minutes: `FUZZ_SECONDS=300 python -m pytest tests/fuzz/test_fuzz_files.py -k rules`.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from esviewer.app.cases.case import case_in
from esviewer.app.links import parse_link
from esviewer.app.log_filter import filter_from_json
from esviewer.app.masking import parse_masking
from esviewer.audit.seals.file import read_seal
from esviewer.audit.seals.proof import read_proof
from esviewer.audit.settings import parse_settings
from esviewer.errors import EsviewerError, UsageError
from esviewer.projections.file import parse_projections
from esviewer.replay.expressions import compile_expression
from esviewer.replay.reducer import StepError
from esviewer.replay.rules import parse_rules
from esviewer.stores.databases.connection import connect
from esviewer.stores.layouts.layout import parse_layout

SECONDS = float(os.environ.get("FUZZ_SECONDS", "0"))
TIMES = 120
LONGEST = 5.0
"""Seconds of computing that one text may take."""
ROOT = Path(__file__).resolve().parents[2]


def texts_in(folder: str, ending: str = "toml") -> list[str]:
    return [each.read_text(encoding="utf-8") for each in sorted((ROOT / "resources" / folder).rglob(f"*.{ending}"))]


def expressions() -> list[str]:
    return [
        "data.quantity > 0 and state.n < 10", "data['a'][0] + len(data.b)", "1 if data.x else [1, {'a': 2}]",
        "int(data.a) ** 2", "min(1, max(2, 3))", "str(decimal('1.10'))", "not meta.user in ['a', 'b']",
        "event.version % 7 == 3", "round(data.x, 2)", "lower(data.name) == upper('x')", "'a' * 3 + data.s",
    ]  # fmt: skip


PROJECTION = """
[[projection]]
name = "open carts"
aggregate_type = "cart*"
where = "state.status == 'Opened'"
[projection.columns]
client = "state.clientId"
lines = "len(state.items)"
[[projection]]
name = "sales"
kind = "event"
key = "data.productId"
initial = { sold = 0 }
[[projection.on]]
event = "ProductItemAdded"
increment = { sold = "data.quantity" }
[projection.columns]
sold = "state.sold"
"""
SETTINGS = """
[check.time-future]
severity = "warning"
tolerance_seconds = 60
[[invariant]]
name = "no overdraft"
expression = "state.balance >= 0"
aggregate_type = "account*"
[[invariant]]
expression = "data.amount > 0"
event = "Money*"
"""
MASKING = """
names = ["memo", "customer*"]
paths = ["/contact/**"]
keys = ["/balance_by_person"]
aggregate_ids = ["user*"]
state_digest = true
[show]
names = ["city"]
paths = ["/shop/address"]
values = ["phone"]
[[value]]
name = "customer number"
pattern = "KD-[0-9]{6}"
"""
LINKS = [
    "esviewer://open?store=/tmp/a.db&aggregate=order-1&version=3",
    "esviewer://open?store=%E6%97%A5.db&room=events&as_of=2026-01-01T00:00:00Z",
    "esviewer://open?store=mine&room=history&field=/a/b&field=/c&lane=a&lane=b",
]
URLS = [
    "nowhere://user:secret@127.0.0.1:1/db?sslmode=require", "sqlite:///nowhere.db", "postgresql://u@127.0.0.1:1/d",
    "mysql://u:p@127.0.0.1:1/d?charset=utf8", "duckdb:///nowhere.duckdb", "file:///nowhere.db", "/nowhere/none.db",
]
"""Of nobody: port 1 of this machine answers at once that nobody is there."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """A seal, a proof and a case as the command writes them."""
    from helpers_log import many, write_sqlite

    from esviewer.cli.main import _run

    folder = tmp_path_factory.mktemp("made")
    store = str(write_sqlite(folder / "s.db", many(30)))
    seal, proof, case = (str(folder / name) for name in ("s.seal", "p.json", "c.case"))
    for words in (
        ["seal", store, seal], ["prove", store, seal, "order-00000", "1", "--output", proof],
        ["case", "create", case, store], ["case", "pin", case, store, "--state", "order-00000"],
        ["case", "pin", case, store, "--diff", "order-00000@1", "3", "--note", "why"],
    ):  # fmt: skip
        assert _run(words) == 0
    return {name: [Path(file).read_text()] for name, file in (("seal", seal), ("proof", proof), ("case", case))}


def changed(text: str, dice: random.Random) -> str:
    """A text with some changes, of a kind that people and programs make or that nobody makes."""
    for _ in range(dice.choice((1, 1, 2, 3, 6))):
        at, to = sorted((dice.randrange(len(text) + 1), dice.randrange(len(text) + 1)))
        to = min(to, at + dice.choice((1, 4, 40)))
        kind = dice.randrange(9)
        if kind == 0:
            text = text[:at] + text[to:]
        elif kind == 1:
            text = text[:to] + text[at:to] * dice.choice((1, 2, 50)) + text[to:]
        elif kind == 2:
            text = text[:at] + dice.choice(_PIECES) + text[at:]
        elif kind == 3:
            text = text[:at] + dice.choice(_PIECES) + text[to:]
        elif kind == 4:
            lines = text.split("\n")
            dice.shuffle(lines)
            text = "\n".join(lines)
        elif kind == 5:
            numbers = [each for each in "0123456789" if each in text]
            if numbers:
                text = text.replace(dice.choice(numbers), dice.choice(_VALUES), 1)
        elif kind == 6:
            words = [each for each in text.replace('"', " ").split() if each.isalnum()]
            if words:
                text = text.replace(dice.choice(words), dice.choice([*words, *_VALUES]), dice.choice((1, -1)))
        elif kind == 7:
            text = text[:at] + chr(dice.choice(_LETTERS)) + text[at:]
        else:
            deep = dice.choice((3, 300, 5000))
            text = text[:at] + dice.choice("[({") * deep + text[at:]
    return text[:200_000]


_LETTERS = (0, 9, 10, 27, 0x7F, 0x85, 0xE9, 0x202E, 0xD800, 0x1F363)
_VALUES = (
    "-1", "1e999", "9" * 400, "true", "null", "[]", "{}", '""', "'x'", "nan", "0x10", "2026-01-01", "07:32:00",
    "__import__('os')", "().__class__", "%s", "../..", "*", "\\u0000", "1" * 5000,
)  # fmt: skip
_PIECES = (
    '"', "'", "\n", "=", "[", "]", "{", "}", ",", ".", "..", "#", ":", "&", "%", "?", "@", "/", "\\", "[[on]]\n",
    "\n[a]\n", " ** ", " if ", " for x in y", "lambda: 0", "**", "()", "(", ")", *_VALUES,
)  # fmt: skip


def one_sentence(error: Exception) -> None:
    """What a person is told: something, and not a page of it."""
    if isinstance(error, EsviewerError):
        assert error.message.strip()
        assert error.exit_code in (1, 2, 3, 4)


def fuzz(
    name: str, seeds: list[str], read: Callable[[str], Any], refused: type[Exception], least: int | None = None
) -> None:
    """Read changed texts; whatever is not read is refused by an error of the kind, and nothing is written or begun."""
    dice = random.Random(f"{name} {time.time_ns() if SECONDS else 0}")
    ends = time.monotonic() + SECONDS
    read_well = number = 0
    watch = Watch()
    for text in rounds(seeds, dice, ends):
        number += 1
        begun = time.process_time()
        try:
            with watch:
                read(text)
            read_well += 1
        except refused as error:
            one_sentence(error)
        except BaseException:
            sys.stderr.write(f"found by:\n{text[:3000]!r}\n")
            raise
        assert time.process_time() - begun < LONGEST, text[:2000]
        assert watch.seen == [], (watch.seen, text[:2000])
    assert read_well >= (len(seeds) if least is None else least)
    sys.stderr.write(f"{name}: {number} texts, {read_well} of them read\n")


def rounds(seeds: list[str], dice: random.Random, ends: float) -> Iterator[str]:
    yield from seeds
    number = 0
    while time.monotonic() < ends if SECONDS else number < TIMES:
        number += 1
        yield changed(dice.choice(seeds), dice)


_DOES = ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "os.remove", "os.rename", "os.mkdir")


class Watch:
    """Notes what code does that only reads a text: opens to write, starts, connects."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []
        self._on = False
        sys.addaudithook(self._look)

    def __enter__(self) -> None:
        self._on = True

    def __exit__(self, *_: object) -> None:
        self._on = False

    def _look(self, what: str, arguments: Any) -> None:
        if not self._on:
            return
        if what == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
            self.seen.append((what, str(arguments[0])))
        elif what == "open" and isinstance(arguments[2], int) and arguments[1] is None:
            pass  # os.open, by which the texts themselves are written
        elif what in _DOES:
            self.seen.append((what, str(arguments)))


def test_rules() -> None:
    fuzz("rules", texts_in("reducers"), lambda text: parse_rules(text, "stranger.toml"), UsageError)


def test_expressions() -> None:
    view = {"data": {"a": 1, "b": [1], "s": "x" * 10}, "meta": {}, "event": {"version": 3}, "state": {"n": 5}}

    def read(text: str) -> None:
        compiled = compile_expression(text, tuple(view))
        try:
            compiled(*view.values())
        except StepError:
            return  # an event to which it does not apply

    fuzz("expressions", expressions(), read, UsageError)


def test_layouts() -> None:
    fuzz("layouts", texts_in("layouts")[::6], lambda text: parse_layout(text, "stranger.toml"), UsageError)


def test_projection_files() -> None:
    fuzz("projections", [PROJECTION], lambda text: parse_projections(text, "p.toml"), UsageError)


def test_audit_settings() -> None:
    fuzz("settings", [SETTINGS], lambda text: parse_settings(text, "audit.toml"), UsageError)


def test_masking_rules() -> None:
    fuzz("masking", [MASKING], lambda text: parse_masking(text, "masking.toml"), UsageError)


def test_cases(made: dict[str, list[str]]) -> None:
    file = Path("stranger.case")
    fuzz("cases", made["case"], lambda text: case_in(text.encode("utf-8", "surrogatepass"), file), EsviewerError)


def test_seals_and_proofs(made: dict[str, list[str]], tmp_path: Path) -> None:
    file = tmp_path / "stranger"
    for name, read in (("seal", read_seal), ("proof", read_proof)):

        def look(text: str, read: Callable[[Path], Any] = read) -> None:
            # Not by open(), which is what is watched.
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.write(handle, text.encode("utf-8", "surrogatepass"))
            os.close(handle)
            read(file)

        fuzz(name, made[name], look, EsviewerError)


def test_links() -> None:
    fuzz("links", LINKS, lambda text: parse_link(text).text(), UsageError)


def test_filters_of_the_log() -> None:
    seeds = ['{"since": "2026-01-01T00:00:00Z", "types": ["A*"], "text": "x", "actor": "ann"}', "{}"]
    fuzz("filters", seeds, lambda text: filter_from_json(_loaded(text)), ValueError)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return {}


def test_urls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Most are of nobody; none may tell the password, and none may hold anything up."""
    monkeypatch.chdir(tmp_path)
    resolve = socket.getaddrinfo

    def here_alone(host: Any, *more: Any, **named: Any) -> Any:
        if isinstance(host, str) and host.isascii() and host.strip() and host != "127.0.0.1":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here_alone)

    def read(text: str) -> None:
        try:
            connect(text).close()
        except EsviewerError as error:
            if ":s3cr3t@" in text and "s3cr3t" in f"{error.message} {error.hint} {error!r}":
                raise AssertionError("tells the password") from error
            raise

    fuzz("urls", [each.replace("secret", "s3cr3t") for each in URLS], read, EsviewerError, 0)
