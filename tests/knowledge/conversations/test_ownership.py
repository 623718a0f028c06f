"""Who speaks: the bot is asked and heard only while it does."""

from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.conversations import composing, ownership
from knowledge.conversations.models import Message
from knowledge.triage.understanding import Understanding
from tests.knowledge.conversations.conftest import NOW, Visitor
from tests.support.desk import write

ANSWER = composing.plain("dialogue.affirm")


def let(engine: Engine, visitor: Visitor, owner: ownership.Owner, speaker: str = "") -> int:
    return write(
        engine,
        ownership.change,
        conversation_id=visitor.started.id,
        owner=owner,
        speaker=speaker,
        now=NOW,
    ).version


def test_at_first_the_bot_speaks(engine: Engine, visitor: Visitor) -> None:
    now = write(engine, ownership.current, conversation_id=visitor.started.id)

    assert (now.owner, now.version, now.bot_speaks) == ("bot", 0, True)


def test_each_change_is_a_new_version_and_saying_it_again_is_none(
    engine: Engine, visitor: Visitor
) -> None:
    first = let(engine, visitor, "queue", "静岡")
    again = let(engine, visitor, "queue", "静岡")
    other = let(engine, visitor, "queue", "愛知")
    back = let(engine, visitor, "bot")

    assert first == again < other < back


def test_while_somebody_else_speaks_the_text_goes_to_them(engine: Engine, visitor: Visitor) -> None:
    let(engine, visitor, "staff", "静岡")

    recorded = visitor.says("もしもし")

    assert (recorded.bot_text, recorded.replies) == (None, ())
    assert recorded.standing.owner == "staff"
    assert visitor.sees()[-1].parts[0]["text"] == "もしもし"


def test_a_guarded_text_is_not_shown_to_staff_either(engine: Engine, visitor: Visitor) -> None:
    let(engine, visitor, "staff", "静岡")
    secret = (
        "当社の新しい接着剤は、エポキシ樹脂60部に対しアミン系硬化剤を12部、シリカを8部加え、"
        "80℃で30分加熱する配合です。まだ公表していない発明です"
    )

    recorded = visitor.says(secret)

    assert recorded.message.withheld
    assert secret not in str(visitor.sees())


def test_what_was_understood_in_flight_is_kept_and_the_answer_dropped(
    engine: Engine, visitor: Visitor
) -> None:
    recorded = visitor.says("意匠のことです")
    let(engine, visitor, "staff", "静岡")
    heard = Understanding(text="意匠のことです", topic="designs", confidence=0.8)

    assert visitor.gets(recorded, ANSWER, heard=heard) == ()

    with Session(engine) as session:
        message = session.get_one(Message, recorded.message.id)
        (line,) = session.exec(select(AuditEntry)).all()
    assert (message.topic, message.answered) == ("designs", True)
    assert line.action == "reply.dropped"
    assert line.detail == {"message": recorded.message.id, "owner": "staff"}


def test_after_the_hand_back_the_bot_answers_again(engine: Engine, visitor: Visitor) -> None:
    let(engine, visitor, "staff", "静岡")
    let(engine, visitor, "bot")

    assert visitor.gets(visitor.says("続きです"), ANSWER)
