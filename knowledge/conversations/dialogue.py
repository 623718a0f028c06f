"""What is said next in a conversation: pure functions from state and words to reply and state.

It knows no channel, no database and no Rasa; the state travels in Rasa's slots.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from knowledge.catalogue import Catalogue
from knowledge.conversations import composing
from knowledge.conversations.replies import Basis, Choice, ChoicesPart, Part, Reply, TextPart
from knowledge.triage.answer import Triage
from knowledge.triage.facts import Facts, merge, read_facts
from knowledge.triage.service import triage
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Entity, Understanding
from knowledge.vocabulary import DESKLESS, RIGHTS, TOPICS
from knowledge.wording import say

MAX_TRAIL = 5
SHORT_ANSWER = 24
"""Up to this many characters a message may be the answer to our own question."""
OFFERS = {
    "human": ("person_intro", "person_prepare"),
    "expert_session": ("session_intro", "person_prepare"),
}
"""What is said with each way to people."""
RIGHT_TOPICS = {
    "patents": "patents",
    "utility_models": "patents",
    "designs": "designs",
    "trademarks": "trademarks",
}
FALLBACK_TOPICS = ("trademarks", "patents", "trade_secrets", "fee_reduction")
"""Offered when nothing at all was understood: the subjects desks are asked about most."""


class State(BaseModel):
    """What the conversation knows.

    ``pending`` is the fact we asked for last, ``offering`` the way to people it was asked for.
    """

    model_config = ConfigDict(frozen=True)

    inquiry: Understanding | None = None
    facts: Facts = Facts()
    pending: str | None = None
    offering: str | None = None
    asked: tuple[str, ...] = ()
    misses: int = 0
    trail: tuple[Understanding, ...] = ()


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn may look at: the published content, the moment, the place if known."""

    catalogue: Catalogue
    now: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and what is remembered."""

    reply: Reply
    state: State


def answer_inquiry(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Answer a message about a subject, or take it as the answer to our question."""
    special = _special(scene, state, heard)
    if special is not None:
        return special
    if state.pending and state.inquiry and _is_fact(scene, state, heard):
        return tell_fact(scene, state, heard)
    facts = merge(_lasting(state.facts), _told(scene, heard))
    trail = state.trail if state.inquiry is None else (*state.trail, state.inquiry)
    fresh = State(inquiry=heard, facts=facts, trail=trail[-MAX_TRAIL:])
    return _tell(scene, fresh)


def tell_fact(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Add what was told to what is known, and answer the same inquiry again."""
    told = _told(scene, heard)
    facts = merge(state.facts, told)
    inquiry = _follow_right(state.inquiry, told.rights)
    known = state.model_copy(update={"facts": facts, "inquiry": inquiry, "misses": 0})
    if state.pending == "prefecture":
        return _tell_desk(scene, known)
    return _tell(scene, known)


def ask_back(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Low confidence: at most four named choices; the second time search and a person."""
    special = _special(scene, state, heard)
    if special is not None:
        return special
    if state.pending and state.inquiry and _is_fact(scene, state, heard):
        return tell_fact(scene, state, heard)
    if state.misses >= 1:
        return _second_miss(scene, state, heard)
    likely = [g.topic for g in heard.ranking[:3] if g.topic in TOPICS] or list(FALLBACK_TOPICS[:3])
    choices = (*composing.topic_choices(likely[:3]), _none_of_these())
    reply = composing.plain(
        "dialogue.ask_back_first", choices=choices, prompt=say("dialogue.ask_back")
    )
    return Turn(reply, state.model_copy(update={"misses": 1, "inquiry": heard, "pending": "topic"}))


def choose(scene: Scene, state: State, payload: dict[str, Any]) -> Turn:
    """Act on a choice this server offered."""
    if "topic" in payload:
        return _with_topic(scene, state, str(payload["topic"]))
    if "right" in payload:
        return tell_fact(scene, state, _as_right(state, str(payload["right"])))
    if "skip" in payload and state.inquiry is not None:
        asked = (*state.asked, str(payload["skip"]))
        return _tell(scene, state.model_copy(update={"asked": asked, "pending": None}))
    if payload.get("go") == "person":
        return offer_person(scene, state)
    if payload.get("go") == "session":
        return offer_session(scene, state)
    if payload.get("go") == "search":
        return _second_miss(scene, state, state.inquiry)
    return Turn(_topic_list(), state.model_copy(update={"pending": "topic"}))


def deny(scene: Scene, state: State, heard: Understanding) -> Turn:
    """ "違います": ask which subject it is, the likely others first."""
    now = state.inquiry.topic if state.inquiry else None
    ranking = state.inquiry.ranking if state.inquiry else ()
    likely = [g.topic for g in ranking if g.topic in TOPICS]
    others = [topic for topic in (*likely, *FALLBACK_TOPICS) if topic != now]
    choices = (*composing.topic_choices(others[:3]), _all_topics())
    reply = composing.plain("dialogue.deny", choices=choices)
    return Turn(reply, state.model_copy(update={"pending": "topic", "misses": 0}))


def affirm(scene: Scene, state: State, heard: Understanding) -> Turn:
    """ "はい": nothing is decided by it; the visitor goes on."""
    return Turn(composing.plain("dialogue.affirm"), state)


def go_back(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Return to the inquiry before this one."""
    if not state.trail:
        return Turn(composing.plain("dialogue.back_nothing"), state)
    earlier, trail = state.trail[-1], state.trail[:-1]
    back = _tell(scene, State(inquiry=earlier, facts=_lasting(state.facts), trail=trail))
    lead = TextPart(text=say("dialogue.back", topic=say(f"topics.{earlier.topic}")))
    reply = back.reply.model_copy(update={"parts": (lead, *back.reply.parts)})
    return Turn(reply, back.state)


def start_over(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Forget what was understood; the thread itself stays readable."""
    return Turn(composing.plain("dialogue.restarted", choices=(_all_topics(),)), State())


def explain(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Why something was asked."""
    key = {
        None: "dialogue.why_nothing",
        "right": "dialogue.why_right",
        "date": "dialogue.why_date",
        "prefecture": "dialogue.why_prefecture",
        "topic": "dialogue.why_topic",
    }.get(state.pending, "dialogue.why_other")
    question = (
        _question(state.pending) if state.pending in ("right", "date", "prefecture") else None
    )
    reply = composing.plain(key)
    if question is not None:
        reply = reply.model_copy(update={"parts": (*reply.parts, question)})
    return Turn(reply, state)


def offer_person(scene: Scene, state: State, heard: Understanding | None = None) -> Turn:
    """The way to a person: the desk of the inquiry so far, or of the company's prefecture."""
    return _offer(scene, state, heard, "human")


def offer_session(scene: Scene, state: State, heard: Understanding | None = None) -> Turn:
    """The way to a meeting or an expert: the desk hears the case first (rule R2)."""
    return _offer(scene, state, heard, "expert_session")


def smalltalk(scene: Scene, state: State, heard: Understanding) -> Turn:
    """A greeting is answered and led to the subject."""
    special = _special(scene, state, heard)
    reply = composing.plain("dialogue.smalltalk", choices=(_all_topics(),))
    return special or Turn(reply, state)


def out_of_scope(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Not our business: said once, with the way to the subjects and to a person."""
    special = _special(scene, state, heard)
    if special is not None:
        return special
    if state.pending and state.inquiry and _is_fact(scene, state, heard):
        return tell_fact(scene, state, heard)
    result = _triage(scene, State(inquiry=heard, facts=state.facts))
    reply = composing.plain(
        "dialogue.out_of_scope", choices=(_all_topics(), composing.person_choice())
    )
    notices = [TextPart(text=n.text) for n in result.notices]
    return Turn(reply.model_copy(update={"parts": (*notices, *reply.parts)}), state)


def _tell(scene: Scene, state: State) -> Turn:
    """Triage the inquiry with all that is known, answer it, ask for at most one fact more."""
    result = _triage(scene, state)
    wanted = [name for name in result.ask if name not in state.asked]
    question = _question(wanted[0]) if wanted else None
    reply = composing.answer(
        triage=result,
        catalogue=scene.catalogue,
        question=question,
        model=state.inquiry.model_id if state.inquiry else None,
    )
    update = {"pending": wanted[0] if question else None, "offering": None, "misses": 0}
    return Turn(reply, state.model_copy(update=update))


def _tell_desk(scene: Scene, state: State) -> Turn:
    """The place changes who takes the case, not what was answered: only the desk is said again."""
    result = _triage(scene, state)
    place = state.facts.prefecture or ""
    parts: list[Part] = [TextPart(text=say("dialogue.place_known", prefecture=place))]
    if state.offering:
        parts.append(TextPart(text=say(f"dialogue.{OFFERS[state.offering][0]}")))
    parts += composing.desk_parts(result)
    rules = tuple(r.rule for r in result.reasons)
    reply = Reply(parts=tuple(parts), basis=Basis(rules=rules, wording=("dialogue.place_known",)))
    return Turn(reply, state.model_copy(update={"pending": None, "offering": None}))


def _triage(scene: Scene, state: State) -> Triage:
    heard = state.inquiry or Understanding(text="", topic="human", confidence=1.0)
    return triage(understanding=heard, catalogue=scene.catalogue, now=scene.now, facts=state.facts)


def _question(name: str) -> ChoicesPart:
    unknown = Choice(label=say("dialogue.ask_unknown"), payload={"skip": name})
    if name == "right":
        rights = [r for r in RIGHTS if r != "plant_varieties"]
        choices = [Choice(label=say(f"rights.{r}"), payload={"right": r}) for r in rights]
        return ChoicesPart(prompt=say("dialogue.ask_right"), choices=(*choices, unknown))
    if name in ("date", "prefecture"):
        return ChoicesPart(prompt=say(f"dialogue.ask_{name}"), choices=(unknown,))
    return ChoicesPart(prompt=say("dialogue.ask_other", name=name), choices=(unknown,))


def _is_fact(scene: Scene, state: State, heard: Understanding) -> bool:
    """Whether a short message carries the fact we asked for."""
    if len(heard.text) > SHORT_ANSWER:
        return False
    told = _told(scene, heard)
    return {
        "right": bool(told.rights),
        "date": bool(told.dates),
        "prefecture": told.prefecture is not None,
    }.get(state.pending or "", False)


def _follow_right(inquiry: Understanding | None, rights: tuple[str, ...]) -> Understanding | None:
    """ "商標です" to our question which right it is moves a 特許 inquiry to its own topic."""
    topic = RIGHT_TOPICS.get(rights[0]) if rights else None
    if inquiry is None or topic is None or inquiry.topic not in RIGHT_TOPICS.values():
        return inquiry
    return inquiry.model_copy(update={"topic": topic})


def _told(scene: Scene, heard: Understanding) -> Facts:
    return read_facts(heard, find_signals(heard.text), today=scene.now.date())


def _lasting(facts: Facts) -> Facts:
    """What stays true when the subject changes: who and where the company is, not its dates."""
    return facts.model_copy(update={"rights": (), "dates": (), "programmes": (), "countries": ()})


def _with_topic(scene: Scene, state: State, topic: str) -> Turn:
    if topic == "human":
        return offer_person(scene, state)
    heard = state.inquiry or Understanding(text=say(f"topics.{topic}"), topic=topic, confidence=1.0)
    chosen = heard.model_copy(
        update={"topic": topic, "confidence": 1.0, "sure": True, "secondary_topics": ()}
    )
    return _tell(scene, state.model_copy(update={"inquiry": chosen, "misses": 0}))


def _as_right(state: State, right: str) -> Understanding:
    label = say(f"rights.{right}")
    marked = Entity(kind="right", value=right, text=label, start=0, end=len(label))
    topic = state.inquiry.topic if state.inquiry else "patents"
    return Understanding(text=label, topic=topic, confidence=1.0, entities=(marked,))


def _second_miss(scene: Scene, state: State, heard: Understanding | None) -> Turn:
    """Never "分かりません" twice: search results and a person instead."""
    text = heard.text if heard else ""
    found = composing.found_articles(scene.catalogue, text)
    key = "dialogue.search_found" if found else "dialogue.search_nothing"
    parts: list[Part] = [
        TextPart(text=say("dialogue.second_miss")),
        TextPart(text=say(key)),
        *found,
    ]
    parts.append(ChoicesPart(choices=(composing.person_choice(), _all_topics())))
    hits = scene.catalogue.search_articles(text, limit=3)
    sources = composing.article_sources(hit.entry for hit in hits)
    reply = Reply(parts=tuple(parts), sources=sources, basis=Basis(wording=(key,)))
    return Turn(reply, state.model_copy(update={"misses": 0, "pending": "topic"}))


def _offer(scene: Scene, state: State, heard: Understanding | None, topic: str) -> Turn:
    keys = OFFERS[topic]
    special = _special(scene, state, heard) if heard else None
    if special is not None:
        return special
    facts = merge(state.facts, _told(scene, heard)) if heard else state.facts
    subject = state.inquiry
    if subject is None or subject.topic in DESKLESS:
        subject = Understanding(text=heard.text if heard else "", topic=topic, confidence=1.0)
    asked = state.model_copy(update={"inquiry": subject, "facts": facts})
    result = _triage(scene, asked)
    parts: list[Part] = [TextPart(text=say(f"dialogue.{key}")) for key in keys]
    parts += composing.desk_parts(result)
    pending = "prefecture" if "prefecture" in result.ask else None
    if pending and "prefecture" not in state.asked:
        parts.append(_question("prefecture"))
    rules = tuple(r.rule for r in result.reasons)
    reply = Reply(parts=tuple(parts), basis=Basis(rules=rules, wording=keys))
    update = {"pending": pending, "offering": topic if pending else None, "misses": 0}
    return Turn(reply, asked.model_copy(update=update))


def _special(scene: Scene, state: State, heard: Understanding) -> Turn | None:
    """Another language, distress or a threat: answered before any subject."""
    signals = find_signals(heard.text)
    if signals.has("distress_or_threat"):
        result = _triage(
            scene, State(inquiry=Understanding(text="", topic="human", confidence=1.0))
        )
        parts = (TextPart(text=say("dialogue.distress")), *composing.desk_parts(result))
        return Turn(Reply(parts=parts, basis=Basis(wording=("dialogue.distress",))), state)
    if signals.has("english_input") or signals.has("chinese_input"):
        return Turn(
            composing.plain("dialogue.foreign_language", choices=(composing.person_choice(),)),
            state,
        )
    return None


def _topic_list() -> Reply:
    return Reply(
        parts=(
            ChoicesPart(
                prompt=say("dialogue.topic_prompt"),
                choices=(*composing.all_topic_choices(), composing.person_choice()),
            ),
        ),
        basis=Basis(wording=("dialogue.topic_prompt",)),
    )


def _all_topics() -> Choice:
    return Choice(label=say("dialogue.choices_more"), payload={"go": "topics"})


def _none_of_these() -> Choice:
    return Choice(label=say("dialogue.ask_back_none"), payload={"go": "search"})
