"""The demo store: orders, bank accounts and users whose lives are made up, the same at every run.

States are folded here in plain Python, independently of the rules that go with the store, so that its snapshots are
witnesses for the rules.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from esviewer import assets
from esviewer.app import demo_data as data
from esviewer.errors import StoreError, elsewhere
from esviewer.model.event import Snapshot
from esviewer.model.instant import Instant
from esviewer.model.values import Number, Value, copied
from esviewer.stores.embedded import EmbeddedStore, NewEvent
from esviewer.work import Work

LONG_ACCOUNT = "account-00007"
LONG_ACCOUNT_EVENTS = 20_000
PUZZLING_ORDER = "order-00042"

_ORDERS, _ACCOUNTS, _USERS = 750, 600, 650
_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_START = 1_725_148_800 * _SECOND  # 2024-09-01
_DAYS = 780


@dataclass(frozen=True, slots=True)
class DemoSummary:
    """What was made."""

    path: Path
    reducers: Path
    aggregates: int
    events: int
    snapshots: int


@dataclass(slots=True)
class _Life:
    """One aggregate while its life is made up."""

    aggregate_id: str
    aggregate_type: str
    state: Value
    offset: int
    events: list[NewEvent] = field(default_factory=list)
    snapshots: list[Snapshot] = field(default_factory=list)
    snapshot_every: int = 0


class _World:
    """Makes lives up, all from one seeded source of chance."""

    def __init__(self) -> None:
        self.random = Random(20261123)  # noqa: S311 - the same demo at every run is the point
        self.lives: list[_Life] = []

    def life(self, kind: str, number: int, state: Value, snapshot_every: int = 0) -> _Life:
        offset = self.random.choice((0, 0, 32_400))
        life = _Life(f"{kind}-{number:05d}", kind, state, offset, snapshot_every=snapshot_every)
        self.lives.append(life)
        return life

    def uuid(self) -> str:
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def happens(
        self,
        life: _Life,
        at: int,
        kind: str,
        payload: Value,
        actor: str,
        *,
        cause: NewEvent | None = None,
        schema_version: int = 1,
    ) -> NewEvent:
        """Note an event; whoever calls has changed the life's state to what it is after it."""
        event_id = self.uuid()
        metadata = {
            "correlation_id": cause.metadata["correlation_id"] if cause else self.uuid(),
            "causation_id": cause.event_id if cause else None,
            "actor": actor,
        }
        if self.random.random() < 0.2:
            metadata["ip"] = f"203.0.113.{self.random.randrange(1, 255)}"
        event = NewEvent(
            life.aggregate_id,
            kind,
            payload,
            len(life.events) + 1,
            life.aggregate_type,
            metadata,
            schema_version,
            Instant(at - at % 1000, life.offset),
            event_id,
        )
        life.events.append(event)
        if life.snapshot_every and len(life.events) % life.snapshot_every == 0 and life.state is not None:
            life.snapshots.append(Snapshot(life.aggregate_id, len(life.events), event.timestamp, copied(life.state)))
        return event

    def moment(self, days_to_live: int) -> int:
        """When a life begins that may last so long."""
        return _START + self.random.randrange((_DAYS - days_to_live) * _DAY)

    def later(self, at: int, days: float = 1.0) -> int:
        return at + self.random.randrange(60 * _SECOND, max(61 * _SECOND, int(days * _DAY)))


def make_demo(path: Path, *, work: Work | None = None) -> DemoSummary:
    """Make the demo store and, beside it, `PATH.reducers/` with its rules; raises StoreError when PATH exists.

    The file appears only when it is complete.
    """
    if path.exists():
        raise StoreError(f"There is already a file {path}.", "Name another, or remove it.")
    work = work or Work()
    world = _World()
    for number, make in _plan():
        if number % 100 == 1:
            work.report("Making the demo store", number, None)
        make(world, number)
    _transfers(world)
    events = sorted((event for life in world.lives for event in life.events), key=_order)
    snapshots = [snapshot for life in world.lives for snapshot in life.snapshots]
    snapshots.sort(key=lambda one: (one.aggregate_id, one.version))
    partial, reducers = path.with_name(path.name + ".part"), path.with_name(path.name + ".reducers")
    there = reducers.exists()
    _remove(partial)
    try:
        with EmbeddedStore(partial) as store:
            work.report("Writing the demo store", 0, len(events))
            store.append_events(_counted(events, work))
            store.save_snapshots(snapshots)
        reducers.mkdir(exist_ok=True)
        for rules in sorted(assets.path("reducers/demo").glob("*.toml")):
            shutil.copyfile(rules, reducers / rules.name)
        partial.replace(path)
    except BaseException as error:
        if not there:
            shutil.rmtree(reducers, ignore_errors=True)
        if isinstance(error, OSError):
            raise StoreError(f"{path} can't be made: {error.strerror}.", elsewhere(error)) from None
        if isinstance(error, StoreError):
            raise StoreError(error.message.replace(str(partial), str(path)), error.hint) from None
        raise
    finally:
        _remove(partial)
    return DemoSummary(path, reducers, len(world.lives), len(events), len(snapshots))


def _remove(partial: Path) -> None:
    """Remove what is half made, with what its database keeps beside it: SQLite would put that into the next one."""
    for ending in ("", "-journal", "-wal", "-shm"):
        partial.with_name(partial.name + ending).unlink(missing_ok=True)


def _order(event: NewEvent) -> tuple[int, str, int]:
    return event.timestamp.ns if event.timestamp else 0, event.aggregate_id, event.version or 0


def _counted(events: list[NewEvent], work: Work) -> Iterator[NewEvent]:
    for number, event in enumerate(events):
        if number % 5000 == 0:
            work.report("Writing the demo store", number, len(events))
        yield event


def _plan() -> Iterator[tuple[int, Any]]:
    for number in range(1, _USERS + 1):
        yield number, _user
    for number in range(1, _ACCOUNTS + 1):
        yield number, _long_account if f"account-{number:05d}" == LONG_ACCOUNT else _account
    for number in range(1, _ORDERS + 1):
        yield number, _puzzling_order if f"order-{number:05d}" == PUZZLING_ORDER else _order_life


def _user(world: _World, number: int) -> None:
    random = world.random
    life = world.life("user", number, {"roles": [], "addresses": {}}, 20)
    name = data.PEOPLE[number % len(data.PEOPLE)]
    at = world.moment(380)
    profile = {
        "name": name,
        "email": f"user{number}@example.{random.choice(['org', 'jp'])}",
        "locale": "ja-JP" if not name.isascii() and ord(name[0]) > 0x3000 else "en-GB",
        "newsletter": random.random() < 0.4,
    }
    life.state.update(profile)
    first = world.happens(life, at, "UserCreated", dict(profile), random.choice(data.SERVICES))
    if random.random() < 0.8:
        at = world.later(at, 0.2)
        event_at = Instant(at - at % 1000, life.offset).isoformat()
        life.state.update(email_verified=True, email_verified_at=event_at)
        world.happens(life, at, "EmailVerified", {}, name, cause=first)
    for _ in range(random.randrange(4, 26)):
        at = world.later(at, 14)
        _user_event(world, life, at, name)
    if random.random() < 0.06:
        life.state = None
        world.happens(life, world.later(at, 10), "UserDeleted", {"reason": "requested"}, random.choice(data.STAFF))


def _user_event(world: _World, life: _Life, at: int, name: str) -> None:
    random, state = world.random, life.state
    choice = random.random()
    if choice < 0.45:
        state["logins"] = state.get("logins", 0) + 1
        state["last_login"] = Instant(at - at % 1000, life.offset).isoformat()
        world.happens(life, at, "LoggedIn", {"device": random.choice(["ios", "android", "web"])}, name)
    elif choice < 0.65:
        change: dict[str, Value] = random.choice(
            [
                {"newsletter": random.random() < 0.5},
                {"phone": f"+81-90-{random.randrange(1000, 9999)}-{random.randrange(1000, 9999)}"},
                {"nickname": random.choice(["ハナ", "Tea lover 🍵", "K.", "みさき"])},
            ]
        )
        state.update(change)
        world.happens(life, at, "UserUpdated", dict(change), name)
    elif choice < 0.78:
        role = random.choice(data.ROLES)
        if role in state["roles"]:
            state["roles"].remove(role)
            world.happens(life, at, "RoleRevoked", {"role": role}, random.choice(data.STAFF))
        else:
            state["roles"].append(role)
            world.happens(life, at, "RoleGranted", {"role": role}, random.choice(data.STAFF))
    elif choice < 0.94 or not state["addresses"]:
        street, country = random.choice(data.CITIES)
        label = random.choice(["home", "work", "実家"])
        state["addresses"][label] = {"street": street, "country": country}
        payload = {"label": label, "address": {"street": street, "country": country}}
        world.happens(life, at, "AddressAdded", payload, name)
    else:
        label = random.choice(sorted(state["addresses"]))
        del state["addresses"][label]
        world.happens(life, at, "AddressRemoved", {"label": label}, name)


def _opened(world: _World, number: int, snapshot_every: int, at: int) -> tuple[_Life, str]:
    owner = data.PEOPLE[(number * 7) % len(data.PEOPLE)]
    life = world.life("account", number, {"balance": 0, "movements": 0, "status": "new"}, snapshot_every)
    payload = {"owner": owner, "currency": "JPY", "iban": f"JP{number % 97:02d}0001{number:010d}"}
    life.state.update(payload, status="open")
    world.happens(life, at, "AccountOpened", payload, world.random.choice(data.STAFF))
    return life, owner


def _deposited(world: _World, life: _Life, at: int, actor: str) -> None:
    """Since March 2025 deposits are stored with schema version 2, which adds the currency and the channel."""
    random = world.random
    amount = random.randrange(1, 400) * 250
    life.state["balance"] += amount
    life.state["movements"] += 1
    channels = life.state.setdefault("by_channel", {})
    if at < _START + 190 * _DAY:
        channels["counter"] = channels.get("counter", 0) + amount
        world.happens(life, at, "MoneyDeposited", {"amount": amount}, actor)
    else:
        channel = random.choice(["atm", "online", "payroll"])
        channels[channel] = channels.get(channel, 0) + amount
        payload = {"amount": amount, "currency": "JPY", "channel": channel}
        world.happens(life, at, "MoneyDeposited", payload, actor, schema_version=2)


def _account_event(world: _World, life: _Life, at: int, actor: str) -> None:
    random, state = world.random, life.state
    choice = random.random()
    if choice < 0.52:
        _deposited(world, life, at, actor)
    elif choice < 0.88:
        amount = random.randrange(1, 300) * 100
        state["balance"] -= amount
        state["movements"] += 1
        world.happens(life, at, "MoneyWithdrawn", {"amount": amount, "place": random.choice(data.CITIES)[0]}, actor)
    elif choice < 0.94:
        state["balance"] -= 110
        state["fees"] = state.get("fees", 0) + 110
        world.happens(life, at, "FeeCharged", {"amount": 110, "kind": "monthly"}, "batch:fees")
    elif choice < 0.97:
        rate = Number(random.choice(["0.10", "0.20", "1.10", "0.050"]))
        state["interest_rate"] = rate
        world.happens(life, at, "InterestRateChanged", {"rate": rate}, "batch:interest")
    else:
        state["overdraft_limit"] = random.choice([0, 50_000, 100_000])
        world.happens(life, at, "OverdraftLimitSet", {"limit": state["overdraft_limit"]}, random.choice(data.STAFF))


def _account(world: _World, number: int) -> None:
    random = world.random
    at = world.moment(360)
    life, owner = _opened(world, number, 20, at)
    for _ in range(random.randrange(8, 38)):
        at = world.later(at, 9)
        _account_event(world, life, at, owner)
    if random.random() < 0.05:
        at = world.later(at, 3)
        life.state.update(status="frozen", frozen_because="unusual activity")
        frozen = world.happens(life, at, "AccountFrozen", {"reason": "unusual activity"}, "fraud-detection")
        if random.random() < 0.6:
            at = world.later(at, 3)
            life.state["status"] = "open"
            del life.state["frozen_because"]
            world.happens(life, at, "AccountUnfrozen", {}, random.choice(data.STAFF), cause=frozen)
    elif random.random() < 0.06:
        life.state = None
        world.happens(life, world.later(at, 5), "AccountClosed", {"reason": "customer left"}, owner)


def _long_account(world: _World, number: int) -> None:
    """A merchant's account: a movement every fifty minutes for two years."""
    at = _START + 3 * _DAY
    life, owner = _opened(world, number, 500, at)
    step = (_DAYS - 70) * _DAY // LONG_ACCOUNT_EVENTS
    while len(life.events) < LONG_ACCOUNT_EVENTS:
        at += world.random.randrange(step // 2, step + step // 2)
        _account_event(world, life, at, owner)


def _transfers(world: _World) -> None:
    """Money sent from one account arrives at another a moment later, after both lives.

    What had arrived before is the cause of what is sent on, so that a trail of money is one correlation.
    """
    random = world.random
    open_accounts = [
        life
        for life in world.lives
        if life.aggregate_type == "account" and life.state is not None and life.aggregate_id != LONG_ACCOUNT
    ]
    latest = _START + _DAYS * _DAY
    arrived: dict[str, NewEvent] = {}
    for number in range(500):
        sender, receiver = random.sample(open_accounts, 2)
        begin = max(life.events[-1].timestamp.ns if life.events[-1].timestamp else 0 for life in (sender, receiver))
        at = begin + random.randrange(60 * _SECOND, 2 * _DAY)
        if at > latest:
            continue
        amount = random.randrange(1, 90) * 500
        transfer_id = f"tr-{number:06d}"
        sender.state["balance"] -= amount
        sender.state["movements"] += 1
        sender.state["last_transfer"] = transfer_id
        payload = {"transfer_id": transfer_id, "to": receiver.aggregate_id, "amount": amount}
        sent = world.happens(sender, at, "TransferSent", payload, sender.state["owner"])
        before = arrived.get(sender.aggregate_id)
        if before is not None:
            sent.metadata["correlation_id"] = before.metadata["correlation_id"]
            sent.metadata["causation_id"] = before.event_id
        receiver.state["balance"] += amount
        receiver.state["movements"] += 1
        receiver.state["last_transfer"] = transfer_id
        payload = {"transfer_id": transfer_id, "from": sender.aggregate_id, "amount": amount}
        arrived[receiver.aggregate_id] = world.happens(
            receiver, at + 2 * _SECOND, "TransferReceived", payload, "payments-service", cause=sent
        )


class _OrderTeller:
    """Tells an order's life, event by event."""

    def __init__(self, world: _World, number: int, at: int) -> None:
        self.world = world
        self.at = at
        self.life = world.life("order", number, {"items": {}, "coupons": [], "history": []}, 10)
        self.user = f"user-{world.random.randrange(1, _USERS + 1):05d}"
        street, country = world.random.choice(data.CITIES)
        payload = {
            "number": 9_007_199_254_740_992 + number,
            "customer": self.user,
            "currency": "JPY",
            "ship_to": {"street": street, "country": country},
        }
        self.life.state.update(copied(payload))
        self.life.state.update(
            status="placed", placed_at=Instant(at - at % 1000, self.life.offset).isoformat(), history=["placed"]
        )
        self.last = world.happens(self.life, at, "OrderPlaced", payload, self.user)

    def tell(self, kind: str, payload: Value, actor: str, days: float = 0.5) -> None:
        self.at = self.world.later(self.at, days)
        self.last = self.world.happens(self.life, self.at, kind, payload, actor, cause=self.last)

    def add(self, product: tuple[str, str, int], quantity: int) -> None:
        sku, name, price = product
        item = self.life.state["items"].setdefault(sku, {})
        item.update(name=name, unit_price=price)
        item["quantity"] = item.get("quantity", 0) + quantity
        payload = {"sku": sku, "name": name, "unit_price": price, "quantity": quantity}
        self.tell("ItemAdded", payload, self.user, 0.02)

    def change(self, sku: str, quantity: int) -> None:
        self.life.state["items"][sku]["quantity"] = quantity
        self.tell("ItemQuantityChanged", {"sku": sku, "quantity": quantity}, self.user, 0.02)

    def remove(self, sku: str) -> None:
        del self.life.state["items"][sku]
        self.tell("ItemRemoved", {"sku": sku}, self.user, 0.02)

    def coupon(self, code: str, discount: int) -> None:
        self.life.state["coupons"].append(code)
        self.life.state["discount"] = self.life.state.get("discount", 0) + discount
        self.tell("CouponApplied", {"code": code, "discount": discount}, "web-shop", 0.02)

    def total(self) -> int:
        items = self.life.state["items"].values()
        return int(sum(item["unit_price"] * item["quantity"] for item in items)) - int(
            self.life.state.get("discount", 0)
        )

    def reach(self, status: str) -> None:
        self.life.state["status"] = status
        self.life.state["history"].append(status)

    def authorize(self) -> None:
        method = self.world.random.choice(["card", "konbini", "paypay"])
        self.life.state["payment"] = {"method": method, "authorized": self.total()}
        self.reach("authorized")
        self.tell("PaymentAuthorized", {"method": method, "amount": self.total()}, "payments-service", 0.05)

    def capture(self) -> None:
        payment = self.life.state["payment"]
        payment["captured"] = payment.get("captured", 0) + payment["authorized"]
        self.reach("paid")
        self.tell("PaymentCaptured", {"amount": payment["authorized"]}, "payments-service", 0.3)

    def refund(self, amount: int, reason: str) -> None:
        payment = self.life.state["payment"]
        payment["refunded"] = payment.get("refunded", 0) + amount
        payment["reason"] = reason
        self.life.state["history"].append("refunded")
        self.tell("PaymentRefunded", {"amount": amount, "reason": reason}, "support:mori", 2)

    def ship(self) -> None:
        carrier = self.world.random.choice(data.CARRIERS)
        tracking = f"{self.world.random.randrange(10**11, 10**12)}"
        self.life.state["shipment"] = {"carrier": carrier, "tracking": tracking}
        self.reach("shipped")
        self.tell("OrderShipped", {"carrier": carrier, "tracking": tracking}, "warehouse-service", 2)

    def deliver(self) -> None:
        signed = self.world.random.choice(data.PEOPLE)
        self.life.state["shipment"]["signed_by"] = signed
        self.reach("delivered")
        self.tell("OrderDelivered", {"signed_by": signed}, "warehouse-service", 3)

    def cancel(self, reason: str) -> None:
        self.reach("cancelled")
        self.life.state["cancel_reason"] = reason
        self.tell("OrderCancelled", {"reason": reason}, self.user, 1)

    def note(self, text: str) -> None:
        self.life.state.setdefault("notes", []).append(text)
        self.tell("NoteAdded", {"text": text}, self.world.random.choice(data.STAFF), 1)

    def move(self, place: tuple[str, str]) -> None:
        self.life.state["ship_to"] = {"street": place[0], "country": place[1]}
        self.tell("AddressChanged", {"ship_to": {"street": place[0], "country": place[1]}}, self.user, 0.1)


def _order_life(world: _World, number: int) -> None:
    random = world.random
    order = _OrderTeller(world, number, world.moment(20))
    for product in random.sample(data.PRODUCTS, random.randrange(1, 7)):
        order.add(product, random.randrange(1, 4))
    for _ in range(random.randrange(0, 4)):
        order.change(random.choice(sorted(order.life.state["items"])), random.randrange(1, 6))
    if len(order.life.state["items"]) > 1 and random.random() < 0.4:
        order.remove(random.choice(sorted(order.life.state["items"])))
    if random.random() < 0.25:
        order.coupon(*random.choice(data.COUPONS))
    if random.random() < 0.2:
        order.move(random.choice(data.CITIES))
    if random.random() < 0.08:
        order.cancel("changed my mind")
        return
    order.authorize()
    if random.random() < 0.05:
        order.cancel("payment took too long")
        return
    order.capture()
    for _ in range(random.randrange(0, 3)):
        order.note(random.choice(data.NOTES))
    if random.random() < 0.9:
        order.ship()
        if random.random() < 0.92:
            order.deliver()
            if random.random() < 0.06:
                order.refund(random.randrange(1, 10) * 100, "damaged in transit")


def _puzzling_order(world: _World, number: int) -> None:
    """A coupon that counted twice, a cancellation after the capture, a parcel sent all the same, then the refund."""
    order = _OrderTeller(world, number, _START + 700 * _DAY)
    order.add(data.PRODUCTS[2], 1)
    order.add(data.PRODUCTS[7], 1)
    order.add(data.PRODUCTS[6], 4)
    order.coupon(*data.COUPONS[2])
    order.change(data.PRODUCTS[6][0], 2)
    order.coupon(*data.COUPONS[2])
    order.authorize()
    order.capture()
    order.move(data.CITIES[4])
    order.cancel("ordered twice by mistake")
    order.ship()
    order.note("キャンセル後に発送されてしまいました。返金対応をお願いします 🙏")
    order.deliver()
    order.refund(order.life.state["payment"]["captured"], "shipped after cancellation")
    order.note("Refund includes the coupon that was applied twice; see the payment team.")
