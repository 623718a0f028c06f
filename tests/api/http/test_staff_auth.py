"""Who calls the staff API: tokens, guesses, floods."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.http import staff_auth
from knowledge import clock
from knowledge.audit.models import AuditEntry
from knowledge.database import transaction
from knowledge.staff import service, tokens
from knowledge.staff.actor import system
from tests.support.house import API, House, running

PATH = f"{API}/staff/cases"
OFFICE = "inpit-chizai-sogo-madoguchi/22"


@pytest.fixture
async def strict(engine: Engine, database: Path) -> AsyncIterator[House]:
    async with running(engine, database, rate_limits=True) as house:
        yield house


@pytest.fixture
def token(engine: Engine) -> str:
    with transaction(engine) as session:
        view = service.add(
            session=session,
            actor=system("test"),
            now=clock.now(),
            login="hanako",
            name="見本 花子",
            grants=(("staff", OFFICE),),
        )
        actor = service.actor_of_account(session=session, account_id=view.id)
        made = tokens.make(session=session, actor=actor, now=clock.now(), label="x", days=30)
    return made.token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_a_token_opens_with_the_rights_of_its_account(strict: House, token: str) -> None:
    answer = await strict.http.get(PATH, headers=bearer(token))

    assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_no_token_is_asked_for_and_a_wrong_one_finds_nothing(strict: House) -> None:
    assert (await strict.http.get(PATH)).status_code == 401
    wrong = await strict.http.get(PATH, headers=bearer("mst_guess"))
    assert (wrong.status_code, wrong.json()["error"]) == (404, "not_found")


async def test_guesses_are_noted_and_soon_slowed_down(strict: House, engine: Engine) -> None:
    for number in range(staff_auth.GUESSES.amount):
        await strict.http.get(PATH, headers=bearer(f"mst_{number}"))

    refused = await strict.http.get(PATH, headers=bearer("mst_more"))

    assert refused.status_code == 429
    with Session(engine) as session:
        noted = session.exec(select(AuditEntry).where(AuditEntry.action == "token.refused")).all()
    assert len(noted) == staff_auth.GUESSES.amount
    assert "mst_" not in str(noted)


async def test_a_right_token_is_no_guess(strict: House, token: str) -> None:
    for _ in range(staff_auth.GUESSES.amount + 5):
        answer = await strict.http.get(PATH, headers=bearer(token))

    assert answer.status_code == 200


async def test_one_account_calls_only_so_often(
    strict: House, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from limits import RateLimitItemPerMinute

    monkeypatch.setattr(staff_auth, "CALLS", RateLimitItemPerMinute(3, namespace="few"))
    codes = [(await strict.http.get(PATH, headers=bearer(token))).status_code for _ in range(4)]

    assert codes == [200, 200, 200, 429]


async def test_the_use_of_a_token_is_noted(strict: House, token: str, engine: Engine) -> None:
    await strict.http.get(PATH, headers=bearer(token))

    with Session(engine) as session:
        account = service.find(session=session, login="hanako")
        assert account is not None
        (view,) = tokens.tokens_of(session=session, account_id=account.id)
    assert view.last_used_at is not None


async def test_a_visitors_token_is_no_staff_token(strict: House) -> None:
    talk = await strict.start()

    assert (await strict.http.get(PATH, headers=talk.headers)).status_code == 404
