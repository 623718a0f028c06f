from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from knowledge.audit.models import AuditEntry
from knowledge.errors import NotFoundError
from knowledge.staff import rules, sessions
from knowledge.staff.models import StaffAccount, StaffSession
from knowledge.staff.sessions import Refused, SignedIn
from tests.knowledge.staff.conftest import NOW, PASSWORD, Make


def sign_in(session: Session, password: str = PASSWORD, **more: object) -> SignedIn | Refused:
    values = {"login": "mihon", "now": NOW} | more
    return sessions.sign_in(session=session, password=password, **values)  # type: ignore[arg-type]


def actions(session: Session) -> list[str]:
    return list(session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))))


def test_the_right_password_lets_in_and_the_cookie_is_kept_as_a_hash(
    session: Session, make: Make
) -> None:
    make()

    signed = sign_in(session)

    assert isinstance(signed, SignedIn)
    actor = sessions.actor_of_session(session=session, token=signed.token, now=NOW)
    assert actor.name == "見本 花子"
    assert session.exec(select(StaffSession)).one().token_hash != signed.token
    assert actions(session) == ["account.added", "sign_in"]


def test_a_login_is_typed_in_any_case(session: Session, make: Make) -> None:
    make()

    assert isinstance(sign_in(session, login=" MIHON "), SignedIn)


@pytest.mark.parametrize("login", ["nobody", "", "a\x00b", "x" * 5000])
def test_an_unknown_login_is_refused_like_a_wrong_password(
    session: Session, make: Make, login: str
) -> None:
    make()

    assert sign_in(session, login=login) == Refused()
    assert sign_in(session, "wrong-password-1") == Refused()


def test_what_was_typed_as_a_login_is_not_kept(session: Session) -> None:
    sign_in(session, login="my-password-in-the-wrong-field")

    entry = session.exec(select(AuditEntry)).one()
    assert "wrong-field" not in f"{entry.subject}{entry.actor_id}{entry.detail}"


def test_an_account_without_password_opens_to_no_password(session: Session, make: Make) -> None:
    make(password=None, external_id="hana@example.jp")

    assert sign_in(session, "") == Refused()


def test_after_five_wrong_passwords_even_the_right_one_waits(session: Session, make: Make) -> None:
    make()
    for _ in range(rules.FREE_TRIES):
        refused = sign_in(session, "wrong-password-1")

    assert refused == Refused(NOW + timedelta(seconds=30))
    assert sign_in(session) == Refused(NOW + timedelta(seconds=30))
    later = NOW + timedelta(seconds=31)
    assert isinstance(sign_in(session, now=later), SignedIn)
    assert session.exec(select(StaffAccount)).one().failed_tries == 0


def test_a_right_password_forgives_the_wrong_ones_before(session: Session, make: Make) -> None:
    make()
    for _ in range(3):
        for _ in range(rules.FREE_TRIES - 1):
            sign_in(session, "wrong-password-1")
        assert isinstance(sign_in(session), SignedIn)


@pytest.mark.parametrize(
    ("tries", "seconds"), [(0, None), (4, None), (5, 30), (6, 60), (9, 480), (10, 900), (999, 900)]
)
def test_the_wait_grows_to_a_quarter_of_an_hour(tries: int, seconds: int | None) -> None:
    wait = rules.wait_after(tries)

    assert (wait.total_seconds() if wait else None) == seconds


def test_a_session_ends_after_a_day_of_rest_and_after_a_day_of_work(
    session: Session, make: Make
) -> None:
    make()
    signed = sign_in(session)
    assert isinstance(signed, SignedIn)
    working = NOW
    while working - NOW < sessions.LONGEST:
        sessions.actor_of_session(session=session, token=signed.token, now=working)
        sessions.note_seen(session=session, token=signed.token, now=working)
        working += timedelta(hours=6)

    with pytest.raises(NotFoundError):
        sessions.actor_of_session(
            session=session, token=signed.token, now=NOW + sessions.LONGEST + timedelta(seconds=1)
        )


def test_an_idle_browser_is_signed_out_and_its_row_deleted(session: Session, make: Make) -> None:
    make()
    signed = sign_in(session)
    assert isinstance(signed, SignedIn)
    late = NOW + sessions.IDLE + timedelta(seconds=1)

    with pytest.raises(NotFoundError):
        sessions.actor_of_session(session=session, token=signed.token, now=late)
    assert sessions.delete_ended(session=session, now=NOW) == 0
    assert isinstance(sign_in(session, now=late), SignedIn)
    assert len(session.exec(select(StaffSession)).all()) == 1


def test_the_last_use_is_noted_by_the_minute(session: Session, make: Make) -> None:
    make()
    signed = sign_in(session)
    assert isinstance(signed, SignedIn)
    soon, later = NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)

    assert not sessions.is_seen_to_note(session=session, token=signed.token, now=soon)
    assert sessions.is_seen_to_note(session=session, token=signed.token, now=later)
    sessions.note_seen(session=session, token=signed.token, now=later)
    assert not sessions.is_seen_to_note(session=session, token=signed.token, now=later)


def test_signing_out_ends_this_browser_only(session: Session, make: Make) -> None:
    make()
    first, second = sign_in(session), sign_in(session)
    assert isinstance(first, SignedIn)
    assert isinstance(second, SignedIn)

    sessions.sign_out(session=session, token=first.token, now=NOW)
    sessions.sign_out(session=session, token=first.token, now=NOW)

    with pytest.raises(NotFoundError):
        sessions.actor_of_session(session=session, token=first.token, now=NOW)
    sessions.actor_of_session(session=session, token=second.token, now=NOW)
    assert actions(session).count("sign_out") == 1


def test_the_provider_lets_in_only_whom_an_administrator_entered(
    session: Session, make: Make
) -> None:
    make(external_id="hana@example.jp")

    let_in = sessions.sign_in_named(
        session=session, external_ids=("sub-1", "Hana@Example.jp"), now=NOW
    )
    stranger = sessions.sign_in_named(session=session, external_ids=("x@example.jp",), now=NOW)
    nobody = sessions.sign_in_named(session=session, external_ids=("", " "), now=NOW)

    assert isinstance(let_in, SignedIn)
    assert stranger == nobody == Refused()


def test_an_older_cheaper_hash_is_replaced_when_the_password_is_seen(
    session: Session, make: Make
) -> None:
    from argon2 import PasswordHasher

    make()
    account = session.exec(select(StaffAccount)).one()
    account.password_hash = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)

    assert isinstance(sign_in(session), SignedIn)
    assert "m=1024" not in (account.password_hash or "")


def test_a_broken_hash_opens_to_nothing(session: Session, make: Make) -> None:
    make()
    session.exec(select(StaffAccount)).one().password_hash = "not a hash"

    assert sign_in(session) == Refused()


def test_guessing_the_own_password_from_an_open_page_is_slowed_down_too(
    session: Session, make: Make
) -> None:
    account_id = make().id

    def proves(password: str) -> bool:
        return sessions.proves_password(
            session=session, account_id=account_id, password=password, now=NOW
        )

    assert proves(PASSWORD)
    assert [proves("wrong-password-1") for _ in range(rules.FREE_TRIES)] == [False] * 5
    assert not proves(PASSWORD)
    assert not sessions.proves_password(
        session=session, account_id="nobody", password=PASSWORD, now=NOW
    )
