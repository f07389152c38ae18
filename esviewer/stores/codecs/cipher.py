"""The key that encrypted payloads are read with: from the environment, else from the operating system's keyring."""

from __future__ import annotations

import base64
import binascii
import os
from typing import Final

VARIABLE: Final = "ESVIEWER_CIPHER_KEY"
SERVICE: Final = "esviewer"
"""The keyring's service; its user is `cipher:` with the store's label, or `cipher` for all stores."""

_LENGTHS: Final = (16, 24, 32)


class UnusableKeyError(ValueError):
    """There is a key, and it is none that AES could use; the message says why and never holds the key."""


def cipher_key(label: str = "") -> bytes | None:
    """The key for the store of this label: 16, 24 or 32 bytes; None when there is none.

    It is kept as base64, in the environment variable ESVIEWER_CIPHER_KEY or in the keyring. Raises UnusableKeyError.
    """
    text = os.environ.get(VARIABLE, "")
    if text:
        return _key(text, f"The key in {VARIABLE}")
    users = (f"cipher:{label}", "cipher") if label else ("cipher",)
    for user in users:
        text = _kept(user)
        if text:
            return _key(text, "The key in the keyring")
    return None


def _kept(user: str) -> str:
    import keyring
    from keyring.errors import KeyringError, NoKeyringError

    try:
        return keyring.get_password(SERVICE, user) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        reason = f"the keyring can't be read ({type(error).__name__})"
        raise UnusableKeyError(f"The payload is encrypted and {reason}: set {VARIABLE} (base64).") from None


def _key(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise UnusableKeyError(f"{where} is not base64.") from None
    if len(key) not in _LENGTHS:
        raise UnusableKeyError(f"{where} is {len(key)} bytes long and must be 16, 24 or 32.")
    return key
