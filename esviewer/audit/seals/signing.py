"""Ed25519 signatures over a statement, with keys as OpenSSL makes them; OpenSSL can check them too."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from esviewer.errors import SealError, UsageError
from esviewer.model.values import Value

ALGORITHM: Final = "Ed25519"
_LARGEST_KEY: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature and the public key that it is checked with."""

    key: Ed25519PublicKey
    value: bytes

    def as_json(self) -> dict[str, Value]:
        """`{algorithm, key, key_digest, value}`: a public key in PEM, its fingerprint, and the signature in base64."""
        return {
            "algorithm": ALGORITHM,
            "key": self.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            "key_digest": fingerprint(self.key),
            "value": base64.b64encode(self.value).decode(),
        }

    def fits(self, content: bytes) -> bool:
        """Whether the key's owner signed this content."""
        try:
            self.key.verify(self.value, content)
        except InvalidSignature:
            return False
        return True


def fingerprint(key: Ed25519PublicKey) -> str:
    """`sha256:` and hex digits of the key in DER, as `openssl pkey -pubin -outform DER | sha256sum` prints them."""
    return "sha256:" + sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def signed(content: bytes, key: Ed25519PrivateKey) -> Signature:
    """A signature of some content."""
    return Signature(key.public_key(), key.sign(content))


def signature_of(found: Value) -> Signature | None:
    """The signature that `Signature.as_json` wrote, None for null; raises SealError."""
    if found is None:
        return None
    try:
        if found["algorithm"] != ALGORITHM:
            raise SealError("it is signed in a way that this release does not know")
        key = load_pem_public_key(found["key"].encode())
        value = base64.b64decode(found["value"], validate=True)
        # As it was written, to the letter: readers of PEM pass over what is around it.
        if not isinstance(key, Ed25519PublicKey) or found != Signature(key, value).as_json():
            raise ValueError
    except (KeyError, TypeError, ValueError, AttributeError, binascii.Error, UnsupportedAlgorithm):
        raise SealError("its signature can't be read") from None
    return Signature(key, value)


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key in a PEM file (PKCS #8, as `openssl genpkey -algorithm ed25519` writes it); raises UsageError."""
    content = _content(path)
    if b"-----BEGIN PUBLIC KEY-----" in content:
        raise UsageError(f"{path} holds a public key, which can't sign.", "Give the private key it was made of.")
    try:
        key = load_pem_private_key(content, None)
    except TypeError:
        raise UsageError(
            f"The key in {path} is locked by a passphrase.", f"Unlock a copy: openssl pkey -in {path} -out unlocked.pem"
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(
            f"{path} holds no private key in PEM.", "Make one: openssl genpkey -algorithm ed25519 -out key.pem"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(
            f"The key in {path} is not an Ed25519 key.", "Make one: openssl genpkey -algorithm ed25519 -out key.pem"
        )
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The key in a PEM file, as `openssl pkey -in key.pem -pubout` writes it; raises UsageError."""
    content = _content(path)
    hint = "Write it with: openssl pkey -in key.pem -pubout -out public.pem"
    if b"PRIVATE KEY-----" in content:
        raise UsageError(f"{path} holds a private key; a signature is checked with the public one.", hint)
    try:
        key = load_pem_public_key(content)
    except (ValueError, UnsupportedAlgorithm):
        raise UsageError(f"{path} holds no public key in PEM.", hint) from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"The key in {path} is not an Ed25519 key.", hint)
    return key


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_KEY)
    except OSError as error:
        raise UsageError(f"The key {path} can't be read: {error.strerror}.", "Name a PEM file.") from None
