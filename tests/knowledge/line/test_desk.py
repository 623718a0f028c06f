"""What staff see and do of a chat of LINE, who may, and what a stranger's file may not do."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.cases.models import Case
from knowledge.conversations.models import Message
from knowledge.database import transaction
from knowledge.errors import (
    AlreadyClaimedError,
    ConflictError,
    NotClaimedError,
    NotFoundError,
)
from knowledge.handoffs import service as handoffs
from knowledge.line import contacts, desk, files
from knowledge.line.models import LineContact
from knowledge.staff.actor import Actor
from knowledge.wording import say
from tests.support.desk import Guest, arrive
from tests.support.staff import AICHI, OPEN_MOMENT, person

NOW = OPEN_MOMENT
SATO, ITO = person("sato"), person("ito", name="見本 伊藤")
FAR = person("far", AICHI)
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


def in_line(engine: Engine, visitor: Guest, *, kind: str = "user") -> str:
    """The chat that shows the visitor's conversation; its key."""
    with transaction(engine) as session:
        session.add(
            LineContact(
                key=f"key-{visitor.started.id}",
                kind=kind,
                line_id="U1",
                conversation_id=visitor.started.id,
                created_at=NOW,
                last_at=NOW,
            )
        )
    return f"key-{visitor.started.id}"


@pytest.fixture
def visitor(engine: Engine) -> Guest:
    """A visitor of LINE whose case waits."""
    made = arrive(engine)
    made.asks()
    in_line(engine, made)
    return made


@pytest.fixture
def reference(engine: Engine, visitor: Guest) -> str:
    with transaction(engine, read_only=True) as session:
        return session.exec(select(Case.reference)).one()


def claim(engine: Engine, reference: str, actor: Actor = SATO) -> None:
    with transaction(engine) as session:
        handoffs.claim(session=session, reference=reference, actor=actor, now=NOW)


def ask(engine: Engine, reference: str, actor: Actor = SATO) -> None:
    with transaction(engine) as session:
        desk.ask_for_files(session=session, reference=reference, actor=actor, now=NOW)


def keep(session: Session, visitor: Guest, content: bytes, name: str = "") -> None:
    files.keep(
        session=session,
        conversation_id=visitor.started.id,
        event_id=f"e{len(content)}{name}",
        name=name,
        content=content,
        now=NOW,
    )


def test_asking_takes_files_for_a_day_and_tells_the_visitor(
    engine: Engine, visitor: Guest, reference: str
) -> None:
    claim(engine, reference)

    ask(engine, reference)

    with transaction(engine, read_only=True) as session:
        chat = desk.chat_of(session=session, reference=reference, actor=SATO, now=NOW)
        told = session.exec(select(Message.reply).where(Message.author == "staff")).one()
        actions = session.exec(select(AuditEntry.action)).all()
        later = NOW + timedelta(hours=25)
        after = desk.chat_of(session=session, reference=reference, actor=SATO, now=later)
    assert chat is not None
    assert chat.files_until == NOW + contacts.FILES_OPEN
    assert say("line_desk.please_send") in str(told)
    assert actions.count("line.files_asked") == 1
    assert after is not None
    assert after.files_until is None


@pytest.mark.parametrize(
    ("actor", "refused"),
    [(ITO, AlreadyClaimedError), (FAR, NotFoundError), (person("n", ""), NotFoundError)],
)
def test_only_who_has_the_case_asks(
    engine: Engine, reference: str, actor: Actor, refused: type[Exception]
) -> None:
    claim(engine, reference)

    with pytest.raises(refused):
        ask(engine, reference, actor)


def test_nobody_asks_before_the_case_is_claimed(engine: Engine, reference: str) -> None:
    with pytest.raises(NotClaimedError):
        ask(engine, reference)


@pytest.mark.parametrize(
    "change", [{"state": "blocked"}, {"state": "left"}, {"kind": "group"}, {"conversation_id": "x"}]
)
def test_a_chat_that_cannot_be_asked_says_so_and_nothing_is_sent(
    engine: Engine, visitor: Guest, reference: str, change: dict[str, str]
) -> None:
    claim(engine, reference)
    with transaction(engine) as session:
        contact = session.exec(select(LineContact)).one()
        for name, value in change.items():
            setattr(contact, name, value)

    with pytest.raises(ConflictError):
        ask(engine, reference)

    with transaction(engine, read_only=True) as session:
        assert session.exec(select(LineContact.files_until)).one() is None
        assert session.exec(select(Message).where(Message.author == "staff")).all() == []


def test_a_case_of_the_web_has_no_chat(engine: Engine) -> None:
    made = arrive(engine)
    reference = made.asks().reference

    with transaction(engine, read_only=True) as session:
        assert desk.chat_of(session=session, reference=reference, actor=SATO, now=NOW) is None


def test_files_are_listed_and_read_by_the_own_office_only_and_each_look_is_noted(
    engine: Engine, visitor: Guest, reference: str
) -> None:
    with transaction(engine) as session:
        keep(session, visitor, PNG)
        chat = desk.chat_of(session=session, reference=reference, actor=ITO, now=NOW)
        assert chat is not None
        (listed,) = chat.files
        sent = desk.read_file(
            session=session, reference=reference, file_id=listed.id, actor=ITO, now=NOW
        )
        for stranger in (FAR, Actor(kind="visitor", id=reference), Actor(kind="staff", id="n")):
            with pytest.raises(NotFoundError):
                desk.chat_of(session=session, reference=reference, actor=stranger, now=NOW)
            with pytest.raises(NotFoundError):
                desk.read_file(
                    session=session, reference=reference, file_id=listed.id, actor=stranger, now=NOW
                )
        noted = session.exec(
            select(AuditEntry.actor_id).where(AuditEntry.action == "line.file_read")
        ).all()
    assert (sent.content, sent.content_type, sent.shows) == (PNG, "image/png", True)
    assert sent.name.endswith(".png")
    assert noted == ["ito"]


def test_a_file_of_another_case_is_not_found(
    engine: Engine, visitor: Guest, reference: str
) -> None:
    other = arrive(engine)
    other.asks()
    with transaction(engine) as session:
        keep(session, other, PNG)
        with pytest.raises(NotFoundError):
            desk.read_file(
                session=session, reference=reference, file_id=f"e{len(PNG)}", actor=SATO, now=NOW
            )


@pytest.mark.parametrize(
    ("content", "name", "content_type", "shows"),
    [
        (b"<html><script>alert(1)</script>", "photo.png", "application/octet-stream", False),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "a.svg", None, False),
        (b"\xef\xbb\xbf<!doctype html>", "a.jpg", None, False),
        (b"MZ\x90", "写し.pdf", None, False),
        (b"", "", None, False),
        (b"%PDF-1.7", "写し.pdf", "application/pdf", False),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg", True),
        (b"GIF89a", "", "image/gif", True),
    ],
)
def test_what_a_file_is_stands_in_its_bytes_not_in_its_name(
    engine: Engine,
    visitor: Guest,
    reference: str,
    content: bytes,
    name: str,
    content_type: str | None,
    shows: bool,
) -> None:
    with transaction(engine) as session:
        keep(session, visitor, content, name)
        sent = desk.read_file(
            session=session,
            reference=reference,
            file_id=f"e{len(content)}{name}",
            actor=SATO,
            now=NOW,
        )

    assert (sent.content_type, sent.shows) == (content_type or "application/octet-stream", shows)
