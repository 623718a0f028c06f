"""Which part a day plays in a message, which day starts a period, and what is asked instead."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from knowledge.clock import TOKYO
from knowledge.text import normalise
from knowledge.triage.answer import Triage
from knowledge.triage.date_roles import read_roles
from knowledge.triage.dates import find_dates
from knowledge.triage.facts import Facts, merge, read_facts
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Understanding

TODAY = date(2026, 9, 10)
Triager = Callable[..., Triage]

# text, the roles of its days in order
ROLES = [
    ("特許を2025年4月1日に出願しました", ["filing"]),
    ("出願日は令和7年4月1日です", ["filing"]),
    ("出願したのは去年の5月3日", ["filing"]),
    ("4月1日に特許を出した", ["filing"]),
    ("優先日:2025年1月10日", ["priority"]),
    ("優先権主張日が2025/1/10", ["priority"]),
    ("起案日 令和8年8月25日", ["drafting"]),
    ("通知書の起案日は8月25日となっている", ["drafting"]),
    ("9月1日発送の拒絶理由通知", ["dispatch"]),
    ("発送日は9月1日と書いてある", ["dispatch"]),
    ("発送年月日 2026.9.1", ["dispatch"]),
    ("9月1日に特許庁から発送されたもの", ["dispatch"]),
    ("9月1日に送付されました", ["dispatch"]),
    ("9月1日付の通知", ["dated"]),
    ("9/1付けで来た拒絶理由通知", ["receipt"]),
    ("拒絶理由通知が9月3日に届いた", ["receipt"]),
    ("9月3日、会社に封筒が届きました", ["receipt"]),
    ("おととい受け取りました", ["receipt"]),
    ("届いたのは9月3日です", ["receipt"]),
    ("受領日:9月3日", ["receipt"]),
    ("先週金曜に書面が来た", ["receipt"]),
    ("昨日、郵便で送られてきました", ["receipt"]),
    ("拒絶査定の謄本が9月3日に送達された", ["service"]),
    ("謄本送達日は8月20日", ["service"]),
    ("7月1日に掲載公報が発行された", ["gazette"]),
    ("公報の発行日は7月1日", ["gazette"]),
    ("2016年3月10日に登録された商標", ["registration"]),
    ("設定登録日は2016年3月10日", ["registration"]),
    ("商標登録が2016年3月10日", ["registration"]),
    ("商標の満了日は2026年12月1日", ["end"]),
    ("更新期限 2026年12月1日", ["end"]),
    ("2026年12月1日が更新の期限です", ["end"]),
    ("12月1日に存続期間が満了します", ["end"]),
    ("12月1日で権利が切れます", ["end"]),
    ("納付期限が10月5日と書いてある", ["end"]),
    ("追納期間は6月30日で終わった", ["late_end"]),
    ("倍額で納められる期間も6月30日に過ぎた", ["late_end"]),
    ("9月30日までに返事しろと書いてある", ["till"]),
    ("5月20日に展示会に出した", ["disclosure"]),
    ("5月20日、学会で発表しました", ["disclosure"]),
    ("販売を始めたのは2月1日", ["disclosure"]),
    ("2月1日からネットショップで売っています", ["disclosure"]),
    ("クラファンの開始は2月1日", ["disclosure"]),
    ("インスタに8月2日にあげた", ["disclosure"]),
    ("9月5日に流出が発覚した", ["discovery"]),
    ("9月20日に会議があります", ["unrelated"]),
    ("拒絶理由通知 9月1日", ["other"]),
    ("9月1日です", ["other"]),
    ("起案日8月25日、発送日9月1日", ["drafting", "dispatch"]),
    ("4月1日に出願して、9月1日発送の拒絶理由通知が9月3日に届いた",
     ["filing", "dispatch", "receipt"]),
    ("9月3日に届いた。発送日は9月1日", ["receipt", "dispatch"]),
    ("今日は9月10日。拒絶理由通知が来ました", ["unrelated", "unrelated"]),
    ("昨日、特許の拒絶理由通知がありました", ["receipt"]),
    ("3日前に補正指令が出た", ["receipt"]),
    ("8/28起案、9/1発送、9/4受領", ["drafting", "dispatch", "receipt"]),
    ("商標の更新は2027年4月1日まで", ["end"]),
    ("年金の納付は11月5日までと聞いた", ["end"]),
    ("10月5日までに意見書を出したい", ["till"]),
    ("9月1日か9月3日に発送", ["dispatch", "dispatch"]),
    ("発送日は9月1日または9月3日", ["dispatch", "dispatch"]),
    ("展示会は5月20日、出願は8月1日", ["disclosure", "filing"]),
    ("5月20日に展示会、8月1日に特許出願", ["disclosure", "filing"]),
    ("9月1日、いや9月3日に発送されました", ["dispatch"]),
]  # fmt: skip

# text, topic, the unshifted last days (the nearest first), what must be asked
ANSWERS: list[tuple[str, str, list[str], str | None]] = [
    # a named end is repeated, never added to
    ("出願審査請求の期限が2026年12月30日、出願したのは2023年12月30日の特許", "patents",
     ["2026-12-30"], None),
    ("特許の審査請求の締切は2027年2月1日だそうです", "patents", ["2027-02-01"], None),
    ("商標の存続期間が2026年12月1日に満了します。更新は", "trademarks", ["2026-12-01"], None),
    ("登録商標の更新、満了日は2026年3月10日でした", "trademarks", ["2026-03-10"], None),
    ("商標の更新期限を過ぎた。3月10日が期限だった", "trademarks", ["2026-03-10"], None),
    ("特許の年金の納付期限は2026年11月5日", "patents", ["2026-11-05"], None),
    ("意匠の登録料の納付期限が2026年5月5日だった。払い忘れた", "designs", ["2026-05-05"], None),
    # the notice counts from its dispatch
    ("意匠の拒絶理由通知書。起案日は8月25日、発送日は9月1日", "designs", ["2026-10-11"], None),
    ("特許の拒絶理由通知、発送日が9月3日か9月1日か読めない", "patents", ["2026-10-31"], None),
    ("4月1日に出願した特許、拒絶理由通知は9月1日の発送で9月3日に届いた", "patents",
     ["2026-10-31"], None),
    ("商標の拒絶理由通知が一昨日うちに届きました", "trademarks", [], "date"),
    ("けさ特許庁から封筒が来た。本日届いた拒絶理由通知、特許です", "patents", [], "date"),
    ("手続補正指令書を9月3日に受け取った。商標です", "trademarks", [], "date"),
    ("特許の拒絶理由通知。起案日8月25日としか書いてない", "patents", [], "date"),
    ("特許の拒絶理由通知が9月3日に届いた。9月8日に打ち合わせがある", "patents", [], "date"),
    ("補正命令は9月1日発送でした。意匠です", "designs", ["2026-10-01"], None),
    # decisions count from service
    ("拒絶査定の謄本が8月20日に送達されました。特許", "patents", ["2026-11-20"], None),
    ("特許の審決を8月20日に受け取った。裁判に訴える期限", "patents", ["2026-09-19"], None),
    ("審決の謄本送達は2026年8月20日。商標", "trademarks", ["2026-09-19"], None),
    ("商標の登録査定を9月2日に受け取りました。登録料の期限", "trademarks", ["2026-10-02"], None),
    # other events
    ("特許の維持年金、2024年5月1日に登録、3年分納付済み。次はいつ", "patents",
     ["2027-05-01"], None),
    ("税関から認定手続の通知が9月7日に届きました", "trademarks", [], "date"),
    ("税関の認定手続開始通知書は9月7日付です", "trademarks", ["2026-09-24"], None),
    ("分割出願を9月1日にした。審査請求はいつまで", "patents", ["2026-10-01"], None),
    ("ライバルの商標、登録は6月1日、公報は7月15日発行。異議申立", "trademarks",
     ["2026-09-15"], None),
    ("他社の商標が7月1日に登録された。異議申立はいつまで", "trademarks", [], "date"),
    ("2026年1月10日に特許を出願。海外へは何か月以内", "patents", ["2027-01-10"], None),
    ("意匠を3月1日に出願しました。アメリカにはいつまでに出せばよいですか", "designs",
     ["2026-09-01"], None),
    ("優先日が2025年1月10日の特許のPCT、国内移行の期限は", "patents",
     ["2027-07-10"], None),
    ("去年の5月10日に実用新案を出願。特許に切り替えたい", "patents", ["2028-05-10"], None),
    ("実案登録から特許へ変えたい。他社が技術評価を請求したという知らせが9月1日に来た", "patents",
     ["2026-10-01"], None),
    ("追納できる期間が2026年6月30日で終わり、特許権が消えた。回復したい", "patents",
     ["2027-06-30"], None),
    ("商標の権利の回復。追納期間は6月30日に終わった", "trademarks", ["2026-12-31"], None),
    # a disclosure comes before a wish for priority
    ("5月20日の展示会で公開した。アメリカに先に出して優先権を使えば1年延びますか。特許", "patents",
     ["2027-05-20"], None),
    ("2月1日にクラウドファンディングで公開済み。特許は間に合う？", "patents", ["2027-02-01"], None),
    ("makuakeを2月1日に始めました。特許を取りたい", "patents", ["2027-02-01"], None),
    ("学会発表は6月5日、論文は7月1日。発明を特許にしたい", "patents", ["2027-06-05"], None),
    # who and which right
    ("フランスの企業です。9月1日発送で商標の拒絶理由通知", "trademarks", ["2026-12-01"], None),
    ("ドイツの会社の日本法人です。9月1日発送で商標の拒絶理由通知", "trademarks",
     ["2026-10-11"], None),
    ("9月1日発送の拒絶理由通知が特許と商標の両方で来た", "patents",
     ["2026-10-11", "2026-10-31"], None),
]  # fmt: skip


def roles(text: str) -> list[str]:
    plain = normalise(text)
    return [day.role for day in read_roles(plain, find_dates(plain, today=TODAY), today=TODAY)]


def facts(text: str) -> Facts:
    understanding = Understanding(text=text, topic="patents", confidence=0.9)
    return read_facts(understanding, find_signals(text), today=TODAY)


def notes(found: Triage) -> str:
    return "\n".join(notice.text for notice in found.notices)


@pytest.mark.parametrize(("text", "expected"), ROLES)
def test_a_day_plays_the_part_its_words_give_it(text: str, expected: list[str]) -> None:
    assert roles(text) == expected


@pytest.mark.parametrize(("text", "topic", "days", "asked"), ANSWERS)
def test_only_a_fitting_day_starts_a_period(
    triaged: Triager, text: str, topic: str, days: list[str], asked: str | None
) -> None:
    found = triaged(text, topic, "deadline")
    told = [one.unshifted.isoformat() for one in found.urgency.deadlines]
    assert list(dict.fromkeys(told)) == days
    assert ("date" in found.ask) == (asked == "date")


def test_a_named_end_moves_off_a_holiday_and_keeps_its_late_window(triaged: Triager) -> None:
    found = triaged("審査請求の期限が2026年12月30日に来る特許です", "patents", "deadline")
    (one,) = found.urgency.deadlines
    assert (one.unshifted, one.date) == (date(2026, 12, 30), date(2027, 1, 4))
    assert "足し算はしていません" in one.basis
    found = triaged("商標の更新期限 2026年3月10日を過ぎた", "trademarks", "deadline")
    assert "2026年9月10日" in (found.urgency.deadlines[0].extension or "")
    assert found.urgency.level == "urgent"


def test_after_the_late_window_the_restoration_is_told(triaged: Triager) -> None:
    now = datetime(2026, 11, 20, 10, tzinfo=TOKYO)
    found = triaged(
        "商標の更新を忘れた。更新期限は2026年3月10日だった", "trademarks", "deadline", now=now
    )
    assert found.urgency.deadlines[0].rule.startswith("restoration")
    assert found.urgency.deadlines[0].unshifted == date(2027, 3, 10)


def test_priority_is_said_not_to_move_the_year(triaged: Triager) -> None:
    found = triaged(
        "5月20日に展示会で見せた。先にアメリカ出願、優先権で1年は延びますか。特許", "patents"
    )
    assert [one.unshifted for one in found.urgency.deadlines] == [date(2027, 5, 20)]
    assert "優先権を主張しても" in notes(found)
    assert not any("2か月以内の救済" in (one.extension or "") for one in found.urgency.deadlines)


def test_a_disclosure_before_a_filing_gives_both_last_days(triaged: Triager) -> None:
    found = triaged(
        "5月20日に展示会に出し、8月1日に特許を出願。優先権の期限は", "patents", "deadline"
    )
    days = [one.unshifted for one in found.urgency.deadlines]
    assert days == [date(2027, 5, 20), date(2027, 8, 1)]


def test_the_day_of_dispatch_told_next_counts_and_is_not_lost(triaged: Triager) -> None:
    first = "昨日、特許の拒絶理由通知の封筒が届いた"
    assert (facts(first).event_date, facts(first).receipt_only) == (None, True)
    known = merge(facts(first), facts("9月1日です"))
    assert (known.event_date, known.receipt_only) == (date(2026, 9, 1), False)
    found = triaged(first, "patents", "deadline", facts=known)
    assert found.urgency.deadlines[0].unshifted == date(2026, 10, 31)
    assert "date" not in found.ask


def test_a_receipt_told_next_is_still_no_dispatch() -> None:
    known = merge(facts("特許の拒絶理由通知が来た"), facts("9月3日に届きました"))
    assert (known.event_date, known.receipt_only) == (None, True)


def test_the_event_told_after_its_day_finds_the_day() -> None:
    known = merge(facts("9月1日発送です"), facts("特許の拒絶理由通知のことです"))
    assert (known.event, known.event_date) == ("office_action", date(2026, 9, 1))


def test_an_answer_about_a_lapsed_right_is_taken_as_its_last_day() -> None:
    known = merge(facts("特許の権利を回復したい"), facts("6月30日です"))
    assert (known.event, known.event_date) == ("restoration", date(2026, 6, 30))


@pytest.mark.parametrize("text", ["年末までに決めたい", "10年前から使っている", "来月の展示会"])
def test_a_rough_time_is_told_without_a_day(text: str) -> None:
    assert [one.date for one in facts(text).dates] == [None] * len(facts(text).dates)


def test_a_priority_date_is_no_day_lately() -> None:
    assert facts("優先日がいつか分からない").dates == ()


@pytest.mark.parametrize("text", ["意匠の審査請求はいつまで", "審査請求は意匠でも必要ですか"])
def test_a_design_knows_no_request_for_examination(triaged: Triager, text: str) -> None:
    found = triaged(text, "designs", "deadline")
    assert "意匠には審査請求がありません" in notes(found)
    assert "この組み合わせの期間" not in notes(found)
    assert "not_reduced" not in {notice.code for notice in found.notices}


def test_a_coming_fair_starts_nothing(triaged: Triager) -> None:
    found = triaged("10月5日に展示会で発表する予定の発明、特許は", "patents", "deadline")
    assert found.urgency.deadlines == ()
