"""Proof that a store only grew: the tree that was sealed begins the tree of all its events now (RFC 9162, 2.1.4).

    {"form":"esviewer.consistency", "form_version":1, "statement":{…}, "signature":…,
     "old_size":100, "old_root":"…", "new_size":140, "new_root":"…", "path":["…"]}

`statement` and `signature` are the seal's, whose size and root are the old ones; `path` are hashes in hex.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from esviewer.audit.seals.file import check_form, told
from esviewer.audit.seals.merkle import DIGEST, consistent
from esviewer.audit.seals.signing import Signature, signature_of
from esviewer.audit.seals.statement import Statement, statement_of
from esviewer.errors import SealError
from esviewer.model.exactjson import loads
from esviewer.model.values import Value

FORM: Final = "esviewer.consistency"
FORM_VERSION: Final = 1
_LARGEST: Final = 1 << 26


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the store's tree begins with the sealed one."""

    old_size: int
    old_root: bytes
    new_size: int
    new_root: bytes
    path: tuple[bytes, ...]

    @property
    def holds(self) -> bool:
        """Whether the path leads to both roots."""
        return consistent(self.old_size, self.old_root, self.new_size, self.new_root, self.path)

    def as_json(self) -> dict[str, Value]:
        """`{old_size, old_root, new_size, new_root, path}`, hashes in hex."""
        return {
            "old_size": self.old_size,
            "old_root": self.old_root.hex(),
            "new_size": self.new_size,
            "new_root": self.new_root.hex(),
            "path": [step.hex() for step in self.path],
        }


@dataclass(frozen=True, slots=True)
class Grown:
    """That a store only grew since it was sealed, as a file of its own."""

    statement: Statement
    signature: Signature | None
    consistency: Consistency

    @property
    def holds(self) -> bool:
        """Whether the tree that the seal states begins the new one."""
        old = self.consistency
        return (old.old_size, old.old_root) == (self.statement.size, self.statement.root) and old.holds

    def as_json(self) -> dict[str, Value]:
        """The proof as its file has it."""
        return {
            "form": FORM,
            "form_version": FORM_VERSION,
            "statement": self.statement.as_json(),
            "signature": None if self.signature is None else self.signature.as_json(),
            **self.consistency.as_json(),
        }


def read_grown(path: Path) -> Grown:
    """A proof's file; raises SealError when it is none, is damaged, or is of a newer release."""
    with told(path):
        with path.open("rb") as file:
            found = loads(file.read(_LARGEST))
        check_form(found, FORM, FORM_VERSION, "a proof that a store only grew")
        try:
            old, new = found["old_size"], found["new_size"]
            roots = [bytes.fromhex(found[name]) for name in ("old_root", "new_root")]
            steps = tuple(map(bytes.fromhex, found["path"]))
            if type(old) is not int or type(new) is not int or any(len(each) != DIGEST for each in (*roots, *steps)):
                raise ValueError
            made = Grown(
                statement_of(found["statement"]),
                signature_of(found["signature"]),
                Consistency(old, roots[0], new, roots[1], steps),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            raise SealError("parts of it are missing or damaged") from None
    return made
