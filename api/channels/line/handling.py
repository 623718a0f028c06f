"""Takes stored events one by one, each chat in order, and hands their answers to the sender.

It holds nothing that is not in the database: killed at any point, the next one goes on.
"""

import asyncio
import contextlib
import logging

from sqlmodel import Session

from api.channels.line.answers import ANSWERS
from api.channels.line.conversing import Answer, Tools
from api.channels.line.pump import Pump
from api.channels.line.sending import HOLD
from knowledge import clock
from knowledge.errors import MadoguchiError
from knowledge.line import comings, contacts, dispatch, queue
from knowledge.line.queue import Job
from knowledge.outbox.service import Leased

logger = logging.getLogger(__name__)

AT_ONCE = 12
"""Chats worked on at once; each waits for Rasa most of its time."""
LOADING_AFTER = 1.0
"""Seconds after which the chat shows that an answer is being prepared."""


class Handling:
    """The pump of events."""

    def __init__(self, tools: Tools, pump: Pump, sender: Pump) -> None:
        self._tools = tools
        self._sender = sender
        self.pump = pump

    async def take(self, room: int) -> tuple[Job, ...]:
        """Lease what waits, at most ``room`` events."""
        waits = await self._tools.database.read(
            lambda session: queue.ready(session=session, now=clock.now())
        )
        if not waits:
            return ()
        return await self._tools.database.write(
            lambda session: queue.lease(session=session, now=clock.now(), limit=room)
        )

    async def handle(self, job: Job) -> None:
        """Handle one event to its end, or put it back."""
        loading = asyncio.create_task(self._show_loading(job))
        try:
            answering = ANSWERS.get(job.kind)
            answer = await answering(self._tools, job) if answering is not None else None
            held = await self._tools.database.write(lambda session: _finish(session, job, answer))
            if held is not None:
                self._sender.hand(held)
        except MadoguchiError as error:
            code = error.code
            logger.error("an event of LINE failed", extra={"kind": job.kind, "reason": code})
            await self._tools.database.write(
                lambda session: queue.failed(
                    session=session, job_id=job.id, now=clock.now(), problem=code
                )
            )
        finally:
            loading.cancel()
            with contextlib.suppress(asyncio.CancelledError, MadoguchiError):
                await loading

    async def _show_loading(self, job: Job) -> None:
        await asyncio.sleep(LOADING_AFTER)
        if job.kind not in {"text", "postback"}:
            return
        chat_id = await self._tools.database.read(
            lambda session: contacts.person_of(session=session, key=job.contact_key)
        )
        if chat_id is not None:
            await self._tools.client.show_loading(chat_id)


def _finish(session: Session, job: Job, answer: Answer | None) -> Leased | None:
    """End the event and ask for its answers, in one transaction."""
    now = clock.now()
    held = None
    if answer is not None:
        comings.spoke(session=session, job=job)
        held = dispatch.answer(
            session=session,
            job=job,
            conversation_id=answer.conversation_id,
            seq=answer.seq,
            replies=answer.replies,
            now=now,
            hold=HOLD,
            quick=answer.quick,
        )
    state = "done" if job.kind in ANSWERS else "ignored"
    queue.ended(session=session, job_id=job.id, now=now, state=state)
    return held
