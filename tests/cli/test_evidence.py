"""Reports that prove themselves: by esviewer, by the script in the report and OpenSSL, and against the store."""

import json
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from helpers_demo import own_demo

from esviewer.app.evidence import check_report
from esviewer.errors import SealError

ORDER = "order-00042"
SCRIPT = Path(__file__).resolve().parents[2] / "resources/report/verify_report.py"


@pytest.fixture
def shop(part: Path, tmp_path: Path) -> Path:
    return own_demo(tmp_path / "shop.db", part)


@pytest.fixture(scope="module")
def made(part: Path, run_in: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a private and a public key, made by OpenSSL, and what a report signed with them consists of."""
    folder = tmp_path_factory.mktemp("made")
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", folder / "key.pem"], check=True)
    subprocess.run(["openssl", "pkey", "-in", folder / "key.pem", "-pubout", "-out", folder / "public.pem"], check=True)
    options = ("--sign", "key.pem", "--no-mask")
    assert run_in(folder, "report", part, ORDER, "--output", "report.html", *options).code == 0
    return folder


@pytest.fixture
def keys(made: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A private and a public key."""
    private, public = (Path(shutil.copy(made / name, tmp_path)) for name in ("key.pem", "public.pem"))
    return private, public


@pytest.fixture
def report(made: Path, tmp_path: Path) -> Path:
    """A signed report, and its evidence beside it, which a test may change."""
    shutil.copy(made / "report.html.evidence.json", tmp_path)
    return Path(shutil.copy(made / "report.html", tmp_path))


def by_script(report: Path, *more: str) -> subprocess.CompletedProcess[str]:
    # A bare interpreter, without our packages.
    return subprocess.run(
        [sys.executable, "-I", SCRIPT, report.name, *more], cwd=report.parent, capture_output=True, text=True
    )


def test_a_report_is_verified_by_itself(run: Callable[..., Any], report: Path, keys: tuple[Path, Path]):
    done = run("verify", report, "--key", keys[1], "--json")
    assert done.code == 0
    assert (done.json["verified"], done.json["quoted"], done.json["not_in_store"]) == (True, 16, None)
    assert by_script(report).returncode == 0


def test_openssl_checks_the_signature(report: Path):
    assert by_script(report, "--unpack").returncode == 0
    command = "openssl pkeyutl -verify -rawin -pubin -inkey signer.pem -in statement.bin -sigfile signature.bin"
    subprocess.run(command.split(), cwd=report.parent, check=True, capture_output=True)
    statement = report.with_name("statement.bin")
    statement.write_bytes(statement.read_bytes().replace(b'"quoted":16', b'"quoted":15'))
    assert subprocess.run(command.split(), cwd=report.parent, capture_output=True).returncode != 0


def test_the_report_has_the_script_and_the_root(report: Path):
    text = report.read_text()
    evidence = json.loads(report.with_name("report.html.evidence.json").read_text())
    assert evidence["statement"]["seal"]["root"] in text
    assert "RFC 9162, 2.1.3.2" in text
    assert "sha256sum" in text


@pytest.mark.parametrize("ending", ["pdf", "xlsx", "csv", "json", "md"])
def test_every_form_can_be_proven(run: Callable[..., Any], shop: Path, tmp_path: Path, ending: str):
    file = tmp_path / f"report.{ending}"
    assert run("report", shop, ORDER, "--output", file, "--evidence").code == 0
    assert run("verify", shop, file, "--json").json["not_in_store"] == []
    assert by_script(file).returncode == 0


def test_another_word_in_the_report_is_noticed(run: Callable[..., Any], report: Path):
    report.write_text(report.read_text().replace("refunded", "Refunded", 1))
    done = run("verify", report)
    assert done.code == 1
    assert "The report is not the file that the evidence is for" in done.out
    assert by_script(report).returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('\\"type\\":\\"OrderPlaced\\"', '\\"type\\":\\"OrderPlaceD\\"', "1 quoted event does not lead to"),
        ('"quoted":16', '"quoted":17', "signature"),
        ('"index":', '"index":1', "The proofs are not those of the statement."),
    ],
)
def test_forged_evidence_is_noticed(run: Callable[..., Any], report: Path, old: str, new: str, sentence: str):
    file = report.with_name("report.html.evidence.json")
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    done = run("verify", report)
    assert done.code == 1
    assert sentence in done.out


def test_what_changed_in_the_store_is_named(run: Callable[..., Any], shop: Path, report: Path):
    assert run("verify", shop, report).code == 0
    connection = sqlite3.connect(shop)
    connection.execute(f"UPDATE events SET timestamp = '2020-01-01' WHERE aggregate_id = '{ORDER}' AND version = 7")
    connection.execute("UPDATE events SET timestamp = '2020-01-01' WHERE aggregate_id = 'order-00050' AND version = 1")
    connection.commit()
    connection.close()
    done = run("verify", shop, report, "--json")
    assert done.code == 1
    assert done.json["not_in_store"] == [f"{ORDER} version 7"]


def test_any_other_byte_of_the_evidence_is_noticed(report: Path, keys: tuple[Path, Path]):
    file = report.with_name("report.html.evidence.json")
    whole = file.read_bytes()
    chosen = random.Random(9)
    # After the key's last line, where readers of PEM don't look.
    behind = whole.index(b"-----END PUBLIC KEY-----") + len(b"-----END PUBLIC KEY-----")
    for at in [behind, *chosen.sample(range(len(whole)), 150)]:
        changed = bytearray(whole)
        changed[at] ^= 1 << chosen.randrange(8)
        file.write_bytes(changed)
        with suppress(SealError):
            assert not check_report(report, key=keys[1]).verified, at
    file.write_bytes(whole)
    assert check_report(report, key=keys[1]).verified


def test_the_script_tells_the_key_that_is_there(report: Path):
    """And not what the evidence says of it."""
    file = report.with_name("report.html.evidence.json")
    digest = json.loads(file.read_text())["signature"]["key_digest"]
    assert digest in by_script(report).stdout
    file.write_text(file.read_text().replace(digest, digest.translate(str.maketrans("0123456789", "1234567890"))))
    assert digest in by_script(report).stdout


def test_a_masked_event_that_changed_is_named_by_its_position(run: Callable[..., Any], shop: Path, tmp_path: Path):
    file = tmp_path / "report.html"
    assert run("report", shop, "user-00007", "--output", file, "--evidence").code == 0
    connection = sqlite3.connect(shop)
    where = "aggregate_id = 'user-00007' AND version = 2"
    (position,) = connection.execute(f"SELECT id FROM events WHERE {where}").fetchone()
    connection.execute(f"UPDATE events SET timestamp = '2020-01-01' WHERE {where}")
    connection.commit()
    connection.close()
    done = run("verify", shop, file)
    assert done.code == 1
    assert f"The store no longer has the event at position {position} (version 2) as it is quoted." in done.out


def test_masked_reports_prove_without_telling(run: Callable[..., Any], shop: Path, tmp_path: Path):
    file = tmp_path / "report.html"
    assert run("report", shop, "user-00007", "--output", file, "--evidence").code == 0
    evidence = file.with_name("report.html.evidence.json").read_text()
    event = run("events", shop, "user-00007", "--limit", 1, "--json").lines[0]
    secret = event["data"]["email"]
    assert secret not in evidence
    assert secret not in file.read_text()
    assert run("verify", shop, file).code == 0
    assert by_script(file).returncode == 0


def test_an_existing_seal_is_quoted_from(run: Callable[..., Any], shop: Path, tmp_path: Path):
    seal, file = tmp_path / "store.seal", tmp_path / "report.md"
    assert run("seal", shop, seal).code == 0
    assert run("report", shop, ORDER, "--output", file, "--seal", seal).code == 0
    made = json.loads(seal.read_text())["statement"]
    assert run("verify", file, "--json").json["seal"]["root"] == made["root"]


def test_too_much_is_refused(run: Callable[..., Any], demo: Path, tmp_path: Path):
    file = tmp_path / "report.md"
    done = run("report", demo, "account-00007", "--output", file, "--evidence")
    assert done.code == 2
    assert "The report quotes 20,000 events; evidence is for at most 5,000." in done.err
    assert not file.exists()


def test_damaged_evidence(run: Callable[..., Any], report: Path):
    report.with_name("report.html.evidence.json").write_text('{"form": "esviewer.evidence"}')
    done = run("verify", report)
    assert done.code == 2
    assert len(done.err.splitlines()) == 1


def test_audits_and_cases_are_proven(run: Callable[..., Any], shop: Path, tmp_path: Path):
    connection = sqlite3.connect(shop)
    connection.execute("UPDATE events SET timestamp = '2131-01-01' WHERE aggregate_id = 'order-00050' AND version = 2")
    connection.execute("DELETE FROM events WHERE aggregate_id = 'order-00051' AND version = 3")
    connection.commit()
    connection.close()
    audit = tmp_path / "audit.html"
    assert run("audit", shop, "--report", audit, "--evidence").code == 1
    found = run("verify", shop, audit, "--json")
    assert (found.code, found.json["quoted"], found.json["not_in_store"]) == (0, 2, [])
    case, report = tmp_path / "case.json", tmp_path / "case.pdf"
    run("case", "create", case, shop)
    run("case", "pin", case, shop, "--event", f"{ORDER}@4")
    run("case", "pin", case, shop, "--history", "account-00031", "--field", "/balance")
    assert run("case", "report", case, "--output", report, "--evidence").code == 2
    assert run("case", "report", case, "--store", shop, "--output", report, "--evidence").code == 0
    found = run("verify", shop, report, "--json")
    assert found.code == 0
    assert found.json["quoted"] > 2


def test_the_procedure_is_as_the_report_says(run: Callable[..., Any], shop: Path, keys: tuple[Path, Path]):
    """The commands and the script are taken out of the report's text, and run beside the user's own key."""
    file = keys[0].with_name("mine.md")
    assert run("report", shop, ORDER, "--output", file, "--sign", keys[0]).code == 0
    text = file.read_text()
    head, _, body = text.partition("**verify\\_report.py**")
    (file.parent / "verify_report.py").write_text(body.partition("```\n")[2].partition("\n```")[0])
    plain = head.rpartition("## How to check this report")[2].replace("\\", "")
    commands = [each for each in plain.split("`")[1::2] if not each.startswith("esviewer")]
    assert [each.split()[0] for each in commands] == ["python3", "python3", "openssl"]
    private = keys[0].read_text()

    def ran(command: str) -> str:
        words = [sys.executable if word == "python3" else word for word in command.split()]
        return subprocess.run(words, cwd=file.parent, check=True, capture_output=True, text=True).stdout

    said = [ran(command) for command in commands]
    assert "are what the statement says." in said[0]
    assert "Signature Verified Successfully" in said[2]
    digest = ran("sha256sum mine.md").split()[0]
    assert json.loads((file.parent / "mine.md.evidence.json").read_text())["statement"]["report"]["sha256"] == digest
    assert keys[0].read_text() == private


def test_the_script_stays_in_its_lines_on_paper() -> None:
    """One that is copied out of a PDF has no line broken in two."""
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    assert max(map(len, lines)) <= 100
    assert len(lines) <= 80
