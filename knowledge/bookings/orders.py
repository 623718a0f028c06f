"""What a visitor asks to be booked, and which of its fields cannot be used; pure.

Field names are those of the public contract, so that a page can show each problem at its field.
"""

import re
from dataclasses import dataclass
from typing import Final

from knowledge.bookings.slot_ids import Mode
from knowledge.bookings.views import Contact
from knowledge.desks.prefectures import Prefecture, find_prefecture
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.text import has_words, normalise, strip_controls
from knowledge.triage.guards import inspect
from knowledge.vocabulary import TOPICS, WANTS
from knowledge.wording import say

MOST_SUMMARY: Final = 1000
"""Characters of a summary: what it is about, not the case itself."""
MOST_NAME, MOST_COMPANY, MOST_EMAIL = 100, 200, 254
EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
PHONE: Final = re.compile(r"\+?[0-9][0-9-]{8,15}")
TOPICS_OF_BOOKINGS: Final = (*TOPICS, *WANTS)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be booked. ``contact.prefecture`` is the company's, in any spelling."""

    slot_id: str
    contact: Contact
    topic: str
    summary: str
    consent: bool
    conversation_id: str | None = None
    hold: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A usable order: cleaned contact and summary, the company's prefecture."""

    contact: Contact
    summary: str
    prefecture: Prefecture


def check(order: Order) -> Checked:
    """Clean an order.

    Raises:
        InvalidInputError: with every field that cannot be used.
    """
    contact = _cleaned(order.contact)
    prefecture = find_prefecture(contact.prefecture)
    summary = strip_controls(order.summary).strip()
    problems = [
        *_contact_problems(contact, known_place=prefecture is not None),
        *_summary_problems(summary),
    ]
    if order.topic not in TOPICS_OF_BOOKINGS:
        problems.append(FieldProblem("topic", say("bookings.bad_topic")))
    if not order.consent:
        problems.append(FieldProblem("consent", say("bookings.bad_consent")))
    if problems or prefecture is None:
        raise InvalidInputError(fields=tuple(problems))
    return Checked(contact.model_copy(update={"prefecture": prefecture.name}), summary, prefecture)


def check_mode(contact: Contact, mode: Mode) -> None:
    """What a way of meeting needs of the contact.

    Raises:
        InvalidInputError: nobody could be reached, or an individual asks for a visit.
    """
    if mode in ("online", "phone") and not (contact.email or contact.phone):
        key = "bookings.bad_reach"
        raise InvalidInputError(fields=(FieldProblem("contact.email", say(key)),))
    # DOMAIN.md §8: desks visit companies, not individuals.
    if mode == "visit" and contact.company.strip() in ("", "個人"):
        raise InvalidInputError(
            fields=(FieldProblem("contact.company", say("bookings.bad_visit")),)
        )


def find_email(text: str) -> str | None:
    """The first mail address in a text."""
    found = EMAIL.search(normalise(text))
    return found[0] if found else None


def find_phone(text: str) -> str | None:
    """The first telephone number in a text."""
    found = re.search(r"(?<!\d)0\d{1,4}-?\d{1,4}-?\d{3,4}(?!\d)", normalise(text))
    return found[0] if found else None


def _cleaned(contact: Contact) -> Contact:
    def clean(value: str | None) -> str | None:
        return (strip_controls(value).replace("\n", " ").strip() or None) if value else None

    phone = normalise(contact.phone).replace(" ", "") if contact.phone else None
    email = normalise(contact.email) if contact.email else None
    return Contact(
        name=clean(contact.name) or "",
        company=clean(contact.company) or "",
        prefecture=contact.prefecture,
        email=clean(email),
        phone=clean(phone),
    )


def _contact_problems(contact: Contact, *, known_place: bool) -> list[FieldProblem]:
    email, phone = contact.email, contact.phone
    tests = (
        (has_words(contact.name) and len(contact.name) <= MOST_NAME, "name", "bookings.bad_name"),
        (
            has_words(contact.company) and len(contact.company) <= MOST_COMPANY,
            "company",
            "bookings.bad_company",
        ),
        (known_place, "prefecture", "errors.unknown_prefecture"),
        (
            email is None or (EMAIL.fullmatch(email) is not None and len(email) <= MOST_EMAIL),
            "email",
            "bookings.bad_email",
        ),
        (phone is None or PHONE.fullmatch(phone) is not None, "phone", "bookings.bad_phone"),
    )
    return [FieldProblem(f"contact.{name}", say(key)) for good, name, key in tests if not good]


def _summary_problems(summary: str) -> list[FieldProblem]:
    if not has_words(summary):
        return [FieldProblem("summary", say("bookings.bad_summary"))]
    if len(summary) > MOST_SUMMARY:
        return [FieldProblem("summary", say("bookings.long_summary", most=MOST_SUMMARY))]
    if inspect(normalise(summary)).withhold:
        return [FieldProblem("summary", say("bookings.guarded_summary"))]
    return []
