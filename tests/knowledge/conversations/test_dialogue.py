from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.conversations import dialogue
from knowledge.conversations.replies import CardPart, Choice, ChoicesPart, Reply, TextPart
from knowledge.conversations.state import Scene, State, Turn
from knowledge.triage.understanding import Entity, Guess, Understanding
from knowledge.vocabulary import DIALOGUE_INTENTS, NO_SUBJECT, TOPICS
from knowledge.wording import say

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
SHOP = "店の名前を商標登録したいです"
REFUSED = "9月1日発送の拒絶理由通知が届きました。いつまでに返事をすればいいですか"
VAGUE = "あれの件なんですけど"
STEPS = (
    dialogue.answer_inquiry,
    dialogue.ask_back,
    dialogue.deny,
    dialogue.affirm,
    dialogue.go_back,
    dialogue.start_over,
    dialogue.explain,
    dialogue.offer_person,
    dialogue.offer_session,
    dialogue.smalltalk,
    dialogue.out_of_scope,
)


@pytest.fixture
def scene(catalogue: Catalogue) -> Scene:
    """Noon of a working day, with the shipped content."""
    return Scene(catalogue, NOW)


def hear(
    text: str,
    topic: str = "trademarks",
    *,
    sure: bool = True,
    ranking: Sequence[str] = (),
    marks: Sequence[tuple[str, str, str]] = (),
) -> Understanding:
    """What the bot understood; ``marks`` are (kind, words, canonical value)."""
    entities = tuple(
        Entity(kind=k, value=v, text=w, start=text.index(w), end=text.index(w) + len(w))
        for k, w, v in marks
    )
    guesses = tuple(Guess(topic=t, confidence=0.3) for t in ranking)
    return Understanding(
        text=text, topic=topic, confidence=0.9, sure=sure, ranking=guesses, entities=entities
    )


SHIZUOKA = hear("静岡県です", "ip_management", marks=[("prefecture", "静岡県", "静岡県")])


def texts(reply: Reply) -> list[str]:
    return [part.text for part in reply.parts if isinstance(part, TextPart)]


def cards(reply: Reply, kind: str) -> list[CardPart]:
    return [part for part in reply.parts if isinstance(part, CardPart) and part.kind == kind]


def choices(reply: Reply) -> list[Choice]:
    return [
        c for p in reply.parts if isinstance(p, ChoicesPart) and p.role is None for c in p.choices
    ]


def payloads(reply: Reply) -> list[dict[str, Any]]:
    return [choice.payload for choice in choices(reply)]


def play(scene: Scene, *steps: tuple[Any, Any]) -> Turn:
    """Play steps in order, each with what was heard (or the payload picked)."""
    turn = Turn(Reply(parts=()), State())
    for step, heard in steps:
        turn = step(scene, turn.state, heard)
    return turn


class TestHappyPath:
    def test_an_inquiry_gets_its_topic_an_explanation_a_source_and_the_desk(
        self, scene: Scene
    ) -> None:
        turn = play(scene, (dialogue.answer_inquiry, hear(SHOP)))

        assert say("topics.trademarks") in texts(turn.reply)[0]
        assert len(cards(turn.reply, "desk")) == 1
        assert turn.reply.sources
        assert turn.reply.basis.rules
        assert turn.reply.basis.articles

    def test_it_ends_with_the_question_whether_it_helped(self, scene: Scene) -> None:
        last = play(scene, (dialogue.answer_inquiry, hear(SHOP))).reply.parts[-1]

        assert isinstance(last, ChoicesPart)
        assert last.role == "feedback"

    def test_a_missing_fact_is_asked_for_one_at_a_time(self, scene: Scene) -> None:
        turn = play(scene, (dialogue.answer_inquiry, hear(REFUSED, "patents")))
        asked = [p for p in turn.reply.parts if isinstance(p, ChoicesPart) and p.role is None]

        assert len(asked) == 1
        assert turn.state.pending == "right"
        assert {"right": "trademarks"} in payloads(turn.reply)

    def test_the_fact_told_completes_the_same_inquiry(self, scene: Scene) -> None:
        answer = hear("商標です", "trademarks", marks=[("right", "商標", "trademarks")])
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(REFUSED, "patents")),
            (dialogue.answer_inquiry, answer),
        )

        assert turn.state.inquiry is not None
        assert turn.state.inquiry.text == REFUSED
        assert turn.state.inquiry.topic == "trademarks"
        assert turn.state.facts.rights == ("trademarks",)
        assert cards(turn.reply, "deadline")

    def test_a_right_may_be_picked_instead_of_typed(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(REFUSED, "patents")),
            (dialogue.choose, {"right": "designs"}),
        )

        assert turn.state.facts.rights == ("designs",)
        assert turn.state.inquiry is not None
        assert turn.state.inquiry.topic == "designs"

    def test_the_company_s_place_names_its_office(self, scene: Scene) -> None:
        turn = play(
            scene, (dialogue.answer_inquiry, hear(SHOP)), (dialogue.answer_inquiry, SHIZUOKA)
        )

        assert turn.state.facts.prefecture == "静岡県"
        assert turn.state.pending != "prefecture"
        assert "静岡" in cards(turn.reply, "desk")[0].title

    def test_a_fact_once_declined_is_not_asked_again(self, scene: Scene) -> None:
        first = play(scene, (dialogue.answer_inquiry, hear(REFUSED, "patents")))
        skip = {"skip": first.state.pending}

        second = dialogue.choose(scene, first.state, skip)

        assert second.state.pending != first.state.pending
        assert skip not in payloads(second.reply)


class TestCorrections:
    def test_no_is_answered_with_other_subjects_and_the_whole_list(self, scene: Scene) -> None:
        inquiry = hear(SHOP, ranking=["trademarks", "other_ip", "contracts"])
        turn = play(
            scene, (dialogue.answer_inquiry, inquiry), (dialogue.deny, hear("違います", "deny"))
        )

        assert payloads(turn.reply)[:2] == [{"topic": "other_ip"}, {"topic": "contracts"}]
        assert payloads(turn.reply)[-1] == {"go": "topics"}
        assert len(choices(turn.reply)) <= 4

    @pytest.mark.parametrize("topic", TOPICS)
    def test_the_subject_just_denied_is_never_offered_again(self, scene: Scene, topic: str) -> None:
        inquiry = hear(SHOP, topic, ranking=[topic])
        turn = play(
            scene, (dialogue.answer_inquiry, inquiry), (dialogue.deny, hear("違います", "deny"))
        )

        assert {"topic": topic} not in payloads(turn.reply)

    def test_no_before_anything_was_said_still_offers_subjects(self, scene: Scene) -> None:
        assert len(payloads(play(scene, (dialogue.deny, hear("違います", "deny"))).reply)) == 4

    def test_the_subject_picked_answers_the_words_already_written(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(SHOP)),
            (dialogue.deny, hear("違います", "deny")),
            (dialogue.choose, {"topic": "other_ip"}),
        )

        assert turn.state.inquiry is not None
        assert (turn.state.inquiry.topic, turn.state.inquiry.text) == ("other_ip", SHOP)
        assert say("topics.other_ip") in texts(turn.reply)[0]

    def test_yes_decides_nothing(self, scene: Scene) -> None:
        before = play(scene, (dialogue.answer_inquiry, hear(SHOP)))

        after = dialogue.affirm(scene, before.state, hear("はい", "affirm"))

        assert after.state == before.state


class TestDigressions:
    def test_a_new_subject_is_answered_and_the_old_one_kept(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(SHOP)),
            (
                dialogue.answer_inquiry,
                hear("特許の料金が知りたいのですが教えてください", "fee_reduction"),
            ),
        )

        assert turn.state.inquiry is not None
        assert turn.state.inquiry.topic == "fee_reduction"
        assert [u.topic for u in turn.state.trail] == ["trademarks"]

    def test_going_back_returns_to_the_subject_before(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(SHOP)),
            (dialogue.answer_inquiry, hear("外国で特許を取る費用の補助を知りたいです", "overseas")),
            (dialogue.go_back, hear("戻る", "go_back")),
        )

        assert turn.state.inquiry is not None
        assert turn.state.inquiry.text == SHOP
        assert turn.state.trail == ()
        assert say("topics.trademarks") in texts(turn.reply)[0]

    def test_going_back_from_nothing_says_so(self, scene: Scene) -> None:
        turn = play(scene, (dialogue.go_back, hear("戻る", "go_back")))

        assert texts(turn.reply) == [say("dialogue.back_nothing")]

    def test_the_way_back_is_not_endless(self, scene: Scene) -> None:
        turn = play(scene, *[(dialogue.answer_inquiry, hear(SHOP + "？" * n)) for n in range(9)])

        assert len(turn.state.trail) == dialogue.MAX_TRAIL

    def test_the_place_stays_when_the_subject_changes_and_the_dates_do_not(
        self, scene: Scene
    ) -> None:
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(REFUSED, "patents")),
            (
                dialogue.answer_inquiry,
                hear(
                    "静岡県の会社です。店の名前を守りたいです",
                    "trademarks",
                    marks=[("prefecture", "静岡県", "静岡県")],
                ),
            ),
            (
                dialogue.answer_inquiry,
                hear("秘密を守る社内の決まりの作り方を知りたいです", "trade_secrets"),
            ),
        )

        assert turn.state.facts.prefecture == "静岡県"
        assert turn.state.facts.dates == ()
        assert turn.state.facts.rights == ()

    def test_why_names_the_reason_and_repeats_the_question(self, scene: Scene) -> None:
        before = play(scene, (dialogue.answer_inquiry, hear(REFUSED, "patents")))

        turn = dialogue.explain(scene, before.state, hear("なぜ聞くのですか", "ask_why"))

        assert texts(turn.reply) == [say("dialogue.why_right")]
        assert {"right": "patents"} in payloads(turn.reply)
        assert turn.state == before.state

    @pytest.mark.parametrize(
        ("pending", "key"),
        [
            (None, "why_nothing"),
            ("right", "why_right"),
            ("date", "why_date"),
            ("prefecture", "why_prefecture"),
            ("topic", "why_topic"),
            ("years_paid", "why_years_paid"),
        ],
    )
    def test_each_question_has_its_reason(
        self, scene: Scene, pending: str | None, key: str
    ) -> None:
        turn = dialogue.explain(scene, State(pending=pending), hear("なぜ", "ask_why"))

        assert texts(turn.reply)[0] == say(f"dialogue.{key}")

    def test_starting_over_forgets_everything(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.answer_inquiry, hear(SHOP)),
            (dialogue.answer_inquiry, SHIZUOKA),
            (dialogue.start_over, hear("最初から", "start_over")),
        )

        assert turn.state == State()
        assert texts(turn.reply) == [say("dialogue.restarted")]

    def test_a_greeting_in_between_forgets_nothing(self, scene: Scene) -> None:
        before = play(scene, (dialogue.answer_inquiry, hear(SHOP)))

        assert (
            dialogue.smalltalk(scene, before.state, hear("どうも", "smalltalk")).state
            == before.state
        )


class TestDeadEnds:
    def test_the_first_time_it_asks_back_with_at_most_four_named_choices(
        self, scene: Scene
    ) -> None:
        unsure = hear(VAGUE, sure=False, ranking=["designs", "contracts", "patents", "overseas"])
        turn = play(scene, (dialogue.ask_back, unsure))

        assert payloads(turn.reply) == [
            {"topic": "designs"},
            {"topic": "contracts"},
            {"topic": "patents"},
            {"go": "search"},
        ]
        assert all(choice.label for choice in choices(turn.reply))

    def test_with_no_idea_at_all_it_offers_the_most_asked(self, scene: Scene) -> None:
        turn = play(scene, (dialogue.ask_back, hear(VAGUE, "out_of_scope", sure=False)))

        assert payloads(turn.reply)[0] == {"topic": "trademarks"}
        assert len(choices(turn.reply)) == 4

    def test_the_second_time_it_searches_and_offers_a_person(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.ask_back, hear(VAGUE, sure=False)),
            (dialogue.ask_back, hear("商標のあれです", sure=False)),
        )

        assert cards(turn.reply, "article")
        assert turn.reply.sources
        assert {"go": "person"} in payloads(turn.reply)
        assert not [c for c in payloads(turn.reply) if "topic" in c]

    def test_a_search_without_a_find_says_so_and_still_offers_a_person(self, scene: Scene) -> None:
        nothing = hear("qqqq zzzz", sure=False)
        turn = play(scene, (dialogue.ask_back, nothing), (dialogue.ask_back, nothing))

        assert not cards(turn.reply, "article")
        assert say("dialogue.search_nothing") in texts(turn.reply)
        assert {"go": "person"} in payloads(turn.reply)

    def test_no_apology_comes_twice_in_a_row(self, scene: Scene) -> None:
        state, said = State(), list[str]()
        for _ in range(6):
            turn = dialogue.ask_back(scene, state, hear(VAGUE, sure=False))
            state = turn.state
            said.append(texts(turn.reply)[0])

        assert all(one != other for one, other in pairwise(said))

    def test_none_of_these_leads_to_the_search(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.ask_back, hear("商標のあれです", sure=False)),
            (dialogue.choose, {"go": "search"}),
        )

        assert cards(turn.reply, "article")

    def test_being_understood_in_between_starts_the_count_anew(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.ask_back, hear(VAGUE, sure=False)),
            (dialogue.answer_inquiry, hear(SHOP)),
            (dialogue.ask_back, hear(VAGUE, sure=False)),
        )

        assert turn.state.misses == 1
        assert texts(turn.reply) == [say("dialogue.ask_back_first")]

    def test_an_unsure_word_may_still_be_the_fact_we_asked_for(self, scene: Scene) -> None:
        place = hear("静岡県", sure=False, marks=[("prefecture", "静岡県", "静岡県")])
        turn = play(scene, (dialogue.answer_inquiry, hear(SHOP)), (dialogue.ask_back, place))

        assert turn.state.facts.prefecture == "静岡県"
        assert turn.state.misses == 0

    def test_a_long_message_with_a_place_in_it_is_a_new_inquiry(self, scene: Scene) -> None:
        text = "静岡県で作った新しい茶の名前を海外でも守るにはどうすればよいですか"
        long = hear(text, "overseas", marks=[("prefecture", "静岡県", "静岡県")])
        turn = play(scene, (dialogue.answer_inquiry, hear(SHOP)), (dialogue.answer_inquiry, long))

        assert turn.state.inquiry is not None
        assert turn.state.inquiry.topic == "overseas"

    def test_what_is_not_ours_is_said_with_the_way_on_and_without_a_desk(
        self, scene: Scene
    ) -> None:
        turn = play(scene, (dialogue.out_of_scope, hear("今日の天気は", "out_of_scope")))

        assert say("dialogue.out_of_scope") in texts(turn.reply)
        assert not cards(turn.reply, "desk")
        assert {"go": "person"} in payloads(turn.reply)

    def test_the_whole_list_names_every_subject_and_a_person(self, scene: Scene) -> None:
        turn = play(scene, (dialogue.choose, {"go": "topics"}))

        assert payloads(turn.reply) == [*({"topic": t} for t in TOPICS), {"go": "person"}]

    @pytest.mark.parametrize("payload", [{}, {"go": "nowhere"}, {"skip": "right"}, {"unknown": 1}])
    def test_a_choice_of_an_older_release_leads_to_the_list(
        self, scene: Scene, payload: dict[str, Any]
    ) -> None:
        assert {"topic": "patents"} in payloads(play(scene, (dialogue.choose, payload)).reply)


class TestHandoff:
    def test_a_person_is_offered_with_the_desk_of_the_inquiry(self, scene: Scene) -> None:
        inquiry = hear("社員が顧客名簿を持ち出したかもしれません", "trade_secrets")
        turn = play(
            scene,
            (dialogue.answer_inquiry, inquiry),
            (dialogue.offer_person, hear("人と話したい", "human")),
        )

        assert say("dialogue.person_intro") in texts(turn.reply)
        assert "営業秘密" in cards(turn.reply, "desk")[0].title
        assert turn.state.inquiry is not None
        assert turn.state.inquiry.topic == "trade_secrets"

    def test_without_a_subject_the_company_s_place_is_asked(self, scene: Scene) -> None:
        turn = play(scene, (dialogue.offer_person, hear("人と話したい", "human")))

        assert turn.state.pending == "prefecture"
        assert {"skip": "prefecture"} in payloads(turn.reply)

    def test_the_place_told_completes_the_offer(self, scene: Scene) -> None:
        turn = play(
            scene,
            (dialogue.offer_person, hear("人と話したい", "human")),
            (dialogue.answer_inquiry, SHIZUOKA),
        )

        assert "静岡" in cards(turn.reply, "desk")[0].title
        assert turn.state.pending is None

    def test_a_meeting_goes_through_the_desk(self, scene: Scene) -> None:
        turn = play(scene, (dialogue.offer_session, hear("専門家に会いたい", "expert_session")))

        assert say("dialogue.session_intro") in texts(turn.reply)
        assert cards(turn.reply, "desk")
        assert "予約しました" not in "".join(texts(turn.reply))

    def test_a_person_may_be_picked_from_the_choices(self, scene: Scene) -> None:
        assert cards(play(scene, (dialogue.choose, {"go": "person"})).reply, "desk")
        assert cards(play(scene, (dialogue.choose, {"go": "session"})).reply, "desk")


LISTENING = [
    dialogue.answer_inquiry,
    dialogue.ask_back,
    dialogue.offer_person,
    dialogue.offer_session,
    dialogue.smalltalk,
    dialogue.out_of_scope,
]


@pytest.mark.parametrize("step", LISTENING, ids=lambda step: step.__name__)
class TestBeforeAnySubject:
    """Whatever the classifier made of such words, they are met first."""

    @pytest.mark.parametrize(
        "text", ["もう死にたいです。会社もだめです", "訴えてやる、殺すぞと脅されています"]
    )
    def test_distress_and_threats_get_a_person_and_no_subject(
        self, scene: Scene, step: Any, text: str
    ) -> None:
        reply = step(scene, State(), hear(text)).reply

        assert texts(reply) == [say("dialogue.distress")]
        assert cards(reply, "desk")
        assert not cards(reply, "programme")

    @pytest.mark.parametrize(
        "text", ["How can I apply for a patent in Japan?", "请问，我想申请商标可以吗"]
    )
    def test_another_language_gets_a_polite_pointer(
        self, scene: Scene, step: Any, text: str
    ) -> None:
        reply = step(scene, State(), hear(text)).reply

        assert texts(reply) == [say("dialogue.foreign_language")]
        assert payloads(reply) == [{"go": "person"}]

    def test_the_inquiry_so_far_is_not_forgotten(self, scene: Scene, step: Any) -> None:
        before = play(scene, (dialogue.answer_inquiry, hear(SHOP))).state

        assert step(scene, before, hear("もう死にたいです")).state == before


HEARD = [
    (step, topic)
    for step in STEPS
    for topic in (*TOPICS, *NO_SUBJECT, *DIALOGUE_INTENTS)
    # No rule sends words about the conversation to the inquiry.
    if step is not dialogue.answer_inquiry or topic not in DIALOGUE_INTENTS
]


@pytest.mark.parametrize(("step", "topic"), HEARD)
def test_no_step_is_ever_at_a_loss(scene: Scene, step: Any, topic: str) -> None:
    """Whatever is classified as what, from a fresh and from a busy state: an answer comes."""
    busy = State(inquiry=hear(SHOP), pending="date", misses=1, trail=(hear(REFUSED, "patents"),))
    for state in (State(), busy):
        turn = step(scene, state, hear(VAGUE, topic))
        assert turn.reply.parts
        assert State.model_validate(turn.state.model_dump(mode="json")) == turn.state


@pytest.mark.parametrize("hours", [0, 12, 24 * 40])
def test_an_answer_comes_at_any_hour(catalogue: Catalogue, hours: int) -> None:
    scene = Scene(catalogue, NOW + timedelta(hours=hours))

    assert play(scene, (dialogue.answer_inquiry, hear(REFUSED, "patents"))).reply.parts
