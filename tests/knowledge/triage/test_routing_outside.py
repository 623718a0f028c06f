"""Routing against an unkind classifier: own words, papers and places beat what was guessed."""

from collections.abc import Callable

import pytest

from knowledge.catalogue import Catalogue
from knowledge.text import normalise
from knowledge.triage.answer import Triage
from knowledge.triage.facts import Facts, merge
from knowledge.triage.routing import Routing
from knowledge.triage.routing import desks as d
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Entity, Guess

Router = Callable[..., Routing]
Triager = Callable[..., Triage]

SUCCESSORS = {
    "kaigai-shutsugan-shien": "inpit-gaikoku-shutsugan-hojokin",
    "gaikoku-shutsugan-hojokin": "inpit-gaikoku-shutsugan-hojokin",
    "kaigai-kenrika-shien": "inpit-gaikoku-shutsugan-hojokin",
    "univ-startup-gaikoku-shutsugan": "inpit-gaikoku-shutsugan-hojokin",
    "nihon-shutsugan-kiso-kenrika": "inpit-gaikoku-shutsugan-hojokin",
    "daigakuhatsu-venture-kenrika": "inpit-gaikoku-shutsugan-hojokin",
    "monozukuri-global": "shinjigyo-shinshutsu-monozukuri-hojokin",
    "japan-brand": "shinjigyo-shinshutsu-monozukuri-hojokin",
    "shitauke-kakekomidera": "torihiki-kakekomidera",
}


def rules(found: Routing | Triage) -> set[str]:
    return {reason.rule for reason in found.reasons}


def codes(found: Triage) -> set[str]:
    return {notice.code for notice in found.notices}


def said(found: Triage) -> str:
    return "\n".join(notice.text for notice in found.notices)


def desks(found: Triage) -> list[str]:
    return [one.id for one in (found.desk, *found.other_desks) if one is not None]


def marked(text: str, *spans: tuple[str, str, str]) -> tuple[Entity, ...]:
    """``spans`` are (kind, value, words) as the bot would mark them."""
    plain = normalise(text)
    return tuple(
        Entity(
            kind=kind,
            value=value,
            text=words,
            start=plain.index(words),
            end=plain.index(words) + len(words),
        )
        for kind, value, words in spans
    )


def ranked(*topics: str) -> tuple[Guess, ...]:
    return tuple(Guess(topic=topic, confidence=0.4 / (at + 1)) for at, topic in enumerate(topics))


OWN_WORDS = [
    # text, what the classifier guessed, who really asks
    ("うちは大企業なんですが、社内で作ったプログラムをどう守るか", "founder", "large"),
    ("大手電機メーカーの知財部です。先使用の証拠をまとめたい", "sme", "large"),
    ("上場企業の法務です。秘密の管理規程を見直したい", "founder", "large"),
    ("町役場の職員です。地元の産品の相談です", "sole", "municipality"),
    ("県庁の産業振興課の者です", "support_body", "municipality"),
    ("信用金庫の職員です。取引先の知財を手伝いたい", "sme", "support_body"),
    ("商工会の経営指導員です。会員の商標のことで", "sole", "support_body"),
    ("国立大学の知財担当です。規程の見本を探しています", "large", "university"),
    ("高専生です。卒研の装置を出願したい", "university", "individual"),
    ("中学校の教師です。生徒の工夫を出願したい", "university", "individual"),
    ("工業高校の先生をしています。実習の治具の権利は", "university", "individual"),
    ("一人でカフェをやってます。店名を守りたい", "sme", "sole"),
    ("自営で革小物を作っています", "founder", "sole"),
    ("個人事業主です。看板のまねが心配", "sme", "sole"),
    ("当社は台湾の企業です。日本で商標を出したい", "sme", "foreign"),
    ("アメリカの会社です。日本国内の意匠について", "mid", "foreign"),
    ("特許事務所の者です。制度の確認です", "large", "attorney"),
    ("スタートアップの代表です。特許の順番を知りたい", "sme", "founder"),
    ("町工場をやってます。図面の守り方を", "founder", "sme"),
    ("社員900人です。台帳を作りたい", "sme", "mid"),
]


@pytest.mark.parametrize(("text", "guess", "asker"), OWN_WORDS)
def test_own_words_beat_the_guess(triaged: Triager, text: str, guess: str, asker: str) -> None:
    assert triaged(text, "ip_management", "strategy", asker=guess).asker == asker


NOT_OF_ONESELF = [
    "大手メーカーから連絡が来た",
    "契約の相手はドイツの会社です",
    "取引先は大企業です。契約の見方は",
    "熊本県の温泉まんじゅうの名前を守りたい",
    "松本市の駅前で見た看板のこと",
    "大学と共同で研究したい",
    "銀行の担当に言われて調べています",
    "紹介されたのは有名な先生です",
    "発注元は上場企業です。図面を求められた",
]


@pytest.mark.parametrize("text", NOT_OF_ONESELF)
def test_somebody_else_who_is_named_is_not_the_asker(text: str) -> None:
    assert find_signals(text).said is None


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("県の出願補助金を使いたい", "municipality"),
        ("うちの町の酒まんじゅうの名前を守りたい", "municipality"),
        ("市が出す助成について", "municipality"),
        ("当社の製品をまねされた", "university"),
        ("弊社の商標の更新", "individual"),
        ("登録料を安くしたい", "foreign"),
        ("三代目です。老舗の屋号を守りたい", "founder"),
        ("従業員80人です。ロゴを守りたい", "sole"),
    ],
)
def test_a_guess_the_words_contradict_is_dropped(triaged: Triager, text: str, guess: str) -> None:
    found = triaged(text, "trademarks", "strategy", asker=guess)
    assert found.asker != guess
    assert found.entities["company_kind"] != guess


@pytest.mark.parametrize("guess", ["sole", "sme", "mid", "large", "founder"])
def test_a_guess_never_becomes_a_kind_or_a_size(triaged: Triager, guess: str) -> None:
    found = triaged("写真を勝手に載せられた", "other_ip", "infringed", asker=guess)
    assert found.asker == guess
    assert found.entities["company_kind"] is None
    assert found.entities["company_size"] is None


def test_what_was_said_once_outlives_a_later_guess() -> None:
    said_first = Facts(asker="large", asker_said=True)
    joined = merge(said_first, Facts(asker="sole"))
    assert (joined.asker, joined.asker_said) == ("large", True)


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("大企業です。自分たちで作ったソフトの守り方", "trade_secrets"),
        ("町工場です。社内のやり方を残したい", "patents"),
        ("市役所の職員です。講師をさがしています", "ip_management"),
    ],
)
def test_a_contradicted_asker_does_not_push_to_startups(
    triaged: Triager, text: str, topic: str
) -> None:
    found = triaged(
        text, "startups", "strategy", asker="founder", ranking=ranked("startups", topic)
    )
    assert found.topic == topic
    assert "R13" in rules(found)


@pytest.mark.parametrize(
    "text",
    [
        "市役所です。モデル地域に手を挙げたい",
        "町役場の職員です。モデル地域の公募に出したい",
        "県庁の産業振興課の者です。モデル自治体の次の募集は",
    ],
)
def test_a_municipality_reaches_the_office_of_the_model_regions(
    triaged: Triager, text: str
) -> None:
    found = triaged(text, "out_of_scope", "procedure")
    assert desks(found)[0] == d.MODEL_REGIONS
    assert (found.topic, found.asker) == ("ip_management", "municipality")
    assert "J1" in rules(found)


LEAKS = [
    "元請けに渡した金型の図面が、断りもなく別の工場に回されていた",
    "得意先がうちの設計データを勝手によその会社に見せて作らせた",
    "発注者が無断で型の図面を他社に流していた",
    "外注先がうちの製法をライバルに教えていた",
]


@pytest.mark.parametrize("text", LEAKS)
@pytest.mark.parametrize("topic", ["contracts", "trade_secrets", "out_of_scope"])
def test_what_a_customer_passed_on_is_a_leak(triaged: Triager, text: str, topic: str) -> None:
    found = triaged(text, topic, "infringed")
    assert found.topic == "trade_secrets"
    assert desks(found)[0] == d.SECRETS
    assert {d.POLICE, d.LAWYER, d.DEALINGS, d.PREFECTURE} <= set(desks(found))
    assert "evidence" in codes(found)


@pytest.mark.parametrize(
    "text",
    [
        "取引先に図面を渡さないように決まりを作りたい",
        "発注元が図面を渡せと言ってくる",
        "外注先に見せる前に約束の紙を作りたい",
    ],
)
def test_what_has_not_happened_is_no_leak(text: str) -> None:
    assert not find_signals(text).has("leak")


@pytest.mark.parametrize(
    "text",
    [
        "辞めた社員がお客さんの名簿を使って営業している",
        "元店長が顧客リストで商売しているみたい",
        "退職者が得意先名簿の先に電話をしてきます",
    ],
)
def test_a_list_in_use_elsewhere_names_everybody_at_once(triaged: Triager, text: str) -> None:
    found = triaged(text, "trade_secrets", "infringed")
    assert {d.SECRETS, d.POLICE, d.PRIVACY, d.LAWYER} <= set(desks(found))
    assert "evidence" in codes(found)
    assert found.urgency.level == "urgent"


@pytest.mark.parametrize(
    "text",
    [
        "技術者が競合に移る。秘密保持の誓約書に判を押してくれない",
        "営業の社員が同業に転職します。競業避止の約束は結んでいません",
        "辞める職人がレシピを知っている。独立するらしい",
    ],
)
def test_somebody_leaving_with_secrets_is_no_plain_contract(triaged: Triager, text: str) -> None:
    found = triaged(text, "contracts", "contract")
    assert found.topic == "trade_secrets"
    assert desks(found)[0] == d.SECRETS


def test_somebody_who_came_with_a_promise_is_not_leaving() -> None:
    text = "転職してきた社員が前の会社と秘密保持の約束をしている"
    assert not find_signals(text).has("leaving_with_secrets")


PAPERS = [
    # text, ranking, topic, leading desk
    ("税関から認定手続の開始の通知が来ました", ("designs",), "designs", d.CUSTOMS),
    ("仕入れた品が偽ブランドの疑いで税関に止められた", (), "other_ip", d.CUSTOMS),
    ("裁判所から訴状。商標権侵害と書いてある", ("fee_reduction",), "trademarks", d.LAWYER),
    ("特許権侵害の警告書が来ました", ("overseas",), "patents", d.PREFECTURE),
    ("警告状が送られてきました", ("startups", "trademarks"), "trademarks", d.PREFECTURE),
    ("意匠の拒絶理由通知が届いた", (), "designs", d.PROCEDURE),
    ("出品停止。権利者から知的財産の申告があったとのこと", ("trademarks",), "trademarks", d.LAWYER),
]


@pytest.mark.parametrize(("text", "others", "topic", "desk"), PAPERS)
def test_a_paper_about_rights_is_never_out_of_scope(
    triaged: Triager, text: str, others: tuple[str, ...], topic: str, desk: str
) -> None:
    need = "deadline" if "拒絶" in text else "accused"
    found = triaged(text, "out_of_scope", need, ranking=ranked("out_of_scope", *others))
    assert found.topic == topic
    assert desks(found)[0] == desk
    assert "R8" in rules(found)


@pytest.mark.parametrize(
    "text",
    [
        "離婚の訴状が届いた",
        "隣の人から騒音で内容証明が来た",
        "個人で頼んだ薬が税関で止まった",
        "読書感想文を書いて",
        "交通事故の損害賠償はいくら",
    ],
)
def test_other_quarrels_stay_out_of_scope(triaged: Triager, text: str) -> None:
    found = triaged(text, "out_of_scope", ranking=ranked("out_of_scope", "patents"))
    assert (found.topic, found.desk) == ("out_of_scope", None)


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("警告書が来た。10日以内に答えろとある", "accused"),
        ("警告書の返事はいつまでですか", "deadline"),
        ("警告状に法律の期限はありますか", "deadline"),
    ],
)
@pytest.mark.parametrize("topic", ["overseas", "patents", "fee_reduction", "startups"])
def test_a_warning_leads_to_the_prefecture_desk_whatever_was_guessed(
    triaged: Triager, text: str, need: str, topic: str
) -> None:
    found = triaged(text, topic, need, sure=False, ranking=ranked(topic, "trademarks"))
    assert desks(found)[0] == d.PREFECTURE
    assert d.OVERSEAS not in desks(found)
    assert "R8" in rules(found)


def test_a_warning_from_abroad_still_names_the_desk_for_abroad(triaged: Triager) -> None:
    found = triaged("韓国の会社から警告書が来た", "overseas", "accused")
    assert d.OVERSEAS in desks(found)


@pytest.mark.parametrize("topic", ["overseas", "trade_secrets", "university", "e_filing"])
def test_a_mere_guess_does_not_steer_the_desk(routed: Router, topic: str) -> None:
    assert routed("相談したいことがあります", topic, "strategy", sure=False).desk == d.PREFECTURE


PLACES = [
    (
        "旅行で京都にいます。うちは岐阜の和菓子屋です",
        "岐阜県",
        ("京都府", "京都"),
        ("岐阜県", "岐阜"),
    ),
    ("いま東京に来ていますが、本社は秋田です", "秋田県", ("東京都", "東京"), ("秋田県", "秋田")),
    ("出張で福岡に滞在中。会社は大分です", "大分県", ("福岡県", "福岡"), ("大分県", "大分")),
    ("大阪に出張中です。商標の相談がしたい", None, ("大阪府", "大阪"), None),
    ("自宅は奈良、店は滋賀です", "滋賀県", ("奈良県", "奈良"), ("滋賀県", "滋賀")),
    ("静岡で小さな工場をやっています", "静岡県", ("静岡県", "静岡"), None),
]


@pytest.mark.parametrize(("text", "prefecture", "first", "second"), PLACES)
def test_the_place_of_the_company_wins_over_the_place_of_the_writer(
    triaged: Triager,
    text: str,
    prefecture: str | None,
    first: tuple[str, str],
    second: tuple[str, str] | None,
) -> None:
    spans = [("prefecture", *one) for one in (first, second) if one is not None]
    found = triaged(text, "trademarks", "strategy", entities=marked(text, *spans))
    assert found.entities["prefecture"] == prefecture
    assert ("prefecture" in found.ask) == (prefecture is None)


@pytest.mark.parametrize(
    "text", ["大学生です。思いつきを特許にしたい", "高校の教員です。授業の発明を出願したい"]
)
@pytest.mark.parametrize("topic", ["university", "patents"])
def test_a_school_is_no_dealing_with_a_university(triaged: Triager, text: str, topic: str) -> None:
    found = triaged(text, topic, "procedure", secondary_topics=("university",))
    assert found.topic == "patents"
    assert d.UNIVERSITY not in desks(found)


@pytest.mark.parametrize(
    ("text", "right", "topic"),
    [
        ("当社はドイツの会社です。日本で特許を取りたい", "patents", "patents"),
        ("うちはフランスの企業です。日本の商標を出願したい", "trademarks", "trademarks"),
    ],
)
def test_for_a_firm_abroad_japan_is_the_subject(
    triaged: Triager, text: str, right: str, topic: str
) -> None:
    word = "特許" if right == "patents" else "商標"
    entities = marked(text, ("right", right, word))
    found = triaged(
        text, "overseas", "procedure", entities=entities, secondary_topics=("overseas",)
    )
    assert found.topic == topic
    assert desks(found)[0] == d.PROCEDURE
    assert "R9" in rules(found)


HOMES = [
    # rule, text, classifier's topic, need, a desk that must stand there, first or not
    (
        "R17",
        "商号を登記する前に同じ名前の会社がないか",
        "patent_search",
        "search",
        d.REGISTRY,
        True,
    ),
    ("R17", "法務局で屋号を登録したら商標はなくてよい？", "trademarks", "learn", d.REGISTRY, True),
    ("R17", "社名を登記するとき同じ社名があると困る？", "other_ip", "learn", d.REGISTRY, True),
    ("R11", "焼酎に産地の名前を付けたい", "trademarks", "learn", d.LIQUOR, True),
    ("R11", "日本酒の原産地表示の決まり", "agriculture", "learn", d.LIQUOR, True),
    ("R12", "撮影者が分からない写真をパンフに使いたい", "other_ip", "learn", d.COPYRIGHT, True),
    ("R12", "作者と連絡が取れない絵を本に載せたい", "out_of_scope", "learn", d.CULTURE, False),
    ("E10", "下請け駆け込み寺って今もある？", "ip_management", "learn", d.DEALINGS, True),
    ("E10", "取引かけこみ寺を教えて", "out_of_scope", "learn", d.DEALINGS, True),
    ("E10", "下請Gメンに話を聞いてほしい", "out_of_scope", "people", d.DEALINGS, True),
    ("E3", "タイの子会社の社員に知財を教えたい", "ip_management", "people", d.OVERSEAS, True),
    ("E3", "海外工場の従業員の知財意識が低い", "startups", "people", d.OVERSEAS, True),
    ("R1", "外国で訴訟になったときに備える保険", "overseas", "learn", d.CHAMBER, True),
    ("DOMAIN§5", "もの補助のグローバル枠は今もある？", "overseas", "subsidy", d.PREFECTURE, True),
    ("DOMAIN§5", "JAPANブランド育成支援を使いたい", "startups", "subsidy", d.PREFECTURE, True),
]


@pytest.mark.parametrize(("rule", "text", "topic", "need", "desk", "first"), HOMES)
def test_a_question_finds_its_home(
    triaged: Triager, rule: str, text: str, topic: str, need: str, desk: str, first: bool
) -> None:
    found = triaged(text, topic, need)
    assert rule in rules(found)
    assert desk in (desks(found)[:1] if first else desks(found))


@pytest.mark.parametrize("text", ["メルカリにうちの偽物が出ている", "ヤフオクでコピー品を売られた"])
def test_a_fake_sold_at_home_is_not_abroad(triaged: Triager, text: str) -> None:
    found = triaged(text, "overseas", "infringed", ranking=ranked("overseas", "trademarks"))
    assert found.topic == "trademarks"
    assert desks(found)[0] == d.PREFECTURE
    assert d.COUNTERFEITS in desks(found)
    assert d.OVERSEAS not in desks(found)


@pytest.mark.parametrize(
    "text", ["海外で訴えられたときの保険", "訴訟になった場合に備える知財の保険"]
)
def test_insurance_is_neither_urgent_nor_a_lawyers(triaged: Triager, text: str) -> None:
    found = triaged(text, "overseas", "learn")
    assert found.urgency.level == "normal"
    assert d.LAWYER not in desks(found)


def test_the_inspectors_are_explained(triaged: Triager) -> None:
    found = triaged("下請Gメンに来てほしい", "contracts", "people")
    assert "取引Gメン" in said(found)
    assert "相談を受け付ける窓口ではありません" in said(found)


@pytest.mark.parametrize(
    ("text", "old"),
    [
        ("ものづくり補助金の海外向けの枠", "monozukuri-global"),
        ("ジャパンブランド育成支援事業", "japan-brand"),
    ],
)
def test_a_subsidy_that_is_over_is_shown_after_its_successor(
    triaged: Triager, text: str, old: str
) -> None:
    found = triaged(text, "overseas", "subsidy")
    ids = [one.id for one in found.programmes]
    assert ids.index(SUCCESSORS[old]) < ids.index(old)
    assert "not_running" in codes(found)
    assert d.FILING_SUBSIDY not in desks(found)


@pytest.mark.parametrize(
    "text", ["スーパー早期審査は中小企業でも使える？", "町工場です。面接活用早期審査は"]
)
def test_faster_tracks_of_others_are_patents(triaged: Triager, text: str) -> None:
    words = ("company_kind", "sme", "中小企業" if "中小" in text else "町工場")
    found = triaged(text, "startups", "learn", asker="founder", entities=marked(text, words))
    assert found.topic == "patents"
    assert "R13" in rules(found)


REFUSED = [
    ("助成金の書類をそちらで仕上げてほしい", "ip_management"),
    ("補助金の申請書を書いて", "ip_management"),
    ("公募の申請書を代筆して", "ip_management"),
    ("賠償金はどれくらい取れる", "other_ip"),
    ("まねされた損害はいくら請求できる", "other_ip"),
    ("商標の損害賠償はいくら", "trademarks"),
    ("特許の明細書を書いてください", "patents"),
    ("腕のいい弁理士を教えて", "ip_management"),
]


@pytest.mark.parametrize(("text", "topic"), REFUSED)
def test_a_refusal_always_comes_with_a_desk(triaged: Triager, text: str, topic: str) -> None:
    found = triaged(text, "out_of_scope", "procedure")
    assert found.judgement_or_drafting
    assert "judgement" in codes(found)
    assert found.desk is not None
    assert found.topic == topic


def test_an_amount_of_damages_is_no_question_of_fees(triaged: Triager) -> None:
    found = triaged("損害賠償はいくらもらえますか", "fee_reduction", "cost")
    assert found.topic != "fee_reduction"
    assert d.LAWYER in desks(found)


@pytest.mark.parametrize("text", ["良い弁理士を紹介して", "一番の弁理士を選んで教えて"])
def test_the_order_of_experts_is_told(triaged: Triager, text: str) -> None:
    told = said(triaged(text, "ip_management", "people"))
    places = [told.index(word) for word in ("同じ都道府県", "同じブロック", "ほかの地域")]
    assert places == sorted(places)


@pytest.mark.parametrize(("old", "new"), SUCCESSORS.items())
def test_a_programme_that_is_over_names_its_successor(
    catalogue: Catalogue, old: str, new: str
) -> None:
    programme = catalogue.programme(old)
    assert programme is not None
    assert programme.successor == new
    assert catalogue.programme(new) is not None
