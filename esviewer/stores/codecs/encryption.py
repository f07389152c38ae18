"""AES-GCM as Python's eventsourcing library writes it: a nonce of 12 bytes, the tag of 16, then the ciphertext.

Nothing marks such a payload, and a store may have rows from before it was encrypted: what can't be decrypted but is
text, or compressed text, is taken for such a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from esviewer.stores.codecs.cipher import UnusableKeyError
from esviewer.stores.codecs.compression import gunzipped, inflated, unlz4, unzstd
from esviewer.stores.codecs.decoding import ByteStep, DecodeError, UnfinishedError

_NONCE: Final = 12
_TAG: Final = 16
_NO_KEY: Final = "The payload is encrypted and no key is set: set ESVIEWER_CIPHER_KEY (base64)."
_WRONG_KEY: Final = "The payload can't be decrypted: it was encrypted with another key, or it is damaged."
_TOO_SHORT: Final = "The payload is neither encrypted, as it is too short for that, nor readable as it is."


def decryption(key: Callable[[], bytes | None]) -> ByteStep:
    """The byte codec `aes_gcm`: asks for the key once, when the first payload comes.

    Raises DecodeError saying what is wrong: no key, a key that is none, or one that does not fit.
    """
    known: list[bytes | UnusableKeyError | None] = []

    def asked() -> bytes | UnusableKeyError | None:
        if not known:
            try:
                known.append(key())
            except UnusableKeyError as error:
                known.append(error)
        return known[0]

    def decrypted(raw: bytes) -> bytes:
        if raw.isascii():
            return raw  # no ciphertext is, for all the chance there is in its nonce and tag
        if len(raw) < _NONCE + _TAG:
            return _readable(raw, _TOO_SHORT)
        found = asked()
        if found is None:
            return _readable(raw, _NO_KEY)
        if isinstance(found, UnusableKeyError):
            return _readable(raw, str(found))
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce, tag, rest = raw[:_NONCE], raw[_NONCE : _NONCE + _TAG], raw[_NONCE + _TAG :]
        try:
            return AESGCM(found).decrypt(nonce, rest + tag, None)
        except InvalidTag:
            return _readable(raw, _WRONG_KEY)

    return decrypted


def _readable(raw: bytes, otherwise: str) -> bytes:
    """A payload that was never encrypted, expanded; raises DecodeError with the other sentence for what is none.

    Compressed data that is cut off or expands too far is no ciphertext either, and says so itself.
    """
    try:
        text = raw
        for step in (inflated, gunzipped, unzstd, unlz4):
            text = step(text)
        text.decode()
    except UnfinishedError:
        raise
    except (DecodeError, UnicodeDecodeError):
        raise DecodeError(otherwise) from None
    return text
