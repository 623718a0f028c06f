"""Booking by talking: few turns, minds changed, times lost, and nothing said that is not so."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import col, select

from knowledge import clock
from knowledge.bookings import offers
from knowledge.bookings.form_turns import slot_label
from knowledge.bookings.models import Booking, Claim
from knowledge.bookings.rules import first_day
from knowledge.bookings.slots import Wanted
from knowledge.clock import WEEKDAYS, japanese_date
from knowledge.database import transaction
from knowledge.desks.prefectures import find_prefecture
from knowledge.errors import DatabaseBusyError
from knowledge.wording import say
from tests.support.bookings import API, NOTHING, load_samples, look_for_trouble, order
from tests.support.house import House, Talk, choices, words

ME = "見本花子、見本製作所、hanako@example.jp"
WANT = "面談を予約したいです"


@pytest.fixture
def stocked(house: House) -> House:
    """The application with the samples."""
    load_samples(house.engine)
    return house


@pytest.fixture
async def talk(stocked: House) -> Talk:
    """A visitor in front of it."""
    return await stocked.start()


def times(replies: list[dict[str, Any]]) -> list[str]:
    """The free times that were offered."""
    return [c["label"] for c in choices(replies) if re.match(r"\d+/\d+（.）", c["label"])]


def bookings(house: House) -> list[Booking]:
    with transaction(house.engine) as session:
        return list(session.exec(select(Booking).order_by(col(Booking.created_at))))


def holds(house: House) -> int:
    with transaction(house.engine) as session:
        return len(session.exec(select(Claim).where(col(Claim.expires_at).is_not(None))).all())


async def until_slots(talk: Talk) -> list[dict[str, Any]]:
    await talk.says(WANT)
    replies: list[dict[str, Any]] = (await talk.says("静岡県です"))["replies"]
    assert times(replies)
    return replies


async def until_confirm(talk: Talk) -> list[dict[str, Any]]:
    replies = await until_slots(talk)
    await talk.picks(times(replies)[0], replies)
    shown: list[dict[str, Any]] = (await talk.says(ME))["replies"]
    assert say("bookings.form_book") in [c["label"] for c in choices(shown)]
    return shown


async def until_booked(talk: Talk) -> list[dict[str, Any]]:
    shown = await until_confirm(talk)
    replies: list[dict[str, Any]] = (await talk.picks(say("bookings.form_book"), shown))["replies"]
    return replies


class TestTheStraightWay:
    async def test_a_meeting_is_booked_in_five_turns(self, stocked: House, talk: Talk) -> None:
        first = await talk.says(WANT)
        second = await talk.says("静岡県です")
        offered = times(second["replies"])
        third = await talk.picks(offered[0], second["replies"])
        fourth = await talk.says(ME)
        assert bookings(stocked) == []
        fifth = await talk.picks(say("bookings.form_book"), fourth["replies"])

        assert times(first["replies"]) == []
        assert 2 <= len(offered) <= 4
        assert all(len(label) <= 20 for label in offered)
        assert "10分間" in words(third["replies"])
        (booking,) = bookings(stocked)
        assert booking.status == "confirmed"
        assert booking.reference in words(fifth["replies"])
        assert "予約しました" in words(fifth["replies"])
        assert booking.conversation_id == talk.id
        assert f"{booking.reference}.{booking.code}" in json.dumps(fifth["replies"])
        assert holds(stocked) == 0
        assert look_for_trouble(stocked.engine, clock.now()) == NOTHING

    async def test_with_the_place_known_it_takes_four(self, stocked: House) -> None:
        talk = await stocked.start(prefecture="静岡県")
        replies = (await talk.says(WANT))["replies"]
        await talk.picks(times(replies)[0], replies)
        shown = (await talk.says(ME))["replies"]

        done = await talk.picks(say("bookings.form_book"), shown)

        assert "予約しました" in words(done["replies"])

    async def test_it_can_be_done_with_words_alone(self, stocked: House, talk: Talk) -> None:
        await until_slots(talk)
        await talk.says("2番")
        await talk.says("見本花子と申します、見本製作所です、電話は054-000-0000です")

        done = await talk.says("お願いします")

        (booking,) = bookings(stocked)
        assert booking.reference in words(done["replies"])

    async def test_the_subject_talked_about_goes_with_it(self, stocked: House, talk: Talk) -> None:
        await talk.says("静岡県の会社です。店の名前を商標登録したいです")
        replies = (await talk.says(WANT))["replies"]
        await talk.picks(times(replies)[0], replies)
        shown = (await talk.says(ME))["replies"]
        await talk.picks(say("bookings.form_book"), shown)

        (booking,) = bookings(stocked)
        assert booking.topic == "trademarks"
        assert "店の名前" not in booking.summary

    @pytest.mark.parametrize(
        ("said", "missing"),
        [
            ("hanako@example.jp", "bookings.form_need_name"),
            ("見本花子 hanako@example.jp", "bookings.form_need_company"),
            ("見本花子、見本製作所", "bookings.form_need_reach"),
        ],
    )
    async def test_what_is_missing_is_asked_for_and_nothing_twice(
        self, stocked: House, talk: Talk, said: str, missing: str
    ) -> None:
        replies = await until_slots(talk)
        await talk.picks(times(replies)[0], replies)

        asked = (await talk.says(said))["replies"]
        rest = {
            "bookings.form_need_name": "見本花子、見本製作所",
            "bookings.form_need_company": "見本製作所",
            "bookings.form_need_reach": "054-000-0000",
        }[missing]
        shown = (await talk.says(rest))["replies"]

        assert say(missing, when="■").split("■")[0].split("（")[0] in words(asked)
        assert say("bookings.form_book") in [c["label"] for c in choices(shown)]


class TestAlmost:
    async def test_a_time_taken_meanwhile_is_said_and_others_are_shown(
        self, stocked: House, talk: Talk
    ) -> None:
        replies = await until_slots(talk)
        wanted = times(replies)[0]
        with transaction(stocked.engine, read_only=True) as session:
            place = find_prefecture("静岡県")
            assert place is not None
            found = offers.find(
                session=session, wanted=Wanted("meeting", place), now=clock.now()
            ).slots
            start = next(s.starts_at for s in found if slot_label(s) == wanted)
            same_time = [s.id for s in found if s.starts_at == start]
        # Both members of staff of the sample desk may be free then.
        for _ in range(2):
            for slot_id in same_time:
                await stocked.http.post(f"{API}/bookings", json=order(slot_id))
        before = len(bookings(stocked))

        lost = (await talk.picks(wanted, replies))["replies"]

        assert say("bookings.form_taken") in words(lost)
        assert times(lost)
        assert wanted not in times(lost)
        assert len(bookings(stocked)) == before

    async def test_a_hold_that_ran_out_and_was_taken_books_nothing(
        self, stocked: House, talk: Talk
    ) -> None:
        shown = await until_confirm(talk)
        with stocked.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE claim SET expires_at = '2020-01-01 00:00:00.000000'")
        slot = stocked.rasa.slots[talk.id]["form"]["answers"]["slot"]["id"]
        taken = await stocked.http.post(f"{API}/bookings", json=order(slot))
        assert taken.status_code == 201

        lost = (await talk.picks(say("bookings.form_book"), shown))["replies"]

        assert say("bookings.form_taken") in words(lost)
        assert "予約しました" not in words(lost)
        assert len(bookings(stocked)) == 1

    async def test_a_hold_that_ran_out_but_is_free_is_booked(
        self, stocked: House, talk: Talk
    ) -> None:
        shown = await until_confirm(talk)
        with stocked.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE claim SET expires_at = '2020-01-01 00:00:00.000000'")

        done = (await talk.picks(say("bookings.form_book"), shown))["replies"]

        assert "予約しました" in words(done)

    @pytest.mark.parametrize("said", ["明日の10時でお願いします", "明日", "今日"])
    async def test_tomorrow_is_too_late_and_the_first_day_is_said(
        self, stocked: House, talk: Talk, said: str
    ) -> None:
        await until_slots(talk)

        answer = (await talk.says(said))["replies"]

        earliest = japanese_date(first_day("meeting", clock.today()))
        assert say("bookings.form_too_early", day=earliest) in words(answer)
        assert times(answer)
        assert bookings(stocked) == []

    async def test_a_day_too_far_is_said(self, stocked: House, talk: Talk) -> None:
        await until_slots(talk)

        answer = (await talk.says(f"{clock.today().year + 2}年4月1日"))["replies"]

        assert "まだ受け付けていません" in words(answer)
        assert times(answer)

    async def test_without_any_calendar_the_desk_is_shown_and_no_form_begins(
        self, house: House
    ) -> None:
        talk = await house.start(prefecture="静岡県")

        replies = (await talk.says(WANT))["replies"]

        assert times(replies) == []
        assert house.rasa.slots[talk.id].get("form") is None


class TestMindsChanged:
    @pytest.mark.parametrize("word", ["やめる", "やめます", "キャンセル", "やっぱいい", "いらない"])
    async def test_a_short_word_stops_it_and_frees_the_time(
        self, stocked: House, talk: Talk, word: str
    ) -> None:
        replies = await until_slots(talk)
        await talk.picks(times(replies)[0], replies)
        assert holds(stocked) > 0

        stopped = (await talk.says(word))["replies"]

        assert say("bookings.form_stopped") in words(stopped)
        assert holds(stocked) == 0
        assert bookings(stocked) == []

    async def test_another_time_after_one_was_kept(self, stocked: House, talk: Talk) -> None:
        replies = await until_slots(talk)
        first = times(replies)[0]
        kept = (await talk.picks(first, replies))["replies"]

        again = (await talk.picks(say("bookings.form_other_day"), kept))["replies"]
        await talk.picks(times(again)[1], again)
        shown = (await talk.says(ME))["replies"]
        await talk.picks(say("bookings.form_book"), shown)

        (booking,) = bookings(stocked)
        start = booking.starts_at
        assert f"{start.month}/{start.day}（{WEEKDAYS[start.weekday()]}）{start:%H:%M}" not in first
        assert holds(stocked) == 0
        assert look_for_trouble(stocked.engine, clock.now()) == NOTHING

    async def test_a_day_named_while_asked_who_she_is(self, stocked: House, talk: Talk) -> None:
        replies = await until_slots(talk)
        await talk.picks(times(replies)[0], replies)

        again = (await talk.says("やっぱり別の日がいい"))["replies"]

        assert times(again)
        assert holds(stocked) == 0

    async def test_who_she_is_can_be_corrected_before_booking(
        self, stocked: House, talk: Talk
    ) -> None:
        shown = await until_confirm(talk)
        fixed = await talk.picks(say("bookings.form_fix"), shown)
        assert say("bookings.form_book") not in [c["label"] for c in choices(fixed["replies"])]
        shown = (await talk.says("見本太郎、見本商店、taro@example.jp"))["replies"]
        await talk.picks(say("bookings.form_book"), shown)

        (booking,) = bookings(stocked)
        assert "見本太郎" in booking.contact
        assert "花子" not in booking.contact

    async def test_a_question_in_between_is_answered_and_the_way_back_offered(
        self, stocked: House, talk: Talk
    ) -> None:
        replies = await until_slots(talk)
        await talk.picks(times(replies)[0], replies)

        between = (await talk.says("外国で商標を取るにはどうすればよいですか"))["replies"]
        back = (await talk.picks(say("bookings.form_go_on"), between))["replies"]

        assert say("topics.overseas") in words(between)
        assert "お名前" in words(back)

    async def test_other_ways_of_meeting_can_be_asked_for(self, stocked: House, talk: Talk) -> None:
        replies = await until_slots(talk)

        online = (await talk.says("オンラインがいいです"))["replies"]
        phone = (await talk.picks(say("bookings.form_mode_phone"), online))["replies"]

        assert all(t.endswith(say("bookings.label_place")) for t in times(replies))
        assert all(t.endswith(say("bookings.label_online")) for t in times(online))
        assert all(t.endswith(say("bookings.label_phone")) for t in times(phone))

    async def test_later_days_are_shown_on_request(self, stocked: House, talk: Talk) -> None:
        replies = await until_slots(talk)

        later = (await talk.picks(say("bookings.form_later"), replies))["replies"]

        assert set(times(later)).isdisjoint(times(replies))


class TestAfterwards:
    @pytest.mark.parametrize("word", ["キャンセル", "予約取り消したい", "やっぱやめる"])
    async def test_a_short_word_asks_and_then_cancels(
        self, stocked: House, talk: Talk, word: str
    ) -> None:
        await until_booked(talk)

        asked = (await talk.says(word))["replies"]
        assert [b.status for b in bookings(stocked)] == ["confirmed"]
        gone = (await talk.says("はい"))["replies"]

        assert "取り消しますか" in words(asked)
        assert "取り消しました" in words(gone)
        assert [b.status for b in bookings(stocked)] == ["cancelled"]

    async def test_a_no_keeps_it(self, stocked: House, talk: Talk) -> None:
        await until_booked(talk)
        asked = (await talk.says("キャンセル"))["replies"]

        kept = (await talk.picks(say("bookings.form_cancel_no"), asked))["replies"]

        assert "そのまま" in words(kept)
        assert [b.status for b in bookings(stocked)] == ["confirmed"]

    async def test_the_time_can_be_changed(self, stocked: House, talk: Talk) -> None:
        await until_booked(talk)
        before = bookings(stocked)[0].starts_at
        again = (await talk.says("日時を変更したい"))["replies"]

        moved = (await talk.picks(times(again)[-1], again))["replies"]

        (booking,) = bookings(stocked)
        assert booking.starts_at != before
        assert booking.reference in words(moved)
        assert look_for_trouble(stocked.engine, clock.now()) == NOTHING

    async def test_another_subject_is_answered_as_always(self, stocked: House, talk: Talk) -> None:
        await until_booked(talk)

        replies = (await talk.says("外国で商標を取るにはどうすればよいですか"))["replies"]

        assert say("topics.overseas") in words(replies)
        assert say("bookings.form_go_on") not in [c["label"] for c in choices(replies)]

    async def test_an_old_button_books_nothing(self, stocked: House, talk: Talk) -> None:
        shown = await until_confirm(talk)
        await talk.picks(say("bookings.form_book"), shown)

        again = await talk.picks(say("bookings.form_book"), shown)

        assert "予約しました" not in words(again["replies"])
        assert len(bookings(stocked)) == 1


async def test_a_commit_that_fails_is_never_called_a_booking(
    stocked: House, talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = await until_confirm(talk)
    real: Callable[..., Any] = stocked.app.state.parts.database.write

    async def failing(work: Callable[..., Any]) -> Any:
        def spoiled(session: Any) -> Any:
            done = work(session)
            if session.exec(select(Booking)).first() is not None:
                raise DatabaseBusyError
            return done

        return await real(spoiled)

    monkeypatch.setattr(stocked.app.state.parts.database, "write", failing)
    (choice,) = [c for c in choices(shown) if c["label"] == say("bookings.form_book")]
    answer = await talk.post(choice=choice["id"])

    assert "予約しました" not in answer.text
    monkeypatch.undo()
    assert bookings(stocked) == []


@pytest.mark.parametrize(
    "said",
    [
        "静岡県の会社です。商標の相談を予約したいです",
        "商標の面談を申し込みたい",
        "店の商標のことで予約できますか",
    ],
)
async def test_a_wish_beside_a_subject_is_answered_and_a_button_leads_to_booking(
    stocked: House, talk: Talk, said: str
) -> None:
    replies = (await talk.says(said))["replies"]

    begun = (await talk.picks(say("bookings.form_begin"), replies))["replies"]

    if "静岡県" not in said:
        assert say("bookings.form_prefecture") in words(begun)
        begun = (await talk.says("静岡"))["replies"]
    assert times(begun)


async def test_a_subject_alone_brings_no_button(stocked: House, talk: Talk) -> None:
    replies = (await talk.says("静岡県の会社です。店の名前を商標登録したいです"))["replies"]

    assert say("bookings.form_begin") not in [c["label"] for c in choices(replies)]
