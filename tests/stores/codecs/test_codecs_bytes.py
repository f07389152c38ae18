"""Compression, and what it may expand to."""

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from esviewer.stores import codecs
from esviewer.stores.codecs import DecodeError, chain

PACK: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "zstd": zstandard.compress,
    "lz4": lz4.frame.compress,
}

CHECKED = {
    **PACK,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,
    "lz4": lambda data: lz4.frame.compress(data, content_checksum=True),
}


@pytest.mark.parametrize("name", PACK)
@given(data=st.binary(max_size=2000))
def test_round_trip(name: str, data: bytes) -> None:
    assert chain([name, "bytes"]).decode(PACK[name](data)) == data


@pytest.mark.parametrize("name", PACK)
def test_larger_than_one_piece(name: str) -> None:
    data = bytes(i * i % 251 for i in range(200_000))
    assert chain([name, "bytes"]).decode(PACK[name](data)) == data


@pytest.mark.parametrize("name", PACK)
def test_what_is_not_compressed_passes(name: str) -> None:
    assert chain([name, "json"]).decode('{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("name", PACK)
def test_cut_off_and_damaged(name: str) -> None:
    packed = CHECKED[name](bytes(range(256)) * 20)
    one = chain([name, "bytes"])
    with pytest.raises(DecodeError, match=f"{name} data is cut off"):
        one.decode(packed[:-6])
    with pytest.raises(DecodeError, match=f"{name} data is (damaged|cut off)"):
        one.decode(packed[:40] + bytes(byte ^ 0xFF for byte in packed[40:60]) + packed[60:])


def test_zstd_whose_size_is_not_in_its_header() -> None:
    packer = zstandard.ZstdCompressor(write_content_size=False).compressobj()
    assert chain(["zstd", "bytes"]).decode(packer.compress(b"abc" * 999) + packer.flush()) == b"abc" * 999


@pytest.mark.parametrize("name", PACK)
def test_just_the_limit_is_allowed(name: str) -> None:
    data = bytes(codecs.EXPANSION_LIMIT)
    assert chain([name, "bytes"]).decode(PACK[name](data)) == data
    with pytest.raises(DecodeError, match=f"{name} data expands to more than 64 MB"):
        chain([name, "bytes"]).decode(PACK[name](data + b"x"))


@pytest.mark.parametrize("text", ["YQ==", "YQ", " Y\nQ = =", b"YQ=="])
def test_base64_in_its_forms(text: str | bytes) -> None:
    assert chain(["base64", "text"]).decode(text) == "a"


@pytest.mark.parametrize("text", ["Y", "{}", "日本", "YQ==YQ=="])
def test_what_is_no_base64_says_so(text: str) -> None:
    with pytest.raises(DecodeError, match="not base64"):
        chain(["base64", "bytes"]).decode(text)


BOMB = """
import gzip, sys, zlib, resource
import lz4.frame, zstandard
from esviewer.stores.codecs import DecodeError, chain

def zeros(packer, flush):
    return b"".join([packer(bytes(1 << 20)) for _ in range(1024)] + [flush()])

outer, names = sys.argv[1], sys.argv[1].split("+")
packed = None
if names[-1] == "zlib":
    p = zlib.compressobj(1); packed = zeros(p.compress, p.flush)
elif names[-1] == "gzip":
    p = zlib.compressobj(1, wbits=31); packed = zeros(p.compress, p.flush)
elif names[-1] == "zstd":
    p = zstandard.ZstdCompressor().compressobj(); packed = zeros(p.compress, p.flush)
else:
    p = lz4.frame.LZ4FrameCompressor(); packed = p.begin() + zeros(p.compress, p.flush)
if names[0] != names[-1]:
    packed = zlib.compress(packed)
resource.setrlimit(resource.RLIMIT_AS, (900 << 20, 900 << 20))
for tried in ([*names, "json"], ["sniff"]):
    try:
        chain(tried).decode(packed)
    except DecodeError as error:
        print(error)
"""


@pytest.mark.parametrize("names", ["zlib", "gzip", "zstd", "lz4", "zlib+zstd", "zlib+lz4", "zlib+gzip"])
def test_bombs_of_a_gigabyte_are_refused_in_little_memory(names: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", BOMB, names],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-1000:]
    assert done.stdout == f"{names.split('+')[-1]} data expands to more than 64 MB\n" * 2
