"""Where results of projections are kept between runs, what is remembered of their files, and how they are exported.

All of a store lies in a folder of its own below `projections` in the configuration folder, which only its owner may
look into: results hold true values.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final

from esviewer.app import activity
from esviewer.app.files import not_of_the_store, write_whole
from esviewer.assets import config_dir
from esviewer.errors import EsviewerError, RulesError
from esviewer.projections.definition import ProjectionFile
from esviewer.projections.disk import system_errors
from esviewer.projections.file import again, file_part
from esviewer.projections.forms import form_of, stale_files, write_forms
from esviewer.projections.result import Result
from esviewer.projections.workspace import Workspace
from esviewer.work import Work

MOST_RECENT: Final = 12
_UNSAVED: Final = "not saved"
_RECENT: Final = "files.json"
_DRAFT: Final = "draft.json"


class Kept:
    """What is kept for one store; `key` is what the store is remembered by, `name` is for people."""

    def __init__(self, key: str, name: str) -> None:
        self.folder = config_dir() / "projections" / f"{file_part(name)}-{_short(key)}"

    def result_of(self, file: Path | None) -> Path:
        """Where the result of a projection file goes; that of a text which is not saved for None."""
        named = "" if file is None else str(file.absolute())
        return self.folder / f"{file_part(_UNSAVED if file is None else file.stem)}-{_short(named)}.duckdb"

    def ready(self) -> None:
        """Make the folder; raises EsviewerError."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise EsviewerError(
                f"The folder for results {self.folder} can't be made: {error.strerror}.",
                "Choose another file for the result.",
            ) from None

    # Projection files

    def recent(self) -> list[Path]:
        """The projection files opened or saved before, newest first."""
        found = _read(self.folder / _RECENT)
        return [Path(each) for each in found if isinstance(each, str)] if isinstance(found, list) else []

    def add_recent(self, file: Path) -> None:
        """Put a file at the head of the recent ones."""
        others = [each for each in self.recent() if each != file]
        self._write(_RECENT, [str(each) for each in [file, *others][:MOST_RECENT]])

    @property
    def draft(self) -> Path:
        """Where the text that was left unsaved is kept."""
        return self.folder / _DRAFT

    def _write(self, name: str, content: Any) -> None:
        # What is remembered is a convenience: where it can't be written, nothing else fails.
        with suppress(OSError, UnicodeEncodeError, EsviewerError):
            self.ready()
            write_whole(self.folder / name, json.dumps(content, ensure_ascii=False).encode())


# What a result was made by


def keep_source(result: Path, file: ProjectionFile) -> None:
    """Keep beside a result what it was made by; raises OSError."""
    content = {
        "text": file.text,
        "origin": file.origin,
        "reducers": file.reducers,
        "default_name": file.default_name,
    }
    write_whole(_source(result), json.dumps(content, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def source_of(result: Path, digest: str) -> ProjectionFile | None:
    """The projections that a result was made by, where they are kept and are the ones with that digest."""
    found = _read(_source(result))
    if not isinstance(found, dict):
        return None
    try:
        file = again(found["text"], found["origin"], found["reducers"], found["default_name"])
    except (KeyError, TypeError, AttributeError, RulesError):
        return None
    return file if file.digest == digest else None


def _source(result: Path) -> Path:
    return result.with_name(result.name + ".source.json")


def before_of(result: Path) -> Path:
    """Where the former of two results is kept, to be compared with a result."""
    return result.with_name(f"{result.stem}.before.duckdb")


def keep_before(result: Path, place: Path, source: ProjectionFile | None) -> Path:
    """Copy a result, and what it was made by, to where the former one is kept; raises EsviewerError."""
    part = place.with_name(f".{place.name}.part")
    try:
        shutil.copyfile(result, part)
        part.replace(place)
        if source is not None:
            keep_source(place, source)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise EsviewerError(f"The result can't be kept: {error.strerror}.", "Is there room on the disk?") from None
    return place


# Exports


def export_result(result: Path, output: Path, store_label: str, work: Work | None = None) -> tuple[Path, ...]:
    """Write all of a result as it is, true values and all, in the form that the output's ending says; log that.

    The output is replaced when it is whole. Raises UsageError, StoreError, CancelledError, and EsviewerError when it
    can't be written.
    """
    form_of(output)
    output = not_of_the_store(str(output), store_label).absolute()
    with closing(Result(result)) as opened:
        tables = opened.tables
    try:
        with system_errors(), Workspace(output) as workspace:
            if form_of(output) == ".duckdb":
                made = workspace.folder / "copy.duckdb"
                shutil.copyfile(result, made)
                written = {made: output}
            else:
                written = write_forms(result, output, workspace.folder, work)
            for whole, place in written.items():
                whole.replace(place)
            for stale in stale_files(output, written):
                stale.unlink()
    except OSError as error:
        raise EsviewerError(
            f"{output} can't be written: {error.strerror or error}.",
            "Choose a folder that exists and that you may write to, with enough space.",
        ) from None
    places = tuple(written.values())
    activity.note(
        "export",
        store=store_label,
        file=places[0],
        projections=[each.name for each in tables],
        rows=sum(each.rows for each in tables),
        masked=None,
    )
    return places


def _short(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
