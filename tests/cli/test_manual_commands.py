"""Every command and every file that the manual shows is run and read, page by page, as a reader would do it."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from helpers_demo import own_demo
from helpers_mariadb import Database as MariaDatabase
from helpers_postgres import Database

from esviewer.app import manual
from esviewer.cli.main import cli

BLOCK = re.compile(r"(?:^<!-- (?P<mark>[^>]*?) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"(?<!`)`(?!`)([^`]+)`(?!`)", re.DOTALL)
ENDS = re.compile(r"\s+# ends with (\d+)$")
SIMPLE = re.compile("(esviewer|openssl|python3|cp|mkdir) ")
"""What is run by itself, without a shell."""
STORE = "esviewer-demo.db"


@dataclass(frozen=True)
class Block:
    """A piece of a page that is no prose; its mark is a comment before it, which readers don't see."""

    mark: str
    kind: str
    text: str


def blocks(page: manual.Page) -> Iterator[Block]:
    # The pages as they are shown have lost the marks.
    for found in BLOCK.finditer(page.file.read_text(encoding="utf-8")):
        yield Block(found["mark"] or "", found["kind"], found["text"])


def runnable(page: manual.Page) -> bool:
    return any(block.kind == "sh" and block.mark != "timestamp-commands" for block in blocks(page))


TRANSLATED = [page for page in manual.pages("ja") if page.file.parent.name == "ja"]
PAGES = [page for page in (*manual.pages(), *TRANSLATED) if runnable(page)]


def lines(text: str) -> Iterator[str]:
    """The commands of a block, one after the other."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


class Reader:
    """Somebody who types what a page says, in a folder with the demo store."""

    def __init__(self, folder: Path, run: Callable[..., Any], *, whole: bool) -> None:
        self.folder = folder
        self.run = run
        store = own_demo(folder / STORE)
        if not whole:
            leave_a_part(store)
        programs = folder / ".programs"
        programs.mkdir()
        shim = programs / "esviewer"
        shim.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m esviewer "$@"\n')
        shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(programs), sysconfig.get_path("scripts"), os.environ["PATH"]]),
        }

    def type(self, block: Block) -> None:
        """Run a block: commands of esviewer one by one, anything else as a script."""
        text = re.sub(r"\bSTORE\b", STORE, block.text)
        commands = list(lines(text))
        if all(self._simple(command) for command in commands):
            for command in commands:
                self._one(command)
        else:
            self._script(text)

    def _script(self, text: str) -> None:
        with (self.folder / ".said").open("w+b") as said:
            # In a session of its own, so that whatever it leaves running ends with it.
            script = subprocess.Popen(
                ["bash", "-eu", "-c", text.replace("8786", str(free_port()))],
                cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip
            try:
                code = script.wait(timeout=120)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(script.pid, signal.SIGKILL)
                script.wait()
            said.seek(0)
            assert code == 0, (text, said.read().decode(errors="replace"))

    @staticmethod
    def _simple(command: str) -> bool:
        return SIMPLE.match(command) is not None and not re.search(r"[|;&$<]", command)

    def _one(self, command: str) -> None:
        ends = ENDS.search(command)
        code = int(ends[1]) if ends else 0
        words = shlex.split(command, comments=True)
        if words[0] != "esviewer":
            subprocess.run(words, cwd=self.folder, check=True, capture_output=True)
            return
        target = None
        if ">" in words:
            target = words[words.index(">") + 1]
            words = words[: words.index(">")]
        if words[1] == "demo" and (self.folder / STORE).exists():
            return  # it is there: making it takes a while, and is tested elsewhere
        done = self.run(*words[1:], cwd=self.folder)
        assert done.code == code, (command, done.out, done.err)
        if target is not None:
            (self.folder / target).write_text(done.out, encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.file.parent.name}-{page.topic}")
def test_what_a_page_says_can_be_done(
    page: manual.Page, tmp_path: Path, run: Callable[..., Any], request: pytest.FixtureRequest
) -> None:
    # An audit would find that events are gone.
    reader = Reader(tmp_path, run, whole=page.topic == "audit")
    for block in blocks(page):
        mark, _, value = block.mark.partition(": ")
        if mark == "file":
            target = tmp_path / value
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
        elif block.kind == "sh" and mark == "on":
            on_server(value, reader, block, request)
        elif block.kind == "sh" and block.mark != "timestamp-commands":
            assert block.mark == "", block.mark
            reader.type(block)


def leave_a_part(store: Path) -> None:
    """Leave a tenth of the demo store, which says the same in a tenth of the time."""
    with closing(sqlite3.connect(store)) as connection:
        for table in ("events", "snapshots"):
            connection.execute(
                f"DELETE FROM {table} WHERE substr(aggregate_id, -5) > '00120' OR aggregate_id = 'account-00007'"
            )
        connection.commit()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def on_server(name: str, reader: Reader, block: Block, request: pytest.FixtureRequest) -> None:
    """What a page types to a server of the reader's is typed to the test's."""
    if name == "postgresql":
        postgres: Database = request.getfixturevalue("postgres")
        make_tables(postgres.execute)
        url = postgres.url
    else:
        mariadb: MariaDatabase = request.getfixturevalue("mariadb")
        make_tables(mariadb.execute)
        url = mariadb.url
    text, found = re.subn(r"\b(postgresql|mariadb)://\S+?(?=['\s])", lambda _: url, block.text)
    assert found
    reader.type(Block("", "sh", text.replace("'", '"')))


def make_tables(execute: Callable[[str], object]) -> None:
    """A store of two events, as a team that made its own tables has it."""
    execute(
        "CREATE TABLE events (id BIGINT PRIMARY KEY, aggregate_id VARCHAR(80) NOT NULL, event_type VARCHAR(80) NOT"
        " NULL, event_data TEXT NOT NULL, version BIGINT NOT NULL, timestamp VARCHAR(40) NOT NULL,"
        " UNIQUE (aggregate_id, version))"
    )
    for version, amount in ((1, 5), (2, 7)):
        execute(
            f"INSERT INTO events VALUES ({version}, 'account-1', 'MoneyDeposited', '{{\"amount\": {amount}}}',"
            f" {version}, '2026-01-0{version}T00:00:00Z')"
        )


def commands_in(text: str) -> Iterator[tuple[str, list[str]]]:
    """The commands that prose speaks of, and their words."""
    for found in INLINE.findall(re.sub(r"```.*?```", "", text, flags=re.DOTALL)):
        words = found.replace("\\|", "|").split()
        if len(words) > 1 and words[0] == "esviewer" and re.fullmatch("[a-z]+", words[1]):
            yield found, words[1:]


@pytest.mark.parametrize("page", manual.pages(), ids=lambda page: page.topic)
def test_options_that_prose_speaks_of_are_there(page: manual.Page) -> None:
    for said, words in commands_in(page.text):
        command: click.Command | None = cli.get_command(click.Context(cli), words[0])
        assert command is not None, said
        if isinstance(command, click.Group):
            names = [name for word in words[1:2] for name in re.findall("[a-z]+", word)]
            inner = [command.commands.get(name) for name in names]
            known = {option for each in [command, *inner] if each is not None for option in options(each)}
        else:
            known = options(command)
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", said):
            assert option in known, (said, option)


def options(command: click.Command) -> set[str]:
    return {name for parameter in command.params for name in parameter.opts} | {"--help"}
