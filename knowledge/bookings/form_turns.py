"""What the booking form says and the buttons it shows; it decides nothing and books nothing."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from knowledge.bookings.models import Booking
from knowledge.bookings.slot_ids import Mode
from knowledge.bookings.views import SlotView, when_text
from knowledge.clock import WEEKDAYS
from knowledge.conversations.forms import form_choice
from knowledge.conversations.replies import (
    Basis,
    CardPart,
    Choice,
    ChoicesPart,
    Link,
    Part,
    Reply,
    Row,
    TextPart,
)
from knowledge.wording import say

NAME: Final = "booking"
MODE_LABELS: Final[dict[Mode, str]] = {
    "place": "bookings.label_place",
    "online": "bookings.label_online",
    "phone": "bookings.label_phone",
    "visit": "bookings.label_visit",
}
OTHER_MODES: Final[tuple[tuple[Mode, str], ...]] = (
    ("place", "bookings.form_mode_place"),
    ("online", "bookings.form_mode_online"),
    ("phone", "bookings.form_mode_phone"),
)


def reply(*parts: Part, key: str) -> Reply:
    """An answer of the form that rests on a wording key."""
    return Reply(parts=parts, basis=Basis(rules=("DOMAIN3-R2",), wording=(key,)))


def slot_label(slot: SlotView) -> str:
    """A slot as a button: day, beginning and way, at most twenty characters (LINE's buttons)."""
    start = slot.starts_at
    day = f"{start.month}/{start.day}（{WEEKDAYS[start.weekday()]}）"
    return f"{day}{start:%H:%M} {say(MODE_LABELS[slot.mode])}"


def ask_prefecture() -> Reply:
    """Where the company is: each prefecture has its own desk."""
    text = TextPart(text=say("bookings.form_prefecture"))
    return reply(text, ChoicesPart(choices=(stop(),)), key="bookings.form_prefecture")


def list_slots(
    slots: Sequence[SlotView], *, mode: Mode | None, later: str | None, lead: Sequence[str] = ()
) -> tuple[Part, ...]:
    """Free times as buttons, with the ways to others."""
    choices = [form_choice(NAME, slot_label(slot), slot=slot.id) for slot in slots]
    shown = mode or (slots[0].mode if slots else None)
    choices += [
        form_choice(NAME, say(key), mode=other) for other, key in OTHER_MODES if other != shown
    ]
    if later is not None:
        choices.append(form_choice(NAME, say("bookings.form_later"), later=later))
    choices.append(stop())
    prompt = say("bookings.form_choose") if slots else say("bookings.form_none")
    texts: list[Part] = [TextPart(text=text) for text in lead]
    role: Literal["slots"] | None = "slots" if slots else None
    return (*texts, ChoicesPart(prompt=prompt, role=role, choices=tuple(choices)))


def ask_contact(slot: SlotView, missing: str | None = None) -> Reply:
    """Who comes, after a time was kept."""
    key = missing or "bookings.form_contact"
    when = when_text(slot.starts_at, slot.ends_at)
    return reply(
        TextPart(text=say(key, when=when)),
        ChoicesPart(choices=(other_day(), stop())),
        key=key,
    )


def confirm(slot: SlotView, contact: dict[str, Any], topic: str) -> Reply:
    """Everything once more, before anything is booked."""
    rows = (
        Row(label=say("bookings.row_when"), value=when_text(slot.starts_at, slot.ends_at)),
        Row(label=say("bookings.row_place"), value=slot.place),
        Row(label=say("bookings.row_name"), value=str(contact["name"])),
        Row(label=say("bookings.row_company"), value=str(contact["company"])),
        Row(
            label=say("bookings.row_reach"),
            value="、".join(str(v) for k in ("email", "phone") if (v := contact.get(k))),
        ),
        Row(label=say("bookings.row_topic"), value=say(f"topics.{topic}")),
    )
    card = CardPart(kind="desk", title=say("bookings.form_confirm_title"), rows=rows)
    choices = (
        form_choice(NAME, say("bookings.form_book"), do="book"),
        form_choice(NAME, say("bookings.form_fix"), do="fix"),
        other_day(),
        stop(),
    )
    consent = TextPart(text=say("bookings.form_consent"))
    return reply(
        card,
        consent,
        ChoicesPart(prompt=say("bookings.form_confirm"), choices=choices),
        key="bookings.form_confirm",
    )


def done(booking: Booking, link: str, *, key: str) -> Reply:
    """A booking that stands in the database, with its reference and page."""
    when = when_text(booking.starts_at, booking.ends_at)
    rows = (
        Row(label=say("bookings.row_when"), value=when),
        Row(label=say("bookings.row_place"), value=booking.place),
        Row(label=say("bookings.row_reference"), value=booking.reference),
        Row(label=say("bookings.row_bring"), value=say("bookings.form_bring")),
    )
    card = CardPart(
        kind="desk",
        title=say("bookings.form_done_title"),
        rows=rows,
        links=(Link(label=say("bookings.form_manage"), url=link),),
    )
    return reply(TextPart(text=say(key, when=when, reference=booking.reference)), card, key=key)


def said(key: str, *choices: Choice, **values: Any) -> Reply:
    """One sentence of the form."""
    parts: list[Part] = [TextPart(text=say(key, **values))]
    if choices:
        parts.append(ChoicesPart(choices=choices))
    return reply(*parts, key=key)


def stop() -> Choice:
    """The way out."""
    return form_choice(NAME, say("bookings.form_stop"), do="stop")


def other_day() -> Choice:
    """Back to the list of times."""
    return form_choice(NAME, say("bookings.form_other_day"), do="again")


def go_on() -> Choice:
    """Back to the form after something else was answered."""
    return form_choice(NAME, say("bookings.form_go_on"), do="go_on")
