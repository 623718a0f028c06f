"""The booking form of a conversation: which step a message or a button means.

Place → a free time, kept for ten minutes → who comes → confirm → booked. It stays open after that,
so that "キャンセル" or "変更したい" finds its booking. What then happens is ``form_steps``.
"""

from datetime import date
from typing import Any

from knowledge.bookings import form_reading as reading
from knowledge.bookings import form_turns as turns
from knowledge.bookings.form_answers import Answers, choose_shown
from knowledge.bookings.form_steps import BookingSteps
from knowledge.bookings.slot_ids import MODES
from knowledge.conversations.forms import NOTHING_SAID, Form, begin_choice
from knowledge.conversations.replies import ChoicesPart, Part
from knowledge.conversations.state import Scene, State, Turn
from knowledge.desks.prefectures import find_prefecture
from knowledge.text import normalise
from knowledge.triage.understanding import Understanding
from knowledge.wording import say


class BookingForm(BookingSteps, Form):
    """First meetings with the desk's staff; experts are a request by the desk (R2)."""

    def begin(self, scene: Scene, state: State, heard: Understanding) -> Turn:
        """Open it with the place told so far."""
        place = state.facts.prefecture or scene.place
        if place is None:
            return self._turn(state, Answers(), "prefecture", turns.ask_prefecture())
        return self._list(scene, state, Answers(prefecture=place))

    def hear(self, scene: Scene, state: State, heard: Understanding) -> Turn | None:
        """Take what belongs to the booking; None for everything else."""
        if state.form is None:
            return None
        answers, asking = Answers.model_validate(state.form.answers), state.form.asking
        text = normalise(heard.text)
        if asking is None:
            return self._after(scene, state, answers, text)
        if len(text) <= reading.SHORT and reading.STOP.fullmatch(text) and asking != "cancel":
            return self._stop(state, answers)
        steps = {
            "prefecture": self._hear_prefecture,
            "slot": self._hear_slot,
            "contact": self._hear_contact,
            "confirm": self._hear_confirm,
            "cancel": self._hear_cancel,
        }
        return steps[asking](scene, state, answers, text)

    def choose(self, scene: Scene, state: State, payload: dict[str, Any]) -> Turn | None:
        """Act on a button of the form."""
        if state.form is None or state.form.name != self.name:
            return self.begin(scene, state, NOTHING_SAID)  # a button of an earlier booking
        answers = Answers.model_validate(state.form.answers)
        if "slot" in payload:
            return self._pick(scene, state, answers, str(payload["slot"]))
        if "later" in payload:
            first = date.fromisoformat(str(payload["later"]))
            return self._list(scene, state, answers.model_copy(update={"first": first}))
        if "mode" in payload:
            mode = next((m for m in MODES if m == payload["mode"]), None)
            return self._list(scene, state, answers.model_copy(update={"mode": mode}))
        return self._do(scene, state, answers, str(payload.get("do")))

    def follow(self, scene: Scene, before: State, heard: Understanding, turn: Turn) -> Turn:
        """Show free times where a meeting was offered; a way back where it is half filled in."""
        form = turn.state.form
        if form is not None:
            if form.name == self.name and form.asking is not None:
                return _below(turn, ChoicesPart(choices=(turns.go_on(), turns.stop())))
            return turn
        if _offered_session(before, turn):
            return self._offer(scene, turn)
        if _wants_meeting(before, heard, turn):
            choice = begin_choice(self.name, say("bookings.form_begin"))
            return _below(turn, ChoicesPart(choices=(choice,)))
        return turn

    def _hear_prefecture(
        self, scene: Scene, state: State, answers: Answers, text: str
    ) -> Turn | None:
        place = find_prefecture(reading.place_in(text))
        if place is None:
            return None
        facts = state.facts.model_copy(update={"prefecture": place.name})
        known = answers.model_copy(update={"prefecture": place.name})
        return self._list(scene, state.model_copy(update={"facts": facts}), known)

    def _hear_slot(self, scene: Scene, state: State, answers: Answers, text: str) -> Turn | None:
        if len(text) > reading.SHORT:
            return None
        number, today = reading.number_in(text), scene.now.date()
        shown = choose_shown(answers, number, text, today)
        if shown is not None:
            return self._pick(scene, state, answers, shown)
        mode, day = reading.mode_in(text), reading.day_in(text, today)
        if mode is not None:
            answers = answers.model_copy(update={"mode": mode})
        if day is not None:
            return self._list_from(scene, state, answers, day)
        if reading.LATER.search(text):
            return self._list(scene, state, answers.model_copy(update={"first": answers.next_day}))
        return self._list(scene, state, answers) if mode is not None else None

    def _hear_contact(self, scene: Scene, state: State, answers: Answers, text: str) -> Turn | None:
        day = reading.day_in(text, scene.now.date())
        told = reading.who(text)
        if not (told.email or told.phone) and len(text) <= reading.SHORT:
            if day is not None or reading.LATER.search(text):
                return self._change_mind(scene, state, answers, text)
            if reading.asks(text):
                return None
        return self._with_contact(scene, state, answers.with_told(told))

    def _hear_confirm(self, scene: Scene, state: State, answers: Answers, text: str) -> Turn | None:
        if reading.YES.fullmatch(text):
            return self._book(scene, state, answers)
        if reading.NO.fullmatch(text):
            return self._do(scene, state, answers, "fix")
        if len(text) <= reading.SHORT and (
            reading.LATER.search(text) or reading.day_in(text, scene.now.date()) is not None
        ):
            return self._change_mind(scene, state, answers, text)
        told = reading.who(text)
        if told.email or told.phone:
            return self._with_contact(scene, state, answers.with_told(told))
        return None

    def _hear_cancel(self, scene: Scene, state: State, answers: Answers, text: str) -> Turn | None:
        if reading.YES.fullmatch(text) or reading.STOP.fullmatch(text):
            return self._do(scene, state, answers, "cancel")
        return self._do(scene, state, answers, "keep") if reading.NO.fullmatch(text) else None

    def _after(self, scene: Scene, state: State, answers: Answers, text: str) -> Turn | None:
        """After booking only words about the booking are for the form."""
        if answers.reference is None or len(text) > reading.SHORT:
            return None
        if reading.STOP.fullmatch(text) or reading.CANCEL.search(text):
            return self._ask_cancel(state, answers)
        if reading.MOVE.search(text):
            return self._list(scene, state, answers.model_copy(update={"moving": True}))
        return None

    def _do(self, scene: Scene, state: State, answers: Answers, what: str) -> Turn | None:
        if what == "book":
            return self._book(scene, state, answers)
        if what == "stop":
            return self._stop(state, answers)
        if what == "again":
            return self._change_mind(scene, state, answers, "")
        if what == "fix":
            blank = answers.model_copy(update={"contact": {}})
            return self._with_contact(scene, state, blank)
        if what == "go_on":
            return self._go_on(scene, state, answers)
        if what in ("cancel", "keep") and answers.reference is not None:
            return (
                self._cancel(scene, state, answers)
                if what == "cancel"
                else self._keep(state, answers)
            )
        return None

    def _offer(self, scene: Scene, turn: Turn) -> Turn:
        """Free times below the answer that a meeting is possible; nothing where there are none."""
        begun = self.begin(scene, turn.state, NOTHING_SAID)
        if begun.state.form is None or begun.state.form.asking != "slot":
            return turn
        reply = turn.reply.model_copy(update={"parts": (*turn.reply.parts, *begun.reply.parts)})
        return Turn(reply, begun.state)


def _offered_session(before: State, turn: Turn) -> bool:
    """Whether the normal dialogue just named the way to a meeting, with the place known."""
    offered = "session_intro" in turn.reply.basis.wording or before.offering == "expert_session"
    return offered and turn.state.pending is None and turn.state.offering is None


def _wants_meeting(before: State, heard: Understanding, turn: Turn) -> bool:
    """Whether a meeting is wished beside a subject: in this message, or before the place came."""
    if "expert_session" in heard.wants or reading.BOOK.search(normalise(heard.text)):
        return True
    inquiry, placed = turn.state.inquiry, turn.state.facts.prefecture
    moved = placed is not None and placed != before.facts.prefecture
    return moved and inquiry is not None and "expert_session" in inquiry.wants


def _below(turn: Turn, part: Part) -> Turn:
    return Turn(turn.reply.model_copy(update={"parts": (*turn.reply.parts, part)}), turn.state)
