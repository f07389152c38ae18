"""What the layers below say, in the window's language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from esviewer.errors import NotFoundError, RulesError
from esviewer.gui.language import speak
from esviewer.gui.lengths import length_text
from esviewer.gui.localised import localised
from esviewer.gui.message_bar import MessageBar
from esviewer.gui.work_bar import Pace
from esviewer.projections.file import parse_projections
from esviewer.report.model import refusal
from esviewer.work import Progress

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "resources" / "translations" / "said_ja.json"
PLACE = re.compile(r"\{(\d+)\}")


@pytest.fixture
def japanese(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "ja")
    yield
    speak(qapp, "en")


def translations() -> dict[str, str]:
    loaded: dict[str, str] = json.loads(TEXTS.read_text(encoding="utf-8"))
    return loaded


def test_all_that_is_said_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    from said import of_sources

    said = of_sources(ROOT / "esviewer")
    assert {"There is no aggregate {0}.", "The event names no actor.", "not JSON: {0} at character {1}"} <= said
    assert {"Replaying events", "Checking positions", "Counting", "Looking at {0}"} <= said
    assert set(translations()) == said, "run packaging/translations.py and translate what is new"
    assert [text for text, translation in translations().items() if not translation] == []


def test_translations_have_the_places_of_their_texts() -> None:
    for text, translation in translations().items():
        # What follows on a word is its plural's ending, and Japanese has none.
        endings = {match[1] for match in re.finditer(r"[a-z]\{(\d+)\}", text)}
        there, wanted = set(PLACE.findall(translation)), set(PLACE.findall(text))
        assert wanted - endings <= there <= wanted, text


@pytest.mark.usefixtures("japanese")
def test_every_text_is_known_by_what_it_is_made_of() -> None:
    def filled(text: str) -> str:
        return PLACE.sub(r"«\1»", text)

    for text, translation in translations().items():
        assert localised(filled(text)) == filled(translation)


@pytest.mark.usefixtures("japanese")
def test_a_message_and_its_hint_are_translated_each() -> None:
    error = NotFoundError("There is no aggregate order-1. Nor 2.", "`esviewer info STORE` lists the types.")
    assert localised(error) == "集約 order-1. Nor 2 はありません。 `esviewer info STORE` で型を一覧できます。"


@pytest.mark.usefixtures("japanese")
def test_what_an_error_says_by_a_name_is_translated() -> None:
    assert "what if" not in localised(refusal())


@pytest.mark.usefixtures("japanese")
def test_what_is_put_in_is_translated_too() -> None:
    assert localised("store.db can't be read: it is a folder.") == "store.db を読めません：フォルダーです。"


@pytest.mark.usefixtures("japanese")
def test_a_mistake_in_an_expression_is_translated_wherever_it_stands() -> None:
    known = "n は不明です。使えるのは data で、文字列は引用符で囲みます"
    mistake = "n is not known; there are data, and texts stand in quotes"
    assert localised(f"r.toml: rule 1 (A, line 7): {mistake}.") == f"r.toml: ルール 1（A、7 行目）：{known}。"
    broken = "The condition 'a >' can't be used: it is not an expression: invalid syntax."
    assert localised(broken) == "条件 'a >' は使えません：式ではありません(invalid syntax)。"


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize(
    ("text", "translation"),
    [
        (
            "p.toml, line 3: column x = 'state.x +': it is not an expression: invalid syntax.",
            "p.toml、3 行目：列 x = 'state.x +': 式ではありません(invalid syntax)。",
        ),
        (
            "p.toml, line 2: the projection has an unknown key 'kin'; the nearest is kind.",
            "p.toml、2 行目：このプロジェクション に不明なキー 'kin' があります。最も近いのは kind です。",
        ),
        (
            "o.toml: rule 1 (no event, line 2): it has an unknown key 'sett'; the nearest is set.",
            "o.toml: ルール 1（イベントなし、2 行目）：不明なキー 'sett' があります。最も近いのは set です。",
        ),
        (
            "o.toml: upcast 2 (A, line 7): upcast 1 is for the same event and the same version 1.",
            "o.toml: アップキャスト 2（A、7 行目）："
            "アップキャスト 1 が同じイベントと同じバージョン 1 に対するものです。",
        ),
        (
            "o.toml: event_type A, line 3: sign must be one character that is seen, or one emoji.",
            "o.toml: event_type A（3 行目）：sign は目に見える 1 文字か、絵文字 1 つでなければなりません。",
        ),
        (
            "the earlier result can't be gone on from: it is as of another time",
            "以前の結果から続けられません：別の時点のものです",
        ),
    ],
)
def test_a_sentence_within_another_is_translated_with_its_stop(text: str, translation: str) -> None:
    assert localised(text) == translation


MISTAKES = {
    "[columns]\nx = 'total'": (
        "p.toml、2 行目：列 x = 'total': total は不明です。"
        "使えるのは state, aggregate_id, aggregate_type, version で、文字列は引用符で囲みます。"
    ),
    "[columns]\nx = [1]": "p.toml、2 行目：列 x は引用符で囲んだ式にしてください。",
    "[columns]\n' x' = '1'": "p.toml、2 行目：列の名前 は 1 行のテキストにしてください。",
    "[columns]\nx = 'max()'": "p.toml、2 行目：列 x = 'max()': max() の引数は 1 個から 50 個までです。",
    "[columns]\nversion = '1'": "p.toml、2 行目：列 'version' はすでにあります。 別の名前を付けてください。",
    "[columns]\nx = '1'\nX = '2'": (
        "p.toml、3 行目：列 'X' は、データベースにとって 'x' と同じです。 別の名前を付けてください。"
    ),
    "[[projection]]\nname = 'a'\nkind = 'event'\n[projection.key]\nday = 1\n[[projection.on]]\nst = 1\n": (
        "p.toml、7 行目：プロジェクション 1：ルール 1（イベントなし、7 行目）："
        "不明なキー 'st' があります。最も近いのは set です。"
    ),
    "kind = 'event'\non = [{event = 'A', set = {a = 'data.'}}]\n[key]\nday = '1'\n": (
        "p.toml、2 行目：ルール 1（A、2 行目）：set a = 'data.': 式ではありません(invalid syntax)。"
    ),
    "kind = 'event'\n[key]\nday = 'x'\n[[on]]\nevent = 'A'": (
        "p.toml、3 行目：キー day = 'x': x は不明です。使えるのは data, meta, event で、文字列は引用符で囲みます。"
    ),
    "reducer = 'none.toml'": (
        "p.toml、1 行目：ルールファイル FOLDER/none.toml を読めません：No such file or directory。"
    ),
    "name = ": (
        "p.toml はプロジェクションファイルではありません：Invalid value (at end of document)。"
        " そのようなファイルは TOML です。"
    ),
}


@pytest.mark.usefixtures("japanese")
@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_in_projection_files_are_translated_to_the_last_word(text: str, tmp_path: Path) -> None:
    with pytest.raises(RulesError) as caught:
        parse_projections(text, "p.toml", tmp_path)
    assert localised(caught.value).replace(str(tmp_path), "FOLDER") == MISTAKES[text]


@pytest.mark.usefixtures("japanese")
def test_what_nobody_translated_stays() -> None:
    assert localised("Segmentation fault (core dumped)") == "Segmentation fault (core dumped)"
    assert localised("a. " * 5000) == "a. " * 5000
    assert localised("") == ""


def test_english_stays_english(qapp: QApplication) -> None:
    speak(qapp, "en")
    assert localised("There is no aggregate order-1.") == "There is no aggregate order-1."


@pytest.mark.usefixtures("japanese")
def test_the_message_bar_speaks_the_language(qapp: QApplication) -> None:
    bar = MessageBar()
    bar.say_error(NotFoundError("There is no aggregate order-1."))
    assert bar._text.text() == "集約 order-1 はありません。"


@pytest.mark.usefixtures("japanese")
def test_spans_of_time_are_told_in_the_windows_language() -> None:
    assert length_text(200 * 10**9) == "3 分 20 秒"
    assert length_text(-98 * 3600 * 10**9) == "−4 日 2 時間"
    assert length_text(1_500_000) == "1.5 ms"


def test_the_pace_is_that_of_all_steps_of_a_kind() -> None:
    clock = [0.0]
    pace = Pace(lambda: clock[0])
    for part in range(5):
        clock[0] = 3.0 * part
        measured = pace.measure(Progress(f"Reading events, {part} of 1,000 parts", part * 3_000, 30_000))
    assert measured == (1_000, 18)
