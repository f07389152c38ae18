"""The wheel and the sdist: what is in them, that they are the same wherever they are made, and that the wheel runs."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from email.parser import BytesParser
from pathlib import Path
from typing import Final
from zipfile import ZipFile

import pytest

from esviewer import __version__

ROOT: Final = Path(__file__).resolve().parents[2]
_MADE: Final = {"SOURCE_DATE_EPOCH": "1700000000"}


def _build(source: Path, into: Path, **environment: str) -> tuple[Path, Path]:
    """The wheel and the sdist of a source tree, made without any network."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-d", str(into)],
        cwd=source,
        env={**os.environ, **_MADE, **environment},
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = into.glob("*.whl")
    (sdist,) = into.glob("*.tar.gz")
    return wheel, sdist


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the sdist of this tree."""
    return _build(ROOT, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def installed(built: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the wheel is installed in; what it needs comes from the environment of the tests."""
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", str(folder), built[0]],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def test_two_builds_have_the_same_bytes(built: tuple[Path, Path], tmp_path: Path) -> None:
    again = _build(ROOT, tmp_path, TZ="Asia/Tokyo", LC_ALL="C", PYTHONHASHSEED="7")
    assert [path.name for path in again] == [path.name for path in built]
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]


def test_the_sdist_makes_the_same_wheel_and_itself(built: tuple[Path, Path], tmp_path: Path) -> None:
    with tarfile.open(built[1]) as archive:
        archive.extractall(tmp_path, filter="data")
    again = _build(tmp_path / f"esviewer-{__version__}", tmp_path / "made")
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in built]


def test_the_wheel_holds_the_program_and_its_resources_and_nothing_else(built: tuple[Path, Path]) -> None:
    with ZipFile(built[0]) as wheel:
        found = {name: wheel.read(name) for name in wheel.namelist()}
    expected = {f"esviewer/{name}": data for name, data in _files(ROOT / "esviewer").items()}
    expected |= {f"esviewer/_data/{name}": data for name, data in _files(ROOT / "resources").items()}
    about = f"esviewer-{__version__}.dist-info/"
    assert {name: data for name, data in found.items() if not name.startswith(about)} == expected
    assert {
        "esviewer/py.typed",
        "esviewer/_data/layouts/reference.toml",
        "esviewer/_data/translations/esviewer_ja.qm",
        "esviewer/_data/help/getting-started.md",
    } <= set(expected)
    names = ("METADATA", "WHEEL", "entry_points.txt", "licenses/LICENSE", "RECORD")
    assert {name for name in found if name.startswith(about)} == {about + name for name in names}


def test_the_metadata_are_true(built: tuple[Path, Path]) -> None:
    with ZipFile(built[0]) as wheel:
        metadata = BytesParser().parsebytes(wheel.read(f"esviewer-{__version__}.dist-info/METADATA"))
    assert (metadata["Version"], metadata["License-Expression"]) == (__version__, "MIT")
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    # There is no place on the network yet that could be named.
    assert metadata.get_all("Project-URL") is None
    assert metadata.get_payload().startswith("# esviewer\n")


def test_the_installed_command_runs(installed: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, installed / "bin" / "esviewer", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(installed)},
            check=True,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        return done.stdout

    assert run("--version") == f"esviewer, version {__version__}\n"
    assert "Getting started" in run("help", "getting-started")
    # It is the wheel that answered, with the resources that it brought.
    assert "reference" in run("layouts")
    assert "installed as\ta package" in run("doctor", "--no-window")
