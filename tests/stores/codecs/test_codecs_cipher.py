"""Encrypted payloads, as Python's eventsourcing library writes them with its own compressor and ciphers."""

import json
import zlib
from base64 import b64encode
from collections.abc import Callable

import keyring
import pytest
from eventsourcing import cryptography
from eventsourcing.compressor import ZlibCompressor
from helpers_codecs import KEY, encrypted
from keyring.errors import KeyringLocked, NoKeyringError

from esviewer.stores.codecs import Chain, DecodeError, chain
from esviewer.stores.codecs.cipher import UnusableKeyError, cipher_key

NAMES = ["aes_gcm", "zlib", "json"]
PLAIN = json.dumps({"order": "日本", "n": list(range(50))}, ensure_ascii=False).encode()


class Kept:
    """A keyring of what the test put into it."""

    def __init__(self, passwords: dict[str, str], error: Exception | None = None) -> None:
        self.passwords = passwords
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        if self.error is not None:
            raise self.error
        assert service == "esviewer"
        return self.passwords.get(username)


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ESVIEWER_CIPHER_KEY", raising=False)
    holds(monkeypatch, error=NoKeyringError())


def holds(monkeypatch: pytest.MonkeyPatch, error: Exception | None = None, **passwords: str) -> None:
    kept = Kept({name.replace("__", ":"): text for name, text in passwords.items()}, error)
    monkeypatch.setattr(keyring, "get_password", kept.get_password)


def with_key(key: bytes | None) -> Chain:
    return chain(NAMES, None, lambda: key)


@pytest.mark.parametrize("size", [16, 24, 32])
@pytest.mark.parametrize("pack", [bytes, ZlibCompressor().compress])
def test_what_the_library_encrypts_is_read(
    size: int, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = cryptography.AESCipher.create_key(size)
    from eventsourcing.utils import Environment

    cipher = cryptography.AESCipher(Environment(env={"CIPHER_KEY": text}))
    monkeypatch.setenv("ESVIEWER_CIPHER_KEY", text)
    one = chain(NAMES)
    for _ in range(300):  # nonces that look like a compressed or plain payload among them
        assert one.decode(cipher.encrypt(pack(PLAIN))) == json.loads(PLAIN)


@pytest.mark.parametrize("first", [b"{", b"[", b"\x78\x9c", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18"])
def test_a_nonce_that_looks_like_a_header_misleads_nobody(first: bytes) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = first.ljust(12, b"\xfe")
    sealed = AESGCM(KEY).encrypt(nonce, PLAIN, None)
    data = nonce + sealed[-16:] + sealed[:-16]
    assert with_key(KEY).decode(data) == json.loads(PLAIN)
    with pytest.raises(DecodeError, match="is encrypted and no key is set"):
        with_key(None).decode(data)


@pytest.mark.parametrize("key", [KEY, bytes(16), None], ids=["key", "other key", "no key"])
@pytest.mark.parametrize(
    "data", [PLAIN, zlib.compress(PLAIN), b"{}", b"null"], ids=["plain", "compressed", "empty", "erased"]
)
def test_rows_from_before_encryption_stay_readable(key: bytes | None, data: bytes) -> None:
    assert with_key(key).decode(data) == json.loads(PLAIN if len(data) > 4 else data)


def test_no_key() -> None:
    with pytest.raises(DecodeError) as caught:
        chain(NAMES).decode(encrypted(PLAIN))
    assert str(caught.value) == "The payload is encrypted and no key is set: set ESVIEWER_CIPHER_KEY (base64)."


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("not base64!", "The key in ESVIEWER_CIPHER_KEY is not base64."),
        ("日本", "The key in ESVIEWER_CIPHER_KEY is not base64."),
        (b64encode(bytes(15)).decode(), "The key in ESVIEWER_CIPHER_KEY is 15 bytes long and must be 16, 24 or 32."),
    ],
)
def test_a_key_that_is_none(text: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESVIEWER_CIPHER_KEY", text)
    one = chain(NAMES)
    with pytest.raises(DecodeError) as caught:
        one.decode(encrypted(PLAIN))
    assert str(caught.value) == reason
    assert one.decode(PLAIN) == json.loads(PLAIN)


def test_a_wrong_key_and_damage() -> None:
    with pytest.raises(DecodeError, match=r"^The payload can't be decrypted: it was encrypted with another key"):
        with_key(bytes(32)).decode(encrypted(PLAIN))
    with pytest.raises(DecodeError, match="another key, or it is damaged"):
        with_key(KEY).decode(encrypted(PLAIN)[:-1])
    with pytest.raises(DecodeError, match="too short"):
        with_key(KEY).decode(b"\xff\xfe")


def test_the_others_of_many_stay_readable() -> None:
    values = with_key(None).parse_many([PLAIN, encrypted(PLAIN), zlib.compress(PLAIN)])
    assert values[0] == values[2] == json.loads(PLAIN)
    assert "no key is set" in values[1].reason


def test_the_key_is_asked_for_once_and_only_when_needed() -> None:
    asked = []

    def key() -> bytes:
        asked.append(1)
        return KEY

    one = chain(NAMES, None, key)
    one.parse_many([b'{"n": 12345678901234567890123}'] * 3)
    assert not asked
    one.parse_many([encrypted(PLAIN)] * 3)
    assert len(asked) == 1


def test_the_keyring_has_a_key_for_each_store_and_one_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    own, common = bytes(range(16)), bytes(16)
    holds(monkeypatch, cipher__shop=b64encode(own).decode(), cipher=b64encode(common).decode())
    assert cipher_key("shop") == own
    assert cipher_key("other") == cipher_key() == common
    monkeypatch.setenv("ESVIEWER_CIPHER_KEY", b64encode(KEY).decode())
    assert cipher_key("shop") == KEY


def test_a_machine_without_a_keyring_has_no_key() -> None:
    assert cipher_key("shop") is None


def test_a_locked_keyring_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    holds(monkeypatch, error=KeyringLocked("secret detail"))
    with pytest.raises(UnusableKeyError, match=r"keyring can't be read \(KeyringLocked\): set ESVIEWER_CIPHER_KEY"):
        cipher_key()


def test_no_message_holds_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    holds(monkeypatch, cipher="c2VjcmV0!")
    with pytest.raises(UnusableKeyError) as caught:
        cipher_key()
    assert str(caught.value) == "The key in the keyring is not base64."
