"""Whether a signature vouches for what it stands under, in one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from esviewer.audit.seals.signing import Signature, fingerprint
from esviewer.model.values import Value

State = Literal["unsigned", "signed", "trusted", "wrong key", "bad"]


@dataclass(frozen=True, slots=True)
class Trust:
    """What is known about a signature; `trusted` is one by the key that was asked for."""

    state: State
    holds: bool
    """Whether nothing speaks against it: an unsigned one holds as long as no key was asked for."""
    message: str
    key_digest: str | None

    def as_json(self) -> dict[str, Value]:
        """`{state, holds, message, key_digest}`."""
        return {"state": self.state, "holds": self.holds, "message": self.message, "key_digest": self.key_digest}


def trust_in(content: bytes, signature: Signature | None, key: Ed25519PublicKey | None) -> Trust:
    """Check a signature of some content, by the key that is trusted where one is given."""
    if signature is None:
        if key is None:
            return Trust("unsigned", True, "It is unsigned: whoever can write the file can have made it.", None)
        return Trust("unsigned", False, "It is unsigned, so the key that was given vouches for nothing.", None)
    digest = fingerprint(signature.key)
    if not signature.fits(content):
        return Trust("bad", False, "Its signature does not fit: it was changed after it was signed.", digest)
    if key is None:
        message = f"It is signed with the key {digest}; only --key tells whether that is the right one."
        return Trust("signed", True, message, digest)
    if fingerprint(key) != digest:
        message = f"It is signed with another key, {digest}, not with {fingerprint(key)}."
        return Trust("wrong key", False, message, digest)
    return Trust("trusted", True, f"It is signed with the key that was given, {digest}.", digest)
