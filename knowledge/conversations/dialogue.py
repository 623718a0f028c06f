"""What is said next in a conversation: pure functions from state and words to reply and state;
it knows no channel, no database and no Rasa (the state travels in Rasa's slots).
"""

from typing import Any

from knowledge.conversations import composing, listening, questions
from knowledge.conversations.replies import Basis, ChoicesPart, Part, Reply, TextPart
from knowledge.conversations.small_talk import korean, small_talk_key
from knowledge.conversations.state import Scene, State, Turn
from knowledge.triage.answer import Triage
from knowledge.triage.facts import Facts, merge
from knowledge.triage.service import triage
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Understanding
from knowledge.vocabulary import DESKLESS, TOPICS
from knowledge.wording import say

MAX_TRAIL = 5


def answer_inquiry(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Answer a message about a subject, or take it as the answer to our question."""
    return _first(scene, state, heard) or _new_inquiry(scene, state, heard)


def ask_back(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Low confidence: at most four named choices; the second time search and a person."""
    first = _first(scene, state, heard) or _more(scene, state, heard)
    if first is not None:
        return first
    if listening.plain_enough(heard):
        return _new_inquiry(scene, state, heard)
    if state.misses >= 1:
        return _second_miss(scene, state, heard)
    likely = [g.topic for g in heard.ranking[:3] if g.topic in TOPICS] or list(
        questions.FALLBACK_TOPICS[:3]
    )
    choices = (*composing.topic_choices(likely[:3]), questions.none_of_these())
    reply = composing.plain(
        "dialogue.ask_back_first", choices=choices, prompt=say("dialogue.ask_back")
    )
    return Turn(reply, state.model_copy(update={"misses": 1, "inquiry": heard, "pending": "topic"}))


def choose(scene: Scene, state: State, payload: dict[str, Any]) -> Turn:
    """Act on a choice this server offered."""
    if "topic" in payload:
        return _with_topic(scene, state, str(payload["topic"]))
    if "right" in payload:
        chosen = listening.as_right(state, str(payload["right"]))
        return _with_facts(scene, state, merge(state.facts, listening.told(scene, chosen)))
    if "skip" in payload and state.inquiry is not None:
        asked = (*state.asked, str(payload["skip"]))
        return _tell(scene, state.model_copy(update={"asked": asked, "pending": None}))
    if payload.get("go") == "person":
        return offer_person(scene, state)
    if payload.get("go") == "session":
        return offer_session(scene, state)
    if payload.get("go") == "search":
        return _second_miss(scene, state, state.inquiry)
    return Turn(questions.topic_list(), state.model_copy(update={"pending": "topic"}))


def deny(scene: Scene, state: State, heard: Understanding) -> Turn:
    """A "no": with the right day, place or right in it a correction, else the question which
    subject it is, the likely others first."""
    corrected = _corrected(scene, state, heard)
    if corrected is not None:
        return corrected
    now, ranking = (state.inquiry.topic, state.inquiry.ranking) if state.inquiry else (None, ())
    likely = [g.topic for g in ranking if g.topic in TOPICS]
    others = [topic for topic in (*likely, *questions.FALLBACK_TOPICS) if topic != now]
    choices = (*composing.topic_choices(others[:3]), questions.all_topics())
    reply = composing.plain("dialogue.deny", choices=choices)
    return Turn(reply, state.model_copy(update={"pending": "topic", "misses": 0}))


def affirm(scene: Scene, state: State, heard: Understanding) -> Turn:
    """A "yes": nothing is decided by it; the visitor goes on."""
    return _first(scene, state, heard) or Turn(composing.plain("dialogue.affirm"), state)


def go_back(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Return to the inquiry before this one."""
    if not state.trail:
        return Turn(composing.plain("dialogue.back_nothing"), state)
    earlier, trail = state.trail[-1], state.trail[:-1]
    back = _tell(scene, State(inquiry=earlier, facts=listening.lasting(state.facts), trail=trail))
    lead = TextPart(text=say("dialogue.back", topic=say(f"topics.{earlier.topic}")))
    reply = back.reply.model_copy(update={"parts": (lead, *back.reply.parts)})
    return Turn(reply, back.state)


def start_over(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Forget what was understood; the thread itself stays readable."""
    return Turn(composing.plain("dialogue.restarted", choices=(questions.all_topics(),)), State())


def explain(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Why something was asked."""
    if state.pending is None:
        return Turn(composing.plain("dialogue.why_nothing"), state)
    by_name = state.pending in questions.ASKED_BY_NAME | {"topic"}
    reply = composing.plain(f"dialogue.why_{state.pending}" if by_name else "dialogue.why_other")
    if state.pending != "topic":
        question = questions.fact_question(state.pending)
        reply = reply.model_copy(update={"parts": (*reply.parts, question)})
    return Turn(reply, state)


def offer_person(scene: Scene, state: State, heard: Understanding | None = None) -> Turn:
    """The way to a person: the desk of the inquiry so far, or of the company's prefecture."""
    return _offer(scene, state, heard, "human")


def offer_session(scene: Scene, state: State, heard: Understanding | None = None) -> Turn:
    """The way to a meeting or an expert: the desk hears the case first (rule R2)."""
    return _offer(scene, state, heard, "expert_session")


def smalltalk(scene: Scene, state: State, heard: Understanding) -> Turn:
    """A greeting, thanks, a question who speaks: answered and led to the subject."""
    first = _first(scene, state, heard)
    if first is not None:
        return first
    key = small_talk_key(heard.text)
    choices = (questions.all_topics(), composing.person_choice())
    return Turn(composing.plain(f"dialogue.{key}", choices=choices), state)


def out_of_scope(scene: Scene, state: State, heard: Understanding) -> Turn:
    """Not our business: said once, with the way to the subjects and to a person."""
    first = _first(scene, state, heard)
    if first is not None:
        return first
    result = _triage(scene, State(inquiry=heard, facts=state.facts))
    if result.desk is not None:  # a rule saw what the classifier did not (papers with a clock)
        return _new_inquiry(scene, state, heard)
    more = _more(scene, state, heard)
    if more is not None:
        return more
    reply = composing.plain(
        "dialogue.out_of_scope", choices=(questions.all_topics(), composing.person_choice())
    )
    notices = [TextPart(text=n.text) for n in result.notices]
    return Turn(reply.model_copy(update={"parts": (*notices, *reply.parts)}), state)


def _first(scene: Scene, state: State, heard: Understanding) -> Turn | None:
    """What goes before any reading of the subject: another language, distress, our question."""
    special = _special(scene, state, heard)
    if special is not None:
        return special
    facts = listening.answer_to_question(scene, state, heard)
    if facts is not None:
        return _with_facts(scene, state, facts)
    return _corrected(scene, state, heard) if listening.corrects(heard.text) else None


def _corrected(scene: Scene, state: State, heard: Understanding) -> Turn | None:
    facts = listening.correction(scene, state, heard)
    if facts is None or state.inquiry is None:
        return None
    inquiry = listening.corrected(state.inquiry, listening.told(scene, heard), scene)
    return _with_facts(scene, state.model_copy(update={"inquiry": inquiry}), facts)


def _more(scene: Scene, state: State, heard: Understanding) -> Turn | None:
    if (same := listening.more_of_the_same(scene, state, heard)) is None:
        return None
    facts = merge(state.facts, listening.told(scene, heard))
    return _tell(scene, state.model_copy(update={"inquiry": same, "facts": facts}))


def _new_inquiry(scene: Scene, state: State, heard: Understanding) -> Turn:
    facts = merge(listening.lasting(state.facts), listening.told(scene, heard))
    trail = state.trail if state.inquiry is None else (*state.trail, state.inquiry)
    return _tell(scene, State(inquiry=heard, facts=facts, trail=trail[-MAX_TRAIL:]))


def _with_facts(scene: Scene, state: State, facts: Facts) -> Turn:
    """Answer the same inquiry again with what is known now; for a place only the desk is said."""
    inquiry = listening.follow_right(state.inquiry, facts.rights)
    known = state.model_copy(update={"facts": facts, "inquiry": inquiry, "misses": 0})
    moved = facts.prefecture != state.facts.prefecture
    same = facts.model_copy(update={"prefecture": None, "city": None})
    before = state.facts.model_copy(update={"prefecture": None, "city": None})
    if moved and same == before:
        return _tell_desk(scene, known)
    return _tell(scene, known)


def _tell(scene: Scene, state: State) -> Turn:
    """Triage the inquiry with all that is known, answer it, ask for at most one fact more."""
    result = _triage(scene, state)
    wanted = [name for name in result.ask if name not in state.asked]
    question = questions.fact_question(wanted[0]) if wanted else None
    reply = composing.answer(
        triage=result,
        catalogue=scene.catalogue,
        today=scene.now.date(),
        question=question,
    )
    update = {"pending": wanted[0] if question else None, "offering": None, "misses": 0}
    return Turn(reply, state.model_copy(update=update))


def _tell_desk(scene: Scene, state: State) -> Turn:
    """The place changes who takes the case, not what was answered: only the desk is said again."""
    result = _triage(scene, state)
    place = state.facts.prefecture or ""
    parts: list[Part] = [TextPart(text=say("dialogue.place_known", prefecture=place))]
    if state.offering:
        parts.append(TextPart(text=say(f"dialogue.{questions.OFFERS[state.offering][0]}")))
    parts += composing.desk_parts(result)
    if state.offering:
        parts.append(questions.way_to_staff())
    rules = tuple(r.rule for r in result.reasons)
    reply = Reply(parts=tuple(parts), basis=Basis(rules=rules, wording=("dialogue.place_known",)))
    return Turn(reply, state.model_copy(update={"pending": None, "offering": None}))


def _triage(scene: Scene, state: State) -> Triage:
    heard = state.inquiry or Understanding(text="", topic="human", confidence=1.0)
    facts = state.facts
    if facts.prefecture is None and scene.place is not None:
        facts = facts.model_copy(update={"prefecture": scene.place})
    return triage(
        understanding=heard,
        catalogue=scene.catalogue,
        now=scene.now,
        facts=facts,
        prefecture=state.facts.prefecture,
    )


def _with_topic(scene: Scene, state: State, topic: str) -> Turn:
    if topic == "human":
        return offer_person(scene, state)
    heard = state.inquiry or Understanding(text=say(f"topics.{topic}"), topic=topic, confidence=1.0)
    chosen = heard.model_copy(
        update={"topic": topic, "confidence": 1.0, "sure": True, "secondary_topics": ()}
    )
    return _tell(scene, state.model_copy(update={"inquiry": chosen, "misses": 0}))


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
    parts.append(ChoicesPart(choices=(composing.person_choice(), questions.all_topics())))
    hits = scene.catalogue.search_articles(text, limit=3)
    sources = composing.article_sources(hit.entry for hit in hits)
    reply = Reply(parts=tuple(parts), sources=sources, basis=Basis(wording=(key,)))
    return Turn(reply, state.model_copy(update={"misses": 0, "pending": "topic"}))


def _offer(scene: Scene, state: State, heard: Understanding | None, topic: str) -> Turn:
    keys = questions.OFFERS[topic]
    special = _special(scene, state, heard) if heard else None
    if special is not None:
        return special
    facts = merge(state.facts, listening.told(scene, heard)) if heard else state.facts
    subject = state.inquiry
    if subject is None or subject.topic in DESKLESS:
        subject = Understanding(text=heard.text if heard else "", topic=topic, confidence=1.0)
    asked = state.model_copy(update={"inquiry": subject, "facts": facts})
    result = _triage(scene, asked)
    parts: list[Part] = [TextPart(text=say(f"dialogue.{key}")) for key in keys]
    parts += composing.desk_parts(result)
    pending = "prefecture" if "prefecture" in result.ask else None
    parts.append(questions.way_to_staff(asking=pending not in {None, *state.asked}))
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
    if signals.has("english_input") or signals.has("chinese_input") or korean(heard.text):
        return Turn(
            composing.plain("dialogue.foreign_language", choices=(composing.person_choice(),)),
            state,
        )
    return None
