"""What people write, and what the fee form reads in it."""

from datetime import date
from typing import Any

import pytest

from knowledge.conversations.fees_reading import procedure_of, read
from tests.knowledge.conversations.test_dialogue import hear

TODAY = date(2026, 11, 20)

PROCEDURES = [
    ("審査請求っていくら？", "exam_request"),
    ("審査をしてもらう料金", "exam_request"),
    ("PCTの費用", "pct_filing"),
    ("国際予備審査の請求っていくら", "pct_preliminary_examination"),
    ("実用新案の技術評価書をとりたい", "utility_evaluation"),
    ("実用新案を出願したい", "utility_filing"),
    ("実用新案の4年目の登録料", "utility_registration"),
    ("意匠の出願料", "design_filing"),
    ("意匠を5年維持する登録料", "design_registration"),
    ("商標の更新料", "trademark_renewal"),
    ("商標の登録査定が来た。登録料は", "trademark_registration"),
    ("店の名前を登録したい。いくら", "trademark_filing"),
    ("特許料の納付", "patent_annuity"),
    ("特許の年金", "patent_annuity"),
    ("特許出願の料金", "patent_filing"),
    ("特許印紙はどこで買う", None),
    ("減免とは", None),
]


@pytest.mark.parametrize(("text", "procedure"), PROCEDURES)
def test_the_procedure_is_known_by_its_words(text: str, procedure: str | None) -> None:
    assert procedure_of(text) == procedure


TOLD: list[tuple[str, dict[str, Any]]] = [
    ("うち社員8人の町工場", {"employees": 8, "industry": "manufacturing"}),
    ("従業員は三百人、資本金は1億5千万円", {"employees": 300, "capital_yen": 150_000_000}),
    ("従業員はいません", {"employees": 0}),
    ("個人事業主で美容室をやっています", {"kind": "sole_proprietor", "industry": "service"}),
    ("請求項は十個", {"claims": 10}),
    ("３０枚の書類", {"pages": 30}),
    ("第30類と第43類", {"classes": 2}),
    ("区分は3つ", {"classes": 3}),
    ("2019年4月に設立した会社です", {"founded": "young", "kind": "company"}),
    ("創業は2016年11月21日です", {"founded_on": "2016-11-21"}),
    ("創業50年の酒蔵", {"founded": "old", "industry": "manufacturing"}),
    ("旅館の4代目です。設立は大正です", {"founded": "old", "industry": "lodging"}),
    ("所得税がかかっていない個人です", {"income_tax_exempt": True, "kind": "individual"}),
    ("2025年6月2日に出願した件", {"filed_on": "2025-06-02"}),
    ("紙で出したい", {"on_paper": True}),
]


@pytest.mark.parametrize(("text", "facts"), TOLD)
def test_facts_are_read_wherever_they_stand(text: str, facts: dict[str, Any]) -> None:
    found = read(hear(text, "fee_reduction"), asking=None, procedure=None, today=TODAY)

    assert found == facts


ANSWERS: list[tuple[str, str, str | None, dict[str, Any]]] = [
    ("claims", "10", None, {"claims": 10}),
    ("claims", "十二です", None, {"claims": 12}),
    ("employees", "約30人", None, {"employees": 30}),
    ("capital_yen", "1,000万", None, {"capital_yen": 10_000_000}),
    ("capital_yen", "5000000円です", None, {"capital_yen": 5_000_000}),
    ("capital_yen", "3億", None, {"capital_yen": 300_000_000}),
    ("capital_yen", "3000", None, {}),
    ("years", "1から3", "patent_annuity", {"years": [1, 3]}),
    ("years", "4年目から6年目", "patent_annuity", {"years": [4, 6]}),
    ("years", "第4年分", "design_registration", {"years": [4, 4]}),
    ("years", "4", "patent_annuity", {"years": [4, 4]}),
    ("founded_on", "10年以上です", None, {"founded": "old"}),
    ("founded_on", "まだです", None, {"founded": "young"}),
    ("founded_on", "はい", None, {"founded": "old"}),
    ("founded_on", "3年前", None, {"founded": "young"}),
    ("founded_on", "10年前", None, {}),
    ("founded_on", "2016年", None, {}),
    ("founded_on", "2015年", None, {"founded": "old"}),
    ("filed_on", "いいえ", None, {"filed": "after"}),
    ("filed_on", "2019年3月31日", None, {"filed_on": "2019-03-31"}),
    ("requested_on", "はい", None, {"requested": "before"}),
    ("kind", "個人", None, {"kind": "individual"}),
    ("industry", "その他です", None, {"industry": "other"}),
    (
        "tax",
        "どれでもないです",
        None,
        {"welfare": False, "resident_tax_exempt": False, "income_tax_exempt": False},
    ),
    ("claims", "たくさん", None, {}),
]


@pytest.mark.parametrize(("asking", "text", "procedure", "facts"), ANSWERS)
def test_a_short_answer_is_read_as_the_answer_to_the_question(
    asking: str, text: str, procedure: str | None, facts: dict[str, Any]
) -> None:
    found = read(hear(text, "fee_reduction"), asking=asking, procedure=procedure, today=TODAY)

    assert found == facts


def test_a_bare_number_means_nothing_unasked() -> None:
    assert read(hear("10", "fee_reduction"), asking=None, procedure=None, today=TODAY) == {}
