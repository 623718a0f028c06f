"""Files that were asked for, the sheet of what was taken back, and what goes with time."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from knowledge.audit.models import AuditEntry
from knowledge.cases import service as cases
from knowledge.clock import TOKYO
from knowledge.conversations import retention, thread
from knowledge.conversations.models import Conversation, Message
from knowledge.conversations.replies import Reply, TextPart
from knowledge.conversations.service import Inbound, answer, record
from knowledge.conversations.state import State
from knowledge.database import transaction
from knowledge.errors import NotFoundError
from knowledge.line import contacts, files, intake, opening, queue, remarks, unsending
from knowledge.line import retention as line_retention
from knowledge.line.models import LineContact, LineEvent, LineFile
from knowledge.line.rules import Arrival
from knowledge.staff.actor import Actor, system
from knowledge.triage.understanding import Understanding
from knowledge.wording import say

NOW = datetime(2026, 11, 20, 10, tzinfo=TOKYO)
STAFF = Actor(kind="staff", id="s1")
SHOP = "店の名前を商標登録したいです"


@pytest.fixture
def key(engine: Engine) -> str:
    """A person who wrote once, answered, with her conversation."""
    arrived = Arrival(
        event_id="e1",
        kind="text",
        source_kind="user",
        source_id="U1",
        occurred_at=NOW,
        message_id="m1",
        text=SHOP,
    )
    with transaction(engine) as session:
        intake.store(session=session, arrivals=(arrived,), now=NOW)
        (job,) = queue.lease(session=session, now=NOW, limit=1)
        greeting = opening.greeting(group=False, retention_days=90)
        conversation_id = contacts.conversation_of(
            session=session, key=job.contact_key, opening=greeting, now=NOW
        )
        _say(session, conversation_id)
        queue.ended(session=session, job_id=job.id, now=NOW)
    return job.contact_key


def _say(session: Session, conversation_id: str) -> None:
    inbound = Inbound(remarks.client_id("e1"), text=SHOP)
    recorded = record(
        session=session, conversation_id=conversation_id, token=None, inbound=inbound, now=NOW
    )
    heard = Understanding(text=SHOP, topic="trademarks", confidence=0.9)
    memory = State(inquiry=heard).model_dump(mode="json")
    reply = Reply(parts=(TextPart(text="はい"),), memory=memory)
    answer(
        session=session,
        conversation_id=conversation_id,
        in_reply_to=recorded.message.id,
        replies=(reply,),
        now=NOW,
        understanding=heard,
    )


def conversation_of(session: Session, key: str) -> str:
    found = contacts.read(session=session, key=key).conversation_id
    assert found is not None
    return found


def test_files_are_taken_for_a_day_after_staff_asked(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        id_ = conversation_of(session, key)
        assert not files.wanted(session=session, contact_key=key, now=NOW)
        assert contacts.ask_for_files(session=session, conversation_id=id_, actor=STAFF, now=NOW)
        assert files.wanted(session=session, contact_key=key, now=NOW + timedelta(hours=23))
        assert not files.wanted(session=session, contact_key=key, now=NOW + timedelta(hours=25))


def test_only_staff_ask_for_files_and_only_in_chats_of_line(engine: Engine, key: str) -> None:
    visitor = Actor(kind="visitor", id="v")
    with transaction(engine) as session:
        id_ = conversation_of(session, key)
        for actor, conversation_id in ((visitor, id_), (STAFF, "of-the-web")):
            assert not contacts.ask_for_files(
                session=session, conversation_id=conversation_id, actor=actor, now=NOW
            )


def test_a_kept_file_is_read_with_a_trace_and_only_in_its_conversation(
    engine: Engine, key: str
) -> None:
    with transaction(engine) as session:
        id_ = conversation_of(session, key)
        for _ in range(2):
            files.keep(
                session=session,
                conversation_id=id_,
                event_id="e2",
                name="写し.pdf",
                content=b"%PDF-1.7",
                now=NOW,
            )
        (listed,) = files.of_conversation(session=session, conversation_id=id_)
        shown, content = files.read(
            session=session, conversation_id=id_, file_id=listed.id, actor=STAFF, now=NOW
        )
        with pytest.raises(NotFoundError):
            files.read(session=session, conversation_id="other", file_id="e2", actor=STAFF, now=NOW)
        actions = session.exec(select(AuditEntry.action)).all()

    assert (shown.name, shown.size, content) == ("写し.pdf", 8, b"%PDF-1.7")
    assert actions == ["line.file_read"]


def test_what_was_taken_back_leaves_the_sheet_of_the_case(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        conversation = thread.locked(session, conversation_of(session, key))
        case = cases.open_draft(
            session=session, conversation=conversation, actor=system("tests"), now=NOW
        ).case
        assert SHOP in cases.sheet_of(case).inquiry

        unsending.unsend(session=session, contact_key=key, message_id="m1", now=NOW)

        assert SHOP not in case.sheet
        assert conversation.memory is None


def test_what_is_unknown_cannot_be_taken_back(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        for contact_key, message_id in ((key, "m9"), ("other", "m1")):
            assert (
                unsending.unsend(
                    session=session, contact_key=contact_key, message_id=message_id, now=NOW
                )
                is None
            )


def test_taking_back_twice_is_taking_back_once(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        for _ in range(2):
            unsending.unsend(session=session, contact_key=key, message_id="m1", now=NOW)
        row = session.exec(select(Message).where(Message.author == "visitor")).one()

    assert (row.text, row.withheld, row.sensitive) == (None, True, True)


def test_a_remark_is_kept_once_and_answers_the_same(engine: Engine, key: str) -> None:
    reply = Reply(parts=(TextPart(text=say("line_chat.sticker")),), author="system")
    with transaction(engine) as session:
        id_ = conversation_of(session, key)
        first, again = (
            remarks.remark(
                session=session,
                conversation_id=id_,
                event_id="e5",
                said=say("line_chat.said_sticker"),
                replies=(reply,),
                now=NOW,
            )
            for _ in range(2)
        )

    assert first == again
    assert len(first.replies) == 1


def test_the_opening_is_shown_to_her_first_line_only(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        id_ = conversation_of(session, key)

        assert len(opening.unseen(session=session, conversation_id=id_, before=2)) == 1
        assert opening.unseen(session=session, conversation_id=id_, before=4) == ()


class TestRetention:
    OLD = NOW + timedelta(days=91)

    def sweep(self, engine: Engine, now: datetime) -> int:
        with transaction(engine) as session:
            return line_retention.sweep(session=session, older_than=timedelta(days=90), now=now)

    def test_a_chat_is_kept_while_its_conversation_is(self, engine: Engine, key: str) -> None:
        assert self.sweep(engine, self.OLD) == 0
        with transaction(engine) as session:
            assert session.get(LineContact, key) is not None

    def test_a_silent_chat_without_conversation_is_forgotten(
        self, engine: Engine, key: str
    ) -> None:
        self._forget(engine, key)

        assert self.sweep(engine, NOW + timedelta(days=89)) == 0
        assert self.sweep(engine, self.OLD) == 1

    def test_files_go_with_the_conversation(self, engine: Engine, key: str) -> None:
        with transaction(engine) as session:
            files.keep(
                session=session,
                conversation_id=conversation_of(session, key),
                event_id="e2",
                name="a",
                content=b"x",
                now=NOW,
            )
        self.sweep(engine, NOW)
        with transaction(engine) as session:
            assert session.get(LineFile, "e2") is not None
        self._forget(engine, key)

        self.sweep(engine, NOW)

        with transaction(engine) as session:
            assert session.get(LineFile, "e2") is None

    def test_events_go_after_two_weeks_unless_they_wait(self, engine: Engine, key: str) -> None:
        waiting = Arrival(
            event_id="e9", kind="text", source_kind="user", source_id="U1", occurred_at=NOW
        )
        with transaction(engine) as session:
            intake.store(session=session, arrivals=(waiting,), now=NOW)

        self.sweep(engine, NOW + timedelta(days=13))
        kept = self._events(engine)
        self.sweep(engine, NOW + timedelta(days=15))

        assert kept == ["e1", "e9"]
        assert self._events(engine) == ["e9"]

    def test_an_edit_whose_message_never_came_goes_after_a_day(self, engine: Engine) -> None:
        edit = Arrival(
            event_id="e8",
            kind="edited",
            source_kind="group",
            source_id="C1",
            occurred_at=NOW,
            message_id="m8",
            text="商標の話です",
        )
        with transaction(engine) as session:
            intake.store(session=session, arrivals=(edit,), now=NOW)
            (job,) = queue.lease(session=session, now=NOW, limit=1)
            queue.ended(session=session, job_id=job.id, now=NOW, state="held")

        self.sweep(engine, NOW + timedelta(hours=23))
        assert self._events(engine) == ["e8"]
        self.sweep(engine, NOW + timedelta(hours=25))
        assert self._events(engine) == []

    def _forget(self, engine: Engine, key: str) -> None:
        with transaction(engine) as session:
            retention.delete_conversation(
                session=session, conversation_id=conversation_of(session, key)
            )

    def _events(self, engine: Engine) -> list[str]:
        with transaction(engine) as session:
            rows = session.exec(select(LineEvent.event_id).order_by(col(LineEvent.id)))
            return list(rows)


def test_a_conversation_of_line_is_marked_as_such(engine: Engine, key: str) -> None:
    with transaction(engine) as session:
        assert session.get_one(Conversation, conversation_of(session, key)).channel == "line"
