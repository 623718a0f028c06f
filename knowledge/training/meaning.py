"""What a sentence may mean, and what its text must be before anyone learns from it."""

from dataclasses import dataclass
from typing import Any

from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.text import MAX_TEXT_LENGTH, normalise
from knowledge.training.dealing import INTENTS
from knowledge.training.lint_texts import public_contacts
from knowledge.training.models import Correction
from knowledge.training.scrub import forbidden
from knowledge.vocabulary import ASKERS, NEEDS, REGISTERS, TOPICS, WANTS
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a sentence means; ``need`` is asked where the intent is a topic."""

    intent: str
    also: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()
    need: str | None = None
    asker: str | None = None
    judgement: bool = False
    register: str = "plain"


def meaning_of(row: Correction) -> Meaning:
    """The meaning as stored."""
    return Meaning(
        intent=row.intent,
        also=tuple(row.also),
        wants=tuple(row.wants),
        need=row.need,
        asker=row.asker,
        judgement=row.judgement,
        register=row.register_,
    )


def check_text(text: str) -> str:
    """The sentence as it is learned: normalised, on one line, without personal data.

    Raises:
        InvalidInputError: no words, too long, or a mail address or telephone number in it.
    """
    words = normalise(text).replace("\n", " ").replace("[", "(").replace("]", ")").lstrip("/ ")
    if not words or len(words) > MAX_TEXT_LENGTH:
        raise refused("text", say("maintain.text_needed"))
    if forbidden(words, public=public_contacts()):
        raise refused("text", say("maintain.personal_data_left"))
    return words


def check_meaning(meaning: Meaning) -> None:
    """Refuse what the language data would not take.

    Raises:
        InvalidInputError: an unknown word, or a need missing or too many (see ``lint_labels``).
    """
    lists = (
        ("intent", (meaning.intent,), INTENTS),
        ("also", meaning.also, TOPICS),
        ("wants", meaning.wants, WANTS),
        ("need", (meaning.need,) if meaning.need else (), NEEDS),
        ("asker", (meaning.asker,) if meaning.asker else (), ASKERS),
        ("register", (meaning.register,), REGISTERS),
    )
    for field, given, allowed in lists:
        if any(word not in allowed for word in given):
            raise refused(field, say("maintain.unknown_label"))
    if meaning.intent in TOPICS and meaning.need is None:
        raise refused("need", say("maintain.need_missing"))
    if meaning.intent in meaning.also or len(set(meaning.also)) < len(meaning.also):
        raise refused("also", say("maintain.topic_twice"))
    extra = (meaning.need, meaning.also, meaning.wants, meaning.judgement)
    if meaning.intent not in TOPICS and any(extra):
        raise refused("intent", say("maintain.no_subject_no_more"))


def columns(meaning: Meaning) -> dict[str, Any]:
    """The columns of a ``Correction`` that hold a meaning."""
    return {
        "intent": meaning.intent,
        "also": list(meaning.also),
        "wants": list(meaning.wants),
        "need": meaning.need,
        "asker": meaning.asker,
        "judgement": meaning.judgement,
        "register_": meaning.register,
    }


def refused(field: str, reason: str) -> InvalidInputError:
    """One field that cannot be used."""
    return InvalidInputError(reason, fields=(FieldProblem(field, reason),))
