from datetime import timedelta

import pytest
from sqlmodel import Session, select

from knowledge.errors import InvalidInputError, NotAllowedError, NotFoundError
from knowledge.staff import service, tokens
from knowledge.staff.actor import Actor, system
from knowledge.staff.models import StaffToken
from tests.knowledge.staff.conftest import NOW, SHIZUOKA, Make


@pytest.fixture
def own(session: Session, make: Make) -> Actor:
    return service.actor_of_account(session=session, account_id=make().id)


def made(session: Session, actor: Actor, days: int = 30) -> tokens.MadeToken:
    return tokens.make(session=session, actor=actor, now=NOW, label=" 台帳 連携 ", days=days)


def test_a_token_has_the_rights_of_its_account_and_is_kept_as_a_hash(
    session: Session, own: Actor
) -> None:
    token = made(session, own).token

    assert token.startswith("mst_")
    assert service.actor_of_token(session=session, token=token, now=NOW) == own
    assert own.offices == {SHIZUOKA}
    row = session.exec(select(StaffToken)).one()
    assert token not in str(row)
    assert row.label == "台帳 連携"


@pytest.mark.parametrize("token", ["", "mst_", "mst_x", "\x00", "あ"])
def test_a_guess_opens_nothing(session: Session, own: Actor, token: str) -> None:
    made(session, own)

    with pytest.raises(NotFoundError):
        service.actor_of_token(session=session, token=token, now=NOW)


def test_a_token_dies_on_its_day_and_when_revoked(session: Session, own: Actor) -> None:
    first, second = made(session, own), made(session, own, 90)
    after = NOW + timedelta(days=30)

    with pytest.raises(NotFoundError):
        service.actor_of_token(session=session, token=first.token, now=after)
    tokens.revoke(session=session, actor=own, now=NOW, token_id=second.view.id)
    with pytest.raises(NotFoundError):
        service.actor_of_token(session=session, token=second.token, now=NOW)
    works = [view.works(after) for view in tokens.tokens_of(session=session, account_id=own.id)]
    assert works == [False, False]


def test_somebody_elses_token_is_revoked_by_an_administrator_only(
    session: Session, own: Actor, make: Make, administrator: Actor
) -> None:
    token = made(session, own)
    other = service.actor_of_account(session=session, account_id=make("other").id)

    with pytest.raises(NotFoundError):
        tokens.revoke(session=session, actor=other, now=NOW, token_id=token.view.id)
    with pytest.raises(NotFoundError):
        tokens.revoke(session=session, actor=own, now=NOW, token_id="unknown")
    tokens.revoke(session=session, actor=administrator, now=NOW, token_id=token.view.id)
    with pytest.raises(NotFoundError):
        service.actor_of_token(session=session, token=token.token, now=NOW)


@pytest.mark.parametrize(("label", "days"), [("", 30), ("x" * 61, 30), ("連携", 3650)])
def test_a_token_needs_a_name_and_an_end(
    session: Session, own: Actor, label: str, days: int
) -> None:
    with pytest.raises(InvalidInputError):
        tokens.make(session=session, actor=own, now=NOW, label=label, days=days)


def test_the_system_itself_gets_no_token(session: Session) -> None:
    with pytest.raises(NotAllowedError):
        tokens.make(session=session, actor=system("x"), now=NOW, label="x", days=30)


def test_the_last_use_is_noted_by_the_hour(session: Session, own: Actor) -> None:
    token = made(session, own).token
    later = NOW + tokens.NOTED

    assert tokens.is_use_to_note(session=session, token=token, now=NOW)
    tokens.note_use(session=session, token=token, now=NOW)
    assert not tokens.is_use_to_note(session=session, token=token, now=NOW)
    assert tokens.is_use_to_note(session=session, token=token, now=later)
    tokens.note_use(session=session, token="unknown", now=later)
    assert tokens.tokens_of(session=session, account_id=own.id)[0].last_used_at == NOW
