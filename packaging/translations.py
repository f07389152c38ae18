"""Brings the window's translations up to date: texts out of the sources, and the file that Qt loads.

    python packaging/translations.py

Texts that are new or have changed are marked as unfinished in resources/translations/esviewer_ja.ts, which Qt Linguist
opens, and are empty in said_ja.json, which has what the layers below the window say; once they are translated, run it
again.
"""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

from said import of_sources

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ja",)


def tool(name: str) -> str:
    """One of Qt's tools as it lies beside this Python."""
    return str(Path(sysconfig.get_path("scripts")) / f"pyside6-{name}")


def collect(texts: Path, language: str) -> None:
    """Bring a .ts file up to date with the sources."""
    sources = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "esviewer" / "gui").rglob("*.py"))
    command = [tool("lupdate"), *sources, "-locations", "none", "-no-obsolete"]
    command += ["-source-language", "en_GB", "-target-language", language, "-ts", str(texts)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)


def collect_said(texts: Path) -> int:
    """Bring a file of what the layers below say up to date with the sources; returns how many are untranslated."""
    before = json.loads(texts.read_text(encoding="utf-8")) if texts.exists() else {}
    now = {text: before.get(text, "") for text in sorted(of_sources(ROOT / "esviewer"))}
    texts.write_text(json.dumps(now, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return sum(not text for text in now.values())


def release(texts: Path, made: Path) -> None:
    """Make the .qm file of a .ts file."""
    subprocess.run([tool("lrelease"), "-silent", str(texts), "-qm", str(made)], check=True)


def main() -> int:
    """Bring all languages up to date; 1 when something is left to be translated."""
    left = 0
    for language in LANGUAGES:
        texts = ROOT / "resources" / "translations" / f"esviewer_{language}.ts"
        collect(texts, language)
        release(texts, texts.with_suffix(".qm"))
        unfinished = texts.read_text(encoding="utf-8").count('type="unfinished"')
        unfinished += collect_said(texts.with_name(f"said_{language}.json"))
        sys.stdout.write(f"{language}: {unfinished} texts left to be translated\n")
        left += unfinished
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
