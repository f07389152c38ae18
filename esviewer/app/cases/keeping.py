"""A case's file while a window has it open: written after each change, and never over what others wrote meanwhile."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esviewer.app.cases.case import Case, bytes_of, case_in, read_bytes, write_bytes
from esviewer.app.files import not_of_the_store
from esviewer.errors import UsageError

ENDING: Final = ".case.json"
"""Of files that are proposed; any other name does as well."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A case that was written."""

    file: Path
    left: Path | None = None
    """The file that somebody else had changed, and that was therefore left alone: `file` is another one."""


@dataclass(frozen=True, slots=True)
class Found:
    """A case as it was read."""

    case: Case
    digest: bytes
    """The SHA-256 of what the file holds."""


class CaseFile:
    """Knows what the file held when it was read or written last; for one thread at a time."""

    def __init__(self, file: Path, known: bytes | None) -> None:
        """`known` is the SHA-256 of what the file is known to hold; None: it is not there yet."""
        self.file = file
        self._known = known

    def save(self, case: Case) -> Saved:
        """Write the case; where the file was changed by others, into another one beside it, which it is from now on.

        Raises EsviewerError when it can't be written.
        """
        content = bytes_of(case)
        digest = hashlib.sha256(content).digest()
        if digest == self._known and self.file.exists():
            return Saved(self.file)
        left = None
        if self.changed():
            left = self.file
            self.file = beside(self.file)
        write_bytes(content, self.file)
        self._known = digest
        return Saved(self.file, left)

    def changed(self) -> bool:
        """Whether the file is there and others changed it; raises UsageError."""
        return self.file.exists() and hashlib.sha256(read_bytes(self.file)).digest() != self._known

    def look(self) -> Found | None:
        """The case as others left it; None where nobody changed it. Raises as `read_case`."""
        if not self.file.exists():
            return None
        raw = read_bytes(self.file)
        digest = hashlib.sha256(raw).digest()
        return None if digest == self._known else Found(case_in(raw, self.file), digest)

    def know(self, found: Found) -> None:
        """What others left is what the file holds, for all that this window has of it."""
        self._known = found.digest


def open_file(file: Path) -> tuple[CaseFile, Case]:
    """Open a case's file; raises as `read_case`."""
    path = file.expanduser()
    raw = read_bytes(path)
    return CaseFile(path, hashlib.sha256(raw).digest()), case_in(raw, path)


def new_file(file: Path, case: Case, label: str) -> CaseFile:
    """Begin the file of a case; raises UsageError where one is there, or where it belongs to the store `label`."""
    path = not_of_the_store(str(file), label)
    if path.exists():
        raise UsageError(f"{file} is there already.", "Name another file.")
    kept = CaseFile(path, None)
    kept.save(case)
    return kept


def beside(file: Path) -> Path:
    """The name of a file that is not there yet, beside another: `wrong total (2).case.json`."""
    ending = ENDING if file.name.endswith(ENDING) else file.suffix
    stem = file.name.removesuffix(ending)
    number = 2
    while (found := file.with_name(f"{stem} ({number}){ending}")).exists():
        number += 1
    return found


def together(mine: Case, other: Case) -> Case:
    """A case with the pins of another that it does not have yet, behind its own."""
    known = {_identity(pin.as_json()) for pin in mine.pins}
    for pin in other.pins:
        if _identity(pin.as_json()) not in known:
            mine = mine.with_pin(pin)
    return mine


def _identity(pin: dict[str, object]) -> tuple[str, str, str]:
    # The same pin may have got another number or another note on either side.
    return str(pin["digest"]), repr(pin["asked"]), repr(pin["pinned"])
