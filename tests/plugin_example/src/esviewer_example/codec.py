"""Bytes that are written backwards."""


class Reversed:
    esviewer_plugin = 1
    step = "bytes"

    def decode(self, data: bytes) -> bytes:
        return data[::-1]
