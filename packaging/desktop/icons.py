"""Draws the program's icon in the sizes that desktops ask for: `icons.py FOLDER` makes hicolor's folders there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Final

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

PICTURE: Final = Path(__file__).resolve().parents[2] / "resources" / "icons" / "esviewer.svg"
SIZES: Final = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def draw(size: int) -> QImage:
    """The icon, so many pixels wide and high."""
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(PICTURE)).render(painter)
    painter.end()
    return image


def main() -> None:
    application = QGuiApplication([])
    folder = Path(sys.argv[1])
    for size in SIZES:
        place = folder / f"{size}x{size}" / "apps"
        place.mkdir(parents=True, exist_ok=True)
        if not draw(size).save(str(place / "esviewer.png")):
            sys.exit(f"{place} can't be written.")
    scalable = folder / "scalable" / "apps"
    scalable.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PICTURE, scalable / "esviewer.svg")
    # Windows and macOS have all sizes in one file.
    for ending in ("ico", "icns"):
        draw(256).save(str(folder / f"esviewer.{ending}"))
    del application


if __name__ == "__main__":
    main()
