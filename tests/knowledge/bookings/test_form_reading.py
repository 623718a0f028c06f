"""Short messages of somebody who is booking."""

from datetime import date

import pytest

from knowledge.bookings import form_reading as reading
from knowledge.bookings.form_reading import Told

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12月3日がいいです", date(2026, 12, 3)),
        ("明日の10時", date(2026, 11, 21)),
        ("来週の火曜", date(2026, 11, 24)),
        ("火曜日がいい", date(2026, 11, 24)),
        ("1月8日", date(2027, 1, 8)),
        ("12/3 13時", date(2026, 12, 3)),
        ("25日", date(2026, 11, 25)),
        ("3日でお願いします", date(2026, 12, 3)),
        ("2026年11月2日", date(2026, 11, 2)),
        ("いつでもいいです", None),
        ("3日間", None),
    ],
)
def test_a_day_is_the_next_of_its_kind(text: str, day: date | None) -> None:
    assert reading.day_in(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "hour"),
    [("10時", 10), ("午後2時", 14), ("13:30", 13), ("午前9時半", 9), ("25時", None), ("朝", None)],
)
def test_an_hour_is_read(text: str, hour: int | None) -> None:
    assert reading.hour_in(text) == hour


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1", 0),
        ("２番", 1),
        ("3番目の", 2),
        ("最初の", 0),
        ("一番上で", 0),
        ("10時", None),
        ("はい", None),
    ],
)
def test_a_number_of_the_list_is_read(text: str, number: int | None) -> None:
    assert reading.number_in(text) == number


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "見本花子、見本製作所、hanako@example.jp",
            Told("見本花子", "見本製作所", "hanako@example.jp"),
        ),
        (
            "見本 花子 株式会社見本 054-000-0000",
            Told("見本 花子", "株式会社見本", None, "054-000-0000"),
        ),
        (
            "名前：見本花子\n会社名：みほん食堂\nメール：hanako@example.jp\n電話：09000000000",
            Told("見本花子", "みほん食堂", "hanako@example.jp", "09000000000"),
        ),
        ("見本花子と申します", Told("見本花子")),
        ("ｈａｎａｋｏ＠ｅｘａｍｐｌｅ．ｊｐ", Told(None, None, "hanako@example.jp")),
        ("見本 花子", Told("見本 花子")),
        ("見本花子、個人です、hanako@example.jp", Told("見本花子", "個人", "hanako@example.jp")),
        ("", Told()),
    ],
)
def test_who_she_is_in_any_order(text: str, told: Told) -> None:
    assert reading.who(text) == told


@pytest.mark.parametrize(
    "text",
    ["やめる", "やめます", "やっぱいい", "やっぱりやめます", "キャンセル", "キャンセルで", "取り消し", "いらない",
     "結構です", "予約をやめたい", "取消してください", "キャンセルお願いします", "やめとく", "もういいです"],
)  # fmt: skip
def test_words_that_stop(text: str) -> None:
    assert reading.STOP.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        "いいえ",
        "それでいい",
        "はい",
        "商標の更新をやめると",
        "キャンセル料はかかりますか",
        "10時がいい",
        "別の日",
    ],
)
def test_words_that_do_not_stop(text: str) -> None:
    assert not reading.STOP.fullmatch(text)


@pytest.mark.parametrize(
    "text",
    [
        "はい",
        "お願いします",
        "OK",
        "ok",
        "それでお願いします",
        "予約する",
        "大丈夫です",
        "よろしくお願いします",
    ],
)
def test_words_that_agree(text: str) -> None:
    assert reading.YES.fullmatch(text)


@pytest.mark.parametrize(
    "text", ["はいはいそれで商標は", "いいえ", "お願いしたいことがある", "大丈夫ですか"]
)
def test_words_that_do_not_agree(text: str) -> None:
    assert not reading.YES.fullmatch(text)


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("オンラインがいい", "online"),
        ("Zoomで", "online"),
        ("電話で", "phone"),
        ("窓口で会いたい", "place"),
        ("いつでも", None),
    ],
)
def test_a_way_of_meeting_is_read(text: str, mode: str | None) -> None:
    assert reading.mode_in(text) == mode
