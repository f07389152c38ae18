"""Fuzzes the codecs with atheris: `python tests/fuzz/fuzz_codecs.py [CORPUS...] [-max_total_time=60]`.

The first byte of an input chooses the codec, the rest is the payload. Anything but a value within bounds or a
DecodeError is a crash that atheris reports and keeps.
"""

import sys
import tempfile
from pathlib import Path

import atheris

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

with atheris.instrument_imports(include=["esviewer.stores.codecs", "esviewer.model"]):
    from helpers_codecs import every_codec

    from esviewer.model.exactjson import dumps
    from esviewer.model.values import copied, depth_within, same
    from esviewer.stores.codecs import (  # noqa: F401 -- imported here, since codecs are imported only when needed
        DecodeError,
        avro,
        messagepack,
        protobuf,
        sniffing,
    )

CODECS = list(every_codec().values())


def one_input(data: bytes) -> None:
    """Decode one payload; a value must be one that everything else can walk, print and copy."""
    if not data:
        return
    chain, _ = CODECS[data[0] % len(CODECS)]
    try:
        value = chain.decode(data[1:])
    except DecodeError:
        return
    if not depth_within(value) or not same(copied(value), value):
        raise AssertionError("a value that can't be walked or copied")
    dumps(value, sort_keys=True)


def main() -> None:
    """Start from payloads that are valid."""
    with tempfile.TemporaryDirectory() as directory:
        for index, (_, seeds) in enumerate(CODECS):
            for number, seed in enumerate(seeds):
                (Path(directory) / f"{index}-{number}").write_bytes(bytes([index]) + seed)
        atheris.Setup([*sys.argv, directory, "-rss_limit_mb=2048", "-timeout=30"], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
