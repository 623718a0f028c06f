"""Visitors and cases for tests of the services: each call is one transaction of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.cases import service as cases
from knowledge.cases.models import Case
from knowledge.cases.sheet import SheetChanges
from knowledge.conversations import composing, thread
from knowledge.conversations import service as conversations
from knowledge.conversations.replies import Reply
from knowledge.conversations.service import Inbound, Recorded, Started
from knowledge.conversations.state import State, kept
from knowledge.conversations.views import MessageView
from knowledge.database import transaction
from knowledge.handoffs import arrivals, visitor
from knowledge.handoffs.models import HandoffEvent
from knowledge.handoffs.views import Requested
from knowledge.triage.facts import Facts
from knowledge.triage.understanding import Understanding
from tests.support.staff import OPEN_MOMENT

Result = TypeVar("Result")


@dataclass
class Guest:
    """One visitor; ``now`` is the moment of her next step."""

    engine: Engine
    started: Started
    now: datetime = OPEN_MOMENT
    code: str = ""
    _ids: Any = field(default_factory=count)

    def write(self, act: Callable[..., Result], **values: Any) -> Result:
        """Act on her conversation, locked."""
        with transaction(self.engine) as session:
            conversation = thread.locked(session, self.started.id)
            return act(session=session, conversation=conversation, now=self.now, **values)

    def asks(self, **values: Any) -> Requested:
        """Ask for a person."""

        def act(session: Session, conversation: Any, now: datetime) -> Requested:
            actor = visitor.visitor(conversation.id)
            requested, replies = visitor.request(
                session=session, conversation=conversation, actor=actor, now=now, **values
            )
            visitor.tell(session=session, conversation=conversation, replies=replies, now=now)
            return requested

        requested = self.write(act)
        self.code = requested.code or self.code
        return requested

    def says(self, text: str, client_message_id: str | None = None) -> Recorded:
        """Write something."""
        with transaction(self.engine) as session:
            return arrivals.record(
                session=session,
                key=arrivals.Key(self.started.id, self.started.token),
                inbound=Inbound(client_message_id or f"m{next(self._ids)}", text=text),
                now=self.now,
            )

    def picks(self, choice: str) -> Recorded:
        """Pick a choice by its id."""
        with transaction(self.engine) as session:
            return arrivals.record(
                session=session,
                key=arrivals.Key(self.started.id, self.started.token),
                inbound=Inbound(f"m{next(self._ids)}", choice=choice),
                now=self.now,
            )

    def sees(self) -> tuple[MessageView, ...]:
        """Everything said so far."""
        with transaction(self.engine, read_only=True) as session:
            return conversations.messages_after(
                session=session, conversation_id=self.started.id, seq=0
            )

    def words(self) -> str:
        """Every text said so far."""
        return "\n".join(
            part["text"] for m in self.sees() for part in m.parts if part["type"] == "text"
        )

    def case(self) -> Case:
        """Her case as stored."""
        with transaction(self.engine, read_only=True) as session:
            found = cases.by_conversation(session=session, conversation_id=self.started.id)
            assert found is not None
            session.expunge(found)
            return found

    def amends(self, **changes: Any) -> Case:
        """Correct the sheet."""
        with transaction(self.engine) as session:
            conversation = thread.locked(session, self.started.id)
            actor = visitor.visitor(conversation.id)
            opened = cases.open_draft(
                session=session, conversation=conversation, actor=actor, now=self.now
            )
            self.code = opened.code or self.code
            return cases.amend(
                session=session,
                case=opened.case,
                changes=SheetChanges.model_validate(changes),
                actor=actor,
                now=self.now,
            )


def arrive(
    engine: Engine,
    *,
    prefecture: str | None = "静岡県",
    text: str = "店の名前を商標登録したいです",
    topic: str = "trademarks",
    now: datetime = OPEN_MOMENT,
    channel: str = "web",
    understood: bool = True,
    earlier: Sequence[str] = (),
) -> Guest:
    """A visitor whose inquiry was answered by the bot."""
    with transaction(engine) as session:
        started = conversations.start(
            session=session,
            channel=channel,
            prefecture=prefecture,
            now=now,
            opening=composing.opening(retention_days=90),
        )
    guest = Guest(engine, started, now)
    if understood:
        recorded = guest.says(text)
        inquiry = Understanding(text=text, topic=topic, confidence=0.9, model_id="m1")
        trail = tuple(Understanding(text="", topic=one, confidence=0.8) for one in earlier)
        state = State(inquiry=inquiry, facts=Facts(prefecture=prefecture), trail=trail)
        with transaction(engine) as session:
            conversations.answer(
                session=session,
                conversation_id=started.id,
                in_reply_to=recorded.message.id,
                replies=(answer(state),),
                now=now,
                understanding=inquiry,
            )
    return guest


def answer(state: State) -> Reply:
    """A bot's answer that leaves a state behind."""
    return composing.plain("dialogue.affirm").model_copy(update={"memory": kept(state)})


def events_of(engine: Engine, reference: str) -> list[HandoffEvent]:
    """The thread of a case."""
    with Session(engine) as session:
        return list(
            session.exec(
                select(HandoffEvent)
                .where(HandoffEvent.reference == reference)
                .order_by(HandoffEvent.id)  # type: ignore[arg-type]
            )
        )


def write(engine: Engine, act: Callable[..., Result], **values: Any) -> Result:
    """One service call in one transaction."""
    with transaction(engine) as session:
        return act(session=session, **values)
