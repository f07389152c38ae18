#!/usr/bin/env python3
"""Makes what is handed to people, each with one command: `python3 packaging/build.py wheel|bundle|deb|appimage`.

Results go to dist/, everything else to build/. The same commit makes the same bytes, in whichever folder: times are
those of the commit (or of SOURCE_DATE_EPOCH), orders are fixed, and versions are those of packaging/constraints.txt.

    wheel     the wheel and the sdist
    bundle    the application folder dist/esviewer, with its licences and its list of parts
    deb       the Debian package, of that folder
    appimage  the AppImage, of that folder

Needs Python 3.11 and the network for the first time, for the packages that it builds with; these go into build/venv.
`--here` takes those of the Python that runs it instead. `--fast` compresses less. `--keep` takes the folder as it is.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGING: Final = ROOT / "packaging"
BUILD: Final = ROOT / "build"
DIST: Final = ROOT / "dist"


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command and show it; ends the build where it fails."""
    print("+", *command, flush=True)
    done = subprocess.run([str(each) for each in command], cwd=cwd, check=False)
    if done.returncode:
        sys.exit(f"{command[0]} ended with {done.returncode}.")


def moment() -> str:
    """The commit's time in seconds, which is that of all files: SOURCE_DATE_EPOCH where it is set.

    Where there is no commit, as in an unpacked sdist, it is that of pyproject.toml.
    """
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return given
    command = ["git", "log", "-1", "--format=%ct"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout.strip():
        return done.stdout.strip()
    return str(int((ROOT / "pyproject.toml").stat().st_mtime))


def python_of_the_build(here: bool) -> Path:
    """The Python whose packages are collected, in an environment that has nothing else."""
    if here:
        return Path(sys.executable)
    folder = BUILD / "venv"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        run(sys.executable, "-m", "venv", folder)
    constraints = PACKAGING / "constraints.txt"
    run(
        python,
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "-c",
        constraints,
        "-e",
        ".[package]",
        cwd=ROOT,
    )
    return python


def main() -> None:
    """Build what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("wheel", "bundle", "deb", "appimage"))
    parser.add_argument("--here", action="store_true", help="build with the packages of this Python")
    parser.add_argument("--fast", action="store_true", help="compress less")
    parser.add_argument("--keep", action="store_true", help="take the application folder that is there")
    asked = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = moment()
    os.environ |= {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONDONTWRITEBYTECODE": "1"}
    os.umask(0o022)
    python = python_of_the_build(asked.here)
    DIST.mkdir(exist_ok=True)
    if asked.what == "wheel":
        run(python, "-m", "hatchling", "build", "-d", DIST, cwd=ROOT)
        return
    if not (asked.keep and (DIST / "esviewer").is_dir()):
        bundle(python)
    if asked.what == "deb":
        run(python, PACKAGING / "deb" / "deb.py", DIST / "esviewer", DIST, *(["--fast"] if asked.fast else []))
    elif asked.what == "appimage":
        run(PACKAGING / "appimage" / "appimage.sh", DIST / "esviewer", DIST)


def bundle(python: Path) -> None:
    """Make dist/esviewer; what was collected stands in build/bundle/esviewer/collected.json."""
    work = BUILD / "bundle"
    for each in (work, DIST / "esviewer"):
        shutil.rmtree(each, ignore_errors=True)
    work.mkdir(parents=True)
    if not sys.platform.startswith("linux"):
        run(python, PACKAGING / "desktop" / "icons.py", BUILD / "icons")
        os.environ["ESVIEWER_ICON"] = str(BUILD / "icons" / f"esviewer.{'ico' if os.name == 'nt' else 'icns'}")
    log = work / "log.txt"
    command = [python, "-m", "PyInstaller", "--noconfirm", "--distpath", DIST, "--workpath", work]
    with log.open("w", encoding="utf-8") as file:
        print("+ PyInstaller, which writes", log, flush=True)
        spec = PACKAGING / "bundle" / "esviewer.spec"
        done = subprocess.run([*map(str, command), str(spec)], stdout=file, stderr=file, cwd=ROOT, check=False)
    if done.returncode:
        sys.exit("".join(log.read_text("utf-8").splitlines(keepends=True)[-30:]))
    run(python, PACKAGING / "bundle" / "finish.py", DIST / "esviewer")
    collected = work / "esviewer" / "collected.json"
    run(python, PACKAGING / "bundle" / "licences.py", collected, DIST / "esviewer")
    run(python, PACKAGING / "bundle" / "parts.py", DIST / "esviewer")


if __name__ == "__main__":
    main()
