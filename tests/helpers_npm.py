"""npm packages of exact versions for tests, fetched once, and scripts that run with them."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from helpers_ci import missing
from helpers_message_db import cache


def packages(name: str, *wanted: str, compiled: bool = False) -> Path:
    """A kept folder whose node_modules holds these packages (`name@version`); scripts run only if `compiled`."""
    kept = cache() / name
    if (kept / "node_modules").is_dir():
        return kept
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        missing("Node.js with npm is not installed")
    cache().mkdir(parents=True, exist_ok=True)
    scripts = [] if compiled else ["--ignore-scripts"]
    # What is compiled is not optimised: that takes minutes and is used for seconds.
    environment = {**os.environ, "npm_config_debug": "true"}
    with tempfile.TemporaryDirectory(dir=cache(), prefix="npm-") as folder:
        made = Path(folder) / "made"
        made.mkdir()
        done = subprocess.run(
            [npm, "install", *scripts, "--legacy-peer-deps", "--no-audit", "--no-fund", "--no-save", "--prefix",
             str(made), *wanted],
            capture_output=True, text=True, cwd=made, env=environment, check=False, timeout=400,
        )  # fmt: skip
        if done.returncode:
            missing(f"npm could not get {', '.join(wanted)}: {done.stderr.strip()[-500:]}")
        try:
            # A rename is all or nothing, so that runs side by side never see half a folder.
            made.rename(kept)
        except OSError:
            if not (kept / "node_modules").is_dir():
                raise
    return kept


def run(folder: Path, script: str, *arguments: str) -> str:
    """What a CommonJS script prints that Node.js runs with the packages of `folder`."""
    node = shutil.which("node")
    if node is None:
        missing("Node.js is not installed")
    done = subprocess.run(
        [node, "-e", script, "--", *arguments], capture_output=True, text=True, cwd=folder, check=False, timeout=120
    )
    if done.returncode:
        raise RuntimeError(f"The script failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout
