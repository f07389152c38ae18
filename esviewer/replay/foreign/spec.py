"""Files that name foreign code: TOML with a `kind`, and keys that say what to start and how long to wait for it.

    kind = "foreign"         command = ["node", "serve.mjs", "cart.mjs"]
    kind = "python"          module = "shop.cart" or file = "cart.py", initial, evolve, load
    kind = "eventsourcing"   aggregate = "shop.domain:Cart", application = "shop.app:Shop"

All may have name, aggregate_type, path, timeout, start_timeout, max_line_bytes and tables [event_type.NAME] as rules
files have them, the last two kinds python.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from esviewer import assets
from esviewer.errors import RulesError
from esviewer.replay.event_words import EventWords
from esviewer.replay.foreign.code import code_files, digest, digests
from esviewer.replay.rules import MAX_DOTS, MAX_FILE_BYTES
from esviewer.replay.toml_lines import Lines
from esviewer.replay.wording import read_words

KINDS = ("foreign", "python", "eventsourcing")

_COMMON = ("kind", "name", "aggregate_type", "path", "timeout", "start_timeout", "max_line_bytes", "event_type")
_KEYS = {
    "foreign": (*_COMMON, "command"),
    "python": (*_COMMON, "python", "module", "file", "initial", "evolve", "load"),
    "eventsourcing": (*_COMMON, "python", "aggregate", "application"),
}
_KIND = re.compile(rb"(?m)^[ \t]*[\"']?kind[\"']?[ \t]*=")
_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class ForeignSpec:
    """What a foreign reducer's file says, and the digest of the file with all code it names."""

    file: Path
    kind: str
    name: str
    aggregate_type: str | None
    command: tuple[str, ...]
    """The program, found on the PATH or by its place, and its arguments."""
    folder: Path
    """Where it runs: the file's own folder."""
    code: tuple[Path, ...]
    parts: Mapping[str, str]
    """The file itself and all code, by place relative to its folder, each with its own SHA-256 in hex."""
    digest: str
    timeout: float
    """Seconds for each answer."""
    start_timeout: float
    """Seconds until it has said hello."""
    max_line: int
    """Bytes that one line of it may have."""
    words: EventWords
    """What it has event types called; other words are another file, and so another digest."""

    @property
    def shown(self) -> str:
        """The command as one would type it."""
        return shlex.join(self.command)


def kind_in(file: Path) -> str | None:
    """The kind that a reducer's file names, None for rules and for what is no such file; raises RulesError."""
    try:
        raw = _read(file)
    except RulesError:
        return None  # whoever reads it as rules says what is wrong
    if _KIND.search(raw) is None:
        return None
    document = _document(raw, file)
    if "kind" not in document:
        return None
    kind = document["kind"]
    if kind not in KINDS:
        raise RulesError(
            f"{file}: kind must be one of {', '.join(KINDS)}, not {str(kind)[:40]!r}.", "Rules files have no kind."
        )
    return str(kind)


def load_spec(file: Path) -> ForeignSpec:
    """Read a foreign reducer's file and hash the code it names; nothing is started. Raises RulesError."""
    raw = _read(file)
    try:
        return _spec(_document(raw, file), raw, file.absolute())
    except RulesError as error:
        if error.message.startswith(str(file)):
            raise
        raise RulesError(f"{file}: {error.message.removesuffix('.')}.", error.hint, error.line) from None


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            raw = content.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise RulesError(f"{file} can't be read: {error.strerror}.") from None
    if len(raw) > MAX_FILE_BYTES:
        raise RulesError(f"{file} is larger than {MAX_FILE_BYTES:,} bytes.")
    return raw


def _document(raw: bytes, file: Path) -> dict[str, Any]:
    if max((line.count(b".") for line in raw.splitlines()), default=0) > MAX_DOTS:
        # Reading a key of many dotted parts takes a time that grows with their square.
        raise RulesError(f"{file} has a line with more than {MAX_DOTS} dots.")
    try:
        return tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise RulesError(f"{file} is not UTF-8 text.") from None
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise RulesError(f"{file} is not a reducer's file: {error}.", "Such files are TOML.") from None
    except RecursionError:
        raise RulesError(f"{file} is not a reducer's file: it nests too deeply.") from None


def _spec(document: dict[str, Any], raw: bytes, file: Path) -> ForeignSpec:
    kind = document["kind"]
    known = _KEYS[kind]
    for key in document:
        if key not in known:
            near = difflib.get_close_matches(key, known, 1, 0.4)
            meant = f"the nearest is {near[0]}" if near else f"there are {', '.join(known)}"
            raise RulesError(f"a reducer of kind {kind!r} has no key {key[:80]!r}; {meant}")
    folder = file.parent
    if kind == "foreign":
        command, named, folders = _of_command(document, folder)
    else:
        command, named, folders = _of_host(kind, document, folder)
    code = code_files(named, folders, file)
    parts = digests(code, folder)
    pattern = document.get("aggregate_type")
    return ForeignSpec(
        file=file,
        kind=kind,
        name=_text(document, "name", file.stem),
        aggregate_type=None if pattern is None else _text(document, "aggregate_type"),
        command=tuple(command),
        folder=folder,
        code=code,
        parts={file.name: hashlib.sha256(raw).hexdigest()} | {place: each.hex() for place, each in parts.items()},
        digest=digest(raw, parts),
        timeout=_number(document, "timeout", 10.0, 3600),
        start_timeout=_number(document, "start_timeout", 30.0, 3600),
        max_line=int(_number(document, "max_line_bytes", 16_000_000, 1_000_000_000)),
        words=read_words(document.get("event_type", {}), lambda: Lines(raw.decode())),
    )


def _of_command(document: dict[str, Any], folder: Path) -> tuple[list[str], list[Path], list[Path]]:
    command = _texts(document, "command")
    if not command:
        raise RulesError('command must be a list of texts, as in command = ["node", "cart.mjs"]')
    inside = "/" in command[0] or os.sep in command[0]
    program = folder / Path(command[0]).expanduser() if inside else None
    if program is not None:
        command[0] = str(program)
    named = [folder / argument for argument in command[1:] if _is_file(folder / argument)]
    if program is not None and program.parent.resolve().is_relative_to(folder.resolve()) and _is_file(program):
        named.append(program)
    own = list(dict.fromkeys(path.resolve().parent for path in named))
    return command, named, _folders(document, folder) if "path" in document else own


def _of_host(kind: str, document: dict[str, Any], folder: Path) -> tuple[list[str], list[Path], list[Path]]:
    settings: dict[str, Any] = {}
    named: list[Path] = []
    default = folder
    if kind == "python":
        if ("module" in document) is ("file" in document):
            raise RulesError('it must name its code by either module = "package.module" or file = "cart.py"')
        if "file" in document:
            path = folder / Path(_text(document, "file")).expanduser()
            if not _is_file(path):
                raise RulesError(f"there is no file {path}")
            settings["file"] = str(path)
            named, default = [path], path.parent
        else:
            settings["module"] = _dotted(document, "module")
        for key in ("initial", "evolve", "load"):
            if key in document or key != "load":
                settings[key] = _dotted(document, key, key)
    else:
        for key in ("aggregate", "application"):
            if key == "aggregate" or key in document:
                text = _text(document, key)
                module, colon, name = text.partition(":")
                if not (colon and _DOTTED.fullmatch(module) and _DOTTED.fullmatch(name)):
                    raise RulesError(f'{key} must be as in "package.module:Class", not {text[:80]!r}')
                settings[key] = text
    folders = _folders(document, folder) if "path" in document else [default]
    settings["path"] = [str(path) for path in folders]
    host = assets.path(f"reducers/foreign/hosts/{kind}_host.py")
    return [_python(document, folder), str(host), json.dumps(settings, ensure_ascii=False)], named, folders


def _python(document: dict[str, Any], folder: Path) -> str:
    if "python" not in document:
        return "python" if os.name == "nt" else "python3"
    text = _text(document, "python")
    return str(folder / Path(text).expanduser()) if "/" in text or os.sep in text else text


def _folders(document: dict[str, Any], folder: Path) -> list[Path]:
    folders = [folder / Path(text).expanduser() for text in _texts(document, "path")]
    for path in folders:
        if not path.is_dir():
            raise RulesError(f"there is no folder {path}")
    return folders


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # an argument that can't be the name of a file
        return False


def _text(document: dict[str, Any], key: str, default: str | None = None) -> str:
    value = document.get(key, default)
    if not isinstance(value, str) or not value or "\0" in value:
        raise RulesError(f"{key} must be text")
    return value


def _dotted(document: dict[str, Any], key: str, default: str | None = None) -> str:
    value = _text(document, key, default)
    if _DOTTED.fullmatch(value) is None:
        raise RulesError(f"{key} must be a name of Python, such as shop.cart, not {value[:80]!r}")
    return value


def _texts(document: dict[str, Any], key: str) -> list[str]:
    value = document.get(key)
    if not isinstance(value, list) or not all(isinstance(each, str) and each and "\0" not in each for each in value):
        raise RulesError(f"{key} must be a list of texts")
    return list(value)


def _number(document: dict[str, Any], key: str, default: float, most: float) -> float:
    value = document.get(key, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value <= most:
        raise RulesError(f"{key} must be a number above 0 and up to {most:,}")
    return value


def found_program(command: tuple[str, ...]) -> list[str]:
    """The command with its program's full path; raises RulesError when there is no such program."""
    program = shutil.which(command[0])
    if program is None:
        raise RulesError(
            f"The program {command[0]} is not there or can't be run.", "Install it, or name it by its full path."
        )
    return [program, *command[1:]]
