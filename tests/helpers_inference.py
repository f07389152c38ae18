"""Random domains made of the operations that rules have, and stores with the events and snapshots they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from esviewer.model.batch import batch_of
from esviewer.model.event import Event, Snapshot
from esviewer.model.instant import Instant
from esviewer.model.values import Number, Value, copied
from esviewer.replay.fold import Folding
from esviewer.replay.inference.writing import quoted
from esviewer.replay.rules import parse_rules
from esviewer.stores.embedded import EmbeddedStore, NewEvent

WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"]
VERBS = ["Added", "Changed", "Dropped", "Moved", "Paid", "Noted", "Closed", "Shipped"]
Maker = Callable[[Random], Value]


def number(random: Random) -> int:
    return random.randrange(1, 500)


def word(random: Random) -> str:
    return f"{random.choice(WORDS)}-{random.randrange(1000)}"


def few(random: Random) -> str:
    return random.choice(WORDS[:4])


def price(random: Random) -> Value:
    return Number(f"{random.randrange(1, 9999)}.{random.randrange(10)}0")


def address(random: Random) -> Value:
    return {"street": word(random), "zip": number(random)}


@dataclass
class Kind:
    """An event type: what its data holds, and what it does."""

    name: str
    always: dict[str, Maker] = field(default_factory=dict)
    sometimes: dict[str, Maker] = field(default_factory=dict)
    operations: dict[str, dict[str, str]] = field(default_factory=dict)

    def does(self, operation: str, path: str, expression: str = "", **data: Maker) -> None:
        self.always.update(data)
        self.operations.setdefault(operation, {})[path] = expression


class Domain:
    """Event types whose operations are of some classes (the methods below)."""

    CLASSES = (
        "statuses", "amounts", "counters", "prices", "tags", "log", "entries", "whole_entries", "channels", "parts",
        "stamps", "profile", "defaults", "stock", "products",
    )  # fmt: skip

    def __init__(self, seed: int, classes: tuple[str, ...]) -> None:
        self.random = Random(seed)
        self.opened = Kind("Opened")
        self.kinds = [Kind(f"Thing{verb}") for verb in self.random.sample(VERBS, self.random.randrange(3, 7))]
        for kind in self.kinds:
            for extra in range(self.random.randrange(3)):
                kind.always[f"noise{extra}"] = self.random.choice([number, word])
        self.initial: dict[str, Value] = {}
        for name in classes:
            getattr(self, name)()

    def some(self, count: int) -> list[Kind]:
        return self.random.sample(self.kinds, count)

    def statuses(self) -> None:
        self.opened.does("set", "status", "'new'")
        for kind in self.some(2):
            kind.does("set", "status", f"'{kind.name.lower()}'")

    def amounts(self) -> None:
        self.initial["balance"] = 0
        first, second = self.some(2)
        first.does("increment", "balance", "data.amount", amount=number)
        second.does("increment", "balance", "-data.amount", amount=number)

    def counters(self) -> None:
        self.initial["count"] = 0
        for kind, step in zip(self.some(2), ("1", "-3"), strict=True):
            kind.does("increment", "count", step)

    def prices(self) -> None:
        self.initial["spent"] = 0
        for kind in self.some(2):
            kind.does("increment", "spent", "data.price", price=price)

    def products(self) -> None:
        self.initial["worth"] = 0
        self.some(1)[0].does("increment", "worth", "data.pieces * data.each", pieces=number, each=number)

    def tags(self) -> None:
        self.initial["tags"] = []
        first, second = self.some(2)
        first.does("append", "tags", "data.tag", tag=few)
        second.does("remove_value", "tags", "data.tag", tag=few)

    def log(self) -> None:
        self.initial["log"] = []
        first, second = self.some(2)
        first.does("append", "log", "'note'")
        second.does("append", "log", "{'what': data.what, 'at': event.timestamp}", what=word)

    def entries(self) -> None:
        self.initial["items"] = {}
        first, second, third = self.some(3)
        first.does("increment", "items[data.sku].quantity", "data.quantity", sku=few, quantity=number)
        first.does("set", "items[data.sku].unit", "data.unit", unit=number)
        second.does("set", "items[data.sku].quantity", "data.quantity", sku=few, quantity=number)
        third.does("remove", "items[data.sku]", sku=few)

    def whole_entries(self) -> None:
        self.initial["addresses"] = {}
        first, second = self.some(2)
        first.does("set", "addresses[data.label]", "data.address", label=few, address=address)
        second.does("remove", "addresses[data.label]", label=few)

    def channels(self) -> None:
        self.initial["by_channel"] = {}
        self.some(1)[0].does("increment", "by_channel[data.channel]", "data.value", channel=few, value=number)

    def defaults(self) -> None:
        self.initial["by_way"] = {}
        kind = self.some(1)[0]
        kind.sometimes["way"] = few
        kind.does("increment", "by_way[data.way if data.way != null else 'counter']", "data.total", total=number)

    def parts(self) -> None:
        self.opened.does("set", "parcel.state", "'open'")
        first, second = self.some(2)
        first.does("set", "parcel.carrier", "data.carrier", carrier=few)
        second.does("set", "parcel.signed", "data.by", by=word)

    def stamps(self) -> None:
        first, second = self.some(2)
        first.does("set", "touched", "event.timestamp")
        second.does("set", "last_by", "meta.actor")

    def profile(self) -> None:
        self.opened.does("merge", "", "data", name=word, mail=word)
        kind = Kind("ProfileUpdated", sometimes={"name": word, "mail": word, "phone": word})
        kind.does("merge", "", "data")
        self.kinds.append(kind)

    def stock(self) -> None:
        self.initial["stock"] = 0
        first, second = self.some(2)
        first.does("increment", "stock", "data.seen", seen=number)
        second.does("set", "stock", "data.counted", counted=number)

    def rules(self) -> str:
        inner = ", ".join(f"{key} = {quoted(v) if isinstance(v, str) else v}" for key, v in self.initial.items())
        lines = ['name = "domain"', f"initial = {{ {inner} }}"]
        for kind in (self.opened, *self.kinds):
            lines += ["", "[[on]]", f"event = {quoted(kind.name)}"]
            for operation, entries in kind.operations.items():
                if operation == "remove":
                    lines.append(f"remove = [{', '.join(map(quoted, entries))}]")
                elif operation == "merge":
                    lines.append('merge = "data"')
                else:
                    inner = ", ".join(f"{quoted(path)} = {quoted(text)}" for path, text in entries.items())
                    lines.append(f"{operation} = {{ {inner} }}")
        return "\n".join(lines) + "\n"

    def write(self, file: Path, *, aggregates: int = 40, every: int = 4, noise: bool = False) -> None:
        """A store of such aggregates; with `noise` their states have a field that no event explains."""
        reducer = parse_rules(self.rules(), "domain")
        random = self.random
        events: list[NewEvent] = []
        snapshots: list[Snapshot] = []
        for index in range(aggregates):
            ident = f"thing-{index:04d}"
            folding = Folding(reducer, reducer.initial())
            at = 1_700_000_000_000_000_000 + random.randrange(10**12) * 1000
            for version in range(1, random.randrange(every, 8 * every)):
                kind = self.opened if version == 1 else random.choice(self.kinds)
                data: Mapping[str, Any] = {key: make(random) for key, make in kind.always.items()} | {
                    key: make(random) for key, make in kind.sometimes.items() if random.random() < 0.6
                }
                at += random.randrange(1, 10**6) * 1_000_000
                meta = {"actor": random.choice(WORDS), "trace": str(random.random())}
                moment = Instant(at)
                event_id = f"{ident}-{version}"
                events.append(NewEvent(ident, kind.name, data, version, "thing", meta, 1, moment, event_id))
                event = Event(None, ident, "thing", version, event_id, kind.name, 1, moment, data, meta)
                folding.feed(batch_of([event]))
                assert not folding.skipped
                if version % every == 0:
                    state = copied(folding.state)
                    if noise:
                        state["checksum"] = f"{random.getrandbits(64):x}"
                    snapshots.append(Snapshot(ident, version, moment, state))
        with EmbeddedStore(file) as store:
            store.append_events(events)
            store.save_snapshots(snapshots)
