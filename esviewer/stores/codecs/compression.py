"""Byte codecs: zlib (RFC 1950), gzip (RFC 1952), zstd (RFC 8878), lz4 frames and base64 (RFC 4648).

The compressions pass through what has no header of theirs, since a store may have begun to compress at some time.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Final

from esviewer.stores.codecs import decoding
from esviewer.stores.codecs.decoding import DecodeError, UnfinishedError

GZIP: Final = b"\x1f\x8b"
ZSTD: Final = b"\x28\xb5\x2f\xfd"
LZ4: Final = b"\x04\x22\x4d\x18"

_ZSTD_PIECE: Final = 256
"""Bytes of zstd data given at a time: a block of 4 bytes may expand to 128 KB."""
_ZSTD_WINDOW: Final = 1 << 27
_GZIP_WINDOW: Final = 31
_URL_SAFE: Final = bytes.maketrans(b"-_", b"+/")


def is_zlib(raw: bytes) -> bool:
    """Whether bytes start with a zlib header."""
    return len(raw) >= 2 and raw[0] & 0x0F == 8 and raw[0] >> 4 <= 7 and (raw[0] << 8 | raw[1]) % 31 == 0


def inflated(raw: bytes) -> bytes:
    """Expand zlib data; what does not start with a zlib header stays as it is. Raises DecodeError."""
    return _expanded(raw, "zlib", zlib.MAX_WBITS) if is_zlib(raw) else raw


def gunzipped(raw: bytes) -> bytes:
    """Expand gzip data; what does not start with a gzip header stays as it is. Raises DecodeError."""
    return _expanded(raw, "gzip", _GZIP_WINDOW) if raw.startswith(GZIP) else raw


def _expanded(raw: bytes, name: str, window: int) -> bytes:
    expander = zlib.decompressobj(window)
    try:
        expanded = expander.decompress(raw, decoding.EXPANSION_LIMIT)
    except zlib.error as error:
        raise DecodeError(f"{name} data is damaged: {error}") from None
    if not expander.eof and len(expanded) >= decoding.EXPANSION_LIMIT:
        raise _too_large(name)
    if not expander.eof:
        raise UnfinishedError(f"{name} data is cut off")
    return expanded


def unzstd(raw: bytes) -> bytes:
    """Expand one zstd frame; what does not start with its magic number stays as it is. Raises DecodeError."""
    if not raw.startswith(ZSTD):
        return raw
    import zstandard

    expander = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
    parts: list[bytes] = []
    size = 0
    try:
        for start in range(0, len(raw), _ZSTD_PIECE):
            part = expander.decompress(raw[start : start + _ZSTD_PIECE])
            size += len(part)
            if size > decoding.EXPANSION_LIMIT:
                raise _too_large("zstd")
            parts.append(part)
            if expander.eof:
                return b"".join(parts)
    except zstandard.ZstdError as error:
        raise DecodeError(f"zstd data is damaged: {error}") from None
    raise UnfinishedError("zstd data is cut off")


def unlz4(raw: bytes) -> bytes:
    """Expand one lz4 frame; what does not start with its magic number stays as it is. Raises DecodeError."""
    if not raw.startswith(LZ4):
        return raw
    import lz4.frame  # type: ignore[import-untyped]

    expander = lz4.frame.LZ4FrameDecompressor()
    try:
        expanded: bytes = expander.decompress(raw, max_length=decoding.EXPANSION_LIMIT)
    except (RuntimeError, MemoryError) as error:
        raise DecodeError(f"lz4 data is damaged: {error}") from None
    if not expander.eof and len(expanded) >= decoding.EXPANSION_LIMIT:
        raise _too_large("lz4")
    if not expander.eof:
        raise UnfinishedError("lz4 data is cut off")
    return expanded


def unbase64(raw: bytes) -> bytes:
    """Bytes from base64 text, standard or URL-safe, with or without padding and line breaks. Raises DecodeError."""
    text = raw.translate(_URL_SAFE, b" \t\r\n").rstrip(b"=")
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except binascii.Error as error:
        raise DecodeError(f"not base64: {error}") from None


def _too_large(name: str) -> UnfinishedError:
    return UnfinishedError(f"{name} data expands to more than {decoding.EXPANSION_LIMIT >> 20} MB")
