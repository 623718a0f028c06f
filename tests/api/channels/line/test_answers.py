"""What each kind of event leads to, seen on the phone and in the database."""

import json
from datetime import timedelta
from typing import Any

import pytest

from knowledge import clock
from knowledge.database import transaction
from knowledge.line import contacts
from knowledge.staff.actor import Actor
from knowledge.wording import say
from tests.support.content import stored_bytes
from tests.support.line_standin import events
from tests.support.line_standin.phone import LineHouse, Phone, whole, words

SHOP = "店の名前を商標登録したいです"
RECIPE = "米粉30%と寒天5%を混ぜて80度で10分加熱する新しい菓子を思いつきました"
STAFF = Actor(kind="staff", id="s1", name="見本")


def texts(line: LineHouse) -> list[str | None]:
    """What is stored of what visitors wrote."""
    from sqlmodel import col, select

    from knowledge.conversations.models import Message

    with transaction(line.house.engine, read_only=True) as session:
        rows = session.exec(
            select(Message).where(Message.author == "visitor").order_by(col(Message.at))
        )
        return [row.text for row in rows]


class TestText:
    async def test_a_question_is_answered_by_its_reply_token(self, phone: Phone) -> None:
        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"reply"}
        assert say("topics.trademarks") in phone.read()
        assert phone.line.platform.used == 0

    async def test_before_the_first_answer_stands_what_line_carries(self, phone: Phone) -> None:
        await phone.says(SHOP)
        await phone.says("特許の話です")

        assert phone.read().count(say("line_chat.before_typing").splitlines()[1]) == 1
        assert say("opening.notice", days=90).splitlines()[1] in phone.read()

    async def test_a_secret_is_neither_stored_nor_handed_on(self, phone: Phone) -> None:
        await phone.says(RECIPE)

        line = phone.line
        assert say("guard.withheld").strip() in phone.read()
        assert line.house.rasa.texts() == []
        assert texts(line) == [None]
        assert "寒天".encode() not in stored_bytes(line.house.database)
        assert line.one("select count(*) from line_event where payload is not null") == 0
        assert "寒天" not in line.house.log.getvalue()

    async def test_kept_on_purpose_the_same_text_passes_once(self, phone: Phone) -> None:
        await phone.says(RECIPE)
        await phone.presses(say("guard.keep"))
        assert say("line_chat.keep_open").splitlines()[0] in phone.read()

        await phone.says(RECIPE)
        await phone.says(RECIPE)

        assert len(phone.line.house.rasa.texts()) == 1
        assert texts(phone.line).count(RECIPE) == 1

    async def test_topic_only_goes_on_without_the_secret(self, phone: Phone) -> None:
        await phone.says(RECIPE)

        shown = await phone.presses(say("guard.topic_only"))

        assert say("topics.patents") in words([s.message for s in shown])

    @pytest.mark.parametrize("said", ["😀🎉", "　", "\u200b"])
    async def test_a_text_without_words_is_asked_for_words(self, phone: Phone, said: str) -> None:
        await phone.says(said)

        assert say("line_chat.no_words") in phone.read()

    async def test_what_was_typed_is_kept_in_the_conversation_only(self, phone: Phone) -> None:
        await phone.says(SHOP)

        assert texts(phone.line) == [SHOP]
        assert phone.line.one("select count(*) from line_event where payload is not null") == 0
        assert phone.line.one("select count(*) from line_event where reply_token is not null") == 0
        assert phone.id not in str(phone.line.one("select line_id from line_contact"))
        assert phone.id not in phone.line.house.log.getvalue()

    async def test_a_conversation_that_was_deleted_is_begun_anew(self, phone: Phone) -> None:
        from knowledge.conversations import retention

        await phone.says(SHOP)
        engine = phone.line.house.engine
        with transaction(engine) as session:
            id_ = phone.line.one("select conversation_id from line_contact")
            retention.delete_conversation(session=session, conversation_id=id_)

        await phone.says("特許の話です")

        assert phone.line.one("select conversation_id from line_contact") != id_
        assert phone.read().count(say("line_chat.before_typing").splitlines()[1]) == 2

    async def test_two_people_have_two_conversations(self, line: LineHouse) -> None:
        one, two = line.phone(), line.phone()
        await one.says(SHOP)
        await two.says("特許の話です")

        assert line.house.rows("conversation") == 2
        assert say("topics.trademarks") not in two.read().split(say("topics.patents"))[0]

    async def test_the_bot_being_down_is_an_apology_not_silence(self, phone: Phone) -> None:
        import httpx

        phone.line.house.rasa.misbehave["turn"] = lambda _: httpx.Response(500)

        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"reply"}


class TestPostback:
    async def test_an_offered_choice_is_acted_on(self, phone: Phone) -> None:
        await phone.says("あれの件なんですけど")

        await phone.presses(say("topics.designs"))

        assert say("dialogue.understood", topic=say("topics.designs")) in phone.read()

    async def test_a_choice_of_somebody_else_is_gone(self, line: LineHouse) -> None:
        one, two = line.phone(), line.phone()
        await one.says("あれの件なんですけど")
        data = one.button(say("topics.designs"))["data"]

        await two.happens(events.postback(data, two.source, reply_token=two.token()))

        assert say("line_chat.choice_gone") in two.read()

    @pytest.mark.parametrize("data", ["", "choice=", "choice=\x00", "x" * 300, "richmenu=1"])
    async def test_a_button_nobody_offered_is_answered_politely(
        self, phone: Phone, data: str
    ) -> None:
        await phone.happens(events.postback(data, phone.source, reply_token=phone.token()))

        assert say("line_chat.choice_gone") in phone.read()

    async def test_the_date_picker_answers_the_question_for_a_day(self, phone: Phone) -> None:
        await phone.says("拒絶理由通知が届きました。特許です")
        action = phone.button(say("line_chat.pick_date"))
        assert (action["type"], action["mode"]) == ("datetimepicker", "date")

        await phone.happens(
            events.postback(
                action["data"],
                phone.source,
                params={"date": "2026-09-01"},
                reply_token=phone.token(),
            )
        )

        assert "2026年10月31日" in phone.read() or "2026年11月2日" in phone.read()

    @pytest.mark.parametrize("picked", [{"date": "soon"}, {"time": "10:00"}, {"date": ""}])
    async def test_a_picked_value_that_is_no_day_is_no_answer(
        self, phone: Phone, picked: dict[str, str]
    ) -> None:
        await phone.happens(
            events.postback("date", phone.source, params=picked, reply_token=phone.token())
        )

        assert say("line_chat.choice_gone") in phone.read()

    async def test_the_menu_says_what_should_not_be_written(self, phone: Phone) -> None:
        await phone.happens(events.postback("notice", phone.source, reply_token=phone.token()))

        assert say("line_chat.before_typing").splitlines()[2] in phone.read()


class TestOtherThings:
    async def test_a_sticker_is_asked_for_words(self, phone: Phone) -> None:
        await phone.happens(events.sticker(phone.source, reply_token=phone.token()))

        assert say("line_chat.sticker") in phone.read()

    @pytest.mark.parametrize("make", [events.image, events.video, events.audio, events.file])
    async def test_files_are_politely_refused_and_not_fetched(
        self, phone: Phone, make: Any
    ) -> None:
        await phone.happens(make(phone.source, reply_token=phone.token()))

        assert say("line_chat.no_files").splitlines()[0] in phone.read()
        assert phone.line.house.rows("line_file") == 0

    async def test_a_file_staff_asked_for_is_kept_encrypted(self, phone: Phone) -> None:
        await phone.says(SHOP)
        line = phone.line
        _ask_for_files(line)
        sent = events.file(phone.source, name="警告書の写し.pdf", reply_token=phone.token())
        line.platform.contents[sent["message"]["id"]] = (b"%PDF sample", "application/pdf")

        await phone.happens(sent)

        assert say("line_chat.file_kept") in phone.read()
        assert line.house.rows("line_file") == 1
        assert b"%PDF sample" not in stored_bytes(line.house.database)
        assert "警告書".encode() not in stored_bytes(line.house.database)

    async def test_a_file_asked_for_that_is_gone_or_too_large_is_said(self, phone: Phone) -> None:
        await phone.says(SHOP)
        _ask_for_files(phone.line)
        too_large = events.image(phone.source, reply_token=phone.token())
        content = (b"x" * (10 * 1024 * 1024 + 1), "image/png")
        phone.line.platform.contents[too_large["message"]["id"]] = content

        await phone.happens(too_large)
        await phone.happens(events.image(phone.source, reply_token=phone.token()))

        assert phone.read().count(say("line_chat.file_too_large")) == 2
        assert phone.line.house.rows("line_file") == 0

    async def test_a_place_is_a_suggestion_for_the_companys_prefecture(self, phone: Phone) -> None:
        await phone.says(SHOP)
        address = "〒430-0929 静岡県浜松市中央区中央1丁目"

        await phone.happens(events.location(address, phone.source, reply_token=phone.token()))
        await phone.presses(say("line_chat.place_yes", prefecture="静岡県"))

        assert "静岡" in phone.read().split(say("line_chat.place_yes", prefecture="静岡県"))[-1]
        assert "中央1丁目" not in json.dumps(texts(phone.line), ensure_ascii=False)
        assert "中央1丁目".encode() not in stored_bytes(phone.line.house.database)

    @pytest.mark.parametrize("address", ["", "Sea of Japan", "1 Main St, Springfield"])
    async def test_a_place_abroad_is_asked_for_in_words(self, phone: Phone, address: str) -> None:
        await phone.happens(events.location(address, phone.source, reply_token=phone.token()))

        assert say("line_chat.place_unknown") in phone.read()

    @pytest.mark.parametrize("ok", [True, False])
    async def test_an_account_link_we_know_nothing_of_joins_nothing(
        self, phone: Phone, ok: bool
    ) -> None:
        token = phone.token() if ok else ""
        await phone.happens(events.account_link("n" * 32, phone.source, ok=ok, reply_token=token))

        assert say("line_chat.link_failed").splitlines()[0] in phone.read()
        assert phone.button(say("line_chat.link_label"))["data"] == "link"


class TestFollowing:
    async def test_who_adds_us_is_told_what_line_carries_before_typing(self, phone: Phone) -> None:
        shown = await phone.happens(events.follow(phone.source, reply_token=phone.token()))

        assert say("line_chat.greeting").splitlines()[0] in words([s.message for s in shown])
        assert say("line_chat.before_typing").splitlines()[2] in phone.read()

    async def test_the_greeting_comes_once(self, phone: Phone) -> None:
        await phone.happens(events.follow(phone.source, reply_token=phone.token()))
        await phone.says(SHOP)

        assert phone.read().count(say("line_chat.greeting").splitlines()[0]) == 1

    async def test_nothing_is_sent_to_who_blocked_us_and_staff_see_it(self, phone: Phone) -> None:
        await phone.says(SHOP)
        calls = phone.line.platform.calls["push"]
        await phone.happens(events.unfollow(phone.source))
        _say_as_staff(phone.line, "お電話ください")
        await phone.line.settled()

        assert phone.line.platform.calls["push"] == calls
        problem = phone.line.one("select problem from delivery where state = 'failed'")
        assert problem == "blocked"

    async def test_who_comes_back_is_greeted_and_can_be_written_to(self, phone: Phone) -> None:
        await phone.says(SHOP)
        await phone.happens(events.unfollow(phone.source))
        await phone.happens(events.follow(phone.source, back=True, reply_token=phone.token()))

        assert say("line_chat.greeting_back") in phone.read()
        assert phone.line.one("select state from line_contact") == "active"

    async def test_an_old_coming_that_arrives_late_changes_nothing(self, phone: Phone) -> None:
        came = events.follow(phone.source, back=True, reply_token=phone.token())
        came["timestamp"] -= 1000
        await phone.says(SHOP)
        await phone.happens(events.unfollow(phone.source))
        shown = len(phone.line.platform.said(phone.id))

        await phone.happens(came)

        assert phone.line.one("select state from line_contact") == "blocked"
        assert len(phone.line.platform.said(phone.id)) == shown

    async def test_an_old_going_that_arrives_late_changes_nothing(self, phone: Phone) -> None:
        went = events.unfollow(phone.source)
        went["timestamp"] -= 1000
        await phone.happens(events.follow(phone.source, back=True, reply_token=phone.token()))

        await phone.happens(went)

        assert phone.line.one("select state from line_contact") == "active"

    async def test_who_writes_can_be_reached_although_her_coming_back_was_lost(
        self, phone: Phone
    ) -> None:
        await phone.happens(events.unfollow(phone.source))

        shown = await phone.says(SHOP)

        assert {s.by for s in shown} == {"reply"}
        assert phone.line.one("select state from line_contact") == "active"

    async def test_what_was_written_before_the_blocking_reopens_nothing(self, phone: Phone) -> None:
        said = events.text(SHOP, phone.source, reply_token=phone.token())
        said["timestamp"] -= 1000
        await phone.happens(events.unfollow(phone.source))

        await phone.happens(said)

        assert phone.line.one("select state from line_contact") == "blocked"
        assert phone.line.platform.calls["reply"] == phone.line.platform.calls["push"] == 0


class TestUnsend:
    async def test_what_was_taken_back_is_deleted_everywhere(self, phone: Phone) -> None:
        await phone.says(SHOP)
        line = phone.line

        await phone.happens(events.unsend(phone.events[-1]))

        assert texts(line) == [None]
        assert line.one("select understanding from message where author = 'visitor'") is None
        assert line.one("select sensitive from message where author = 'visitor'") == 1
        assert line.one("select memory from conversation") is None
        assert line.one("select count(*) from delivery where kind = 'forget'") == 1
        assert line.one("select action from audit_entry") == "message.unsent"

    async def test_nothing_is_said_to_it(self, phone: Phone) -> None:
        await phone.says(SHOP)

        assert await phone.happens(events.unsend(phone.events[-1])) == []

    async def test_taken_back_before_it_arrived_it_is_never_kept(self, phone: Phone) -> None:
        said = events.text(SHOP, phone.source, reply_token=phone.token())

        await phone.happens(events.unsend(said))
        await phone.happens(said)

        assert texts(phone.line) == []
        assert phone.line.house.rasa.texts() == []
        assert phone.line.one("select count(*) from line_event where payload is not null") == 0

    async def test_nobody_takes_back_what_another_wrote(self, line: LineHouse) -> None:
        one, two = line.phone(), line.phone()
        await one.says(SHOP)
        forged = events.unsend(one.events[-1]) | {"source": two.source}

        await two.happens(forged)

        assert SHOP in texts(line)

    async def test_taken_back_after_the_chat_joined_a_case_it_is_deleted_all_the_same(
        self, phone: Phone
    ) -> None:
        said = events.text("意匠の話です", phone.source, reply_token=phone.token())
        await phone.happens(said)
        talk = await phone.line.house.start(channel="web", prefecture="静岡県")
        await talk.says(SHOP)
        answer = await phone.line.house.http.post(
            f"/api/v1/conversations/{talk.id}/handoff", json={}, headers=talk.headers
        )
        case = answer.json()
        await phone.says(f"{case['reference']} {case['code']}")
        assert phone.line.one("select conversation_id from line_contact") == talk.id

        await phone.happens(events.unsend(said))

        assert "意匠の話です" not in texts(phone.line)
        assert SHOP in texts(phone.line)

    async def test_a_file_taken_back_is_deleted(self, phone: Phone) -> None:
        await phone.says(SHOP)
        _ask_for_files(phone.line)
        sent = events.file(phone.source, reply_token=phone.token())
        phone.line.platform.contents[sent["message"]["id"]] = (b"%PDF", "application/pdf")
        await phone.happens(sent)

        await phone.happens(events.unsend(sent))

        assert phone.line.house.rows("line_file") == 0


class TestGroups:
    @pytest.fixture
    def group(self, line: LineHouse) -> Phone:
        return line.phone(events.group())

    async def test_it_says_on_entering_that_everybody_reads_along(self, group: Phone) -> None:
        await group.happens(events.join(group.source, reply_token=group.token()))

        assert say("line_chat.group_greeting").splitlines()[1] in group.read()

    async def test_what_a_group_says_among_itself_is_not_kept(self, group: Phone) -> None:
        await group.says(SHOP)

        assert group.read() == ""
        assert texts(group.line) == []
        assert group.line.one("select count(*) from line_event where payload is not null") == 0

    async def test_addressed_by_name_it_answers_without_the_name(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())

        await group.happens(said)

        assert say("topics.trademarks") in group.read()
        assert group.line.house.rasa.texts() == [SHOP]

    async def test_a_name_with_an_emoji_before_it_is_cut_out_whole(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, name="@窓口🏢", reply_token=group.token())
        said["message"]["text"] = f"🍎@窓口🏢 {SHOP}"
        said["message"]["mention"]["mentionees"][0] |= {"index": 2, "length": 5}

        await group.happens(said)

        assert group.line.house.rasa.texts() == [f"🍎 {SHOP}"]

    async def test_a_button_in_a_group_is_meant_for_us(self, group: Phone) -> None:
        said = events.mention("あれの件なんですけど", group.source, reply_token=group.token())
        await group.happens(said)

        await group.presses(say("topics.designs"))

        assert say("dialogue.understood", topic=say("topics.designs")) in group.read()

    async def test_put_out_of_a_group_nothing_is_sent_any_more(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())
        await group.happens(said)
        await group.happens(events.leave(group.source))

        assert group.line.one("select state from line_contact") == "left"

    async def test_an_edit_replaces_the_stored_copy(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())
        await group.happens(said)
        edit = events.edited(said, "@窓口 意匠の話です", replyToken=group.token())

        await group.happens(edit)

        assert "意匠の話です" in texts(group.line)
        assert SHOP not in texts(group.line)
        # What Rasa remembers of the old words goes too.
        assert group.line.one("select count(*) from delivery where kind = 'forget'") == 1
        assert say("line_chat.edited") in group.read()

    async def test_the_last_edit_holds_in_whatever_order_they_come(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())
        await group.happens(said)
        first = events.edited(said, "@窓口 意匠の話です", timestamp=said["timestamp"] + 1000)
        second = events.edited(said, "@窓口 特許の話です", timestamp=said["timestamp"] + 2000)

        await group.happens(second)
        await group.happens(first)

        assert "特許の話です" in texts(group.line)
        assert "意匠の話です" not in texts(group.line)

    async def test_an_edit_that_overtakes_its_message_holds(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())
        edit = events.edited(said, "@窓口 意匠の話です", timestamp=said["timestamp"] + 1000)

        await group.happens(edit)
        await group.happens(said)

        assert group.line.house.rasa.texts() == ["意匠の話です"]
        assert group.line.one("select count(*) from line_event where payload is not null") == 0

    async def test_an_edit_to_a_secret_takes_the_words_away(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())
        await group.happens(said)

        await group.happens(events.edited(said, f"@窓口 {RECIPE}"))

        assert texts(group.line)[0] is None
        assert "寒天".encode() not in stored_bytes(group.line.house.database)

    async def test_an_edit_that_no_longer_names_us_takes_the_words_away(self, group: Phone) -> None:
        said = events.mention(SHOP, group.source, reply_token=group.token())
        await group.happens(said)
        edit = events.edited(said, "やっぱり自分たちで話します")
        del edit["message"]["mention"]

        await group.happens(edit)

        assert texts(group.line) == [None]

    async def test_an_edit_that_names_us_for_the_first_time_is_answered(self, group: Phone) -> None:
        said = events.text(SHOP, group.source, reply_token=group.token())
        await group.happens(said)
        edit = events.edited(said, f"@窓口 {SHOP}", replyToken=group.token())
        named = events.mention(SHOP, group.source)
        edit["message"]["mention"] = named["message"]["mention"]

        await group.happens(edit)

        assert say("topics.trademarks") in group.read()


async def test_while_a_person_speaks_texts_go_to_her_and_the_bot_is_silent(phone: Phone) -> None:
    await phone.says(SHOP)
    _take_over(phone.line, "見本の窓口")

    shown = await phone.says("明日は何時に開きますか")

    assert shown == []
    assert len(phone.line.house.rasa.texts()) == 1
    assert "明日は何時に開きますか" in texts(phone.line)


async def test_what_a_person_says_reaches_the_phone_with_her_desks_name(phone: Phone) -> None:
    await phone.says(SHOP)
    _take_over(phone.line, "見本の窓口")
    _say_as_staff(phone.line, "担当の者です。資料をお持ちください。")
    await phone.line.settled()

    shown = phone.line.platform.said(phone.id)[-1]
    assert shown.message["sender"]["name"] == "見本の窓口"
    assert "資料をお持ちください" in whole([shown])
    assert "資料" not in shown.notified
    assert shown.by == "push"


async def test_an_unused_reply_token_answers_for_nothing(phone: Phone) -> None:
    await phone.says(SHOP)
    _take_over(phone.line, "見本の窓口")
    await phone.says("いますか")

    _say_as_staff(phone.line, "はい、おります。")
    await phone.line.settled()

    shown = phone.line.platform.said(phone.id)[-1]
    assert (shown.by, phone.line.platform.used) == ("reply", 0)
    assert "おります" in whole([shown])
    assert "おります" not in shown.notified


def _take_over(line: LineHouse, speaker: str) -> None:
    from knowledge.conversations import ownership

    with transaction(line.house.engine) as session:
        id_ = line.one("select conversation_id from line_contact")
        ownership.change(
            session=session, conversation_id=id_, owner="staff", speaker=speaker, now=clock.now()
        )


def _say_as_staff(line: LineHouse, words_: str) -> None:
    """A line of staff, as ``knowledge.handoffs`` writes it."""
    from knowledge.conversations import thread
    from knowledge.conversations.replies import Reply, TextPart

    with transaction(line.house.engine) as session:
        id_ = line.one("select conversation_id from line_contact")
        conversation = thread.locked(session, id_)
        reply = Reply(parts=(TextPart(text=words_),), author="staff")
        thread.append_replies(session, conversation, (reply,), now=clock.now(), in_reply_to=None)


def _ask_for_files(line: LineHouse) -> None:
    with transaction(line.house.engine) as session:
        id_ = line.one("select conversation_id from line_contact")
        assert contacts.ask_for_files(
            session=session, conversation_id=id_, actor=STAFF, now=clock.now() - timedelta(hours=1)
        )
