"""The hosts and examples that are shipped: real domain code of three kinds gives the states that it should."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import helpers_emmett
import helpers_eventsourcing as library
import pytest
from helpers_foreign import FOREIGN, allowed, events, foreign_fold
from helpers_replay import event
from helpers_venv import python_with

from esviewer.errors import ForeignError
from esviewer.model.batch import batch_of
from esviewer.model.exactjson import dumps, loads
from esviewer.model.values import Value, copied, same
from esviewer.replay.fold import fold
from esviewer.replay.foreign.reducer import ForeignReducer
from esviewer.replay.foreign.spec import load_spec
from esviewer.replay.history import build_history
from esviewer.stores.opening import open_store

TESTS = Path(library.__file__).parent


def loaded(file: Path) -> ForeignReducer:
    """The reducer of a file, trusted."""
    return ForeignReducer(load_spec(file), allowed)


def python_reducer(folder: Path, code: str, keys: str = "") -> ForeignReducer:
    """A reducer that is a Python module, run by this Python."""
    (folder / "cart.py").write_text(code, encoding="utf-8")
    file = folder / "reducer.toml"
    file.write_text(f'kind = "python"\nmodule = "cart"\npython = {json.dumps(sys.executable)}\n{keys}\n')
    return loaded(file)


def added(product: str, quantity: Value, price: Value) -> dict[str, Value]:
    """The data of one step of a cart."""
    return {"productItem": {"productId": product, "quantity": quantity, "unitPrice": price}}


CART = [
    ("ShoppingCartOpened", {"clientId": "client-1 😀"}),
    ("ProductItemAdded", added("shoes", 2, 10.5)),
    ("ProductItemAdded", added("socks", 1, 3)),
    ("ProductItemRemoved", added("shoes", 1, 10.5)),
    ("ProductItemRemoved", added("hats", 1, 5)),
    ("DiscountApplied", {"percent": 9007199254740993}),
    ("ShoppingCartConfirmed", {"confirmedAt": "2026-03-04T05:06:07.000Z"}),
    ("SomethingElse", {}),
]


def test_a_cart_that_emmett_wrote_is_folded_by_its_own_code(tmp_path: Path) -> None:
    """Store and reducer are both JavaScript's; every version's state is what evolve gives."""
    path = tmp_path / "carts.db"
    appended = [{"type": kind, "data": data} for kind, data in CART]
    appended[5]["data"] = {"percent": {"$bigint": "9007199254740993"}}
    helpers_emmett.write_sqlite(path, [("shopping_cart-1", appended[:3]), ("shopping_cart-1", appended[3:])])
    with (
        closing(open_store(str(path))) as store,
        closing(loaded(FOREIGN / "examples/emmett-cart/cart.toml")) as reducer,
    ):
        (aggregate,) = {each.aggregate_id for each in store.events()}
        history = build_history(reducer, store.batches(aggregate))
        percent = list(store.events(aggregate))[5].data["percent"]

        expected: list[dict[str, Value]] = [
            {"status": "Opened", "items": {}, "discount": None, "clientId": "client-1 😀"}
        ]
        for items in (
            {"shoes": {"quantity": 2, "unitPrice": 10.5}},
            {"shoes": {"quantity": 2, "unitPrice": 10.5}, "socks": {"quantity": 1, "unitPrice": 3}},
            {"socks": {"quantity": 1, "unitPrice": 3}, "shoes": {"quantity": 1, "unitPrice": 10.5}},
        ):
            expected.append({**expected[-1], "items": items})
        expected += [expected[-1], {**expected[-1], "discount": percent}]
        expected.append({**expected[-1], "status": "Confirmed", "confirmedAt": "2026-03-04T05:06:07.000Z"})
        expected.append(expected[-1])

        assert len(history) == len(expected) == len(CART)
        for version, state in zip(history.versions, expected, strict=True):
            assert history.state_at(version) == state, version
        assert list(history.skipped().values()) == ["Error: there is no hats in the cart"]
        assert [change.path for change in history.changes(history.versions[1])] == [("items", "shoes")]


def test_the_javascript_host_keeps_large_integers_and_its_state(tmp_path: Path) -> None:
    for name in ("serve.mjs", "cart.toml"):
        shutil.copy(FOREIGN / "examples/emmett-cart" / name, tmp_path)
    (tmp_path / "cart.mjs").write_text(
        """
console.log('starting')
export const initialState = { seen: [] }
export const evolve = (state, { data }) => {
  console.log('evolving', data)
  state.seen.push(data)
  if (data === 'fail') throw new Error('after it was altered')
  if (data === 'cycle') state.self = state
  if (data === 'nothing') return undefined
  return state
}
"""
    )
    texts = ["9007199254740993", '"fail"', "-12345678901234567890", '"x:9007199254740993\\\\\\", 12345678901234567"',
             '"cycle"', "0.1234567890123456", "[1e21,1.5]", '"\\ud83d\\ude00 \\u2028"']  # fmt: skip
    with closing(loaded(tmp_path / "cart.toml")) as reducer:
        folded, states = foreign_fold(reducer, events(*map(loads, texts)))
        assert [item.reason.split("\n")[0][:30] for item in folded.skipped] == [
            "Error: after it was altered",
            "TypeError: Converting circular",
        ]
        kept = [loads(text) for text in texts if text not in ('"fail"', '"cycle"')]
        kept[kept.index([loads("1e21"), 1.5])] = [loads("1e+21"), 1.5]
        assert same(folded.state, {"seen": kept})
        assert states[2] == '{"seen":[9007199254740993,-12345678901234567890]}'
        again, _ = foreign_fold(reducer, events("a", "nothing"))
        assert again.state is None


def test_the_python_example(tmp_path: Path) -> None:
    found = [event(number, *item) for number, item in enumerate(CART[:3], 1)]
    with closing(loaded(FOREIGN / "examples/python-cart/cart.toml")) as reducer:
        folded, _ = foreign_fold(reducer, [*found, event(4, "Unheard"), event(5, "ShoppingCartDeleted", {})])
        _, states = foreign_fold(reducer, found)

    assert folded.state is None
    assert [item.reason for item in folded.skipped] == ["ValueError: a cart knows no Unheard"]
    assert json.loads(states[2]) == {
        "status": "Opened",
        "clientId": "client-1 😀",
        "openedAt": "1970-01-01T00:00:01Z",
        "items": {"shoes": {"quantity": 2, "unitPrice": 10.5}, "socks": {"quantity": 1, "unitPrice": 3}},
        "total": "24.0",
    }


def test_the_python_host_keeps_types_and_numbers(tmp_path: Path) -> None:
    """Decimals, times, ids and bytes arrive as what they are and come back as that; so do numbers as written."""
    reducer = python_reducer(
        tmp_path,
        """
print("this must not get between the answers")
def evolve(state, event):
    print("nor this")
    assert type(event["data"]).__name__ == event["metadata"]["type"], type(event["data"])
    return [*state, event["data"]]
initial = []
""",
    )
    values: list[tuple[str, Value]] = [
        ("Decimal", Decimal("1.10")),
        ("UUID", UUID(int=5)),
        ("datetime", datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("date", date(2026, 1, 2)),
        ("time", time(3, 4)),
        ("bytes", b"\x00\xff"),
        ("int", 2**70),
        ("ExactFloat", loads("1.10")),
        ("float", 1.5),
        ("str", "\ud800 😀 \u2028"),
        ("dict", {"_type_": "unheard", "_data_": "x", "3": {"a": [None, True, Decimal(3)]}}),
    ]
    found = [event(n, "Any", value, metadata={"type": name}) for n, (name, value) in enumerate(values, 1)]
    with closing(reducer):
        folded, states = foreign_fold(reducer, found)

    assert folded.skipped == ()
    assert same(folded.state, [value for _, value in values])
    assert states[7].endswith(",1.10]")


def test_the_python_host_with_classes(tmp_path: Path) -> None:
    """A state of dataclasses, altered in place and refused half-way; a replay that starts from a state loads it."""
    reducer = python_reducer(
        tmp_path,
        """
from __future__ import annotations
from dataclasses import dataclass, field
from enum import Enum

class Status(Enum):
    OPEN = "open"
    CLOSED = "closed"

@dataclass
class Cart:
    status: Status = Status.OPEN
    items: dict[int, str] = field(default_factory=dict)
    tags: set[str] = field(default_factory=set)

    @staticmethod
    def load(value):
        items = {int(key): item for key, item in value["items"].items()}
        return Cart(Status(value["status"]), items, set(value["tags"]))

def apply(cart, event):
    cart.items[len(cart.items)] = event["data"]
    cart.tags |= {"b", "a"}
    if event["data"] == "bad":
        raise ValueError("half-way")
    if event["data"] == "close":
        cart.status = Status.CLOSED
    return cart
""",
        'initial = "Cart"\nevolve = "apply"\nload = "Cart.load"',
    )
    with closing(reducer):
        folded, _ = foreign_fold(reducer, events("x", "bad", "close"))
        resumed = fold(
            reducer, [batch_of(events("close", first=3))], {"status": "open", "items": {"0": "x"}, "tags": []}
        )

    assert folded.state == {"status": "closed", "items": {"0": "x", "1": "close"}, "tags": ["a", "b"]}
    assert [item.reason for item in folded.skipped] == ["ValueError: half-way"]
    assert same(resumed.state, folded.state)


def test_a_state_of_classes_that_nothing_loads_says_what_is_missing(tmp_path: Path) -> None:
    code = "class Cart: pass\ndef evolve(state, event):\n    state.n = event['data']\n    return state\n"
    reducer = python_reducer(tmp_path, code, 'initial = "Cart"')
    with closing(reducer):
        assert foreign_fold(reducer, events(1, 2))[0].state == {"n": 2}
        with pytest.raises(ForeignError, match="a function that makes a Cart of JSON"):
            fold(reducer, [batch_of(events(3, first=3))], {"n": 2})


UNKNOWN = """
import fractions, datetime, sys, collections
class Slim:
    __slots__ = ("a",)
def evolve(state, event):
    state = {**state, "n": event["version"]}
    if event["version"] == 2:
        state["lines"] = [0, {"a/b": VALUE}]
    return state
initial = {}
"""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("fractions.Fraction(1, 3)", "a value of type fractions.Fraction at /lines/1/a~1b"),
        ("datetime.timedelta(days=1)", "a value of type datetime.timedelta at /lines/1/a~1b"),
        ("Slim()", "a value of type cart.Slim at /lines/1/a~1b"),
        ("evolve", "a value of type function at /lines/1/a~1b"),
        ("sys", "a value of type module at /lines/1/a~1b"),
        ("ValueError('x')", "a value of type ValueError at /lines/1/a~1b"),
        ("1j", "a value of type complex at /lines/1/a~1b"),
        ("float('nan')", "the number nan at /lines/1/a~1b"),
        ("{(1, 2): 3}", "a key of type tuple at /lines/1/a~1b"),
        ("{1: 3, '1': 4}", "two keys that are one in JSON at /lines/1/a~1b/1"),
        ("{Slim()}", "a value of type cart.Slim at /lines/1/a~1b"),
    ],
)
def test_a_value_without_a_form_in_json_is_refused_at_its_event(tmp_path: Path, value: str, said: str) -> None:
    reducer = python_reducer(tmp_path, UNKNOWN.replace("VALUE", value))
    with closing(reducer):
        folded, states = foreign_fold(reducer, events(1, 1, 1))

    assert [(each.version, each.reason.partition(", which")[0]) for each in folded.skipped] == [
        (2, f"the state has {said}")
    ]
    assert states == ['{"n":1}', '{"n":1}', '{"n":3}']


def test_a_first_state_without_a_form_in_json_ends_the_replay(tmp_path: Path) -> None:
    reducer = python_reducer(tmp_path, "initial = object()\ndef evolve(state, event): return state\n")
    with pytest.raises(ForeignError, match="a value of type object at its root"):
        reducer.initial()


def test_attributes_and_enumerations_have_a_form(tmp_path: Path) -> None:
    code = """
import enum
from collections import namedtuple
class Kind(enum.Enum):
    A = "a"
class Cart:
    def __init__(self):
        self.kind, self._hidden, self.by = Kind.A, object(), {Kind.A: 1, None: 2, 3: (4,)}
def evolve(state, event):
    return {"cart": Cart(), "at": namedtuple("P", "x y")(1, 2)}
initial = {}
"""
    with closing(python_reducer(tmp_path, code)) as reducer:
        folded, _ = foreign_fold(reducer, events(1))
    assert folded.state == {"cart": {"kind": "a", "by": {"a": 1, "null": 2, "3": [4]}}, "at": [1, 2]}


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("1/0", "could not begin: ZeroDivisionError: division by zero"),
        ("def initial(): pass", "could not begin: LookupError: cart has no evolve"),
        ("import no_such_library", "could not begin: ModuleNotFoundError: No module named 'no_such_library'"),
        ("evolve = print\ndef initial(): return open('absent')", "could not begin: FileNotFoundError"),
    ],
)
def test_code_that_does_not_load_says_why(tmp_path: Path, code: str, message: str) -> None:
    reducer = python_reducer(tmp_path, code)
    with pytest.raises(ForeignError) as raised:
        reducer.initial()
    assert message in raised.value.message
    assert "Traceback" in raised.value.hint


def eventsourcing_file(folder: Path, aggregate: str, keys: str = "") -> Path:
    """A file for aggregates of the library, whose classes are in the tests' own folder."""
    file = folder / f"{aggregate.rpartition(':')[2]}.toml"
    file.write_text(
        f'kind = "eventsourcing"\naggregate = "{aggregate}"\npython = {json.dumps(sys.executable)}\n'
        f"path = [{json.dumps(str(TESTS))}]\n{keys}\n"
    )
    return file


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that the library wrote, with snapshots."""
    path = tmp_path_factory.mktemp("bank") / "bank.db"
    with closing(library.Bank(env=library.sqlite_environment(path))) as application:
        library.fill(application, accounts=3, steps=9, dogs=1)
    return path


@pytest.mark.parametrize(("kind", "compared"), [("BankAccount", 30), ("Dog", 4)])
def test_aggregates_of_the_library_are_as_its_repository_gives_them(
    tmp_path: Path, bank: Path, kind: str, compared: int
) -> None:
    """Every version of every aggregate, replayed from nothing and from each snapshot."""
    copy = tmp_path / "copy.db"
    copy.write_bytes(bank.read_bytes())
    from_snapshots = 0
    with (
        closing(library.Bank(env=library.sqlite_environment(copy))) as application,
        closing(open_store(str(bank))) as store,
        closing(loaded(eventsourcing_file(tmp_path, f"helpers_eventsourcing:{kind}"))) as reducer,
    ):
        found = [each for each in store.events() if each.aggregate_type == kind]
        assert len(found) >= compared
        assert reducer.initial() is None
        for aggregate_id in {each.aggregate_id for each in found}:
            history = build_history(reducer, store.batches(aggregate_id))
            assert history.skipped() == {}
            for version in history.versions:
                aggregate = application.repository.get(UUID(aggregate_id), version=version)
                expected = {key: value for key, value in vars(aggregate).items() if not key.startswith("_")}
                assert same(history.state_at(version), expected), version
            for version in history.versions:
                snapshot = store.snapshot(aggregate_id, version)
                if snapshot is not None and snapshot.version == version < history.versions[-1]:
                    rest = store.batches(aggregate_id, from_version=version + 1)
                    resumed = fold(reducer, rest, copied(snapshot.state))
                    assert resumed.skipped == ()
                    assert same(resumed.state, history.state_at(history.versions[-1]))
                    from_snapshots += 1
    assert (from_snapshots > 0) is (kind == "BankAccount")


def test_older_class_versions_are_upcast_by_the_library(tmp_path: Path) -> None:
    """An event of version 1, which knows no breed, goes through the class's own upcaster."""
    path = tmp_path / "kennel.db"
    with closing(library.Kennel(env=library.sqlite_environment(path))) as application:
        library.fill(application, accounts=0, dogs=1)
    with closing(sqlite3.connect(path)) as connection, connection:
        (state,) = connection.execute("SELECT state FROM stored_events WHERE originator_version = 1").fetchone()
        stored = json.loads(state)
        del stored["class_version"], stored["breed"]
        connection.execute(
            "UPDATE stored_events SET state = ? WHERE originator_version = 1", [json.dumps(stored).encode()]
        )
    with (
        closing(open_store(str(path))) as store,
        closing(loaded(eventsourcing_file(tmp_path, "helpers_eventsourcing:Dog"))) as reducer,
    ):
        (aggregate,) = {each.aggregate_id for each in store.events()}
        folded = fold(reducer, store.batches(aggregate), reducer.initial())
    assert folded.state["breed"] == "unknown"
    assert folded.skipped == ()


def test_events_that_the_library_refuses_are_skipped_and_the_rest_goes_on(tmp_path: Path, bank: Path) -> None:
    with (
        closing(open_store(str(bank))) as store,
        closing(loaded(eventsourcing_file(tmp_path, "helpers_eventsourcing:Dog"))) as reducer,
    ):
        dog = [each for each in store.events() if each.aggregate_type == "Dog"]
        strange = event(3, "Dog.Unheard", {"timestamp": "x"})
        forged = [
            dog[0],
            dog[1],
            replace(strange, aggregate_id=dog[0].aggregate_id),
            dog[3],
        ]
        folded, _ = foreign_fold(reducer, forged)
    assert folded.state["tricks"] == ["trick 0", "trick 2"]
    assert [item.version for item in folded.skipped] == [3]
    assert "Dog.Unheard" in folded.skipped[0].reason


def test_an_application_brings_its_own_transcodings(tmp_path: Path) -> None:
    (tmp_path / "colours.py").write_text(
        """
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Transcoding

class Colour:
    def __init__(self, name): self.name = name
    def __eq__(self, other): return self.name == other.name

class ColourAsStr(Transcoding):
    type = Colour
    name = "colour_str"
    def encode(self, obj): return obj.name
    def decode(self, data): return Colour(data)

class Wall(Aggregate):
    @event("Built")
    def __init__(self): self.colour = None; self._hidden = 1
    @event("Painted")
    def paint(self, colour): assert isinstance(colour, Colour); self.colour = colour

class Painting(Application):
    def register_transcodings(self, transcoder):
        super().register_transcodings(transcoder)
        transcoder.register(ColourAsStr())
"""
    )
    write = (
        "import colours, sys\n"
        "app = colours.Painting(env={'PERSISTENCE_MODULE': 'eventsourcing.sqlite', 'SQLITE_DBNAME': sys.argv[1]})\n"
        "wall = colours.Wall(); wall.paint(colour=colours.Colour('紺')); app.save(wall)\n"
    )
    path = tmp_path / "walls.db"
    subprocess.run([sys.executable, "-c", write, str(path)], cwd=tmp_path, check=True, timeout=60)
    file = eventsourcing_file(tmp_path, "colours:Wall", 'application = "colours:Painting"')
    file.write_text(file.read_text().replace(json.dumps(str(TESTS)), '"."'))
    with closing(open_store(str(path))) as store, closing(loaded(file)) as reducer:
        (aggregate,) = {each.aggregate_id for each in store.events()}
        folded = fold(reducer, store.batches(aggregate), reducer.initial())
    assert folded.skipped == ()
    assert dumps(folded.state) == '{"colour":{"_type_":"colour_str","_data_":"紺"},"_hidden":1}'


def test_release_9_2_of_the_library(tmp_path: Path) -> None:
    """The oldest release whose tables are read: its mapper knows no conversion of ids."""
    python = python_with("eventsourcing-9.2.22", "eventsourcing==9.2.22")
    (tmp_path / "kennel.py").write_text(
        """
import json, sys
from decimal import Decimal
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

class Dog(Aggregate):
    @event("Registered")
    def __init__(self, name): self.name = name; self.weight = Decimal("0"); self.tricks = []
    @event("Fed")
    def feed(self, grams): self.weight += grams
    @event("TrickAdded")
    def add_trick(self, trick): self.tricks.append(trick)

if __name__ == "__main__":
    import kennel
    app = Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": sys.argv[1]})
    dog = kennel.Dog("柴")
    for number in range(5):
        dog.feed(grams=Decimal("1.10")); dog.add_trick(trick=f"trick {number}")
    app.save(dog)
    for version in range(1, dog.version + 1):
        found = app.repository.get(dog.id, version=version)
        print(json.dumps([found.name, str(found.weight), found.tricks]))
"""
    )
    path = tmp_path / "kennel.db"
    done = subprocess.run(
        [python, "kennel.py", str(path)], cwd=tmp_path, check=True, timeout=60, capture_output=True, text=True
    )
    file = tmp_path / "dog.toml"
    file.write_text(f'kind = "eventsourcing"\naggregate = "kennel:Dog"\npython = {json.dumps(str(python))}\n')
    with closing(open_store(str(path))) as store, closing(loaded(file)) as reducer:
        (aggregate,) = {each.aggregate_id for each in store.events()}
        history = build_history(reducer, store.batches(aggregate))
        states = [history.state_at(version) for version in history.versions]
        resumed = fold(reducer, store.batches(aggregate, from_version=6), copied(history.state_at(5)))
    assert history.skipped() == {}
    assert [[state["name"], str(state["weight"]), state["tricks"]] for state in states] == [
        json.loads(line) for line in done.stdout.splitlines()
    ]
    assert same(resumed.state, states[-1])


def test_the_transcript_of_the_protocol_is_what_the_example_says() -> None:
    """Lines of PROTOCOL.md that begin with an arrow: those to the process are sent, those from it must come back."""
    text = (FOREIGN / "PROTOCOL.md").read_text(encoding="utf-8")
    sent = [line[2:] for line in text.splitlines() if line.startswith("→ ")]
    expected = [line[2:] for line in text.splitlines() if line.startswith("← ")]
    spec = load_spec(FOREIGN / "examples/emmett-cart/cart.toml")
    done = subprocess.run(
        spec.command,
        cwd=spec.folder,
        input="\n".join(sent) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert len(expected) == len(sent) - 1 >= 6
    assert done.stdout.splitlines() == expected
