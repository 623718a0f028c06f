"""The published consultations (DUTIES.md §L) reach the desk named there.

They are examples to pass, not to learn: no near copy of them may be in the training data.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import yaml

from tests.support.product import ROOT, Json, Product

SECRETS = "eigyo-himitsu-chizai-senryaku-madoguchi"
ABROAD = "kaigai-tenkai-chizai-madoguchi"
PREFECTURE = "inpit-chizai-sogo-madoguchi"
UNIVERSITY = "sangaku-startup-sodan-madoguchi"
TRAIN = ROOT / "nlu_data" / "train"


@dataclass(frozen=True)
class Case:
    """One published case: heading and asker are columns of the table, told as a visitor would."""

    name: str
    asker: str
    heading: str
    text: str

    @property
    def told(self) -> str:
        return f"{self.asker}です。{self.heading}の相談です。{self.text}"


LARGE, SMALL, SCHOOL = "大企業", "中小企業", "大学"
HELD, LEAK, PLAN = "営業秘密管理", "営業秘密流出防止", "知財戦略"
CASES = (
    Case(
        "L1",
        LARGE,
        HELD,
        "営業秘密管理の仕組み作りをするWG…秘密情報の層別化(「マル秘」、「極秘」、「社外秘」等)の基準や運用",
    ),
    Case("L2", LARGE, HELD, "改訂された営業秘密管理指針に沿って…体制案についてアドバイス"),
    Case("L3", LARGE, HELD, "先使用権を確保するための資料のまとめ方"),
    Case("L4", LARGE, PLAN, "保有特許の維持／放棄の判断基準又は仕組み作り"),
    Case("L5", LARGE, PLAN, "自社開発ソフトの権利の守り方"),
    Case(
        "L6",
        SMALL,
        HELD,
        "社員がライバル会社に転職…秘密保持契約書…押印を断られ、競業避止契約書も用意していなかった",
    ),
    Case(
        "L7",
        SMALL,
        HELD,
        "成分の解析が難しい物質…特許出願せずに秘密…他者に権利を取られては困る",
    ),
    Case(
        "L8",
        SMALL,
        LEAK,
        "退職者が起業した会社に仕事をとられた。技術情報を利用されているのではないか",
    ),
    Case("L9", SMALL, LEAK, "解雇通知した従業員のパソコンからデータが消失"),
    Case("L10", SMALL, LEAK, "金型の情報を顧客(発注者)が他社に流出…不正競争防止法による保護"),
    Case("L11", SCHOOL, HELD, "チェックシート、管理規定案…アドバイスが欲しい"),
)
ABROAD_CASES = (
    "中国進出、現地の知財環境や管理方法に不安",
    "知財管理体制の不備 (グループ会社)",
    "知財の意識が低く情報管理ができていない",
    "中国進出、契約関係の知見が不足",
    "北米進出、ライセンス契約の進め方",
    "海外進出にあたり契約に不安 (韓国、ドイツ)",
    "外国出願の知見不足 (補助金を活用し、PCT出願)",
    "東南アジア、出願する技術とノウハウの選別",
)
IN_CONTEXT = "海外展開の相談です。"
"""All eight were told to the overseas adviser; two of them name no country without that."""


TELLING = [case for case in CASES if case.name != "L11"]
"""Cases whose text names its subject; L11 without its heading does not say of what."""


def desks(found: Json) -> list[str]:
    """The leading desk, then those beside it."""
    return [found["desk"]["id"], *(desk["id"] for desk in found["other_desks"])]


@pytest.mark.rasa
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_published_case_reaches_the_trade_secret_desk(product: Product, case: Case) -> None:
    found = product.triage(case.told, prefecture="静岡県")
    assert desks(found)[0] == SECRETS, found["topic"]


@pytest.mark.rasa
@pytest.mark.parametrize("case", TELLING, ids=[case.name for case in TELLING])
def test_the_heading_of_the_table_is_not_needed_to_find_the_desk(
    product: Product, case: Case
) -> None:
    found = product.triage(f"{case.asker}です。{case.text}", prefecture="静岡県")
    assert desks(found)[0] == SECRETS, found["topic"]


@pytest.mark.rasa
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_who_asks_decides_whether_the_prefecture_desk_stays_in_the_case(
    product: Product, case: Case
) -> None:
    found = product.triage(case.told, prefecture="静岡県")
    if case.asker == LARGE:
        assert (found["asker"], PREFECTURE in desks(found)) == ("large", False)
    elif case.asker == SCHOOL:
        assert (found["asker"], UNIVERSITY in desks(found)) == ("university", True)
    else:
        assert (found["asker"], PREFECTURE in desks(found)) == ("sme", True)


@pytest.mark.rasa
@pytest.mark.parametrize("name", ["L8", "L9"])
def test_a_leak_names_the_police_and_says_to_keep_the_evidence(product: Product, name: str) -> None:
    case = next(case for case in CASES if case.name == name)
    found = product.triage(f"{case.asker}です。{case.text}", prefecture="静岡県")
    assert "eigyo-himitsu-hogo-taisakukan" in desks(found)
    assert "evidence" in [notice["code"] for notice in found["notices"]]
    assert (name == "L9") == ("ipa" in desks(found))


@pytest.mark.rasa
@pytest.mark.parametrize("text", ABROAD_CASES, ids=range(1, 9))
def test_a_published_overseas_case_reaches_the_overseas_desk(product: Product, text: str) -> None:
    found = product.triage(IN_CONTEXT + text, prefecture="静岡県")
    told_result = "補助金を活用" in text
    # Case 7 prints its outcome beside the question; a subsidy office may then stand first.
    assert ABROAD in (desks(found) if told_result else desks(found)[:1]), found["topic"]
    assert PREFECTURE in desks(found)


@pytest.mark.rasa
def test_a_kansai_company_is_also_offered_the_kansai_desk(product: Product) -> None:
    for text in (CASES[6].told, IN_CONTEXT + ABROAD_CASES[0]):
        found = product.triage(text, prefecture="大阪府")
        assert "kansai-chizai-senryaku-senmon-madoguchi" in desks(found)


# ---- examples to pass, not to learn


def plain(text: str) -> str:
    """Letters only, one form for each, entity marks removed."""
    bare = re.sub(r"\[([^\]]*)\](?:\{[^}]*\}|\([^)]*\))", r"\1", text)
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", bare))


def grams(text: str, size: int = 4) -> set[str]:
    letters = plain(text)
    return {letters[i : i + size] for i in range(len(letters) - size + 1)}


SHORT = 8
"""Pieces below which a sentence is only the name of a subject (「営業秘密 管理方法」)."""


def near_copies(text: str, sentences: list[str]) -> list[str]:
    """Sentences that share more than half of the shorter one's four-letter pieces."""
    own = grams(text)
    found = []
    for sentence in sentences:
        other = grams(sentence)
        if len(other) >= SHORT and len(own & other) > 0.5 * min(len(own), len(other)):
            found.append(sentence)
    return found


def training_sentences() -> Iterator[str]:
    for path in sorted(TRAIN.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from (str(example["text"]) for example in content["examples"])


def test_a_near_copy_is_recognised() -> None:
    told = "自社で開発したソフトの権利の守り方を教えて"
    assert near_copies("自社開発ソフトの権利の守り方", [told, "商標の更新はいつまでですか"]) == [
        told
    ]


def test_no_published_case_is_in_the_training_data() -> None:
    sentences = list(training_sentences())
    assert len(sentences) > 1000
    for text in (*(case.text for case in CASES), *ABROAD_CASES):
        assert near_copies(text, sentences) == [], text
