"""The file a seal is kept in: one JSON object, laid out so that it can be written and read without all of it in memory.

    {
    "form":"esviewer.seal",
    "form_version":1,
    "statement":{…},          the canonical form of `Statement.as_json`, in one line: what is signed
    "signature":null,         or {"algorithm":"Ed25519","key":PEM,"key_digest":…,"value":BASE64}
    "consistency":[],         hex hashes that show that the previous seal's tree begins this one (RFC 9162, 2.1.4)
    "aggregates":[
    {…},                      one line an aggregate, see `aggregates.py`; empty where there are too many
    ],
    "chunks":[
    {…}                       one line for 1,024 events, see `places.py`
    ]
    }

Every line of the last two is in canonical form; the statement has the digests of both sections. Any JSON writer may lay
the file out anew: it is then read at once instead of line by line.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from esviewer.audit.seals.aggregates import AggregateDigest, aggregate_digest_of
from esviewer.audit.seals.merkle import DIGEST, consistent, root_of
from esviewer.audit.seals.places import Chunk, chunk_of
from esviewer.audit.seals.signing import Signature, signature_of
from esviewer.audit.seals.statement import FORM, FORM_VERSION, Statement, statement_of
from esviewer.audit.seals.tree import CHUNK
from esviewer.audit.seals.writing import canonical_json
from esviewer.errors import SealError
from esviewer.model.exactjson import NotJsonError, canonical, loads
from esviewer.model.values import Value

_LONGEST: Final = 64 * 1024 * 1024
"""Bytes of a line; one of a seal has some tens of thousands."""
_AT_ONCE: Final = 1 << 30
"""Bytes of a file that is laid out otherwise, and read at once."""
_WHOLE: Final = "Use a whole copy of it, as it was written."
_AGGREGATES: Final = b'"aggregates":[\n'
_CHUNKS: Final = b'"chunks":[\n'


class OtherFormError(SealError):
    """A file is something else altogether."""


class Lines:
    """Writes the records of one section, one a line, and takes their digest."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = sha256()
        self._any = False

    def put(self, record: dict[str, Value]) -> None:
        """Write one record."""
        line = canonical_json(record)
        self._digest.update(line + b"\n")
        self._out.write((b",\n" if self._any else b"") + line)
        self._any = True

    def digest(self) -> bytes:
        """SHA-256 of all lines so far, each ended by a line feed."""
        return self._digest.digest()


def write_seal(
    out: BinaryIO,
    statement: Statement,
    signature: Signature | None,
    consistency: Iterable[bytes],
    aggregates: Iterable[AggregateDigest],
    chunks: BinaryIO,
) -> None:
    """Write a seal; `chunks` is where `Lines` wrote those, from its beginning on."""
    out.write(b'{\n"form":' + canonical(FORM) + b',\n"form_version":' + canonical(FORM_VERSION))
    out.write(b',\n"statement":' + statement.canonical())
    out.write(b',\n"signature":' + canonical(None if signature is None else signature.as_json()))
    out.write(b',\n"consistency":' + canonical([step.hex() for step in consistency]))
    out.write(b",\n" + _AGGREGATES)
    lines = Lines(out)
    for each in aggregates:
        lines.put(each.as_json())
    out.write(b"\n],\n" + _CHUNKS)
    while part := chunks.read(1 << 20):
        out.write(part)
    out.write(b"\n]\n}\n")


def _root(record: Value) -> bytes:
    try:
        return bytes.fromhex(record["root"])
    except (KeyError, TypeError, ValueError):
        raise SealError("a chunk of it can't be read") from None


def digest_of_lines(records: Iterable[dict[str, Value]]) -> bytes:
    """What `Lines.digest` would be."""
    found = sha256()
    for record in records:
        found.update(canonical_json(record) + b"\n")
    return found.digest()


@dataclass(frozen=True, slots=True)
class SealFile:
    """A seal that was written; its statement and signature are at hand, the rest is read again for each use."""

    path: Path
    statement: Statement
    signature: Signature | None
    consistency: tuple[bytes, ...]
    _whole: dict[str, Value] | None

    def aggregates(self) -> Iterator[AggregateDigest]:
        """The digests of all aggregates; raises SealError at the latest after the last of them."""
        yield from self._section("aggregates", _AGGREGATES, aggregate_digest_of, self.statement.aggregates_digest)

    def chunks(self) -> Iterator[Chunk]:
        """All chunks in order; raises SealError, at the latest after the last one, when they are not those sealed."""
        size = 0
        with told(self.path):
            for chunk in self._section("chunks", _CHUNKS, chunk_of, self.statement.chunks_digest):
                if size % CHUNK:
                    raise SealError("its chunks do not fit together")
                size += len(chunk.places)
                yield chunk
            if size != self.statement.size:
                raise SealError(f"it has the places of {size:,} events and says that it has {self.statement.size:,}")

    def roots(self) -> list[bytes]:
        """The roots of all chunks, which lead to the statement's, as the previous seal's does; raises SealError."""
        with told(self.path):
            found = list(self._section("chunks", _CHUNKS, _root, self.statement.chunks_digest))
            said = self.statement
            if root_of(found) != said.root:
                raise SealError("its chunks do not lead to its root")
            before = said.previous
            if before is None:
                linked = not self.consistency
            else:
                linked = consistent(before.size, before.root, said.size, said.root, self.consistency)
            if not linked:
                raise SealError("it does not prove that it goes on after the seal that it names")
        return found

    def check(self) -> None:
        """Read all of it; raises SealError when its parts don't fit together."""
        self.roots()
        for _ in self.chunks():
            pass
        count = sum(1 for _ in self.aggregates())
        with told(self.path):
            if count != (self.statement.aggregates or 0):
                raise SealError("it does not have as many aggregates as it says")

    def _section(self, name: str, begin: bytes, read: Callable[[Value], Any], digest: bytes) -> Iterator[Any]:
        found = sha256()
        with told(self.path):
            records = self._lines(begin) if self._whole is None else iter(self._whole[name])
            for record in records:
                found.update(canonical_json(record) + b"\n")
                yield read(record)
            if found.digest() != digest:
                raise SealError(f"its {name} are not those that its statement speaks of")

    def _lines(self, begin: bytes) -> Iterator[Value]:
        with self.path.open("rb") as file:
            while (line := file.readline(_LONGEST)) != begin:
                if not line:
                    raise SealError("it ends too early")
            while (line := file.readline(_LONGEST)) not in (b"],\n", b"]\n"):
                if not line.endswith(b"\n"):
                    raise SealError("it ends too early")
                if line != b"\n":
                    yield loads(line.rstrip(b",\n"))


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Have what is wrong with a file say which file it is, in one sentence."""
    try:
        yield
    except SealError as error:
        if error.hint:
            raise
        raise SealError(f"{path} can't be used: {error.message}.", _hint(error)) from None
    except NotJsonError as error:
        raise SealError(f"{path} can't be used: it is damaged ({error}).", _WHOLE) from None
    except OSError as error:
        raise SealError(f"{path} can't be read: {error.strerror or error}.", "Name a seal's file.") from None


def _hint(error: SealError) -> str:
    if "newer" in error.message:
        return "Use a newer esviewer."
    if isinstance(error, OtherFormError):
        return "Name a file that `esviewer seal` or `esviewer prove` wrote, or a report that was written with evidence."
    return _WHOLE


def read_seal(path: Path) -> SealFile:
    """A seal's file; raises SealError when it is none, is damaged, or is of a newer release."""
    with told(path):
        head, whole = _head(path)
        check_form(head, FORM, FORM_VERSION, "a seal")
        try:
            statement = statement_of(head["statement"])
            signature = signature_of(head["signature"])
            consistency = tuple(map(bytes.fromhex, head["consistency"]))
            if any(len(step) != DIGEST for step in consistency):
                raise ValueError
            if whole is not None and not (isinstance(whole["aggregates"], list) and isinstance(whole["chunks"], list)):
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise SealError("parts of it are missing or damaged") from None
        return SealFile(path, statement, signature, consistency, whole)


def check_form(found: Value, form: str, version: int, what: str) -> None:
    """Raise SealError when a file is not of this form, or of a version that is not known yet."""
    if not isinstance(found, dict) or found.get("form") != form:
        other = found.get("form") if isinstance(found, dict) else None
        raise OtherFormError(f"it is not {what}" + (f" but {other[:60]}" if isinstance(other, str) else ""))
    given = found.get("form_version")
    if type(given) is not int or given < 1:
        raise SealError("it does not say which version of its form it has")
    if given > version:
        raise SealError(f"version {given} of its form is newer than this release, which knows {version}")


def form_of(path: Path) -> str:
    """The form that a file of JSON says it has; raises SealError when it says none."""
    with told(path):
        head, _ = _head(path)
        form = head.get("form") if isinstance(head, dict) else None
        if not isinstance(form, str):
            raise OtherFormError("it is neither a seal nor a proof")
        return form


def _head(path: Path) -> tuple[Value, dict[str, Value] | None]:
    """All but the long sections; of a file that is laid out otherwise, all of it, twice."""
    if path.is_dir():
        raise OtherFormError("it is a folder")
    with path.open("rb") as file:
        lines: list[bytes] = []
        if file.readline(16) == b"{\n":
            while (line := file.readline(_LONGEST)).endswith(b",\n") and len(lines) < 20:
                lines.append(line)
            if line == _AGGREGATES and lines:
                return loads(b"{" + b"".join(lines).rstrip(b",\n") + b"}"), None
        if os.fstat(file.fileno()).st_size > _AT_ONCE:
            raise OtherFormError("it is neither a seal nor a proof")
        file.seek(0)
        content = file.read()
        if not content.lstrip().startswith(b"{"):
            raise OtherFormError("it is neither a seal nor a proof")
        whole = loads(content)
    return whole, whole if isinstance(whole, dict) else None
