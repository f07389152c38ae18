"""Brings the window's translations up to date: texts out of the sources, and the file that Qt loads.

    python packaging/translations.py

Texts that are new or have changed are marked as unfinished in resources/translations/esviewer_ja.ts, which Qt Linguist
opens; once they are translated, run it again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from esviewer.audit.registry import ALL

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ja",)


def tool(name: str) -> str:
    """One of Qt's tools as it lies beside this Python."""
    return str(Path(sysconfig.get_path("scripts")) / f"pyside6-{name}")


def of_checks() -> str:
    """What checks say of themselves, which knows nothing of Qt, as the collector understands it."""
    checks = sorted(ALL, key=lambda each: each.name)
    texts = (json.dumps(text) for check in checks for text in (check.looks_for, check.why, check.todo))
    calls = (f'QCoreApplication.translate("Checks", {text})' for text in texts)
    return "\n".join(("from PySide6.QtCore import QCoreApplication", *calls, ""))


def collect(texts: Path, language: str) -> None:
    """Bring a .ts file up to date with the sources."""
    sources = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "esviewer" / "gui").rglob("*.py"))
    with tempfile.TemporaryDirectory() as folder:
        checks = Path(folder) / "checks.py"
        checks.write_text(of_checks(), encoding="utf-8")
        command = [tool("lupdate"), *sources, str(checks), "-locations", "none", "-no-obsolete"]
        command += ["-source-language", "en_GB", "-target-language", language, "-ts", str(texts)]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)  # noqa: S603


def release(texts: Path, made: Path) -> None:
    """Make the .qm file of a .ts file."""
    subprocess.run([tool("lrelease"), "-silent", str(texts), "-qm", str(made)], check=True)  # noqa: S603


def main() -> int:
    """Bring all languages up to date; 1 when something is left to be translated."""
    left = 0
    for language in LANGUAGES:
        texts = ROOT / "resources" / "translations" / f"esviewer_{language}.ts"
        collect(texts, language)
        release(texts, texts.with_suffix(".qm"))
        unfinished = texts.read_text(encoding="utf-8").count('type="unfinished"')
        sys.stdout.write(f"{language}: {unfinished} texts left to be translated\n")
        left += unfinished
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
