"""The fee form, played without Rasa: what is asked, what is taken, what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.catalogue import Catalogue
from knowledge.conversations import dialogue
from knowledge.conversations.fees_asking import ORDER, next_question, request_of, work
from knowledge.conversations.fees_form import FeesForm
from knowledge.conversations.fees_reading import QUESTION_OF, REQUEST_KEYS
from knowledge.conversations.forms import Forms
from knowledge.conversations.replies import ChoicesPart, Reply, SheetPart, TextPart
from knowledge.conversations.state import Scene, State
from knowledge.fees import estimate, shipped_tables
from knowledge.fees.models import Industry, Procedure
from tests.knowledge.conversations.test_dialogue import NOW, hear
from tests.support.fee_cases import CASES

FACTORY = "審査請求っていくら？うち社員8人の町工場"
TODAY = date(2026, 11, 20)
UNSURE = {"topic": "ip_management", "sure": False}


@dataclass
class Talk:
    """One conversation; every message goes through the forms, as in the actions."""

    scene: Scene
    state: State = field(default_factory=State)
    replies: list[Reply] = field(default_factory=list)
    forms: Forms = field(default_factory=lambda: Forms(FeesForm()))

    def says(self, text: str, topic: str = "fee_reduction", *, sure: bool = True) -> str:
        step = {
            "ask_why": dialogue.explain,
            "start_over": dialogue.start_over,
            "human": dialogue.offer_person,
            "smalltalk": dialogue.smalltalk,
        }.get(topic, dialogue.answer_inquiry if sure else dialogue.ask_back)
        turn = self.forms.hear(self.scene, self.state, hear(text, topic, sure=sure), step)
        return self.take(turn.state, turn.reply)

    def answers(self, text: str) -> str:
        """A short answer, which no classifier is sure of."""
        return self.says(text, "ip_management", sure=False)

    def picks(self, label: str) -> str:
        offered = [
            c for p in self.replies[-1].parts if isinstance(p, ChoicesPart) for c in p.choices
        ]
        (found, *_) = [choice for choice in offered if label in choice.label]
        turn = self.forms.choose(self.scene, self.state, found.payload, dialogue.choose)
        return self.take(turn.state, turn.reply)

    def take(self, state: State, reply: Reply) -> str:
        self.state = State.model_validate(state.model_dump(mode="json"))
        self.replies.append(reply)
        return "\n".join(p.text for p in reply.parts if isinstance(p, TextPart))

    @property
    def asking(self) -> str | None:
        return self.state.form.asking if self.state.form else None

    @property
    def known(self) -> Mapping[str, Any]:
        assert self.state.form is not None
        known: Mapping[str, Any] = self.state.form.answers["known"]
        return known

    @property
    def sheet(self) -> SheetPart:
        (found,) = [part for part in self.replies[-1].parts if isinstance(part, SheetPart)]
        return found

    def labels(self) -> list[str]:
        parts = [p for p in self.replies[-1].parts if isinstance(p, ChoicesPart)]
        return [choice.label for part in parts for choice in part.choices]


@pytest.fixture
def talk(catalogue: Catalogue) -> Talk:
    """A visitor at noon of a working day."""
    return Talk(Scene(catalogue, NOW))


def test_from_the_first_question_to_the_sheet_in_two_turns(talk: Talk) -> None:
    said = talk.says(FACTORY)
    assert "料金・減免" in said
    assert talk.asking == "claims"

    talk.answers("10")

    assert talk.sheet.amount == "59,330円"
    assert "小規模企業" in talk.sheet.fallback
    assert talk.asking is None


def test_why_is_explained_and_the_question_stays(talk: Talk) -> None:
    talk.says(FACTORY)

    said = talk.says("なぜ聞くのですか", "ask_why")

    assert "請求項の数に応じて増える" in said
    assert talk.asking == "claims"
    assert "わからない" in talk.labels()


def test_the_button_explains_as_well(talk: Talk) -> None:
    talk.says(FACTORY)

    assert "請求項の数" in talk.picks("なぜ聞くの")
    assert talk.asking == "claims"


@pytest.mark.parametrize("typed", ["わからない", "分かりません", "不明です", "覚えてないです"])
def test_a_count_nobody_knows_gives_a_range(talk: Talk, typed: str) -> None:
    talk.says(FACTORY)
    talk.answers(typed)

    assert talk.sheet.amount == "47,330円〜59,330円"
    assert "請求項 1〜10（わからないため）" in talk.sheet.fallback


def test_the_button_for_not_knowing_does_the_same(talk: Talk) -> None:
    talk.says(FACTORY)
    talk.picks("わからない")

    assert talk.sheet.amount == "47,330円〜59,330円"


def test_she_does_not_know_her_capital(talk: Talk) -> None:
    talk.says("審査請求の料金はいくらになりますか。従業員400人の製造業の会社です")
    talk.answers("10")
    talk.picks("10年以上たっている")
    assert talk.asking == "capital_yen"

    talk.answers("わからない")

    assert talk.sheet.amount == "89,000円〜178,000円"
    assert "幅で示しています" in talk.sheet.fallback


def test_what_she_does_not_know_may_be_said_before_it_is_asked(talk: Talk) -> None:
    talk.says("審査請求はいくら？従業員400人の製造業の会社で、資本金はわからないです")
    talk.answers("10項")
    talk.answers("創業50年です")

    assert talk.sheet.amount == "89,000円〜178,000円"


def test_several_facts_are_taken_from_one_message(talk: Talk) -> None:
    talk.says("特許の年金はいくらですか")
    talk.answers("請求項5つ、4年目から6年目、従業員12人の卸売業の会社、創業30年です")

    assert talk.known["years"] == [4, 6]
    assert talk.sheet.amount == "21,450円"  # 3 x (10,300 + 5 x 800) / 2


def test_a_correction_after_the_sheet_is_said_and_worked_out_again(talk: Talk) -> None:
    talk.says(FACTORY)
    talk.answers("10")

    said = talk.says("やっぱり従業員は25人")

    assert "従業員を25人に直しました" in said
    assert talk.asking == "founded"
    talk.picks("10年以上")
    assert talk.sheet.amount == "89,000円"


def test_a_correction_while_asking_keeps_the_question(talk: Talk) -> None:
    talk.says(FACTORY)

    said = talk.answers("やっぱり従業員は25人です")

    assert "25人に直しました" in said
    assert talk.asking == "claims"


@pytest.mark.parametrize("typed", ["やめる", "やめます", "計算はもういいです", "キャンセル"])
def test_it_stops_when_told_to(talk: Talk, typed: str) -> None:
    talk.says(FACTORY)

    assert "計算をやめました" in talk.answers(typed)
    assert talk.state.form is None


def test_it_stops_by_its_button(talk: Talk) -> None:
    talk.says(FACTORY)

    talk.picks("計算をやめる")

    assert talk.state.form is None


def test_another_inquiry_is_answered_and_the_form_can_go_on(talk: Talk) -> None:
    talk.says(FACTORY)

    said = talk.says("店の名前を商標登録したいのですが、何から始めればよいですか", "trademarks")
    assert "「商標・ブランド」についてのご相談" in said
    assert talk.asking == "claims"

    talk.picks("計算を続ける")
    assert talk.asking == "claims"
    talk.answers("10")
    assert talk.sheet.amount == "59,330円"


def test_small_talk_in_the_middle_leads_back_to_the_question(talk: Talk) -> None:
    talk.says(FACTORY)
    talk.says("ありがとうございます", "smalltalk")

    assert talk.asking == "claims"
    talk.picks("計算を続ける")
    assert "わからない" in talk.labels()


def test_the_deadline_of_the_same_procedure_is_another_inquiry(talk: Talk) -> None:
    talk.says(FACTORY)

    said = talk.says("審査請求の期限はいつまででしょうか", "patents")

    assert "「特許・実用新案」についてのご相談" in said
    assert talk.asking == "claims"


def test_a_person_is_never_held_back_by_the_form(talk: Talk) -> None:
    talk.says(FACTORY)

    assert "職員" in talk.says("職員と話したいです", "human")


def test_starting_over_forgets_the_form(talk: Talk) -> None:
    talk.says(FACTORY)
    talk.says("最初からやり直したい", "start_over")

    assert talk.state == State()


def test_the_price_of_another_procedure_keeps_what_is_known_of_the_company(talk: Talk) -> None:
    talk.says(FACTORY)
    talk.answers("10")

    talk.says("特許料だといくらですか")

    assert talk.known["procedure"] == "patent_annuity"
    assert talk.known["employees"] == 8
    assert talk.asking == "claims"


def test_going_back_takes_the_last_answer_back(talk: Talk) -> None:
    talk.says("審査請求はいくらですか")
    talk.answers("10")
    assert talk.asking == "kind"

    talk.answers("前の質問に戻る")

    assert talk.asking == "claims"
    assert "claims" not in talk.known


def test_going_back_at_the_first_question_says_so(talk: Talk) -> None:
    talk.says(FACTORY)

    assert "最初の質問" in talk.answers("前に戻る")


@pytest.mark.parametrize(("said", "reason"), [("0", "1以上の数"), ("1000000", "100,000まで")])
def test_a_number_that_cannot_be_is_asked_again_with_the_reason(
    talk: Talk, said: str, reason: str
) -> None:
    talk.says(FACTORY)

    assert reason in talk.answers(said)
    assert talk.asking == "claims"


def test_years_past_the_term_are_asked_again(talk: Talk) -> None:
    talk.says("特許の年金はいくらですか。請求項は5つです")

    assert "第25年まで" in talk.answers("20年から30年")
    assert talk.asking == "years"


def test_a_fact_told_with_the_inquiry_that_cannot_be_is_dropped(talk: Talk) -> None:
    said = talk.says("商標の出願料はいくら？50区分です")

    assert "45までにしてください" in said
    assert talk.asking == "classes"


def test_an_answer_nobody_can_read_is_asked_again_once(talk: Talk) -> None:
    talk.says(FACTORY)

    assert "数だけで書いてください" in talk.answers("多め")
    assert talk.asking == "claims"
    talk.answers("すごく多め")
    assert "次のどれに近いですか" in str(talk.replies[-1].parts)
    assert talk.asking == "claims"


def test_a_price_question_without_a_procedure_gets_a_button(talk: Talk) -> None:
    talk.says("減免の制度について知りたい")
    assert talk.state.form is None

    talk.picks("金額を計算する")
    assert talk.asking == "procedure"
    talk.picks("商標登録出願")
    talk.answers("2")

    assert talk.sheet.amount == "20,600円"
    assert talk.sheet.rows[-1].value == "区分 2"


def test_everything_told_at_once_gives_the_sheet_at_once(talk: Talk) -> None:
    talk.says("第30類と第43類で商標を出願するといくらですか", "trademarks")

    assert talk.sheet.amount == "20,600円"
    assert "減免の制度は見当たりません" in talk.sheet.fallback


def test_an_inquiry_that_is_not_about_money_offers_nothing(talk: Talk) -> None:
    talk.says("店の名前を商標登録したいです", "trademarks")

    assert "金額を計算する" not in talk.labels()


def test_joint_applicants_are_told_where_to_calculate(talk: Talk) -> None:
    talk.says("大学と共同出願した特許の審査請求はいくら？社員8人の町工場です")

    assert "共同出願" in talk.answers("10")


def test_a_private_person_is_asked_only_for_taxes(talk: Talk) -> None:
    talk.says("審査請求はいくらですか。請求項は3つ")
    talk.answers("個人です")
    assert talk.asking == "tax"

    talk.picks("どれでもない")

    assert talk.sheet.amount == "150,000円"


def test_every_line_carries_its_source_and_what_is_unconfirmed_says_so(talk: Talk) -> None:
    talk.says("実用新案の登録料の4年目はいくらですか。請求項は2つ")
    if talk.asking:
        talk.answers("わからない")

    (line,) = talk.sheet.lines
    assert line.source.title
    assert "（要確認）" in talk.sheet.fallback
    assert {line.source} <= set(talk.replies[-1].sources)


def test_the_link_to_the_page_carries_the_facts_in_the_fragment(talk: Talk) -> None:
    talk.says(FACTORY)
    talk.answers("10")

    url = talk.sheet.links[0].url
    assert url.startswith("/fees#procedure=exam_request&")
    assert {"claims=10", "employees=8", "industry=manufacturing"} <= set(
        url.split("#")[1].split("&")
    )


FIRST = [
    {"procedure": "exam_request"},
    {"procedure": "patent_annuity", "years": [1, 3]},
    {"procedure": "pct_filing"},
    {"procedure": "utility_evaluation"},
    {"procedure": "design_registration", "years": [1, 1]},
    {"procedure": "trademark_renewal"},
]
THEN: list[dict[str, Any]] = [
    {},
    {"employees": 8},
    {"kind": "company", "employees": 400},
    {"kind": "sole_proprietor", "industry": "retail"},
    {"kind": "individual"},
    {"kind": "university"},
]


@pytest.mark.parametrize(("first", "then"), list(product(FIRST, THEN)))
def test_only_what_changes_the_amount_is_asked_and_the_asking_ends(
    first: dict[str, Any], then: dict[str, Any]
) -> None:
    """Every question is answered "わからない": each is asked once, and a range is left."""
    tables, known = shipped_tables(), {**first, **then}
    unknown: tuple[str, ...] = ()
    for _ in range(len(ORDER) + 1):
        name = next_question(known, unknown, tables, today=TODAY)
        if name is None:
            break
        assert name not in unknown
        unknown = (*unknown, name)
    low, high = work(known, unknown, tables, today=TODAY).ends
    assert low is not None
    assert high is not None
    assert low <= high


def test_the_sheet_of_the_form_is_the_estimate_of_the_api() -> None:
    known = {"procedure": "exam_request", "claims": 7, "kind": "company", "employees": 21}
    request = request_of({**known, "industry": "other", "founded": "old"}, today=TODAY)

    assert estimate(request=request, tables=shipped_tables(), today=TODAY).amount_yen == 83_000


def test_a_short_price_question_is_about_what_was_just_talked_of(talk: Talk) -> None:
    talk.says("店名の商標を自分で出願したい。手順を教えて", "trademarks")

    said = talk.says("で、いくらかかる？")

    assert "3,400円＋8,600円×区分" in said
    assert talk.asking == "classes"


@pytest.mark.parametrize(
    ("topic", "sure"), [("out_of_scope", True), ("patents", False), ("smalltalk", True)]
)
def test_a_plain_price_question_is_taken_whatever_the_classifier_made_of_it(
    talk: Talk, topic: str, sure: bool
) -> None:
    said = talk.says("特許の年金はいくらかかりますか？", topic, sure=sure)

    assert "料金・減免" in said
    assert talk.asking == "claims"


def test_words_of_distress_are_answered_first_even_with_a_price(talk: Talk) -> None:
    talk.says("特許の年金がいくらか分からず、もう死にたいです", "out_of_scope")

    assert talk.state.form is None


def _fact_names(question: str) -> set[str]:
    return {question} | {fact for fact, of in QUESTION_OF.items() if of == question}


def _play(talk: Talk, truth: Mapping[str, Any]) -> SheetPart:
    """Open the form with the right and let it ask for the rest; each answer is the truth."""
    right = {key: value for key, value in truth.items() if key in REQUEST_KEYS}
    turn = talk.forms.choose(
        talk.scene, State(), {"form": "fees", "start": truth["procedure"]}, dialogue.choose
    )
    talk.take(turn.state, turn.reply)
    told = {key: value for key, value in right.items() if key != talk.asking}
    payload = {"form": "fees", "set": told}
    for _ in range(len(ORDER) + 2):
        turn = talk.forms.choose(talk.scene, talk.state, payload, dialogue.choose)
        talk.take(turn.state, turn.reply)
        if talk.asking is None:
            return talk.sheet
        names = _fact_names(talk.asking)
        answer = {key: value for key, value in truth.items() if key in names}
        payload = {"form": "fees", **({"set": answer} if answer else {"unknown": talk.asking})}
    raise AssertionError("the form does not end")


def _paid(truth: Mapping[str, Any]) -> int | None:
    request = request_of(truth, today=TODAY)
    return estimate(request=request, tables=shipped_tables(), today=TODAY).amount_yen


@pytest.mark.parametrize("truth", CASES, ids=lambda case: str(case["procedure"]))
def test_the_conversation_ends_at_the_amount_of_the_api(talk: Talk, truth: dict[str, Any]) -> None:
    assert _play(talk, truth).amount == f"{_paid(truth):,}円"


def test_the_cases_have_every_procedure() -> None:
    assert {case["procedure"] for case in CASES} == set(get_args(Procedure))


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    first=st.sampled_from([case for case in CASES if "kind" in case]),
    one=st.fixed_dictionaries(
        {
            "kind": st.sampled_from(["company", "sole_proprietor", "npo", "cooperative"]),
            "industry": st.sampled_from(get_args(Industry)),
            "employees": st.integers(0, 1000),
            "capital_yen": st.integers(1, 600_000_000),
            "founded_on": st.dates(date(1990, 1, 1), TODAY).map(date.isoformat),
        }
    ),
)
def test_what_is_not_asked_would_not_have_changed_the_amount(
    talk: Talk, first: dict[str, Any], one: dict[str, Any]
) -> None:
    """Whoever answers every question truly gets the amount that all her facts together give."""
    right = {key: value for key, value in first.items() if key in REQUEST_KEYS}

    assert _play(talk, {**right, **one}).amount == f"{_paid({**right, **one}):,}円"


def test_a_picked_topic_is_not_overruled_by_the_words_of_the_price(talk: Talk) -> None:
    unclear = hear("特許の年金っていくら", "out_of_scope", sure=False)
    talk.state = State(inquiry=unclear, pending="topic")

    turn = talk.forms.choose(talk.scene, talk.state, {"topic": "trademarks"}, dialogue.choose)

    assert turn.state.inquiry is not None
    assert turn.state.inquiry.topic == "trademarks"


def test_what_is_told_of_the_company_is_known_to_the_rest_of_the_conversation(talk: Talk) -> None:
    talk.says("審査請求はいくらですか。請求項は3つ")
    talk.answers("会社です。従業員は12人です")

    assert talk.state.facts.employees == 12
