"""The account link from the button in the chat over our page and LINE's back into the case."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import Engine

from api.channels.line.settings import LineSettings
from api.guessing import GUESSES_OF_ONE
from api.throttle import Throttle
from knowledge import clock
from knowledge.database import transaction
from knowledge.line import linking
from knowledge.wording import say
from tests.support.content import stored_bytes
from tests.support.line_standin import events
from tests.support.line_standin.phone import PUBLIC, LineHouse, Phone, words
from tests.support.staff import Colleague, hire

SHOP = "店の名前を商標登録したいです"
WRONG = "2345-6789-ACEF"


@pytest.fixture
def sato(line: LineHouse) -> Colleague:
    """A member of staff in Shizuoka."""
    return hire(line.house.engine, "sato", name="見本 佐藤", http=line.house.http)


@pytest.fixture
async def web_case(line: LineHouse) -> tuple[str, str, str]:
    """A case of the web: its conversation, reference and code."""
    talk = await line.house.start(channel="web", prefecture="静岡県")
    await talk.says(SHOP)
    answer = await line.house.http.post(
        f"/api/v1/conversations/{talk.id}/handoff", json={}, headers=talk.headers
    )
    body = answer.json()
    return talk.id, body["reference"], body["code"]


async def _begin(phone: Phone) -> str:
    """The token of the address of our page."""
    await phone.happens(events.follow(phone.source, reply_token=phone.token()))
    await phone.presses(say("line_chat.link_label"))
    address = phone.link(say("line_chat.link_button"))
    assert address.startswith(f"{PUBLIC}/line/link?")
    return parse_qs(urlsplit(address).query)["linkToken"][0]


async def _prove(line: LineHouse, token: str, reference: str, code: str) -> httpx.Response:
    return await line.house.http.post(
        "/line/link",
        json={"reference": reference, "link_token": token},
        headers={"Authorization": f"Bearer {code}"},
    )


async def _url(line: LineHouse, token: str, reference: str, code: str) -> str:
    answer = await _prove(line, token, reference, code)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["url"])


def _joined(phone: Phone, conversation_id: str) -> bool:
    key = "select count(*) from line_contact where conversation_id = :id"
    return bool(phone.line.one(key, id=conversation_id) == 1)


async def test_from_the_button_to_the_case_of_the_web(
    phone: Phone, sato: Colleague, web_case: tuple[str, str, str]
) -> None:
    conversation_id, reference, code = web_case
    token = await _begin(phone)

    url = await _url(phone.line, token, reference, code)
    shown = await phone.links(url)

    assert shown is not None
    joined = say("line_chat.joined", reference=reference).splitlines()[0]
    assert joined in words([s.message for s in shown])
    assert {s.by for s in shown} == {"reply"}
    assert _joined(phone, conversation_id)
    await sato.post(f"/{reference}/claim")
    await sato.post(f"/{reference}/messages", text="LINEでもお話しできます。")
    await phone.line.settled()
    assert phone.read().count("LINEでもお話しできます。") == 1


async def test_nothing_of_the_case_goes_through_line_or_stays_readable(
    phone: Phone, web_case: tuple[str, str, str]
) -> None:
    _, reference, code = web_case

    url = await _url(phone.line, await _begin(phone), reference, code)

    nonce = parse_qs(urlsplit(url).query)["nonce"][0]
    assert reference not in url
    assert code not in url
    assert len(nonce) >= 22  # 128 bits in base64
    stored = stored_bytes(phone.line.house.database)
    assert nonce.encode() not in stored
    assert code.encode() not in stored
    assert nonce not in phone.line.house.log.getvalue()


async def test_a_number_works_for_one_chat_only(
    line: LineHouse, web_case: tuple[str, str, str]
) -> None:
    conversation_id, reference, code = web_case
    one, two = line.phone(), line.phone()
    url = await _url(line, await _begin(one), reference, code)
    await one.links(url)
    nonce = parse_qs(urlsplit(url).query)["nonce"][0]

    await two.happens(events.account_link(nonce, two.source, reply_token=two.token()))

    assert say("line_chat.link_failed").splitlines()[0] in two.read()
    assert _joined(one, conversation_id)


async def test_the_platforms_page_is_passed_once_and_by_its_own_person(
    line: LineHouse, web_case: tuple[str, str, str]
) -> None:
    conversation_id, reference, code = web_case
    one, two = line.phone(), line.phone()
    url = await _url(line, await _begin(one), reference, code)

    shown = await two.links(url)

    assert shown is not None
    assert say("line_chat.link_failed").splitlines()[0] in two.read()
    assert not _joined(two, conversation_id)
    assert await one.links(url) is None


async def test_a_number_asked_for_anew_voids_the_one_before(
    phone: Phone, web_case: tuple[str, str, str]
) -> None:
    conversation_id, reference, code = web_case
    first = await _url(phone.line, await _begin(phone), reference, code)
    await _url(phone.line, await _begin(phone), reference, code)

    await phone.links(first)

    assert not _joined(phone, conversation_id)


async def test_an_event_that_comes_late_still_joins_and_a_late_link_does_not(
    line: LineHouse, engine: Engine, web_case: tuple[str, str, str]
) -> None:
    conversation_id, reference, code = web_case
    phone = line.phone()
    issued = clock.now() - timedelta(hours=2)
    for happened, joins in ((timedelta(minutes=11), False), (timedelta(minutes=9), True)):
        with transaction(engine) as session:
            nonce = linking.issue(session=session, reference=reference, code=code, now=issued)
        event = events.account_link(nonce, phone.source, reply_token=phone.token())
        event["timestamp"] = int((issued + happened).timestamp() * 1000)

        await phone.happens(event)

        assert _joined(phone, conversation_id) is joins


async def test_a_wrong_code_gives_no_number_and_is_counted(
    line: LineHouse, web_case: tuple[str, str, str]
) -> None:
    _, reference, _ = web_case

    for named in (reference, "K26-22222-2", "番号"):
        answer = await _prove(line, "t" * 32, named, WRONG)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")

    assert line.house.rows("line_link") == 0
    assert line.one("select count(*) from audit_entry where action = 'case.refused'") == 3


async def test_guessing_at_one_case_is_stopped_on_every_way(
    line: LineHouse, web_case: tuple[str, str, str]
) -> None:
    _, reference, code = web_case
    throttle: Throttle = line.house.app.state.parts.throttle
    throttle._enabled = True

    for _ in range(GUESSES_OF_ONE.amount):
        assert (await _prove(line, "t" * 32, reference, WRONG)).status_code == 404

    assert (await _prove(line, "t" * 32, reference, code)).status_code == 429
    by_case = await line.house.http.get(
        f"/api/v1/cases/{reference}", headers={"Authorization": f"Bearer {code}"}
    )
    assert by_case.status_code == 429
    phone = line.phone()
    await phone.says(f"{reference} {code}")
    assert say("line_chat.join_often") in phone.read()


@pytest.mark.parametrize("token", ["", "short", "with a space in it", "あ" * 20, "x" * 500])
async def test_a_page_that_line_did_not_open_leads_nowhere(
    line: LineHouse, web_case: tuple[str, str, str], token: str
) -> None:
    _, reference, code = web_case

    answer = await _prove(line, token, reference, code)

    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "link_token")
    assert line.house.rows("line_link") == 0


async def test_a_token_cannot_lead_to_another_address(
    line: LineHouse, web_case: tuple[str, str, str]
) -> None:
    _, reference, code = web_case

    url = await _url(line, "x&nonce=evil#@evil.example", reference, code)

    assert url.startswith("http://line/dialog/bot/accountLink?linkToken=x%26nonce%3Devil%23")
    assert len(parse_qs(urlsplit(url).query)["nonce"]) == 1


async def test_without_a_code_the_call_is_refused_and_the_page_is_shown(line: LineHouse) -> None:
    body = {"reference": "K26-22222-2", "link_token": "t" * 32}

    assert (await line.house.http.post("/line/link", json=body)).status_code == 401
    page = await line.house.http.get("/line/link?linkToken=" + "t" * 32)
    script = await line.house.http.get("/line/link.js")

    assert page.status_code == script.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    "said",
    ["相談票とつなげたい", "ウェブの相談の続きをつなぎたいです", "アカウント連携", "相談票と連携"],
)
async def test_the_wish_may_be_typed(phone: Phone, said: str) -> None:
    await phone.says(said)

    assert "linkToken=" in phone.link(say("line_chat.link_button"))
    assert phone.line.house.rasa.texts() == []


@pytest.mark.parametrize(
    "said",
    [
        "ほかの会社とつながりのある商標の相談です",
        "アカウント名を商標登録したい",
        "相談票を見たい",
        "取引先のアカウントと自社のアカウントを連携するアプリを作っています。商標はどうすればよいですか。教えて",
    ],
)
async def test_other_texts_are_no_wish(phone: Phone, said: str) -> None:
    await phone.says(said)

    assert phone.line.house.rasa.texts() == [said]


async def test_a_group_is_given_no_link(line: LineHouse) -> None:
    group = line.phone(events.group())

    await group.happens(events.postback("link", group.source, reply_token=group.token()))

    assert say("line_chat.join_in_group") in group.read()
    assert line.platform.link_tokens == {}


async def test_without_a_token_of_lines_the_way_by_typing_is_told(phone: Phone) -> None:
    await phone.says(SHOP)
    phone.line.platform.people.discard(phone.id)

    made = events.postback("link", phone.source, reply_token=phone.token())
    await phone.happens(made)

    assert say("line_chat.link_by_typing").strip() in phone.read()


async def test_links_begun_without_end_are_stopped(line: LineHouse) -> None:
    line.house.app.state.parts.throttle._enabled = True
    phone = line.phone()

    for _ in range(11):
        await phone.says("相談票とつなぐ")

    assert len(line.platform.link_tokens) == 10
    assert say("line_chat.join_often") in phone.read()


async def test_a_case_that_is_deleted_meanwhile_is_not_joined(
    phone: Phone, web_case: tuple[str, str, str]
) -> None:
    conversation_id, reference, code = web_case
    url = await _url(phone.line, await _begin(phone), reference, code)
    gone = await phone.line.house.http.delete(
        f"/api/v1/cases/{reference}", headers={"Authorization": f"Bearer {code}"}
    )
    assert gone.status_code == 200

    await phone.links(url)

    assert say("line_chat.link_failed").splitlines()[0] in phone.read()
    assert not _joined(phone, conversation_id)


def test_the_platforms_page_is_lines_own_unless_the_stand_in_is_asked() -> None:
    real = LineSettings("secret", "token")
    other = LineSettings("secret", "token", api_url="http://localhost:8090")

    assert real.link_url == "https://access.line.me/dialog/bot/accountLink"
    assert other.link_url == "http://localhost:8090/dialog/bot/accountLink"


def test_old_numbers_are_swept(engine: Engine, line: LineHouse) -> None:
    now = clock.now()
    with transaction(engine) as session:
        from knowledge.line.models import LineLink

        for days in (0, 2):
            until = now - timedelta(days=days)
            session.add(LineLink(key=f"k{days}", reference="K26-22222-2", until=until))
        linking.sweep(session=session, now=now)

    assert line.house.rows("line_link") == 1
