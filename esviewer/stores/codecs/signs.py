"""What a payload looks like by its first bytes."""

from __future__ import annotations

import re
from typing import Final

from esviewer.stores.codecs.compression import GZIP, LZ4, ZSTD, is_zlib

_ERLANG: Final = re.compile(rb"\x83[\x46\x4d\x50\x52\x58-\x5a\x61-\x77]")
_PHP: Final = re.compile(rb'(?:[aOC]:\+?\d+:[{"]|[sE]:\d+:"|i:-?\d+;|b:[01];|d:[-0-9.INFA]+[^;]*;|N;)')
_JSON: Final = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\r\n]*(?:[\[{"]|-?[0-9]|true|false|null|NaN|-?Infinity)')
# Either the tag that says so (RFC 8949, 3.4.6), or a map of unknown length, as Jackson writes every object.
_CBOR: Final = re.compile(rb"\xd9\xd9\xf7|\xbf.*\xff\Z", re.DOTALL)
_YAML: Final = re.compile(rb"---(?:[ \r\n]|$)|%YAML ")

_SIGNS: Final[tuple[tuple[str, bytes | re.Pattern[bytes], str], ...]] = (
    ("gzip", GZIP, "gzip data"),
    ("zstd", ZSTD, "zstd data"),
    ("lz4", LZ4, "lz4 data"),
    ("java", b"\xac\xed", "a serialized Java object"),
    ("marshal", b"\x04\x08", "a Ruby Marshal value"),
    ("erlang", _ERLANG, "an Erlang term"),
    ("avro", b"\xc3\x01", "Avro with a schema fingerprint"),
    ("cbor", _CBOR, "CBOR"),
    ("yaml", _YAML, "YAML"),
    ("php", _PHP, "a serialized PHP value"),
    ("json", _JSON, "JSON"),
    ("xml", re.compile(rb"(?:\xef\xbb\xbf)?\s*<"), "XML"),
)


def sign_of(data: bytes) -> str:
    """The short name of the format that `data` begins like: that of a codec, or java, marshal, erlang; or empty."""
    for name, sign, _ in _SIGNS:
        if data.startswith(sign) if isinstance(sign, bytes) else sign.match(data):
            return name
    return "zlib" if is_zlib(data) else ""


def looks_like(data: bytes) -> str:
    """What `data` looks like, in words, unless it is JSON; empty when nothing is known."""
    name = sign_of(data)
    if name == "zlib":
        return "zlib data"
    return next((words for each, _, words in _SIGNS if each == name and name != "json"), "")
