"""The questions we ask and the choices we name; what they lead to is dialogue's work."""

from knowledge.conversations import composing, standstill
from knowledge.conversations.replies import Basis, Choice, ChoicesPart, Reply
from knowledge.vocabulary import RIGHTS
from knowledge.wording import say

ASKED_BY_NAME = frozenset({"right", "date", "prefecture", "years_paid", "able_on", "certificate"})
"""Facts with a question and a reason of their own in the wording."""
OFFERS = {
    "human": ("person_intro", "person_prepare"),
    "expert_session": ("session_intro", "person_prepare"),
}
"""What is said with each way to people."""
FALLBACK_TOPICS = ("trademarks", "patents", "trade_secrets", "fee_reduction")
"""Offered when nothing at all was understood: the subjects desks are asked about most."""


def fact_question(name: str) -> ChoicesPart:
    """One fact asked for, with a way to leave it open."""
    unknown = Choice(label=say("dialogue.ask_unknown"), payload={"skip": name})
    choices: list[Choice] = []
    if name == "right":
        rights = [r for r in RIGHTS if r != "plant_varieties"]
        choices = [Choice(label=say(f"rights.{r}"), payload={"right": r}) for r in rights]
    prompt = say(f"dialogue.ask_{name}") if name in ASKED_BY_NAME else say("dialogue.ask_other")
    return ChoicesPart(prompt=prompt, choices=(*choices, unknown))


def way_to_staff(*, asking: bool = False) -> ChoicesPart:
    """The way to a member of staff and to the case sheet; ``asking`` adds the question where the
    company is (one group of choices: only the newest can be picked)."""
    ways = (standstill.handoff_choice(), standstill.sheet_choice())
    if not asking:
        return ChoicesPart(choices=ways)
    question = fact_question("prefecture")
    return question.model_copy(update={"choices": (*ways, *question.choices)})


def topic_list() -> Reply:
    """All topics by name."""
    return Reply(
        parts=(
            ChoicesPart(
                prompt=say("dialogue.topic_prompt"),
                choices=(*composing.all_topic_choices(), composing.person_choice()),
            ),
        ),
        basis=Basis(wording=("dialogue.topic_prompt",)),
    )


def all_topics() -> Choice:
    """The way to the list of all topics."""
    return Choice(label=say("dialogue.choices_more"), payload={"go": "topics"})


def none_of_these() -> Choice:
    """The way out when no named choice fits."""
    return Choice(label=say("dialogue.ask_back_none"), payload={"go": "search"})
