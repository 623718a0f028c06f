import asyncio
import json
from typing import Any

import pytest

from knowledge.wording import say
from tests.support.house import API, House, Talk, cards, choices, words
from tests.support.streams import open_stream

SHOP = "店の名前を商標登録したいです"
RECIPE = "米粉30%と寒天5%を混ぜて80度で10分加熱する新しい菓子を思いつきました"


@pytest.fixture
async def talk(house: House) -> Talk:
    """A conversation that has just begun."""
    return await house.start()


class TestStart:
    async def test_it_opens_with_purpose_retention_and_no_legal_advice(self, house: House) -> None:
        talk = await house.start(channel="web", prefecture="静岡")

        assert "90日" in words(talk.opening)
        assert "自動" in words(talk.opening)
        assert [m["seq"] for m in talk.opening] == [1]
        assert len(talk.token) >= 40
        assert talk.opening[0]["at"].endswith("+09:00")

    @pytest.mark.parametrize("place", ["静岡県", "静岡", "22", "しずおか", "", " ", None])
    async def test_a_place_may_be_written_in_several_ways(
        self, house: House, place: str | None
    ) -> None:
        await house.start(prefecture=place)

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"prefecture": "江戸"}, "prefecture"),
            ({"prefecture": "99"}, "prefecture"),
            ({"prefecture": "\ud800"}, "prefecture"),
            ({"prefecture": 22}, "prefecture"),
            ({"channel": "fax"}, "channel"),
            ({"chanel": "web"}, "chanel"),
            ([], "body"),
            ("text", "body"),
            (None, "body"),
        ],
    )
    async def test_a_wrong_start_names_the_field(self, house: House, body: Any, field: str) -> None:
        before = house.rows("conversation")

        answer = await house.http.post(
            f"{API}/conversations",
            content=json.dumps(body),
            headers={"Content-Type": "application/json"},
        )

        assert answer.status_code == 422, answer.text
        assert answer.json()["error"] == "invalid_input"
        assert [f["field"] for f in answer.json()["fields"]] == [field]
        assert house.rows("conversation") == before


class TestTurn:
    async def test_a_question_gets_answer_source_and_desk(self, talk: Talk) -> None:
        content = await talk.says(SHOP)

        assert content["owner"] == "bot"
        assert content["message"]["parts"][0]["text"] == SHOP
        assert content["message"]["author"] == "visitor"
        assert say("topics.trademarks") in words(content["replies"])
        assert len(cards(content["replies"], "desk")) == 1
        assert all(source["title"] for source in content["replies"][0]["sources"])

    async def test_the_place_of_the_start_is_known_in_the_answer(self, house: House) -> None:
        talk = await house.start(prefecture="静岡県")

        replies = (await talk.says(SHOP))["replies"]

        assert "静岡" in json.dumps(cards(replies, "desk"), ensure_ascii=False)

    async def test_no_payload_of_a_choice_leaves_the_server(self, talk: Talk) -> None:
        content = await talk.says("あれの件なんですけど")

        assert choices(content["replies"])
        assert "payload" not in json.dumps(content)

    async def test_a_choice_is_acted_on(self, talk: Talk) -> None:
        first = await talk.says("あれの件なんですけど")

        content = await talk.picks(say("topics.designs"), first["replies"])

        assert content["message"]["parts"][0]["text"] == say("topics.designs")
        assert say("topics.designs") in words(content["replies"])

    async def test_a_dialogue_of_several_turns_remembers(self, talk: Talk) -> None:
        await talk.says("9月1日発送の拒絶理由通知が届きました")
        second = await talk.says("意匠です")
        third = await talk.says("違います")
        fourth = await talk.says("最初からお願いします")

        assert cards(second["replies"], "deadline")
        assert say("dialogue.deny") in words(third["replies"])
        assert say("dialogue.restarted") in words(fourth["replies"])

    async def test_feedback_is_thanked_for_without_asking_rasa(
        self, house: House, talk: Talk
    ) -> None:
        first = await talk.says(SHOP)
        asked = len(house.rasa.asked)

        content = await talk.picks(say("dialogue.feedback_yes"), first["replies"])

        assert say("dialogue.feedback_thanks") in words(content["replies"])
        assert len(house.rasa.asked) == asked
        assert house.rows("feedback") == 1

    @pytest.mark.parametrize("text", ["/restart", " / restart", "／restart", "/choose{}", "/商標"])
    async def test_text_with_a_slash_is_never_a_command(
        self, house: House, talk: Talk, text: str
    ) -> None:
        """What reaches Rasa travels as ``text``; only a choice of ours travels as ``intent``."""
        await talk.says(text)

        (route, body) = house.rasa.asked[-1]
        assert route == "turn"
        assert "intent" not in body
        assert set(body) == {"sender", "text"}


class TestGuard:
    async def test_a_secret_reaches_neither_rasa_nor_log_nor_stream(
        self, house: House, talk: Talk
    ) -> None:
        content = await talk.says(RECIPE)

        assert content["message"]["withheld"]
        assert content["message"]["parts"] == []
        assert say("guard.prompt") in json.dumps(content["replies"], ensure_ascii=False)
        assert house.rasa.asked == []
        assert "寒天" not in house.log.getvalue()
        async with open_stream(
            house.app, f"{API}/conversations/{talk.id}/events", talk.headers
        ) as stream:
            seen = [await stream.next("message") for _ in range(3)]
        assert "寒天" not in json.dumps([e.data for e in seen], ensure_ascii=False)

    async def test_kept_on_purpose_it_is_answered(self, house: House, talk: Talk) -> None:
        content = await talk.says(RECIPE, keep=True)

        assert not content["message"]["withheld"]
        assert house.rasa.texts() != []

    async def test_topic_only_leads_to_the_list(self, talk: Talk) -> None:
        first = await talk.says(RECIPE)

        content = await talk.picks(say("guard.topic_only"), first["replies"])

        assert say("topics.patents") in [c["label"] for c in choices(content["replies"])]


class TestRepeats:
    async def test_the_same_message_gives_the_first_answer(self, house: House, talk: Talk) -> None:
        first = await talk.post(text=SHOP, client_message_id="same")
        again = await talk.post(text=SHOP, client_message_id="same")

        assert again.json() == first.json()
        assert len(house.rasa.texts()) == 1

    async def test_a_repeat_during_the_turn_waits_for_its_answer(
        self, house: House, talk: Talk
    ) -> None:
        answers = await asyncio.gather(
            *(talk.post(text=SHOP, client_message_id="same") for _ in range(4))
        )

        assert {a.status_code for a in answers} == {200}
        assert len({a.text for a in answers}) == 1
        assert len(house.rasa.texts()) == 1

    async def test_the_same_id_with_other_content_is_a_conflict(self, talk: Talk) -> None:
        await talk.post(text=SHOP, client_message_id="same")

        answer = await talk.post(text="別の話", client_message_id="same")

        assert answer.status_code == 409
        assert answer.json() == {
            "error": "client_message_id_reused",
            "detail": say("errors.client_message_id_reused"),
        }


BAD = [
    ("empty", {"text": ""}, 422, "text_empty"),
    ("spaces", {"text": " \n\u3000\t"}, 422, "text_empty"),
    ("emoji only", {"text": "😀🎉👍🏽"}, 422, "text_empty"),
    ("control characters only", {"text": "\x00\x01\x1b"}, 422, "text_empty"),
    ("a lone surrogate only", {"text": "\ud800"}, 422, None),
    ("5,001 characters", {"text": "あ" * 5_001}, 422, "text_too_long"),
    ("100,000 characters", {"text": "a" * 100_000}, 413, "too_large"),
    ("neither text nor choice", {}, 422, "invalid_input"),
    ("both text and choice", {"text": "商標", "choice": "x"}, 422, "invalid_input"),
    ("an unknown choice", {"choice": "no-such"}, 422, "unknown_choice"),
    ("a choice of surrogates", {"choice": "\ud800"}, 422, None),
    ("a choice with NUL", {"choice": "\x00"}, 422, None),
    ("text that is a number", {"text": 7}, 422, "invalid_input"),
    ("text that is a list", {"text": ["商標"]}, 422, "invalid_input"),
    ("an unknown field", {"text": "商標", "intent": "choose"}, 422, "invalid_input"),
    ("keep that is no yes or no", {"text": "商標", "keep": "perhaps"}, 422, "invalid_input"),
    ("no message id", {"text": "商標", "client_message_id": ""}, 422, "invalid_input"),
    ("a long message id", {"text": "商標", "client_message_id": "x" * 101}, 422, "invalid_input"),
    ("a message id of surrogates", {"text": "商標", "client_message_id": "\udfff"}, 422, None),
]


@pytest.mark.parametrize(
    ("body", "status", "code"), [row[1:] for row in BAD], ids=[row[0] for row in BAD]
)
async def test_bad_input_is_refused_in_japanese_and_not_stored(
    house: House, talk: Talk, body: dict[str, Any], status: int, code: str | None
) -> None:
    before = house.rows("message")

    answer = await talk.post(**body)

    assert answer.status_code == status, answer.text
    content = answer.json()
    assert code is None or content["error"] == code
    assert any(c > "\u3040" for c in content["detail"])
    assert all(any(c > "\u3040" for c in f["reason"]) for f in content.get("fields", ()))
    assert house.rows("message") == before
    assert house.rasa.asked == []


@pytest.mark.parametrize(
    "raw",
    [b"{", b"", b"text=hello", b'{"text": "a",}', b"\xff\xfe\x00", b"[" * 60_000, b"NaN", b"\x00"],
    ids=["open brace", "nothing", "a form", "a comma", "no UTF-8", "deep", "NaN", "NUL"],
)
async def test_a_body_that_cannot_be_read_is_refused(talk: Talk, raw: bytes) -> None:
    answer = await talk.house.http.post(
        talk.path, content=raw, headers={**talk.headers, "Content-Type": "application/json"}
    )

    assert answer.status_code in {400, 422}, answer.text
    assert answer.json()["error"] in {"bad_request", "invalid_input"}
    assert any(c > "\u3040" for c in answer.json()["detail"])


@pytest.mark.parametrize("raw", [b"{", b'{"text": "a",}', b"\xff\xfe\x00", b"[" * 60_000])
async def test_broken_json_is_a_bad_request(talk: Talk, raw: bytes) -> None:
    answer = await talk.house.http.post(
        talk.path, content=raw, headers={**talk.headers, "Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "bad_request")


async def test_a_body_over_64_kb_is_too_large(talk: Talk) -> None:
    """Without a length in the head too: it is counted while it comes."""

    async def drip() -> Any:
        for _ in range(66):
            yield b" " * 1024

    for content in (b" " * 65 * 1024, drip()):
        answer = await talk.house.http.post(
            talk.path, content=content, headers={**talk.headers, "Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
        assert answer.json()["detail"] == say("errors.too_large")


async def test_mixed_rubbish_around_words_is_taken_and_shown_without_controls(talk: Talk) -> None:
    content = await talk.says("\x00商\u200b標\x1b[31m\u202eの😀話\r\nです\ud800")

    assert content["message"]["parts"][0]["text"] == "商標[31mの😀話\nです"


KEYS = [
    ({}, 401, "not_authenticated"),
    ({"Authorization": ""}, 401, "not_authenticated"),
    ({"Authorization": "Bearer "}, 401, "not_authenticated"),
    ({"Authorization": "Basic abc"}, 401, "not_authenticated"),
    ({"Authorization": "Bearer wrong"}, 404, "not_found"),
    ({"Authorization": "Bearer " + "a" * 4_000}, 404, "not_found"),
    ({"Authorization": "Bearer \u00e9"}, 404, "not_found"),
]


@pytest.mark.parametrize(("headers", "status", "code"), KEYS)
@pytest.mark.parametrize("call", ["messages", "events"])
async def test_without_the_right_key_nothing_opens(
    talk: Talk, call: str, headers: dict[str, str], status: int, code: str
) -> None:
    path = f"{API}/conversations/{talk.id}/{call}"
    sent = {k: v.encode("latin-1") for k, v in headers.items()}
    if call == "messages":
        body = {"text": SHOP, "client_message_id": "m"}
        answer = await talk.house.http.post(path, json=body, headers=sent)  # type: ignore[arg-type]
    else:
        answer = await talk.house.http.get(path, headers=sent)  # type: ignore[arg-type]

    assert (answer.status_code, answer.json()["error"]) == (status, code)


async def test_an_unknown_conversation_looks_like_a_wrong_key(house: House, talk: Talk) -> None:
    body = {"text": SHOP, "client_message_id": "m"}
    unknown = await house.http.post(
        f"{API}/conversations/no-such/messages", json=body, headers=talk.headers
    )
    wrong = await house.http.post(talk.path, json=body, headers={"Authorization": "Bearer x"})

    assert unknown.status_code == wrong.status_code == 404
    assert unknown.json() == wrong.json()


async def test_a_key_opens_only_its_own_conversation(house: House, talk: Talk) -> None:
    other = await house.start()

    answer = await house.http.post(
        talk.path, json={"text": SHOP, "client_message_id": "m"}, headers=other.headers
    )

    assert answer.status_code == 404


async def test_a_choice_of_another_conversation_is_unknown(house: House, talk: Talk) -> None:
    other = await house.start()
    offered = choices((await other.says("あれの件なんですけど"))["replies"])[0]["id"]

    assert (await talk.post(choice=offered)).json()["error"] == "unknown_choice"


async def test_sixty_visitors_at_once_are_all_answered(house: House) -> None:
    """A relay that held a thread or a connection while Rasa calls back starved itself here."""
    talks = await asyncio.gather(*(house.start() for _ in range(60)))

    answers = await asyncio.gather(*(talk.post(text=SHOP) for talk in talks))

    assert {a.status_code for a in answers} == {200}
    assert all(cards(a.json()["replies"], "desk") for a in answers)
    assert "ERROR" not in house.log.getvalue()


async def test_sixty_posts_into_one_conversation_keep_their_order(house: House, talk: Talk) -> None:
    answers = await asyncio.gather(*(talk.post(text="こんにちは") for _ in range(60)))

    assert {a.status_code for a in answers} == {200}
    numbers = [(a.json()["message"]["seq"], a.json()["replies"][0]["seq"]) for a in answers]
    assert all(reply == message + 1 for message, reply in numbers)
    assert len(set(numbers)) == 60


async def test_a_visitor_who_leaves_does_not_cancel_the_turn(house: House, talk: Talk) -> None:
    reached, go_on = asyncio.Event(), asyncio.Event()
    webhook = house.rasa.webhook
    assert webhook is not None

    async def slow(call: dict[str, Any]) -> Any:
        reached.set()
        await go_on.wait()
        return await webhook(call)

    house.rasa.webhook = slow
    post = asyncio.create_task(talk.post(text=SHOP, client_message_id="left"))
    await asyncio.wait_for(reached.wait(), 5)
    post.cancel()
    go_on.set()
    house.rasa.webhook = webhook

    again = await talk.post(text=SHOP, client_message_id="left")

    assert again.status_code == 200
    assert len(house.rasa.texts()) == 1
