"""Codecs of plug-ins.

A codec is a class with a method `decode` of one argument, and `step`, which says where in a chain it stands: "bytes"
(bytes become bytes), "parser" (bytes become a value) or "value" (a value becomes another). It is made once, without
arguments, and may be called from several threads. Whatever it raises is why the payload can't be read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from esviewer import plugins
from esviewer.model.foreign_values import checked
from esviewer.model.values import Value, copied
from esviewer.stores.codecs.decoding import EXPANSION_LIMIT, DecodeError

STEPS: Final = ("bytes", "parser", "value")


@dataclass(frozen=True, slots=True)
class PluggedCodec:
    """A codec that is ready for use."""

    step: str
    decode: Callable[[Any], Any]
    """Raises DecodeError and nothing else."""


def codecs(taken: Collection[str]) -> tuple[dict[str, tuple[plugins.Plugin, PluggedCodec]], list[plugins.Skipped]]:
    """Those that can be used, by name, and those that can't; `taken` are the names of the program's own."""
    return plugins.used("codec", _accepted, taken)


def _accepted(plugin: plugins.Plugin, named: Any) -> PluggedCodec:
    codec = named()
    step = getattr(codec, "step", None)
    if step not in STEPS or not callable(getattr(codec, "decode", None)):
        raise plugins.UnfitError(
            'it is no codec: it needs a method `decode`, and a `step`, "bytes", "parser" or "value"'
        )
    return PluggedCodec(step, _careful(plugin, codec.decode, step))


def _careful(plugin: plugins.Plugin, decode: Callable[[Any], Any], step: str) -> Callable[[Any], Any]:
    def decoded(given: Value) -> Value:
        try:
            made = decode(copied(given))
            if step != "bytes":
                return checked(made)
            if not isinstance(made, bytes):
                raise TypeError(f"it gave {type(made).__name__} in place of bytes")
        except RecursionError:
            raise DecodeError(f"the codec {plugin} failed: the payload nests too deep") from None
        except (Exception, SystemExit) as error:
            raise DecodeError(f"the codec {plugin} failed: {plugins.what_failed(error)}") from None
        if len(made) > EXPANSION_LIMIT:
            raise DecodeError(f"the codec {plugin} made more than {EXPANSION_LIMIT} bytes of it")
        return made

    return decoded
