"""The visitor's own case over HTTP: opened, corrected and deleted with its code, by nobody else."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.cases.references import new_code, new_reference
from tests.api.http.test_handoffs import Watch
from tests.support.house import API, House, Talk, running, words
from tests.support.staff import OPEN_MOMENT, Colleague, hire

PAPERS = "静岡県の町工場です。社員8人です。2026年9月1日発送の拒絶理由通知が届きました"


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr("knowledge.clock.now", watch)
    return watch


class Key:
    """A visitor on another device: number and code, nothing else."""

    def __init__(self, http: httpx.AsyncClient, reference: str, code: str) -> None:
        self.http, self.reference, self.code = http, reference, code

    async def call(self, method: str, path: str = "", **body: Any) -> httpx.Response:
        return await self.http.request(
            method,
            f"{API}/cases/{self.reference}{path}",
            json=body or None,
            headers={"Authorization": f"Bearer {self.code}"},
        )


@pytest.fixture
async def talk(house: House, watch: Watch) -> Talk:
    talk = await house.start(channel="web", prefecture="静岡県")
    await talk.says(PAPERS)
    return talk


@pytest.fixture
async def key(talk: Talk) -> Key:
    answer = await talk.house.http.post(f"{API}/conversations/{talk.id}/case", headers=talk.headers)
    assert answer.status_code == 200, answer.text
    content = answer.json()
    return Key(talk.house.http, content["case"]["reference"], content["code"])


@pytest.fixture
def sato(house: House, engine: Engine, watch: Watch) -> Colleague:
    return hire(engine, "sato", name="見本 佐藤", http=house.http)


async def test_three_days_later_on_another_device_her_case_is_there(
    key: Key, watch: Watch, sato: Colleague
) -> None:
    await key.call("POST", "/handoff", contact={"wish": "message"})
    await sato.post(f"/{key.reference}/claim")
    await sato.post(f"/{key.reference}/messages", text="お返事です。")
    watch.now = OPEN_MOMENT + timedelta(days=3)

    answer = await key.call("GET")

    assert answer.status_code == 200, answer.text
    case = answer.json()
    assert case["reference"] == key.reference
    assert case["facts"]["employees"] == 8
    assert case["deadlines"]
    assert (case["state"], case["owner"]) == ("active", "staff")
    assert "お返事です。" in words(case["messages"])
    assert case["created_at"].endswith("+09:00")
    assert "basis" not in case


async def test_the_sheet_is_hers_until_she_hands_it_over(key: Key, sato: Colleague) -> None:
    assert (await key.call("GET")).json()["state"] == "draft"
    assert (await sato.get(f"/{key.reference}")).status_code == 404
    assert (await sato.get(state="all")).json()["items"] == []

    queued = await key.call("POST", "/handoff", contact={"wish": "message"})

    assert queued.json()["position"] == 1
    assert (await sato.get(f"/{key.reference}")).status_code == 200


async def test_a_correction_is_seen_by_staff_and_moves_what_follows_from_it(
    key: Key, sato: Colleague
) -> None:
    before = (await key.call("GET")).json()

    after = await key.call(
        "PATCH",
        version=before["version"],
        topics=["trademarks", "patents"],
        prefecture="愛知",
        company="見本製作所",
        wish="電話は午前がよいです",
    )

    assert after.status_code == 200, after.text
    case = after.json()
    assert case["topics"] == ["trademarks", "patents"]
    assert case["prefecture"] == "愛知県"
    assert case["desk"]["office_id"].endswith("/23") or "/" not in case["desk"]["office_id"]
    assert case["version"] > before["version"]
    assert {s["heading"]: s["lines"] for s in case["sections"]}["伝えておきたいこと"] == [
        "電話は午前がよいです"
    ]


async def test_an_old_version_is_a_conflict(key: Key) -> None:
    version = (await key.call("GET")).json()["version"]
    await key.call("PATCH", version=version, wish="先")

    late = await key.call("PATCH", version=version, wish="後")

    assert (late.status_code, late.json()["error"]) == (409, "conflict")
    assert "開き直して" in late.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"state": "closed"},
        {"reference": "K26-22222-2"},
        {"topics": []},
        {"topics": ["weather"]},
        {"employees": -1},
        {"prefecture": "江戸"},
        {"wish": "長" * 2001},
        {"contact": {"mail": "x"}},
        {"contact": {"unknown": "x"}},
        {"opponents": ["x"] * 11},
    ],
)
async def test_what_cannot_be_corrected_is_refused(key: Key, body: dict[str, Any]) -> None:
    before = (await key.call("GET")).json()["version"]

    answer = await key.call("PATCH", **body)

    assert answer.status_code == 422, answer.text
    assert answer.json()["fields"]
    assert (await key.call("GET")).json()["version"] == before


async def test_deleting_gives_a_receipt_and_leaves_nothing(key: Key, talk: Talk) -> None:
    receipt = await key.call("DELETE")

    assert receipt.status_code == 200, receipt.text
    content = receipt.json()
    assert content["kept"]["month"] == "2026-11"
    assert content["messages"] >= 3
    assert "一行だけ" in content["detail"]
    for method in ("GET", "PATCH", "DELETE"):
        assert (
            await key.call(method, **({"wish": "x"} if method == "PATCH" else {}))
        ).status_code == 404
    assert (await talk.post(text="まだいますか")).status_code == 404
    for table in ("case_sheet", "conversation", "message", "handoff_event"):
        assert talk.house.rows(table) == 0, table
    assert talk.house.rows("case_tally") == 1


async def test_she_goes_on_in_the_same_thread_from_another_device(key: Key, talk: Talk) -> None:
    answer = await key.call("POST", "/messages", text="商標も知りたいです", client_message_id="a")
    again = await key.call("POST", "/messages", text="商標も知りたいです", client_message_id="a")

    assert answer.status_code == 200, answer.text
    assert answer.json()["owner"] == "bot"
    assert answer.json()["replies"] == again.json()["replies"] != []
    assert "商標も知りたいです" in words((await key.call("GET")).json()["messages"])


async def test_text_and_pdf_are_the_sheet(key: Key) -> None:
    text = await key.call("GET", "/text")
    pdf = await key.call("GET", "/pdf")

    assert key.reference in text.text
    assert "従業員：8人" in text.text
    assert text.headers["content-type"].startswith("text/plain")
    assert key.reference in text.headers["content-disposition"]
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert b"IPAexGothic" in pdf.content
    # The whole font has six megabytes: only what is used is in it.
    assert len(pdf.content) < 200_000
    assert "attachment" in pdf.headers["content-disposition"]


async def test_a_new_code_closes_the_old_one(key: Key, talk: Talk) -> None:
    fresh = await talk.house.http.post(f"{API}/conversations/{talk.id}/case", headers=talk.headers)

    assert fresh.json()["code"] != key.code
    assert (await key.call("GET")).status_code == 404


async def test_guesses_are_all_alike_noted_and_slowed_down(
    engine: Engine, database: Any, watch: Watch
) -> None:
    async with running(engine, database, rate_limits=True) as house:
        talk = await house.start(channel="web")
        made = await house.http.post(f"{API}/conversations/{talk.id}/case", headers=talk.headers)
        reference = made.json()["case"]["reference"]
        mine = Key(house.http, reference, made.json()["code"])

        wrong = [Key(house.http, reference, new_code()) for _ in range(12)]
        wrong_answers = [await one.call("GET") for one in wrong]
        unknown = await Key(house.http, new_reference(OPEN_MOMENT.date()), mine.code).call("GET")
        nonsense = await Key(house.http, "%00", mine.code).call("GET")

        assert [a.status_code for a in wrong_answers] == [404] * 10 + [429] * 2
        assert wrong_answers[0].json() == unknown.json() == nonsense.json()
        # Ten wrong codes close this number for everybody for a while, the right code included.
        assert (await mine.call("GET")).status_code == 429
        for _ in range(40):
            last = await Key(house.http, new_reference(OPEN_MOMENT.date()), new_code()).call("GET")
        assert last.status_code == 429
        with Session(engine) as session:
            noted = session.exec(
                select(AuditEntry).where(AuditEntry.action == "case.refused")
            ).all()
        assert len(noted) >= 10
        assert f"case:{reference}" in {line.subject for line in noted}
        assert mine.code not in house.log.getvalue()


async def test_somebody_elses_token_or_code_opens_nothing(
    key: Key, house: House, sato: Colleague
) -> None:
    other = await house.start(channel="web")
    theirs = await house.http.post(f"{API}/conversations/{other.id}/case", headers=other.headers)
    for code in (theirs.json()["code"], other.token, sato.token, ""):
        for method in ("GET", "DELETE"):
            answer = await Key(house.http, key.reference, code or "x").call(method)
            assert answer.status_code == 404, (code, method)
    for path in (f"/{key.reference}", f"/{key.reference}/claim"):
        fake = await house.http.post(
            f"{API}/staff/cases{path}", headers={"Authorization": f"Bearer {key.code}"}, json={}
        )
        assert fake.status_code in (404, 405)
    assert (await house.http.get(f"{API}/cases/{key.reference}")).status_code == 401


async def test_the_page_of_a_case_is_served_with_its_files(house: House) -> None:
    page = await house.http.get("/case")

    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    for name in ("case.css", "page.js", "key.js", "calls.js"):
        assert f"/case/{name}" in page.text or name in ("key.js", "calls.js")
        assert (await house.http.get(f"/case/{name}")).status_code == 200
    for name in ("index.html", "..%2Fwidget.js", "none.js"):
        assert (await house.http.get(f"/case/{name}")).status_code == 404
    assert "style=" not in page.text
    assert "onclick" not in page.text
    assert "<script>" not in page.text
