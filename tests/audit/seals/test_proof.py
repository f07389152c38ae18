"""Proofs of single events: of any event of any size of store, many at once, and refused where they can't be."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from helpers_seals import Subject, rows

from esviewer.audit.seals.file import read_seal
from esviewer.audit.seals.proof import Name, Proof, proof_of, prove, read_proof
from esviewer.errors import DisagreesError, NotFoundError, SealError


def _prove(subject: Subject, names: list[Name]) -> list[Proof]:
    return prove(read_seal(subject.seal), names, subject.session.store.unambiguous())


@pytest.mark.parametrize("count", [1, 2, 3, 100, 1023, 1024, 1025, 2048, 2500])
def test_events_of_stores_of_any_size(made, count: int) -> None:
    subject: Subject = made(rows(count))
    numbers = sorted({0, count // 2, count - 1, *(random.Random(count).randrange(count) for _ in range(20))})
    names: list[Name] = [(str(subject.rows[each][2]), int(str(subject.rows[each][8]))) for each in reversed(numbers)]

    found = _prove(subject, names)

    for number, name, proof in zip(reversed(numbers), names, found, strict=True):
        assert proof.holds
        assert proof.index == number
        assert (proof.event["aggregate_id"], proof.event["version"]) == name
        assert proof_of(json.loads(json.dumps(proof.as_json()))) == proof
        assert not replace(proof, index=proof.index + 1).holds
        assert not replace(proof, content=proof.content + b" ").holds


def test_a_store_that_grew_still_proves(made) -> None:
    subject: Subject = made(rows(1500))
    name = (str(subject.rows[-1][2]), int(str(subject.rows[-1][8])))
    first = _prove(subject, [name])
    subject.add(*[(20_000 + number, None, "new", None, "T", "{}", None, 1, number, None) for number in range(700)])
    assert _prove(subject, [name]) == first
    with pytest.raises(NotFoundError, match="Version 3 of new was not sealed"):
        _prove(subject, [("new", 3)])


def test_a_store_that_changed_does_not_prove(subject: Subject) -> None:
    name = (str(subject.rows[5][2]), int(str(subject.rows[5][8])))
    subject.run("UPDATE events SET metadata = NULL WHERE id = 900")
    with pytest.raises(DisagreesError, match="not what was sealed"):
        _prove(subject, [name])
    subject.run("DELETE FROM events")
    with pytest.raises(DisagreesError):
        _prove(subject, [name])


def test_nothing_asked_for_is_nothing_proven(subject: Subject) -> None:
    assert _prove(subject, []) == []


@pytest.mark.parametrize(
    "change",
    [
        {"form_version": 2}, {"form": "x"}, {"statement": None}, {"event": 5}, {"event": "[]"}, {"event": "{"},
        {"event": "{}"}, {"event": "\ud800"}, {"event": '{"version": 1}'},
        {"index": "1"}, {"path": ["zz"]}, {"path": ["00"]}, {"path": None}, {"signature": {"algorithm": "Ed25519"}},
    ],
)  # fmt: skip
def test_damaged_proofs(subject: Subject, tmp_path: Path, change: dict[str, object]) -> None:
    proof = _prove(subject, [(str(subject.rows[5][2]), int(str(subject.rows[5][8])))])[0]
    file = tmp_path / "p"
    file.write_text(json.dumps({**proof.as_json(), **change}))
    with pytest.raises(SealError) as caught:
        read_proof(file)
    assert str(file) in caught.value.message
    assert caught.value.hint
