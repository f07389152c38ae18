"""Takes the pictures of the README: start page, dialogs, main page and compare, light and dark, at two sizes; the
rooms beside the time machine at one.

Run: python tests/gui/screenshots.py FOLDER
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ODD = """
CREATE TABLE Ereignisse (
    LfdNr INTEGER PRIMARY KEY, VorgangNr TEXT, Nummer INTEGER, EreignisArt TEXT, Inhalt TEXT, Herkunft TEXT,
    Zeitpunkt INTEGER
);
INSERT INTO Ereignisse (VorgangNr, Nummer, EreignisArt, Inhalt, Herkunft, Zeitpunkt)
SELECT printf('V-2026-%04d', 17 + a.n), b.n,
       CASE b.n WHEN 0 THEN 'VorgangEröffnet' WHEN 5 THEN 'VorgangGeschlossen' ELSE 'NotizHinzugefügt' END,
       json_object('betrag', b.n * 10.5, 'text', 'Prüfung ' || b.n), '{"user_id": "u1"}', 1750000000000 + b.n * 90000
FROM (WITH RECURSIVE a(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM a WHERE n < 3) SELECT n FROM a) a,
     (WITH RECURSIVE b(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM b WHERE n < 5) SELECT n FROM b) b;
"""
SPOILED = """
DELETE FROM events WHERE id IN (9000, 27000);
UPDATE events SET timestamp = '2024-01-01T00:00:00Z' WHERE id = 18000;
UPDATE events SET timestamp = '2999-01-01T00:00:00Z' WHERE id = 30001;
UPDATE events SET event_data = '{"amount": 5' WHERE id = 36000;
UPDATE events SET event_data = '[]' WHERE id = 33333;
UPDATE events SET event_type = 'MoneyVanished' WHERE id = 45000;
UPDATE snapshots SET state = json_set(state, '$.balance', 1) WHERE aggregate_id = 'account-00002' AND version = 20;
INSERT INTO snapshots VALUES ('account-99999', '{}', 20, '2026-01-01T00:00:00Z');
UPDATE events SET event_data = json_insert(event_data, '$.branch', 17)
 WHERE event_type = 'MoneyDeposited' AND schema_version = 2 AND id > 33333;
UPDATE events SET event_data = json_remove(event_data, '$.channel')
 WHERE event_type = 'MoneyDeposited' AND schema_version = 2 AND id > 45000;
"""
"""What is wrong in the store that is audited."""
CONNECTIONS = (
    ("Shop, live", "production", "red", "postgresql://audit@db.example.org/shop"),
    ("Accounts", "production", "orange", "mysql://audit@db.example.org/accounts"),
    ("Shop, test", "test", "green", "postgresql://audit@test.example.org/shop"),
)
SIZES = {"1280x800": (1280, 800, "1"), "1920x1080@2x": (960, 540, "2")}


def _wait(application, done, seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while not done():
        application.processEvents()
        time.sleep(0.01)
        if time.monotonic() > ends:
            raise SystemExit("the window did not get ready")
    for _ in range(30):
        application.processEvents()
        time.sleep(0.01)


def _save(window, file: str) -> None:
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QImage

    # 256 colours keep the file small: the commonest of each part of the colour space, so that no hue is lost, and then
    # the commonest of all. The others, the edges of letters, take the nearest of them.
    image = window.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint32)
    colours, counts = np.unique(pixels, return_counts=True)
    colours = colours[np.argsort(-counts, kind="stable")]
    _, firsts = np.unique(colours & 0xE0E0E0, return_index=True)
    chosen = dict.fromkeys([*np.sort(firsts)[:160].tolist(), *range(256)])
    table = [int(colours[at]) for at in list(chosen)[:256] if at < len(colours)]
    plain = Qt.ImageConversionFlag.ThresholdDither | Qt.ImageConversionFlag.AvoidDither
    image.convertToFormat(QImage.Format.Format_Indexed8, table, plain).save(file, "PNG", 0)


def _take(folder: Path, name: str, width: int, height: int) -> None:
    from PySide6.QtWidgets import QApplication

    from esviewer.app.demo import make_demo

    application = QApplication(["esviewer"])
    store = Path(tempfile.gettempdir()) / "esviewer-pictures" / "demo.db"
    store.parent.mkdir(exist_ok=True)
    if not store.exists():
        make_demo(store)
    for theme in ("light", "dark"):
        _take_theme(application, store, theme, (width, height), f"{folder}/{{}}-{theme}-{name}.png")


def _take_theme(application, store: Path, theme: str, size: tuple[int, int], file: str) -> None:
    from esviewer.app.demo import PUZZLING_ORDER
    from esviewer.app.settings import RecentStore, Settings
    from esviewer.gui.application import make_window

    settings = Settings(Path(tempfile.mkdtemp()) / "settings.json")
    settings.add_recent(RecentStore("postgresql://audit@db.example.org/shop", "shop", "message-db"))
    settings.add_recent(RecentStore(str(store), "demo.db", "reference"))
    settings.put("theme", theme)
    window = make_window(application, settings)
    window.resize(*size)
    window.show()
    _wait(application, lambda: True)
    _save(window, file.format("start"))
    _dialogs(application, window, store.parent, file)
    window.open_target(str(store), aggregate="account-00031")
    _wait(application, lambda: window.page is not None and window.page.current is not None)
    page = window.page
    page.playhead.move(page.playhead.row - 4)
    version = int(page.view.versions[page.playhead.row])
    _wait(application, lambda: page.current.version == version and not page.count.tasks.busy)
    _save(window, file.format("main"))
    page.show_aggregate(PUZZLING_ORDER, 11)
    _wait(application, lambda: page.current.aggregate_id == PUZZLING_ORDER and not page.tasks.busy)
    page.pin()
    page.playhead.to_last()
    last = int(page.view.versions[-1])
    _wait(application, lambda: f"version {last}" in page.state.compare.summary.text() and not page.tasks.busy)
    _save(window, file.format("compare"))
    if size == SIZES["1280x800"][:2]:
        _rooms_of_events(application, window, file)
        _rooms(application, window, store, file)
    window.close()
    window.deleteLater()
    _wait(application, lambda: True)


def _rooms_of_events(application, window, file: str) -> None:
    from esviewer.app.demo import PUZZLING_ORDER

    room = window.rooms.enter("events")
    _wait(application, lambda: room.searched is not None and room._picture is not None and room._picture.exact)
    _wait(application, lambda: not room.aside.tasks.busy)
    _save(window, file.format("events"))
    room = window.rooms.enter("trace")
    room.show_event(PUZZLING_ORDER, 9)
    _wait(application, lambda: not room.aside.tasks.busy)
    _save(window, file.format("trace"))
    _lanes(application, window, file)
    room = window.rooms.enter("flow")
    room.begin()
    _wait(application, lambda: room.flows is not None and not room.aside.tasks.busy)
    _save(window, file.format("flow"))


def _lanes(application, window, file: str) -> None:
    from esviewer.app.demo import LONG_ACCOUNT
    from esviewer.gui.machine import ToLanes

    window.page.machine.lanes_wanted.emit(ToLanes(("account-00031", "account-00002", "account-00012", LONG_ACCOUNT)))
    room = window.rooms.room
    _wait(application, lambda: room.picture.sight is not None and room.picture.sight.complete)
    first = room.picture.lanes[0].spots[0]
    room.picture.setFocus()
    room.picture.show_span(first.place - 6e5, first.place + 1.4e7)
    room.picture.end_wanted.emit(False)
    _wait(application, lambda: room.picture.spot == first)
    room.picture.step_wanted.emit(6)
    _wait(application, lambda: room.picture.spot != first and not room.aside.tasks.busy)
    _save(window, file.format("lanes"))


def _rooms(application, window, store: Path, file: str) -> None:
    spoiled = store.with_name("spoiled.db")
    if not spoiled.exists():
        shutil.copyfile(store, spoiled)
        shutil.copytree(f"{store}.reducers", f"{spoiled}.reducers")
        with sqlite3.connect(spoiled) as connection:
            connection.executescript(SPOILED)
        connection.close()
    window.open_target(str(spoiled))
    _wait(application, lambda: window.page.session.store.label == str(spoiled))
    window.enter("audit")
    room = window.rooms.room
    _wait(application, lambda: not room.model.tasks.busy)
    room.begin()
    _wait(application, lambda: not room.running.going, 120)
    checks = [room.model.finding(room.model.place(row)).check for row in range(room.model.rowCount())]
    room.table.choose(checks.index("snapshot-drift"))
    _wait(application, lambda: not window.page.tasks.busy and not window.page.count.tasks.busy)
    _save(window, file.format("audit"))
    window.enter("schema")
    room = window.rooms.room
    room.begin()
    _wait(application, lambda: room.overview is not None and not room.aside.tasks.busy, 120)
    room.table.selectRow(max(range(len(room.overview.types)), key=lambda row: len(room.overview.types[row].drifts)))
    _wait(application, lambda: not room.aside.tasks.busy)
    _save(window, file.format("schema"))
    _case(application, window, store, file)


def _case(application, window, store: Path, file: str) -> None:
    from esviewer.app.demo import PUZZLING_ORDER
    from esviewer.gui.case.asking import diff_to_pin, event_to_pin, history_to_pin, state_to_pin

    shop = store.with_name("shop.db")
    shutil.copyfile(store, shop)
    shutil.copytree(f"{store}.reducers", f"{shop}.reducers", dirs_exist_ok=True)
    kept = store.with_name("shop.case.json")
    kept.unlink(missing_ok=True)
    window.open_target(str(shop))
    _wait(application, lambda: window.page.session.store.label == str(shop))
    window.enter("case")
    room = window.rooms.room
    room.desk.begin(kept, "Why was a cancelled order delivered?", "Reported by the customer; see order-00042.")
    _wait(application, lambda: room.desk.case is not None)
    for wanted, note in (
        (state_to_pin(PUZZLING_ORDER, 11), "cancelled here"),
        (event_to_pin(PUZZLING_ORDER, 12), "and yet it was shipped"),
        (diff_to_pin((PUZZLING_ORDER, 11), (PUZZLING_ORDER, 16), ()), ""),
        (history_to_pin("account-00031", ["/balance"], 41, chart=True), "was the refund booked?"),
    ):
        room.desk.pin(wanted, note)
    _wait(application, lambda: len(room.desk.case.pins) == 4 and not room.desk.busy)
    with sqlite3.connect(shop) as connection:
        connection.execute(
            "UPDATE events SET timestamp = '2026-08-01T00:00:00+09:00' WHERE aggregate_id = ? AND version = 12",
            (PUZZLING_ORDER,),
        )
    connection.close()
    room.desk.check()
    _wait(application, lambda: not room.desk.checking and not room.desk.busy)
    room.messages.clear()
    room.pick(4)
    _wait(application, lambda: not room.details.busy and not window.page.count.tasks.busy)
    _save(window, file.format("case"))


def _dialogs(application, window, folder: Path, file: str) -> None:
    from esviewer.app.connections import Connections, SavedConnection

    odd = folder / "Vorgänge.db"
    odd.unlink(missing_ok=True)
    with sqlite3.connect(odd) as connection:
        connection.executescript(ODD)
    connection.close()
    window.open_target(str(odd))
    _wait(application, lambda: window.opening.mapping is not None and window.opening.mapping.trial is not None)
    _wait(application, lambda: not window.opening.mapping.tasks.busy)
    _save(window.opening.mapping, file.format("mapping"))
    window.opening.mapping.reject()
    for name, group, colour, target in CONNECTIONS:
        if name not in [each.name for each in Connections().all()]:
            Connections().add(SavedConnection(name, target, group=group, colour=colour))
    window.show_connections()
    _wait(application, lambda: not window.connections.tasks.busy)
    _save(window.connections, file.format("connections"))
    window.connections.reject()


def main() -> None:
    folder = Path(sys.argv[1]).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if len(sys.argv) == 5:
        _take(folder, sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
        return
    for name, (width, height, scale) in SIZES.items():
        environment = {
            **os.environ,
            "ESVIEWER_CONFIG_DIR": tempfile.mkdtemp(),
            "QT_QPA_PLATFORM": "offscreen",
            "QT_SCALE_FACTOR": scale,
        }
        subprocess.run(
            [sys.executable, __file__, str(folder), name.replace("@", "-"), str(width), str(height)],
            env=environment,
            check=True,
        )


if __name__ == "__main__":
    main()
