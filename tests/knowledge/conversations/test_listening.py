from datetime import datetime

import pytest

from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.conversations import dialogue, listening
from knowledge.conversations.replies import CardPart
from knowledge.conversations.state import Scene, State, Turn
from knowledge.triage.understanding import Entity, Understanding

TAKING_BACK = [
    ("いいえ、11月1日でした", True),
    ("ごめん間違えた、商標の通知だった", True),
    ("静岡ではなく山梨です", True),
    ("すみません、違います", True),
    ("特許料を間違えて払いました", False),
    ("商標の更新はいつですか", False),
]


@pytest.fixture
def scene(catalogue: Catalogue) -> Scene:
    return Scene(catalogue=catalogue, now=datetime(2026, 9, 10, 10, tzinfo=TOKYO))


def hear(text: str, topic: str, *marked: tuple[str, str, str]) -> Understanding:
    entities = tuple(
        Entity(kind=k, value=v, text=w, start=text.index(w), end=text.index(w) + len(w))
        for k, v, w in marked
    )
    return Understanding(text=text, topic=topic, confidence=0.9, need="deadline", entities=entities)


def last_day(turn: Turn) -> list[str]:
    cards = [p for p in turn.reply.parts if isinstance(p, CardPart) and p.kind == "deadline"]
    return [card.rows[0].value for card in cards]


@pytest.mark.parametrize(("text", "expected"), TAKING_BACK)
def test_only_what_takes_back_is_a_correction(text: str, expected: bool) -> None:
    assert listening.corrects(text) is expected


def test_a_right_and_a_day_taken_back_do_not_come_back(scene: Scene) -> None:
    asked = hear(
        "2026年9月1日発送の特許の拒絶理由通知、いつまで？", "patents", ("right", "patents", "特許")
    )
    first = dialogue.answer_inquiry(scene, State(), asked)
    right = hear("ごめん間違えた、商標の通知だった", "trademarks", ("right", "trademarks", "商標"))
    second = dialogue.answer_inquiry(scene, first.state, right)
    day = hear("いいえ、9月5日でした", "trademarks")
    third = dialogue.answer_inquiry(scene, second.state, day)

    assert last_day(first) == ["2026年10月31日（土）"]
    assert last_day(second) == ["2026年10月11日（日）"]
    assert last_day(third) == ["2026年10月15日（木）"]


def test_the_place_told_later_wins_over_the_first_message(scene: Scene) -> None:
    asked = hear("京都の会社です。職員と話したい", "human", ("prefecture", "京都府", "京都"))
    first = dialogue.offer_person(scene, State(), asked)
    moved = hear(
        "すみません、会社は京都じゃなくて滋賀県です",
        "human",
        ("prefecture", "京都府", "京都"),
        ("prefecture", "滋賀県", "滋賀県"),
    )
    second = dialogue.deny(scene, first.state, moved)

    shown = str(second.reply)
    assert "滋賀県" in shown
    assert "京都府" not in shown


@pytest.mark.parametrize("text", ["静岡", "静岡です", "しずおか", "静岡県です。"])
def test_a_bare_place_answers_the_question_for_it(scene: Scene, text: str) -> None:
    asked = State(inquiry=hear("商標を取りたい", "trademarks"), pending="prefecture")

    facts = listening.answer_to_question(scene, asked, hear(text, "smalltalk"))

    assert facts is not None
    assert facts.prefecture == "静岡県"
