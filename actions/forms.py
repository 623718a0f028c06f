"""The forms of the installation, by hand; each is handed in here and nowhere else."""

from typing import Any

from sqlmodel import Session

from knowledge.bookings.bench import Bench
from knowledge.bookings.form import BookingForm
from knowledge.bookings.form_turns import NAME as BOOKING
from knowledge.conversations.fees_form import FeesForm
from knowledge.conversations.forms import Forms
from knowledge.conversations.state import State


def forms_of(*, session: Session, conversation_id: str, site: str) -> Forms:
    """What an active conversation form is found in (see ``knowledge.conversations.forms``), for
    one turn: the booking form works in the turn's own transaction."""
    bench = Bench(session=session, site=site, conversation_id=conversation_id)
    return Forms(FeesForm(), BookingForm(bench))


def may_write(state: State, payload: dict[str, Any]) -> bool:
    """Whether a turn may hold or book something: only then it waits for the write lock."""
    active = state.form is not None and state.form.name == BOOKING
    return active or payload.get("form") == BOOKING
