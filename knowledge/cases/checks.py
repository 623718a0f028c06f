"""Checks what a visitor wants to correct on her sheet; it stores nothing and decides no desk."""

import re
from collections.abc import Iterator

from knowledge.cases.sheet import Contact, SheetChanges
from knowledge.catalogue import Catalogue
from knowledge.errors import FieldProblem, InvalidInputError
from knowledge.text import has_words, normalise, strip_controls
from knowledge.triage.guards import inspect
from knowledge.vocabulary import RIGHTS, TOPICS
from knowledge.wording import say

MAIL = re.compile(r"[^\s@<>\",;:]+@[^\s@<>\",;:]+\.[^\s@<>\",;:]+")
PHONE = re.compile(r"\+?[0-9()\- ]{8,20}")


def check(changes: SheetChanges, catalogue: Catalogue) -> SheetChanges:
    """The corrections in clean form (official prefecture name, no control characters).

    Raises:
        InvalidInputError: with every field that cannot be used.
    """
    cleaned = _cleaned(changes, catalogue)
    problems = tuple(_problems(changes, cleaned))
    if problems:
        raise InvalidInputError(fields=problems)
    return cleaned


def check_contact(contact: Contact) -> Contact:
    """A contact in clean form.

    Raises:
        InvalidInputError: an address or number cannot be one, or the wish has none to go to.
    """
    cleaned = _clean_contact(contact)
    problems = tuple(_contact_problems(cleaned))
    if problems:
        raise InvalidInputError(fields=problems)
    return cleaned


def _cleaned(changes: SheetChanges, catalogue: Catalogue) -> SheetChanges:
    update: dict[str, object] = {}
    for name in changes.model_fields_set & {"inquiry", "wish", "company"}:
        value = getattr(changes, name)
        update[name] = strip_controls(value).strip() if value else value
    if changes.opponents:
        names = (strip_controls(name).strip()[:200] for name in changes.opponents)
        update["opponents"] = [name for name in names if name]
    if changes.topics:
        update["topics"] = list(dict.fromkeys(changes.topics))
    if changes.prefecture:
        place = catalogue.prefecture(changes.prefecture)
        update["prefecture"] = place.name if place is not None else None
    if changes.contact is not None:
        update["contact"] = _clean_contact(changes.contact)
    return changes.model_copy(update=update)


def _problems(given: SheetChanges, cleaned: SheetChanges) -> Iterator[FieldProblem]:
    if given.prefecture and cleaned.prefecture is None:
        yield FieldProblem("prefecture", say("errors.unknown_prefecture"))
    if any(topic not in (*TOPICS, "human") for topic in given.topics or ()):
        yield FieldProblem("topics", say("cases.unknown_topic"))
    if "topics" in given.model_fields_set and not given.topics:
        yield FieldProblem("topics", say("cases.unknown_topic"))
    if any(right not in RIGHTS for right in given.rights or ()):
        yield FieldProblem("rights", say("cases.unknown_right"))
    for name in ("inquiry", "wish"):
        text = getattr(cleaned, name)
        if text and not given.keep and inspect(normalise(text)).withhold:
            yield FieldProblem(name, say("cases.looks_secret"))
    if cleaned.contact is not None:
        yield from _contact_problems(cleaned.contact)


def _clean_contact(contact: Contact) -> Contact:
    values = {
        name: (strip_controls(value).replace("\n", " ").strip() or None)
        for name, value in contact.model_dump().items()
        if isinstance(value, str)
    }
    for name in ("mail", "phone"):
        if values.get(name):
            values[name] = normalise(str(values[name]))
    return Contact.model_validate(contact.model_dump() | values)


def _contact_problems(contact: Contact) -> Iterator[FieldProblem]:
    if contact.mail and not MAIL.fullmatch(contact.mail):
        yield FieldProblem("contact.mail", say("cases.bad_mail"))
    if contact.phone and not PHONE.fullmatch(contact.phone):
        yield FieldProblem("contact.phone", say("cases.bad_phone"))
    if contact.wish == "mail" and not contact.mail:
        yield FieldProblem("contact.mail", say("cases.mail_needed"))
    if contact.wish == "callback" and not contact.phone:
        yield FieldProblem("contact.phone", say("cases.phone_needed"))
    if contact.name and not has_words(contact.name):
        yield FieldProblem("contact.name", say("errors.bad_field"))
