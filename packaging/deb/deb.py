"""Makes the Debian package of an application folder: `deb.py FOLDER INTO [--fast]`.

What the folder has of Debian's libraries is left out, and declared instead, so that Debian keeps it safe; the rest goes
to /usr/lib/esviewer. Nothing runs at installation: Debian's own triggers take up the desktop entry, icons and types.
Needs dpkg-dev and binutils. --fast compresses less, and looks at so many files only that each library is named once, so
that the versions which it asks for may be lower: for trying a package, not for handing it out.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from esviewer import __version__

ROOT: Final = Path(__file__).resolve().parents[2]
PACKAGING: Final = ROOT / "packaging"
BUILD: Final = ROOT / "build"
_FONTS: Final = (
    "fonts-dejavu-core | fonts-liberation | fonts-noto-core, "
    "fonts-ipafont-gothic | fonts-noto-cjk | fonts-vlgothic | fonts-takao-gothic"
)
"""Without any a window has no letters; the program and its demo speak Japanese too."""
_ELF: Final = b"\x7fELF"


def main() -> None:
    folder, into = Path(sys.argv[1]), Path(sys.argv[2])
    fast = "--fast" in sys.argv
    moment = int(os.environ["SOURCE_DATE_EPOCH"])
    root = BUILD / "deb" / "root"
    shutil.rmtree(root.parent, ignore_errors=True)
    program = root / "usr/lib/esviewer"
    shutil.copytree(
        folder, program, symlinks=True, ignore=lambda where, _: ["licences"] if where == str(folder) else []
    )
    collected = BUILD / "bundle" / "esviewer" / "collected.json"
    _without_debians_own(program / "_internal", json.loads(collected.read_text("utf-8"))["files"])
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/bin/esviewer").symlink_to("../lib/esviewer/esviewer")
    _place(PACKAGING / "desktop/esviewer.desktop", root / "usr/share/applications/esviewer.desktop")
    _place(PACKAGING / "desktop/esviewer.xml", root / "usr/share/mime/packages/esviewer.xml")
    _place(PACKAGING / "deb/lintian-overrides", root / "usr/share/lintian/overrides/esviewer")
    icons = BUILD / "deb" / "icons"
    _run(sys.executable, str(PACKAGING / "desktop/icons.py"), str(icons))
    shutil.copytree(icons, root / "usr/share/icons/hicolor", ignore=shutil.ignore_patterns("esviewer.ic*"))
    page = _run(sys.executable, str(PACKAGING / "desktop/manpage.py"))
    _gzipped(page, root / "usr/share/man/man1/esviewer.1.gz")
    _documents(root, collected, moment)
    _control(root, fast)
    for path in sorted([*root.rglob("*"), root], reverse=True):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path == program / "esviewer" else 0o644)
        os.utime(path, (moment, moment), follow_symlinks=False)
    architecture = _run("dpkg", "--print-architecture").strip()
    made = into / f"esviewer_{__version__}_{architecture}.deb"
    how = ["-Zzstd", "-z1"] if fast else ["-Zxz", "-z6"]
    _run("dpkg-deb", "--root-owner-group", "--uniform-compression", *how, "--build", str(root), str(made))
    print(f"{made.name}: {made.stat().st_size / 1e6:.1f} MB")


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=cwd, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}.")
    return done.stdout


def _place(file: Path, at: Path) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, at)


def _gzipped(text: str, at: Path) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _without_debians_own(inner: Path, files: list[list[str]]) -> None:
    """Remove the libraries that packages of Debian bring, but for Python, which is this program's own."""
    for place, real in files:
        if real.startswith(("/usr/lib/", "/lib/")) and "/python3" not in real and "libpython" not in place:
            (inner / place).unlink(missing_ok=True)
    for path in inner.iterdir():
        if path.is_symlink() and not path.exists():
            path.unlink()


def _documents(root: Path, collected: Path, moment: int) -> None:
    """Copyright, changelog, and the lists of parts with the texts of their licences."""
    about = root / "usr/share/doc/esviewer"
    lists = BUILD / "deb" / "lists"
    _run(
        sys.executable,
        str(PACKAGING / "bundle/licences.py"),
        str(collected),
        str(root / "usr/lib/esviewer"),
        str(lists),
    )
    for name in ("parts.txt", "esviewer.cdx.json"):
        _gzipped(
            (lists / name).read_text("utf-8").replace("_internal/", "/usr/lib/esviewer/_internal/"),
            about / f"{name}.gz",
        )
    for file in sorted((lists / "texts").iterdir()):
        # As they are called here no check takes them for a second copyright file.
        _gzipped(file.read_text("utf-8"), about / "texts" / f"{file.stem}.txt.gz")
    terms = (ROOT / "LICENSE").read_text("utf-8").partition("Permission is")[2]
    body = "\n".join(f" {line}" if line.strip() else " ." for line in f"Permission is{terms}".strip().splitlines())
    (about / "copyright").write_text(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: esviewer\n"
        "Comment:\n"
        " The folder /usr/lib/esviewer/_internal holds works of others: Python, Qt, and\n"
        " packages with the libraries that they were built with. The list\n"
        " /usr/share/doc/esviewer/parts.txt.gz says each one's version, its licence and\n"
        " where its sources are; /usr/share/doc/esviewer/texts holds the texts of the\n"
        " licences. Qt and PySide6 are under the GNU LGPL, version 3\n"
        " (/usr/share/common-licenses/LGPL-3).\n"
        "\n"
        "Files: *\n"
        "Copyright: 2026 The esviewer authors\n"
        "License: Expat\n"
        f"{body}\n",
        "utf-8",
    )
    when = format_datetime(datetime.fromtimestamp(moment, UTC))
    changes = f"esviewer ({__version__}) unstable; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n"
    changes += f" -- {_maintainer()}  {when}\n"
    _gzipped(changes, about / "changelog.gz")
    _gzipped((ROOT / "CHANGELOG.md").read_text("utf-8"), about / "CHANGELOG.md.gz")


def _maintainer() -> str:
    name, address = os.environ.get("DEBFULLNAME"), os.environ.get("DEBEMAIL")
    return f"{name} <{address}>" if name and address else "The esviewer authors <esviewer@esviewer.invalid>"


def _control(root: Path, fast: bool) -> None:
    control = root / "DEBIAN"
    control.mkdir()
    files = sorted(
        path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and control not in path.parents
    )
    size = sum(-(-path.stat().st_size // 1024) for path in files) + sum(1 for path in root.rglob("*") if path.is_dir())
    (control / "control").write_text(
        f"Package: esviewer\n"
        f"Version: {__version__}\n"
        f"Architecture: {_run('dpkg', '--print-architecture').strip()}\n"
        f"Maintainer: {_maintainer()}\n"
        f"Installed-Size: {size}\n"
        f"Depends: {_FONTS}, {_libraries(files, fast)}\n"
        f"Recommends: xdg-utils\n"
        f"Suggests: gnome-keyring | kwalletmanager, python3, xdg-desktop-portal\n"
        f"Section: database\n"
        f"Priority: optional\n"
        f"Description: audit and time travel for event-sourced systems\n"
        f" esviewer opens the database of an event-sourced system, read-only: SQLite,\n"
        f" DuckDB, Parquet and JSON Lines files, PostgreSQL, MySQL, MariaDB, SQL Server.\n"
        f" It recognises the event stores of some fifty frameworks, lists aggregates,\n"
        f" shows their events on a timeline, rebuilds any state at any version or date,\n"
        f" says which event wrote each value, compares states, audits the whole store,\n"
        f" and writes reports that can be verified without this program.\n"
        f" .\n"
        f" Everything but the window also runs from the command line.\n",
        "utf-8",
    )
    sums = (
        f"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}  {path.relative_to(root)}\n"
        for path in files
    )
    (control / "md5sums").write_text("".join(sums), "utf-8")


def _libraries(files: list[Path], fast: bool) -> str:
    """The packages of all libraries that the folder's files name and that are not in it."""
    work = BUILD / "deb" / "shlibdeps"
    (work / "debian").mkdir(parents=True)
    (work / "debian/control").write_text("Source: esviewer\n\nPackage: esviewer\nArchitecture: any\n", "utf-8")
    binaries = [path for path in files if _is_binary(path)]
    own = sorted({str(path.parent) for path in binaries})
    if fast:
        binaries = _naming_all(binaries)
    found = _run(
        "dpkg-shlibdeps", "-O", "--ignore-missing-info", "--warnings=0",
        *(f"-l{each}" for each in own), *(f"-e{path}" for path in binaries), cwd=work,
    )  # fmt: skip
    match = re.search(r"^shlibs:Depends=(.+)$", found, re.MULTILINE)
    if match is None:
        sys.exit("dpkg-shlibdeps named no library.")
    return match[1]


def _naming_all(binaries: list[Path]) -> list[Path]:
    """The smallest files that name all libraries which any file names."""
    smallest: dict[str, Path] = {}
    for path in sorted(binaries, key=lambda path: -path.stat().st_size):
        for name in re.findall(r"^  NEEDED +(\S+)$", _run("objdump", "-p", str(path)), re.MULTILINE):
            smallest[name] = path
    return sorted(set(smallest.values()))


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _ELF


if __name__ == "__main__":
    main()
