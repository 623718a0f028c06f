"""What each kind of event leads to: one function a kind, each giving what is to be sent.

Texts and choices go the way of every channel (the relay). Whatever else LINE can carry is kept as
a line without words. It sends nothing itself.
"""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final

from limits import RateLimitItemPerHour
from sqlmodel import Session

from api.channels.line.conversing import Answer, Tools, conversation_of, deliver, keyed, remark
from api.channels.line.rendering import CHOICE, KEEP
from knowledge import clock
from knowledge.conversations import composing
from knowledge.conversations.service import Inbound
from knowledge.errors import NotFoundError, TooManyRequestsError
from knowledge.line import contacts, files, joining, places, queue, remarks, rules, unsending
from knowledge.line.queue import Job
from knowledge.line.unsending import Rewritten
from knowledge.wording import say

NOTICE: Final = "notice"
"""The data of the menu's button that says what should not be written."""
JOINS: Final = RateLimitItemPerHour(5, namespace="line-join")
"""Tries of one chat to join a case."""


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
        return await _join(tools, job, *pair)
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
        return await remark(tools, job, said, keyed("line_chat.before_typing"), always=True)
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
    await _set_state(tools, job, "active")
    replies = keyed("line_chat.greeting_back") if job.payload.get("back") else ()
    return await remark(tools, job, say("line_chat.said_follow"), replies)


async def join(tools: Tools, job: Job) -> Answer | None:
    """A group took us in."""
    await _set_state(tools, job, "active")
    return await remark(tools, job, say("line_chat.said_join"), ())


async def gone(tools: Tools, job: Job) -> Answer | None:
    """Blocked, or put out of a group: nothing can be sent any more."""
    await _set_state(tools, job, "blocked" if job.kind == "unfollow" else "left")
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


async def account_link(tools: Tools, job: Job) -> Answer | None:
    """The page of a case linked this account: its nonce is the reference and the code."""
    said = say("line_chat.said_link")
    if job.payload.get("result") != "ok":
        return await remark(tools, job, said, keyed("line_chat.link_failed"))
    pair = rules.reference_and_code(str(job.payload.get("nonce", "")).replace(".", " "))
    if pair is None:
        return await remark(tools, job, said, keyed("line_chat.linked"))
    return await _join(tools, job, *pair)


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
    "account_link": account_link,
}
"""Every other kind is stored and left alone."""


async def _join(tools: Tools, job: Job, reference: str, code: str) -> Answer | None:
    """Join a case; the code itself is stored nowhere."""

    def work(session: Session) -> str:
        return joining.join(
            session=session,
            contact_key=job.contact_key,
            reference=reference,
            code=code,
            now=clock.now(),
        )[1]

    said = say("line_chat.said_code")
    person = await tools.database.read(
        lambda session: contacts.person_of(session=session, key=job.contact_key)
    )
    if person is None:
        return await remark(tools, job, said, keyed("line_chat.join_in_group"), always=True)
    try:
        tools.throttle.check(JOINS, job.contact_key)
        joined = await tools.database.write(work)
    except TooManyRequestsError:
        return await remark(tools, job, said, keyed("line_chat.join_often"), always=True)
    except NotFoundError:
        await tools.database.write(
            lambda session: joining.refused(
                session=session, contact_key=job.contact_key, now=clock.now()
            )
        )
        return await remark(tools, job, said, keyed("line_chat.join_refused"), always=True)
    return await remark(tools, job, said, keyed("line_chat.joined", reference=joined), always=True)


async def _keep_file(tools: Tools, job: Job) -> str:
    """Fetch and keep a file that staff asked for; the key of what is said then."""
    found = await tools.client.content(job.message_id or "")
    if found is None:
        return "line_chat.file_too_large"
    content, content_type = found
    conversation_id = await conversation_of(tools, job)
    await tools.database.write(
        lambda session: files.keep(
            session=session,
            conversation_id=conversation_id,
            event_id=job.event_id,
            name=str(job.payload.get("name") or job.payload.get("type") or ""),
            content_type=content_type,
            content=content,
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
    )
    if done == Rewritten.EARLY:
        queue.ended(session=session, job_id=job.id, now=clock.now(), state="held")
    return done


async def _set_state(tools: Tools, job: Job, state: str) -> None:
    await tools.database.write(
        lambda session: contacts.set_state(session=session, key=job.contact_key, state=state)
    )


def _picked_date(picked: dict[str, Any]) -> str | None:
    """The day of LINE's date picker in words the dialogue reads."""
    value = str(picked.get("date") or picked.get("datetime") or "")[:10]
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return say("line_chat.picked_date", year=day.year, month=day.month, day=day.day)
