"""Facts stated in a message: size, amounts, days, places, who asks."""

from datetime import date
from typing import Any

import pytest

from knowledge.text import normalise
from knowledge.triage.facts import DateFact, Facts, merge, read_facts
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Entity, Understanding

TODAY = date(2026, 9, 10)


def facts(text: str, *marked: tuple[str, str, str], **more: Any) -> Facts:
    """``marked`` are (kind, value, words) as the bot would mark them."""
    plain = normalise(text)
    entities = tuple(
        Entity(
            kind=kind,
            value=value,
            text=words,
            start=plain.index(words),
            end=plain.index(words) + len(words),
        )
        for kind, value, words in marked
    )
    understanding = Understanding(
        text=text, topic="patents", confidence=0.9, entities=entities, **more
    )
    return read_facts(understanding, find_signals(text), today=TODAY)


@pytest.mark.parametrize(
    ("text", "employees"),
    [
        ("従業員8人の町工場です", 8),
        ("社員は八名です", 8),
        ("パートも入れて十五人でやっています", 15),
        ("従業員数は約２５０名", 250),
        ("十二人の会社です", 12),
        ("スタッフ3名の小さな店", 3),
        ("総勢三千人", 3000),
        ("特許は3件あります", None),
        ("2人で考えた発明です", None),
    ],
)
def test_employees_are_counted_as_typed(text: str, employees: int | None) -> None:
    assert facts(text).employees == employees


@pytest.mark.parametrize(
    ("text", "capital"),
    [
        ("資本金1千万です", 10_000_000),
        ("資本金3,000万円", 30_000_000),
        ("資本金は一億円", 100_000_000),
        ("資本金 1億5千万円の会社", 150_000_000),
        ("資本金がいくらか分からない", None),
        ("資本金300", None),
    ],
)
def test_capital_is_read_only_with_its_unit(text: str, capital: int | None) -> None:
    assert facts(text).capital_yen == capital


def test_money_is_told_apart_from_capital() -> None:
    found = facts("資本金1000万円の会社です。相手に五百万円払えと言われました")
    assert (found.capital_yen, found.money_yen) == (10_000_000, 5_000_000)


def test_a_number_of_people_is_no_money() -> None:
    assert facts("フォロワー3万人です").money_yen is None


@pytest.mark.parametrize(
    ("text", "size", "asker"),
    [
        ("従業員4人です", "small", "sme"),
        ("従業員120人です", "sme", "sme"),
        ("従業員800人です", "mid", "mid"),
        ("従業員5千人です", "large", "large"),
        ("個人事業主です", "small", "sole"),
        ("当社は東証プライム上場です", "large", "large"),
        ("特許を取りたい", None, None),
    ],
)
def test_size_and_asker_follow_from_what_is_said(
    text: str, size: str | None, asker: str | None
) -> None:
    found = facts(text)
    assert (found.company_size, found.asker) == (size, asker)


def test_the_bot_knows_the_asker_better_than_the_words() -> None:
    assert facts("従業員120人です", asker="founder").asker == "founder"


def test_a_university_is_the_asker_only_when_it_says_so() -> None:
    assert facts("大学と共同研究をしたい", ("company_kind", "university", "大学")).asker is None
    assert (
        facts("大学です。発明の件で", ("company_kind", "university", "大学")).asker == "university"
    )


def test_an_attorney_looked_for_is_not_the_asker() -> None:
    assert facts("弁理士に頼みたい", ("company_kind", "attorney", "弁理士")).company_kind is None


def test_places_countries_rights_and_programmes_come_from_the_bot() -> None:
    found = facts(
        "浜松市の会社です。中国で商標をとるのにIPASは使える?",
        ("city", "静岡県浜松市", "浜松市"),
        ("country", "中国", "中国"),
        ("right", "trademarks", "商標"),
        ("programme", "ipas", "IPAS"),
    )
    assert (found.prefecture, found.city) == ("静岡県", "浜松市")
    assert (found.countries, found.rights) == (("中国",), ("trademarks",))
    assert found.programmes == ("ipas",)


def test_the_place_of_a_fair_is_not_the_place_of_the_company() -> None:
    found = facts("東京の展示会に出しました", ("prefecture", "東京都", "東京"))
    assert found.prefecture is None


def test_a_right_is_read_from_its_words_when_the_bot_marks_none() -> None:
    assert facts("店名の登録で困っています").rights == ("trademarks",)
    assert facts("特許庁から手紙が来た").rights == ()


def test_days_are_told_with_their_words() -> None:
    found = facts("9月1日発送の拒絶理由通知です")
    assert found.dates == (DateFact(date=date(2026, 9, 1), text="9月1日"),)
    assert (found.event, found.event_date) == ("office_action", date(2026, 9, 1))


def test_the_day_nearest_to_the_event_belongs_to_it() -> None:
    found = facts("4月1日に出願して、拒絶理由通知は9月1日の発送でした")
    assert found.event_date == date(2026, 9, 1)


def test_a_day_by_which_somebody_wants_an_answer_starts_no_period() -> None:
    found = facts("警告書が来ました。9月30日までに返事しろと書いてある")
    assert (found.event_date, found.stated_date) == (None, date(2026, 9, 30))


def test_only_the_day_of_receipt_is_noticed() -> None:
    assert facts("拒絶理由通知が9月3日に届きました").receipt_only
    assert not facts("9月3日発送の拒絶理由通知が届きました").receipt_only


def test_a_month_alone_starts_no_period() -> None:
    assert facts("去年の3月に展示会に出しました").event_date is None


def test_the_years_already_paid_are_read() -> None:
    assert facts("特許の年金は三年分納めました").years_paid == 3


def test_living_abroad_is_noticed_only_of_oneself() -> None:
    assert facts("海外に住んでいます。拒絶理由通知が来ました").abroad
    assert not facts("娘がアメリカに住んでおりまして").abroad


def test_the_public_entities_have_the_keys_of_the_contract() -> None:
    assert list(Facts().entities()) == [
        "prefecture",
        "city",
        "countries",
        "rights",
        "company_kind",
        "company_size",
        "employees",
        "capital_yen",
        "money_yen",
        "dates",
        "programmes",
    ]


def test_a_day_told_later_finds_the_event_told_before() -> None:
    joined = merge(facts("特許の拒絶理由通知が来た"), facts("9月1日です"))
    assert (joined.event, joined.event_date) == ("office_action", date(2026, 9, 1))
    assert joined.rights == ("patents",)


def test_what_is_said_later_wins_and_lists_are_joined() -> None:
    earlier = Facts(prefecture="静岡県", employees=8, countries=("中国",), rights=("patents",))
    later = Facts(employees=9, countries=("台湾",), rights=("designs",))
    joined = merge(earlier, later)
    assert (joined.prefecture, joined.employees) == ("静岡県", 9)
    assert (joined.countries, joined.rights) == (("中国", "台湾"), ("designs",))


def test_a_new_event_does_not_inherit_the_old_day() -> None:
    joined = merge(facts("9月1日発送の拒絶理由通知"), facts("審査請求の期限も知りたい"))
    assert (joined.event, joined.event_date) == ("exam_request", None)


def test_without_earlier_facts_nothing_changes() -> None:
    assert merge(None, Facts(employees=3)) == Facts(employees=3)


PEOPLE = [
    ("社員は私を入れて5人の会社です", 5),
    ("社長以下12名の会社", 12),
    ("常勤3、パート9で合計12名", 12),
    ("私と妻の2人で店をしています", 2),
    ("夫婦二人でパン屋", 2),
    ("パートさんも含めて15人います", 15),
    ("25名ほどの従業員がいる", 25),
    ("職人を6人雇っています", 6),
    ("友人と三人で起業", 3),
    ("弁理士2人に聞いた", None),
    ("参加者の20人で話した", None),
]


@pytest.mark.parametrize(("text", "expected"), PEOPLE)
def test_who_works_there_is_counted_and_nobody_else(text: str, expected: int | None) -> None:
    heard = Understanding(text=text, topic="patents", confidence=1.0)
    facts = read_facts(heard, find_signals(text), today=date(2026, 11, 20))
    assert facts.employees == expected
