"""How a message belongs to what went before: an answer to our question, a correction, more of the
same. It says nothing; what is said is dialogue's work.
"""

import re

from knowledge.conversations.state import Scene, State
from knowledge.text import normalise
from knowledge.triage.dates import find_dates
from knowledge.triage.facts import DAY_FACTS, Facts, merge, read_facts
from knowledge.triage.signals import find_signals
from knowledge.triage.understanding import Entity, Understanding
from knowledge.vocabulary import TOPICS
from knowledge.wording import say

SHORT_ANSWER = 24
"""Up to this many characters a message may be the answer to our own question."""
SHORT_MORE = 40
"""Up to this many characters an unclear message may be more of the inquiry before it."""
SAME_SUBJECT = 0.45
"""Search score from which an unclear short message belongs to the topic at hand."""
RIGHT_TOPICS = {
    "patents": "patents",
    "utility_models": "patents",
    "designs": "designs",
    "trademarks": "trademarks",
}

_INSTEAD = re.compile(r"(?:では|じゃ|で)(?:なく|ない|ねく)て?(?:も)?、?|じゃのうて、?|違って、?")
_NO = re.compile(
    r"^(?:あ+|ああ|ごめん(?:なさい|ね)?|すみません|すいません|失礼(?:しました)?)?[、。!\s]*"
    r"(?:いいえ|いえ|いや|違|ちが|間違|まちが|訂正)"
)
_PLAIN_SIGNALS = (
    "warning_letter",
    "lawsuit",
    "customs_notice",
    "ec_takedown",
    "suspicious_invoice",
    "leak",
    "customer_demands_drawings",
)
_POLITE_END = re.compile(r"(?:です|だ|や|ですよ|になります|ですけど|にあります)?[。.!?〜~ ]*$")


def told(scene: Scene, heard: Understanding) -> Facts:
    """The facts of one message; after "AではなくB" only B counts."""
    turns = [match.end() for match in _INSTEAD.finditer(heard.text)]
    if turns and turns[-1] < len(heard.text):
        heard = _after(heard, turns[-1])
    return read_facts(heard, find_signals(heard.text), today=scene.now.date())


def answer_to_question(scene: Scene, state: State, heard: Understanding) -> Facts | None:
    """The facts now known if a short message answers what we asked, else None."""
    if state.pending is None or state.inquiry is None or len(heard.text) > SHORT_ANSWER:
        return None
    facts = told(scene, heard)
    if state.pending == "prefecture" and facts.prefecture is None:
        place = scene.catalogue.prefecture(_POLITE_END.sub("", normalise(heard.text)))
        if place is not None:
            facts = facts.model_copy(update={"prefecture": place.name})
    given = {
        "right": bool(facts.rights),
        "date": bool(facts.dates),
        "able_on": bool(facts.dates),
        "years_paid": facts.years_paid is not None,
        "prefecture": facts.prefecture is not None,
    }
    return merge(state.facts, facts) if given.get(state.pending, False) else None


def corrects(text: str) -> bool:
    """Whether a short message takes something back ("いいえ、11月1日でした", "AではなくB")."""
    return len(text) <= SHORT_MORE and bool(_NO.search(text) or _INSTEAD.search(text))


def plain_enough(heard: Understanding) -> bool:
    """Whether the words settle what to do although the classifier is not sure of the subject:
    papers with a clock, a request the law reserves, a programme by its name."""
    signals = find_signals(heard.text)
    return bool(signals.reserved or signals.events or heard.values("programme")) or any(
        signals.has(name) for name in _PLAIN_SIGNALS
    )


def correction(scene: Scene, state: State, heard: Understanding) -> Facts | None:
    """The facts now known if a "no" names the right day, place or right, else None."""
    if state.inquiry is None:
        return None
    facts = told(scene, heard)
    if not (facts.dates or facts.prefecture or facts.rights):
        return None
    kept = state.facts.model_copy(update={"dates": ()} if facts.dates else {})
    known = merge(kept, facts)
    day = next((d.date for d in facts.dates if d.date), None)
    if day is not None and state.facts.event is not None:
        known = known.model_copy(update={"event": state.facts.event, "event_date": day})
    return known


def corrected(inquiry: Understanding, facts: Facts, scene: Scene) -> Understanding:
    """The inquiry as it would have read with the right day and right in it.

    The text is read again with every turn: what was taken back must not come back with it.
    """
    edits: list[tuple[int, int, str]] = []
    label = say(f"rights.{facts.rights[0]}") if facts.rights else ""
    if label:
        edits += [(e.start, e.end, label) for e in inquiry.entities if e.kind == "right"]
    days = find_dates(inquiry.text, today=scene.now.date()) if facts.dates else ()
    if days:
        edits.append((days[0].start, days[0].end, facts.dates[0].text))
    text = inquiry.text
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    kept = [e for e in inquiry.entities if e.text in text and not (label and e.kind == "right")]
    if label and label in text:
        kept.append(Entity(kind="right", value=facts.rights[0], text=label, start=0, end=0))
    found = [(e, text.index(e.text)) for e in kept]
    entities = tuple(e.model_copy(update={"start": at, "end": at + len(e.text)}) for e, at in found)
    return inquiry.model_copy(update={"text": text, "entities": entities})


def more_of_the_same(scene: Scene, state: State, heard: Understanding) -> Understanding | None:
    """An unclear short message read as a further question on the subject at hand, or None."""
    subject = state.inquiry
    if subject is None or subject.topic not in TOPICS or len(heard.text) > SHORT_MORE:
        return None
    hits = scene.catalogue.search_articles(heard.text, limit=3, topic=subject.topic)
    close = any(hit.score >= SAME_SUBJECT and subject.topic in hit.entry.topics for hit in hits)
    if not close and not told(scene, heard).dates:
        return None
    return heard.model_copy(
        update={"topic": subject.topic, "confidence": subject.confidence, "sure": True}
    )


def follow_right(inquiry: Understanding | None, rights: tuple[str, ...]) -> Understanding | None:
    """ "商標です" to our question which right it is moves a 特許 inquiry to its own topic."""
    topic = RIGHT_TOPICS.get(rights[0]) if rights else None
    if inquiry is None or topic is None or inquiry.topic not in RIGHT_TOPICS.values():
        return inquiry
    return inquiry.model_copy(update={"topic": topic})


def as_right(state: State, right: str) -> Understanding:
    """A right that was picked, as if it had been typed."""
    label = say(f"rights.{right}")
    marked = Entity(kind="right", value=right, text=label, start=0, end=len(label))
    topic = state.inquiry.topic if state.inquiry else "patents"
    return Understanding(text=label, topic=topic, confidence=1.0, entities=(marked,))


def lasting(facts: Facts) -> Facts:
    """What stays true when the subject changes: who and where the company is, not its dates."""
    gone = {"rights": (), "dates": (), "programmes": (), "countries": (), "days": ()}
    unknown = dict.fromkeys((*DAY_FACTS, "event", "variant", "years_paid"))
    return facts.model_copy(update={**unknown, **gone, "receipt_only": False})


def _after(heard: Understanding, start: int) -> Understanding:
    kept = tuple(
        entity.model_copy(update={"start": entity.start - start, "end": entity.end - start})
        for entity in heard.entities
        if entity.start >= start
    )
    return heard.model_copy(update={"text": heard.text[start:], "entities": kept})
