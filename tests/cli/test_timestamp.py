"""The manual's steps for a time that others vouch for, with an authority on this machine in place of the network."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "resources" / "help" / "evidence.md").read_text(encoding="utf-8")
OPENSSL = shutil.which("openssl") or "openssl"
AUTHORITY = """
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
[cert]
extendedKeyUsage = critical, timeStamping
"""
ANSWERING = """#!/bin/sh
# In the place of curl: -sSf -H TYPE --data-binary @QUERY URL -o REPLY
test "$#,$1,$2,$3,$4,$6,$7" = \
    "8,-sSf,-H,Content-Type: application/timestamp-query,--data-binary,https://tsa.example,-o" || exit 9
exec openssl ts -reply -config tsa.cnf -queryfile "${5#@}" -out "$8"
"""
"""Its `openssl ts` line is the manual's own."""


def commands() -> list[str]:
    """The manual's commands, one a line."""
    block = re.search(r"<!-- timestamp-commands -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    return block[1].splitlines()


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A folder with an authority that answers to `curl`."""

    def openssl(*arguments: str) -> None:
        subprocess.run([OPENSSL, *arguments], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "tsa.cnf").write_text(AUTHORITY)
    new = ("-newkey", "rsa:2048", "-nodes", "-config", "tsa.cnf")
    openssl("req", "-x509", *new, "-keyout", "ca.key", "-out", "CA.pem", "-subj", "/CN=root", "-days", "9")
    openssl("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=authority")
    signing = ("-CA", "CA.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", "cert")
    openssl("x509", "-req", "-in", "tsa.csr", *signing, "-out", "tsa.pem", "-days", "9")
    (tmp_path / "bin").mkdir()
    curl = tmp_path / "bin" / "curl"
    curl.write_text(ANSWERING)
    curl.chmod(0o755)
    return tmp_path


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """What one of the commands says."""
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "TSA": "https://tsa.example"}
    return subprocess.run(["sh", "-c", command], cwd=folder, env=variables, capture_output=True, text=True)


def test_a_seal_gets_a_time_that_others_vouch_for(run, small: Path, authority: Path) -> None:
    seal = authority / "store.seal"
    assert run("seal", small, seal).code == 0
    query, send, tell, verify = commands()
    assert shell(authority, query).returncode == 0
    sent = shell(authority, send)
    assert sent.returncode == 0, sent.stderr
    told = shell(authority, tell)
    assert told.returncode == 0
    assert "Status: Granted." in told.stdout
    assert "Time stamp: " in told.stdout
    assert shell(authority, verify).returncode == 0

    for name in ("store.seal", "store.seal.tsr"):
        whole = (authority / name).read_bytes()
        middle = len(whole) // 2
        (authority / name).write_bytes(whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :])
        assert shell(authority, verify).returncode != 0
        (authority / name).write_bytes(whole)
    assert shell(authority, verify).returncode == 0


def test_the_help_names_the_same_commands(run) -> None:
    said = [line.strip() for line in run("seal", "--help").out.splitlines()]
    for command in commands():
        assert command.split("  #")[0].strip().replace("store.seal", "FILE") in said


def test_the_authority_answers_as_the_manual_says() -> None:
    answering = ANSWERING.splitlines()[-1].removeprefix("exec ")
    named = answering.replace('"${5#@}"', "store.seal.tsq").replace('"$8"', "store.seal.tsr")
    assert f"`{named}`" in PAGE
