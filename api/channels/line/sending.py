"""Sends what the outbox holds for LINE: answers by their reply token, else by a push.

A push carries a retry key made of its own delivery: LINE takes it once, however often it is sent.
What may have arrived is never sent another way; what cannot be sent stands on the desk.
"""

import asyncio
import logging
import uuid
import weakref
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from api.channels.line import limits
from api.channels.line.client import Ended, LineClient, Outcome
from api.channels.line.deciding import Step, next_step, pause_before
from api.channels.line.loading import Parcel, open_parcel
from api.channels.line.pump import Pump
from api.channels.line.rendering import render
from api.database import Database
from knowledge import clock
from knowledge.errors import NotFoundError
from knowledge.line import counts, dispatch, queue
from knowledge.outbox import service as outbox
from knowledge.outbox.service import Leased

logger = logging.getLogger(__name__)

AT_ONCE = 16
PATIENCE: Final = timedelta(seconds=15)
"""How long an answer is tried again while LINE says "not now"."""
NEEDED: Final = timedelta(seconds=22)
"""The slowest try: the patience, one more call of 5 s, and the transactions."""
HOLD: Final = timedelta(seconds=25)
"""Half a reply token's minute is left to whoever takes over from a dead worker."""
RETRY_KEYS: Final = uuid.UUID("6f0b2f0e-3f0a-4c0e-9d8c-2a1f4e7c5b90")
"""Under which the retry keys of deliveries are made."""


class Sending:
    """The pump of deliveries."""

    def __init__(
        self, database: Database, client: LineClient, pump: Pump, public_url: str | None
    ) -> None:
        self._database = database
        self._client = client
        self._public_url = public_url
        self._chats: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self.pump = pump

    async def take(self, room: int) -> tuple[Leased, ...]:
        """Lease what is due, after asking for what nobody asked for yet."""
        due, behind = await self._database.read(_look)
        if not (due or behind):
            return ()

        def work(session: Session) -> tuple[Leased, ...]:
            now = clock.now()
            if behind:
                dispatch.catch_up(session=session, now=now)
            return outbox.lease(
                session=session, now=now, kinds=dispatch.KINDS, limit=room, hold=HOLD
            )

        return await self._database.write(work)

    async def send(self, leased: Leased) -> None:
        """Bring one delivery to its end, or put it back; those of one chat one after the other."""
        chat = str(leased.payload.get("conversation_id", ""))
        lock = self._chats.setdefault(chat, asyncio.Lock())
        waited = lock.locked()
        async with lock:
            late = leased.until is None or leased.until - clock.now() < NEEDED
            if (waited or late) and not await self._still_ours(leased):
                return
            try:
                parcel = await self._database.read(
                    lambda session: open_parcel(session, leased.payload)
                )
            except NotFoundError:
                await self._give_up(leased, "no chat")
                return
            messages = render(
                parcel.views,
                parcel.look(self._public_url),
                quick=parcel.quick,
                preview_safe=parcel.preview_safe or leased.kind == dispatch.PUSH,
            )[parcel.skip :]
            wrong = limits.problems(messages[: limits.MOST_MESSAGES]) if messages else []
            if not messages:
                await self._done(leased, None)
            elif wrong:
                logger.error("LINE would refuse this", extra={"problems": wrong[:3]})
                await self._give_up(leased, "invalid")
            elif parcel.closed:
                await self._give_up(leased, parcel.closed)
            elif leased.kind == dispatch.REPLY:
                await self._reply(leased, messages)
            else:
                await self._push(leased, parcel, messages)

    async def _still_ours(self, leased: Leased) -> bool:
        """The wait behind others of this chat may have been longer than the lease."""
        return await self._database.write(
            lambda session: outbox.renew(session=session, leased=leased, now=clock.now(), hold=HOLD)
        )

    async def _reply(self, leased: Leased, messages: list[dict[str, Any]]) -> None:
        token = str(leased.payload["token"])
        until = datetime.fromisoformat(leased.payload["until"])
        # A second lease: whoever held the first died, perhaps after LINE had taken it.
        ends = [Outcome.UNCLEAR] if leased.unclear_tries else []
        if clock.now() >= until:
            ends.append(Outcome.TOKEN)
            await self._after_reply(leased, next_step(ends, in_time=False), messages)
            return
        end = min(until, clock.now() + PATIENCE)
        while True:
            ended = await self._client.reply(token, messages[: limits.MOST_MESSAGES])
            ends.append(ended.outcome)
            pause = pause_before(len(ends), ended.outcome)
            in_time = clock.now() + timedelta(seconds=pause) < end
            step = next_step(ends, in_time=in_time)
            if step != Step.RETRY:
                break
            await asyncio.sleep(pause)
        await self._after_reply(leased, step, messages, ended)

    async def _after_reply(
        self,
        leased: Leased,
        step: Step,
        messages: list[dict[str, Any]],
        ended: Ended | None = None,
    ) -> None:
        if step == Step.SENT:
            await self._done(leased, "reply", rest=len(messages) - limits.MOST_MESSAGES)
        elif step == Step.PUSH:
            await self._database.write(lambda session: _as_push(session, leased))
            self.pump.wake()
        elif step == Step.REFUSED:
            await self._give_up(leased, ended.problem if ended else "refused")
        else:
            await self._database.write(lambda session: _unclear(session, leased))

    async def _push(self, leased: Leased, parcel: Parcel, messages: list[dict[str, Any]]) -> None:
        if leased.tries == 1 and await self._database.write(
            lambda session: _as_reply(session, leased, parcel.contact_key)
        ):
            self.pump.wake()
            return
        key = str(uuid.uuid5(RETRY_KEYS, leased.key))
        ended = await self._client.push(parcel.line_id, messages[: limits.MOST_MESSAGES], key)
        if ended.outcome == Outcome.SENT:
            await self._done(leased, "push", rest=len(messages) - limits.MOST_MESSAGES)
        elif ended.outcome in (Outcome.QUOTA, Outcome.REFUSED):
            await self._give_up(leased, ended.problem)
        else:
            await self._again(leased, ended.problem)

    async def _done(self, leased: Leased, how: counts.Counted | None, rest: int = 0) -> None:
        def work(session: Session) -> None:
            now = clock.now()
            outbox.done(session=session, delivery_id=leased.id, now=now)
            if how is not None:
                counts.add(session=session, what=how, now=now)
            if rest > 0:
                _enqueue_rest(session, leased, now)

        await self._database.write(work)

    async def _give_up(self, leased: Leased, problem: str) -> None:
        await self._database.write(
            lambda session: outbox.failed(
                session=session,
                delivery_id=leased.id,
                now=clock.now(),
                problem=problem,
                final=True,
            )
        )

    async def _again(self, leased: Leased, problem: str) -> None:
        await self._database.write(
            lambda session: outbox.failed(
                session=session, delivery_id=leased.id, now=clock.now(), problem=problem
            )
        )


def _look(session: Session) -> tuple[bool, bool]:
    now = clock.now()
    due = outbox.any_due(session=session, now=now, kinds=dispatch.KINDS)
    return due, dispatch.behind(session=session, now=now)


def _as_push(session: Session, leased: Leased) -> None:
    """Nothing was sent and nothing can be by the token: ask for a push in its place."""
    now = clock.now()
    outbox.done(session=session, delivery_id=leased.id, now=now)
    payload = {k: v for k, v in leased.payload.items() if k not in ("token", "until")}
    outbox.enqueue(
        session=session,
        kind=dispatch.PUSH,
        key=f"{leased.key}:push",
        payload=payload,
        now=now,
        reference=leased.reference,
    )


def _as_reply(session: Session, leased: Leased, contact_key: str) -> bool:
    """The visitor wrote a moment ago and her token is unused: answer with it, for nothing."""
    now = clock.now()
    token = queue.take_newest_token(session=session, contact_key=contact_key, now=now)
    if token is None:
        return False
    outbox.done(session=session, delivery_id=leased.id, now=now)
    payload = {
        **leased.payload,
        "token": token.value,
        "until": token.until.isoformat(),
        "preview_safe": True,
    }
    outbox.enqueue(
        session=session,
        kind=dispatch.REPLY,
        key=f"{leased.key}:reply",
        payload=payload,
        now=now,
        reference=leased.reference,
    )
    return True


def _unclear(session: Session, leased: Leased) -> None:
    now = clock.now()
    outbox.unclear(session=session, delivery_id=leased.id, now=now, problem="unclear")
    counts.add(session=session, what="unclear", now=now)


def _enqueue_rest(session: Session, leased: Leased, now: datetime) -> None:
    """What did not fit into one call follows as a push."""
    skip = int(leased.payload.get("skip", 0)) + limits.MOST_MESSAGES
    payload = {k: v for k, v in leased.payload.items() if k not in ("token", "until")}
    outbox.enqueue(
        session=session,
        kind=dispatch.PUSH,
        key=f"{leased.key}:{skip}",
        payload=payload | {"skip": skip},
        now=now,
        reference=leased.reference,
    )
