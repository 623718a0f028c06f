"""The steps of the booking form: what happens once it is clear what was meant.

Each step writes at most once, through the bench; a write that fails is said as a sentence.
"""

from datetime import date, timedelta

from knowledge.bookings import form_reading as reading
from knowledge.bookings import form_turns as turns
from knowledge.bookings import rules
from knowledge.bookings.bench import Bench
from knowledge.bookings.form_answers import SHOWN, Answers
from knowledge.bookings.orders import Order
from knowledge.bookings.views import Contact, SlotView, when_text
from knowledge.clock import japanese_date
from knowledge.conversations.forms import form_choice, with_form
from knowledge.conversations.replies import ChoicesPart, Reply, TextPart
from knowledge.conversations.state import FormState, Scene, State, Turn
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import MadoguchiError, NotFoundError, SlotNotOpenError, SlotTakenError
from knowledge.vocabulary import TOPICS
from knowledge.wording import say


class BookingSteps:
    """Lists, keeps, books, moves and cancels for one conversation."""

    name = turns.NAME

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def _list_from(self, scene: Scene, state: State, answers: Answers, day: date) -> Turn:
        """Times from a day on; a day too near or too far is said."""
        today = scene.now.date()
        earliest, last = rules.first_day("meeting", today), rules.last_day("meeting", today)
        lead: tuple[str, ...] = ()
        if day < earliest:
            lead = (say("bookings.form_too_early", day=japanese_date(earliest)),)
            day = earliest
        if day > last:
            lead = (say("bookings.form_too_late", day=japanese_date(last)),)
            day = earliest
        return self._list(scene, state, answers.model_copy(update={"first": day}), lead=lead)

    def _list(
        self, scene: Scene, state: State, answers: Answers, *, lead: tuple[str, ...] = ()
    ) -> Turn:
        place = find_prefecture(answers.prefecture or "")
        if place is None:
            return self._turn(state, answers, "prefecture", turns.ask_prefecture())
        found = self._bench.slots(place, first=answers.first, mode=answers.mode, now=scene.now)
        if not found and answers.first is None and answers.mode is None:
            reply = turns.said("bookings.form_nothing", prefecture=place.name)
            return Turn(reply, with_form(state, None))
        shown = _spread(found)
        later = _later(shown, rules.last_day("meeting", scene.now.date()))
        known = answers.showing(shown, later)
        parts = turns.list_slots(
            shown, mode=answers.mode, later=later.isoformat() if later else None, lead=lead
        )
        return self._turn(state, known, "slot", turns.reply(*parts, key="bookings.form_choose"))

    def _change_mind(self, scene: Scene, state: State, answers: Answers, text: str) -> Turn:
        """Another time although one is kept: that one is given back."""
        self._bench.give_up(answers.hold)
        freed = answers.model_copy(update={"hold": None, "slot": None})
        day = reading.day_in(text, scene.now.date())
        if day is not None:
            return self._list_from(scene, state, freed, day)
        return self._list(scene, state, freed)

    def _pick(self, scene: Scene, state: State, answers: Answers, slot_id: str) -> Turn:
        """A time is chosen: kept for ten minutes, or taken over for a booking that moves."""
        self._bench.give_up(answers.hold)
        answers = answers.model_copy(update={"hold": None, "slot": None})
        slot = next((s for s in answers.shown if s.id == slot_id), None)
        if slot is None:
            return self._list(scene, state, answers)
        try:
            if answers.moving and answers.reference is not None:
                return self._move(scene, state, answers, slot_id)
            hold = self._bench.hold(slot_id, scene.now)
        except SlotTakenError:
            return self._list(scene, state, answers, lead=(say("bookings.form_taken"),))
        except SlotNotOpenError:
            return self._list(scene, state, answers, lead=(say("bookings.form_closed"),))
        kept = answers.model_copy(update={"hold": hold, "slot": slot})
        if kept.missing is None:
            return self._with_contact(scene, state, kept)
        return self._turn(state, kept, "contact", turns.ask_contact(slot))

    def _with_contact(self, scene: Scene, state: State, answers: Answers) -> Turn:
        """Ask for what is missing, else show everything once more."""
        if answers.slot is None:
            return self._list(scene, state, answers)
        if answers.missing is not None:
            reply = turns.ask_contact(answers.slot, answers.missing)
            return self._turn(state, answers, "contact", reply)
        reply = turns.confirm(answers.slot, answers.contact, _topic(state))
        return self._turn(state, answers, "confirm", reply)

    def _book(self, scene: Scene, state: State, answers: Answers) -> Turn:
        """Book; "予約しました" is said of a row that stands in the transaction about to commit."""
        if answers.slot is None or answers.missing is not None:
            return self._with_contact(scene, state, answers)
        topic = _topic(state)
        order = Order(
            slot_id=answers.slot.id,
            contact=Contact(**answers.contact, prefecture=answers.prefecture or ""),
            topic=topic,
            summary=say("bookings.form_summary", topic=say(f"topics.{topic}")),
            consent=True,
            conversation_id=self._bench.conversation_id,
            hold=answers.hold,
        )
        try:
            booking = self._bench.book(order, scene.now)
        except (SlotTakenError, SlotNotOpenError):
            lost = answers.model_copy(update={"hold": None, "slot": None})
            return self._list(scene, state, lost, lead=(say("bookings.form_taken"),))
        except MadoguchiError as error:
            reasons = "\n".join(p.reason for p in error.fields) or say(error.wording)
            reply = turns.reply(
                TextPart(text=reasons),
                ChoicesPart(choices=(turns.other_day(), turns.stop())),
                key="bookings.form_contact",
            )
            return self._turn(state, answers, "contact", reply)
        done = Answers(prefecture=answers.prefecture, reference=booking.reference)
        link = self._bench.manage_url(booking)
        reply = turns.done(booking, link, key="bookings.form_booked")
        return self._turn(state, done, None, reply)

    def _move(self, scene: Scene, state: State, answers: Answers, slot_id: str) -> Turn:
        done = Answers(prefecture=answers.prefecture, reference=answers.reference)
        try:
            booking = self._bench.move(answers.reference or "", slot_id, scene.now)
        except (SlotTakenError, SlotNotOpenError):
            raise
        except MadoguchiError:
            return self._turn(state, done, None, turns.said("bookings.form_cannot"))
        reply = turns.done(booking, self._bench.manage_url(booking), key="bookings.form_moved")
        return self._turn(state, done, None, reply)

    def _stop(self, state: State, answers: Answers) -> Turn:
        """Given up before it was booked; a booking that was only to be moved stays."""
        self._bench.give_up(answers.hold)
        if answers.reference is not None:
            return self._keep(state, answers)
        return Turn(turns.said("bookings.form_stopped"), with_form(state, None))

    def _ask_cancel(self, state: State, answers: Answers) -> Turn:
        try:
            booking = self._bench.booking(answers.reference or "")
        except NotFoundError:
            return Turn(turns.said("bookings.form_cannot"), with_form(state, None))
        choices = (
            form_choice(self.name, say("bookings.form_cancel_yes"), do="cancel"),
            form_choice(self.name, say("bookings.form_cancel_no"), do="keep"),
        )
        when = when_text(booking.starts_at, booking.ends_at)
        reply = turns.said("bookings.form_cancel_ask", *choices, when=when)
        return self._turn(state, answers, "cancel", reply)

    def _cancel(self, scene: Scene, state: State, answers: Answers) -> Turn:
        try:
            booking = self._bench.cancel(answers.reference or "", scene.now)
        except MadoguchiError:
            return Turn(turns.said("bookings.form_cannot"), with_form(state, None))
        when = when_text(booking.starts_at, booking.ends_at)
        return Turn(turns.said("bookings.form_cancelled", when=when), with_form(state, None))

    def _keep(self, state: State, answers: Answers) -> Turn:
        try:
            booking = self._bench.booking(answers.reference or "")
        except NotFoundError:
            return Turn(turns.said("bookings.form_cannot"), with_form(state, None))
        when = when_text(booking.starts_at, booking.ends_at)
        kept = Answers(prefecture=answers.prefecture, reference=answers.reference)
        return self._turn(state, kept, None, turns.said("bookings.form_kept", when=when))

    def _go_on(self, scene: Scene, state: State, answers: Answers) -> Turn:
        if answers.slot is not None:
            return self._with_contact(scene, state, answers)
        return self._list(scene, state, answers)

    def _turn(self, state: State, answers: Answers, asking: str | None, reply: Reply) -> Turn:
        form = FormState(name=self.name, answers=answers.model_dump(mode="json"), asking=asking)
        return Turn(reply, with_form(state, form))


def _topic(state: State) -> str:
    topic = state.inquiry.topic if state.inquiry else "expert_session"
    return topic if topic in TOPICS else "expert_session"


def _spread(found: tuple[SlotView, ...]) -> tuple[SlotView, ...]:
    """A few times, one way each, at most two of a day: enough to choose from, short to read."""
    shown: list[SlotView] = []
    for slot in found:
        same = [s for s in shown if s.starts_at.date() == slot.starts_at.date()]
        if any(s.starts_at == slot.starts_at for s in same) or len(same) >= 2:
            continue
        shown.append(slot)
    return tuple(shown[:SHOWN])


def _later(shown: tuple[SlotView, ...], last: date) -> date | None:
    day = shown[-1].starts_at.date() + timedelta(days=1) if shown else None
    return day if day is not None and day <= last else None
