"""`esviewer seal`, `verify` and `prove`: keys and exit codes, signatures that OpenSSL checks too, wrong files."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

OPENSSL = shutil.which("openssl") or "openssl"


@pytest.fixture(scope="module")
def small(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The end of the demo store."""
    copy = Path(shutil.copy(demo, tmp_path_factory.mktemp("small") / "store.db"))
    _change(copy, "DELETE FROM snapshots", "DELETE FROM events WHERE id <= 52000")
    _change(copy, "VACUUM")
    return copy


@pytest.fixture
def store(small: Path, tmp_path: Path) -> Path:
    """A store of 2,413 events that a test may change."""
    return Path(shutil.copy(small, tmp_path / "store.db"))


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Path, Path]:
    """A private and a public key, as OpenSSL makes them."""
    return _keys(tmp_path, "key")


def _keys(folder: Path, name: str) -> tuple[Path, Path]:
    private, public = folder / f"{name}.pem", folder / f"{name}-public.pem"
    subprocess.run([OPENSSL, "genpkey", "-algorithm", "ed25519", "-out", private], check=True)
    subprocess.run([OPENSSL, "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def _change(store: Path, *statements: str) -> None:
    with closing(sqlite3.connect(store)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def _by_openssl(file: Path, public: Path, folder: Path) -> int:
    """Check a file's signature with common tools alone: the statement is one line of the file."""
    line = next(each for each in file.read_text().splitlines() if each.startswith('"statement":'))
    (folder / "statement").write_text(line.removeprefix('"statement":').removesuffix(","))
    signature = json.loads(file.read_text())["signature"]
    (folder / "signature").write_bytes(base64.b64decode(signature["value"]))
    files = ["-inkey", public, "-in", folder / "statement", "-sigfile", folder / "signature"]
    done = subprocess.run([OPENSSL, "pkeyutl", "-verify", "-rawin", "-pubin", *map(str, files)], capture_output=True)
    return done.returncode


def test_a_seal_is_not_replaced_without_a_word(run, store: Path, tmp_path: Path) -> None:
    file = tmp_path / "store.seal"
    file.write_text("no seal")
    first = run("seal", store, file, "--json")
    assert "replaced" not in first.err
    _change(store, "DELETE FROM events WHERE id = 54413")

    second = run("seal", store, file, "--json")

    assert second.code == 0
    assert f"held the seal of 2,413 events that was made at {first.json['made']}" in second.err
    assert first.json["root"] in second.err
    assert second.json["size"] == 2_412
    assert first.json["root"] in run("activity", "--json").out


def test_sealed_and_verified(run, store: Path, tmp_path: Path) -> None:
    seal = tmp_path / "store.seal"
    made = run("seal", store, seal, "--json")
    assert made.code == 0
    assert list(made.json) == [
        "file", "root", "size", "order", "made", "first", "last", "aggregates", "signed_by", "previous",
    ]  # fmt: skip
    assert made.json["size"] == 2_413
    assert made.json["last"] == {
        "position": 54_413, "aggregate_id": "order-00127", "version": 9, "type": "OrderDelivered",
    }  # fmt: skip
    assert made.json["order"] == "position"

    found = run("verify", store, seal, "--json")

    assert found.code == 0
    assert list(found.json) == [
        "verified", "seal", "signature", "size", "root", "grown", "differences", "consistency", "remarks", "chain",
    ]  # fmt: skip
    assert found.json["verified"] is True
    assert found.json["root"] == found.json["seal"]["root"] == made.json["root"]
    assert found.json["differences"] == []
    assert found.json["signature"]["state"] == "unsigned"
    assert "before the seal was made" in found.json["remarks"][0]


def test_the_same_store_read_again_has_the_same_root(run, store: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    copy = other / "copy.db"
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    roots = {run("seal", each, tmp_path / "s", "--json").json["root"] for each in (store, store, copy)}
    assert len(roots) == 1


def test_what_changed_is_named(run, store: Path, tmp_path: Path) -> None:
    seal = tmp_path / "s"
    run("seal", store, seal)
    _change(store, "UPDATE events SET event_data = '{}' WHERE id = 52777", "DELETE FROM events WHERE id = 53000")

    found = run("verify", store, seal, "--json")

    assert found.code == 1
    assert found.json["verified"] is False
    assert [(each["kind"], each["position"]) for each in found.json["differences"]] == [
        ("changed", 52777), ("removed", 53000),
    ]  # fmt: skip
    assert list(found.json["differences"][0]) == [
        "kind", "position", "aggregate_id", "version", "message", "was", "now",
    ]  # fmt: skip
    assert found.json["consistency"] is None
    text = run("verify", store, seal)
    assert text.code == 1
    assert "Not verified: 2 differences" in text.out
    assert "at position 53000" in text.out


def test_a_store_that_grew(run, store: Path, tmp_path: Path) -> None:
    seal, later, proof = tmp_path / "s", tmp_path / "t", tmp_path / "c"
    size = run("seal", store, seal, "--json").json["size"]
    _change(
        store,
        "INSERT INTO events SELECT id + 1, 'new', aggregate_id, aggregate_type, event_type, event_data, metadata, "
        "schema_version, version + 1, '2030-01-01T00:00:00Z' FROM events ORDER BY id DESC LIMIT 1",
    )

    found = run("verify", store, seal, "--consistency", proof, "--json")

    assert found.code == 0
    assert found.json["grown"]["events"] == 1
    assert found.json["size"] == size + 1
    grown = json.loads(proof.read_text())
    assert found.json["consistency"].items() <= grown.items()
    checked = run("verify", proof, "--json")
    assert (checked.code, checked.json["grew"], checked.json["seal"]["size"]) == (0, True, size)
    proof.write_text(proof.read_text().replace(grown["new_root"], "0" * 64))
    assert run("verify", proof).code == 1
    assert run("verify", store, proof).code == 2
    assert "1 new event came after" in run("verify", store, seal).out
    after = run("seal", store, later, "--after", seal, "--json").json
    assert after["previous"]["root"] == found.json["seal"]["root"]
    assert json.loads(later.read_text())["consistency"] == found.json["consistency"]["path"]
    _change(store, "UPDATE events SET event_data = '{}' WHERE id = 52005")
    unproven = run("verify", store, later, "--consistency", tmp_path / "d")
    assert (unproven.code, (tmp_path / "d").exists()) == (1, False)
    assert "is not written: there is no proof" in unproven.err
    refused = run("seal", store, tmp_path / "u", "--after", later)
    assert refused.code == 1
    assert not (tmp_path / "u").exists()


def test_a_signature_is_checked_here_and_by_openssl(run, store: Path, tmp_path: Path, keys) -> None:
    private, public = keys
    _, other = _keys(tmp_path, "other")
    seal = tmp_path / "s"
    run("seal", store, seal, "--sign", private)

    assert _by_openssl(seal, public, tmp_path) == 0
    assert _by_openssl(seal, other, tmp_path) != 0
    assert run("verify", store, seal, "--key", public, "--json").json["signature"]["state"] == "trusted"
    found = run("verify", store, seal, "--key", other)
    assert found.code == 1
    assert "signed with another key" in found.out
    der = subprocess.run([OPENSSL, "pkey", "-pubin", "-in", public, "-outform", "DER"], capture_output=True).stdout
    assert run("verify", seal, "--json").json["signature"]["key_digest"] == "sha256:" + hashlib.sha256(der).hexdigest()


def test_a_forged_statement_is_found_out(run, store: Path, tmp_path: Path, keys) -> None:
    private, public = keys
    seal = tmp_path / "s"
    run("seal", store, seal, "--sign", private)
    made = json.loads(seal.read_text())["statement"]["made"]
    seal.write_text(seal.read_text().replace(made, "2020-01-01T00:00:00Z", 1))

    found = run("verify", store, seal)

    assert found.code == 1
    assert "Not verified, for its signature does not hold" in found.out
    assert "changed after it was signed" in found.out
    assert _by_openssl(seal, public, tmp_path) != 0


def test_an_unsigned_seal_is_not_enough_where_a_key_is_asked_for(run, store: Path, tmp_path: Path, keys) -> None:
    seal = tmp_path / "s"
    run("seal", store, seal)
    found = run("verify", store, seal, "--key", keys[1])
    assert found.code == 1
    assert "It is unsigned, so the key that was given vouches for nothing." in found.out


def test_one_event_is_proven(run, store: Path, tmp_path: Path, keys) -> None:
    private, public = keys
    seal, proof = tmp_path / "s", tmp_path / "p"
    run("seal", store, seal, "--sign", private)
    event = run("events", store, "order-00127", "--from", "3", "--to", "3", "--json").json
    assert run("prove", store, seal, "order-00127", 3, "--output", proof).code == 0

    found = run("verify", proof, "--key", public, "--json")

    assert found.code == 0
    assert found.json["verified"] is True
    assert found.json["event"] == event
    assert found.json["in_store"] is None
    assert run("verify", store, proof, "--json").json["in_store"] == "unchanged"
    assert _by_openssl(proof, public, tmp_path) == 0
    assert _root_by_hand(proof) == json.loads(proof.read_text())["statement"]["root"]
    _change(store, f"UPDATE events SET event_data = '{{}}' WHERE id = {event['position']}")
    changed = run("verify", store, proof)
    assert changed.code == 1
    assert "not as it was sealed" in changed.out
    refused = run("prove", store, seal, "order-00127", 3, "--output", tmp_path / "q")
    assert refused.code == 1
    assert not (tmp_path / "q").exists()
    _change(store, f"DELETE FROM events WHERE id = {event['position']}")
    assert run("verify", store, proof, "--json").json["in_store"] == "missing"
    assert run("verify", proof).code == 0


def _root_by_hand(proof: Path) -> str:
    """The root that a proof comes to, by RFC 9162 and the standard library alone."""
    found = json.loads(proof.read_text())
    node = hashlib.sha256(b"\0" + found["event"].encode()).digest()
    place, last = found["index"], found["statement"]["size"] - 1
    for step in map(bytes.fromhex, found["path"]):
        if place % 2 or place == last:
            node = hashlib.sha256(b"\1" + step + node).digest()
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            node = hashlib.sha256(b"\1" + node + step).digest()
        place, last = place // 2, last // 2
    return node.hex()


@pytest.mark.parametrize(
    ("old", "new"), [('\\"version\\":3', '\\"version\\":4'), ('"index":', '"index":1'), ('"root":"', '"root":"00')]
)  # fmt: skip
def test_a_forged_proof_is_found_out(run, store: Path, tmp_path: Path, old: str, new: str) -> None:
    seal, proof = tmp_path / "s", tmp_path / "p"
    run("seal", store, seal)
    run("prove", store, seal, "order-00127", 3, "--output", proof)
    text = proof.read_text()
    forged = text.replace(old, new, 1)
    if old == '"root":"':
        at = text.index(old) + len(old)
        forged = text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :]
    assert forged != text
    proof.write_text(forged)
    found = run("verify", proof)
    assert found.code == 1
    assert found.out.startswith("Not verified.")


def test_events_that_were_not_sealed_are_not_proven(run, store: Path, tmp_path: Path) -> None:
    run("seal", store, tmp_path / "s")
    for ident, version in (("order-00127", 9999), ("nobody", 1)):
        found = run("prove", store, tmp_path / "s", ident, version, "--output", tmp_path / "p")
        assert found.code == 4
        assert f"Version {version} of {ident} was not sealed" in found.err


def test_files_that_are_no_seals(run, store: Path, tmp_path: Path) -> None:
    seal = tmp_path / "s"
    run("seal", store, seal)
    whole = seal.read_text()
    cases = {
        "{": "damaged",
        '{"form": "esviewer.aggregate-report"}': "neither a seal nor a proof but esviewer.aggregate-report",
        whole.replace('"form_version":1', '"form_version":2', 1): "newer than this release",
        whole[: len(whole) // 2]: "ends too early",
    }
    for content, expected in cases.items():
        bad = tmp_path / "bad"
        bad.write_text(content)
        found = run("verify", store, bad)
        assert found.code == 2
        assert expected in found.err
        assert found.err.count("\n") == 1
        assert str(bad) in found.err
    assert "neither a seal nor a proof" in run("verify", store, store).err
    assert "can't be read" in run("verify", store, tmp_path / "none").err
    assert "a folder" in run("verify", store, tmp_path).err


def test_a_seal_that_another_program_laid_out_anew_still_serves(run, store: Path, tmp_path: Path, keys) -> None:
    seal = tmp_path / "s"
    run("seal", store, seal, "--sign", keys[0])
    seal.write_text(json.dumps(json.loads(seal.read_text()), indent=4))
    assert run("verify", store, seal, "--key", keys[1]).code == 0


@pytest.mark.parametrize(
    ("algorithm", "words"), [(["-algorithm", "x25519"], "not an Ed25519 key"), (["-algorithm", "ed25519", "-aes256",
    "-pass", "pass:x"], "locked by a passphrase")],
)  # fmt: skip
def test_keys_that_can_not_sign(run, store: Path, tmp_path: Path, algorithm: list[str], words: str) -> None:
    subprocess.run([OPENSSL, "genpkey", *algorithm, "-out", tmp_path / "k"], check=True)
    found = run("seal", store, tmp_path / "s", "--sign", tmp_path / "k")
    assert found.code == 2
    assert words in found.err
    assert not (tmp_path / "s").exists()


def test_wrong_files_for_keys(run, store: Path, tmp_path: Path, keys) -> None:
    private, public = keys
    run("seal", store, tmp_path / "s", "--sign", private)
    assert "public key, which can't sign" in run("seal", store, tmp_path / "t", "--sign", public).err
    assert "checked with the public one" in run("verify", store, tmp_path / "s", "--key", private).err
    assert "no private key" in run("seal", store, tmp_path / "t", "--sign", store).err
    assert "can't be read" in run("seal", store, tmp_path / "t", "--sign", tmp_path / "none").err


def test_nothing_of_the_store_is_written_over(run, store: Path, tmp_path: Path) -> None:
    before = store.read_bytes()
    run("seal", store, tmp_path / "s")
    for arguments in (
        ("seal", store, store),
        ("prove", store, tmp_path / "s", "order-00127", 3, "--output", store),
        ("verify", store, tmp_path / "s", "--consistency", store),
        ("seal", store, tmp_path / "s", "--after", tmp_path / "s"),
    ):
        assert run(*arguments).code == 2
    assert store.read_bytes() == before
    assert run("seal", store, tmp_path / "none" / "s").code == 3


def test_an_empty_store(run, tmp_path: Path) -> None:
    store = tmp_path / "e.db"
    columns = "aggregate_id TEXT, event_type TEXT, event_data TEXT, version INTEGER, timestamp TEXT"
    _change(store, f"CREATE TABLE events (id INTEGER PRIMARY KEY, {columns})")
    made = run("seal", store, tmp_path / "s", "--json").json
    assert made["size"] == 0
    assert made["root"] == hashlib.sha256(b"").hexdigest()
    assert run("verify", store, tmp_path / "s").code == 0
    _change(store, "INSERT INTO events VALUES (1, 'a', 'T', '{}', 1, '2026-01-01T00:00:00Z')")
    assert run("verify", store, tmp_path / "s", "--json").json["grown"]["events"] == 1
