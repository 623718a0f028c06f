"""Routing: every rule R1-R17, E, C and J with phrasings of its own, and the published cases."""

from collections.abc import Callable
from typing import Any

import pytest

from knowledge.catalogue import Catalogue
from knowledge.triage.facts import Facts
from knowledge.triage.routing import Routing, route
from knowledge.triage.routing import desks as d
from knowledge.triage.signals import Signals
from knowledge.triage.understanding import Understanding

Router = Callable[..., Routing]


def rules(routing: Routing) -> set[str]:
    return {reason.rule for reason in routing.reasons}


LEADING: list[tuple[str, str, str, str | None, dict[str, Any], str]] = [
    # rule, text, topic, need, more, leading desk
    ("R1", "台湾に工場を出すので守り方を相談したい", "overseas", "strategy", {}, d.OVERSEAS),
    ("R1", "韓国の代理店と契約するのが心配", "overseas", "contract", {}, d.OVERSEAS),
    ("R1", "PCTの願書の出し方", "overseas", "procedure", {}, d.PROCEDURE),
    ("R1", "マドプロの手数料はいくら", "overseas", "cost", {}, d.PROCEDURE),
    ("R1", "外国出願の補助金がほしい", "overseas", "subsidy", {}, d.FILING_SUBSIDY),
    ("R1", "アメリカに特許を出すお金の助成は", "overseas", "subsidy", {}, d.FILING_SUBSIDY),
    ("R1", "海外の模倣品を取り締まる費用の補助", "overseas", "subsidy", {}, d.JETRO),
    ("R1", "中国で先に登録された商標を消す費用の支援金", "overseas", "subsidy", {}, d.JETRO),
    ("R1", "海外の知財訴訟の保険に入りたい", "overseas", "subsidy", {}, d.CHAMBER),
    ("R1", "訴えられたときの保険、知財のやつ", "overseas", "cost", {}, d.CHAMBER),
    ("R1", "アリババに偽物が並んでいる", "overseas", "infringed", {}, d.COUNTERFEITS),
    ("R1", "海外の通販サイトでコピー品を売られた", "overseas", "infringed", {}, d.COUNTERFEITS),
    ("R2", "専門家に会って相談したい", "expert_session", None, {}, d.PREFECTURE),
    ("R2", "人と話したい", "human", None, {}, d.PREFECTURE),
    ("R4", "J-PlatPatのエラーが消えない", "patent_search", "procedure", {}, d.J_PLATPAT),
    ("R4", "プラットパットの使い方", "patent_search", "learn", {}, d.J_PLATPAT),
    ("F4", "自分の事業に関係する特許を探したい", "patent_search", "search", {}, d.PREFECTURE),
    ("R4", "登録原簿の写しを取りたい", "patents", "procedure", {}, d.PROCEDURE),
    ("R4", "商標の登録を証明する書類がほしい", "patent_search", "procedure", {}, d.INSPECTION),
    ("E6", "電子証明書が読み込めない", "e_filing", "procedure", {}, d.E_FILING),
    ("E6", "出願ソフトが動かへん", "e_filing", "procedure", {}, d.E_FILING),
    ("R5", "優先権証明書を取り寄せたい", "e_filing", "procedure", {}, d.PROCEDURE),
    ("R5", "願書の欄に何を書くか分からない", "e_filing", "procedure", {}, d.PROCEDURE),
    ("R6", "辞めた社員に図面データを持ち出された", "trade_secrets", "infringed", {}, d.SECRETS),
    ("R6", "元従業員が顧客リストを盗んだ", "trade_secrets", "infringed", {}, d.SECRETS),
    ("R7", "得意先が金型の図面をよこせと言う", "trade_secrets", "contract", {}, d.DEALINGS),
    ("R7", "発注元からノウハウの開示を要求された", "contracts", "contract", {}, d.DEALINGS),
    ("R8", "訴状が届いた", "patents", "accused", {}, d.LAWYER),
    ("R8", "裁判所から仮処分の書類が来ました", "trademarks", "accused", {}, d.LAWYER),
    ("R8", "税関から認定手続の通知が来た", "designs", "accused", {}, d.CUSTOMS),
    ("R8", "アマゾンで出品が停止された", "trademarks", "accused", {}, d.LAWYER),
    ("R8", "警告書が届いた", "trademarks", "accused", {}, d.PREFECTURE),
    ("R8", "内容証明で名前を使うなと言われた", "trademarks", None, {}, d.PREFECTURE),
    ("R9", "商標の守り方を知りたい", "trademarks", "strategy", {"asker": "large"}, d.SECRETS),
    ("R9", "拒絶理由への考え方", "patents", "learn", {"asker": "large"}, d.PROCEDURE),
    ("R9", "意匠の制度について", "designs", "learn", {"asker": "attorney"}, d.PROCEDURE),
    ("R9", "日本の商標の制度", "trademarks", "learn", {"asker": "foreign"}, d.PROCEDURE),
    ("E4", "大学と共同研究を始める", "university", "contract", {}, d.UNIVERSITY),
    ("E4", "高専の先生の発明を使いたい", "university", "procedure", {}, d.UNIVERSITY),
    ("R11", "日本酒の地理的表示", "agriculture", "learn", {}, d.LIQUOR),
    ("R11", "焼酎をGIに登録したい", "agriculture", "procedure", {}, d.LIQUOR),
    ("E8", "いちごの品種登録", "agriculture", "procedure", {}, d.PREFECTURE),
    ("R12", "写真の著作権", "other_ip", "learn", {}, d.COPYRIGHT),
    ("R12", "生成AIで作ったイラストを使ってよいか", "other_ip", "learn", {}, d.COPYRIGHT),
    ("R13", "スタートアップの知財支援", "startups", "strategy", {}, d.PREFECTURE),
    ("R14", "先使用権の資料の残し方", "trade_secrets", "procedure", {}, d.SECRETS),
    ("R16", "偽物が日本に入ってくるのを止めたい", "trademarks", "infringed", {}, d.CUSTOMS),
    ("R16", "コピー商品の輸入を差し止めたい", "designs", "infringed", {}, d.CUSTOMS),
    ("R17", "会社名を登記したい", "trademarks", "procedure", {}, d.REGISTRY),
    ("R17", "商号変更の登記はどこでする", "out_of_scope", None, {}, d.REGISTRY),
    ("E2", "営業秘密の管理規程を作りたい", "trade_secrets", "procedure", {}, d.SECRETS),
    ("E15", "特許を出すか秘密にするか迷う", "patents", "strategy", {}, d.SECRETS),
    ("E5", "特許の出願のしかた", "patents", "procedure", {}, d.PROCEDURE),
    ("E5", "商標の名義変更", "trademarks", "record_change", {}, d.PROCEDURE),
    ("ARCH4", "審査請求料はいくら", "fee_reduction", "cost", {}, d.PROCEDURE),
    ("ARCH4", "何から始めればよいか", "ip_management", "strategy", {}, d.PREFECTURE),
    ("ARCH4", "会社どうしのライセンスの決め方", "contracts", "contract", {}, d.PREFECTURE),
    (
        "J1",
        "モデル地域に応募したい",
        "ip_management",
        "procedure",
        {"asker": "municipality"},
        d.MODEL_REGIONS,
    ),
    ("DOMAIN§4-10", "英語の請求書が来た、払うのか", "trademarks", "cost", {}, d.OVERSEAS),
    ("DOMAIN§4-10", "WIPOみたいな所から振込の案内が来た", "ip_management", "learn", {}, d.OVERSEAS),
]


@pytest.mark.parametrize(("rule", "text", "topic", "need", "more", "desk"), LEADING)
def test_the_leading_desk_follows_its_rule(
    routed: Router,
    rule: str,
    text: str,
    topic: str,
    need: str | None,
    more: dict[str, Any],
    desk: str,
) -> None:
    routing = routed(text, topic, need, **more)
    assert routing.desk == desk
    assert rule in rules(routing)
    assert all(reason.text for reason in routing.reasons)


def test_small_talk_and_what_is_not_ours_have_no_desk(routed: Router) -> None:
    for topic in ("smalltalk", "out_of_scope"):
        routing = routed("こんにちは", topic)
        assert (routing.desk, routing.other_desks, routing.ask) == (None, (), ())


def test_words_about_the_conversation_count_as_small_talk(routed: Router) -> None:
    assert routed("はい", "affirm").topic == "smalltalk"


@pytest.mark.parametrize("need", ["strategy", "infringed", "procedure"])
def test_the_prefecture_desk_stays_beside_a_special_desk(routed: Router, need: str) -> None:
    routing = routed("秘密の守り方", "trade_secrets", need)
    assert d.PREFECTURE in routing.other_desks
    assert {"E1", "C3"} <= rules(routing)


def test_an_unknown_prefecture_is_asked_for(routed: Router) -> None:
    assert "prefecture" in routed("ブランドを守りたい", "trademarks", "strategy").ask
    assert (
        "prefecture"
        not in routed("ブランドを守りたい", "trademarks", "strategy", prefecture="静岡").ask
    )


def test_the_company_place_is_named_in_the_reason(routed: Router) -> None:
    routing = routed("ブランドを守りたい", "trademarks", "strategy", prefecture="22")
    assert any("静岡県" in reason.text for reason in routing.reasons if reason.rule == "C3")


@pytest.mark.parametrize("prefecture", ["福井", "滋賀県", "京都", "27", "兵庫県", "奈良", "和歌山"])
def test_the_kansai_desk_stands_beside_for_its_seven_prefectures(
    routed: Router, prefecture: str
) -> None:
    secret = routed("秘密の管理のしかた", "trade_secrets", "procedure", prefecture=prefecture)
    abroad = routed("海外での危険を知りたい", "overseas", "learn", prefecture=prefecture)
    assert (secret.desk, secret.other_desks[0]) == (d.SECRETS, d.KANSAI)
    assert (abroad.desk, abroad.other_desks[0]) == (d.OVERSEAS, d.KANSAI)


def test_the_kansai_desk_leads_for_strategy_or_a_meeting_in_person(routed: Router) -> None:
    strategy = routed("海外での戦略を立てたい", "overseas", "strategy", prefecture="大阪")
    meeting = routed("秘密管理を対面で相談したい", "trade_secrets", "procedure", prefecture="京都")
    assert (strategy.desk, meeting.desk) == (d.KANSAI, d.KANSAI)
    assert d.OVERSEAS in strategy.other_desks
    assert d.SECRETS in meeting.other_desks


@pytest.mark.parametrize("prefecture", ["三重", "東京都", None])
def test_the_kansai_desk_is_not_shown_elsewhere(routed: Router, prefecture: str | None) -> None:
    routing = routed("秘密の管理", "trade_secrets", "strategy", prefecture=prefecture)
    assert d.KANSAI not in routing.desks


def test_abroad_comes_before_secrets_and_secrets_before_the_university(routed: Router) -> None:
    first = routed(
        "東南アジアに出すノウハウの選び方", "trade_secrets", "strategy", also=("overseas",)
    )
    second = routed("大学に見せるノウハウ", "university", "strategy", also=("trade_secrets",))
    assert (first.desk, second.desk) == (d.OVERSEAS, d.SECRETS)


def test_the_university_comes_before_e_filing_and_e_filing_before_the_rest(routed: Router) -> None:
    first = routed("大学と共同でソフトから出願", "e_filing", "procedure", also=("university",))
    second = routed("出願ソフトで商標を送る", "trademarks", "procedure", also=("e_filing",))
    assert (first.desk, second.desk) == (d.UNIVERSITY, d.E_FILING)


def test_the_subject_beats_the_asker(routed: Router) -> None:
    routing = routed("特許の出願のしかた", "patents", "procedure", asker="university")
    assert routing.desk == d.PROCEDURE


def test_the_university_desk_never_stands_without_the_prefecture_desk(routed: Router) -> None:
    for text in ("TLOと話したい", "教授の発明を使いたい"):
        routing = routed(text, "university", "contract")
        assert d.PREFECTURE in routing.other_desks
        assert "R10" in rules(routing)
        assert "contact_unknown" in routing.notices


def test_large_firms_never_see_the_prefecture_desk(routed: Router) -> None:
    for topic in ("trade_secrets", "overseas", "patents", "ip_management", "contracts"):
        routing = routed("うちの会社のこと", topic, "strategy", asker="large")
        assert d.PREFECTURE not in routing.desks
        assert "R9" in rules(routing)


def test_individuals_are_welcome_but_not_visited(routed: Router) -> None:
    routing = routed("うちまで来てほしい", "patents", "strategy", asker="individual")
    assert routing.desk == d.PREFECTURE
    assert "no_visits" in routing.notices


def test_support_bodies_have_their_own_branch(routed: Router) -> None:
    for asker in ("support_body", "municipality"):
        routing = routed("支援先の相談のしかた", "ip_management", "people", asker=asker)
        assert routing.desk == d.PREFECTURE
        assert "R9" in rules(routing)


def test_students_are_sent_to_the_procedure_desk(routed: Router) -> None:
    assert (
        routed("大学生です。レポートで特許を調べています", "patents", "learn").desk == d.PROCEDURE
    )


def test_a_leak_names_the_police_and_more_at_once(routed: Router) -> None:
    plain = routed("退職者が設計データを持ち出した", "trade_secrets", "infringed")
    hacked = routed("サーバーに不正アクセスされ図面を抜かれた", "trade_secrets", "infringed")
    people = routed("辞めた店長が顧客名簿を持っていった", "trade_secrets", "infringed")
    assert plain.other_desks[0] == d.POLICE
    assert d.LAWYER in plain.other_desks
    assert d.IPA in hacked.other_desks
    assert d.PRIVACY in people.other_desks
    assert d.PRIVACY not in plain.other_desks
    assert "evidence" in plain.notices


def test_preventing_a_leak_is_no_leak(routed: Router) -> None:
    routing = routed("情報が漏れないように規程を作りたい", "trade_secrets", "procedure")
    assert d.POLICE not in routing.desks
    assert "evidence" not in routing.notices


def test_a_pressing_customer_puts_dealings_and_prefecture_first(routed: Router) -> None:
    routing = routed(
        "元請けが図面を出せと言ってきた", "trade_secrets", "contract", also=("contracts",)
    )
    assert (routing.desk, routing.other_desks[0]) == (d.DEALINGS, d.PREFECTURE)
    assert d.SECRETS in routing.other_desks
    assert {d.FAIR_TRADE, d.SME_AGENCY} <= set(routing.other_desks)
    assert routing.topic == "trade_secrets"


def test_a_warning_from_abroad_adds_the_overseas_desk(routed: Router) -> None:
    for text in ("アメリカの会社から警告書が来た", "英文の警告書が届きました"):
        routing = routed(text, "patents", "accused")
        assert routing.desk == d.PREFECTURE
        assert {d.OVERSEAS, d.LAWYER, d.ATTORNEYS} <= set(routing.other_desks)


def test_forms_abroad_name_the_international_office(routed: Router) -> None:
    routing = routed("PCTの国内移行の手続", "overseas", "procedure")
    assert {d.INTERNATIONAL, d.OVERSEAS} <= set(routing.other_desks)


def test_food_indications_name_ministry_and_institute(routed: Router) -> None:
    for text in ("里芋をGIにしたい", "新しい米の品種登録"):
        routing = routed(text, "agriculture", "procedure")
        assert {d.FARM_MINISTRY, d.FARM_INSTITUTE} <= set(routing.other_desks)


def test_a_regional_brand_without_a_right_is_asked_about_once(routed: Router) -> None:
    unclear = routed("町の特産品の名前を守りたい", "trademarks", "strategy")
    clear = routed("地域団体商標を取りたい。町の特産品です", "trademarks", "procedure")
    assert "right" in unclear.ask
    assert "region_unclear" in unclear.notices
    assert "right" not in clear.ask


def test_a_certificate_may_mean_three_things(routed: Router) -> None:
    assert "certificate" in routed("証明書がほしい", "e_filing", "procedure").ask
    assert "certificate" not in routed("電子証明書の更新", "e_filing", "procedure").ask


MOVED = [
    ("R17", "商号の登記をしたい", "trademarks", "other_ip", "trademarks"),
    ("E15", "特許を取らずにノウハウとして隠したい", "patents", "trade_secrets", "patents"),
    ("R14", "昔からの店名を他人に商標登録された", "trade_secrets", "trademarks", "trade_secrets"),
    ("R14", "先使用権を確保したい", "patents", "trade_secrets", "patents"),
    ("R13", "審査を早くしてほしい", "startups", "patents", "startups"),
    ("R16", "偽ブランドが輸入されている", "overseas", "trademarks", "overseas"),
    ("R5", "登録原簿の写しの請求", "e_filing", "patents", "e_filing"),
    ("R15", "うちの村の漬物、地理的表示にならないか", "trademarks", "agriculture", "trademarks"),
    ("DOMAIN§4-10", "海外の知らない団体から請求書が届いた", "trademarks", "overseas", "trademarks"),
    ("DOMAIN§4-13", "出願非公開の事前確認", "patents", "overseas", "patents"),
]


@pytest.mark.parametrize(("rule", "text", "topic", "moved", "kept"), MOVED)
def test_a_rule_moves_the_topic_and_keeps_the_choice_second(
    routed: Router, rule: str, text: str, topic: str, moved: str, kept: str
) -> None:
    routing = routed(text, topic, "procedure")
    assert routing.topic == moved
    assert kept in routing.secondary
    assert rule in rules(routing)


def test_without_a_rule_the_topic_stands(routed: Router) -> None:
    routing = routed("スタートアップです。早期審査を使いたい", "startups", "procedure")
    assert routing.topic == "startups"


def test_the_faster_tracks_for_startups_stay_with_startups(routed: Router) -> None:
    for text in ("スーパー早期審査の条件", "面接活用早期審査の面接"):
        routing = routed(text, "startups", "procedure")
        assert routing.topic == "startups"
        assert "false_premise_super_early" not in routing.notices


def test_the_software_for_international_filings_is_the_e_filing_centres(routed: Router) -> None:
    routing = routed("PCTの送信でエラー", "e_filing", "procedure", also=("overseas",))
    assert routing.desk == d.E_FILING


def test_a_price_is_no_matter_of_the_software_centre(routed: Router) -> None:
    routing = routed("電子出願だといくら安い", "fee_reduction", "cost", also=("e_filing",))
    assert routing.desk == d.PROCEDURE


def test_money_for_seedlings_abroad_is_not_the_filing_subsidy(routed: Router) -> None:
    routing = routed("海外での品種登録の補助", "agriculture", "subsidy", also=("overseas",))
    assert d.FILING_SUBSIDY not in routing.desks
    assert d.FARM_MINISTRY in routing.other_desks


def test_the_name_of_rice_for_sake_is_no_liquor(routed: Router) -> None:
    assert routed("酒米の名前にGIを付けたい", "agriculture", "learn").desk == d.PREFECTURE


def test_a_price_of_one_third_is_no_belief_about_fees(routed: Router) -> None:
    routing = routed("コピー品が1/3の値段で売られた", "designs", "infringed")
    assert "false_premise_third" not in routing.notices


PUBLISHED = [
    (
        "秘密情報を層別するためのマル秘、極秘、社外秘の基準と運用について、仕組み作りをしています",
        "large",
    ),
    ("改訂された営業秘密管理指針に沿った体制案に助言がほしい", "large"),
    ("先使用権を確保するための資料のまとめ方", "large"),
    ("保有特許の維持や放棄の判断基準の仕組みを作りたい", "large"),
    ("自社で開発したソフトの権利の守り方", "large"),
    ("社員がライバル会社に転職。秘密保持契約書に押印を断られた", "sme"),
    ("成分の解析が難しい物質。特許出願せずに秘密にしたいが、他者に権利を取られては困る", "sme"),
    ("退職者が起業した会社に仕事をとられた。技術情報を利用されているのではないか", "sme"),
    ("解雇通知した従業員のパソコンからデータが消失した", "sme"),
    ("金型の情報を顧客が他社に流出させた", "sme"),
    ("管理規定案とチェックシートに助言が欲しい", "university"),
]


@pytest.mark.parametrize(("text", "asker"), PUBLISHED)
def test_the_published_cases_reach_the_trade_secret_desk(
    routed: Router, text: str, asker: str
) -> None:
    routing = routed(text, "trade_secrets", "strategy", asker=asker)
    assert routing.desk == d.SECRETS
    assert (d.PREFECTURE in routing.other_desks) == (asker == "sme")


def test_a_university_with_a_secret_has_its_own_desk_beside(routed: Router) -> None:
    routing = routed(PUBLISHED[10][0], "trade_secrets", "strategy", asker="university")
    assert d.UNIVERSITY in routing.other_desks


def test_the_case_that_speaks_of_patents_goes_to_the_trade_secret_desk(routed: Router) -> None:
    routing = routed(PUBLISHED[6][0], "patents", "strategy", asker="sme")
    assert (routing.desk, routing.topic) == (d.SECRETS, "trade_secrets")


PUBLISHED_ABROAD = [
    ("中国に進出する。現地の知財環境と管理に不安", "overseas", "strategy"),
    ("海外のグループ会社の知財管理体制が整っていない", "overseas", "strategy"),
    ("海外で知財の意識が低く情報管理ができていない", "trade_secrets", "strategy"),
    ("中国に進出するが、契約の知見が足りない", "contracts", "contract"),
    ("北米に進出、ライセンス契約の進め方", "overseas", "contract"),
    ("韓国とドイツに進出するにあたり契約に不安", "contracts", "contract"),
    ("外国出願の知見が足りない。PCT出願を考えている", "overseas", "strategy"),
    ("東南アジアへ。出願する技術とノウハウの選別", "overseas", "strategy"),
]


@pytest.mark.parametrize(("text", "topic", "need"), PUBLISHED_ABROAD)
def test_the_published_overseas_cases_reach_the_overseas_desk(
    routed: Router, text: str, topic: str, need: str
) -> None:
    also = ("overseas",) if topic != "overseas" else ()
    routing = routed(text, topic, need, also=also, asker="sme")
    assert routing.desk == d.OVERSEAS
    assert d.PREFECTURE in routing.other_desks


def test_every_desk_a_rule_names_is_in_the_content(catalogue: Catalogue) -> None:
    named = {value for name, value in vars(d).items() if name.isupper()}
    assert {id_ for id_ in named if catalogue.desk(id_) is None} == set()


def test_a_desk_the_catalogue_does_not_hold_is_left_out() -> None:
    class Nearly:
        def desk(self, id: str, /) -> object | None:  # noqa: A002
            return None if id == d.LAWYER else object()

        def prefecture(self, value: str, /) -> None:
            return None

    understanding = Understanding(text="訴状が届いた", topic="patents", confidence=0.9)
    signals = Signals(names=frozenset({"lawsuit"}))
    routing = route(understanding, Facts(), signals, Nearly())  # type: ignore[arg-type]
    assert routing.desk == d.PREFECTURE
