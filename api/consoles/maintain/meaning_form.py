"""The fields that say what a sentence means, and how they are read again."""

from collections.abc import Sequence

from api.consoles import kit
from api.consoles.maintain import words
from knowledge.training.meaning import Meaning
from knowledge.vocabulary import TOPICS, WANTS
from knowledge.wording import say

NO_REGISTER = "plain"


def draw(meaning: Meaning, *, text: str) -> None:
    """The text and its labels, ready to be changed."""
    hint = say("maintain.text_hint")
    kit.field(say("maintain.text"), "text", value=text, rows=4, required=True, hint=hint)
    kit.choice(say("maintain.topic"), "intent", words.intents(), value=meaning.intent)
    kit.choice(say("maintain.need"), "need", words.needs(), value=meaning.need or "")
    kit.choice(say("maintain.asker"), "asker", words.askers(), value=meaning.asker or "")
    _ticks(say("maintain.also"), "also", TOPICS, meaning.also)
    _ticks(say("maintain.wants"), "wants", WANTS, meaning.wants)
    kit.tick(say("maintain.judgement"), "judgement", ticked=meaning.judgement)
    kit.choice(say("maintain.register"), "register", words.registers(), value=meaning.register)


def read(pairs: Sequence[tuple[str, str]]) -> Meaning:
    """What the person filled in."""
    sent = kit.fields_of(pairs)
    return Meaning(
        intent=sent.get("intent", ""),
        also=tuple(kit.values_of(pairs, "also")),
        wants=tuple(kit.values_of(pairs, "wants")),
        need=sent.get("need") or None,
        asker=sent.get("asker") or None,
        judgement="judgement" in sent,
        register=sent.get("register") or NO_REGISTER,
    )


def told(meaning: Meaning) -> str:
    """The labels in one line."""
    parts = [words.intent(meaning.intent), *(words.intent(topic) for topic in meaning.also)]
    if meaning.need:
        parts.append(say(words.NEED_NAMES[meaning.need]))
    if meaning.asker:
        parts.append(say(words.ASKER_NAMES[meaning.asker]))
    parts += [words.intent(want) for want in meaning.wants]
    if meaning.judgement:
        parts.append(say("maintain.judgement_short"))
    return "・".join(parts)


def _ticks(legend: str, name: str, options: Sequence[str], ticked: Sequence[str]) -> None:
    with kit.box(tag="fieldset"):
        kit.Tag("legend", legend)
        with kit.box(css="labels"):
            for option in options:
                kit.tick(words.intent(option), name, value=option, ticked=option in ticked)
