"""Settings survive a restart, damage and a folder that can't be written."""

from pathlib import Path

from esviewer.app.settings import RECENT_LIMIT, RecentStore, Settings


def _store(number: int) -> RecentStore:
    return RecentStore(f"/stores/{number}.db", f"{number}.db", "reference")


def test_values_are_there_after_a_restart(tmp_path: Path) -> None:
    Settings(tmp_path / "s.json").put("theme", "dark")

    assert Settings(tmp_path / "s.json").get("theme") == "dark"


def test_recent_stores_are_newest_first_without_repeats(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.json")
    for number in (1, 2, 1):
        settings.add_recent(_store(number))

    assert Settings(tmp_path / "s.json").recent() == [_store(1), _store(2)]


def test_the_list_of_recent_stores_is_bounded(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.json")
    for number in range(RECENT_LIMIT + 5):
        settings.add_recent(_store(number))

    assert len(settings.recent()) == RECENT_LIMIT


def test_a_recent_store_can_be_forgotten(tmp_path: Path) -> None:
    settings = Settings(tmp_path / "s.json")
    settings.add_recent(_store(1))
    settings.remove_recent(_store(1).target)

    assert settings.recent() == []


def test_a_damaged_file_counts_as_empty(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    for damaged in ("{", "[1]", '{"recent": 7}', '{"recent": [7, {"target": null}]}'):
        file.write_text(damaged)

        assert Settings(file).recent() == []


def test_a_folder_that_can_not_be_written_is_survived(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings = Settings(tmp_path / "file" / "s.json")

    assert settings.save() is False
    settings.put("theme", "dark")

    assert settings.get("theme") == "dark"
