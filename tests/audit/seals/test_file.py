"""Seal files that are none, damaged, newer or forged: each is refused with one sentence that says so."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable

import pytest
from helpers_seals import Subject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esviewer.audit.seals.aggregates import BEGIN
from esviewer.audit.seals.file import digest_of_lines, form_of, read_seal
from esviewer.audit.seals.leaf import leaf_of
from esviewer.audit.seals.places import Chunk, Place, chunk_of
from esviewer.errors import SealError
from esviewer.model.values import Value


def _lines(subject: Subject) -> list[str]:
    return subject.seal.read_text().splitlines(keepends=True)


def _read(subject: Subject) -> None:
    form_of(subject.seal)
    read_seal(subject.seal).check()


def _refused(subject: Subject, content: str | bytes) -> str:
    subject.seal.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SealError) as caught:
        _read(subject)
    assert str(subject.seal) in caught.value.message
    assert caught.value.message.count("\n") == 0
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "neither a seal nor a proof"), ("[1]", "neither a seal nor a proof"), ("{", "damaged"),
        ('{"a": 1}', "neither a seal nor a proof"), ("SQLite format 3\0", "neither a seal nor a proof"),
        (b"\xff\xfe\x00", "neither a seal nor a proof"), (b"{\xff}", "damaged"), ('{"form": 7}', "neither a seal"),
        ('{"form": "x", "form_version": 1}', "not a seal but x"), ("[" * 100_000, "neither"), ("{" * 9, "damaged"),
        ('{"form": "esviewer.seal"}', "does not say which version"), ('{"a":' * 100_000, "damaged"),
        ('{"form": "esviewer.seal", "form_version": 2}', "newer than this release"),
        ('{"form": "esviewer.seal", "form_version": 1}', "missing or damaged"),
        ('{"form": "esviewer.seal", "form_version": 1, "statement": 5}', "can't be read"),
    ],
)  # fmt: skip
def test_other_files(subject: Subject, content: str | bytes, words: str) -> None:
    assert words in _refused(subject, content)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"form_version":1', '"form_version":2', "newer than this release"),
        ('"form_version":1', '"form_version":true', "does not say which version"),
        ('"event_form":"esviewer.event.1"', '"event_form":"esviewer.event.2"', "newer"),
        ('"statement":', '"statment":', "missing or damaged"),
        ('"places":"', '"places":"A', "its chunks are not those"),
        ('"size":100', '"size":99', "places of 100 events and says that it has 99"),
        ('"size":100', '"size":-1', "statement can't be read"),
        ('"size":100', '"size":1e2', "statement can't be read"),
        ('"order":"position"', '"order":"any"', "statement can't be read"),
        ('"signature":null', '"signature":{"algorithm":"RSA"}', "signed in a way"),
        ('"signature":null', '"signature":{}', "signature can't be read"),
        ('"consistency":[]', '"consistency":["00"]', "missing or damaged"),
        ('"consistency":[]', f'"consistency":["{"00" * 32}"]', "does not prove that it goes on after"),
        ('"made":"', '"made":"x', "statement can't be read"),
        ('"last":{"aggregate_id"', '"last":{"aggregate"', "statement can't be read"),
        ('"first":{', '"first":[],"f":{', "statement can't be read"),
        ('"remarks":[', '"remarks":"x","r":[', "statement can't be read"),
        ('"count":7', '"count":"7"', "statement can't be read"),
        ('"count":7', '"count":8', "as many aggregates as it says"),
        ('"store":{', '"store":[],"s":{', "statement can't be read"),
    ],
)
def test_forged_parts(subject: Subject, old: str, new: str, words: str) -> None:
    whole = subject.seal.read_text()
    assert old in whole
    assert words in _refused(subject, whole.replace(old, new, 1))


def test_records_that_are_not_those_of_the_statement(subject: Subject) -> None:
    lines = _lines(subject)
    aggregate = next(index for index, line in enumerate(lines) if line.startswith('{"aggregate_id"'))
    chunk = next(index for index, line in enumerate(lines) if line.startswith('{"leaves"'))
    changed = list(lines)
    changed[aggregate] = lines[aggregate].replace('"events":', '"events":1')
    assert "its aggregates are not those" in _refused(subject, "".join(changed))
    assert "its aggregates are not those" in _refused(subject, "".join(lines[:aggregate] + lines[aggregate + 1 :]))
    assert "its chunks are not those" in _refused(subject, "".join(lines[:chunk] + lines[chunk + 1 :]))
    twice = [*lines[:chunk], lines[chunk].removesuffix("\n") + ",\n", *lines[chunk:]]
    assert "its chunks are not those" in _refused(subject, "".join(twice))
    root = json.loads(lines[chunk])["root"]
    changed = list(lines)
    for other, words in (("0" * 64, "its chunks are not those"), ("x", "a chunk of it can't be read")):
        changed[chunk] = lines[chunk].replace(root, other)
        assert words in _refused(subject, "".join(changed))


def _forged(subject: Subject, change: Callable[[list[dict[str, Value]]], None]) -> str:
    """What a seal is refused for whose chunks were changed by someone who made its statement fit."""
    found = json.loads(subject.seal.read_text())
    before = found["statement"]["chunks"]["digest"]
    change(found["chunks"])
    found["statement"]["chunks"]["digest"] = digest_of_lines(found["chunks"]).hex()
    assert found["statement"]["chunks"]["digest"] != before
    return _refused(subject, json.dumps(found))


def test_chunks_that_were_forged_with_the_statement(subject: Subject) -> None:
    whole = subject.seal.read_text()

    def places(chunks: list[dict[str, Value]]) -> None:
        chunks[0]["places"] = "AAAA"

    def leaves(chunks: list[dict[str, Value]]) -> None:
        chunks[0]["leaves"] = chunks[0]["leaves"][:16]

    def bomb(chunks: list[dict[str, Value]]) -> None:
        chunks[0]["places"] = base64.b64encode(zlib.compress(b"[" + b" " * 300_000_000)).decode()

    def root(chunks: list[dict[str, Value]]) -> None:
        chunks[0]["root"] = "0" * 64

    def twice(chunks: list[dict[str, Value]]) -> None:
        chunks.append(chunks[0])

    for change, words in (
        (places, "a chunk of it can't be read"), (leaves, "a chunk of it can't be read"),
        (bomb, "a chunk of it can't be read"), (root, "do not lead to its root"), (twice, "do not lead to its root"),
    ):  # fmt: skip
        subject.seal.write_text(whole)
        assert words in _forged(subject, change)


def test_wherever_it_is_cut_off_it_is_refused(subject: Subject) -> None:
    whole = subject.seal.read_bytes()
    for length in range(0, len(whole) - 4, 97):
        _refused(subject, whole[:length])


def test_laid_out_anew_it_is_the_same_seal(subject: Subject) -> None:
    first = read_seal(subject.seal)
    aggregates = list(first.aggregates())
    subject.seal.write_text(json.dumps(json.loads(subject.seal.read_text()), indent=2))
    again = read_seal(subject.seal)
    again.check()
    assert again.statement == first.statement
    assert list(again.aggregates()) == aggregates
    assert subject.verify().verified


def test_each_aggregate_has_its_chain(subject: Subject) -> None:
    from hashlib import sha256

    chains: dict[str, bytes] = {}
    for event in subject.session.store.unambiguous():
        before = chains.get(event.aggregate_id, BEGIN)
        chains[event.aggregate_id] = sha256(before + leaf_of(event, positioned=True).digest).digest()
    found = list(read_seal(subject.seal).aggregates())
    assert {each.aggregate_id: each.digest for each in found} == chains
    assert sum(each.events for each in found) == 100


PLACES = st.builds(
    Place,
    st.none() | st.integers() | st.text(max_size=5),
    st.text(max_size=5) | st.just("\ud800"),
    st.integers(-(2**70), 2**70),
    st.text(max_size=5),
    st.none() | st.integers(-(2**62), 2**62),
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PLACES, min_size=1, max_size=20))
def test_places_come_out_as_they_went_in(places: list[Place]) -> None:
    chunk = Chunk(bytes(32), [bytes([index]) * 8 for index in range(len(places))], places)
    assert chunk_of(json.loads(json.dumps(chunk.as_json()))) == chunk
