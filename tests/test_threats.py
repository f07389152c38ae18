"""The page of threats names tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

from esviewer.app import manual

ROOT = Path(__file__).parents[1]


def test_every_threat_names_tests_that_are_there() -> None:
    text = manual.page("threats").text
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", text))
    assert len(named) > 30
    for each in sorted(named):
        assert re.search(r"^(async )?def test_|^    def test_", (ROOT / each).read_text(encoding="utf-8"), re.M), each
    for line in text.splitlines():
        if line.startswith("|") and not line.startswith(("| what", "| ---")):
            assert "`tests/" in line.rpartition("| ")[2] or "`tests/" in line.split("|")[3], line
