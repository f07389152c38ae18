"""Pinning: asking the store for what is to be pinned, and asking it again later.

`asked` of each kind:

    state       {aggregate_id, version}
    diff        {from: {aggregate_id, version}, to: {aggregate_id, version}, ignore: [patterns]}
    event       {aggregate_id, version}
    history     {aggregate_id, version, pointers: [JSON Pointers], chart: true or false}
    finding     {aggregate_id, version, key, options}, the first two null where the finding is about more than an
                aggregate or an event; `options` are those of its check, left out where they are not known

Versions are always named, so that what was pinned at the newest version stays at that one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import Any, Final

from esviewer.app.asking import ask_history, whole_view
from esviewer.app.cases.case import Case, Pin, StandsOn, digest_of
from esviewer.app.cases.finding_again import FindingsAgain, Today, options_of
from esviewer.app.comparison import Comparison
from esviewer.app.event_facts import event_facts
from esviewer.app.files import placed
from esviewer.app.operator import asker
from esviewer.app.session import Session
from esviewer.audit.finding import Finding
from esviewer.audit.plugged import PluggedCheck
from esviewer.audit.registry import by_name
from esviewer.audit.seals.leaf import leaf_of
from esviewer.audit.settings import AuditSettings
from esviewer.diff.compare import compare
from esviewer.diff.ignoring import Ignored
from esviewer.errors import ConsentNeededError, EsviewerError, ForeignError, NotFoundError, RulesError, UsageError
from esviewer.model.change import Change
from esviewer.model.exactjson import plain
from esviewer.model.rebuilt import RebuiltState
from esviewer.model.values import MISSING, Value
from esviewer.replay.reducer import Reducer
from esviewer.work import Work

_OTHER_REDUCER: Final = "The events are the same; the reducer is another one."


def new_case(session: Session, title: str, note: str = "") -> Case:
    """A case about a store, without pins."""
    store = session.store
    facts: dict[str, Value] = {
        "name": store.name,
        "label": placed(store.label),
        "database": store.database,
        "layout": store.layout.name,
        "layout_title": store.layout.title,
    }
    return Case(title.strip() or store.name, asker().as_json(), facts, note)


def pin_state(
    session: Session, aggregate_id: str, version: int | None = None, *, note: str = "", work: Work | None = None
) -> Pin:
    """An aggregate's state at a version, the newest without one; raises NotFoundError."""
    summary = session.store.summary(aggregate_id, work=work)
    chosen = summary.version if version is None else version
    return _pinned(session, "state", {"aggregate_id": summary.aggregate_id, "version": chosen}, note, work)


def pin_event(session: Session, aggregate_id: str, version: int, *, note: str = "", work: Work | None = None) -> Pin:
    """One event; raises NotFoundError."""
    event = session.store.event(aggregate_id, version, work=work)
    return _pinned(session, "event", {"aggregate_id": event.aggregate_id, "version": version}, note, work)


def pin_diff(
    session: Session,
    first: tuple[str, int],
    second: tuple[str, int],
    *,
    ignore: Sequence[str] = (),
    note: str = "",
    work: Work | None = None,
) -> Pin:
    """What differs between two states, each an aggregate's id and a version; raises NotFoundError."""
    asked: dict[str, Value] = {
        "from": {"aggregate_id": first[0], "version": first[1]},
        "to": {"aggregate_id": second[0], "version": second[1]},
        "ignore": list(ignore),
    }
    return _pinned(session, "diff", asked, note, work)


def pin_history(
    session: Session,
    aggregate_id: str,
    pointers: Sequence[str],
    version: int | None = None,
    *,
    chart: bool = False,
    note: str = "",
    work: Work | None = None,
) -> Pin:
    """Every change of some fields up to a version; `chart` draws the numbers in reports. Raises NotFoundError."""
    summary = session.store.summary(aggregate_id, work=work)
    asked: dict[str, Value] = {
        "aggregate_id": summary.aggregate_id,
        "version": summary.version if version is None else version,
        "pointers": list(pointers),
        "chart": chart,
    }
    return _pinned(session, "history", asked, note, work)


def pin_finding(
    session: Session,
    finding: Finding,
    settings: AuditSettings | None = None,
    *,
    note: str = "",
    work: Work | None = None,
) -> Pin:
    """What an audit with these settings found."""
    asked: dict[str, Value] = {
        "aggregate_id": finding.aggregate_id,
        "version": finding.version,
        "key": finding.key,
    }
    if settings is not None:
        asked["options"] = options_of(finding, settings)
    stands_on = _stands_on(session, asked, work)
    check = by_name().get(finding.check)
    own = [str(check.foreign.plugin)] if check is not None and issubclass(check, PluggedCheck) else []
    return Pin(0, "finding", asked, plain(finding.as_json()), _by(session, own), stands_on, note)


def _pinned(session: Session, kind: str, asked: dict[str, Value], note: str, work: Work | None) -> Pin:
    content, behind = _answer(session, kind, asked, work)
    rebuilt = tuple(map(_came_to_be, behind))
    return Pin(0, kind, asked, content, _by(session), _stands_on(session, asked, work), note, rebuilt)


def _by(session: Session, others: Sequence[str] = ()) -> dict[str, Value]:
    """Who pins, and the plug-ins that have a part in the answer, where there are any."""
    named = [*session.store.plugins, *others]
    return {**asker().as_json(), "plugins": named} if named else asker().as_json()


def _came_to_be(state: RebuiltState) -> dict[str, Value]:
    return {"aggregate_id": state.aggregate_id, "version": state.version, **state.rebuilt.as_json()}


def _answer(
    session: Session, kind: str, asked: Any, work: Work | None
) -> tuple[Value, Sequence[RebuiltState]]:
    """What the store says to what was asked, as JSON has it, and the states behind it that this does not name.

    Raises NotFoundError.
    """
    if kind == "state":
        state = session.state(asked["aggregate_id"], version=asked["version"], use_snapshots=False, work=work)
        return plain(state.as_json()), ()
    if kind == "event":
        return plain(session.store.event(asked["aggregate_id"], asked["version"], work=work).as_json()), ()
    if kind == "diff":
        sides = [
            session.state(side["aggregate_id"], version=side["version"], use_snapshots=False, work=work)
            for side in (asked["from"], asked["to"])
        ]
        try:
            ignored = Ignored(asked["ignore"])
        except ValueError as error:
            raise UsageError(f"{error}.") from None
        return plain(Comparison(sides[0], sides[1], ignored).as_json()), sides
    return _history(session, asked, work)


def _history(session: Session, asked: Any, work: Work | None) -> tuple[Value, Sequence[RebuiltState]]:
    view = whole_view(session, asked["aggregate_id"], work)
    last = view.index_of(asked["version"])
    lines = list(takewhile(lambda each: each[1].index <= last, ask_history(view, asked["pointers"], work=work)))
    facts = event_facts(session.store, view, [change.index for _, change in lines], work=work)
    found: list[Value] = []
    for place, change in lines:
        line: dict[str, Value] = {"path": place, **facts[change.index].as_json(), "op": change.op}
        if change.old is not MISSING:
            line["old"] = change.old
        if change.new is not MISSING:
            line["new"] = change.new
        found.append(line)
    return plain(found), (view.state_at(asked["version"]),)


def _stands_on(
    session: Session, asked: Any, work: Work | None, digests: _Digests | None = None
) -> tuple[StandsOn, ...]:
    """The events behind an answer; none where it is about more than one aggregate's life."""
    known = _Digests(session) if digests is None else digests
    return tuple(known.of(aggregate_id, version, work) for aggregate_id, version in _newest(asked).items())


def _newest(asked: Any) -> dict[str, int]:
    """The aggregates behind an answer, each with the version up to which its events are."""
    places = [asked["from"], asked["to"]] if "from" in asked else [asked]
    newest: dict[str, int] = {}
    for place in places:
        if place["aggregate_id"] is not None and place["version"] is not None:
            version = max(place["version"], newest.get(place["aggregate_id"], place["version"]))
            newest[place["aggregate_id"]] = version
    return newest


class _Digests:
    """Takes the digests of aggregates' events up to versions; all that are wanted of an aggregate in one reading."""

    def __init__(self, session: Session, pins: Sequence[Pin] = ()) -> None:
        """`pins` are those whose digests will be asked for."""
        self._session = session
        self._wanted: dict[str, set[int]] = {}
        for pin in pins:
            for aggregate_id, version in _newest(pin.asked).items():
                self._wanted.setdefault(aggregate_id, set()).add(version)
        self._known: dict[tuple[str, int], StandsOn] = {}

    def of(self, aggregate_id: str, version: int, work: Work | None) -> StandsOn:
        """The events of an aggregate up to a version."""
        if (aggregate_id, version) not in self._known:
            self._read(aggregate_id, sorted({version, *self._wanted.get(aggregate_id, ())}), work)
        return self._known[aggregate_id, version]

    def _read(self, aggregate_id: str, versions: list[int], work: Work | None) -> None:
        digest = hashlib.sha256()
        count = 0

        def note(version: int) -> None:
            found = StandsOn(aggregate_id, version, count, "sha256:" + digest.hexdigest())
            self._known[aggregate_id, version] = found

        left = iter(versions)
        reached = next(left)
        for event in self._session.store.events(aggregate_id, to_version=versions[-1], work=work):
            while event.version > reached:
                note(reached)
                reached = next(left)
            digest.update(leaf_of(event, positioned=False).digest)
            count += 1
            if work is not None and count % 1000 == 0:
                work.report("Taking the digest of the events", count)
        for version in (reached, *left):
            note(version)


class Verdict(StrEnum):
    """How a pin compares with the store of today."""

    SAME = "same"
    """The answer is the same, and so are the events behind it."""
    EVENTS_DIFFER = "events-differ"
    """The events behind it were changed, whatever the answer is now."""
    ANSWER_DIFFERS = "answer-differs"
    """The events are the same, but the answer is not: the reducer was changed, or what was asked of the store."""
    GONE = "gone"
    """The aggregate, the version or the value is not there any longer, or the finding is found no longer."""
    NOT_CHECKED = "not-checked"
    """The events are the same, but whether the finding, or the answer, still is can't be told."""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """One pin, asked again."""

    pin: Pin
    verdict: Verdict
    changes: Sequence[Change] = ()
    """What leads from the answer of that time to the one of today."""
    reason: str = ""
    finding: Today | None = None
    """What became of a finding; None for other pins."""

    def as_json(self) -> dict[str, Value]:
        """`{pin, kind, verdict, finding, changes, reason}`."""
        return {
            "pin": self.pin.id,
            "kind": self.pin.kind,
            "verdict": self.verdict.value,
            "finding": None if self.finding is None else self.finding.value,
            "changes": [change.as_json() for change in self.changes],
            "reason": self.reason,
        }


class Recheck:
    """Asks a store again for what was pinned, one pin after the other; what several need is read once.

    For one thread at a time, while nobody writes the store: what was read is taken for what is there.
    """

    def __init__(self, session: Session, pins: Sequence[Pin]) -> None:
        """`pins` are all that will be asked for."""
        self._session = session
        self._findings = FindingsAgain(session, pins)
        self._digests = _Digests(session, pins)

    def of(self, pin: Pin, work: Work | None = None) -> Rechecked:
        """What became of one of the pins; raises StoreError and CancelledError."""
        return _recheck(self._session, pin, work, self._findings, self._digests)


def recheck_all(session: Session, case: Case, work: Work | None = None) -> list[Rechecked]:
    """Ask the store again for all that is pinned."""
    again = Recheck(session, case.pins)
    return [again.of(each, work) for each in case.pins]


def _recheck(
    session: Session, pin: Pin, work: Work | None, findings: FindingsAgain, digests: _Digests
) -> Rechecked:
    """What became of a pin.

    What another reducer says, or `merge` in place of one that is missing, is not taken for what the store says.
    """
    if pin.kind == "finding":
        return _recheck_finding(session, pin, work, findings, digests)
    apart = ""
    now: Value = MISSING
    behind: Sequence[RebuiltState] = ()
    unused: EsviewerError | None = None
    lacking: EsviewerError | None = None
    try:
        apart = _apart(session, pin, work, digests)
        now, behind = _answer(session, pin.kind, pin.asked, work)
    except (ConsentNeededError, ForeignError, RulesError) as error:
        unused = error
    except (NotFoundError, UsageError) as error:
        lacking = error
    if lacking is not None and not _is_there(session, pin, work):
        return Rechecked(pin, Verdict.GONE, reason=str(lacking))
    changes = [] if now is MISSING or digest_of(now) == pin.digest else compare(pin.content, now)
    if apart:
        return Rechecked(pin, Verdict.EVENTS_DIFFER, changes, f"{apart} {lacking or unused or ''}".strip())
    if unused is not None:
        return Rechecked(pin, Verdict.NOT_CHECKED, reason=_untold(unused))
    if lacking is None and not changes:
        return Rechecked(pin, Verdict.SAME)
    made_by = _reducers_then_and_now(session, pin, work)
    missing = _missing_reducer(made_by)
    if missing:
        return Rechecked(pin, Verdict.NOT_CHECKED, reason=missing)
    if lacking is None:
        return Rechecked(pin, Verdict.ANSWER_DIFFERS, changes, _why(pin, now, behind))
    if any(then["reducer_digest"] != now_used.digest for then, now_used in made_by):
        return Rechecked(pin, Verdict.ANSWER_DIFFERS, reason=f"{_OTHER_REDUCER} {lacking}")
    return Rechecked(pin, Verdict.GONE, reason=str(lacking))


def _apart(session: Session, pin: Pin, work: Work | None, digests: _Digests) -> str:
    """In what the events behind a pin are not those of that time, in a sentence or two; "" where they are."""
    before = {each.aggregate_id: each for each in pin.stands_on}
    for each in _stands_on(session, pin.asked, work, digests):
        known = before.get(each.aggregate_id)
        if known is not None and known.digest != each.digest:
            reason = f"The events of {each.aggregate_id} up to version {each.version} are not those of that time."
            if each.events != known.events:
                reason += f" There were {known.events:,}, now there are {each.events:,}."
            return reason
    return ""


def _recheck_finding(
    session: Session, pin: Pin, work: Work | None, findings: FindingsAgain, digests: _Digests
) -> Rechecked:
    apart = _apart(session, pin, work, digests)
    again = findings.of(pin, work)
    told = {
        Today.STILL_THERE: "The finding is still there.",
        Today.CHANGED: "The finding is still there, but not as it was.",
        Today.GONE: "The finding is gone: its check finds it no longer.",
        Today.NOT_CHECKED: f"Whether the finding is still there can't be told: {again.reason}.",
    }[again.today]
    if again.today is Today.GONE and again.reason:
        told += f" {again.reason}"
    verdict = {
        Today.STILL_THERE: Verdict.SAME,
        Today.CHANGED: Verdict.ANSWER_DIFFERS,
        Today.GONE: Verdict.GONE,
        Today.NOT_CHECKED: Verdict.NOT_CHECKED,
    }[again.today]
    if apart and again.today is not Today.GONE:
        verdict = Verdict.EVENTS_DIFFER
    return Rechecked(pin, verdict, again.changes, f"{apart} {told}".strip(), again.today)


def _untold(error: EsviewerError) -> str:
    return f"What the events come to can't be told: {str(error).rstrip('.')}."


def _is_there(session: Session, pin: Pin, work: Work | None) -> bool:
    """Whether the events are there that something was asked of."""
    try:
        for aggregate_id, version in _newest(pin.asked).items():
            session.store.event(aggregate_id, version, work=work)
    except NotFoundError:
        return False
    return True


def _reducers_then_and_now(
    session: Session, pin: Pin, work: Work | None
) -> list[tuple[Mapping[str, Any], Reducer]]:
    """How each state behind a pin came to be, and the reducer of its aggregate's type today."""
    content: Any = pin.content
    then = list(pin.rebuilt)
    if pin.kind == "state" and isinstance(content, dict) and isinstance(content.get("rebuilt"), dict):
        then = [{"aggregate_id": pin.asked["aggregate_id"], **content["rebuilt"]}]
    return [
        (each, session.reducer_for(session.store.summary(each["aggregate_id"], work=work).aggregate_type))
        for each in then
    ]


def _missing_reducer(made_by: Sequence[tuple[Mapping[str, Any], Reducer]]) -> str:
    """In sentences, which reducer would have to be given to know the answer; "" where none is missing."""
    for then, now in made_by:
        if now.inferred and not then["inferred"]:
            return (
                f"Whether the answer is the same can't be told: the reducer {then['reducer']} is missing. "
                f"Give it with --reducer FILE, or choose it in Reducers; its digest is {then['reducer_digest']}."
            )
    return ""


def _why(pin: Pin, now: Value, behind: Sequence[RebuiltState]) -> str:
    known = [each["reducer_digest"] for each in pin.rebuilt]
    if known and known != [each.rebuilt.reducer_digest for each in behind]:
        return _OTHER_REDUCER
    if pin.kind == "state" and isinstance(now, dict) and isinstance(pin.content, dict):
        digests = [each.get("rebuilt", {}).get("reducer_digest") for each in (pin.content, now)]
        if digests[0] != digests[1]:
            return _OTHER_REDUCER
    return "The events are the same, but what they come to is not: the reducer was changed."
