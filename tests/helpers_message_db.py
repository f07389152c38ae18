"""message-db as its npm package installs it, written to with its own functions."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from helpers_ci import missing
from helpers_postgres import Database

PACKAGE = "@eventide/message-db"
VERSION = "1.3.1"


def cache() -> Path:
    """Where downloaded packages stay between test runs (environment variable ESVIEWER_TEST_CACHE)."""
    named = os.environ.get("ESVIEWER_TEST_CACHE")
    return Path(named) if named else Path(__file__).resolve().parents[1] / ".test-cache"


def package() -> Path:
    """The unpacked npm package; fetched once. Fails in CI, skips elsewhere, when npm can't get it."""
    kept = cache() / f"message-db-{VERSION}"
    if not (kept / "database" / "install.sh").is_file():
        npm = shutil.which("npm")
        if npm is None:
            missing("npm is not installed")
        cache().mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache(), prefix="npm-") as folder:
            done = subprocess.run(
                [npm, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--prefix", folder,
                 f"{PACKAGE}@{VERSION}"],
                capture_output=True, text=True, cwd=folder, check=False, timeout=300,
            )  # fmt: skip
            if done.returncode:
                missing(f"npm could not get {PACKAGE}: {done.stderr.strip()[-500:]}")
            try:
                # A rename is all or nothing, so that runs side by side never see half a package.
                (Path(folder) / "node_modules" / PACKAGE).rename(kept)
            except OSError:
                if not (kept / "database" / "install.sh").is_file():
                    raise
    return kept


def install(database: Database) -> None:
    """Run the package's own installer on an empty database."""
    done = subprocess.run(
        ["bash", str(package() / "database" / "install.sh")],
        env={**os.environ, **database.environment, "DATABASE_NAME": database.name, "CREATE_DATABASE": "off"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"message-db's installer failed: {done.stdout[-2000:]}{done.stderr[-2000:]}")


class Writer:
    """Writes messages through message-db's own function write_message, over one connection."""

    def __init__(self, database: Database) -> None:
        self.connection = database.connect()
        self.connection.execute("SET search_path TO message_store, public")

    def write(
        self,
        message_id: UUID,
        stream: str,
        message_type: str,
        data: Any,
        metadata: Any = None,
        expected_version: int | None = None,
    ) -> int:
        """The position in its stream that the new message got."""
        row = self.connection.execute(
            "SELECT write_message(%s::varchar, %s::varchar, %s::varchar, %s::jsonb, %s::jsonb, %s::bigint)",
            (
                str(message_id),
                stream,
                message_type,
                None if data is None else json.dumps(data),
                None if metadata is None else json.dumps(metadata),
                expected_version,
            ),
        ).fetchone()
        return int(row[0])

    def stream(self, stream: str) -> list[tuple[int, str, Any, Any, Any]]:
        """message-db's own view of a stream: (position, type, data, metadata, time) of each message."""
        return [
            (int(position), kind, json.loads(data or "null"), json.loads(metadata or "null"), time)
            for position, kind, data, metadata, time in self.connection.execute(
                "SELECT position, type, data, metadata, time FROM get_stream_messages(%s::varchar, 0, -1)", (stream,)
            ).fetchall()
        ]

    def close(self) -> None:
        """Disconnect."""
        self.connection.close()
