"""The `sniff` parser: what a payload is, by its first bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from esviewer.model.values import Value
from esviewer.stores.codecs.cbor import parse_cbor
from esviewer.stores.codecs.compression import gunzipped, inflated, unlz4, unzstd
from esviewer.stores.codecs.decoding import ByteStep, DecodeError, Parser, shown
from esviewer.stores.codecs.jsontext import parse_json
from esviewer.stores.codecs.php import parse_php
from esviewer.stores.codecs.signs import looks_like, sign_of
from esviewer.stores.codecs.xmltext import parse_xml
from esviewer.stores.codecs.yamltext import parse_yaml

_PACKED: Final[Mapping[str, ByteStep]] = {"zlib": inflated, "gzip": gunzipped, "zstd": unzstd, "lz4": unlz4}
_READ: Final[Mapping[str, Parser]] = {
    "json": parse_json,
    "xml": parse_xml,
    "yaml": parse_yaml,
    "php": parse_php,
    "cbor": parse_cbor,
}
_MOST_LAYERS: Final = 4


def parse_sniffed(data: bytes) -> Value:
    """A payload of a format that shows in its first bytes; raises DecodeError saying what any other looks like."""
    for _ in range(_MOST_LAYERS):
        name = sign_of(data)
        if name in _READ:
            return _READ[name](data)
        if name not in _PACKED:
            break
        data = _PACKED[name](data)
    if not data:
        raise DecodeError("the payload is empty")
    words = looks_like(data)
    if words:
        raise DecodeError(f"not decodable: it looks like {words}")
    raise DecodeError(f"not decodable: of no known format, or encrypted (it begins with {shown(data)})")
