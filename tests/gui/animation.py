"""Makes the moving picture of the README out of the real window: the playhead dragged, a value's last writer, a find.

Run: pip install pillow; python tests/gui/animation.py FILE.gif
"""

from __future__ import annotations

import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path

SIZE = (1040, 650)
LONGEST = 1_000_000
"""Bytes that the file may have."""
ACCOUNT = "account-00031"


class Film:
    """Frames, each with the time that it stays."""

    def __init__(self, window) -> None:
        self._window = window
        self._frames: list[tuple[object, int]] = []
        self.mouse = None
        """Where the pointer is in the window; None: not drawn."""

    def shoot(self, milliseconds: int) -> None:
        """Take the window as it is, with the pointer."""
        from PIL import Image
        from PySide6.QtCore import QBuffer, QPointF, Qt
        from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

        picture = self._window.grab()
        if self.mouse is not None:
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(QColor("white"), 1.5))
            painter.setBrush(QColor("black"))
            arrow = [(0, 0), (0, 17), (4, 13), (7, 20), (10, 19), (7, 12), (12, 12)]
            painter.drawPolygon(
                QPolygonF([QPointF(self.mouse) + QPointF(x, y) for x, y in arrow]), Qt.FillRule.WindingFill
            )
            painter.end()
        buffer = QBuffer()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        picture.save(buffer, "PNG")
        self._frames.append((Image.open(BytesIO(buffer.data().data())).convert("RGB"), milliseconds))

    def save(self, file: Path) -> None:
        """Write all frames with one palette, so that what stays the same takes no room."""
        from PIL import Image

        frames = [frame for frame, _ in self._frames]
        # The palette is that of several frames side by side: colours of the end are none of the beginning.
        chosen = frames[:: max(1, len(frames) // 6)]
        sheet = Image.new("RGB", (SIZE[0], SIZE[1] * len(chosen)))
        for number, frame in enumerate(chosen):
            sheet.paste(frame, (0, SIZE[1] * number))
        palette = sheet.quantize(128, method=Image.Quantize.MEDIANCUT)
        made = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
        made[0].save(
            file,
            save_all=True,
            append_images=made[1:],
            duration=[each for _, each in self._frames],
            loop=0,
            optimize=True,
        )


def main(target: Path) -> None:
    """Play the scenes and write the file."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["ESVIEWER_CONFIG_DIR"] = tempfile.mkdtemp()
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
    from screenshots import _wait

    from esviewer.app.demo import make_demo
    from esviewer.app.settings import Settings
    from esviewer.gui.application import make_window

    application = QApplication(["esviewer"])
    store = Path(tempfile.gettempdir()) / "esviewer-pictures" / "demo.db"
    store.parent.mkdir(exist_ok=True)
    if not store.exists():
        make_demo(store)
    settings = Settings(Path(tempfile.mkdtemp()) / "settings.json")
    settings.put("theme", "light")
    settings.put("toured", True)
    window = make_window(application, settings)
    window.resize(*SIZE)
    window.show()
    window.open_target(str(store), aggregate=ACCOUNT)
    _wait(application, lambda: window.page is not None and window.page.current is not None)
    page = window.page
    film = Film(window)

    def rest() -> None:
        row = page.playhead.row
        version = int(page.view.versions[row])
        _wait(application, lambda: page.current.version == version and not page.count.tasks.busy)

    def place(widget, point: QPoint) -> QPoint:
        return widget.mapTo(window, point)

    # The playhead is dragged to the beginning and back.
    rest()
    line = page.timeline.viewport()
    strip = page.timeline._playhead()
    start = QPoint(int(strip.center().x()), line.height() // 2)
    film.mouse = place(line, start)
    film.shoot(1200)
    QTest.mousePress(line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    steps = [*range(25), *range(24, 5, -1)]
    reach = start.x() - 60
    for step in steps[1:]:
        point = QPoint(int(start.x() - reach * step / 24), start.y())
        QTest.mouseMove(line, point)
        application.processEvents()
        rest()
        film.mouse = place(line, point)
        film.shoot(90)
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, point)
    rest()
    film.shoot(900)

    # Who wrote the interest rate? A click goes there.
    tree = page.state.tree
    model = tree.model()
    for row in range(model.rowCount()):
        if model.index(row, 0).data() == "interest_rate":
            break
    column = next(
        at for at in range(model.columnCount()) if model.headerData(at, Qt.Orientation.Horizontal) == "Written by"
    )
    spot = tree.visualRect(model.index(row, column)).center()
    film.mouse = place(tree.viewport(), spot)
    film.shoot(900)
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)
    application.processEvents()
    rest()
    film.shoot(1500)

    # When was there much money?
    bar = page.find_bar
    bar.open_bar()
    application.processEvents()
    film.mouse = None
    for letters in ("state.", "state.balance", "state.balance > 500000"):
        bar.edit.setText(letters)
        application.processEvents()
        film.shoot(250)
    QTest.keyClick(bar.edit, Qt.Key.Key_Return)
    _wait(application, lambda: bar.stretches is not None and not page.tasks.busy)
    rest()
    film.shoot(1200)
    for _ in range(3):
        bar.go_on()
        application.processEvents()
        rest()
        film.shoot(900)
    film.shoot(1500)
    window.close()
    film.save(target)
    size = target.stat().st_size
    sys.stdout.write(f"{target}: {len(film._frames)} frames, {size:,} bytes\n")
    if size > LONGEST:
        raise SystemExit("the file is too large")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
