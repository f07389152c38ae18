"""What esviewer brings with it: every package that it needs, its version and licence, and known vulnerabilities.

    .venv/bin/python packaging/dependencies.py [--extra mssql]... [--json] [--offline] [--strict]

Lists what the installed esviewer requires, and what that requires. Vulnerabilities are asked of pip-audit, where that
is installed (`pip install pip-audit`) and reaches a database of them; what could not be asked about is said, and is not
taken for sound. Ends with 1 when a vulnerability is known, and with `--strict` also when anything could not be checked.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement


@dataclass(frozen=True)
class Package:
    """One package that is installed."""

    name: str
    version: str
    licence: str
    needed_by: str


def packages(extras: Sequence[str] = ()) -> list[Package]:
    """All that esviewer needs here, by name; with some of its extras."""
    found: dict[str, Package] = {}
    todo = [("esviewer", "", frozenset(extras))]
    while todo:
        name, by, wanted = todo.pop()
        try:
            there = distribution(name)
        except PackageNotFoundError:
            if by != "esviewer":
                continue  # of another system, or an alternative that is not taken
            raise
        known = plain(name)
        if by and known not in found:
            found[known] = Package(there.metadata["Name"], there.version, licence(there), by)
        elif by:
            continue
        todo.extend((needed.name, plain(name), frozenset(needed.extras)) for needed in needs(there, wanted))
    return [found[name] for name in sorted(found)]


def needs(there: Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    """What a package requires on this system, with some of its extras."""
    for text in there.requires or ():
        needed = Requirement(text)
        if needed.marker is None or any(needed.marker.evaluate({"extra": each}) for each in ("", *extras)):
            yield needed


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence(there: Distribution) -> str:
    """In a few words, as the package itself says it."""
    about = there.metadata
    expression = about.get("License-Expression")
    if expression:
        return str(expression)
    classified = [each for each in about.get_all("Classifier") or () if each.startswith("License ::")]
    classes = [each.rpartition(" :: ")[2] for each in classified]
    text = str(about.get("License") or "").strip()
    short = text if text and "\n" not in text and len(text) < 80 else ""
    return "; ".join(each for each in classes if each != "OSI Approved") or short or "see its files"


def vulnerabilities(those: Sequence[Package]) -> tuple[dict[str, list[str]], list[str]]:
    """Known ones by package, and the packages of which nothing could be found out."""
    names = [plain(each.name) for each in those]
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.txt"
        asked.write_text("".join(f"{each.name}=={each.version}\n" for each in those))
        try:
            done = subprocess.run(
                [
                    sys.executable, "-m", "pip_audit", "--requirement", str(asked), "--no-deps", "--disable-pip",
                    "--format", "json", "--progress-spinner", "off",
                ],
                capture_output=True, text=True, timeout=600, check=False,
            )  # fmt: skip
            told = json.loads(done.stdout)["dependencies"]
        except (OSError, ValueError, KeyError, subprocess.TimeoutExpired):
            return {}, names
    known = {plain(each["name"]): each for each in told}
    bad = {
        name: [found["id"] for found in each["vulns"]] for name, each in known.items() if each.get("vulns")
    }
    return bad, [name for name in names if name not in known or "skip_reason" in known[name]]


def main() -> int:
    """Print the list; see the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--extra", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--offline", action="store_true", help="ask nobody for vulnerabilities")
    parser.add_argument("--strict", action="store_true")
    asked = parser.parse_args()
    those = packages(asked.extra)
    bad, unknown = ({}, [plain(each.name) for each in those]) if asked.offline else vulnerabilities(those)
    if asked.json:
        rows = [
            {**vars(each), "vulnerabilities": None if plain(each.name) in unknown else bad.get(plain(each.name), [])}
            for each in those
        ]
        print(json.dumps(rows, indent=1))
    else:
        for each in those:
            print(f"{each.name:28} {each.version:16} {each.licence}")
    said = ", ".join(f"{name} ({', '.join(ids)})" for name, ids in sorted(bad.items())) or "none"
    checked = len(those) - len(unknown)
    told = f", {checked} of them checked for known vulnerabilities: {said}" if checked else ""
    print(f"{len(those)} packages{told}.", file=sys.stderr)
    if unknown:
        print(f"NOT checked for vulnerabilities, as nobody could be asked about them: {len(unknown)}.", file=sys.stderr)
    return 1 if bad or (asked.strict and unknown) else 0


if __name__ == "__main__":
    sys.exit(main())
