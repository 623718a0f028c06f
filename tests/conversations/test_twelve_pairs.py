"""The twelve kinds of question of DOMAIN.md §6 get the shape of answer given there.

Each pair is asked in its own words and in two other wordings, in a conversation and by /triage.
"""

from dataclasses import dataclass

import pytest

from tests.support.product import Json, Product, cards, shown
from tests.support.scripts import house_rules

RECEIVED = "2026-09-10T10:00:00+09:00"


@dataclass(frozen=True)
class Pair:
    """Wordings of one kind of question; ``says`` are groups, one of each must be shown."""

    number: int
    asked: tuple[str, ...]
    says: tuple[tuple[str, ...], ...]
    judgement: bool = True

    def __str__(self) -> str:
        return f"pair {self.number}"


NO_JUDGING = ("判断できません", "判断はできません", "ここではできません", "お答えできません")
NO_WRITING = ("作ること", "作成", "代わりに")
PAIRS = (
    Pair(
        1,
        (
            "このアイデアで特許は取れますか",
            "うちで考えた仕組み、特許になりますかね",
            "この工夫は特許が通るか教えて",
        ),
        (NO_JUDGING, ("新規性",), ("調べ",), ("書かない",)),
    ),
    Pair(
        2,
        (
            "この2つの商標、似ていますか",
            "うちの店名と隣町の登録商標って似てると思います?",
            "このロゴは他社の登録商標と類似してるか判断して",
        ),
        (NO_JUDGING, ("称呼", "呼び方", "読み方"), ("J-PlatPat",)),
    ),
    Pair(
        3,
        (
            "請求項を書いて",
            "意見書を直して",
            "特許の請求項を書いて",
            "特許庁に出す意見書を直して",
            "特許の明細書を代わりに作ってください",
        ),
        (("弁理士",), ("様式", "記載例", "見本")),
    ),
    Pair(
        4,
        (
            "警告書が来た。無視していい？",
            "内容証明で特許侵害だって警告されたんだけど、放っておいてもよい？",
            "競合から商標の警告の手紙。返事しなくてもいいですか",
        ),
        (("決まった期間はありません",), ("届いた日",), ("弁護士",)),
    ),
    Pair(
        5,
        (
            "うちの製品は侵害ですか",
            "この部品、他社の特許を侵害してるかどうか見てほしい",
            "うちの商品が特許侵害になるか教えて",
        ),
        (NO_JUDGING, ("判定",), ("特許請求の範囲", "請求項", "権利の範囲")),
    ),
    Pair(
        6,
        (
            "NDAのこの条文で大丈夫？",
            "取引先から来た秘密保持契約の第3条、これでOKか見て",
            "このライセンス契約の条項、うちに不利じゃないか判断して",
        ),
        (("条文", "契約"), ("ひな形", "モデル契約書", "見本"), ("弁護士",)),
    ),
    Pair(
        7,
        (
            "9月1日発送の拒絶理由、いつまで？",
            "拒絶理由通知が9/1に発送されました。期限を教えて",
            "きょぜつりゆうつうち、9月1日付けで発送。返事の締切は？",
        ),
        (("2026年10月31日",), ("2026年10月11日",), ("延長",)),
        judgement=False,
    ),
    Pair(
        8,
        (
            "8人の町工場、安くなる？",
            "社員8人の鉄工所です。特許の審査請求料は安くなりますか",
            "従業員8名の工場だけど特許料まけてもらえる？",
        ),
        (("3分の1",), ("可能性", "確かめ"), ("簡易判定",)),
        judgement=False,
    ),
    Pair(
        9,
        (
            "どの区分で出せばいい？",
            "商標、どの区分で出せばいい？",
            "焼き菓子の通販なんだけど区分は何類にすればいいか決めて",
            "うちの商売だと商標の指定商品はどれを選べばいいですか",
        ),
        (("区分",), ("選ぶことはできません", "選びません", *NO_JUDGING)),
    ),
    Pair(
        10,
        (
            "良い弁理士を紹介して",
            "一番腕のいい弁理士さん教えてよ",
            "商標に強いおすすめの弁理士は誰ですか",
        ),
        (("弁理士ナビ",), ("すすめること",)),
    ),
    Pair(
        12,
        (
            "補助金の申請書を代わりに作って",
            "外国出願補助金の申請書、そっちで書いてくれない？",
            "海外出願の補助金の申請書類の作成をお願いします",
        ),
        (NO_WRITING, ("公募要領", "jGrants", "GビズID"), ("ここではできません", "作れません")),
    ),
)
ASKED = [(pair, text) for pair in PAIRS for text in pair.asked]
IDS = [f"pair{pair.number}-{text[:12]}" for pair, text in ASKED]
SECRET = (
    "まだ公開していない発明です。もみ殻を450度で30分焼いて炭にし、クエン酸を3%しみこませ、"
    "粘土と7対3で混ぜて直径5mmの粒にすると、池の藻が1週間で消えました。特許は取れますか"
)


@pytest.mark.rasa
@pytest.mark.parametrize(("pair", "text"), ASKED, ids=IDS)
def test_the_answer_has_the_shape_of_its_pair(product: Product, pair: Pair, text: str) -> None:
    replies = product.talk().say(dated(pair, text))
    words = shown(replies)
    house_rules(replies, f"{text}\n--- shown\n{words}")
    missing = [group for group in pair.says if not any(word in words for word in group)]
    assert not missing, f"{text}: none of {missing} in\n{words}"
    assert cards(replies, "desk"), f"{text}: no desk card in\n{words}"


@pytest.mark.rasa
@pytest.mark.parametrize(("pair", "text"), ASKED, ids=IDS)
def test_triage_flags_what_the_law_reserves_and_still_names_a_desk(
    product: Product, pair: Pair, text: str
) -> None:
    found = product.triage(text, received_at=RECEIVED)
    assert found["judgement_or_drafting"] is pair.judgement
    assert found["desk"], found["topic"]
    if pair.judgement:
        assert "judgement" in [notice["code"] for notice in found["notices"]]


def dated(pair: Pair, text: str) -> str:
    """A conversation reads dates against today: pair 7 is told its year there."""
    return (
        "2026年" + text
        if pair.number == 7 and text.startswith("9")
        else (text.replace("9/1", "2026年9月1日").replace("、9月1日", "、2026年9月1日"))
    )


# ---- pair 7: the two last days of each right


def last_days(found: Json) -> dict[str, tuple[str, str]]:
    return {
        str(line["if_right"]): (line["unshifted"], line["date"])
        for line in found["urgency"]["deadlines"]
    }


@pytest.mark.rasa
def test_pair_seven_gives_both_days_of_each_right_and_asks_which(product: Product) -> None:
    found = product.triage("9月1日発送の拒絶理由、いつまで？", received_at=RECEIVED)
    assert last_days(found) == {
        "designs": ("2026-10-11", "2026-10-13"),
        "trademarks": ("2026-10-11", "2026-10-13"),
        "patents": ("2026-10-31", "2026-11-02"),
    }
    assert "right" in found["ask"]
    assert found["urgency"]["level"] in ("soon", "urgent")


@pytest.mark.rasa
@pytest.mark.parametrize(
    ("right", "unshifted", "shifted"),
    [
        ("特許", "2026-10-31", "2026-11-02"),
        ("意匠", "2026-10-11", "2026-10-13"),
        ("商標", "2026-10-11", "2026-10-13"),
    ],
)
def test_pair_seven_with_the_right_known_gives_one_answer(
    product: Product, right: str, unshifted: str, shifted: str
) -> None:
    found = product.triage(f"9月1日発送の{right}の拒絶理由通知、いつまで？", received_at=RECEIVED)
    assert list(last_days(found).values()) == [(unshifted, shifted)]
    assert "right" not in found["ask"]


@pytest.mark.rasa
def test_a_warning_letter_never_gets_a_computed_day(product: Product) -> None:
    found = product.triage("9月1日に特許の警告書が届いた。無視していい？", received_at=RECEIVED)
    assert found["urgency"]["deadlines"] == []


# ---- pair 11: the substance is stopped before it is stored


@pytest.mark.rasa
def test_pair_eleven_stops_the_text_before_it_is_stored(product: Product) -> None:
    talk = product.talk()
    replies = talk.say(SECRET)
    message = talk.messages[-len(replies) - 1]
    assert (message["withheld"], message["parts"]) == (True, [])
    words = shown(replies)
    assert "もみ殻" not in words
    for wanted in ("保存する前に止めました", "話題だけで続ける", "窓口で直接話す", "このまま送る"):
        assert wanted in words
    assert traces(product, "もみ殻", "クエン酸") == []


@pytest.mark.rasa
def test_pair_eleven_leaves_no_trace_through_triage_either(product: Product) -> None:
    found = product.triage(SECRET)
    assert "confidential" in [notice["code"] for notice in found["notices"]]
    assert traces(product, "もみ殻", "クエン酸") == []


@pytest.mark.rasa
def test_a_visitor_who_has_already_disclosed_is_not_stopped(product: Product) -> None:
    talk = product.talk()
    replies = talk.say("2026年5月の展示会でもう見せた商品です。特許はまだ出せますか")
    assert talk.messages[-len(replies) - 1]["withheld"] is False
    assert cards(replies, "desk")


def traces(product: Product, *words: str) -> list[str]:
    """Files of the installation (databases, tracker, queue, logs) that hold one of the words."""
    found = []
    for path in product.data_dir.rglob("*"):
        if path.is_file() and "models" not in path.parts:
            content = path.read_bytes()
            escaped = [word.encode("unicode_escape") for word in words]
            if any(word in content for word in [*(w.encode() for w in words), *escaped]):
                found.append(str(path.relative_to(product.data_dir)))
    return found
