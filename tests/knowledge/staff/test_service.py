import pytest
from sqlmodel import Session, select

from knowledge.audit.models import AuditEntry
from knowledge.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError
from knowledge.staff import service, sessions, tokens
from knowledge.staff.actor import Actor
from knowledge.staff.models import StaffAccount
from knowledge.staff.sessions import SignedIn
from tests.knowledge.staff.conftest import NOW, PASSWORD, SHIZUOKA, Make

OSAKA = "inpit-chizai-sogo-madoguchi/27"


def test_an_account_becomes_an_actor_with_its_places(session: Session, make: Make) -> None:
    made = make(grants=(("staff", SHIZUOKA), ("manager", OSAKA), ("maintainer", OSAKA)))

    actor = service.actor_of_account(session=session, account_id=made.id)

    assert actor.kind == "staff"
    assert actor.roles == {"staff", "manager", "maintainer"}
    assert actor.offices == {SHIZUOKA, OSAKA}
    assert actor.has_at("staff", SHIZUOKA)
    assert not actor.has_at("staff", OSAKA)
    assert ("maintainer", "") in actor.grants


def test_a_manager_of_nothing_in_particular_sees_no_case(session: Session, make: Make) -> None:
    made = make(grants=(("manager", ""), ("administrator", "")))

    assert service.actor_of_account(session=session, account_id=made.id).offices == frozenset()


def test_without_grants_a_role_counts_at_every_place_of_the_actor() -> None:
    actor = Actor("staff", "a", roles=frozenset({"staff"}), offices=frozenset({SHIZUOKA}))

    assert actor.has_at("staff", SHIZUOKA)
    assert not actor.has_at("staff", OSAKA)
    assert not actor.has_at("manager", SHIZUOKA)


def test_a_password_is_stored_as_argon2id_and_nowhere_else(session: Session, make: Make) -> None:
    make()

    row = session.exec(select(StaffAccount)).one()
    assert row.password_hash is not None
    assert row.password_hash.startswith("$argon2id$")
    kept = str(row) + str([entry.detail for entry in session.exec(select(AuditEntry))])
    assert PASSWORD not in kept


@pytest.mark.parametrize("login", ["", "a", "山田", "a b", "x" * 81, "-a", "a\x00b"])
def test_a_login_that_cannot_be_typed_is_refused(make: Make, login: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make(login)

    assert refused.value.fields[0].field == "login"


@pytest.mark.parametrize("password", ["short", "x" * 201, "aaaaaaaaaaaaaaaa", "mihon-mihon-mihon"])
def test_an_easy_password_is_refused(make: Make, password: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        make("mihon", password=password)

    assert refused.value.fields[0].field == "password"


@pytest.mark.parametrize("name", ["", "  ", "あ" * 61])
def test_a_name_is_needed(make: Make, name: str) -> None:
    with pytest.raises(InvalidInputError):
        make(name=name)


@pytest.mark.parametrize("grants", [(("king", SHIZUOKA),), (("staff", ""),)])
def test_an_unknown_role_and_staff_of_nowhere_are_refused(
    make: Make, grants: tuple[tuple[str, str], ...]
) -> None:
    with pytest.raises(InvalidInputError):
        make(grants=grants)


def test_a_login_is_given_once_whatever_its_case(make: Make) -> None:
    make("mihon")

    with pytest.raises(ConflictError):
        make(" MIHON ")


def test_an_address_at_the_provider_belongs_to_one_account(make: Make) -> None:
    make("one", external_id="Hana@Example.jp")

    with pytest.raises(ConflictError):
        make("two", external_id="hana@example.jp")


def test_only_an_administrator_touches_accounts(session: Session, make: Make) -> None:
    made = make()
    actor = service.actor_of_account(session=session, account_id=made.id)
    other = make("other")
    everything = (
        lambda: service.add(session=session, actor=actor, now=NOW, login="x1", name="x", grants=()),
        lambda: service.change(
            session=session, actor=actor, now=NOW, account_id=made.id, name="x", grants=()
        ),
        lambda: service.set_active(
            session=session, actor=actor, now=NOW, account_id=other.id, active=False
        ),
        lambda: service.set_password(
            session=session, actor=actor, now=NOW, account_id=other.id, password=PASSWORD
        ),
        lambda: service.accounts(session=session, actor=actor),
    )

    for attempt in everything:
        with pytest.raises(NotAllowedError):
            attempt()


def test_a_change_replaces_the_roles_and_is_audited(
    session: Session, make: Make, administrator: Actor
) -> None:
    made = make()

    changed = service.change(
        session=session,
        actor=administrator,
        now=NOW,
        account_id=made.id,
        name="見本 次郎",
        grants=(("manager", OSAKA),),
        external_id="jiro@example.jp",
    )

    assert (changed.name, changed.roles) == ("見本 次郎", ("manager",))
    assert service.actor_of_account(session=session, account_id=made.id).offices == {OSAKA}
    entry = session.exec(select(AuditEntry).where(AuditEntry.action == "account.changed")).one()
    assert entry.actor_id == administrator.id
    assert entry.detail == {"grants": [f"manager@{OSAKA}"]}


def test_keeping_the_own_address_is_no_conflict(
    session: Session, make: Make, administrator: Actor
) -> None:
    made = make(external_id="hana@example.jp")

    service.change(
        session=session,
        actor=administrator,
        now=NOW,
        account_id=made.id,
        name="見本",
        grants=made.grants,
        external_id="hana@example.jp",
    )

    assert service.find(session=session, login="mihon") is not None


def test_the_last_administrator_stays(session: Session, administrator: Actor) -> None:
    with pytest.raises(ConflictError):
        service.set_active(
            session=session, actor=administrator, now=NOW, account_id=administrator.id, active=False
        )
    with pytest.raises(ConflictError):
        service.change(
            session=session,
            actor=administrator,
            now=NOW,
            account_id=administrator.id,
            name="見本",
            grants=(),
        )


def test_a_disabled_account_is_out_at_once_and_back_when_enabled(
    session: Session, make: Make, administrator: Actor
) -> None:
    made = make()
    own = service.actor_of_account(session=session, account_id=made.id)
    signed = sessions.sign_in(session=session, login="mihon", password=PASSWORD, now=NOW)
    token = tokens.make(session=session, actor=own, now=NOW, label="連携", days=30).token
    assert isinstance(signed, SignedIn)

    service.set_active(
        session=session, actor=administrator, now=NOW, account_id=made.id, active=False
    )

    with pytest.raises(NotFoundError):
        sessions.actor_of_session(session=session, token=signed.token, now=NOW)
    with pytest.raises(NotFoundError):
        service.actor_of_token(session=session, token=token, now=NOW)
    service.set_active(
        session=session, actor=administrator, now=NOW, account_id=made.id, active=True
    )
    assert service.actor_of_token(session=session, token=token, now=NOW).id == made.id


def test_a_person_sets_her_own_password_and_is_signed_out_everywhere(
    session: Session, make: Make
) -> None:
    made = make()
    signed = sessions.sign_in(session=session, login="mihon", password=PASSWORD, now=NOW)
    assert isinstance(signed, SignedIn)
    own = service.actor_of_account(session=session, account_id=made.id)

    service.set_password(
        session=session, actor=own, now=NOW, account_id=made.id, password="atarashii-kotoba-7"
    )

    with pytest.raises(NotFoundError):
        sessions.actor_of_session(session=session, token=signed.token, now=NOW)
    again = sessions.sign_in(session=session, login="mihon", password="atarashii-kotoba-7", now=NOW)
    assert isinstance(again, SignedIn)


def test_the_list_shows_everybody_and_no_password(
    session: Session, make: Make, administrator: Actor
) -> None:
    make("b-second")

    listed = service.accounts(session=session, actor=administrator)

    assert [view.login for view in listed] == ["b-second", "kanri"]
    assert "argon2" not in str(listed)
    assert service.names(session=session, ids=[administrator.id, "nobody"]) == {
        administrator.id: "見本 太郎"
    }


def test_a_fresh_installation_has_nobody(session: Session) -> None:
    assert not service.any_account(session=session)
    assert service.find(session=session, login="mihon") is None
    with pytest.raises(NotFoundError):
        service.actor_of_account(session=session, account_id="nobody")
