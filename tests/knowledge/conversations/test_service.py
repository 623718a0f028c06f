import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, SQLModel, select

from knowledge.clock import TOKYO
from knowledge.conversations import composing, retention, service
from knowledge.conversations.models import Conversation, Feedback, Message, OfferedChoice
from knowledge.conversations.replies import Basis, Reply, TextPart
from knowledge.conversations.service import Inbound
from knowledge.database import keyring, make_engine, transaction
from knowledge.errors import (
    EmptyTextError,
    MessageIdReusedError,
    NotFoundError,
    TextTooLongError,
    UnknownChoiceError,
)
from knowledge.triage.understanding import Understanding
from tests.support.content import TEXT_KEY, stored_bytes
from tests.support.postgres import fresh_database

QUESTION = "店の名前を商標登録したいです"
# An invented recipe: proportion, temperature and time, as a visitor must not leave it here.
RECIPE = "米粉30%と寒天5%を混ぜて80度で10分加熱する新しい菓子を思いつきました"
LIKE_NO_OTHER = "米粉30%と寒天5%"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=TOKYO)
ANSWER = Reply(parts=(TextPart(text="商標のご案内です。"),), basis=Basis(rules=("R1",), model="m1"))


def _rows(engine: Engine, table: type[SQLModel]) -> list[Any]:
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(select(table)).all())


def _choices(view: Any) -> list[dict[str, Any]]:
    return [c for part in view.parts if part["type"] == "choices" for c in part["choices"]]


def test_a_conversation_opens_with_purpose_retention_and_no_legal_advice(visitor: Any) -> None:
    (opening,) = visitor.started.messages

    said = "\n".join(part["text"] for part in opening.parts)
    assert opening.seq == 1
    assert opening.author == "system"
    assert "90日" in said
    assert "法律の判断" in said
    assert "自動" in said


def test_the_token_is_kept_only_as_a_hash(visitor: Any, engine: Engine, tmp_path: Path) -> None:
    assert visitor.started.token.encode() not in stored_bytes(tmp_path / "product.db")
    assert len(_rows(engine, Conversation)[0].token_hash) == 64


def test_a_message_is_stored_before_anyone_is_asked(visitor: Any) -> None:
    recorded = visitor.says(" 店の名前を\u3000商標登録したいです ")

    assert recorded.replies is None
    assert recorded.bot_text == "店の名前を 商標登録したいです"
    assert recorded.bot_payload is None
    assert [m.author for m in visitor.sees()] == ["system", "visitor"]


def test_the_visitor_sees_her_own_words_as_she_typed_them(visitor: Any) -> None:
    visitor.says("ﾄｯｷｮ😀\n２行目")

    assert visitor.sees()[-1].parts[0]["text"] == "ﾄｯｷｮ😀\n２行目"


def test_an_answer_comes_after_its_question_and_keeps_what_it_rests_on(
    visitor: Any, engine: Engine
) -> None:
    heard = Understanding(text=QUESTION, topic="trademarks", confidence=0.9, model_id="m1")
    recorded = visitor.says(QUESTION)

    (view,) = visitor.gets(recorded, ANSWER, heard=heard)

    question, answer = _rows(engine, Message)[1:]
    assert view.seq == recorded.message.seq + 1
    assert answer.basis["rules"] == ["R1"]
    assert (question.topic, question.confidence, question.model_release) == (
        "trademarks",
        0.9,
        "m1",
    )
    assert question.answered
    assert QUESTION not in question.understanding


def test_no_word_of_either_side_lies_readable_in_the_file(visitor: Any, tmp_path: Path) -> None:
    visitor.gets(visitor.says(QUESTION), ANSWER)

    held = stored_bytes(tmp_path / "product.db")
    assert QUESTION.encode() not in held
    assert "商標のご案内です".encode() not in held


def test_a_second_answer_to_one_message_is_not_stored(visitor: Any) -> None:
    recorded = visitor.says(QUESTION)
    first = visitor.gets(recorded, ANSWER)

    second = visitor.gets(recorded, Reply(parts=(TextPart(text="別の答え"),)))

    assert second == first
    assert len(visitor.sees()) == 3


def test_an_answer_to_an_unknown_message_is_not_found(visitor: Any, engine: Engine) -> None:
    with pytest.raises(NotFoundError), transaction(engine) as session:
        service.answer(
            session=session,
            conversation_id=visitor.started.id,
            in_reply_to="no-such",
            replies=(ANSWER,),
            now=NOW,
        )


def test_a_repeat_gives_the_first_answer(visitor: Any) -> None:
    inbound = Inbound("same", text=QUESTION)
    first = visitor.gets(visitor.send(inbound), ANSWER)

    again = visitor.send(inbound)

    assert again.replies == first
    assert again.bot_text is None
    assert len(visitor.sees()) == 3


def test_an_unanswered_repeat_asks_the_bot_again_without_a_second_row(visitor: Any) -> None:
    inbound = Inbound("same", text=QUESTION)
    first = visitor.send(inbound)

    again = visitor.send(inbound)

    assert again.message.id == first.message.id
    assert again.replies is None
    assert again.bot_text == QUESTION
    assert len(visitor.sees()) == 2


@pytest.mark.parametrize(
    "other", [Inbound("same", text="別の話"), Inbound("same", choice="anything")]
)
def test_the_same_id_with_other_content_is_refused(visitor: Any, other: Inbound) -> None:
    visitor.send(Inbound("same", text=QUESTION))

    with pytest.raises(MessageIdReusedError):
        visitor.send(other)


def test_a_choice_repeated_as_text_is_refused(visitor: Any) -> None:
    choice = _choices(visitor.says(RECIPE).replies[0])[0]
    visitor.send(Inbound("same", choice=choice["id"]))

    with pytest.raises(MessageIdReusedError):
        visitor.send(Inbound("same", text=choice["label"]))


def test_two_visitors_may_use_the_same_message_id(arrive: Callable[..., Any]) -> None:
    one, other = arrive(), arrive()

    one.send(Inbound("same", text=QUESTION))
    other.send(Inbound("same", text="特許の話"))

    assert other.sees()[-1].parts[0]["text"] == "特許の話"


@pytest.mark.parametrize("text", ["", " \n\u3000", "😀🎉", "\x00\x07", "\u200b", "。。。", "/"])
def test_a_message_without_words_is_refused_and_not_stored(visitor: Any, text: str) -> None:
    with pytest.raises(EmptyTextError) as refused:
        visitor.says(text)

    assert refused.value.fields[0].field == "text"
    assert len(visitor.sees()) == 1


def test_five_thousand_characters_are_taken_and_one_more_is_not(visitor: Any) -> None:
    visitor.says("あ" * 5_000)

    with pytest.raises(TextTooLongError):
        visitor.says("あ" * 5_001)


@pytest.mark.parametrize("wrong", ["x", "", "a" * 43, "トークン"])
def test_a_wrong_token_is_told_like_an_unknown_id(visitor: Any, engine: Engine, wrong: str) -> None:
    def open_(id_: str, token: str) -> None:
        with transaction(engine, read_only=True) as session:
            service.authorise(session=session, conversation_id=id_, token=token)

    for id_, token in ((visitor.started.id, wrong), ("no-such", visitor.started.token)):
        with pytest.raises(NotFoundError) as refused:
            open_(id_, token)
        assert str(refused.value) == "not_found"


def test_a_conversation_does_not_open_with_another_ones_token(arrive: Callable[..., Any]) -> None:
    one, other = arrive(), arrive()

    with pytest.raises(NotFoundError):
        one.send(Inbound("m", text=QUESTION), token=other.started.token)


def test_a_withheld_text_is_nowhere_in_the_database_file(
    visitor: Any, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    fernet = keyring.fernet

    def seal(self: object, data: bytes) -> bytes:
        written.append(data.decode())
        return b"sealed"

    monkeypatch.setattr(type(fernet), "encrypt", seal)

    recorded = visitor.says(RECIPE)

    assert recorded.message.withheld
    assert recorded.message.parts == []
    assert recorded.bot_text is None
    (row,) = [m for m in _rows_raw(engine) if m["author"] == "visitor"]
    assert row["withheld"]
    assert (row["text"], row["understanding"], row["topic"]) == (None, None, None)
    # Nothing was sealed either: an encrypted copy would not be found in the bytes.
    assert written
    assert not [text for text in written if LIKE_NO_OTHER in text]
    assert LIKE_NO_OTHER.encode() not in stored_bytes(tmp_path / "product.db")


def _rows_raw(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT * FROM message").mappings())


def test_a_withheld_text_is_answered_with_the_three_ways_on(visitor: Any) -> None:
    (reply,) = visitor.says(RECIPE).replies

    assert reply.author == "system"
    assert [c.get("act") for c in _choices(reply)] == [None, None, "keep"]
    assert all("payload" not in c for c in _choices(reply))


def test_a_text_kept_on_purpose_is_stored_and_marked_sensitive(
    visitor: Any, engine: Engine
) -> None:
    visitor.says(RECIPE)

    kept = visitor.says(RECIPE, keep=True)

    assert kept.bot_text is not None
    assert kept.message.parts[0]["text"] == RECIPE
    row = [m for m in _rows(engine, Message) if m.author == "visitor"][-1]
    assert (row.sensitive, row.withheld, row.text) == (True, False, RECIPE)


def test_keeping_an_ordinary_text_marks_nothing(visitor: Any, engine: Engine) -> None:
    visitor.says(QUESTION, keep=True)

    assert not _rows(engine, Message)[-1].sensitive


def test_a_repeat_of_a_withheld_message_gives_its_answer_again(visitor: Any) -> None:
    inbound = Inbound("same", text=RECIPE)
    first = visitor.send(inbound)

    assert visitor.send(inbound).replies == first.replies
    assert len(visitor.sees()) == 3


def test_the_withheld_text_may_be_sent_again_with_keep_under_a_new_id_only(visitor: Any) -> None:
    """The same id would answer "withheld" for ever: the widget must take a new one."""
    visitor.send(Inbound("same", text=RECIPE))

    again = visitor.send(Inbound("same", text=RECIPE, keep=True))

    assert again.message.withheld
    assert visitor.send(Inbound("new", text=RECIPE, keep=True)).bot_text is not None


def test_a_choice_is_what_the_server_meant_by_it(visitor: Any) -> None:
    choice = _choices(visitor.says(RECIPE).replies[0])[0]

    picked = visitor.picks(choice["id"])

    assert picked.message.parts[0]["text"] == choice["label"]
    assert picked.bot_payload == {"go": "topics"}
    assert picked.bot_text is None


def test_an_unanswered_choice_is_asked_again(visitor: Any) -> None:
    choice = _choices(visitor.says(RECIPE).replies[0])[1]
    inbound = Inbound("same", choice=choice["id"])
    visitor.send(inbound)

    again = visitor.send(inbound)

    assert again.bot_payload == {"go": "session"}
    assert again.replies is None


@pytest.mark.parametrize("choice", ["", "no-such", '{"go": "person"}', "topics", "../x", "選択"])
def test_an_unknown_choice_is_refused(visitor: Any, choice: str) -> None:
    with pytest.raises(UnknownChoiceError) as refused:
        visitor.picks(choice)

    assert refused.value.fields[0].field == "choice"


def test_a_choice_of_another_conversation_is_refused(arrive: Callable[..., Any]) -> None:
    one, other = arrive(), arrive()
    choice = _choices(one.says(RECIPE).replies[0])[0]

    with pytest.raises(UnknownChoiceError):
        other.picks(choice["id"])


def test_the_label_of_a_choice_is_unreadable_in_the_file(visitor: Any, engine: Engine) -> None:
    visitor.says(RECIPE)

    with engine.connect() as connection:
        labels = connection.exec_driver_sql("SELECT label FROM offered_choice").scalars().all()
    assert len(labels) == 3
    assert not [label for label in labels if "話題" in bytes(label).decode(errors="ignore")]


@pytest.fixture
def asked(visitor: Any) -> dict[str, dict[str, Any]]:
    """The two answers to "did this solve it?"."""
    reply = Reply(parts=(TextPart(text="説明"), composing.feedback_question()))
    (view,) = visitor.gets(visitor.says(QUESTION), reply)
    yes, no = _choices(view)
    return {"yes": yes, "no": no, "of": view.id}


def test_solved_is_remembered_and_thanked_for(visitor: Any, asked: Any, engine: Engine) -> None:
    picked = visitor.picks(asked["yes"]["id"])

    (feedback,) = _rows(engine, Feedback)
    assert (feedback.solved, feedback.message_id) == (True, asked["of"])
    assert picked.bot_payload is None
    assert "ありがとう" in picked.replies[0].parts[0]["text"]


def test_not_solved_offers_a_person(visitor: Any, asked: Any) -> None:
    picked = visitor.picks(asked["no"]["id"])

    assert "職員と話す" in [c["label"] for c in _choices(picked.replies[0])]


def test_the_last_word_on_an_answer_counts(visitor: Any, asked: Any, engine: Engine) -> None:
    visitor.picks(asked["no"]["id"])
    visitor.picks(asked["yes"]["id"])

    (feedback,) = _rows(engine, Feedback)
    assert feedback.solved


def test_numbers_run_without_a_gap(visitor: Any) -> None:
    visitor.gets(visitor.says(QUESTION), ANSWER, ANSWER)
    visitor.says("つづき")

    assert [m.seq for m in visitor.sees()] == [1, 2, 3, 4, 5]
    assert [m.seq for m in visitor.sees(after=3)] == [4, 5]


def test_only_conversations_silent_for_longer_than_the_retention_expire(
    arrive: Callable[..., Any], engine: Engine
) -> None:
    old, kept = arrive(now=NOW - timedelta(days=91)), arrive(now=NOW - timedelta(days=91))
    kept.now = NOW - timedelta(days=89)
    kept.says(QUESTION)

    with transaction(engine, read_only=True) as session:
        ids = retention.expired_ids(session=session, older_than=timedelta(days=90), now=NOW)
    assert ids == (old.started.id,)


def test_deleting_takes_everything_said_and_leaves_the_others(
    visitor: Any, asked: Any, arrive: Callable[..., Any], engine: Engine
) -> None:
    visitor.picks(asked["no"]["id"])
    other = arrive()
    other.says(QUESTION)

    with transaction(engine) as session:
        retention.delete_conversation(session=session, conversation_id=visitor.started.id)

    assert [c.id for c in _rows(engine, Conversation)] == [other.started.id]
    assert {m.conversation_id for m in _rows(engine, Message)} == {other.started.id}
    assert _rows(engine, OfferedChoice) == []
    assert _rows(engine, Feedback) == []


def test_the_latest_numbers_wake_the_right_streams(arrive: Callable[..., Any], engine: Any) -> None:
    one, other = arrive(), arrive()
    one.says(QUESTION)

    with transaction(engine, read_only=True) as session:
        found = service.latest_seqs(
            session=session, conversation_ids=[one.started.id, other.started.id, "gone"]
        )
    assert found == {one.started.id: 2, other.started.id: 1}


def test_a_stored_reply_is_the_public_form_without_payloads(visitor: Any, engine: Engine) -> None:
    visitor.says(RECIPE)

    stored = json.loads(_rows(engine, Message)[-1].reply)
    assert set(stored) == {"parts", "sources"}
    assert not [c for p in stored["parts"] for c in p.get("choices", ()) if c.get("payload")]


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Empty tables on each database we support."""
    keyring.set((TEXT_KEY,))
    if request.param == "sqlite":
        yield from _empty(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url:
            yield from _empty(url)


def _empty(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    SQLModel.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_twenty_messages_at_once_get_twenty_numbers(
    any_engine: Engine, arrive: Callable[..., Any]
) -> None:
    visitor = arrive(any_engine)
    failures: list[BaseException] = []

    def send(number: int) -> None:
        try:
            visitor.gets(visitor.send(Inbound(f"t{number}", text=QUESTION)), ANSWER)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert [m.seq for m in visitor.sees()] == list(range(1, 42))


def test_one_message_sent_twice_at_once_is_stored_once(
    any_engine: Engine, arrive: Callable[..., Any]
) -> None:
    visitor = arrive(any_engine)
    barrier, seen = threading.Barrier(4), list[str]()

    def send() -> None:
        barrier.wait()
        seen.append(visitor.send(Inbound("same", text=QUESTION)).message.id)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(seen) == 4
    assert len(set(seen)) == 1
    assert len(visitor.sees()) == 2
