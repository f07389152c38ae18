"""A reducer whose steps are taken by a foreign process; events are sent ahead of their answers where they are known."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import TypeAlias

from esviewer.errors import ForeignError
from esviewer.model.batch import EventBatch, Undecodable
from esviewer.model.event import Event
from esviewer.model.values import MISSING, Value, copied, same
from esviewer.model.visible import visible
from esviewer.replay.foreign.conversation import Conversation
from esviewer.replay.foreign.process import NoAnswerYet, ProcessError
from esviewer.replay.foreign.replies import BadReplyError, apply_reply
from esviewer.replay.foreign.spec import ForeignSpec
from esviewer.replay.reducer import RawChange, Reducer, Step, StepError
from esviewer.work import Work

_AHEAD = 256
_AHEAD_BYTES = 4_000_000
"""How many events, and bytes of them, may be on their way."""
_TOLD = 30
"""Lines of what the process wrote to stderr that an error shows."""

Place: TypeAlias = tuple[str, int, str]
"""An event's aggregate, version and type."""


def initial_of(reducer: Reducer, work: Work | None) -> Value:
    """A reducer's first state; where a program is to be asked for it, `work` may cancel that."""
    return reducer.initial(work) if isinstance(reducer, ForeignReducer) else reducer.initial()


class _Held:
    """The running process, apart from the reducer, so that it is ended even when the reducer is just forgotten."""

    def __init__(self) -> None:
        self.talk: Conversation | None = None

    def end(self) -> None:
        talk, self.talk = self.talk, None
        if talk is not None:
            talk.close(politely=False)


class ForeignReducer:
    """Folds events with the user's own code, in a process that starts when it is first needed.

    A crash, a hang or an answer that the protocol doesn't have raises ForeignError; the next use starts a new process.
    """

    inferred = False
    meter = None
    data_keys = None

    def __init__(self, spec: ForeignSpec, permit: Callable[[ForeignSpec], None]) -> None:
        """`permit` is called before each start of the process, and raises when it must not be started."""
        self.spec = spec
        self.name = spec.name
        self.digest = spec.digest
        self.aggregate_type = spec.aggregate_type
        self.words = spec.words
        self.until: float | None = None
        """The moment of the monotonic clock up to which answers are waited for.

        Then NoAnswerYet is raised: nothing has happened yet, and the same question may be put again. None: answers are
        waited for as long as the file says.
        """
        self._permit = permit
        self._lock = threading.RLock()
        self._held = _Held()
        weakref.finalize(self, self._held.end)
        self._initial: Value = MISSING
        self._state: Value = MISSING
        """The very state that the process is at, as it was returned; MISSING when that isn't known."""
        self._at: tuple[str, int] | None = None
        """The aggregate and version that it took in last."""
        self._sent: deque[tuple[str, int, int]] = deque()
        """Events on their way: aggregate, version and bytes."""
        self._bytes = 0
        self._batch: EventBatch | None = None
        self._next = 0
        self._work: Work | None = None

    def twin(self) -> ForeignReducer:
        """Another reducer with the same code, in a process of its own."""
        return ForeignReducer(self.spec, self._permit)

    @property
    def pid(self) -> int | None:
        """The id of the running process; None when there is none."""
        talk = self._held.talk
        return None if talk is None else talk.process.pid

    def close(self) -> None:
        """End the process; the next use starts another."""
        with self._lock:
            talk, polite = self._held.talk, not self.owes_answers
            self._forget()
            if talk is not None:
                talk.close(politely=polite)

    @property
    def owes_answers(self) -> bool:
        """Whether the process has been asked what it has not answered yet."""
        talk = self._held.talk
        return talk is not None and (bool(self._sent) or talk.starts or not talk.greeted)

    def end_if_asked(self) -> None:
        """End a process that still owes answers, which nobody wants any longer."""
        with self._lock:
            if self.owes_answers:
                self._end()

    def give_up(self, place: Place | None) -> ForeignError:
        """End the process, which is not to be waited for at an event any longer, and say so."""
        with self._lock:
            return self._error(ProcessError("was stopped before it had answered"), place, self._end())

    def initial(self, work: Work | None = None) -> Value:
        """The state before the first event, a fresh copy; asks the process once, which `work` may cancel."""
        with self._lock:
            if self._initial is MISSING:
                self._work = None
                self._drop_sent()
                self._work = work  # not that of an earlier replay
                self._state = MISSING
                self._initial = self._guarded(None, lambda: self._started(None, MISSING))
            return copied(self._initial)

    def step_for(self, event_type: str) -> Step | None:
        """The same step for every type: what is an event of the aggregate is for the process to know."""
        del event_type
        return self.step

    def plain_step_for(self, event_type: str) -> None:
        """None: what the process says is compared with the state anyway."""
        del event_type

    def needs_event(self, event_type: str) -> bool:
        """The process is sent whole events."""
        del event_type
        return True

    def prepare(self, batch: EventBatch, work: Work | None) -> None:
        """Tell which events will be stepped through next, so that they can be sent ahead, and what may cancel it."""
        with self._lock:
            self._batch, self._next, self._work = batch, 0, work

    def step(self, state: Value, data: Value, event: Event | None, changes: list[RawChange]) -> Value:
        """Take one event, as a Step; raises StepError when the process refuses it, ForeignError when it fails."""
        del data  # it is the event's
        if event is None:
            raise ValueError("a foreign reducer needs the whole event")
        if self.until is not None and time.monotonic() >= self.until:
            raise NoAnswerYet  # taking in large answers that are there already takes its time, too
        with self._lock:
            # Whatever goes wrong, the process and this state are no longer known to be at one.
            expected, self._state = self._state, MISSING
            result = self._guarded(event, lambda: self._taken(state, expected, event, changes))
            if isinstance(result, StepError):
                self._state = state
                raise result
            self._state = result
            return result

    def _taken(self, state: Value, expected: Value, event: Event, changes: list[RawChange]) -> Value:
        here = (event.aggregate_id, event.version)
        follows = state is expected and self._at is not None and self._at[0] == here[0] and self._at[1] < here[1]
        if self._sent and not (follows and self._sent[0][:2] == here):
            self._drop_sent()
            follows = False
        if not follows:
            self._begin(state, event)
        talk = self._talk()
        if not self._sent:
            self._send(talk, event)
        self._send_ahead(talk, event)
        aggregate, version, size = self._sent[0]
        try:
            reply = talk.reply(version, self._work, self.until)
        except NoAnswerYet:
            self._state = state  # what is on its way follows it
            raise
        self._sent.popleft()
        self._bytes -= size
        self._at = (aggregate, version)
        try:
            return apply_reply(reply, state, changes)
        except StepError as error:
            return error

    def _begin(self, state: Value, event: Event) -> None:
        if self._initial is MISSING:
            self._initial = self._started(None, MISSING)
        fresh = same(state, self._initial)
        begun = self._started(event, MISSING if fresh else state)
        self._at = event.aggregate_id, event.version - 1
        if fresh and not same(begun, state):
            raise BadReplyError("began with another state than the last time")

    def _started(self, event: Event | None, state: Value) -> Value:
        """The state that the process begins with; another start that it has yet to answer nobody waits for."""
        held = self._held.talk
        if held is not None and held.starts and not held.is_starting(event, state):
            self._restart()
        return self._talk().start(event, state, self._work, self.until)

    def _send(self, talk: Conversation, event: Event) -> None:
        size = talk.send(event)
        self._sent.append((event.aggregate_id, event.version, size))
        self._bytes += size

    def _send_ahead(self, talk: Conversation, event: Event) -> None:
        """Fill the way with the events of the batch that come after the last one sent."""
        batch = self._batch
        if batch is None or len(self._sent) > _AHEAD // 2:
            return
        last = self._sent[-1][1]
        versions = batch.versions
        if not versions or not versions[0] <= event.version <= versions[-1]:
            self._batch = None
            return
        while self._next < len(batch) and versions[self._next] <= last:
            self._next += 1
        while self._next < len(batch) and len(self._sent) < _AHEAD and self._bytes < _AHEAD_BYTES:
            if batch.data[self._next].__class__ is not Undecodable:
                following = batch.event(self._next)
                if following.aggregate_id != event.aggregate_id:
                    self._batch = None
                    return
                self._send(talk, following)
            self._next += 1

    def _talk(self) -> Conversation:
        if self._held.talk is None:
            self._permit(self.spec)
            self._held.talk = Conversation(self.spec)
        self._held.talk.greet(self._work, self.until)
        return self._held.talk

    def _drop_sent(self) -> None:
        """Forget a process that still has answers to give that nobody waits for."""
        if self._sent:
            self._restart()

    def _restart(self) -> None:
        """Have another process go on with the same events."""
        batch, work = self._batch, self._work
        self._end()
        self._batch, self._next, self._work = batch, 0, work

    def _forget(self) -> None:
        self._held.talk = None
        self._state, self._at, self._batch, self._work = MISSING, None, None, None
        self._sent.clear()
        self._bytes = 0

    def _end(self) -> Conversation | None:
        talk = self._held.talk
        self._held.end()
        self._forget()
        return talk

    def _guarded(self, event: Event | None, act: Callable[[], Value]) -> Value:
        """What `act` returns; whatever it raises ends the process, and what the process did wrong is a ForeignError."""
        try:
            return act()
        except NoAnswerYet:
            raise
        except (ProcessError, BadReplyError) as error:
            fault = error
            talk = self._end()
        except BaseException:
            self._end()
            raise
        place = None if event is None else (event.aggregate_id, event.version, event.type)
        raise self._error(fault, place, talk) from None

    def _error(self, fault: Exception, place: Place | None, talk: Conversation | None) -> ForeignError:
        if place is None:
            said = f"The reducer {self.name} {fault}, at its start."
        else:
            said = f"The reducer {self.name} {fault}, at {place[0]} version {place[1]} ({place[2]})."
        lines = visible(talk.process.stderr_tail()).split("\n") if talk is not None else []
        told = "\n".join([line for line in lines if line.strip()][-_TOLD:])
        return ForeignError(
            visible(said),
            f"It wrote to stderr:\n{told}" if told else f"It is {self.spec.file}; it wrote nothing to stderr.",
            None if place is None else place[1],
        )
