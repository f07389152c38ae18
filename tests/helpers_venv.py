"""Python environments of their own, for libraries that need other releases than this project; each is made once."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers_ci import missing
from helpers_message_db import cache


def python_with(name: str, *packages: str) -> Path:
    """The Python of an environment with packages, kept under a name.

    Fails in CI, skips elsewhere, when they can't be installed.
    """
    kept = cache() / name
    python = kept / "bin" / "python"
    if python.is_file():
        return python
    cache().mkdir(parents=True, exist_ok=True)
    folder = tempfile.mkdtemp(dir=cache(), prefix=f"{name}-")
    for command in (
        [sys.executable, "-m", "venv", folder],
        [f"{folder}/bin/python", "-m", "pip", "install", "-q", *packages],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            missing(f"{packages[0]} could not be installed: {done.stderr.strip()[-500:]}")
    try:
        # An environment's Python works from any folder; only its scripts name the old one.
        Path(folder).rename(kept)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
    return python
