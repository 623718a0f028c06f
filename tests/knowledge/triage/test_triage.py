"""The whole triage: shape of the contract, clocks, notices, programmes, choices, traps."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.triage.answer import Triage
from knowledge.triage.facts import Facts
from knowledge.triage.routing import desks as d
from knowledge.triage.service import triage
from knowledge.triage.understanding import Entity, Guess, Understanding

Triager = Callable[..., Triage]

FORBIDDEN = (
    "登録できます",
    "侵害です",
    "似ていません",
    "間に合います",
    "該当します",
    "勝てます",
    "対象です",
)


def codes(found: Triage) -> set[str]:
    return {notice.code for notice in found.notices}


def texts(found: Triage, code: str) -> str:
    return "\n".join(notice.text for notice in found.notices if notice.code == code)


def test_the_keys_are_those_of_the_contract(triaged: Triager) -> None:
    found = triaged("商標を守りたい", "trademarks", "strategy", prefecture="静岡").model_dump()
    assert list(found) == [
        "topic", "confidence", "secondary_topics", "wants", "need", "asker",
        "judgement_or_drafting", "desk", "other_desks", "reasons", "programmes", "articles",
        "entities", "urgency", "ask", "notices", "clarify",
    ]  # fmt: skip
    assert list(found["desk"]) == [
        "id", "office", "name", "phone", "phone_as_of", "hours", "open_now", "url",
    ]  # fmt: skip
    assert found["desk"]["office"] == "INPIT静岡県知財総合支援窓口"


def test_the_same_inquiry_gives_the_same_answer(triaged: Triager) -> None:
    first = triaged("ブランドの守り方", "trademarks", "strategy")
    assert first == triaged("ブランドの守り方", "trademarks", "strategy")


@pytest.mark.parametrize(
    ("right", "day", "unshifted"),
    [
        ("特許", date(2026, 11, 2), date(2026, 10, 31)),
        ("意匠", date(2026, 10, 13), date(2026, 10, 11)),
        ("商標", date(2026, 10, 13), date(2026, 10, 11)),
    ],
)
def test_an_office_action_gets_both_days(
    triaged: Triager, right: str, day: date, unshifted: date
) -> None:
    found = triaged(f"9月1日発送の{right}の拒絶理由、いつまで？", "patents", "deadline")
    (one,) = found.urgency.deadlines
    assert (one.date, one.unshifted, one.if_right) == (day, unshifted, None)
    assert "通知書の記載が優先" in texts(found, "deadline")


def test_without_the_right_all_candidates_are_shown_the_shortest_first(triaged: Triager) -> None:
    found = triaged("拒絶理由通知が9月1日発送で来ました", "patents", "deadline")
    assert "right" in found.ask
    days = [one.unshifted for one in found.urgency.deadlines]
    assert days == sorted(days)
    assert {one.if_right for one in found.urgency.deadlines} == {"patents", "designs", "trademarks"}


def test_only_the_day_of_receipt_asks_for_the_day_of_dispatch(triaged: Triager) -> None:
    found = triaged("特許の拒絶理由通知が9月3日に届きました", "patents", "deadline")
    assert found.urgency.deadlines == ()
    assert "date" in found.ask


def test_a_day_told_in_the_next_message_gives_the_last_day(
    triaged: Triager, catalogue: Catalogue
) -> None:
    first = Facts(rights=("patents",), event="office_action")
    found = triaged("9月1日発送です", "patents", "deadline", facts=first)
    assert found.urgency.deadlines[0].unshifted == date(2026, 10, 31)


def test_a_warning_letter_never_gets_a_computed_day(triaged: Triager) -> None:
    for text in ("9月1日に警告書が届いた", "警告状が昨日来ました。返事はいつまで"):
        found = triaged(text, "trademarks", "accused")
        assert found.urgency.deadlines == ()
        assert "法律で決まった期間はありません" in texts(found, "deadline")


def test_the_senders_own_day_is_repeated_as_the_letters_day(triaged: Triager) -> None:
    found = triaged("警告書が来た。9月30日までに返事しろと", "trademarks", "accused")
    assert found.urgency.deadlines == ()
    assert "書面に書かれた期日は2026年9月30日" in texts(found, "deadline")


def test_a_disclosure_starts_the_year(triaged: Triager) -> None:
    found = triaged("8月1日に展示会に出しました。特許を出したい", "patents", "deadline")
    (one,) = found.urgency.deadlines
    assert one.unshifted == date(2027, 8, 1)
    assert one.rule.startswith("novelty_grace/patents")


def test_a_disclosure_without_day_or_right_asks_for_both(triaged: Triager) -> None:
    found = triaged("インスタにあげちゃったんだけど、まだ出せる？", "patents", "deadline")
    assert {"date", "right"} <= set(found.ask)


def test_somebody_elses_sale_starts_no_year(triaged: Triager) -> None:
    found = triaged("隣の店が同じ形の餅を先月から売り出した", "designs", "infringed")
    assert found.urgency.deadlines == ()
    assert "deadline" not in codes(found)


def test_a_sold_variety_has_its_own_period(triaged: Triager) -> None:
    found = triaged(
        "4月1日から売っている新品種です。もう売ってしまった苗", "agriculture", "deadline"
    )
    assert found.urgency.deadlines[0].rule.startswith("plant_novelty")


@pytest.mark.parametrize(
    ("text", "topic", "level"),
    [
        ("訴状が届いた", "patents", "urgent"),
        ("税関から認定手続の通知が来た", "trademarks", "urgent"),
        ("アマゾンの出品が停止された", "trademarks", "urgent"),
        ("身に覚えのない英文の請求書が来た", "overseas", "urgent"),
        ("退職者に図面データを持ち出された", "trade_secrets", "urgent"),
        ("警告書が来た", "patents", "soon"),
        ("特許の拒絶理由通知が来た", "patents", "soon"),
        ("特許の出し方", "patents", "normal"),
    ],
)
def test_what_cannot_wait_is_marked(triaged: Triager, text: str, topic: str, level: str) -> None:
    assert triaged(text, topic).urgency.level == level


def test_a_last_day_close_by_is_urgent(triaged: Triager) -> None:
    now = datetime(2026, 10, 25, 9, tzinfo=TOKYO)
    found = triaged("9月1日発送の特許の拒絶理由", "patents", "deadline", now=now)
    assert found.urgency.level == "urgent"


PAIRS = [
    ("このアイデアで特許は取れますか", "patents", "strategy", "登録になるかどうか"),
    ("この2つの商標、似ていますか", "trademarks", "strategy", "似ているかどうか"),
    ("請求項を書いて。意見書も直して", "patents", "procedure", "書類を作ること"),
    ("警告書が来た。無視していい？", "trademarks", "accused", "相手にどう答えるか"),
    ("うちの製品は侵害ですか", "patents", "accused", "侵害にあたるかどうか"),
    ("NDAのこの条文で大丈夫？", "contracts", "contract", "一つ一つの条文"),
    ("どの区分で出せばいい？", "trademarks", "procedure", "ここで選ぶこと"),
    ("良い弁理士を紹介して", "ip_management", "people", "特定の弁理士"),
    ("補助金の申請書を代わりに作って", "ip_management", "subsidy", "申請書を作ること"),
]


@pytest.mark.parametrize(("text", "topic", "need", "said"), PAIRS)
def test_what_is_reserved_is_declined_with_reason_and_desk(
    triaged: Triager, text: str, topic: str, need: str, said: str
) -> None:
    found = triaged(text, topic, need)
    assert found.judgement_or_drafting
    assert said in texts(found, "judgement")
    assert found.desk is not None
    assert found.topic == topic


def test_the_bots_flag_alone_is_enough(triaged: Triager) -> None:
    found = triaged("ブランドのこと", "trademarks", judgement_or_drafting=True)
    assert found.judgement_or_drafting
    assert "judgement" in codes(found)


def test_asking_where_to_have_it_judged_informs(triaged: Triager) -> None:
    found = triaged("侵害かどうか判断してもらえる窓口はどこですか", "patents", "people")
    assert not found.judgement_or_drafting


PREMISES = [
    ("商標の拒絶、60日ですよね", "trademarks", "deadline", "40日"),
    ("意匠に異議を出したい", "designs", "procedure", "意匠と実用新案にはありません"),
    ("実用新案の審査請求をしたい", "patents", "procedure", "審査請求がありません"),
    ("商標の減免を受けたい", "fee_reduction", "cost", "減免の制度はありません"),
    ("特許印紙で住所変更できますか", "patents", "record_change", "収入印紙"),
    ("登録商標なのに更新の通知が来ない", "trademarks", "deadline", "期限通知サービス"),
    ("PASSに申し込みたい", "startups", "procedure", "申し込みの方法は公表されていません"),
    ("3分の1になるの？", "fee_reduction", "cost", "3分の2が減る"),
    ("国際出願促進交付金をもらいたい", "fee_reduction", "cost", "2023年12月31日"),
    ("知財ビジネス評価書を作ってほしい", "ip_management", "use_money", "2023年度まで"),
    ("J-PlatPatでベトナムの特許を見たい", "patent_search", "search", "FOPISER"),
    ("GrIPで商品の形を調べたい", "patent_search", "search", "画像の意匠だけ"),
    ("知財プロデューサーに来てほしい", "university", "people", "競争的研究資金"),
    ("VC-IPASに申し込みたいです", "startups", "procedure", "ベンチャーキャピタルが"),
    ("モデル地域に会社で応募したい", "ip_management", "procedure", "会社は直接応募できません"),
    ("下請かけこみ寺に行きたい", "contracts", "contract", "取引かけこみ寺"),
    ("減免の申請書と証明書を教えて", "fee_reduction", "procedure", "手数料に関する特記事項"),
    ("スーパー早期審査を使いたい。町工場です", "patents", "procedure", "外国関連"),
    ("新興国等知財情報データベース", "patent_search", "search", "データバンク"),
]


@pytest.mark.parametrize(("text", "topic", "need", "said"), PREMISES)
def test_a_mistaken_belief_is_put_right(
    triaged: Triager, text: str, topic: str, need: str, said: str
) -> None:
    found = triaged(text, topic, need)
    assert said in texts(found, "false_premise")


def test_the_liquor_indication_goes_to_the_tax_agency(triaged: Triager) -> None:
    found = triaged("酒のGI", "agriculture", "learn")
    assert found.desk is not None
    assert found.desk.id == d.LIQUOR


def test_a_named_old_programme_shows_its_successor_first(triaged: Triager) -> None:
    named = Entity(kind="programme", value="shitauke-kakekomidera", text="下請", start=0, end=2)
    found = triaged("下請の相談所", "contracts", "contract", entities=(named,))
    ids = [one.id for one in found.programmes]
    assert ids[:2] == ["torihiki-kakekomidera", "shitauke-kakekomidera"]
    assert "not_running" in codes(found)


def test_a_closed_call_is_said(triaged: Triager) -> None:
    found = triaged("外国出願の補助金の次の募集は", "overseas", "subsidy")
    assert "round_closed" in codes(found)
    assert "次回は発表されていません" in texts(found, "round_closed")


def test_programmes_say_why_and_are_five_at_most(triaged: Triager) -> None:
    found = triaged("スタートアップの支援を知りたい", "startups", "people", asker="founder")
    assert 0 < len(found.programmes) <= 5
    assert all(one.why and one.source.title for one in found.programmes)


def test_articles_are_three_at_most_and_come_with_a_score(triaged: Triager) -> None:
    found = triaged("商標の更新はいつまで", "trademarks", "deadline")
    assert len(found.articles) <= 3
    assert all(one.score >= 0 for one in found.articles)


def test_an_inquiry_from_before_the_articles_were_written_is_answered_too(
    triaged: Triager,
) -> None:
    now = datetime(2026, 9, 1, 9, tzinfo=TOKYO)
    assert triaged("営業秘密の管理のしかた", "trade_secrets", "procedure", now=now).articles


def test_an_unsure_topic_offers_at_most_four_named_choices(catalogue: Catalogue) -> None:
    ranking = tuple(
        Guess(topic=topic, confidence=0.2)
        for topic in ("patents", "out_of_scope", "designs", "trademarks", "overseas", "startups")
    )
    understanding = Understanding(
        text="これどうしたら", topic="patents", confidence=0.2, sure=False, ranking=ranking
    )
    now = datetime(2026, 9, 10, 10, tzinfo=TOKYO)
    found = triage(understanding=understanding, catalogue=catalogue, now=now)
    assert [one.topic for one in found.clarify] == ["patents", "designs", "trademarks", "overseas"]
    assert found.clarify[0].label == "特許・実用新案"


def test_a_sure_topic_asks_nothing_back(triaged: Triager) -> None:
    assert triaged("特許の出し方", "patents", "procedure").clarify == ()


def test_distress_goes_to_a_person(triaged: Triager) -> None:
    for text in ("もう死にたいです", "窓口に火をつけるぞ"):
        found = triaged(text, "ip_management")
        assert found.wants[0] == "human"
        assert found.urgency.level == "urgent"
        assert "distress_or_threat" in codes(found)


def test_other_languages_get_a_polite_pointer(triaged: Triager) -> None:
    assert "english_input" in codes(triaged("How do I file a patent in Japan?", "patents"))
    assert "chinese_input" in codes(triaged("请问如何申请日本专利", "patents"))


def test_the_place_the_caller_knows_wins(triaged: Triager) -> None:
    marked = Entity(kind="prefecture", value="大阪府", text="大阪", start=0, end=2)
    found = triaged("大阪で守りたい", "trademarks", "strategy", entities=(marked,), prefecture="22")
    assert found.entities["prefecture"] == "静岡県"


def test_an_unknown_prefecture_is_asked_for_again(triaged: Triager) -> None:
    found = triaged("ブランドの守り方", "trademarks", "strategy", prefecture="アトランティス")
    assert found.entities["prefecture"] is None
    assert "prefecture" in found.ask


def test_small_talk_gets_no_desk_no_programme_no_article(triaged: Triager) -> None:
    found = triaged("こんにちは", "smalltalk")
    assert (found.desk, found.other_desks, found.programmes, found.articles) == (None, (), (), ())


def test_nothing_said_judges_the_single_case() -> None:
    from knowledge.wording.service import shipped

    for key in sorted(shipped().keys()):
        if key.startswith("triage."):
            text = shipped()._texts[key]
            assert not any(phrase in text for phrase in FORBIDDEN), key


def test_every_sentence_of_the_triage_is_used() -> None:
    from pathlib import Path

    import knowledge.triage as package
    from knowledge.triage.signals import shipped as signals
    from knowledge.wording.service import shipped

    source = "".join(
        path.read_text(encoding="utf-8") for path in Path(package.__path__[0]).rglob("*.py")
    )
    names = {one.name.removeprefix("fp_") for one in signals().signals}
    names |= {one.name for one in signals().reserved}
    for key in sorted(shipped().keys()):
        if key.startswith("triage."):
            name = key.removeprefix("triage.").partition("_")[2]
            short = name.removeprefix("false_premise_").removeprefix("judgement_")
            assert name in source or short in names, key
