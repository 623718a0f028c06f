"""Ways from a chat into a case of the web: number and code typed here, or an account link.

The link follows the platform's own flow: a token of LINE's, our page, our one-time number, and
an event that brings the number back.
"""

from typing import Final
from urllib.parse import urlencode

from limits import RateLimitItemPerHour
from sqlmodel import Session

from api.channels.line.conversing import Answer, Tools, keyed, remark
from api.guessing import Guessing
from knowledge import clock
from knowledge.conversations.replies import Basis, CardPart, Link, Reply
from knowledge.errors import NotFoundError, TooManyRequestsError
from knowledge.line import contacts, joining
from knowledge.line.queue import Job
from knowledge.wording import say

PAGE: Final = "/line/link"
"""Our page, where the visitor shows that the case is hers."""
JOINS: Final = RateLimitItemPerHour(5, namespace="line-join")
"""Tries of one chat to join a case."""
TOKENS: Final = RateLimitItemPerHour(10, namespace="line-link")
"""Links that one chat may begin."""


async def by_code(tools: Tools, job: Job, reference: str, code: str) -> Answer | None:
    """Join a case by number and code; the code itself is stored nowhere."""

    def work(session: Session) -> str:
        return joining.join(
            session=session,
            contact_key=job.contact_key,
            reference=reference,
            code=code,
            now=clock.now(),
        )[1]

    said = say("line_chat.said_code")
    if await _person(tools, job) is None:
        return await remark(tools, job, said, keyed("line_chat.join_in_group"), always=True)
    guess = Guessing(tools.throttle, address=job.contact_key, reference=reference)
    try:
        guess.check()
        tools.throttle.check(JOINS, job.contact_key)
        joined = await tools.database.write(work)
    except TooManyRequestsError:
        return await remark(tools, job, said, keyed("line_chat.join_often"), always=True)
    except NotFoundError:
        await _note_refusal(tools, job, guess)
        told = keyed("line_chat.join_refused")
        return await remark(tools, job, said, told, always=True, quick="link")
    return await remark(tools, job, said, keyed("line_chat.joined", reference=joined), always=True)


async def begin_link(tools: Tools, job: Job) -> Answer | None:
    """Give the way to our page, with a token of LINE's for this person."""
    said = say("line_chat.link_label")
    person = await _person(tools, job)
    if person is None:
        return await remark(tools, job, said, keyed("line_chat.join_in_group"), always=True)
    if not tools.public_url:
        return await remark(tools, job, said, keyed("line_chat.link_by_typing"), always=True)
    try:
        tools.throttle.check(TOKENS, job.contact_key)
    except TooManyRequestsError:
        return await remark(tools, job, said, keyed("line_chat.join_often"), always=True)
    token = await tools.client.link_token(person)
    if token is None:
        return await remark(tools, job, said, keyed("line_chat.link_by_typing"), always=True)
    return await remark(tools, job, said, (_way(tools.public_url, token),), always=True)


async def linked(tools: Tools, job: Job) -> Answer | None:
    """LINE says that the account was linked: our number names the case."""
    said = say("line_chat.said_link")
    failed = keyed("line_chat.link_failed")
    if job.payload.get("result") != "ok":
        return await remark(tools, job, said, failed, always=True, quick="link")

    def work(session: Session) -> str:
        return joining.join_by_link(
            session=session,
            contact_key=job.contact_key,
            nonce=str(job.payload.get("nonce", "")),
            at=job.occurred_at,
            now=clock.now(),
        )[1]

    try:
        joined = await tools.database.write(work)
    except NotFoundError:
        await _note_refusal(tools, job)
        return await remark(tools, job, said, failed, always=True, quick="link")
    return await remark(tools, job, said, keyed("line_chat.joined", reference=joined), always=True)


def _way(public_url: str, token: str) -> Reply:
    key = "line_chat.link_open"
    url = f"{public_url.rstrip('/')}{PAGE}?{urlencode({'linkToken': token})}"
    card = CardPart(
        kind="case",
        title=say("line_chat.link_label"),
        note=say(key),
        links=(Link(label=say("line_chat.link_button"), url=url),),
    )
    return Reply(parts=(card,), basis=Basis(wording=(key,)), author="system")


async def _person(tools: Tools, job: Job) -> str | None:
    return await tools.database.read(
        lambda session: contacts.person_of(session=session, key=job.contact_key)
    )


async def _note_refusal(tools: Tools, job: Job, guess: Guessing | None = None) -> None:
    await tools.database.write(
        lambda session: joining.refused(
            session=session, contact_key=job.contact_key, now=clock.now()
        )
    )
    if guess is not None:
        await guess.was_wrong(tools.database)
