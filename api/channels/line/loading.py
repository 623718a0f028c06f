"""Reads what a delivery names: the messages as this chat may see them, and where they go."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session

from api.channels.line.rendering import LINK, Look, quick_text
from knowledge.conversations import ownership
from knowledge.conversations.models import Message
from knowledge.conversations.views import MessageView, view, view_for_staff
from knowledge.errors import NotFoundError
from knowledge.line import contacts
from knowledge.line.models import LineContact
from knowledge.wording import say

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery, ready to be rendered. ``closed`` says why nothing can be sent to the chat."""

    contact_key: str
    line_id: str
    views: tuple[MessageView, ...]
    quick: tuple[Json, ...] = ()
    speaker: str = ""
    skip: int = 0
    preview_safe: bool = False
    closed: str = ""

    def look(self, public_url: str | None) -> Look:
        """How it is shown."""
        return Look(public_url=public_url, speaker=self.speaker)


def open_parcel(session: Session, payload: Mapping[str, Any]) -> Parcel:
    """What a delivery's payload names.

    Raises:
        NotFoundError: the chat is not known (any more).
    """
    conversation_id = str(payload["conversation_id"])
    contact = _contact(session, payload, conversation_id)
    ids = payload.get("message_ids") or [payload["message_id"]]
    views = tuple(
        _shown(contact, message)
        for id_ in ids
        if (message := session.get(Message, id_)) is not None
        and message.conversation_id == conversation_id
    )
    standing = ownership.current(session=session, conversation_id=conversation_id)
    return Parcel(
        contact_key=contact.key,
        line_id=contact.line_id,
        views=views,
        quick=_quick(str(payload.get("quick", "")), contact),
        speaker=standing.speaker,
        skip=int(payload.get("skip", 0)),
        preview_safe=bool(payload.get("preview_safe", False)),
        closed="" if contact.state == "active" else contact.state,
    )


def _contact(session: Session, payload: Mapping[str, Any], conversation_id: str) -> LineContact:
    key = payload.get("contact")
    if key is not None:
        return contacts.read(session=session, key=str(key))
    found = contacts.of_conversation(session=session, conversation_id=conversation_id)
    if found is None:
        raise NotFoundError
    return found


def _shown(contact: LineContact, message: Message) -> MessageView:
    """In a group nobody sees what is meant for one person."""
    whole = view(message)
    if contact.kind == "user":
        return whole
    shown = view_for_staff(message)
    if len(shown.parts) == len(whole.parts):
        return shown
    instead: Json = {"type": "text", "text": say("line_chat.group_private")}
    return shown.model_copy(update={"parts": [*shown.parts, instead]})


def _quick(named: str, contact: LineContact) -> tuple[Json, ...]:
    """What only LINE can offer below an answer: its date picker, its map, a place to confirm."""
    what, _, value = named.partition(":")
    return _QUICK[what](value) if what in _QUICK else ()


def _for_a_question(asked: str) -> tuple[Json, ...]:
    if asked == "date":
        label = say("line_chat.pick_date")
        return ({"type": "datetimepicker", "label": label, "data": "date", "mode": "date"},)
    if asked == "prefecture":
        return ({"type": "location", "label": say("line_chat.send_place")},)
    return ()


def _for_a_place(prefecture: str) -> tuple[Json, ...]:
    yes = say("line_chat.place_yes", prefecture=prefecture)
    return (
        quick_text(yes, say("line_chat.place_yes_text", prefecture=prefecture)),
        quick_text(say("line_chat.place_other"), say("line_chat.place_other_text")),
    )


def _for_a_case(_: str) -> tuple[Json, ...]:
    label = say("line_chat.link_label")
    return ({"type": "postback", "label": label, "data": LINK, "displayText": label},)


_QUICK: Final = {"asked": _for_a_question, "place": _for_a_place, "link": _for_a_case}
