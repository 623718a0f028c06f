"""The way of one event into the conversation of its chat, shared by every kind of event.

It decides nothing about what a kind means; that is ``answers``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from api.channels.line.client import LineClient
from api.database import Database
from api.events import EventHub
from api.relay import Relay
from api.throttle import Throttle
from knowledge import clock
from knowledge.conversations.replies import Basis, Part, Reply, TextPart
from knowledge.conversations.service import Inbound
from knowledge.conversations.views import MessageView
from knowledge.errors import (
    EmptyTextError,
    MessageIdReusedError,
    TextTooLongError,
    UnknownChoiceError,
)
from knowledge.line import contacts, opening, remarks
from knowledge.line.queue import Job
from knowledge.wording import say


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be sent for one event: the answers to the visitor's line ``seq``. ``quick`` names
    what the channel offers below them.
    """

    conversation_id: str
    seq: int
    replies: tuple[MessageView, ...]
    quick: str = ""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the answers need of the running application."""

    database: Database
    relay: Relay
    client: LineClient
    events: EventHub
    throttle: Throttle
    retention_days: int
    public_url: str | None = None


async def deliver(tools: Tools, job: Job, inbound: Inbound) -> Answer | None:
    """A text or a choice: to the bot, or to the person who speaks."""
    conversation_id = await conversation_of(tools, job)
    try:
        done = await tools.relay.deliver(
            conversation_id=conversation_id, token=None, inbound=inbound
        )
    except UnknownChoiceError:
        return await remark(
            tools, job, say("line_chat.said_button"), keyed("line_chat.choice_gone")
        )
    except EmptyTextError:
        return await remark(tools, job, say("line_chat.said_sticker"), keyed("line_chat.no_words"))
    except TextTooLongError:
        return await remark(tools, job, None, keyed("line_chat.too_long"), always=True)
    except MessageIdReusedError:
        # It was taken back or written anew between two tries.
        return None
    return Answer(conversation_id, done.message.seq, done.replies)


async def remark(
    tools: Tools,
    job: Job,
    said: str | None,
    replies: Sequence[Reply],
    *,
    always: bool = False,
    quick: str = "",
) -> Answer:
    """Keep a line that is no text, and answer it."""
    conversation_id = await conversation_of(tools, job)
    done = await tools.database.write(
        lambda session: remarks.remark(
            session=session,
            conversation_id=conversation_id,
            event_id=job.event_id,
            said=said,
            replies=replies,
            now=clock.now(),
            always=always,
        )
    )
    tools.relay.told(conversation_id)
    return Answer(conversation_id, done.seq, done.replies, quick)


async def conversation_of(tools: Tools, job: Job) -> str:
    """The conversation of the event's chat, begun with its greeting where there is none."""

    def work(session: Session) -> str:
        contact = contacts.read(session=session, key=job.contact_key)
        return contacts.conversation_of(
            session=session,
            key=job.contact_key,
            opening=opening.greeting(
                group=contact.kind != "user", retention_days=tools.retention_days
            ),
            now=clock.now(),
        )

    known = await tools.database.read(
        lambda session: contacts.living_conversation(session=session, key=job.contact_key)
    )
    return known if known is not None else await tools.database.write(work)


def keyed(key: str, **values: object) -> tuple[Reply, ...]:
    """One keyed sentence of the channel itself."""
    parts: tuple[Part, ...] = (TextPart(text=say(key, **values)),)
    return (Reply(parts=parts, basis=Basis(wording=(key,)), author="system"),)
