import re
from datetime import date, datetime
from typing import Any

import pytest

from knowledge.catalogue import Catalogue
from knowledge.clock import TOKYO
from knowledge.conversations import composing
from knowledge.conversations.fallback import without_bot
from knowledge.conversations.replies import CardPart, ChoicesPart, Reply, TextPart
from knowledge.triage.answer import Triage
from knowledge.triage.service import triage
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
NIGHT = NOON.replace(hour=23)
REFUSED = "2026年9月1日発送の特許の拒絶理由通知が届きました。いつまでですか"


def _sorted(
    catalogue: Catalogue, text: str, topic: str, now: datetime = NOON, **more: Any
) -> Triage:
    heard = Understanding(text=text, topic=topic, confidence=0.9, **more)
    return triage(understanding=heard, catalogue=catalogue, now=now)


def _answer(catalogue: Catalogue, found: Triage) -> Reply:
    return composing.answer(
        triage=found, catalogue=catalogue, today=date(2026, 11, 20), question=None
    )


def _cards(reply: Reply, kind: str) -> list[CardPart]:
    return [p for p in reply.parts if isinstance(p, CardPart) and p.kind == kind]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_has_an_answer_with_a_desk_and_what_it_rests_on(
    catalogue: Catalogue, topic: str
) -> None:
    reply = _answer(catalogue, _sorted(catalogue, say(f"topics.{topic}"), topic))

    assert len(_cards(reply, "desk")) == 1
    assert reply.basis.rules

    assert all(
        re.fullmatch(r"[a-z0-9-]+@\d+", x) for x in (*reply.basis.articles, *reply.basis.programmes)
    )
    assert len(_cards(reply, "programme")) <= composing.MAX_PROGRAMMES


def test_the_sources_of_an_answer_stand_once_each(catalogue: Catalogue) -> None:
    sources = _answer(catalogue, _sorted(catalogue, REFUSED, "patents")).sources

    assert sources
    assert len(set(sources)) == len(sources)


def test_a_last_day_shows_the_safe_day_its_counting_and_what_wins(catalogue: Catalogue) -> None:
    found = _sorted(catalogue, REFUSED, "patents")

    cards = _cards(_answer(catalogue, found), "deadline")

    assert len(cards) == len(found.urgency.deadlines) > 0
    for card in cards:
        labels = [row.label for row in card.rows]
        assert labels[:3] == [
            say("dialogue.deadline_day"),
            say("dialogue.deadline_shifted"),
            say("dialogue.deadline_basis"),
        ]
        assert card.note == say("dialogue.deadline_note")


def test_a_request_for_judgement_is_declined_before_the_explanation(catalogue: Catalogue) -> None:
    found = _sorted(catalogue, "この商標は登録できますか", "trademarks", judgement_or_drafting=True)

    texts = [p.text for p in _answer(catalogue, found).parts if isinstance(p, TextPart)]

    assert found.judgement_or_drafting
    assert say("dialogue.judgement_intro") in texts[:2]


@pytest.mark.parametrize(("now", "key"), [(NOON, "desk_now_open"), (NIGHT, "desk_now_closed")])
def test_a_desk_card_says_whether_it_is_open(catalogue: Catalogue, now: datetime, key: str) -> None:
    desk = _sorted(catalogue, "拒絶理由通知の手続", "patents", now).desk
    found = _sorted(catalogue, "拒絶理由通知の手続", "patents", now)
    assert desk is not None
    if desk.open_now is None:
        assert say(f"dialogue.{key}") not in str(composing.desk_parts(found))
    else:
        assert say(f"dialogue.{key}") in str(composing.desk_parts(found))


def test_no_desk_no_card(catalogue: Catalogue) -> None:
    assert composing.desk_parts(_sorted(catalogue, "こんにちは", "smalltalk")) == []


def test_without_an_article_it_says_so_and_invents_nothing(catalogue: Catalogue) -> None:
    found = _sorted(catalogue, REFUSED, "patents").model_copy(update={"articles": ()})

    texts = [p.text for p in _answer(catalogue, found).parts if isinstance(p, TextPart)]
    assert say("dialogue.no_article") in texts


def test_links_are_addresses_a_page_may_open(catalogue: Catalogue) -> None:
    for topic in TOPICS:
        reply = _answer(catalogue, _sorted(catalogue, say(f"topics.{topic}"), topic))
        links = [link for p in reply.parts if isinstance(p, CardPart) for link in p.links]
        assert all(re.match(r"https?://|tel:", link.url) for link in links)


def test_at_most_four_topics_are_offered_each_once() -> None:
    picked = composing.topic_choices([*TOPICS[:2], *TOPICS])

    assert [c.payload["topic"] for c in picked] == list(TOPICS[:4])


@pytest.mark.parametrize(("text", "key"), [("商標", "degraded"), ("", "degraded_no_search")])
def test_without_the_bot_an_apology_a_desk_and_a_person_remain(
    catalogue: Catalogue, text: str, key: str
) -> None:
    reply = without_bot(catalogue=catalogue, text=text, now=NOON)

    assert reply.author == "system"
    assert reply.parts[0] == TextPart(text=say(f"dialogue.{key}"))
    assert bool(_cards(reply, "article")) == bool(reply.sources) == bool(text)
    assert _cards(reply, "desk")
    last = reply.parts[-1]
    assert isinstance(last, ChoicesPart)
    assert last.choices == (composing.person_choice(),)
