"""Speaking with one foreign process: hello, the state to start from, events and their answers (see PROTOCOL.md)."""

from __future__ import annotations

import os
from collections.abc import Mapping

from esviewer.errors import RulesError
from esviewer.model.event import Event
from esviewer.model.exactjson import NotJsonError, dumps, loads
from esviewer.model.values import MISSING, Value
from esviewer.replay.foreign.process import ForeignProcess, preview
from esviewer.replay.foreign.replies import BadReplyError, kind_of
from esviewer.replay.foreign.spec import ForeignSpec, found_program
from esviewer.replay.foreign.strict import ambiguity
from esviewer.replay.foreign.tagging import tagged, untagged
from esviewer.work import Work

PROTOCOL = 1

_SECRETS = ("ESVIEWER_", "PGPASS", "MYSQL_PWD")
"""How the names of environment variables begin that are none of a reducer's business."""


class Conversation:
    """A started process; one thread at a time.

    Every method raises ProcessError or BadReplyError when the process fails, and what `work.check` raises. What waits
    raises NoAnswerYet at the moment `until`, if that is given; called again, it asks nothing anew but waits on.
    """

    def __init__(self, spec: ForeignSpec) -> None:
        """Start the process; raises RulesError when it can't be started."""
        command = found_program(spec.command)
        try:
            self.process = ForeignProcess(command, spec.folder, _environment(), spec.max_line)
        except OSError as error:
            if not isinstance(error, FileNotFoundError) or not spec.folder.is_dir():
                raise RulesError(
                    f"The program {command[0]} can't be started: {error.strerror}.",
                    "A script begins with a line such as #!/usr/bin/env python3; others are made for this system.",
                ) from None
            # The program itself has just been found.
            raise RulesError(
                f"The program {command[0]} can't be started: the interpreter that its first line names is not there.",
                "Install it, or name one that is there in the program's first line.",
            ) from None
        self._spec = spec
        self._tagged = False
        self.greeted = False
        """Whether it has said hello."""
        self._starting: tuple[tuple[str, int] | None, Value] | None = None
        """What it has been asked to start with and has yet to answer: the event's aggregate and version, the state."""
        self._say({"op": "hello", "protocol": PROTOCOL})

    def greet(self, work: Work | None, until: float | None = None) -> None:
        """Wait until it has said hello, which comes before everything else."""
        if not self.greeted:
            self._tagged = _greeting(self._hear(self._spec.start_timeout, work, until))
            self.greeted = True

    @property
    def starts(self) -> bool:
        """Whether it has yet to answer a start."""
        return self._starting is not None

    def is_starting(self, event: Event | None, state: Value) -> bool:
        """Whether it has yet to answer this very start."""
        return self._starting is not None and self._starting[0] == _place(event) and self._starting[1] is state

    def start(self, event: Event | None, state: Value, work: Work | None, until: float | None = None) -> Value:
        """Begin an aggregate, which `event` is the next of, with `state`, or anew when that is MISSING.

        Returns the state that it begins with.
        """
        if not self.is_starting(event, state):
            self._say_start(event, state)
            self._starting = _place(event), state
        reply = self._hear(self._spec.timeout, work, until)
        self._starting = None
        kind = kind_of(reply)
        if kind == "error":
            raise BadReplyError(f"could not begin: {str(reply['error'])[:500]}")
        if kind != "state":
            raise BadReplyError("answered start with something other than a state")
        return self._in(reply["state"])

    def _say_start(self, event: Event | None, state: Value) -> None:
        message: dict[str, Value] = {
            "op": "start",
            "aggregate_id": None if event is None else event.aggregate_id,
            "aggregate_type": None if event is None else event.aggregate_type,
            "next_version": None if event is None else event.version,
        }
        if state is not MISSING:
            message["state"] = self._out(state)
        self._say(message)

    def send(self, event: Event) -> int:
        """Send an event, which `reply` gives the answer to; returns how many bytes that were."""
        message = event.as_json()
        if self._tagged:
            message["data"] = tagged(message["data"])
            message["metadata"] = tagged(message["metadata"])
        return self._say({"op": "event", **message})

    def reply(self, version: int, work: Work | None, until: float | None = None) -> Value:
        """The answer to the oldest event sent that has none yet."""
        reply = self._hear(self._spec.timeout, work, until)
        kind = kind_of(reply)
        if "version" not in reply:
            raise BadReplyError("answered without the event's version")
        if reply["version"] != version:
            # One line too many or too few would else give all later events each other's states.
            raise BadReplyError(f"answered version {str(reply['version'])[:40]} when asked for version {version}")
        reply[kind] = self._in(reply[kind])
        return reply

    def close(self, *, politely: bool) -> None:
        """End the process; `politely` lets it end by itself first, for half a second."""
        self.process.close(b'{"op":"end"}\n' if politely else None)

    def _out(self, value: Value) -> Value:
        return tagged(value) if self._tagged else value

    def _in(self, value: Value) -> Value:
        return untagged(value) if self._tagged else value

    def _say(self, message: Mapping[str, Value]) -> int:
        line = dumps(message).encode() + b"\n"
        self.process.ask(line)
        return len(line)

    def _hear(self, seconds: float, work: Work | None, until: float | None) -> Value:
        line = self.process.answer(seconds, work, until)
        try:
            reply = loads(line)
        except NotJsonError as error:
            raise BadReplyError(f"wrote a line that is {error}: {preview(line)}") from None
        if wrong := ambiguity(line, reply):
            raise BadReplyError(f"wrote a line {wrong}: {preview(line)}")
        return reply


def _place(event: Event | None) -> tuple[str, int] | None:
    return None if event is None else (event.aggregate_id, event.version)


def _greeting(reply: Value) -> bool:
    """Whether the process wants tagged values; raises BadReplyError when it speaks another protocol."""
    if type(reply) is not dict:
        raise BadReplyError("answered hello with something other than a JSON object")
    if "error" in reply:
        raise BadReplyError(f"could not begin: {str(reply['error'])[:500]}")
    if reply.get("protocol") != PROTOCOL:
        raise BadReplyError(f"speaks protocol {str(reply.get('protocol'))[:40]}, not {PROTOCOL}")
    values = reply.get("values", "plain")
    if values not in ("plain", "tagged"):
        raise BadReplyError(f"asks for values {str(values)[:40]!r}, which are plain or tagged")
    return bool(values == "tagged")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_SECRETS)}
    # Python hosts read and write UTF-8 wherever they run, and leave nothing beside the user's code.
    return {**kept, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
