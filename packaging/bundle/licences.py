"""Writes what an application folder is made of: a list for people, one for programs (CycloneDX), and all licence texts.

    licences.py COLLECTED FOLDER [INTO]

COLLECTED is what the build says of each file (collected.json), FOLDER the application folder, INTO where the lists go:
FOLDER/licences when left out. Only what is in the folder is listed. A part whose licence has no text ends the build.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

ROOT: Final = Path(__file__).resolve().parents[2]
TEXTS: Final = ROOT / "packaging" / "licences"
_COMMON: Final = Path("/usr/share/common-licenses")
_NAMED_LIKE_A_LICENCE: Final = re.compile(r"(licen[cs]e|copying|notice|copyright|authors)", re.IGNORECASE)

_OF_QT: Final = "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only"
_QT_SOURCES: Final = "https://download.qt.io/official_releases/qt/, https://code.qt.io/pyside/pyside-setup.git"

_HEAD: Final = """\
What this copy of esviewer is made of
=====================================

esviewer itself is under the MIT licence (its text is in texts/esviewer.txt). It comes with the parts below, each under
its own licence; the texts are in the folder texts. esviewer.cdx.json is the same list for programs (CycloneDX).

Qt, PySide6, Shiboken, psycopg and pymssql are under the GNU Lesser General Public License, and so are some libraries of
the system where they are listed here. You may use them under its terms:

- They are used unchanged, but for symbols for debugging, as separate shared libraries or modules, which you may replace
  by versions of your own: Qt and PySide6 are the files in {folder}PySide6 and {folder}shiboken6, psycopg and
  pymssql the folders of these names. Nothing checks them. You may change and rebuild esviewer, and look into it
  for that.
- Their sources are where each part says it below; Qt's are at {qt}.
  Whoever gives you this copy owes you these sources for three years from then on, at the cost of sending them, if you
  can't get them there: that is the written offer of section 6 of the GPL, which the LGPL refers to.

"""


@dataclass
class Part:
    """One thing that somebody else made."""

    name: str
    version: str
    licence: str
    purl: PackageURL | None
    source: str = ""
    texts: list[str] = field(default_factory=list)
    inside: list[tuple[str, str, str, str]] = field(default_factory=list)
    """What it is made of in turn, as it says itself: name, version, licence, purl."""


def main() -> None:
    collected = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    folder = Path(sys.argv[2])
    into = Path(sys.argv[3]) if len(sys.argv) > 3 else folder / "licences"
    inner = folder / "_internal"
    parts = [_package(distribution(name)) for name in collected["packages"] if name != "esviewer"]
    parts += [_python(), _bootloader(), _qt()]
    if sys.platform.startswith("linux"):
        files = {Path(real) for place, real in collected["files"] if (inner / place).is_file()}
        parts += _of_the_system(files)
    parts.sort(key=lambda part: part.name.lower())
    without = [part.name for part in parts if not part.texts]
    if without:
        sys.exit(f"There is no licence text of {', '.join(without)}: add one to packaging/licences.")
    _write(parts, into)


def _package(found: Distribution) -> Part:
    name, version = found.metadata["Name"], found.version
    part = Part(name, version, _licence(found), PackageURL("pypi", None, name.lower().replace("_", "-"), version))
    part.source = _source(found)
    folder = Path(str(found.locate_file(""))) / Path(found._path).name  # type: ignore[attr-defined]
    for file in sorted(folder.rglob("*")):
        if file.is_file() and _NAMED_LIKE_A_LICENCE.search(file.relative_to(folder).as_posix()):
            part.texts.append(file.read_text("utf-8", "replace"))
    for file in sorted(folder.glob("sboms/*.json")):
        part.inside += _inside(json.loads(file.read_text("utf-8")), name)
    if not part.texts:
        part.texts = list(_kept_texts(part.licence, found.metadata.get("Author") or name))
    return part


def _licence(found: Distribution) -> str:
    about = found.metadata
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    classified = [
        each.rpartition(" :: ")[2] for each in about.get_all("Classifier", []) if each.startswith("License ::")
    ]
    short = (about.get("License") or "").strip()
    return short if short and len(short) < 80 and "\n" not in short else " AND ".join(classified) or "see its text"


def _source(found: Distribution) -> str:
    urls = dict(each.split(", ", 1) for each in found.metadata.get_all("Project-URL", []) if ", " in each)
    wanted = {name.lower(): url for name, url in urls.items()}
    for name in ("source", "source code", "repository", "code", "github", "homepage", "home"):
        if name in wanted:
            return wanted[name]
    return found.metadata.get("Home-page") or next(iter(urls.values()), "")


def _inside(document: dict[str, Any], name: str) -> Iterator[tuple[str, str, str, str]]:
    for each in document.get("components", []):
        if each.get("name", "").lower() == name.lower():
            continue
        licences = [
            given.get("expression") or given.get("license", {}).get("id") or given.get("license", {}).get("name") or ""
            for given in each.get("licenses", [])
        ]
        # Some are written as Rust's packages once were.
        licence = " AND ".join(filter(None, licences)).replace("/", " OR ")
        yield each["name"], each.get("version", ""), licence, each.get("purl", "")


def _kept_texts(licence: str, author: str) -> Iterator[str]:
    if licence == _OF_QT:
        for name in ("LGPL-3.0-only", "GPL-3.0-only"):
            yield (TEXTS / f"{name}.txt").read_text("utf-8")
    elif licence in ("MIT", "MIT License"):
        _, _, terms = (ROOT / "LICENSE").read_text("utf-8").partition("authors\n")
        yield f"MIT License\n\nCopyright (c) {author}\n{terms}"


def _python() -> Part:
    version = ".".join(map(str, sys.version_info[:3]))
    part = Part("Python", version, "PSF-2.0", PackageURL("generic", None, "python", version), "https://www.python.org")
    library = Path(os.__file__).parent
    debian = Path(f"/usr/share/doc/python{sys.version_info[0]}.{sys.version_info[1]}/copyright")
    for file in (library / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt", debian):
        if file.is_file():
            part.texts.append(file.read_text("utf-8", "replace"))
            break
    return part


def _bootloader() -> Part:
    part = _package(distribution("pyinstaller"))
    part.name = "PyInstaller's bootloader"
    part.licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return part


def _qt() -> Part:
    version = distribution("PySide6-Essentials").version
    part = Part("Qt", version, _OF_QT, PackageURL("generic", None, "qt", version), _QT_SOURCES)
    part.texts = list(_kept_texts(_OF_QT, ""))
    part.inside = [("ICU", "73", "Unicode-3.0", "pkg:generic/icu@73")]
    return part


def _of_the_system(files: set[Path]) -> Iterator[Part]:
    """Libraries that came from packages of Debian."""
    owners: set[str] = set()
    for file in sorted(files):
        if not str(file).startswith(("/usr/lib/", "/lib/")) or "/python3" in str(file):
            continue
        for name in {str(file), str(file).removeprefix("/usr")}:
            found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
            if found.returncode == 0:
                owners.add(found.stdout.split(": ")[0].split(",")[0])
                break
        else:
            sys.exit(f"Nobody knows which package {file} is of.")
    for owner in sorted(owners):
        about = subprocess.run(
            ["dpkg-query", "-W", "-f", "${binary:Package}\t${Version}\t${Architecture}\t${source:Package}", owner],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        name, version, architecture, source = about.split("\t")
        name = name.split(":")[0]
        purl = PackageURL("deb", "debian", name, version, {"arch": architecture})
        text = (Path("/usr/share/doc") / name / "copyright").read_text("utf-8", "replace")
        licences = dict.fromkeys(re.findall(r"^License: *(\S[^\n]*)$", text, re.MULTILINE))
        part = Part(name, version, " AND ".join(licences) or "see its text", purl, f"Debian's source package {source}")
        part.texts = [text]
        for each in sorted(set(re.findall(r"/usr/share/common-licenses/([A-Za-z0-9.+-]*[A-Za-z0-9+])", text))):
            if (_COMMON / each).is_file():
                part.texts.append((_COMMON / each).read_text("utf-8"))
        yield part


def _write(parts: list[Part], into: Path) -> None:
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    texts = into / "texts"
    texts.mkdir(parents=True, exist_ok=True)
    own = (ROOT / "LICENSE").read_text("utf-8")
    files = {"esviewer": own}
    lines = [_HEAD.format(folder="_internal/", qt=_QT_SOURCES)]
    for part in parts:
        file = re.sub(r"[^\w.+-]", "-", part.name)
        files[file] = f"\n\n{'-' * 100}\n\n".join(part.texts)
        lines.append(f"{part.name} {part.version}\n    licence: {part.licence}\n    text:    texts/{file}.txt\n")
        lines.append(f"    sources: {part.source}\n" if part.source else "")
        if part.inside:
            told = {f"{name} {version} ({licence or 'see its text'})" for name, version, licence, _ in part.inside}
            lines.append(f"    made of: {'; '.join(sorted(told, key=str.lower))}\n")
        lines.append("\n")
    for name, text in files.items():
        (texts / f"{name}.txt").write_text(text, "utf-8", newline="\n")
    (into / "parts.txt").write_text("".join(lines), "utf-8", newline="\n")
    (into / "esviewer.cdx.json").write_text(_bom(parts, moment), "utf-8", newline="\n")
    for path in [*into.rglob("*"), into]:
        os.utime(path, (moment, moment))
    inside = sum(len(part.inside) for part in parts)
    print(f"{len(parts)} parts, {inside} inside them, are listed in {into.name}/parts.txt.")


def _bom(parts: list[Part], moment: int) -> str:
    from esviewer import __version__

    make = LicenseFactory()
    own = Component(
        name="esviewer",
        version=__version__,
        type=ComponentType.APPLICATION,
        bom_ref="esviewer",
        licenses=[make.make_from_string("MIT")],
    )
    bom = Bom()
    bom.metadata.component = own
    bom.metadata.timestamp = datetime.fromtimestamp(moment, UTC)
    components = []
    for part in parts:
        component = Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            bom_ref=part.name,
            purl=part.purl,
            licenses=[make.make_from_string(part.licence)],
        )
        for name, version, licence, purl in sorted(set(part.inside)):
            component.components.add(
                Component(
                    name=name,
                    version=version or None,
                    bom_ref=f"{part.name}/{name}@{version}",
                    purl=PackageURL.from_string(purl) if purl else None,
                    licenses=[make.make_from_string(licence)] if licence else (),
                )
            )
        components.append(component)
        bom.components.add(component)
    bom.register_dependency(own, components)
    told = "\n".join(f"{part.name} {part.version}" for part in parts)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"esviewer {__version__} {moment}\n{told}")
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1) + "\n"


if __name__ == "__main__":
    main()
