"""The schemas of JSON files: what commands write fits to the last key, what is refused does not."""

from __future__ import annotations

import copy
import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from helpers_demo import own_demo, part_of_demo, tamper

from esviewer.app.cases.case import read_case
from esviewer.app.formats import schema
from esviewer.app.manual import page
from esviewer.audit.seals.file import read_seal
from esviewer.audit.seals.growth import read_grown
from esviewer.audit.seals.proof import read_proof
from esviewer.errors import EsviewerError
from esviewer.report.evidence import read_evidence

ORDER = "order-00042"
OPEN = {"state", "initial_state", "data", "metadata", "value", "old", "new", "content", "rows", "options", "values"}
"""Where anything may stand."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, run_in: Callable[..., Any]) -> dict[str, list[Path]]:
    """Files of every form, by the schema that is for them."""
    folder = tmp_path_factory.mktemp("forms")
    shop = own_demo(folder / "shop.db", part_of_demo())
    with closing(sqlite3.connect(shop)) as connection:
        for table in ("events", "snapshots"):
            connection.execute(f"DELETE FROM {table} WHERE aggregate_id NOT IN ('{ORDER}', 'account-00031')")
        connection.commit()
    # An event that can't be read, in a report and in a case.
    tamper(shop, f"UPDATE events SET event_data = x'00ff' WHERE aggregate_id = '{ORDER}' AND version = 6")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / "key.pem"], check=True)

    def ran(*arguments: object, code: int = 0) -> None:
        done = run_in(folder, *arguments)
        assert done.code == code, done.err

    ran("seal", shop, "first.seal", "--sign", "key.pem")
    ran("seal", shop, "second.seal", "--after", "first.seal")
    ran("prove", shop, "first.seal", ORDER, 3, "--output", "proof.json")
    ran("verify", shop, "first.seal", "--consistency", "grown.json")
    ran("report", shop, ORDER, "--output", "order.json", "--seal", "first.seal", "--sign", "key.pem", "--no-mask")
    ran("report", shop, "account-00031", "--output", "user.json", "--evidence", "--operator", "Ada")
    ran("audit", shop, "--report", "audit.json", "--check", "payload-undecodable", "--check", "actor-missing", code=1)
    ran("case", "create", "case.json", shop, "--title", "t", "--note", "n", "--operator", "Ada")
    ran("case", "pin", "case.json", shop, "--state", f"{ORDER}@5", "--note", "as seen")
    ran("case", "pin", "case.json", shop, "--event", f"{ORDER}@4")
    ran("case", "pin", "case.json", shop, "--event", f"{ORDER}@6")
    ran("case", "pin", "case.json", shop, "--diff", f"{ORDER}@3", 5)
    ran("case", "pin", "case.json", shop, "--history", "account-00031@20", "--field", "/balance", "--chart")
    ran("case", "pin", "case.json", shop, "--findings")
    ran("case", "report", "case.json", "--output", "report.json")
    named = {
        "seal": ["first.seal", "second.seal", "proof.json", "grown.json", "order.json.evidence.json"],
        "report": ["order.json", "user.json", "audit.json", "report.json"],
        "case": ["case.json"],
    }
    named["seal"].append("user.json.evidence.json")
    return {form: [folder / name for name in names] for form, names in named.items()}


def checked(form: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema(form)))


@pytest.mark.parametrize("form", ["seal", "report", "case"])
def test_what_is_written_fits(written: dict[str, list[Path]], form: str) -> None:
    for file in written[form]:
        errors = list(checked(form).iter_errors(json.loads(file.read_text())))
        assert [f"{each.instance_path}: {each.message}" for each in errors] == [], file.name


@pytest.mark.parametrize("form", ["seal", "report", "case"])
def test_every_key_that_is_written_is_described(written: dict[str, list[Path]], form: str) -> None:
    known = set(_described(json.loads(schema(form))))
    found = {key for file in written[form] for key in _keys(json.loads(file.read_text()))}
    assert found - known == set()


def _described(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node.get("properties", {})
        for inner in node.values():
            yield from _described(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _described(inner)


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            if key not in OPEN:
                yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def changed(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy with another value at a path; `...` takes it away."""
    made = copy.deepcopy(document)
    inner = made
    for part in path[:-1]:
        inner = inner[part]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return made


WRONG = [
    ("case", "case.json", ("form",), "esviewer.seal"),
    ("case", "case.json", ("form_version",), 2),
    ("case", "case.json", ("title",), ...),
    ("case", "case.json", ("made",), []),
    ("case", "case.json", ("store",), None),
    ("case", "case.json", ("pins", 0, "id"), "1"),
    ("case", "case.json", ("pins", 0, "kind"), "note"),
    ("case", "case.json", ("pins", 0, "asked"), "all"),
    ("case", "case.json", ("pins", 0, "pinned"), None),
    ("case", "case.json", ("pins", 0, "content"), ...),
    ("case", "case.json", ("pins", 0, "digest"), "md5:00"),
    ("case", "case.json", ("pins", 0, "stands_on", 0, "version"), "five"),
    ("case", "case.json", ("pins", 3, "rebuilt", 0, "reducer"), ...),
    ("case", "case.json", ("pins", 3, "rebuilt", 0, "version"), "3"),
    ("seal", "first.seal", ("form",), "esviewer.seals"),
    ("seal", "first.seal", ("form_version",), 2),
    ("seal", "first.seal", ("statement",), ...),
    ("seal", "first.seal", ("statement", "root"), "00"),
    ("seal", "first.seal", ("statement", "size"), -1),
    ("seal", "first.seal", ("statement", "order"), "any"),
    ("seal", "first.seal", ("statement", "more"), 1),
    ("seal", "first.seal", ("statement", "chunks", "events"), 512),
    ("seal", "first.seal", ("signature", "algorithm"), "RSA"),
    ("seal", "first.seal", ("consistency",), ["00"]),
    ("seal", "first.seal", ("aggregates",), {}),
    ("seal", "first.seal", ("aggregates", 0, "events"), "3"),
    ("seal", "first.seal", ("chunks", 0, "places"), 5),
    ("seal", "proof.json", ("index",), "5"),
    ("seal", "proof.json", ("path", 0), "00"),
    ("seal", "proof.json", ("event",), None),
    ("seal", "grown.json", ("old_size",), "5"),
    ("seal", "grown.json", ("new_root",), "5"),
    ("seal", "order.json.evidence.json", ("proofs", 0, "leaf"), 5),
    ("seal", "order.json.evidence.json", ("statement", "seal"), None),
    ("seal", "order.json.evidence.json", ("statement", "proofs_sha256"), ...),
]


READERS: dict[str, Callable[[Path], object]] = {
    "case.json": read_case,
    "first.seal": lambda file: read_seal(file).check(),
    "proof.json": read_proof,
    "grown.json": read_grown,
    "order.json.evidence.json": read_evidence,
}


@pytest.mark.parametrize(("form", "name", "path", "value"), WRONG, ids=lambda each: str(each)[:40])
def test_what_is_refused_for_its_form_is_refused_by_the_schema(
    written: dict[str, list[Path]],
    tmp_path: Path,
    form: str,
    name: str,
    path: tuple[str | int, ...],
    value: Any,
) -> None:
    file = next(each for each in written[form] if each.name == name)
    bad = changed(json.loads(file.read_text()), path, value)
    assert not checked(form).is_valid(bad)
    altered = tmp_path / name
    lines = (f'"{key}":{json.dumps(inner, separators=(",", ":"), sort_keys=True)}' for key, inner in bad.items())
    altered.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    with pytest.raises(EsviewerError):
        READERS[name](altered)


def test_schemas_are_printed(run: Callable[..., Any]) -> None:
    for form in ("reducer", "projection", "layout", "case", "seal", "report"):
        assert run("help", "--schema", form).out == schema(form)
        assert f"| `{form}` |" in page("formats").text
    wrong = run("help", "--schema", "reducers")
    assert (wrong.code, "There are reducer, projection" in wrong.err) == (2, True)
    assert run("help", "formats", "--schema", "case").code == 2
