"""The steps of the fee form: merge what was told, ask the next question, show the sheet.

Each takes the answers so far and gives a turn; which step it is, ``fees_form`` decides.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from knowledge.conversations import composing, fees_sheet, questions
from knowledge.conversations.fees_asking import COUNTS, TOLD, next_question, work
from knowledge.conversations.fees_questions import NAME, QUESTIONS, offer, question_part
from knowledge.conversations.fees_reading import REQUEST_KEYS
from knowledge.conversations.fees_turns import question_of
from knowledge.conversations.forms import with_form
from knowledge.conversations.replies import Basis, Part, Reply, TextPart
from knowledge.conversations.state import FormState, Scene, State, Turn
from knowledge.errors import InvalidInputError
from knowledge.fees import shipped_tables
from knowledge.wording import say

_SAME = ({"founded", "founded_on"}, {"filed", "filed_on"}, {"requested", "requested_on"})
"""Two ways to tell one thing: the later one counts."""

SHARED = frozenset({"employees", "capital_yen"})
"""Facts of the company that the rest of the conversation knows as well."""


class Answers(BaseModel):
    """What the form knows: facts, what the visitor does not know, the order of what was asked.

    ``missed``: the last answer could not be read; ``joint``: several applicants were mentioned.
    """

    model_config = ConfigDict(frozen=True)

    known: dict[str, Any] = {}
    unknown: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    missed: bool = False
    joint: bool = False


def take(
    scene: Scene, state: State, answers: Answers, found: Mapping[str, Any], asking: str | None
) -> Turn:
    """Merge what was told; what was known before and is different now is said."""
    before = answers.known
    switched = (
        "procedure" in before
        and found.get("procedure", before["procedure"]) != (before["procedure"])
    )
    told = {question_of(key) for key in found}
    unknown = (n for n in answers.unknown if n not in told and not (switched and n in COUNTS))
    merged = answers.model_copy(
        update={
            "known": _kept(before, found, switched=switched) | dict(found),
            "unknown": tuple(unknown),
            "asked": _asked(answers, asking),
            "missed": False,
        }
    )
    of_company = {k: v for k, v in found.items() if k in SHARED and v is not None}
    facts = state.facts.model_copy(update=of_company)
    remembered = state.model_copy(update={"facts": facts})
    return go_on(scene, remembered, merged, lead=_changed(before, found), last=found)


def _kept(before: Mapping[str, Any], found: Mapping[str, Any], *, switched: bool) -> dict[str, Any]:
    """What stays: of another procedure only what is known of the applicant."""
    gone = {key for same in _SAME if same & found.keys() for key in same}
    if switched:
        gone |= {*REQUEST_KEYS, *(TOLD - {"founded"})}
    return {key: value for key, value in before.items() if key not in gone}


def _asked(answers: Answers, asking: str | None) -> tuple[str, ...]:
    if asking is None or asking in answers.asked:
        return answers.asked
    return (*answers.asked, asking)


def _changed(before: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, ...]:
    tables = shipped_tables()
    return tuple(
        say(
            "fees_form.changed",
            what=say(fees_sheet.FACTS[key]),
            value=fees_sheet.value_words(key, value, tables),
        )
        for key, value in found.items()
        if key in before and before[key] != value and key in fees_sheet.FACTS
    )


def leave_open(answers: Answers, names: tuple[str, ...]) -> Answers:
    """The visitor does not know these."""
    known = {k: v for k, v in answers.known.items() if question_of(k) not in names}
    unknown = tuple(dict.fromkeys((*answers.unknown, *names)))
    asked = tuple(dict.fromkeys((*answers.asked, *names)))
    return answers.model_copy(
        update={"known": known, "unknown": unknown, "asked": asked, "missed": False}
    )


def go_on(
    scene: Scene,
    state: State,
    answers: Answers,
    *,
    lead: tuple[str, ...] = (),
    last: Mapping[str, Any] | None = None,
) -> Turn:
    """The next question, or the sheet; ``lead`` is said before it."""
    tables, today = shipped_tables(), scene.now.date()
    try:
        name = next_question(answers.known, answers.unknown, tables, today=today)
        if name is None:
            said = () if say("fees_form.begin") in lead else lead
            return _sheet(scene, state, answers, said)
    except InvalidInputError as error:
        return _refused(scene, state, answers, error, last or {})
    return _ask(state, answers, name, lead)


def begin(scene: Scene, state: State, told: Answers) -> Turn:
    """The first turn: what is going to happen, the full price where it is one formula."""
    priced = fees_sheet.formula(
        str(told.known.get("procedure")), shipped_tables(), today=scene.now.date()
    )
    lead = (say("fees_form.begin"), *((priced[0],) if priced else ()))
    turn = go_on(scene, state, told, lead=lead)
    if priced is None or turn.state.form is None or turn.state.form.asking is None:
        return turn
    sources = tuple(dict.fromkeys((*turn.reply.sources, priced[1])))
    return Turn(turn.reply.model_copy(update={"sources": sources}), turn.state)


def ask_again(state: State, answers: Answers, name: str, lead: str) -> Turn:
    """The same question once more, with a word before it."""
    return _ask(state, answers, name, (lead,))


def back(scene: Scene, state: State, answers: Answers, asking: str) -> Turn:
    """Take back the last answer and ask for it again."""
    if not answers.asked:
        return ask_again(state, answers, asking, say("fees_form.back_first"))
    name = answers.asked[-1]
    earlier = answers.model_copy(
        update={
            "known": {k: v for k, v in answers.known.items() if question_of(k) != name},
            "unknown": tuple(n for n in answers.unknown if n != name),
            "asked": answers.asked[:-1],
        }
    )
    return ask_again(state, earlier, name, say("fees_form.again"))


def cancel(state: State) -> Turn:
    """Stop; the way back stays open."""
    choices = (offer(None), questions.all_topics())
    reply = composing.plain("fees_form.cancelled", choices=choices)
    return Turn(reply, with_form(state, None))


def _ask(state: State, answers: Answers, name: str, lead: tuple[str, ...]) -> Turn:
    part = question_part(name, answers.known.get("procedure"), shipped_tables())
    parts: tuple[Part, ...] = (*(TextPart(text=text) for text in lead if text), part)
    reply = Reply(parts=parts, basis=Basis(rules=("FEES",), wording=(QUESTIONS[name].ask,)))
    form = FormState(name=NAME, answers=answers.model_dump(mode="json"), asking=name)
    return Turn(reply, with_form(state, form))


def _sheet(scene: Scene, state: State, answers: Answers, lead: tuple[str, ...]) -> Turn:
    tables = shipped_tables()
    worked = work(answers.known, answers.unknown, tables, today=scene.now.date())
    reply = fees_sheet.sheet_reply(answers.known, worked, tables, lead=lead)
    notes = [say("fees_form.edit")] + ([say("fees_form.joint")] if answers.joint else [])
    ends: tuple[Part, ...] = (
        *(TextPart(text=text) for text in notes),
        composing.feedback_question(),
    )
    form = FormState(name=NAME, answers=answers.model_dump(mode="json"), asking=None)
    whole = reply.model_copy(update={"parts": (*reply.parts, *ends)})
    return Turn(whole, with_form(state, form))


def _refused(
    scene: Scene,
    state: State,
    answers: Answers,
    error: InvalidInputError,
    last: Mapping[str, Any],
) -> Turn:
    """A fact that cannot be right is dropped and asked again, with the reason."""
    questions_named = {question_of(problem.field.rpartition(".")[2]) for problem in error.fields}
    dropped = {key for key in answers.known if question_of(key) in questions_named}
    dropped = dropped or (last.keys() & answers.known.keys()) - {"procedure"}
    known = {key: value for key, value in answers.known.items() if key not in dropped}
    if not dropped:  # nothing we hold explains it: begin anew with the procedure
        known = {"procedure": answers.known["procedure"]}
    reason = error.fields[0].reason if error.fields else str(error)
    lead = (say("fees_form.refused", reason=reason),)
    return go_on(scene, state, answers.model_copy(update={"known": known}), lead=lead)
