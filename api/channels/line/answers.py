"""What each kind of event leads to: one function a kind, each giving what is to be sent.

Texts and choices go the way of every channel (the relay). Whatever else LINE can carry is kept as
a line without words. It sends nothing itself.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

from sqlmodel import Session

from api.channels.line import joining
from api.channels.line.conversing import Answer, Tools, conversation_of, deliver, keyed, remark
from api.channels.line.rendering import CHOICE, KEEP, LINK
from knowledge import clock
from knowledge.conversations import composing
from knowledge.conversations.service import Inbound
from knowledge.line import comings, contacts, files, places, queue, remarks, rules, unsending
from knowledge.line.queue import Job
from knowledge.line.unsending import Rewritten
from knowledge.wording import say

NOTICE: Final = "notice"
"""The data of the menu's button that says what should not be written."""


Answering = Callable[[Tools, Job], Awaitable[Answer | None]]


async def text(tools: Tools, job: Job) -> Answer | None:
    """A text: to the bot or the person who speaks; a case's reference and code join it."""
    if job.withheld:
        return await remark(tools, job, None, (composing.guarded(),), always=True)
    typed = str(job.payload.get("text", ""))
    if job.payload.get("group") and await tools.database.read(
        lambda session: unsending.edited_early(session=session, job=job)
    ):
        # Only groups can write a message anew.
        edit = await tools.database.write(
            lambda session: unsending.take_early_edit(session=session, job=job, now=clock.now())
        )
        if edit.text is None:
            return await remark(tools, job, None, (composing.guarded(),), always=True)
        typed = edit.text
    pair = rules.reference_and_code(typed)
    if pair is not None:
        return await joining.by_code(tools, job, *pair)
    if not job.payload.get("group") and rules.wants_link(typed):
        return await joining.begin_link(tools, job)
    return await deliver(
        tools, job, Inbound(remarks.client_id(job.event_id), text=typed, keep=True)
    )


async def postback(tools: Tools, job: Job) -> Answer | None:
    """A button: an offered choice, a picked date, or one of the channel's own."""
    data = str(job.payload.get("data", ""))
    if data == KEEP:
        await tools.database.write(
            lambda session: contacts.let_next_pass(
                session=session, key=job.contact_key, now=clock.now()
            )
        )
        return await remark(
            tools, job, say("guard.keep"), keyed("line_chat.keep_open"), always=True
        )
    if data == NOTICE:
        said = say("line_chat.menu_notice_text")
        told = keyed("line_chat.before_typing")
        return await remark(tools, job, said, told, always=True, quick="link")
    if data == LINK:
        return await joining.begin_link(tools, job)
    client_id = remarks.client_id(job.event_id)
    if data.startswith(CHOICE):
        return await deliver(tools, job, Inbound(client_id, choice=data.removeprefix(CHOICE)))
    picked = _picked_date(job.payload.get("picked") or {})
    if picked is not None:
        return await deliver(tools, job, Inbound(client_id, text=picked))
    return await remark(tools, job, say("line_chat.said_button"), keyed("line_chat.choice_gone"))


async def sticker(tools: Tools, job: Job) -> Answer | None:
    """A sticker says nothing we could answer."""
    return await remark(tools, job, say("line_chat.said_sticker"), keyed("line_chat.sticker"))


async def media(tools: Tools, job: Job) -> Answer | None:
    """A file, picture or recording: politely refused, unless staff asked for it."""
    wanted = await tools.database.read(
        lambda session: files.wanted(session=session, contact_key=job.contact_key, now=clock.now())
    )
    key = await _keep_file(tools, job) if wanted else "line_chat.no_files"
    return await remark(tools, job, say("line_chat.said_media"), keyed(key), always=True)


async def location(tools: Tools, job: Job) -> Answer | None:
    """A place: only its prefecture is read, as a suggestion for the company's."""
    prefecture = await tools.database.read(
        lambda _: places.prefecture_of(str(job.payload.get("address", "")))
    )
    if prefecture is None:
        return await remark(
            tools, job, say("line_chat.said_place"), keyed("line_chat.place_unknown")
        )
    said = keyed("line_chat.place_found", prefecture=prefecture)
    return await remark(tools, job, say("line_chat.said_place"), said, quick=f"place:{prefecture}")


async def follow(tools: Tools, job: Job) -> Answer | None:
    """Somebody added us, or came back: greeting, purpose, and what LINE carries."""
    if not await _came_or_went(tools, job):
        return None
    replies = keyed("line_chat.greeting_back") if job.payload.get("back") else ()
    return await remark(tools, job, say("line_chat.said_follow"), replies, quick="link")


async def join(tools: Tools, job: Job) -> Answer | None:
    """A group took us in."""
    if not await _came_or_went(tools, job):
        return None
    return await remark(tools, job, say("line_chat.said_join"), ())


async def gone(tools: Tools, job: Job) -> Answer | None:
    """Blocked, or put out of a group: nothing can be sent any more."""
    await _came_or_went(tools, job)
    return None


async def unsend(tools: Tools, job: Job) -> Answer | None:
    """Taken back: the stored copy goes; nothing is said."""
    conversation_id = await tools.database.write(
        lambda session: unsending.unsend(
            session=session,
            contact_key=job.contact_key,
            message_id=job.message_id or "",
            now=clock.now(),
        )
    )
    tools.relay.told(conversation_id)
    return None


async def edited(tools: Tools, job: Job) -> Answer | None:
    """Written anew: the stored copy is replaced; an edit that is overtaken changes nothing."""
    new = None if job.withheld else str(job.payload.get("text", ""))
    done = await tools.database.write(lambda session: _rewrite(session, job, new))
    if done == Rewritten.NEW and new is not None:
        return await text(tools, job)
    if done != Rewritten.CHANGED:
        return None
    replies = (composing.guarded(),) if new is None else keyed("line_chat.edited")
    return await remark(tools, job, say("line_chat.said_edited"), replies)


ANSWERS: Final[dict[str, Answering]] = {
    "text": text,
    "postback": postback,
    "sticker": sticker,
    "media": media,
    "location": location,
    "follow": follow,
    "join": join,
    "unfollow": gone,
    "leave": gone,
    "unsend": unsend,
    "edited": edited,
    "account_link": joining.linked,
}
"""Every other kind is stored and left alone."""


async def _keep_file(tools: Tools, job: Job) -> str:
    """Fetch and keep a file that staff asked for; the key of what is said then."""
    found = await tools.client.content(job.message_id or "")
    if found is None:
        return "line_chat.file_too_large"
    conversation_id = await conversation_of(tools, job)
    await tools.database.write(
        lambda session: files.keep(
            session=session,
            conversation_id=conversation_id,
            event_id=job.event_id,
            name=str(job.payload.get("name") or job.payload.get("type") or ""),
            content=found,
            now=clock.now(),
        )
    )
    return "line_chat.file_kept"


def _rewrite(session: Session, job: Job, new: str | None) -> Rewritten:
    done = unsending.rewrite(
        session=session,
        contact_key=job.contact_key,
        message_id=job.message_id or "",
        text=new,
        at=job.occurred_at,
        now=clock.now(),
    )
    if done == Rewritten.EARLY:
        queue.ended(session=session, job_id=job.id, now=clock.now(), state="held")
    return done


async def _came_or_went(tools: Tools, job: Job) -> bool:
    return await tools.database.write(
        lambda session: comings.came_or_went(session=session, job=job)
    )


def _picked_date(picked: dict[str, Any]) -> str | None:
    """The day of LINE's date picker in words the dialogue reads."""
    value = str(picked.get("date") or picked.get("datetime") or "")[:10]
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return say("line_chat.picked_date", year=day.year, month=day.month, day=day.day)
