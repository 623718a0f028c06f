"""What stands beside the figures: reasons, conditions, documents, sources, and no judgement."""

import re
from itertools import chain

import pytest
import yaml

from knowledge.fees import FeeEstimate
from knowledge.fees.tables import FEES_DIR
from knowledge.wording.service import WORDING_DIR
from tests.knowledge.fees.asking import (
    LARGE,
    PERSON,
    SMALL,
    SME,
    STARTUP,
    TABLES,
    UNIVERSITY,
    annuity,
    ask,
    exam,
    pct,
)

# Words that would judge the single case.
JUDGEMENTS = (
    "対象です",
    "該当します",
    "登録できます",
    "間に合います",
    "軽減されます",
    "免除されます",
    "受けられます",
)


def texts(answer: FeeEstimate) -> list[str]:
    better = answer.better_tier
    return [
        *answer.reasons,
        *answer.conditions_to_confirm,
        *answer.documents,
        answer.disclaimer,
        *((*better.reasons, *better.needs) if better else ()),
    ]


def has(found: tuple[str, ...], words: str) -> bool:
    return any(words in text for text in found)


def test_no_sentence_judges_the_case() -> None:
    raw = chain((WORDING_DIR / "fees.yml",), FEES_DIR.glob("*.yml"))
    said = "\n".join(path.read_text(encoding="utf-8") for path in raw)

    assert [words for words in JUDGEMENTS if words in said] == []


@pytest.mark.parametrize(
    "applicant", [SME, SMALL, STARTUP, UNIVERSITY, {**PERSON, "welfare": True}]
)
def test_a_measure_is_only_ever_possible(applicant: dict[str, object]) -> None:
    answer = ask(**exam(applicant))

    assert has(answer.reasons, "対象となる可能性があります")
    assert answer.conditions_to_confirm
    assert has(answer.documents, "【手数料に関する特記事項】")
    assert any(source.url and "hantei_kani" in source.url for source in answer.source)


def test_the_trap_of_the_third_is_explained_where_it_matters() -> None:
    assert has(ask(**exam(SMALL)).reasons, "3分の1を引くのではなく")
    assert not has(ask(**exam(SME)).reasons, "3分の1を引くのではなく")


def test_why_not_the_next_better_tier() -> None:
    better = ask(**exam(SME)).better_tier

    assert better is not None
    assert (better.tier, better.measure.id, better.amount_yen) == ("1/3", "small", 59_330)
    assert has(better.reasons, "従業員250人は、小規模企業の目安（20人以下）を超えています。")
    assert has(better.reasons, "10年が過ぎています")
    assert has(better.reasons, "資本金が3億円を超えています")


def test_a_large_company_hears_of_both_limits() -> None:
    better = ask(**exam(LARGE)).better_tier

    assert better is not None
    assert better.tier == "1/2"
    assert has(better.reasons, "従業員300人以下、または資本金3億円以下")


def test_control_and_the_cap_are_named_as_reasons() -> None:
    controlled = ask(**exam({**SME, "total_large_company_share": "2/3"})).better_tier
    capped = ask(**exam(SME, requests_this_fiscal_year=181)).better_tier

    assert controlled is not None
    assert capped is not None
    assert has(controlled.reasons, "3分の2以上")
    assert has(capped.reasons, "181件目")


def test_there_is_nothing_better_than_nothing_to_pay() -> None:
    assert ask(**exam({**PERSON, "welfare": True})).better_tier is None


def test_the_first_applicant_with_something_better_is_named() -> None:
    pair = [{**PERSON, "welfare": True, "share": "1/2"}, {**SME, "share": "1/2"}]
    better = ask(**exam({}, applicants=pair)).better_tier

    assert better is not None
    # 178,000 x (0 + 1/6) = 29,666 -> 29,660.
    assert (better.applicant, better.tier, better.amount_yen) == (1, "1/3", 29_660)


def test_without_shares_the_better_amount_is_open() -> None:
    better = ask(**exam({}, applicants=[SME, LARGE])).better_tier

    assert better is not None
    assert better.amount_yen is None


def test_measures_have_ids_and_names() -> None:
    assert ask(**exam(SME)).measure.id == "sme_company"
    assert ask(**exam(LARGE)).measure.id == "none"
    assert (
        ask(**exam({}, applicants=[{**SME, "share": "1/2"}, {**LARGE, "share": "1/2"}])).measure.id
        == "mixed"
    )
    assert (
        ask(
            **exam({}, applicants=[{**SMALL, "share": "1/2"}, {**SMALL, "share": "1/2"}])
        ).measure.id
        == "small"
    )


def test_fukushima_and_exempt_years_have_papers_of_their_own() -> None:
    fukushima = ask(**exam({**SME, "fukushima_plan": True}))
    welfare = ask(**annuity({**PERSON, "welfare": True}, 1, 3))

    assert has(fukushima.documents, "証明書が要ります")
    assert has(welfare.documents, "納付書ではなく減免申請書")
    assert has(ask(**pct(SME, filed_on="2026-02-01")).documents, "軽減申請書を、願書と同時に")


def test_the_old_system_asks_for_certificates() -> None:
    answer = ask(**annuity(SMALL, 8, 8, requested_on="2018-12-03"))

    assert has(answer.documents, "証明書類が要る旧制度")
    assert has(answer.reasons, "旧制度")


def test_nothing_reduced_needs_no_papers() -> None:
    assert ask(**exam(LARGE)).documents == ()


def test_years_after_the_tenth_and_twentieth_are_explained() -> None:
    reasons = ask(**annuity(SMALL, 10, 21)).reasons

    assert has(reasons, "第11年分から")
    assert has(reasons, "延長登録")


def test_late_payment_is_explained_also_where_there_is_none() -> None:
    assert has(ask(**annuity(SMALL, 4, 4, late=True)).reasons, "倍額")
    assert has(ask(**annuity(SMALL, 1, 3, late=True)).reasons, "倍にしていません")


def test_stamps_for_registered_rights_are_told_apart() -> None:
    for body in (annuity(SME, 4, 4), {"procedure": "trademark_renewal", "classes": 1}):
        assert has(ask(**body).conditions_to_confirm, "収入印紙")


def test_a_shaky_rule_of_an_industry_is_marked() -> None:
    for employees in (5, 6):
        inn = {**SME, "industry": "lodging", "employees": employees}
        assert any("旅館業は" in text and "要確認" in text for text in texts(ask(**exam(inn))))


@pytest.mark.parametrize(
    ("body", "confirmed"),
    [
        (exam(SME), True),
        (exam(SME, filed_on="2018-01-10"), False),
        (annuity(SME, 4, 6), True),
        ({"procedure": "design_registration", "years": [1, 3]}, True),
        ({"procedure": "design_registration", "years": [4, 4]}, False),
        ({"procedure": "trademark_renewal", "classes": 1}, False),
        (pct(SME, filed_on="2026-02-01"), False),
    ],
)
def test_what_was_not_seen_on_an_official_page_says_so(
    body: dict[str, object], confirmed: bool
) -> None:
    answer = ask(**body)

    assert all(line.source.confirmed for line in answer.lines) is confirmed
    assert has(answer.conditions_to_confirm, "公式の頁で確認できていないもの") is not confirmed


def test_every_confirmed_source_has_a_page_or_a_date() -> None:
    bare = [
        key
        for key, source in TABLES.sources.items()
        if source.confirmed and not source.url and not source.as_of
    ]

    assert bare == ["rates"] or bare == []


def test_no_row_claims_more_than_its_source() -> None:
    named = [(row.source, row.confirmed) for row in TABLES.tariffs]
    named += [(row.source, row.confirmed) for row in TABLES.measures]

    assert [key for key, confirmed in named if confirmed > TABLES.sources[key].confirmed] == []


def test_every_source_is_used() -> None:
    used = "\n".join(
        path.read_text(encoding="utf-8")
        for path in FEES_DIR.glob("*.yml")
        if path.stem != "sources"
    )
    named = yaml.safe_load((FEES_DIR / "sources.yml").read_text(encoding="utf-8"))

    assert [
        key for key in named if not re.search(rf"\b{key}\b", used) and key != "self_check"
    ] == []


def test_the_surcharge_on_paper_is_told_with_its_doubt() -> None:
    reasons = ask(**exam(SME, on_paper=True, pages=2)).reasons

    assert has(reasons, "電子化手数料に減免はありません")
    assert has(reasons, "公式の一覧で確認できていません")
    assert has(ask(**annuity(SME, 4, 4, on_paper=True)).reasons, "電子化手数料を加えていません")


def test_joint_international_filings_are_marked_as_open() -> None:
    pair = [{**SMALL, "share": "1/2"}, {**LARGE, "share": "1/2"}]
    answer = ask(**pct({}, filed_on="2026-02-01", applicants=pair))

    assert has(answer.conditions_to_confirm, "国際出願を共同でするとき")
    assert has(answer.conditions_to_confirm, "10円ほど違う")
