"""Sealing a store, and verifying it and single events of it by a seal."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, cast

from esviewer import __version__
from esviewer.app import activity
from esviewer.app.audit_order import breaks
from esviewer.app.files import for_output, replacing
from esviewer.app.session import Session
from esviewer.audit.checks.chain_broken import ChainBroken
from esviewer.audit.finding import Finding
from esviewer.audit.seals.file import Lines, SealFile, digest_of_lines, read_seal, write_seal
from esviewer.audit.seals.merkle import consistency_path
from esviewer.audit.seals.sealing import chunk_of_index, seal_events
from esviewer.audit.seals.signing import fingerprint, private_key, public_key, signed
from esviewer.audit.seals.statement import Statement
from esviewer.audit.seals.tree import Tree
from esviewer.audit.seals.verifying import TOLERANCE, Chained, Verdict, verify_events
from esviewer.errors import DisagreesError, EsviewerError, UsageError, elsewhere
from esviewer.model import instant
from esviewer.model.instant import Instant
from esviewer.model.values import Value
from esviewer.report.model import StoreFacts
from esviewer.work import Work

_SHOWN: Final = 20
"""Breaks in a store's own chain that are told one by one."""


@dataclass(frozen=True, slots=True)
class Made:
    """A seal that was written."""

    file: Path
    statement: Statement
    key_digest: str | None
    """The fingerprint of the key that it is signed with; None for an unsigned one."""
    replaced: Statement | None = None
    """What the seal said that the file held before."""

    def as_json(self) -> dict[str, Value]:
        """`{file, root, size, order, made, first, last, aggregates, signed_by, previous}`."""
        said = self.statement
        return {
            "file": str(self.file),
            "root": said.root.hex(),
            "size": said.size,
            "order": said.order,
            "made": said.made,
            "first": said.first,
            "last": said.last,
            "aggregates": said.aggregates,
            "signed_by": self.key_digest,
            "previous": None if said.previous is None else said.previous.as_json(),
        }


def seal_store(
    session: Session, file: Path, *, sign: Path | None = None, after: Path | None = None, work: Work | None = None
) -> Made:
    """Seal a store in one pass; the file appears, or replaces the one that is there, when it is complete.

    `sign` is a private key in PEM, `after` the seal that this one goes on after. Raises UsageError for a bad key or a
    file of the store's own, SealError for a bad seal, DisagreesError when the store does not begin with what that one
    sealed.
    """
    store = session.store
    target = for_output(str(file), store.label)
    key = None if sign is None else private_key(sign.expanduser())
    previous = None if after is None else read_seal(after.expanduser())
    if previous is not None and previous.path.resolve() == target.resolve():
        raise UsageError(f"{file} is the previous seal itself.", "Name another file: an old seal is worth keeping.")
    said = None if previous is None else previous.statement
    standing = _standing(target)
    made = instant.now()
    own = chained(session, work)
    # Where nothing else orders the events, their versions are what tells new ones from inserted ones.
    counted = store.counts_versions and store.order != "reconstructed"
    tree = Tree(() if said is None or not said.size else {chunk_of_index(said.size - 1)})

    def compare(so_far: Tree) -> None:
        if said is not None and so_far.root() != said.root:
            raise _not_after(previous, session)

    try:
        with replacing(target) as out, tempfile.TemporaryFile(dir=target.resolve().parent) as spool:
            lines = Lines(cast(BinaryIO, spool))
            sealed = seal_events(
                store.unambiguous(work=work),
                lambda chunk: lines.put(chunk.as_json()),
                positioned=store.order == "position",
                versioned=not counted,
                now=made.ns,
                tree=tree,
                after=0 if said is None else said.size,
                at_after=None if said is None else compare,
                work=work,
            )
            if said is not None and len(tree) < said.size:
                raise _not_after(previous, session)
            statement = Statement(
                tree.root(),
                len(tree),
                StoreFacts(store.name, store.label, store.database, store.layout.name, store.layout.title).as_json(),
                store.order,
                made.isoformat(),
                __version__,
                None if sealed.first is None else sealed.first.as_json(),
                None if sealed.last is None else sealed.last.as_json(),
                None if sealed.newest_time is None else Instant(sealed.newest_time),
                sealed.aggregates.count,
                digest_of_lines(each.as_json() for each in sealed.aggregates),
                lines.digest(),
                None if said is None else said.as_previous(),
                (*store.warnings, *(() if own is None else (own.message,))),
                counted,
            )
            signature = None if key is None else signed(statement.canonical(), key)
            path = [] if said is None else consistency_path(tree.node, said.size, len(tree))
            spool.seek(0)
            write_seal(out, statement, signature, path, sealed.aggregates, cast(BinaryIO, spool))
            if work is not None:
                work.check()
    except OSError as error:
        raise EsviewerError(
            f"{file} can't be written: {error.strerror or error}.",
            elsewhere(error),
        ) from None
    activity.note(
        "seal",
        store=store.label,
        file=target,
        events=statement.size,
        root=statement.root.hex(),
        replaced=None if standing is None else standing.root.hex(),
    )
    return Made(file, statement, None if signature is None else fingerprint(signature.key), standing)


def _standing(target: Path) -> Statement | None:
    """What a seal says that is to be replaced: it was evidence."""
    try:
        return read_seal(target).statement if target.is_file() else None
    except (EsviewerError, OSError):
        return None  # it is no seal, or none that this release can read


def chained(session: Session, work: Work | None = None) -> Chained | None:
    """What the store's own chain of hashes says; None where its layout names none."""
    if not session.store.chains:
        return None
    check = ChainBroken()
    broken = 0
    first: list[Finding] = []
    for found in breaks(check, session.store, work):
        broken += 1
        if len(first) < _SHOWN:
            first.append(found)
    return Chained(check.events, broken, tuple(first))


def _not_after(previous: SealFile | None, session: Session) -> DisagreesError:
    name = "" if previous is None else str(previous.path)
    if session.store.order == "reconstructed":
        return DisagreesError(
            f"The store does not begin with the events that {name} sealed: no column orders all of them, "
            "so new events may lie between old ones, or old ones changed.",
            f"esviewer verify STORE {name} tells; seal it without --after.",
        )
    return DisagreesError(
        f"The store does not begin with the events that {name} sealed.",
        f"esviewer verify STORE {name} says what changed.",
    )


def verify_store(
    session: Session,
    file: Path,
    *,
    key: Path | None = None,
    tolerance: int = TOLERANCE,
    work: Work | None = None,
) -> Verdict:
    """Hold a store against a seal; `key` is the public key that must have signed it, in PEM.

    `tolerance` is by how many seconds a new event may be older than the newest that was sealed. Raises SealError for a
    bad seal, UsageError for a bad key.
    """
    public = None if key is None else public_key(key.expanduser())
    seal = read_seal(file.expanduser())
    verdict = verify_events(
        seal, session.store.unambiguous(work=work), key=public, tolerance=tolerance, work=work
    )
    verdict = replace(verdict, chain=chained(session, work))
    here, sealed = session.store, seal.statement.store
    if sealed.get("layout") == here.layout.name:
        return verdict
    other = f"The seal was made with the layout {sealed.get('layout')}, and the store was read with {here.layout.name}."
    return replace(verdict, remarks=(other, *verdict.remarks))
