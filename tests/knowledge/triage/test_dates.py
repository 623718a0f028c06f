"""Days named in Japanese text: the words, their offsets and what they mean seen from today."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.triage.dates import FoundDate, find_dates

TODAY = date(2026, 9, 10)  # a Thursday

# sentence, start, the words, first day, last day, precision, approximate
FOUND = [
    # written out
    ("2026年9月1日に届いた", 0, "2026年9月1日", "2026-09-01", None, "day", False),
    ("通知は2026年9月1日付です", 3, "2026年9月1日", "2026-09-01", None, "day", False),
    ("令和8年9月1日発送", 0, "令和8年9月1日", "2026-09-01", None, "day", False),
    ("令和8年3月に出願した", 0, "令和8年3月", "2026-03-01", "2026-03-31", "month", False),
    ("平成30年4月", 0, "平成30年4月", "2018-04-01", "2018-04-30", "month", False),
    ("令和元年5月1日", 0, "令和元年5月1日", "2019-05-01", None, "day", False),
    ("昭和60年に登録", 0, "昭和60年", "1985-01-01", "1985-12-31", "year", False),
    ("登録はR8.3.1です", 3, "R8.3.1", "2026-03-01", None, "day", False),
    ("H30/4/1", 0, "H30/4/1", "2018-04-01", None, "day", False),
    ("R8年3月10日", 0, "R8年3月10日", "2026-03-10", None, "day", False),
    ("2026/9/1", 0, "2026/9/1", "2026-09-01", None, "day", False),
    ("2026-09-01", 0, "2026-09-01", "2026-09-01", None, "day", False),
    ("2026.9.1.", 0, "2026.9.1", "2026-09-01", None, "day", False),
    ("2026/9から", 0, "2026/9", "2026-09-01", "2026-09-30", "month", False),
    ("8年3月1日に出願", 0, "8年3月1日", "2026-03-01", None, "day", False),
    ("25年3月1日に出願", 0, "25年3月1日", "2025-03-01", None, "day", False),
    ("2026年11月2日（月）", 0, "2026年11月2日", "2026-11-02", None, "day", False),
    ("2026 年 9 月 1 日", 0, "2026 年 9 月 1 日", "2026-09-01", None, "day", False),
    ("2025年に発売", 0, "2025年", "2025-01-01", "2025-12-31", "year", False),
    # not normalised: the offsets stay those of the text as typed
    ("ｶｲｼｬに２０２６年９月１日", 5, "２０２６年９月１日", "2026-09-01", None, "day", False),
    ("９／１に発送", 0, "９／１", "2026-09-01", None, "day", False),
    ("2026年\u30009月1日", 0, "2026年\u30009月1日", "2026-09-01", None, "day", False),
    # kanji numbers
    ("九月一日", 0, "九月一日", "2026-09-01", None, "day", False),
    ("二〇二六年九月二十一日", 0, "二〇二六年九月二十一日", "2026-09-21", None, "day", False),
    ("令和八年十二月", 0, "令和八年十二月", "2026-12-01", "2026-12-31", "month", False),
    # without a year: the past ten months, else to come
    ("9月1日発送の拒絶理由、いつまで", 0, "9月1日", "2026-09-01", None, "day", False),
    ("9/1に届いた", 0, "9/1", "2026-09-01", None, "day", False),
    ("9月10日", 0, "9月10日", "2026-09-10", None, "day", False),
    ("12月1日に公開", 0, "12月1日", "2025-12-01", None, "day", False),
    ("11月10日", 0, "11月10日", "2025-11-10", None, "day", False),
    ("11月9日", 0, "11月9日", "2026-11-09", None, "day", False),
    ("10月11日まで", 0, "10月11日", "2026-10-11", None, "day", False),
    ("9月に展示会", 0, "9月", "2026-09-01", "2026-09-30", "month", False),
    ("10月の展示会", 0, "10月", "2026-10-01", "2026-10-31", "month", False),
    ("9月1日は何年", 0, "9月1日", "2026-09-01", None, "day", False),
    ("3月期限の書類", 0, "3月", "2026-03-01", "2026-03-31", "month", False),
    ("1/2に届いた", 0, "1/2", "2026-01-02", None, "day", False),
    ("1/2(金)に", 0, "1/2", "2026-01-02", None, "day", False),
    ("5日に届いた", 0, "5日", "2026-09-05", None, "day", False),
    ("20日に届いた", 0, "20日", "2026-08-20", None, "day", False),
    ("5日必着", 0, "5日", "2026-10-05", None, "day", False),
    ("31日に発送された", 0, "31日", "2026-08-31", None, "day", False),
    # years and months seen from today
    ("昨年5月から販売", 0, "昨年5月", "2025-05-01", "2025-05-31", "month", False),
    ("去年の5月3日に", 0, "去年の5月3日", "2025-05-03", None, "day", False),
    ("一昨年3月", 0, "一昨年3月", "2024-03-01", "2024-03-31", "month", False),
    ("来年3月末まで", 0, "来年3月末", "2027-03-31", None, "day", False),
    ("去年展示会に出した", 0, "去年", "2025-01-01", "2025-12-31", "year", False),
    ("先月届いた", 0, "先月", "2026-08-01", "2026-08-31", "month", False),
    ("先月20日", 0, "先月20日", "2026-08-20", None, "day", False),
    ("今月5日に", 0, "今月5日", "2026-09-05", None, "day", False),
    ("来月末が期限", 0, "来月末", "2026-10-31", None, "day", False),
    ("先々月の頭", 0, "先々月の頭", "2026-07-01", "2026-07-10", "range", True),
    ("9月上旬", 0, "9月上旬", "2026-09-01", "2026-09-10", "range", True),
    ("来月中旬", 0, "来月中旬", "2026-10-11", "2026-10-20", "range", True),
    ("2026年2月下旬", 0, "2026年2月下旬", "2026-02-21", "2026-02-28", "range", True),
    ("月末まで", 0, "月末", "2026-09-30", None, "day", False),
    # fiscal years, seasons, turns of the year
    ("今年度の補助金", 0, "今年度", "2026-04-01", "2027-03-31", "range", False),
    ("昨年度", 0, "昨年度", "2025-04-01", "2026-03-31", "range", False),
    ("前年度", 0, "前年度", "2025-04-01", "2026-03-31", "range", False),
    ("令和7年度", 0, "令和7年度", "2025-04-01", "2026-03-31", "range", False),
    ("2026年度末", 0, "2026年度末", "2027-03-31", None, "day", False),
    ("年度末までに", 0, "年度末", "2027-03-31", None, "day", False),
    ("来年度初めに", 0, "来年度初め", "2027-04-01", None, "day", False),
    ("去年の夏に公開", 0, "去年の夏", "2025-06-01", "2025-08-31", "range", True),
    ("来春に発売予定", 0, "来春", "2027-03-01", "2027-05-31", "range", True),
    ("昨秋", 0, "昨秋", "2025-09-01", "2025-11-30", "range", True),
    ("この夏", 0, "この夏", "2026-06-01", "2026-08-31", "range", True),
    ("2024年の冬", 0, "2024年の冬", "2024-12-01", "2025-02-28", "range", True),
    ("昨年末", 0, "昨年末", "2025-12-21", "2025-12-31", "range", True),
    ("年末までに", 0, "年末", "2026-12-21", "2026-12-31", "range", True),
    ("年明けに", 0, "年明け", "2027-01-01", "2027-01-15", "range", True),
    # weeks and weekdays
    ("先週金曜に来た", 0, "先週金曜", "2026-09-04", None, "day", False),
    ("先週の金曜日", 0, "先週の金曜日", "2026-09-04", None, "day", False),
    ("来週火曜まで", 0, "来週火曜", "2026-09-15", None, "day", False),
    ("金曜日に届いた", 0, "金曜日", "2026-09-04", None, "day", False),
    ("木曜に届いた", 0, "木曜", "2026-09-10", None, "day", False),
    ("金曜まで", 0, "金曜", "2026-09-11", None, "day", False),
    ("次の木曜", 0, "次の木曜", "2026-09-17", None, "day", False),
    ("先週届いた", 0, "先週", "2026-08-31", "2026-09-06", "range", False),
    ("来週末", 0, "来週末", "2026-09-19", "2026-09-20", "range", False),
    # days seen from today
    ("一昨日届いた", 0, "一昨日", "2026-09-08", None, "day", False),
    ("おとといの夜", 0, "おととい", "2026-09-08", None, "day", False),
    ("昨日", 0, "昨日", "2026-09-09", None, "day", False),
    ("本日届いた", 0, "本日", "2026-09-10", None, "day", False),
    ("明日まで", 0, "明日", "2026-09-11", None, "day", False),
    ("明後日", 0, "明後日", "2026-09-12", None, "day", False),
    ("きょう届いた", 0, "きょう", "2026-09-10", None, "day", False),
    ("3日前に届いた", 0, "3日前", "2026-09-07", None, "day", False),
    ("三日前", 0, "三日前", "2026-09-07", None, "day", False),
    ("会社から3日前に来た", 4, "3日前", "2026-09-07", None, "day", False),
    ("10日後", 0, "10日後", "2026-09-20", None, "day", False),
    ("今から10日後", 3, "10日後", "2026-09-20", None, "day", False),
    ("2週間前", 0, "2週間前", "2026-08-27", None, "day", True),
    ("3か月前", 0, "3か月前", "2026-06-10", None, "month", True),
    ("3ヶ月ほど前", 0, "3ヶ月ほど前", "2026-06-10", None, "month", True),
    ("半年前", 0, "半年前", "2026-03-10", None, "month", True),
    ("半年後", 0, "半年後", "2027-03-10", None, "month", True),
    ("半月前", 0, "半月前", "2026-08-26", None, "range", True),
    ("1年半前", 0, "1年半前", "2025-03-10", None, "month", True),
    ("2年前に発売", 0, "2年前", "2024-09-10", None, "year", True),
    ("ちょうど1年前", 4, "1年前", "2025-09-10", None, "day", False),
    # said to be rough
    ("9月1日頃に届いた", 0, "9月1日", "2026-09-01", None, "day", True),
    ("たしか9月1日", 3, "9月1日", "2026-09-01", None, "day", True),
    ("約3日前", 1, "3日前", "2026-09-07", None, "day", True),
    ("昨日くらい", 0, "昨日", "2026-09-09", None, "day", True),
]

# words that name a time nobody can put a day to
UNKNOWN_DAY = [
    ("先日届いた", 0, "先日", "range"),
    ("数か月前に公開", 0, "数か月前", "range"),
    ("2月30日に届いた", 0, "2月30日", "day"),
    ("2026/13/45", 0, "2026/13/45", "day"),
]

NO_DATE = [
    "60日以内に返事をする",
    "3か月の期間",
    "3月以内",
    "1年6月たつと公開される",
    "2月延長できますか",
    "3年間使っていない",
    "料金が1/2になる",
    "1/3に軽減",
    "1/2まで軽減",
    "出願の3日前",
    "期限の10日前までに",
    "届いてから10日後",
    "登録から3年後",
    "毎週金曜の相談会",
    "第2木曜の相談会",
    "日曜・祝日も開いていますか",
    "特開2020-123456",
    "特許第6123456号",
    "電話は03-1234-5678",
    "3月期の決算",
    "1日1回",
    "株式会社明日香",
    "年末調整",
    "24時間",
    "第9条の3",
    "",
]


def as_row(one: FoundDate) -> tuple[int, str, date | None, date | None, str, bool]:
    return (one.start, one.text, one.date, one.until, one.precision, one.approximate)


@pytest.mark.parametrize(
    ("sentence", "start", "words", "first", "last", "precision", "approximate"), FOUND
)
def test_words_that_name_a_day_are_found_with_their_place(
    sentence: str,
    start: int,
    words: str,
    first: str,
    last: str | None,
    precision: str,
    approximate: bool,
) -> None:
    (one,) = find_dates(sentence, today=TODAY)
    until = date.fromisoformat(last or first)
    assert as_row(one) == (start, words, date.fromisoformat(first), until, precision, approximate)
    assert sentence[one.start : one.end] == one.text


@pytest.mark.parametrize(("sentence", "start", "words", "precision"), UNKNOWN_DAY)
def test_a_day_that_cannot_be_named_is_found_without_a_date(
    sentence: str, start: int, words: str, precision: str
) -> None:
    (one,) = find_dates(sentence, today=TODAY)
    assert (one.start, one.text, one.precision) == (start, words, precision)
    assert one.date is None
    assert one.until is None


@pytest.mark.parametrize("sentence", NO_DATE)
def test_periods_shares_and_numbers_are_no_dates(sentence: str) -> None:
    assert find_dates(sentence, today=TODAY) == ()


def test_several_dates_come_in_the_order_of_the_text() -> None:
    sentence = "去年の夏に公開し、9/1に通知が来ました。期限は来月末です。"
    assert [(one.start, one.text) for one in find_dates(sentence, today=TODAY)] == [
        (0, "去年の夏"),
        (9, "9/1"),
        (24, "来月末"),
    ]


def test_a_span_gives_both_of_its_ends() -> None:
    found = find_dates("令和8年9月1日~9月30日", today=TODAY)
    assert [one.date for one in found] == [date(2026, 9, 1), date(2026, 9, 30)]


def test_the_weekday_behind_a_date_is_not_told_twice() -> None:
    for sentence in ("9月1日火曜日に届いた", "9月1日(火)に届いた", "9月1日（火曜）に届いた"):
        (one,) = find_dates(sentence, today=TODAY)
        assert one.text == "9月1日"


def test_in_january_the_year_end_just_past_is_meant() -> None:
    (one,) = find_dates("年末に届いた", today=date(2027, 1, 8))
    assert one.date == date(2026, 12, 21)
    (one,) = find_dates("年明けに届いた", today=date(2027, 1, 8))
    assert one.date == date(2027, 1, 1)


def test_the_fiscal_year_turns_in_april() -> None:
    (one,) = find_dates("年度末", today=date(2027, 3, 31))
    assert one.date == date(2027, 3, 31)
    (one,) = find_dates("年度末", today=date(2027, 4, 1))
    assert one.date == date(2028, 3, 31)


def test_last_month_of_a_long_month_stays_inside_it() -> None:
    (one,) = find_dates("先月", today=date(2026, 3, 31))
    assert (one.date, one.until) == (date(2026, 2, 1), date(2026, 2, 28))


todays = st.dates(min_value=date(2022, 1, 1), max_value=date(2090, 12, 31))
PIECES = (
    "0123456789０１九月日年半前後週末度金曜先来昨今令和平成RH元十二〇の/.-~ 　約頃にまで春夏届数か"
)


@given(st.text(alphabet=PIECES, max_size=40), todays)
def test_whatever_is_typed_the_places_are_true_and_do_not_overlap(text: str, today: date) -> None:
    end = 0
    for one in find_dates(text, today=today):
        assert end <= one.start < one.end
        assert text[one.start : one.end] == one.text
        assert (one.date is None) == (one.until is None)
        assert one.date is None or one.until is None or one.date <= one.until
        end = one.end


@given(todays, todays)
def test_a_date_written_in_full_is_read_whatever_day_it_is(day: date, today: date) -> None:
    era = f"令和{day.year - 2018}年{day.month}月{day.day}日"
    for written in (f"{day.year}年{day.month}月{day.day}日", f"{day:%Y/%m/%d}", era):
        (one,) = find_dates(f"通知は{written}に発送", today=today)
        assert (one.date, one.text, one.start) == (day, written, 3)


@given(todays, todays)
def test_a_date_without_its_year_lies_within_a_year(day: date, today: date) -> None:
    (one,) = find_dates(f"{day.month}月{day.day}日に届いた", today=today)
    if one.date is not None:  # 29 February in a year that has none
        assert -310 <= (one.date - today).days <= 366
        assert (one.date.month, one.date.day) == (day.month, day.day)


@given(st.sampled_from(FOUND))
def test_a_normalised_text_says_the_same(row: tuple[str, int, str, str, str, str, bool]) -> None:
    typed = find_dates(row[0], today=TODAY)
    normalised = find_dates(unicodedata.normalize("NFKC", row[0]), today=TODAY)
    assert [one.date for one in typed] == [one.date for one in normalised]
