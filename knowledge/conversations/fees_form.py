"""The fee form in a conversation: decides which step a message or a button means.

After the sheet it stays open for corrections and for the price of another procedure, until
another subject comes up.
"""

import re
from typing import Any, Final

from knowledge.conversations import dialogue, fees_reading, fees_steps
from knowledge.conversations.fees_questions import (
    CANCEL,
    NAME,
    QUESTIONS,
    RESUME,
    SETTING,
    START,
    UNKNOWN,
    WHY,
    offer,
    question_part,
    resume,
)
from knowledge.conversations.fees_steps import Answers
from knowledge.conversations.fees_turns import (
    SHORT,
    answers,
    asks_price,
    asks_why,
    belongs,
    cancels,
    could_be_answer,
    goes_back,
    needs_people,
    plainly_a_price,
    unknown_in,
    wants_sheet,
)
from knowledge.conversations.forms import Form
from knowledge.conversations.replies import Choice, ChoicesPart, Part, Reply, TextPart
from knowledge.conversations.state import FormState, Scene, State, Turn
from knowledge.fees import shipped_tables
from knowledge.text import normalise
from knowledge.triage.understanding import Understanding
from knowledge.wording import say

_JOINT: Final = re.compile("共同(?:で)?出願|共願|共同で特許|出願人が(?:二|2|三|3)")
_READ_AS: Final = {"founded": "founded_on"}


class FeesForm(Form):
    """Prices and reductions, question by question."""

    name = NAME

    def begin(self, scene: Scene, state: State, heard: Understanding) -> Turn:
        """Open it with everything told so far."""
        told = _told(scene, state, heard)
        return fees_steps.begin(scene, state, told)

    def hear(self, scene: Scene, state: State, heard: Understanding) -> Turn | None:
        """Take an answer, a correction, "I do not know", "why", "stop"; None for the rest."""
        form = state.form
        if form is None or needs_people(heard):
            return None
        so_far, asking = Answers.model_validate(form.answers), form.asking
        turn = _about_the_asking(scene, state, so_far, asking, heard)
        if turn is not None:
            return turn
        found = fees_reading.read(
            heard,
            asking=_READ_AS.get(asking or "", asking),
            procedure=so_far.known.get("procedure"),
            today=scene.now.date(),
        )
        text = normalise(heard.text)
        names = () if answers(asking, found) else unknown_in(text, asking)
        so_far = fees_steps.leave_open(so_far, names) if names else so_far
        so_far = so_far.model_copy(update={"joint": so_far.joint or _joint(text)})
        if names or belongs(heard, found, known=so_far.known, asking=asking):
            return fees_steps.take(scene, state, so_far, found, asking)
        return _not_read(state, so_far, asking, heard)

    def choose(self, scene: Scene, state: State, payload: dict[str, Any]) -> Turn | None:
        """Act on a button of the form."""
        if START in payload:
            return _start(scene, state, payload[START])
        if state.form is None or state.form.name != NAME:
            return None
        so_far, asking = Answers.model_validate(state.form.answers), state.form.asking
        if CANCEL in payload:
            return fees_steps.cancel(state)
        if RESUME in payload:
            return fees_steps.go_on(scene, state, so_far, lead=(say("fees_form.again"),))
        if (why := payload.get(WHY)) in QUESTIONS:
            return fees_steps.ask_again(state, so_far, str(why), say(QUESTIONS[str(why)].why))
        if (name := payload.get(UNKNOWN)) in QUESTIONS:
            return fees_steps.go_on(scene, state, fees_steps.leave_open(so_far, (str(name),)))
        if SETTING in payload:
            return fees_steps.take(scene, state, so_far, payload[SETTING], asking)
        return None

    def follow(self, scene: Scene, before: State, heard: Understanding, turn: Turn) -> Turn:
        """Below an answer: go on with an open question, begin by itself, or offer a button."""
        form, inquiry = turn.state.form, turn.state.inquiry
        if form is not None and form.name == NAME:
            if form.asking is not None:
                return _wait(turn, form)
            if inquiry is None or inquiry == before.inquiry or not inquiry.sure:
                return turn
            turn = Turn(turn.reply, turn.state.model_copy(update={"form": None}))
        new = heard != before.inquiry  # a picked choice brings the inquiry it was offered for
        if turn.state.form is None and new and plainly_a_price(heard):
            known = heard.model_copy(update={"topic": "fee_reduction", "sure": True})
            turn = dialogue.answer_inquiry(scene, before.model_copy(update={"form": None}), known)
            inquiry = turn.state.inquiry
        if turn.state.form is not None or inquiry is None or not asks_price(before, turn):
            return turn
        told = _with_procedure_before(_told(scene, turn.state, inquiry), turn.state)
        if not wants_sheet(inquiry, told.known):
            return _with_button(turn, offer(told.known.get("procedure")))
        begun = fees_steps.begin(scene, turn.state, told)
        return _joined(turn, begun)


def _start(scene: Scene, state: State, procedure: str | None) -> Turn:
    told = _told(scene, state, state.inquiry) if state.inquiry else Answers()
    known = told.known if procedure is None else told.known | {"procedure": procedure}
    told = told.model_copy(update={"known": known})
    return fees_steps.begin(scene, state, told)


def _with_procedure_before(told: Answers, state: State) -> Answers:
    """ "で、いくらかかる？" asks for the price of what was just talked about."""
    inquiry = state.inquiry
    if "procedure" in told.known or inquiry is None or len(inquiry.text) > SHORT:
        return told
    before = fees_reading.procedure_of(state.trail[-1].text) if state.trail else None
    return told.model_copy(update={"known": told.known | {"procedure": before}}) if before else told


def _told(scene: Scene, state: State, heard: Understanding) -> Answers:
    """What the inquiry itself, and the conversation before it, already says."""
    known = fees_reading.read(heard, asking=None, procedure=None, today=scene.now.date())
    for name in ("employees", "capital_yen"):
        value = getattr(state.facts, name)
        if value is not None:
            known.setdefault(name, value)
    text = normalise(heard.text)
    return Answers(known=known, unknown=unknown_in(text, None), joint=_joint(text))


def _joint(text: str) -> bool:
    return _JOINT.search(text) is not None


def _about_the_asking(
    scene: Scene, state: State, so_far: Answers, asking: str | None, heard: Understanding
) -> Turn | None:
    """Stop, why, back."""
    if cancels(heard):
        return fees_steps.cancel(state)
    if asking is None:
        return None
    if asks_why(heard):
        return fees_steps.ask_again(state, so_far, asking, say(QUESTIONS[asking].why))
    if goes_back(heard):
        return fees_steps.back(scene, state, so_far, asking)
    return None


def _not_read(
    state: State, so_far: Answers, asking: str | None, heard: Understanding
) -> Turn | None:
    """A short answer nobody can read is asked again once; all else is for the dialogue."""
    if asking is None or state.pending is not None:
        return None
    if so_far.missed or not could_be_answer(heard):
        return None
    missed = so_far.model_copy(update={"missed": True})
    lead = say("fees_form.not_read", example=say(QUESTIONS[asking].example))
    return fees_steps.ask_again(state, missed, asking, lead)


def _question(parts: tuple[Part, ...]) -> ChoicesPart | None:
    found = (p for p in parts if isinstance(p, ChoicesPart) and p.role != "feedback")
    return next(found, None)


def _wait(turn: Turn, form: FormState) -> Turn:
    """Something else was answered: our question again, or a button beside the dialogue's own."""
    if _question(turn.reply.parts) is not None:
        return _with_button(turn, resume())
    procedure = form.answers.get("known", {}).get("procedure")
    part = question_part(str(form.asking), procedure, shipped_tables())
    parts = (TextPart(text=say("fees_form.resume")), part)
    return Turn(_before_feedback(turn.reply, parts), turn.state)


def _with_button(turn: Turn, choice: Choice) -> Turn:
    """Only the newest question of a message can be answered: the button joins it."""
    question = _question(turn.reply.parts)
    if question is None:
        part = ChoicesPart(prompt=say("fees_form.offer"), choices=(choice,))
        return Turn(_before_feedback(turn.reply, (part,)), turn.state)
    joined = question.model_copy(update={"choices": (*question.choices, choice)})
    parts = tuple(joined if part is question else part for part in turn.reply.parts)
    return Turn(turn.reply.model_copy(update={"parts": parts}), turn.state)


def _before_feedback(reply: Reply, added: tuple[Part, ...]) -> Reply:
    first = [p for p in reply.parts if not isinstance(p, ChoicesPart) or p.role != "feedback"]
    last = [p for p in reply.parts if isinstance(p, ChoicesPart) and p.role == "feedback"]
    return reply.model_copy(update={"parts": (*first, *added, *last)})


def _joined(turn: Turn, begun: Turn) -> Turn:
    """The answer, then the form's first turn in place of the answer's own questions."""
    kept = tuple(part for part in turn.reply.parts if not isinstance(part, ChoicesPart))
    first, second = turn.reply, begun.reply
    basis = first.basis.model_copy(
        update={
            "rules": (*first.basis.rules, *second.basis.rules),
            "wording": (*first.basis.wording, *second.basis.wording),
        }
    )
    sources = tuple(dict.fromkeys((*first.sources, *second.sources)))
    parts = (*kept, *second.parts)
    reply = first.model_copy(update={"parts": parts, "sources": sources, "basis": basis})
    return Turn(reply, begun.state)
